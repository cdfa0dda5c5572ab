package ehf

// Rules on the parties and their addresses.

var sellerRules = []rule{
	{id: "BR-CO-26", flag: Fatal, ok: sellerIdentified,
		en: "The seller must have an identifier, a legal registration or a VAT number.",
		nb: "Selger må ha en identifikator, organisasjonsnummer eller mva-nummer."},
}

var sellerEndpointRules = []rule{
	{id: "BR-62", flag: Fatal, ok: hasAttribute(atSchemeID),
		en: "The seller's electronic address does not say its scheme (schemeID).",
		nb: "Selgers elektroniske adresse oppgir ikke hvilket system den er fra (schemeID)."},
}

var sellerAddressRules = []rule{
	{id: "BR-09", flag: Fatal, ok: filled(cacCountry, cbcIdentificationCode),
		en: "The seller's address has no country code.",
		nb: "Selgers adresse mangler landkode."},
}

var buyerEndpointRules = []rule{
	{id: "BR-63", flag: Fatal, ok: hasAttribute(atSchemeID),
		en: "The buyer's electronic address does not say its scheme (schemeID).",
		nb: "Kjøpers elektroniske adresse oppgir ikke hvilket system den er fra (schemeID)."},
}

var buyerAddressRules = []rule{
	{id: "BR-11", flag: Fatal, ok: filled(cacCountry, cbcIdentificationCode),
		en: "The buyer's address has no country code.",
		nb: "Kjøpers adresse mangler landkode."},
}

var payeeRules = []rule{
	{id: "BR-17", flag: Fatal, ok: payeeDiffers,
		en: "The payee must have a name, and its name and identifier must differ from the seller's.",
		nb: "Betalingsmottakeren må ha navn, og navn og identifikator må være andre enn selgers."},
}

var agentRules = []rule{
	{id: "BR-18", flag: Fatal, ok: filled(cacPartyName, cbcName),
		en: "The seller's tax representative has no name.",
		nb: "Selgers avgiftsrepresentant mangler navn."},
	{id: "BR-19", flag: Fatal, ok: has(cacPostalAddress),
		en: "The seller's tax representative has no postal address.",
		nb: "Selgers avgiftsrepresentant mangler postadresse."},
	{id: "BR-56", flag: Fatal, ok: func(c *check, n node) bool { return c.vatID(n) },
		en: "The seller's tax representative has no VAT number.",
		nb: "Selgers avgiftsrepresentant mangler mva-nummer."},
}

var agentAddressRules = []rule{
	{id: "BR-20", flag: Fatal, ok: filled(cacCountry, cbcIdentificationCode),
		en: "The address of the seller's tax representative has no country code.",
		nb: "Adressen til selgers avgiftsrepresentant mangler landkode."},
}

var deliveryAddressRules = []rule{
	{id: "BR-57", flag: Fatal, ok: has(cacCountry, cbcIdentificationCode),
		en: "The delivery address has no country code.",
		nb: "Leveringsadressen mangler landkode."},
}

var vatNumberRules = []rule{
	{id: "BR-CO-09", flag: Fatal, ok: vatNumberHasCountry,
		en: "The VAT number must begin with the code of its country.",
		nb: "Mva-nummeret må begynne med landets kode."},
}

// Peppol's.

var peppolBuyerRules = []rule{
	{id: "PEPPOL-EN16931-R010", flag: Fatal, ok: has(cbcEndpointID),
		en: "The buyer's electronic address is missing.",
		nb: "Kjøpers elektroniske adresse mangler."},
}

var peppolSellerRules = []rule{
	{id: "PEPPOL-EN16931-R020", flag: Fatal, ok: has(cbcEndpointID),
		en: "The seller's electronic address is missing.",
		nb: "Selgers elektroniske adresse mangler."},
}

// sellerIdentified does not count a creditor identifier of the SEPA area.
func sellerIdentified(c *check, n node) bool {
	for p := c.child(n, cacParty); p != none; p = c.again(p) {
		if c.vatID(p) || c.any(p, cacPartyLegalEntity, cbcCompanyID) {
			return true
		}
		for i := c.child(p, cacPartyIdentification); i != none; i = c.again(i) {
			for id := c.child(i, cbcID); id != none; id = c.again(id) {
				if scheme, _ := c.attribute(id, atSchemeID); string(scheme) != "SEPA" {
					return true
				}
			}
		}
	}
	return false
}

func payeeDiffers(c *check, n node) bool {
	if !c.any(n, cacPartyName, cbcName) {
		return false
	}
	return !c.shares(n, cacPartyName, cbcName) && !c.shares(n, cacPartyIdentification, cbcID)
}

// shares reports whether the payee and the seller have a value in common.
func (c *check) shares(payee node, group, of name) bool {
	for g := c.child(payee, group); g != none; g = c.again(g) {
		for own := c.child(g, of); own != none; own = c.again(own) {
			if c.sellerHas(payee, c.value(own), group, of) {
				return true
			}
		}
	}
	return false
}

func (c *check) sellerHas(payee node, value []byte, group, of name) bool {
	for s := c.up(payee, cacAccountingSupplierParty); s != none; s = c.again(s) {
		for p := c.child(s, cacParty); p != none; p = c.again(p) {
			for g := c.child(p, group); g != none; g = c.again(g) {
				if c.anyEquals(g, of, string(value)) {
					return true
				}
			}
		}
	}
	return false
}

func vatNumberHasCountry(c *check, n node) bool {
	return vatCountries.within(firstRunes(c.value(c.only(n, cbcCompanyID)), 2))
}

// firstRunes is the first characters of b, which may be fewer.
func firstRunes(b []byte, n int) []byte {
	for i, ch := range b {
		if ch&0xC0 != 0x80 {
			if n == 0 {
				return b[:i]
			}
			n--
		}
	}
	return b
}
