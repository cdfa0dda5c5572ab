package timebok

import "strings"

// BadOrgNumber and BadMVANumber are the rules of this file's numbers.
var (
	BadOrgNumber = NewRule("orgnumber.invalid",
		"er ikke et gyldig organisasjonsnummer",
		"er ikkje eit gyldig organisasjonsnummer",
		"is not a valid Norwegian organisation number")
	BadMVANumber = NewRule("mvanumber.invalid",
		"er ikke et gyldig MVA-nummer",
		"er ikkje eit gyldig MVA-nummer",
		"is not a valid Norwegian VAT number")
)

// OrgNumberScheme is the code of Norwegian organisation numbers in the ISO 6523
// list that Peppol uses. The older 9908 is deleted there and never written.
const OrgNumberScheme = "0192"

// An OrgNumber is a number of the Norwegian register of legal entities
// (organisasjonsnummer): nine digits, the last a MOD11 check digit with the
// weights 3 2 7 6 5 4 3 2. Its check finds every wrong digit and every swap of
// two neighbours (Peppol rule COMMON-R041 makes the same check).
//
// Most numbers begin with 8 or 9, but the register does not promise it, so
// nothing demands it. The zero OrgNumber is "not given".
type OrgNumber struct{ digits string }

// ParseOrgNumber reads "988077917" or "988 077 917", also with a Peppol prefix
// "0192:" or "9908:", which is dropped. The error is an *InvalidError.
func ParseOrgNumber(text string) (OrgNumber, error) {
	digits := compact(text, "")
	if scheme, rest, ok := strings.Cut(digits, ":"); ok && (scheme == OrgNumberScheme || scheme == "9908") {
		digits = rest
	}
	if !isDigits(digits, 9) || digits == "000000000" || !hasMod11(digits, "32765432") {
		return OrgNumber{}, Reasons{BadOrgNumber.At("")}.Invalid()
	}
	return OrgNumber{digits}, nil
}

// IsZero reports whether there is no number.
func (o OrgNumber) IsZero() bool { return o.digits == "" }

// String returns the nine digits, or "".
func (o OrgNumber) String() string { return o.digits }

// Display returns the number as people write it, "988 077 917".
func (o OrgNumber) Display() string {
	if o.IsZero() {
		return ""
	}
	return o.digits[:3] + " " + o.digits[3:6] + " " + o.digits[6:]
}

// EndpointID returns the electronic address with its scheme, "0192:988077917".
func (o OrgNumber) EndpointID() string {
	if o.IsZero() {
		return ""
	}
	return OrgNumberScheme + ":" + o.digits
}

// MVA returns the VAT number of the entity. Whether the entity is registered for
// VAT does not show in its number.
func (o OrgNumber) MVA() MVANumber { return MVANumber{o} }

// Equal reports o == other; go-cmp calls it.
func (o OrgNumber) Equal(other OrgNumber) bool { return o == other }

// MarshalText writes the form of String.
func (o OrgNumber) MarshalText() ([]byte, error) { return []byte(o.digits), nil }

// UnmarshalText reads what ParseOrgNumber reads; the empty text is the zero number.
func (o *OrgNumber) UnmarshalText(text []byte) error {
	return unmarshal(o, text, ParseOrgNumber)
}

// unmarshal reads text into v, the empty text as its zero value. It leaves v as
// it was if the text is bad.
func unmarshal[T any](v *T, text []byte, parse func(string) (T, error)) error {
	var parsed T
	if len(text) > 0 {
		var err error
		if parsed, err = parse(string(text)); err != nil {
			return err
		}
	}
	*v = parsed
	return nil
}

// An MVANumber is the number of an entity in the Norwegian VAT register: its
// organisation number with "MVA" behind it, and "NO" before it abroad and in
// Peppol (rule NO-R-001). The zero MVANumber is "not given".
type MVANumber struct{ org OrgNumber }

// ParseMVANumber reads "NO988077917MVA" or "988 077 917 MVA", in upper or lower
// case. The error is an *InvalidError.
func ParseMVANumber(text string) (MVANumber, error) {
	bad := Reasons{BadMVANumber.At("")}.Invalid()
	digits, ok := strings.CutSuffix(upper(compact(text, "")), "MVA")
	if !ok {
		return MVANumber{}, bad
	}
	digits = strings.TrimPrefix(digits, "NO")
	if !isDigits(digits, 9) {
		return MVANumber{}, bad
	}
	org, err := ParseOrgNumber(digits)
	if err != nil {
		return MVANumber{}, bad
	}
	return MVANumber{org}, nil
}

// OrgNumber returns the organisation number.
func (n MVANumber) OrgNumber() OrgNumber { return n.org }

// IsZero reports whether there is no number.
func (n MVANumber) IsZero() bool { return n.org.IsZero() }

// String returns "NO988077917MVA", or "".
func (n MVANumber) String() string {
	if n.IsZero() {
		return ""
	}
	return "NO" + n.org.digits + "MVA"
}

// Display returns the number as a Norwegian invoice shows it, "988 077 917 MVA"
// (bokføringsforskriften § 5-1-2).
func (n MVANumber) Display() string {
	if n.IsZero() {
		return ""
	}
	return n.org.Display() + " MVA"
}

// Equal reports n == other; go-cmp calls it.
func (n MVANumber) Equal(other MVANumber) bool { return n == other }

// MarshalText writes the form of String.
func (n MVANumber) MarshalText() ([]byte, error) { return []byte(n.String()), nil }

// UnmarshalText reads what ParseMVANumber reads; the empty text is the zero number.
func (n *MVANumber) UnmarshalText(text []byte) error {
	return unmarshal(n, text, ParseMVANumber)
}
