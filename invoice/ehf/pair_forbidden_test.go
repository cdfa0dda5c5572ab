package ehf

import (
	"strings"
	"testing"
)

// forbiddenPairs put into the sample what each UBL-CR rule forbids.
func forbiddenPairs() map[string]pair {
	all := map[string]pair{}
	for entry := range strings.Lines(forbiddenText) {
		number, path, _ := strings.Cut(strings.TrimSpace(entry), " ")
		all["UBL-CR-"+number] = broken(reach(path))
	}
	return all
}

// reach makes the elements that a path needs and are not there.
func reach(path string) edit {
	return func(t testing.TB, doc *el) {
		at := doc
		for step := range strings.SplitSeq(path, "/") {
			name, index := doc.step(step)
			next := (*el)(nil)
			for _, k := range at.kids {
				if k.name == name {
					if index--; index <= 0 {
						next = k
						break
					}
				}
			}
			if next == nil {
				next = at.insert(x(name))
			}
			at = next
		}
		if len(at.kids) == 0 && at.text == "" {
			at.text = "1"
		}
	}
}

// attributePairs put each forbidden attribute where it is forbidden.
func attributePairs() map[string]pair {
	on := func(path, name string) pair { return broken(reach(path), attribute(path, name, "x")) }
	note, id, code := "cbc:Note", buyer+"/cac:PartyIdentification/cbc:ID", "cbc:InvoiceTypeCode"
	return map[string]pair{
		"UBL-DT-08": on(id, "schemeName"), "UBL-DT-09": on(id, "schemeAgencyName"), "UBL-DT-10": on(id, "schemeDataURI"),
		"UBL-DT-11": on(id, "schemeURI"), "UBL-DT-12": on(file, "format"), "UBL-DT-13": on("line[1]/quantity", "unitCodeListIdentifier"),
		"UBL-DT-14": on("line[1]/quantity", "unitCodeListAgencyIdentifier"), "UBL-DT-15": on("line[1]/quantity", "unitCodeListAgencyName"),
		"UBL-DT-16": on(code, "listAgencyName"), "UBL-DT-17": on(code, "listName"), "UBL-DT-18": on(code, "name"),
		"UBL-DT-19": on(note, "languageID"), "UBL-DT-20": on(code, "listURI"), "UBL-DT-21": on(code, "listSchemeURI"),
		"UBL-DT-22": on(note, "languageLocaleID"), "UBL-DT-23": on(file, "uri"),
		"UBL-DT-24": on("line[1]/cbc:LineExtensionAmount", "currencyCodeListVersionID"),
		"UBL-DT-25": on(file, "characterSetCode"), "UBL-DT-26": on(file, "encodingCode"), "UBL-DT-27": on(id, "schemeAgencyID"),
		"UBL-DT-28":  on(code, "listAgencyID"),
		"UBL-CR-648": on("cbc:CustomizationID", "schemeID"), "UBL-CR-649": on("cbc:ProfileID", "schemeID"), "UBL-CR-650": on("cbc:ID", "schemeID"),
		"UBL-CR-651": on("cbc:SalesOrderID", "schemeID"), "UBL-CR-652": on(buyer+"/cac:PartyTaxScheme/cbc:CompanyID", "schemeID"),
		"UBL-CR-653": on(means+"/cbc:PaymentID", "schemeID"), "UBL-CR-654": on(means+"/cac:PayeeFinancialAccount/cbc:ID", "schemeID"),
		"UBL-CR-655": on(means+"/cac:PayeeFinancialAccount/cac:FinancialInstitutionBranch/cbc:ID", "schemeID"),
		"UBL-CR-656": on(code, "listID"), "UBL-CR-657": on("cbc:DocumentCurrencyCode", "listID"),
		"UBL-CR-658": given(accountingCurrency).brokenBy(attribute("cbc:TaxCurrencyCode", "listID", "x")),
		"UBL-CR-659": on("cac:AdditionalDocumentReference/cbc:DocumentTypeCode", "listID"),
		"UBL-CR-660": on(buyer+"/cac:PostalAddress/cac:Country/cbc:IdentificationCode", "listID"),
		"UBL-CR-661": on(means+"/cbc:PaymentMeansCode", "listID"), "UBL-CR-662": on(allowance+"/cbc:AllowanceChargeReasonCode", "listID"),
		"UBL-CR-663": on("line[1]/quantity", "unitCodeListID"), "UBL-CR-665": on(attachment+"/cbc:ID", "schemeID"),
		"UBL-CR-667": on(item+"/cac:BuyersItemIdentification/cbc:ID", "schemeID"), "UBL-CR-668": on(item+"/cac:SellersItemIdentification/cbc:ID", "schemeID"),
		"UBL-CR-672": on("cbc:CreditNoteTypeCode", "listID").in("CreditNote"),
		"UBL-CR-674": on(means+"/cac:CardAccount/cbc:PrimaryAccountNumberID", "schemeID"), "UBL-CR-675": on(means+"/cac:CardAccount/cbc:NetworkID", "schemeID"),
		"UBL-CR-676": on(means+"/cac:PaymentMandate/cbc:ID", "schemeID"),
		"UBL-CR-677": on(means+"/cac:PaymentMandate/cac:PayerFinancialAccount/cbc:ID", "schemeID"),
		"UBL-CR-678": on(allowance+"/cac:TaxCategory/cbc:ID", "schemeID"), "UBL-CR-679": on(item+"/cac:ClassifiedTaxCategory/cbc:ID", "schemeID"),
	}
}
