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
	"github.com/timebok/timebok/storage/storagetest"
)

// A client books at the network with a sakID. The clinic has never heard of her;
// one poll of the feed, and everything is there.
func ExampleIntake() {
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
		Practitioner: "anne-1", Treatment: "PSY45", Start: storagetest.Monday.Add(26 * time.Hour),
		CaseNumber: "6QPTR", Client: networktest.NewPerson("Kari Prøve", born),
	})

	intake := insurance.Intake{Source: clock, Update: storage.In[insurance.Tx](store.Update)}
	tally, err := intake.Poll(ctx, clinic.Clinic.ID, network)
	fmt.Println(tally, err)

	err = store.View(ctx, clinic.Clinic.ID, func(ctx context.Context, tx storage.Tx) error {
		for b, err := range tx.Bookings(ctx, booking.Filter{}) {
			if err != nil {
				return err
			}
			client, err := tx.Client(ctx, b.Client)
			if err != nil {
				return err
			}
			s, err := tx.Series(ctx, b.Series)
			if err != nil {
				return err
			}
			zone, err := timebok.LoadZone(b.Zone)
			if err != nil {
				return err
			}
			left, _ := s.Use(booking.Sessions([]booking.Booking{b})).Remaining(b.Treatment)
			fmt.Println(b.Time.Start.In(zone).Format("02.01.2006 15:04"), client.Name.Reveal(), b.State)
			fmt.Println(s.Name, "- billed by", b.Billing.By, "- sessions left:", left)
		}
		for m, err := range tx.Messages(ctx, storage.MessageFilter{Kind: booking.MailPractitioner}) {
			if err != nil {
				return err
			}
			fmt.Println(m.Kind, string(m.Data))
		}
		return nil
	})
	if err != nil {
		fmt.Println(err)
	}
	// Output:
	// map[new:1] <nil>
	// 03.03.2026 09:00 Kari Prøve booked
	// Forsikringssak 6QPTR - billed by ehf - sessions left: 9
	// mail.practitioner {"what":"booked"}
}

// The therapist looks a sakID up (Søk) and opens the series (Opprett): who pays,
// and for how many sessions until when, is set from the case.
func ExampleCases_Open() {
	ctx := context.Background()
	clinic := storagetest.NewClinic("Fjordgløtt")
	store := storage.New(memory.New(), nil)
	clock := timebok.Source{Now: func() time.Time { return storagetest.Monday }}
	network := networktest.New(&networktest.Options{Source: clock})
	err := store.Update(ctx, clinic.Clinic.ID, func(_ context.Context, tx storage.Tx) error {
		tx.Save(clinic.Clinic, clinic.Company, clinic.Ola, clinic.Åse, network.Connection())
		return nil
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	found := networktest.NewCase("6QPTR", *clinic.Ola.BirthDate)
	found.ValidTo = new(date.New(2026, 8, 31))
	found.Used = 2 // elsewhere
	network.AddCase(found)

	cases := insurance.Cases{Source: clock}
	found, err = cases.Search(ctx, network, network.Connection(), "6qptr")
	fmt.Println(found.Number, found.Status, found.Payer.Name, err)

	err = store.Update(ctx, clinic.Clinic.ID, func(ctx context.Context, tx storage.Tx) error {
		s, err := cases.Open(ctx, tx, clinic.Actor(), clinic.Ola.ID, found)
		if err != nil {
			return err
		}
		terms := s.Terms()
		left, _ := s.Use(nil).Remaining("PSY45")
		fmt.Println(s.Name, "- billed by", terms.Billing.By, "- until", terms.ValidTo, "- sessions left:", left)
		return nil
	})
	fmt.Println(err)

	err = store.Update(ctx, clinic.Clinic.ID, func(ctx context.Context, tx storage.Tx) error {
		_, err := cases.Open(ctx, tx, clinic.Actor(), clinic.Åse.ID, found) // born on another day
		return err
	})
	fmt.Println(err)
	// Output:
	// 6QPTR open Fjellforsikring AS <nil>
	// Forsikringssak 6QPTR - billed by ehf - until 2026-08-31 - sessions left: 8
	// <nil>
	// timebok: refused: Client: the birth date is not the one of the case [identity.mismatch]; Case: the sakID belongs to another client's series [case.taken]
}
