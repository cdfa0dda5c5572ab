package ehf

import "testing"

// The official context of R056-2 fits no party tax scheme with two schemes, but does
// not mind one without an ID.
func TestDutchVATNumberWithTwoSchemes(t *testing.T) {
	scheme := func(kids ...any) *el { return x("cac:TaxScheme", kids...) }
	vat, tax := scheme(x("cbc:ID", "VAT")), scheme(x("cbc:ID", "TAX"))
	for name, c := range map[string]struct {
		schemes []*el
		want    int
	}{
		"one": {[]*el{vat}, 1}, "another": {[]*el{tax}, 0}, "an empty one after it": {[]*el{vat, scheme()}, 1},
		"an empty one before it": {[]*el{scheme(), vat}, 1}, "twice": {[]*el{vat, vat}, 0}, "another after it": {[]*el{vat, tax}, 0},
		"another before it": {[]*el{tax, vat}, 0},
	} {
		doc := sample("Invoice")
		p := must(t, doc, buyer+"/cac:PartyTaxScheme")[0]
		p.kids = append([]*el{x("cbc:CompanyID", "NL123456789")}, c.schemes...)
		if got := findingsOf(t, doc, "PEPPOL-COMMON-R056-2"); len(got) != c.want {
			t.Errorf("%s: %d findings, want %d", name, len(got), c.want)
		}
	}
}
