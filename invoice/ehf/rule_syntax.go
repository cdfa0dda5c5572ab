package ehf

import "strings"

// The UBL-SR and UBL-DT rules: how often EHF wants what UBL lets repeat, and
// the form of amounts and attachments.

var addressSyntax = []rule{
	{id: "UBL-SR-51", flag: Fatal, ok: atMost(1, cacAddressLine),
		en: "An address may have one third line at most.",
		nb: "En adresse kan ha høyst én tredje linje."},
}

var sellerPartySyntax = []rule{
	{id: "UBL-SR-42", flag: Fatal, ok: atMost(2, cacPartyTaxScheme),
		en: "The seller may have two tax schemes at most.",
		nb: "Selger kan ha høyst to avgiftsordninger."},
}

var supportingSyntax = []rule{
	{id: "UBL-SR-33", flag: Fatal, ok: atMost(1, cbcDocumentDescription),
		en: "A supporting document may have one description at most.",
		nb: "Et vedlagt dokument kan ha høyst én beskrivelse."},
	{id: "UBL-SR-43", flag: Fatal, ok: schemeOnlyForObject,
		en: "Only an invoiced object (type 130) may have a scheme, and only that or a credit note's project reference (type 50) a type.",
		nb: "Bare et fakturert objekt (type 130) kan ha schemeID, og bare det eller en kreditnotas prosjektreferanse (type 50) kan ha type."},
}

var amountSyntax = []rule{
	{id: "UBL-DT-01", flag: Fatal, ok: func(c *check, n node) bool { return decimalsOf(c.value(n)) <= 2 },
		en: "The amount may have two decimals at most.",
		nb: "Beløpet kan ha høyst to desimaler."},
}

var binarySyntax = []rule{
	{id: "UBL-DT-06", flag: Fatal, ok: hasAttribute(atMimeCode),
		en: "The attachment does not say its type (mimeCode).",
		nb: "Vedlegget oppgir ikke type (mimeCode)."},
	{id: "UBL-DT-07", flag: Fatal, ok: hasAttribute(atFilename),
		en: "The attachment has no file name (filename).",
		nb: "Vedlegget mangler filnavn (filename)."},
}

var deliverySyntax = []rule{
	{id: "UBL-SR-25", flag: Fatal, ok: atMost(1, cacDeliveryParty, cacPartyName, cbcName),
		en: "The recipient of the delivery may have one name at most.",
		nb: "Leveringsmottakeren kan ha høyst ett navn."},
}

var allowanceSyntax = []rule{
	{id: "UBL-SR-30", flag: Fatal, ok: atMost(1, cbcAllowanceChargeReason),
		en: "An allowance may have one reason at most.",
		nb: "Et fradrag kan ha høyst én begrunnelse."},
}

var chargeSyntax = []rule{
	{id: "UBL-SR-31", flag: Fatal, ok: atMost(1, cbcAllowanceChargeReason),
		en: "A charge may have one reason at most.",
		nb: "Et tillegg kan ha høyst én begrunnelse."},
}

var taxSchemeSyntax = []rule{
	{id: "UBL-SR-53", flag: Fatal, ok: func(c *check, n node) bool { return c.any(n, cacTaxScheme, cbcID) && c.child(n, cbcCompanyID) != none },
		en: "A party's tax scheme must have a number and say which scheme it is.",
		nb: "En parts avgiftsordning må ha nummer og oppgi hvilken ordning det er."},
}

