package ehf

// The code lists: the European standard's BR-CL rules, then Peppol's.

// coded makes a rule that the value is on a list.
func coded(id, of, ofNB string, list *codeList) []rule {
	return []rule{listRule(id, of, ofNB, func(c *check, n node) bool { return list.has(c.normalOf(n)) })}
}

// codedAttribute makes a rule that an attribute is on a list.
func codedAttribute(id, of, ofNB string, a name, list *codeList) []rule {
	return []rule{listRule(id, of, ofNB, func(c *check, n node) bool {
		v, _ := c.attribute(n, a)
		return list.has(normal(v))
	})}
}

func listRule(id, of, ofNB string, ok func(*check, node) bool) rule {
	return rule{id: id, flag: Fatal, ok: ok,
		en: "The code is not on the list of " + of + ".",
		nb: "Koden står ikke på listen over " + ofNB + "."}
}

var (
	typeCodes = []rule{listRule("BR-CL-01", "document types that EHF admits (UNCL 1001)", "dokumenttyper som EHF tillater (UNCL 1001)", func(c *check, n node) bool {
		if c.elems[n].name == cbcInvoiceTypeCode {
			return invoiceTypes.has(c.normalOf(n))
		}
		return creditNoteTypes.has(c.normalOf(n))
	})}
	currencyCodes         = codedAttribute("BR-CL-03", "currencies (ISO 4217)", "valutaer (ISO 4217)", atCurrencyID, currencies)
	documentCurrencyCodes = coded("BR-CL-04", "currencies (ISO 4217)", "valutaer (ISO 4217)", currencies)
	taxCurrencyCodes      = coded("BR-CL-05", "currencies (ISO 4217)", "valutaer (ISO 4217)", currencies)
	taxPointCodes         = coded("BR-CL-06", "VAT points (UNCL 2005)", "avgiftstidspunkter (UNCL 2005)", taxPoints)
	objectSchemes         = codedAttribute("BR-CL-07", "schemes of invoiced objects (UNTDID 1153)", "systemer for fakturerte objekter (UNTDID 1153)", atSchemeID, objectIdentifiers)
	partySchemes          = []rule{listRule("BR-CL-10", "identifier schemes (ISO 6523)", "identifikatorsystemer (ISO 6523)", partyScheme)}
	legalSchemes          = codedAttribute("BR-CL-11", "identifier schemes (ISO 6523)", "identifikatorsystemer (ISO 6523)", atSchemeID, identifierSchemes)
	classificationLists   = codedAttribute("BR-CL-13", "item classifications (UNTDID 7143)", "vareklassifiseringer (UNTDID 7143)", atListID, classifications)
	countryCodes          = coded("BR-CL-14", "countries (ISO 3166-1)", "land (ISO 3166-1)", countries)
	originCodes           = coded("BR-CL-15", "countries (ISO 3166-1)", "land (ISO 3166-1)", countries)
	paymentCodes          = coded("BR-CL-16", "means of payment (UNCL 4461)", "betalingsmåter (UNCL 4461)", paymentMeans)
	categoryCodes         = coded("BR-CL-17", "VAT categories (UNCL 5305)", "avgiftskategorier (UNCL 5305)", vatCategories)
	lineCategoryCodes     = coded("BR-CL-18", "VAT categories (UNCL 5305)", "avgiftskategorier (UNCL 5305)", vatCategories)
	allowanceReasons      = coded("BR-CL-19", "allowance reasons (UNCL 5189)", "grunner til fradrag (UNCL 5189)", allowanceCodes)
	chargeReasons         = coded("BR-CL-20", "charge reasons (UNCL 7161)", "grunner til tillegg (UNCL 7161)", chargeCodes)
	itemSchemes           = codedAttribute("BR-CL-21", "identifier schemes (ISO 6523)", "identifikatorsystemer (ISO 6523)", atSchemeID, identifierSchemes)
	exemptionCodes        = []rule{listRule("BR-CL-22", "exemption reasons (VATEX)", "fritaksgrunner (VATEX)", exemptionReason)}
	unitCodes             = codedAttribute("BR-CL-23", "units (UNECE Recommendations 20 and 21)", "enheter (UNECE-rekommandasjon 20 og 21)", atUnitCode, units)
	mimeCodes             = []rule{listRule("BR-CL-24", "media types that an attachment may have", "medietyper som et vedlegg kan ha", attachmentType)}
	endpointSchemes       = codedAttribute("BR-CL-25", "electronic address schemes (EAS)", "systemer for elektroniske adresser (EAS)", atSchemeID, endpointCodes)
	locationSchemes       = codedAttribute("BR-CL-26", "identifier schemes (ISO 6523)", "identifikatorsystemer (ISO 6523)", atSchemeID, identifierSchemes)
)

func partyScheme(c *check, n node) bool {
	v, _ := c.attribute(n, atSchemeID)
	v = normal(v)
	if identifierSchemes.has(v) {
		return true
	}
	if string(v) != "SEPA" {
		return false
	}
	for p := c.parent(n); p != none; p = c.parent(p) {
		if c.is(p, cacAccountingSupplierParty) || c.is(p, cacPayeeParty) {
			return true
		}
	}
	return false
}

// exemptionReason takes the code in any case.
func exemptionReason(c *check, n node) bool {
	v := c.normalOf(n)
	return exemptionReasons.has(v) || exemptionReasons.has([]byte(upper(v)))
}

func attachmentType(c *check, n node) bool {
	v, _ := c.attribute(n, atMimeCode)
	return attachmentTypes.has(v)
}

