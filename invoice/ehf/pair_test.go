package ehf

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// A pair is a document that keeps a rule and one that breaks it, made from the
// sample: keeps is applied to both, breaks to the second.
type pair struct {
	root   string // Invoice if empty
	keeps  []edit
	breaks []edit
}

// broken is the pair of a rule that the sample keeps as it is.
func broken(by ...edit) pair { return pair{breaks: by} }

// given prepares the sample first.
func given(keeps ...edit) pair { return pair{keeps: keeps} }

func (p pair) brokenBy(by ...edit) pair {
	p.breaks = by
	return p
}

func (p pair) in(root string) pair {
	p.root = root
	return p
}

func (p pair) documents(t testing.TB) (keeping, breaking *el) {
	root := p.root
	if root == "" {
		root = "Invoice"
	}
	keeping, breaking = sample(root), sample(root)
	for _, e := range p.keeps {
		e(t, keeping)
		e(t, breaking)
	}
	for _, e := range p.breaks {
		e(t, breaking)
	}
	return keeping, breaking
}

// unbreakable are rules that no document can break, with the reason why.
var unbreakable = map[string]string{
	"BR-CO-05":           "whether a reason and its code mean the same is left to people",
	"BR-CO-06":           "as BR-CO-05",
	"BR-CO-07":           "as BR-CO-05",
	"BR-CO-08":           "as BR-CO-05",
	"PEPPOL-COMMON-R048": "withdrawn; scheme 9906 is no longer looked at",
}

// Every rule must have a pair: the one document must not break it, the other
// must, and the finding must have the rule's flag, a path and both texts.
func TestEveryRuleHasAPair(t *testing.T) {
	all := pairs()
	flags := map[string]Flag{}
	for r := range Newest().Rules() {
		flags[r.ID] = r.Flag
		_, has := all[r.ID]
		if _, never := unbreakable[r.ID]; has == never {
			t.Errorf("%s: has a pair: %v, can't be broken: %v", r.ID, has, never)
		}
	}
	for id, p := range all {
		t.Run(id, func(t *testing.T) {
			flag, ok := flags[id]
			if !ok {
				t.Fatal("no such rule")
			}
			keeping, breaking := p.documents(t)
			if found := findingsOf(t, keeping, id); len(found) > 0 {
				t.Errorf("broken at %s without need", found[0].Path)
			}
			found := findingsOf(t, breaking, id)
			if len(found) == 0 {
				t.Fatalf("not broken by\n%s", breaking.bytes())
			}
			for _, f := range found {
				if f.Flag != flag || !strings.HasPrefix(f.Path, "/"+breaking.name) || f.Text("en") == "" || f.Text("nb") == "" {
					t.Errorf("finding %+v", f)
				}
			}
			if dir := os.Getenv("TIMEBOK_PAIRS"); dir != "" { // for a look with other validators
				for name, doc := range map[string]*el{"keeps": keeping, "breaks": breaking} {
					if err := os.WriteFile(filepath.Join(dir, id+"-"+name+".xml"), doc.bytes(), 0o644); err != nil {
						t.Error(err)
					}
				}
			}
		})
	}
}

func findingsOf(t testing.TB, doc *el, rule string) []Finding {
	return slices.DeleteFunc(validated(t, doc).Findings, func(f Finding) bool { return f.Rule != rule })
}

// Where the pieces of the sample are.
const (
	seller     = "cac:AccountingSupplierParty/cac:Party"
	buyer      = "cac:AccountingCustomerParty/cac:Party"
	object     = "cac:AdditionalDocumentReference[1]"
	attachment = "cac:AdditionalDocumentReference[2]"
	file       = attachment + "/cac:Attachment/cbc:EmbeddedDocumentBinaryObject"
	allowance  = "cac:AllowanceCharge[1]"
	charge     = "cac:AllowanceCharge[2]"
	totals     = "cac:LegalMonetaryTotal"
	subtotal   = "cac:TaxTotal/cac:TaxSubtotal"
	means      = "cac:PaymentMeans"
	item       = "line[1]/cac:Item"
	price      = "line[1]/cac:Price"
)

var agent = x("cac:TaxRepresentativeParty", x("cac:PartyName", x("cbc:Name", "Avgiftshjelp")), address("NO"),
	x("cac:PartyTaxScheme", x("cbc:CompanyID", "NO974760673MVA"), x("cac:TaxScheme", x("cbc:ID", "VAT"))))

