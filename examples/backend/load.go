package backend

import (
	"cmp"
	"context"
	"slices"

	"github.com/timebok/timebok"
	"github.com/timebok/timebok/booking"
	"github.com/timebok/timebok/insurance"
	"github.com/timebok/timebok/invoice"
	"github.com/timebok/timebok/series"
)

// The Load methods read what a decision must know. In an Update they lock it, in a
// fixed order; here the Update has the turn, which is every lock.

// LoadBooking reads the View of a decision about a booking.
func (tx *tx) LoadBooking(ctx context.Context, n booking.Needs) (booking.View, error) {
	var v booking.View
	var err error
	if v.Clinic, err = tx.Clinic(ctx); err != nil {
		return v, err
	}
	s := tx.state
	v.Booking = maybe[booking.Booking](s, timebok.KindBooking, n.Booking.UUID())
	v.Practitioner = maybe[timebok.Practitioner](s, timebok.KindPractitioner, n.Practitioner.UUID())
	v.Client = maybe[timebok.Client](s, timebok.KindClient, n.Client.UUID())
	v.Service = maybe[timebok.Service](s, timebok.KindService, n.Service.UUID())
	v.Series = maybe[series.Series](s, timebok.KindSeries, n.Series.UUID())
	if !n.Series.IsZero() {
		v.InSeries = booking.CountedOf(sorted(s, byStart, func(b booking.Booking) bool { return b.Series == n.Series }))
	}
	if !n.Service.IsZero() {
		v.Agreements = sorted(s, byID, func(a timebok.PriceAgreement) bool { return a.Service == n.Service })
	}
	if within := n.Calendar(v.Service); !n.Practitioner.IsZero() && !within.IsZero() {
		v.Calendar = s.calendar(n.Practitioner, within, v.Clinic.Zone)
	}
	return v, nil
}

func (s state) calendar(of timebok.PractitionerID, within timebok.Period, zone string) booking.Calendar {
	c := booking.Calendar{Practitioner: of, Zone: zone, Schedule: maybe[booking.Schedule](s, timebok.KindSchedule, of.UUID())}
	c.Absences = sorted(s, absenceOrder, func(a booking.Absence) bool { return a.Practitioner == of && a.Time.Overlaps(within) })
	for b := range all(s, func(b booking.Booking) bool {
		return b.Practitioner == of && b.State.IsActive() && b.Occupied().Overlaps(within)
	}) {
		c.Busy = append(c.Busy, booking.Busy{Booking: b.ID, Time: b.Occupied()})
	}
	slices.SortFunc(c.Busy, func(a, b booking.Busy) int {
		return cmp.Or(a.Time.Start.Compare(b.Time.Start), a.Booking.Compare(b.Booking))
	})
	return c
}

// LoadCalendars reads calendars in the order given.
func (tx *tx) LoadCalendars(ctx context.Context, of []timebok.PractitionerID, within timebok.Period) ([]booking.Calendar, error) {
	clinic, err := tx.Clinic(ctx)
	if err != nil {
		return nil, err
	}
	out := make([]booking.Calendar, len(of))
	for i, id := range of {
		out[i] = tx.state.calendar(id, within, clinic.Zone)
		if p := maybe[timebok.Practitioner](tx.state, timebok.KindPractitioner, id.UUID()); p != nil && p.Inactive {
			out[i].Schedule = nil
		}
	}
	return out, nil
}

