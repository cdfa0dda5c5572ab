package ehf

import "fmt"

// An attributeRule forbids an attribute. Each is broken once at most.
type attributeRule struct {
	number    string
	attribute name
	on        name                        // on elements of this name; unknown for all
	where     func(c *check, n node) bool // that satisfy this; nil for all
	shown     string                      // how the text names them
}

// anywhere lists the attributes of UBL's data types that EHF has no use for,
// by the number of their UBL-DT rule.
var anywhere = []attributeRule{
	{"UBL-DT-08", atSchemeName, unknown, nil, ""},
	{"UBL-DT-09", atSchemeAgencyName, unknown, nil, ""},
	{"UBL-DT-10", atSchemeDataURI, unknown, nil, ""},
	{"UBL-DT-11", atSchemeURI, unknown, nil, ""},
	{"UBL-DT-12", atFormat, unknown, nil, ""},
	{"UBL-DT-13", atUnitCodeListIdentifier, unknown, nil, ""},
	{"UBL-DT-14", atUnitCodeListAgencyIdentifier, unknown, nil, ""},
	{"UBL-DT-15", atUnitCodeListAgencyName, unknown, nil, ""},
	{"UBL-DT-16", atListAgencyName, unknown, nil, ""},
	{"UBL-DT-17", atListName, unknown, nil, ""},
	{"UBL-DT-18", atName, unknown, not(named(cbcPaymentMeansCode)), "other elements than cbc:PaymentMeansCode"},
	{"UBL-DT-19", atLanguageID, unknown, nil, ""},
	{"UBL-DT-20", atListURI, unknown, nil, ""},
	{"UBL-DT-21", atListSchemeURI, unknown, nil, ""},
	{"UBL-DT-22", atLanguageLocaleID, unknown, nil, ""},
	{"UBL-DT-23", atURI, unknown, nil, ""},
	{"UBL-DT-24", atCurrencyCodeListVersionID, unknown, nil, ""},
	{"UBL-DT-25", atCharacterSetCode, unknown, nil, ""},
	{"UBL-DT-26", atEncodingCode, unknown, nil, ""},
	{"UBL-DT-27", atSchemeAgencyID, unknown, nil, ""},
	{"UBL-DT-28", atListAgencyID, unknown, nil, ""},
	{"UBL-CR-663", atUnitCodeListID, unknown, nil, ""},
}

