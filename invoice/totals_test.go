package invoice_test

import (
	"math/big"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/timebok/timebok"
	"github.com/timebok/timebok/booking"
	"github.com/timebok/timebok/invoice"
	"pgregory.net/rapid"
)

func standard(rate timebok.BasisPoints) timebok.VAT {
	return timebok.VAT{Category: timebok.Standard, Rate: rate}
}

// VAT is computed on the sum of each rate and rounded there, not by line.
func TestTotals(t *testing.T) {
	x := invoice.Invoice{Lines: []invoice.Line{
		{Amount: timebok.Ore(10), VAT: standard(1200)}, // 1.2 øre
		{Amount: timebok.Ore(10), VAT: standard(2500)}, // 2.5
		{Amount: timebok.Kroner(1450), VAT: timebok.HealthService},
		{Amount: timebok.Ore(10), VAT: standard(2500)}, // 2.5: together 5
		{Amount: timebok.Ore(30), VAT: standard(1500)}, // 4.5: 5, away from zero
		{Amount: timebok.Ore(10), VAT: standard(1200)}, // 1.2: together 2.4, 2
	}}
	want := invoice.Totals{
		Net: timebok.Ore(145_070), VAT: timebok.Ore(12), Gross: timebok.Ore(145_082),
		ByVAT: []invoice.VATTotal{
			{VAT: timebok.HealthService, Net: timebok.Kroner(1450)},
			{VAT: standard(1200), Net: timebok.Ore(20), Tax: timebok.Ore(2)},
			{VAT: standard(1500), Net: timebok.Ore(30), Tax: timebok.Ore(5)},
			{VAT: standard(2500), Net: timebok.Ore(20), Tax: timebok.Ore(5)},
		},
	}
	if diff := cmp.Diff(want, x.Totals()); diff != "" {
		t.Errorf("Totals (-want +got):\n%s", diff)
	}
	if got := (invoice.Invoice{}).Totals(); !got.Gross.IsZero() || len(got.ByVAT) != 0 {
		t.Errorf("Totals of nothing: %+v", got)
	}
}

// Sums are exact, in whatever order the lines stand, and each rate's tax is what
// a fraction rounds to, half away from zero.
func TestTotalsAdd(t *testing.T) {
	rates := []timebok.VAT{
		timebok.HealthService, standard(2500), standard(1500), standard(1200), standard(1111),
		{Category: timebok.ZeroRated}, {Category: timebok.OutsideScope},
	}
	rapid.Check(t, func(t *rapid.T) {
		var x invoice.Invoice
		var net int64
		byRate := map[timebok.VAT]int64{}
		for range rapid.IntRange(0, 40).Draw(t, "lines") {
			ore, vat := rapid.Int64Range(0, 10_000_000).Draw(t, "øre"), rapid.SampledFrom(rates).Draw(t, "VAT")
			x.Lines = append(x.Lines, invoice.Line{Amount: timebok.Ore(ore), VAT: vat})
			net += ore
			byRate[vat] += ore
		}
		got := x.Totals()
		if got.Net.Ore() != net || got.Gross != got.Net.Add(got.VAT) || len(got.ByVAT) != len(byRate) {
			t.Fatalf("%+v, want net %d øre of %d rates", got, net, len(byRate))
		}
		var tax timebok.Money
		for _, g := range got.ByVAT {
			if g.Net.Ore() != byRate[g.VAT] {
				t.Fatalf("%v: net %v, want %d øre", g.VAT, g.Net, byRate[g.VAT])
			}
			exact := new(big.Rat).SetFrac64(byRate[g.VAT]*int64(g.VAT.Rate), 10_000)
			off := exact.Sub(exact, new(big.Rat).SetInt64(g.Tax.Ore()))
			if off.Cmp(big.NewRat(1, 2)) >= 0 || off.Cmp(big.NewRat(-1, 2)) < 0 {
				t.Fatalf("%v of %v: tax %v is off by %v øre", g.VAT, g.Net, g.Tax, off)
			}
			tax = tax.Add(g.Tax)
		}
		if tax != got.VAT {
			t.Fatalf("taxes sum to %v, want %v", tax, got.VAT)
		}
		slices.Reverse(x.Lines)
		if diff := cmp.Diff(got, x.Totals()); diff != "" {
			t.Fatalf("in another order (-first +then):\n%s", diff)
		}
	})
}

// Taking every line back takes exactly everything back.
func TestTotalsOfCreditNotes(t *testing.T) {
	everywhere(t, func(d *desk) {
		x := d.issued(0, 1, 2)
		var back timebok.Money
		for _, l := range x.Lines[:2] {
			r, err := d.credit(d.invoice(x.ID), invoice.CreditRequest{Bookings: []booking.ID{l.Booking}, NoDraft: true})
			if err != nil {
				t.Fatal(err)
			}
			back = back.Add(r.note.Totals().Gross)
		}
		r, err := d.credit(d.invoice(x.ID), invoice.CreditRequest{})
		if err != nil {
			t.Fatal(err)
		}
		if back = back.Add(r.note.Totals().Gross); back != x.Totals().Gross {
			t.Errorf("%v are taken back of %v", back, x.Totals().Gross)
		}
	})
}
