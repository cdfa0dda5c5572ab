package ehf

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

// The documents of the tests are the project's own, made here.

// An el is an element of a document under construction.
type el struct {
	name  string // with UBL's usual prefix, the root without
	attrs []string
	text  string
	kids  []*el
}

// x makes an element. Its parts are a text, attributes as "name=value" behind
// an at sign, and child elements.
func x(name string, parts ...any) *el {
	e := &el{name: name}
	for _, p := range parts {
		switch p := p.(type) {
		case string:
			if a, ok := strings.CutPrefix(p, "@"); ok {
				e.attrs = append(e.attrs, a)
			} else {
				e.text = p
			}
		case *el:
			e.kids = append(e.kids, p)
		case []*el:
			e.kids = append(e.kids, p...)
		}
	}
	return e
}

var escape = strings.NewReplacer("&", "&amp;", "<", "&lt;", `"`, "&quot;")

func nok(name, amount string) *el { return x(name, amount, "@currencyID=NOK") }

func (e *el) clone() *el {
	c := *e
	c.attrs = slices.Clone(e.attrs)
	c.kids = make([]*el, len(e.kids))
	for i, k := range e.kids {
		c.kids[i] = k.clone()
	}
	return &c
}

// bytes writes the document.
func (e *el) bytes() []byte {
	var b strings.Builder
	b.WriteString(`<?xml version="1.0" encoding="UTF-8"?>` + "\n")
	e.write(&b, 0)
	return []byte(b.String())
}

func (e *el) write(b *strings.Builder, depth int) {
	b.WriteString(strings.Repeat("  ", depth) + "<" + e.name)
	if depth == 0 && !strings.Contains(e.name, ":") {
		const ubl = "urn:oasis:names:specification:ubl:schema:xsd:"
		fmt.Fprintf(b, ` xmlns="%s%s-2" xmlns:cac="%sCommonAggregateComponents-2" xmlns:cbc="%sCommonBasicComponents-2" xmlns:ext="%sCommonExtensionComponents-2"`,
			ubl, e.name, ubl, ubl, ubl)
	}
	for _, a := range e.attrs {
		name, value, _ := strings.Cut(a, "=")
		fmt.Fprintf(b, ` %s="%s"`, name, escape.Replace(value))
	}
	b.WriteString(">" + escape.Replace(e.text))
	switch {
	case len(e.kids) > 0 && e.text == "":
		b.WriteString("\n")
		for _, k := range e.kids {
			k.write(b, depth+1)
			b.WriteString("\n")
		}
		b.WriteString(strings.Repeat("  ", depth))
	case len(e.kids) > 0:
		for _, k := range e.kids {
			k.write(b, 0)
		}
	}
	b.WriteString("</" + e.name + ">")
}

// all are the elements that a path leads to. A step may end in [n]; "line" is
// the line of the document's kind, "//" before a single name searches all.
func (e *el) all(path string) []*el {
	if name, ok := strings.CutPrefix(path, "//"); ok {
		var found []*el
		for _, k := range e.kids {
			if k.name == name {
				found = append(found, k)
			}
			found = append(found, k.all(path)...)
		}
		return found
	}
	at := []*el{e}
	if path == "" {
		return at
	}
	for step := range strings.SplitSeq(path, "/") {
		var next []*el
		name, index := e.step(step)
		for _, a := range at {
			n := 0
			for _, k := range a.kids {
				if k.name == name {
					if n++; index == 0 || n == index {
						next = append(next, k)
					}
				}
			}
		}
		at = next
	}
	return at
}

func (e *el) step(step string) (name string, index int) {
	name, rest, _ := strings.Cut(step, "[")
	if rest != "" {
		_, _ = fmt.Sscanf(rest, "%d]", &index)
	}
	if name == "line" {
		name = "cac:" + e.name + "Line"
	}
	if name == "quantity" {
		name = map[string]string{"Invoice": "cbc:InvoicedQuantity", "CreditNote": "cbc:CreditedQuantity"}[e.name]
	}
	return name, index
}

// insert adds a child where the schema wants it.
func (e *el) insert(k *el) *el {
	order := sequenceOf(e.name)
	place := slices.Index(order, k.name)
	at := len(e.kids)
	for i, sibling := range e.kids {
		if slices.Index(order, sibling.name) > place && place >= 0 {
			at = i
			break
		}
	}
	e.kids = slices.Insert(e.kids, at, k)
	return k
}