// onSome lists those that are forbidden on some elements.
var onSome = []attributeRule{
	{"UBL-CR-648", atSchemeID, cbcCustomizationID, atRoot, "cbc:CustomizationID"},
	{"UBL-CR-649", atSchemeID, cbcProfileID, atRoot, "cbc:ProfileID"},
	{"UBL-CR-650", atSchemeID, cbcID, atRoot, "the document's cbc:ID"},
	{"UBL-CR-651", atSchemeID, cbcSalesOrderID, atRoot, "cbc:SalesOrderID"},
	{"UBL-CR-652", atSchemeID, cbcCompanyID, inside(cacPartyTaxScheme), "cac:PartyTaxScheme/cbc:CompanyID"},
	{"UBL-CR-653", atSchemeID, cbcPaymentID, path(cacPaymentMeans, cbcPaymentID), "cbc:PaymentID"},
	{"UBL-CR-654", atSchemeID, cbcID, path(cacPaymentMeans, cacPayeeFinancialAccount, cbcID), "cac:PayeeFinancialAccount/cbc:ID"},
	{"UBL-CR-655", atSchemeID, cbcID, path(cacPaymentMeans, cacPayeeFinancialAccount, cacFinancialInstitutionBranch, cbcID), "cac:FinancialInstitutionBranch/cbc:ID"},
	{"UBL-CR-656", atListID, cbcInvoiceTypeCode, atRoot, "cbc:InvoiceTypeCode"},
	{"UBL-CR-657", atListID, cbcDocumentCurrencyCode, atRoot, "cbc:DocumentCurrencyCode"},
	{"UBL-CR-658", atListID, cbcTaxCurrencyCode, atRoot, "cbc:TaxCurrencyCode"},
	{"UBL-CR-659", atListID, cbcDocumentTypeCode, path(cacAdditionalDocumentReference, cbcDocumentTypeCode), "cac:AdditionalDocumentReference/cbc:DocumentTypeCode"},
	{"UBL-CR-660", atListID, cbcIdentificationCode, inside(cacCountry), "cac:Country/cbc:IdentificationCode"},
	{"UBL-CR-661", atListID, cbcPaymentMeansCode, path(cacPaymentMeans, cbcPaymentMeansCode), "cbc:PaymentMeansCode"},
	{"UBL-CR-662", atListID, cbcAllowanceChargeReasonCode, nil, "cbc:AllowanceChargeReasonCode"},
	{"UBL-CR-665", atSchemeID, cbcID, otherReferenceID, "cac:AdditionalDocumentReference/cbc:ID, unless its cbc:DocumentTypeCode is 130"},
	{"UBL-CR-667", atSchemeID, cbcID, inside(cacBuyersItemIdentification), "cac:BuyersItemIdentification/cbc:ID"},
	{"UBL-CR-668", atSchemeID, cbcID, inside(cacSellersItemIdentification), "cac:SellersItemIdentification/cbc:ID"},
	{"UBL-CR-672", atListID, cbcCreditNoteTypeCode, atRoot, "cbc:CreditNoteTypeCode"},
	{"UBL-CR-674", atSchemeID, cbcPrimaryAccountNumberID, nil, "cbc:PrimaryAccountNumberID"},
	{"UBL-CR-675", atSchemeID, cbcNetworkID, inside(cacCardAccount), "cac:CardAccount/cbc:NetworkID"},
	{"UBL-CR-676", atSchemeID, cbcID, inside(cacPaymentMandate), "cac:PaymentMandate/cbc:ID"},
	{"UBL-CR-677", atSchemeID, cbcID, inside(cacPayerFinancialAccount, cacPaymentMandate), "cac:PayerFinancialAccount/cbc:ID"},
	{"UBL-CR-678", atSchemeID, cbcID, inside(cacTaxCategory), "cac:TaxCategory/cbc:ID"},
	{"UBL-CR-679", atSchemeID, cbcID, inside(cacClassifiedTaxCategory), "cac:ClassifiedTaxCategory/cbc:ID"},
}

// named: the element has this name and stands in these, nearest first.
func named(self name, in ...name) func(*check, node) bool {
	return func(c *check, n node) bool { return c.elems[n].name == self && c.under(n, in...) }
}

// path: the element is where these steps lead from the root.
func path(steps ...name) func(*check, node) bool {
	return func(c *check, n node) bool {
		for i := len(steps) - 1; i >= 0; i-- {
			if c.elems[n].name != steps[i] {
				return false
			}
			if n = c.parent(n); n == none {
				return false
			}
		}
		return n == root
	}
}

func not(where func(*check, node) bool) func(*check, node) bool {
	return func(c *check, n node) bool { return !where(c, n) }
}

// otherReferenceID: the ID of a supporting document that is no invoiced object.
func otherReferenceID(c *check, n node) bool {
	if !c.under(n, cacAdditionalDocumentReference) {
		return false
	}
	kind := c.up(n, cbcDocumentTypeCode)
	if kind == none {
		return true
	}
	for ; kind != none; kind = c.again(kind) {
		if string(c.value(kind)) != "130" {
			return true
		}
	}
	return false
}

func (a attributeRule) rule() rule {
	r := rule{id: a.number, flag: Warning}
	if a.shown == "" {
		r.en = fmt.Sprintf("EHF has no use for the attribute %v; leave it out.", a.attribute)
		r.nb = fmt.Sprintf("EHF bruker ikke attributtet %v; utelat det.", a.attribute)
		return r
	}
	r.en = fmt.Sprintf("EHF has no use for the attribute %v on %s; leave it out.", a.attribute, a.shown)
	r.nb = fmt.Sprintf("EHF bruker ikke attributtet %v på %s; utelat det.", a.attribute, a.shown)
	return r
}

// attributesOf tests the attributes of n.
func (c *check) attributesOf(n node) {
	e := &c.elems[n]
	for i := e.attrs; i < e.attrsEnd; i++ {
		list := c.suspects[c.attrs[i].name]
		for k := range list {
			if s := &list[k]; (s.on == unknown || s.on == e.name) && (s.where == nil || s.where(c, n)) {
				c.once(&s.rule, n)
			}
		}
	}
}
