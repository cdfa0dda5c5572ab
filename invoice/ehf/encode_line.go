package ehf

import "strconv"

// The lines of an invoice are much alike: what one has in common with the line before
// it is copied, which is quicker than to write it anew. The repeats say where it stands.
type repeats struct {
	ore     int64
	written part // of the amount ore, the last one

	home part // the address of the seller

	amount, item, price part
	properties          [4]struct{ name, value part } // of the first ones
}

// A part is a part of the document that may come again.
type part struct{ from, to int }

func (p part) again(b []byte) []byte { return append(b, b[p.from:p.to]...) }

// noLine comes before the first line, which has nothing in common with it: it has no name.
var noLine Line

// line writes one line. Append has seen that its numbers are good.
func (w *writer) line(b []byte, d *Document, i int, credit bool) []byte {
	l, f := &d.Lines[i], w.figuresOf(i)
	before, sameAmount := &noLine, false
	if i > 0 {
		before = &d.Lines[i-1]
		sameAmount = l.Unit == before.Unit && *f == *w.figuresOf(i - 1)
	}
	if credit {
		b = append(b, "<cac:CreditNoteLine><cbc:ID>"...)
	} else {
		b = append(b, "<cac:InvoiceLine><cbc:ID>"...)
	}
	b = append(w.text(b, l.ID), "</cbc:ID>"...)
	b = w.leaf(b, "<cbc:Note>", l.Note, "</cbc:Note>")
	if sameAmount {
		b = w.amount.again(b)
	} else {
		b = w.lineAmount(b, l, f, credit)
	}
	b = w.leaf(b, "<cbc:AccountingCost>", l.Cost, "</cbc:AccountingCost>")
	b = w.period(b, l.Period)
	b = w.leaf(b, "<cac:OrderLineReference><cbc:LineID>", l.OrderLine, "</cbc:LineID></cac:OrderLineReference>")
	for k := range l.Adjustments {
		b = w.adjustment(b, &l.Adjustments[k])
	}
	b = append(b, "<cac:Item>"...)
	b = w.leaf(b, "<cbc:Description>", l.Description, "</cbc:Description>")
	if l.Name == before.Name && l.VAT == before.VAT && l.BuyersID == before.BuyersID && l.SellersID == before.SellersID && l.StandardID == before.StandardID {
		b = w.item.again(b)
	} else {
		b = w.lineItem(b, l)
	}
	for k := range l.Properties {
		if p := &l.Properties[k]; k < len(w.properties) {
			b = w.property(b, k, p, before)
		} else {
			b = append(w.text(append(b, propertyStart...), p.Name), propertyMiddle...)
			b = append(w.text(b, p.Value), propertyEnd...)
		}
	}
	if sameAmount && l.Per.Sign() == 0 && before.Per.Sign() == 0 {
		return w.price.again(b)
	}
	return w.linePrice(b, l, f, credit)
}

// lineAmount writes the quantity and the amount.
func (w *writer) lineAmount(b []byte, l *Line, f *figures, credit bool) []byte {
	from := len(b)
	if credit {
		b = append(append(b, "<cbc:CreditedQuantity unitCode=\""...), l.Unit...)
		b = f.quantity.append(append(b, "\">"...))
		b = w.kroner(b, "</cbc:CreditedQuantity><cbc:LineExtensionAmount"+inKroner, f.ore)
	} else {
		b = append(append(b, "<cbc:InvoicedQuantity unitCode=\""...), l.Unit...)
		b = f.quantity.append(append(b, "\">"...))
		b = w.kroner(b, "</cbc:InvoicedQuantity><cbc:LineExtensionAmount"+inKroner, f.ore)
	}
	b = append(b, "</cbc:LineExtensionAmount>"...)
	w.amount = part{from, len(b)}
	return b
}

