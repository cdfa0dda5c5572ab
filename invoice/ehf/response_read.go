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
	clock, zoned, _ := xmlTime(h.IssueTime)
	if zoned {
		local = clock.Location()
	}
	y, m, d := h.IssueDate.Date()
	return time.Date(y, m, d, clock.Hour(), clock.Minute(), clock.Second(), clock.Nanosecond(), local)
}

// xmlTime reads an xs:time, whose zone may be missing.
func xmlTime(text string) (clock time.Time, zoned, ok bool) {
	if t, err := time.Parse("15:04:05Z07:00", text); err == nil {
		return t, true, true
	}
	t, err := time.Parse("15:04:05", text)
	return t, false, err == nil
}

// A message is an ApplicationResponse that is being read.
type message struct {
	tree
	wrong timebok.Reasons
}

// readMessage reads an ApplicationResponse of one of some specifications, which
// it says by the number. The specification may go on after what is given.
func readMessage(doc []byte, opts *Options, specifications ...string) (*message, int, error) {
	if opts == nil {
		opts = &Options{}
	}
	m := &message{}
	if err := parse(&m.tree, doc, opts.Limits); err != nil {
		return nil, 0, err
	}
	if string(m.uri(root)) != ublSpace+"ApplicationResponse-2" || string(m.tag(root)) != "ApplicationResponse" {
		return nil, 0, m.fail(NotAnswer, 0)
	}
	stated := m.leaf(m.kid(root, cbcSpace, "CustomizationID"))
	i := slices.IndexFunc(specifications, func(s string) bool { return strings.HasPrefix(stated, s) })
	if i < 0 {
		return nil, 0, m.fail(OtherMessage, 0)
	}
	return m, i, nil
}

// head reads the head. What must be there and is not is added to wrong.
func (m *message) head() (h MessageHead) {
	for k := m.first(root); k != none; k = m.elems[k].next {
		switch {
		case m.called(k, cbcSpace, "ID"):
			h.ID = m.leaf(k)
		case m.called(k, cbcSpace, "IssueDate"):
			h.IssueDate = m.day(k, "IssueDate")
		case m.called(k, cbcSpace, "IssueTime"):
			h.IssueTime = m.leaf(k)
			if _, _, ok := xmlTime(h.IssueTime); !ok {
				h.IssueTime = ""
				m.wrong.Add(timebok.BadValue, "IssueTime")
			}
		case m.called(k, cacSpace, "SenderParty"):
			h.Sender = m.endpoint(k)
		case m.called(k, cacSpace, "ReceiverParty"):
			h.Receiver = m.endpoint(k)
		}
	}
	return h
}

// only is the one child of n of a name, or none. Several are an error.
func (m *message) only(n node, local string, rule *timebok.Rule) node {
	found := none
	for k := m.first(n); k != none; k = m.elems[k].next {
		switch {
		case !m.called(k, cacSpace, local):
		case found != none:
			m.wrong.Add(rule, local)
			return none
		default:
			found = k
		}
	}
	if found == none {
		m.wrong.Add(timebok.Missing, local)
	}
	return found
}

func (m *message) endpoint(party node) Identifier {
	k := m.kid(party, cbcSpace, "EndpointID")
	return Identifier{Scheme: m.attributeText(k, "schemeID"), Value: m.leaf(k)}
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
