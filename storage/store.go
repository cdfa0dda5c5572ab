package storage

import (
	"context"
	"errors"
	"math/rand/v2"
	"time"

	"github.com/timebok/timebok"
)

// A Store runs transactions on a Driver. It is safe for concurrent use.
type Store struct {
	Driver
	attempts int
}

// Options tune a Store. The zero Options are the defaults.
type Options struct {
	Attempts int // how often an Update that loses races is run; 0: 10
}

// New returns a store on a driver. The options may be nil.
func New(d Driver, o *Options) *Store {
	s := &Store{Driver: d, attempts: 10}
	if o != nil && o.Attempts > 0 {
		s.attempts = o.Attempts
	}
	return s
}

// LostRace marks the error of a transaction that a backend had to end because of
// another one, and that can be run again. Backends return it; hosts see it only,
// as a timebok.ErrConflict, when the attempts are used up.
func LostRace(cause error) error { return &lostRace{cause} }

type lostRace struct{ cause error }

func (e *lostRace) Error() string   { return "timebok: storage: lost a race against another transaction" }
func (e *lostRace) Unwrap() []error { return []error{timebok.ErrConflict, e.cause} }

// UnknownOutcome marks the error of a commit that may have been carried out: the
// connection was lost before the answer. Read by the IDs of what was saved before
// trying again.
func UnknownOutcome(cause error) error {
	return &timebok.UnavailableError{What: "storage (the outcome of the commit is unknown)", Cause: cause}
}

var errNested = timebok.Reasons{Nested.At("")}.Refused()

// inside marks the context of a function in a transaction of a Store or Router.
type inside struct{ of any }

// Update runs fn in a transaction of a clinic and commits it. It returns fn's
// error, or that of the commit; then nothing is stored. Lost races are run again,
// so fn must bear to run more than once: one is lost, too, if fn's error rests on
// what another transaction wrote and did not keep.
func (s *Store) Update(ctx context.Context, clinic timebok.ClinicID, fn func(ctx context.Context, tx Tx) error) error {
	var err error
	for i := range s.attempts {
		if i > 0 {
			if err := pause(ctx, i); err != nil {
				return err
			}
		}
		err = s.run(ctx, clinic, false, fn)
		if race := (*lostRace)(nil); !errors.As(err, &race) {
			return err
		}
	}
	return err
}

// View runs fn in a read-only transaction of a clinic: it sees one state of the
// clinic and locks nothing. Audit entries that fn saves are stored before View
// returns; if that fails, so does View.
func (s *Store) View(ctx context.Context, clinic timebok.ClinicID, fn func(ctx context.Context, tx Tx) error) error {
	return s.run(ctx, clinic, true, fn)
}

func (s *Store) run(ctx context.Context, clinic timebok.ClinicID, readOnly bool, fn func(ctx context.Context, tx Tx) error) (err error) {
	if clinic.IsZero() {
		return timebok.Reasons{timebok.Missing.At("Clinic")}.Invalid()
	}
	if ctx.Value(inside{s}) != nil {
		return errNested
	}
	tx, err := s.Begin(ctx, clinic, readOnly)
	if err != nil {
		return err
	}
	ended := false
	defer func() {
		if ended {
			return
		}
		if unfounded := tx.Rollback(); unfounded != nil { // of an error; a panic goes on its way up
			err = unfounded
		}
	}()
	if err := fn(context.WithValue(ctx, inside{s}, true), tx); err != nil {
		return err
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	ended = true
	return tx.Commit(ctx)
}

// pause waits before attempt i, longer each time and never in step with others.
func pause(ctx context.Context, i int) error {
	most := time.Millisecond << min(i, 7)
	t := time.NewTimer(rand.N(most))
	defer t.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-t.C:
		return nil
	}
}
