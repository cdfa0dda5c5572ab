package ehf

import (
	"iter"
	"slices"
	"strings"
	"time"

	civil "github.com/rickb777/date"
	"github.com/timebok/timebok"
)

// Decode reads a UBL invoice or credit note into the model. All that Encode
// writes comes back: Decode of it is the Document that was encoded, and nothing
// is left over.
//
// What the model has no place for, an empty element among it, what can't be read
// as what it should be, and sums that differ from what the Document adds up to are
// left over, each with its path; the rest is read all the same. White space around a
// number, a date or a fixed code is no part of it. Whether the document is good is
// Validate's to say, also of what is not there. The options may be nil; Decode heeds
// their Limits. The error is a *ReadError.
func Decode(doc []byte, opts *Options) (Document, []Leftover, error) {
	if opts == nil {
		opts = &Options{}
	}
	r := reader{}
	if err := parse(&r.tree, doc, opts.Limits); err != nil {
		return Document{}, nil, err
	}
	r.credit = r.is(root, cnCreditNote)
	if !r.credit && !r.is(root, invInvoice) {
		return Document{}, nil, r.fail(NotEHF, 0)
	}
	r.marks = make([]mark, len(r.elems))
	r.readAttr = make([]bool, len(r.attrs))
	r.currency = string(normal(r.value(r.child(root, cbcDocumentCurrencyCode))))
	d := r.document()
	r.sums(&d)
	r.rest()
	return d, r.left, nil
}

// A Leftover is a part of a document that is not in the Document.
type Leftover struct {
	Path string       `json:"path"` // XPath with positions; of an element, or of an attribute
	Kind LeftoverKind `json:"kind"`
}

// A LeftoverKind says why a part is left over.
type LeftoverKind string

const (
	Unmodelled LeftoverKind = "unmodelled" // the model has no place for it
	Unreadable LeftoverKind = "unreadable" // it does not have the form of a date, number or amount
	Differs    LeftoverKind = "differs"    // it is not what the rest of the document makes it
)

// A reader turns a tree into a Document. It marks what it has read, so that the
// rest is known: an element that is not marked is left over.
type reader struct {
	tree
	credit   bool
	currency string
	marks    []mark // by node
	readAttr []bool // by attribute
	left     []Leftover
	places   places
}

// A mark says what became of an element.
type mark uint8

const (
	unread mark = iota
	read        // it is in the Document, if not all that is in it
	told        // it is left over with all that is in it, and that has been noted
)

// mark marks an element as read, if there is one.
func (r *reader) mark(n node) {
	if n != none && r.marks[n] == unread {
		r.marks[n] = read
	}
}

// unmark leaves an element over, after all, as one that the model has no place for.
func (r *reader) unmark(n node) {
	if r.marks[n] == read {
		r.marks[n] = unread
	}
}

// empty reports whether there is nothing in an element, which says nothing then and
// is left over.
func (r *reader) empty(n node) bool { return r.elems[n].flags&blank != 0 }

// document reads everything but the sums.
func (r *reader) document() Document {
	r.marks[root] = read
	r.fixed(root, "cbc:CustomizationID", customization)
	r.fixed(root, "cbc:ProfileID", profileID)
	d := Document{
		Number: r.text(root, "cbc:ID"), IssueDate: r.date(root, "cbc:IssueDate"), TaxPoint: r.date(root, "cbc:TaxPointDate"),
		Note: r.text(root, "cbc:Note"), Period: r.period(root), Currency: r.code(root, "cbc:DocumentCurrencyCode"),
		BuyerReference: r.text(root, "cbc:BuyerReference"), AccountingCost: r.text(root, "cbc:AccountingCost"),
		Contract: r.text(root, "cac:ContractDocumentReference/cbc:ID"), Terms: r.text(root, "cac:PaymentTerms/cbc:Note"),
		Order: r.text(root, "cac:OrderReference/cbc:ID"), SalesOrder: r.text(root, "cac:OrderReference/cbc:SalesOrderID"),
		Seller: r.party(r.at(root, "cac:AccountingSupplierParty/cac:Party")),
		Buyer:  r.party(r.at(root, "cac:AccountingCustomerParty/cac:Party")),
		Payee:  r.payee(r.at(root, "cac:PayeeParty")), Delivery: r.delivery(r.at(root, "cac:Delivery")),
		Prepaid: r.money(root, "cac:LegalMonetaryTotal/cbc:PrepaidAmount"), Rounding: r.money(root, "cac:LegalMonetaryTotal/cbc:PayableRoundingAmount"),
	}
	if d.Currency == kroner {
		d.Currency = ""
	}
	if r.credit {
		d.Type = TypeCode(r.code(root, "cbc:CreditNoteTypeCode"))
	} else {
		d.Type = TypeCode(r.code(root, "cbc:InvoiceTypeCode"))
		d.DueDate = r.date(root, "cbc:DueDate")
		d.Project = r.text(root, "cac:ProjectReference/cbc:ID")
	}
	for n := range r.all(root, "cac:BillingReference") {
		in := r.at(n, "cac:InvoiceDocumentReference")
		d.Preceding = append(d.Preceding, Preceding{r.text(in, "cbc:ID"), r.date(in, "cbc:IssueDate")})
	}
	for n := range r.all(root, "cac:AdditionalDocumentReference") {
		r.additional(&d, n)
	}
	r.payment(&d)
	for n := range r.all(root, "cac:AllowanceCharge") {
		d.Adjustments = append(d.Adjustments, r.adjustment(n))
	}
	for n := range r.lines() {
		d.Lines = append(d.Lines, r.line(n))
	}
	return d
}

