package insurance_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/rickb777/date"
	"github.com/timebok/timebok"
	"github.com/timebok/timebok/booking"
	"github.com/timebok/timebok/insurance"
	"github.com/timebok/timebok/insurance/networktest"
	"github.com/timebok/timebok/series"
	"github.com/timebok/timebok/storage/memory"
	"pgregory.net/rapid"
)

// However the events of some bookings arrive, in whatever order and however often,
// the clinic ends as if they had come once each in the order in which they
// happened: with the same bookings, clients and series, and the same messages that
// still hold.
//
// Three things are not the same. The ID of a client made by one of several bookings
// is that of the one that came first, so clients are compared by name. And a change
// after which a booking is where it was before sends a mail only if it is heard of
// in between that it was elsewhere; the histories have none. And whoever had a
// booking in between is told that another has it only if it was heard of meanwhile.
func TestEveryOrderEndsTheSame(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		terms := rapid.Bool().Draw(rt, "terms along with events")
		ordered := drawHistory(t, rt, terms)
		events := ordered.network.History()
		for _, e := range events {
			ordered.takeAny(e)
		}
		want := ordered.outcome(events)

		var arriving []insurance.Event
		for i, e := range events {
			for range rapid.IntRange(1, 3).Draw(rt, fmt.Sprintf("deliveries of event %d", i)) {
				arriving = append(arriving, e)
			}
		}
		arriving = rapid.Permutation(arriving).Draw(rt, "arriving")
		shuffled := newClinic(shrinking{t, rt}, memory.New(), nil)
		shuffled.outside = ordered.outside // it knows the cases
		for _, e := range arriving {
			shuffled.takeAny(e)
		}
		if diff := cmp.Diff(want, shuffled.outcome(events)); diff != "" {
			var order []string
			for _, e := range arriving {
				order = append(order, e.ID)
			}
			rt.Fatalf("the order %v ends otherwise (-ordered +shuffled):\n%s", order, diff)
		}
	})
}

// shrinking fails the rapid test, which then looks for the shortest history.
type shrinking struct {
	testing.TB
	rt *rapid.T
}

func (s shrinking) Helper()                   {}
func (s shrinking) Errorf(f string, a ...any) { s.rt.Errorf(f, a...) }
func (s shrinking) Fatalf(f string, a ...any) { s.rt.Fatalf(f, a...) }

// drawHistory lets a few bookings happen at a network of a new clinic. No two are
// ever at the same time, so that none is in another's way in any order.
func drawHistory(t *testing.T, rt *rapid.T, terms bool) *clinic {
	c := newClinic(shrinking{t, rt}, memory.New(), &networktest.Options{Terms: terms})
	people := []string{"Kari Blåbær", "Nils Tyttebær", "Siv Multe"}
	next := 0
	fresh := func() time.Time {
		next++
		return slot(next)
	}
	var ids []string
	for i := range rapid.IntRange(1, 3).Draw(rt, "bookings") {
		who := rapid.IntRange(0, i).Draw(rt, "who")
		number := fmt.Sprintf("CASE%d", who)
		found := networktest.NewCase(number, born)
		found.Caps = []series.Cap{series.Sessions(1000)}
		c.network.AddCase(found)
		b := insurance.ExternalBooking{
			ID: fmt.Sprintf("B%d", i), Practitioner: "anne-1", Treatment: "PSY45", Start: fresh(),
			CaseNumber: number, Client: networktest.NewPerson(people[who], date.New(1990, 4, 1)),
		}
		c.network.Book(b)
		ids = append(ids, b.ID)
	}
	cancelled := map[string]bool{}
	for range rapid.IntRange(0, 8).Draw(rt, "changes") {
		id := rapid.SampledFrom(ids).Draw(rt, "which")
		if !cancelled[id] && rapid.IntRange(0, 2).Draw(rt, "cancel") == 0 {
			c.network.Cancel(id)
			cancelled[id] = true
			continue
		}
		length := rapid.SampledFrom([]time.Duration{0, 30 * time.Minute, 50 * time.Minute}).Draw(rt, "length")
		with := rapid.SampledFrom([]string{"anne-1", "kari-2"}).Draw(rt, "with")
		c.network.Change(id, func(b *insurance.ExternalBooking) {
			b.Start, b.Duration, b.Practitioner = fresh(), length, with
		})
		cancelled[id] = false
	}
	return c
}

// takeAny takes an event in, whatever it comes to but quarantine.
func (c *clinic) takeAny(e insurance.Event) {
	got, err := c.intake.Take(c.Context(), c.Clinic.ID, c.outside, e)
	if err != nil || got.Result == insurance.Quarantined {
		c.Fatalf("Take %s: %s %v, %v", e.ID, got.Result, got.Codes, err)
	}
}

// An outcome is what must not depend on the order of events.
type outcome struct {
	Bookings  []booking.Booking
	Clients   []timebok.Client
	Series    []series.Series
	Payers    []timebok.Payer
	Externals []insurance.External
	Messages  []string // that still hold
	Acks      map[string]int
}

func (c *clinic) outcome(events []insurance.Event) outcome {
	s := c.everything()
	named := map[timebok.ClientID]timebok.ClientID{}
	for i, x := range s.Clients {
		named[x.ID] = timebok.DeriveID[timebok.Client]("test", x.Name.Reveal())
		s.Clients[i].ID = named[x.ID]
	}
	slices.SortFunc(s.Clients, func(a, b timebok.Client) int { return a.ID.Compare(b.ID) })
	sequence := map[booking.ID]int64{}
	for i := range s.Bookings {
		b := &s.Bookings[i]
		sequence[b.ID] = b.Sequence
		b.Client, b.Version, b.Sequence = named[b.Client], 0, 0
	}
	slices.SortFunc(s.Bookings, func(a, b booking.Booking) int { return a.ID.Compare(b.ID) })
	for i := range s.Series {
		s.Series[i].Client = named[s.Series[i].Client]
	}
	slices.SortFunc(s.Series, func(a, b series.Series) int { return a.ID.Compare(b.ID) })
	o := outcome{Bookings: s.Bookings, Clients: s.Clients, Series: s.Series, Payers: s.Payers, Acks: map[string]int{}}
	for _, m := range s.Messages {
		switch {
		case m.Kind == insurance.AckNetwork:
			var ack struct{ Event string }
			if err := json.Unmarshal(m.Data, &ack); err != nil {
				c.Fatalf("%v", err)
			}
			o.Acks[ack.Event]++
		case strings.Contains(string(m.Data), string(booking.HandedOver)):
		case m.Sequence == 0 || m.Sequence == sequence[booking.ID(m.About.ID)]:
			o.Messages = append(o.Messages, fmt.Sprintf("%s %s about %s of %v: %s", m.ID, m.Kind, m.About.ID, named[m.Client], m.Data))
		}
	}
	for _, e := range events {
		x := c.external(e.Booking.ID)
		x.Version = 0
		o.Externals = append(o.Externals, x)
	}
	return o
}
