package ehf

// Rules on the lines, their items, prices and periods.

var lineRules = []rule{
	{id: "BR-21", flag: Fatal, ok: filled(cbcID),
		en: "The line has no number.",
		nb: "Linjen mangler nummer."},
	{id: "BR-22", flag: Fatal, ok: hasEither(cbcInvoicedQuantity, cbcCreditedQuantity),
		en: "The line has no quantity.",
		nb: "Linjen mangler antall."},
	{id: "BR-23", flag: Fatal, ok: quantityHasUnit,
		en: "The line's quantity has no unit.",
		nb: "Linjens antall mangler enhet."},
	{id: "BR-24", flag: Fatal, ok: has(cbcLineExtensionAmount),
		en: "The line has no net amount.",
		nb: "Linjen mangler nettobeløp."},
	{id: "BR-25", flag: Fatal, ok: filled(cacItem, cbcName),
		en: "The line's item has no name.",
		nb: "Linjens vare eller tjeneste mangler navn."},
	{id: "BR-26", flag: Fatal, ok: has(cacPrice, cbcPriceAmount),
		en: "The line has no net price.",
		nb: "Linjen mangler nettopris."},
	{id: "BR-27", flag: Fatal, ok: priceNotNegative,
		en: "The net price must not be negative.",
		nb: "Nettoprisen kan ikke være negativ."},
	{id: "BR-28", flag: Fatal, ok: grossPriceNotNegative,
		en: "The gross price must not be negative.",
		nb: "Bruttoprisen kan ikke være negativ."},
	{id: "BR-CO-04", flag: Fatal, ok: itemHasCategory,
		en: "The line has no VAT category code.",
		nb: "Linjen mangler avgiftskategori."},
	{id: "BR-DEC-23", flag: Fatal, ok: twoDecimals(cbcLineExtensionAmount),
		en: "The line's net amount may have two decimals at most.",
		nb: "Linjens nettobeløp kan ha høyst to desimaler."},
}

var linePeriodRules = []rule{
	{id: "BR-30", flag: Fatal, ok: endsAfterStart,
		en: "The line's period ends before it begins.",
		nb: "Linjens periode slutter før den begynner."},
	{id: "BR-CO-20", flag: Fatal, ok: hasEither(cbcStartDate, cbcEndDate),
		en: "The line's period has neither a start nor an end.",
		nb: "Linjens periode har verken start eller slutt."},
}

var periodRules = []rule{
	{id: "BR-29", flag: Fatal, ok: endsAfterStart,
		en: "The invoice period ends before it begins.",
		nb: "Faktureringsperioden slutter før den begynner."},
	{id: "BR-CO-19", flag: Fatal, ok: periodSaysSomething,
		en: "The invoice period has neither a start, nor an end, nor a VAT point code.",
		nb: "Faktureringsperioden har verken start, slutt eller kode for avgiftstidspunkt."},
}

var itemPropertyRules = []rule{
	{id: "BR-54", flag: Fatal, ok: namedProperty,
		en: "An item property must have a name and a value.",
		nb: "En vareegenskap må ha navn og verdi."},
}

var classificationRules = []rule{
	{id: "BR-65", flag: Fatal, ok: hasAttribute(atListID),
		en: "The item's classification does not say its scheme (listID).",
		nb: "Varens klassifisering oppgir ikke hvilken liste den er fra (listID)."},
}

var standardItemRules = []rule{
	{id: "BR-64", flag: Fatal, ok: hasAttribute(atSchemeID),
		en: "The item's standard identifier does not say its scheme (schemeID).",
		nb: "Varens standardnummer oppgir ikke hvilket system det er fra (schemeID)."},
}

var peppolLineRules = []rule{
	{id: "PEPPOL-EN16931-R120", flag: Fatal, ok: lineAmount,
		en: "The line's net amount must be quantity times price, per base quantity, plus charges less allowances, to within 0.02.",
		nb: "Linjens nettobeløp må være antall ganger pris, per prisantall, pluss tillegg minus fradrag, med 0,02 slingringsmonn."},
	{id: "PEPPOL-EN16931-R121", flag: Fatal, ok: baseQuantityPositive,
		en: "The base quantity of the price must be above zero.",
		nb: "Prisens antall må være over null."},
	{id: "PEPPOL-EN16931-R100", flag: Fatal, ok: atMost(1, cacDocumentReference),
		en: "A line may have one invoiced object at most.",
		nb: "En linje kan ha høyst ett fakturert objekt."},
	{id: "PEPPOL-EN16931-R101", flag: Fatal, ok: lineReferenceIsObject,
		en: "The document reference of a line must be to an invoiced object (type 130).",
		nb: "Linjens dokumentreferanse må være til et fakturert objekt (type 130)."},
}

var lineStartRules = []rule{
	{id: "PEPPOL-EN16931-R110", flag: Fatal, ok: startsWithin,
		en: "The line's period begins before the invoice period.",
		nb: "Linjens periode begynner før faktureringsperioden."},
}

var lineEndRules = []rule{
	{id: "PEPPOL-EN16931-R111", flag: Fatal, ok: endsWithin,
		en: "The line's period ends after the invoice period.",
		nb: "Linjens periode slutter etter faktureringsperioden."},
}

var baseUnitRules = []rule{
	{id: "PEPPOL-EN16931-R130", flag: Fatal, ok: sameUnit,
		en: "The base quantity of the price must have the unit of the line's quantity.",
		nb: "Prisens antall må ha samme enhet som linjens antall."},
}

