package storagetest

import (
	"context"
	"errors"
	"sync/atomic"
	"time"

	"github.com/timebok/timebok"
	"github.com/timebok/timebok/booking"
	"github.com/timebok/timebok/insurance"
	"github.com/timebok/timebok/invoice"
	"github.com/timebok/timebok/series"
	"github.com/timebok/timebok/storage"
)

var locks = group{"Locks", []clause{
	{"LoadBooking, LoadIntake and LoadInvoicing in an Update hold what they name until the end: of two that name the same, one waits for the other. The order is connection, practitioners, series, client, numbering, each by ID.", []check{
		{"LoadBooking holds the practitioner", holds(booksWith, booksWith)},
		{"LoadBooking holds the series", holds(booksInSeries, booksInSeries)},
		{"LoadBooking holds the client", holds(booksForClient, booksForClient)},
		{"LoadIntake holds the connection", holds(takesIn(timebok.Behandlernettverk), takesIn(timebok.Behandlernettverk))},
		{"LoadIntake holds a connection that does not exist", holds(takesIn("another"), takesIn("another"))},
		{"LoadInvoicing holds the series", holds(billsSeries, billsSeries)},
		{"LoadInvoicing holds the client", holds(billsClient, billsClient)},
		{"LoadInvoicing holds the numbering", holds(issues, issues)},
		{"LoadInvoicing waits for the series of LoadBooking", holds(booksInSeries, billsSeries)},
		{"LoadBooking waits for the series of LoadInvoicing", holds(billsSeries, booksInSeries)},
		{"LoadInvoicing waits for the client of LoadBooking", holds(booksForClient, billsClient)},
		{"LoadBooking waits for the client of LoadInvoicing", holds(billsClient, booksForClient)},
		{"what was loaded under the lock can be changed", loadedCanBeChanged},
		{"nobody waits for ever", nobodyWaitsForEver},
		{"who gives up waiting is let go", givesUpWaiting},
		{"a view waits for nobody", viewWaitsForNobody},
	}},
	{"Two active bookings of one practitioner never overlap, buffers included, unless one was allowed to: should a program forget the lock, Update fails with a *timebok.Refusal of booking.SlotTaken.", []check{
		{"overlapping bookings are refused", overlapRefused},
		{"bookings that may stand together", overlapAllowed},
		{"changes are guarded as well", changeGuarded},
		{"bookings may change places", placesChanged},
		{"one of many that forgot the lock", overlapRace},
	}},
	{"There is one series at most for a case, one inbox entry for an event, and one invoice for a number of a billing party.", []check{
		{"one series for a case", oneSeries},
		{"one inbox entry for an event", oneEntry},
		{"one invoice for a number", oneInvoice},
		{"one of many at once", uniqueRace},
	}},
}}

// only drops what comes with an error.
func only[T any](_ T, err error) error { return err }

// A loading loads something in an Update, and so locks it.
type loading func(e *env, ctx context.Context, tx storage.Tx) error

func booksWith(e *env, ctx context.Context, tx storage.Tx) error {
	return only(tx.LoadBooking(ctx, booking.Needs{Practitioner: e.Anne.ID}))
}

func booksInSeries(e *env, ctx context.Context, tx storage.Tx) error {
	return only(tx.LoadBooking(ctx, booking.Needs{Series: e.Case.ID}))
}

func booksForClient(e *env, ctx context.Context, tx storage.Tx) error {
	return only(tx.LoadBooking(ctx, booking.Needs{Client: e.Ola.ID}))
}

func billsSeries(e *env, ctx context.Context, tx storage.Tx) error {
	return only(tx.LoadInvoicing(ctx, invoice.Needs{Series: e.Case.ID}))
}

func billsClient(e *env, ctx context.Context, tx storage.Tx) error {
	return only(tx.LoadInvoicing(ctx, invoice.Needs{Client: e.Ola.ID}))
}

func issues(e *env, ctx context.Context, tx storage.Tx) error {
	return only(tx.LoadInvoicing(ctx, invoice.Needs{Party: e.SoleTrader.ID}))
}

func takesIn(network timebok.Network) loading {
	return func(_ *env, ctx context.Context, tx storage.Tx) error {
		return only(tx.LoadIntake(ctx, insurance.IntakeNeeds{Network: network}))
	}
}

