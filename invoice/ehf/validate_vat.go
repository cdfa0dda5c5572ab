package ehf

import "math/big"

// A category is a VAT category of the European standard: UNCL 5305.
type category uint8

const (
	noCategory category = iota
	standard            // S
	zeroRated           // Z
	exempt              // E
	reverse             // AE
	union               // K, intra-community supply
	export              // G
	outside             // O, not subject to VAT
	canary              // L, IGIC
	ceuta               // M, IPSI
	split               // B, split payment
	categories
)

func categoryOf(b []byte) category {
	switch string(b) {
	case "S":
		return standard
	case "Z":
		return zeroRated
	case "E":
		return exempt
	case "AE":
		return reverse
	case "K":
		return union
	case "G":
		return export
	case "O":
		return outside
	case "L":
		return canary
	case "M":
		return ceuta
	case "B":
		return split
	}
	return noCategory
}

// categoryFacts say where in the document a category is used. Where the
// official rules differ in whether the tax scheme must be VAT, or whether
// white space around the code matters, both answers are kept: "plain" ones do
// not look at the scheme, "raw" ones want the code to stand alone.
type categoryFacts struct {
	named bool // anywhere

	onLine, onLinePlain, onLineRaw bool
	onAllowance, onCharge          bool // of an allowance or charge, anywhere
	onChargeRaw                    bool // with VAT
	onRootAllowance, onRootCharge  bool // of the document's own
	onRootRaw                      bool
	onModification                 bool // allowance or charge whatever its indicator says
	onModificationPlain            bool
	anywhereRaw                    bool // in some TaxCategory

	split, splitNodes    int // of the document's VAT breakdown
	splitPlain, splitRaw int
	splitRawVAT          int
	invoiced, credited   decimal // sum of the lines
	allowances, charges  decimal // sums at document level
}

// Marks of an AllowanceCharge.
const (
	isAllowance = 1 << iota
	isCharge
)

// inBreakdown: a TaxCategory of the VAT breakdown of the document.
var inBreakdown = path(cacTaxTotal, cacTaxSubtotal, cacTaxCategory)

// taxCategory notes where a TaxCategory is used.
func (c *check) taxCategory(n node) {
	id := c.only(n, cbcID)
	k := categoryOf(c.normalOf(id))
	rawID := id != none && string(c.value(id)) == string(c.normalOf(id))
	vat := c.isVAT(n)
	f := &c.category[k]
	if vat {
		f.named = true
		c.elems[n].mark = uint8(k)
	}
	f.anywhereRaw = f.anywhereRaw || rawID
	p := c.parent(n)
	switch {
	case inBreakdown(c, n):
		f.splitPlain++
		if rawID {
			f.splitRaw++
		}
		if vat {
			c.others.breakdown = c.others.breakdown || k != outside
			f.splitNodes++
			if id != none {
				f.split++
			}
			if rawID {
				f.splitRawVAT++
			}
		}
	case c.is(p, cacAllowanceCharge):
		f.onModificationPlain = true
		f.onRootRaw = f.onRootRaw || rawID && atRoot(c, p)
		if !vat {
			return
		}
		f.onModification = true
		if c.elems[p].mark&isAllowance != 0 {
			f.onAllowance = true
			c.others.allowance = c.others.allowance || k != outside
			f.onRootAllowance = f.onRootAllowance || atRoot(c, p)
		}
		if c.elems[p].mark&isCharge != 0 {
			f.onCharge = true
			c.others.charge = c.others.charge || k != outside
			f.onChargeRaw = f.onChargeRaw || rawID
			f.onRootCharge = f.onRootCharge || atRoot(c, p)
		}
	}
}

// lineCategory notes where a ClassifiedTaxCategory is used.
func (c *check) lineCategory(n node) {
	id := c.only(n, cbcID)
	k := categoryOf(c.normalOf(id))
	f := &c.category[k]
	f.onLinePlain = true
	f.onLineRaw = f.onLineRaw || id != none && string(c.value(id)) == string(c.normalOf(id))
	if c.isVAT(n) {
		f.named, f.onLine = true, true
		c.others.line = c.others.line || k != outside
		c.elems[n].mark = uint8(k)
	}
}

// line adds an invoice or credit note line to the sums of its categories.
func (c *check) line(n node, credit bool) {
	direct := atRoot(c, n)
	amount := c.amount(n, cbcLineExtensionAmount)
	addTo(&c.lineSum, amount)
	var seen uint16
	for item := c.child(n, cacItem); item != none; item = c.again(item) {
		for t := c.child(item, cacClassifiedTaxCategory); t != none; t = c.again(t) {
			k := categoryOf(c.normalOf(c.child(t, cbcID)))
			if k == noCategory || seen&(1<<k) != 0 {
				continue
			}
			seen |= 1 << k
			if direct {
				f := &c.category[k]
				addTo(pick(credit, &f.credited, &f.invoiced), amount)
			}
		}
	}
	if seen&(1<<standard|1<<canary|1<<ceuta) == 0 {
		return
	}
	for item := c.child(n, cacItem); item != none; item = c.again(item) {
		for t := c.child(item, cacClassifiedTaxCategory); t != none; t = c.again(t) {
			rate := c.amount(t, cbcPercent)
			for _, k := range ratedCategories {
				if seen&(1<<k) == 0 || !rate.known {
					continue
				}
				s := c.rate(k, rate)
				if s.last == n {
					continue
				}
				s.last = n
				*pick(credit, &s.onCreditLine, &s.onInvoiceLine) = true
				if direct {
					addTo(pick(credit, &s.credited, &s.invoiced), amount)
				}
			}
		}
	}
}

