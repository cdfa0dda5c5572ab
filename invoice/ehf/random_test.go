package ehf

import (
	"math/rand/v2"
	"testing"
)

// Documents with a few random edits of every sort must be validated without
// panic, the same way twice, and with problems just where the schema verdict
// is false.
func TestRandomEdits(t *testing.T) {
	rounds := 4000
	if testing.Short() {
		rounds = 400
	}
	r := rand.New(rand.NewPCG(1, 2))
	v := NewValidator(nil)
	for i := range rounds {
		doc := sample([]string{"Invoice", "CreditNote"}[i%2])
		for range 1 + r.IntN(4) {
			randomEdit(r, doc)
		}
		b := doc.bytes()
		first, err := v.Validate(b)
		if err != nil {
			t.Fatalf("%v\n%s", err, b)
		}
		second, _ := Validate(b, nil)
		if described(first) != described(second) || first.Schema != (len(first.Problems) == 0) {
			t.Fatalf("%s\n%s\n%s", described(first), described(second), b)
		}
	}
}

func randomEdit(r *rand.Rand, doc *el) {
	var all []*el
	var walk func(e *el)
	walk = func(e *el) {
		all = append(all, e)
		for _, k := range e.kids {
			walk(k)
		}
	}
	walk(doc)
	e, other := all[r.IntN(len(all))], all[r.IntN(len(all))]
	values := []string{"", " ", "0", "-1", "1.005", "abc", "VAT", "S", "E", "O", "130", "true", "NO", "2026-02-30", "æ", "99999999999999999999"}
	switch n := len(e.kids); r.IntN(8) {
	case 0:
		if n > 0 {
			i := r.IntN(n)
			e.kids = append(e.kids[:i:i], e.kids[i+1:]...)
		}
	case 1:
		if n > 0 {
			e.kids = append(e.kids, e.kids[r.IntN(n)].clone())
		}
	case 2:
		if n > 1 {
			i := r.IntN(n - 1)
			e.kids[i], e.kids[i+1] = e.kids[i+1], e.kids[i]
		}
	case 3:
		e.kids = append(e.kids, x(other.name, values[r.IntN(len(values))]))
	case 4, 5:
		e.text = values[r.IntN(len(values))]
	case 6:
		e.attrs = nil
	case 7:
		e.attrs = []string{[]string{"schemeID", "currencyID", "unitCode", "listID", "name", "mimeCode"}[r.IntN(6)] + "=" + values[r.IntN(len(values))]}
	}
}
