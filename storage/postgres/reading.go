package postgres

import (
	"context"
	"slices"

	"github.com/timebok/timebok"
)

// A reading is the calls of one round trip that locks and reads a view.
//
// The locks come first, as a statement of their own: a statement reads what was
// committed when it began, and one that also waits for a lock would not see what
// the last holder of it wrote.
type reading struct {
	t      *tx
	calls  []call
	named  bool // it gives the transaction an ID
	absent bool // the clinic
}

func newReading(t *tx) *reading { return &reading{t: t, calls: make([]call, 0, 8)} }

func (r *reading) add(c call) { r.calls = append(r.calls, c) }

// lock locks records in an Update, those of the zero ID not.
func (r *reading) lock(keys ...lockKey) {
	if !r.t.view {
		locks := r.t.lockAll(keys)
		r.calls, r.named = append(r.calls, locks...), r.named || len(locks) > 0
	}
}

// readClinic reads the clinic's own record, which must be there.
func (r *reading) readClinic(to *timebok.Clinic) {
	r.absent = true
	r.add(oneClinic.each(r.t, func(c *timebok.Clinic) { *to, r.absent = *c, false }, r.t.clinic))
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

// lockOne is one for a record that an Update locks. A statement that locks a row
// returns it as it is then, unlike all that it reads beside it.
func lockOne[T any, K any](r *reading, s selection[T], rank int, of timebok.ID[K], to **T) {
	if of.IsZero() {
		return
	}
	k := lockKey{rank, of.UUID()}
	if !r.t.view && !slices.Contains(r.t.locks, k) {
		s.sql += r.t.mode(k)
	}
	r.add(s.first(r.t, to, id(of)))
}
