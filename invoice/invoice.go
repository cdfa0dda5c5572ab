package invoice

import (
	"time"

	"github.com/rickb777/date"
	"github.com/timebok/timebok"
	"github.com/timebok/timebok/booking"
	"github.com/timebok/timebok/series"
)

// An Invoice is an invoice (faktura) or a credit note (kreditnota). From issue on
// it holds a snapshot of everything that it says.
type Invoice struct {
	ID      ID
	Version int64
	Kind    Kind
	State   State

	Party   timebok.BillingPartyID // who bills
	Billing timebok.Billing        // who pays, and how it reaches them
	Client  timebok.ClientID       // whose sessions
	Series  series.ID              // zero: of sessions in no series
	Case    series.Case            // whose number is the order reference

	// Set at issue, and never changed again.
	Number    int64                // in the series of the party; 0: a draft
	IssueDate *date.Date           // documentation date
	DueDate   *date.Date           // betalingsforfall
	KID       timebok.KID          // payment reference; zero: the number
	Seller    timebok.BillingParty // snapshot
	Payer     *timebok.Payer       // snapshot of the paying organisation; nil: the client pays
	Debtor    *timebok.Client      // snapshot of the paying client; nil: a payer pays
	Place     timebok.Address      // where the sessions took place
	Lines     []Line
	Credits   *Reference   // what a credit note takes back
	Taken     []Correction // what credit notes have taken back of this invoice
	Transport string       // the access point's ID of the sending
	Reasons   []string     // codes of a rejection
}

// An ID names an invoice.
type ID = timebok.InvoiceID

// A Kind tells an invoice from a credit note.
type Kind string

const (
	Bill       Kind = "invoice"
	CreditNote Kind = "credit-note"
)

// A Reference names an issued invoice as a credit note does (bokføringsforskriften
// § 5-2-7 demands it; the official EHF rules do not).
type Reference struct {
	Invoice   ID
	Number    int64
	IssueDate date.Date
}

// A Correction says which line a credit note took back.
type Correction struct {
	Booking booking.ID
	By      ID
}

// A Line is one delivered session on an invoice.
type Line struct {
	Booking   booking.ID
	Item      string // the service's name
	Treatment string // treatment code (TreatmentId)
	Time      timebok.Period
	Zone      string
	Amount    timebok.Money // the recipient's part of the price, without VAT
	VAT       timebok.VAT
	Therapist Therapist
}

// A Therapist is who gave the session, as far as a payer may be told.
type Therapist struct {
	Name       string
	HPR        timebok.HPRNumber
	Profession string
}

// Ref names this version of the invoice.
func (v Invoice) Ref() timebok.Ref {
	return timebok.Ref{Kind: timebok.KindInvoice, ID: v.ID.UUID(), Version: v.Version}
}

// IsDraft reports whether the invoice can still change or be discarded.
func (v Invoice) IsDraft() bool { return v.State == Draft }

// Line returns the line of a booking.
func (v Invoice) Line(b booking.ID) (Line, bool) {
	for _, l := range v.Lines {
		if l.Booking == b {
			return l, true
		}
	}
	return Line{}, false
}

// TakenBack reports whether a credit note took the line of a booking back.
func (v Invoice) TakenBack(b booking.ID) bool {
	for _, c := range v.Taken {
		if c.Booking == b {
			return true
		}
	}
	return false
}

// A Numbering is the gap-free series of invoice numbers of a billing party
// (bokføringsforskriften § 5-1-3). Numbers are taken at issue only, under its
// lock, in the transaction that saves the invoice.
type Numbering struct {
	Party   timebok.BillingPartyID
	Version int64
	Next    int64 // the number of the next invoice
}

// Ref names this version of the numbering.
func (n Numbering) Ref() timebok.Ref {
	return timebok.Ref{Kind: timebok.KindNumbering, ID: n.Party.UUID(), Version: n.Version}
}

// A Document is the file of an issued invoice, byte for byte as it is sent. It is
// kept five years after the accounting year (bokføringsloven § 13).
type Document struct {
	Invoice ID
	Type    string // media type, such as "application/xml"
	Body    []byte
	At      time.Time
}

// Ref names the document; it never changes.
func (d Document) Ref() timebok.Ref {
	return timebok.Ref{Kind: timebok.KindDocument, ID: d.Invoice.UUID(), Version: 1}
}
