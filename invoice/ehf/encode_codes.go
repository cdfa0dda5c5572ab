package ehf

import "github.com/timebok/timebok"

// kroner is the currency of every document that Encode writes.
const kroner = "NOK"

// ok reports whether an identifier of a party is complete, of a known
// scheme, and valid where Peppol checks the scheme's numbers. None is fine.
func (i Identifier) ok() bool {
	if i.Value == "" {
		return i.Scheme == ""
	}
	switch i.Scheme {
	case "":
		return true
	case timebok.OrgNumberScheme:
		return isOrgNumber([]byte(i.Value))
	}
	return identifierSchemes.has([]byte(i.Scheme)) && isNumberOf(i.Scheme, i.Value)
}

// reaches reports whether Peppol delivers to the address.
func (i Identifier) reaches() bool {
	if i.Scheme == timebok.OrgNumberScheme {
		return isOrgNumber([]byte(i.Value))
	}
	return i.Value != "" && peppolEndpointCodes.has([]byte(i.Scheme)) && isNumberOf(i.Scheme, i.Value)
}

// isNumberOf reports whether a number is one of its scheme, as far as a fatal
// rule asks (PEPPOL-COMMON-R040 to R053).
func isNumberOf(scheme, value string) bool {
	switch scheme {
	case "0088":
		return isGLN([]byte(value))
	case "0184":
		return isCVR([]byte(value))
	case "0096":
		return isTenDigits([]byte(value))
	case "0198":
		return isDanishSE([]byte(value))
	case "0208":
		return isBelgian([]byte(value))
	case "0007":
		return isSwedish([]byte(value))
	case "0151":
		return isAustralian([]byte(value))
	}
	return true
}

// isVATNumber reports whether a VAT number has its country in front (rule
// BR-CO-09), and if that is Norway, whether it is valid (rule NO-R-001).
func isVATNumber(text string) bool {
	if len(text) < 4 || !vatCountries.has([]byte(text[:2])) {
		return false
	}
	return text[:2] != "NO" || len(text) == 14 && isOrgNumber([]byte(text[2:11])) && text[11:] == "MVA"
}

func isCountry(code string) bool { return code == "NO" || countries.has([]byte(code)) }

// isAccount reports whether text is a Norwegian account number, or an IBAN.
func isAccount(text string, iban bool) bool {
	if iban {
		parsed, err := timebok.ParseIBAN(text)
		return err == nil && parsed.String() == text
	}
	return digits(11)([]byte(text)) && text[:4] != "0000" && modulo11([]byte(text))
}

// isKID reports whether text is a Norwegian payment reference.
func isKID(text string) bool {
	kid, err := timebok.ParseKID(text)
	return err == nil && kid.String() == text
}

// isBIC reports whether text has the form of a bank's code in ISO 9362: four letters,
// a country, and two or five characters more.
func isBIC(text string) bool {
	if len(text) != 8 && len(text) != 11 {
		return false
	}
	for i, c := range []byte(text) {
		if (c < 'A' || c > 'Z') && (i < 6 || !isDigit(c)) {
			return false
		}
	}
	return isCountry(text[4:6]) || text[4:6] == "XK"
}

// isPaymentCode reports whether UNCL 4461 has the code and a document can carry
// what belongs to it: direct debit needs a mandate (rule R061).
func isPaymentCode(code string) bool {
	switch code {
	case CreditTransfer:
		return true
	case "49", "59":
		return false
	}
	return paymentMeans.has([]byte(code))
}

// isUnit reports whether UN/ECE Rec. 20 or 21 has the code, and it is not STK,
// which passes for the Norwegian piece and means a cigarette.
func isUnit(code string) bool {
	return code == UnitOne || code != "STK" && units.has([]byte(code))
}

// ok reports whether category and rate agree.
func (v VAT) ok() bool {
	switch v.Category {
	case timebok.Exempt, timebok.ZeroRated, timebok.OutsideScope:
		return v.Rate == 0
	case timebok.Standard:
		// Below one half per cent rule BR-CO-17 takes the rate for zero.
		return v.Rate >= 50 && v.Rate <= 10000
	}
	return false
}

// needsReason reports whether the category must say why it bears no tax.
func (v VAT) needsReason() bool {
	return v.Category == timebok.Exempt || v.Category == timebok.OutsideScope
}

// fits reports whether the code is one of VATEX for the category (rules P0104 to
// P0111): each has one of its own but E, which has the rest.
func (e *Exemption) fits() bool {
	switch e.Code {
	case "VATEX-EU-O":
		return e.Category == timebok.OutsideScope
	case "VATEX-EU-AE", "VATEX-EU-G", "VATEX-EU-IC":
		return false
	}
	return e.Category == timebok.Exempt && exemptionReasons.has([]byte(e.Code))
}
