package ehf

import (
	"slices"
	"strings"

	civil "github.com/rickb777/date"
	"github.com/timebok/timebok"
	"github.com/timebok/timebok/invoice"
)

// What DecodeResponse and DecodeStatus refuse.
var (
	SeveralResponses = timebok.NewRule("ehf.response.several",
		"står mer enn én gang i meldingen", "står meir enn éin gong i meldinga", "stands more than once in the message")
	UnknownResponse = timebok.NewRule("ehf.response.code",
		"svaret har en kode som ikke finnes", "svaret har ein kode som ikkje finst", "the answer has a code that does not exist")
)

// A Response is a Peppol Invoice Response (transaction T111 of BIS 63): what the
// buyer says of an invoice or credit note. It has no legal force; a rejection
// does not free the buyer of what it owes.
type Response struct {
	MessageHead
	From        MessageParty `json:"from,omitzero"`         // the sender
	Buyer       MessageParty `json:"buyer,omitzero"`        // if the sender answers for another
	Seller      MessageParty `json:"seller,omitzero"`       // if the invoice is of another than the receiver
	Number      string       `json:"number"`                // of the invoice or credit note that it answers
	Type        TypeCode     `json:"type,omitempty"`        // of it: 380, 381
	InvoiceDate *civil.Date  `json:"invoiceDate,omitempty"` // its issue date, if stated
	Code        ResponseCode `json:"code"`                  // how far the buyer has come
	Effective   *civil.Date  `json:"effective,omitempty"`   // the day from which it is so
	Reasons     []ReasonCode `json:"reasons,omitempty"`     // "": one that does not look like a code, and is a note
	Actions     []ActionCode `json:"actions,omitempty"`
	// Notes and Contact are what people wrote, which may be about a client. They
	// show themselves masked everywhere but to who calls Reveal.
	Notes   []ResponseNote  `json:"notes,omitempty"`
	Contact ResponseContact `json:"contact,omitzero"`
}

// A ResponseNote is free text of a response.
type ResponseNote struct {
	Code string          `json:"code,omitempty"` // the reason or action that it belongs to; "" for the whole
	Term string          `json:"term,omitempty"` // the part of the invoice to mend, by its number in EN 16931: "BT-13"
	Text timebok.Private `json:"text"`           // with a Term: the value that the buyer proposes
}

// A ResponseContact is whom to ask at the buyer.
type ResponseContact struct {
	Name  timebok.Private `json:"name,omitzero"`
	Phone timebok.Private `json:"phone,omitzero"`
	Email timebok.Private `json:"email,omitzero"`
}

// IsZero reports whether there is no contact.
func (c ResponseContact) IsZero() bool { return c == ResponseContact{} }

// responseSpecification is T111 (PEPPOL-T111-R003, R008).
var responseSpecification = &specification{
	"urn:fdc:peppol.eu:poacc:trns:invoice_response:3", true,
	[]string{"urn:fdc:peppol.eu:poacc:bis:invoice_response:3", "urn:peppol:bis:billing_with_response"},
}

// DecodeResponse reads an Invoice Response. The options may be nil; it heeds
// their Limits.
//
// The error is a *ReadError if it can't be read or is another kind of message,
// and else a *timebok.InvalidError with all that is wrong: a status that BIS 63
// does not have (UnknownResponse), what stands twice where there is room for one
// (SeveralResponses; then none of them is read), no invoice number, no sender, a bad
// date. What could be read is returned all the same, for a person to look at. Codes of
// reasons and actions that the lists do not have are no error.
func DecodeResponse(doc []byte, opts *Options) (Response, error) {
	m, _, err := readMessage(doc, opts, responseSpecification)
	if err != nil {
		return Response{}, err
	}
	r := Response{MessageHead: m.head(), From: m.party(root, "SenderParty")}
	if text := m.leaf(m.one(root, cbcSpace, "Note")); text != "" {
		r.Notes = append(r.Notes, ResponseNote{Text: timebok.Hide(text)})
	}
	if k := m.one(m.kid(root, cacSpace, "SenderParty"), cacSpace, "Contact"); k != none {
		r.Contact = ResponseContact{
			Name:  timebok.Hide(m.leaf(m.one(k, cbcSpace, "Name"))),
			Phone: timebok.Hide(m.leaf(m.one(k, cbcSpace, "Telephone"))),
			Email: timebok.Hide(m.leaf(m.one(k, cbcSpace, "ElectronicMail"))),
		}
	}
	if k := m.must(root, cacSpace, "DocumentResponse", "DocumentResponse"); k != none {
		m.response(&r, k)
	}
	return r, m.wrong.Invalid()
}

// response reads a DocumentResponse.
func (m *message) response(r *Response, n node) {
	if k := m.must(n, cacSpace, "DocumentReference", "DocumentReference"); k != none {
		r.Number = m.text(k, "ID", "DocumentReference.ID")
		r.InvoiceDate = m.day(m.one(k, cbcSpace, "IssueDate"), "DocumentReference.IssueDate")
		r.Type = TypeCode(m.leaf(m.one(k, cbcSpace, "DocumentTypeCode")))
	}
	r.Seller, r.Buyer = m.party(n, "IssuerParty"), m.party(n, "RecipientParty")
	k := m.must(n, cacSpace, "Response", "Response")
	if k == none {
		return
	}
	r.Code = ResponseCode(m.answer(k, func(code string) bool { return ResponseCode(code).Known() }))
	r.Effective = m.day(m.one(k, cbcSpace, "EffectiveDate"), "EffectiveDate")
	for s := m.first(k); s != none; s = m.elems[s].next {
		if m.called(s, cacSpace, "Status") {
			m.clarification(r, s)
		}
	}
}

