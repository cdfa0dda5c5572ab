package ehf

// Rules on the document as a whole: what it must say of itself.

// emptyRules are broken by every element that is empty.
var emptyRules = []rule{
	{id: "PEPPOL-EN16931-R008", flag: Fatal, ok: never,
		en: "The element is empty; leave it out.",
		nb: "Elementet er tomt; utelat det."},
}

var documentRules = []rule{
	{id: "BR-01", flag: Fatal, ok: filled(cbcCustomizationID),
		en: "The document must say which specification it follows (cbc:CustomizationID).",
		nb: "Dokumentet må oppgi hvilken spesifikasjon det følger (cbc:CustomizationID)."},
	{id: "BR-02", flag: Fatal, ok: filled(cbcID),
		en: "The document must have a number (cbc:ID).",
		nb: "Dokumentet må ha et nummer (cbc:ID)."},
	{id: "BR-03", flag: Fatal, ok: filled(cbcIssueDate),
		en: "The document must have an issue date.",
		nb: "Dokumentet må ha utstedelsesdato."},
	{id: "BR-04", flag: Fatal, ok: hasTypeCode,
		en: "The document must say what type of invoice or credit note it is.",
		nb: "Dokumentet må oppgi hva slags faktura eller kreditnota det er."},
	{id: "BR-05", flag: Fatal, ok: filled(cbcDocumentCurrencyCode),
		en: "The document must say its currency.",
		nb: "Dokumentet må oppgi valuta."},
	{id: "BR-06", flag: Fatal, ok: filled(cacAccountingSupplierParty, cacParty, cacPartyLegalEntity, cbcRegistrationName),
		en: "The seller's registered name is missing.",
		nb: "Selgers registrerte navn mangler."},
	{id: "BR-07", flag: Fatal, ok: filled(cacAccountingCustomerParty, cacParty, cacPartyLegalEntity, cbcRegistrationName),
		en: "The buyer's registered name is missing.",
		nb: "Kjøpers registrerte navn mangler."},
	{id: "BR-08", flag: Fatal, ok: has(cacAccountingSupplierParty, cacParty, cacPostalAddress),
		en: "The seller's postal address is missing.",
		nb: "Selgers postadresse mangler."},
	{id: "BR-10", flag: Fatal, ok: has(cacAccountingCustomerParty, cacParty, cacPostalAddress),
		en: "The buyer's postal address is missing.",
		nb: "Kjøpers postadresse mangler."},
	{id: "BR-16", flag: Fatal, ok: hasEither(cacInvoiceLine, cacCreditNoteLine),
		en: "The document must have a line.",
		nb: "Dokumentet må ha minst én linje."},
	{id: "BR-53", flag: Fatal, ok: hasTaxInAccountingCurrency,
		en: "A VAT accounting currency is given, so the VAT total must be given in it too.",
		nb: "Avgiftsvaluta er oppgitt, så samlet avgift må også oppgis i den."},
	{id: "BR-CO-03", flag: Fatal, ok: notBothTaxPoints,
		en: "Give the VAT point as a date or as a code, not both.",
		nb: "Oppgi avgiftstidspunktet som dato eller som kode, ikke begge deler."},
	{id: "BR-CO-15", flag: Fatal, ok: totalWithTax,
		en: "The total with VAT must be the total without VAT plus the VAT total in the document's currency.",
		nb: "Summen med avgift må være summen uten avgift pluss samlet avgift i dokumentets valuta."},
	{id: "BR-CO-18", flag: Fatal, ok: has(cacTaxTotal, cacTaxSubtotal),
		en: "The VAT breakdown is missing.",
		nb: "Avgiftsspesifikasjonen mangler."},
	{id: "BR-DEC-13", flag: Fatal, ok: taxDecimals(cbcDocumentCurrencyCode),
		en: "The VAT total may have two decimals at most.",
		nb: "Samlet avgift kan ha høyst to desimaler."},
	{id: "BR-DEC-15", flag: Fatal, ok: taxDecimals(cbcTaxCurrencyCode),
		en: "The VAT total in the accounting currency may have two decimals at most.",
		nb: "Samlet avgift i avgiftsvalutaen kan ha høyst to desimaler."},
	{id: "BR-IC-11", flag: Fatal, ok: deliveredWhen,
		en: "An intra-community supply must say when it was delivered: a delivery date or an invoice period.",
		nb: "Salg til annet EU-land må oppgi leveringsdato eller faktureringsperiode."},
	{id: "BR-IC-12", flag: Fatal, ok: deliveredWhere,
		en: "An intra-community supply must say to which country it was delivered.",
		nb: "Salg til annet EU-land må oppgi leveringsland."},
	{id: "BR-O-11", flag: Fatal, ok: outsideAlone(func(c *check) bool { return c.others.breakdown }),
		en: "A VAT breakdown of category O (not subject to VAT) must not have other categories.",
		nb: "En avgiftsspesifikasjon i kategori O (utenfor avgiftsområdet) kan ikke ha andre kategorier."},
	{id: "BR-O-12", flag: Fatal, ok: outsideAlone(func(c *check) bool { return c.others.line }),
		en: "With VAT category O (not subject to VAT) in the breakdown no line may have another category.",
		nb: "Med avgiftskategori O (utenfor avgiftsområdet) i spesifikasjonen kan ingen linje ha en annen kategori."},
	{id: "BR-O-13", flag: Fatal, ok: outsideAlone(func(c *check) bool { return c.others.allowance }),
		en: "With VAT category O (not subject to VAT) in the breakdown no allowance may have another category.",
		nb: "Med avgiftskategori O (utenfor avgiftsområdet) i spesifikasjonen kan ingen fradrag ha en annen kategori."},
	{id: "BR-O-14", flag: Fatal, ok: outsideAlone(func(c *check) bool { return c.others.charge }),
		en: "With VAT category O (not subject to VAT) in the breakdown no charge may have another category.",
		nb: "Med avgiftskategori O (utenfor avgiftsområdet) i spesifikasjonen kan ingen tillegg ha en annen kategori."},
	{id: "UBL-CR-002", flag: Warning, ok: version21,
		en: "If cbc:UBLVersionID is given, it must be 2.1.",
		nb: "Hvis cbc:UBLVersionID er oppgitt, må den være 2.1."},
}

