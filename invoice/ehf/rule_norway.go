package ehf

import "bytes"

// Norway's two rules, and whose rules a document is held to.

var norwayRules = []rule{
	{id: "NO-R-002", flag: Warning, ok: saysRegister,
		en: "A Norwegian company must say Foretaksregisteret (tax scheme TAX) if it is a limited company or a branch of a foreign one.",
		nb: "Et norsk aksjeselskap, allmennaksjeselskap eller filial av utenlandsk foretak må oppgi Foretaksregisteret (avgiftstype TAX)."},
	{id: "NO-R-001", flag: Fatal, ok: norwegianVATNumber,
		en: "A Norwegian VAT number is NO, the nine digits of a valid organisation number and MVA.",
		nb: "Et norsk mva-nummer er NO, et gyldig organisasjonsnummer på ni sifre og MVA."},
}

// norwegianSeller: the seller of a document that Norway's rules hold for.
func norwegianSeller(c *check, n node) bool {
	return c.country == country{'N', 'O'} && c.under(n, cacAccountingSupplierParty)
}

// A country is the first two letters of a country code, XX if there is none.
type country [2]byte

func countryOf(b []byte) country {
	s := upper(normal(b))
	if len(s) != 2 {
		return country{}
	}
	return country{s[0], s[1]}
}

// supplierCountry is where the seller is taken to be: the beginning of its VAT
// number, else of its tax representative's, else the country of its address.
// The scheme must be written VAT here, with no white space around it. With two
// such schemes the official rules find no country at all, and so no national
// rule holds.
func (c *check) supplierCountry() country {
	for _, path := range [][]name{{cacAccountingSupplierParty, cacParty, cacPartyTaxScheme}, {cacTaxRepresentativeParty, cacPartyTaxScheme}} {
		switch numbers, first := c.vatNumbers(root, path); {
		case numbers > 1:
			return country{}
		case len(first) > 0:
			return countryOf(firstRunes(first, 2))
		}
	}
	address, more := c.atMostOne(root, none, countryOfSeller)
	switch {
	case more != none:
		return country{}
	case address == none:
		return country{'X', 'X'}
	}
	return countryOf(c.value(address))
}

var countryOfSeller = []name{cacAccountingSupplierParty, cacParty, cacPostalAddress, cacCountry, cbcIdentificationCode}

// vatNumbers counts the schemes VAT that a path leads to, and gives the number
// of the first.
func (c *check) vatNumbers(n node, path []name) (count int, first []byte) {
	for k := c.child(n, path[0]); k != none; k = c.again(k) {
		var more int
		var number []byte
		switch {
		case len(path) > 1:
			more, number = c.vatNumbers(k, path[1:])
		case c.rawScheme(k, "VAT"):
			more, number = 1, c.value(c.only(k, cbcCompanyID))
		}
		if count == 0 {
			first = number
		}
		count += more
	}
	return count, first
}

// rawScheme reports whether a PartyTaxScheme has exactly this tax scheme.
func (c *check) rawScheme(s node, want string) bool {
	for t := c.child(s, cacTaxScheme); t != none; t = c.again(t) {
		if c.anyEquals(t, cbcID, want) {
			return true
		}
	}
	return false
}

// scheme reports the same with white space around it forgiven.
func (c *check) scheme(s node, want string) bool {
	return string(c.normalOf(c.only(s, cacTaxScheme, cbcID))) == want
}

func saysRegister(c *check, n node) bool {
	found := none
	for s := c.child(n, cacPartyTaxScheme); s != none; s = c.again(s) {
		if !c.scheme(s, "TAX") {
			continue
		}
		for id := c.child(s, cbcCompanyID); id != none; id = c.again(id) {
			if found != none {
				c.undecided(id)
				return true
			}
			found = id
		}
	}
	return string(c.normalOf(found)) == "Foretaksregisteret"
}

func norwegianVATNumber(c *check, n node) bool {
	number, schemes := none, 0
	norwegian := false
	for s := c.child(n, cacPartyTaxScheme); s != none; s = c.again(s) {
		if !c.scheme(s, "VAT") {
			continue
		}
		schemes++
		id := c.only(s, cbcCompanyID)
		if string(firstRunes(c.value(id), 2)) == "NO" {
			norwegian = true
		}
		number = id
	}
	if !norwegian {
		return true
	}
	if schemes > 1 {
		c.undecided(number)
		return true
	}
	digits, ok := bytes.CutSuffix(c.value(number)[2:], []byte("MVA"))
	return ok && isOrgNumber(digits)
}

// bothGerman: seller and buyer have German addresses.
func (c *check) bothGerman() bool {
	for _, party := range []name{cacAccountingSupplierParty, cacAccountingCustomerParty} {
		at := c.find(root, party, cacParty, cacPostalAddress, cacCountry, cbcIdentificationCode)
		if at == none || countryOf(c.value(at)) != (country{'D', 'E'}) {
			return false
		}
	}
	return true
}

// A profile is the process that a document says it is part of.
type profile uint8

const (
	unknownProfile profile = iota
	billing                // 01, and two French ones
	billingWithResponse
)

func (c *check) profileOf() profile {
	switch string(c.normalOf(c.child(root, cbcProfileID))) {
	case "urn:fdc:peppol.eu:2017:poacc:billing:01:1.0", "urn:peppol:france:billing:regulated", "urn:peppol:france:billing:non-regulated":
		return billing
	case "urn:peppol:bis:billing_with_response":
		return billingWithResponse
	}
	return unknownProfile
}

// notices names the countries whose own rules are not checked. Some of them go
// by the seller's VAT number, some by its address, so that both are looked at.
func (c *check) notices() {
	address := country{}
	if at := c.find(root, countryOfSeller...); at != none {
		address = countryOf(c.value(at))
	}
	c.notice(c.country)
	if address != c.country {
		c.notice(address)
	}
}

func (c *check) notice(k country) {
	switch string(k[:]) {
	case "DE", "DK", "GR", "EL", "IS", "IT", "NL", "SE":
		c.report.Notices = append(c.report.Notices, Notice{Country: string(k[:])})
	}
}
