package sqlite_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/timebok/timebok"
	"github.com/timebok/timebok/booking"
	"github.com/timebok/timebok/storage"
	"github.com/timebok/timebok/storage/sqlite"
	"github.com/timebok/timebok/storage/storagetest"
)

// errUnique is what SQLite says of a record that is there already: it refuses that and
// nothing else.
var errUnique = errors.New("UNIQUE constraint failed: booking.id")

// A lineup is a desk whose first booking is held as it is written, until others have
// decided on it; then it fails as the test says.
type lineup struct {
	*desk
	session booking.Booking // that is held
	decided sync.WaitGroup  // by those that come behind
}

func newLineup(t *testing.T, behind int, fault error) *lineup {
	l := &lineup{desk: newDesk(t)}
	l.session = l.Booking("held", 3*time.Hour)
	if _, err := l.busy(t.Context()); err != nil { // so that it is kept
		t.Fatal(err)
	}
	l.decided.Add(behind)
	var once sync.Once
	l.tap.hook(func(sql string) (err error) {
		if strings.HasPrefix(sql, "INSERT INTO booking ") {
			once.Do(func() {
				l.decided.Wait()
				err = fault
			})
		}
		return err
	})
	return l
}

// busy reads, in an Update, what the day of the held booking looks like.
func (l *lineup) busy(ctx context.Context) (n int, err error) {
	err = l.Update(ctx, l.Clinic.ID, func(ctx context.Context, tx storage.Tx) error {
		n, err = l.see(ctx, tx)
		return err
	})
	return n, err
}

func (l *lineup) see(ctx context.Context, tx storage.Tx) (int, error) {
	v, err := tx.LoadBooking(ctx, booking.Needs{Practitioner: l.Anne.ID, Within: timebok.Lasting(storagetest.Monday, 10*time.Hour)})
	return len(v.Calendar.Busy), err
}

// behind is a function that decides on what it sees. The first time it sees the
// booking that is held.
func (l *lineup) behind(t *testing.T, runs *int, decide func(ctx context.Context, tx storage.Tx, busy int) error) func(context.Context, storage.Tx) error {
	return func(ctx context.Context, tx storage.Tx) error {
		n, err := l.see(ctx, tx)
		if *runs++; *runs == 1 {
			if n != 1 || err != nil {
				t.Errorf("it sees %d bookings, want the one that is being written; %v", n, err)
			}
			defer l.decided.Done()
		}
		if err != nil {
			return err
		}
		return decide(ctx, tx, n)
	}
}

// stored reports which bookings there are.
func (l *lineup) stored(t *testing.T) string {
	return rawText(t, l.path, "SELECT (starts - "+fmt.Sprint(storagetest.Monday.UnixMicro())+") / 3600000000 FROM booking ORDER BY 1")
}

