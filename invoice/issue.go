package invoice

import (
	"regexp"
	"slices"
	"strconv"

	"github.com/timebok/timebok"
	"github.com/timebok/timebok/booking"
)

// Kinds of messages that issuing leaves in the outbox.
const (
	SubmitInvoice timebok.MessageKind = "invoice.submit" // an EHF to the access point; Sender handles it
	MailInvoice   timebok.MessageKind = "invoice.mail"   // an invoice to the client; the host's to handle
)

// DecideIssue issues the View's draft: it gets the next number of its party, its
// snapshot and its file, and its sessions are invoiced. What pre-flight refuses
// is a *timebok.Refusal with every reason.
func (b *Biller) DecideIssue(v View, version int64, by timebok.Actor) (Changes, error) {
	draft, err := v.current(version, by)
	if err != nil {
		return Changes{}, err
	}
	verdict, err := b.DecidePreflight(v)
	if err != nil {
		return Changes{}, err
	}
	if err := verdict.Refusals.Refused(); err != nil {
		return Changes{}, err
	}
	x := verdict.Invoice
	x.Version = draft.Version + 1
	bookings := slices.Clone(v.Bookings)
	for i, session := range bookings {
		if holds(session, x.ID) {
			bookings[i] = claim(session, x.Billing, x.ID, true)
		}
	}
	c := Changes{Invoices: []Invoice{x}, Records: b.issued(v, x, verdict.Document, by, "invoice.issue")}
	c.Records = append(c.Records, changed(v.Bookings, bookings)...)
	return c, nil
}

// issued returns the records of an invoice or credit note that is issued with the
// next number: itself, the numbering, the file, the message and the audit entry.
func (b *Biller) issued(v View, x Invoice, body []byte, by timebok.Actor, action string) []timebok.Record {
	next := Numbering{Party: x.Party, Version: 1, Next: x.Number + 1}
	if v.Numbering != nil {
		next.Version = v.Numbering.Version + 1
	}
	message := timebok.Message{
		ID:   timebok.DeriveID[timebok.Message]("invoice", x.ID.String()),
		Kind: MailInvoice, About: x.Ref(), Client: x.Client, Due: b.Time(),
	}
	records := []timebok.Record{x, next, b.audit(by, action, x)}
	if x.Billing.By == timebok.EHF {
		message.Kind = SubmitInvoice
		records = append(records, document(x, body, b.Time()))
	}
	return append(records, message)
}

// A CreditRequest takes an issued invoice back, in full or in part.
type CreditRequest struct {
	Invoice  ID
	Version  int64
	Bookings []booking.ID // the sessions to take back; none: all that are left
	// NoDraft leaves the sessions on no invoice, to be moved to another series,
	// billed otherwise, or not at all. Else they are on a new draft at once.
	NoDraft bool
}

// DecideCredit issues a credit note for the View's invoice, with its own number,
// and makes a new draft of the sessions that it takes back. The Invoices of the
// changes are the credit note, then the draft.
func (b *Biller) DecideCredit(v View, r CreditRequest, by timebok.Actor) (Changes, error) {
	of, err := v.current(r.Version, by)
	if err != nil {
		return Changes{}, err
	}
	if of.Kind != Bill || !of.State.CanBecome(Credited) {
		return Changes{}, timebok.Reasons{NotCreditable.At("Invoice")}.Refused()
	}
	lines, no := chosen(of, r.Bookings)
	if len(no) > 0 {
		return Changes{}, no.Refused()
	}
	note, err := b.creditNote(v, of, lines)
	if err != nil {
		return Changes{}, err
	}
	var body []byte
	if note.Billing.By == timebok.EHF {
		if b.Format == nil {
			return Changes{}, timebok.Reasons{NoFormat.At("Billing.By")}.Refused()
		}
		if body, err = b.Format.Encode(note); err != nil {
			return Changes{}, err
		}
	}
	c := Changes{Invoices: []Invoice{note}, Records: b.issued(v, note, body, by, "invoice.credit")}
	of.Version++
	for _, l := range lines {
		of.Taken = append(of.Taken[:len(of.Taken):len(of.Taken)], Correction{l.Booking, note.ID})
	}
	if len(of.Taken) == len(of.Lines) {
		of.State = Credited
	}
	c.Records = append(c.Records, of, b.audit(by, "invoice.credited", of))
	free := ID{}
	if !r.NoDraft {
		draft := Invoice{
			ID: timebok.NewInvoiceID(b.Source), Version: 1, Kind: Bill, State: Draft, Party: of.Party,
			Billing: of.Billing, Client: of.Client, Series: of.Series, Case: of.Case, Lines: lines,
		}
		free = draft.ID
		c.Invoices = append(c.Invoices, draft)
		c.Records = append(c.Records, draft, b.audit(by, "invoice.draft", draft))
	}
	bookings := slices.Clone(v.Bookings)
	for i, session := range bookings {
		if _, taken := note.Line(session.ID); taken && holds(session, of.ID) {
			bookings[i] = claim(session, of.Billing, free, false)
		}
	}
	c.Records = append(c.Records, changed(v.Bookings, bookings)...)
	return c, nil
}

