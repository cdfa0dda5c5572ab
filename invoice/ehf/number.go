package ehf

import (
	"math/big"
	"math/bits"

	exact "github.com/shopspring/decimal"
)

// A fixed is a decimal number in machine words: coef divided by 10 to the power
// of places. The hot path of Encode reckons with it and so makes no garbage.
type fixed struct {
	coef   int64
	places int
}

// Quantities, prices and percentages have at most nine digits on each side of
// the point, so that a coefficient fits in a word. No clinic comes near; beyond
// it receivers differ in what they keep.
const (
	maxPlaces = 9
	maxDigits = 9
)

var powersOfTen = [...]int64{1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18}

// fix returns d without the zeros at its end, and false if it has more digits
// than a fixed can have.
func fix(d exact.Decimal) (fixed, bool) {
	exp, digits := int(d.Exponent()), d.NumDigits()
	if exp < -maxPlaces || digits > maxDigits+maxPlaces {
		if d.Sign() == 0 {
			return fixed{}, true
		}
		// Zeros at the end may be what makes it long.
		if exp < -64 || exp > maxDigits || digits > 128 {
			return fixed{}, false
		}
		short := d.Truncate(maxPlaces)
		if !short.Equal(d) || short.NumDigits() > maxDigits+maxPlaces {
			return fixed{}, false
		}
		d, exp, digits = short, int(short.Exponent()), short.NumDigits()
	}
	f := fixed{coef: d.CoefficientInt64()}
	switch {
	case f.coef == 0:
		return fixed{}, true
	case exp > 0:
		if digits+exp > maxDigits {
			return fixed{}, false
		}
		f.coef *= powersOfTen[exp]
	default:
		f.places = -exp
	}
	for f.places > 0 && f.coef%10 == 0 {
		f.coef /= 10
		f.places--
	}
	limit := powersOfTen[maxDigits+f.places]
	return f, f.coef < limit && f.coef > -limit
}

// append writes the number in the form of xs:decimal, without zeros at its end.
func (f fixed) append(b []byte) []byte {
	var text [24]byte // more than nineteen digits, the point and the sign
	at := len(text)
	rest := magnitude(f.coef)
	for range f.places {
		at--
		text[at] = byte('0' + rest%10)
		rest /= 10
	}
	if f.places > 0 {
		at--
		text[at] = '.'
	}
	for more := true; more; more = rest > 0 {
		at--
		text[at] = byte('0' + rest%10)
		rest /= 10
	}
	if f.coef < 0 {
		at--
		text[at] = '-'
	}
	return append(b, text[at:]...)
}

// maxOre is the greatest amount in øre, that of timebok.MaxMoney.
const maxOre = 9_999_999_999_999

// oreOf returns quantity × price ÷ per in whole øre, half away from zero, so
// that a credit note mirrors its invoice to the øre; rule R120 gives two øre of
// room and so takes no side. It is false if that is beyond maxOre.
func oreOf(quantity, price, per fixed) (int64, bool) {
	negative := (quantity.coef < 0) != (price.coef < 0)
	q, p := magnitude(quantity.coef), magnitude(price.coef)
	hi, lo := bits.Mul64(q, p)
	places := quantity.places + price.places - per.places - 2
	if hi == 0 && places < 0 {
		if hi, lo = bits.Mul64(lo, uint64(powersOfTen[-places])); hi == 0 {
			places = 0
		}
	}
	if hi == 0 && places >= 0 {
		if hi, den := bits.Mul64(uint64(per.coef), uint64(powersOfTen[places])); hi == 0 && den < 1<<63 {
			ore, rest := lo/den, lo%den
			if rest >= den-rest {
				ore++
			}
			return signed(ore, negative)
		}
	}
	return oreOfBig(q, p, per, quantity.places+price.places-per.places-2, negative)
}

// oreOfBig is oreOf for numbers that do not fit in a word.
func oreOfBig(q, p uint64, per fixed, places int, negative bool) (int64, bool) {
	num := new(big.Int).Mul(new(big.Int).SetUint64(q), new(big.Int).SetUint64(p))
	den := big.NewInt(per.coef)
	scale := big.NewInt(powersOfTen[max(places, -places)])
	if places < 0 {
		num.Mul(num, scale)
	} else {
		den.Mul(den, scale)
	}
	num.Lsh(num, 1).Add(num, den)
	num.Quo(num, den.Lsh(den, 1))
	if !num.IsUint64() {
		return 0, false
	}
	return signed(num.Uint64(), negative)
}

func magnitude(v int64) uint64 {
	if v < 0 {
		return uint64(-v)
	}
	return uint64(v)
}

func signed(v uint64, negative bool) (int64, bool) {
	if v > maxOre {
		return 0, false
	}
	if negative {
		return -int64(v), true
	}
	return int64(v), true
}
