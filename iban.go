package timebok

import "strings"

// BadIBAN is the rule of IBAN.
var BadIBAN = NewRule("iban.invalid",
	"er ikke et gyldig IBAN",
	"er ikkje eit gyldig IBAN",
	"is not a valid IBAN")

// An IBAN is an international bank account number (ISO 13616): two letters of
// the country, two check digits and the national number, checked by MOD 97.
//
// A Norwegian one is checked in full: 15 characters, and its BBAN is a valid
// BankAccount. Of another country's only the general shape (15 to 34 letters and
// digits; Norway's is the shortest there is) and MOD 97 are checked, not its
// national rules. The zero IBAN is "not given".
type IBAN struct{ text string }

// ParseIBAN reads an IBAN, also in lower case and with spaces between its
// groups. The error is an *InvalidError.
func ParseIBAN(text string) (IBAN, error) {
	iban := IBAN{upper(compact(text, ""))}
	if !iban.shaped() || mod97(iban.text[4:]+iban.text[:4]) != 1 {
		return IBAN{}, Reasons{BadIBAN.At("")}.Invalid()
	}
	if iban.Country() == "NO" {
		if _, ok := iban.BankAccount(); !ok {
			return IBAN{}, Reasons{BadIBAN.At("")}.Invalid()
		}
	}
	return iban, nil
}

// shaped reports whether the text looks like an IBAN. Check digits are 02 to 98:
// 00, 01 and 99 give the same remainders but are never issued.
func (i IBAN) shaped() bool {
	if len(i.text) < 15 || len(i.text) > 34 {
		return false
	}
	const letters, digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZ", "0123456789"
	check := i.text[2:4]
	return strings.Trim(i.text[:2], letters) == "" && strings.Trim(check, digits) == "" &&
		check != "00" && check != "01" && check != "99" &&
		strings.Trim(i.text[4:], letters+digits) == ""
}

// mod97 returns the remainder of the number that a text of digits and upper-case
// letters stands for, A being 10 and Z 35.
func mod97(text string) int {
	rest := 0
	for i := range len(text) {
		if c := text[i]; c >= 'A' {
			rest = (rest*100 + int(c-'A') + 10) % 97
		} else {
			rest = (rest*10 + int(c-'0')) % 97
		}
	}
	return rest
}

// IsZero reports whether there is no number.
func (i IBAN) IsZero() bool { return i.text == "" }

// String returns the number without spaces, or "".
func (i IBAN) String() string { return i.text }

// Display returns the number in groups of four, "NO93 8601 1117 947".
func (i IBAN) Display() string {
	var b strings.Builder
	for at := range len(i.text) {
		if at > 0 && at%4 == 0 {
			b.WriteByte(' ')
		}
		b.WriteByte(i.text[at])
	}
	return b.String()
}

// Country returns the ISO 3166 code of the country, or "".
func (i IBAN) Country() string {
	if i.IsZero() {
		return ""
	}
	return i.text[:2]
}

// BankAccount returns the Norwegian account number, and false for an account of
// another country.
func (i IBAN) BankAccount() (BankAccount, bool) {
	if i.Country() != "NO" {
		return BankAccount{}, false
	}
	account, err := ParseBankAccount(i.text[4:])
	return account, err == nil
}

// Equal reports i == other; go-cmp calls it.
func (i IBAN) Equal(other IBAN) bool { return i == other }

// MarshalText writes the form of String.
func (i IBAN) MarshalText() ([]byte, error) { return []byte(i.text), nil }

// UnmarshalText reads what ParseIBAN reads; the empty text is the zero IBAN.
func (i *IBAN) UnmarshalText(text []byte) error { return unmarshal(i, text, ParseIBAN) }