// objectIdentifier: the ID, with a scheme, of an invoiced object.
func objectIdentifier(c *check, n node) bool {
	if p := c.parent(n); !c.is(p, cacAdditionalDocumentReference) && !c.is(p, cacDocumentReference) {
		return false
	}
	for k := c.up(n, cbcDocumentTypeCode); k != none; k = c.again(k) {
		if string(c.value(k)) == "130" {
			return true
		}
	}
	return false
}

// partOf: a part of what gather found to be an allowance or a charge.
func partOf(mark uint8) func(*check, node) bool {
	return func(c *check, n node) bool { return c.elems[c.parent(n)].mark&mark != 0 }
}

// Peppol's lists. They want the code itself, as the one text of its element.

func peppolCoded(id, of, ofNB string, list *codeList) []rule {
	return []rule{listRule(id, of, ofNB, func(c *check, n node) bool { return list.has(c.normalText(n)) })}
}

var (
	peppolMimeCodes        = []rule{listRule("PEPPOL-EN16931-CL001", "media types that an attachment may have", "medietyper som et vedlegg kan ha", attachmentType)}
	peppolAllowanceReasons = peppolCoded("PEPPOL-EN16931-CL002", "allowance reasons (UNCL 5189)", "grunner til fradrag (UNCL 5189)", allowanceCodes)
	peppolChargeReasons    = peppolCoded("PEPPOL-EN16931-CL003", "charge reasons (UNCL 7161)", "grunner til tillegg (UNCL 7161)", chargeCodes)
	peppolTaxPointCodes    = peppolCoded("PEPPOL-EN16931-CL006", "VAT points (UNCL 2005)", "avgiftstidspunkter (UNCL 2005)", taxPoints)
	peppolCurrencyCodes    = []rule{listRule("PEPPOL-EN16931-CL007", "currencies (ISO 4217)", "valutaer (ISO 4217)", func(c *check, n node) bool {
		v, _ := c.attribute(n, atCurrencyID)
		return peppolCurrencies.has(v)
	})}
	peppolEndpointSchemes = []rule{listRule("PEPPOL-EN16931-CL008", "electronic address schemes that Peppol admits", "systemer for elektroniske adresser som Peppol tillater", func(c *check, n node) bool {
		v, _ := c.attribute(n, atSchemeID)
		return peppolEndpointCodes.has(v)
	})}
	peppolInvoiceTypes = []rule{
		listRule("PEPPOL-EN16931-P0100", "invoice types that Peppol admits", "fakturatyper som Peppol tillater", func(c *check, n node) bool {
			return c.profile == unknownProfile || peppolInvoiceCodes.has(c.normalText(n))
		}),
		{id: "PEPPOL-EN16931-P0112", flag: Fatal, ok: germanTypeOnlyThere,
			en: "Invoice types 326 and 384 are only for deals between German parties.",
			nb: "Fakturatypene 326 og 384 gjelder bare mellom tyske parter."},
	}
	peppolCreditTypes = []rule{listRule("PEPPOL-EN16931-P0101", "credit note types that Peppol admits", "kreditnotatyper som Peppol tillater", func(c *check, n node) bool {
		return c.profile == unknownProfile || peppolCreditCodes.has(c.normalText(n))
	})}
	dateRules = []rule{
		{id: "PEPPOL-EN16931-F001", flag: Fatal, ok: plainDate,
			en: "The date must be written YYYY-MM-DD.",
			nb: "Datoen må skrives ÅÅÅÅ-MM-DD."},
	}
	reasonG  = exemptionRule("PEPPOL-EN16931-P0104", "VATEX-EU-G", "G")
	reasonO  = exemptionRule("PEPPOL-EN16931-P0105", "VATEX-EU-O", "O")
	reasonIC = exemptionRule("PEPPOL-EN16931-P0106", "VATEX-EU-IC", "K")
	reasonAE = exemptionRule("PEPPOL-EN16931-P0107", "VATEX-EU-AE", "AE")
	reasonD  = exemptionRule("PEPPOL-EN16931-P0108", "VATEX-EU-D", "E")
	reasonF  = exemptionRule("PEPPOL-EN16931-P0109", "VATEX-EU-F", "E")
	reasonI  = exemptionRule("PEPPOL-EN16931-P0110", "VATEX-EU-I", "E")
	reasonJ  = exemptionRule("PEPPOL-EN16931-P0111", "VATEX-EU-J", "E")
)

func exemptionRule(id, code, category string) []rule {
	return []rule{{id: id, flag: Fatal,
		ok: func(c *check, n node) bool { return string(c.normalOf(c.only(n, cbcID))) == category },
		en: "With exemption reason " + code + " the VAT category must be " + category + ".",
		nb: "Med fritaksgrunn " + code + " må avgiftskategorien være " + category + "."}}
}

// exemptionCode: a TaxCategory with this exemption reason, in any case.
func exemptionCode(code string) func(*check, node) bool {
	return func(c *check, n node) bool {
		k := c.child(n, cbcTaxExemptionReasonCode)
		return k != none && c.again(k) == none && equalsUpper(c.value(k), code)
	}
}

// indicated: in an AllowanceCharge whose indicator is written so.
func indicated(as string) func(*check, node) bool {
	return func(c *check, n node) bool {
		for k := c.up(n, cbcChargeIndicator); k != none; k = c.again(k) {
			if string(c.value(k)) == as {
				return true
			}
		}
		return false
	}
}

func germanTypeOnlyThere(c *check, n node) bool {
	v := string(c.normalOf(n))
	return v != "326" && v != "384" || c.bothGerman()
}

// plainDate: ten characters that are a date, so that there is no time zone.
func plainDate(c *check, n node) bool {
	v, ok := c.onlyText(n)
	if !ok {
		return true
	}
	if _, ok := plainDay(v); ok && c.first(n) == none {
		return true
	}
	if characters(v) != 10 {
		return false
	}
	_, ok = parseDay(c.value(n))
	return ok
}
