package timebok

import (
	"time"

	"github.com/rickb777/date"
)

// BadBirthNumber is the rule of BirthNumber.
var BadBirthNumber = NewRule("birthnumber.invalid",
	"er ikke et gyldig fødselsnummer, D-nummer eller hjelpenummer",
	"er ikkje eit gyldig fødselsnummer, D-nummer eller hjelpenummer",
	"is not a valid Norwegian national identity number, D-number or assigned number")

// A BirthNumber identifies a person: a fødselsnummer, D-number or one of the
// numbers that health care gives those who have neither. It masks itself as
// Private does. It may be kept and used only where there is a factual need and
// no other way to be sure of the person (personopplysningsloven § 12).
//
// The eleven digits are a date DDMMYY (but for FH-numbers), three digits and two
// check digits. The first check digit follows the rule that applies to numbers
// given from 2032 as well as today's, in parallel: weights 3 7 6 1 8 9 4 5 2,
// where the sum with the digit itself leaves 0, 1, 2 or 3 modulo 11 (until then
// 0). The second has weights 5 4 3 2 7 6 5 4 3 2 and finds every wrong digit.
// Source: Skatteetaten, "Nytt fødselsnummer fra 2032".
//
// A number says nothing of a person's gender, and the library reads none out of
// it. The zero BirthNumber is "not given".
type BirthNumber struct{ digits Private }

// ParseBirthNumber reads eleven digits, also with a space before the last five.
// The error is an *InvalidError that does not contain them.
func ParseBirthNumber(text string) (BirthNumber, error) {
	digits := compact(text, "")
	if !isDigits(digits, 11) || !hasBirthChecks(digits) || !hasBirthDay(digits) {
		return BirthNumber{}, Reasons{BadBirthNumber.At("")}.Invalid()
	}
	return BirthNumber{Hide(digits)}, nil
}

func hasBirthChecks(digits string) bool {
	return birthRest(digits) <= 3 && weighted(digits, "54327654321")%11 == 0
}

// birthRest returns the remainder of the first check digit: 0 by the rule that
// holds until 2032, up to 3 from then on.
func birthRest(digits string) int { return weighted(digits, "3761894521") % 11 }

// hasBirthDay reports whether the first six digits are a day of some year. The
// year 00 counts as 2000, which has a 29 February.
func hasBirthDay(digits string) bool {
	if isFH(digits) {
		return true
	}
	day, month, year := birthDigits(digits)
	return isCivil(2000+year, month, day)
}

// birthDigits returns day, month and year without the marks on them: +40 on the
// day of a D-number, +40, +65 or +80 on the month of others.
func birthDigits(digits string) (day, month, year int) {
	day, month, year = two(digits[0:]), two(digits[2:]), two(digits[4:])
	if isD(digits) {
		day -= 40
	}
	return day, month - monthMark(digits), year
}

func two(digits string) int { return int(digits[0]-'0')*10 + int(digits[1]-'0') }

func isFH(digits string) bool { return digits[0] >= '8' }
func isD(digits string) bool  { return digits[0] >= '4' && digits[0] <= '7' }

func monthMark(digits string) int {
	switch month := two(digits[2:]); {
	case month > 80:
		return 80
	case month > 65:
		return 65
	case month > 40:
		return 40
	}
	return 0
}

func isCivil(year, month, day int) bool {
	return month >= 1 && month <= 12 && day >= 1 && day <= date.DaysIn(year, time.Month(month))
}

// A BirthNumberKind says who gave a number; the values are codes of the
// Norwegian code list 8116.
type BirthNumberKind string

const (
	NationalNumber BirthNumberKind = "FNR" // fødselsnummer, of residents
	DNumber        BirthNumberKind = "DNR" // of others, by the population register; day +40
	HNumber        BirthNumberKind = "HNR" // within one enterprise; month +40
	FHNumber       BirthNumberKind = "FHN" // felles hjelpenummer, shared by health care; first digit 8 or 9
)

// Kind returns the kind, or "" of the zero number. The month +40 of an H-number
// is also that of NAV's synthetic series: the digits can't tell which, and the
// answer is HNumber for both, with or without the day +40 of a D-number.
func (b BirthNumber) Kind() BirthNumberKind {
	digits := b.Reveal()
	switch {
	case digits == "":
		return ""
	case isFH(digits):
		return FHNumber
	case monthMark(digits) == 40:
		return HNumber
	case isD(digits):
		return DNumber
	}
	return NationalNumber
}

// Synthetic reports whether the number is surely no person's: of the test series
// of Skatteetaten (month +80) or Norsk helsenett (month +65). NAV's series
// (month +40) can't be told from H-numbers and is not reported.
func (b BirthNumber) Synthetic() bool {
	digits := b.Reveal()
	return digits != "" && !isFH(digits) && monthMark(digits) > 40
}

// BirthDate returns the date of birth as far as the digits tell it, which is a
// guess for a form to suggest and never authoritative: the date in a D-number
// may be that of registration, the century follows tables that end in 2039, and
// numbers given from 2032 do not carry it at all. It is false where the tables
// give no century, for FH-numbers, and for numbers that only the check of 2032
// accepts.
func (b BirthNumber) BirthDate() (date.Date, bool) {
	digits := b.Reveal()
	if digits == "" || isFH(digits) || birthRest(digits) != 0 {
		return date.Date{}, false
	}
	day, month, year := birthDigits(digits)
	individual := two(digits[6:])*10 + int(digits[8]-'0')
	century := birthCentury(individual, year)
	if isD(digits) {
		century = birthCenturyD(individual, year)
	}
	if century == 0 || !isCivil(century+year, month, day) {
		return date.Date{}, false
	}
	return date.New(century+year, time.Month(month), day), true
}

// birthCentury is the table of fødselsnummer, or 0 where it has no row.
func birthCentury(individual, year int) int {
	switch {
	case individual < 500:
		return 1900
	case year < 40:
		return 2000
	case individual >= 900:
		return 1900
	case individual < 750 && year >= 54:
		return 1800
	}
	return 0
}

// birthCenturyD is the table of D-numbers since November 2021 (Skatteetaten,
// "Utvidelse av D-nummerserien"), or 0 where it has no row.
func birthCenturyD(individual, year int) int {
	switch {
	case year < 40 && individual < 200:
		return 1900
	case year < 40:
		return 2000
	case individual < 500 || individual >= 600:
		return 1900
	case year >= 58:
		return 1800
	}
	return 0
}

// Reveal returns the eleven digits themselves, or "".
func (b BirthNumber) Reveal() string { return b.digits.Reveal() }

// IsZero reports whether there is no number.
func (b BirthNumber) IsZero() bool { return b.digits.IsZero() }

// String returns a mask, or "".
func (b BirthNumber) String() string { return b.digits.String() }

// GoString masks the %#v of fmt.
func (b BirthNumber) GoString() string { return "timebok.BirthNumber{" + b.String() + "}" }

// MarshalText masks the number in JSON, slog and other encodings.
func (b BirthNumber) MarshalText() ([]byte, error) { return b.digits.MarshalText() }

// Equal compares the numbers; go-cmp calls it.
func (b BirthNumber) Equal(other BirthNumber) bool { return b == other }
