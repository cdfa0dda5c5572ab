package ehf_test

import (
	"encoding/xml"
	"fmt"
	"math"
	"math/big"
	"testing"

	"github.com/shopspring/decimal"
	"github.com/timebok/timebok"
	"github.com/timebok/timebok/invoice/ehf"
	"pgregory.net/rapid"
)

// The sums that the official rules check, worked out once more from the XML
// alone, in rational numbers and by the rules' own words.

type element struct {
	XMLName  xml.Name
	Text     string    `xml:",chardata"`
	Children []element `xml:",any"`
}

func (e element) all(name string) (out []element) {
	for _, c := range e.Children {
		if c.XMLName.Local == name {
			out = append(out, c)
		}
	}
	return out
}

// find is the first element at a path; the zero element if there is none.
func (e element) find(path ...string) element {
	for _, name := range path {
		found := e.all(name)
		if len(found) == 0 {
			return element{}
		}
		e = found[0]
	}
	return e
}

func (e element) number() *big.Rat {
	r, ok := new(big.Rat).SetString(e.Text)
	if !ok {
		return new(big.Rat)
	}
	return r
}

func sum(elements []element, of ...string) *big.Rat {
	total := new(big.Rat)
	for _, e := range elements {
		total.Add(total, e.find(of...).number())
	}
	return total
}

func plus(a, b *big.Rat) *big.Rat  { return new(big.Rat).Add(a, b) }
func minus(a, b *big.Rat) *big.Rat { return new(big.Rat).Sub(a, b) }
func times(a, b *big.Rat) *big.Rat { return new(big.Rat).Mul(a, b) }

// near reports whether two amounts are less than or just so far apart.
func near(a, b *big.Rat, room *big.Rat) bool { return new(big.Rat).Abs(minus(a, b)).Cmp(room) <= 0 }

// brokenSums names every rule about sums that a document breaks.
func brokenSums(doc []byte) (broken []string) {
	var root element
	if err := xml.Unmarshal(doc, &root); err != nil {
		return []string{err.Error()}
	}
	expect := func(rule string, ok bool) {
		if !ok {
			broken = append(broken, rule)
		}
	}
	lines := append(root.all("InvoiceLine"), root.all("CreditNoteLine")...)
	total, tax := root.find("LegalMonetaryTotal"), root.find("TaxTotal")
	allowances, charges := split(root)
	net := plus(minus(sum(lines, "LineExtensionAmount"), sum(allowances, "Amount")), sum(charges, "Amount"))
	expect("BR-CO-10", total.find("LineExtensionAmount").number().Cmp(sum(lines, "LineExtensionAmount")) == 0)
	expect("BR-CO-11", total.find("AllowanceTotalAmount").number().Cmp(sum(allowances, "Amount")) == 0)
	expect("BR-CO-12", total.find("ChargeTotalAmount").number().Cmp(sum(charges, "Amount")) == 0)
	expect("BR-CO-13", total.find("TaxExclusiveAmount").number().Cmp(net) == 0)
	expect("BR-CO-14", tax.find("TaxAmount").number().Cmp(sum(tax.all("TaxSubtotal"), "TaxAmount")) == 0)
	gross := plus(net, tax.find("TaxAmount").number())
	expect("BR-CO-15", total.find("TaxInclusiveAmount").number().Cmp(gross) == 0)
	payable := plus(minus(gross, total.find("PrepaidAmount").number()), total.find("PayableRoundingAmount").number())
	expect("BR-CO-16", total.find("PayableAmount").number().Cmp(payable) == 0)
	cent, half := big.NewRat(1, 100), big.NewRat(1, 200)
	for _, s := range tax.all("TaxSubtotal") {
		category := s.find("TaxCategory")
		base := new(big.Rat)
		for _, l := range lines {
			if of := l.find("Item", "ClassifiedTaxCategory"); same(of, category) {
				base = plus(base, l.find("LineExtensionAmount").number())
			}
		}
		for _, a := range allowances {
			if same(a.find("TaxCategory"), category) {
				base = minus(base, a.find("Amount").number())
			}
		}
		for _, c := range charges {
			if same(c.find("TaxCategory"), category) {
				base = plus(base, c.find("Amount").number())
			}
		}
		// The rules leave a krone of room for S and none for the others; we take none.
		expect("BR-S-08, BR-E-08, BR-Z-08, BR-O-08", s.find("TaxableAmount").number().Cmp(base) == 0)
		exact := times(base, times(category.find("Percent").number(), cent))
		expect("BR-CO-17, BR-S-09", near(s.find("TaxAmount").number(), exact, half))
	}
	for i, l := range lines {
		per := l.find("Price", "BaseQuantity").number()
		if per.Sign() == 0 {
			per = big.NewRat(1, 1)
		}
		allowances, charges := split(l)
		quantity := plus(l.find("InvoicedQuantity").number(), l.find("CreditedQuantity").number())
		exact := times(quantity, times(l.find("Price", "PriceAmount").number(), new(big.Rat).Inv(per)))
		exact = plus(minus(exact, sum(allowances, "Amount")), sum(charges, "Amount"))
		// The rule leaves two øre of room; a rounded amount is half an øre off at most.
		expect(fmt.Sprintf("R120 of line %d", i), near(l.find("LineExtensionAmount").number(), exact, half))
	}
	return broken
}

