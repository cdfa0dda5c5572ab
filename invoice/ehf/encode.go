package ehf

import (
	"io"
	"sync"

	"github.com/timebok/timebok"
)

// Encode writes the document as UBL 2.1. Equal documents give equal bytes.
//
// It refuses, with an *timebok.InvalidError that lists everything, what the
// format can't carry, what an official rule would refuse, and what the law or
// the EHF guide demands of any document beyond the rules. Nothing is written then. Any
// other error is the writer's. What the law demands of a clinic's invoice, such as time
// and place of each session and no word of who the client is, From and the pre-flight
// see to.
func Encode(w io.Writer, d Document) error {
	scratch := borrow()
	defer scratch.giveBack()
	err := scratch.write(&d)
	if err == nil {
		_, err = w.Write(scratch.b)
	}
	return err
}

// Append appends what Encode writes to dst, and returns dst as it was if it
// refuses. With room in dst it allocates nothing, for an empty dst once.
func Append(dst []byte, d Document) ([]byte, error) {
	if cap(dst) > 0 {
		return d.append(dst)
	}
	scratch := borrow()
	defer scratch.giveBack()
	if err := scratch.write(&d); err != nil {
		return dst, err
	}
	return append(dst, scratch.b...), nil // just as long as it must be, and not cleared first
}

// A scratch is a buffer that is used again.
type scratch struct{ b []byte }

var scratches = sync.Pool{New: func() any { return new(scratch) }}

// maxScratch is how large a buffer may be to be used again: attachments are large.
const maxScratch = 1 << 18

func borrow() *scratch { return scratches.Get().(*scratch) }

func (s *scratch) giveBack() {
	if cap(s.b) <= maxScratch {
		scratches.Put(s)
	}
}

// write puts the document into the scratch, in the place of what was there.
func (s *scratch) write(d *Document) (err error) {
	s.b, err = d.append(s.b[:0])
	return err
}

// append is Append.
func (d *Document) append(dst []byte) ([]byte, error) {
	var room [8]Subtotal
	var wrong timebok.Reasons
	var w writer
	t := d.addUp(room[:0], w.figures[:], &wrong)
	d.check(&t, &wrong)
	if len(wrong) > 0 {
		d.checkTexts(&wrong)
		return dst, wrong.Invalid()
	}
	b := w.document(dst, d, &t)
	if w.odd {
		if d.checkTexts(&wrong); len(wrong) > 0 {
			return dst, wrong.Invalid()
		}
	}
	return b, nil
}

const (
	invoiceStart = `<?xml version="1.0" encoding="UTF-8"?>
<Invoice xmlns="urn:oasis:names:specification:ubl:schema:xsd:Invoice-2"` + headStart
	creditStart = `<?xml version="1.0" encoding="UTF-8"?>
<CreditNote xmlns="urn:oasis:names:specification:ubl:schema:xsd:CreditNote-2"` + headStart
	headStart = ` xmlns:cac="urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2"` +
		` xmlns:cbc="urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2">
<cbc:CustomizationID>` + customization + `</cbc:CustomizationID>
<cbc:ProfileID>` + profileID + `</cbc:ProfileID>
<cbc:ID>`
	customization = "urn:cen.eu:en16931:2017#compliant#urn:fdc:peppol.eu:2017:poacc:billing:3.0"
	profileID     = "urn:fdc:peppol.eu:2017:poacc:billing:01:1.0"
)

// document writes the root element. Each of its children stands on a line of
// its own, so that a person can read it and a diff says something.
func (w *writer) document(b []byte, d *Document, t *Totals) []byte {
	credit := d.Type.IsCreditNote()
	if credit {
		b = append(b, creditStart...)
	} else {
		b = append(b, invoiceStart...)
	}
	b = w.head(b, d, credit)
	b = w.references(b, d, credit)
	b = w.party(b, "<cac:AccountingSupplierParty><cac:Party><cbc:EndpointID", &d.Seller, "</cac:Party></cac:AccountingSupplierParty>\n")
	b = w.party(b, "<cac:AccountingCustomerParty><cac:Party><cbc:EndpointID", &d.Buyer, "</cac:Party></cac:AccountingCustomerParty>\n")
	if d.Payee != nil {
		b = w.payee(b, d.Payee)
	}
	if d.Delivery != nil {
		b = w.delivery(b, d.Delivery, &d.Seller.Address)
	}
	b = w.payment(b, d, credit)
	b = w.leaf(b, "<cac:PaymentTerms><cbc:Note>", d.Terms, "</cbc:Note></cac:PaymentTerms>\n")
	for i := range d.Adjustments {
		b = w.adjustment(b, &d.Adjustments[i])
		b = append(b, '\n')
	}
	b = w.totals(b, d, t)
	for i := range d.Lines {
		if i >= len(w.figures) {
			*w.figuresOf(i), _ = d.Lines[i].figures()
		}
		b = w.line(b, d, i, credit)
	}
	if credit {
		return append(b, "</CreditNote>\n"...)
	}
	return append(b, "</Invoice>\n"...)
}

// figuresOf is where the figures of a line are kept, until so many others have come.
func (w *writer) figuresOf(i int) *figures { return &w.figures[uint(i)%uint(len(w.figures))] }

// head writes what stands before the references. The order differs: a credit
// note has no due date here, and its tax point comes before its type.
func (w *writer) head(b []byte, d *Document, credit bool) []byte {
	b = w.text(b, d.Number)
	b = append(b, "</cbc:ID>\n<cbc:IssueDate>"...)
	b = w.day(b, *d.IssueDate)
	b = append(b, "</cbc:IssueDate>"...)
	if credit {
		b = w.date(b, "<cbc:TaxPointDate>", d.TaxPoint, "</cbc:TaxPointDate>")
		b = w.code(b, "<cbc:CreditNoteTypeCode>", string(d.Type), "</cbc:CreditNoteTypeCode>")
		b = w.leaf(b, "<cbc:Note>", d.Note, "</cbc:Note>")
	} else {
		b = w.date(b, "<cbc:DueDate>", d.DueDate, "</cbc:DueDate>")
		b = w.code(b, "<cbc:InvoiceTypeCode>", string(d.Type), "</cbc:InvoiceTypeCode>")
		b = w.leaf(b, "<cbc:Note>", d.Note, "</cbc:Note>")
		b = w.date(b, "<cbc:TaxPointDate>", d.TaxPoint, "</cbc:TaxPointDate>")
	}
	b = append(b, "<cbc:DocumentCurrencyCode>"+kroner+"</cbc:DocumentCurrencyCode>"...)
	b = w.leaf(b, "<cbc:AccountingCost>", d.AccountingCost, "</cbc:AccountingCost>")
	b = w.leaf(b, "<cbc:BuyerReference>", d.BuyerReference, "</cbc:BuyerReference>")
	b = w.period(b, d.Period)
	return append(b, '\n')
}
