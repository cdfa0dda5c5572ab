package speed

import (
	"bytes"
	"encoding/xml"
	"strconv"

	"github.com/timebok/timebok/invoice/ehf"
)

// The same document through encoding/xml: what a program with structs for UBL
// would do. It knows only what an ordinary invoice needs.

type xAmount struct {
	Currency string `xml:"currencyID,attr"`
	Value    string `xml:",chardata"`
}

type xID struct {
	Scheme string `xml:"schemeID,attr,omitempty"`
	Value  string `xml:",chardata"`
}

type xPeriod struct {
	Start string `xml:"cbc:StartDate"`
	End   string `xml:"cbc:EndDate"`
}

type xAddress struct {
	Street  string `xml:"cbc:StreetName,omitempty"`
	City    string `xml:"cbc:CityName,omitempty"`
	Zip     string `xml:"cbc:PostalZone,omitempty"`
	Country string `xml:"cac:Country>cbc:IdentificationCode"`
}

type xTaxScheme struct {
	Number string `xml:"cbc:CompanyID"`
	Scheme string `xml:"cac:TaxScheme>cbc:ID"`
}

type xContact struct {
	Email string `xml:"cbc:ElectronicMail,omitempty"`
}

type xParty struct {
	Endpoint xID         `xml:"cbc:EndpointID"`
	Address  xAddress    `xml:"cac:PostalAddress"`
	Tax      *xTaxScheme `xml:"cac:PartyTaxScheme"`
	Name     string      `xml:"cac:PartyLegalEntity>cbc:RegistrationName"`
	Org      xID         `xml:"cac:PartyLegalEntity>cbc:CompanyID"`
	Contact  *xContact   `xml:"cac:Contact"`
}

type xCategory struct {
	ID      string `xml:"cbc:ID"`
	Percent string `xml:"cbc:Percent,omitempty"`
	Reason  string `xml:"cbc:TaxExemptionReason,omitempty"`
	Scheme  string `xml:"cac:TaxScheme>cbc:ID"`
}

type xSubtotal struct {
	Net      xAmount   `xml:"cbc:TaxableAmount"`
	Tax      xAmount   `xml:"cbc:TaxAmount"`
	Category xCategory `xml:"cac:TaxCategory"`
}

type xProperty struct {
	Name  string `xml:"cbc:Name"`
	Value string `xml:"cbc:Value"`
}

type xQuantity struct {
	Unit  string `xml:"unitCode,attr"`
	Value string `xml:",chardata"`
}

type xLine struct {
	ID          string      `xml:"cbc:ID"`
	Quantity    xQuantity   `xml:"cbc:InvoicedQuantity"`
	Amount      xAmount     `xml:"cbc:LineExtensionAmount"`
	Period      xPeriod     `xml:"cac:InvoicePeriod"`
	Description string      `xml:"cac:Item>cbc:Description,omitempty"`
	Name        string      `xml:"cac:Item>cbc:Name"`
	Category    xCategory   `xml:"cac:Item>cac:ClassifiedTaxCategory"`
	Properties  []xProperty `xml:"cac:Item>cac:AdditionalItemProperty"`
	Price       xAmount     `xml:"cac:Price>cbc:PriceAmount"`
}

type xInvoice struct {
	XMLName      xml.Name    `xml:"Invoice"`
	Space        string      `xml:"xmlns,attr"`
	CAC          string      `xml:"xmlns:cac,attr"`
	CBC          string      `xml:"xmlns:cbc,attr"`
	Custom       string      `xml:"cbc:CustomizationID"`
	Profile      string      `xml:"cbc:ProfileID"`
	ID           string      `xml:"cbc:ID"`
	Issued       string      `xml:"cbc:IssueDate"`
	Due          string      `xml:"cbc:DueDate,omitempty"`
	Type         string      `xml:"cbc:InvoiceTypeCode"`
	Currency     string      `xml:"cbc:DocumentCurrencyCode"`
	Period       xPeriod     `xml:"cac:InvoicePeriod"`
	Order        string      `xml:"cac:OrderReference>cbc:ID"`
	Seller       xParty      `xml:"cac:AccountingSupplierParty>cac:Party"`
	Buyer        xParty      `xml:"cac:AccountingCustomerParty>cac:Party"`
	Delivered    string      `xml:"cac:Delivery>cbc:ActualDeliveryDate,omitempty"`
	Place        xAddress    `xml:"cac:Delivery>cac:DeliveryLocation>cac:Address"`
	PaymentCode  string      `xml:"cac:PaymentMeans>cbc:PaymentMeansCode"`
	PaymentID    string      `xml:"cac:PaymentMeans>cbc:PaymentID"`
	Account      string      `xml:"cac:PaymentMeans>cac:PayeeFinancialAccount>cbc:ID"`
	Tax          xAmount     `xml:"cac:TaxTotal>cbc:TaxAmount"`
	Subtotals    []xSubtotal `xml:"cac:TaxTotal>cac:TaxSubtotal"`
	LinesTotal   xAmount     `xml:"cac:LegalMonetaryTotal>cbc:LineExtensionAmount"`
	NetTotal     xAmount     `xml:"cac:LegalMonetaryTotal>cbc:TaxExclusiveAmount"`
	GrossTotal   xAmount     `xml:"cac:LegalMonetaryTotal>cbc:TaxInclusiveAmount"`
	PayableTotal xAmount     `xml:"cac:LegalMonetaryTotal>cbc:PayableAmount"`
	Lines        []xLine     `xml:"cac:InvoiceLine"`
}

