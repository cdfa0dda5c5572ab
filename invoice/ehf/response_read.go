package ehf

import (
	"slices"
	"strings"
	"time"

	civil "github.com/rickb777/date"
	"github.com/timebok/timebok"
)

// Kinds of a ReadError from documents that are no invoices.
const (
	NotAnswer    ReadErrorKind = "no UBL ApplicationResponse-2"
	OtherMessage ReadErrorKind = "an ApplicationResponse of another specification"
	NotEnvelope  ReadErrorKind = "no StandardBusinessDocument"
)

// A MessageHead is what an Invoice Response and a Message Level Status have in
// common.
type MessageHead struct {
	ID        string      `json:"id"`                  // the message's own number
	IssueDate *civil.Date `json:"issueDate,omitempty"` // nil if it can't be read
	// IssueTime is as written, such as 12:00:00Z, "" if there is none. An Invoice
	// Response need not say in which zone it is.
	IssueTime string     `json:"issueTime,omitempty"`
	Sender    Identifier `json:"sender"`   // electronic address of who answers
	Receiver  Identifier `json:"receiver"` // and of who is answered
}

// Issued is the instant of issue. A time without a zone is taken to be in local,
// a message without a time to be of the day's beginning there. It is the zero
// time if the message has no date.
func (h MessageHead) Issued(local *time.Location) time.Time {
	if h.IssueDate == nil {
		return time.Time{}
	}
	clock, zone, _ := parseClock([]byte(h.IssueTime))
	if zone != nil {
		local = zone
	}
	y, m, d := h.IssueDate.Date()
	return clockOn(y, m, d, clock, local)
}

// A MessageParty is someone that a message names.
type MessageParty struct {
	ID   Identifier `json:"id,omitzero"`
	Name string     `json:"name,omitempty"`
}

// IsZero reports whether nobody is named.
func (p MessageParty) IsZero() bool { return p == MessageParty{} }

// A message is an ApplicationResponse that is being read.
type message struct {
	tree
	wrong timebok.Reasons
}

// A specification is a sort of message, by what its CustomizationID and ProfileID say.
type specification struct {
	customization string
	longer        bool // the customization may go on
	profiles      []string
}

// readMessage reads an ApplicationResponse of one of some specifications, which
// it returns.
func readMessage(doc []byte, opts *Options, of ...*specification) (*message, *specification, error) {
	if opts == nil {
		opts = &Options{}
	}
	m := &message{}
	if err := parse(&m.tree, doc, opts.Limits); err != nil {
		return nil, nil, err
	}
	if string(m.uri(root)) != ublSpace+"ApplicationResponse-2" || string(m.tag(root)) != "ApplicationResponse" {
		return nil, nil, m.fail(NotAnswer, 0)
	}
	stated := m.leaf(m.kid(root, cbcSpace, "CustomizationID"))
	i := slices.IndexFunc(of, func(s *specification) bool {
		return stated == s.customization || s.longer && strings.HasPrefix(stated, s.customization)
	})
	if i < 0 {
		return nil, nil, m.fail(OtherMessage, 0)
	}
	m.one(root, cbcSpace, "CustomizationID")
	if !slices.Contains(of[i].profiles, m.leaf(m.one(root, cbcSpace, "ProfileID"))) {
		m.wrong.Add(timebok.BadValue, "ProfileID")
	}
	return m, of[i], nil
}

// head reads the head. What must be there and is not is added to wrong.
func (m *message) head() MessageHead {
	h := MessageHead{
		ID: m.text(root, "ID", "ID"), IssueDate: m.day(m.must(root, cbcSpace, "IssueDate", "IssueDate"), "IssueDate"),
		Sender: m.endpoint("SenderParty"), Receiver: m.endpoint("ReceiverParty"),
	}
	if k := m.one(root, cbcSpace, "IssueTime"); k != none {
		h.IssueTime = m.leaf(k)
		if _, _, ok := parseClock([]byte(h.IssueTime)); !ok {
			h.IssueTime = ""
			m.wrong.Add(timebok.BadValue, "IssueTime")
		}
	}
	return h
}

