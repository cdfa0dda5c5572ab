package postgres

import (
	"context"

	"github.com/timebok/timebok"
	"github.com/timebok/timebok/internal/sqlrow"
)

// A reading is the calls of one round trip that locks and reads a view.
//
// The locks come first, as a statement of their own: a statement reads what was
// committed when it began, and one that also waits for a lock would not see what
// the last holder of it wrote.
type reading struct {
	t      *tx
	calls  []call
	absent bool // the clinic
}

func (r *reading) add(c call) { r.calls = append(r.calls, c) }

// lock locks records in an Update, those of the zero ID not.
func (r *reading) lock(keys ...lockKey) {
	if !r.t.view {
		r.calls = append(r.calls, r.t.lockAll(keys)...)
	}
}

// clinic is the segment of the clinic's own record, which must be there.
func (r *reading) clinic(to *timebok.Clinic) segment {
	r.absent = true
	return segmentOf(sqlrow.Clinics, func(c timebok.Clinic) { *to, r.absent = c, false })
}

// readClinic reads the clinic's own record, which must be there.
func (r *reading) readClinic(to *timebok.Clinic) {
	r.add(call{sql: oneClinic.sql, args: []any{r.t.clinic, r.t.clinic}, rows: segments(r.clinic(to))})
}

// first locks records and reads a row of several tables. In the first trip of an
// Update this is where it passes the fence, which then costs no statement more.
func (r *reading) first(keys []lockKey, c call) {
	t := r.t
	r.lock(keys...)
	if !t.begun && !t.view && !t.anyway {
		if len(r.calls) == 0 {
			r.add(call{sql: nameMe})
		}
		t.passed = true
		c.sql, c.fail = c.sql+andNoFence, behindFence
	}
	r.add(c)
}

// send makes the round trip.
func (r *reading) send(ctx context.Context) error {
	if err := r.t.read(ctx, r.calls...); err != nil {
		return err
	}
	if r.absent {
		return &timebok.NotFoundError{Ref: timebok.Ref{Kind: timebok.KindClinic, ID: r.t.id.UUID()}}
	}
	return nil
}

// one reads one record by ID, which may be zero or of nothing.
func one[T any, K any](r *reading, s selection[T], of timebok.ID[K], to **T) {
	if !of.IsZero() {
		r.add(s.first(r.t, to, id(of)))
	}
}

// orNull is an ID as an argument, NULL for the zero ID.
func orNull[T any](of timebok.ID[T]) any {
	if of.IsZero() {
		return nil
	}
	return id(of)
}
