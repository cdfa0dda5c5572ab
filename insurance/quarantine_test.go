package insurance_test

import (
	"context"
	"errors"
	"strings"
	"sync"
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

// take a slot of Anne's, at the clinic.
func (c *clinic) occupy(n int) booking.Booking {
	c.Helper()
	b := c.Booking("occupied", slot(n).Sub(storagetest.Monday))
	c.save(b)
	return b
}

func TestSlotTakenIsResolvedByOverride(t *testing.T) {
	each(t, func(c *clinic) {
		c.occupy(0)
		e := c.book(wish(0))
		got := c.quarantined(e, booking.SlotTaken)
		c.equal("bookings", 1, len(c.everything().Bookings))
		c.equal("new clients", 0, len(c.added(c.everything())))
		c.equal("mails", 0, len(c.everything().of(booking.MailPractitioner)))

		c.unresolved(got, insurance.Resolution{}, booking.SlotTaken)
		c.unresolved(got, insurance.Resolution{Override: booking.Waive("nei", booking.OutsideHours)}, booking.SlotTaken)
		done := c.resolved(got, insurance.Resolution{Override: booking.Waive("de deler time", booking.SlotTaken)}, insurance.New)
		b := c.booking(e.Booking.ID)
		if !b.Overlapping() || b.Overrides[0].By != c.Actor() || b.Overrides[0].Why != "de deler time" {
			c.Errorf("overrides are %+v", b.Overrides)
		}
		if done.Content != nil || done.Codes != nil || done.Booking != b.ID {
			c.Errorf("the resolved entry is %+v", done)
		}
		c.equal("entry", done, c.received(e))
		s := c.everything()
		c.equal("waiting", 0, len(s.Quarantine))
		c.equal("mails", 1, len(s.of(booking.MailPractitioner)))
		c.equal("acknowledgements", 2, len(s.of(insurance.AckNetwork)))
		_, err := c.resolve(got, insurance.Resolution{})
		c.refused(err, insurance.NotQuarantined)
	})
}

// A newer event holds instead of the one that waits.
func TestNewerEventSupersedes(t *testing.T) {
	each(t, func(c *clinic) {
		c.occupy(0)
		old := c.book(wish(0))
		c.quarantined(old, booking.SlotTaken)
		still := c.network.Change(old.Booking.ID, func(b *insurance.ExternalBooking) { b.Duration = time.Hour })
		c.quarantined(still, booking.SlotTaken)
		entry := c.received(old)
		if entry.Result != insurance.Stale || entry.Content != nil || len(entry.Codes) != 1 || entry.Codes[0] != insurance.Superseded.Code() {
			c.Errorf("the superseded entry is %s %v, %d bytes", entry.Result, entry.Codes, len(entry.Content))
		}
		c.equal("waiting", 1, len(c.everything().Quarantine))

		c.take(c.network.Move(old.Booking.ID, slot(1)), insurance.New)
		s := c.everything()
		c.equal("waiting", 0, len(s.Quarantine))
		c.equal("mails", 1, len(s.of(booking.MailPractitioner)))
		c.equal("acknowledgements of 5 results", 5, len(s.of(insurance.AckNetwork)))
		c.equal("external", insurance.ReceivedID{}, c.external(old.Booking.ID).Waiting)
	})
}

// An older event does not overtake the one that waits.
func TestOlderEventIsStaleWhileANewerWaits(t *testing.T) {
	each(t, func(c *clinic) {
		c.occupy(2)
		made := c.book(wish(0))
		moved := c.network.Move(made.Booking.ID, slot(1))
		waiting := c.network.Move(made.Booking.ID, slot(2))
		c.take(made, insurance.New)
		c.quarantined(waiting, booking.SlotTaken)
		c.take(moved, insurance.Stale)
		c.equal("start", slot(0), c.booking(made.Booking.ID).Time.Start)
		c.equal("waiting", c.received(waiting).ID(), c.external(made.Booking.ID).Waiting)
	})
}

// The booking of an event that waits stays as it was before.
func TestMoveIntoTakenSlotWaits(t *testing.T) {
	each(t, func(c *clinic) {
		c.occupy(1)
		made := c.book(wish(0))
		c.take(made, insurance.New)
		before := c.booking(made.Booking.ID)
		got := c.quarantined(c.network.Move(made.Booking.ID, slot(1)), booking.SlotTaken)
		c.equal("booking", before, c.booking(made.Booking.ID))
		c.resolved(got, insurance.Resolution{Override: booking.Waive("går bra", booking.SlotTaken)}, insurance.Changed)
		c.equal("start", slot(1), c.booking(made.Booking.ID).Time.Start)
	})
}

func TestDecline(t *testing.T) {
	each(t, func(c *clinic) {
		c.occupy(0)
		e := c.book(wish(0))
		got := c.resolved(c.quarantined(e, booking.SlotTaken), insurance.Resolution{Decline: true}, insurance.Declined)
		if got.Content != nil {
			c.Error("the declined entry still holds the client")
		}
		c.take(e, insurance.Identical)
		acks := c.everything().of(insurance.AckNetwork)
		if len(acks) != 2 || !strings.Contains(string(acks[0].Data)+string(acks[1].Data), `"declined"`) {
			c.Errorf("acknowledgements: %+v", acks)
		}
		c.take(c.network.Move(e.Booking.ID, slot(1)), insurance.New)
	})
}

func TestResolveByLinkAndByCreate(t *testing.T) {
	each(t, func(c *clinic) {
		ambiguous := func(number string, n int) insurance.Received {
			c.network.AddCase(networktest.NewCase(number, *c.Ola.BirthDate))
			w := wish(n)
			w.CaseNumber, w.Client = number, networktest.NewPerson("O. Prøvesen", *c.Ola.BirthDate)
			w.Client.Email = c.Ola.Email
			return c.quarantined(c.network.Book(w), insurance.IdentityAmbiguous)
		}
		link := ambiguous("LINK", 0)
		c.unresolved(link, insurance.Resolution{}, insurance.IdentityAmbiguous)
		c.unresolved(link, insurance.Resolution{Link: c.Åse.ID}, insurance.IdentityMismatch)
		c.unresolved(link, insurance.Resolution{Link: timebok.New[timebok.Client](timebok.Source{})}, booking.Unknown)
		c.resolved(link, insurance.Resolution{Link: c.Ola.ID}, insurance.New)
		c.equal("client", c.Ola.ID, c.booking(link.External).Client)
		c.equal("Ola", c.Ola, c.client(c.Ola.ID))

		create := ambiguous("CREATE", 1)
		c.resolved(create, insurance.Resolution{Create: true}, insurance.New)
		made := c.added(c.everything())
		if len(made) != 1 || made[0].ID != c.booking(create.External).Client {
			c.Errorf("new clients: %d", len(made))
		}
	})
}

// Every reason at once, from making a booking.
func TestAllReasons(t *testing.T) {
	each(t, func(c *clinic) {
		w := wish(0)
		w.Practitioner, w.Treatment, w.CaseNumber, w.Client.BirthDate = "nobody", "nothing", "nowhere", nil
		c.quarantined(c.network.Book(w), insurance.UnknownPractitioner, insurance.UnknownService,
			insurance.IdentityUnknown, insurance.NoCase, insurance.UnknownCase)

		broken := insurance.Event{ID: "broken", Network: timebok.Behandlernettverk, Kind: "burnt"}
		for _, id := range []string{"broken", "broken as well", ""} { // one without an ID holds nobody up
			broken.ID = id
			got := c.quarantined(broken, timebok.Missing, timebok.BadValue)
			c.resolved(got, insurance.Resolution{Decline: true}, insurance.Declined)
		}
	})
}

func TestUnknownPractitionerAndTreatment(t *testing.T) {
	each(t, func(c *clinic) {
		w := wish(0)
		w.Practitioner = "kari-3"
		c.quarantined(c.book(w), insurance.UnknownPractitioner)
		w = wish(0)
		w.Treatment = "MASSASJE"
		got := c.quarantined(c.book(w), insurance.UnknownService)
		c.Massage.Version++
		c.Massage.Keys = []timebok.NetworkKey{{Network: timebok.Behandlernettverk, Key: "MASSASJE"}}
		c.save(c.Massage)
		c.resolved(got, insurance.Resolution{}, insurance.New)
	})
}

func TestCaseThatCanNotBeUsed(t *testing.T) {
	day := date.NewAt(slot(0))
	for _, tt := range []struct {
		name   string
		change func(c *insurance.Case)
		why    []*timebok.Rule
		waive  *timebok.Rule // nil: nothing helps
	}{
		{"closed", func(c *insurance.Case) { c.Status = insurance.CaseClosed }, []*timebok.Rule{insurance.CaseIsClosed}, nil},
		{"expired", func(c *insurance.Case) { c.ValidTo = new(day.Add(-1)) }, []*timebok.Rule{series.Expired}, series.Expired},
		{"early", func(c *insurance.Case) { c.ValidFrom = new(day.Add(1)) }, []*timebok.Rule{series.NotYetValid}, series.NotYetValid},
		{"used up", func(c *insurance.Case) { c.Used = 1000 }, []*timebok.Rule{series.Exhausted}, series.Exhausted},
		{"without a payer", func(c *insurance.Case) { c.Payer = insurance.PayerInfo{} }, []*timebok.Rule{insurance.NoCase, timebok.Missing}, nil},
		{"of a payer that can't be", func(c *insurance.Case) { c.Payer.DueDays = -1 }, []*timebok.Rule{insurance.NoCase, timebok.BadValue}, nil},
		{"of a status that is nobody's", func(c *insurance.Case) { c.Status = "paused" }, []*timebok.Rule{insurance.NoCase, timebok.BadValue}, nil},
		{"with caps that make no sense", func(c *insurance.Case) { c.Caps = []series.Cap{{}} }, []*timebok.Rule{insurance.NoCase, series.BadCap}, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			each(t, func(c *clinic) {
				e := c.book(wish(0))
				c.network.ChangeCase("KARI1", tt.change)
				got := c.quarantined(e, tt.why...)
				c.equal("series of the case", 0, len(c.added(c.everything())))
				if tt.waive == nil {
					if _, err := c.resolve(got, insurance.Resolution{Override: booking.Waive("nei", tt.why...)}); !errors.Is(err, timebok.ErrRefused) {
						c.Errorf("Resolve: %v, want a refusal", err)
					}
					return
				}
				c.resolved(got, insurance.Resolution{Override: booking.Waive("klienten betaler", tt.waive)}, insurance.New)
				c.equal("billing", timebok.BillClient, c.booking(e.Booking.ID).Billing)
			})
		})
	}
}

