package ehf

import (
	"encoding/base64"

	"github.com/timebok/timebok"
)

// references writes what points to other documents. In a credit note a project
// is an additional document of type 50.
func (w *writer) references(b []byte, d *Document, credit bool) []byte {
	if d.Order != "" {
		b = w.leaf(b, "<cac:OrderReference><cbc:ID>", d.Order, "</cbc:ID>")
		b = w.leaf(b, "<cbc:SalesOrderID>", d.SalesOrder, "</cbc:SalesOrderID>")
		b = append(b, "</cac:OrderReference>\n"...)
	}
	for i := range d.Preceding {
		p := &d.Preceding[i]
		b = w.leaf(b, "<cac:BillingReference><cac:InvoiceDocumentReference><cbc:ID>", p.Number, "</cbc:ID>")
		b = w.date(b, "<cbc:IssueDate>", p.IssueDate, "</cbc:IssueDate>")
		b = append(b, "</cac:InvoiceDocumentReference></cac:BillingReference>\n"...)
	}
	b = w.leaf(b, "<cac:ContractDocumentReference><cbc:ID>", d.Contract, "</cbc:ID></cac:ContractDocumentReference>\n")
	b = w.scheme(b, "<cac:AdditionalDocumentReference><cbc:ID", d.Object,
		"</cbc:ID><cbc:DocumentTypeCode>130</cbc:DocumentTypeCode></cac:AdditionalDocumentReference>\n")
	if credit {
		b = w.leaf(b, "<cac:AdditionalDocumentReference><cbc:ID>", d.Project,
			"</cbc:ID><cbc:DocumentTypeCode>50</cbc:DocumentTypeCode></cac:AdditionalDocumentReference>\n")
	}
	for i := range d.Attachments {
		b = w.attachment(b, &d.Attachments[i])
	}
	if !credit {
		b = w.leaf(b, "<cac:ProjectReference><cbc:ID>", d.Project, "</cbc:ID></cac:ProjectReference>\n")
	}
	return b
}

func (w *writer) attachment(b []byte, x *Attachment) []byte {
	b = w.leaf(b, "<cac:AdditionalDocumentReference><cbc:ID>", x.ID, "</cbc:ID>")
	b = w.leaf(b, "<cbc:DocumentDescription>", x.Description, "</cbc:DocumentDescription>")
	b = append(b, "<cac:Attachment>"...)
	if len(x.Content) > 0 {
		b = w.leaf(b, "<cbc:EmbeddedDocumentBinaryObject mimeCode=\"", x.MIME, "\"")
		b = w.leaf(b, " filename=\"", x.Filename, "\">")
		b = base64.StdEncoding.AppendEncode(b, x.Content)
		b = append(b, "</cbc:EmbeddedDocumentBinaryObject>"...)
	}
	b = w.leaf(b, "<cac:ExternalReference><cbc:URI>", x.URI, "</cbc:URI></cac:ExternalReference>")
	return append(b, "</cac:Attachment></cac:AdditionalDocumentReference>\n"...)
}

func (w *writer) period(b []byte, p *Period) []byte {
	if p == nil {
		return b
	}
	if p.From != nil && p.To != nil {
		b = w.day(append(b, "<cac:InvoicePeriod><cbc:StartDate>"...), *p.From)
		b = w.day(append(b, "</cbc:StartDate><cbc:EndDate>"...), *p.To)
		return append(b, "</cbc:EndDate></cac:InvoicePeriod>"...)
	}
	b = append(b, "<cac:InvoicePeriod>"...)
	b = w.date(b, "<cbc:StartDate>", p.From, "</cbc:StartDate>")
	b = w.date(b, "<cbc:EndDate>", p.To, "</cbc:EndDate>")
	return append(b, "</cac:InvoicePeriod>"...)
}

