package invoice_test

import (
	"context"
	"slices"
	"testing"

	"github.com/timebok/timebok"
	"github.com/timebok/timebok/invoice"
	"github.com/timebok/timebok/storage"
)

// states lists every state with those that it may become.
var states = map[invoice.State][]invoice.State{
	invoice.Draft:     {invoice.Issued, invoice.Discarded},
	invoice.Discarded: {},
	invoice.Issued:    {invoice.Submitted, invoice.Delivered, invoice.Accepted, invoice.Refused, invoice.Credited, invoice.Paid},
	invoice.Submitted: {invoice.Delivered, invoice.Accepted, invoice.Refused, invoice.Credited, invoice.Paid},
	invoice.Delivered: {invoice.Accepted, invoice.Refused, invoice.Credited, invoice.Paid},
	invoice.Accepted:  {invoice.Refused, invoice.Credited, invoice.Paid},
	invoice.Refused:   {invoice.Accepted, invoice.Credited, invoice.Paid},
	invoice.Credited:  {},
	invoice.Paid:      {invoice.Credited},
}

func TestStates(t *testing.T) {
	for from, nexts := range states {
		for to := range states {
			if got, want := from.CanBecome(to), slices.Contains(nexts, to); got != want {
				t.Errorf("%s can become %s: %t, want %t", from, to, got, want)
			}
		}
		if issued := from != invoice.Draft && from != invoice.Discarded; from.IsIssued() != issued {
			t.Errorf("%s is issued: %t", from, !issued)
		}
		if (invoice.Invoice{State: from}).IsDraft() != (from == invoice.Draft) {
			t.Errorf("%s is a draft: %t", from, from != invoice.Draft)
		}
	}
}

// Mark follows the table, from each state to each that others tell of.
func TestMarkTable(t *testing.T) {
	told := []invoice.State{invoice.Submitted, invoice.Delivered, invoice.Accepted, invoice.Refused, invoice.Paid}
	for from, nexts := range states {
		for to := range states {
			p := newPaper()
			v := p.view()
			v.Invoice = &invoice.Invoice{ID: timebok.NewInvoiceID(timebok.Source{}), Version: 4, State: from, Client: p.Ola.ID}
			c, err := p.biller.DecideMark(v, invoice.Mark{Version: 4, State: to}, p.Actor())
			switch {
			case !slices.Contains(told, to):
				wantReasons[*timebok.InvalidError](t, err, "State: field.invalid")
			case !slices.Contains(nexts, to):
				wantReasons[*timebok.Refusal](t, err, "State: invoice.state")
			case err != nil || c.Invoices[0].State != to || c.Invoices[0].Version != 5 || len(c.Records) != 2:
				t.Errorf("%s to %s: %+v, %v", from, to, c, err)
			}
		}
	}
}

func TestMark(t *testing.T) {
	everywhere(t, func(d *desk) {
		x := d.issued(0)
		var err error
		mark := func(m invoice.Mark) {
			t.Helper()
			m.Invoice, m.Version = x.ID, x.Version
			x, err = in(d, func(ctx context.Context, tx storage.Tx) (invoice.Invoice, error) {
				return d.biller.Mark(ctx, tx, d.Actor(), m)
			})
			if err != nil {
				t.Fatal(err)
			}
		}
		mark(invoice.Mark{State: invoice.Submitted, Transport: "ap-1"})
		mark(invoice.Mark{State: invoice.Refused, Reasons: []string{"REF", "PRI"}})
		if got := d.invoice(x.ID); got.State != invoice.Refused || got.Transport != "ap-1" || !slices.Equal(got.Reasons, []string{"REF", "PRI"}) {
			t.Errorf("rejected: %+v", got)
		}
		entries := d.audited()
		if last := entries[len(entries)-1]; last.Action != "invoice.rejected" || !slices.Equal(last.Codes, []string{"REF", "PRI"}) || last.On != x.Ref() {
			t.Errorf("audit %+v", last)
		}
		mark(invoice.Mark{State: invoice.Paid})
		if len(x.Reasons) != 0 || x.Transport != "ap-1" {
			t.Errorf("paid after all: %+v", x)
		}
		// A rejected invoice is credited, and billed anew.
		if _, err := d.credit(x, invoice.CreditRequest{}); err != nil {
			t.Errorf("credit of a paid invoice: %v", err)
		}
	})
}

// A credit note has states of its own.
func TestMarkCreditNote(t *testing.T) {
	everywhere(t, func(d *desk) {
		r, err := d.credit(d.issued(0), invoice.CreditRequest{})
		if err != nil {
			t.Fatal(err)
		}
		note, err := d.mark(r.note, invoice.Submitted)
		if err != nil || note.State != invoice.Submitted {
			t.Errorf("%v, %v", note.State, err)
		}
	})
}
