package ehf

import (
	"strings"
	"testing"
)

// Zeros with a minus sign are below zero to Saxon, and so to receivers, unless they
// are integers of at most 15 digits. Each is as Saxon 9.9 judges it.
func TestNegativeZero(t *testing.T) {
	zeros := map[string]bool{ // whether it is below zero
		"0": false, "0.00": false, "+0.00": false, "-0": false, "-00": false, " -0 ": false,
		"-0.00": true, "-0.0": true, "-.0": true, "-0.": true, " -0.00\n": true, "-0.001": true,
		"-" + strings.Repeat("0", 15):        false,
		"-" + strings.Repeat("0", 16):        true,
		" -" + strings.Repeat("0", 15) + " ": false,
		"-0." + strings.Repeat("0", 30):      true,
	}
	percent := "/cbc:Percent"
	for rule, c := range map[string]struct {
		base edit
		path string
	}{
		"BR-27":               {nil, "line[2]/cac:Price/cbc:PriceAmount"},
		"BR-28":               {nil, price + "/cac:AllowanceCharge/cbc:BaseAmount"},
		"PEPPOL-EN16931-R055": {accountingCurrency, "cac:TaxTotal[2]/cbc:TaxAmount"},
		"BR-AF-05":            {recategorised("L"), item + "/cac:ClassifiedTaxCategory" + percent},
		"BR-AF-06":            {recategorised("L"), allowance + "/cac:TaxCategory" + percent},
		"BR-AG-07":            {recategorised("M"), charge + "/cac:TaxCategory" + percent},
	} {
		for zero, below := range zeros {
			doc := sample("Invoice")
			if c.base != nil {
				c.base(t, doc)
			}
			set(c.path, zero)(t, doc)
			if broken := len(findingsOf(t, doc, rule)) > 0; broken != below {
				t.Errorf("%s with %q: broken %v", rule, zero, broken)
			}
		}
	}
	for _, zero := range []string{"0", "-0.00"} { // a rate that must be above zero
		doc := sample("Invoice")
		set(item+"/cac:ClassifiedTaxCategory"+percent, zero)(t, doc)
		if len(findingsOf(t, doc, "BR-S-05")) != 1 {
			t.Errorf("BR-S-05 with %q", zero)
		}
	}
}