func sequenceOf(element string) []string {
	s, w := ubl21(), words()
	full := element
	if !strings.Contains(element, ":") {
		full = map[string]string{"Invoice": "inv:Invoice", "CreditNote": "cn:CreditNote"}[element]
	}
	cut := strings.IndexByte(full, ':') + 1
	t := s.types[s.typeOf[w.find(prefixes[full[:cut]], []byte(full[cut:]))]]
	var order []string
	for _, n := range s.child[t.from:t.to] {
		order = append(order, n.String())
	}
	return order
}

// An edit changes a document.
type edit func(t testing.TB, doc *el)

func must(t testing.TB, doc *el, path string) []*el {
	t.Helper()
	found := doc.all(path)
	if len(found) == 0 {
		t.Fatalf("the sample has no %s", path)
	}
	return found
}

// set gives the elements at a path a text, and makes the last step if need be.
func set(path, text string) edit {
	return func(t testing.TB, doc *el) {
		if len(doc.all(path)) == 0 {
			parent, name := "", path
			if i := strings.LastIndexByte(path, '/'); i >= 0 {
				parent, name = path[:i], path[i+1:]
			}
			name, _ = doc.step(name)
			for _, p := range must(t, doc, parent) {
				p.insert(x(name))
			}
		}
		for _, e := range doc.all(path) {
			e.text, e.kids = text, nil
		}
	}
}

// remove takes away all elements at a path.
func remove(path string) edit {
	return func(t testing.TB, doc *el) {
		gone := must(t, doc, path)
		var walk func(e *el)
		walk = func(e *el) {
			e.kids = slices.DeleteFunc(e.kids, func(k *el) bool { return slices.Contains(gone, k) })
			for _, k := range e.kids {
				walk(k)
			}
		}
		walk(doc)
	}
}

// add puts elements into the first element at a path, in schema order.
func add(path string, kids ...*el) edit {
	return func(t testing.TB, doc *el) {
		p := must(t, doc, path)[0]
		for _, k := range kids {
			p.insert(k.clone())
		}
	}
}

// twice repeats the first element at a path.
func twice(path string) edit {
	return func(t testing.TB, doc *el) {
		e := must(t, doc, path)[0]
		var walk func(p *el)
		walk = func(p *el) {
			if i := slices.Index(p.kids, e); i >= 0 {
				p.kids = slices.Insert(p.kids, i, e.clone())
				return
			}
			for _, k := range p.kids {
				walk(k)
			}
		}
		walk(doc)
	}
}

// attribute sets an attribute of all elements at a path, or removes it if the
// value is empty.
func attribute(path, name, value string) edit {
	return func(t testing.TB, doc *el) {
		for _, e := range must(t, doc, path) {
			e.attrs = slices.DeleteFunc(e.attrs, func(a string) bool { return strings.HasPrefix(a, name+"=") })
			if value != "" {
				e.attrs = append(e.attrs, name+"="+value)
			}
		}
	}
}

func taxCategory(name, code, percent string, more ...*el) *el {
	return x(name, x("cbc:ID", code), x("cbc:Percent", percent), more, x("cac:TaxScheme", x("cbc:ID", "VAT")))
}

func modification(indicator, code, reason, percent, amount, base string) *el {
	return x("cac:AllowanceCharge", x("cbc:ChargeIndicator", indicator), x("cbc:AllowanceChargeReasonCode", code),
		x("cbc:AllowanceChargeReason", reason), x("cbc:MultiplierFactorNumeric", percent), nok("cbc:Amount", amount), nok("cbc:BaseAmount", base))
}

func address(country string) *el {
	return x("cac:PostalAddress", x("cbc:StreetName", "Storgata 1"), x("cbc:CityName", "Oslo"), x("cbc:PostalZone", "0155"),
		x("cac:Country", x("cbc:IdentificationCode", country)))
}

