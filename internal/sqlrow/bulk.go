package sqlrow

import (
	"errors"
	"fmt"

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
	var wrong timebok.Reasons
	switch {
	case table == nil || deletion:
		wrong.Add(timebok.BadValue, "Kind")
	case ref.Kind == timebok.KindClinic && ref.ID != clinic.UUID():
		wrong.Add(timebok.BadID, "ID") // another clinic's
	case ref.Version < 1:
		wrong.Add(timebok.BadValue, "Version")
	}
	if err := wrong.Invalid(); err != nil {
		return Incoming{}, err
	}
	row, err := table.Values(d, clinic, r, make([]any, 0, len(table.Columns())))
	switch {
	case errors.Is(err, ErrNoID):
		return Incoming{}, timebok.Reasons{timebok.Missing.At("ID")}.Invalid()
	case err != nil:
		return Incoming{}, timebok.Reasons{timebok.BadValue.At(string(ref.Kind))}.Invalid()
	}
	return Incoming{r, table, row}, nil
}
