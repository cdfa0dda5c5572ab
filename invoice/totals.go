package invoice

import (
	"cmp"
	"slices"

	"github.com/shopspring/decimal"
	"github.com/timebok/timebok"
)

// Totals are what an invoice adds up to. VAT is computed on the sum of each
// category and rate, as EN 16931 demands, and rounded there once.
type Totals struct {
	Net   timebok.Money
	VAT   timebok.Money
	Gross timebok.Money // to pay
	ByVAT []VATTotal    // by category, then rate
}

// A VATTotal is the sum of the lines with one VAT category and rate.
type VATTotal struct {
	VAT timebok.VAT
	Net timebok.Money
	Tax timebok.Money
}

// Totals adds the lines up.
func (v Invoice) Totals() Totals {
	var t Totals
	for _, l := range v.Lines {
		i := slices.IndexFunc(t.ByVAT, func(x VATTotal) bool {
			return x.VAT.Category == l.VAT.Category && x.VAT.Rate == l.VAT.Rate
		})
		if i < 0 {
			t.ByVAT = append(t.ByVAT, VATTotal{VAT: l.VAT})
			i = len(t.ByVAT) - 1
		}
		t.ByVAT[i].Net = t.ByVAT[i].Net.Add(l.Amount)
	}
	slices.SortFunc(t.ByVAT, func(a, b VATTotal) int {
		return cmp.Or(cmp.Compare(a.VAT.Category, b.VAT.Category), cmp.Compare(a.VAT.Rate, b.VAT.Rate))
	})
	for i := range t.ByVAT {
		x := &t.ByVAT[i]
		if tax, err := x.Net.Percent(decimal.New(int64(x.VAT.Rate), -2)); err == nil {
			x.Tax = tax
		}
		t.Net, t.VAT = t.Net.Add(x.Net), t.VAT.Add(x.Tax)
	}
	t.Gross = t.Net.Add(t.VAT)
	return t
}
