package insurance_test

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/timebok/timebok"
	"github.com/timebok/timebok/booking"
	"github.com/timebok/timebok/insurance"
	"github.com/timebok/timebok/insurance/networktest"
	"github.com/timebok/timebok/storage"
)

// reporter is the handler of what the clinic has to tell its network.
func (c *clinic) reporter() *insurance.Reporter {
	return &insurance.Reporter{Networks: []insurance.Network{c.outside}, View: c.runView}
}

func (c *clinic) runView(ctx context.Context, id timebok.ClinicID, fn func(ctx context.Context, tx insurance.Tx) error) error {
	return c.store.View(ctx, id, func(ctx context.Context, tx storage.Tx) error {
		c.open.Add(1)
		defer c.open.Add(-1)
		return fn(ctx, tx)
	})
}

// deliver hands the messages of some kinds to the reporter, as the relay does.
func (c *clinic) deliver(kinds ...timebok.MessageKind) []error {
	var errs []error
	for _, m := range c.everything().Messages {
		if slices.Contains(kinds, m.Kind) {
			errs = append(errs, c.reporter().Handle(c.Context(), timebok.Delivery{Message: m.Message, Clinic: c.Clinic.ID, Attempt: 1}))
		}
	}
	return errs
}

func (c *clinic) works(errs []error) {
	c.Helper()
	if err := errors.Join(errs...); err != nil {
		c.Errorf("Handle: %v", err)
	}
}

// The network is told of every event once, however often the relay tries.
func TestAcknowledgements(t *testing.T) {
	each(t, func(c *clinic) {
		made := c.book(wish(0))
		moved := c.network.Move(made.Booking.ID, slot(1))
		night := c.network.Move(made.Booking.ID, slot(1).Add(14*time.Hour))
		c.take(moved, insurance.New)
		c.take(made, insurance.Stale)
		c.take(night, insurance.Quarantined)
		for range 3 {
			c.works(c.deliver(insurance.AckNetwork))
		}
		got := map[string]insurance.Result{}
		for _, a := range c.network.Acks() {
			got[a.Event] = a.Result
			if a.Event == night.ID {
				c.equal("codes", []string{booking.OutsideHours.Code()}, a.Codes)
			}
		}
		c.equal("acknowledgements", 3, len(c.network.Acks()))
		c.equal("results", map[string]insurance.Result{
			made.ID: insurance.Stale, moved.ID: insurance.New, night.ID: insurance.Quarantined,
		}, got)
		c.resolved(c.received(night), insurance.Resolution{Decline: true}, insurance.Declined)
		c.works(c.deliver(insurance.AckNetwork))
		c.equal("acknowledgements", 4, len(c.network.Acks()))
	})
}

// What the clinic itself does with a network's booking, the network is told.
func TestReports(t *testing.T) {
	each(t, func(c *clinic) {
		made := c.book(wish(0))
		c.take(made, insurance.New)
		c.equal("reports of what the network did itself", 0, len(c.everything().of(booking.ReportNetwork)))
		c.cancel(c.booking(made.Booking.ID), booking.ByClinic)
		for range 2 {
			c.works(c.deliver(booking.ReportNetwork))
		}
		reports := c.network.Reports()
		if len(reports) != 1 {
			c.Fatalf("%d reports", len(reports))
		}
		c.equal("report", insurance.Status{
			ID: reports[0].ID, Booking: made.Booking.ID, Version: 2, State: booking.Cancelled, Start: slot(0),
		}, reports[0])
	})
}

func TestReporterMeetsFaults(t *testing.T) {
	each(t, func(c *clinic) {
		made := c.book(wish(0))
		c.take(made, insurance.New)
		c.cancel(c.booking(made.Booking.ID), booking.ByClinic)
		c.network.Silence(true)
		for _, err := range c.deliver(insurance.AckNetwork, booking.ReportNetwork) {
			if !errors.Is(err, timebok.ErrUnavailable) || timebok.IsPermanent(err) {
				c.Errorf("Handle without an answer: %v", err)
			}
		}
		c.network.Silence(false)
		c.network.SetFaults(networktest.Faults{Timeout: 1}) // it acts each time
		for range 3 {
			c.deliver(insurance.AckNetwork, booking.ReportNetwork)
		}
		c.equal("acknowledgements and reports", 2, len(c.network.Acks())+len(c.network.Reports()))

		handle := func(p *insurance.Reporter, m timebok.Message) error {
			return p.Handle(c.Context(), timebok.Delivery{Message: m, Clinic: c.Clinic.ID, Attempt: 1})
		}
		ack := c.everything().of(insurance.AckNetwork)[0].Message
		for name, err := range map[string]error{
			"of another kind":    handle(c.reporter(), timebok.Message{Kind: booking.MailClient}),
			"that can't be read": handle(c.reporter(), timebok.Message{Kind: insurance.AckNetwork, Data: []byte("{")}),
			"to no network":      handle(&insurance.Reporter{View: c.runView}, ack),
		} {
			if !timebok.IsPermanent(err) {
				c.Errorf("a message %s: %v, want a permanent error", name, err)
			}
		}
	})
	// A network whose connection has ended is told nothing, until it works again.
	each(t, func(c *clinic) {
		made := c.book(wish(0))
		c.take(made, insurance.New)
		c.cancel(c.booking(made.Booking.ID), booking.ByClinic)
		calls := c.network.Calls()
		for _, status := range []insurance.ConnectionStatus{insurance.Disconnected, insurance.Rejected, insurance.Connected} {
			c.Connection.Status = status
			c.Connection.Version++
			c.save(c.Connection)
			for _, err := range c.deliver(insurance.AckNetwork, booking.ReportNetwork) {
				if errors.Is(err, insurance.NotConnected) == (status == insurance.Connected) || timebok.IsPermanent(err) {
					c.Errorf("%s: %v", status, err)
				}
			}
			if told := c.network.Calls() - calls; (told > 0) != (status == insurance.Connected) {
				c.Errorf("%s: %d calls", status, told)
			}
		}
	})
	// A network that does not want to know is not told, which is no error.
	eachWith(t, &networktest.Options{Can: &insurance.Capabilities{Lookup: true, Events: true}}, func(c *clinic) {
		made := c.book(wish(0))
		c.take(made, insurance.New)
		c.cancel(c.booking(made.Booking.ID), booking.ByClinic)
		calls := c.network.Calls()
		c.works(c.deliver(insurance.AckNetwork, booking.ReportNetwork))
		c.equal("calls", calls, c.network.Calls())
	})
}
