package ehf

// Rules on the totals of the document and its VAT breakdown.

var totalRules = []rule{
	{id: "BR-12", flag: Fatal, ok: has(cbcLineExtensionAmount),
		en: "The sum of the lines is missing.",
		nb: "Summen av linjene mangler."},
	{id: "BR-13", flag: Fatal, ok: has(cbcTaxExclusiveAmount),
		en: "The total without VAT is missing.",
		nb: "Summen uten avgift mangler."},
	{id: "BR-14", flag: Fatal, ok: has(cbcTaxInclusiveAmount),
		en: "The total with VAT is missing.",
		nb: "Summen med avgift mangler."},
	{id: "BR-15", flag: Fatal, ok: has(cbcPayableAmount),
		en: "The amount due is missing.",
		nb: "Beløpet å betale mangler."},
	{id: "BR-CO-10", flag: Fatal, ok: sumOfLines,
		en: "The sum of the lines must be the sum of their net amounts.",
		nb: "Linjesummen må være summen av linjenes nettobeløp."},
	{id: "BR-CO-11", flag: Fatal, ok: sumOfModifications(cbcAllowanceTotalAmount, isAllowance),
		en: "The sum of allowances must be the sum of the document's allowances.",
		nb: "Fradragssummen må være summen av dokumentets fradrag."},
	{id: "BR-CO-12", flag: Fatal, ok: sumOfModifications(cbcChargeTotalAmount, isCharge),
		en: "The sum of charges must be the sum of the document's charges.",
		nb: "Tilleggssummen må være summen av dokumentets tillegg."},
	{id: "BR-CO-13", flag: Fatal, ok: totalWithoutTax,
		en: "The total without VAT must be the lines less allowances plus charges.",
		nb: "Summen uten avgift må være linjene minus fradrag pluss tillegg."},
	{id: "BR-CO-16", flag: Fatal, ok: amountDue,
		en: "The amount due must be the total with VAT less what is prepaid plus the rounding.",
		nb: "Beløpet å betale må være summen med avgift minus forhåndsbetalt pluss avrunding."},
	{id: "BR-DEC-09", flag: Fatal, ok: twoDecimals(cbcLineExtensionAmount),
		en: "The sum of the lines may have two decimals at most.",
		nb: "Linjesummen kan ha høyst to desimaler."},
	{id: "BR-DEC-10", flag: Fatal, ok: twoDecimals(cbcAllowanceTotalAmount),
		en: "The sum of allowances may have two decimals at most.",
		nb: "Fradragssummen kan ha høyst to desimaler."},
	{id: "BR-DEC-11", flag: Fatal, ok: twoDecimals(cbcChargeTotalAmount),
		en: "The sum of charges may have two decimals at most.",
		nb: "Tilleggssummen kan ha høyst to desimaler."},
	{id: "BR-DEC-12", flag: Fatal, ok: twoDecimals(cbcTaxExclusiveAmount),
		en: "The total without VAT may have two decimals at most.",
		nb: "Summen uten avgift kan ha høyst to desimaler."},
	{id: "BR-DEC-14", flag: Fatal, ok: twoDecimals(cbcTaxInclusiveAmount),
		en: "The total with VAT may have two decimals at most.",
		nb: "Summen med avgift kan ha høyst to desimaler."},
	{id: "BR-DEC-16", flag: Fatal, ok: twoDecimals(cbcPrepaidAmount),
		en: "The prepaid amount may have two decimals at most.",
		nb: "Forhåndsbetalt beløp kan ha høyst to desimaler."},
	{id: "BR-DEC-17", flag: Fatal, ok: twoDecimals(cbcPayableRoundingAmount),
		en: "The rounding may have two decimals at most.",
		nb: "Avrundingen kan ha høyst to desimaler."},
	{id: "BR-DEC-18", flag: Fatal, ok: twoDecimals(cbcPayableAmount),
		en: "The amount due may have two decimals at most.",
		nb: "Beløpet å betale kan ha høyst to desimaler."},
}

var taxTotalRules = []rule{
	{id: "BR-CO-14", flag: Fatal, ok: sumOfTaxes,
		en: "The VAT total must be the sum of the VAT amounts of its breakdown.",
		nb: "Samlet avgift må være summen av avgiftsbeløpene i spesifikasjonen."},
}

