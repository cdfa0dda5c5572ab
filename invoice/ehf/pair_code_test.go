package ehf

import "testing"

func codePairs() map[string]pair {
	wrong := func(path string) pair { return broken(set(path, "Q!")) }
	wrongAttribute := func(path, name string) pair { return broken(attribute(path, name, "Q!")) }
	return map[string]pair{
		"BR-CL-01":             wrong("cbc:InvoiceTypeCode"),
		"BR-CL-03":             wrongAttribute("line[1]/cbc:LineExtensionAmount", "currencyID"),
		"BR-CL-04":             wrong("cbc:DocumentCurrencyCode"),
		"BR-CL-05":             given(accountingCurrency).brokenBy(set("cbc:TaxCurrencyCode", "Q!")),
		"BR-CL-06":             given(set("cac:InvoicePeriod/cbc:DescriptionCode", "35")).brokenBy(set("cac:InvoicePeriod/cbc:DescriptionCode", "36")),
		"BR-CL-07":             wrongAttribute(object+"/cbc:ID", "schemeID"),
		"BR-CL-10":             wrongAttribute(buyer+"/cac:PartyIdentification/cbc:ID", "schemeID"),
		"BR-CL-11":             wrongAttribute(buyer+"/cac:PartyLegalEntity/cbc:CompanyID", "schemeID"),
		"BR-CL-13":             wrongAttribute(item+"/cac:CommodityClassification/cbc:ItemClassificationCode", "listID"),
		"BR-CL-14":             wrong(seller + "/cac:PostalAddress/cac:Country/cbc:IdentificationCode"),
		"BR-CL-15":             wrong(item + "/cac:OriginCountry/cbc:IdentificationCode"),
		"BR-CL-16":             wrong(means + "/cbc:PaymentMeansCode"),
		"BR-CL-17":             wrong(allowance + "/cac:TaxCategory/cbc:ID"),
		"BR-CL-18":             wrong(item + "/cac:ClassifiedTaxCategory/cbc:ID"),
		"BR-CL-19":             wrong(allowance + "/cbc:AllowanceChargeReasonCode"),
		"BR-CL-20":             wrong(charge + "/cbc:AllowanceChargeReasonCode"),
		"BR-CL-21":             wrongAttribute(item+"/cac:StandardItemIdentification/cbc:ID", "schemeID"),
		"BR-CL-22":             given(recategorised("E"), exemptionCodeIs("vatex-eu-132-1c")).brokenBy(exemptionCodeIs("VATEX-NO")),
		"BR-CL-23":             wrongAttribute("line[2]/quantity", "unitCode"),
		"BR-CL-24":             wrongAttribute(file, "mimeCode"),
		"BR-CL-25":             wrongAttribute(buyer+"/cbc:EndpointID", "schemeID"),
		"BR-CL-26":             wrongAttribute("cac:Delivery/cac:DeliveryLocation/cbc:ID", "schemeID"),
		"PEPPOL-EN16931-CL001": broken(attribute(file, "mimeCode", "text/html")),
		"PEPPOL-EN16931-CL002": wrong("line[1]/cac:AllowanceCharge[1]/cbc:AllowanceChargeReasonCode"),
		"PEPPOL-EN16931-CL003": wrong("line[1]/cac:AllowanceCharge[2]/cbc:AllowanceChargeReasonCode"),
		"PEPPOL-EN16931-CL006": broken(set("line[1]/cac:InvoicePeriod/cbc:DescriptionCode", "36")),
		"PEPPOL-EN16931-CL007": broken(attribute("line[1]/cbc:LineExtensionAmount", "currencyID", "STD")),
		"PEPPOL-EN16931-CL008": broken(attribute(buyer+"/cbc:EndpointID", "schemeID", "0037")),
		"PEPPOL-EN16931-P0100": broken(set("cbc:InvoiceTypeCode", "381")),
		"PEPPOL-EN16931-P0101": broken(set("cbc:CreditNoteTypeCode", "380")).in("CreditNote"),
		"PEPPOL-EN16931-P0112": broken(set("cbc:InvoiceTypeCode", "384")),
		"PEPPOL-EN16931-F001":  broken(set("cbc:IssueDate", "2026-11-02Z")),
		"PEPPOL-EN16931-P0104": exemptionPair("G", "VATEX-EU-G"),
		"PEPPOL-EN16931-P0105": exemptionPair("O", "VATEX-EU-O"),
		"PEPPOL-EN16931-P0106": exemptionPair("K", "VATEX-EU-IC"),
		"PEPPOL-EN16931-P0107": exemptionPair("AE", "VATEX-EU-AE"),
		"PEPPOL-EN16931-P0108": exemptionPair("E", "VATEX-EU-D"),
		"PEPPOL-EN16931-P0109": exemptionPair("E", "VATEX-EU-F"),
		"PEPPOL-EN16931-P0110": exemptionPair("E", "VATEX-EU-I"),
		"PEPPOL-EN16931-P0111": exemptionPair("E", "vatex-eu-j"),
	}
}

