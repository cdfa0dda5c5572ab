package main

import (
	"context"
	"slices"
	"strconv"

	"github.com/timebok/timebok"
	"github.com/timebok/timebok/booking"
	"github.com/timebok/timebok/invoice"
	"github.com/timebok/timebok/series"
	"github.com/timebok/timebok/storage"
)

// A billingPage shows what is to be billed, the drafts with their pre-flight, and
// what is issued.
type billingPage struct {
	ToBill []toBill
	Drafts []draftLine
	Issued []issuedLine
}

// A toBill is the delivered sessions of a series, or of a client in none, that
// stand on no invoice.
type toBill struct {
	Client timebok.Client
	Series *series.Series
	Times  []timebok.Period
	Sum    timebok.Money
}

type draftLine struct {
	invoice.Invoice
	Client  timebok.Client
	To      string
	Verdict invoice.Verdict
}

type issuedLine struct {
	invoice.Invoice
	Client timebok.Client
	To     string
}

func (v *visit) showBilling() error {
	p := &billingPage{}
	err := v.view(v.r.Context(), func(ctx context.Context, tx storage.Tx) error {
		if err := v.loadToBill(ctx, tx, p); err != nil {
			return err
		}
		return v.loadInvoices(ctx, tx, p)
	})
	if err != nil {
		return err
	}
	return v.show("billing", "Fakturering", p)
}

// loadToBill goes through the sessions delivered in the last half year.
func (v *visit) loadToBill(ctx context.Context, tx storage.Tx, p *billingPage) error {
	f := booking.Filter{
		States: []booking.State{booking.Completed},
		Within: timebok.Period{Start: v.now().AddDate(0, -6, 0), End: v.now()},
	}
	if !v.IsAdmin() {
		f.Practitioners = []timebok.PractitionerID{v.user.Of}
	}
	for b, err := range tx.Bookings(ctx, f) {
		if err != nil {
			return err
		}
		var open timebok.Money
		for _, c := range b.Charges {
			if c.Invoice.IsZero() && (c.Billing.By == timebok.EHF || c.Billing.By == timebok.ByEmail) {
				open = open.Add(c.Amount)
			}
		}
		if open.IsZero() {
			continue
		}
		i := slices.IndexFunc(p.ToBill, func(t toBill) bool {
			return t.Client.ID == b.Client && (t.Series == nil && b.Series.IsZero() || t.Series != nil && t.Series.ID == b.Series)
		})
		if i < 0 {
			t := toBill{}
			if t.Client, err = tx.Client(ctx, b.Client); err != nil {
				return err
			}
			if !b.Series.IsZero() {
				s, err := tx.Series(ctx, b.Series)
				if err != nil {
					return err
				}
				t.Series = &s
			}
			p.ToBill, i = append(p.ToBill, t), len(p.ToBill)
		}
		p.ToBill[i].Times = append(p.ToBill[i].Times, b.Time)
		p.ToBill[i].Sum = p.ToBill[i].Sum.Add(open)
	}
	return nil
}

func (v *visit) loadInvoices(ctx context.Context, tx storage.Tx, p *billingPage) error {
	for x, err := range tx.Invoices(ctx, invoice.Filter{}) {
		if err != nil {
			return err
		}
		ok, err := v.sees(ctx, tx, x.Client)
		if err != nil {
			return err
		}
		if !ok || x.State == invoice.Discarded {
			continue
		}
		c, err := tx.Client(ctx, x.Client)
		if err != nil {
			return err
		}
		to, err := v.payerName(ctx, tx, x.Billing.To)
		if err != nil {
			return err
		}
		if !x.IsDraft() {
			p.Issued = append(p.Issued, issuedLine{x, c, to})
			continue
		}
		verdict, err := v.biller.Preflight(ctx, tx, x.ID)
		if err != nil {
			return err
		}
		p.Drafts = append(p.Drafts, draftLine{x, c, to, verdict})
	}
	slices.Reverse(p.Issued)
	return nil
}

// draft makes drafts of what a series or a client has to be billed.
func (v *visit) draft() error {
	s, _ := timebok.ParseID[series.Series](v.r.FormValue("serie"))
	c, err := timebok.ParseID[timebok.Client](v.r.FormValue("klient"))
	if err != nil {
		return err
	}
	err = v.update(v.r.Context(), func(ctx context.Context, tx storage.Tx) error {
		if err := v.mustSee(ctx, tx, c); err != nil {
			return err
		}
		if !s.IsZero() {
			of, err := tx.Series(ctx, s)
			if err != nil {
				return err
			}
			if of.Client != c { // the series decides what is billed, so whose it is must be known
				return &timebok.NotFoundError{Ref: of.Ref()}
			}
		}
		_, err := v.biller.DraftFor(ctx, tx, v.actor(), s, c)
		return err
	})
	if err != nil {
		return err
	}
	v.say("Utkastet er laget.")
	return v.redirect("/fakturering")
}

// settleDraft issues a draft or drops it.
func (v *visit) settleDraft() error {
	id, err := v.invoiceID()
	if err != nil {
		return err
	}
	version, _ := strconv.ParseInt(v.r.FormValue("versjon"), 10, 64)
	var x invoice.Invoice
	err = v.update(v.r.Context(), func(ctx context.Context, tx storage.Tx) error {
		if x, err = tx.Invoice(ctx, id); err != nil {
			return err
		}
		if err := v.mustSee(ctx, tx, x.Client); err != nil {
			return err
		}
		if v.r.FormValue("gjor") == "forkast" {
			_, err = v.biller.Discard(ctx, tx, v.actor(), x.ID, version)
			return err
		}
		x, err = v.biller.Issue(ctx, tx, v.actor(), x.ID, version)
		return err
	})
	if err != nil {
		return err
	}
	if v.r.FormValue("gjor") == "forkast" {
		v.say("Utkastet er forkastet. Timene kan faktureres på nytt.")
		return v.redirect("/fakturering")
	}
	if err := v.deliver(v.r.Context()); err != nil {
		return err
	}
	v.say("Faktura %d er utstedt.", x.Number)
	return v.redirect("/fakturaer/" + x.ID.String())
}
