package ehf_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/timebok/timebok"
	"github.com/timebok/timebok/invoice/ehf"
	"pgregory.net/rapid"
)

// decodeDiff says how a document that went through Encode and Decode differs.
func decodeDiff(d ehf.Document) string {
	doc, err := ehf.Append(nil, d)
	if err != nil {
		return err.Error()
	}
	got, left, err := ehf.Decode(doc, nil)
	if err != nil {
		return err.Error()
	}
	return cmp.Diff(d, got) + cmp.Diff([]ehf.Leftover(nil), left)
}

func TestDecodeGolden(t *testing.T) {
	all := documents()
	for name, v := range invoices() {
		all[name] = must(ehf.From(v))
	}
	for name, d := range all {
		if diff := decodeDiff(d); diff != "" {
			t.Errorf("%s (-encoded +decoded):\n%s", name, diff)
		}
	}
}

func TestDecodeReadsWhatEncodeWrites(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		if diff := decodeDiff(anyDocument().Draw(t, "document")); diff != "" {
			t.Fatalf("(-encoded +decoded):\n%s", diff)
		}
	})
}

// The JSON form carries all of a document too.
func TestDocumentJSON(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := anyDocument().Draw(t, "document")
		text, err := json.Marshal(d)
		if err != nil {
			t.Fatal(err)
		}
		var got ehf.Document
		if err := json.Unmarshal(text, &got); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(d, got); diff != "" {
			t.Fatalf("(-want +got):\n%s\n%s", diff, text)
		}
	})
}