func exemptionCodeIs(code string) edit {
	return set(subtotal+"/cac:TaxCategory/cbc:TaxExemptionReasonCode", code)
}

func exemptionPair(category, code string) pair {
	return given(recategorised(category), exemptionCodeIs(code)).brokenBy(set(subtotal+"/cac:TaxCategory/cbc:ID", "Z"))
}

func syntaxPairs() map[string]pair {
	extra := func(path string) pair { return broken(twice(path)) }
	return map[string]pair{
		"UBL-DT-06": broken(attribute(file, "mimeCode", "")),
		"UBL-DT-07": broken(attribute(file, "filename", "")),
		"UBL-SR-01": extra("cac:ContractDocumentReference"),
		"UBL-SR-02": given(add("", x("cac:ReceiptDocumentReference", x("cbc:ID", "M-1")))).brokenBy(twice("cac:ReceiptDocumentReference")),
		"UBL-SR-03": given(add("", x("cac:DespatchDocumentReference", x("cbc:ID", "P-1")))).brokenBy(twice("cac:DespatchDocumentReference")),
		"UBL-SR-04": extra(object),
		"UBL-SR-05": extra("cac:PaymentTerms"),
		"UBL-SR-06": extra("cac:BillingReference/cac:InvoiceDocumentReference"),
		"UBL-SR-07": broken(remove("cac:BillingReference/cac:InvoiceDocumentReference")),
		"UBL-SR-08": broken(twice("cac:InvoicePeriod"), remove("line[1]/cac:InvoicePeriod")),
		"UBL-SR-09": extra(seller + "/cac:PartyLegalEntity"),
		"UBL-SR-10": extra(seller + "/cac:PartyName"),
		"UBL-SR-11": broken(add(seller, x("cac:PartyLegalEntity", x("cbc:CompanyID", "991825827", "@schemeID=0192")))),
		"UBL-SR-12": extra(seller + "/cac:PartyTaxScheme[1]"),
		"UBL-SR-13": broken(add(seller, otherTax)),
		"UBL-SR-14": broken(add(seller, x("cac:PartyLegalEntity", x("cbc:CompanyLegalForm", "AS")))),
		"UBL-SR-15": extra(buyer + "/cac:PartyLegalEntity"),
		"UBL-SR-16": extra(buyer + "/cac:PartyIdentification"),
		"UBL-SR-17": broken(add(buyer, x("cac:PartyLegalEntity", x("cbc:CompanyID", "974760673", "@schemeID=0192")))),
		"UBL-SR-18": extra(buyer + "/cac:PartyTaxScheme"),
		"UBL-SR-19": given(add("", payee)).brokenBy(twice("cac:PayeeParty/cac:PartyName")),
		"UBL-SR-20": given(add("", payee)).brokenBy(twice("cac:PayeeParty/cac:PartyIdentification")),
		"UBL-SR-21": given(add("", payee)).brokenBy(set("cac:PayeeParty/cac:PartyName/cbc:Name", "Fjordklinikken AS")),
		"UBL-SR-22": given(add("", agent)).brokenBy(twice("cac:TaxRepresentativeParty/cac:PartyName")),
		"UBL-SR-23": given(add("", agent)).brokenBy(twice("cac:TaxRepresentativeParty/cac:PartyTaxScheme")),
		"UBL-SR-24": extra("cac:Delivery"),
		"UBL-SR-25": extra("cac:Delivery/cac:DeliveryParty/cac:PartyName"),
		"UBL-SR-26": extra(means + "/cbc:PaymentID"),
		"UBL-SR-27": extra(means + "/cbc:PaymentMeansCode"),
		"UBL-SR-28": given(add(means, x("cac:PaymentMandate", x("cbc:ID", "F-1")))).brokenBy(twice(means + "/cac:PaymentMandate/cbc:ID")),
		"UBL-SR-29": given(sepa(seller)).brokenBy(sepa(buyer)),
		"UBL-SR-30": extra(allowance + "/cbc:AllowanceChargeReason"),
		"UBL-SR-31": extra(charge + "/cbc:AllowanceChargeReason"),
		"UBL-SR-32": given(recategorised("E")).brokenBy(twice(subtotal + "/cac:TaxCategory/cbc:TaxExemptionReason")),
		"UBL-SR-33": extra(attachment + "/cbc:DocumentDescription"),
		"UBL-SR-34": extra("line[1]/cbc:Note"),
		"UBL-SR-35": extra("line[1]/cac:OrderLineReference"),
		"UBL-SR-36": extra("line[1]/cac:InvoicePeriod"),
		"UBL-SR-37": extra(price + "/cac:AllowanceCharge"),
		"UBL-SR-39": given(add("", x("cac:ProjectReference", x("cbc:ID", "P")))).brokenBy(twice("cac:ProjectReference")),
		"UBL-SR-40": extra(buyer + "/cac:PartyName"),
		"UBL-SR-42": broken(add(seller, otherTax)),
		"UBL-SR-43": broken(set(attachment+"/cbc:DocumentTypeCode", "916")),
		"UBL-SR-44": broken(twice(means), set(means+"[1]/cbc:PaymentID", "1234")),
		"UBL-SR-45": given(set(means+"/cbc:PaymentDueDate", "2026-11-16")).brokenBy(twice(means)).in("CreditNote"),
		"UBL-SR-46": extra(means),
		"UBL-SR-47": broken(twice(means), set(means+"[1]/cbc:PaymentMeansCode", "42")),
		"UBL-SR-48": extra(item + "/cac:ClassifiedTaxCategory"),
		"UBL-SR-49": given(set("cac:InvoicePeriod/cbc:DescriptionCode", "35")).brokenBy(twice("cac:InvoicePeriod/cbc:DescriptionCode")),
		"UBL-SR-50": extra(item + "/cbc:Description"),
		"UBL-SR-51": given(add(buyer+"/cac:PostalAddress", x("cac:AddressLine", x("cbc:Line", "Inngang B")))).brokenBy(twice(buyer + "/cac:PostalAddress/cac:AddressLine")),
		"UBL-SR-52": extra("line[1]/cac:DocumentReference"),
		"UBL-SR-53": broken(remove(buyer + "/cac:PartyTaxScheme/cbc:CompanyID")),
		"UBL-SR-54": given(add(means, x("cac:CardAccount", x("cbc:PrimaryAccountNumberID", "123456"), x("cbc:NetworkID", "VISA")))).brokenBy(twice(means)),
		"UBL-SR-55": given(add(means, x("cac:PaymentMandate", x("cbc:ID", "F-1")))).brokenBy(twice(means)),
		"UBL-SR-56": given(add("", x("cac:OriginatorDocumentReference", x("cbc:ID", "T-1")))).brokenBy(twice("cac:OriginatorDocumentReference")),
	}
}

