package ehf

import (
	"bytes"
	"fmt"
	"math/big"
	"strconv"
)

// The rules of a VAT category, BR-S-01 to BR-S-10 and their kin. They say the
// same of each category but for what the tables below note.

// A vatFamily is the rules of one category.
type vatFamily struct {
	category category
	prefix   string // of the ids
	code     string
	en, nb   string // name of the category
	parties  partyDuty
	percent  percentDuty
	reason   bool // the breakdown must say why no VAT is due, or must not
}

type partyDuty uint8 // what the parties must have if the category is used

const (
	anySellerTax   partyDuty = iota // the seller a tax number or its representative a VAT number
	sellerAndBuyer                  // and the buyer a VAT number or a legal registration
	sellerVAT                       // the seller or its representative a VAT number
	bothVAT                         // and the buyer one
	nobodyVAT                       // neither of them may have one
)

type percentDuty uint8

const (
	positive percentDuty = iota
	notNegative
	zero
	absent
)

var vatFamilies = []vatFamily{
	{reverse, "BR-AE", "AE", "reverse charge", "omvendt avgiftsplikt", sellerAndBuyer, zero, true},
	{exempt, "BR-E", "E", "exempt from VAT", "unntatt avgift", anySellerTax, zero, true},
	{export, "BR-G", "G", "export outside the EU", "eksport ut av EU", sellerVAT, zero, true},
	{union, "BR-IC", "K", "intra-community supply", "salg til annet EU-land", bothVAT, zero, true},
	{canary, "BR-AF", "L", "Canary Islands tax (IGIC)", "Kanariøyenes avgift (IGIC)", anySellerTax, notNegative, false},
	{ceuta, "BR-AG", "M", "tax of Ceuta and Melilla (IPSI)", "avgiften i Ceuta og Melilla (IPSI)", anySellerTax, notNegative, false},
	{outside, "BR-O", "O", "not subject to VAT", "utenfor avgiftsområdet", nobodyVAT, absent, true},
	{standard, "BR-S", "S", "standard rated", "ordinær sats", anySellerTax, positive, false},
	{zeroRated, "BR-Z", "Z", "zero rated", "nullsats", anySellerTax, zero, false},
}

// rule makes one rule of the family; the texts have a verb for code and name.
func (f vatFamily) rule(number, en, nb string, ok func(*check, node) bool) rule {
	return rule{
		id: f.prefix + "-" + number, flag: Fatal, ok: ok,
		en: fmt.Sprintf(en, f.code+" ("+f.en+")"), nb: fmt.Sprintf(nb, f.code+" ("+f.nb+")"),
	}
}

// documentRules are those on the document as a whole: 01 to 04.
func (f vatFamily) documentRules() []rule {
	k := f.category
	dutyEN, dutyNB := f.parties.texts()
	use := func(used func(*categoryFacts) bool) func(*check, node) bool {
		return func(c *check, _ node) bool { return !used(&c.category[k]) || c.fulfils(f.parties) }
	}
	onLine := use(func(v *categoryFacts) bool { return v.onLine })
	onAllowance := use(func(v *categoryFacts) bool { return v.onAllowance })
	onCharge := use(func(v *categoryFacts) bool { return v.onCharge })
	switch k {
	case standard: // a line with S in another scheme than VAT is never right
		onLine = func(c *check, _ node) bool {
			v := &c.category[k]
			return !v.onLinePlain || v.onLine && c.fulfils(f.parties)
		}
	case canary:
		onCharge = use(func(v *categoryFacts) bool { return v.onChargeRaw })
	case outside:
		onAllowance = use(func(v *categoryFacts) bool { return v.onRootAllowance })
		onCharge = use(func(v *categoryFacts) bool { return v.onRootCharge })
	}
	return []rule{
		f.rule("01", "The VAT breakdown must have VAT category %s just if the document uses it, and once.",
			"Avgiftsspesifikasjonen må ha avgiftskategori %s bare når dokumentet bruker den, og én gang.",
			func(c *check, _ node) bool { return c.brokenDown(k) }),
		f.rule("02", "A line has VAT category %s: "+dutyEN, "En linje har avgiftskategori %s: "+dutyNB, onLine),
		f.rule("03", "An allowance has VAT category %s: "+dutyEN, "Et fradrag har avgiftskategori %s: "+dutyNB, onAllowance),
		f.rule("04", "A charge has VAT category %s: "+dutyEN, "Et tillegg har avgiftskategori %s: "+dutyNB, onCharge),
	}
}

