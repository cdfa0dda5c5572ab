package memory

import (
	"cmp"

	"github.com/timebok/timebok"
	"github.com/timebok/timebok/booking"
	"github.com/timebok/timebok/insurance"
	"github.com/timebok/timebok/invoice"
	"github.com/timebok/timebok/series"
)

// The orders of the indexes. Each ends in the ID, so that no two items are equal,
// and an item without an ID stands before all that share the rest with it.

func bookingsByStart(a, b *booking.Booking) int {
	if c := a.Time.Start.Compare(b.Time.Start); c != 0 {
		return c
	}
	return a.ID.Compare(b.ID)
}

func bookingsByPractitioner(a, b *booking.Booking) int {
	if c := a.Practitioner.Compare(b.Practitioner); c != 0 {
		return c
	}
	return bookingsByStart(a, b)
}

func bookingsByClient(a, b *booking.Booking) int {
	if c := a.Client.Compare(b.Client); c != 0 {
		return c
	}
	return bookingsByStart(a, b)
}

func bookingsBySeries(a, b *booking.Booking) int {
	if c := a.Series.Compare(b.Series); c != 0 {
		return c
	}
	return bookingsByStart(a, b)
}

// seriesByClient has the series opened last first.
func seriesByClient(a, b *series.Series) int {
	return cmp.Or(a.Client.Compare(b.Client), b.OpenedAt.Compare(a.OpenedAt), a.ID.Compare(b.ID))
}

func seriesByCase(a, b *series.Series) int {
	return cmp.Or(
		cmp.Compare(a.Case.Number, b.Case.Number), cmp.Compare(a.Case.Network, b.Case.Network), a.ID.Compare(b.ID))
}

func clientsByNumber(a, b *timebok.Client) int {
	return cmp.Or(cmp.Compare(a.BirthNumber.Reveal(), b.BirthNumber.Reveal()), a.ID.Compare(b.ID))
}

func clientsByBirth(a, b *timebok.Client) int {
	return cmp.Or(cmp.Compare(a.BirthDate.DaysSinceEpoch(), b.BirthDate.DaysSinceEpoch()), a.ID.Compare(b.ID))
}

// invoicesInOrder has issued invoices by party and number, then drafts by ID.
func invoicesInOrder(a, b *invoice.Invoice) int {
	if drafts := cmp.Compare(draft(a), draft(b)); drafts != 0 || draft(a) == 1 {
		return cmp.Or(drafts, a.ID.Compare(b.ID))
	}
	return cmp.Or(a.Party.Compare(b.Party), cmp.Compare(a.Number, b.Number), a.ID.Compare(b.ID))
}

func draft(v *invoice.Invoice) int {
	if v.Number == 0 {
		return 1
	}
	return 0
}

func invoicesByClient(a, b *invoice.Invoice) int {
	return cmp.Or(a.Client.Compare(b.Client), invoicesInOrder(a, b))
}

func invoicesBySeries(a, b *invoice.Invoice) int {
	return cmp.Or(a.Series.Compare(b.Series), invoicesInOrder(a, b))
}

func absencesByStart(a, b *booking.Absence) int {
	return cmp.Or(
		a.Practitioner.Compare(b.Practitioner), a.Time.Start.Compare(b.Time.Start), a.ID.Compare(b.ID))
}

func agreementsByService(a, b *timebok.PriceAgreement) int {
	return cmp.Or(a.Service.Compare(b.Service), a.ID.Compare(b.ID))
}

func receivedByTime(a, b *insurance.Received) int {
	if c := a.At.Compare(b.At); c != 0 {
		return c
	}
	return a.ID().Compare(b.ID()) // derived: not for nothing
}
