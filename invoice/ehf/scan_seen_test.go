package ehf

import (
	"math/rand"
	"slices"
	"strings"
	"testing"
)

// What was read before never changes what is read: a tree that is reused has the same
// elements and attributes, or the same error, as one that is new.
func TestReadBefore(t *testing.T) {
	plain := plain(2).bytes()
	docs := [][]byte{plain, sample("Invoice").bytes(), sample("CreditNote").bytes()}
	for _, change := range [][2]string{
		{"xmlns:cbc=", "xmlns:cbd="}, {"CommonBasicComponents-2", "CommonAggregateComponents-2"}, {"CommonBasicComponents-2", "Other"},
		{"Invoice-2\"", "Invoice-2\" xmlns:x=\"y\""}, {"Invoice-2\"", "Invoice-2\" x=\"y\""}, {"Invoice-2\"", "Invoice-2\" xmlns:a_long_prefix=\"y\""},
		{"currencyID=\"NOK\"", "currencyID='NOK'"}, {"currencyID=\"NOK\"", "currencyID=\"&lt;\""}, {"currencyID=\"NOK\"", "xmlns=\"x\" currencyID=\"NOK\""},
		{"currencyID=\"NOK\"", "cbc:currencyID=\"NOK\""}, {"currencyID=\"NOK\"", "currencyID=\"NOK\" currencyID=\"NOK\""}, {"unitCode", "unitcode"},
		{"cbc:ID>", "cbc:IDs>"}, {"cbc:ID>", "cbc:ID >"}, {"<cbc:ID>", "<cbc:ID/><cbc:ID>"}, {"</cbc:ID>", "</cbc:IDs>"},
	} {
		changed := []byte(strings.ReplaceAll(string(plain), change[0], change[1]))
		if slices.Equal(changed, plain) {
			t.Errorf("%q is not in the document", change[0])
		}
		docs = append(docs, changed)
	}
	var used tree
	rng := rand.New(rand.NewSource(1))
	for range 40 * len(docs) {
		doc := docs[rng.Intn(len(docs))]
		limits := Limits{Attributes: rng.Intn(8)}
		var fresh tree
		got, want := parse(&used, doc, limits), parse(&fresh, doc, limits)
		if (got == nil) != (want == nil) || want != nil && *got.(*ReadError) != *want.(*ReadError) {
			t.Fatalf("%v, of a new tree %v", got, want)
		}
		if !slices.Equal(used.elems, fresh.elems) || !slices.Equal(used.attrs, fresh.attrs) || len(used.strangers) != len(fresh.strangers) {
			t.Fatal("another tree than a new one")
		}
	}
}