var documentSyntax = []rule{
	{id: "UBL-SR-01", flag: Fatal, ok: atMost(1, cacContractDocumentReference, cbcID),
		en: "The document may have one contract reference at most.",
		nb: "Dokumentet kan ha høyst én kontraktsreferanse."},
	{id: "UBL-SR-02", flag: Fatal, ok: atMost(1, cacReceiptDocumentReference, cbcID),
		en: "The document may have one receipt reference at most.",
		nb: "Dokumentet kan ha høyst én referanse til mottaksmelding."},
	{id: "UBL-SR-03", flag: Fatal, ok: atMost(1, cacDespatchDocumentReference, cbcID),
		en: "The document may have one despatch reference at most.",
		nb: "Dokumentet kan ha høyst én referanse til pakkseddel."},
	{id: "UBL-SR-04", flag: Fatal, ok: oneObject,
		en: "The document may have one invoiced object (type 130) at most.",
		nb: "Dokumentet kan ha høyst ett fakturert objekt (type 130)."},
	{id: "UBL-SR-05", flag: Fatal, ok: atMost(1, cacPaymentTerms, cbcNote),
		en: "The document may have one note on payment terms at most.",
		nb: "Dokumentet kan ha høyst én merknad om betalingsvilkår."},
	{id: "UBL-SR-08", flag: Fatal, ok: atMost(1, cacInvoicePeriod),
		en: "The document may have one invoice period at most.",
		nb: "Dokumentet kan ha høyst én faktureringsperiode."},
	{id: "UBL-SR-09", flag: Fatal, ok: atMost(1, cacAccountingSupplierParty, cacParty, cacPartyLegalEntity, cbcRegistrationName),
		en: "The seller may have one registered name at most.",
		nb: "Selger kan ha høyst ett registrert navn."},
	{id: "UBL-SR-10", flag: Fatal, ok: atMost(1, cacAccountingSupplierParty, cacParty, cacPartyName, cbcName),
		en: "The seller may have one trading name at most.",
		nb: "Selger kan ha høyst ett handelsnavn."},
	{id: "UBL-SR-11", flag: Fatal, ok: atMost(1, cacAccountingSupplierParty, cacParty, cacPartyLegalEntity, cbcCompanyID),
		en: "The seller may have one legal registration at most.",
		nb: "Selger kan ha høyst ett organisasjonsnummer."},
	{id: "UBL-SR-12", flag: Fatal, ok: taxNumbers(cacAccountingSupplierParty, true),
		en: "The seller may have one VAT number at most.",
		nb: "Selger kan ha høyst ett mva-nummer."},
	{id: "UBL-SR-13", flag: Fatal, ok: taxNumbers(cacAccountingSupplierParty, false),
		en: "The seller may have one other tax registration at most.",
		nb: "Selger kan ha høyst én annen avgiftsregistrering."},
	{id: "UBL-SR-14", flag: Fatal, ok: atMost(1, cacAccountingSupplierParty, cacParty, cacPartyLegalEntity, cbcCompanyLegalForm),
		en: "The seller may have one text on its legal form at most.",
		nb: "Selger kan ha høyst én tekst om juridisk form."},
	{id: "UBL-SR-15", flag: Fatal, ok: atMost(1, cacAccountingCustomerParty, cacParty, cacPartyLegalEntity, cbcRegistrationName),
		en: "The buyer may have one registered name at most.",
		nb: "Kjøper kan ha høyst ett registrert navn."},
	{id: "UBL-SR-16", flag: Fatal, ok: atMost(1, cacAccountingCustomerParty, cacParty, cacPartyIdentification, cbcID),
		en: "The buyer may have one identifier at most.",
		nb: "Kjøper kan ha høyst én identifikator."},
	{id: "UBL-SR-17", flag: Fatal, ok: atMost(1, cacAccountingCustomerParty, cacParty, cacPartyLegalEntity, cbcCompanyID),
		en: "The buyer may have one legal registration at most.",
		nb: "Kjøper kan ha høyst ett organisasjonsnummer."},
	{id: "UBL-SR-18", flag: Fatal, ok: taxNumbers(cacAccountingCustomerParty, true),
		en: "The buyer may have one VAT number at most.",
		nb: "Kjøper kan ha høyst ett mva-nummer."},
	{id: "UBL-SR-24", flag: Fatal, ok: atMost(1, cacDelivery),
		en: "The document may have one delivery at most.",
		nb: "Dokumentet kan ha høyst én levering."},
	{id: "UBL-SR-29", flag: Fatal, ok: func(c *check, _ node) bool { return c.sepa <= 1 },
		en: "The document may have one SEPA creditor identifier at most.",
		nb: "Dokumentet kan ha høyst én SEPA-kreditoridentifikator."},
	{id: "UBL-SR-39", flag: Fatal, ok: atMost(1, cacProjectReference, cbcID),
		en: "The document may have one project reference at most.",
		nb: "Dokumentet kan ha høyst én prosjektreferanse."},
	{id: "UBL-SR-40", flag: Fatal, ok: atMost(1, cacAccountingCustomerParty, cacParty, cacPartyName, cbcName),
		en: "The buyer may have one trading name at most.",
		nb: "Kjøper kan ha høyst ett handelsnavn."},
	{id: "UBL-SR-44", flag: Fatal, ok: func(c *check, _ node) bool { return !c.refs.differ },
		en: "All payment references (KID) in the document must be the same.",
		nb: "Alle betalingsreferanser (KID) i dokumentet må være like."},
	{id: "UBL-SR-45", flag: Fatal, ok: atMost(1, cacPaymentMeans, cbcPaymentDueDate),
		en: "The document may have one payment due date at most.",
		nb: "Dokumentet kan ha høyst én forfallsdato."},
	{id: "UBL-SR-46", flag: Fatal, ok: oneMeansText,
		en: "The document may have one text on its means of payment at most.",
		nb: "Dokumentet kan ha høyst én tekst om betalingsmåte."},
	{id: "UBL-SR-47", flag: Fatal, ok: func(c *check, _ node) bool { return !c.means.differ },
		en: "All means of payment in the document must have the same code.",
		nb: "Alle betalingsmåter i dokumentet må ha samme kode."},
	{id: "UBL-SR-49", flag: Fatal, ok: atMost(1, cacInvoicePeriod, cbcDescriptionCode),
		en: "The document may have one VAT point code at most.",
		nb: "Dokumentet kan ha høyst én kode for avgiftstidspunkt."},
	{id: "UBL-SR-54", flag: Fatal, ok: atMost(1, cacPaymentMeans, cacCardAccount),
		en: "The document may have one payment card at most.",
		nb: "Dokumentet kan ha høyst ett betalingskort."},
	{id: "UBL-SR-55", flag: Fatal, ok: atMost(1, cacPaymentMeans, cacPaymentMandate),
		en: "The document may have one payment mandate at most.",
		nb: "Dokumentet kan ha høyst én betalingsfullmakt."},
	{id: "UBL-SR-56", flag: Fatal, since: "2026.5", ok: atMost(1, cacOriginatorDocumentReference, cbcID),
		en: "The document may have one tender or lot reference at most.",
		nb: "Dokumentet kan ha høyst én referanse til anbud eller delkontrakt."},
}