// chosen returns the lines of an invoice to take back.
func chosen(of Invoice, want []booking.ID) (lines []Line, no timebok.Reasons) {
	for i, id := range want {
		if _, ok := of.Line(id); !ok || of.TakenBack(id) {
			no.Add(UnknownLine, "Bookings["+strconv.Itoa(i)+"]")
		}
	}
	for _, l := range of.Lines {
		if !of.TakenBack(l.Booking) && (len(want) == 0 || slices.Contains(want, l.Booking)) {
			lines = append(lines, l)
		}
	}
	if len(lines) == 0 && len(no) == 0 {
		no.Add(UnknownLine, "Bookings")
	}
	return lines, no
}

// creditNote takes lines of an issued invoice back. It speaks of the same parties
// as the invoice did, whatever they are called now.
func (b *Biller) creditNote(v View, of Invoice, lines []Line) (Invoice, error) {
	loc, err := timebok.LoadZone(v.Clinic.Zone)
	if err != nil {
		return Invoice{}, err
	}
	today := timebok.DayOf(b.Time(), loc)
	note := of
	note.ID, note.Version, note.Kind, note.State = timebok.NewInvoiceID(b.Source), 1, CreditNote, Issued
	note.Number = v.nextNumber()
	note.IssueDate, note.DueDate, note.KID = &today, nil, timebok.KID{}
	note.Lines, note.Taken, note.Transport, note.Reasons = lines, nil, "", nil
	note.Credits = &Reference{Invoice: of.ID, Number: of.Number, IssueDate: *of.IssueDate}
	return note, nil
}

// DecideMark takes the View's invoice to a state that the access point, the payer
// or the bank tells of.
func (b *Biller) DecideMark(v View, m Mark, by timebok.Actor) (Changes, error) {
	x, err := v.current(m.Version, by)
	if err != nil {
		return Changes{}, err
	}
	switch m.State {
	case Submitted, Delivered, Accepted, Refused, Paid:
	default:
		return Changes{}, timebok.Reasons{timebok.BadValue.At("State")}.Invalid()
	}
	for i, code := range m.Reasons {
		if !isCode.MatchString(code) {
			return Changes{}, timebok.Reasons{timebok.BadValue.At("Reasons[" + strconv.Itoa(i) + "]")}.Invalid()
		}
	}
	x, no := x.become(m.State)
	if len(no) > 0 {
		return Changes{}, no.Refused()
	}
	if m.Transport != "" {
		x.Transport = m.Transport
	}
	x.Reasons = m.Reasons
	entry := timebok.Audit(b.Source, by, "invoice."+string(m.State), x, x.Client, m.Reasons...)
	return Changes{Invoices: []Invoice{x}, Records: []timebok.Record{x, entry}}, nil
}

// A Mark says what became of an issued invoice.
type Mark struct {
	Invoice   ID
	Version   int64
	State     State    // Submitted, Delivered, Accepted, Refused or Paid
	Transport string   // the access point's ID of the sending, if new
	Reasons   []string // codes of a rejection, such as "UNR"; words belong in the host's own notes
}

// isCode tells a code from words, which could tell of a person.
var isCode = regexp.MustCompile(`^[A-Za-z0-9._:-]{1,40}$`)
