package insurance_test

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/rickb777/date"
	"github.com/timebok/timebok"
	"github.com/timebok/timebok/booking"
	"github.com/timebok/timebok/insurance"
	"github.com/timebok/timebok/insurance/networktest"
	"github.com/timebok/timebok/series"
	"github.com/timebok/timebok/storage"
	"github.com/timebok/timebok/storage/storagetest"
)

// A booking of somebody unknown makes everything: client, payer, series, booking,
// mail to the practitioner and acknowledgement to the network.
func TestUnknownClientIsCreated(t *testing.T) {
	each(t, func(c *clinic) {
		found := networktest.NewCase("KARI2", born)
		found.Payer.Org = must(timebok.ParseOrgNumber("910253158"))
		found.Payer.Name = "Ny Forsikring AS"
		found.ValidFrom, found.ValidTo = new(date.New(2026, 2, 20)), new(date.New(2026, 8, 31))
		found.Caps = []series.Cap{series.Sessions(8), {Unit: series.CapSessions, Treatment: "FYS30", Sessions: 2}}
		found.Share = series.Share{Fixed: timebok.Kroner(250)}
		found.Used = 3
		c.network.AddCase(found)
		w := wish(0)
		w.CaseNumber = "KARI2"
		e := c.network.Book(w)
		before := len(c.everything().Audit)
		c.equal("tally", insurance.Tally{insurance.New: 1}, c.poll())

		s := c.everything()
		if len(s.Bookings) != 1 || len(c.added(s)) != 1 || len(s.Quarantine) != 0 {
			c.Fatalf("%d bookings, %d new clients, %d waiting", len(s.Bookings), len(c.added(s)), len(s.Quarantine))
		}
		b, client := s.Bookings[0], c.added(s)[0]
		c.equal("client", timebok.Client{
			ID: client.ID, Version: 1, Name: w.Client.Name, BirthDate: &born, Email: w.Client.Email,
			Phone: w.Client.Phone, Lang: timebok.Bokmaal, Origin: timebok.FromNetwork,
		}, client)

		payers := slices.DeleteFunc(s.Payers, func(p timebok.Payer) bool { return p.Org != found.Payer.Org })
		if len(payers) != 1 {
			c.Fatalf("%d payers with the insurer's number", len(payers))
		}
		c.equal("payer", timebok.Payer{
			ID: payers[0].ID, Version: 1, Name: found.Payer.Name, Org: found.Payer.Org,
			Address: found.Payer.Address, EHF: true, DueDays: 30, ClaimDays: 60,
		}, payers[0])

		feed := timebok.Actor{User: "network:behandlernettverk", Role: timebok.System, Clinic: c.Clinic.ID}
		billing := timebok.Billing{To: timebok.Recipient{Payer: payers[0].ID}, By: timebok.EHF}
		now := storagetest.Monday
		c.equal("series", series.Series{
			ID: b.Series, Version: 1, Client: client.ID, Kind: series.InsuranceCase, Name: "Forsikringssak KARI2",
			Case: series.Case{Network: timebok.Behandlernettverk, Number: "KARI2"},
			Approvals: []series.Approval{{At: now, Source: series.FromNetwork, By: feed, Terms: series.Terms{
				ValidFrom: found.ValidFrom, ValidTo: found.ValidTo, Caps: found.Caps, Share: found.Share, Billing: billing,
			}}},
			Adjustments: []series.Adjustment{{At: now, By: feed, Opening: true, Sessions: 3}},
			FetchedAt:   now, OpenedAt: now,
		}, c.series(b.Series))

		c.equal("booking", booking.Booking{
			ID: insurance.BookingID(timebok.Behandlernettverk, e.Booking.ID), Version: 1, Sequence: 1,
			Client: client.ID, Practitioner: c.Anne.ID, Service: c.Talk.ID, Series: b.Series,
			Time: timebok.Lasting(slot(0), 45*time.Minute), Zone: timebok.OsloZone, Treatment: "PSY45",
			Price: c.Talk.Price, Billing: billing, Origin: timebok.FromNetwork, State: booking.Booked,
			External: booking.External{Network: timebok.Behandlernettverk, ID: e.Booking.ID},
		}, b)

		mails, acks := s.of(booking.MailPractitioner), s.of(insurance.AckNetwork)
		if len(mails) != 1 || len(acks) != 1 || len(s.Messages) != 2 {
			c.Fatalf("%d mails, %d acknowledgements, %d messages", len(mails), len(acks), len(s.Messages))
		}
		c.equal("mail", timebok.Message{
			ID: mails[0].ID, Kind: booking.MailPractitioner, About: b.Ref(), Client: client.ID,
			Due: now, Sequence: 1, Data: []byte(`{"what":"booked"}`),
		}, mails[0].Message)
		c.equal("entry", insurance.Received{
			Version: 1, Network: timebok.Behandlernettverk, Event: e.ID, External: e.Booking.ID, Source: 1,
			At: now, Result: insurance.New, Booking: b.ID,
		}, c.received(e))
		c.equal("external", insurance.External{
			Version: 1, Network: timebok.Behandlernettverk, ID: e.Booking.ID, Seen: 1, Applied: 1, Booking: b.ID,
		}, c.external(e.Booking.ID))
		c.equal("audit", []string{"booking.book", "client.create", "event.new", "payer.create", "series.open"}, s.actions()[before:])
		for _, a := range s.Audit {
			if a.By != feed || a.Action != "payer.create" && a.Client != client.ID {
				c.Errorf("%s by %v about %v", a.Action, a.By, a.Client)
			}
		}
	})
}

