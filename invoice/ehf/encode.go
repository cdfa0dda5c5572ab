package ehf

import (
	"io"

	"github.com/timebok/timebok"
)

// Encode writes the document as UBL 2.1. Equal documents give equal bytes.
//
// It refuses, with an *timebok.InvalidError that lists everything, what the
// format can't carry, what an official rule would refuse, and what the law or
// the EHF guide demands beyond the rules. Nothing is written then. Any other
// error is the writer's.
func Encode(w io.Writer, d Document) error {
	b, err := Append(nil, d)
	if err != nil {
		return err
	}
	_, err = w.Write(b)
	return err
}

// Append appends what Encode writes to dst, and returns dst as it was if it
// refuses. With room in dst it allocates nothing, without it once.
func Append(dst []byte, d Document) ([]byte, error) {
	var room [8]Subtotal
	var wrong timebok.Reasons
	t := d.addUp(room[:0], &wrong)
	d.check(&t, &wrong)
	if len(wrong) > 0 {
		d.checkTexts(&wrong)
		return dst, wrong.Invalid()
	}
	if need := d.size(&t); cap(dst)-len(dst) < need {
		dst = append(make([]byte, 0, len(dst)+need), dst...)
	}
	w := writer{b: dst[:cap(dst)], n: len(dst)}
	w.document(&d, &t)
	if w.odd {
		if d.checkTexts(&wrong); len(wrong) > 0 {
			return dst, wrong.Invalid()
		}
	}
	return w.b[:w.n], nil
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
`
	customization = "urn:cen.eu:en16931:2017#compliant#urn:fdc:peppol.eu:2017:poacc:billing:3.0"
	profileID     = "urn:fdc:peppol.eu:2017:poacc:billing:01:1.0"
)

// document writes the root element. Each of its children stands on a line of
// its own, so that a person can read it and a diff says something.
func (w *writer) document(d *Document, t *Totals) {
	credit := d.Type.IsCreditNote()
	if credit {
		w.raw(creditStart)
	} else {
		w.raw(invoiceStart)
	}
	w.head(d, credit)
	w.references(d, credit)
	w.raw("<cac:AccountingSupplierParty>")
	w.party(&d.Seller)
	w.raw("</cac:AccountingSupplierParty>\n<cac:AccountingCustomerParty>")
	w.party(&d.Buyer)
	w.raw("</cac:AccountingCustomerParty>\n")
	if d.Payee != nil {
		w.payee(d.Payee)
	}
	if d.Delivery != nil {
		w.delivery(d.Delivery)
	}
	w.payment(d, credit)
	if d.Terms != "" {
		w.raw("<cac:PaymentTerms>")
		w.leaf("cbc:Note>", d.Terms)
		w.raw("</cac:PaymentTerms>\n")
	}
	for i := range d.Adjustments {
		w.adjustment(&d.Adjustments[i])
		w.raw("\n")
	}
	w.totals(d, t)
	for i := range d.Lines {
		w.line(&d.Lines[i], credit)
	}
	if credit {
		w.raw("</CreditNote>\n")
	} else {
		w.raw("</Invoice>\n")
	}
}

// head writes what stands before the references. The order differs: a credit
// note has no due date here, and its tax point comes before its type.
func (w *writer) head(d *Document, credit bool) {
	w.raw("<cbc:ID>")
	w.text(d.Number)
	w.raw("</cbc:ID>\n<cbc:IssueDate>")
	w.dayOf(*d.IssueDate)
	w.raw("</cbc:IssueDate>")
	if credit {
		w.date("cbc:TaxPointDate>", d.TaxPoint)
		w.leaf("cbc:CreditNoteTypeCode>", string(d.Type))
		w.leaf("cbc:Note>", d.Note)
	} else {
		w.date("cbc:DueDate>", d.DueDate)
		w.leaf("cbc:InvoiceTypeCode>", string(d.Type))
		w.leaf("cbc:Note>", d.Note)
		w.date("cbc:TaxPointDate>", d.TaxPoint)
	}
	w.raw("<cbc:DocumentCurrencyCode>" + kroner + "</cbc:DocumentCurrencyCode>")
	w.leaf("cbc:AccountingCost>", d.AccountingCost)
	w.leaf("cbc:BuyerReference>", d.BuyerReference)
	w.period(d.Period)
	w.raw("\n")
}
