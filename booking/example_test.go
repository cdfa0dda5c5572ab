package booking_test

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/timebok/timebok"
	"github.com/timebok/timebok/booking"
	"github.com/timebok/timebok/series"
	"github.com/timebok/timebok/storage"
	"github.com/timebok/timebok/storage/memory"
	"github.com/timebok/timebok/storage/storagetest"
)

// newDesk returns a desk at seven on Monday 2 March 2026, and a store with a
// made-up clinic in it: Anne gives talks of 45 minutes, Ola has an insurance case
// of ten sessions.
func newDesk() (*booking.Desk, *storage.Store, *storagetest.Clinic) {
	clinic, store := storagetest.NewClinic("example"), storage.New(memory.New(), nil)
	err := store.Update(context.Background(), clinic.Clinic.ID, func(_ context.Context, tx storage.Tx) error {
		tx.Save(clinic.Records()...)
		return nil
	})
	if err != nil {
		panic(err)
	}
	return &booking.Desk{Source: timebok.Source{Now: func() time.Time { return storagetest.Monday }}}, store, clinic
}

// One function does all that belongs together; it is stored as a whole or not at all.
func ExampleDesk_Book() {
	desk, store, clinic := newDesk()
	ten := time.Date(2026, 3, 2, 10, 0, 0, 0, oslo)

	var b booking.Booking
	err := store.Update(context.Background(), clinic.Clinic.ID, func(ctx context.Context, tx storage.Tx) (err error) {
		b, err = desk.Book(ctx, tx, clinic.Actor(), booking.Request{
			Client: clinic.Ola.ID, With: clinic.Anne.ID, Service: clinic.Talk.ID, Series: clinic.Case.ID,
			Start: ten, Invite: true,
		})
		return err
	})
	fmt.Println(err)
	fmt.Println(b.State, b.Time.Start.In(oslo).Format("Mon 2 Jan 15:04"), "for", b.Time.Duration())
	fmt.Println("billed by", b.Billing.By, "at kr", b.Price, "as", b.Treatment)

	// Somebody else wants the same time.
	err = store.Update(context.Background(), clinic.Clinic.ID, func(ctx context.Context, tx storage.Tx) error {
		_, err := desk.Book(ctx, tx, clinic.Actor(), booking.Request{
			Client: clinic.Åse.ID, With: clinic.Anne.ID, Service: clinic.Talk.ID, Start: ten.Add(30 * time.Minute),
		})
		return err
	})
	fmt.Println(errors.Is(err, timebok.ErrRefused), errors.Is(err, booking.SlotTaken))
	// Output:
	// <nil>
	// booked Mon 2 Mar 10:00 for 45m0s
	// billed by ehf at kr 1320.50 as PSY45
	// true true
}

// Check says all that Book would refuse, in words for people, and what would do
// instead. Nothing is booked.
func ExampleDesk_Check() {
	desk, store, clinic := newDesk()
	var verdict booking.Verdict
	err := store.View(context.Background(), clinic.Clinic.ID, func(ctx context.Context, tx storage.Tx) (err error) {
		verdict, err = desk.Check(ctx, tx, clinic.Actor(), booking.Request{
			Client: clinic.Ola.ID, With: clinic.Anne.ID, Service: clinic.Massage.ID, Series: clinic.Case.ID,
			Start: time.Date(2026, 12, 31, 19, 30, 0, 0, oslo),
		})
		return err
	})
	fmt.Println(err)
	for _, r := range verdict.Refusals {
		fmt.Println(r.Code()+":", r.Text(timebok.Bokmaal))
	}
	for _, slot := range verdict.Alternatives {
		fmt.Println("ledig:", slot.Time.Start.In(oslo).Format("02.01.2006 15:04"))
	}
	// Output:
	// <nil>
	// hours.outside: utenfor behandlerens arbeidstid
	// treatment.missing: tjenesten har ingen behandlingskode hos behandlernettverk
	// ledig: 31.12.2026 19:00
	// ledig: 31.12.2026 18:00
	// ledig: 31.12.2026 17:00
}

// A rule is set aside by naming it and saying why. What lies beyond the case is
// not the insurer's to pay.
func ExampleWaive() {
	desk, store, clinic := newDesk()
	var b booking.Booking
	err := store.Update(context.Background(), clinic.Clinic.ID, func(ctx context.Context, tx storage.Tx) (err error) {
		b, err = desk.Book(ctx, tx, clinic.Actor(), booking.Request{
			Client: clinic.Ola.ID, With: clinic.Anne.ID, Service: clinic.Talk.ID, Series: clinic.Case.ID,
			Start:    time.Date(2027, 1, 4, 10, 0, 0, 0, oslo),
			Override: booking.Waive("wants to go on", series.Expired),
		})
		return err
	})
	fmt.Println(err)
	fmt.Println(b.Overrides[0].Codes, b.Overrides[0].Why)
	fmt.Println("the client pays:", b.Billing.To.IsClient(), b.Price)
	// Output:
	// <nil>
	// [case.expired] wants to go on
	// the client pays: true 1450.00
}