// sample is a document that uses nearly all that EHF has and breaks no rule:
// a clinic that is registered for VAT bills an insurer for two lines.
func sample(root string) *el {
	return x(root,
		x("cbc:CustomizationID", billing3),
		x("cbc:ProfileID", "urn:fdc:peppol.eu:2017:poacc:billing:01:1.0"),
		x("cbc:ID", "2026-1001"),
		x("cbc:IssueDate", "2026-11-02"),
		dueDate(root),
		x("cbc:"+root+"TypeCode", map[string]string{"Invoice": "380", "CreditNote": "381"}[root]),
		x("cbc:Note", "Takk for oppdraget"),
		x("cbc:DocumentCurrencyCode", "NOK"),
		x("cbc:AccountingCost", "4217"),
		x("cbc:BuyerReference", "SAK-77"),
		x("cac:InvoicePeriod", x("cbc:StartDate", "2026-10-01"), x("cbc:EndDate", "2026-10-31")),
		x("cac:OrderReference", x("cbc:ID", "O-9")),
		x("cac:BillingReference", x("cac:InvoiceDocumentReference", x("cbc:ID", "2026-1000"), x("cbc:IssueDate", "2026-10-01"))),
		x("cac:ContractDocumentReference", x("cbc:ID", "K-1")),
		x("cac:AdditionalDocumentReference", x("cbc:ID", "77", "@schemeID=ABT"), x("cbc:DocumentTypeCode", "130")),
		x("cac:AdditionalDocumentReference", x("cbc:ID", "Vedlegg"), x("cbc:DocumentDescription", "Timeliste"),
			x("cac:Attachment", x("cbc:EmbeddedDocumentBinaryObject", "aGVp", "@mimeCode=application/pdf", "@filename=timer.pdf"))),
		x("cac:AccountingSupplierParty", x("cac:Party",
			x("cbc:EndpointID", "991825827", "@schemeID=0192"),
			x("cac:PartyIdentification", x("cbc:ID", "991825827", "@schemeID=0192")),
			x("cac:PartyName", x("cbc:Name", "Fjordklinikken")),
			address("NO"),
			x("cac:PartyTaxScheme", x("cbc:CompanyID", "NO991825827MVA"), x("cac:TaxScheme", x("cbc:ID", "VAT"))),
			x("cac:PartyTaxScheme", x("cbc:CompanyID", "Foretaksregisteret"), x("cac:TaxScheme", x("cbc:ID", "TAX"))),
			x("cac:PartyLegalEntity", x("cbc:RegistrationName", "Fjordklinikken AS"), x("cbc:CompanyID", "991825827", "@schemeID=0192"), x("cbc:CompanyLegalForm", "AS")),
			x("cac:Contact", x("cbc:Name", "Resepsjonen"), x("cbc:Telephone", "22334455"), x("cbc:ElectronicMail", "post@example.no")))),
		x("cac:AccountingCustomerParty", x("cac:Party",
			x("cbc:EndpointID", "974760673", "@schemeID=0192"),
			x("cac:PartyIdentification", x("cbc:ID", "974760673", "@schemeID=0192")),
			x("cac:PartyName", x("cbc:Name", "Trygg")),
			address("NO"),
			x("cac:PartyTaxScheme", x("cbc:CompanyID", "NO974760673MVA"), x("cac:TaxScheme", x("cbc:ID", "VAT"))),
			x("cac:PartyLegalEntity", x("cbc:RegistrationName", "Trygg Forsikring AS"), x("cbc:CompanyID", "974760673", "@schemeID=0192")))),
		x("cac:Delivery", x("cbc:ActualDeliveryDate", "2026-10-30"),
			x("cac:DeliveryLocation", x("cbc:ID", "7300010000001", "@schemeID=0088"),
				x("cac:Address", x("cbc:CityName", "Oslo"), x("cac:Country", x("cbc:IdentificationCode", "NO")))),
			x("cac:DeliveryParty", x("cac:PartyName", x("cbc:Name", "Avdeling 3")))),
		x("cac:PaymentMeans", x("cbc:PaymentMeansCode", "30", "@name=Konto"), x("cbc:PaymentID", "2345676"),
			x("cac:PayeeFinancialAccount", x("cbc:ID", "15035512345"), x("cbc:Name", "Drift"))),
		x("cac:PaymentTerms", x("cbc:Note", "Netto 14 dager")),
		withCategory(modification("false", "95", "Avtale", "10", "300.00", "3000.00"), "cac:TaxCategory", "S", "25"),
		withCategory(modification("true", "FC", "Frakt", "4", "100.00", "2500.00"), "cac:TaxCategory", "S", "25"),
		x("cac:TaxTotal", nok("cbc:TaxAmount", "700.00"),
			x("cac:TaxSubtotal", nok("cbc:TaxableAmount", "2800.00"), nok("cbc:TaxAmount", "700.00"), taxCategory("cac:TaxCategory", "S", "25"))),
		x("cac:LegalMonetaryTotal", nok("cbc:LineExtensionAmount", "3000.00"), nok("cbc:TaxExclusiveAmount", "2800.00"),
			nok("cbc:TaxInclusiveAmount", "3500.00"), nok("cbc:AllowanceTotalAmount", "300.00"), nok("cbc:ChargeTotalAmount", "100.00"),
			nok("cbc:PrepaidAmount", "500.00"), nok("cbc:PayableRoundingAmount", "0.50"), nok("cbc:PayableAmount", "3000.50")),
		x("cac:"+root+"Line", x("cbc:ID", "1"), x("cbc:Note", "Etter avtale"), amountOf(root, "2", "HUR"), nok("cbc:LineExtensionAmount", "1950.00"),
			x("cbc:AccountingCost", "4217"),
			x("cac:InvoicePeriod", x("cbc:StartDate", "2026-10-05"), x("cbc:EndDate", "2026-10-12")),
			x("cac:OrderLineReference", x("cbc:LineID", "1")),
			x("cac:DocumentReference", x("cbc:ID", "77", "@schemeID=ABT"), x("cbc:DocumentTypeCode", "130")),
			modification("false", "95", "Avtale", "5", "100.00", "2000.00"),
			modification("true", "FC", "Reise", "2.5", "50.00", "2000.00"),
			x("cac:Item", x("cbc:Description", "Utvidet time"), x("cbc:Name", "Veiledning"),
				x("cac:SellersItemIdentification", x("cbc:ID", "V60")),
				x("cac:StandardItemIdentification", x("cbc:ID", "7300010000001", "@schemeID=0088")),
				x("cac:OriginCountry", x("cbc:IdentificationCode", "NO")),
				x("cac:CommodityClassification", x("cbc:ItemClassificationCode", "85121", "@listID=STI")),
				taxCategory("cac:ClassifiedTaxCategory", "S", "25"),
				x("cac:AdditionalItemProperty", x("cbc:Name", "Sted"), x("cbc:Value", "Video"))),
			x("cac:Price", nok("cbc:PriceAmount", "1000.00"), x("cbc:BaseQuantity", "1", "@unitCode=HUR"),
				x("cac:AllowanceCharge", x("cbc:ChargeIndicator", "false"), nok("cbc:Amount", "100.00"), nok("cbc:BaseAmount", "1100.00")))),
		x("cac:"+root+"Line", x("cbc:ID", "2"), amountOf(root, "3", "EA"), nok("cbc:LineExtensionAmount", "1050.00"),
			x("cac:Item", x("cbc:Name", "Rapport"), taxCategory("cac:ClassifiedTaxCategory", "S", "25")),
			x("cac:Price", nok("cbc:PriceAmount", "350.00"))),
	)
}

