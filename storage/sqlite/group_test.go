package sqlite_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/timebok/timebok"
	"github.com/timebok/timebok/storage"
	"github.com/timebok/timebok/storage/sqlite"
)

func TestGroupCommitsOnce(t *testing.T) {
	d := newDesk(t)
	const n = 20
	var fns []func(context.Context, storage.Tx) error
	for i := range n {
		fns = append(fns, saving(d.client(i)))
	}
	before := d.tap.count("COMMIT")
	for i, err := range d.together(t, d.Store, fns...) {
		if err != nil || !d.has(t, d.client(i).ID) {
			t.Errorf("Update %d: %v", i, err)
		}
	}
	if got := d.tap.count("COMMIT") - before; got != 1 {
		t.Errorf("%d Updates took %d commits, want 1", n, got)
	}
}

// Nobody is told that an Update is stored before it is on disk.
func TestAcknowledgedAfterCommit(t *testing.T) {
	d := newDesk(t)
	var told atomic.Int32
	held, release := make(chan struct{}), make(chan struct{})
	d.tap.hook(func(sql string) error {
		if sql == "COMMIT" {
			close(held)
			<-release
			d.tap.hook(nil)
		}
		return nil
	})
	var wg sync.WaitGroup
	err := make(chan error, 4)
	for i := range 4 {
		wg.Go(func() {
			err <- d.add(context.Background(), d.client(i))
			told.Add(1)
		})
	}
	<-held
	time.Sleep(20 * time.Millisecond)
	if n := told.Load(); n != 0 {
		t.Errorf("%d Updates returned before the commit", n)
	}
	close(release)
	wg.Wait()
	for range 4 {
		if err := <-err; err != nil {
			t.Error(err)
		}
	}
}

// One that fails, panics or is refused in a group takes no other along.
func TestRollbackInGroup(t *testing.T) {
	d := newDesk(t)
	errOwn := errors.New("own")
	reads := func(ctx context.Context, tx storage.Tx, r timebok.Client) error {
		tx.Save(r)
		_, err := tx.Client(ctx, r.ID) // sends what is held
		return err
	}
	taken := d.Ola // version 1 of one that exists
	errs := d.together(t, d.Store,
		saving(d.client(0)),
		func(ctx context.Context, tx storage.Tx) error {
			return errors.Join(reads(ctx, tx, d.client(1)), errOwn)
		},
		saving(d.client(2)),
		saving(d.client(3), taken),
		func(ctx context.Context, tx storage.Tx) error {
			_ = reads(ctx, tx, d.client(4))
			panic(errOwn)
		},
		saving(d.client(5)),
	)
	var exists *timebok.ExistsError
	for i, want := range []bool{true, false, true, false, false, true} {
		if got := d.has(t, d.client(i).ID); got != want {
			t.Errorf("Update %d stored: %v, want %v (%v)", i, got, want, errs[i])
		}
	}
	if !errors.Is(errs[1], errOwn) || !errors.As(errs[3], &exists) || errs[0] != nil || errs[2] != nil || errs[5] != nil {
		t.Errorf("errors: %v", errs)
	}
}

// A commit that fails is the failure of all that share it.
func TestFailedCommit(t *testing.T) {
	d := newDesk(t)
	for _, tt := range []struct {
		name string
		err  error
		want error
	}{
		{"busy", coded(5), timebok.ErrConflict},
		{"disk full", coded(13), timebok.ErrUnavailable},
		{"sync failed", coded(10 | 4<<8), timebok.ErrUnavailable},
	} {
		t.Run(tt.name, func(t *testing.T) {
			d.tap.hook(failing("COMMIT", tt.err))
			errs := d.together(t, d.once, saving(d.client(1)), saving(d.client(2)))
			d.tap.hook(nil)
			for i, err := range errs {
				if !errors.Is(err, tt.want) || d.has(t, d.client(i+1).ID) {
					t.Errorf("Update %d: %v, want %v and nothing stored", i, err, tt.want)
				}
			}
			if err := d.add(t.Context(), d.client(3)); err != nil {
				t.Errorf("afterwards: %v", err)
			}
			if err := d.add(t.Context(), timebok.Deletion{Of: d.client(3).Ref()}); err != nil {
				t.Error(err)
			}
		})
	}
	t.Run("lost races are run again", func(t *testing.T) {
		var once sync.Once
		d.tap.hook(func(sql string) (err error) {
			if sql == "COMMIT" {
				once.Do(func() { err = coded(5) })
			}
			return err
		})
		for i, err := range d.together(t, d.Store, saving(d.client(1)), saving(d.client(2))) {
			if err != nil || !d.has(t, d.client(i+1).ID) {
				t.Errorf("Update %d: %v", i, err)
			}
		}
	})
}

