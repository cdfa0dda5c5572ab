package invoice

import (
	"context"
	"iter"

	"github.com/timebok/timebok"
	"github.com/timebok/timebok/booking"
	"github.com/timebok/timebok/series"
)

// Tx is what the use-cases of this package need of a transaction.
type Tx interface {
	// ClinicID is the clinic that the transaction is bound to.
	ClinicID() timebok.ClinicID
	// LoadInvoicing locks what the needs name - series, then client, then the
	// numbering of the party - and reads the View. What does not exist is nil.
	LoadInvoicing(ctx context.Context, n Needs) (View, error)
	// Invoice reads one invoice, or fails with a *timebok.NotFoundError.
	Invoice(ctx context.Context, id ID) (Invoice, error)
	// Invoices lists invoices: issued ones by party and number, drafts after
	// them by ID.
	Invoices(ctx context.Context, f Filter) iter.Seq2[Invoice, error]
	// Document reads the file of an issued invoice, or fails with a
	// *timebok.NotFoundError.
	Document(ctx context.Context, id ID) (Document, error)
	// Save is as in booking.Tx.
	Save(records ...timebok.Record)
}

// Needs says what a decision about invoices must know. Zero fields are not read.
type Needs struct {
	Invoice ID                     // one to change; without Series: with the bookings of its lines
	Series  series.ID              // with all bookings in it
	Client  timebok.ClientID       // without Series and Invoice: with all bookings in no series
	Party   timebok.BillingPartyID // whose numbering is locked
}

// A View is what a decision about invoices knows.
type View struct {
	Clinic        timebok.Clinic
	Invoice       *Invoice
	Series        *series.Series
	Client        *timebok.Client
	Numbering     *Numbering
	Bookings      []booking.Booking // of Series; without it the Invoice's; without that the Client's in no series; by start and ID
	Parties       []timebok.BillingParty
	Payers        []timebok.Payer
	Services      []timebok.Service
	Practitioners []timebok.Practitioner
}

// A Filter chooses invoices. Zero fields choose all.
type Filter struct {
	Party  timebok.BillingPartyID
	Client timebok.ClientID
	Series series.ID
	States []State
	After  *Invoice // those after this one in the order of the list
	Limit  int      // at most so many; 0: all
}
