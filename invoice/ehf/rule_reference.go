package ehf

import "bytes"

// Rules on references to other documents, and Peppol's on the document itself.

var supportingRules = []rule{
	{id: "BR-52", flag: Fatal, ok: filled(cbcID),
		en: "The supporting document has no reference.",
		nb: "Det vedlagte dokumentet mangler referanse."},
}

var precedingRules = []rule{
	{id: "BR-55", flag: Fatal, ok: has(cacInvoiceDocumentReference, cbcID),
		en: "The preceding invoice has no number.",
		nb: "Den foregående fakturaen mangler nummer."},
}

var referenceDocumentRules = []rule{
	{id: "UBL-CR-664", flag: Warning, ok: not(func(c *check, _ node) bool { return c.institution }),
		en: "EHF has no use for cac:FinancialInstitution; leave it out.",
		nb: "EHF bruker ikke cac:FinancialInstitution; utelat det."},
	{id: "UBL-CR-666", flag: Fatal, ok: not(func(c *check, _ node) bool { return c.objectAttached }),
		en: "An invoiced object (type 130) must not have an attachment.",
		nb: "Et fakturert objekt (type 130) kan ikke ha vedlegg."},
	{id: "UBL-CR-669", flag: Warning, ok: not(func(c *check, _ node) bool { return c.priceReasonCode }),
		en: "A price allowance must not have a reason code.",
		nb: "Et prisfradrag kan ikke ha kode for begrunnelse."},
	{id: "UBL-CR-670", flag: Warning, ok: not(func(c *check, _ node) bool { return c.priceReason }),
		en: "A price allowance must not have a reason.",
		nb: "Et prisfradrag kan ikke ha begrunnelse."},
	{id: "UBL-CR-671", flag: Warning, ok: not(func(c *check, _ node) bool { return c.priceFactor }),
		en: "A price allowance must not have a percentage.",
		nb: "Et prisfradrag kan ikke ha prosentsats."},
	{id: "UBL-CR-673", flag: Fatal, ok: not(func(c *check, _ node) bool { return c.objectDescribed }),
		en: "An invoiced object (type 130) must not have a description.",
		nb: "Et fakturert objekt (type 130) kan ikke ha beskrivelse."},
	{id: "UBL-CR-680", flag: Warning, ok: not(func(c *check, _ node) bool { return c.payerAccount }),
		en: "EHF has no use for the payer's account in cac:PaymentMeans; leave it out.",
		nb: "EHF bruker ikke betalers konto i cac:PaymentMeans; utelat den."},
}

var creditNoteRules = []rule{
	{id: "PEPPOL-EN16931-R080", flag: Fatal, ok: oneProject,
		en: "A credit note may have one project reference (type 50) at most.",
		nb: "En kreditnota kan ha høyst én prosjektreferanse (type 50)."},
}

var peppolDocumentRules = []rule{
	{id: "PEPPOL-EN16931-R001", flag: Fatal, ok: has(cbcProfileID),
		en: "The document must say its process (cbc:ProfileID).",
		nb: "Dokumentet må oppgi prosess (cbc:ProfileID)."},
	{id: "PEPPOL-EN16931-R007", flag: Fatal, ok: func(c *check, _ node) bool { return c.profile != unknownProfile },
		en: "The process (cbc:ProfileID) is none that Peppol knows.",
		nb: "Prosessen (cbc:ProfileID) er ingen som Peppol kjenner."},
	{id: "PEPPOL-EN16931-R002", flag: Fatal, ok: oneNote,
		en: "The document may have one note at most, unless seller and buyer are German.",
		nb: "Dokumentet kan ha høyst én merknad, med mindre selger og kjøper er tyske."},
	{id: "PEPPOL-EN16931-R003", flag: Fatal, ok: buyerCanPlace,
		en: "The buyer's reference or an order number must be given.",
		nb: "Kjøpers referanse eller et ordrenummer må oppgis."},
	{id: "PEPPOL-EN16931-R004", flag: Fatal, ok: isBilling3,
		en: "The specification (cbc:CustomizationID) must be that of Peppol BIS Billing 3.0.",
		nb: "Spesifikasjonen (cbc:CustomizationID) må være Peppol BIS Billing 3.0."},
	{id: "PEPPOL-EN16931-R053", flag: Fatal, ok: oneBreakdown,
		en: "The document must have just one VAT total with a breakdown.",
		nb: "Dokumentet må ha nøyaktig én avgiftssum med spesifikasjon."},
	{id: "PEPPOL-EN16931-R054", flag: Fatal, ok: oneAccountingTotal,
		en: "The document must have one VAT total without a breakdown if it has a VAT accounting currency, else none.",
		nb: "Dokumentet må ha én avgiftssum uten spesifikasjon hvis det har avgiftsvaluta, ellers ingen."},
	{id: "PEPPOL-EN16931-R055", flag: Fatal, ok: taxSignsAgree,
		en: "The VAT totals in the two currencies must have the same sign.",
		nb: "Avgiftssummene i de to valutaene må ha samme fortegn."},
}

