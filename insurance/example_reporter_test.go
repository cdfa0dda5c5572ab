package insurance_test

import (
	"context"
	"fmt"
	"time"

	"github.com/rickb777/date"
	"github.com/timebok/timebok"
	"github.com/timebok/timebok/booking"
	"github.com/timebok/timebok/insurance"
	"github.com/timebok/timebok/insurance/networktest"
	"github.com/timebok/timebok/storage"
	"github.com/timebok/timebok/storage/memory"
	"github.com/timebok/timebok/storage/outbox"
	"github.com/timebok/timebok/storage/storagetest"
)

// A relay hands the messages for networks to a Reporter: the network is told what
// became of its event, and later that the clinic called the session off.
func ExampleReporter() {
	ctx := context.Background()
	clinic := storagetest.NewClinic("Fjordgløtt")
	store := storage.New(memory.New(), nil)
	clock := timebok.Source{Now: func() time.Time { return storagetest.Monday }}
	network := networktest.New(&networktest.Options{Source: clock})
	err := store.Update(ctx, clinic.Clinic.ID, func(_ context.Context, tx storage.Tx) error {
		tx.Save(clinic.Clinic, clinic.Company, clinic.Anne, clinic.Schedule(clinic.Anne.ID), clinic.Talk, network.Connection())
		return nil
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	reporter := &insurance.Reporter{
		Networks: []insurance.Network{network},
		View:     storage.In[insurance.Tx](store.View),
	}
	relay := &outbox.Relay{Store: store, Source: clock, Handlers: map[timebok.MessageKind]timebok.Handler{
		insurance.AckNetwork:  reporter,
		booking.ReportNetwork: reporter,
	}}

	born := date.New(1990, 4, 1)
	network.AddCase(networktest.NewCase("6QPTR", born))
	made := network.Book(insurance.ExternalBooking{
		ID: "B-17", Practitioner: "anne-1", Treatment: "PSY45", Start: storagetest.Monday.Add(26 * time.Hour),
		CaseNumber: "6QPTR", Client: networktest.NewPerson("Kari Prøve", born),
	})
	intake := insurance.Intake{Source: clock, Update: storage.In[insurance.Tx](store.Update)}
	if _, err := intake.Poll(ctx, clinic.Clinic.ID, network); err != nil {
		fmt.Println(err)
		return
	}
	desk := booking.Desk{Source: clock}
	err = store.Update(ctx, clinic.Clinic.ID, func(ctx context.Context, tx storage.Tx) error {
		id := insurance.BookingID(network.Name(), made.Booking.ID)
		_, err := desk.Cancel(ctx, tx, clinic.Actor(), id, 1, booking.ByClinic)
		return err
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	report, err := relay.RunOnce(ctx)
	fmt.Println("performed:", report.Done, err)
	for _, a := range network.Acks() {
		fmt.Println("event", a.Event, "is", a.Result)
	}
	for _, s := range network.Reports() {
		fmt.Println("booking", s.Booking, "is", s.State)
	}
	// Output:
	// performed: 2 <nil>
	// event B-17/1 is new
	// booking B-17 is cancelled
}

// Each night both sides are compared. An event was lost on its way to the clinic, so
// the booking is missing here, and is taken in as it stands there.
func ExampleIntake_Reconcile() {
	ctx := context.Background()
	clinic := storagetest.NewClinic("Fjordgløtt")
	store := storage.New(memory.New(), nil)
	clock := timebok.Source{Now: func() time.Time { return storagetest.Monday }}
	network := networktest.New(&networktest.Options{Source: clock})
	err := store.Update(ctx, clinic.Clinic.ID, func(_ context.Context, tx storage.Tx) error {
		tx.Save(clinic.Clinic, clinic.Company, clinic.Anne, clinic.Schedule(clinic.Anne.ID), clinic.Talk, network.Connection())
		return nil
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	born := date.New(1990, 4, 1)
	network.AddCase(networktest.NewCase("6QPTR", born))
	network.Book(insurance.ExternalBooking{
		ID: "B-17", Practitioner: "anne-1", Treatment: "PSY45", Start: storagetest.Monday.Add(26 * time.Hour),
		CaseNumber: "6QPTR", Client: networktest.NewPerson("Kari Prøve", born),
	})
	intake := insurance.Intake{Source: clock, Update: storage.In[insurance.Tx](store.Update)}
	for range 2 {
		report, err := intake.Reconcile(ctx, clinic.Clinic.ID, network, storagetest.Monday)
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Println(len(report.Bookings), "discrepancies")
		for _, d := range report.Bookings {
			fmt.Println(d.External, "is", d.Kind)
			got, err := intake.Take(ctx, clinic.Clinic.ID, network, d.Event)
			fmt.Println("taken in:", got.Result, err)
		}
	}
	// Output:
	// 1 discrepancies
	// B-17 is missing-here
	// taken in: new <nil>
	// 0 discrepancies
}