var splitPaymentRules = []rule{
	{id: "BR-B-01", flag: Fatal, ok: splitInItaly,
		en: "VAT category B (split payment) is for deals within Italy only.",
		nb: "Avgiftskategori B (delt betaling) gjelder bare handel innen Italia."},
	{id: "BR-B-02", flag: Fatal, ok: splitWithoutStandard,
		en: "VAT categories B (split payment) and S (standard rated) must not be in one document.",
		nb: "Avgiftskategoriene B (delt betaling) og S (ordinær sats) kan ikke stå i samme dokument."},
}

var noteRules = []rule{
	{id: "BR-CL-08", flag: Fatal, ok: noteSubject,
		en: "The note begins with a subject between number signs that is not in UNTDID 4451.",
		nb: "Merknaden har en emnekode mellom nummertegn som ikke er i UNTDID 4451."},
}

func hasTypeCode(c *check, n node) bool {
	return filled(cbcInvoiceTypeCode)(c, n) || filled(cbcCreditNoteTypeCode)(c, n)
}

func version21(c *check, n node) bool {
	return c.child(n, cbcUBLVersionID) == none || c.anyEquals(n, cbcUBLVersionID, "2.1")
}

func notBothTaxPoints(c *check, n node) bool {
	return c.child(n, cbcTaxPointDate) == none || !c.any(n, cacInvoicePeriod, cbcDescriptionCode)
}

// hasTaxInAccountingCurrency looks at tax totals anywhere in the document.
func hasTaxInAccountingCurrency(c *check, n node) bool {
	for cur := c.child(n, cbcTaxCurrencyCode); cur != none; cur = c.again(cur) {
		if !c.taxAmountAnywhere(func(_ node, currency []byte) bool { return string(currency) == string(c.value(cur)) }) {
			return false
		}
	}
	return true
}

