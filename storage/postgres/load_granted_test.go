package postgres_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/timebok/timebok"
	"github.com/timebok/timebok/booking"
	"github.com/timebok/timebok/storage"
	"github.com/timebok/timebok/storage/storagetest"
)

// granted tells of each transaction since the last call whether its first trip took
// the settings for granted: then it asks for no ID of its own.
func (d *desk) granted() (all []bool) {
	for _, trip := range d.sent.take() {
		if slices.ContainsFunc(trip, func(sql string) bool { return strings.HasPrefix(sql, "BEGIN") }) {
			asks := slices.ContainsFunc(trip, func(sql string) bool { return strings.Contains(sql, "pg_current_xact_id") })
			all = append(all, !asks)
		}
	}
	return all
}

// Whatever a server's defaults are, of many who want one time and one session one
// has it, and the others are told why.
func TestDefaultsOfTheServer(t *testing.T) {
	for _, tt := range []struct{ name, setting, value string }{
		{"read committed", "default_transaction_isolation", "read committed"},
		{"repeatable read", "default_transaction_isolation", "repeatable read"},
		{"serializable", "default_transaction_isolation", "serializable"},
		{"read uncommitted", "default_transaction_isolation", "read uncommitted"},
		{"read only", "default_transaction_read_only", "on"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			d := newDesk(t, nil)
			d.open(t, func(c *pgxpool.Config) { c.ConnConfig.RuntimeParams[tt.setting] = tt.value })
			for range 2 { // the second has the settings
				d.sent.take()
				if _, err := d.tryBook(t.Context(), d.Case.ID); err != nil {
					t.Fatal(err)
				}
			}
			var wg sync.WaitGroup
			errs := make([]error, 8)
			for i := range errs {
				wg.Go(func() {
					errs[i] = d.Update(context.Background(), d.Clinic.Clinic.ID, func(ctx context.Context, tx storage.Tx) error {
						_, err := d.Book(ctx, tx, d.Actor(), d.Request(storagetest.Monday.AddDate(0, 0, 1).Add(4*time.Hour)))
						return err
					})
				})
			}
			wg.Wait()
			booked := 0
			for _, err := range errs {
				if err == nil {
					booked++
				} else if !errors.Is(err, booking.SlotTaken) {
					t.Error(err)
				}
			}
			if booked != 1 || d.stored(t) != 1 {
				t.Errorf("%d are booked, %d stored, want 1", booked, d.stored(t))
			}
		})
	}
}

// Who has the settings sees the fence by the stamp, and nothing else.
func TestFenceRenewsTheStamp(t *testing.T) {
	d := newDesk(t, nil)
	id := d.Clinic.Clinic.ID
	for _, tt := range []struct {
		name            string
		fence, unfenced func() error
	}{
		{"by the driver", func() error { return d.driver.Fence(t.Context(), id) }, func() error { return d.driver.Unfence(t.Context(), id) }},
		{"by another program",
			func() error { raw(t, d.dsn, "INSERT INTO clinic_fence VALUES ('"+id.String()+"')"); return nil },
			func() error { raw(t, d.dsn, "DELETE FROM clinic_fence"); return nil }},
	} {
		t.Run(tt.name, func(t *testing.T) {
			for range 2 {
				if _, err := d.tryBook(t.Context(), d.Case.ID); err != nil {
					t.Fatal(err)
				}
			}
			if err := tt.fence(); err != nil {
				t.Fatal(err)
			}
			for range 2 {
				if _, err := d.tryBook(t.Context(), d.Case.ID); !errors.Is(err, storage.ErrFenced) {
					t.Errorf("a fenced clinic was booked in, or %v", err)
				}
			}
			if err := tt.unfenced(); err != nil {
				t.Fatal(err)
			}
			if _, err := d.tryBook(t.Context(), d.Case.ID); err != nil {
				t.Error(err)
			}
		})
	}
}

// An Update that is under way without having seen the fence is waited for, also one
// that has its settings.
func TestFenceWaitsForTheGranted(t *testing.T) {
	d := newDesk(t, nil)
	for range 2 {
		if _, err := d.tryBook(t.Context(), d.Case.ID); err != nil {
			t.Fatal(err)
		}
	}
	d.sent.take()
	read, release, ended := make(chan struct{}), make(chan struct{}), make(chan error, 1)
	go func() {
		ended <- d.Update(t.Context(), d.Clinic.Clinic.ID, func(ctx context.Context, tx storage.Tx) error {
			if _, err := tx.LoadBooking(ctx, d.needs()); err != nil {
				return err
			}
			close(read)
			<-release
			tx.Save(d.Booking("x", 0))
			return nil
		})
	}()
	<-read
	if got := d.granted(); len(got) != 1 || !got[0] {
		t.Errorf("it took the settings for granted: %v", got)
	}
	d.fenceBehind(t, d.fence(t), func() { close(release) })
	if err := <-ended; err != nil || d.stored(t) != 1 {
		t.Errorf("%d are stored, %v", d.stored(t), err)
	}
}

// Without the practitioner nothing is sure to be locked, so nothing is taken for
// granted; and what is missing is told as ever.
func TestNobodyToLock(t *testing.T) {
	d := newDesk(t, nil)
	n := d.needs()
	n.Practitioner = timebok.DeriveID[timebok.Practitioner]("nobody")
	for range 3 {
		d.sent.take()
		err := d.Update(t.Context(), d.Clinic.Clinic.ID, func(ctx context.Context, tx storage.Tx) error {
			v, err := tx.LoadBooking(ctx, n)
			if err == nil && (v.Practitioner != nil || v.Client == nil || v.Series == nil || v.Service == nil) {
				t.Errorf("LoadBooking: %+v", v)
			}
			return err
		})
		if got := d.granted(); err != nil || got[len(got)-1] {
			t.Errorf("transactions took the settings for granted: %v, %v", got, err)
		}
	}
}