var payee = x("cac:PayeeParty", x("cac:PartyIdentification", x("cbc:ID", "974760673", "@schemeID=0192")), x("cac:PartyName", x("cbc:Name", "Factoring")),
	x("cac:PartyLegalEntity", x("cbc:CompanyID", "974760673", "@schemeID=0192")))

func pairs() map[string]pair {
	all := map[string]pair{}
	for _, family := range []map[string]pair{
		documentPairs(), totalPairs(), modificationPairs(), linePairs(), partyPairs(), paymentPairs(), decimalPairs(),
		vatPairs(), codePairs(), syntaxPairs(), identifierPairs(), peppolPairs(), forbiddenPairs(), attributePairs(),
	} {
		for id, p := range family {
			if _, twice := all[id]; twice {
				panic(id + " has two pairs")
			}
			all[id] = p
		}
	}
	return all
}

func documentPairs() map[string]pair {
	return map[string]pair{
		"PEPPOL-EN16931-R008": broken(set("cbc:Note", "")),
		"BR-01":               broken(remove("cbc:CustomizationID")),
		"BR-02":               broken(remove("cbc:ID")),
		"BR-03":               broken(remove("cbc:IssueDate")),
		"BR-04":               broken(remove("cbc:InvoiceTypeCode")),
		"BR-05":               broken(remove("cbc:DocumentCurrencyCode")),
		"BR-06":               broken(remove(seller + "/cac:PartyLegalEntity/cbc:RegistrationName")),
		"BR-07":               broken(remove(buyer + "/cac:PartyLegalEntity/cbc:RegistrationName")),
		"BR-08":               broken(remove(seller + "/cac:PostalAddress")),
		"BR-10":               broken(remove(buyer + "/cac:PostalAddress")),
		"BR-16":               broken(remove("line")),
		"BR-53":               given(accountingCurrency).brokenBy(attribute("cac:TaxTotal[2]/cbc:TaxAmount", "currencyID", "SEK")),
		"BR-CO-03":            broken(set("cbc:TaxPointDate", "2026-11-02"), set("cac:InvoicePeriod/cbc:DescriptionCode", "35")),
		"BR-CO-15":            broken(set(totals+"/cbc:TaxInclusiveAmount", "3500.01")),
		"BR-CO-18":            broken(remove(subtotal)),
		"BR-DEC-13":           given(oddTax("cbc:DocumentCurrencyCode", "1.23")).brokenBy(oddTax("cbc:DocumentCurrencyCode", "1.234")),
		"BR-DEC-15":           given(oddTax("cbc:TaxCurrencyCode", "1.23")).brokenBy(oddTax("cbc:TaxCurrencyCode", "1.234")),
		"BR-IC-11":            given(recategorised("K")).brokenBy(remove("cac:InvoicePeriod"), remove("cac:Delivery/cbc:ActualDeliveryDate")),
		"BR-IC-12":            given(recategorised("K")).brokenBy(remove("cac:Delivery")),
		"BR-O-11":             given(recategorised("O")).brokenBy(twice(subtotal), set(subtotal+"[1]/cac:TaxCategory/cbc:ID", "E")),
		"BR-O-12":             given(recategorised("O")).brokenBy(set("line[2]/cac:Item/cac:ClassifiedTaxCategory/cbc:ID", "E")),
		"BR-O-13":             given(recategorised("O")).brokenBy(set(allowance+"/cac:TaxCategory/cbc:ID", "E")),
		"BR-O-14":             given(recategorised("O")).brokenBy(set(charge+"/cac:TaxCategory/cbc:ID", "E")),
		"UBL-CR-002":          given(set("cbc:UBLVersionID", "2.1")).brokenBy(set("cbc:UBLVersionID", "2.2")),
		"BR-B-01":             given(inItaly, recategorised("B")).brokenBy(set(buyer+"/cac:PostalAddress/cac:Country/cbc:IdentificationCode", "NO")),
		"BR-B-02":             given(recategorised("B")).brokenBy(set("line[2]/cac:Item/cac:ClassifiedTaxCategory/cbc:ID", "S")),
		"BR-CL-08":            given(set("cbc:Note", "#AAI#Takk")).brokenBy(set("cbc:Note", "#QQQ#Takk")),
		"BR-52":               broken(remove(attachment + "/cbc:ID")),
		"BR-55":               broken(remove("cac:BillingReference/cac:InvoiceDocumentReference/cbc:ID")),
		"UBL-CR-664": broken(add(means+"/cac:PayeeFinancialAccount", x("cac:FinancialInstitutionBranch", x("cbc:ID", "DNBANOKK"),
			x("cac:FinancialInstitution", x("cbc:ID", "DNBANOKK"))))),
		"UBL-CR-666": broken(add(object, x("cac:Attachment", x("cac:ExternalReference", x("cbc:URI", "https://example.no"))))),
		"UBL-CR-669": broken(set(price+"/cac:AllowanceCharge/cbc:AllowanceChargeReasonCode", "95")),
		"UBL-CR-670": broken(set(price+"/cac:AllowanceCharge/cbc:AllowanceChargeReason", "Avtale")),
		"UBL-CR-671": broken(set(price+"/cac:AllowanceCharge/cbc:MultiplierFactorNumeric", "9")),
		"UBL-CR-673": broken(set(object+"/cbc:DocumentDescription", "Sak")),
		"UBL-CR-680": broken(add(means, x("cac:PayerFinancialAccount", x("cbc:ID", "15035512345")))),
	}
}

