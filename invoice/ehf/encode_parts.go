package ehf

import "github.com/timebok/timebok"

// references writes what points to other documents. In a credit note a project
// is an additional document of type 50.
func (w *writer) references(d *Document, credit bool) {
	if d.Order != "" {
		w.raw("<cac:OrderReference>")
		w.leaf("cbc:ID>", d.Order)
		w.leaf("cbc:SalesOrderID>", d.SalesOrder)
		w.raw("</cac:OrderReference>\n")
	}
	for i := range d.Preceding {
		w.raw("<cac:BillingReference><cac:InvoiceDocumentReference>")
		w.leaf("cbc:ID>", d.Preceding[i].Number)
		w.date("cbc:IssueDate>", d.Preceding[i].IssueDate)
		w.raw("</cac:InvoiceDocumentReference></cac:BillingReference>\n")
	}
	if d.Contract != "" {
		w.raw("<cac:ContractDocumentReference>")
		w.leaf("cbc:ID>", d.Contract)
		w.raw("</cac:ContractDocumentReference>\n")
	}
	if !d.Object.IsZero() {
		w.raw("<cac:AdditionalDocumentReference>")
		w.scheme("cbc:ID>", d.Object)
		w.raw("<cbc:DocumentTypeCode>130</cbc:DocumentTypeCode></cac:AdditionalDocumentReference>\n")
	}
	if credit && d.Project != "" {
		w.raw("<cac:AdditionalDocumentReference>")
		w.leaf("cbc:ID>", d.Project)
		w.raw("<cbc:DocumentTypeCode>50</cbc:DocumentTypeCode></cac:AdditionalDocumentReference>\n")
	}
	for i := range d.Attachments {
		w.attachment(&d.Attachments[i])
	}
	if !credit && d.Project != "" {
		w.raw("<cac:ProjectReference>")
		w.leaf("cbc:ID>", d.Project)
		w.raw("</cac:ProjectReference>\n")
	}
}

func (w *writer) attachment(x *Attachment) {
	w.raw("<cac:AdditionalDocumentReference>")
	w.leaf("cbc:ID>", x.ID)
	w.leaf("cbc:DocumentDescription>", x.Description)
	w.raw("<cac:Attachment>")
	if len(x.Content) > 0 {
		w.raw("<cbc:EmbeddedDocumentBinaryObject")
		w.attribute(" mimeCode=\"", x.MIME)
		w.attribute(" filename=\"", x.Filename)
		w.raw(">")
		w.base64(x.Content)
		w.raw("</cbc:EmbeddedDocumentBinaryObject>")
	}
	if x.URI != "" {
		w.raw("<cac:ExternalReference>")
		w.leaf("cbc:URI>", x.URI)
		w.raw("</cac:ExternalReference>")
	}
	w.raw("</cac:Attachment></cac:AdditionalDocumentReference>\n")
}

func (w *writer) period(p *Period) {
	if p == nil {
		return
	}
	if p.From != nil && p.To != nil {
		w.raw("<cac:InvoicePeriod><cbc:StartDate>")
		w.dayOf(*p.From)
		w.raw("</cbc:StartDate><cbc:EndDate>")
		w.dayOf(*p.To)
		w.raw("</cbc:EndDate></cac:InvoicePeriod>")
		return
	}
	w.raw("<cac:InvoicePeriod>")
	w.date("cbc:StartDate>", p.From)
	w.date("cbc:EndDate>", p.To)
	w.raw("</cac:InvoicePeriod>")
}

func (w *writer) party(p *Party) {
	w.raw("<cac:Party><cbc:EndpointID schemeID=\"")
	w.raw(p.Endpoint.Scheme)
	w.raw("\">")
	w.text(p.Endpoint.Value)
	w.raw("</cbc:EndpointID>")
	for i := range p.IDs {
		w.raw("<cac:PartyIdentification>")
		w.scheme("cbc:ID>", p.IDs[i])
		w.raw("</cac:PartyIdentification>")
	}
	if p.TradingName != "" {
		w.raw("<cac:PartyName>")
		w.leaf("cbc:Name>", p.TradingName)
		w.raw("</cac:PartyName>")
	}
	w.raw("<cac:PostalAddress>")
	w.address(&p.Address)
	w.raw("</cac:PostalAddress>")
	w.taxScheme(p.VATNumber, "VAT")
	w.taxScheme(p.TaxNumber, "TAX")
	w.raw("<cac:PartyLegalEntity><cbc:RegistrationName>")
	w.text(p.Name)
	w.raw("</cbc:RegistrationName>")
	w.scheme("cbc:CompanyID>", p.Org)
	w.leaf("cbc:CompanyLegalForm>", p.LegalForm)
	w.raw("</cac:PartyLegalEntity>")
	if !p.Contact.IsZero() {
		w.raw("<cac:Contact>")
		w.leaf("cbc:Name>", p.Contact.Name)
		w.leaf("cbc:Telephone>", p.Contact.Phone)
		w.leaf("cbc:ElectronicMail>", p.Contact.Email)
		w.raw("</cac:Contact>")
	}
	w.raw("</cac:Party>")
}

