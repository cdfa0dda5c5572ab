package ehf_test

import (
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/rickb777/date"
	"github.com/shopspring/decimal"
	"github.com/timebok/timebok"
	"github.com/timebok/timebok/invoice/ehf"
)

// An invoice of the biller becomes the file that is sent.
func ExampleFormat() {
	doc, err := ehf.Format{}.Encode(plain())
	if err != nil {
		fmt.Println(err)
		return
	}
	for line := range strings.Lines(string(doc)) {
		if strings.HasPrefix(line, "<cac:OrderReference>") || strings.HasPrefix(line, "<cac:PaymentMeans>") {
			fmt.Print(line)
		}
	}
	// Output:
	// <cac:OrderReference><cbc:ID>6QPTR</cbc:ID></cac:OrderReference>
	// <cac:PaymentMeans><cbc:PaymentMeansCode>30</cbc:PaymentMeansCode><cbc:PaymentID>10042</cbc:PaymentID><cac:PayeeFinancialAccount><cbc:ID>86011117947</cbc:ID></cac:PayeeFinancialAccount></cac:PaymentMeans>
}

// A document can be made without the rest of the library.
func ExampleEncode() {
	issued := date.New(2026, 11, 2)
	due := issued.Add(30)
	d := ehf.Document{
		Type: ehf.TypeInvoice, Number: "17", IssueDate: &issued, DueDate: &due, Order: "6QPTR",
		Seller: ehf.Party{
			Endpoint: ehf.Identifier{Scheme: "0192", Value: "987654325"}, Name: "Fjord Psykologi AS",
			Org: ehf.Identifier{Scheme: "0192", Value: "987654325"}, TaxNumber: ehf.Foretaksregisteret,
			Address: ehf.Address{City: "Oslo", Country: "NO"},
		},
		Buyer: ehf.Party{
			Endpoint: ehf.Identifier{Scheme: "0192", Value: "123456785"}, Name: "Trygghet Forsikring ASA",
			Address: ehf.Address{City: "Oslo", Country: "NO"},
		},
		Payment: &ehf.Payment{Code: ehf.CreditTransfer, ID: "17", Accounts: []ehf.Account{{ID: "86011117947"}}},
		Exempt:  []ehf.Exemption{{Category: timebok.Exempt, Reason: timebok.HealthService.Reason}},
		Lines: []ehf.Line{{
			ID: "1", Name: "Psykologtime", Quantity: decimal.NewFromInt(2), Unit: ehf.UnitOne,
			Price: decimal.NewFromInt(1450), VAT: ehf.VAT{Category: timebok.Exempt},
		}},
	}
	if err := ehf.Encode(os.Stdout, d); err != nil {
		fmt.Println(err)
	}
	// Output:
	// <?xml version="1.0" encoding="UTF-8"?>
	// <Invoice xmlns="urn:oasis:names:specification:ubl:schema:xsd:Invoice-2" xmlns:cac="urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2" xmlns:cbc="urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2">
	// <cbc:CustomizationID>urn:cen.eu:en16931:2017#compliant#urn:fdc:peppol.eu:2017:poacc:billing:3.0</cbc:CustomizationID>
	// <cbc:ProfileID>urn:fdc:peppol.eu:2017:poacc:billing:01:1.0</cbc:ProfileID>
	// <cbc:ID>17</cbc:ID>
	// <cbc:IssueDate>2026-11-02</cbc:IssueDate><cbc:DueDate>2026-12-02</cbc:DueDate><cbc:InvoiceTypeCode>380</cbc:InvoiceTypeCode><cbc:DocumentCurrencyCode>NOK</cbc:DocumentCurrencyCode>
	// <cac:OrderReference><cbc:ID>6QPTR</cbc:ID></cac:OrderReference>
	// <cac:AccountingSupplierParty><cac:Party><cbc:EndpointID schemeID="0192">987654325</cbc:EndpointID><cac:PostalAddress><cbc:CityName>Oslo</cbc:CityName><cac:Country><cbc:IdentificationCode>NO</cbc:IdentificationCode></cac:Country></cac:PostalAddress><cac:PartyTaxScheme><cbc:CompanyID>Foretaksregisteret</cbc:CompanyID><cac:TaxScheme><cbc:ID>TAX</cbc:ID></cac:TaxScheme></cac:PartyTaxScheme><cac:PartyLegalEntity><cbc:RegistrationName>Fjord Psykologi AS</cbc:RegistrationName><cbc:CompanyID schemeID="0192">987654325</cbc:CompanyID></cac:PartyLegalEntity></cac:Party></cac:AccountingSupplierParty>
	// <cac:AccountingCustomerParty><cac:Party><cbc:EndpointID schemeID="0192">123456785</cbc:EndpointID><cac:PostalAddress><cbc:CityName>Oslo</cbc:CityName><cac:Country><cbc:IdentificationCode>NO</cbc:IdentificationCode></cac:Country></cac:PostalAddress><cac:PartyLegalEntity><cbc:RegistrationName>Trygghet Forsikring ASA</cbc:RegistrationName></cac:PartyLegalEntity></cac:Party></cac:AccountingCustomerParty>
	// <cac:PaymentMeans><cbc:PaymentMeansCode>30</cbc:PaymentMeansCode><cbc:PaymentID>17</cbc:PaymentID><cac:PayeeFinancialAccount><cbc:ID>86011117947</cbc:ID></cac:PayeeFinancialAccount></cac:PaymentMeans>
	// <cac:TaxTotal><cbc:TaxAmount currencyID="NOK">0.00</cbc:TaxAmount><cac:TaxSubtotal><cbc:TaxableAmount currencyID="NOK">2900.00</cbc:TaxableAmount><cbc:TaxAmount currencyID="NOK">0.00</cbc:TaxAmount><cac:TaxCategory><cbc:ID>E</cbc:ID><cbc:Percent>0</cbc:Percent><cbc:TaxExemptionReason>Unntatt merverdiavgift, jf. merverdiavgiftsloven § 3-2</cbc:TaxExemptionReason><cac:TaxScheme><cbc:ID>VAT</cbc:ID></cac:TaxScheme></cac:TaxCategory></cac:TaxSubtotal></cac:TaxTotal>
	// <cac:LegalMonetaryTotal><cbc:LineExtensionAmount currencyID="NOK">2900.00</cbc:LineExtensionAmount><cbc:TaxExclusiveAmount currencyID="NOK">2900.00</cbc:TaxExclusiveAmount><cbc:TaxInclusiveAmount currencyID="NOK">2900.00</cbc:TaxInclusiveAmount><cbc:PayableAmount currencyID="NOK">2900.00</cbc:PayableAmount></cac:LegalMonetaryTotal>
	// <cac:InvoiceLine><cbc:ID>1</cbc:ID><cbc:InvoicedQuantity unitCode="C62">2</cbc:InvoicedQuantity><cbc:LineExtensionAmount currencyID="NOK">2900.00</cbc:LineExtensionAmount><cac:Item><cbc:Name>Psykologtime</cbc:Name><cac:ClassifiedTaxCategory><cbc:ID>E</cbc:ID><cbc:Percent>0</cbc:Percent><cac:TaxScheme><cbc:ID>VAT</cbc:ID></cac:TaxScheme></cac:ClassifiedTaxCategory></cac:Item><cac:Price><cbc:PriceAmount currencyID="NOK">1450</cbc:PriceAmount></cac:Price></cac:InvoiceLine>
	// </Invoice>
}

