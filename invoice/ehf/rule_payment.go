package ehf

// Rules on how the document is paid.

var paymentRules = []rule{
	{id: "BR-49", flag: Fatal, ok: has(cbcPaymentMeansCode),
		en: "The payment instructions have no means code.",
		nb: "Betalingsopplysningene mangler kode for betalingsmåte."},
	{id: "BR-61", flag: Fatal, ok: transferHasAccount,
		en: "A credit transfer needs the account to pay to.",
		nb: "Kontooverføring krever kontoen det skal betales til."},
}

var accountRules = []rule{
	{id: "BR-50", flag: Fatal, ok: filled(cbcID),
		en: "The account to pay to has no number.",
		nb: "Kontoen det skal betales til, mangler nummer."},
}

var cardRules = []rule{
	{id: "BR-51", flag: Warning, ok: maskedCard,
		en: "Give no more than the first six and last four digits of a card number.",
		nb: "Oppgi ikke mer enn de seks første og fire siste sifrene i et kortnummer."},
}

var directDebitRules = []rule{
	{id: "PEPPOL-EN16931-R061", flag: Fatal, ok: has(cacPaymentMandate, cbcID),
		en: "A direct debit needs the reference of its mandate.",
		nb: "Direktebelastning krever fullmaktens referanse."},
}

func transferHasAccount(c *check, n node) bool {
	code := string(c.normalOf(c.only(n, cbcPaymentMeansCode)))
	return code != "30" && code != "58" || c.any(n, cacPayeeFinancialAccount, cbcID)
}

// ofTransfer: the account of a credit transfer.
func ofTransfer(c *check, n node) bool {
	for k := c.up(n, cbcPaymentMeansCode); k != none; k = c.again(k) {
		if v := string(c.value(k)); v == "30" || v == "58" {
			return true
		}
	}
	return false
}

func maskedCard(c *check, n node) bool { return characters(c.normalOf(n)) <= 10 }

func isDirectDebit(c *check, n node) bool {
	k := c.child(n, cbcPaymentMeansCode)
	code := string(c.normalOf(k))
	return (code == "49" || code == "59") && c.again(k) == none
}