// holds tests that of two Updates that load the same, one waits for the other: the
// second, as it is committed, reads what the first one saved.
func holds(load, second loading) func(*env) {
	return func(e *env) {
		e.save(e.Records()...)
		marker := e.Åse // no lock of its own is taken on it here
		marker.Version, marker.Name = 2, timebok.Hide("Først")
		loaded, ending := make(chan struct{}), atomic.Bool{}
		var saw timebok.Client
		var waited bool
		finished := make(chan error, 1)
		go func() {
			<-loaded
			finished <- e.update(func(ctx context.Context, tx storage.Tx) error {
				if err := second(e, ctx, tx); err != nil {
					return err
				}
				waited = ending.Load()
				var err error
				saw, err = tx.Client(ctx, e.Åse.ID)
				return err
			})
		}()
		first := true
		err := e.update(func(ctx context.Context, tx storage.Tx) error {
			if err := load(e, ctx, tx); err != nil {
				return err
			}
			if first {
				close(loaded)
				first = false
			}
			time.Sleep(30 * time.Millisecond) // so that the other runs into the lock
			tx.Save(marker)
			ending.Store(true)
			return nil
		})
		if err != nil {
			e.Error(err)
		}
		if err := <-finished; err != nil {
			e.Error(err)
		}
		if !waited || same(saw, marker) != "" {
			e.Errorf("the second went ahead of the first: it waited %v, and read version %d", waited, saw.Version)
		}
	}
}

// Many that load, change and save one record all succeed, and none is lost.
func loadedCanBeChanged(e *env) {
	e.save(e.Records()...)
	const n = 20
	parallel(n, func(int) {
		err := e.update(func(ctx context.Context, tx storage.Tx) error {
			v, err := tx.LoadBooking(ctx, booking.Needs{Series: e.Case.ID})
			if err != nil {
				return err
			}
			s, err := v.Series.Adjust(series.Adjustment{At: Monday, Why: "test", Sessions: 1})
			tx.Save(s)
			return err
		})
		if err != nil {
			e.Error(err)
		}
	})
	got := e.stored(e.Case).(series.Series)
	if len(got.Adjustments) != n || got.Version != n+1 {
		e.Errorf("%d changes are stored, at version %d; want %d", len(got.Adjustments), got.Version, n)
	}
}

// Even those that take locks against the order come through.
func nobodyWaitsForEver(e *env) {
	e.save(e.Records()...)
	ids := []timebok.PractitionerID{e.Anne.ID, e.Kari.ID}
	parallel(8, func(i int) {
		for range 5 {
			err := e.update(func(ctx context.Context, tx storage.Tx) error {
				for k := range ids {
					if _, err := tx.LoadBooking(ctx, booking.Needs{Practitioner: ids[(i+k)%2]}); err != nil {
						return err
					}
				}
				return nil
			})
			if err != nil {
				e.Error(err)
			}
		}
	})
}

func givesUpWaiting(e *env) {
	e.save(e.Records()...)
	lock := func(ctx context.Context, tx storage.Tx) error {
		return only(tx.LoadBooking(ctx, booking.Needs{Practitioner: e.Anne.ID}))
	}
	err := e.update(func(ctx context.Context, tx storage.Tx) error {
		if err := lock(ctx, tx); err != nil {
			return err
		}
		outside(e, func() {
			short, cancel := context.WithTimeout(e.Context(), 50*time.Millisecond)
			defer cancel()
			err := e.store.Update(short, e.Clinic.ID, lock)
			if !errors.Is(err, context.DeadlineExceeded) {
				e.Errorf("who waited until its context ended got %v, want %v", err, context.DeadlineExceeded)
			}
		})
		return nil
	})
	if err != nil {
		e.Error(err)
	}
	if err := e.update(lock); err != nil {
		e.Errorf("after that: %v", err)
	}
}

func viewWaitsForNobody(e *env) {
	e.save(e.Records()...)
	session := e.Booking("s", 0)
	load := func(ctx context.Context, tx storage.Tx) error {
		if _, err := tx.LoadBooking(ctx, e.needs(session)); err != nil {
			return err
		}
		if _, err := tx.LoadIntake(ctx, insurance.IntakeNeeds{Network: timebok.Behandlernettverk, Client: e.Ola.ID}); err != nil {
			return err
		}
		return only(tx.LoadInvoicing(ctx, invoice.Needs{Client: e.Ola.ID, Party: e.Company.ID}))
	}
	err := e.update(func(ctx context.Context, tx storage.Tx) error {
		if _, err := tx.LoadIntake(ctx, insurance.IntakeNeeds{Network: timebok.Behandlernettverk}); err != nil {
			return err
		}
		if _, err := tx.LoadBooking(ctx, e.needs(session)); err != nil {
			return err
		}
		if _, err := tx.LoadInvoicing(ctx, invoice.Needs{Party: e.Company.ID}); err != nil {
			return err
		}
		tx.Save(session)
		outside(e, func() { e.view(load) })
		return nil
	})
	if err != nil {
		e.Error(err)
	}
}
