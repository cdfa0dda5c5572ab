package ehf

import (
	"slices"

	exact "github.com/shopspring/decimal"
	"github.com/timebok/timebok"
)

func (r *reader) party(n node) Party {
	p := Party{
		Endpoint: r.identifier(n, "cbc:EndpointID"), TradingName: r.text(n, "cac:PartyName/cbc:Name"),
		Address: r.address(r.at(n, "cac:PostalAddress")),
	}
	for k := range r.all(n, "cac:PartyIdentification") {
		if id := r.identifier(k, "cbc:ID"); !id.IsZero() {
			p.IDs = append(p.IDs, id)
		}
	}
	for k := range r.all(n, "cac:PartyTaxScheme") {
		switch scheme := string(normal([]byte(r.peek(r.child(k, cacTaxScheme), "cbc:ID")))); {
		case scheme == "VAT" && p.VATNumber == "" && r.has(k, "cbc:CompanyID"):
			p.VATNumber = r.text(k, "cbc:CompanyID")
		case scheme == "TAX" && p.TaxNumber == "" && r.has(k, "cbc:CompanyID"):
			p.TaxNumber = r.text(k, "cbc:CompanyID")
		default:
			r.unmark(k)
		}
		r.at(k, "cac:TaxScheme/cbc:ID")
	}
	if k := r.at(n, "cac:PartyLegalEntity"); k != none {
		p.Name, p.Org, p.LegalForm = r.text(k, "cbc:RegistrationName"), r.identifier(k, "cbc:CompanyID"), r.text(k, "cbc:CompanyLegalForm")
	}
	if k := r.at(n, "cac:Contact"); k != none {
		p.Contact = Contact{r.text(k, "cbc:Name"), r.text(k, "cbc:Telephone"), r.text(k, "cbc:ElectronicMail")}
	}
	return p
}

func (r *reader) address(n node) Address {
	return Address{
		Street: r.text(n, "cbc:StreetName"), Additional: r.text(n, "cbc:AdditionalStreetName"), Line: r.text(n, "cac:AddressLine/cbc:Line"),
		City: r.text(n, "cbc:CityName"), PostalCode: r.text(n, "cbc:PostalZone"), Subdivision: r.text(n, "cbc:CountrySubentity"),
		Country: r.code(n, "cac:Country/cbc:IdentificationCode"),
	}
}

func (r *reader) payee(n node) *Payee {
	if n == none {
		return nil
	}
	return &Payee{
		ID: r.identifier(n, "cac:PartyIdentification/cbc:ID"), Name: r.text(n, "cac:PartyName/cbc:Name"),
		Org: r.identifier(n, "cac:PartyLegalEntity/cbc:CompanyID"),
	}
}

func (r *reader) delivery(n node) *Delivery {
	if n == none {
		return nil
	}
	x := &Delivery{
		Date: r.date(n, "cbc:ActualDeliveryDate"), Location: r.identifier(n, "cac:DeliveryLocation/cbc:ID"),
		Name: r.text(n, "cac:DeliveryParty/cac:PartyName/cbc:Name"),
	}
	if k := r.at(n, "cac:DeliveryLocation/cac:Address"); k != none {
		x.Address = new(r.address(k))
	}
	return x
}

func (r *reader) line(n node) Line {
	item := r.at(n, "cac:Item")
	l := Line{
		ID: r.text(n, "cbc:ID"), Note: r.text(n, "cbc:Note"), Period: r.period(n), Cost: r.text(n, "cbc:AccountingCost"),
		OrderLine: r.text(n, "cac:OrderLineReference/cbc:LineID"), Price: r.price(n),
		Name: r.text(item, "cbc:Name"), Description: r.text(item, "cbc:Description"),
		SellersID: r.text(item, "cac:SellersItemIdentification/cbc:ID"), BuyersID: r.text(item, "cac:BuyersItemIdentification/cbc:ID"),
		StandardID: r.identifier(item, "cac:StandardItemIdentification/cbc:ID"), VAT: r.vat(r.at(item, "cac:ClassifiedTaxCategory")),
	}
	quantity := "cbc:InvoicedQuantity"
	if r.credit {
		quantity = "cbc:CreditedQuantity"
	}
	l.Quantity = r.number(n, quantity)
	l.Unit = r.attr(r.at(n, quantity), atUnitCode)
	if k := r.at(n, "cac:Price/cbc:BaseQuantity"); k != none {
		if l.Per = r.numberOf(k); l.Per.IsZero() {
			r.unmark(k) // 0 of the model is 1
		}
		if unit, _ := r.attribute(k, atUnitCode); string(unit) == l.Unit {
			r.attr(k, atUnitCode)
		}
	}
	for k := range r.all(item, "cac:AdditionalItemProperty") {
		l.Properties = append(l.Properties, Property{r.text(k, "cbc:Name"), r.text(k, "cbc:Value")})
	}
	for k := range r.all(n, "cac:AllowanceCharge") {
		l.Adjustments = append(l.Adjustments, r.adjustment(k))
	}
	return l
}