// The payer that the clinic has already is not made again.
func TestKnownPayerIsFound(t *testing.T) {
	each(t, func(c *clinic) {
		before := c.everything().Payers
		got := c.take(c.book(wish(0)), insurance.New)
		c.equal("payers", before, c.everything().Payers)
		b := c.booking(got.External)
		c.equal("billing", timebok.Billing{To: timebok.Recipient{Payer: c.Insurer.ID}, By: timebok.EHF}, b.Billing)
		c.equal("price by the agreement", c.Agreed.Price, b.Price)
	})
}

func TestSecondBookingJoinsTheSeries(t *testing.T) {
	each(t, func(c *clinic) {
		first, second := c.book(wish(0)), c.book(wish(1))
		c.equal("tally", insurance.Tally{insurance.New: 2}, c.poll())
		s := c.everything()
		a, b := c.booking(first.Booking.ID), c.booking(second.Booking.ID)
		if a.Series != b.Series || a.Client != b.Client || len(c.added(s)) != 1 {
			c.Errorf("two bookings of a case have %d clients", len(c.added(s)))
		}
		c.equal("use", 2, c.series(a.Series).Use(booking.Sessions(s.Bookings)).Booked)
	})
}

// The therapist's own series of the case is joined as well.
func TestBookingJoinsTheSeriesOpenedByHand(t *testing.T) {
	each(t, func(c *clinic) {
		w := wish(0)
		w.CaseNumber, w.Client = "6QPTR", networktest.NewPerson("Ola B. Prøvesen", *c.Ola.BirthDate)
		got := c.take(c.network.Book(w), insurance.New) // the network need not know it
		b := c.booking(got.External)
		if b.Series != c.Case.ID || b.Client != c.Ola.ID {
			c.Errorf("the booking is in series %v of client %v", b.Series, b.Client)
		}
		c.equal("series", c.Case, c.series(c.Case.ID))
	})
}

// The five results, one after the other.
func TestResults(t *testing.T) {
	each(t, func(c *clinic) {
		made := c.book(wish(0))
		id := made.Booking.ID
		moved := c.network.Move(id, slot(1))
		again := c.network.Move(id, slot(1)) // nothing in it is new
		last := c.network.Move(id, slot(2))

		c.take(made, insurance.New)
		c.take(made, insurance.Identical)
		c.take(again, insurance.Changed)
		c.take(moved, insurance.Stale)
		c.take(last, insurance.Changed)
		later := c.network.Move(id, slot(2))
		c.take(later, insurance.Identical)
		otherEvent := later
		otherEvent.ID = "another event about the same version"
		c.take(otherEvent, insurance.Identical)
		full := c.network.Move(id, slot(3).Add(-14*time.Hour)) // in the night
		c.quarantined(full, booking.OutsideHours)
		c.take(full, insurance.Quarantined)
		c.take(last, insurance.Identical)

		b := c.booking(id)
		if b.Sequence != 3 || !b.Time.Start.Equal(slot(2)) {
			c.Errorf("the booking begins at %v, sequence %d", b.Time.Start, b.Sequence)
		}
		s := c.everything()
		c.equal("mails", 3, len(s.of(booking.MailPractitioner)))
		c.equal("acknowledgements", 7, len(s.of(insurance.AckNetwork)))
		for e, want := range map[*insurance.Event]insurance.Result{
			&made: insurance.New, &again: insurance.Changed, &moved: insurance.Stale, &last: insurance.Changed,
			&later: insurance.Identical, &otherEvent: insurance.Identical, &full: insurance.Quarantined,
		} {
			c.equal("kept result of "+e.ID, want, c.received(*e).Result)
		}
	})
}

