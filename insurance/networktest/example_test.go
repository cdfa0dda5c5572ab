package networktest_test

import (
	"context"
	"fmt"
	"time"

	"github.com/rickb777/date"
	"github.com/timebok/timebok"
	"github.com/timebok/timebok/insurance"
	"github.com/timebok/timebok/insurance/networktest"
)

// A booking is made at the network, moved and called off. Each is an event in the
// feed, with the booking whole.
func ExampleFake() {
	monday := time.Date(2026, 3, 2, 8, 0, 0, 0, time.UTC)
	network := networktest.New(&networktest.Options{
		Source: timebok.Source{Now: func() time.Time { return monday }},
	})
	born := date.New(1990, 4, 1)
	network.AddCase(networktest.NewCase("6QPTR", born))
	made := network.Book(insurance.ExternalBooking{
		ID: "B-1", Practitioner: "anne-1", Treatment: "PSY45", Start: monday.Add(24 * time.Hour),
		CaseNumber: "6QPTR", Client: networktest.NewPerson("Kari Prøve", born),
	})
	network.Move(made.Booking.ID, monday.Add(48*time.Hour))
	network.Cancel(made.Booking.ID)

	page, err := network.Events(context.Background(), network.Connection(), "")
	for _, e := range page.Events {
		fmt.Println(e.ID, e.Kind, e.Booking.Start.Format(time.DateTime), e.Booking.Client)
	}
	fmt.Println(page.More, err)
	// Output:
	// B-1/1 made 2026-03-03 08:00:00 [private person]
	// B-1/2 changed 2026-03-04 08:00:00 [private person]
	// B-1/3 cancelled 2026-03-04 08:00:00 [private person]
	// false <nil>
}