// The last session of a case goes to the first, and the feed can't go beyond.
func TestCapExhaustedByFeed(t *testing.T) {
	each(t, func(c *clinic) {
		events := []insurance.Event{c.book(wish(0)), c.book(wish(1)), c.book(wish(2))}
		c.network.SetQuota("KARI1", 2)
		c.equal("tally", insurance.Tally{insurance.New: 2, insurance.Quarantined: 1}, c.poll())
		c.equal("codes", []string{series.Exhausted.Code()}, c.received(events[2]).Codes)
		c.take(c.network.Cancel(events[0].Booking.ID), insurance.Changed)
		c.resolved(c.received(events[2]), insurance.Resolution{}, insurance.New)
	})
}

// A case that nobody knows waits until it is known, or somebody says its terms.
func TestUnknownCaseIsResolvedWithItsTerms(t *testing.T) {
	each(t, func(c *clinic) {
		w := wish(0)
		w.CaseNumber = "LATER"
		e := c.network.Book(w)
		got := c.quarantined(e, insurance.NoCase, insurance.UnknownCase)
		c.unresolved(got, insurance.Resolution{}, insurance.NoCase)
		c.addCase("LATER")
		c.take(e, insurance.Quarantined) // a repeat does not resolve it
		c.resolved(got, insurance.Resolution{Case: new(c.look("LATER"))}, insurance.New)
		c.equal("case", "LATER", c.series(c.booking(e.Booking.ID).Series).Case.Number)
	})
}