// A series of sessions is booked at the same time on the wall, all or none.
func ExampleDesk_BookAll() {
	desk, store, clinic := newDesk()
	starts, err := booking.Weekly(time.Date(2026, 3, 16, 10, 0, 0, 0, oslo), 3, 1, clinic.Zone)
	if err != nil {
		panic(err)
	}
	var report []booking.Occurrence
	err = store.Update(context.Background(), clinic.Clinic.ID, func(ctx context.Context, tx storage.Tx) (err error) {
		_, report, err = desk.BookAll(ctx, tx, clinic.Actor(), booking.Request{
			Client: clinic.Ola.ID, With: clinic.Anne.ID, Service: clinic.Talk.ID, Series: clinic.Case.ID,
		}, starts)
		return err
	})
	fmt.Println(err)
	for _, o := range report {
		fmt.Println(o.Start.In(oslo).Format("2 Jan 15:04 MST"), "booked:", !o.Booking.IsZero())
	}
	// Output:
	// <nil>
	// 16 Mar 10:00 CET booked: true
	// 23 Mar 10:00 CET booked: true
	// 30 Mar 10:00 CEST booked: true
}

func ExampleDesk_FreeSlots() {
	desk, store, clinic := newDesk()
	day := timebok.Day(timebok.DayOf(storagetest.Monday, oslo), oslo)
	err := store.View(context.Background(), clinic.Clinic.ID, func(ctx context.Context, tx storage.Tx) error {
		slots, err := desk.FreeSlots(ctx, tx, booking.Search{
			Practitioners: []timebok.PractitionerID{clinic.Anne.ID}, Service: clinic.Talk.ID, Within: day, Limit: 3,
		})
		for _, s := range slots {
			fmt.Println(s.Time.Start.In(oslo).Format("15:04"), "to", s.Time.End.In(oslo).Format("15:04"))
		}
		return err
	})
	fmt.Println(err)
	// Output:
	// 08:00 to 08:45
	// 08:45 to 09:30
	// 09:30 to 10:15
	// <nil>
}

// What the therapist chooses from under «Åpne serier».
func ExampleDesk_OpenSeries() {
	desk, store, clinic := newDesk()
	err := store.View(context.Background(), clinic.Clinic.ID, func(ctx context.Context, tx storage.Tx) error {
		open, err := desk.OpenSeries(ctx, tx, clinic.Actor(), clinic.Ola.ID, timebok.DayOf(storagetest.Monday, oslo))
		for _, s := range open {
			if s.Capped {
				fmt.Println(s.Series.Name, "-", s.Remaining, "sessions left, to", s.ValidTo)
				continue
			}
			fmt.Println(s.Series.Name)
		}
		return err
	})
	fmt.Println(err)
	// Output:
	// Forsikringssak 6QPTR - 10 sessions left, to 2026-12-31
	// Betalar sjølv
	// <nil>
}

// Each step takes the version that it is based on, and gives the next.
func ExampleBooking() {
	desk, store, clinic := newDesk()
	ctx, by := context.Background(), clinic.Actor()
	at := time.Date(2026, 3, 2, 10, 0, 0, 0, oslo)
	var b booking.Booking
	do := func(step func(ctx context.Context, tx booking.Tx) (booking.Booking, error)) {
		err := store.Update(ctx, clinic.Clinic.ID, func(ctx context.Context, tx storage.Tx) error {
			next, err := step(ctx, tx)
			if err == nil {
				b = next
			}
			return err
		})
		fmt.Println(b.State, b.Version, err)
	}
	do(func(ctx context.Context, tx booking.Tx) (booking.Booking, error) {
		return desk.Book(ctx, tx, by, booking.Request{
			Client: clinic.Ola.ID, With: clinic.Anne.ID, Service: clinic.Talk.ID, Start: at, Tentative: true,
		})
	})
	do(func(ctx context.Context, tx booking.Tx) (booking.Booking, error) {
		return desk.Confirm(ctx, tx, by, b.ID, b.Version)
	})
	do(func(ctx context.Context, tx booking.Tx) (booking.Booking, error) {
		return desk.Arrive(ctx, tx, by, b.ID, b.Version)
	})
	do(func(ctx context.Context, tx booking.Tx) (booking.Booking, error) {
		return desk.Complete(ctx, tx, by, b.ID, b.Version)
	})
	desk.Now = func() time.Time { return at.Add(time.Hour) }
	do(func(ctx context.Context, tx booking.Tx) (booking.Booking, error) {
		return desk.Complete(ctx, tx, by, b.ID, b.Version)
	})
	fmt.Println("the client owes", b.Charges[0].Amount)
	do(func(ctx context.Context, tx booking.Tx) (booking.Booking, error) {
		return desk.Cancel(ctx, tx, by, b.ID, b.Version, booking.ByClient)
	})
	// Output:
	// proposed 1 <nil>
	// booked 2 <nil>
	// arrived 3 <nil>
	// arrived 3 timebok: refused: State: the booking can't become completed before it has begun [state.early]
	// completed 4 <nil>
	// the client owes 1450.00
	// completed 4 timebok: refused: State: a booking that is completed can't become cancelled [state.illegal]
}
