package postgres

import (
	"github.com/google/uuid"
	"github.com/jackc/pgx/v5/pgtype"
	"github.com/timebok/timebok"
	"github.com/timebok/timebok/booking"
)

func pgUUID(id uuid.UUID) pgtype.UUID { return pgtype.UUID{Bytes: id, Valid: true} }

// guarded are the bookings of what is held that must not overlap another.
func (t *tx) guarded(yield func(booking.Booking) bool) {
	for _, c := range t.held.Changes {
		if b, ok := c.Record.(booking.Booking); ok && b.State.IsActive() && !b.Overlapping() && !yield(b) {
			return
		}
	}
}

// lockClinic stands in for practitioners that don't exist.
const lockClinic = `SELECT 1 FROM {}clinic WHERE clinic_id = $1 AND EXISTS (
	SELECT 1 FROM unnest($2::uuid[]) AS want (id) LEFT JOIN {}practitioner p ON p.clinic_id = $1 AND p.id = want.id WHERE p.id IS NULL)
	FOR NO KEY UPDATE`

// guardLocks locks the practitioners of a program that forgot to. The constraint
// alone would keep their bookings apart, but those who run into it at once can
// wait for each other, which takes a second to find out.
func (t *tx) guardLocks() []call {
	var forgotten []lockKey
	var of []pgtype.UUID
	for b := range t.guarded {
		if !t.holds(b.Practitioner) {
			forgotten = append(forgotten, lockKey{practitionerRank, b.Practitioner.UUID()})
		}
	}
	for _, k := range forgotten {
		of = append(of, pgUUID(k.id))
	}
	if len(of) == 0 {
		return nil
	}
	return append(t.lockAll(forgotten), call{sql: lockClinic, args: []any{t.clinic, of}})
}

// inTheWay finds what a booking a must not overlap, if it is guarded. The longest
// that a session can last bounds the search.
const (
	inTheWay = `EXISTS (SELECT 1 FROM {}booking b WHERE b.clinic_id = $1 AND b.practitioner_id = a.practitioner_id
		AND b.starts > a.occupied_from - interval '28 hours'
		AND (b.practitioner_id, b.starts) < (a.practitioner_id, a.occupied_to + interval '4 hours')
		AND b.occupied_from < a.occupied_to AND b.occupied_to > a.occupied_from AND b.occupied_from < b.occupied_to
		AND b.active AND NOT b.overlap_allowed AND b.id <> a.id)`
	isGuarded = "a.active AND NOT a.overlap_allowed AND a.occupied_from < a.occupied_to"
)

// noOverlap fails, as noRow does, if one of the bookings overlaps another.
const noOverlap = "SELECT 1 / (CASE WHEN EXISTS (SELECT 1 FROM {}booking a WHERE a.clinic_id = $1 AND a.id = ANY($2) AND " +
	isGuarded + " AND " + inTheWay + ") THEN 0 ELSE 1 END)"

// overlaps tells of a booking that is not stored whether it would overlap one that
// is. The longest that a stored one can be before it bounds the search.
var overlaps = "SELECT EXISTS (SELECT 1 FROM {}booking WHERE clinic_id = $1 " + busyOf + " AND NOT overlap_allowed AND id <> $7)"

func overlapArgs(t *tx, b booking.Booking) []any {
	if !b.State.IsActive() || b.Overlapping() {
		b.Practitioner = timebok.PractitionerID{} // nobody
	}
	return append(append([]any{t.clinic}, busyArgs(id(b.Practitioner), b.Occupied())...), id(b.ID))
}

// freeTimes is the call that takes the times of bookings that change out of the
// way of each other, so that they may change places: the constraint looks at each
// as it is written.
func (t *tx) freeTimes() []call {
	var changed []pgtype.UUID
	bookings := 0
	for _, c := range t.held.Changes {
		if ref := c.Record.Ref(); ref.Kind == timebok.KindBooking {
			bookings++
			if c.Base > 0 {
				changed = append(changed, pgUUID(ref.ID))
			}
		}
	}
	if !t.d.guard || bookings < 2 || len(changed) == 0 {
		return nil
	}
	return []call{{sql: "UPDATE {}booking SET active = false WHERE clinic_id = $1 AND id = ANY($2) AND active", args: []any{t.clinic, changed}}}
}

// guard looks for overlaps, where the database doesn't do so itself.
func (t *tx) guard() []call {
	if t.d.guard {
		return nil
	}
	var written []booking.ID
	var one booking.Booking
	for b := range t.guarded {
		written, one = append(written, b.ID), b
	}
	if len(written) == 0 {
		return nil
	}
	return []call{{sql: noOverlap, args: []any{t.clinic, ids(written)}, fail: func(err error) error {
		if e, refused := refusalOf(err); refused && e.Code == divisionByZero {
			return slotTaken(one)
		}
		return err
	}}}
}
