package storage_test

import (
	"context"
	"errors"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/timebok/timebok"
	"github.com/timebok/timebok/storage"
	"github.com/timebok/timebok/storage/memory"
	"github.com/timebok/timebok/storage/storagetest"
)

// A racy driver ends the commits of Updates as the test says, and counts how
// transactions end.
type racy struct {
	storage.Driver
	commit    func() error // nil: commits
	unfounded error        // of Rollback

	begun, committed, rolledBack atomic.Int32
}

func (d *racy) Begin(ctx context.Context, clinic timebok.ClinicID, readOnly bool) (storage.DriverTx, error) {
	tx, err := d.Driver.Begin(ctx, clinic, readOnly)
	if err != nil {
		return nil, err
	}
	d.begun.Add(1)
	return &racyTx{DriverTx: tx, driver: d}, nil
}

type racyTx struct {
	storage.DriverTx
	driver *racy
}

func (tx *racyTx) Commit(ctx context.Context) error {
	tx.driver.committed.Add(1)
	if tx.driver.commit != nil {
		if err := tx.driver.commit(); err != nil {
			tx.DriverTx.Rollback()
			return err
		}
	}
	return tx.DriverTx.Commit(ctx)
}

func (tx *racyTx) Rollback() error {
	tx.driver.rolledBack.Add(1)
	return errors.Join(tx.DriverTx.Rollback(), tx.driver.unfounded)
}

// ends fails unless every transaction that was begun was ended once.
func (d *racy) ends(t *testing.T, committed, rolledBack int32) {
	t.Helper()
	if c, r, b := d.committed.Load(), d.rolledBack.Load(), d.begun.Load(); c != committed || r != rolledBack || b != c+r {
		t.Errorf("%d begun, %d committed, %d rolled back; want %d and %d", b, c, r, committed, rolledBack)
	}
}

var (
	clinic  = storagetest.NewClinic("A").Clinic.ID
	errRaw  = errors.New("driver: serialization failure")
	errHost = errors.New("host")
)

func nothing(context.Context, storage.Tx) error { return nil }

func TestLostRacesAreRunAgain(t *testing.T) {
	for _, lost := range []int{0, 1, 3} {
		d := &racy{Driver: memory.New()}
		left, runs := lost, 0
		d.commit = func() error {
			if left--; left >= 0 {
				return storage.LostRace(errRaw)
			}
			return nil
		}
		err := storage.New(d, &storage.Options{Attempts: 4}).Update(t.Context(), clinic, func(context.Context, storage.Tx) error {
			runs++
			return nil
		})
		if err != nil || runs != lost+1 {
			t.Errorf("after %d lost races: %d runs, %v", lost, runs, err)
		}
		d.ends(t, int32(lost+1), 0)
	}
}

func TestAttemptsRunOut(t *testing.T) {
	for attempts, o := range map[int32]*storage.Options{10: nil, 3: {Attempts: 3}, 1: {Attempts: 1}} {
		d := &racy{Driver: memory.New(), commit: func() error { return storage.LostRace(errRaw) }}
		err := storage.New(d, o).Update(t.Context(), clinic, nothing)
		if !errors.Is(err, timebok.ErrConflict) || !errors.Is(err, errRaw) {
			t.Errorf("got %v, want a conflict with its cause", err)
		}
		d.ends(t, attempts, 0)
	}
}

// A race can be lost at any call, and the function may wrap the error.
func TestRaceLostInside(t *testing.T) {
	d := &racy{Driver: memory.New()}
	runs := 0
	err := storage.New(d, nil).Update(t.Context(), clinic, func(context.Context, storage.Tx) error {
		if runs++; runs < 3 {
			return errors.Join(errHost, storage.LostRace(errRaw))
		}
		return nil
	})
	if err != nil || runs != 3 {
		t.Errorf("%d runs, %v; want 3", runs, err)
	}
	d.ends(t, 1, 2)
}

func TestOtherErrorsAreNotRunAgain(t *testing.T) {
	for _, want := range []error{
		errHost, &timebok.StaleError{}, &timebok.ExistsError{}, &timebok.NotFoundError{}, &timebok.Refusal{},
		storage.UnknownOutcome(errRaw), timebok.ErrConflict, context.Canceled,
	} {
		inside := &racy{Driver: memory.New()}
		err := storage.New(inside, nil).Update(t.Context(), clinic, func(context.Context, storage.Tx) error { return want })
		if !errors.Is(err, want) {
			t.Errorf("the function's error: got %v, want %v", err, want)
		}
		inside.ends(t, 0, 1)
		atCommit := &racy{Driver: memory.New(), commit: func() error { return want }}
		if err := storage.New(atCommit, nil).Update(t.Context(), clinic, nothing); !errors.Is(err, want) {
			t.Errorf("the commit's error: got %v, want %v", err, want)
		}
		atCommit.ends(t, 1, 0)
	}
}

