package storage

import (
	"context"
	"iter"

	"github.com/timebok/timebok"
)

// A Bulk is a Driver that takes and gives whole clinics: for the move from an
// earlier journal system, and from one database to another. All drivers of
// Timebok are Bulks.
//
// Import and Export pass the records as they are, past every rule of the desk.
// A message is a Queued, with its attempts, and without its lease.
type Bulk interface {
	Driver

	// Import stores records at whatever version they have, in transactions of some
	// thousand records each, so an import that was cut off is simply run again: a
	// record that is there already is counted and left as it is. One whose content
	// differs from what is there, or that a constraint refuses, is reported. The
	// error of the sequence ends the import; what came before stays.
	Import(ctx context.Context, clinic timebok.ClinicID, records iter.Seq2[timebok.Record, error], o *ImportOptions) (ImportReport, error)
	// Export lists every record of the clinic as it was at one moment, by kind.
	Export(ctx context.Context, clinic timebok.ClinicID) iter.Seq2[timebok.Record, error]

	// Fence closes the clinic for every Update, and keeps its messages from being
	// leased, until Unfence. It returns when no Update that began before is still
	// running. An Update of a fenced clinic fails with a *timebok.UnavailableError.
	// The fence is kept in the database, so it holds for all who use it. Fencing
	// twice is fencing once.
	Fence(ctx context.Context, clinic timebok.ClinicID) error
	// Unfence opens the clinic again.
	Unfence(ctx context.Context, clinic timebok.ClinicID) error
	// Erase takes away all records of a fenced clinic. It refuses one that is not
	// fenced. The fence stays.
	Erase(ctx context.Context, clinic timebok.ClinicID) error
}

// ImportOptions tune an import. The zero ImportOptions are the defaults.
type ImportOptions struct {
	Batch    int                // records in a transaction; 0: 5,000
	Progress func(ImportReport) // told after each transaction
}

// An ImportReport counts what became of the records of an import.
type ImportReport struct {
	Added   int           // new
	Same    int           // there already, equal
	Differs []timebok.Ref // there already, and not equal
	Refused []timebok.Ref // by a constraint: an overlap, a case or a number that is taken
}
