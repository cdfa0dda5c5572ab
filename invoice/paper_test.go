package invoice_test

import (
	"time"

	"github.com/timebok/timebok"
	"github.com/timebok/timebok/booking"
	"github.com/timebok/timebok/invoice"
	"github.com/timebok/timebok/storage/storagetest"
)

// A paper is a clinic without any store: Views are put together by hand.
type paper struct {
	*storagetest.Clinic
	biller *invoice.Biller
}

func newPaper() *paper {
	return &paper{
		Clinic: storagetest.NewClinic("A"),
		biller: &invoice.Biller{
			Source: timebok.Source{Now: func() time.Time { return afterwards }}, Format: plain{},
		},
	}
}

// delivered is a session of Ola with Anne in the case, at slot n.
func (p *paper) delivered(n int) booking.Booking {
	b := p.Booking(slot(n).String(), slot(n).Sub(storagetest.Monday))
	b.Series, b.Treatment, b.State = p.Case.ID, "PSY45", booking.Completed
	b.Price, b.Billing = p.Agreed.Price, p.Case.Terms().Billing
	b.Charges = []booking.Charge{{Billing: b.Billing, Amount: b.Price}}
	return b
}

// view is the View of the case with these sessions.
func (p *paper) view(sessions ...booking.Booking) invoice.View {
	oneSeries, client := p.Case, p.Ola
	return invoice.View{
		Clinic: p.Clinic.Clinic, Series: &oneSeries, Client: &client, Bookings: sessions,
		Parties:       []timebok.BillingParty{p.Company, p.SoleTrader},
		Payers:        []timebok.Payer{p.Insurer, p.Employer},
		Services:      []timebok.Service{p.Talk, p.Physio, p.Massage},
		Practitioners: []timebok.Practitioner{p.Anne, p.Kari},
	}
}

// drafted is the View of the draft of these sessions, before it is issued.
func (p *paper) drafted(sessions ...booking.Booking) invoice.View {
	v := p.view(sessions...)
	c, err := p.biller.DecideDraft(v, p.Actor())
	if err != nil || len(c.Invoices) != 1 {
		panic(err)
	}
	v.Invoice = &c.Invoices[0]
	for _, r := range c.Records {
		if b, ok := r.(booking.Booking); ok {
			for i := range v.Bookings {
				if v.Bookings[i].ID == b.ID {
					v.Bookings[i] = b
				}
			}
		}
	}
	return v
}