// A write after which SQLite may have given the transaction up ends the group:
// what others had in it is run again, and what was decided meanwhile.
func TestSpoiledGroup(t *testing.T) {
	d := newDesk(t)
	full := fmt.Errorf("wrapped: %w", coded(13))
	spoil := d.Ola
	spoil.Version = 2
	d.tap.hook(func(sql string) error {
		if sql == "SAVEPOINT timebok" {
			return full
		}
		return nil
	})
	errs := d.together(t, d.once, saving(d.client(0)), saving(spoil), saving(d.client(2)))
	d.tap.hook(nil)
	if !errors.Is(errs[0], timebok.ErrConflict) || !errors.Is(errs[1], timebok.ErrUnavailable) || !errors.Is(errs[2], timebok.ErrConflict) {
		t.Errorf("errors: %v", errs)
	}
	for i := range 3 {
		if d.has(t, d.client(i).ID) {
			t.Errorf("Update %d is stored", i)
		}
	}
	if err := d.add(t.Context(), d.client(3)); err != nil {
		t.Errorf("afterwards: %v", err)
	}
}

// One that gives up waiting is out of the queue at once, and nobody waits for it.
func TestCancelledWhileWaiting(t *testing.T) {
	d := newDesk(t)
	err := d.Update(t.Context(), d.Clinic.ID, func(context.Context, storage.Tx) error {
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Millisecond)
		defer cancel()
		gone := make(chan error)
		go func() { gone <- d.add(ctx, d.client(1)) }()
		if err := <-gone; !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("the one that waited: %v", err)
		}
		return nil
	})
	if err != nil || d.has(t, d.client(1).ID) {
		t.Errorf("stored, or %v", err)
	}
}

// Nobody is starved: 64 callers have their turns in the order in which they came.
func TestTurnsInOrder(t *testing.T) {
	d := newDesk(t)
	const callers = 64
	var order []int // written by whoever has the turn
	var fns []func(context.Context, storage.Tx) error
	for i := range callers {
		fns = append(fns, func(_ context.Context, tx storage.Tx) error {
			order = append(order, i)
			tx.Save(d.client(i))
			return nil
		})
	}
	for i, err := range d.together(t, d.Store, fns...) {
		if err != nil || i >= len(order) || order[i] != i {
			t.Fatalf("turn %d: %v, of %v", i, err, order)
		}
	}
}

// A coded error is one of SQLite.
type coded int

func (c coded) Error() string { return fmt.Sprintf("sqlite says %d", int(c)) }
func (c coded) Code() int     { return int(c) }

func failing(sql string, err error) func(string) error {
	return func(got string) error {
		if got == sql {
			return err
		}
		return nil
	}
}

// What an Update found that others of its group had written - a refusal, or that
// there is nothing to do - it tells only when that is on disk, and as true as that.
func TestToldWhatIsStored(t *testing.T) {
	d := newDesk(t)
	finds := func(ctx context.Context, tx storage.Tx) error {
		_, err := tx.Client(ctx, d.client(1).ID)
		return err
	}
	fns := []func(context.Context, storage.Tx) error{saving(d.client(1)), finds, saving(d.client(1))} // the last: version 1 again
	errs := make([]error, len(fns))
	var told atomic.Int32
	var wg sync.WaitGroup
	d.tap.hook(func(sql string) error {
		if sql == "COMMIT" {
			time.Sleep(20 * time.Millisecond)
			if n := told.Load(); n > 0 {
				t.Errorf("%d Updates were told before the commit", n)
			}
		}
		return nil
	})
	err := d.Update(t.Context(), d.Clinic.ID, func(context.Context, storage.Tx) error {
		for i, fn := range fns {
			wg.Go(func() {
				errs[i] = d.Update(context.Background(), d.Clinic.ID, fn)
				told.Add(1)
			})
			waitFor(t, func() bool { return sqlite.Waiting(d.Store.Driver.(*sqlite.Driver)) == i+1 })
		}
		return nil
	})
	wg.Wait()
	d.tap.hook(nil)
	if err != nil || errs[0] != nil || errs[1] != nil || !errors.Is(errs[2], timebok.ErrExists) {
		t.Errorf("errors: %v, %v", err, errs)
	}

	d.tap.hook(failing("COMMIT", coded(13)))
	errs = d.together(t, d.once, saving(d.client(2)), func(ctx context.Context, tx storage.Tx) error {
		_, err := tx.Client(ctx, d.client(2).ID)
		return err
	})
	d.tap.hook(nil)
	if !errors.Is(errs[1], timebok.ErrUnavailable) || d.has(t, d.client(2).ID) {
		t.Errorf("who found what was never stored was told %v", errs[1])
	}
}