var lineSyntax = []rule{
	{id: "UBL-SR-34", flag: Fatal, ok: atMost(1, cbcNote),
		en: "A line may have one note at most.",
		nb: "En linje kan ha høyst én merknad."},
	{id: "UBL-SR-35", flag: Fatal, ok: atMost(1, cacOrderLineReference, cbcLineID),
		en: "A line may refer to one order line at most.",
		nb: "En linje kan vise til høyst én ordrelinje."},
	{id: "UBL-SR-36", flag: Fatal, ok: atMost(1, cacInvoicePeriod),
		en: "A line may have one period at most.",
		nb: "En linje kan ha høyst én periode."},
	{id: "UBL-SR-37", flag: Fatal, ok: atMost(1, cacPrice, cacAllowanceCharge, cbcAmount),
		en: "A price may have one allowance at most.",
		nb: "En pris kan ha høyst ett fradrag."},
	{id: "UBL-SR-48", flag: Fatal, ok: func(c *check, n node) bool { return c.count(n, cacItem, cacClassifiedTaxCategory) == 1 },
		en: "A line must have one VAT category, no more and no less.",
		nb: "En linje må ha nøyaktig én avgiftskategori."},
	{id: "UBL-SR-50", flag: Fatal, ok: atMost(1, cacItem, cbcDescription),
		en: "An item may have one description at most.",
		nb: "En vare kan ha høyst én beskrivelse."},
	{id: "UBL-SR-52", flag: Fatal, ok: atMost(1, cacDocumentReference),
		en: "A line may have one document reference at most.",
		nb: "En linje kan ha høyst én dokumentreferanse."},
}