// One that can't write what others behind it have decided on: they are run again, the
// one that was refused because of it as well, and who came before stays.
func TestCannotWrite(t *testing.T) {
	for _, tt := range []struct {
		name  string
		fault error
		want  error
	}{
		{"the record is there", errUnique, timebok.ErrExists},
		{"the slot is taken", errors.New("timebok: slot.taken"), booking.SlotTaken},
		{"a constraint refuses it", errors.New("CHECK constraint failed: booking_length"), timebok.ErrInvalid},
		{"the transaction is spoiled", coded(13), timebok.ErrUnavailable},
	} {
		t.Run(tt.name, func(t *testing.T) {
			l := newLineup(t, 2, tt.fault)
			errTaken := errors.New("taken")
			instead, after := l.Booking("instead", 3*time.Hour), l.Booking("after", 5*time.Hour)
			refused, booked := 0, 0
			errs := l.together(t, l.Store,
				saving(l.client(1)),
				saving(l.client(2), l.session),
				l.behind(t, &refused, func(_ context.Context, tx storage.Tx, busy int) error {
					if busy > 0 {
						return errTaken
					}
					tx.Save(instead)
					return nil
				}),
				l.behind(t, &booked, func(_ context.Context, tx storage.Tx, _ int) error {
					tx.Save(after)
					return nil
				}),
			)
			l.tap.hook(nil)
			if !errors.Is(errs[1], tt.want) || errs[0] != nil || errs[3] != nil {
				t.Errorf("errors: %v", errs)
			}
			if booked != 2 || refused != 2 {
				t.Errorf("those behind ran %d and %d times, want 2", refused, booked)
			}
			// Run again, the two may change places.
			switch got := l.stored(t); {
			case errs[2] == nil && got == "3\n5":
			case errors.Is(errs[2], errTaken) && got == "5":
			default:
				t.Errorf("the refused one got %v; there are bookings at %q", errs[2], got)
			}
			if !l.has(t, l.client(1).ID) || l.has(t, l.client(2).ID) {
				t.Error("what came before is gone, or a part of what failed is stored")
			}
			if n, err := l.busy(t.Context()); err != nil || n != strings.Count(l.stored(t), "\n")+1 {
				t.Errorf("%d bookings are kept of %q; %v", n, l.stored(t), err)
			}
		})
	}
}

// A commit that fails is told to those as well that were refused because of what it
// did not store.
func TestFailedCommitIsToldToRefused(t *testing.T) {
	for _, tt := range []struct {
		fault coded
		want  error
	}{{13, timebok.ErrUnavailable}, {5, timebok.ErrConflict}, {10, timebok.ErrUnavailable}} {
		d := newDesk(t)
		errTaken := errors.New("taken")
		d.tap.hook(failing("COMMIT", tt.fault))
		errs := d.together(t, d.once, saving(d.client(1)), func(ctx context.Context, tx storage.Tx) error {
			if _, err := tx.Client(ctx, d.client(1).ID); err != nil {
				return err
			}
			return errTaken
		})
		d.tap.hook(nil)
		if !errors.Is(errs[1], tt.want) || errors.Is(errs[1], errTaken) || d.has(t, d.client(1).ID) {
			t.Errorf("after %v the refused one was told %v, want %v", tt.fault, errs[1], tt.want)
		}
	}
	t.Run("and it is run again", func(t *testing.T) {
		d := newDesk(t)
		var once sync.Once
		d.tap.hook(func(sql string) (err error) {
			if sql == "COMMIT" {
				once.Do(func() { err = coded(5) })
			}
			return err
		})
		runs := 0
		errs := d.together(t, d.Store, saving(d.client(1)), func(ctx context.Context, tx storage.Tx) error {
			runs++
			_, err := tx.Client(ctx, d.client(1).ID)
			if runs == 1 && err == nil {
				return errors.New("taken")
			}
			tx.Save(d.client(2))
			return nil
		})
		if errors.Join(errs...) != nil || runs != 2 || !d.has(t, d.client(1).ID) || !d.has(t, d.client(2).ID) {
			t.Errorf("%d runs, %v", runs, errs)
		}
	})
}

// Whatever becomes of those behind while one writes, it is no other's business.
func TestEndedWhileOneWrites(t *testing.T) {
	for _, fault := range []error{nil, errUnique, coded(13)} {
		t.Run(fmt.Sprint(fault), func(t *testing.T) {
			l := newLineup(t, 2, fault)
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			panicked, cancelled := 0, 0
			panics := l.behind(t, &panicked, func(context.Context, storage.Tx, int) error { panic("own") })
			gives := l.behind(t, &cancelled, func(_ context.Context, tx storage.Tx, _ int) error {
				tx.Save(l.client(2))
				cancel()
				return nil
			})
			update := func(ctx context.Context, fn func(context.Context, storage.Tx) error) func() error {
				return func() error { return l.Update(ctx, l.Clinic.ID, fn) }
			}
			errs := l.queued(t, update(t.Context(), saving(l.session)), update(t.Context(), panics), update(ctx, gives),
				update(t.Context(), saving(l.client(3))))
			l.tap.hook(nil)
			if (errs[0] == nil) != (fault == nil) || errs[1] == nil || errs[1].Error() != "panic: own" ||
				!errors.Is(errs[2], context.Canceled) || errs[3] != nil {
				t.Errorf("errors: %v", errs)
			}
			if l.has(t, l.client(2).ID) || !l.has(t, l.client(3).ID) || (l.stored(t) == "3") != (fault == nil) {
				t.Errorf("stored: %q, or the wrong clients", l.stored(t))
			}
		})
	}
}