func (d partyDuty) texts() (en, nb string) {
	switch d {
	case sellerAndBuyer:
		return "the seller must have a tax number, or its tax representative a VAT number, and the buyer a VAT number or legal registration.",
			"selger må ha avgiftsnummer, eller selgers avgiftsrepresentant mva-nummer, og kjøper mva-nummer eller organisasjonsnummer."
	case sellerVAT:
		return "the seller or its tax representative must have a VAT number.",
			"selger eller selgers avgiftsrepresentant må ha mva-nummer."
	case bothVAT:
		return "the seller, or its tax representative, and the buyer must have VAT numbers.",
			"selger, eller selgers avgiftsrepresentant, og kjøper må ha mva-nummer."
	case nobodyVAT:
		return "no VAT number of the seller, its tax representative or the buyer may be given.",
			"verken selger, selgers avgiftsrepresentant eller kjøper kan ha mva-nummer i dokumentet."
	}
	return "the seller must have a tax number, or its tax representative a VAT number.",
		"selger må ha avgiftsnummer, eller selgers avgiftsrepresentant mva-nummer."
}

// fulfils reports whether the parties have the numbers that a category demands.
func (c *check) fulfils(d partyDuty) bool {
	switch d {
	case sellerAndBuyer:
		return (c.sellerTax || c.agentVAT) && (c.buyerVAT || c.buyerLegal)
	case sellerVAT:
		return c.sellerVAT || c.agentVAT
	case bothVAT:
		return (c.sellerVAT || c.agentVAT) && c.buyerVAT
	case nobodyVAT:
		return !c.sellerVAT && !c.agentVAT && !c.buyerVAT
	}
	return c.sellerTax || c.agentVAT
}

// brokenDown is rule 01: whether a category's use and its place in the VAT
// breakdown agree. For those with a rate of their own any number will do.
func (c *check) brokenDown(k category) bool {
	f := &c.category[k]
	switch k {
	case standard:
		return (f.onModificationPlain || f.onLinePlain) == (f.splitPlain > 0)
	case canary:
		if f.onModification || f.onLine {
			return f.splitRaw > 0
		}
		return f.splitNodes == 0
	case ceuta:
		if f.onModification || f.onLine {
			return f.splitRawVAT > 0
		}
		return f.splitNodes == 0
	}
	return !f.named || f.split == 1
}

// contexts are those on the elements that bear the category: 05 to 10.
func (f vatFamily) contexts() []context {
	percentEN, percentNB := f.percent.texts()
	percent := f.percent.test
	return []context{
		{on: []name{cacTaxCategory}, in: cacTaxSubtotal, mark: f.category, where: inBreakdown, rules: f.breakdownRules()},
		{on: []name{cacTaxCategory}, in: cacAllowanceCharge, mark: f.category, where: partOf(isAllowance), rules: []rule{
			f.rule("06", "An allowance of VAT category %s "+percentEN, "Et fradrag i avgiftskategori %s "+percentNB, percent)}},
		{on: []name{cacTaxCategory}, in: cacAllowanceCharge, mark: f.category, where: partOf(isCharge), rules: []rule{
			f.rule("07", "A charge of VAT category %s "+percentEN, "Et tillegg i avgiftskategori %s "+percentNB, percent)}},
		{on: []name{cacClassifiedTaxCategory}, in: cacItem, mark: f.category, where: itemOfLine, rules: []rule{
			f.rule("05", "A line of VAT category %s "+percentEN, "En linje i avgiftskategori %s "+percentNB, percent)}},
	}
}

func itemOfLine(c *check, n node) bool { return ofLine(c, c.parent(n)) }

func (d percentDuty) texts() (en, nb string) {
	switch d {
	case positive:
		return "must have a rate above zero.", "må ha en sats over null."
	case notNegative:
		return "must have a rate of zero or more.", "må ha en sats på null eller mer."
	case zero:
		return "must have the rate zero.", "må ha satsen null."
	}
	return "must not have a rate.", "kan ikke ha sats."
}

func (d percentDuty) test(c *check, n node) bool {
	switch d {
	case positive:
		s, ok := c.doubleSign(c.only(n, cbcPercent))
		return ok && s > 0
	case notNegative:
		s, ok := c.doubleSign(c.only(n, cbcPercent))
		return ok && s >= 0
	case zero:
		return c.amount(n, cbcPercent).isZero()
	}
	return c.child(n, cbcPercent) == none
}

// breakdownRules are those on the VAT breakdown: 08 to 10.
func (f vatFamily) breakdownRules() []rule {
	k := f.category
	taxable := func(c *check, n node) bool { return c.taxableMatches(n, k) }
	tax := func(c *check, n node) bool { return c.number(c.onlyUp(n, cbcTaxAmount)).isZero() }
	taxEN, taxNB := "The VAT amount of VAT category %s must be zero.", "Avgiftsbeløpet i avgiftskategori %s må være null."
	if f.percent == positive || f.percent == notNegative {
		taxable = func(c *check, n node) bool { return c.taxableNearRate(n, k) }
		tax = func(c *check, n node) bool {
			return nearTax(c.number(c.onlyUp(n, cbcTaxAmount)), c.number(c.onlyUp(n, cbcTaxableAmount)), c.amount(n, cbcPercent))
		}
		taxEN = "The VAT amount of VAT category %s must be its taxable amount times its rate."
		taxNB = "Avgiftsbeløpet i avgiftskategori %s må være grunnlaget ganger satsen."
	}
	reason := hasEither(cbcTaxExemptionReason, cbcTaxExemptionReasonCode)
	reasonEN, reasonNB := "The VAT breakdown must say why VAT category %s applies.", "Avgiftsspesifikasjonen må oppgi hvorfor avgiftskategori %s gjelder."
	if !f.reason {
		reason = not(reason)
		reasonEN, reasonNB = "VAT category %s must not have an exemption reason.", "Avgiftskategori %s kan ikke ha fritaksgrunn."
	}
	return []rule{
		f.rule("08", "The taxable amount of VAT category %s must be its lines plus its charges less its allowances.",
			"Grunnlaget i avgiftskategori %s må være linjene pluss tilleggene minus fradragene.", taxable),
		f.rule("09", taxEN, taxNB, tax),
		f.rule("10", reasonEN, reasonNB, reason),
	}
}

