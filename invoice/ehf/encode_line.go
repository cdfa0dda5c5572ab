package ehf

// line writes one line. Append has seen that its numbers are good.
func (w *writer) line(l *Line, credit bool) {
	quantity, _ := fix(l.Quantity)
	price, _ := fix(l.Price)
	per, _ := l.per()
	ore, _ := l.oreOf(quantity, price, per)
	if credit {
		w.raw("<cac:CreditNoteLine><cbc:ID>")
	} else {
		w.raw("<cac:InvoiceLine><cbc:ID>")
	}
	w.text(l.ID)
	w.raw("</cbc:ID>")
	w.leaf("cbc:Note>", l.Note)
	if credit {
		w.raw("<cbc:CreditedQuantity unitCode=\"")
	} else {
		w.raw("<cbc:InvoicedQuantity unitCode=\"")
	}
	w.raw(l.Unit)
	w.raw("\">")
	w.number(quantity)
	if credit {
		w.raw("</cbc:CreditedQuantity><cbc:LineExtensionAmount currencyID=\"" + kroner + "\">")
	} else {
		w.raw("</cbc:InvoicedQuantity><cbc:LineExtensionAmount currencyID=\"" + kroner + "\">")
	}
	w.ore(ore)
	w.raw("</cbc:LineExtensionAmount>")
	w.leaf("cbc:AccountingCost>", l.Cost)
	w.period(l.Period)
	if l.OrderLine != "" {
		w.raw("<cac:OrderLineReference>")
		w.leaf("cbc:LineID>", l.OrderLine)
		w.raw("</cac:OrderLineReference>")
	}
	for i := range l.Adjustments {
		w.adjustment(&l.Adjustments[i])
	}
	w.item(l)
	w.raw("</cac:Item><cac:Price><cbc:PriceAmount currencyID=\"" + kroner + "\">")
	w.number(price)
	w.raw("</cbc:PriceAmount>")
	if l.Per.Sign() != 0 {
		w.attribute("<cbc:BaseQuantity unitCode=\"", l.Unit)
		w.raw(">")
		w.number(per)
		w.raw("</cbc:BaseQuantity>")
	}
	if credit {
		w.raw("</cac:Price></cac:CreditNoteLine>\n")
	} else {
		w.raw("</cac:Price></cac:InvoiceLine>\n")
	}
}

// item writes the item up to its end tag.
func (w *writer) item(l *Line) {
	w.raw("<cac:Item>")
	w.leaf("cbc:Description>", l.Description)
	w.leaf("cbc:Name>", l.Name)
	if l.BuyersID != "" {
		w.raw("<cac:BuyersItemIdentification>")
		w.leaf("cbc:ID>", l.BuyersID)
		w.raw("</cac:BuyersItemIdentification>")
	}
	if l.SellersID != "" {
		w.raw("<cac:SellersItemIdentification>")
		w.leaf("cbc:ID>", l.SellersID)
		w.raw("</cac:SellersItemIdentification>")
	}
	if !l.StandardID.IsZero() {
		w.raw("<cac:StandardItemIdentification>")
		w.scheme("cbc:ID>", l.StandardID)
		w.raw("</cac:StandardItemIdentification>")
	}
	w.raw("<cac:ClassifiedTaxCategory>")
	w.vat(l.VAT)
	w.raw(vatScheme + "</cac:ClassifiedTaxCategory>")
	for i := range l.Properties {
		w.raw("<cac:AdditionalItemProperty><cbc:Name>")
		w.text(l.Properties[i].Name)
		w.raw("</cbc:Name><cbc:Value>")
		w.text(l.Properties[i].Value)
		w.raw("</cbc:Value></cac:AdditionalItemProperty>")
	}
}

func (w *writer) adjustment(a *Adjustment) {
	w.raw("<cac:AllowanceCharge>")
	if a.Charge {
		w.raw("<cbc:ChargeIndicator>true</cbc:ChargeIndicator>")
	} else {
		w.raw("<cbc:ChargeIndicator>false</cbc:ChargeIndicator>")
	}
	w.leaf("cbc:AllowanceChargeReasonCode>", a.Code)
	w.leaf("cbc:AllowanceChargeReason>", a.Reason)
	if a.Percent.Sign() != 0 {
		percent, _ := fix(a.Percent)
		w.raw("<cbc:MultiplierFactorNumeric>")
		w.number(percent)
		w.raw("</cbc:MultiplierFactorNumeric>")
	}
	w.money("cbc:Amount>", a.Amount.Ore())
	if !a.Base.IsZero() {
		w.money("cbc:BaseAmount>", a.Base.Ore())
	}
	if a.VAT != nil {
		w.raw("<cac:TaxCategory>")
		w.vat(*a.VAT)
		w.raw(vatScheme + "</cac:TaxCategory>")
	}
	w.raw("</cac:AllowanceCharge>")
}