// Close waits for those who write and for those who decide meanwhile.
func TestCloseWhileOneWrites(t *testing.T) {
	for _, fault := range []error{nil, errUnique, coded(13)} {
		l := newLineup(t, 1, fault)
		driver := l.Store.Driver.(*sqlite.Driver)
		closed := make(chan error, 1)
		runs := 0
		errs := l.together(t, l.once, saving(l.session), l.behind(t, &runs, func(_ context.Context, tx storage.Tx, _ int) error {
			go func() { closed <- driver.Close() }()
			waitFor(t, func() bool { return sqlite.Waiting(driver) == 1 })
			tx.Save(l.client(1))
			return nil
		}))
		if err := <-closed; err != nil {
			t.Error(err)
		}
		if stored := rawText(t, l.path, "SELECT count(*) FROM booking") == "1"; (errs[0] == nil) != stored || stored != (fault == nil) {
			t.Errorf("%v: stored %v, and told %v", fault, stored, errs[0])
		}
		if fault == nil && errs[1] != nil || fault != nil && !errors.Is(errs[1], timebok.ErrConflict) {
			t.Errorf("%v: the one behind was told %v", fault, errs[1])
		}
	}
}

// What comes from outside the line - the relay's work, a View's audit entries, a
// fence - does not fail because another can't write.
func TestOthersBehindOneThatFails(t *testing.T) {
	l := newLineup(t, 1, errUnique)
	driver := l.Store.Driver.(*sqlite.Driver)
	entry := timebok.AuditEntry{
		ID: timebok.DeriveID[timebok.AuditEntry]("line"), At: storagetest.Monday, By: l.Actor(), Action: "test", On: l.Ola.Ref(), Client: l.Ola.ID,
	}
	runs := 0
	errs := l.queued(t,
		func() error { return l.Update(t.Context(), l.Clinic.ID, saving(l.session)) },
		func() error {
			return l.Update(t.Context(), l.Clinic.ID, l.behind(t, &runs, func(context.Context, storage.Tx, int) error { return nil }))
		},
		func() error {
			_, err := driver.Lease(t.Context(), storage.LeaseRequest{Token: "t", Now: storagetest.Monday, Until: storagetest.Monday.Add(time.Hour)})
			return err
		},
		func() error { return l.once.View(t.Context(), l.Clinic.ID, saving(entry)) },
		func() error { return driver.Fence(t.Context(), l.Clinic.ID) },
	)
	if !errors.Is(errs[0], timebok.ErrExists) || errors.Join(errs[2], errs[3], errs[4]) != nil {
		t.Errorf("errors: %v", errs)
	}
	if errs[1] != nil && !errors.Is(errs[1], storage.ErrFenced) {
		t.Errorf("the one behind was told %v", errs[1])
	}
	if n := rawText(t, l.path, "SELECT count(*) FROM audit"); n != "1" {
		t.Errorf("%s audit entries, want 1", n)
	}
	if err := driver.Unfence(t.Context(), l.Clinic.ID); err != nil {
		t.Error(err)
	}
	if n, err := l.busy(t.Context()); n != 0 || err != nil {
		t.Errorf("%d bookings are kept of none; %v", n, err)
	}
}