var subtotalRules = []rule{
	{id: "BR-45", flag: Fatal, ok: has(cbcTaxableAmount),
		en: "The taxable amount of the VAT category is missing.",
		nb: "Grunnlaget for avgiftskategorien mangler."},
	{id: "BR-46", flag: Fatal, ok: has(cbcTaxAmount),
		en: "The VAT amount of the VAT category is missing.",
		nb: "Avgiftsbeløpet for avgiftskategorien mangler."},
	{id: "BR-47", flag: Fatal, ok: hasVATCategory,
		en: "The VAT category code is missing, or its tax scheme is not VAT.",
		nb: "Avgiftskategoriens kode mangler, eller avgiftstypen er ikke VAT."},
	{id: "BR-48", flag: Fatal, ok: hasRate,
		en: "The rate of the VAT category is missing; only category O goes without.",
		nb: "Avgiftskategoriens sats mangler; bare kategori O kan være uten."},
	{id: "BR-CO-17", flag: Fatal, ok: taxOfSubtotal,
		en: "The VAT amount of the VAT category must be its taxable amount times its rate.",
		nb: "Avgiftsbeløpet for avgiftskategorien må være grunnlaget ganger satsen."},
	{id: "BR-DEC-19", flag: Fatal, ok: twoDecimals(cbcTaxableAmount),
		en: "The taxable amount may have two decimals at most.",
		nb: "Grunnlaget kan ha høyst to desimaler."},
	{id: "BR-DEC-20", flag: Fatal, ok: twoDecimals(cbcTaxAmount),
		en: "The VAT amount may have two decimals at most.",
		nb: "Avgiftsbeløpet kan ha høyst to desimaler."},
}

// sumOfLines adds up all lines of the document.
func sumOfLines(c *check, n node) bool {
	return c.amount(n, cbcLineExtensionAmount).equals(orZero(c.lineSum).cents())
}

func orZero(d decimal) decimal {
	if !d.known {
		return whole(0)
	}
	return d
}

// sumOfModifications compares a total with the document's allowances or
// charges. Without any, the total must be absent or zero.
func sumOfModifications(of name, mark uint8) func(*check, node) bool {
	return func(c *check, n node) bool {
		var sum decimal
		some := false
		for a := c.up(n, cacAllowanceCharge); a != none; a = c.again(a) {
			if c.elems[a].mark&mark != 0 {
				some = true
				addTo(&sum, c.amount(a, cbcAmount))
			}
		}
		if c.amount(n, of).equals(orZero(sum).cents()) {
			return true
		}
		return c.child(n, of) == none && !some
	}
}

func totalWithoutTax(c *check, n node) bool {
	sum := c.amount(n, cbcLineExtensionAmount)
	allowances, charges := c.child(n, cbcAllowanceTotalAmount) != none, c.child(n, cbcChargeTotalAmount) != none
	if charges {
		sum = sum.add(c.amount(n, cbcChargeTotalAmount))
	}
	if allowances {
		sum = sum.sub(c.amount(n, cbcAllowanceTotalAmount))
	}
	if allowances || charges {
		sum = sum.cents()
	}
	return c.amount(n, cbcTaxExclusiveAmount).equals(sum)
}

// amountDue rounds only what it computes: a given amount is taken as it is.
func amountDue(c *check, n node) bool {
	due, withTax := c.amount(n, cbcPayableAmount), c.amount(n, cbcTaxInclusiveAmount)
	if c.child(n, cbcPrepaidAmount) != none {
		withTax = withTax.sub(c.amount(n, cbcPrepaidAmount)).cents()
	}
	if c.child(n, cbcPayableRoundingAmount) != none {
		due = due.sub(c.amount(n, cbcPayableRoundingAmount)).cents()
	}
	return due.equals(withTax)
}

func sumOfTaxes(c *check, n node) bool {
	s := c.child(n, cacTaxSubtotal)
	if s == none {
		return true
	}
	var sum decimal
	for ; s != none; s = c.again(s) {
		addTo(&sum, c.amount(s, cbcTaxAmount))
	}
	return c.amount(n, cbcTaxAmount).equals(orZero(sum).cents())
}

// rateOf is the rate of the VAT category of a part of the breakdown.
func (c *check) rateOf(n node) node {
	found := none
	for t := c.child(n, cacTaxCategory); t != none; t = c.again(t) {
		if !c.isVAT(t) {
			continue
		}
		for p := c.child(t, cbcPercent); p != none; p = c.again(p) {
			if found != none {
				c.undecided(p)
				return found
			}
			found = p
		}
	}
	return found
}

func hasVATCategory(c *check, n node) bool {
	for t := c.child(n, cacTaxCategory); t != none; t = c.again(t) {
		if c.isVAT(t) && c.child(t, cbcID) != none {
			return true
		}
	}
	return false
}

func hasRate(c *check, n node) bool {
	for t := c.child(n, cacTaxCategory); t != none; t = c.again(t) {
		if c.isVAT(t) && (c.child(t, cbcPercent) != none || string(c.normalOf(c.only(t, cbcID))) == "O") {
			return true
		}
	}
	return false
}

// taxOfSubtotal takes a rate that rounds to zero for zero.
func taxOfSubtotal(c *check, n node) bool {
	rate := c.number(c.rateOf(n))
	tax := c.amount(n, cbcTaxAmount)
	if !rate.known || rate.round(0).isZero() {
		return tax.round(0).isZero()
	}
	return nearTax(tax, c.amount(n, cbcTaxableAmount), rate)
}
