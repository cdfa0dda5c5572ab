package sqlrow

import (
	"time"

	"github.com/rickb777/date"
	"github.com/timebok/timebok"
	"github.com/timebok/timebok/invoice"
	"github.com/timebok/timebok/series"
)

// Invoices holds invoices and credit notes. The sums are derived from the lines.
var Invoices = table("invoice", []column[invoice.Invoice]{
	key(func(v *invoice.Invoice) *invoice.ID { return &v.ID }),
	version(func(v *invoice.Invoice) *int64 { return &v.Version }),
	text("kind", func(v *invoice.Invoice) *invoice.Kind { return &v.Kind }),
	text("state", func(v *invoice.Invoice) *invoice.State { return &v.State }),
	ref("party_id", func(v *invoice.Invoice) *timebok.BillingPartyID { return &v.Party }),
	ref("billing_payer_id", func(v *invoice.Invoice) *timebok.PayerID { return &v.Billing.To.Payer }),
	text("billing_method", func(v *invoice.Invoice) *timebok.BillingMethod { return &v.Billing.By }),
	ref("client_id", func(v *invoice.Invoice) *timebok.ClientID { return &v.Client }),
	ref("series_id", func(v *invoice.Invoice) *series.ID { return &v.Series }),
	text("case_network", func(v *invoice.Invoice) *timebok.Network { return &v.Case.Network }),
	text("case_number", func(v *invoice.Invoice) *string { return &v.Case.Number }),
	number("number", func(v *invoice.Invoice) *int64 { return &v.Number }),
	optionalDay("issue_date", func(v *invoice.Invoice) **date.Date { return &v.IssueDate }),
	optionalDay("due_date", func(v *invoice.Invoice) **date.Date { return &v.DueDate }),
	parsed("kid", func(v *invoice.Invoice) *timebok.KID { return &v.KID }),
	text("transport", func(v *invoice.Invoice) *string { return &v.Transport }),
	list("reasons", func(v *invoice.Invoice) *[]string { return &v.Reasons }),
	mapped("lines", func(v *invoice.Invoice) *[]invoice.Line { return &v.Lines }, putLine, lineText.get),
	list("taken", func(v *invoice.Invoice) *[]invoice.Correction { return &v.Taken }),
	optional("credits", func(v *invoice.Invoice) **invoice.Reference { return &v.Credits }),
	document("seller",
		func(v *invoice.Invoice) (partyText, bool) {
			return revealParty(v.Seller), v.Seller != timebok.BillingParty{}
		},
		func(v *invoice.Invoice, t partyText) (err error) {
			v.Seller, err = t.party()
			return err
		}),
	document("payer",
		func(v *invoice.Invoice) (t payerText, ok bool) {
			if v.Payer != nil {
				t = revealPayer(*v.Payer)
			}
			return t, v.Payer != nil
		},
		func(v *invoice.Invoice, t payerText) error {
			p, err := t.payer()
			v.Payer = &p
			return err
		}),
	document("debtor",
		func(v *invoice.Invoice) (t clientText, ok bool) {
			if v.Debtor != nil {
				t = revealClient(*v.Debtor)
			}
			return t, v.Debtor != nil
		},
		func(v *invoice.Invoice, t clientText) error {
			c, err := t.client()
			v.Debtor = &c
			return err
		}),
	document("place",
		func(v *invoice.Invoice) (timebok.Address, bool) { return v.Place, v.Place != timebok.Address{} },
		func(v *invoice.Invoice, a timebok.Address) error { v.Place = a; return nil }),

	derived("net_ore", func(_ Dialect, v *invoice.Invoice) any { return v.Totals().Net.Ore() }),
	derived("vat_ore", func(_ Dialect, v *invoice.Invoice) any { return v.Totals().VAT.Ore() }),
	derived("gross_ore", func(_ Dialect, v *invoice.Invoice) any { return v.Totals().Gross.Ore() }),
})

// optional is a value as JSON, nil being NULL. It must not mask itself.
func optional[T, E any](name string, at func(*T) **E) column[T] {
	return document(name,
		func(r *T) (*E, bool) { return *at(r), *at(r) != nil },
		func(r *T, e *E) error { *at(r) = e; return nil })
}

// Numberings are the series of invoice numbers; the id is the party's.
var Numberings = table("numbering", []column[invoice.Numbering]{
	key(func(n *invoice.Numbering) *timebok.BillingPartyID { return &n.Party }),
	version(func(n *invoice.Numbering) *int64 { return &n.Version }),
	number("next_number", func(n *invoice.Numbering) *int64 { return &n.Next }),
})

// Documents are the files of issued invoices; the id is the invoice's.
var Documents = table("document", []column[invoice.Document]{
	key(func(d *invoice.Document) *invoice.ID { return &d.Invoice }),
	text("media_type", func(d *invoice.Document) *string { return &d.Type }),
	blob("body", func(d *invoice.Document) *[]byte { return &d.Body }),
	instant("made_at", func(d *invoice.Document) *time.Time { return &d.At }),
})
