package timebok

// BadKID is the rule of KID.
var BadKID = NewRule("kid.invalid",
	"er ikke et gyldig KID-nummer",
	"er ikkje eit gyldig KID-nummer",
	"is not a valid Norwegian payment reference (KID)")

// A KID is a Norwegian payment reference (kundeidentifikasjon): 2 to 25
// characters, the last of them a check character by one of two algorithms.
//
//   - MOD10 (Luhn): from the right, every other digit before the check digit is
//     doubled and the digits of the product added; the check digit fills the sum
//     up to a multiple of ten. It finds every wrong digit and all swaps of
//     neighbours but 09 with 90.
//   - MOD11: the digits before the check character are weighted 2 3 4 5 6 7 2 3 …
//     from the right; the check digit is 11 − (sum mod 11), where 11 is written 0
//     and 10 as "-". It finds every wrong digit and every swap of neighbours.
//
// Which algorithm and which length an account takes is agreed between its owner
// and the bank; the number does not say. The zero KID is "not given".
type KID struct{ text string }

// A KIDAlgorithm is one of the two ways to check a KID.
type KIDAlgorithm string

const (
	KIDMod10 KIDAlgorithm = "MOD10"
	KIDMod11 KIDAlgorithm = "MOD11"
)

// maxKID is the greatest length of a KID.
const maxKID = 25

// ParseKID reads a KID that is valid by at least one of the algorithms. Spaces
// are dropped. The error is an *InvalidError.
func ParseKID(text string) (KID, error) {
	kid := KID{compact(text, "")}
	if luhn, mod11 := kid.checks(); !luhn && !mod11 {
		return KID{}, Reasons{BadKID.At("")}.Invalid()
	}
	return kid, nil
}

// NewKID10 returns the KID of 1 to 24 digits and their MOD10 check digit. The
// error is an *InvalidError.
func NewKID10(digits string) (KID, error) { return newKID(digits, luhnDigit) }

// NewKID11 returns the KID of 1 to 24 digits and their MOD11 check character,
// which may be "-". The error is an *InvalidError.
func NewKID11(digits string) (KID, error) { return newKID(digits, kid11) }

func newKID(digits string, check func(string) byte) (KID, error) {
	if len(digits) == 0 || len(digits) >= maxKID || !isDigits(digits, len(digits)) {
		return KID{}, Reasons{BadKID.At("")}.Invalid()
	}
	return KID{digits + string(check(digits))}, nil
}

// kid11 returns the MOD11 check character of at most 24 digits.
func kid11(digits string) byte {
	const weights = "765432765432765432765432"
	check, ok := mod11Digit(digits, weights[len(weights)-len(digits):])
	if !ok {
		return '-'
	}
	return check
}

// Algorithms returns the algorithms that the KID is valid by: one, or both.
func (k KID) Algorithms() []KIDAlgorithm {
	var valid []KIDAlgorithm
	luhn, mod11 := k.checks()
	if luhn {
		valid = append(valid, KIDMod10)
	}
	if mod11 {
		valid = append(valid, KIDMod11)
	}
	return valid
}

// checks reports by which algorithms the check character is right.
func (k KID) checks() (luhn, mod11 bool) {
	last := len(k.text) - 1
	if last < 1 || last >= maxKID || !isDigits(k.text[:last], last) {
		return false, false
	}
	return k.text[last] == luhnDigit(k.text[:last]), k.text[last] == kid11(k.text[:last])
}

// IsZero reports whether there is no KID.
func (k KID) IsZero() bool { return k.text == "" }

// String returns the digits and the check character, or "".
func (k KID) String() string { return k.text }

// Equal reports k == other; go-cmp calls it.
func (k KID) Equal(other KID) bool { return k == other }

// MarshalText writes the form of String.
func (k KID) MarshalText() ([]byte, error) { return []byte(k.text), nil }

// UnmarshalText reads what ParseKID reads; the empty text is the zero KID.
func (k *KID) UnmarshalText(text []byte) error { return unmarshal(k, text, ParseKID) }
