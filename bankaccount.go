package timebok

import "strings"

// BadBankAccount is the rule of BankAccount.
var BadBankAccount = NewRule("bankaccount.invalid",
	"er ikke et gyldig norsk kontonummer",
	"er ikkje eit gyldig norsk kontonummer",
	"is not a valid Norwegian bank account number")

// A BankAccount is a Norwegian bank account number (kontonummer, BBAN): four
// digits of the bank, two of the kind of account, four of the account and a
// MOD11 check digit with the weights 5 4 3 2 7 6 5 4 3 2, which finds every
// wrong digit.
//
// No bank has the number 0000, so accounts that begin with it are refused; the
// seven-digit postal giro numbers that used to be padded so are no more.
// The zero BankAccount is "not given".
type BankAccount struct{ digits string }

// ParseBankAccount reads eleven digits, also with points or spaces between them:
// "86011117947", "8601.11.17947", "8601 11 17947". The error is an *InvalidError.
func ParseBankAccount(text string) (BankAccount, error) {
	digits := compact(text, ".")
	if !isDigits(digits, 11) || strings.HasPrefix(digits, "0000") || !hasMod11(digits, "5432765432") {
		return BankAccount{}, Reasons{BadBankAccount.At("")}.Invalid()
	}
	return BankAccount{digits}, nil
}

// IsZero reports whether there is no number.
func (a BankAccount) IsZero() bool { return a.digits == "" }

// String returns the eleven digits, or "".
func (a BankAccount) String() string { return a.digits }

// Display returns the number as people write it, "8601.11.17947".
func (a BankAccount) Display() string {
	if a.IsZero() {
		return ""
	}
	return a.digits[:4] + "." + a.digits[4:6] + "." + a.digits[6:]
}

// IBAN returns the international form of the number.
func (a BankAccount) IBAN() IBAN {
	if a.IsZero() {
		return IBAN{}
	}
	check := 98 - mod97(a.digits+"NO00")
	return IBAN{"NO" + string([]byte{byte('0' + check/10), byte('0' + check%10)}) + a.digits}
}

// Equal reports a == other; go-cmp calls it.
func (a BankAccount) Equal(other BankAccount) bool { return a == other }

// MarshalText writes the form of String.
func (a BankAccount) MarshalText() ([]byte, error) { return []byte(a.digits), nil }

// UnmarshalText reads what ParseBankAccount reads; the empty text is the zero number.
func (a *BankAccount) UnmarshalText(text []byte) error {
	return unmarshal(a, text, ParseBankAccount)
}