// A duplicate changes nothing at all, not even the audit trail.
func TestDuplicatesHaveNoEffect(t *testing.T) {
	each(t, func(c *clinic) {
		made := c.book(wish(0))
		night := wish(1)
		night.Start = night.Start.Add(14 * time.Hour)
		events := []insurance.Event{made, c.network.Move(made.Booking.ID, slot(2)), c.network.Cancel(made.Booking.ID), c.book(night)}
		c.equal("tally", insurance.Tally{insurance.New: 1, insurance.Changed: 2, insurance.Quarantined: 1}, c.poll())
		before := c.everything()
		for range 2 {
			for _, e := range events[:3] {
				c.take(e, insurance.Identical)
			}
			c.take(events[3], insurance.Quarantined)
		}
		c.equal("everything", before, c.everything())
	})
}

func TestCancelBeforeCreate(t *testing.T) {
	each(t, func(c *clinic) {
		made := c.book(wish(0))
		cancelled := c.network.Cancel(made.Booking.ID)
		c.take(cancelled, insurance.New)
		c.take(made, insurance.Stale)
		b := c.booking(made.Booking.ID)
		if b.State != booking.Cancelled || b.Cancelled.Reason != booking.ByNetwork || b.Series.IsZero() {
			c.Errorf("the booking is %s, %+v", b.State, b.Cancelled)
		}
		mails := c.everything().of(booking.MailPractitioner)
		if len(mails) != 1 || !strings.Contains(string(mails[0].Data), "cancelled") {
			c.Errorf("mails: %+v", mails)
		}
		c.take(c.book(wish(0)), insurance.New) // the time is free
	})
}

// What the network called off it can book again, in either order of arrival.
func TestMoveAfterCancelRevives(t *testing.T) {
	each(t, func(c *clinic) {
		made := c.book(wish(0))
		c.take(made, insurance.New)
		c.take(c.network.Cancel(made.Booking.ID), insurance.Changed)
		c.equal("state", booking.Cancelled, c.booking(made.Booking.ID).State)
		c.take(c.network.Move(made.Booking.ID, slot(3)), insurance.Changed)
		b := c.booking(made.Booking.ID)
		if b.State != booking.Booked || b.Cancelled != nil || !b.Time.Start.Equal(slot(3)) {
			c.Errorf("the booking is %s at %v", b.State, b.Time)
		}
		cancelled := c.network.Cancel(made.Booking.ID)
		c.take(c.network.Move(made.Booking.ID, slot(4)), insurance.Changed)
		c.take(cancelled, insurance.Stale)
		c.equal("state", booking.Booked, c.booking(made.Booking.ID).State)
	})
}

// What the clinic called off is booked again only when somebody has looked.
func TestOwnCancellationIsNotRevived(t *testing.T) {
	for _, why := range []booking.Reason{booking.ByClient, booking.ByClinic} {
		each(t, func(c *clinic) {
			made := c.book(wish(0))
			c.take(made, insurance.New)
			b := c.booking(made.Booking.ID)
			c.cancel(b, why)
			moved := c.quarantined(c.network.Move(made.Booking.ID, slot(3)), booking.WrongState)
			c.equal("state", booking.Cancelled, c.booking(made.Booking.ID).State)
			c.resolved(moved, insurance.Resolution{}, insurance.Changed)
			c.equal("state", booking.Booked, c.booking(made.Booking.ID).State)
		})
	}
	each(t, func(c *clinic) { // and what it called off, the network may call off as well
		made := c.book(wish(0))
		c.take(made, insurance.New)
		c.cancel(c.booking(made.Booking.ID), booking.ByClient)
		before := c.booking(made.Booking.ID)
		c.network.Move(made.Booking.ID, slot(3)) // is not heard of
		c.take(c.network.Cancel(made.Booking.ID), insurance.Identical)
		c.equal("booking", before, c.booking(made.Booking.ID))
	})
}

