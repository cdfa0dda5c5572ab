package memory

import (
	"context"
	"iter"
	"slices"

	"github.com/timebok/timebok"
	"github.com/timebok/timebok/booking"
	"github.com/timebok/timebok/insurance"
	"github.com/timebok/timebok/invoice"
	"github.com/timebok/timebok/series"
)

// BillingParties lists billing parties by ID.
func (tx *tx) BillingParties(ctx context.Context) iter.Seq2[timebok.BillingParty, error] {
	return all[timebok.BillingParty](ctx, tx, timebok.KindBillingParty)
}

// Practitioners lists practitioners by ID.
func (tx *tx) Practitioners(ctx context.Context) iter.Seq2[timebok.Practitioner, error] {
	return all[timebok.Practitioner](ctx, tx, timebok.KindPractitioner)
}

// Services lists services by ID.
func (tx *tx) Services(ctx context.Context) iter.Seq2[timebok.Service, error] {
	return all[timebok.Service](ctx, tx, timebok.KindService)
}

// Payers lists payers by ID.
func (tx *tx) Payers(ctx context.Context) iter.Seq2[timebok.Payer, error] {
	return all[timebok.Payer](ctx, tx, timebok.KindPayer)
}

// PriceAgreements lists price agreements by ID.
func (tx *tx) PriceAgreements(ctx context.Context) iter.Seq2[timebok.PriceAgreement, error] {
	return all[timebok.PriceAgreement](ctx, tx, timebok.KindAgreement)
}

// Clients lists clients by ID, those after a given one.
func (tx *tx) Clients(ctx context.Context, last timebok.ClientID, limit int) iter.Seq2[timebok.Client, error] {
	return tell(ctx, tx, func(s *state) iter.Seq[*timebok.Client] {
		return atMost(limit, after[timebok.Client](s, timebok.KindClient, last.UUID()))
	})
}

// Absences lists the absences of a practitioner in a period by start, then ID.
func (tx *tx) Absences(ctx context.Context, of timebok.PractitionerID, within timebok.Period) iter.Seq2[booking.Absence, error] {
	return tell(ctx, tx, func(s *state) iter.Seq[*booking.Absence] { return s.absent(of, within) })
}

func (s *state) absent(of timebok.PractitionerID, within timebok.Period) iter.Seq[*booking.Absence] {
	return func(yield func(*booking.Absence) bool) {
		for a := range s.absences.from(&booking.Absence{Practitioner: of}) {
			if a.Practitioner != of || !a.Time.Start.Before(within.End) {
				return
			}
			if a.Time.Overlaps(within) && !yield(a) {
				return
			}
		}
	}
}

// SeriesOf lists a client's series, the one opened last first, then by ID.
func (tx *tx) SeriesOf(ctx context.Context, client timebok.ClientID) iter.Seq2[series.Series, error] {
	return tell(ctx, tx, func(s *state) iter.Seq[*series.Series] {
		return func(yield func(*series.Series) bool) {
			// Later than any, so that it stands before all of the client.
			key := &series.Series{Client: client, OpenedAt: timebok.Instant(farFuture)}
			for found := range s.series.byClient.from(key) {
				if found.Client != client || !yield(found) {
					return
				}
			}
		}
	})
}

// Quarantine lists the inbox entries that wait, the oldest first, then by ID.
func (tx *tx) Quarantine(ctx context.Context) iter.Seq2[insurance.Received, error] {
	return tell(ctx, tx, func(s *state) iter.Seq[*insurance.Received] {
		return s.quarantine.from(&insurance.Received{})
	})
}

// Bookings lists bookings in the order of start, then ID.
func (tx *tx) Bookings(ctx context.Context, f booking.Filter) iter.Seq2[booking.Booking, error] {
	return tell(ctx, tx, func(s *state) iter.Seq[*booking.Booking] {
		return atMost(f.Limit, s.searchBookings(f))
	})
}

// searchBookings uses the narrowest index.
func (s *state) searchBookings(f booking.Filter) iter.Seq[*booking.Booking] {
	key := &booking.Booking{Client: f.Client, Series: f.Series}
	index, same := s.bookings.byStart, func(*booking.Booking) bool { return true }
	switch {
	case !f.Series.IsZero():
		index, same = s.bookings.bySeries, func(b *booking.Booking) bool { return b.Series == f.Series }
	case !f.Client.IsZero():
		index, same = s.bookings.byClient, func(b *booking.Booking) bool { return b.Client == f.Client }
	case len(f.Practitioners) == 1:
		key.Practitioner = f.Practitioners[0]
		index = s.bookings.byPractitioner
		same = func(b *booking.Booking) bool { return b.Practitioner == key.Practitioner }
	}
	if !f.Within.IsZero() {
		key.Time.Start = f.Within.Start.Add(-s.after) // which is at least the longest session
	}
	if last := f.After; last != nil && bookingsByStart(last, key) > 0 {
		key.Time.Start, key.ID = timebok.Instant(last.Time.Start), last.ID
	}
	return func(yield func(*booking.Booking) bool) {
		for b := range index.from(key) {
			if !same(b) || !f.Within.IsZero() && !b.Time.Start.Before(f.Within.End) {
				return
			}
			if chosen(b, f) && !yield(b) {
				return
			}
		}
	}
}

func chosen(b *booking.Booking, f booking.Filter) bool {
	return (len(f.Practitioners) == 0 || slices.Contains(f.Practitioners, b.Practitioner)) &&
		(f.Client.IsZero() || b.Client == f.Client) &&
		(f.Series.IsZero() || b.Series == f.Series) &&
		(f.Within.IsZero() || b.Time.Overlaps(f.Within)) &&
		(len(f.States) == 0 || slices.Contains(f.States, b.State)) &&
		(f.After == nil || bookingsByStart(b, f.After) > 0)
}

// Invoices lists issued invoices by party and number, and drafts after them by ID.
func (tx *tx) Invoices(ctx context.Context, f invoice.Filter) iter.Seq2[invoice.Invoice, error] {
	return tell(ctx, tx, func(s *state) iter.Seq[*invoice.Invoice] {
		return atMost(f.Limit, s.searchInvoices(f))
	})
}

func (s *state) searchInvoices(f invoice.Filter) iter.Seq[*invoice.Invoice] {
	// Number 1 of no party stands before all that are issued.
	key := &invoice.Invoice{Client: f.Client, Series: f.Series, Number: 1}
	index, same := s.invoices.inOrder, func(*invoice.Invoice) bool { return true }
	switch {
	case !f.Series.IsZero():
		index, same = s.invoices.bySeries, func(v *invoice.Invoice) bool { return v.Series == f.Series }
	case !f.Client.IsZero():
		index, same = s.invoices.byClient, func(v *invoice.Invoice) bool { return v.Client == f.Client }
	}
	if f.After != nil {
		key.Party, key.Number, key.ID = f.After.Party, f.After.Number, f.After.ID
	}
	return func(yield func(*invoice.Invoice) bool) {
		for v := range index.from(key) {
			if !same(v) {
				return
			}
			pass := (f.Party.IsZero() || v.Party == f.Party) &&
				(f.Client.IsZero() || v.Client == f.Client) &&
				(f.Series.IsZero() || v.Series == f.Series) &&
				(len(f.States) == 0 || slices.Contains(f.States, v.State)) &&
				(f.After == nil || invoicesInOrder(v, f.After) > 0)
			if pass && !yield(v) {
				return
			}
		}
	}
}
