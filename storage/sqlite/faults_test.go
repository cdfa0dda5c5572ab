package sqlite_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/timebok/timebok"
	"github.com/timebok/timebok/booking"
	"github.com/timebok/timebok/storage"
	"github.com/timebok/timebok/storage/storagetest"
)

// Many book the same few times while inserts, commits and what takes them back are
// slow and fail: what was acknowledged is there, nothing else is, and nobody was
// refused because of what is not there.
func TestLineUnderFaults(t *testing.T) {
	const callers, times = 12, 40
	d := newDesk(t)
	people := []timebok.PractitionerID{d.Anne.ID, d.Kari.ID}
	d.tap.hook(func(sql string) error {
		word, _, _ := strings.Cut(sql, " ")
		if word == "INSERT" && rand.N(2) == 0 {
			time.Sleep(rand.N(300 * time.Microsecond))
		}
		fault := rand.N(100)
		switch {
		case word == "INSERT" && fault < 3, word == "UPDATE" && fault < 3:
			return errUnique
		case (word == "INSERT" || word == "SAVEPOINT" || word == "RELEASE") && fault < 4, word == "DELETE" && fault < 10:
			return coded(13)
		case word == "COMMIT" && fault < 5:
			return coded(5)
		}
		return nil
	})
	var mu sync.Mutex
	told := map[booking.ID]bool{} // whether it was stored
	var wg sync.WaitGroup
	for who := range callers {
		wg.Go(func() {
			for i := range times {
				session := d.Booking(fmt.Sprint(who, " ", i), time.Duration(rand.N(times))*time.Hour)
				session.Practitioner = people[rand.N(len(people))]
				needs := booking.Needs{Practitioner: session.Practitioner, Client: d.Ola.ID, Within: session.Time}
				errTaken := errors.New("taken")
				err := d.Update(t.Context(), d.Clinic.ID, func(ctx context.Context, tx storage.Tx) error {
					v, err := tx.LoadBooking(ctx, needs)
					if err != nil {
						return err
					}
					if len(v.Calendar.Busy) > 0 {
						return errTaken
					}
					tx.Save(session)
					if i%4 == 0 { // a change as well, which needs a savepoint
						ola := *v.Client
						ola.Version++
						tx.Save(ola)
					}
					return nil
				})
				mu.Lock()
				told[session.ID] = err == nil
				mu.Unlock()
				if errors.Is(err, errTaken) && d.freeIn(t, needs) {
					t.Error("refused because of a booking that is not there")
				}
			}
		})
	}
	wg.Wait()
	d.tap.hook(nil)
	for id, want := range told {
		err := d.View(t.Context(), d.Clinic.ID, func(ctx context.Context, tx storage.Tx) error {
			_, err := tx.Booking(ctx, id)
			return err
		})
		if got := err == nil; got != want {
			t.Errorf("a booking is stored: %v, and its caller was told %v; %v", got, want, err)
		}
	}
	for _, p := range people {
		for day := range times/24 + 1 {
			var read, kept booking.View
			needs := booking.Needs{Practitioner: p, Within: timebok.Lasting(storagetest.Monday.Add(time.Duration(day)*24*time.Hour), 24*time.Hour)}
			view := func(ctx context.Context, tx storage.Tx) (err error) {
				read, err = tx.LoadBooking(ctx, needs)
				return err
			}
			update := func(ctx context.Context, tx storage.Tx) (err error) {
				kept, err = tx.LoadBooking(ctx, needs)
				return err
			}
			if err := errors.Join(d.View(t.Context(), d.Clinic.ID, view), d.Update(t.Context(), d.Clinic.ID, update)); err != nil {
				t.Fatal(err)
			}
			if !reflect.DeepEqual(read, kept) {
				t.Errorf("an Update reads %+v\nwhere a View reads %+v", kept, read)
			}
		}
	}
}

// freeIn reports whether nothing is stored in a time.
func (d *desk) freeIn(t *testing.T, n booking.Needs) bool {
	var v booking.View
	err := d.View(t.Context(), d.Clinic.ID, func(ctx context.Context, tx storage.Tx) (err error) {
		v, err = tx.LoadBooking(ctx, n)
		return err
	})
	return err == nil && len(v.Calendar.Busy) == 0
}