func dueDate(root string) []*el {
	if root == "CreditNote" {
		return nil
	}
	return []*el{x("cbc:DueDate", "2026-11-16")}
}

func amountOf(root, n, unit string) *el {
	return x(map[string]string{"Invoice": "cbc:InvoicedQuantity", "CreditNote": "cbc:CreditedQuantity"}[root], n, "@unitCode="+unit)
}

func withCategory(e *el, name, code, percent string) *el {
	e.kids = append(e.kids, taxCategory(name, code, percent))
	return e
}

// recategorised gives the whole sample another VAT category. Those without a
// rate of their own have no VAT.
func recategorised(code string) edit {
	return func(t testing.TB, doc *el) {
		rated := code == "S" || code == "L" || code == "M"
		for _, name := range []string{"//cac:TaxCategory", "//cac:ClassifiedTaxCategory"} {
			for _, c := range must(t, doc, name) {
				c.all("cbc:ID")[0].text = code
				switch {
				case code == "O":
					c.kids = slices.DeleteFunc(c.kids, func(k *el) bool { return k.name == "cbc:Percent" })
				case !rated:
					c.all("cbc:Percent")[0].text = "0"
				}
			}
		}
		if rated {
			return
		}
		edits := []edit{
			set("cac:TaxTotal/cbc:TaxAmount", "0.00"), set("cac:TaxTotal/cac:TaxSubtotal/cbc:TaxAmount", "0.00"),
			set("cac:LegalMonetaryTotal/cbc:TaxInclusiveAmount", "2800.00"), set("cac:LegalMonetaryTotal/cbc:PayableAmount", "2300.50"),
		}
		if code != "Z" {
			edits = append(edits, set("cac:TaxTotal/cac:TaxSubtotal/cac:TaxCategory/cbc:TaxExemptionReason", "Se avtalen"))
		}
		if code == "O" {
			edits = append(edits, withoutVATNumbers)
		}
		for _, e := range edits {
			e(t, doc)
		}
	}
}

// withoutVATNumbers takes the VAT numbers of both parties away.
func withoutVATNumbers(t testing.TB, doc *el) {
	remove("cac:AccountingSupplierParty/cac:Party/cac:PartyTaxScheme[1]")(t, doc)
	remove("cac:AccountingCustomerParty/cac:Party/cac:PartyTaxScheme")(t, doc)
}