// party writes a party between two pieces of markup.
func (w *writer) party(b []byte, open string, p *Party, shut string) []byte {
	b = w.org(b, open, p.Endpoint, "</cbc:EndpointID>")
	for i := range p.IDs {
		b = w.scheme(b, "<cac:PartyIdentification><cbc:ID", p.IDs[i], "</cbc:ID></cac:PartyIdentification>")
	}
	b = w.leaf(b, "<cac:PartyName><cbc:Name>", p.TradingName, "</cbc:Name></cac:PartyName>")
	b = append(b, "<cac:PostalAddress>"...)
	from := len(b)
	b = w.address(b, &p.Address)
	if w.home.to == 0 {
		w.home = part{from, len(b)}
	}
	b = append(b, "</cac:PostalAddress>"...)
	// There is at most one registration of each scheme: two of TAX make the
	// official rules end with an error.
	b = w.leaf(b, "<cac:PartyTaxScheme><cbc:CompanyID>", p.VATNumber,
		"</cbc:CompanyID><cac:TaxScheme><cbc:ID>VAT</cbc:ID></cac:TaxScheme></cac:PartyTaxScheme>")
	b = w.leaf(b, "<cac:PartyTaxScheme><cbc:CompanyID>", p.TaxNumber,
		"</cbc:CompanyID><cac:TaxScheme><cbc:ID>TAX</cbc:ID></cac:TaxScheme></cac:PartyTaxScheme>")
	b = w.leaf(b, "<cac:PartyLegalEntity><cbc:RegistrationName>", p.Name, "</cbc:RegistrationName>")
	b = w.org(b, "<cbc:CompanyID", p.Org, "</cbc:CompanyID>")
	b = w.leaf(b, "<cbc:CompanyLegalForm>", p.LegalForm, "</cbc:CompanyLegalForm>")
	b = append(b, "</cac:PartyLegalEntity>"...)
	if !p.Contact.IsZero() {
		b = append(b, "<cac:Contact>"...)
		b = w.leaf(b, "<cbc:Name>", p.Contact.Name, "</cbc:Name>")
		b = w.leaf(b, "<cbc:Telephone>", p.Contact.Phone, "</cbc:Telephone>")
		b = w.leaf(b, "<cbc:ElectronicMail>", p.Contact.Email, "</cbc:ElectronicMail>")
		b = append(b, "</cac:Contact>"...)
	}
	return append(b, shut...)
}

func (w *writer) address(b []byte, a *Address) []byte {
	b = w.leaf(b, "<cbc:StreetName>", a.Street, "</cbc:StreetName>")
	b = w.leaf(b, "<cbc:AdditionalStreetName>", a.Additional, "</cbc:AdditionalStreetName>")
	b = w.leaf(b, "<cbc:CityName>", a.City, "</cbc:CityName>")
	b = w.leaf(b, "<cbc:PostalZone>", a.PostalCode, "</cbc:PostalZone>")
	b = w.leaf(b, "<cbc:CountrySubentity>", a.Subdivision, "</cbc:CountrySubentity>")
	b = w.leaf(b, "<cac:AddressLine><cbc:Line>", a.Line, "</cbc:Line></cac:AddressLine>")
	return w.code(b, "<cac:Country><cbc:IdentificationCode>", a.Country, "</cbc:IdentificationCode></cac:Country>")
}

func (w *writer) payee(b []byte, p *Payee) []byte {
	b = append(b, "<cac:PayeeParty>"...)
	b = w.scheme(b, "<cac:PartyIdentification><cbc:ID", p.ID, "</cbc:ID></cac:PartyIdentification>")
	b = w.leaf(b, "<cac:PartyName><cbc:Name>", p.Name, "</cbc:Name></cac:PartyName>")
	b = w.scheme(b, "<cac:PartyLegalEntity><cbc:CompanyID", p.Org, "</cbc:CompanyID></cac:PartyLegalEntity>")
	return append(b, "</cac:PayeeParty>\n"...)
}

// delivery writes where and when: mostly at the seller's own address.
func (w *writer) delivery(b []byte, x *Delivery, home *Address) []byte {
	b = append(b, "<cac:Delivery>"...)
	b = w.date(b, "<cbc:ActualDeliveryDate>", x.Date, "</cbc:ActualDeliveryDate>")
	if !x.Location.IsZero() || x.Address != nil {
		b = append(b, "<cac:DeliveryLocation>"...)
		b = w.scheme(b, "<cbc:ID", x.Location, "</cbc:ID>")
		if x.Address != nil {
			b = append(b, "<cac:Address>"...)
			if *x.Address == *home {
				b = w.home.again(b)
			} else {
				b = w.address(b, x.Address)
			}
			b = append(b, "</cac:Address>"...)
		}
		b = append(b, "</cac:DeliveryLocation>"...)
	}
	b = w.leaf(b, "<cac:DeliveryParty><cac:PartyName><cbc:Name>", x.Name, "</cbc:Name></cac:PartyName></cac:DeliveryParty>")
	return append(b, "</cac:Delivery>\n"...)
}

// payment writes a PaymentMeans for each account, all with one code and one
// payment ID (rules UBL-SR-44, UBL-SR-47). Its name and the due date stand only
// once (rules UBL-SR-45, UBL-SR-46).
func (w *writer) payment(b []byte, d *Document, credit bool) []byte {
	p := d.Payment
	if p == nil {
		return b
	}
	for i := 0; i < max(1, len(p.Accounts)); i++ {
		b = append(b, "<cac:PaymentMeans><cbc:PaymentMeansCode"...)
		if i == 0 {
			b = w.leaf(b, " name=\"", p.Name, "\"")
		}
		b = w.code(b, ">", p.Code, "</cbc:PaymentMeansCode>")
		if credit && i == 0 {
			b = w.date(b, "<cbc:PaymentDueDate>", d.DueDate, "</cbc:PaymentDueDate>")
		}
		b = w.leaf(b, "<cbc:PaymentID>", p.ID, "</cbc:PaymentID>")
		if i < len(p.Accounts) {
			b = w.account(b, &p.Accounts[i])
		}
		b = append(b, "</cac:PaymentMeans>\n"...)
	}
	return b
}

