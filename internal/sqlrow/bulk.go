package sqlrow

import (
	"context"
	"errors"
	"fmt"
	"iter"

	"github.com/timebok/timebok"
	"github.com/timebok/timebok/storage"
)

// A Bulk is a Mapping in both directions, of whole tables.
type Bulk interface {
	Mapping
	Reads() []string
	// Record is Scan for whatever kind of record.
	Record(d Dialect, row []any) (timebok.Record, error)
}

// BulkOf returns the table of a kind of record, to import and export it. That of
// messages holds storage.Queued, with what the relay wrote. Nil for a kind that
// has no table.
func BulkOf(k timebok.Kind) Bulk {
	if k == timebok.KindMessage {
		return QueuedMessages
	}
	b, _ := mappings[k].(Bulk)
	return b
}

// Record makes a record of the values of Reads.
func (t *Table[T]) Record(d Dialect, row []any) (timebok.Record, error) {
	v, err := t.Scan(d, row)
	if err != nil {
		return nil, err
	}
	r, ok := any(v).(timebok.Record)
	if !ok {
		return nil, fmt.Errorf("%s: no records", t.name)
	}
	return r, nil
}

// An Incoming is a record to import, as a row.
type Incoming struct {
	Record timebok.Record
	Table  Bulk
	Row    []any // the values of the table's Columns
}

// Import makes a row of a record that is to be imported. What can't be is a
// *timebok.InvalidError.
func Import(d Dialect, clinic timebok.ClinicID, r timebok.Record) (Incoming, error) {
	if m, ok := r.(timebok.Message); ok {
		r = storage.Queued{Message: m}
	}
	if r == nil {
		return Incoming{}, timebok.Reasons{timebok.Missing.At("Record")}.Invalid()
	}
	ref := r.Ref()
	table := BulkOf(ref.Kind)
	_, deletion := r.(timebok.Deletion)
	switch {
	case table == nil || deletion:
		return Incoming{}, timebok.Reasons{timebok.BadValue.At("Kind")}.Invalid()
	case ref.Version < 1:
		return Incoming{}, timebok.Reasons{timebok.BadValue.At("Version")}.Invalid()
	}
	row, err := Row(d, table, clinic, r, 0)
	return Incoming{r, table, row}, err
}

// ImportAll imports records batch by batch: store adds what became of one to the
// report of those before, in a transaction.
func ImportAll(ctx context.Context, d Dialect, clinic timebok.ClinicID, records iter.Seq2[timebok.Record, error], o *storage.ImportOptions,
	store func(batch []Incoming, before storage.ImportReport) (storage.ImportReport, error),
) (storage.ImportReport, error) {
	var report storage.ImportReport
	if clinic.IsZero() {
		return report, timebok.Reasons{timebok.Missing.At("Clinic")}.Invalid()
	}
	batch := make([]Incoming, 0, o.BatchSize())
	send := func() error {
		if len(batch) == 0 {
			return ctx.Err()
		}
		next, err := store(batch, report)
		if err != nil {
			return err
		}
		report, batch = next, batch[:0]
		o.Tell(report)
		return nil
	}
	for r, err := range records {
		var in Incoming
		if err == nil {
			in, err = Import(d, clinic, r)
		}
		if err != nil { // what came before stays
			err = errors.Join(send(), err)
			return report, err
		}
		if batch = append(batch, in); len(batch) == cap(batch) {
			if err := send(); err != nil {
				return report, err
			}
		}
	}
	err := send()
	return report, err
}
