package ehf

import "github.com/timebok/timebok"

// kroner is the currency of every document that Encode writes.
const kroner = "NOK"

// ok reports whether an identifier is complete and, in the Norwegian scheme, a
// valid number (rule COMMON-R041). Unless it must be there, none is fine.
func (i Identifier) ok(must bool) bool {
	switch {
	case i.Value == "":
		return !must && i.Scheme == ""
	case i.Scheme == timebok.OrgNumberScheme:
		return isNorwegianOrg(i.Value)
	}
	return i.Scheme != "9908" && (i.Scheme == "" || len(i.Scheme) == 4)
}

// isNorwegianOrg is timebok.ParseOrgNumber for the plain form, without garbage.
func isNorwegianOrg(text string) bool { return len(text) == 9 && mod11(text, "32765432") }

// mod11 reports whether the last digit is 11 less the weighted sum mod 11.
func mod11(digits, weights string) bool {
	sum := 0
	for i := range len(digits) {
		c := int(digits[i] - '0')
		if c < 0 || c > 9 {
			return false
		}
		if i < len(weights) {
			sum += c * int(weights[i]-'0')
		}
	}
	return (11-sum%11)%11 == int(digits[len(digits)-1]-'0')
}

// isVATNumber reports whether a VAT number has its country in front (rule
// BR-CO-09), and if that is Norway, whether it is valid (rule NO-R-001).
func isVATNumber(text string) bool {
	if len(text) < 4 || !isCountry(text[:2]) {
		return false
	}
	return text[:2] != "NO" || len(text) == 14 && isNorwegianOrg(text[2:11]) && text[11:] == "MVA"
}

func isCountry(code string) bool {
	return len(code) == 2 && code[0] >= 'A' && code[0] <= 'Z' && code[1] >= 'A' && code[1] <= 'Z'
}

// isAccount reports whether text is a Norwegian account number, or an IBAN.
func isAccount(text string, iban bool) bool {
	if !iban {
		return len(text) == 11 && text[:4] != "0000" && mod11(text, "5432765432")
	}
	parsed, err := timebok.ParseIBAN(text)
	return err == nil && parsed.String() == text
}

// isPaymentCode reports whether UNCL 4461 has the code and a document can carry
// what belongs to it: direct debit needs a mandate (rule R061), cards a number.
func isPaymentCode(code string) bool {
	switch code {
	case "49", "59", "48", "54", "55":
		return false
	case "ZZZ":
		return true
	}
	n := 0
	for i := range len(code) {
		c := code[i]
		if c < '0' || c > '9' || i == 0 && c == '0' || i > 1 {
			return false
		}
		n = 10*n + int(c-'0')
	}
	return n >= 1 && n <= 70 || n >= 74 && n <= 78 || n >= 91 && n <= 98
}

// isUnit reports whether the code has the form of UN/ECE Rec. 20 or 21 and is
// not STK, which passes for the Norwegian piece and means a cigarette.
func isUnit(code string) bool {
	for i := range len(code) {
		if c := code[i]; (c < '0' || c > '9') && (c < 'A' || c > 'Z') {
			return false
		}
	}
	return len(code) > 0 && len(code) <= 3 && code != "STK"
}

// isMIME reports whether Peppol carries files of the type (rule CL001).
func isMIME(mime string) bool {
	switch mime {
	case "application/pdf", "image/png", "image/jpeg", "text/csv",
		"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
		"application/vnd.oasis.opendocument.spreadsheet":
		return true
	}
	return false
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

// fits reports whether the code is one of VATEX for the category.
func (e *Exemption) fits() bool {
	const eu = "VATEX-EU-"
	if len(e.Code) <= len(eu) || e.Code[:len(eu)] != eu {
		return false
	}
	switch e.Code[len(eu):] {
	case "O":
		return e.Category == timebok.OutsideScope
	case "AE", "G", "IC":
		return false
	}
	return e.Category == timebok.Exempt
}