func TestDecodeLeavesOver(t *testing.T) {
	doc := string(must(ehf.Append(nil, full())))
	const zero = `<cac:TaxSubtotal><cbc:TaxableAmount currencyID="NOK">0.00</cbc:TaxableAmount><cbc:TaxAmount currencyID="NOK">0.00</cbc:TaxAmount>` +
		`<cac:TaxCategory><cbc:ID>G</cbc:ID><cbc:Percent>0</cbc:Percent><cac:TaxScheme><cbc:ID>VAT</cbc:ID></cac:TaxScheme></cac:TaxCategory></cac:TaxSubtotal>`
	tests := []struct {
		name     string
		old, new string
		path     string
		kind     ehf.LeftoverKind
	}{
		{"an element of UBL that clinics have no use for", "<cac:PaymentTerms>",
			"<cac:TaxRepresentativeParty><cac:PartyName><cbc:Name>X</cbc:Name></cac:PartyName></cac:TaxRepresentativeParty><cac:PaymentTerms>",
			"/Invoice/cac:TaxRepresentativeParty", ehf.Unmodelled},
		{"an element of nobody's", "<cac:PaymentTerms>", `<x:y xmlns:x="urn:x"><x:z/></x:y><cac:PaymentTerms>`, "/Invoice/x:y", ehf.Unmodelled},
		{"a second note", "<cbc:Note>Gjelder", "<cbc:Note>En</cbc:Note><cbc:Note>Gjelder", "/Invoice/cbc:Note[2]", ehf.Unmodelled},
		{"an empty element", "<cbc:BuyerReference>Deres ref 7", "<cbc:BuyerReference>", "/Invoice/cbc:BuyerReference", ehf.Unmodelled},
		{"an empty aggregate", "<cac:PaymentTerms>", "<cac:TaxRepresentativeParty/><cac:PaymentTerms>", "/Invoice/cac:TaxRepresentativeParty", ehf.Unmodelled},
		{"an empty aggregate that the model knows", "<cac:Contact><cbc:Name>Skadeoppgjør</cbc:Name></cac:Contact>", "<cac:Contact>\n</cac:Contact>",
			"/Invoice/cac:AccountingCustomerParty/cac:Party/cac:Contact", ehf.Unmodelled},
		{"an empty line", "<cac:InvoiceLine>", "<cac:InvoiceLine></cac:InvoiceLine><cac:InvoiceLine>", "/Invoice/cac:InvoiceLine[1]", ehf.Unmodelled},
		{"no scheme of tax", "<cbc:Percent>15</cbc:Percent><cac:TaxScheme><cbc:ID>VAT</cbc:ID></cac:TaxScheme></cac:ClassifiedTaxCategory>",
			"<cbc:Percent>15</cbc:Percent><cac:TaxScheme/></cac:ClassifiedTaxCategory>", "/Invoice/cac:InvoiceLine[4]/cac:Item/cac:ClassifiedTaxCategory/cac:TaxScheme", ehf.Unmodelled},
		{"a tax registration without a number", "<cbc:CompanyID>Foretaksregisteret</cbc:CompanyID>", "",
			"/Invoice/cac:AccountingSupplierParty/cac:Party/cac:PartyTaxScheme[2]", ehf.Unmodelled},
		{"an invoiced object without a name", "<cac:AdditionalDocumentReference><cbc:ID>A1</cbc:ID>",
			"<cac:AdditionalDocumentReference><cbc:DocumentTypeCode>130</cbc:DocumentTypeCode></cac:AdditionalDocumentReference><cac:AdditionalDocumentReference><cbc:ID>A1</cbc:ID>",
			"/Invoice/cac:AdditionalDocumentReference[2]", ehf.Unmodelled},
		{"a price for no unit", ">1</cbc:BaseQuantity>", ">0</cbc:BaseQuantity>", "/Invoice/cac:InvoiceLine[1]/cac:Price/cbc:BaseQuantity", ehf.Unmodelled},
		{"a tax that nothing has", "</cac:TaxSubtotal></cac:TaxTotal>", "</cac:TaxSubtotal>" + zero + "</cac:TaxTotal>", "/Invoice/cac:TaxTotal/cac:TaxSubtotal[6]", ehf.Differs},
		{"a tax told twice", "</cac:TaxSubtotal></cac:TaxTotal>", "</cac:TaxSubtotal>" + strings.Replace(zero, ">G<", ">Z<", 1) + "</cac:TaxTotal>",
			"/Invoice/cac:TaxTotal/cac:TaxSubtotal[6]", ehf.Differs},
		{"a tax that can't be read", "</cac:TaxSubtotal></cac:TaxTotal>", "</cac:TaxSubtotal>" + strings.Replace(zero, ">0</cbc:Percent>", ">NaN</cbc:Percent>", 1) + "</cac:TaxTotal>",
			"/Invoice/cac:TaxTotal/cac:TaxSubtotal[6]", ehf.Differs},
		{"text where elements belong", "<cac:Contact><cbc:Name>Skadeoppgjør</cbc:Name></cac:Contact>", "<cac:Contact>Skadeoppgjør</cac:Contact>",
			"/Invoice/cac:AccountingCustomerParty/cac:Party/cac:Contact/text()", ehf.Unmodelled},
		{"a percentage of nothing", "Avslag</cbc:AllowanceChargeReason>", "Avslag</cbc:AllowanceChargeReason><cbc:MultiplierFactorNumeric>0</cbc:MultiplierFactorNumeric>",
			"/Invoice/cac:InvoiceLine[1]/cac:AllowanceCharge[1]/cbc:MultiplierFactorNumeric", ehf.Unmodelled},
		{"an attribute", "<cbc:InvoiceTypeCode>", `<cbc:InvoiceTypeCode listID="UNCL1001">`, "/Invoice/cbc:InvoiceTypeCode/@listID", ehf.Unmodelled},
		{"text between elements", "<cac:PaymentTerms>", "<cac:PaymentTerms>netto", "/Invoice/cac:PaymentTerms/text()", ehf.Unmodelled},
		{"another scheme of tax", "<cbc:ID>TAX</cbc:ID>", "<cbc:ID>GST</cbc:ID>", "/Invoice/cac:AccountingSupplierParty/cac:Party/cac:PartyTaxScheme[2]", ehf.Unmodelled},
		{"an account without its payment code", "<cbc:PaymentMeansCode>30", "<cbc:PaymentMeansCode>42", "/Invoice/cac:PaymentMeans[2]", ehf.Unmodelled},
		{"a date that does not exist", "2026-12-02", "2026-02-30", "/Invoice/cbc:DueDate", ehf.Unreadable},
		{"a date with a zone", "2026-12-02", "2026-12-02Z", "/Invoice/cbc:DueDate", ehf.Unreadable},
		{"a number that is none", ">0.75</cbc:InvoicedQuantity>", ">3/4</cbc:InvoicedQuantity>", "/Invoice/cac:InvoiceLine[1]/cbc:InvoicedQuantity", ehf.Unreadable},
		{"an amount with three decimals", ">250.50</cbc:PrepaidAmount>", ">250.505</cbc:PrepaidAmount>", "/Invoice/cac:LegalMonetaryTotal/cbc:PrepaidAmount", ehf.Unreadable},
		{"an attachment that is not base64", "ZGF0bzt0", "ZGF0*zt0", "/Invoice/cac:AdditionalDocumentReference[2]/cac:Attachment/cbc:EmbeddedDocumentBinaryObject", ehf.Unreadable},
		{"a line that is worth something else", ">62.50</cbc:LineExtensionAmount>", ">62.51</cbc:LineExtensionAmount>", "/Invoice/cac:InvoiceLine[3]/cbc:LineExtensionAmount", ehf.Differs},
		{"another specification", "billing:3.0</cbc:CustomizationID>", "billing:3.0#x</cbc:CustomizationID>", "/Invoice/cbc:CustomizationID", ehf.Differs},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			changed := strings.Replace(doc, tt.old, tt.new, 1)
			if changed == doc {
				t.Fatalf("the document has no %q", tt.old)
			}
			_, left, err := ehf.Decode([]byte(changed), nil)
			if err != nil {
				t.Fatal(err)
			}
			if tt.kind == ehf.Unreadable && len(left) > 1 {
				left = left[:1] // without the number the sums differ too
			}
			if diff := cmp.Diff([]ehf.Leftover{{Path: tt.path, Kind: tt.kind}}, left); diff != "" {
				t.Errorf("left over (-want +got):\n%s", diff)
			}
		})
	}
}

