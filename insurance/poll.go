package insurance

import (
	"context"
	"errors"
	"slices"
	"strconv"

	"github.com/timebok/timebok"
	"github.com/timebok/timebok/booking"
)

// Take takes one event in, as Receive, in a transaction of its own. If the terms
// of its case are not known, they are looked up first, outside the transaction.
// Webhooks call it for what they receive, Poll for what it fetches. An event
// without an ID gets one made of what it says.
func (in *Intake) Take(ctx context.Context, clinic timebok.ClinicID, n Network, e Event) (Received, error) {
	e.Network = n.Name()
	if e.ID == "" {
		e.ID = unnamed(e)
	}
	return in.withCase(ctx, clinic, n, &e, func(ctx context.Context, tx Tx, noCase timebok.Reasons) (Received, error) {
		return in.receive(ctx, tx, e, noCase)
	})
}

// withCase runs take in a transaction. If it comes to a quarantine because the terms
// of the event's case are not known, it leaves nothing behind, and runs once more
// when they have been looked up, or with the reasons why they could not be.
func (in *Intake) withCase(ctx context.Context, clinic timebok.ClinicID, n Network, e *Event, take func(ctx context.Context, tx Tx, noCase timebok.Reasons) (Received, error)) (Received, error) {
	var got Received
	var conn Connection
	err := in.Update(ctx, clinic, func(ctx context.Context, tx Tx) (err error) {
		if conn, err = connection(ctx, tx, n.Name()); err != nil {
			return err
		}
		got, err = take(ctx, tx, nil)
		if err == nil && got.Result == Quarantined && e.Booking.Case == nil && slices.Contains(got.Codes, NoCase.Code()) {
			return errNeedsCase
		}
		return err
	})
	if !errors.Is(err, errNeedsCase) {
		return got, err
	}
	cases := Cases{Source: in.Source}
	found, err := cases.Search(ctx, n, conn, e.Booking.CaseNumber)
	if errors.Is(err, NotConnected) {
		return Received{}, err // no event can be taken in
	}
	var noCase timebok.Reasons // the network does not know it, or says nonsense: the event waits
	if err := noCase.Join("Booking.Case", err); err != nil {
		return Received{}, err
	}
	if err == nil {
		e.Booking.Case = &found
	}
	err = in.Update(ctx, clinic, func(ctx context.Context, tx Tx) (err error) {
		got, err = take(ctx, tx, noCase)
		return err
	})
	return got, err
}

// unnamed is the ID of an event that its network gave none: one such event must
// not hold up those behind it.
func unnamed(e Event) string {
	b := e.Booking
	return "unnamed " + timebok.DeriveID[Event]("unnamed", b.ID, itoa(b.Version), string(e.Kind),
		b.Practitioner, b.Treatment, b.CaseNumber, timebok.Instant(b.Start).String()).String()
}

// A Tally counts what a poll came to.
type Tally map[Result]int

// Poll reads the feed of a network to its end and takes every event in, each in a
// transaction of its own. The cursor is saved after each page, so a poll that
// fails is taken up where it stopped, with some events twice.
//
// An event that can't be taken in now, since its case can't be looked up, holds up
// no other: the poll goes on, and returns that error in the end. The cursor stays
// before the page of the event, which the next poll reads again, with all behind it.
func (in *Intake) Poll(ctx context.Context, clinic timebok.ClinicID, n Network) (Tally, error) {
	tally := Tally{}
	var out outage
	unanswered := map[string]bool{} // cases, which are not asked for again
	been := visits{}
	cursor := ""
	for {
		var conn Connection
		err := in.Update(ctx, clinic, func(ctx context.Context, tx Tx) (err error) {
			conn, err = connection(ctx, tx, n.Name())
			return err
		})
		if err != nil {
			return tally, err
		}
		if out.first == nil {
			cursor = conn.Cursor
		}
		page, err := n.Events(ctx, conn, cursor)
		if err != nil {
			return tally, err
		}
		for _, e := range page.Events {
			if unanswered[e.Booking.CaseNumber] {
				continue
			}
			got, err := in.Take(ctx, clinic, n, e)
			switch {
			case !out.passes(ctx, err):
				return tally, err
			case err != nil:
				unanswered[e.Booking.CaseNumber] = true
			default:
				tally[got.Result]++
			}
		}
		if been.stuck(cursor, page) {
			return tally, &timebok.UnavailableError{What: "network", Cause: errStuck}
		}
		if page.Next != cursor && out.first == nil {
			if err := in.saveCursor(ctx, clinic, n.Name(), cursor, page.Next); err != nil {
				return tally, err
			}
		}
		if !page.More {
			return tally, out.first
		}
		cursor = page.Next
	}
}

// saveCursor moves the cursor on, unless another poll has done so meanwhile.
func (in *Intake) saveCursor(ctx context.Context, clinic timebok.ClinicID, n timebok.Network, was, next string) error {
	return in.Update(ctx, clinic, func(ctx context.Context, tx Tx) error {
		v, err := tx.LoadIntake(ctx, IntakeNeeds{Network: n})
		if err != nil || v.Connection == nil || v.Connection.Cursor != was {
			return err
		}
		c := *v.Connection
		c.Cursor = next
		c.Version++
		tx.Save(c)
		return nil
	})
}

// Offer publishes a practitioner's free times for a service to a network.
func (in *Intake) Offer(ctx context.Context, clinic timebok.ClinicID, n Network, of timebok.PractitionerID, service timebok.ServiceID, within timebok.Period) error {
	if !n.Can().Publish {
		return timebok.Reasons{NotCapable.At("Network", timebok.P("network", n.Name()))}.Refused()
	}
	var conn Connection
	offer := Availability{Within: within}
	err := in.Update(ctx, clinic, func(ctx context.Context, tx Tx) error {
		var err error
		if conn, err = connection(ctx, tx, n.Name()); err != nil {
			return err
		}
		v, err := tx.LoadBooking(ctx, booking.Needs{Practitioner: of, Service: service})
		if err != nil {
			return err
		}
		if v.Practitioner == nil || v.Service == nil {
			return timebok.Reasons{booking.Unknown.At("Practitioner")}.Invalid()
		}
		offer.Practitioner, offer.Treatment = v.Practitioner.KeyAt(n.Name()), v.Service.KeyAt(n.Name())
		if err := offer.keyed(); err != nil {
			return err
		}
		slots, err := in.desk().FreeSlots(ctx, tx, booking.Search{
			Practitioners: []timebok.PractitionerID{of}, Service: service, Within: within,
		})
		offer.Free = nil
		for _, s := range slots {
			offer.Free = append(offer.Free, s.Time)
		}
		return err
	})
	if err != nil {
		return err
	}
	return n.Publish(ctx, conn, offer)
}

// keyed returns a *timebok.Refusal if the network has no name for what is offered.
func (a Availability) keyed() error {
	var no timebok.Reasons
	if a.Practitioner == "" {
		no.Add(UnknownPractitioner, "Practitioner")
	}
	if a.Treatment == "" {
		no.Add(UnknownService, "Service", timebok.P("code", a.Treatment))
	}
	return no.Refused()
}

// connection reads a connection that can be used, or fails with NotConnected.
func connection(ctx context.Context, tx Tx, n timebok.Network) (Connection, error) {
	c, err := tx.Connection(ctx, n)
	if errors.Is(err, timebok.ErrNotFound) {
		return c, Connection{Network: n}.Check()
	}
	if err == nil {
		err = c.Check()
	}
	return c, err
}

func itoa(n int64) string { return strconv.FormatInt(n, 10) }