func quantityHasUnit(c *check, n node) bool {
	for _, q := range []name{cbcInvoicedQuantity, cbcCreditedQuantity} {
		for k := c.child(n, q); k != none; k = c.again(k) {
			if _, ok := c.attribute(k, atUnitCode); ok {
				return true
			}
		}
	}
	return false
}

func priceNotNegative(c *check, n node) bool {
	for p := c.child(n, cacPrice); p != none; p = c.again(p) {
		for a := c.child(p, cbcPriceAmount); a != none; a = c.again(a) {
			if s, ok := c.doubleSign(a); ok && s >= 0 {
				return true
			}
		}
	}
	return false
}

func grossPriceNotNegative(c *check, n node) bool {
	found := false
	for p := c.child(n, cacPrice); p != none; p = c.again(p) {
		for a := c.child(p, cacAllowanceCharge); a != none; a = c.again(a) {
			for b := c.child(a, cbcBaseAmount); b != none; b = c.again(b) {
				found = true
				if s, ok := c.doubleSign(b); ok && s >= 0 {
					return true
				}
			}
		}
	}
	return !found
}

func itemHasCategory(c *check, n node) bool {
	for i := c.child(n, cacItem); i != none; i = c.again(i) {
		for t := c.child(i, cacClassifiedTaxCategory); t != none; t = c.again(t) {
			if c.child(t, cbcID) != none && c.isVAT(t) {
				return true
			}
		}
	}
	return false
}

func namedProperty(c *check, n node) bool {
	return c.child(n, cbcName) != none && c.child(n, cbcValue) != none
}

func periodSaysSomething(c *check, n node) bool {
	return c.child(n, cbcStartDate) != none || c.child(n, cbcEndDate) != none || c.child(n, cbcDescriptionCode) != none
}

func endsAfterStart(c *check, n node) bool {
	if c.child(n, cbcStartDate) == none || c.child(n, cbcEndDate) == none {
		return true
	}
	start, end := c.date(c.only(n, cbcStartDate)), c.date(c.only(n, cbcEndDate))
	return start.known && end.known && end.at >= start.at
}

// lineAmount computes as the official rules do: a missing quantity is one, a
// missing price zero, a missing or zero base quantity one.
func lineAmount(c *check, n node) bool {
	quantity := cbcCreditedQuantity
	if c.elems[root].name == invInvoice {
		quantity = cbcInvoicedQuantity
	}
	q := whole(1)
	if c.child(n, quantity) != none {
		q = c.amount(n, quantity)
	}
	due := q
	price := c.only(n, cacPrice, cbcPriceAmount)
	unit := orZero(c.number(price))
	if base := c.number(c.only(n, cacPrice, cbcBaseQuantity)); base.known && base.sign() != 0 {
		unit = unit.divide(base)
	}
	due = due.mul(unit).add(c.lineModifications(n, "true")).sub(c.lineModifications(n, "false"))
	return slack(orZero(c.amount(n, cbcLineExtensionAmount)), due)
}

// lineModifications is the sum of a line's charges or allowances, rounded.
func (c *check) lineModifications(n node, indicator string) decimal {
	var sum decimal
	for a := c.child(n, cacAllowanceCharge); a != none; a = c.again(a) {
		if string(c.normalOf(c.only(a, cbcChargeIndicator))) == indicator {
			for m := c.child(a, cbcAmount); m != none; m = c.again(m) {
				addTo(&sum, c.number(m))
			}
		}
	}
	return orZero(sum).cents()
}

func baseQuantityPositive(c *check, n node) bool {
	base := c.only(n, cacPrice, cbcBaseQuantity)
	return base == none || whole(0).less(c.number(base))
}

func lineReferenceIsObject(c *check, n node) bool {
	ref := c.child(n, cacDocumentReference)
	if ref == none {
		return true
	}
	for ; ref != none; ref = c.again(ref) {
		if c.anyEquals(ref, cbcDocumentTypeCode, "130") {
			return true
		}
	}
	return false
}

// ofLinePeriod: a date in the period of a line, where the document's own
// period has the date that own leads to.
func ofLinePeriod(own []name) func(*check, node) bool {
	start := own[len(own)-1] == cbcStartDate
	return func(c *check, n node) bool {
		line := cacCreditNoteLine
		if c.elems[root].name == invInvoice {
			line = cacInvoiceLine
		}
		if !c.under(n, cacInvoicePeriod, line) || c.parent(c.parent(c.parent(n))) != root {
			return false
		}
		if start {
			return c.startsAt != none
		}
		return c.endsAt != none
	}
}

func startsWithin(c *check, n node) bool {
	if c.manyStart != none {
		c.undecided(c.manyStart)
	}
	own, line := c.date(c.startsAt), c.dateText(n)
	return own.known && line.known && line.at >= own.at
}

func endsWithin(c *check, n node) bool {
	if c.manyEnd != none {
		c.undecided(c.manyEnd)
	}
	own, line := c.date(c.endsAt), c.dateText(n)
	return own.known && line.known && line.at <= own.at
}

func sameUnit(c *check, n node) bool {
	line := c.parent(c.parent(n))
	if line == none || c.up(c.parent(n), cbcInvoicedQuantity) == none && c.up(c.parent(n), cbcCreditedQuantity) == none {
		return true
	}
	quantity := cbcCreditedQuantity
	if c.elems[root].name == invInvoice {
		quantity = cbcInvoicedQuantity
	}
	unit, _ := c.attribute(n, atUnitCode)
	for q := c.up(c.parent(n), quantity); q != none; q = c.again(q) {
		if u, ok := c.attribute(q, atUnitCode); ok && string(u) == string(unit) {
			return true
		}
	}
	return false
}
