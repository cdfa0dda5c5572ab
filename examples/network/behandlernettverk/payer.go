package behandlernettverk

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/timebok/timebok"
	"github.com/timebok/timebok/insurance"
	"github.com/timebok/timebok/invoice/ehf"
	"github.com/timebok/timebok/series"
)

// A Verdict is what the payer says of a document: accepted, or rejected with
// everything that is wrong. A real payer says it within two working days, in an
// e-mail to the firm that billed.
type Verdict struct {
	Number   string    `json:"number"` // of the document
	Case     string    `json:"case"`
	Seller   string    `json:"seller"` // organisation number
	Credit   bool      `json:"credit"` // it is a credit note
	Sessions int       `json:"sessions"`
	Accepted bool      `json:"accepted"`
	Wrong    []Wrong   `json:"wrong,omitempty"`
	At       time.Time `json:"at"`
}

// A Wrong is one thing that a document is rejected for.
type Wrong struct {
	Code string `json:"code"` // such as "treatment.late"
	Line string `json:"line,omitempty"`
	Text string `json:"text"` // in Norwegian
}

// A document is one that was received.
type document struct {
	verdict  Verdict
	content  string
	sessions []session // or what a credit note takes back
}

// A session is a line that was accepted, or would be.
type session struct {
	at, treatment string
	amount        timebok.Money
}

// Receive is the payer's mailbox: it checks an EHF document by what is published
// for treatment assignments (OrderReference, TreatmentId, TreatmentDateTime), the
// case's cover and the deadlines of the payer's terms. The same document again has
// the same verdict.
func (n *Network) Receive(content []byte) Verdict {
	n.mu.Lock()
	defer n.mu.Unlock()
	d := n.read(content)
	for _, old := range n.docs {
		if old.content == d.content {
			return old.verdict
		}
		if old.verdict.Accepted && old.verdict.Number == d.verdict.Number && old.verdict.Seller == d.verdict.Seller && d.verdict.Number != "" {
			d.reject("document.number", "", "et annet dokument med samme nummer er mottatt")
		}
	}
	d.verdict.Accepted = len(d.verdict.Wrong) == 0
	n.docs = append(n.docs, d)
	return d.verdict
}

// Verdicts returns the verdict of every document, in the order of arrival.
func (n *Network) Verdicts() []Verdict {
	n.mu.Lock()
	defer n.mu.Unlock()
	var out []Verdict
	for _, d := range n.docs {
		out = append(out, d.verdict)
	}
	return out
}

func (d *document) reject(code, line, text string) {
	d.verdict.Wrong = append(d.verdict.Wrong, Wrong{code, line, text})
}

// read judges a document. The lock must be held.
func (n *Network) read(content []byte) document {
	d := document{content: string(content), verdict: Verdict{At: n.source.Time()}}
	report, err := ehf.Validate(content, nil)
	if err != nil {
		d.reject("document.unreadable", "", "dokumentet kan ikke leses")
		return d
	}
	for _, f := range report.Findings {
		if f.Flag == ehf.Fatal {
			d.reject(f.Rule, "", f.Text("nb"))
		}
	}
	if !report.Schema {
		d.reject("document.schema", "", "dokumentet er ikke gyldig UBL 2.1")
	}
	doc, _, err := ehf.Decode(content, nil)
	if err != nil {
		d.reject("document.unreadable", "", "dokumentet kan ikke leses")
		return d
	}
	d.verdict.Number, d.verdict.Case, d.verdict.Seller = doc.Number, doc.Order, doc.Seller.Org.Value
	d.verdict.Credit = doc.Type == ehf.TypeCreditNote
	d.verdict.Sessions = len(doc.Lines)
	if doc.Order == "" {
		d.reject("case.missing", "", "sakID mangler (OrderReference/ID)")
		return d
	}
	if !n.fake.Knows(doc.Order) {
		d.reject("case.unknown", "", "sakID-en finnes ikke")
		return d
	}
	c := n.fake.Case(doc.Order)
	if doc.Buyer.Org.Value != c.Payer.Org.String() {
		d.reject("payer.other", "", "saken betales av en annen mottaker")
	}
	if d.verdict.Credit {
		n.credit(&d, doc)
		return d
	}
	n.deadline(&d, doc, c)
	n.lines(&d, doc, c)
	n.cover(&d, c)
	return d
}

// deadline checks that the payer has its time to pay.
func (n *Network) deadline(d *document, doc ehf.Document, c insurance.Case) {
	if doc.IssueDate != nil && doc.DueDate != nil && c.Payer.DueDays > 0 && int(doc.DueDate.Sub(*doc.IssueDate)) < c.Payer.DueDays {
		d.reject("due.early", "", fmt.Sprintf("forfall skal være minst %d dager etter fakturadato", c.Payer.DueDays))
	}
}

