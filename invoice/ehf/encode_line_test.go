package ehf

import (
	"math/rand"
	"testing"

	civil "github.com/rickb777/date"
	exact "github.com/shopspring/decimal"
	"github.com/timebok/timebok"
)

// A line reads the same whatever line it comes after, though what it has in common
// with that is copied.
func TestLinesAlike(t *testing.T) {
	rng := rand.New(rand.NewSource(1))
	texts := func(all ...string) string { return all[rng.Intn(len(all))] }
	numbers := func(all ...string) exact.Decimal { return exact.RequireFromString(texts(all...)) }
	change := func(l *Line) {
		switch rng.Intn(16) {
		case 0:
			l.ID = texts("1", "2", "<3>")
		case 1:
			l.Note = texts("", "a", "b")
		case 2:
			l.Quantity = numbers("1", "1.0", "2", "-1")
		case 3:
			l.Unit = texts("C62", "HUR")
		case 4:
			l.Price = numbers("1450", "1450.00", "1.5")
		case 5:
			l.Per = numbers("0", "1", "2")
		case 6:
			l.VAT = VAT{Category: timebok.VATCategory(texts("E", "S", "O")), Rate: timebok.BasisPoints(2500 * rng.Intn(2))}
		case 7:
			from, to := civil.New(2026, 10, 1+rng.Intn(3)), civil.New(2026, 10, 4)
			l.Period = []*Period{nil, {From: &from, To: &to}, {From: &from}}[rng.Intn(3)]
		case 8:
			l.OrderLine, l.Cost = texts("", "1"), texts("", "4500")
		case 9:
			l.Name = texts("Time", "Timer", "R & D")
		case 10:
			l.Description = texts("", "kl. 09.00–09.45", "kl. 10")
		case 11:
			l.SellersID, l.BuyersID = texts("", "1"), texts("", "1")
		case 12:
			l.StandardID = Identifier{Scheme: texts("0160", "0088"), Value: texts("", "7")}
		case 13, 14:
			l.Properties = nil
			for range rng.Intn(7) {
				l.Properties = append(l.Properties, Property{Name: texts("a", "<b>"), Value: texts("1", "2", "&")})
			}
		case 15:
			l.Adjustments = nil
			if rng.Intn(2) == 0 {
				l.Adjustments = append(l.Adjustments, Adjustment{Reason: "Avslag", Amount: timebok.Ore(100)})
			}
		}
	}
	for round := range 300 {
		var d Document
		line := Line{ID: "1", Quantity: numbers("1"), Unit: "C62", Price: numbers("1450"), VAT: VAT{Category: "E"}, Name: "Time"}
		for range rng.Intn(60) { // more than a writer keeps the figures of
			for range rng.Intn(3) {
				change(&line)
			}
			d.Lines = append(d.Lines, line)
		}
		var together writer
		var b []byte
		for i := range d.Lines {
			credit, from := round%2 == 0, len(b)
			*together.figuresOf(i), _ = d.Lines[i].figures()
			b = together.line(b, &d, i, credit)
			alone := Document{Lines: d.Lines[i : i+1]}
			var w writer
			w.figures[0], _ = alone.Lines[0].figures()
			if got, want := string(b[from:]), string(w.line(nil, &alone, 0, credit)); got != want {
				t.Fatalf("line %d is\n%s\nand alone\n%s", i, got, want)
			}
		}
	}
}