var otherTax = x("cac:PartyTaxScheme", x("cbc:CompanyID", "1"), x("cac:TaxScheme", x("cbc:ID", "GST")))

func sepa(party string) edit {
	return add(party, x("cac:PartyIdentification", x("cbc:ID", "NO12", "@schemeID=SEPA")))
}

// identifierPairs give the buyer a good and then a bad number of each scheme.
func identifierPairs() map[string]pair {
	all := map[string]pair{}
	for id, n := range map[string][3]string{
		"PEPPOL-COMMON-R040":   {"0088", "7300010000001", "7300010000002"},
		"PEPPOL-COMMON-R041":   {"0192", "991825827", "991825828"},
		"PEPPOL-COMMON-R042":   {"0184", "DK12345678", "DK1234567"},
		"PEPPOL-COMMON-R043":   {"0208", "0123456749", "0123456750"},
		"PEPPOL-COMMON-R044":   {"0201", "ab12CD", "ab12C-"},
		"PEPPOL-COMMON-R045":   {"0210", "RSSMRA85T10A562S", "RSSMRA85T10A562"},
		"PEPPOL-COMMON-R046":   {"9907", "12345678901", "1234567890A"},
		"PEPPOL-COMMON-R047":   {"0211", "IT00743110157", "IT00743110158"},
		"PEPPOL-COMMON-R049":   {"0007", "5567321707", "5567321708"},
		"PEPPOL-COMMON-R050":   {"0151", "51824753556", "51824753557"},
		"PEPPOL-COMMON-R052":   {"0096", "1234567890", "123456789"},
		"PEPPOL-COMMON-R053":   {"0198", "DK12345678", "12345678"},
		"PEPPOL-COMMON-R054":   {"0106", "12345678", "1234567"},
		"PEPPOL-COMMON-R055":   {"0190", "12345678901234567890", "1234567890123456789"},
		"PEPPOL-COMMON-R056-1": {"9944", "NL123456789B12", "NL123456789B1"},
		"PEPPOL-COMMON-R057":   {"0217", "123456789012", "12345678901"},
	} {
		endpoint := buyer + "/cbc:EndpointID"
		all[id] = given(attribute(endpoint, "schemeID", n[0]), set(endpoint, n[1])).brokenBy(set(endpoint, n[2]))
	}
	vat := buyer + "/cac:PartyTaxScheme/cbc:CompanyID"
	all["PEPPOL-COMMON-R056-2"] = given(set(vat, "NL123456789B12")).brokenBy(set(vat, "NL123456789"))
	return all
}