// LoadIntake reads the View of a decision about an event of a network.
func (tx *tx) LoadIntake(ctx context.Context, n insurance.IntakeNeeds) (insurance.IntakeView, error) {
	var v insurance.IntakeView
	var err error
	if v.Clinic, err = tx.Clinic(ctx); err != nil {
		return v, err
	}
	s := tx.state
	received := func(id insurance.ReceivedID) *insurance.Received {
		return maybe[insurance.Received](s, timebok.KindEvent, id.UUID())
	}
	v.Connection = maybe[insurance.Connection](s, timebok.KindConnection, insurance.ConnectionID(n.Network).UUID())
	if n.Event != "" {
		v.Received = received(insurance.ReceivedKey(n.Network, n.Event))
	}
	if n.External != "" {
		v.External = maybe[insurance.External](s, timebok.KindExternal, insurance.ExternalKey(n.Network, n.External).UUID())
	}
	if v.External != nil {
		v.Waiting = received(v.External.Waiting)
		v.Booking = maybe[booking.Booking](s, timebok.KindBooking, v.External.Booking.UUID())
	}
	v.Series = first(s, func(x series.Series) bool { return n.Case.Number != "" && x.Case == n.Case })
	if v.Series != nil {
		v.Owner = maybe[timebok.Client](s, timebok.KindClient, v.Series.Client.UUID())
	}
	v.Client = maybe[timebok.Client](s, timebok.KindClient, n.Client.UUID())
	v.Candidates = sorted(s, byID, func(c timebok.Client) bool {
		return !n.BirthNumber.IsZero() && c.BirthNumber == n.BirthNumber ||
			n.BirthDate != nil && c.BirthDate != nil && c.BirthDate.Equal(*n.BirthDate)
	})
	v.Practitioner = first(s, func(p timebok.Practitioner) bool {
		return n.Practitioner != "" && !p.Inactive && slices.Contains(p.Keys, timebok.NetworkKey{Network: n.Network, Key: n.Practitioner})
	})
	v.Service = first(s, func(x timebok.Service) bool {
		return n.Treatment != "" && !x.Inactive && slices.Contains(x.Keys, timebok.NetworkKey{Network: n.Network, Key: n.Treatment})
	})
	v.Payer = first(s, func(p timebok.Payer) bool { return !n.PayerOrg.IsZero() && p.Org == n.PayerOrg })
	return v, nil
}

// first returns the record of the lowest ID that passes, or nil.
func first[T timebok.Record](s state, pass func(T) bool) *T {
	for _, r := range sorted(s, byID, pass) {
		return &r
	}
	return nil
}

// LoadInvoicing reads the View of a decision about an invoice.
func (tx *tx) LoadInvoicing(ctx context.Context, n invoice.Needs) (invoice.View, error) {
	var v invoice.View
	var err error
	if v.Clinic, err = tx.Clinic(ctx); err != nil {
		return v, err
	}
	s := tx.state
	v.Invoice = maybe[invoice.Invoice](s, timebok.KindInvoice, n.Invoice.UUID())
	v.Series = maybe[series.Series](s, timebok.KindSeries, n.Series.UUID())
	v.Client = maybe[timebok.Client](s, timebok.KindClient, n.Client.UUID())
	v.Numbering = maybe[invoice.Numbering](s, timebok.KindNumbering, n.Party.UUID())
	v.Parties = sorted(s, byID, every[timebok.BillingParty])
	v.Bookings = sorted(s, byStart, func(b booking.Booking) bool {
		switch {
		case !n.Series.IsZero():
			return b.Series == n.Series
		case v.Invoice != nil:
			return slices.ContainsFunc(v.Invoice.Lines, func(l invoice.Line) bool { return l.Booking == b.ID })
		}
		return !n.Client.IsZero() && b.Client == n.Client && b.Series.IsZero()
	})
	payers, services, practitioners := map[timebok.PayerID]bool{}, map[timebok.ServiceID]bool{}, map[timebok.PractitionerID]bool{}
	if v.Series != nil {
		payers[v.Series.Terms().Billing.To.Payer] = true
	}
	if v.Invoice != nil {
		payers[v.Invoice.Billing.To.Payer] = true
	}
	for _, b := range v.Bookings {
		payers[b.Billing.To.Payer], services[b.Service], practitioners[b.Practitioner] = true, true, true
		for _, c := range b.Charges {
			payers[c.Billing.To.Payer] = true
		}
	}
	v.Payers = sorted(s, byID, func(p timebok.Payer) bool { return payers[p.ID] })
	v.Services = sorted(s, byID, func(x timebok.Service) bool { return services[x.ID] })
	v.Practitioners = sorted(s, byID, func(p timebok.Practitioner) bool { return practitioners[p.ID] })
	return v, nil
}
