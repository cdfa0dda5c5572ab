package behandlernettverk

import (
	"context"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/rickb777/date"
	"github.com/timebok/timebok"
	"github.com/timebok/timebok/insurance"
	"github.com/timebok/timebok/insurance/networktest"
)

// Demo lets people who are made up book free times, each in a case of their own, and
// now and then move or call off, one thing each pause, until the context ends.
func (n *Network) Demo(ctx context.Context, pause time.Duration) {
	tick := time.NewTicker(pause)
	defer tick.Stop()
	for i := 0; ; i++ {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			n.something(i)
		}
	}
}

// something happens: mostly a booking, every fifth time a change to one.
func (n *Network) something(i int) {
	var free []timebok.Period
	var offer insurance.Availability
	offers := n.Offers()
	if len(offers) > 0 {
		offer = offers[rand.IntN(len(offers))]
		free = n.Free(offer.Practitioner, offer.Treatment)
	}
	var standing []insurance.Event
	for _, e := range n.Bookings() {
		if !e.IsCancelled() {
			standing = append(standing, e)
		}
	}
	switch {
	case i%5 == 4 && len(standing) > 0:
		_, _ = n.Cancel(standing[rand.IntN(len(standing))].Booking.ID) // it is there
	case i%5 == 2 && len(standing) > 0 && len(free) > 0:
		_, _ = n.Move(standing[rand.IntN(len(standing))].Booking.ID, free[0].Start)
	case len(free) > 0:
		born := date.New(1990, time.April, 1).Add(date.PeriodOfDays(i))
		number := fmt.Sprintf("DEMO%d", i)
		n.AddCase(networktest.NewCase(number, born))
		_, _ = n.Book(insurance.ExternalBooking{ // somebody else may have been faster
			Practitioner: offer.Practitioner, Treatment: offer.Treatment, Start: free[rand.IntN(len(free))].Start,
			CaseNumber: number, Client: networktest.NewPerson(fmt.Sprintf("Klient %d Prøve", i), born),
		})
	}
}
