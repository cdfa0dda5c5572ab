package insurance_test

import (
	"context"
	"errors"
	"strconv"
	"testing"
	"time"

	"github.com/timebok/timebok"
	"github.com/timebok/timebok/booking"
	"github.com/timebok/timebok/insurance"
	"github.com/timebok/timebok/insurance/networktest"
)

func TestPollReadsAllPages(t *testing.T) {
	for _, n := range []int{251, 1001} {
		t.Run(strconv.Itoa(n), func(t *testing.T) {
			eachOf(t, "memory", &networktest.Options{Terms: true}, func(c *clinic) {
				for i := range n {
					w := wish(i)
					w.CaseNumber = c.addCase("KARI" + strconv.Itoa(i/10)).Number
					c.network.Book(w)
				}
				c.equal("tally", insurance.Tally{insurance.New: n}, c.poll())
				calls := c.network.Calls()
				c.equal("tally of nothing", insurance.Tally{}, c.poll())
				c.equal("calls when there is nothing", 1, c.network.Calls()-calls)
				c.equal("bookings", n, len(c.everything().Bookings))
				c.book(wish(n))
				c.equal("tally of one", insurance.Tally{insurance.New: 1}, c.poll())
			})
		})
	}
}

// One lookup opens the series, and the others need none.
func TestPollLooksACaseUpOnce(t *testing.T) {
	each(t, func(c *clinic) {
		for i := range 5 {
			c.book(wish(i))
		}
		c.poll()
		c.equal("calls: a page and a lookup", 2, c.network.Calls())
	})
}

// strange is a network with a feed of its own making.
type strange struct {
	insurance.Network
	feed func(cursor string) insurance.Page
}

func (s strange) Events(_ context.Context, _ insurance.Connection, cursor string) (insurance.Page, error) {
	return s.feed(cursor), nil
}

func TestStuckFeedFails(t *testing.T) {
	for name, next := range map[string]func(cursor string) string{
		"it stays": func(string) string { return "here" },
		"it goes round": func(cursor string) string {
			return map[string]string{"": "a", "a": "b", "b": "c", "c": "a"}[cursor]
		},
	} {
		t.Run(name, func(t *testing.T) {
			each(t, func(c *clinic) {
				made := c.book(wish(0))
				stuck := strange{c.outside, func(cursor string) insurance.Page {
					return insurance.Page{Events: []insurance.Event{made}, Next: next(cursor), More: true}
				}}
				tally, err := c.intake.Poll(c.Context(), c.Clinic.ID, stuck)
				if !errors.Is(err, timebok.ErrUnavailable) || tally[insurance.New] != 1 {
					c.Errorf("Poll: %v, %v", tally, err)
				}
			})
		})
	}
}

// A poll that fails is taken up where it stopped.
func TestPollGoesOn(t *testing.T) {
	eachWith(t, &networktest.Options{Terms: true, PageSize: 10, Faults: networktest.Faults{FailCall: 3}}, func(c *clinic) {
		for i := range 35 {
			c.book(wish(i))
		}
		tally, err := c.intake.Poll(c.Context(), c.Clinic.ID, c.outside)
		if !errors.Is(err, timebok.ErrUnavailable) || tally[insurance.New] != 20 {
			c.Fatalf("Poll: %v, %v", tally, err)
		}
		c.equal("tally of the rest", insurance.Tally{insurance.New: 15}, c.poll())
	})
}

// lookless is a network that does not answer when it is asked for some case.
type lookless struct {
	insurance.Network
	number string // "": for any
	asked  int
}

func (l *lookless) Lookup(ctx context.Context, c insurance.Connection, number string, asOf time.Time) (insurance.Case, error) {
	if l.number == "" || number == l.number {
		l.asked++
		return insurance.Case{}, &timebok.UnavailableError{What: "network"}
	}
	return l.Network.Lookup(ctx, c, number, asOf)
}

// A case that can't be looked up holds up nobody else's events, on the same page or
// behind it, and its own are not forgotten.
func TestPollPassesByWhatIsHeldUp(t *testing.T) {
	eachWith(t, &networktest.Options{PageSize: 3}, func(c *clinic) {
		for i := range 12 {
			w := wish(i)
			w.CaseNumber = c.addCase("KARI" + strconv.Itoa(i%3)).Number
			c.network.Book(w)
		}
		partly := &lookless{Network: c.outside, number: "KARI1"}
		tally, err := c.intake.Poll(c.Context(), c.Clinic.ID, partly)
		if !errors.Is(err, timebok.ErrUnavailable) {
			c.Errorf("Poll: %v", err)
		}
		c.equal("tally", insurance.Tally{insurance.New: 8}, tally)
		c.equal("lookups of it", 1, partly.asked)
		c.equal("tally, once it answers", insurance.Tally{insurance.Identical: 8, insurance.New: 4}, c.poll())
		c.equal("tally of nothing", insurance.Tally{}, c.poll())
	})
}

// When nothing can be looked up, a poll does not ask for case after case.
func TestPollGivesUp(t *testing.T) {
	each(t, func(c *clinic) {
		for i := range 50 {
			w := wish(i)
			w.CaseNumber = c.addCase("KARI" + strconv.Itoa(i)).Number
			c.network.Book(w)
		}
		silent := &lookless{Network: c.outside}
		if tally, err := c.intake.Poll(c.Context(), c.Clinic.ID, silent); !errors.Is(err, timebok.ErrUnavailable) || len(tally) > 0 {
			c.Errorf("Poll: %v, %v", tally, err)
		}
		c.equal("lookups", 10, silent.asked)
		c.equal("tally, once it answers", insurance.Tally{insurance.New: 50}, c.poll())
	})
}

