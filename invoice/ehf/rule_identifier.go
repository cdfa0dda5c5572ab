package ehf

import (
	"bytes"
	"slices"
	"strings"
)

// Peppol's rules on identifiers: the check digits and forms of national
// numbers wherever their scheme is named.

// identifierContexts are the schemes in the order of the official rules.
func identifierContexts() pattern {
	return slices.Concat(
		numbered("0088", identifierRule("PEPPOL-COMMON-R040", "", Fatal, "GLN (0088)", isGLN)),
		numbered("0192", identifierRule("PEPPOL-COMMON-R041", "", Fatal, "Norwegian organisation number (0192)", isOrgNumber)),
		numbered("0184", rawIdentifierRule("PEPPOL-COMMON-R042", "Danish CVR number (0184)", isCVR)),
		numbered("0096", rawIdentifierRule("PEPPOL-COMMON-R052", "Danish P number (0096)", isTenDigits)),
		numbered("0198", rawIdentifierRule("PEPPOL-COMMON-R053", "Danish SE number (0198)", isDanishSE)),
		numbered("0208", identifierRule("PEPPOL-COMMON-R043", "", Fatal, "Belgian enterprise number (0208)", isBelgian)),
		numbered("0201", identifierRule("PEPPOL-COMMON-R044", "", Warning, "Italian office code (0201)", isIPA)),
		numbered("0210", identifierRule("PEPPOL-COMMON-R045", "", Warning, "Italian tax code (0210)", isItalianTaxCode)),
		pattern{{on: []name{cbcEndpointID}, with: atSchemeID, value: "9907", rules: identifierRule("PEPPOL-COMMON-R046", "", Warning, "Italian tax code (9907)", isItalianTaxCode)}},
		numbered("0211", italianVATRule),
		pattern{{on: []name{cbcEndpointID}, with: atSchemeID, value: "9906", rules: []rule{numberRule("PEPPOL-COMMON-R048", "", Warning, "Italian VAT number (9906)", always)}}}, // withdrawn, but still listed
		numbered("0007", identifierRule("PEPPOL-COMMON-R049", "", Fatal, "Swedish organisation number (0007)", isSwedish)),
		numbered("0151", identifierRule("PEPPOL-COMMON-R050", "", Fatal, "Australian business number (0151)", isAustralian)),
		numbered("0106", identifierRule("PEPPOL-COMMON-R054", "2026.5", Warning, "Dutch KVK number (0106)", digits(8))),
		numbered("0190", identifierRule("PEPPOL-COMMON-R055", "2026.5", Warning, "Dutch organisation number (0190)", digits(20))),
		numbered("9944", identifierRule("PEPPOL-COMMON-R056-1", "2026.5", Warning, "Dutch VAT number (9944)", isDutchVAT)),
		pattern{{on: []name{cbcCompanyID}, in: cacPartyTaxScheme, where: dutchVATNumber, rules: identifierRule("PEPPOL-COMMON-R056-2", "2026.5", Warning, "Dutch VAT number", isDutchVAT)}},
		numbered("0217", identifierRule("PEPPOL-COMMON-R057", "2026.5", Warning, "Dutch establishment number (0217)", digits(12))),
	)
}

// numbered are the contexts of the identifiers of a scheme.
func numbered(scheme string, rules []rule) pattern {
	return pattern{
		{on: []name{cbcEndpointID, cbcCompanyID}, with: atSchemeID, value: scheme, rules: rules},
		{on: []name{cbcID}, in: cacPartyIdentification, with: atSchemeID, value: scheme, rules: rules},
	}
}

func identifierRule(id, since string, flag Flag, what string, ok func([]byte) bool) []rule {
	return []rule{numberRule(id, since, flag, what, func(c *check, n node) bool { return ok(c.normalOf(n)) })}
}

// rawIdentifierRule does not forgive white space.
func rawIdentifierRule(id, what string, ok func([]byte) bool) []rule {
	return []rule{numberRule(id, "", Fatal, what, func(c *check, n node) bool { return ok(c.value(n)) })}
}

func numberRule(id, since string, flag Flag, what string, ok func(*check, node) bool) rule {
	return rule{id: id, since: since, flag: flag, ok: ok,
		en: "This is no valid number: " + what + ".",
		nb: "Dette er ikke et gyldig nummer: " + what + "."}
}

// digits: just so many.
func digits(n int) func([]byte) bool {
	return func(s []byte) bool { return len(s) == n && allDigits(s) }
}

func allDigits(s []byte) bool {
	for _, c := range s {
		if !isDigit(c) {
			return false
		}
	}
	return len(s) > 0
}

// isGLN: the check digit of GS1, at any length.
func isGLN(s []byte) bool {
	if !allDigits(s) {
		return false
	}
	sum, weight := 0, 3
	for i := len(s) - 2; i >= 0; i-- {
		sum += int(s[i]-'0') * weight
		weight = 4 - weight
	}
	return (10-sum%10)%10 == int(s[len(s)-1]-'0')
}