var payeeSyntax = []rule{
	{id: "UBL-SR-19", flag: Fatal, ok: payeeIsOther(atMost(1, cacPartyName, cbcName)),
		en: "The payee may have one name, and it must not be the seller's registered name.",
		nb: "Betalingsmottakeren kan ha ett navn, og ikke selgers registrerte navn."},
	{id: "UBL-SR-20", flag: Fatal, ok: payeeIsOther(onePayeeID),
		en: "The payee may have one identifier, and its name must not be the seller's registered name.",
		nb: "Betalingsmottakeren kan ha én identifikator, og ikke selgers registrerte navn."},
	{id: "UBL-SR-21", flag: Fatal, ok: payeeIsOther(atMost(1, cacPartyLegalEntity, cbcCompanyID)),
		en: "The payee may have one legal registration, and its name must not be the seller's registered name.",
		nb: "Betalingsmottakeren kan ha ett organisasjonsnummer, og ikke selgers registrerte navn."},
}

var paymentSyntax = []rule{
	{id: "UBL-SR-26", flag: Fatal, ok: atMost(1, cbcPaymentID),
		en: "Payment instructions may have one payment reference (KID) at most.",
		nb: "Betalingsopplysninger kan ha høyst én betalingsreferanse (KID)."},
	{id: "UBL-SR-27", flag: Fatal, ok: atMost(1, cbcPaymentMeansCode),
		en: "Payment instructions may have one means code at most.",
		nb: "Betalingsopplysninger kan ha høyst én kode for betalingsmåte."},
	{id: "UBL-SR-28", flag: Fatal, ok: atMost(1, cacPaymentMandate, cbcID),
		en: "Payment instructions may have one mandate reference at most.",
		nb: "Betalingsopplysninger kan ha høyst én fullmaktsreferanse."},
}

var precedingSyntax = []rule{
	{id: "UBL-SR-06", flag: Fatal, ok: atMost(1, cacInvoiceDocumentReference),
		en: "A billing reference may name one preceding invoice at most.",
		nb: "En fakturareferanse kan nevne høyst én foregående faktura."},
	{id: "UBL-SR-07", flag: Fatal, ok: has(cacInvoiceDocumentReference, cbcID),
		en: "A billing reference must have the number of the preceding invoice.",
		nb: "En fakturareferanse må ha nummeret på den foregående fakturaen."},
}

var agentSyntax = []rule{
	{id: "UBL-SR-22", flag: Fatal, ok: atMost(1, cacPartyName, cbcName),
		en: "The seller's tax representative may have one name at most.",
		nb: "Selgers avgiftsrepresentant kan ha høyst ett navn."},
	{id: "UBL-SR-23", flag: Fatal, ok: atMost(1, cacPartyTaxScheme, cbcCompanyID),
		en: "The seller's tax representative may have one tax number at most.",
		nb: "Selgers avgiftsrepresentant kan ha høyst ett avgiftsnummer."},
}

var subtotalSyntax = []rule{
	{id: "UBL-SR-32", flag: Fatal, ok: atMost(1, cacTaxCategory, cbcTaxExemptionReason),
		en: "A VAT category may have one exemption reason at most.",
		nb: "En avgiftskategori kan ha høyst én fritaksgrunn."},
}

func schemeOnlyForObject(c *check, n node) bool {
	if c.anyEquals(n, cbcDocumentTypeCode, "130") ||
		c.elems[root].name == cnCreditNote && c.anyEquals(n, cbcDocumentTypeCode, "50") {
		return true
	}
	if c.child(n, cbcDocumentTypeCode) != none {
		return false
	}
	for id := c.child(n, cbcID); id != none; id = c.again(id) {
		if _, ok := c.attribute(id, atSchemeID); ok {
			return false
		}
	}
	return true
}