// taxScheme writes a registration. There is at most one of each scheme: two of
// TAX make the official rules end with an error.
func (w *writer) taxScheme(number, scheme string) {
	if number == "" {
		return
	}
	w.raw("<cac:PartyTaxScheme><cbc:CompanyID>")
	w.text(number)
	w.raw("</cbc:CompanyID><cac:TaxScheme><cbc:ID>")
	w.raw(scheme)
	w.raw("</cbc:ID></cac:TaxScheme></cac:PartyTaxScheme>")
}

func (w *writer) address(a *Address) {
	w.leaf("cbc:StreetName>", a.Street)
	w.leaf("cbc:AdditionalStreetName>", a.Additional)
	w.leaf("cbc:CityName>", a.City)
	w.leaf("cbc:PostalZone>", a.PostalCode)
	w.leaf("cbc:CountrySubentity>", a.Subdivision)
	if a.Line != "" {
		w.raw("<cac:AddressLine>")
		w.leaf("cbc:Line>", a.Line)
		w.raw("</cac:AddressLine>")
	}
	w.raw("<cac:Country><cbc:IdentificationCode>")
	w.text(a.Country)
	w.raw("</cbc:IdentificationCode></cac:Country>")
}

func (w *writer) payee(p *Payee) {
	w.raw("<cac:PayeeParty>")
	if !p.ID.IsZero() {
		w.raw("<cac:PartyIdentification>")
		w.scheme("cbc:ID>", p.ID)
		w.raw("</cac:PartyIdentification>")
	}
	w.raw("<cac:PartyName>")
	w.leaf("cbc:Name>", p.Name)
	w.raw("</cac:PartyName>")
	if !p.Org.IsZero() {
		w.raw("<cac:PartyLegalEntity>")
		w.scheme("cbc:CompanyID>", p.Org)
		w.raw("</cac:PartyLegalEntity>")
	}
	w.raw("</cac:PayeeParty>\n")
}

func (w *writer) delivery(x *Delivery) {
	w.raw("<cac:Delivery>")
	w.date("cbc:ActualDeliveryDate>", x.Date)
	if !x.Location.IsZero() || x.Address != nil {
		w.raw("<cac:DeliveryLocation>")
		w.scheme("cbc:ID>", x.Location)
		if x.Address != nil {
			w.raw("<cac:Address>")
			w.address(x.Address)
			w.raw("</cac:Address>")
		}
		w.raw("</cac:DeliveryLocation>")
	}
	if x.Name != "" {
		w.raw("<cac:DeliveryParty><cac:PartyName>")
		w.leaf("cbc:Name>", x.Name)
		w.raw("</cac:PartyName></cac:DeliveryParty>")
	}
	w.raw("</cac:Delivery>\n")
}

// payment writes a PaymentMeans for each account, all with one code and one
// payment ID (rules UBL-SR-44, UBL-SR-47). Its name and the due date stand only
// once (rules UBL-SR-45, UBL-SR-46).
func (w *writer) payment(d *Document, credit bool) {
	p := d.Payment
	if p == nil {
		return
	}
	for i := 0; i < max(1, len(p.Accounts)); i++ {
		w.raw("<cac:PaymentMeans>")
		if p.Name == "" || i > 0 {
			w.leaf("cbc:PaymentMeansCode>", p.Code)
		} else {
			w.raw("<cbc:PaymentMeansCode")
			w.attribute(" name=\"", p.Name)
			w.raw(">")
			w.text(p.Code)
			w.raw("</cbc:PaymentMeansCode>")
		}
		if credit && i == 0 {
			w.date("cbc:PaymentDueDate>", d.DueDate)
		}
		w.leaf("cbc:PaymentID>", p.ID)
		if i < len(p.Accounts) {
			w.account(&p.Accounts[i])
		}
		w.raw("</cac:PaymentMeans>\n")
	}
}