// An error that rests on what was not stored is not the function's to return, and a
// panic goes on whatever it rests on.
func TestUnfoundedErrors(t *testing.T) {
	d := &racy{Driver: memory.New(), unfounded: storage.LostRace(errRaw)}
	s := storage.New(d, &storage.Options{Attempts: 5})
	runs := 0
	refuse := func(context.Context, storage.Tx) error {
		if runs++; runs == 3 {
			return nil
		}
		return errHost
	}
	if err := s.Update(t.Context(), clinic, refuse); err != nil || runs != 3 {
		t.Errorf("%d runs, %v; want 3", runs, err)
	}
	d.ends(t, 1, 2)
	if err := s.Update(t.Context(), clinic, refuse); !errors.Is(err, errRaw) || errors.Is(err, errHost) || runs != 8 {
		t.Errorf("%d runs, %v; want 8 and what Rollback returned", runs, err)
	}
	d.unfounded = storage.UnknownOutcome(errRaw)
	if err := s.Update(t.Context(), clinic, refuse); !errors.Is(err, timebok.ErrUnavailable) || runs != 9 {
		t.Errorf("%d runs, %v; want 9 and what Rollback returned", runs, err)
	}
	defer func() {
		if p := recover(); p != errHost {
			t.Errorf("recovered %v, want the function's own panic", p)
		}
	}()
	_ = s.Update(t.Context(), clinic, func(context.Context, storage.Tx) error { panic(errHost) })
}

func TestViewIsNotRunAgain(t *testing.T) {
	d := &racy{Driver: memory.New(), commit: func() error { return storage.LostRace(errRaw) }}
	if err := storage.New(d, nil).View(t.Context(), clinic, nothing); !errors.Is(err, timebok.ErrConflict) {
		t.Errorf("got %v, want a conflict", err)
	}
	d.ends(t, 1, 0)
}

func TestPanicRollsBack(t *testing.T) {
	d := &racy{Driver: memory.New()}
	s := storage.New(d, nil)
	for _, call := range []func(context.Context, timebok.ClinicID, func(context.Context, storage.Tx) error) error{s.Update, s.View} {
		func() {
			defer func() {
				if p := recover(); p != errHost {
					t.Errorf("recovered %v, want the function's own panic", p)
				}
			}()
			_ = call(t.Context(), clinic, func(context.Context, storage.Tx) error { panic(errHost) })
		}()
	}
	d.ends(t, 0, 2)
}

func TestCancelledContext(t *testing.T) {
	d := &racy{Driver: memory.New()}
	s := storage.New(d, nil)
	ctx, cancel := context.WithCancel(t.Context())
	if err := s.Update(ctx, clinic, func(context.Context, storage.Tx) error { cancel(); return nil }); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled in the function: %v", err)
	}
	d.ends(t, 0, 1)
	if err := s.View(ctx, clinic, nothing); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled before: %v", err)
	}
	d.ends(t, 0, 1)
}

// Who waits to run again stops waiting when the context ends.
func TestCancelledBetweenAttempts(t *testing.T) {
	d := &racy{Driver: memory.New(), commit: func() error { return storage.LostRace(errRaw) }}
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	began := time.Now()
	err := storage.New(d, &storage.Options{Attempts: 1 << 20}).Update(ctx, clinic, nothing)
	if !errors.Is(err, context.DeadlineExceeded) || time.Since(began) > 10*time.Second {
		t.Errorf("after %v: %v, want %v", time.Since(began), err, context.DeadlineExceeded)
	}
	if n := d.committed.Load(); n < 2 || n > 1000 {
		t.Errorf("%d attempts in 100 ms: the pauses are wrong", n)
	}
}

func TestNested(t *testing.T) {
	one, two := storage.New(memory.New(), nil), storage.New(memory.New(), nil)
	err := one.Update(t.Context(), clinic, func(ctx context.Context, _ storage.Tx) error {
		if err := one.View(ctx, clinic, nothing); err == nil {
			t.Error("a View inside an Update of the same store was not refused")
		}
		if err := one.Update(t.Context(), storagetest.NewClinic("B").Clinic.ID, nothing); err != nil {
			t.Errorf("an Update with a context of its own: %v", err)
		}
		return two.Update(ctx, clinic, nothing) // another store
	})
	if err != nil {
		t.Error(err)
	}
}

func TestClinicIsNeeded(t *testing.T) {
	d := &racy{Driver: memory.New()}
	if err := storage.New(d, nil).Update(t.Context(), timebok.ClinicID{}, nothing); !errors.Is(err, timebok.Missing) {
		t.Errorf("got %v, want %v", err, timebok.Missing)
	}
	d.ends(t, 0, 0)
}

func TestMarkedErrors(t *testing.T) {
	lost, unknown := storage.LostRace(errRaw), storage.UnknownOutcome(errRaw)
	for _, c := range []struct {
		err  error
		is   error
		want bool
	}{
		{lost, timebok.ErrConflict, true}, {lost, errRaw, true}, {lost, timebok.ErrUnavailable, false},
		{unknown, timebok.ErrUnavailable, true}, {unknown, errRaw, true}, {unknown, timebok.ErrConflict, false},
	} {
		if errors.Is(c.err, c.is) != c.want {
			t.Errorf("%v is %v: want %v", c.err, c.is, c.want)
		}
	}
	for _, err := range []error{lost, unknown} { // raw errors of a driver are for logs only
		if strings.Contains(err.Error(), errRaw.Error()) {
			t.Errorf("the text %q shows the driver's error", err)
		}
	}
}

func TestBeginFails(t *testing.T) {
	s := storage.New(memory.New(), nil)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if err := s.Update(t.Context(), clinic, nothing); !errors.Is(err, timebok.ErrUnavailable) {
		t.Errorf("got %v, want %v", err, timebok.ErrUnavailable)
	}
}
