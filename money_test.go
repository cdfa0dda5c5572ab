package timebok_test

import (
	"encoding/json"
	"fmt"
	"math/big"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/shopspring/decimal"
	"pgregory.net/rapid"

	"github.com/timebok/timebok"
)

func TestParseMoney(t *testing.T) {
	for text, ore := range map[string]int64{
		"0": 0, "-0": 0, "0.00": 0, "1250": 125000, "1250.5": 125050, "1250.50": 125050, "-0.01": -1, "0.01": 1, "-12": -1200,
		"007": 700, "99999999999.99": 9_999_999_999_999, "-99999999999.99": -9_999_999_999_999,
	} {
		if m, err := timebok.ParseMoney(text); err != nil || m.Ore() != ore {
			t.Errorf("%q: got %v, %v", text, m, err)
		}
	}
	for _, text := range []string{
		"", "-", ".", "1.", ".5", "1.005", "1,50", "1 250", "+1", "--1", "1.-5", "1e3", "NaN", "kr 1", "100000000000", "0x10", "1.5.0", "١", "1.é",
	} {
		_, err := timebok.ParseMoney(text)
		checkInvalid(t, err, timebok.BadMoney, text)
	}
	if text, err := json.Marshal(timebok.Money{}); err != nil || string(text) != `"0.00"` {
		t.Errorf("JSON of nothing: %s, %v", text, err)
	}
}

func TestRoundMoneyIsHalfAwayFromZero(t *testing.T) {
	for text, want := range map[string]string{
		"0.005": "0.01", "-0.005": "-0.01", "0.0049999": "0.00", "-0.0049999": "0.00", "1.015": "1.02", "-1.015": "-1.02",
		"1.025": "1.03", "2.5": "2.50", "0.995": "1.00", "-0.995": "-1.00", "1e3": "1000.00", "12e-1": "1.20", "0.0005": "0.00",
		"99999999999.994": "99999999999.99", "1e-2": "0.01", "5e-3": "0.01", "4e-3": "0.00", "1000e-5": "0.01", "1e10": "10000000000.00",
	} {
		if m, err := timebok.RoundMoney(decimal.RequireFromString(text)); err != nil || m.String() != want {
			t.Errorf("%s: got %v, %v, want %s", text, m, err, want)
		}
	}
	for _, text := range []string{"99999999999.995", "-99999999999.995", "100000000000", "1e11", "1e20"} {
		_, err := timebok.RoundMoney(decimal.RequireFromString(text))
		checkInvalid(t, err, timebok.BadMoney, text)
	}
}

// An exponent from outside must not make the library write a billion digits.
func TestRoundMoneyOfAbsurdExponents(t *testing.T) {
	began := time.Now()
	if m, err := timebok.RoundMoney(decimal.New(15, -1_000_000_000)); err != nil || !m.IsZero() {
		t.Errorf("tiny: got %v, %v", m, err)
	}
	if m, err := timebok.RoundMoney(decimal.New(0, 1_000_000_000)); err != nil || !m.IsZero() {
		t.Errorf("zero: got %v, %v", m, err)
	}
	_, err := timebok.RoundMoney(decimal.New(-15, 1_000_000_000))
	checkInvalid(t, err, timebok.BadMoney, "")
	if _, err := timebok.Kroner(1).Percent(decimal.New(1, 2_000_000_000)); err == nil {
		t.Error("a percentage of 1e2000000000 is an amount")
	}
	if took := time.Since(began); took > time.Second {
		t.Errorf("took %v", took)
	}
}

// Rounding agrees with exact fractions of big.Rat.
func TestRoundMoneyAgainstRat(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := decimal.New(rapid.Int64Range(-1e15, 1e15).Draw(t, "digits"), rapid.Int32Range(-20, -1).Draw(t, "exponent"))
		m, err := timebok.RoundMoney(d)
		ore := new(big.Rat).Mul(d.Rat(), big.NewRat(100, 1))
		text := ore.FloatString(0) // rounds half away from zero
		if len(strings.TrimPrefix(text, "-")) > 13 {
			if err == nil {
				t.Fatalf("%s: got %v, want an error", d, m)
			}
			return
		}
		if err != nil || text != fmt.Sprint(m.Ore()) && !(text == "-0" && m.IsZero()) {
			t.Fatalf("%s: got %v, %v, want %s øre", d, m, err, text)
		}
	})
}

func TestMoneyArithmetic(t *testing.T) {
	a, b := timebok.Ore(125050), timebok.Kroner(-3)
	for _, c := range []struct {
		got  timebok.Money
		want string
	}{
		{a.Add(b), "1247.50"}, {a.Sub(b), "1253.50"}, {a.Neg(), "-1250.50"}, {timebok.Sum(), "0.00"}, {timebok.Sum(a, b, b), "1244.50"},
		{timebok.Ore(-5), "-0.05"}, {timebok.Ore(-100), "-1.00"},
	} {
		if c.got.String() != c.want {
			t.Errorf("got %v, want %s", c.got, c.want)
		}
	}
	if a.Compare(b) != 1 || b.Compare(a) != -1 || a.Compare(a) != 0 || b.Sign() != -1 || a.Sign() != 1 || (timebok.Money{}).Sign() != 0 {
		t.Error("Compare or Sign is wrong")
	}
	if !a.Decimal().Equal(decimal.RequireFromString("1250.5")) {
		t.Errorf("Decimal is %v", a.Decimal())
	}
	if !cmp.Equal(a, timebok.Ore(125050)) || cmp.Equal(a, b) {
		t.Error("go-cmp compares otherwise than ==")
	}
	for _, c := range []struct{ amount, percent, want string }{
		{"1250.50", "25", "312.63"}, {"-1250.50", "25", "-312.63"}, {"0.01", "50", "0.01"}, {"0.01", "49.9", "0.00"}, {"100", "11.11", "11.11"}, {"7", "0", "0.00"},
	} {
		m, _ := timebok.ParseMoney(c.amount)
		if got, err := m.Percent(decimal.RequireFromString(c.percent)); err != nil || got.String() != c.want {
			t.Errorf("%s %% of %s: got %v, %v, want %s", c.percent, c.amount, got, err, c.want)
		}
	}
}