// accountingCurrency gives the VAT total in euro too.
func accountingCurrency(t testing.TB, doc *el) {
	set("cbc:TaxCurrencyCode", "EUR")(t, doc)
	doc.insert(x("cac:TaxTotal", x("cbc:TaxAmount", "60.00", "@currencyID=EUR")))
}

// oddTax is what the rules on the decimals of the VAT total look for: a
// currency inside the amount, which UBL does not allow.
func oddTax(currency, amount string) edit {
	return func(t testing.TB, doc *el) {
		doc.kids = slices.DeleteFunc(doc.kids, func(k *el) bool { return k.name == "cac:WithholdingTaxTotal" })
		doc.all("cac:TaxTotal/cbc:TaxAmount")[0].attrs = []string{"currencyID="}
		doc.all("cac:TaxTotal/cbc:TaxAmount")[0].text = amount
		doc.all("cac:TaxTotal/cbc:TaxAmount")[0].kids = []*el{x(currency)}
	}
}

func inItaly(t testing.TB, doc *el) {
	for _, e := range doc.all("//cbc:IdentificationCode") {
		e.text = "IT"
	}
}

func totalPairs() map[string]pair {
	return map[string]pair{
		"BR-12":    broken(remove(totals + "/cbc:LineExtensionAmount")),
		"BR-13":    broken(remove(totals + "/cbc:TaxExclusiveAmount")),
		"BR-14":    broken(remove(totals + "/cbc:TaxInclusiveAmount")),
		"BR-15":    broken(remove(totals + "/cbc:PayableAmount")),
		"BR-CO-10": broken(set(totals+"/cbc:LineExtensionAmount", "2999.99")),
		"BR-CO-11": broken(set(totals+"/cbc:AllowanceTotalAmount", "300.01")),
		"BR-CO-12": broken(set(totals+"/cbc:ChargeTotalAmount", "99.99")),
		"BR-CO-13": broken(set(totals+"/cbc:TaxExclusiveAmount", "2800.01")),
		"BR-CO-14": broken(set("cac:TaxTotal/cbc:TaxAmount", "700.01")),
		"BR-CO-16": broken(set(totals+"/cbc:PayableAmount", "3000.51")),
		"BR-CO-17": broken(set(subtotal+"/cbc:TaxAmount", "701.00")),
		"BR-45":    broken(remove(subtotal + "/cbc:TaxableAmount")),
		"BR-46":    broken(remove(subtotal + "/cbc:TaxAmount")),
		"BR-47":    broken(remove(subtotal + "/cac:TaxCategory/cbc:ID")),
		"BR-48":    broken(remove(subtotal + "/cac:TaxCategory/cbc:Percent")),
	}
}

