package storage

import (
	"context"
	"errors"
	"iter"
	"slices"

	"github.com/timebok/timebok"
)

// A Bulk is a Driver that takes and gives whole clinics: for the move from an
// earlier journal system, and from one database to another. All drivers of
// Timebok are Bulks.
//
// Import and Export pass the records as they are, past every rule of the desk.
// A message is a Queued, with its attempts, and without its lease; Import takes a
// timebok.Message for one that was never attempted.
type Bulk interface {
	Driver

	// Import stores records at whatever version they have, in transactions of some
	// thousand records each, so an import that was cut off is simply run again: a
	// record that is there already is counted and left as it is. One whose content
	// differs from what is there, or that a constraint refuses, is reported. The
	// error of the sequence ends the import; what came before stays. The clinic may
	// be fenced.
	Import(ctx context.Context, clinic timebok.ClinicID, records iter.Seq2[timebok.Record, error], o *ImportOptions) (ImportReport, error)
	// Export lists every record of the clinic as it was at one moment: by kind, in
	// the order of Kinds, and each kind by ID. The body of the loop may use other
	// transactions.
	Export(ctx context.Context, clinic timebok.ClinicID) iter.Seq2[timebok.Record, error]

	// Fence closes the clinic for every Update, and keeps its messages from being
	// leased, until Unfence. It returns when no Update that began before is still
	// running. An Update of a fenced clinic fails with the error of Fenced, and so
	// does a View that saves audit entries; other Views go on, and messages that
	// were leased before may be settled. The fence is kept in the database, so it
	// holds for all who use it. Fencing twice is fencing once.
	Fence(ctx context.Context, clinic timebok.ClinicID) error
	// Unfence opens the clinic again.
	Unfence(ctx context.Context, clinic timebok.ClinicID) error
	// Erase takes away all records of a fenced clinic, the clinic's own first. It
	// refuses one that is not fenced, with a *timebok.Refusal of NotFenced. The
	// fence stays. When it was cut off, it is run again.
	Erase(ctx context.Context, clinic timebok.ClinicID) error
}

// ImportOptions tune an import. Nil is the zero ImportOptions, which are the
// defaults.
type ImportOptions struct {
	Batch    int                // records in a transaction; 0: 5,000
	Progress func(ImportReport) // told after each transaction
}

// BatchSize is Batch, or its default.
func (o *ImportOptions) BatchSize() int {
	if o == nil || o.Batch <= 0 {
		return 5000
	}
	return o.Batch
}

// Tell calls Progress, if there is one.
func (o *ImportOptions) Tell(r ImportReport) {
	if o != nil && o.Progress != nil {
		o.Progress(r)
	}
}

// An ImportReport counts what became of the records of an import.
type ImportReport struct {
	Added   int           // new
	Same    int           // there already, equal
	Differs []timebok.Ref // there already, and not equal
	Refused []timebok.Ref // by a constraint: an overlap, a case or a number that is taken
}

// Total is how many records the report is about.
func (r ImportReport) Total() int { return r.Added + r.Same + len(r.Differs) + len(r.Refused) }

// Kinds lists the kinds of records in the order of an Export: what others hang on
// stands before them.
func Kinds() []timebok.Kind { return slices.Clone(kinds) }

var kinds = []timebok.Kind{
	timebok.KindClinic, timebok.KindBillingParty, timebok.KindPractitioner, timebok.KindService,
	timebok.KindPayer, timebok.KindAgreement, timebok.KindSchedule, timebok.KindAbsence,
	timebok.KindClient, timebok.KindSeries, timebok.KindBooking,
	timebok.KindConnection, timebok.KindEvent, timebok.KindExternal,
	timebok.KindInvoice, timebok.KindNumbering, timebok.KindDocument,
	timebok.KindMessage, timebok.KindAudit,
}

// ErrFenced is the cause in the error of an Update of a fenced clinic. A Router
// looks for the clinic elsewhere then.
var ErrFenced = errors.New("timebok: storage: the clinic is fenced: it is being moved, or was")

// Fenced is the error of an Update of a fenced clinic. Backends return it.
func Fenced() error { return &timebok.UnavailableError{What: "storage", Cause: ErrFenced} }
