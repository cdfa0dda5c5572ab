package insurance

import (
	"context"

	"github.com/timebok/timebok"
	"github.com/timebok/timebok/booking"
)

// change decides on an event about a booking that we have. A cancellation asks
// for nothing else: whatever became of the booking here, it is called off there.
func (in *Intake) change(ctx context.Context, tx Tx, v IntakeView, e Event, r Resolution, by timebok.Actor, no timebok.Reasons) (outcome, error) {
	if no = append(no, unlike(v, e)...); len(no) > 0 && !e.IsCancelled() {
		return outcome{no: no}, nil
	}
	move := v.move(e)
	move.Override = r.Override
	bv, err := tx.LoadBooking(ctx, move.Needs(*v.Booking))
	if err != nil {
		return outcome{}, err
	}
	b := *bv.Booking // as it is under the locks
	o := outcome{booking: b, result: Identical}
	called := b.State == booking.Cancelled
	byNetwork := called && b.Cancelled.Reason == booking.ByNetwork
	there := b // as the network has it
	there.Time, there.Practitioner = timebok.Lasting(move.Start, move.Duration), move.With
	moved := there.Time != b.Time || there.Practitioner != b.Practitioner
	if e.IsCancelled() && called && !(byNetwork && moved) || !e.IsCancelled() && !called && !moved {
		return o, nil
	}
	if e.IsCancelled() && moved { // in between, which has not been heard here
		if called {
			there.State, there.Cancelled = booking.Booked, nil
		}
		there.Reply = booking.Reply{}
		if there.Price, err = in.priceOf(bv, there, by); err != nil {
			return outcome{}, err
		}
	}
	var c booking.Changes
	switch {
	case e.IsCancelled():
		bv.Booking = &there
		c, err = in.desk().DecideCancel(bv, b.Version, booking.ByNetwork, by)
		if err == nil {
			c.Records = append(c.Records, in.desk().HandOver(b, c.Booking, by)...)
		}
	default:
		// What the clinic called off is not booked again without somebody looking.
		move.Version, move.Revive = b.Version, byNetwork || r.bySomebody
		c, err = in.desk().DecideMove(bv, move, by)
	}
	if err := o.no.Join("Booking", err); err != nil {
		return outcome{}, err
	}
	if len(o.no) == 0 {
		o.booking, o.result, o.records = c.Booking, Changed, c.Records
	}
	return o, nil
}

// priceOf is what a booking that is called off would have cost.
func (in *Intake) priceOf(v booking.View, b booking.Booking, by timebok.Actor) (timebok.Money, error) {
	c, err := in.desk().DecideCancelled(v, booking.Request{
		Client: b.Client, With: b.Practitioner, Service: b.Service, Series: b.Series,
		Start: b.Time.Start, Duration: b.Time.Duration(),
	}, booking.ByNetwork, by)
	return c.Booking.Price, err
}

// move is the move to where the event has the booking, as far as what it names is
// known here.
func (v IntakeView) move(e Event) booking.MoveRequest {
	b := v.Booking
	m := booking.MoveRequest{
		Booking: b.ID, Start: e.Booking.Start, Duration: e.Booking.Duration, With: b.Practitioner,
	}
	if v.Practitioner != nil {
		m.With = v.Practitioner.ID
	}
	if m.Duration == 0 && v.Service != nil {
		m.Duration = v.Service.Duration
	}
	if m.Duration == 0 {
		m.Duration = b.Time.Duration()
	}
	return m
}

// unlike lists why an event can't be about the booking that we have of it.
func unlike(v IntakeView, e Event) timebok.Reasons {
	var no timebok.Reasons
	if v.Series == nil || v.Series.ID != v.Booking.Series {
		no.Add(CaseChanged, "Booking.CaseNumber")
	} else if v.Owner != nil && contradicts(*v.Owner, e) {
		no.Add(IdentityMismatch, "Booking.Client")
	}
	if v.Service != nil && v.Service.ID != v.Booking.Service {
		no.Add(TreatmentChanged, "Booking.Treatment")
	}
	return no
}