func modificationPairs() map[string]pair {
	noReason := func(at string) pair {
		return broken(remove(at+"/cbc:AllowanceChargeReason"), remove(at+"/cbc:AllowanceChargeReasonCode"))
	}
	own, ownCharge := "line[1]/cac:AllowanceCharge[1]", "line[1]/cac:AllowanceCharge[2]"
	return map[string]pair{
		"BR-31":               broken(remove(allowance + "/cbc:Amount")),
		"BR-32":               broken(remove(allowance + "/cac:TaxCategory")),
		"BR-33":               noReason(allowance),
		"BR-CO-21":            noReason(allowance),
		"BR-36":               broken(remove(charge + "/cbc:Amount")),
		"BR-37":               broken(set(charge+"/cac:TaxCategory/cac:TaxScheme/cbc:ID", "GST")),
		"BR-38":               noReason(charge),
		"BR-CO-22":            noReason(charge),
		"BR-41":               broken(remove(own + "/cbc:Amount")),
		"BR-42":               noReason(own),
		"BR-CO-23":            noReason(own),
		"BR-43":               broken(remove(ownCharge + "/cbc:Amount")),
		"BR-44":               noReason(ownCharge),
		"BR-CO-24":            noReason(ownCharge),
		"PEPPOL-EN16931-R040": broken(set(allowance+"/cbc:BaseAmount", "3000.21")),
		"PEPPOL-EN16931-R041": broken(remove(own + "/cbc:BaseAmount")),
		"PEPPOL-EN16931-R042": broken(remove(charge + "/cbc:MultiplierFactorNumeric")),
		"PEPPOL-EN16931-R043": broken(set(allowance+"/cbc:ChargeIndicator", "0")),
		"PEPPOL-EN16931-R044": broken(set(price+"/cac:AllowanceCharge/cbc:ChargeIndicator", "true")),
		"PEPPOL-EN16931-R046": broken(set(price+"/cac:AllowanceCharge/cbc:BaseAmount", "1100.01")),
	}
}

func linePairs() map[string]pair {
	return map[string]pair{
		"BR-21":               broken(remove("line[1]/cbc:ID")),
		"BR-22":               broken(remove("line[2]/quantity")),
		"BR-23":               broken(attribute("line[2]/quantity", "unitCode", "")),
		"BR-24":               broken(remove("line[1]/cbc:LineExtensionAmount")),
		"BR-25":               broken(set(item+"/cbc:Name", " ")),
		"BR-26":               broken(remove(price + "/cbc:PriceAmount")),
		"BR-27":               broken(set("line[2]/cac:Price/cbc:PriceAmount", "-350.00")),
		"BR-28":               broken(set(price+"/cac:AllowanceCharge/cbc:BaseAmount", "-1")),
		"BR-CO-04":            broken(remove(item + "/cac:ClassifiedTaxCategory/cac:TaxScheme")),
		"BR-29":               broken(set("cac:InvoicePeriod/cbc:EndDate", "2026-09-30")),
		"BR-30":               broken(set("line[1]/cac:InvoicePeriod/cbc:EndDate", "2026-10-04")),
		"BR-CO-19":            broken(set("cac:InvoicePeriod", "")),
		"BR-CO-20":            broken(set("line[1]/cac:InvoicePeriod", "")),
		"BR-54":               broken(remove(item + "/cac:AdditionalItemProperty/cbc:Value")),
		"BR-64":               broken(attribute(item+"/cac:StandardItemIdentification/cbc:ID", "schemeID", "")),
		"BR-65":               broken(attribute(item+"/cac:CommodityClassification/cbc:ItemClassificationCode", "listID", "")),
		"PEPPOL-EN16931-R100": broken(twice("line[1]/cac:DocumentReference")),
		"PEPPOL-EN16931-R101": broken(set("line[1]/cac:DocumentReference/cbc:DocumentTypeCode", "50")),
		"PEPPOL-EN16931-R110": broken(set("line[1]/cac:InvoicePeriod/cbc:StartDate", "2026-09-30")),
		"PEPPOL-EN16931-R111": broken(set("line[1]/cac:InvoicePeriod/cbc:EndDate", "2026-11-01")),
		"PEPPOL-EN16931-R120": broken(set("line[1]/cbc:LineExtensionAmount", "1950.03")),
		"PEPPOL-EN16931-R121": broken(set(price+"/cbc:BaseQuantity", "0")),
		"PEPPOL-EN16931-R130": broken(attribute(price+"/cbc:BaseQuantity", "unitCode", "MIN")),
	}
}

