package ehf

import "strings"

// facts are what the rules on the document as a whole ask of all its parts,
// gathered in one pass. Where a rule says "anywhere in the document" this is
// the answer.
type facts struct {
	invoiceLines, creditLines int // anywhere

	sellerTax   bool // the seller has a PartyTaxScheme with a CompanyID, of any scheme
	sellerVAT   bool // of VAT
	agentVAT    bool // the seller's tax representative has one of VAT
	buyerVAT    bool // the buyer has one of VAT
	buyerLegal  bool // the buyer has a PartyLegalEntity with a CompanyID
	sepa        int  // PartyIdentification/ID with the scheme SEPA
	abroad      bool // some country is not Italy
	means, refs oneValue

	category [categories]categoryFacts
	others   struct{ breakdown, line, allowance, charge bool } // categories of VAT other than O
	lineSum  decimal                                           // of all lines anywhere

	institution, payerAccount                 bool // elements that UBL-CR rules look for anywhere
	objectAttached, objectDescribed           bool
	priceReason, priceReasonCode, priceFactor bool
	oddTax                                    bool // a tax amount has elements in it

	profile  profile
	rates    map[rateKey]int
	sums     []rateSums
	lastRate rateKey // and where it is in sums
	lastSums int

	country            country
	startsAt, endsAt   node // the first date of the document's own period
	manyStart, manyEnd node // a second one
	reported           map[string]bool
}

// oneValue is whether elements of a name that may repeat agree.
type oneValue struct {
	first  node
	differ bool
}

func (c *check) gather() {
	rates, sums, reported := c.rates, c.sums[:0], c.reported
	if rates == nil {
		rates = map[rateKey]int{}
	}
	clear(rates)
	clear(reported)
	c.facts = facts{}
	c.rates, c.sums, c.reported = rates, sums, reported
	c.means.first, c.refs.first = none, none
	for i := range c.elems {
		n := node(i)
		switch c.elems[i].name {
		case cacInvoiceLine:
			c.invoiceLines++
			c.line(n, false)
		case cacCreditNoteLine:
			c.creditLines++
			c.line(n, true)
		case cacTaxCategory:
			c.taxCategory(n)
		case cacClassifiedTaxCategory:
			c.lineCategory(n)
		case cacAllowanceCharge:
			c.modification(n)
		case cacAccountingSupplierParty:
			c.seller(n)
		case cacAccountingCustomerParty:
			c.buyer(n)
		case cacTaxRepresentativeParty:
			c.agentVAT = c.agentVAT || c.vatID(n)
		case cacPartyIdentification:
			c.identification(n)
		case cbcIdentificationCode:
			c.abroad = c.abroad || string(c.value(n)) != "IT"
		case cacFinancialInstitution:
			c.institution = true
		case cacPayerFinancialAccount:
			c.payerAccount = c.payerAccount || c.under(n, cacPaymentMeans)
		case cacAdditionalDocumentReference:
			c.object(n)
		case cbcTaxAmount:
			c.oddTax = c.oddTax || c.first(n) != none
		case cbcPaymentMeansCode:
			c.agree(&c.means, n)
		case cbcPaymentID:
			c.agree(&c.refs, n)
		}
	}
	c.country = c.supplierCountry()
	c.profile = c.profileOf()
	c.startsAt, c.manyStart = c.atMostOne(root, none, periodStart)
	c.endsAt, c.manyEnd = c.atMostOne(root, none, periodEnd)
}

var (
	periodStart = []name{cacInvoicePeriod, cbcStartDate}
	periodEnd   = []name{cacInvoicePeriod, cbcEndDate}
)

func (c *check) seller(n node) {
	for p := c.child(n, cacParty); p != none; p = c.again(p) {
		c.sellerTax = c.sellerTax || c.any(p, cacPartyTaxScheme, cbcCompanyID)
		c.sellerVAT = c.sellerVAT || c.vatID(p)
	}
}

func (c *check) buyer(n node) {
	for p := c.child(n, cacParty); p != none; p = c.again(p) {
		c.buyerVAT = c.buyerVAT || c.vatID(p)
		c.buyerLegal = c.buyerLegal || c.any(p, cacPartyLegalEntity, cbcCompanyID)
	}
}

// vatID reports whether a party has a VAT number.
func (c *check) vatID(party node) bool {
	for s := c.child(party, cacPartyTaxScheme); s != none; s = c.again(s) {
		if c.isVAT(s) && c.child(s, cbcCompanyID) != none {
			return true
		}
	}
	return false
}

// isVAT reports whether the tax scheme in n is VAT, in capitals or not.
func (c *check) isVAT(n node) bool {
	for s := c.child(n, cacTaxScheme); s != none; s = c.again(s) {
		if equalsUpper(c.normalOf(c.only(s, cbcID)), "VAT") {
			return true
		}
	}
	return false
}

// equalsUpper reports whether b in capitals is want. Beyond ASCII only the
// long s and the dotless i become letters of the codes in question.
func equalsUpper(b []byte, want string) bool {
	if len(b) == len(want) {
		for i := range b {
			ch := b[i]
			if ch >= 'a' && ch <= 'z' {
				ch -= 'a' - 'A'
			}
			if ch != want[i] {
				return false
			}
		}
		return true
	}
	if len(b) < len(want) {
		return false
	}
	return upper(b) == want
}

// upper is fn:upper-case.
func upper(b []byte) string { return strings.ToUpper(string(b)) }

func (c *check) identification(n node) {
	for id := c.child(n, cbcID); id != none; id = c.again(id) {
		if scheme, ok := c.attribute(id, atSchemeID); ok && equalsUpper(scheme, "SEPA") {
			c.sepa++
		}
	}
}

// object looks at a supporting document that is an invoiced object.
func (c *check) object(n node) {
	if c.anyEquals(n, cbcDocumentTypeCode, "130") {
		c.objectAttached = c.objectAttached || c.child(n, cacAttachment) != none
		c.objectDescribed = c.objectDescribed || c.child(n, cbcDocumentDescription) != none
	}
}

func (c *check) agree(o *oneValue, n node) {
	if o.first == none {
		o.first = n
		return
	}
	o.differ = o.differ || string(c.value(n)) != string(c.value(o.first))
}

// up is the sibling of n, or n itself, that first bears a name. The answers
// are kept, since rules ask it for one sibling after the other.
func (c *check) up(n node, want name) node {
	p := c.parent(n)
	if p == none {
		return none
	}
	slot := &c.recent[want%name(len(c.recent))]
	if slot.parent != p || slot.want != want {
		*slot = recent{p, want, c.child(p, want)}
	}
	return slot.found
}

type recent struct {
	parent node
	want   name
	found  node
}