// A cursor that another poll has moved meanwhile is left alone.
func TestPollsSideBySide(t *testing.T) {
	eachWith(t, &networktest.Options{Terms: true, PageSize: 5}, func(c *clinic) {
		for i := range 20 {
			c.book(wish(i))
		}
		inner := false
		feed := strange{Network: c.outside}
		feed.feed = func(cursor string) insurance.Page {
			page := must(c.network.Events(c.Context(), c.Connection, cursor))
			if !inner {
				inner = true
				c.poll() // another one goes all the way
			}
			return page
		}
		tally, err := c.intake.Poll(c.Context(), c.Clinic.ID, feed)
		if err != nil {
			c.Fatal(err)
		}
		c.equal("tally", insurance.Tally{insurance.Identical: 5}, tally)
	})
}

// Whatever goes wrong with a network, polling on brings everything in, once.
func TestPollWithFaults(t *testing.T) {
	all := networktest.Faults{Seed: 3, Duplicate: 0.3, Reorder: 0.3, Delay: 0.2, Lose: 0.2, JumpBack: 0.3, Fail: 0.1, Timeout: 0.1}
	for name, faults := range map[string]networktest.Faults{
		"duplicates": {Duplicate: 0.5}, "reordering": {Reorder: 0.7}, "delays": {Delay: 0.5}, "losses": {Lose: 0.4},
		"jumps back": {JumpBack: 1}, "failures": {Fail: 0.3}, "timeouts": {Timeout: 0.3},
		"all at once": all,
	} {
		t.Run(name, func(t *testing.T) {
			eachOf(t, "memory", &networktest.Options{PageSize: 10, Faults: faults}, func(c *clinic) { c.pollAll(60) })
		})
	}
	eachWith(t, &networktest.Options{PageSize: 4, Faults: all}, func(c *clinic) { c.pollAll(12) })
}

// pollAll lets n bookings happen at the network, of which two thirds are moved and
// a third is called off then, polls until there is nothing more, and compares.
func (c *clinic) pollAll(n int) {
	var last []insurance.Event
	for i := range n {
		e := c.book(wish(i))
		if i%3 > 0 {
			e = c.network.Move(e.Booking.ID, slot(n+i))
		}
		if i%3 > 1 {
			e = c.network.Cancel(e.Booking.ID)
		}
		last = append(last, e)
	}
	for done, tries := 0, 0; done < 3; tries++ { // the end was reached three times
		_, err := c.intake.Poll(c.Context(), c.Clinic.ID, c.outside)
		switch {
		case err == nil:
			done++
		case !errors.Is(err, timebok.ErrUnavailable):
			c.Fatal(err)
		case tries > 500:
			c.Fatal("the feed never came to its end")
		}
	}
	for _, e := range last {
		b := c.booking(e.Booking.ID)
		if !b.Time.Start.Equal(e.Booking.Start) || (b.State == booking.Cancelled) != e.IsCancelled() {
			c.Errorf("booking %s is %s at %v, want %s at %v", e.Booking.ID, b.State, b.Time.Start, e.Kind, e.Booking.Start)
		}
	}
	s := c.everything()
	if len(s.Bookings) != n || len(c.added(s)) != 1 || len(s.Quarantine) != 0 {
		c.Errorf("%d bookings, %d clients, %d waiting", len(s.Bookings), len(c.added(s)), len(s.Quarantine))
	}
	c.equal("acknowledgements", len(c.network.History()), len(s.of(insurance.AckNetwork)))
}

func TestOffer(t *testing.T) {
	each(t, func(c *clinic) {
		c.take(c.book(wish(1)), insurance.New) // at 10:00 in Oslo
		within := timebok.Lasting(slot(0), 4*time.Hour)
		offer := func(of timebok.PractitionerID, service timebok.ServiceID) error {
			return c.intake.Offer(c.Context(), c.Clinic.ID, c.outside, of, service, within)
		}
		if err := offer(c.Anne.ID, c.Talk.ID); err != nil {
			c.Fatal(err)
		}
		offers := c.network.Offers()
		if len(offers) != 1 || len(offers[0].Free) == 0 {
			c.Fatalf("offers: %+v", offers)
		}
		c.equal("what is offered", []any{"anne-1", "PSY45", within}, []any{offers[0].Practitioner, offers[0].Treatment, offers[0].Within})
		for _, p := range offers[0].Free {
			if p.Overlaps(timebok.Lasting(slot(1), 45*time.Minute)) || !within.Covers(p) {
				c.Errorf("%v is offered", p)
			}
		}
		c.refused(offer(c.Anne.ID, c.Massage.ID), insurance.UnknownService)
		c.refused(offer(c.Anne.ID, c.Obsolete.ID), booking.NotOffered)
		if err := offer(c.Anne.ID, timebok.New[timebok.Service](timebok.Source{})); !errors.Is(err, timebok.ErrInvalid) {
			c.Errorf("Offer of nothing: %v", err)
		}
	})
	can := networktest.All
	can.Publish = false
	eachWith(t, &networktest.Options{Can: &can}, func(c *clinic) {
		c.refused(c.intake.Offer(c.Context(), c.Clinic.ID, c.outside, c.Anne.ID, c.Talk.ID, timebok.Lasting(slot(0), time.Hour)), insurance.NotCapable)
	})
}