// plain is an invoice of so many lines as a clinic sends it: exempt from VAT,
// paid to an account with a KID.
func plain(lines int) *el {
	doc := x("Invoice",
		x("cbc:CustomizationID", billing3),
		x("cbc:ProfileID", "urn:fdc:peppol.eu:2017:poacc:billing:01:1.0"),
		x("cbc:ID", "2026-2001"), x("cbc:IssueDate", "2026-11-02"), x("cbc:DueDate", "2026-11-16"),
		x("cbc:InvoiceTypeCode", "380"), x("cbc:DocumentCurrencyCode", "NOK"), x("cbc:BuyerReference", "SAK-77"),
		x("cac:AccountingSupplierParty", x("cac:Party", x("cbc:EndpointID", "991825827", "@schemeID=0192"),
			x("cac:PartyName", x("cbc:Name", "Fjordklinikken")), address("NO"),
			x("cac:PartyTaxScheme", x("cbc:CompanyID", "Foretaksregisteret"), x("cac:TaxScheme", x("cbc:ID", "TAX"))),
			x("cac:PartyLegalEntity", x("cbc:RegistrationName", "Fjordklinikken AS"), x("cbc:CompanyID", "991825827", "@schemeID=0192")))),
		x("cac:AccountingCustomerParty", x("cac:Party", x("cbc:EndpointID", "974760673", "@schemeID=0192"), address("NO"),
			x("cac:PartyLegalEntity", x("cbc:RegistrationName", "Trygg Forsikring AS"), x("cbc:CompanyID", "974760673", "@schemeID=0192")))),
		x("cac:PaymentMeans", x("cbc:PaymentMeansCode", "30"), x("cbc:PaymentID", "2345676"), x("cac:PayeeFinancialAccount", x("cbc:ID", "15035512345"))),
	)
	total := fmt.Sprintf("%d.00", 950*lines)
	exemption := taxCategory("cac:TaxCategory", "E", "0", x("cbc:TaxExemptionReason", "Unntatt, merverdiavgiftsloven § 3-2"))
	doc.kids = append(doc.kids,
		x("cac:TaxTotal", nok("cbc:TaxAmount", "0.00"), x("cac:TaxSubtotal", nok("cbc:TaxableAmount", total), nok("cbc:TaxAmount", "0.00"), exemption)),
		x("cac:LegalMonetaryTotal", nok("cbc:LineExtensionAmount", total), nok("cbc:TaxExclusiveAmount", total),
			nok("cbc:TaxInclusiveAmount", total), nok("cbc:PayableAmount", total)))
	for i := range lines {
		doc.kids = append(doc.kids, x("cac:InvoiceLine", x("cbc:ID", fmt.Sprint(i+1)), amountOf("Invoice", "1", "HUR"), nok("cbc:LineExtensionAmount", "950.00"),
			x("cac:InvoicePeriod", x("cbc:StartDate", "2026-10-05"), x("cbc:EndDate", "2026-10-05")),
			x("cac:Item", x("cbc:Name", "Behandlingstime"), x("cac:SellersItemIdentification", x("cbc:ID", "B60")), taxCategory("cac:ClassifiedTaxCategory", "E", "0")),
			x("cac:Price", nok("cbc:PriceAmount", "950.00"))))
	}
	return doc
}

func TestSamplesAreClean(t *testing.T) {
	docs := map[string]*el{"Invoice": sample("Invoice"), "CreditNote": sample("CreditNote"), "plain": plain(1), "long": plain(30)}
	for _, code := range []string{"Z", "E", "AE", "K", "G", "O", "L", "M"} {
		docs[code] = sample("Invoice")
		recategorised(code)(t, docs[code])
	}
	for name, doc := range docs {
		if r := validated(t, doc); len(r.Findings)+len(r.Problems)+len(r.Notices) > 0 || !r.Valid() {
			t.Errorf("%s: %s", name, described(r))
		}
	}
}

func validated(t testing.TB, doc *el) Report {
	t.Helper()
	r, err := Validate(doc.bytes(), nil)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func described(r Report) string {
	var b strings.Builder
	for _, p := range r.Problems {
		fmt.Fprintf(&b, "\n\t%s: %s", p.Path, p.Text("en"))
	}
	for _, f := range r.Findings {
		fmt.Fprintf(&b, "\n\t%s %v %s: %s", f.Rule, f.Flag, f.Path, f.Text("en"))
	}
	return b.String()
}