// isOrgNumber: nine digits, the last of which is the check digit modulo 11
// with the weights 2 to 7 from the right.
func isOrgNumber(s []byte) bool { return len(s) == 9 && allDigits(s) && modulo11(s) }

// modulo11 is for up to eleven digits that are not all zero.
func modulo11(s []byte) bool {
	weights := [...]int{5, 4, 3, 2, 7, 6, 5, 4, 3, 2, 1} // the check digit added, the sum is a multiple
	sum, some := 0, byte(0)
	for i, d := range s {
		sum += int(d-'0') * weights[len(weights)-len(s)+i]
		some |= d - '0'
	}
	return sum%11 == 0 && some != 0
}

func isCVR(s []byte) bool { return isDanishSE(s) || digits(8)(s) }

func isTenDigits(s []byte) bool { return digits(10)(s) }

func isDanishSE(s []byte) bool { return len(s) == 10 && string(s[:2]) == "DK" && allDigits(s[2:]) }

// isBelgian: ten digits, the last two being 97 less the rest of the first
// eight divided by 97.
func isBelgian(s []byte) bool {
	return digits(10)(s) && int64(97)-number(s[:8])%97 == number(s[8:])
}

func number(s []byte) int64 {
	var v int64
	for _, c := range s {
		v = v*10 + int64(c-'0')
	}
	return v
}

func isIPA(s []byte) bool {
	return len(s) == 6 && only(s, letters+"0123456789")
}

const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"

// only reports whether s has no other characters than these.
func only(s []byte, these string) bool {
	return bytes.IndexFunc(s, func(r rune) bool { return !strings.ContainsRune(these, r) }) < 0
}

// isItalianTaxCode: sixteen characters of fixed kinds, or an integer of eleven.
func isItalianTaxCode(s []byte) bool {
	switch r := []rune(string(s)); len(r) {
	case 16:
		part := func(from, to int) []byte { return []byte(string(r[from:to])) }
		return only(part(0, 6), letters) && isInteger(part(6, 8)) && only(part(8, 9), letters) &&
			isInteger(part(9, 11)) && isInteger(part(14, 15)) && only(part(15, 16), letters)
	case 11:
		return isInteger(s)
	}
	return false
}

// isInteger reports whether s is an xs:integer.
func isInteger(s []byte) bool {
	s = trim(s)
	if len(s) > 0 && (s[0] == '-' || s[0] == '+') {
		s = s[1:]
	}
	return allDigits(s)
}

var italianVATRule = []rule{numberRule("PEPPOL-COMMON-R047", "", Warning, "Italian VAT number (0211)", italianVAT)}

// italianVAT looks only at numbers that begin with IT. The official rule adds
// up the digits and stops at a sign among them.
func italianVAT(c *check, n node) bool {
	s := c.normalOf(n)
	if !bytes.HasPrefix(s, []byte("IT")) && !bytes.HasPrefix(s, []byte("it")) {
		return true
	}
	s = s[2:]
	if characters(s) != 11 || !isInteger(s) {
		return false
	}
	if !allDigits(s) {
		c.undecided(n)
		return true
	}
	sum := 0
	for i := range len(s) {
		d := int(s[i] - '0')
		if i%2 == 1 {
			d = d*2%10 + d*2/10
		}
		sum += d
	}
	return sum%10 == 0
}

// isSwedish: ten digits with the check digit of Luhn.
func isSwedish(s []byte) bool {
	if !digits(10)(s) {
		return false
	}
	sum := 0
	for i := range 9 {
		d := int(s[i] - '0')
		if i%2 == 0 {
			d = d*2%10 + d*2/10
		}
		sum += d
	}
	return (10-sum%10)%10 == int(s[9]-'0')
}

// isAustralian: eleven digits, weighted, less one at the first, modulo 89.
func isAustralian(s []byte) bool {
	if !digits(11)(s) {
		return false
	}
	sum := 0
	for i, weight := range [...]int{10, 1, 3, 5, 7, 9, 11, 13, 15, 17, 19} {
		d := int(s[i] - '0')
		if i == 0 {
			d--
		}
		sum += d * weight
	}
	return sum%89 == 0
}

// isDutchVAT: NL, nine digits, B and two digits.
func isDutchVAT(s []byte) bool {
	return len(s) == 14 && string(s[:2]) == "NL" && allDigits(s[2:11]) && s[11] == 'B' && allDigits(s[12:])
}

// dutchVATNumber: a VAT number that begins with NL. Where the official context meets
// several schemes it has an error, and so does not fit.
func dutchVATNumber(c *check, n node) bool {
	p := c.parent(n)
	return bytes.HasPrefix(c.normalOf(n), []byte("NL")) && c.count(p, cacTaxScheme, cbcID) == 1 && c.scheme(p, "VAT")
}
