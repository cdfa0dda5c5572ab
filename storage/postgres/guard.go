package postgres

import (
	"slices"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5/pgtype"
	"github.com/timebok/timebok"
	"github.com/timebok/timebok/booking"
)

func pgUUID(id uuid.UUID) pgtype.UUID { return pgtype.UUID{Bytes: id, Valid: true} }

// guarded are the bookings of what is held that must not overlap another.
func (t *tx) guarded(yield func(booking.Booking) bool) {
	for _, c := range t.held {
		if b, ok := c.record.(booking.Booking); ok && b.State.IsActive() && !b.Overlapping() && !yield(b) {
			return
		}
	}
}

// Of practitioners that don't exist the clinic is locked.
const (
	lockPractitioners = "SELECT 1 FROM {}practitioner WHERE clinic_id = $1 AND id = ANY($2) ORDER BY id FOR NO KEY UPDATE"
	lockClinic        = `SELECT 1 FROM {}clinic WHERE clinic_id = $1 AND EXISTS (
		SELECT 1 FROM unnest($2::uuid[]) AS want (id) LEFT JOIN {}practitioner p ON p.clinic_id = $1 AND p.id = want.id WHERE p.id IS NULL)
		FOR NO KEY UPDATE`
)

// guardLocks locks the practitioners of a program that forgot to. The constraint
// alone would keep their bookings apart, but those who run into it at once can
// wait for each other, which takes a second to find out.
func (t *tx) guardLocks() (calls []call) {
	var forgotten []timebok.PractitionerID
	for b := range t.guarded {
		if !t.locked[b.Practitioner] {
			t.lock(b.Practitioner)
			forgotten = append(forgotten, b.Practitioner)
		}
	}
	if len(forgotten) == 0 {
		return nil
	}
	slices.SortFunc(forgotten, timebok.PractitionerID.Compare)
	args := []any{t.clinic, ids(forgotten)}
	return []call{{sql: lockPractitioners, args: args}, {sql: lockClinic, args: args}}
}

// lock notes that a practitioner is locked.
func (t *tx) lock(of timebok.PractitionerID) {
	if t.locked == nil {
		t.locked = map[timebok.PractitionerID]bool{}
	}
	t.locked[of] = true
}

// noOverlap fails, as noRow does, if one of the bookings overlaps another.
const noOverlap = `SELECT 1 / (CASE WHEN EXISTS (
		SELECT 1 FROM {}booking a JOIN {}booking b ON b.clinic_id = $1 AND b.practitioner_id = a.practitioner_id
			AND b.starts > a.occupied_from - interval '28 hours' AND b.starts < a.occupied_to + interval '4 hours'
			AND b.occupied_from < a.occupied_to AND b.occupied_to > a.occupied_from AND b.occupied_from < b.occupied_to
			AND b.active AND NOT b.overlap_allowed AND b.id <> a.id
		WHERE a.clinic_id = $1 AND a.id = ANY($2) AND a.occupied_from < a.occupied_to AND a.active AND NOT a.overlap_allowed
	) THEN 0 ELSE 1 END)`

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
