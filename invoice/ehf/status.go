package ehf

import (
	"slices"

	"github.com/timebok/timebok"
	"github.com/timebok/timebok/invoice"
)

// ContradictoryStatus: a status is good or bad, not both.
var ContradictoryStatus = timebok.NewRule("ehf.status.contradiction",
	"statusen sier at meldingen kom fram, og gir likevel en feil [SCH-MLS-25]",
	"statusen seier at meldinga kom fram, og gir likevel ein feil [SCH-MLS-25]",
	"the status says that the message arrived and yet lists a failure [SCH-MLS-25]")

// A Status is a Message Level Status (MLS 1.0): what the recipient's access point
// says of an envelope. Access points send it to each other, so that a host sees
// it only through its own. Sending it is mandatory from 2027-03-31; until then
// silence does not mean that all is well.
type Status struct {
	MessageHead
	Old      bool            `json:"old,omitempty"` // a Message Level Response, its predecessor
	Envelope string          `json:"envelope"`      // Instance of the envelope that it answers
	Code     StatusCode      `json:"code"`
	Text     timebok.Private `json:"text,omitzero"` // in words, which may quote the document
	Issues   []StatusIssue   `json:"issues,omitempty"`
}

// A StatusIssue is one thing that the access point found wrong.
type StatusIssue struct {
	Code IssueCode `json:"code"` // "" if there is none that looks like a code
	// Location is an XPath in the document, NA where there is none. It and the
	// text come from strangers and may quote the document.
	Location timebok.Private `json:"location,omitzero"`
	Text     timebok.Private `json:"text,omitzero"`
}

// A StatusCode says what became of an envelope.
type StatusCode string

// The codes of a status.
const (
	StatusAccepted StatusCode = "AP" // delivered to the recipient
	StatusBlind    StatusCode = "AB" // passed on to the recipient, delivery not confirmed
	StatusRejected StatusCode = "RE" // the recipient does not get it
)

// Known reports whether the code is one of the three.
func (c StatusCode) Known() bool {
	return c == StatusAccepted || c == StatusBlind || c == StatusRejected
}

// An IssueCode says what sort of issue it is.
type IssueCode string

// The codes of issues.
const (
	SyntaxViolation IssueCode = "SV" // the structure is wrong
	RuleViolation   IssueCode = "BV" // a fatal rule is broken
	RuleWarning     IssueCode = "BW" // a rule is broken that stops nothing
	DeliveryFailure IssueCode = "FD" // nothing may be wrong with the document
)

// Known reports whether the code is one of the four.
func (c IssueCode) Known() bool { return c == RuleWarning || c.Failure() }

// Failure reports whether an issue of the code comes with a rejection only.
func (c IssueCode) Failure() bool {
	return c == SyntaxViolation || c == RuleViolation || c == DeliveryFailure
}

// The Message Level Status (SCH-MLS-01, 02), and the Message Level Response which it
// replaces.
var (
	statusSpecification    = &specification{"urn:peppol:edec:mls:1.0", false, []string{"urn:peppol:edec:mls"}}
	oldStatusSpecification = &specification{"urn:fdc:peppol.eu:poacc:trns:mlr:3", true, []string{"urn:fdc:peppol.eu:poacc:bis:mlr:3"}}
)

// DecodeStatus reads a Message Level Status or a Message Level Response. Options
// and errors are as with DecodeResponse. ContradictoryStatus is one more thing that can
// be wrong, and so is an issue whose code does not exist (UnknownResponse).
func DecodeStatus(doc []byte, opts *Options) (Status, error) {
	m, of, err := readMessage(doc, opts, statusSpecification, oldStatusSpecification)
	if err != nil {
		return Status{}, err
	}
	s := Status{MessageHead: m.head(), Old: of == oldStatusSpecification}
	if !s.Old { // SCH-MLS-05, 06
		m.must(root, cbcSpace, "IssueTime", "IssueTime")
		if _, zone, ok := parseClock([]byte(s.IssueTime)); ok && zone == nil {
			m.wrong.Add(timebok.BadValue, "IssueTime")
		}
	}
	if k := m.must(root, cacSpace, "DocumentResponse", "DocumentResponse"); k != none {
		m.status(&s, k)
	}
	return s, m.wrong.Invalid()
}