// taxAmountAnywhere reports whether a TaxTotal/TaxAmount with a currency fits.
func (c *check) taxAmountAnywhere(fits func(n node, currency []byte) bool) bool {
	c.steps -= len(c.elems)
	for i := range c.elems {
		if c.steps <= 0 {
			return false
		}
		if c.elems[i].name == cbcTaxAmount && c.is(c.elems[i].parent, cacTaxTotal) {
			if currency, ok := c.attribute(node(i), atCurrencyID); ok && fits(node(i), currency) {
				return true
			}
		}
	}
	return false
}

// taxDecimals is as the official rules have it: they look for the currency
// inside the tax amount, where it never is in a document of right structure.
func taxDecimals(currency name) func(*check, node) bool {
	return func(c *check, _ node) bool {
		if !c.oddTax {
			return true
		}
		found := none
		c.taxAmountAnywhere(func(n node, have []byte) bool {
			if c.child(n, currency) == none || !c.anyEquals(n, currency, string(have)) {
				return false
			}
			if found != none {
				c.undecided(n)
			}
			found = n
			return false
		})
		return found == none || decimalsOf(c.value(found)) <= 2
	}
}

// totalWithTax counts the VAT totals in the document's currency: the sum is
// only right if there is just one.
func totalWithTax(c *check, n node) bool {
	for cur := c.child(n, cbcDocumentCurrencyCode); cur != none; cur = c.again(cur) {
		var tax decimal
		found := 0
		for t := c.child(n, cacTaxTotal); t != none; t = c.again(t) {
			own := 0
			for a := c.child(t, cbcTaxAmount); a != none; a = c.again(a) {
				if currency, ok := c.attribute(a, atCurrencyID); ok && string(currency) == string(c.value(cur)) {
					if own++; own > 1 {
						c.undecided(a)
					}
					found++
					tax = c.number(a)
				}
			}
		}
		if found != 1 {
			return false
		}
		t := c.only(n, cacLegalMonetaryTotal)
		if !c.amount(t, cbcTaxInclusiveAmount).equals(c.amount(t, cbcTaxExclusiveAmount).add(tax).cents()) {
			return false
		}
	}
	return true
}

// inUnion reports whether the VAT breakdown has an intra-community supply.
func (c *check) inUnion() bool { return c.category[union].split > 0 }

func deliveredWhen(c *check, n node) bool {
	if !c.inUnion() || characters(c.value(c.only(n, cacDelivery, cbcActualDeliveryDate))) > 1 {
		return true
	}
	for p := c.child(n, cacInvoicePeriod); p != none; p = c.again(p) {
		if c.first(p) != none {
			return true
		}
	}
	return false
}

func deliveredWhere(c *check, n node) bool {
	return !c.inUnion() ||
		characters(c.value(c.only(n, cacDelivery, cacDeliveryLocation, cacAddress, cacCountry, cbcIdentificationCode))) > 1
}

// outsideAlone: where the breakdown has category O no other is found.
func outsideAlone(other func(c *check) bool) func(*check, node) bool {
	return func(c *check, _ node) bool { return c.category[outside].split == 0 || !other(c) }
}

func splitInItaly(c *check, _ node) bool {
	b := &c.category[split]
	return !b.anywhereRaw && !b.onLineRaw || !c.abroad
}

func splitWithoutStandard(c *check, _ node) bool {
	used := func(f *categoryFacts) bool { return f.splitRaw > 0 || f.onRootRaw || f.onLineRaw }
	return !used(&c.category[split]) || !used(&c.category[standard])
}

// noteSubject: a note may begin with a subject code between number signs. Only
// what is three characters long is taken for one.
func noteSubject(c *check, n node) bool { return subjectIsKnown(c.value(n)) }

func subjectIsKnown(v []byte) bool {
	from := -1
	for i, ch := range v {
		if ch != '#' {
			continue
		}
		if from < 0 {
			from = i + 1
			continue
		}
		subject := v[from:i]
		return characters(subject) != 3 || noteSubjects.within(subject)
	}
	return true
}
