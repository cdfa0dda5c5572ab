package ehf

// Rules on allowances and charges of the document and its lines.

var allowanceRules = []rule{
	{id: "BR-31", flag: Fatal, ok: has(cbcAmount),
		en: "The allowance has no amount.",
		nb: "Fradraget mangler beløp."},
	{id: "BR-32", flag: Fatal, ok: hasVATCategory,
		en: "The allowance has no VAT category code.",
		nb: "Fradraget mangler avgiftskategori."},
	{id: "BR-33", flag: Fatal, ok: givesReason,
		en: "The allowance gives no reason.",
		nb: "Fradraget mangler begrunnelse."},
	{id: "BR-CO-05", flag: Fatal, ok: always,
		en: "The allowance's reason and reason code must mean the same.",
		nb: "Fradragets begrunnelse og kode må bety det samme."},
	{id: "BR-CO-21", flag: Fatal, ok: givesReason,
		en: "The allowance must have a reason, a reason code or both.",
		nb: "Fradraget må ha begrunnelse, kode for den, eller begge deler."},
	{id: "BR-DEC-01", flag: Fatal, ok: twoDecimals(cbcAmount),
		en: "The allowance's amount may have two decimals at most.",
		nb: "Fradragets beløp kan ha høyst to desimaler."},
	{id: "BR-DEC-02", flag: Fatal, ok: twoDecimals(cbcBaseAmount),
		en: "The allowance's base amount may have two decimals at most.",
		nb: "Fradragets grunnlag kan ha høyst to desimaler."},
}

var chargeRules = []rule{
	{id: "BR-36", flag: Fatal, ok: has(cbcAmount),
		en: "The charge has no amount.",
		nb: "Tillegget mangler beløp."},
	{id: "BR-37", flag: Fatal, ok: hasVATCategory,
		en: "The charge has no VAT category code.",
		nb: "Tillegget mangler avgiftskategori."},
	{id: "BR-38", flag: Fatal, ok: givesReason,
		en: "The charge gives no reason.",
		nb: "Tillegget mangler begrunnelse."},
	{id: "BR-CO-06", flag: Fatal, ok: always,
		en: "The charge's reason and reason code must mean the same.",
		nb: "Tilleggets begrunnelse og kode må bety det samme."},
	{id: "BR-CO-22", flag: Fatal, ok: givesReason,
		en: "The charge must have a reason, a reason code or both.",
		nb: "Tillegget må ha begrunnelse, kode for den, eller begge deler."},
	{id: "BR-DEC-05", flag: Fatal, ok: twoDecimals(cbcAmount),
		en: "The charge's amount may have two decimals at most.",
		nb: "Tilleggets beløp kan ha høyst to desimaler."},
	{id: "BR-DEC-06", flag: Fatal, ok: twoDecimals(cbcBaseAmount),
		en: "The charge's base amount may have two decimals at most.",
		nb: "Tilleggets grunnlag kan ha høyst to desimaler."},
}

var lineAllowanceRules = []rule{
	{id: "BR-41", flag: Fatal, ok: has(cbcAmount),
		en: "The line's allowance has no amount.",
		nb: "Linjens fradrag mangler beløp."},
	{id: "BR-42", flag: Fatal, ok: givesReason,
		en: "The line's allowance gives no reason.",
		nb: "Linjens fradrag mangler begrunnelse."},
	{id: "BR-CO-07", flag: Fatal, ok: always,
		en: "The reason and reason code of the line's allowance must mean the same.",
		nb: "Begrunnelse og kode for linjens fradrag må bety det samme."},
	{id: "BR-CO-23", flag: Fatal, ok: givesReason,
		en: "The line's allowance must have a reason, a reason code or both.",
		nb: "Linjens fradrag må ha begrunnelse, kode for den, eller begge deler."},
	{id: "BR-DEC-24", flag: Fatal, ok: twoDecimals(cbcAmount),
		en: "The amount of the line's allowance may have two decimals at most.",
		nb: "Beløpet på linjens fradrag kan ha høyst to desimaler."},
	{id: "BR-DEC-25", flag: Fatal, ok: twoDecimals(cbcBaseAmount),
		en: "The base amount of the line's allowance may have two decimals at most.",
		nb: "Grunnlaget for linjens fradrag kan ha høyst to desimaler."},
}