// outsidePrice: not in a price with an allowance.
func outsidePrice(c *check, n node) bool {
	for p := c.parent(n); p != none; p = c.parent(p) {
		if c.elems[p].name == cacPrice && c.child(p, cacAllowanceCharge) != none {
			return false
		}
	}
	return true
}

// isAmount is the same of an element that UBL does not know. Its name ends in
// Amount, and it is no price.
func isAmount(c *check, n node) bool {
	return c.endsIn(n, "Amount") && !c.endsIn(n, "PriceAmount") && outsidePrice(c, n)
}

func isBinary(c *check, n node) bool { return c.endsIn(n, "BinaryObject") }

// namesEnding are the names in UBL with an ending, but those with another.
func namesEnding(suffix, but string) []name {
	var all []name
	for n, s := range words().names {
		if strings.HasSuffix(s, suffix) && (but == "" || !strings.HasSuffix(s, but)) {
			all = append(all, name(n))
		}
	}
	return all
}

func (c *check) endsIn(n node, suffix string) bool {
	e := &c.elems[n]
	return strings.HasSuffix(string(c.src[e.raw.from:e.raw.to]), suffix)
}

func oneObject(c *check, n node) bool {
	objects := 0
	for r := c.child(n, cacAdditionalDocumentReference); r != none; r = c.again(r) {
		if c.anyEquals(r, cbcDocumentTypeCode, "130") {
			objects += c.count(r, cbcID)
		}
	}
	return objects <= 1
}

// taxNumbers: one tax number at most in the scheme VAT, or in others. White
// space around the scheme makes it another one.
func taxNumbers(party name, vat bool) func(*check, node) bool {
	return func(c *check, n node) bool {
		total := 0
		for a := c.child(n, party); a != none; a = c.again(a) {
			for p := c.child(a, cacParty); p != none; p = c.again(p) {
				for s := c.child(p, cacPartyTaxScheme); s != none; s = c.again(s) {
					fits := false
					for t := c.child(s, cacTaxScheme); t != none; t = c.again(t) {
						id := c.only(t, cbcID)
						fits = fits || id != none && equalsUpper(c.value(id), "VAT") == vat || id == none && !vat
					}
					if fits {
						total += c.count(s, cbcCompanyID)
					}
				}
			}
		}
		return total <= 1
	}
}

func oneMeansText(c *check, n node) bool {
	texts := 0
	for m := c.child(n, cacPaymentMeans); m != none; m = c.again(m) {
		for k := c.child(m, cbcPaymentMeansCode); k != none; k = c.again(k) {
			if _, ok := c.attribute(k, atName); ok {
				texts++
			}
		}
	}
	return texts <= 1
}

// payeeIsOther: besides what is asked, some name of the payee differs from
// some registered name of the seller.
func payeeIsOther(and func(*check, node) bool) func(*check, node) bool {
	return func(c *check, n node) bool {
		if !and(c, n) {
			return false
		}
		for g := c.child(n, cacPartyName); g != none; g = c.again(g) {
			for own := c.child(g, cbcName); own != none; own = c.again(own) {
				if c.sellerRegisteredOtherwise(n, string(c.value(own))) {
					return true
				}
			}
		}
		return false
	}
}

func (c *check) sellerRegisteredOtherwise(payee node, as string) bool {
	for s := c.up(payee, cacAccountingSupplierParty); s != none; s = c.again(s) {
		for p := c.child(s, cacParty); p != none; p = c.again(p) {
			for l := c.child(p, cacPartyLegalEntity); l != none; l = c.again(l) {
				for r := c.child(l, cbcRegistrationName); r != none; r = c.again(r) {
					if string(c.value(r)) != as {
						return true
					}
				}
			}
		}
	}
	return false
}

func onePayeeID(c *check, n node) bool {
	ids := 0
	for i := c.child(n, cacPartyIdentification); i != none; i = c.again(i) {
		for id := c.child(i, cbcID); id != none; id = c.again(id) {
			if scheme, ok := c.attribute(id, atSchemeID); !ok || !equalsUpper(scheme, "SEPA") {
				ids++
			}
		}
	}
	return ids <= 1
}
