package timebok

import (
	"strconv"
	"strings"

	"github.com/shopspring/decimal"
)

// Money is an amount of Norwegian kroner, exact to the øre. The zero Money is
// nothing.
//
// It is kept as whole øre and meets decimal.Decimal at its edges: so amounts
// compare with ==, no rounding can hide in a sum, and no package-level switch of
// the decimal library changes what is stored. Amounts lie within ±MaxMoney.
type Money struct{ ore int64 }

// MaxMoney is the largest amount, 99 999 999 999.99 kroner.
var MaxMoney = Money{9_999_999_999_999}

// Kroner returns an amount of whole kroner.
func Kroner(kr int64) Money { return Money{kr * 100} }

// Ore returns an amount of øre.
func Ore(ore int64) Money { return Money{ore} }

// ParseMoney reads "1250", "1250.5", "1250.50" or "-0.01". More than two
// decimals, an amount above MaxMoney and any other text are an *InvalidError.
func ParseMoney(text string) (Money, error) {
	bad := Reasons{BadMoney.At("")}.Invalid()
	digits, negative := strings.CutPrefix(text, "-")
	kroner, ore, dot := strings.Cut(digits, ".")
	if len(kroner) == 0 || len(kroner) > 11 || dot && (len(ore) == 0 || len(ore) > 2) {
		return Money{}, bad
	}
	var total int64
	for _, c := range kroner + (ore + "00")[:2] {
		if c < '0' || c > '9' {
			return Money{}, bad
		}
		total = total*10 + int64(c-'0')
	}
	if negative {
		total = -total
	}
	return Money{total}, nil
}

// RoundMoney rounds an amount to whole øre, half away from zero. The error is an
// *InvalidError if it is beyond MaxMoney.
func RoundMoney(d decimal.Decimal) (Money, error) {
	// d is less than 10 to the power of size. What is surely too small or too
	// large is not worked out: the decimal library would write 1e1000000000 in full.
	switch size := int64(d.NumDigits()) + int64(d.Exponent()); {
	case d.IsZero(), size < -2:
		return Money{}, nil
	case size > 11:
		return Money{}, Reasons{BadMoney.At("")}.Invalid()
	}
	ore := d.Shift(2).Round(0)
	if ore.Abs().GreaterThan(decimal.NewFromInt(MaxMoney.ore)) {
		return Money{}, Reasons{BadMoney.At("")}.Invalid()
	}
	return Money{ore.IntPart()}, nil
}

// Ore returns the amount in øre.
func (m Money) Ore() int64 { return m.ore }

// Decimal returns the amount in kroner.
func (m Money) Decimal() decimal.Decimal { return decimal.New(m.ore, -2) }

// Add returns m + n.
func (m Money) Add(n Money) Money { return Money{m.ore + n.ore} }

// Sub returns m − n.
func (m Money) Sub(n Money) Money { return Money{m.ore - n.ore} }

// Neg returns −m.
func (m Money) Neg() Money { return Money{-m.ore} }

// Compare returns -1, 0 or +1 as m is less than, equal to or greater than n.
func (m Money) Compare(n Money) int {
	switch {
	case m.ore < n.ore:
		return -1
	case m.ore > n.ore:
		return +1
	}
	return 0
}

// Sign returns -1, 0 or +1.
func (m Money) Sign() int { return m.Compare(Money{}) }

// IsZero reports whether the amount is nothing.
func (m Money) IsZero() bool { return m.ore == 0 }

// Equal reports m == n; go-cmp calls it.
func (m Money) Equal(n Money) bool { return m == n }

// Percent returns the share of p per cent, rounded half away from zero.
func (m Money) Percent(p decimal.Decimal) (Money, error) {
	return RoundMoney(m.Decimal().Mul(p).Shift(-2))
}

// Allocate divides the amount by weights so that no øre is lost: the parts sum
// to m. Each part is within one øre of its exact share; the øre that are over go
// to the largest remainders, the first of equals. Weights must not be negative;
// without a positive weight everything goes to the first part. No weights give
// no parts.
func (m Money) Allocate(weights ...int64) []Money {
	if len(weights) == 0 {
		return nil
	}
	parts := make([]Money, len(weights))
	sum := decimal.Zero
	for _, w := range weights {
		if w > 0 {
			sum = sum.Add(decimal.NewFromInt(w))
		}
	}
	if sum.IsZero() {
		parts[0] = m
		return parts
	}
	sign := int64(1)
	if m.ore < 0 {
		sign = -1
	}
	total := decimal.NewFromInt(m.ore * sign)
	rest := make([]decimal.Decimal, len(weights))
	left := m.ore * sign
	for i, w := range weights {
		if w <= 0 {
			continue
		}
		whole, over := total.Mul(decimal.NewFromInt(w)).QuoRem(sum, 0)
		parts[i], rest[i] = Money{whole.IntPart() * sign}, over
		left -= whole.IntPart()
	}
	for ; left > 0; left-- {
		most := 0
		for i := range rest {
			if rest[i].GreaterThan(rest[most]) {
				most = i
			}
		}
		parts[most].ore += sign
		rest[most] = decimal.Zero
	}
	return parts
}

// Sum returns the sum of amounts.
func Sum(amounts ...Money) Money {
	var total Money
	for _, m := range amounts {
		total = total.Add(m)
	}
	return total
}

// AppendText appends the form of String.
func (m Money) AppendText(b []byte) ([]byte, error) {
	ore := m.ore
	if ore < 0 {
		b, ore = append(b, '-'), -ore
	}
	b = strconv.AppendInt(b, ore/100, 10)
	return append(b, '.', byte('0'+ore/10%10), byte('0'+ore%10)), nil
}

// String returns the amount with two decimals and a point, such as "1250.00".
func (m Money) String() string {
	text, _ := m.AppendText(nil)
	return string(text)
}

// MarshalText writes the form of String, also in JSON.
func (m Money) MarshalText() ([]byte, error) { return m.AppendText(nil) }

// UnmarshalText reads what ParseMoney reads.
func (m *Money) UnmarshalText(text []byte) error {
	parsed, err := ParseMoney(string(text))
	if err == nil {
		*m = parsed
	}
	return err
}
