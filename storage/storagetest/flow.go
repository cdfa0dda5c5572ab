package storagetest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/timebok/timebok"
	"github.com/timebok/timebok/booking"
	"github.com/timebok/timebok/series"
	"github.com/timebok/timebok/storage"
)

// A step is one command of a flow, on what the steps before it made.
type step struct {
	name string
	run  func(ctx context.Context, tx storage.Tx) error
}

// flow is a day at the desk: each step is one Update. No step knows more of the
// others than the IDs of what they make, so each can be run again.
func (e *env) flow() []step {
	by, d := e.Actor(), e.desk
	first, second, loose := e.Booking("first", 0).ID, e.Booking("second", 0).ID, e.Booking("loose", 0).ID
	request := func(id booking.ID, hours int) booking.Request {
		r := e.Request(Monday.Add(time.Duration(hours) * time.Hour))
		r.ID, r.Series = id, e.Case.ID
		return r
	}
	return []step{
		{"book and invite", func(ctx context.Context, tx storage.Tx) error {
			r := request(first, 3)
			r.Invite = true
			return only(d.Book(ctx, tx, by, r))
		}},
		{"propose", func(ctx context.Context, tx storage.Tx) error {
			r := request(second, 5)
			r.Tentative = true
			return only(d.Book(ctx, tx, by, r))
		}},
		{"confirm", on(second, func(ctx context.Context, tx storage.Tx, b booking.Booking) error {
			return only(d.Confirm(ctx, tx, by, b.ID, b.Version))
		})},
		{"move", on(first, func(ctx context.Context, tx storage.Tx, b booking.Booking) error {
			return only(d.Move(ctx, tx, by, booking.MoveRequest{
				Booking: b.ID, Version: b.Version, Start: Monday.Add(4 * time.Hour), With: e.Kari.ID,
			}))
		})},
		{"book several", func(ctx context.Context, tx storage.Tx) error {
			starts, err := booking.Weekly(Monday.Add(30*time.Hour), 4, 1, e.Zone)
			if err != nil {
				return err
			}
			_, _, err = d.BookAll(ctx, tx, by, request(e.Booking("several", 0).ID, 0), starts)
			return err
		}},
		{"cancel", on(first, func(ctx context.Context, tx storage.Tx, b booking.Booking) error {
			return only(d.Cancel(ctx, tx, by, b.ID, b.Version, booking.ByClient))
		})},
		{"start a series", func(ctx context.Context, tx storage.Tx) error {
			return only(d.StartSeries(ctx, tx, by, series.Series{
				ID: idOf[series.Series](e.ids, "flow"), Client: e.Åse.ID, Kind: series.SelfPaying,
			}, series.Terms{Billing: timebok.BillClient}))
		}},
		{"book without a series", func(ctx context.Context, tx storage.Tx) error {
			r := request(loose, 7)
			r.Series = series.ID{}
			return only(d.Book(ctx, tx, by, r))
		}},
		{"attach", on(loose, func(ctx context.Context, tx storage.Tx, b booking.Booking) error {
			return only(d.Attach(ctx, tx, by, booking.AttachRequest{Booking: b.ID, Version: b.Version, Series: e.Case.ID}))
		})},
		{"void", on(loose, func(ctx context.Context, tx storage.Tx, b booking.Booking) error {
			return only(d.Void(ctx, tx, by, b.ID, b.Version))
		})},
		{"change the series", func(ctx context.Context, tx storage.Tx) error {
			return only(d.ChangeSeries(ctx, tx, by, e.Case.ID, 1, "series.adjust", func(s series.Series, _ series.Use) (series.Series, error) {
				return s.Adjust(series.Adjustment{At: Monday, By: by, Why: "x", Sessions: 1})
			}))
		}},
		{"book in a series as it was changed", func(ctx context.Context, tx storage.Tx) error {
			return only(d.Book(ctx, tx, by, request(e.Booking("last", 0).ID, 9)))
		}},
		{"look", func(ctx context.Context, tx storage.Tx) error {
			return only(d.ClientBookings(ctx, tx, by, e.Ola.ID))
		}},
	}
}

// on runs a step on a booking as it is now.
func on(id booking.ID, run func(ctx context.Context, tx storage.Tx, b booking.Booking) error) func(context.Context, storage.Tx) error {
	return func(ctx context.Context, tx storage.Tx) error {
		b, err := tx.Booking(ctx, id)
		if err != nil {
			return err
		}
		return run(ctx, tx, b)
	}
}

// A summary is what a flow left behind, without what differs from run to run.
type summary struct {
	bookings, audit, messages []string
	cases                     int64
}

func (e *env) summary() summary {
	var s summary
	for _, b := range e.bookings() {
		s.bookings = append(s.bookings, fmt.Sprint(b.Time, b.State, b.Version, b.Sequence, b.Price, b.Series == e.Case.ID))
	}
	for _, a := range e.trail() {
		s.audit = append(s.audit, fmt.Sprint(a.Action, a.On.Kind, a.On.Version))
	}
	for _, q := range e.queued(storage.MessageFilter{}) {
		s.messages = append(s.messages, fmt.Sprint(q.Kind, q.Sequence, string(q.Data)))
	}
	slices.Sort(s.audit)
	slices.Sort(s.messages)
	s.cases = e.stored(e.Case).Ref().Version
	return s
}

// flowTwice runs the flow once, and elsewhere with every Update run twice: both
// leave the same behind.
func flowTwice(e *env) {
	e.save(e.Records()...)
	for _, s := range e.flow() {
		if err := e.update(s.run); err != nil {
			e.Fatalf("%s: %v", s.name, err)
		}
	}
	other := e.in(newClinic("twice", e.ids))
	other.save(other.Records()...)
	other.store = storage.New(Twice(e.driver), nil)
	for _, s := range other.flow() {
		runs := 0
		err := other.update(func(ctx context.Context, tx storage.Tx) error {
			runs++
			return s.run(ctx, tx)
		})
		if err != nil || runs != 2 {
			e.Fatalf("%s: ran %d times: %v", s.name, runs, err)
		}
	}
	if diff := same(fmt.Sprintf("%+v", other.summary()), fmt.Sprintf("%+v", e.summary())); diff != "" {
		e.Errorf("left behind by the flow run twice (-once +twice):\n%s", diff)
	}
}

// faultAtEachStep lets every call of every step fail in turn. Nothing of the step
// may be left, and tried again it works.
func faultAtEachStep(e *env) {
	e.save(e.Records()...)
	faults := 0
	for _, s := range e.flow() {
		before := fmt.Sprintf("%+v", e.summary())
		for at := 1; ; at++ {
			faulty := storage.New(Faulty(e.driver, at), nil)
			err := faulty.Update(e.Context(), e.Clinic.ID, s.run)
			if err == nil {
				break // it takes fewer calls than that
			}
			faults++
			if !errors.Is(err, ErrFault) {
				e.Fatalf("%s, with a fault at call %d: %v", s.name, at, err)
			}
			if diff := same(fmt.Sprintf("%+v", e.summary()), before); diff != "" {
				e.Fatalf("%s left something behind after a fault at call %d (-before +after):\n%s", s.name, at, diff)
			}
		}
	}
	if faults < 3*len(e.flow()) {
		e.Errorf("only %d faults: the test looked at too little", faults)
	}
}
