package ehf

import "strconv"

// line writes one line. Append has seen that its numbers are good.
func (w *writer) line(b []byte, l *Line, f *figures, credit bool) []byte {
	if credit {
		b = append(b, "<cac:CreditNoteLine><cbc:ID>"...)
	} else {
		b = append(b, "<cac:InvoiceLine><cbc:ID>"...)
	}
	b = w.text(b, l.ID)
	b = append(b, "</cbc:ID>"...)
	b = w.leaf(b, "<cbc:Note>", l.Note, "</cbc:Note>")
	if credit {
		b = append(append(b, "<cbc:CreditedQuantity unitCode=\""...), l.Unit...)
		b = f.quantity.append(append(b, "\">"...))
		b = append(b, "</cbc:CreditedQuantity><cbc:LineExtensionAmount"+inKroner...)
	} else {
		b = append(append(b, "<cbc:InvoicedQuantity unitCode=\""...), l.Unit...)
		b = f.quantity.append(append(b, "\">"...))
		b = append(b, "</cbc:InvoicedQuantity><cbc:LineExtensionAmount"+inKroner...)
	}
	b = append(appendOre(b, f.ore), "</cbc:LineExtensionAmount>"...)
	b = w.leaf(b, "<cbc:AccountingCost>", l.Cost, "</cbc:AccountingCost>")
	b = w.period(b, l.Period)
	b = w.leaf(b, "<cac:OrderLineReference><cbc:LineID>", l.OrderLine, "</cbc:LineID></cac:OrderLineReference>")
	for i := range l.Adjustments {
		b = w.adjustment(b, &l.Adjustments[i])
	}
	b = w.item(b, l)
	b = f.price.append(append(b, "</cac:Item><cac:Price><cbc:PriceAmount"+inKroner...))
	b = append(b, "</cbc:PriceAmount>"...)
	if l.Per.Sign() != 0 {
		b = append(append(b, "<cbc:BaseQuantity unitCode=\""...), l.Unit...)
		b = f.per.append(append(b, "\">"...))
		b = append(b, "</cbc:BaseQuantity>"...)
	}
	if credit {
		return append(b, "</cac:Price></cac:CreditNoteLine>\n"...)
	}
	return append(b, "</cac:Price></cac:InvoiceLine>\n"...)
}

// item writes the item up to its end tag.
func (w *writer) item(b []byte, l *Line) []byte {
	b = append(b, "<cac:Item>"...)
	b = w.leaf(b, "<cbc:Description>", l.Description, "</cbc:Description>")
	b = w.leaf(b, "<cbc:Name>", l.Name, "</cbc:Name>")
	b = w.leaf(b, "<cac:BuyersItemIdentification><cbc:ID>", l.BuyersID, "</cbc:ID></cac:BuyersItemIdentification>")
	b = w.leaf(b, "<cac:SellersItemIdentification><cbc:ID>", l.SellersID, "</cbc:ID></cac:SellersItemIdentification>")
	b = w.scheme(b, "<cac:StandardItemIdentification><cbc:ID", l.StandardID, "</cbc:ID></cac:StandardItemIdentification>")
	b = appendVAT(append(b, "<cac:ClassifiedTaxCategory>"...), l.VAT)
	b = append(b, vatScheme+"</cac:ClassifiedTaxCategory>"...)
	for i := range l.Properties {
		p := &l.Properties[i]
		b = w.text(append(b, "<cac:AdditionalItemProperty><cbc:Name>"...), p.Name)
		b = w.text(append(b, "</cbc:Name><cbc:Value>"...), p.Value)
		b = append(b, "</cbc:Value></cac:AdditionalItemProperty>"...)
	}
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
	b = appendOre(append(b, "<cbc:Amount"+inKroner...), a.Amount.Ore())
	b = append(b, "</cbc:Amount>"...)
	if !a.Base.IsZero() {
		b = appendOre(append(b, "<cbc:BaseAmount"+inKroner...), a.Base.Ore())
		b = append(b, "</cbc:BaseAmount>"...)
	}
	if a.VAT != nil {
		b = appendVAT(append(b, "<cac:TaxCategory>"...), *a.VAT)
		b = append(b, vatScheme+"</cac:TaxCategory>"...)
	}
	return append(b, "</cac:AllowanceCharge>"...)
}
