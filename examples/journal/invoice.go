package main

import (
	"context"
	"errors"
	"strconv"

	"github.com/timebok/timebok"
	"github.com/timebok/timebok/booking"
	"github.com/timebok/timebok/invoice"
	"github.com/timebok/timebok/invoice/ehf"
	"github.com/timebok/timebok/storage"
)

// An invoicePage is an issued invoice or credit note: as people read it, and the
// EHF as it was sent, held to the official rules once more.
type invoicePage struct {
	invoice.Invoice
	Client  timebok.Client
	To      string
	Changed []invoice.Invoice // the credit notes that take some of it back
	File    *invoice.Document // nil: not sent as EHF
	EHF     ehf.Document      // read from the file
	Report  ehf.Report
}

// invoiceID is the invoice that the address names.
func (v *visit) invoiceID() (id invoice.ID, err error) {
	return id, id.UnmarshalText([]byte(v.r.PathValue("id")))
}

func (v *visit) loadInvoice() (*invoicePage, error) {
	id, err := v.invoiceID()
	if err != nil {
		return nil, err
	}
	p := &invoicePage{}
	err = v.view(v.r.Context(), func(ctx context.Context, tx storage.Tx) (err error) {
		if p.Invoice, err = tx.Invoice(ctx, id); err != nil {
			return err
		}
		if err := v.mustSee(ctx, tx, p.Invoice.Client); err != nil {
			return err
		}
		if !p.State.IsIssued() {
			return &timebok.NotFoundError{Ref: p.Ref()}
		}
		if p.Client, err = tx.Client(ctx, p.Invoice.Client); err != nil {
			return err
		}
		if p.To, err = v.payerName(ctx, tx, p.Billing.To); err != nil {
			return err
		}
		seen := map[invoice.ID]bool{}
		for _, t := range p.Taken {
			if !seen[t.By] {
				note, err := tx.Invoice(ctx, t.By)
				if err != nil {
					return err
				}
				p.Changed, seen[t.By] = append(p.Changed, note), true
			}
		}
		file, err := tx.Document(ctx, p.ID)
		if errors.Is(err, timebok.ErrNotFound) {
			return nil
		}
		p.File = &file
		return err
	})
	return p, err
}

func (v *visit) showInvoice() error {
	p, err := v.loadInvoice()
	if err != nil {
		return err
	}
	if p.File != nil {
		if p.EHF, _, err = ehf.Decode(p.File.Body, nil); err != nil {
			return err
		}
		if p.Report, err = ehf.Validate(p.File.Body, nil); err != nil {
			return err
		}
	}
	return v.show("invoice", "Faktura", p)
}

// XML is the file as text.
func (p *invoicePage) XML() string { return string(p.File.Body) }

// CanCredit reports whether something of it is left to take back.
func (p *invoicePage) CanCredit() bool {
	return p.Kind == invoice.Bill && p.State.CanBecome(invoice.Credited) && len(p.Taken) < len(p.Lines)
}

// downloadInvoice sends the file byte for byte.
func (v *visit) downloadInvoice() error {
	p, err := v.loadInvoice()
	if err != nil {
		return err
	}
	if p.File == nil {
		return &timebok.NotFoundError{Ref: p.Ref()}
	}
	v.w.Header().Set("Content-Type", p.File.Type)
	v.w.Header().Set("Content-Disposition", `attachment; filename="`+string(p.Kind)+"-"+strconv.FormatInt(p.Number, 10)+`.xml"`)
	_, _ = v.w.Write(p.File.Body) // who asked may be gone
	return nil
}

// credit takes an invoice back: the sessions that are ticked, or all that are left.
func (v *visit) credit() error {
	p, err := v.loadInvoice()
	if err != nil {
		return err
	}
	if err := v.r.ParseForm(); err != nil {
		return timebok.Reasons{timebok.BadValue.At("")}.Invalid()
	}
	r := invoice.CreditRequest{Invoice: p.ID, NoDraft: v.r.PostForm.Get("utkast") == ""}
	r.Version, _ = strconv.ParseInt(v.r.PostForm.Get("versjon"), 10, 64)
	for _, text := range v.r.PostForm["time"] {
		id, err := timebok.ParseID[booking.Booking](text)
		if err != nil {
			return err
		}
		r.Bookings = append(r.Bookings, id)
	}
	if len(r.Bookings) == 0 && v.r.PostForm.Get("gjor") != "alt" {
		v.say("Velg minst én time å kreditere.")
		return v.redirect("/fakturaer/" + p.ID.String())
	}
	if v.r.PostForm.Get("gjor") == "alt" {
		r.Bookings = nil
	}
	var note invoice.Invoice
	err = v.update(v.r.Context(), func(ctx context.Context, tx storage.Tx) (err error) {
		note, _, err = v.biller.Credit(ctx, tx, v.actor(), r)
		return err
	})
	if err != nil {
		return err
	}
	if err := v.deliver(v.r.Context()); err != nil {
		return err
	}
	v.say("Kreditnota %d er utstedt.", note.Number)
	return v.redirect("/fakturaer/" + note.ID.String())
}