var taxCurrencyRules = []rule{
	{id: "PEPPOL-EN16931-R005", flag: Fatal, ok: currenciesDiffer,
		en: "The VAT accounting currency must not be the document's currency.",
		nb: "Avgiftsvalutaen kan ikke være dokumentets valuta."},
}

var amountCurrencyRules = []rule{
	{id: "PEPPOL-EN16931-R051", flag: Fatal, ok: inCurrency,
		en: "The amount must be in the document's currency.",
		nb: "Beløpet må være i dokumentets valuta."},
}

func oneProject(c *check, n node) bool {
	projects := 0
	for r := c.child(n, cacAdditionalDocumentReference); r != none; r = c.again(r) {
		if c.anyEquals(r, cbcDocumentTypeCode, "50") {
			projects++
		}
	}
	return projects <= 1
}

func oneNote(c *check, n node) bool {
	return c.count(n, cbcNote) <= 1 || c.bothGerman()
}

func buyerCanPlace(c *check, n node) bool {
	return c.child(n, cbcBuyerReference) != none || c.any(n, cacOrderReference, cbcID)
}

func isBilling3(c *check, n node) bool {
	v := c.normalText(c.only(n, cbcCustomizationID))
	rest, ok := bytes.CutPrefix(v, []byte(billing3))
	return ok && !bytes.Contains(rest, []byte("::"))
}

const billing3 = "urn:cen.eu:en16931:2017#compliant#urn:fdc:peppol.eu:2017:poacc:billing:3.0"

func oneBreakdown(c *check, n node) bool {
	with, _ := c.taxTotals(n)
	return with == 1
}

func oneAccountingTotal(c *check, n node) bool {
	_, without := c.taxTotals(n)
	if c.child(n, cbcTaxCurrencyCode) != none {
		return without == 1
	}
	return without == 0
}

// taxTotals counts the tax totals with and without a breakdown.
func (c *check) taxTotals(n node) (with, without int) {
	for t := c.child(n, cacTaxTotal); t != none; t = c.again(t) {
		if c.child(t, cacTaxSubtotal) != none {
			with++
		} else {
			without++
		}
	}
	return with, without
}

func taxSignsAgree(c *check, n node) bool {
	if c.child(n, cbcTaxCurrencyCode) == none {
		return true
	}
	var own, accounting signs
	for t := c.child(n, cacTaxTotal); t != none; t = c.again(t) {
		for a := c.child(t, cbcTaxAmount); a != none; a = c.again(a) {
			currency, ok := c.attribute(a, atCurrencyID)
			if !ok {
				continue
			}
			if string(currency) == string(c.normalOf(c.only(n, cbcTaxCurrencyCode))) {
				accounting.add(c.doubleSign(a))
			}
			if string(currency) == string(c.normalOf(c.only(n, cbcDocumentCurrencyCode))) {
				own.add(c.doubleSign(a))
			}
		}
	}
	return own.notAbove && accounting.notAbove || own.notBelow && accounting.notBelow
}

// signs says of a set of amounts whether one is at most zero, or at least.
type signs struct{ notAbove, notBelow bool }

func (s *signs) add(sign int, ok bool) {
	s.notAbove = s.notAbove || ok && sign <= 0
	s.notBelow = s.notBelow || ok && sign >= 0
}

func currenciesDiffer(c *check, n node) bool {
	return string(c.normalText(n)) != string(c.normalText(c.onlyUp(n, cbcDocumentCurrencyCode)))
}

// inDocumentCurrency: all amounts but a VAT total without a breakdown, which
// is the one in the accounting currency.
func inDocumentCurrency(c *check, n node) bool {
	if c.elems[n].name != cbcTaxAmount {
		return true
	}
	p := c.parent(n)
	return c.is(p, cacTaxSubtotal) || c.is(p, cacTaxTotal) && c.up(n, cacTaxSubtotal) != none
}

func inCurrency(c *check, n node) bool {
	currency, ok := c.attribute(n, atCurrencyID)
	return ok && c.anyEquals(root, cbcDocumentCurrencyCode, string(currency))
}