// Amounts of another currency are read, and can't be mistaken for kroner.
func TestDecodeOtherCurrency(t *testing.T) {
	doc := strings.ReplaceAll(string(must(ehf.Append(nil, sessions(1)))), "NOK", "EUR")
	d, left, err := ehf.Decode([]byte(doc), nil)
	if err != nil || len(left) > 0 || d.Currency != "EUR" {
		t.Fatalf("currency %q, left over %v, %v", d.Currency, left, err)
	}
	_, err = ehf.Append(nil, d)
	wantReasons(t, err, ehf.BadCurrency)
}

func TestDecodeWhiteSpaceOutOfTheWay(t *testing.T) {
	doc := string(must(ehf.Append(nil, sessions(1))))
	spread := strings.NewReplacer(">2026-12-02<", "> 2026-12-02\n<", ">1450<", "> 1450.000 <", ">380<", "> 380 <", ">NO<", ">\tNO <", ">NOK<", "> NOK <", ">30<", "> 30<", ">E<", "> E<", ">TAX<", "> TAX<", ">VAT<", ">VAT\n<").Replace(doc)
	d, left, err := ehf.Decode([]byte(spread), nil)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(sessions(1), d) + cmp.Diff([]ehf.Leftover(nil), left); diff != "" {
		t.Error(diff)
	}
}