// clarification reads a Status: a reason or an action, in words, and what to mend.
func (m *message) clarification(r *Response, n node) {
	k := m.one(n, cbcSpace, "StatusReasonCode")
	code, list := m.leaf(k), m.attributeText(k, "listID")
	if upper := strings.ToUpper(code); ReasonCode(upper).Known() || ActionCode(upper).Known() {
		code = upper
	}
	reason, action := ReasonCode(code).Known(), ActionCode(code).Known()
	switch {
	case k == none && m.kid(n, cbcSpace, "StatusReasonCode") != none: // several, of which none counts
		r.Reasons = append(r.Reasons, "")
	case code == "":
	case !reason && !action && !isCode(code):
		r.Notes = append(r.Notes, ResponseNote{Text: timebok.Hide(code)})
		r.Reasons = append(r.Reasons, "")
		code = ""
	case reason && !action: // whatever list it is said to be of
		r.Reasons = append(r.Reasons, ReasonCode(code))
	case action && !reason, list == "OPStatusAction":
		r.Actions = append(r.Actions, ActionCode(code))
	default:
		r.Reasons = append(r.Reasons, ReasonCode(code))
	}
	for k := m.first(n); k != none; k = m.elems[k].next {
		switch {
		case m.called(k, cbcSpace, "StatusReason"):
			if text := m.leaf(k); text != "" {
				r.Notes = append(r.Notes, ResponseNote{Code: code, Text: timebok.Hide(text)})
			}
		case m.called(k, cacSpace, "Condition"):
			term, text := m.leaf(m.one(k, cbcSpace, "AttributeID")), m.leaf(m.one(k, cbcSpace, "Description"))
			if !isTerm(term) { // anything can stand there
				text, term = joined(term, text), ""
			}
			if term != "" || text != "" {
				r.Notes = append(r.Notes, ResponseNote{Code: code, Term: term, Text: timebok.Hide(text)})
			}
		}
	}
}

// isTerm reports whether a text is the number of a business term or group.
func isTerm(text string) bool {
	if len(text) < 4 || len(text) > 6 || text[:3] != "BT-" && text[:3] != "BG-" {
		return false
	}
	for _, c := range []byte(text[3:]) {
		if c < '0' || c > '9' {
			return false
		}
	}
	return true
}

func joined(a, b string) string {
	if a == "" || b == "" {
		return a + b
	}
	return a + ": " + b
}

// Partial reports whether the buyer has paid, but not all yet.
func (r Response) Partial() bool {
	return r.Code == ResponsePaid && slices.Contains(r.Reasons, ReasonPartlyPaid)
}

// doubtful reports whether a reason stands beside a payment that is of no list. It may
// say that not all is paid.
func (r Response) doubtful() bool {
	return r.Code == ResponsePaid && slices.ContainsFunc(r.Reasons, func(c ReasonCode) bool { return !c.Known() })
}

// Final reports whether no further response may come. The seller ignores any
// that does.
func (r Response) Final() bool { return r.Code.Final() && !r.Partial() && !r.doubtful() }

// Next is the state that the response brings an invoice to: Refused for RE,
// Accepted for AP and Paid for PD. The other codes, a partial payment, and a payment
// for a reason of no list change no state; they are there to be shown.
func (r Response) Next() (invoice.State, bool) {
	i := r.Code.rank()
	if i < 0 || r.Partial() || r.doubtful() || responseCodes[i].state == "" {
		return "", false
	}
	return responseCodes[i].state, true
}

// Mark is the Mark for Biller.Mark, if the response changes the state. Of the
// buyer's words it has the known codes of reasons and actions and no text.
func (r Response) Mark(id invoice.ID, version int64) (invoice.Mark, bool) {
	next, ok := r.Next()
	if !ok {
		return invoice.Mark{}, false
	}
	m := invoice.Mark{Invoice: id, Version: version, State: next}
	for _, c := range r.Reasons {
		if c.Known() {
			m.Reasons = append(m.Reasons, string(c))
		}
	}
	for _, c := range r.Actions {
		if c.Known() {
			m.Reasons = append(m.Reasons, string(c))
		}
	}
	return m, true
}

// Supersedes reports whether r, which came later, counts after current, by the
// process rules of BIS 63 (OP-BR111-R004, R005, R012): codes only advance in
// their order; nothing follows RE or a full PD, and nothing but PD follows AP.
// The zero Response is followed by any of a known code. A response to another
// document never counts.
//
// One that does not count is no error. The buyer may have changed its mind, which
// it must tell by other means; show it to a person.
func (r Response) Supersedes(current Response) bool {
	was, is := current.Code.rank(), r.Code.rank()
	switch {
	case is < 0:
		return false
	case was < 0:
		return true
	case r.Number != current.Number || r.Type != current.Type, current.Final():
		return false
	case current.Code == ResponseAccepted:
		return r.Code == ResponsePaid
	}
	return is >= was
}

// FoldResponses goes through the responses to one document in the order in which
// they came. It returns the one that holds now, the zero Response if none does,
// and those that do not count.
func FoldResponses(history []Response) (current Response, ignored []Response) {
	for _, r := range history {
		if r.Supersedes(current) {
			current = r
		} else {
			ignored = append(ignored, r)
		}
	}
	return current, ignored
}