// taxableMatches is rule 08 of a category without rates: to the øre.
func (c *check) taxableMatches(n node, k category) bool {
	f := &c.category[k]
	taxable := c.number(c.onlyUp(n, cbcTaxableAmount))
	return c.invoiceLines > 0 && taxable.equals(total(f.invoiced, f.charges, f.allowances)) ||
		c.creditLines > 0 && taxable.equals(total(f.credited, f.charges, f.allowances))
}

// taxableNearRate is rule 08 of a category with rates: to less than one.
func (c *check) taxableNearRate(n node, k category) bool {
	rate := c.amount(n, cbcPercent)
	if !rate.known {
		return true
	}
	s := c.rate(k, rate)
	invoice, credit := c.invoiceLines > 0, c.creditLines > 0
	if k == standard {
		invoice, credit = s.onInvoiceLine || s.onModification, s.onCreditLine || s.onModification
	}
	taxable := c.onlyUp(n, cbcTaxableAmount)
	return invoice && c.withinOne(taxable, total(s.invoiced, s.charges, s.allowances)) ||
		credit && c.withinOne(taxable, total(s.credited, s.charges, s.allowances))
}

// withinOne reports whether a sum is less than one away from an amount. The
// official rules compute the bounds in binary floating point, which decides
// where the distance is one.
func (c *check) withinOne(amount node, sum decimal) bool {
	d := c.number(amount)
	far := d.sub(sum).abs()
	switch order, ok := far.compare(whole(1)); {
	case !ok || order > 0:
		return false
	case order < 0 && far.less(decimal{v: 99, scale: 2, known: true}):
		return true
	}
	v, err := strconv.ParseFloat(string(trim(c.value(amount))), 64)
	if err != nil {
		return false
	}
	exact := new(big.Rat).SetFrac(sum.big(), new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(sum.scale)), nil))
	below, above := new(big.Rat), new(big.Rat)
	if below.SetFloat64(v-1) == nil || above.SetFloat64(v+1) == nil {
		return false
	}
	return below.Cmp(exact) < 0 && above.Cmp(exact) > 0
}

// nearTax reports whether a VAT amount is less than one away from what the
// taxable amount and the rate make. Signs are not compared.
func nearTax(tax, taxable, percent decimal) bool {
	due := taxable.abs().mul(percent.hundredth()).cents()
	one := whole(1)
	return tax.abs().sub(one).less(due) && due.less(tax.abs().add(one))
}

// onlyUp is the one sibling of n with a name, as only is for a child.
func (c *check) onlyUp(n node, want name) node {
	k := c.up(n, want)
	if k != none && c.again(k) != none {
		c.undecided(c.again(k))
	}
	return k
}

// doubleSign is the sign of a value as an xs:double, false if there is none. A zero
// with a minus sign is below zero unless it is an integer of at most 15 digits. XPath
// has it that all zeros are equal, but receivers run Saxon, which compares such values
// by Java's Double.compare.
func (c *check) doubleSign(n node) (int, bool) {
	if n == none {
		return 0, false
	}
	b := trim(c.value(n))
	if d, ok := parseDecimal(b); ok {
		if d.sign() == 0 && b[0] == '-' && (len(b) > len("-")+15 || bytes.IndexByte(b, '.') >= 0) {
			return -1, true
		}
		return d.sign(), true
	}
	v, ok := parseDouble(b)
	switch {
	case !ok:
		c.undecided(n)
		return 0, false
	case v > 0:
		return 1, true
	case v < 0:
		return -1, true
	}
	return 0, v == 0
}

// parseDouble reads an xs:double, which has other words than Go for what is
// not finite.
func parseDouble(b []byte) (float64, bool) {
	switch s := string(b); s {
	case "INF", "-INF", "NaN":
	default:
		for _, ch := range b {
			if !isDigit(ch) && ch != '.' && ch != 'e' && ch != 'E' && ch != '+' && ch != '-' {
				return 0, false
			}
		}
	}
	v, err := strconv.ParseFloat(string(b), 64)
	return v, err == nil || v != 0 && len(b) > 0 && isDigit(b[len(b)-1])
}
