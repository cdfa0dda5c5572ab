package sqlite_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/timebok/timebok"
	"github.com/timebok/timebok/booking"
	"github.com/timebok/timebok/storage"
	"github.com/timebok/timebok/storage/sqlite"
	"github.com/timebok/timebok/storage/storagetest"
)

// Whatever statement fails, with whatever code, the caller gets an error of the
// library whose text says nothing of SQLite, and nothing is stored.
func TestRawErrorsDoNotLeak(t *testing.T) {
	d := newDesk(t)
	work := func(ctx context.Context, tx storage.Tx) error {
		_, err := d.Book(ctx, tx, d.Actor(), d.Request(storagetest.Monday.Add(3*time.Hour)))
		if err == nil {
			err = drain(tx.Bookings(ctx, booking.Filter{}))
		}
		return err
	}
	ways := map[string]func() error{
		"Update": func() error { return d.once.Update(t.Context(), d.Clinic.ID, work) },
		"View": func() error {
			return d.View(t.Context(), d.Clinic.ID, func(ctx context.Context, tx storage.Tx) error {
				_, err := d.OpenSeries(ctx, tx, d.Actor(), d.Ola.ID, timebok.DayOf(storagetest.Monday, time.UTC))
				return err
			})
		},
		"Lease": func() error {
			_, err := d.Lease(t.Context(), storage.LeaseRequest{Token: "t", Now: storagetest.Monday})
			return err
		},
		"Done": func() error {
			_, err := d.Done(t.Context(), storage.LeaseKey{Token: "t"})
			return err
		},
	}
	for name, run := range ways {
		for _, code := range []int{1, 5, 6, 7, 8, 10, 11, 13, 19, 26, 517, 778} {
			for step := range 40 {
				n, failed := 0, ""
				d.tap.hook(func(sql string) error {
					if n++; n == step+1 {
						failed = sql
						return coded(code)
					}
					return nil
				})
				err := run()
				d.tap.hook(nil)
				if n <= step { // there are no more steps: nothing failed
					raw(t, d.path, "DELETE FROM booking")
					break
				}
				if err != nil && (!typed(err) || strings.Contains(err.Error(), "sqlite says")) {
					t.Fatalf("%s, step %d, code %d: %v", name, step, code, err)
				}
				if name == "Update" && (err == nil || rawText(t, d.path, "SELECT count(*) FROM booking") != "0") {
					t.Fatalf("%s, code %d of %q: %v, or a booking is stored", name, code, failed, err)
				}
			}
		}
	}
	if err := d.Update(t.Context(), d.Clinic.ID, work); err != nil {
		t.Errorf("afterwards: %v", err)
	}
}

func typed(err error) bool {
	for _, sentinel := range []error{
		timebok.ErrNotFound, timebok.ErrExists, timebok.ErrConflict,
		timebok.ErrInvalid, timebok.ErrRefused, timebok.ErrUnavailable,
	} {
		if errors.Is(err, sentinel) {
			return true
		}
	}
	return false
}

// A disk without room refuses writes, and works again when there is some.
func TestDiskFull(t *testing.T) {
	d := newDesk(t)
	pages := rawText(t, d.path, "PRAGMA page_count")
	setLimit := func(limit string) {
		if err := sqlite.RunOnWriter(d.Driver.(*sqlite.Driver), "PRAGMA max_page_count = "+limit); err != nil {
			t.Fatal(err)
		}
	}
	setLimit(pages)
	big := d.client(1)
	big.Address = timebok.Hide(strings.Repeat("x", 1<<20))
	if err := d.once.Update(t.Context(), d.Clinic.ID, saving(big)); !errors.Is(err, timebok.ErrUnavailable) {
		t.Errorf("writing to a full disk: %v", err)
	}
	if d.has(t, big.ID) {
		t.Error("it is stored all the same")
	}
	setLimit("1000000") // of the connection: the one that failed may be closed by now
	if err := d.add(t.Context(), big); err != nil || !d.has(t, big.ID) {
		t.Errorf("afterwards: %v", err)
	}
}

// Another process that writes makes an Update wait, then fail as a lost race.
func TestAnotherProcessWrites(t *testing.T) {
	path := newFile(t)
	driver := open(t, path, &sqlite.Options{BusyTimeout: 20 * time.Millisecond})
	defer driver.Close()
	store := storage.New(driver, &storage.Options{Attempts: 2})
	c := storagetest.NewClinic("A")
	other := rawConn(t, path)
	defer other.Close()
	rawExec(t, other, "BEGIN IMMEDIATE")
	if err := store.Update(t.Context(), c.Clinic.ID, saving(c.Clinic)); !errors.Is(err, timebok.ErrConflict) {
		t.Errorf("while another writes: %v", err)
	}
	rawExec(t, other, "ROLLBACK")
	if err := store.Update(t.Context(), c.Clinic.ID, saving(c.Clinic)); err != nil {
		t.Errorf("afterwards: %v", err)
	}
}

// A value that somebody else wrote and nobody can read is an error that says
// where, and not what.
func TestUnreadableValue(t *testing.T) {
	d := newDesk(t)
	raw(t, d.path, "UPDATE client SET email = 'kari@ola@example.com'")
	err := d.View(t.Context(), d.Clinic.ID, func(ctx context.Context, tx storage.Tx) error {
		_, err := tx.Client(ctx, d.Ola.ID)
		return err
	})
	var unavailable *timebok.UnavailableError
	if !errors.As(err, &unavailable) || !strings.HasPrefix(fmt.Sprint(unavailable.Cause), "client.email: ") ||
		strings.Contains(fmt.Sprint(unavailable.Cause), "kari") {
		t.Errorf("Client: %v", err)
	}
}

// The trigger stands behind the lock: a program that saves without looking is refused.
func TestOverlapGuardSaysWhy(t *testing.T) {
	d := newDesk(t)
	if err := d.add(t.Context(), d.Booking("a", time.Hour)); err != nil {
		t.Fatal(err)
	}
	err := d.add(t.Context(), d.Booking("b", time.Hour+30*time.Minute))
	if !errors.Is(err, booking.SlotTaken) || !strings.Contains(err.Error(), "2026-03-02 08:30") {
		t.Errorf("an overlap: %v", err)
	}
	long := d.Booking("c", 48*time.Hour)
	long.Time.End = long.Time.Start.Add(24*time.Hour + time.Microsecond)
	if err := d.add(t.Context(), long); !errors.Is(err, timebok.BadPeriod) {
		t.Errorf("a session that no search would look back to: %v", err)
	}
}