func partyPairs() map[string]pair {
	return map[string]pair{
		"BR-09":    broken(remove(seller + "/cac:PostalAddress/cac:Country")),
		"BR-11":    broken(remove(buyer + "/cac:PostalAddress/cac:Country")),
		"BR-17":    given(add("", payee)).brokenBy(set("cac:PayeeParty/cac:PartyName/cbc:Name", "Fjordklinikken")),
		"BR-18":    given(add("", agent)).brokenBy(remove("cac:TaxRepresentativeParty/cac:PartyName")),
		"BR-19":    given(add("", agent)).brokenBy(remove("cac:TaxRepresentativeParty/cac:PostalAddress")),
		"BR-20":    given(add("", agent)).brokenBy(remove("cac:TaxRepresentativeParty/cac:PostalAddress/cac:Country")),
		"BR-56":    given(add("", agent)).brokenBy(remove("cac:TaxRepresentativeParty/cac:PartyTaxScheme/cbc:CompanyID")),
		"BR-57":    broken(remove("cac:Delivery/cac:DeliveryLocation/cac:Address/cac:Country")),
		"BR-62":    broken(attribute(seller+"/cbc:EndpointID", "schemeID", "")),
		"BR-63":    broken(attribute(buyer+"/cbc:EndpointID", "schemeID", "")),
		"BR-CO-09": broken(set(buyer+"/cac:PartyTaxScheme/cbc:CompanyID", "974760673MVA")),
		"BR-CO-26": broken(remove(seller+"/cac:PartyIdentification"), remove(seller+"/cac:PartyTaxScheme[1]"),
			remove(seller+"/cac:PartyLegalEntity/cbc:CompanyID")),
		"PEPPOL-EN16931-R010": broken(remove(buyer + "/cbc:EndpointID")),
		"PEPPOL-EN16931-R020": broken(remove(seller + "/cbc:EndpointID")),
		"NO-R-001":            broken(set(seller+"/cac:PartyTaxScheme[1]/cbc:CompanyID", "NO991825827")),
		"NO-R-002":            broken(set(seller+"/cac:PartyTaxScheme[2]/cbc:CompanyID", "991825827")),
	}
}

func paymentPairs() map[string]pair {
	card := x("cac:CardAccount", x("cbc:PrimaryAccountNumberID", "123456"), x("cbc:NetworkID", "VISA"))
	return map[string]pair{
		"BR-49":               broken(remove(means + "/cbc:PaymentMeansCode")),
		"BR-50":               broken(remove(means + "/cac:PayeeFinancialAccount/cbc:ID")),
		"BR-51":               given(add(means, card)).brokenBy(set(means+"/cac:CardAccount/cbc:PrimaryAccountNumberID", "12345678901")),
		"BR-61":               broken(remove(means + "/cac:PayeeFinancialAccount")),
		"PEPPOL-EN16931-R061": given(set(means+"/cbc:PaymentMeansCode", "49"), add(means, x("cac:PaymentMandate", x("cbc:ID", "F-1")))).brokenBy(remove(means + "/cac:PaymentMandate")),
	}
}

func decimalPairs() map[string]pair {
	own, ownCharge := "line[1]/cac:AllowanceCharge[1]", "line[1]/cac:AllowanceCharge[2]"
	three := func(path string) pair { return broken(set(path, "1.005")) }
	return map[string]pair{
		"BR-DEC-01": three(allowance + "/cbc:Amount"), "BR-DEC-02": three(allowance + "/cbc:BaseAmount"),
		"BR-DEC-05": three(charge + "/cbc:Amount"), "BR-DEC-06": three(charge + "/cbc:BaseAmount"),
		"BR-DEC-09": three(totals + "/cbc:LineExtensionAmount"), "BR-DEC-10": three(totals + "/cbc:AllowanceTotalAmount"),
		"BR-DEC-11": three(totals + "/cbc:ChargeTotalAmount"), "BR-DEC-12": three(totals + "/cbc:TaxExclusiveAmount"),
		"BR-DEC-14": three(totals + "/cbc:TaxInclusiveAmount"), "BR-DEC-16": three(totals + "/cbc:PrepaidAmount"),
		"BR-DEC-17": three(totals + "/cbc:PayableRoundingAmount"), "BR-DEC-18": three(totals + "/cbc:PayableAmount"),
		"BR-DEC-19": three(subtotal + "/cbc:TaxableAmount"), "BR-DEC-20": three(subtotal + "/cbc:TaxAmount"),
		"BR-DEC-23": three("line[1]/cbc:LineExtensionAmount"),
		"BR-DEC-24": three(own + "/cbc:Amount"), "BR-DEC-25": three(own + "/cbc:BaseAmount"),
		"BR-DEC-27": three(ownCharge + "/cbc:Amount"), "BR-DEC-28": three(ownCharge + "/cbc:BaseAmount"),
		"UBL-DT-01": three("line[1]/cac:AllowanceCharge[2]/cbc:Amount"),
	}
}