// price reads a price, which may have more decimals than an amount.
func (r *reader) price(n node) exact.Decimal {
	k := r.at(n, "cac:Price/cbc:PriceAmount")
	if k == none {
		return exact.Decimal{}
	}
	if value, ok := r.attribute(k, atCurrencyID); ok && string(value) == r.currency {
		r.attr(k, atCurrencyID)
	}
	return r.numberOf(k)
}

func (r *reader) adjustment(n node) Adjustment {
	a := Adjustment{
		Code: r.code(n, "cbc:AllowanceChargeReasonCode"), Reason: r.text(n, "cbc:AllowanceChargeReason"),
		Amount: r.money(n, "cbc:Amount"), Base: r.money(n, "cbc:BaseAmount"), Percent: r.number(n, "cbc:MultiplierFactorNumeric"),
	}
	if k := r.at(n, "cbc:MultiplierFactorNumeric"); k != none && a.Percent.IsZero() {
		r.unmark(k) // 0 of the model is none
	}
	if k := r.at(n, "cbc:BaseAmount"); k != none && a.Base.IsZero() {
		r.unmark(k)
	}
	if k := r.at(n, "cbc:ChargeIndicator"); k != none {
		switch string(trimmed(r.value(k))) {
		case "true", "1":
			a.Charge = true
		case "false", "0":
		default:
			r.unreadable(k)
		}
	}
	if k := r.at(n, "cac:TaxCategory"); k != none {
		a.VAT = new(r.vat(k))
	}
	return a
}

func (r *reader) vat(n node) VAT {
	v, ok := r.peekVAT(n)
	r.text(n, "cbc:ID")
	if k := r.at(n, "cbc:Percent"); k != none && !ok {
		r.unreadable(k)
	}
	r.scheme(n)
	return v
}

// peekVAT is vat that marks nothing, and reports whether the rate can be read.
func (r *reader) peekVAT(n node) (v VAT, ok bool) {
	v.Category = timebok.VATCategory(normal([]byte(r.peek(n, "cbc:ID"))))
	k := r.child(n, cbcPercent)
	if k == none || r.empty(k) {
		return v, true
	}
	points, ok := parseOre(trimmed(r.value(k))) // hundredths of a per cent
	if !ok || points < 0 || points > 1_000_000 {
		return v, false
	}
	v.Rate = timebok.BasisPoints(points)
	return v, true
}

// sums compares the sums of the document with those of the model.
func (r *reader) sums(d *Document) {
	var wrong timebok.Reasons
	t := d.addUp(nil, nil, &wrong)
	tax := r.at(root, "cac:TaxTotal")
	r.sum(tax, "cbc:TaxAmount", t.VAT)
	for k := range r.all(tax, "cac:TaxSubtotal") {
		category := r.at(k, "cac:TaxCategory")
		v, _ := r.peekVAT(category)
		i := slices.IndexFunc(t.ByVAT, func(s Subtotal) bool { return s.VAT == v })
		if i < 0 { // nothing in the document has such a tax, or there was one of it before
			r.leave(k, Differs)
			continue
		}
		r.vat(category)
		r.exemption(d, category)
		r.sum(k, "cbc:TaxableAmount", t.ByVAT[i].Net)
		r.sum(k, "cbc:TaxAmount", t.ByVAT[i].Tax)
		t.ByVAT = slices.Delete(t.ByVAT, i, i+1)
	}
	total := r.at(root, "cac:LegalMonetaryTotal")
	r.sum(total, "cbc:LineExtensionAmount", t.Lines)
	r.sum(total, "cbc:TaxExclusiveAmount", t.Net)
	r.sum(total, "cbc:TaxInclusiveAmount", t.Gross)
	r.sum(total, "cbc:AllowanceTotalAmount", t.Allowances)
	r.sum(total, "cbc:ChargeTotalAmount", t.Charges)
	r.sum(total, "cbc:PayableAmount", t.Payable)
	i := 0
	for k := range r.lines() {
		amount, _ := d.Lines[i].Amount()
		r.sum(k, "cbc:LineExtensionAmount", amount)
		i++
	}
}

func (r *reader) sum(n node, path string, want timebok.Money) {
	k := r.at(n, path)
	if k == none {
		return
	}
	switch ore, ok := r.oreAt(k); {
	case !ok:
		r.unreadable(k)
	case ore != want.Ore():
		r.leave(k, Differs)
	}
}