func TestAllocateCases(t *testing.T) {
	for _, c := range []struct {
		amount  int64
		weights []int64
		want    []int64
	}{
		{100, []int64{1, 1, 1}, []int64{34, 33, 33}},
		{-100, []int64{1, 1, 1}, []int64{-34, -33, -33}},
		{101, []int64{1, 1, 1}, []int64{34, 34, 33}},
		{5, []int64{3, 7}, []int64{2, 3}}, // 1.5 and 3.5: the first of equals
		{1, []int64{0, 0, 1}, []int64{0, 0, 1}},
		{100, []int64{0, 0}, []int64{100, 0}},
		{100, []int64{-1, 1}, []int64{0, 100}},
		{0, []int64{1, 2}, []int64{0, 0}},
		{100, []int64{1}, []int64{100}},
		{9_999_999_999_999, []int64{1 << 62, 1 << 62, 1 << 62}, []int64{3_333_333_333_333, 3_333_333_333_333, 3_333_333_333_333}},
		{100, nil, nil},
	} {
		var got []int64
		for _, part := range timebok.Ore(c.amount).Allocate(c.weights...) {
			got = append(got, part.Ore())
		}
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%d by %v: -want +got\n%s", c.amount, c.weights, diff)
		}
	}
}

// No øre is lost, each part is within one øre of its exact share and has the
// sign of the whole, a greater weight never gets less, and the negative amount
// is divided as the positive one.
func TestAllocateProperties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := timebok.Ore(rapid.Int64Range(-timebok.MaxMoney.Ore(), timebok.MaxMoney.Ore()).Draw(t, "øre"))
		weights := rapid.SliceOfN(rapid.OneOf(rapid.Int64Range(0, 10), rapid.Int64Min(0)), 1, 20).Draw(t, "weights")
		parts := m.Allocate(weights...)
		if len(parts) != len(weights) || timebok.Sum(parts...) != m {
			t.Fatalf("parts %v of %v sum to %v", parts, m, timebok.Sum(parts...))
		}
		total := new(big.Int)
		for _, w := range weights {
			total.Add(total, big.NewInt(w))
		}
		if total.Sign() == 0 {
			if parts[0] != m {
				t.Fatalf("without weight: %v", parts)
			}
			return
		}
		for i, part := range parts {
			// |part × total − m × weight| < total
			off := new(big.Int).Mul(big.NewInt(part.Ore()), total)
			off.Sub(off, new(big.Int).Mul(big.NewInt(m.Ore()), big.NewInt(weights[i])))
			if off.CmpAbs(total) >= 0 {
				t.Fatalf("part %d of %v by %v is %v", i, m, weights, part)
			}
			if part.Sign() != 0 && part.Sign() != m.Sign() {
				t.Fatalf("part %d of %v is %v", i, m, part)
			}
			if m.Neg().Allocate(weights...)[i] != part.Neg() {
				t.Fatalf("part %d of %v and of %v differ", i, m, m.Neg())
			}
			for j := range i {
				if weights[j] > weights[i] && m.Sign()*parts[j].Compare(part) < 0 {
					t.Fatalf("weights %v give %v", weights, parts)
				}
			}
		}
	})
}

func TestMoneyText(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := timebok.Ore(rapid.Int64Range(-timebok.MaxMoney.Ore(), timebok.MaxMoney.Ore()).Draw(t, "øre"))
		if back, err := timebok.ParseMoney(m.String()); err != nil || back != m {
			t.Fatalf("%v came back as %v, %v", m, back, err)
		}
		if m.String() != m.Decimal().StringFixed(2) {
			t.Fatalf("%v is %s as a decimal", m, m.Decimal().StringFixed(2))
		}
		if back, err := timebok.RoundMoney(m.Decimal()); err != nil || back != m {
			t.Fatalf("%v came back as %v, %v", m, back, err)
		}
	})
}

func FuzzParseMoney(f *testing.F) {
	for _, text := range []string{"0", "-0.01", "1250.5", "99999999999.99", "1.", "1,5", "-"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		m, err := timebok.ParseMoney(text)
		if err != nil {
			checkInvalid(t, err, timebok.BadMoney, text)
			return
		}
		if back, err := timebok.ParseMoney(m.String()); err != nil || back != m {
			t.Fatalf("%v came back as %v, %v", m, back, err)
		}
		if exact, err := decimal.NewFromString(text); err != nil || !exact.Equal(m.Decimal()) {
			t.Fatalf("%q is %v, not %v (%v)", text, exact, m, err)
		}
		checkJSON(t, m)
	})
}

func ExampleMoney() {
	price, err := timebok.ParseMoney("1250.50")
	if err != nil {
		fmt.Println(err)
		return
	}
	vat, _ := price.Percent(decimal.NewFromInt(25))
	fmt.Println(price, vat, price.Add(vat))

	_, err = timebok.ParseMoney("1250,505")
	fmt.Println(err)
	// Output:
	// 1250.50 312.63 1563.13
	// timebok: invalid: is not a valid amount of kroner with at most two decimals [money.invalid]
}

func ExampleMoney_Allocate() {
	parts := timebok.Kroner(100).Allocate(1, 1, 1)
	fmt.Println(parts, timebok.Sum(parts...))
	// Output: [33.34 33.33 33.33] 100.00
}
