package postgres_test

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/timebok/timebok"
	"github.com/timebok/timebok/booking"
	"github.com/timebok/timebok/storage"
	"github.com/timebok/timebok/storage/storagetest"
)

// within is what a transaction knows of the settings, which is what it reads one by
// one as well.
func (d *desk) within(ctx context.Context, t *testing.T, tx storage.Tx, when string) booking.View {
	t.Helper()
	v, err := tx.LoadBooking(ctx, d.needs())
	if err != nil {
		t.Fatalf("%s: %v", when, err)
	}
	want, err := d.storedSettings(ctx, tx)
	if err != nil {
		t.Fatalf("%s: %v", when, err)
	}
	if wrong := differing(settingsOf(v), want); wrong != nil {
		t.Errorf("%s: %v", when, wrong)
	}
	return settingsOf(v)
}

// A transaction knows the settings that it has saved itself; once it is rolled back,
// nobody does.
func TestSettingsOfTheSameTransaction(t *testing.T) {
	d := newDesk(t, nil)
	errBack := errors.New("taken back")
	for _, c := range d.changes() {
		before := d.sees(t, "nothing")
		for _, warm := range []bool{true, false} {
			var own booking.View
			err := d.Update(t.Context(), d.Clinic.Clinic.ID, func(ctx context.Context, tx storage.Tx) error {
				if warm {
					d.within(ctx, t, tx, "before "+c.name)
				}
				tx.Save(c.record)
				own = d.within(ctx, t, tx, "after "+c.name)
				tx.Save(d.absence(20))
				d.within(ctx, t, tx, "after "+c.name+" and an absence")
				return errBack
			})
			if !errors.Is(err, errBack) {
				t.Fatal(err)
			}
			// As many changes as were taken back, but others: no stamp comes twice.
			bump := "UPDATE service SET price_ore = price_ore %s WHERE id = '" + d.Talk.ID.String() + "';"
			raw(t, d.dsn, fmt.Sprintf(bump+bump, "+ 1", "+ 1"))
			d.sees(t, "other changes than a rolled back "+c.name)
			raw(t, d.dsn, fmt.Sprintf(bump, "- 2"))
			if got := d.sees(t, "a rolled back "+c.name); reflect.DeepEqual(own, before) || !reflect.DeepEqual(got, before) {
				t.Errorf("%s: the transaction itself saw %+v, the next one %+v, the one before %+v", c.name, own, got, before)
			}
		}
	}
}

// A joined transaction knows what its host has changed, up to the last savepoint.
func TestSettingsOfTheHost(t *testing.T) {
	d := newDesk(t, nil)
	other := d.beside(t)
	for _, end := range []string{"ROLLBACK", "COMMIT"} {
		before := d.sees(t, "nothing")
		d.hostTx(t, pgx.TxOptions{}, func(host pgx.Tx) {
			sees := func(after string, price timebok.Money) {
				t.Helper()
				err := d.driver.Join(t.Context(), host, d.Clinic.Clinic.ID, func(ctx context.Context, tx storage.Tx) error {
					if v := d.within(ctx, t, tx, after); v.Service.Price != price {
						t.Errorf("%s: the price is %v, want %v", after, v.Service.Price, price)
					}
					return nil
				})
				if err != nil {
					t.Fatal(err)
				}
				// It is locked by the host, so it is only looked at.
				if got := other.price(t); got != before.Service.Price {
					t.Errorf("%s: another sees the price %v of what is not committed", after, got)
				}
			}
			exec := func(sql string) {
				t.Helper()
				if _, err := host.Exec(t.Context(), sql); err != nil {
					t.Fatal(err)
				}
			}
			sees("BEGIN", before.Service.Price)
			exec("UPDATE service SET price_ore = 100")
			sees("UPDATE", timebok.Ore(100))
			exec("SAVEPOINT a; UPDATE service SET price_ore = 200")
			sees("UPDATE after a savepoint", timebok.Ore(200))
			exec("ROLLBACK TO SAVEPOINT a")
			sees("ROLLBACK TO SAVEPOINT", timebok.Ore(100))
			exec("UPDATE service SET price_ore = 300")
			sees("another UPDATE", timebok.Ore(300))
			exec("ROLLBACK TO SAVEPOINT a; RELEASE SAVEPOINT a")
			sees("ROLLBACK TO SAVEPOINT again", timebok.Ore(100))
			errBack := errors.New("taken back")
			err := d.driver.Join(t.Context(), host, d.Clinic.Clinic.ID, func(ctx context.Context, tx storage.Tx) error {
				dearer := d.Talk
				dearer.Version, dearer.Price = 2, timebok.Ore(400)
				tx.Save(dearer)
				d.within(ctx, t, tx, "its own change")
				return errBack
			})
			if !errors.Is(err, errBack) {
				t.Fatal(err)
			}
			sees("a Join that failed", timebok.Ore(100))
			exec(end)
		})
		after := d.sees(t, end)
		if changed := after.Service.Price == timebok.Ore(100); changed != (end == "COMMIT") {
			t.Errorf("after %s of the host the price is %v", end, after.Service.Price)
		}
		other.sees(t, end)
	}
}

