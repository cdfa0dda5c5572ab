package insurance_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/rickb777/date"
	"github.com/timebok/timebok/insurance"
	"github.com/timebok/timebok/insurance/networktest"
)

// happenings lets bookings be made, moved, handed over and called off at a network
// until there are so many events. Each client has a case and a name, no booking is
// ever in another's way, and none comes back to where it was.
func happenings(network *networktest.Fake, events int) []insurance.Event {
	dice := rand.New(rand.NewPCG(3, 4))
	next := 0
	fresh := func() time.Time {
		next++
		return slot(next)
	}
	var ids []string
	for range events {
		if len(ids) == 0 || dice.IntN(2) == 0 {
			who := dice.IntN(events/20 + 1)
			number, day := fmt.Sprintf("CASE%d", who), born.Add(date.PeriodOfDays(who))
			if !network.Knows(number) {
				network.AddCase(networktest.NewCase(number, day))
				network.ChangeCase(number, func(c *insurance.Case) { c.Caps = nil })
			}
			id := fmt.Sprintf("B%d", len(ids))
			network.Book(insurance.ExternalBooking{
				ID: id, Practitioner: "anne-1", Treatment: "PSY45", Start: fresh(), CaseNumber: number,
				Client: networktest.NewPerson(fmt.Sprintf("Klient %d Prøve", who), day),
			})
			ids = append(ids, id)
			continue
		}
		id := ids[dice.IntN(len(ids))]
		if e, _, _ := network.Booking(id); dice.IntN(4) == 0 && !e.IsCancelled() {
			network.Cancel(id)
			continue
		}
		network.Move(id, fresh())
	}
	return network.History()
}

// delivered is a history as it arrives: 30 % of it twice, and of 20 % another order.
func delivered(history []insurance.Event) []insurance.Event {
	dice := rand.New(rand.NewPCG(5, 6))
	var out []insurance.Event
	for i, e := range history {
		out = append(out, e)
		if i%10 < 3 {
			out = append(out, history[dice.IntN(i+1)])
		}
	}
	for i := range out {
		if i%5 == 0 {
			j := dice.IntN(len(out))
			out[i], out[j] = out[j], out[i]
		}
	}
	return out
}

// takeAll takes events in, one after the other.
func (c *clinic) takeAll(events []insurance.Event) (insurance.Tally, error) {
	tally := insurance.Tally{}
	for _, e := range events {
		got, err := c.intake.Take(c.Context(), c.Clinic.ID, c.outside, e)
		if err != nil {
			return tally, err
		}
		tally[got.Result]++
	}
	return tally, nil
}

// 10,000 events, and 3,000 of them once more, of which every fifth comes at another
// time, end as the history in order does, and have told the same.
func TestTenThousandEvents(t *testing.T) {
	events := 10_000
	if testing.Short() {
		events = 1_000
	}
	eachOf(t, "memory", &networktest.Options{Terms: true}, func(ordered *clinic) {
		history := happenings(ordered.network, events)
		arriving := delivered(history)
		shuffled := newClinic(t, backends[0].open(t), nil)
		var tally insurance.Tally
		var failed [2]error
		var both sync.WaitGroup
		both.Go(func() { _, failed[0] = ordered.takeAll(history) })
		both.Go(func() { tally, failed[1] = shuffled.takeAll(arriving) })
		both.Wait()
		if err := errors.Join(failed[:]...); err != nil {
			t.Fatal(err)
		}
		want := ordered.outcome(history[:1])
		if diff := cmp.Diff(want, shuffled.outcome(history[:1])); diff != "" {
			t.Errorf("it ends otherwise (-ordered +shuffled):\n%s", diff)
		}
		if tally[insurance.Identical] < len(arriving)-events || tally[insurance.Stale] == 0 || tally[insurance.Quarantined] > 0 {
			t.Errorf("%v of %d events", tally, len(arriving))
		}
		if len(want.Bookings) < events/4 || len(want.Messages) < len(want.Bookings) || len(want.Acks) != events {
			t.Errorf("%d bookings, %d messages, %d events acknowledged", len(want.Bookings), len(want.Messages), len(want.Acks))
		}
	})
}
