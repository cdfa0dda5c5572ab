package ehf

import (
	"math/big"
	"testing"
)

func parsed(t *testing.T, s string) decimal {
	t.Helper()
	d, ok := parseDecimal([]byte(s))
	if !ok {
		t.Fatalf("%q is no decimal", s)
	}
	return d
}

func (d decimal) rat() *big.Rat {
	return new(big.Rat).SetFrac(d.big(), new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(d.scale)), nil))
}

func TestDecimalParse(t *testing.T) {
	for s, want := range map[string]string{
		"0": "0", " 1.50\n": "1.5", "+5": "5", "-.5": "-0.5", "5.": "5", "007.10": "7.1",
		"123456789012345678901234567890.5": "123456789012345678901234567890.5",
	} {
		r, _ := new(big.Rat).SetString(want)
		if got := parsed(t, s).rat(); got.Cmp(r) != 0 {
			t.Errorf("%q = %v, want %v", s, got, r)
		}
	}
	for _, s := range []string{"", ".", "-", "1e3", "1,0", "0x1", "1 2", "--1", "1.2.3", "INF"} {
		if _, ok := parseDecimal([]byte(s)); ok {
			t.Errorf("%q is taken for a decimal", s)
		}
	}
}

// Rounding is fn:round: halves go toward positive infinity.
func TestDecimalRound(t *testing.T) {
	for s, want := range map[string]string{
		"0.005": "0.01", "-0.005": "0", "-10740.975": "-10740.97", "2.675": "2.68", "-2.676": "-2.68", "1.004999": "1", "-1.0051": "-1.01", "3": "3",
		"99999999999999999999.995": "100000000000000000000", "-99999999999999999999.995": "-99999999999999999999.99",
	} {
		r, _ := new(big.Rat).SetString(want)
		if got := parsed(t, s).cents().rat(); got.Cmp(r) != 0 {
			t.Errorf("round %s = %v, want %v", s, got, r)
		}
	}
}

// The arithmetic must agree with exact rationals for small and large numbers.
func TestDecimalArithmetic(t *testing.T) {
	numbers := []string{"0", "1", "-1", "0.01", "-0.005", "12345.678", "999999999999999999", "-999999999999999999", "0.000000000000000001",
		"123456789012345678901234567890", "-0.1234567890123456789012345"}
	for _, a := range numbers {
		for _, b := range numbers {
			x, y := parsed(t, a), parsed(t, b)
			check := func(op string, got decimal, want *big.Rat) {
				if got.rat().Cmp(want) != 0 {
					t.Errorf("%s %s %s = %v, want %v", a, op, b, got.rat(), want)
				}
			}
			check("+", x.add(y), new(big.Rat).Add(x.rat(), y.rat()))
			check("-", x.sub(y), new(big.Rat).Sub(x.rat(), y.rat()))
			check("*", x.mul(y), new(big.Rat).Mul(x.rat(), y.rat()))
			if c, ok := x.compare(y); !ok || c != x.rat().Cmp(y.rat()) {
				t.Errorf("compare %s %s = %d", a, b, c)
			}
		}
	}
}

// Division is exact where 18 digits suffice and otherwise cut to them.
func TestDecimalDivide(t *testing.T) {
	for _, c := range []struct{ a, b, want string }{
		{"10", "4", "2.5"}, {"10", "3", "3.333333333333333333"}, {"-20", "3", "-6.666666666666666667"}, {"1000.00", "1", "1000"},
		{"1", "8", "0.125"}, {"0", "7", "0"}, {"12.34", "100", "0.1234"},
	} {
		r, _ := new(big.Rat).SetString(c.want)
		if got := parsed(t, c.a).divide(parsed(t, c.b)).rat(); got.Cmp(r) != 0 {
			t.Errorf("%s / %s = %v, want %s", c.a, c.b, got, c.want)
		}
	}
	if parsed(t, "1").divide(parsed(t, "0")).known {
		t.Error("division by zero gives a number")
	}
}

// What is computed from a value that is absent is absent, and no comparison
// with it holds.
func TestDecimalAbsent(t *testing.T) {
	var absent decimal
	one := whole(1)
	if one.add(absent).known || absent.mul(one).known || absent.sub(one).known || absent.cents().known || absent.divide(one).known {
		t.Error("something comes of nothing")
	}
	if one.equals(absent) || absent.equals(absent) || absent.less(one) || absent.atMost(one) || absent.isZero() {
		t.Error("nothing compares")
	}
}