// price is that of the service, read in a View.
func (d *desk) price(t *testing.T) (price timebok.Money) {
	t.Helper()
	err := d.View(t.Context(), d.Clinic.Clinic.ID, func(ctx context.Context, tx storage.Tx) error {
		s, err := tx.Service(ctx, d.Talk.ID)
		price = s.Price
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return price
}

// waiting waits until somebody waits for a lock of the database.
func (d *desk) waiting(t *testing.T) {
	t.Helper()
	d.eventually(t, "SELECT EXISTS (SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock')")
}

// An Update that waited for a lock knows every setting that was committed while it
// did: by who had the lock, or by another.
func TestSettingsAreReadAfterTheLocks(t *testing.T) {
	d := newDesk(t, nil)
	restore := d.keep(t)
	conn := d.gate(t, "SELECT 1")
	var all strings.Builder
	for _, c := range d.changes() {
		if c.name != "service" { // which is the price, too
			all.WriteString(c.sql + ";")
		}
	}
	for _, lock := range []string{"practitioner", "series", "client"} {
		for _, by := range []string{"the holder", "another"} {
			for _, warm := range []bool{true, false} {
				who, what := d, "a change by "+by+" of the lock on the "+lock
				if !warm {
					who = d.beside(t)
				}
				before := d.sees(t, "the way back")
				conn("BEGIN")
				conn("SELECT 1 FROM " + lock + " FOR NO KEY UPDATE")
				var got booking.View
				done := make(chan error, 1)
				go func() (err error) {
					defer func() { done <- err }()
					got, err = who.look(t.Context())
					return err
				}()
				d.waiting(t)
				if by == "the holder" {
					for sql := range strings.SplitSeq(strings.TrimSuffix(all.String(), ";"), ";") {
						conn(sql)
					}
				} else {
					raw(t, d.dsn, strings.ReplaceAll(all.String(), "UPDATE practitioner SET inactive = true WHERE name LIKE 'Anne%';", ""))
				}
				conn("COMMIT")
				if err := <-done; err != nil {
					t.Fatal(err)
				}
				if after := d.sees(t, what); reflect.DeepEqual(after, before) || !reflect.DeepEqual(got, after) {
					t.Errorf("%s (warm: %v): who waited knows %+v, want %+v", what, warm, got, after)
				}
				restore()
			}
		}
	}
}

// Who waits for a practitioner behind the Update that makes her absent is refused.
func TestBookingBehindAnAbsence(t *testing.T) {
	d := newDesk(t, nil)
	other := d.beside(t)
	d.sees(t, "nothing")
	other.sees(t, "nothing")
	done := make(chan error, 1)
	d.update(t, func(ctx context.Context, tx storage.Tx) error {
		if _, err := tx.LoadBooking(ctx, booking.Needs{Practitioner: d.Anne.ID}); err != nil {
			return err
		}
		go func() {
			done <- other.Update(t.Context(), d.Clinic.Clinic.ID, func(ctx context.Context, tx storage.Tx) error {
				_, err := other.Book(ctx, tx, d.Actor(), d.Request(storagetest.Monday.Add(4*time.Hour)))
				return err
			})
		}()
		d.waiting(t)
		tx.Save(d.absence(4))
		return nil
	})
	if err := <-done; !errors.Is(err, booking.Absent) {
		t.Errorf("a booking that waited behind an absence: %v, want %v", err, booking.Absent)
	}
}

// A View is one snapshot, and what it reads is not kept for others.
func TestSettingsOfAView(t *testing.T) {
	d := newDesk(t, nil)
	d.sees(t, "nothing")
	err := d.View(t.Context(), d.Clinic.Clinic.ID, func(ctx context.Context, tx storage.Tx) error {
		before := d.within(ctx, t, tx, "nothing")
		for _, c := range d.changes() {
			raw(t, d.dsn, c.sql)
			d.sees(t, c.name)
			if got := d.within(ctx, t, tx, c.name); !reflect.DeepEqual(got, before) {
				t.Errorf("a View sees a later %s: %+v, want %+v", c.name, got, before)
			}
			d.sees(t, c.name)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	err = d.View(t.Context(), d.Clinic.Clinic.ID, func(ctx context.Context, tx storage.Tx) error {
		if v := d.within(ctx, t, tx, "the changes"); len(v.Calendar.Absences) == 0 {
			t.Error("a View sees no absence")
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}
