package insurance

import (
	"context"
	"errors"
	"strconv"

	"github.com/timebok/timebok"
	"github.com/timebok/timebok/booking"
)

// A Run carries out a function in a transaction of one clinic. Hosts make it of
// their store:
//
//	run := func(ctx context.Context, fn func(context.Context, insurance.Tx) error) error {
//		return store.Update(ctx, clinic, func(ctx context.Context, tx storage.Tx) error { return fn(ctx, tx) })
//	}
type Run func(ctx context.Context, fn func(ctx context.Context, tx Tx) error) error

// Take takes one event in, as Receive, in a transaction of its own. If the terms
// of its case are not known, they are looked up first, outside the transaction.
// Webhooks call it for what they receive, Poll for what it fetches.
func (in *Intake) Take(ctx context.Context, n Network, run Run, e Event) (Received, error) {
	e.Network = n.Name()
	var got Received
	var conn Connection
	receive := func(ctx context.Context, tx Tx) (err error) {
		if conn, err = tx.Connection(ctx, e.Network); errors.Is(err, timebok.ErrNotFound) {
			return Connection{Network: e.Network}.Check()
		} else if err != nil {
			return err
		}
		got, err = in.Receive(ctx, tx, e)
		if err == nil && got.Result == Quarantined && e.Booking.Case == nil && contains(got.Codes, NoCase.Code()) {
			return errNeedsCase // leave nothing behind, look up, and try once more
		}
		return err
	}
	err := run(ctx, receive)
	if !errors.Is(err, errNeedsCase) {
		return got, err
	}
	cases := Cases{Source: in.Source}
	found, err := cases.Search(ctx, n, conn, e.Booking.CaseNumber)
	if err != nil && !errors.Is(err, timebok.ErrRefused) {
		return Received{}, err
	}
	if err == nil {
		e.Booking.Case = &found
	}
	err = run(ctx, func(ctx context.Context, tx Tx) (err error) {
		got, err = in.Receive(ctx, tx, e)
		return err
	})
	return got, err
}

// A Tally counts what a poll came to.
type Tally map[Result]int

// Poll reads the feed of a network to its end and takes every event in, each in a
// transaction of its own. The cursor is saved after each page, so a poll that
// fails is taken up where it stopped, with some events twice.
func (in *Intake) Poll(ctx context.Context, n Network, run Run) (Tally, error) {
	tally := Tally{}
	for {
		var conn Connection
		err := run(ctx, func(ctx context.Context, tx Tx) (err error) {
			conn, err = tx.Connection(ctx, n.Name())
			return err
		})
		if errors.Is(err, timebok.ErrNotFound) {
			return tally, Connection{Network: n.Name()}.Check()
		}
		if err == nil {
			err = conn.Check()
		}
		if err != nil {
			return tally, err
		}
		page, err := n.Events(ctx, conn, conn.Cursor)
		if err != nil {
			return tally, err
		}
		for _, e := range page.Events {
			got, err := in.Take(ctx, n, run, e)
			if err != nil {
				return tally, err
			}
			tally[got.Result]++
		}
		if page.More && page.Next == conn.Cursor {
			return tally, &timebok.UnavailableError{What: "network", Cause: errStuck}
		}
		if page.Next != conn.Cursor {
			if err := saveCursor(ctx, run, n.Name(), conn.Cursor, page.Next); err != nil {
				return tally, err
			}
		}
		if !page.More {
			return tally, nil
		}
	}
}

var errStuck = errors.New("timebok: insurance: the feed says there is more, and does not go on")

// saveCursor moves the cursor on, unless another poll has done so meanwhile.
func saveCursor(ctx context.Context, run Run, n timebok.Network, was, next string) error {
	return run(ctx, func(ctx context.Context, tx Tx) error {
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
func (in *Intake) Offer(ctx context.Context, n Network, run Run, of timebok.PractitionerID, service timebok.ServiceID, within timebok.Period) error {
	if !n.Can().Publish {
		return timebok.Reasons{NotCapable.At("Network", timebok.P("network", n.Name()))}.Refused()
	}
	var conn Connection
	offer := Availability{Within: within}
	err := run(ctx, func(ctx context.Context, tx Tx) error {
		var err error
		if conn, err = tx.Connection(ctx, n.Name()); err != nil {
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
	if err := conn.Check(); err != nil {
		return err
	}
	return n.Publish(ctx, conn, offer)
}

func contains(codes []string, code string) bool {
	for _, c := range codes {
		if c == code {
			return true
		}
	}
	return false
}

func itoa(n int64) string { return strconv.FormatInt(n, 10) }
