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

// flow is a day at the desk: each step is one Update. The records that it makes
// are the same in every run, since its clock and IDs are.
func (e *env) flow() []step {
	by, d := e.Actor(), e.desk
	var first, second, loose booking.Booking
	request := func(hours int) booking.Request {
		r := e.Request(Monday.Add(time.Duration(hours) * time.Hour))
		r.Series = e.Case.ID
		return r
	}
	keep := func(b *booking.Booking, made booking.Booking, err error) error {
		if err == nil {
			*b = made
		}
		return err
	}
	return []step{
		{"book and invite", func(ctx context.Context, tx storage.Tx) error {
			r := request(3)
			r.Invite = true
			made, err := d.Book(ctx, tx, by, r)
			return keep(&first, made, err)
		}},
		{"propose", func(ctx context.Context, tx storage.Tx) error {
			r := request(5)
			r.Tentative = true
			made, err := d.Book(ctx, tx, by, r)
			return keep(&second, made, err)
		}},
		{"confirm", func(ctx context.Context, tx storage.Tx) error {
			made, err := d.Confirm(ctx, tx, by, second.ID, second.Version)
			return keep(&second, made, err)
		}},
		{"move", func(ctx context.Context, tx storage.Tx) error {
			made, err := d.Move(ctx, tx, by, booking.MoveRequest{
				Booking: first.ID, Version: first.Version, Start: Monday.Add(4 * time.Hour), With: e.Kari.ID,
			})
			return keep(&first, made, err)
		}},
		{"book several", func(ctx context.Context, tx storage.Tx) error {
			starts, err := booking.Weekly(Monday.Add(30*time.Hour), 4, 1, e.Zone)
			if err != nil {
				return err
			}
			_, _, err = d.BookAll(ctx, tx, by, request(0), starts)
			return err
		}},
		{"cancel", func(ctx context.Context, tx storage.Tx) error {
			made, err := d.Cancel(ctx, tx, by, first.ID, first.Version, booking.ByClient)
			return keep(&first, made, err)
		}},
		{"start a series", func(ctx context.Context, tx storage.Tx) error {
			_, err := d.StartSeries(ctx, tx, by, series.Series{
				ID: idOf[series.Series](e.ids, "flow"), Client: e.Åse.ID, Kind: series.SelfPaying,
			}, series.Terms{Billing: timebok.BillClient})
			return err
		}},
		{"book without a series", func(ctx context.Context, tx storage.Tx) error {
			r := request(7)
			r.Series = series.ID{}
			made, err := d.Book(ctx, tx, by, r)
			return keep(&loose, made, err)
		}},
		{"attach", func(ctx context.Context, tx storage.Tx) error {
			made, err := d.Attach(ctx, tx, by, booking.AttachRequest{Booking: loose.ID, Version: loose.Version, Series: e.Case.ID})
			return keep(&loose, made, err)
		}},
		{"void", func(ctx context.Context, tx storage.Tx) error {
			made, err := d.Void(ctx, tx, by, loose.ID, loose.Version)
			return keep(&loose, made, err)
		}},
		{"change the series", func(ctx context.Context, tx storage.Tx) error {
			_, err := d.ChangeSeries(ctx, tx, by, e.Case.ID, 1, "series.adjust", func(s series.Series, _ series.Use) (series.Series, error) {
				return s.Adjust(series.Adjustment{At: Monday, By: by, Why: "x", Sessions: 1})
			})
			return err
		}},
		{"look", func(ctx context.Context, tx storage.Tx) error {
			_, err := d.ClientBookings(ctx, tx, by, e.Ola.ID)
			return err
		}},
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
	other := e.in(newClinic("twice", "other IDs"))
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
