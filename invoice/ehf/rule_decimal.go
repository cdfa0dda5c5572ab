package ehf

import (
	"math/big"
	"math/bits"
)

// A decimal is an exact number, or none at all: the value of an element that
// is absent. As with XPath's empty sequence, what is computed from none is none
// and every comparison with it is false.
//
// Numbers of up to 18 digits are held in v; larger ones, which no invoice has
// but an attacker may send, in wide.
type decimal struct {
	v     int64
	scale int32 // digits after the point
	known bool
	wide  *big.Int
}

func whole(v int64) decimal { return decimal{v: v, known: true} }

// parseDecimal reads an xs:decimal, white space around it allowed. A thousand
// digits are enough: to reckon with millions of them would take hours.
func parseDecimal(b []byte) (decimal, bool) {
	b = trim(b)
	negative := len(b) > 0 && b[0] == '-'
	if negative || len(b) > 0 && b[0] == '+' {
		b = b[1:]
	}
	if len(b) > 18 {
		return parseWide(b, negative)
	}
	v, point := int64(0), -1
	for i, c := range b {
		switch {
		case isDigit(c):
			v = v*10 + int64(c-'0')
		case c == '.' && point < 0:
			point = i
		default:
			return decimal{}, false
		}
	}
	if len(b) == 0 || len(b) == 1 && point == 0 { // no digit
		return decimal{}, false
	}
	d := decimal{v: v, known: true}
	if point >= 0 {
		d.scale = int32(len(b) - point - 1)
	}
	if negative {
		d.v = -v
	}
	return d, true
}

func parseWide(b []byte, negative bool) (decimal, bool) {
	if len(b) > 1000 || !validDecimal(b) || !isDigit(b[0]) && b[0] != '.' {
		return decimal{}, false
	}
	digits := make([]byte, 0, len(b))
	d := decimal{known: true}
	for i, c := range b {
		if c == '.' {
			d.scale = int32(len(b) - i - 1)
			continue
		}
		digits = append(digits, c)
	}
	d.wide, _ = new(big.Int).SetString(string(digits), 10)
	if negative {
		d.wide.Neg(d.wide)
	}
	return d, true
}

func (d decimal) big() *big.Int {
	if d.wide != nil {
		return d.wide
	}
	return big.NewInt(d.v)
}

func (d decimal) sign() int {
	switch {
	case d.wide != nil:
		return d.wide.Sign()
	case d.v < 0:
		return -1
	case d.v > 0:
		return 1
	}
	return 0
}

var powers = func() (p [19]int64) {
	p[0] = 1
	for i := 1; i < len(p); i++ {
		p[i] = p[i-1] * 10
	}
	return p
}()

// rescale gives d more digits after the point.
func (d decimal) rescale(scale int32) decimal {
	up := scale - d.scale
	if up <= 0 {
		return d
	}
	d.scale = scale
	if d.wide == nil && int(up) < len(powers) {
		if v, ok := times(d.v, powers[up]); ok {
			d.v = v
			return d
		}
	}
	d.wide = new(big.Int).Mul(d.big(), new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(up)), nil))
	return d
}

// times multiplies and reports whether the product fits.
func times(a, b int64) (int64, bool) {
	x, y := uint64(max(a, -a)), uint64(max(b, -b))
	hi, lo := bits.Mul64(x, y)
	if hi != 0 || lo > 1<<62 {
		return 0, false
	}
	if (a < 0) != (b < 0) {
		return -int64(lo), true
	}
	return int64(lo), true
}

func (d decimal) add(e decimal) decimal {
	if !d.known || !e.known {
		return decimal{}
	}
	scale := max(d.scale, e.scale)
	d, e = d.rescale(scale), e.rescale(scale)
	if d.wide == nil && e.wide == nil {
		d.v += e.v // both at most 2^62
		if d.v > 1<<62 || d.v < -1<<62 {
			d.wide = big.NewInt(d.v)
		}
		return d
	}
	return decimal{scale: scale, known: true, wide: new(big.Int).Add(d.big(), e.big())}
}

func (d decimal) negated() decimal {
	if d.wide != nil {
		d.wide = new(big.Int).Neg(d.wide)
	}
	d.v = -d.v
	return d
}

func (d decimal) sub(e decimal) decimal { return d.add(e.negated()) }

func (d decimal) abs() decimal {
	if d.sign() < 0 {
		return d.negated()
	}
	return d
}

func (d decimal) mul(e decimal) decimal {
	if !d.known || !e.known {
		return decimal{}
	}
	p := decimal{scale: d.scale + e.scale, known: true}
	if d.wide == nil && e.wide == nil {
		var ok bool
		if p.v, ok = times(d.v, e.v); ok {
			return p
		}
	}
	p.v, p.wide = 0, new(big.Int).Mul(d.big(), e.big())
	return p
}

// hundredth is d divided by 100, which is exact.
func (d decimal) hundredth() decimal {
	d.scale += 2
	return d
}

// divide is d div e as the reference computes it: exact if that takes no more
// than 18 digits after the point (or as many as d or e has), otherwise rounded
// to them, halves toward zero. Dividing by zero gives none.
func (d decimal) divide(e decimal) decimal {
	if !d.known || !e.known || e.sign() == 0 {
		return decimal{}
	}
	if e.wide == nil && d.wide == nil && d.v%e.v == 0 && d.scale >= e.scale {
		d.v, d.scale = d.v/e.v, d.scale-e.scale
		return d
	}
	scale := max(18, d.scale, e.scale)
	n := d.rescale(scale + e.scale).big()
	q, r := new(big.Int).QuoRem(n, e.big(), new(big.Int))
	twice := r.Abs(r).Lsh(r, 1)
	if twice.Cmp(new(big.Int).Abs(e.big())) > 0 {
		q.Add(q, big.NewInt(int64(d.sign()*e.sign())))
	}
	return decimal{scale: scale, known: true, wide: q}
}

// round is d to the given number of digits after the point, halves toward
// positive infinity as fn:round has it.
func (d decimal) round(digits int32) decimal {
	down := d.scale - digits
	if !d.known || down <= 0 {
		return d
	}
	if d.wide == nil && int(down) < len(powers) {
		unit := powers[down]
		q, r := d.v/unit, d.v%unit
		if r < 0 {
			q, r = q-1, r+unit
		}
		if r >= unit-r {
			q++
		}
		return decimal{v: q, scale: digits, known: true}
	}
	unit := new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(down)), nil)
	q, r := new(big.Int).DivMod(d.big(), unit, new(big.Int))
	if r.Lsh(r, 1).Cmp(unit) >= 0 {
		q.Add(q, big.NewInt(1))
	}
	return decimal{scale: digits, known: true, wide: q}
}

// cents is d rounded to two digits after the point.
func (d decimal) cents() decimal { return d.round(2) }

// compare is -1, 0 or 1, and false if either is none.
func (d decimal) compare(e decimal) (int, bool) {
	if !d.known || !e.known {
		return 0, false
	}
	if d.scale == e.scale && d.wide == nil && e.wide == nil {
		switch {
		case d.v < e.v:
			return -1, true
		case d.v > e.v:
			return 1, true
		}
		return 0, true
	}
	return d.sub(e).sign(), true
}

func (d decimal) equals(e decimal) bool {
	c, ok := d.compare(e)
	return ok && c == 0
}

func (d decimal) less(e decimal) bool {
	c, ok := d.compare(e)
	return ok && c < 0
}

func (d decimal) atMost(e decimal) bool {
	c, ok := d.compare(e)
	return ok && c <= 0
}

func (d decimal) isZero() bool { return d.known && d.sign() == 0 }