// A cancellation that can't be carried out waits: the session has taken place.
func TestDeliveredSessionIsNotCalledOff(t *testing.T) {
	each(t, func(c *clinic) {
		made := c.book(wish(0))
		c.take(made, insurance.New)
		b := c.booking(made.Booking.ID)
		b.Version, b.State = 2, booking.Completed
		c.save(b)
		got := c.quarantined(c.network.Cancel(made.Booking.ID), booking.WrongState)
		c.unresolved(got, insurance.Resolution{}, booking.WrongState)
		c.equal("booking", b, c.booking(made.Booking.ID))
	})
}

// A cancellation needs no practitioner, service or series that the clinic still
// has: the booking is known.
func TestCancellationAsksForNothingElse(t *testing.T) {
	each(t, func(c *clinic) {
		made := c.book(wish(0))
		c.take(made, insurance.New)
		c.network.Change(made.Booking.ID, func(b *insurance.ExternalBooking) {
			b.Practitioner, b.Treatment, b.CaseNumber = "gone", "gone", "gone"
		})
		c.take(c.network.Cancel(made.Booking.ID), insurance.Changed)
		c.equal("state", booking.Cancelled, c.booking(made.Booking.ID).State)
	})
}

// A booking can't become another's, or another service's, by an event.
func TestChangedIntoSomethingElse(t *testing.T) {
	each(t, func(c *clinic) {
		c.addCase("KARI3")
		for _, tt := range []struct {
			change func(b *insurance.ExternalBooking)
			why    []*timebok.Rule
		}{
			{func(b *insurance.ExternalBooking) { b.CaseNumber = "KARI3" }, []*timebok.Rule{insurance.CaseChanged}},
			{func(b *insurance.ExternalBooking) { b.Treatment = "FYS30" }, []*timebok.Rule{insurance.TreatmentChanged}},
			{func(b *insurance.ExternalBooking) { b.Client.BirthDate = new(date.New(1991, 4, 1)) }, []*timebok.Rule{insurance.IdentityMismatch}},
			{func(b *insurance.ExternalBooking) { b.Practitioner, b.Treatment = "x", "y" }, []*timebok.Rule{insurance.UnknownPractitioner, insurance.UnknownService}},
		} {
			made := c.book(wish(5))
			c.take(made, insurance.New)
			before := c.booking(made.Booking.ID)
			c.quarantined(c.network.Change(made.Booking.ID, func(b *insurance.ExternalBooking) {
				b.Start = slot(6)
				tt.change(b)
			}), tt.why...)
			c.equal("booking", before, c.booking(made.Booking.ID))
			c.take(c.network.Cancel(made.Booking.ID), insurance.Changed)
		}
	})
}

// A duration of zero is the service's, whatever it was before.
func TestDuration(t *testing.T) {
	each(t, func(c *clinic) {
		made := c.book(wish(0))
		c.take(made, insurance.New)
		length := func(d time.Duration) insurance.Event {
			return c.network.Change(made.Booking.ID, func(b *insurance.ExternalBooking) { b.Duration = d })
		}
		c.take(length(90*time.Minute), insurance.Changed)
		c.equal("duration", 90*time.Minute, c.booking(made.Booking.ID).Time.Duration())
		c.take(length(0), insurance.Changed)
		c.equal("duration", 45*time.Minute, c.booking(made.Booking.ID).Time.Duration())
		c.quarantined(length(-time.Minute), timebok.BadValue)
		c.quarantined(length(90*time.Second), timebok.BadValue)
	})
}

// cancel calls a booking off at the clinic.
func (c *clinic) cancel(b booking.Booking, why booking.Reason) {
	c.Helper()
	err := c.update(func(ctx context.Context, tx storage.Tx) error {
		_, err := c.desk.Cancel(ctx, tx, c.Actor(), b.ID, b.Version, why)
		return err
	})
	if err != nil {
		c.Fatalf("Cancel: %v", err)
	}
}