// one is the one child of n of a name, or none. Of several none counts: they may
// contradict each other.
func (m *message) one(n node, sp space, local string) node {
	k := m.kid(n, sp, local)
	if k == none {
		return none
	}
	for other := m.elems[k].next; other != none; other = m.elems[other].next {
		if m.called(other, sp, local) {
			twice := SeveralResponses.At(local)
			if !slices.ContainsFunc(m.wrong, func(r timebok.Reason) bool { return r.Rule == twice.Rule && r.Field == twice.Field }) {
				m.wrong.Add(SeveralResponses, local)
			}
			return none
		}
	}
	return k
}

// must is one that must be there. The field is what it is called if it isn't.
func (m *message) must(n node, sp space, local, field string) node {
	if m.kid(n, sp, local) == none {
		m.wrong.Add(timebok.Missing, field)
		return none
	}
	return m.one(n, sp, local)
}

// text is a text that must be there.
func (m *message) text(n node, local, field string) string {
	k := m.must(n, cbcSpace, local, field)
	text := m.leaf(k)
	if k != none && text == "" {
		m.wrong.Add(timebok.Missing, field)
	}
	return text
}

// answer is the code of an answer, "" if there is none that looks like a code.
func (m *message) answer(n node, known func(code string) bool) string {
	code := m.text(n, "ResponseCode", "ResponseCode")
	if code == "" || known(code) {
		return code
	}
	m.wrong.Add(UnknownResponse, "ResponseCode")
	if !isCode(code) {
		return ""
	}
	return code
}

func (m *message) endpoint(party string) Identifier {
	k := m.must(root, cacSpace, party, party)
	if k == none {
		return Identifier{}
	}
	text := m.text(k, "EndpointID", party+".EndpointID")
	return Identifier{Scheme: m.attributeText(m.kid(k, cbcSpace, "EndpointID"), "schemeID"), Value: text}
}

// party is who a message names in a part of it, nobody if the part is not there.
func (m *message) party(n node, local string) MessageParty {
	p := m.one(n, cacSpace, local)
	if p == none {
		return MessageParty{}
	}
	id := m.one(m.one(p, cacSpace, "PartyIdentification"), cbcSpace, "ID")
	name := m.leaf(m.one(m.one(p, cacSpace, "PartyLegalEntity"), cbcSpace, "RegistrationName"))
	if name == "" {
		name = m.leaf(m.one(m.one(p, cacSpace, "PartyName"), cbcSpace, "Name"))
	}
	return MessageParty{Identifier{Scheme: m.attributeText(id, "schemeID"), Value: m.leaf(id)}, name}
}

// day reads an optional date.
func (m *message) day(n node, field string) *civil.Date {
	if n == none {
		return nil
	}
	day, ok := civilDate([]byte(m.leaf(n)))
	if !ok {
		m.wrong.Add(timebok.BadValue, field)
		return nil
	}
	return &day
}

// called reports whether n is an element of that name. The vocabulary has only
// the names of invoices, so that these messages are read by text.
func (t *tree) called(n node, sp space, local string) bool {
	return t.elems[n].space == sp && string(t.tag(n)) == local
}

// kid is the first child of n of that name, or none. It takes none for n.
func (t *tree) kid(n node, sp space, local string) node {
	if n == none {
		return none
	}
	for k := t.first(n); k != none; k = t.elems[k].next {
		if t.called(k, sp, local) {
			return k
		}
	}
	return none
}

// leaf is the text of an element without child elements, white space normalised;
// "" for any other and for none.
func (t *tree) leaf(n node) string {
	if n == none || t.elems[n].flags&hasChild != 0 {
		return ""
	}
	return string(normal(t.value(n)))
}

// attributeText is the value of an attribute of n in no namespace, or "".
func (t *tree) attributeText(n node, local string) string {
	if n == none {
		return ""
	}
	e := &t.elems[n]
	for i := e.attrs; i < e.attrsEnd; i++ {
		if a := &t.attrs[i]; a.space == noSpace && string(t.src[a.local:a.raw.to]) == local {
			return string(normal(t.bytes(a.value, a.side)))
		}
	}
	return ""
}

// isCode reports whether a text looks like a code of a list. What does not may
// hold anything, a person's name too.
func isCode(text string) bool {
	for _, c := range []byte(text) {
		if (c < 'A' || c > 'Z') && (c < '0' || c > '9') {
			return false
		}
	}
	return len(text) >= 2 && len(text) <= 4
}