func TestNetworkWithoutLookup(t *testing.T) {
	can := networktest.All
	can.Lookup = false
	eachWith(t, &networktest.Options{Can: &can}, func(c *clinic) {
		c.quarantined(c.book(wish(0)), insurance.NoCase, insurance.NotCapable)
	})
	eachWith(t, &networktest.Options{Can: &can, Terms: true}, func(c *clinic) {
		c.take(c.book(wish(0)), insurance.New)
	})
}

// Without an answer to the lookup nothing is kept, so the event comes again.
func TestLookupUnavailable(t *testing.T) {
	each(t, func(c *clinic) {
		e := c.book(wish(0))
		before := c.everything()
		c.network.Silence(true)
		_, err := c.intake.Take(c.Context(), c.Clinic.ID, c.outside, e)
		if !errors.Is(err, timebok.ErrUnavailable) {
			c.Errorf("Take: %v", err)
		}
		c.equal("everything", before, c.everything())
		c.network.Silence(false)
		c.take(e, insurance.New)
	})
}

func TestNotConnected(t *testing.T) {
	each(t, func(c *clinic) {
		e := c.book(wish(0))
		check := func(how string) {
			c.Helper()
			before := c.everything()
			_, take := c.intake.Take(c.Context(), c.Clinic.ID, c.outside, e)
			_, poll := c.intake.Poll(c.Context(), c.Clinic.ID, c.outside)
			offer := c.intake.Offer(c.Context(), c.Clinic.ID, c.outside, c.Anne.ID, c.Talk.ID, timebok.Lasting(slot(0), time.Hour))
			_, search := c.cases.Search(c.Context(), c.outside, c.Connection, "KARI1")
			for name, err := range map[string]error{"Take": take, "Poll": poll, "Offer": offer, "Search": search} {
				if !errors.Is(err, insurance.NotConnected) || !errors.Is(err, timebok.ErrRefused) {
					c.Errorf("%s, %s: error is %v, want a refusal with NotConnected", how, name, err)
				}
			}
			c.equal("everything", before, c.everything())
		}
		c.network.Disconnect(networktest.DefaultAccount)
		check("the network ended it")
		c.network.Connect(networktest.DefaultAccount)
		for _, status := range []insurance.ConnectionStatus{insurance.Disconnected, insurance.Rejected} {
			c.Connection.Status = status
			c.Connection.Version++
			c.save(c.Connection)
			check(string(status))
		}
		c.save(timebok.Deletion{Of: c.Connection.Ref()})
		check("there is none")
		err := c.update(func(ctx context.Context, tx storage.Tx) error {
			_, err := c.intake.Receive(ctx, tx, e)
			return err
		})
		c.refused(err, insurance.NotConnected)
	})
}

