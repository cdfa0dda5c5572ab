package postgres_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/timebok/timebok"
	"github.com/timebok/timebok/booking"
	"github.com/timebok/timebok/storage"
	"github.com/timebok/timebok/storage/storagetest"
)

// hostTx runs fn in a transaction of a host with a table of its own.
func (d *desk) hostTx(t *testing.T, o pgx.TxOptions, fn func(tx pgx.Tx)) {
	t.Helper()
	tx, err := d.pool.BeginTx(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	defer tx.Rollback(context.Background())
	fn(tx)
}

func (d *desk) join(t *testing.T, tx pgx.Tx, hour int, then error) error {
	t.Helper()
	return d.driver.Join(t.Context(), tx, d.Clinic.Clinic.ID, func(ctx context.Context, tx storage.Tx) error {
		made, err := d.Book(ctx, tx, d.Actor(), d.Request(storagetest.Monday.Add(time.Duration(hour)*time.Hour)))
		if err != nil {
			return err
		}
		if _, err := tx.Booking(ctx, made.ID); err != nil { // so that it has been written
			return err
		}
		return then
	})
}

func (d *desk) stored(t *testing.T) (n int) {
	t.Helper()
	err := d.View(t.Context(), d.Clinic.Clinic.ID, func(ctx context.Context, tx storage.Tx) error {
		n = 0
		for _, err := range tx.Bookings(ctx, booking.Filter{}) {
			if err != nil {
				return err
			}
			n++
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// The host's commit is that of both, and so is its rollback.
func TestJoin(t *testing.T) {
	d := newDesk(t, nil)
	raw(t, d.dsn, "CREATE TABLE host (note text)")
	errHost := errors.New("the host's")
	d.hostTx(t, pgx.TxOptions{}, func(tx pgx.Tx) {
		if err := d.join(t, tx, 4, nil); err != nil {
			t.Fatal(err)
		}
		if n := d.stored(t); n != 0 {
			t.Errorf("%d bookings are seen before the host commits", n)
		}
		if _, err := tx.Exec(t.Context(), "INSERT INTO host VALUES ('a')"); err != nil {
			t.Fatal(err)
		}
		if err := d.join(t, tx, 5, errHost); !errors.Is(err, errHost) {
			t.Errorf("Join returned %v, want the function's own error", err)
		}
		if err := d.join(t, tx, 4, nil); !errors.Is(err, booking.SlotTaken) {
			t.Errorf("the same time again: %v", err)
		}
		err := d.driver.Join(t.Context(), tx, d.Clinic.Clinic.ID, func(_ context.Context, tx storage.Tx) error {
			tx.Save(d.Ola) // is there already
			return nil
		})
		if !errors.Is(err, timebok.ErrExists) {
			t.Errorf("a record that exists: %v", err)
		}
		if _, err := tx.Exec(t.Context(), "INSERT INTO host VALUES ('b')"); err != nil {
			t.Errorf("the host's transaction did not go on: %v", err)
		}
		if err := tx.Commit(t.Context()); err != nil {
			t.Fatal(err)
		}
	})
	if n, host := d.stored(t), raw(t, d.dsn, "SELECT count(*) FROM host"); n != 1 || host != "2" {
		t.Errorf("%d bookings and %s rows of the host are stored, want 1 and 2", n, host)
	}
	d.hostTx(t, pgx.TxOptions{}, func(tx pgx.Tx) {
		if err := d.join(t, tx, 6, nil); err != nil {
			t.Fatal(err)
		}
		if err := tx.Rollback(t.Context()); err != nil {
			t.Fatal(err)
		}
	})
	if n := d.stored(t); n != 1 {
		t.Errorf("%d bookings are stored after the host's rollback, want 1", n)
	}
}

func TestJoinRefuses(t *testing.T) {
	d := newDesk(t, nil)
	d.hostTx(t, pgx.TxOptions{IsoLevel: pgx.RepeatableRead}, func(tx pgx.Tx) {
		if err := d.join(t, tx, 4, nil); !errors.Is(err, timebok.BadValue) {
			t.Errorf("a transaction that reads one snapshot: %v", err)
		}
	})
	d.hostTx(t, pgx.TxOptions{}, func(tx pgx.Tx) {
		err := d.driver.Join(t.Context(), tx, timebok.ClinicID{}, func(context.Context, storage.Tx) error { return nil })
		if !errors.Is(err, timebok.ErrInvalid) {
			t.Errorf("no clinic: %v", err)
		}
		if err := d.driver.Fence(t.Context(), d.Clinic.Clinic.ID); err != nil {
			t.Fatal(err)
		}
		if err := d.join(t, tx, 4, nil); !errors.Is(err, storage.ErrFenced) {
			t.Errorf("a fenced clinic: %v", err)
		}
		if err := d.driver.Unfence(t.Context(), d.Clinic.Clinic.ID); err != nil {
			t.Fatal(err)
		}
		if err := tx.Rollback(t.Context()); err != nil {
			t.Fatal(err)
		}
		if err := d.join(t, tx, 4, nil); !errors.Is(err, timebok.ErrUnavailable) {
			t.Errorf("a transaction that has ended: %v", err)
		}
	})
	func() {
		defer func() { _ = recover() }()
		d.hostTx(t, pgx.TxOptions{}, func(tx pgx.Tx) {
			_ = d.driver.Join(t.Context(), tx, d.Clinic.Clinic.ID, func(_ context.Context, tx storage.Tx) error {
				tx.Save(d.Booking("x", 0))
				panic("the host's")
			})
		})
	}()
	if n := d.stored(t); n != 0 {
		t.Errorf("%d bookings are stored, want none", n)
	}
}

// The host's transaction holds the locks until it ends: a fence waits for it.
func TestFenceWaitsForJoined(t *testing.T) {
	d := newDesk(t, nil)
	d.hostTx(t, pgx.TxOptions{}, func(tx pgx.Tx) {
		if err := d.join(t, tx, 4, nil); err != nil {
			t.Fatal(err)
		}
		fenced := make(chan error, 1)
		go func() { fenced <- d.driver.Fence(t.Context(), d.Clinic.Clinic.ID) }()
		select {
		case err := <-fenced:
			t.Errorf("Fence returned while a joined transaction is open: %v", err)
		case <-time.After(50 * time.Millisecond):
		}
		if err := tx.Commit(t.Context()); err != nil {
			t.Fatal(err)
		}
		if err := <-fenced; err != nil {
			t.Error(err)
		}
	})
	if n := d.stored(t); n != 1 {
		t.Errorf("%d bookings are stored, want 1", n)
	}
}