// What would be refused by the network is refused here, all of it at once.
func ExampleAppend_refused() {
	d := sessions(1)
	d.Order, d.DueDate, d.Lines[0].Unit = "", nil, "STK"
	_, err := ehf.Append(nil, d)
	var invalid *timebok.InvalidError
	if errors.As(err, &invalid) {
		for _, r := range invalid.Reasons {
			fmt.Printf("%s (%s): %s\n", r.Field, r.Code(), r.Text(timebok.Bokmaal))
		}
	}
	// Output:
	// Order (ehf.reference): må ha ordrereferanse (sakID) eller kjøpers referanse [PEPPOL-EN16931-R003]
	// DueDate (ehf.duedate): må ha forfallsdato (bokføringsforskriften § 5-1-1)
	// Lines[0].Unit (ehf.unit): er ikke en enhetskode som kan brukes (STK betyr sigarett; bruk C62, EA eller HUR) [BR-CL-23]
}

// Sums are computed. A line is rounded first; tax is rounded once for each rate.
func ExampleDocument_Totals() {
	d := ehf.Document{Lines: []ehf.Line{
		{Quantity: decimal.RequireFromString("0.75"), Price: decimal.RequireFromString("33.3335"), VAT: ehf.VAT{Category: timebok.Standard, Rate: 2500}},
		{Quantity: decimal.NewFromInt(1), Price: decimal.RequireFromString("999.99"), VAT: ehf.VAT{Category: timebok.Standard, Rate: 2500}},
		{Quantity: decimal.NewFromInt(1), Price: decimal.NewFromInt(1450), VAT: ehf.VAT{Category: timebok.Exempt}},
	}}
	t, err := d.Totals()
	fmt.Println(t.Net, t.VAT, t.Payable, err)
	for _, s := range t.ByVAT {
		fmt.Println(s.VAT.Category, s.Net, s.Tax)
	}
	// Output:
	// 2474.99 256.25 2731.24 <nil>
	// E 1450.00 0.00
	// S 1024.99 256.25
}

// Reading says what it could not take along.
func ExampleDecode() {
	doc, err := ehf.Append(nil, sessions(1))
	if err != nil {
		fmt.Println(err)
		return
	}
	changed := strings.Replace(string(doc), "<cac:OrderReference>", "<cac:OrderReference><cbc:IssueDate>2026-10-01</cbc:IssueDate>", 1)
	d, left, err := ehf.Decode([]byte(changed), nil)
	fmt.Println(d.Order, d.Lines[0].Properties[0], err)
	for _, l := range left {
		fmt.Println(l.Path, l.Kind)
	}
	// Output:
	// 6QPTR {TreatmentId B1010} <nil>
	// /Invoice/cac:OrderReference/cbc:IssueDate unmodelled
}