func pick[T any](first bool, a, b *T) *T {
	if first {
		return a
	}
	return b
}

// addTo adds to a sum that begins as none. What is none adds nothing.
func addTo(sum *decimal, d decimal) {
	switch {
	case !d.known:
	case !sum.known:
		*sum = d
	default:
		*sum = sum.add(d)
	}
}

// modification marks an AllowanceCharge and adds it to the sums of its
// categories if it is the document's own.
func (c *check) modification(n node) {
	var mark uint8
	if c.truth(n, cbcChargeIndicator, false) {
		mark |= isAllowance
	}
	if c.truth(n, cbcChargeIndicator, true) {
		mark |= isCharge
	}
	c.elems[n].mark = mark
	if c.under(n, cacPrice) {
		c.priceReason = c.priceReason || c.child(n, cbcAllowanceChargeReason) != none
		c.priceReasonCode = c.priceReasonCode || c.child(n, cbcAllowanceChargeReasonCode) != none
		c.priceFactor = c.priceFactor || c.child(n, cbcMultiplierFactorNumeric) != none
	}
	first := c.child(n, cacTaxCategory)
	if first == none {
		return
	}
	direct := atRoot(c, n)
	var amount decimal
	if direct {
		amount = c.amount(n, cbcAmount)
	}
	var seen uint16
	for t := first; t != none; t = c.again(t) {
		k := categoryOf(c.normalOf(c.child(t, cbcID)))
		if k == noCategory || seen&(1<<k) != 0 {
			continue
		}
		seen |= 1 << k
		if direct {
			f := &c.category[k]
			addModification(mark, amount, &f.allowances, &f.charges)
		}
	}
	if seen&(1<<standard|1<<canary|1<<ceuta) == 0 {
		return
	}
	for t := first; t != none; t = c.again(t) {
		rate := c.amount(t, cbcPercent)
		for _, k := range ratedCategories {
			if seen&(1<<k) == 0 || !rate.known {
				continue
			}
			s := c.rate(k, rate)
			if s.last == n {
				continue
			}
			s.last = n
			s.onModification = true
			if direct {
				addModification(mark, amount, &s.allowances, &s.charges)
			}
		}
	}
}

func addModification(mark uint8, amount decimal, allowances, charges *decimal) {
	if mark&isAllowance != 0 {
		addTo(allowances, amount)
	}
	if mark&isCharge != 0 {
		addTo(charges, amount)
	}
}

// ratedCategories are those whose VAT breakdown is one line per rate.
var ratedCategories = [...]category{standard, canary, ceuta}

// rateSums are the sums of one category at one rate.
type rateSums struct {
	last                                        node // that was added
	onInvoiceLine, onCreditLine, onModification bool
	invoiced, credited, allowances, charges     decimal
}

type rateKey struct {
	category category
	v        int64
	scale    int32
	wide     string
}

// rate is where the sums of a category at a rate are kept.
func (c *check) rate(k category, rate decimal) *rateSums {
	key := rateKey{category: k, v: rate.v, scale: rate.scale}
	if rate.wide != nil {
		n, ten, r := new(big.Int).Set(rate.wide), big.NewInt(10), new(big.Int)
		for key.scale > 0 && r.Mod(n, ten).Sign() == 0 {
			n.Quo(n, ten)
			key.scale--
		}
		key.v, key.wide = 0, n.String()
	}
	for key.scale > 0 && key.v%10 == 0 && key.wide == "" {
		key.v, key.scale = key.v/10, key.scale-1
	}
	if len(c.sums) > 0 && key == c.lastRate { // as on the line before
		return &c.sums[c.lastSums]
	}
	i, ok := c.rates[key]
	if !ok {
		i = len(c.sums)
		c.rates[key] = i
		c.sums = append(c.sums, rateSums{last: none})
	}
	c.lastRate, c.lastSums = key, i
	return &c.sums[i]
}

// total is lines plus charges less allowances, sums of nothing being zero.
func total(lines, charges, allowances decimal) decimal {
	zero := whole(0)
	for _, d := range []*decimal{&lines, &charges, &allowances} {
		if !d.known {
			*d = zero
		}
	}
	return lines.add(charges).sub(allowances)
}
