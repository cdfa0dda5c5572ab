package sqlrow

import (
	"slices"

	"github.com/timebok/timebok"
	"github.com/timebok/timebok/booking"
	"github.com/timebok/timebok/invoice"
)

// Others are the IDs of the records that those of an invoicing View name: what is to
// be read after them. Each is there once, in order.
func Others(v invoice.View) (payers []timebok.PayerID, services []timebok.ServiceID, practitioners []timebok.PractitionerID) {
	for _, b := range v.Bookings {
		payers = append(payers, b.Billing.To.Payer)
		for _, c := range b.Charges {
			payers = append(payers, c.Billing.To.Payer)
		}
		services = append(services, b.Service)
		practitioners = append(practitioners, b.Practitioner)
	}
	if v.Series != nil {
		payers = append(payers, v.Series.Terms().Billing.To.Payer)
	}
	if v.Invoice != nil {
		payers = append(payers, v.Invoice.Billing.To.Payer)
	}
	return named(payers), named(services), named(practitioners)
}

func named[K any](ids []timebok.ID[K]) []timebok.ID[K] {
	ids = slices.DeleteFunc(ids, timebok.ID[K].IsZero)
	slices.SortFunc(ids, timebok.ID[K].Compare)
	return slices.Compact(ids)
}

// OnLines are the bookings that an invoice is for.
func OnLines(v *invoice.Invoice) []booking.ID {
	ids := make([]booking.ID, len(v.Lines))
	for i, l := range v.Lines {
		ids[i] = l.Booking
	}
	return ids
}