// throughStructs writes the document with encoding/xml, totals included.
func throughStructs(d ehf.Document) ([]byte, error) {
	t, err := d.Totals()
	if err != nil {
		return nil, err
	}
	nok := func(text string) xAmount { return xAmount{"NOK", text} }
	category := func(v ehf.VAT, reason string) xCategory {
		percent := strconv.FormatFloat(float64(v.Rate)/100, 'f', -1, 64)
		return xCategory{ID: string(v.Category), Percent: percent, Reason: reason, Scheme: "VAT"}
	}
	party := func(p ehf.Party) xParty {
		x := xParty{Endpoint: xID(p.Endpoint), Name: p.Name, Org: xID(p.Org)}
		x.Address = xAddress{p.Address.Street, p.Address.City, p.Address.PostalCode, p.Address.Country}
		if p.TaxNumber != "" {
			x.Tax = &xTaxScheme{p.TaxNumber, "TAX"}
		}
		if p.Contact.Email != "" {
			x.Contact = &xContact{p.Contact.Email}
		}
		return x
	}
	x := xInvoice{
		Space:   "urn:oasis:names:specification:ubl:schema:xsd:Invoice-2",
		CAC:     "urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2",
		CBC:     "urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2",
		Custom:  "urn:cen.eu:en16931:2017#compliant#urn:fdc:peppol.eu:2017:poacc:billing:3.0",
		Profile: "urn:fdc:peppol.eu:2017:poacc:billing:01:1.0", ID: d.Number, Issued: d.IssueDate.String(), Due: d.DueDate.String(),
		Type: string(d.Type), Currency: "NOK", Period: xPeriod{d.Period.From.String(), d.Period.To.String()}, Order: d.Order,
		Seller: party(d.Seller), Buyer: party(d.Buyer), PaymentCode: d.Payment.Code, PaymentID: d.Payment.ID, Account: d.Payment.Accounts[0].ID,
		Tax: nok(t.VAT.String()), LinesTotal: nok(t.Lines.String()), NetTotal: nok(t.Net.String()),
		GrossTotal: nok(t.Gross.String()), PayableTotal: nok(t.Payable.String()),
	}
	if d.Delivery.Date != nil {
		x.Delivered = d.Delivery.Date.String()
	}
	a := d.Delivery.Address
	x.Place = xAddress{a.Street, a.City, a.PostalCode, a.Country}
	for _, s := range t.ByVAT {
		x.Subtotals = append(x.Subtotals, xSubtotal{nok(s.Net.String()), nok(s.Tax.String()), category(s.VAT, d.Exempt[0].Reason)})
	}
	for _, l := range d.Lines {
		amount, err := l.Amount()
		if err != nil {
			return nil, err
		}
		line := xLine{
			ID: l.ID, Quantity: xQuantity{l.Unit, l.Quantity.String()}, Amount: nok(amount.String()),
			Period: xPeriod{l.Period.From.String(), l.Period.To.String()}, Description: l.Description, Name: l.Name,
			Category: category(l.VAT, ""), Price: nok(l.Price.String()),
		}
		for _, p := range l.Properties {
			line.Properties = append(line.Properties, xProperty(p))
		}
		x.Lines = append(x.Lines, line)
	}
	var b bytes.Buffer
	b.WriteString(xml.Header)
	err = xml.NewEncoder(&b).Encode(x)
	return b.Bytes(), err
}