// Eight first bookings of one case at once make one client and one series.
func TestFirstBookingsInParallel(t *testing.T) {
	each(t, func(c *clinic) {
		c.many = true
		var events []insurance.Event
		for i := range 8 {
			events = append(events, c.book(wish(i)))
		}
		var wait sync.WaitGroup
		for _, e := range append(events, events...) {
			wait.Go(func() {
				got, err := c.intake.Take(c.Context(), c.Clinic.ID, c.outside, e)
				if err != nil || got.Result != insurance.New && got.Result != insurance.Identical {
					c.Errorf("Take: %s %v, %v", got.Result, got.Codes, err)
				}
			})
		}
		wait.Wait()
		s := c.everything()
		var of []series.Series
		for _, x := range s.Series {
			if x.Case.Number == "KARI1" {
				of = append(of, x)
			}
		}
		if len(of) != 1 || len(c.added(s)) != 1 || len(s.Bookings) != 8 || len(s.of(booking.MailPractitioner)) != 8 {
			c.Errorf("%d series, %d clients, %d bookings, %d mails", len(of), len(c.added(s)), len(s.Bookings), len(s.of(booking.MailPractitioner)))
		}
	})
}

// Of several who resolve an event at once, one does.
func TestResolveInParallel(t *testing.T) {
	each(t, func(c *clinic) {
		c.occupy(0)
		got := c.quarantined(c.book(wish(0)), booking.SlotTaken)
		errs := make(chan error, 4)
		var wait sync.WaitGroup
		for range cap(errs) {
			wait.Go(func() {
				_, err := c.resolve(got, insurance.Resolution{Override: booking.Waive("går bra", booking.SlotTaken)})
				errs <- err
			})
		}
		wait.Wait()
		close(errs)
		won := 0
		for err := range errs {
			switch {
			case err == nil:
				won++
			case !errors.Is(err, insurance.NotQuarantined) && !errors.Is(err, timebok.ErrConflict):
				c.Errorf("Resolve: %v", err)
			}
		}
		c.equal("winners", 1, won)
		c.equal("bookings", 2, len(c.everything().Bookings))
	})
}

func TestResolveIsForThoseOfTheClinic(t *testing.T) {
	each(t, func(c *clinic) {
		c.occupy(0)
		got := c.quarantined(c.book(wish(0)), booking.SlotTaken)
		stranger := c.Actor()
		stranger.Clinic = timebok.New[timebok.Clinic](timebok.Source{})
		err := c.update(func(ctx context.Context, tx storage.Tx) error {
			_, err := c.intake.Resolve(ctx, tx, stranger, got.ID(), insurance.Resolution{Decline: true})
			return err
		})
		c.refused(err, timebok.ActorElsewhere)
		err = c.update(func(ctx context.Context, tx storage.Tx) error {
			_, err := c.intake.Resolve(ctx, tx, c.Actor(), insurance.ReceivedKey("other", got.Event), insurance.Resolution{})
			return err
		})
		if !errors.Is(err, timebok.ErrNotFound) {
			c.Errorf("Resolve of nothing: %v", err)
		}
	})
}

// Whoever resolves an event sees all of it.
func TestWaiting(t *testing.T) {
	eachWith(t, &networktest.Options{Terms: true}, func(c *clinic) {
		c.occupy(0)
		w := wish(0)
		w.Duration = 50 * time.Minute
		w.Client.BirthNumber = must(timebok.ParseBirthNumber("29020075838"))
		w.Client.Address = timebok.Hide("Prøvegata 1")
		e := c.book(w)
		got := c.quarantined(e, booking.SlotTaken)
		waiting, err := got.Waiting()
		if err != nil {
			c.Fatal(err)
		}
		c.equal("event", e, waiting)
		done := c.resolved(got, insurance.Resolution{Decline: true}, insurance.Declined)
		_, err = done.Waiting()
		c.refused(err, insurance.NotQuarantined)
	})
}