func (w *writer) account(a *Account) {
	w.raw("<cac:PayeeFinancialAccount>")
	w.leaf("cbc:ID>", a.ID)
	w.leaf("cbc:Name>", a.Name)
	if a.BIC != "" {
		w.raw("<cac:FinancialInstitutionBranch>")
		w.leaf("cbc:ID>", a.BIC)
		w.raw("</cac:FinancialInstitutionBranch>")
	}
	w.raw("</cac:PayeeFinancialAccount>")
}

func (w *writer) totals(d *Document, t *Totals) {
	const nok = " currencyID=\"" + kroner + "\">"
	w.raw("<cac:TaxTotal><cbc:TaxAmount" + nok)
	w.ore(t.VAT.Ore())
	w.raw("</cbc:TaxAmount>")
	for i := range t.ByVAT {
		s := &t.ByVAT[i]
		w.raw("<cac:TaxSubtotal><cbc:TaxableAmount" + nok)
		w.ore(s.Net.Ore())
		w.raw("</cbc:TaxableAmount><cbc:TaxAmount" + nok)
		w.ore(s.Tax.Ore())
		w.raw("</cbc:TaxAmount><cac:TaxCategory>")
		w.vat(s.VAT)
		if e := d.exemption(s.VAT.Category); e != nil {
			w.leaf("cbc:TaxExemptionReasonCode>", e.Code)
			w.leaf("cbc:TaxExemptionReason>", e.Reason)
		}
		w.raw(vatScheme + "</cac:TaxCategory></cac:TaxSubtotal>")
	}
	w.raw("</cac:TaxTotal>\n<cac:LegalMonetaryTotal><cbc:LineExtensionAmount" + nok)
	w.ore(t.Lines.Ore())
	w.raw("</cbc:LineExtensionAmount><cbc:TaxExclusiveAmount" + nok)
	w.ore(t.Net.Ore())
	w.raw("</cbc:TaxExclusiveAmount><cbc:TaxInclusiveAmount" + nok)
	w.ore(t.Gross.Ore())
	w.raw("</cbc:TaxInclusiveAmount>")
	var allowances, charges bool
	for i := range d.Adjustments {
		allowances = allowances || !d.Adjustments[i].Charge
		charges = charges || d.Adjustments[i].Charge
	}
	if allowances {
		w.money("cbc:AllowanceTotalAmount>", t.Allowances.Ore())
	}
	if charges {
		w.money("cbc:ChargeTotalAmount>", t.Charges.Ore())
	}
	if !d.Prepaid.IsZero() {
		w.money("cbc:PrepaidAmount>", d.Prepaid.Ore())
	}
	if !d.Rounding.IsZero() {
		w.money("cbc:PayableRoundingAmount>", d.Rounding.Ore())
	}
	w.raw("<cbc:PayableAmount" + nok)
	w.ore(t.Payable.Ore())
	w.raw("</cbc:PayableAmount></cac:LegalMonetaryTotal>\n")
}

const vatScheme = "<cac:TaxScheme><cbc:ID>VAT</cbc:ID></cac:TaxScheme>"

// vat writes category and rate; category O has none (rule BR-O-05).
func (w *writer) vat(v VAT) {
	switch {
	case v.Category == timebok.Exempt:
		w.raw("<cbc:ID>E</cbc:ID><cbc:Percent>0</cbc:Percent>")
	case v.Category == timebok.OutsideScope:
		w.raw("<cbc:ID>O</cbc:ID>")
	default:
		w.leaf("cbc:ID>", string(v.Category))
		w.raw("<cbc:Percent>")
		w.number(rate(v.Rate))
		w.raw("</cbc:Percent>")
	}
}

// rate is a number of hundredths of a per cent, in per cent.
func rate(r timebok.BasisPoints) fixed {
	f := fixed{coef: int64(r), places: 2}
	for f.places > 0 && f.coef%10 == 0 {
		f.coef /= 10
		f.places--
	}
	return f
}
