package memory

import (
	"context"
	"slices"
	"time"

	"github.com/timebok/timebok"
	"github.com/timebok/timebok/booking"
	"github.com/timebok/timebok/insurance"
	"github.com/timebok/timebok/invoice"
	"github.com/timebok/timebok/series"
)

// The Load methods take no locks: an Update has its clinic to itself.

// farFuture is later than anything that is opened.
var farFuture = time.Date(9999, 12, 31, 0, 0, 0, 0, time.UTC)

// LoadBooking reads the View that the needs name.
func (tx *tx) LoadBooking(ctx context.Context, n booking.Needs) (booking.View, error) {
	var v booking.View
	var err error
	if v.Clinic, err = tx.Clinic(ctx); err != nil {
		return v, err
	}
	s := tx.now()
	v.Booking = maybe(find[booking.Booking](s, timebok.KindBooking, n.Booking.UUID()))
	v.Practitioner = maybe(find[timebok.Practitioner](s, timebok.KindPractitioner, n.Practitioner.UUID()))
	v.Client = maybe(find[timebok.Client](s, timebok.KindClient, n.Client.UUID()))
	v.Service = maybe(find[timebok.Service](s, timebok.KindService, n.Service.UUID()))
	v.Series = maybe(find[series.Series](s, timebok.KindSeries, n.Series.UUID()))
	if !n.Series.IsZero() {
		v.InSeries = booking.CountedOf(s.copies(booking.Filter{Series: n.Series}))
	}
	if !n.Service.IsZero() {
		for a := range s.agreements.from(&timebok.PriceAgreement{Service: n.Service}) {
			if a.Service != n.Service {
				break
			}
			v.Agreements = append(v.Agreements, fresh(a))
		}
	}
	if within := n.Calendar(v.Service); !n.Practitioner.IsZero() && !within.IsZero() {
		v.Calendar = s.calendar(n.Practitioner, within, v.Clinic.Zone)
	}
	return v, nil
}

// LoadCalendars reads calendars in the order given.
func (tx *tx) LoadCalendars(ctx context.Context, of []timebok.PractitionerID, within timebok.Period) ([]booking.Calendar, error) {
	clinic, err := tx.Clinic(ctx)
	if err != nil {
		return nil, err
	}
	out := make([]booking.Calendar, len(of))
	for i, id := range of {
		out[i] = tx.now().calendar(id, within, clinic.Zone)
		if p := find[timebok.Practitioner](tx.now(), timebok.KindPractitioner, id.UUID()); p != nil && p.Inactive {
			out[i].Schedule = nil
		}
	}
	return out, nil
}

// copies returns copies of the bookings that the filter chooses.
func (s *state) copies(f booking.Filter) []booking.Booking {
	var out []booking.Booking
	for b := range s.searchBookings(f) {
		out = append(out, fresh(b))
	}
	return out
}

func (s *state) calendar(of timebok.PractitionerID, within timebok.Period, zone string) booking.Calendar {
	c := booking.Calendar{
		Practitioner: of, Zone: zone,
		Schedule: maybe(find[booking.Schedule](s, timebok.KindSchedule, of.UUID())),
	}
	for a := range s.absent(of, within) {
		c.Absences = append(c.Absences, fresh(a))
	}
	for b := range s.occupying(of, within) {
		c.Busy = append(c.Busy, booking.Busy{Booking: b.ID, Time: b.Occupied()})
	}
	// In the index they stand by the start of the session, without the buffer.
	slices.SortFunc(c.Busy, func(a, b booking.Busy) int {
		if c := a.Time.Start.Compare(b.Time.Start); c != 0 {
			return c
		}
		return a.Booking.Compare(b.Booking)
	})
	return c
}

// LoadIntake reads the IntakeView that the needs name.
func (tx *tx) LoadIntake(ctx context.Context, n insurance.IntakeNeeds) (insurance.IntakeView, error) {
	var v insurance.IntakeView
	var err error
	if v.Clinic, err = tx.Clinic(ctx); err != nil {
		return v, err
	}
	s := tx.now()
	v.Connection = maybe(find[insurance.Connection](s, timebok.KindConnection, insurance.ConnectionID(n.Network).UUID()))
	if n.Event != "" {
		v.Received = maybe(s.received(insurance.ReceivedKey(n.Network, n.Event)))
	}
	if n.External != "" {
		v.External = maybe(find[insurance.External](s, timebok.KindExternal, insurance.ExternalKey(n.Network, n.External).UUID()))
	}
	if v.External != nil {
		v.Waiting = maybe(s.received(v.External.Waiting))
		v.Booking = maybe(find[booking.Booking](s, timebok.KindBooking, v.External.Booking.UUID()))
	}
	if n.Case.Number != "" {
		for found := range s.ofCase(n.Case) {
			v.Series = maybe(found)
			v.Owner = maybe(s.client(found.Client))
			break
		}
	}
	v.Client = maybe(s.client(n.Client))
	v.Candidates = each(s.candidates(n))
	v.Practitioner = first(s, timebok.KindPractitioner, func(p *timebok.Practitioner) bool {
		return n.Practitioner != "" && !p.Inactive && slices.Contains(p.Keys, timebok.NetworkKey{Network: n.Network, Key: n.Practitioner})
	})
	v.Service = first(s, timebok.KindService, func(x *timebok.Service) bool {
		return n.Treatment != "" && !x.Inactive && slices.Contains(x.Keys, timebok.NetworkKey{Network: n.Network, Key: n.Treatment})
	})
	v.Payer = first(s, timebok.KindPayer, func(p *timebok.Payer) bool {
		return !n.PayerOrg.IsZero() && p.Org == n.PayerOrg
	})
	return v, nil
}

