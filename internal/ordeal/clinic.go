package ordeal

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/rickb777/date"
	"github.com/timebok/timebok"
	"github.com/timebok/timebok/booking"
	"github.com/timebok/timebok/insurance"
	"github.com/timebok/timebok/series"
	"github.com/timebok/timebok/storage"
	"github.com/timebok/timebok/storage/storagetest"
)

const (
	clinics   = 3
	rooms     = 4  // practitioners that are booked by hand, in each clinic
	people    = 12 // clients with a case, in each clinic
	approved  = 6  // sessions of a case
	guests    = 10 // clients who book at the network
	perGuest  = 3  // their bookings
	days      = 40 // on which sessions lie, from storagetest.Monday on
	perDay    = 10 // sessions of a practitioner
	afterwork = 45 * 24 * time.Hour
)

// now is the time in every process: after all the sessions.
func now() time.Time { return storagetest.Monday.Add(afterwork) }

var source = timebok.Source{Now: now}

// A clinic is one to work on. Kari's calendar is the network's alone, so that its
// bookings never meet one made by hand and end as the network has them.
type clinic struct {
	*storagetest.Clinic
	rooms  []timebok.PractitionerID
	series []series.Series
	events []insurance.Event
	extra  []timebok.Record
}

func theClinics() []*clinic {
	var all []*clinic
	for i := range clinics {
		all = append(all, newClinic(fmt.Sprint("ordeal ", i)))
	}
	return all
}

func newClinic(name string) *clinic {
	c := &clinic{Clinic: storagetest.NewClinic(name)}
	for i := range rooms {
		p := c.Anne
		p.ID, p.Keys = timebok.DeriveID[timebok.Practitioner](name, "room", fmt.Sprint(i)), nil
		c.rooms = append(c.rooms, p.ID)
		c.extra = append(c.extra, p, c.Schedule(p.ID))
	}
	for i := range people {
		who := c.Ola
		who.ID, who.BirthNumber = timebok.DeriveID[timebok.Client](name, fmt.Sprint(i)), timebok.BirthNumber{}
		s := must(series.Open(series.Series{
			ID: timebok.DeriveID[series.Series](name, fmt.Sprint(i)), Client: who.ID,
			Kind: series.InsuranceCase, Name: "Forsikringssak", FetchedAt: storagetest.Monday,
			Case: series.Case{Network: timebok.Behandlernettverk, Number: fmt.Sprint("HAND", i)},
		}, series.Approval{At: storagetest.Monday, Source: series.ByHand, By: c.Actor(), Terms: series.Terms{
			Caps:    []series.Cap{series.Sessions(approved)},
			Billing: timebok.Billing{To: timebok.Recipient{Payer: c.Insurer.ID}, By: timebok.EHF},
		}}, storagetest.Monday))
		c.series = append(c.series, s)
		c.extra = append(c.extra, who, s)
	}
	for i := range guests {
		for j := range perGuest {
			c.events = append(c.events, c.visit(i, j)...)
		}
	}
	return c
}

// visit is the history of a guest's booking at the network: made, mostly moved,
// sometimes called off.
func (c *clinic) visit(guest, visit int) []insurance.Event {
	n := guest*perGuest + visit
	b := insurance.ExternalBooking{
		ID: fmt.Sprint("visit-", n), Practitioner: "kari-2", Treatment: "FYS30",
		CaseNumber: fmt.Sprint("NETT", guest),
		Client: insurance.Person{
			Name: timebok.Hide(fmt.Sprint("Gjest ", guest)), BirthDate: birthday(guest),
			Email: must(timebok.ParseEmailAddress(fmt.Sprintf("gjest%d@example.com", guest))),
		},
		Case: &insurance.Case{
			Case:   series.Case{Network: timebok.Behandlernettverk, Number: fmt.Sprint("NETT", guest)},
			Status: insurance.CaseOpen, BirthDate: birthday(guest), Caps: []series.Cap{series.Sessions(approved)},
			Payer:     insurance.PayerInfo{Name: c.Insurer.Name, Org: c.Insurer.Org, Address: c.Insurer.Address, DueDays: 30, ClaimDays: 60},
			FetchedAt: storagetest.Monday,
		},
	}
	kinds := []insurance.EventKind{insurance.BookingMade, insurance.BookingChanged, insurance.BookingCancelled}
	var all []insurance.Event
	for v, kind := range kinds[:1+n%3] {
		b.Version, b.Start = int64(v+1), at(2*n+min(v, 1))
		all = append(all, insurance.Event{
			ID: fmt.Sprintf("%s/%d", b.ID, b.Version), Network: timebok.Behandlernettverk, Kind: kind, Booking: b,
		})
	}
	return all
}

func birthday(guest int) *date.Date { d := date.New(1960+guest, 5, 17); return &d }

// at is the n-th time for a session.
func at(n int) time.Time {
	return storagetest.Monday.AddDate(0, 0, n/perDay%days).Add(time.Duration(2+n%perDay) * time.Hour)
}

// SetUp stores the clinics, unless they are there.
func SetUp(ctx context.Context, s *storage.Store) error {
	for _, c := range theClinics() {
		err := s.Update(ctx, c.Clinic.Clinic.ID, func(_ context.Context, tx storage.Tx) error {
			tx.Save(c.Records()...)
			tx.Save(c.extra...)
			return nil
		})
		if err != nil && !errors.Is(err, timebok.ErrExists) {
			return err
		}
	}
	return nil
}

func (c *clinic) id() timebok.ClinicID { return c.Clinic.Clinic.ID }

func (c *clinic) intake(s *storage.Store) *insurance.Intake {
	return &insurance.Intake{Source: source, Desk: &booking.Desk{Source: source}, Update: storage.In[insurance.Tx](s.Update)}
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}