// lineItem writes the item without its description and its properties.
func (w *writer) lineItem(b []byte, l *Line) []byte {
	from := len(b)
	b = w.leaf(b, "<cbc:Name>", l.Name, "</cbc:Name>")
	b = w.leaf(b, "<cac:BuyersItemIdentification><cbc:ID>", l.BuyersID, "</cbc:ID></cac:BuyersItemIdentification>")
	b = w.leaf(b, "<cac:SellersItemIdentification><cbc:ID>", l.SellersID, "</cbc:ID></cac:SellersItemIdentification>")
	b = w.scheme(b, "<cac:StandardItemIdentification><cbc:ID", l.StandardID, "</cbc:ID></cac:StandardItemIdentification>")
	b = appendVAT(append(b, "<cac:ClassifiedTaxCategory>"...), l.VAT)
	b = append(b, vatScheme+"</cac:ClassifiedTaxCategory>"...)
	w.item = part{from, len(b)}
	return b
}

const (
	propertyStart  = "<cac:AdditionalItemProperty><cbc:Name>"
	propertyMiddle = "</cbc:Name><cbc:Value>"
	propertyEnd    = "</cbc:Value></cac:AdditionalItemProperty>"
)

// property writes the property in place k. Its name is often that of the line before,
// and its value sometimes.
func (w *writer) property(b []byte, k int, p *Property, before *Line) []byte {
	at, from := &w.properties[k], len(b)
	if k < len(before.Properties) && p.Name == before.Properties[k].Name {
		b = at.name.again(b)
		if p.Value == before.Properties[k].Value {
			return at.value.again(b)
		}
	} else {
		b = append(w.text(append(b, propertyStart...), p.Name), propertyMiddle...)
	}
	at.name = part{from, len(b)}
	b = append(w.text(b, p.Value), propertyEnd...)
	at.value = part{at.name.to, len(b)}
	return b
}

// linePrice writes what comes after the properties.
func (w *writer) linePrice(b []byte, l *Line, f *figures, credit bool) []byte {
	from := len(b)
	b = f.price.append(append(b, "</cac:Item><cac:Price><cbc:PriceAmount"+inKroner...))
	b = append(b, "</cbc:PriceAmount>"...)
	if l.Per.Sign() != 0 {
		per, _ := fix(l.Per)
		b = append(append(b, "<cbc:BaseQuantity unitCode=\""...), l.Unit...)
		b = per.append(append(b, "\">"...))
		b = append(b, "</cbc:BaseQuantity>"...)
	}
	if credit {
		b = append(b, "</cac:Price></cac:CreditNoteLine>\n"...)
	} else {
		b = append(b, "</cac:Price></cac:InvoiceLine>\n"...)
	}
	w.price = part{from, len(b)}
	return b
}

func (w *writer) adjustment(b []byte, a *Adjustment) []byte {
	b = append(b, "<cac:AllowanceCharge><cbc:ChargeIndicator>"...)
	b = strconv.AppendBool(b, a.Charge)
	b = append(b, "</cbc:ChargeIndicator>"...)
	b = w.leaf(b, "<cbc:AllowanceChargeReasonCode>", a.Code, "</cbc:AllowanceChargeReasonCode>")
	b = w.leaf(b, "<cbc:AllowanceChargeReason>", a.Reason, "</cbc:AllowanceChargeReason>")
	if a.Percent.Sign() != 0 {
		percent, _ := fix(a.Percent)
		b = percent.append(append(b, "<cbc:MultiplierFactorNumeric>"...))
		b = append(b, "</cbc:MultiplierFactorNumeric>"...)
	}
	b = w.kroner(b, "<cbc:Amount"+inKroner, a.Amount.Ore())
	b = append(b, "</cbc:Amount>"...)
	if !a.Base.IsZero() {
		b = w.kroner(b, "<cbc:BaseAmount"+inKroner, a.Base.Ore())
		b = append(b, "</cbc:BaseAmount>"...)
	}
	if a.VAT != nil {
		b = appendVAT(append(b, "<cac:TaxCategory>"...), *a.VAT)
		b = append(b, vatScheme+"</cac:TaxCategory>"...)
	}
	return append(b, "</cac:AllowanceCharge>"...)
}
