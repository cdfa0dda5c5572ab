package timebok

import "strings"

// BadPhoneNumber is the rule of PhoneNumber.
var BadPhoneNumber = NewRule("phone.invalid",
	"er ikke et gyldig telefonnummer",
	"er ikkje eit gyldig telefonnummer",
	"is not a valid telephone number")

// A PhoneNumber is a person's telephone number in the form of ITU-T E.164: "+",
// the code of the country and the number, at most 15 digits. It masks itself as
// Private does. The zero PhoneNumber is "not given".
type PhoneNumber struct{ text Private }

// ParsePhoneNumber reads an international number that begins with "+" or "00",
// and eight digits as a Norwegian number, which gets its +47. Spaces, points and
// hyphens are dropped; brackets are refused, since the digit in "(0)" must not
// be dialled from abroad. The error is an *InvalidError.
func ParsePhoneNumber(text string) (PhoneNumber, error) {
	digits := compact(text, ".-")
	switch {
	case strings.HasPrefix(digits, "+"):
		digits = digits[1:]
	case strings.HasPrefix(digits, "00"):
		digits = digits[2:]
	case len(digits) == 8:
		digits = "47" + digits
	default:
		digits = ""
	}
	national, norwegian := strings.CutPrefix(digits, "47")
	switch {
	case !isDigits(digits, len(digits)), len(digits) < 7, len(digits) > 15, digits[0] == '0',
		norwegian && (len(national) != 8 || national[0] == '0'):
		return PhoneNumber{}, Reasons{BadPhoneNumber.At("")}.Invalid()
	}
	return PhoneNumber{Hide("+" + digits)}, nil
}

// Reveal returns the number itself, such as "+4790000000".
func (p PhoneNumber) Reveal() string { return p.text.Reveal() }

// IsZero reports whether there is no number.
func (p PhoneNumber) IsZero() bool { return p.text.IsZero() }

// String returns a mask, or "".
func (p PhoneNumber) String() string { return p.text.String() }

// GoString masks the %#v of fmt.
func (p PhoneNumber) GoString() string { return "timebok.PhoneNumber{" + p.String() + "}" }

// MarshalText masks the number in JSON, slog and other encodings.
func (p PhoneNumber) MarshalText() ([]byte, error) { return p.text.MarshalText() }

// Equal compares the numbers; go-cmp calls it.
func (p PhoneNumber) Equal(other PhoneNumber) bool { return p == other }