func (s *state) received(id insurance.ReceivedID) *insurance.Received {
	return find[insurance.Received](s, timebok.KindEvent, id.UUID())
}

func (s *state) client(id timebok.ClientID) *timebok.Client {
	return find[timebok.Client](s, timebok.KindClient, id.UUID())
}

// first returns a copy of the first record of a kind that passes, by ID.
func first[T any](s *state, kind timebok.Kind, pass func(*T) bool) *T {
	for _, v := range list(s, kind, pass) {
		return maybe(v)
	}
	return nil
}

// candidates are the clients with the birth number or the birth date, by ID.
func (s *state) candidates(n insurance.IntakeNeeds) []*timebok.Client {
	var out []*timebok.Client
	if !n.BirthNumber.IsZero() {
		for c := range s.clients.byNumber.from(&timebok.Client{BirthNumber: n.BirthNumber}) {
			if c.BirthNumber != n.BirthNumber {
				break
			}
			out = append(out, c)
		}
	}
	if n.BirthDate != nil {
		for c := range s.clients.byBirth.from(&timebok.Client{BirthDate: n.BirthDate}) {
			if !c.BirthDate.Equal(*n.BirthDate) {
				break
			}
			out = append(out, c)
		}
	}
	return unique(out, func(a, b *timebok.Client) int { return a.ID.Compare(b.ID) })
}

// unique sorts a list and drops repeats.
func unique[T any](list []T, compare func(a, b T) int) []T {
	slices.SortFunc(list, compare)
	return slices.CompactFunc(list, func(a, b T) bool { return compare(a, b) == 0 })
}

// LoadInvoicing reads the View that the needs name.
func (tx *tx) LoadInvoicing(ctx context.Context, n invoice.Needs) (invoice.View, error) {
	var v invoice.View
	var err error
	if v.Clinic, err = tx.Clinic(ctx); err != nil {
		return v, err
	}
	s := tx.now()
	v.Invoice = maybe(find[invoice.Invoice](s, timebok.KindInvoice, n.Invoice.UUID()))
	v.Series = maybe(find[series.Series](s, timebok.KindSeries, n.Series.UUID()))
	v.Client = maybe(s.client(n.Client))
	v.Numbering = maybe(find[invoice.Numbering](s, timebok.KindNumbering, n.Party.UUID()))
	switch {
	case !n.Series.IsZero():
		v.Bookings = s.copies(booking.Filter{Series: n.Series})
	case v.Invoice != nil:
		v.Bookings = s.ofLines(v.Invoice.Lines)
	case !n.Client.IsZero():
		v.Bookings = slices.DeleteFunc(s.copies(booking.Filter{Client: n.Client}),
			func(b booking.Booking) bool { return !b.Series.IsZero() })
	}
	v.Parties = each(list[timebok.BillingParty](s, timebok.KindBillingParty, nil))
	s.addNamed(&v)
	return v, nil
}

// ofLines returns the bookings that lines name, by start and ID.
func (s *state) ofLines(lines []invoice.Line) []booking.Booking {
	var found []*booking.Booking
	for _, l := range lines {
		if b := find[booking.Booking](s, timebok.KindBooking, l.Booking.UUID()); b != nil {
			found = append(found, b)
		}
	}
	return each(unique(found, bookingsByStart))
}

// addNamed adds the payers, services and practitioners that the view's records name.
func (s *state) addNamed(v *invoice.View) {
	var payers []timebok.PayerID
	var services []timebok.ServiceID
	var practitioners []timebok.PractitionerID
	if v.Series != nil {
		payers = append(payers, v.Series.Terms().Billing.To.Payer)
	}
	if v.Invoice != nil {
		payers = append(payers, v.Invoice.Billing.To.Payer)
	}
	for _, b := range v.Bookings {
		payers = append(payers, b.Billing.To.Payer)
		for _, c := range b.Charges {
			payers = append(payers, c.Billing.To.Payer)
		}
		services, practitioners = append(services, b.Service), append(practitioners, b.Practitioner)
	}
	v.Payers = named[timebok.Payer](s, timebok.KindPayer, payers)
	v.Services = named[timebok.Service](s, timebok.KindService, services)
	v.Practitioners = named[timebok.Practitioner](s, timebok.KindPractitioner, practitioners)
}

// named returns the records of a kind with these IDs, by ID, each once.
func named[T any](s *state, kind timebok.Kind, ids []timebok.ID[T]) []T {
	var out []T
	for _, id := range unique(ids, timebok.ID[T].Compare) {
		if v := find[T](s, kind, id.UUID()); v != nil {
			out = append(out, fresh(v))
		}
	}
	return out
}