func same(a, b element) bool {
	return a.find("ID").Text == b.find("ID").Text && a.find("Percent").Text == b.find("Percent").Text
}

func split(e element) (allowances, charges []element) {
	for _, a := range e.all("AllowanceCharge") {
		if a.find("ChargeIndicator").Text == "true" {
			charges = append(charges, a)
		} else {
			allowances = append(allowances, a)
		}
	}
	return allowances, charges
}

func TestSumsHold(t *testing.T) {
	for name, d := range documents() {
		if broken := brokenSums(must(ehf.Append(nil, d))); len(broken) > 0 {
			t.Errorf("%s breaks %v", name, broken)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		doc, err := ehf.Append(nil, anyDocument().Draw(t, "document"))
		if err != nil {
			t.Fatal(err)
		}
		if broken := brokenSums(doc); len(broken) > 0 {
			t.Fatalf("breaks %v:\n%s", broken, doc)
		}
	})
}

// What package invoice says is to pay is what the document says.
func TestTotalsAreTheInvoices(t *testing.T) {
	for name, v := range invoices() {
		got := must(must(ehf.From(v)).Totals())
		want := v.Totals()
		if got.Net != want.Net || got.VAT != want.VAT || got.Payable != want.Gross {
			t.Errorf("%s: net, VAT and payable are %v, %v, %v, and in package invoice %v, %v, %v",
				name, got.Net, got.VAT, got.Payable, want.Net, want.VAT, want.Gross)
		}
	}
}

// A credit note of every line takes back to the øre what the invoice asked for.
func TestCreditMirrors(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := anyDocument().Draw(t, "document")
		asked, err := d.Totals()
		if err != nil {
			t.Fatal(err)
		}
		for i := range d.Lines {
			d.Lines[i].Quantity = d.Lines[i].Quantity.Neg()
			mirror(d.Lines[i].Adjustments)
		}
		mirror(d.Adjustments)
		back, err := d.Totals()
		if err != nil {
			t.Fatal(err)
		}
		if asked.Gross != back.Gross.Neg() || asked.VAT != back.VAT.Neg() {
			t.Fatalf("asked for %v, of it %v VAT, and took back %v, %v", asked.Gross, asked.VAT, back.Gross, back.VAT)
		}
	})
}

func mirror(all []ehf.Adjustment) {
	for i := range all {
		all[i].Amount, all[i].Base = all[i].Amount.Neg(), all[i].Base.Neg()
	}
}

func TestRounding(t *testing.T) {
	tests := []struct{ quantity, price, per, want string }{
		{"1", "0.005", "0", "0.01"},
		{"-1", "0.005", "0", "-0.01"}, // away from zero both ways
		{"1", "0.0049999", "0", "0.00"},
		{"0.75", "33.3335", "0", "25.00"},
		{"3", "999.995", "1", "2999.99"}, // 2999.985
		{"1", "1", "3", "0.33"},
		{"2", "1", "3", "0.67"},
		{"100", "7.5", "12", "62.50"},
		{"999999999", "0.000000001", "1", "1.00"},
		{"12345.6789", "987654.321", "0.5", "24386526222.53"}, // in big numbers
		{"0.000000001", "0.000000001", "999999999", "0.00"},
	}
	for _, tt := range tests {
		l := ehf.Line{Quantity: number(tt.quantity), Price: number(tt.price), Per: number(tt.per)}
		got, err := l.Amount()
		if err != nil || got.String() != tt.want {
			t.Errorf("%s × %s / %s = %v, %v, want %s", tt.quantity, tt.price, tt.per, got, err, tt.want)
		}
	}
	for _, tt := range [][2]string{{"0.0000000001", "1"}, {"1", "1000000000"}, {"999999999", "999999999"}, {"1e20", "1"}} {
		l := ehf.Line{Quantity: number(tt[0]), Price: number(tt[1])}
		if got, err := l.Amount(); err == nil {
			t.Errorf("%s × %s = %v, want a refusal", tt[0], tt[1], got)
		}
	}
	for _, exponent := range []int32{math.MinInt32, -100, 10, math.MaxInt32} { // not worked out, or it would take for ever
		l := ehf.Line{Quantity: decimal.New(1, exponent), Price: number("1")}
		if got, err := l.Amount(); err == nil {
			t.Errorf("1e%d × 1 = %v, want a refusal", exponent, got)
		}
	}
	if got, err := (ehf.Line{Quantity: number("1.500000000000000000000000000000"), Price: number("2e0")}).Amount(); err != nil || got != timebok.Kroner(3) {
		t.Errorf("1.5 with many zeros × 2 = %v, %v, want 3.00", got, err)
	}
}
