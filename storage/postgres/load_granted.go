package postgres

import (
	"context"
	"errors"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/timebok/timebok/booking"
)

// Nearly every booking finds its settings kept and as they were, its practitioner
// there, no fence, and a server whose transactions are by default what an Update
// needs. So the first trip of an Update that has the settings takes that for
// granted and is made of the plainest statements. They tell if it was so: the stamp
// is renewed by the fence too, and is read once the practitioner's lock has given
// the transaction its ID. If it wasn't, the transaction is taken back and begun
// again like any other; on a server with unusual defaults no other tries.
var (
	beginGranted = []call{{sql: "BEGIN"}}

	lockPractitioner = "SELECT 1 FROM {}practitioner WHERE clinic_id = $1 AND id = $2" + forUpdate
	stampAndLevel    = "SELECT stamp, current_setting('transaction_isolation') FROM {}clinic_stamp WHERE clinic_id = $1"
)

// granted is the settings that a reading has, if the transaction begins with it and
// may take them for granted; else nil.
func (t *tx) granted(n booking.Needs) *settings {
	if t.d.unusual.Load() || t.begun || t.view || t.host || t.anyway || len(t.early) > 0 || len(t.held) > 0 || n.Practitioner.IsZero() || !n.Within.Start.Before(n.Within.End) {
		return nil
	}
	kept := t.d.shelf.get(settingsKey{t.id, n.Practitioner, n.Service})
	if kept == nil || !kept.allAbsences {
		return nil
	}
	return kept
}

// loadGranted is LoadBooking in one trip, or reports that it was not as it took for
// granted.
func (t *tx) loadGranted(ctx context.Context, n booking.Needs, kept *settings) (v booking.View, ok bool, err error) {
	r := &reading{t: t}
	there, stamp, level := false, uuid.UUID{}, ""
	t.locks = append(t.locks, lockKey{practitionerRank, n.Practitioner.UUID()})
	r.add(call{sql: lockPractitioner, args: []any{t.clinic, id(n.Practitioner)}, rows: func(rows pgx.Rows) error {
		there = rows.Next()
		return nil
	}})
	lockOne(r, oneSeries, seriesRank, n.Series, &v.Series)
	lockOne(r, oneClient, clientRank, n.Client, &v.Client)
	r.add(call{sql: stampAndLevel, args: []any{t.clinic}, rows: func(rows pgx.Rows) error {
		return eachRow(rows, func(row []any) (err error) {
			if stamp, err = (dialect{}).GetID(row[0]); err == nil {
				level, err = dialect{}.GetText(row[1])
			}
			return err
		})
	}})
	r.sessions(n, &v)
	t.begin, t.passed = beginGranted, true
	err = r.send(ctx)
	switch usual := err == nil && level == "read committed"; {
	case usual && there && stamp == kept.stamp:
		kept.fill(&v, n)
		return v, true, nil
	case usual || err == nil && level == "": // another stamp, or none
		t.d.shelf.drop(settingsKey{t.id, n.Practitioner, n.Service})
	case err == nil || isReadOnly(err) && t.undone && !t.broken:
		t.d.unusual.Store(true)
	default:
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