func (w *writer) account(b []byte, a *Account) []byte {
	b = w.leaf(b, "<cac:PayeeFinancialAccount><cbc:ID>", a.ID, "</cbc:ID>")
	b = w.leaf(b, "<cbc:Name>", a.Name, "</cbc:Name>")
	b = w.leaf(b, "<cac:FinancialInstitutionBranch><cbc:ID>", a.BIC, "</cbc:ID></cac:FinancialInstitutionBranch>")
	return append(b, "</cac:PayeeFinancialAccount>"...)
}

// inKroner is the end of the start tag of an amount.
const inKroner = " currencyID=\"" + kroner + "\">"

// kroner writes an amount with two decimals after a piece of markup. Most are the
// same as the one before.
func (w *writer) kroner(b []byte, open string, ore int64) []byte {
	b = append(b, open...)
	if w.written.to > 0 && ore == w.ore {
		return w.written.again(b)
	}
	from := len(b)
	b = fixed{coef: ore, places: 2}.append(b)
	w.ore, w.written = ore, part{from, len(b)}
	return b
}

func (w *writer) totals(b []byte, d *Document, t *Totals) []byte {
	b = w.kroner(b, "<cac:TaxTotal><cbc:TaxAmount"+inKroner, t.VAT.Ore())
	b = append(b, "</cbc:TaxAmount>"...)
	for i := range t.ByVAT {
		s := &t.ByVAT[i]
		b = w.kroner(b, "<cac:TaxSubtotal><cbc:TaxableAmount"+inKroner, s.Net.Ore())
		b = w.kroner(b, "</cbc:TaxableAmount><cbc:TaxAmount"+inKroner, s.Tax.Ore())
		b = appendVAT(append(b, "</cbc:TaxAmount><cac:TaxCategory>"...), s.VAT)
		if e := d.exemption(s.VAT.Category); e != nil {
			b = w.leaf(b, "<cbc:TaxExemptionReasonCode>", e.Code, "</cbc:TaxExemptionReasonCode>")
			b = w.leaf(b, "<cbc:TaxExemptionReason>", e.Reason, "</cbc:TaxExemptionReason>")
		}
		b = append(b, vatScheme+"</cac:TaxCategory></cac:TaxSubtotal>"...)
	}
	b = w.kroner(b, "</cac:TaxTotal>\n<cac:LegalMonetaryTotal><cbc:LineExtensionAmount"+inKroner, t.Lines.Ore())
	b = w.kroner(b, "</cbc:LineExtensionAmount><cbc:TaxExclusiveAmount"+inKroner, t.Net.Ore())
	b = w.kroner(b, "</cbc:TaxExclusiveAmount><cbc:TaxInclusiveAmount"+inKroner, t.Gross.Ore())
	b = append(b, "</cbc:TaxInclusiveAmount>"...)
	var allowances, charges bool
	for i := range d.Adjustments {
		allowances = allowances || !d.Adjustments[i].Charge
		charges = charges || d.Adjustments[i].Charge
	}
	if allowances {
		b = w.kroner(b, "<cbc:AllowanceTotalAmount"+inKroner, t.Allowances.Ore())
		b = append(b, "</cbc:AllowanceTotalAmount>"...)
	}
	if charges {
		b = w.kroner(b, "<cbc:ChargeTotalAmount"+inKroner, t.Charges.Ore())
		b = append(b, "</cbc:ChargeTotalAmount>"...)
	}
	if !d.Prepaid.IsZero() {
		b = w.kroner(b, "<cbc:PrepaidAmount"+inKroner, d.Prepaid.Ore())
		b = append(b, "</cbc:PrepaidAmount>"...)
	}
	if !d.Rounding.IsZero() {
		b = w.kroner(b, "<cbc:PayableRoundingAmount"+inKroner, d.Rounding.Ore())
		b = append(b, "</cbc:PayableRoundingAmount>"...)
	}
	b = w.kroner(b, "<cbc:PayableAmount"+inKroner, t.Payable.Ore())
	return append(b, "</cbc:PayableAmount></cac:LegalMonetaryTotal>\n"...)
}

const vatScheme = "<cac:TaxScheme><cbc:ID>VAT</cbc:ID></cac:TaxScheme>"

// appendVAT writes category and rate; category O has none (rule BR-O-05).
func appendVAT(b []byte, v VAT) []byte {
	switch v.Category {
	case timebok.Exempt:
		return append(b, "<cbc:ID>E</cbc:ID><cbc:Percent>0</cbc:Percent>"...)
	case timebok.OutsideScope:
		return append(b, "<cbc:ID>O</cbc:ID>"...)
	}
	b = append(append(b, "<cbc:ID>"...), v.Category...)
	b = rate(v.Rate).append(append(b, "</cbc:ID><cbc:Percent>"...))
	return append(b, "</cbc:Percent>"...)
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