// credit checks what a credit note takes back.
func (n *Network) credit(d *document, doc ehf.Document) {
	for _, p := range doc.Preceding {
		known := slices.ContainsFunc(n.docs, func(old document) bool {
			v := old.verdict
			return v.Accepted && !v.Credit && v.Number == p.Number && v.Seller == d.verdict.Seller && v.Case == d.verdict.Case
		})
		if !known {
			d.reject("credit.unknown", "", "fakturaen som krediteres, er ikke mottatt")
		}
	}
	if len(doc.Preceding) == 0 {
		d.reject("credit.missing", "", "kreditnotaen viser ikke til noen faktura")
	}
	have := n.accepted(d.verdict.Case)
	for _, l := range doc.Lines {
		s := session{treatment: property(l, ehf.TreatmentID), at: property(l, ehf.TreatmentDateTime)}
		if !slices.ContainsFunc(have, s.same) {
			d.reject("credit.session", l.ID, "timen er ikke fakturert, eller kreditert før")
		}
		d.sessions = append(d.sessions, s)
	}
}

// lines checks what each line says of its session.
func (n *Network) lines(d *document, doc ehf.Document, c insurance.Case) {
	oslo, err := timebok.LoadZone(timebok.OsloZone)
	if err != nil {
		panic(err) // it is embedded
	}
	have := n.accepted(c.Number)
	today := timebok.DayOf(n.source.Time(), oslo)
	for _, l := range doc.Lines {
		s := session{treatment: property(l, ehf.TreatmentID), at: property(l, ehf.TreatmentDateTime)}
		s.amount, _ = l.Amount() // Validate has found what can't be added up
		at, err := time.ParseInLocation(ehf.TreatmentTime, s.at, oslo)
		switch {
		case s.treatment == "":
			d.reject("treatment.missing", l.ID, "TreatmentId mangler")
		case s.at == "":
			d.reject("time.missing", l.ID, "TreatmentDateTime mangler")
		case err != nil:
			d.reject("time.invalid", l.ID, "TreatmentDateTime er ikke på formen "+ehf.TreatmentTime)
		default:
			day := timebok.DayOf(at, oslo)
			if at.After(n.source.Time()) {
				d.reject("treatment.future", l.ID, "timen er ikke holdt ennå")
			}
			if c.ValidFrom != nil && day.Before(*c.ValidFrom) || c.ValidTo != nil && day.After(*c.ValidTo) {
				d.reject("cover.period", l.ID, "timen er utenfor sakens gyldighet")
			}
			if days := int(today.Sub(day)); c.Payer.ClaimDays > 0 && days > c.Payer.ClaimDays {
				d.reject("treatment.late", l.ID, fmt.Sprintf("timen er eldre enn %d dager", c.Payer.ClaimDays))
			}
			if slices.ContainsFunc(append(have, d.sessions...), s.same) {
				d.reject("treatment.twice", l.ID, "timen er fakturert før")
			}
		}
		d.sessions = append(d.sessions, s)
	}
}

// cover checks that the sessions are within what the case covers.
func (n *Network) cover(d *document, c insurance.Case) {
	all := append(n.accepted(c.Number), d.sessions...)
	for _, line := range c.Caps {
		count, sum := 0, timebok.Money{}
		if line.Treatment == "" {
			count = c.Used
		}
		for _, s := range all {
			if line.Treatment == "" || line.Treatment == s.treatment {
				count++
				sum = sum.Add(s.amount)
			}
		}
		switch {
		case line.Unit == series.CapSessions && count > line.Sessions:
			d.reject("cover.sessions", "", fmt.Sprintf("saken dekker %d timer, dette ville gjort det til %d", line.Sessions, count))
		case line.Unit == series.CapAmount && sum.Compare(line.Amount) > 0:
			d.reject("cover.amount", "", "saken dekker ikke så mye")
		}
	}
}

// accepted returns the sessions of a case that are accepted and not taken back.
func (n *Network) accepted(number string) []session {
	var out []session
	for _, d := range n.docs {
		if !d.verdict.Accepted || !strings.EqualFold(d.verdict.Case, number) {
			continue
		}
		if !d.verdict.Credit {
			out = append(out, d.sessions...)
			continue
		}
		for _, back := range d.sessions {
			if i := slices.IndexFunc(out, back.same); i >= 0 {
				out = slices.Delete(out, i, i+1)
			}
		}
	}
	return out
}

func (s session) same(o session) bool { return s.at == o.at && s.treatment == o.treatment }

func property(l ehf.Line, name string) string {
	for _, p := range l.Properties {
		if p.Name == name {
			return p.Value
		}
	}
	return ""
}
