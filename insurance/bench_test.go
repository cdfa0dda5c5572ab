package insurance_test

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/rickb777/date"
	"github.com/timebok/timebok/insurance"
	"github.com/timebok/timebok/insurance/networktest"
)

// BenchmarkIntake takes in 10,000 events with 30 % duplicates: bookings of 400
// clients in cases of up to ten sessions, of which every fifth is moved and every
// tenth called off.
func BenchmarkIntake(b *testing.B) {
	for _, backend := range backends {
		if backend.name == "memory, every Update twice" {
			continue
		}
		b.Run(backend.name, func(b *testing.B) {
			events := 10_000
			if testing.Short() {
				events = 500
			}
			feed := benchFeed(events)
			for b.Loop() {
				b.StopTimer()
				c := newClinic(b, backend.open(b), nil)
				b.StartTimer()
				tally := insurance.Tally{}
				for _, e := range feed {
					got, err := c.intake.Take(b.Context(), c.Clinic.ID, c.outside, e)
					if err != nil {
						b.Fatal(err)
					}
					tally[got.Result]++
				}
				if tally[insurance.Identical] != events*3/10 || tally[insurance.Quarantined] > 0 {
					b.Fatalf("%v", tally)
				}
			}
			b.ReportMetric(float64(events)*float64(b.N)/b.Elapsed().Seconds(), "events/s")
		})
	}
}

// benchFeed is a feed of so many events, of which 30 % are repeats.
func benchFeed(events int) []insurance.Event {
	network := networktest.New(&networktest.Options{Terms: true})
	dice := rand.New(rand.NewPCG(1, 2))
	for i, at := 0, 0; len(network.History()) < events*7/10; i++ {
		n := i / 12
		number, day := fmt.Sprintf("CASE%d", n), born.Add(date.PeriodOfDays(n))
		if i%12 == 0 {
			network.AddCase(networktest.NewCase(number, day))
		}
		w := wish(at)
		w.CaseNumber, w.Client = number, networktest.NewPerson(fmt.Sprintf("Klient %d Prøve", n), day)
		e := network.Book(w)
		at++
		if i%5 == 0 {
			network.Move(e.Booking.ID, slot(at))
			at++
		}
		if i%10 == 1 || i%12 > 9 {
			network.Cancel(e.Booking.ID)
		}
	}
	history := network.History()[:events*7/10]
	var feed []insurance.Event
	for i, e := range history {
		feed = append(feed, e)
		if i*3%7 < 3 {
			feed = append(feed, history[dice.IntN(i+1)])
		}
	}
	return feed
}