// status reads a DocumentResponse.
func (m *message) status(s *Status, n node) {
	if k := m.must(n, cacSpace, "DocumentReference", "DocumentReference"); k != none {
		s.Envelope = m.text(k, "ID", "DocumentReference.ID")
	}
	if k := m.must(n, cacSpace, "Response", "Response"); k != none {
		s.Code = StatusCode(m.answer(k, func(code string) bool { return StatusCode(code).Known() }))
		s.Text = timebok.Hide(m.leaf(m.one(k, cbcSpace, "Description")))
	}
	for k := m.first(n); k != none; k = m.elems[k].next {
		if !m.called(k, cacSpace, "LineResponse") {
			continue
		}
		at := timebok.Hide(m.leaf(m.one(m.one(k, cacSpace, "LineReference"), cbcSpace, "LineID")))
		for r := m.first(k); r != none; r = m.elems[r].next {
			if m.called(r, cacSpace, "Response") {
				m.issues(s, r, at)
			}
		}
	}
	if slices.ContainsFunc(s.Issues, func(i StatusIssue) bool { return !i.Code.Known() }) {
		m.wrong.Add(UnknownResponse, "StatusReasonCode")
	}
	if s.contradictory() {
		m.wrong.Add(ContradictoryStatus, "ResponseCode")
	}
}

// issues reads a Response of a line: an issue for each code in it, and one without a
// code if there is none.
func (m *message) issues(s *Status, n node, at timebok.Private) {
	issue, found := StatusIssue{Location: at, Text: timebok.Hide(m.leaf(m.one(n, cbcSpace, "Description")))}, false
	for k := m.first(n); k != none; k = m.elems[k].next {
		if !m.called(k, cacSpace, "Status") {
			continue
		}
		for c := m.first(k); c != none; c = m.elems[c].next {
			if !m.called(c, cbcSpace, "StatusReasonCode") {
				continue
			}
			if issue.Code = IssueCode(m.leaf(c)); !isCode(string(issue.Code)) {
				issue.Code = ""
			}
			s.Issues, found = append(s.Issues, issue), true
		}
	}
	if !found {
		s.Issues = append(s.Issues, issue)
	}
}

// good reports whether the document went on to its recipient.
func (c StatusCode) good() bool { return c == StatusAccepted || c == StatusBlind }

// contradictory reports whether the status is good and yet lists a failure.
func (s Status) contradictory() bool {
	return s.Code.good() && slices.ContainsFunc(s.Issues, func(i StatusIssue) bool { return i.Code.Failure() })
}

// doubtful reports whether the status is good and yet lists what is no warning: a
// failure, or who knows what.
func (s Status) doubtful() bool {
	return s.Code.good() && slices.ContainsFunc(s.Issues, func(i StatusIssue) bool { return i.Code != RuleWarning })
}

// Next is the state that the status brings an invoice to: Delivered if the
// recipient's access point took it, Refused if it did not. A good status with an issue
// that is no warning changes nothing. A rejected invoice is issued all the same; whether
// to send it once more or to credit it is for a person to decide, by the issues.
func (s Status) Next() (invoice.State, bool) {
	switch {
	case s.doubtful():
		return "", false
	case s.Code.good():
		return invoice.Delivered, true
	case s.Code == StatusRejected:
		return invoice.Refused, true
	}
	return "", false
}

// Mark is the Mark for Biller.Mark, if the status changes the state. It has the
// codes of the issues and no text.
func (s Status) Mark(id invoice.ID, version int64) (invoice.Mark, bool) {
	next, ok := s.Next()
	if !ok {
		return invoice.Mark{}, false
	}
	m := invoice.Mark{Invoice: id, Version: version, State: next}
	for _, i := range s.Issues {
		if i.Code.Known() {
			m.Reasons = append(m.Reasons, string(i.Code))
		}
	}
	return m, true
}
