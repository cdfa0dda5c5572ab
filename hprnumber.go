package timebok

import "strings"

// BadHPRNumber is the rule of HPRNumber.
var BadHPRNumber = NewRule("hprnumber.invalid",
	"er ikke et gyldig HPR-nummer",
	"er ikkje eit gyldig HPR-nummer",
	"is not a valid number of the Norwegian health personnel register (HPR)")

// An HPRNumber is a person's number in the Norwegian register of health
// personnel (Helsepersonellregisteret; OID 2.16.578.1.12.4.1.4.4): one to nine
// digits without a check digit. A mistyped number can only be found by asking
// the register.
//
// Leading zeros mean nothing and are dropped, so equal numbers are equal values.
// The zero HPRNumber is "not given": professions without authorisation have none.
type HPRNumber struct{ digits string }

// ParseHPRNumber reads one to nine digits, not all of them 0. The error is an
// *InvalidError.
func ParseHPRNumber(text string) (HPRNumber, error) {
	digits := compact(text, "")
	significant := strings.TrimLeft(digits, "0")
	if len(digits) > 9 || significant == "" || !isDigits(significant, len(significant)) {
		return HPRNumber{}, Reasons{BadHPRNumber.At("")}.Invalid()
	}
	return HPRNumber{significant}, nil
}

// IsZero reports whether there is no number.
func (h HPRNumber) IsZero() bool { return h.digits == "" }

// String returns the digits without leading zeros, or "".
func (h HPRNumber) String() string { return h.digits }

// Equal reports h == other; go-cmp calls it.
func (h HPRNumber) Equal(other HPRNumber) bool { return h == other }

// MarshalText writes the form of String.
func (h HPRNumber) MarshalText() ([]byte, error) { return []byte(h.digits), nil }

// UnmarshalText reads what ParseHPRNumber reads; the empty text is the zero number.
func (h *HPRNumber) UnmarshalText(text []byte) error { return unmarshal(h, text, ParseHPRNumber) }
