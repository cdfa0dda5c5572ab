package postgres

import (
	"context"
	"errors"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/timebok/timebok/booking"
	"github.com/timebok/timebok/internal/sqlrow"
)

// Nearly every booking finds its settings kept and as they were, its practitioner
// there, no fence, and a server whose transactions are by default what an Update
// needs. So the first trip of an Update that has the settings takes that for granted
// and is made of the plainest statements: a BEGIN that names a level costs the server
// some fifteen microseconds more. They tell if it was so: the stamp, which the fence
// renews too, is read last, under all locks, of which the practitioner's has given the
// transaction its ID; a practitioner who is in the settings, and those as they were,
// is there to lock. If it wasn't so, the transaction is taken back and begun again
// like any other.
var (
	beginGranted = []call{{sql: "BEGIN"}}

	lockPractitioner = "SELECT 1 FROM {}practitioner WHERE clinic_id = $1 AND id = $2" + forUpdate
	// stampAndBusy is busyOne with the stamp in front, in the place of a booking's ID:
	// it occupies nobody. At another level there is none.
	stampAndBusy = selection[sqlrow.BusyRow]{sqlrow.Busy,
		"SELECT NULL::uuid, stamp, NULL::timestamptz, NULL::timestamptz FROM {}clinic_stamp WHERE clinic_id = $1 AND current_setting('transaction_isolation') = 'read committed' UNION ALL " + busyOne.sql}
)

// granted is the settings that a reading has, if the transaction begins with it and
// may take them for granted; else nil.
func (t *tx) granted(n booking.Needs) *settings {
	if t.begun || t.view || t.host || t.anyway || len(t.early) > 0 || len(t.held.Changes) > 0 || n.Practitioner.IsZero() {
		return nil
	}
	kept := t.d.shelf.get(settingsKey{t.id, n.Practitioner, n.Service})
	if kept == nil || kept.practitioner == nil || !kept.allAbsences {
		return nil
	}
	if in := n.Calendar(kept.service); !in.Start.Before(in.End) {
		return nil
	}
	return kept
}

// loadGranted is LoadBooking in one trip, or reports that it was not as it took for
// granted.
func (t *tx) loadGranted(ctx context.Context, n booking.Needs, kept *settings) (v booking.View, ok bool, err error) {
	var stamp uuid.UUID
	r, in := newReading(t), n.Calendar(kept.service)
	t.locks = append(t.locks, lockKey{practitionerRank, n.Practitioner.UUID()})
	r.add(call{sql: lockPractitioner, args: []any{t.clinic, id(n.Practitioner)}})
	lockOne(r, oneSeries, seriesRank, n.Series, &v.Series)
	lockOne(r, oneClient, clientRank, n.Client, &v.Client)
	r.sessions(n, &v)
	r.add(stampAndBusy.each(t, func(b *sqlrow.BusyRow) {
		if b.Practitioner.IsZero() {
			stamp = b.Booking.UUID()
		} else {
			v.Calendar.Busy = append(v.Calendar.Busy, b.Busy)
		}
	}, busyArgs(id(n.Practitioner), in)...))
	t.begin, t.passed = beginGranted, true
	switch err := r.send(ctx); {
	case err == nil && stamp == kept.stamp:
		kept.fill(&v, n.Practitioner, in)
		return v, true, nil
	case err == nil:
		t.d.shelf.drop(settingsKey{t.id, n.Practitioner, n.Service})
	case !isReadOnly(err) || !t.undone || t.broken:
		return booking.View{}, false, err
	}
	t.beginAgain()
	return booking.View{}, false, nil
}

// beginAgain lets the next trip take back the transaction, which has only read, and
// begin it.
func (t *tx) beginAgain() {
	t.begin = beginUpdate
	if !t.undone {
		t.begin = append([]call{{sql: "ROLLBACK"}}, beginUpdate...)
	}
	t.begun, t.undone, t.passed, t.late, t.failed, t.locks = false, false, false, false, nil, t.locks[:0]
}

// isReadOnly reports whether a transaction may not write unless it says so.
func isReadOnly(err error) bool {
	var e *pgconn.PgError
	return errors.As(err, &e) && e.Code == readOnlyTransaction
}