// additional reads an additional document by its type: 130 is what is invoiced,
// 50 the project of a credit note, and none an attachment.
func (r *reader) additional(d *Document, n node) {
	switch code := string(normal(r.value(r.child(n, cbcDocumentTypeCode)))); {
	case code == "130" && d.Object.IsZero() && r.has(n, "cbc:ID"):
		r.fixed(n, "cbc:DocumentTypeCode", code)
		d.Object = r.identifier(n, "cbc:ID")
	case code == "50" && r.credit && d.Project == "" && r.has(n, "cbc:ID"):
		r.fixed(n, "cbc:DocumentTypeCode", code)
		d.Project = r.text(n, "cbc:ID")
	case code != "":
		r.unmark(n)
	default:
		x := Attachment{ID: r.text(n, "cbc:ID"), Description: r.text(n, "cbc:DocumentDescription"), URI: r.text(n, "cac:Attachment/cac:ExternalReference/cbc:URI")}
		if k := r.at(n, "cac:Attachment/cbc:EmbeddedDocumentBinaryObject"); k != none {
			x.MIME, x.Filename = r.attr(k, atMimeCode), r.attr(k, atFilename)
			x.Content = r.base64(k)
		}
		d.Attachments = append(d.Attachments, x)
	}
}

// payment reads all PaymentMeans as one. One that differs from the first in code
// or payment ID, or has no account, is left over.
func (r *reader) payment(d *Document) {
	var p *Payment
	for n := range r.all(root, "cac:PaymentMeans") {
		code, id := string(normal(r.value(r.child(n, cbcPaymentMeansCode)))), string(r.value(r.child(n, cbcPaymentID)))
		first := p == nil
		if first {
			p = &Payment{Code: code, ID: id}
		}
		account := r.at(n, "cac:PayeeFinancialAccount")
		if !first && (code != p.Code || id != p.ID || account == none || len(p.Accounts) == 0) {
			r.unmark(n)
			continue
		}
		r.text(n, "cbc:PaymentMeansCode")
		r.text(n, "cbc:PaymentID")
		if first {
			p.Name = r.attr(r.child(n, cbcPaymentMeansCode), atName)
			if r.credit {
				d.DueDate = r.date(n, "cbc:PaymentDueDate")
			}
		}
		if account != none {
			p.Accounts = append(p.Accounts, Account{
				ID: r.text(account, "cbc:ID"), Name: r.text(account, "cbc:Name"), BIC: r.text(account, "cac:FinancialInstitutionBranch/cbc:ID"),
			})
		}
	}
	d.Payment = p
}

// exemption reads why a category bears no tax. Another reason of the same
// category is left over.
func (r *reader) exemption(d *Document, n node) {
	e := Exemption{
		Category: timebok.VATCategory(normal([]byte(r.peek(n, "cbc:ID")))),
		Code:     string(normal([]byte(r.peek(n, "cbc:TaxExemptionReasonCode")))), Reason: r.peek(n, "cbc:TaxExemptionReason"),
	}
	if e.Code == "" && e.Reason == "" {
		return
	}
	i := slices.IndexFunc(d.Exempt, func(x Exemption) bool { return x.Category == e.Category })
	if i < 0 {
		d.Exempt = append(d.Exempt, e)
	} else if d.Exempt[i] != e {
		return
	}
	r.text(n, "cbc:TaxExemptionReasonCode")
	r.text(n, "cbc:TaxExemptionReason")
}

// lines are the lines of the document.
func (r *reader) lines() iter.Seq[node] {
	if r.credit {
		return r.all(root, "cac:CreditNoteLine")
	}
	return r.all(root, "cac:InvoiceLine")
}

func (r *reader) period(n node) *Period {
	k := r.at(n, "cac:InvoicePeriod")
	if k == none {
		return nil
	}
	p := &Period{r.date(k, "cbc:StartDate"), r.date(k, "cbc:EndDate")}
	if *p == (Period{}) {
		return nil
	}
	return p
}

// rest notes what has not been read: the outermost element, not what is in it.
func (r *reader) rest() {
	for i := range r.elems {
		n := node(i)
		e := &r.elems[n]
		if e.parent != none && r.marks[e.parent] == told {
			r.marks[n] = told
		}
		switch r.marks[n] {
		case told:
			continue
		case unread:
			r.leave(n, Unmodelled)
			continue
		}
		if e.flags&mixed != 0 || e.flags&(blank|hasChild) == 0 && r.isAggregate(n) {
			r.leavePart(n, "/text()")
		}
		for a := e.attrs; a < e.attrsEnd; a++ {
			if !r.readAttr[a] {
				r.leavePart(n, "/@"+string(r.src[r.attrs[a].raw.from:r.attrs[a].raw.to]))
			}
		}
	}
}

// isAggregate reports whether an element has elements in UBL, and no text.
func (r *reader) isAggregate(n node) bool {
	return n == root || strings.HasPrefix(words().names[r.elems[n].name], "cac:")
}

// civilDate reads an xs:date without a zone (rule F001).
func civilDate(b []byte) (civil.Date, bool) {
	if len(b) != len(time.DateOnly) {
		return civil.Date{}, false
	}
	t, err := time.Parse(time.DateOnly, string(b)) // civil.ParseISO panics at 0000000-00
	if err != nil {
		return civil.Date{}, false
	}
	day := civil.New(t.Date())
	var text [10]byte
	return day, formatDate(&text, day) && string(text[:]) == string(b)
}