func TestDecodeRefuses(t *testing.T) {
	for _, doc := range []string{"", "x", "<Invoice/>", `<Invoice xmlns="urn:oasis:names:specification:ubl:schema:xsd:Order-2"/>`,
		`<!DOCTYPE x [<!ENTITY a "b">]><Invoice xmlns="urn:oasis:names:specification:ubl:schema:xsd:Invoice-2"/>`} {
		if _, _, err := ehf.Decode([]byte(doc), nil); err == nil {
			t.Errorf("Decode read %q", doc)
		}
	}
	limited := &ehf.Options{Limits: ehf.Limits{Bytes: 100}}
	if _, _, err := ehf.Decode(must(ehf.Append(nil, full())), limited); err == nil {
		t.Error("Decode went past its limit")
	}
}

// A document made to cost time does not.
func TestDecodeIsLinear(t *testing.T) {
	doc := string(must(ehf.Append(nil, sessions(1))))
	line := doc[strings.Index(doc, "<cac:InvoiceLine>"):strings.Index(doc, "</Invoice>")]
	var lines strings.Builder
	for i := range 5_000 {
		lines.WriteString(strings.Replace(strings.Replace(line, "<cbc:Percent>0", "<cbc:Percent>"+strconv.Itoa(i), 1), ">1450.00<", ">1.00<", 1))
	}
	var rates strings.Builder
	for i := range 50_000 {
		fmt.Fprintf(&rates, "<cac:AllowanceCharge><cac:TaxCategory><cbc:ID>%d</cbc:ID></cac:TaxCategory></cac:AllowanceCharge>", i)
	}
	for name, made := range map[string]struct {
		more string
		left int
	}{
		"fifty thousand rates":                {rates.String(), 1},
		"fifty thousand unknown elements":     {strings.Repeat("<cbc:UUID>x</cbc:UUID>", 50_000), 50_000},
		"five thousand lines with wrong sums": {lines.String(), 5_000},
	} {
		start := time.Now()
		_, left, err := ehf.Decode([]byte(strings.Replace(doc, line, made.more+line, 1)), nil)
		if err != nil || len(left) < made.left {
			t.Errorf("%s: %d left over, %v", name, len(left), err)
		}
		if took := time.Since(start); took > 20*time.Second { // a tenth of a second unless it counts siblings over and over
			t.Errorf("%s took %v", name, took)
		}
	}
}

// Whatever is read: if it can be written, it is read back the same.
func FuzzDecode(f *testing.F) {
	for _, d := range documents() {
		f.Add(must(ehf.Append(nil, d)))
	}
	f.Add(must(ehf.Append(nil, sessions(1))))
	f.Fuzz(func(t *testing.T, doc []byte) {
		d, _, err := ehf.Decode(doc, nil)
		if err != nil {
			return
		}
		if _, err := ehf.Append(nil, d); err != nil {
			return
		}
		if diff := decodeDiff(d); diff != "" {
			t.Errorf("(-encoded +decoded):\n%s", diff)
		}
	})
}

// Whatever a text is, it comes back, or is refused by name.
func FuzzEncodeText(f *testing.F) {
	for _, text := range []string{"Æ & <å>", "]]>", "\r\n\t", "\x00", "\ufffe", "\xff", " ", "a\u2028𝄞\ufffd", strings.Repeat("plain  \"&\"", 9)} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		d := sessions(1)
		d.Note, d.Lines[0].Name, d.Attachments = text, text, []ehf.Attachment{{ID: text, MIME: "text/csv", Filename: text, Content: []byte(text + "x")}}
		d.Seller.IDs = []ehf.Identifier{{Value: text}}
		_, err := ehf.Append(nil, d)
		if text == "" {
			wantReasons(t, err, timebok.Missing, ehf.BadScheme, ehf.BadMIME)
			return
		}
		if err != nil {
			var rules []*timebok.Rule
			for _, r := range []*timebok.Rule{ehf.BadText, ehf.BadSubject} {
				if errors.Is(err, r) && (r == ehf.BadText || strings.Contains(text, "#")) { // a subject stands between two
					rules = append(rules, r)
				}
			}
			wantReasons(t, err, rules...)
			return
		}
		if diff := decodeDiff(d); diff != "" {
			t.Errorf("(-encoded +decoded):\n%s", diff)
		}
	})
}