var lineChargeRules = []rule{
	{id: "BR-43", flag: Fatal, ok: has(cbcAmount),
		en: "The line's charge has no amount.",
		nb: "Linjens tillegg mangler beløp."},
	{id: "BR-44", flag: Fatal, ok: givesReason,
		en: "The line's charge gives no reason.",
		nb: "Linjens tillegg mangler begrunnelse."},
	{id: "BR-CO-08", flag: Fatal, ok: always,
		en: "The reason and reason code of the line's charge must mean the same.",
		nb: "Begrunnelse og kode for linjens tillegg må bety det samme."},
	{id: "BR-CO-24", flag: Fatal, ok: givesReason,
		en: "The line's charge must have a reason, a reason code or both.",
		nb: "Linjens tillegg må ha begrunnelse, kode for den, eller begge deler."},
	{id: "BR-DEC-27", flag: Fatal, ok: twoDecimals(cbcAmount),
		en: "The amount of the line's charge may have two decimals at most.",
		nb: "Beløpet på linjens tillegg kan ha høyst to desimaler."},
	{id: "BR-DEC-28", flag: Fatal, ok: twoDecimals(cbcBaseAmount),
		en: "The base amount of the line's charge may have two decimals at most.",
		nb: "Grunnlaget for linjens tillegg kan ha høyst to desimaler."},
}

var givesReason = hasEither(cbcAllowanceChargeReason, cbcAllowanceChargeReasonCode)

// Peppol's rules on the percentage of an allowance or charge.

var percentWithoutBaseRules = []rule{
	{id: "PEPPOL-EN16931-R041", flag: Fatal, ok: never,
		en: "The allowance or charge has a percentage, so it must have a base amount.",
		nb: "Fradraget eller tillegget har prosentsats og må derfor ha grunnlag."},
}

var baseWithoutPercentRules = []rule{
	{id: "PEPPOL-EN16931-R042", flag: Fatal, ok: never,
		en: "The allowance or charge has a base amount, so it must have a percentage.",
		nb: "Fradraget eller tillegget har grunnlag og må derfor ha prosentsats."},
}

var peppolAllowanceRules = []rule{
	{id: "PEPPOL-EN16931-R040", flag: Fatal, ok: percentOfBase,
		en: "The amount must be the percentage of the base amount, to within 0.02.",
		nb: "Beløpet må være prosentsatsen av grunnlaget, med 0,02 slingringsmonn."},
	{id: "PEPPOL-EN16931-R043", flag: Fatal, ok: plainIndicator,
		en: "cbc:ChargeIndicator must be written true or false.",
		nb: "cbc:ChargeIndicator må skrives true eller false."},
}

var priceAllowanceRules = []rule{
	{id: "PEPPOL-EN16931-R044", flag: Fatal, ok: noPriceCharge,
		en: "A price may have an allowance but no charge.",
		nb: "En pris kan ha fradrag, men ikke tillegg."},
	{id: "PEPPOL-EN16931-R046", flag: Fatal, ok: netPrice,
		en: "The net price must be the gross price less its allowance.",
		nb: "Nettoprisen må være bruttoprisen minus fradraget."},
}

func ofDocumentOrLine(c *check, n node) bool {
	p := c.parent(n)
	return p == root || c.is(p, cacInvoiceLine) && c.parent(p) == root && c.elems[root].name == invInvoice ||
		c.is(p, cacCreditNoteLine) && c.parent(p) == root && c.elems[root].name == cnCreditNote
}

func percentWithoutBase(c *check, n node) bool {
	return c.child(n, cbcMultiplierFactorNumeric) != none && c.child(n, cbcBaseAmount) == none && ofDocumentOrLine(c, n)
}

func baseWithoutPercent(c *check, n node) bool {
	return c.child(n, cbcMultiplierFactorNumeric) == none && c.child(n, cbcBaseAmount) != none && ofDocumentOrLine(c, n)
}

func percentOfBase(c *check, n node) bool {
	if c.child(n, cbcMultiplierFactorNumeric) == none || c.child(n, cbcBaseAmount) == none {
		return true
	}
	due := c.amount(n, cbcBaseAmount).mul(c.amount(n, cbcMultiplierFactorNumeric)).hundredth()
	return slack(orZero(c.amount(n, cbcAmount)), due)
}

// slack reports whether two amounts are no more than 0.02 apart.
func slack(a, b decimal) bool {
	return a.sub(b).abs().atMost(decimal{v: 2, scale: 2, known: true})
}

func plainIndicator(c *check, n node) bool {
	v := string(c.normalText(c.only(n, cbcChargeIndicator)))
	return v == "true" || v == "false"
}

func noPriceCharge(c *check, n node) bool {
	return string(c.normalOf(c.only(n, cbcChargeIndicator))) == "false"
}

func netPrice(c *check, n node) bool {
	return c.child(n, cbcBaseAmount) == none ||
		c.number(c.onlyUp(n, cbcPriceAmount)).equals(c.amount(n, cbcBaseAmount).sub(c.amount(n, cbcAmount)))
}