func peppolPairs() map[string]pair {
	return map[string]pair{
		"PEPPOL-EN16931-R001": broken(remove("cbc:ProfileID")),
		"PEPPOL-EN16931-R002": broken(twice("cbc:Note")),
		"PEPPOL-EN16931-R003": broken(remove("cbc:BuyerReference"), remove("cac:OrderReference")),
		"PEPPOL-EN16931-R004": broken(set("cbc:CustomizationID", billing3+"::2.1")),
		"PEPPOL-EN16931-R005": given(accountingCurrency).brokenBy(set("cbc:TaxCurrencyCode", "NOK")),
		"PEPPOL-EN16931-R007": broken(set("cbc:ProfileID", "urn:fdc:peppol.eu:2017:poacc:billing:99:1.0")),
		"PEPPOL-EN16931-R051": broken(attribute("line[1]/cbc:LineExtensionAmount", "currencyID", "EUR")),
		"PEPPOL-EN16931-R053": broken(twice("cac:TaxTotal")),
		"PEPPOL-EN16931-R054": given(accountingCurrency).brokenBy(remove("cac:TaxTotal[2]")),
		"PEPPOL-EN16931-R055": given(accountingCurrency).brokenBy(set("cac:TaxTotal[2]/cbc:TaxAmount", "-60.00")),
		"PEPPOL-EN16931-R080": given(project).brokenBy(project).in("CreditNote"),
	}
}

// project is how a credit note refers to a project.
func project(t testing.TB, doc *el) {
	doc.insert(x("cac:AdditionalDocumentReference", x("cbc:ID", "P-1"), x("cbc:DocumentTypeCode", "50")))
}
