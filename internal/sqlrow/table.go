package sqlrow

import (
	"fmt"
	"slices"

	"github.com/timebok/timebok"
)

// A Table maps records of one kind. The T of a table that is only read need not
// be a Record.
type Table[T any] struct {
	name    string
	columns []column[T]
	written []string // names, clinic_id first
	read    []string
	getters []column[T] // those of read
	version bool
}

// A column holds one value of a record. Without put it is only read, without get
// only written.
type column[T any] struct {
	name string
	put  func(d Dialect, r *T) (any, error)
	get  func(d Dialect, r *T, v any) error
}

func table[T any](name string, groups ...[]column[T]) *Table[T] {
	t := &Table[T]{name: name, written: []string{"clinic_id"}}
	for _, g := range groups {
		t.columns = append(t.columns, g...)
	}
	for _, c := range t.columns {
		t.version = t.version || c.name == "version"
		if c.put != nil {
			t.written = append(t.written, c.name)
		}
		if c.get != nil {
			t.read = append(t.read, c.name)
			t.getters = append(t.getters, c)
		}
	}
	return t
}

// only reads some columns of a table.
func only[T any](t *Table[T], names ...string) *Table[T] {
	var some []column[T]
	for _, c := range t.columns {
		if slices.Contains(names, c.name) {
			some = append(some, column[T]{name: c.name, get: c.get})
		}
	}
	return table(t.name, some)
}

// Name is the name of the table.
func (t *Table[T]) Name() string { return t.name }

// Columns are the columns that are written, in the order of Values: clinic_id,
// id, then version if there is one.
func (t *Table[T]) Columns() []string { return t.written }

// Reads are the columns that Scan reads, in its order.
func (t *Table[T]) Reads() []string { return t.read }

// HasVersion reports whether the rows carry a version. Those that don't are
// always at version 1.
func (t *Table[T]) HasVersion() bool { return t.version }

// Values appends the values of the Columns to row. The record must be a T.
func (t *Table[T]) Values(d Dialect, clinic timebok.ClinicID, r timebok.Record, row []any) ([]any, error) {
	v, ok := r.(T)
	if !ok {
		return row, fmt.Errorf("a %T where a %T belongs", r, v)
	}
	row = append(row, d.PutID(clinic.UUID()))
	for _, c := range t.columns {
		if c.put == nil {
			continue
		}
		value, err := c.put(d, &v)
		if err != nil {
			return row, fmt.Errorf("%s.%s: %w", t.name, c.name, err)
		}
		row = append(row, value)
	}
	return row, nil
}

// Scan makes a record of the values of Reads. An error names the column, and
// never holds the value.
func (t *Table[T]) Scan(d Dialect, row []any) (r T, err error) {
	err = t.ScanTo(d, row, &r)
	return r, err
}

// ScanTo is Scan into a zero record.
func (t *Table[T]) ScanTo(d Dialect, row []any, to *T) error {
	if len(row) < len(t.getters) {
		return fmt.Errorf("%s: %d columns where %d belong", t.name, len(row), len(t.getters))
	}
	for i := range t.getters {
		if row[i] == nil {
			continue
		}
		if err := t.getters[i].get(d, to, row[i]); err != nil {
			return fmt.Errorf("%s.%s: %w", t.name, t.getters[i].name, err)
		}
	}
	return nil
}

// A Mapping is a Table of some kind of record, to write it.
type Mapping interface {
	Name() string
	Columns() []string
	HasVersion() bool
	Values(d Dialect, clinic timebok.ClinicID, r timebok.Record, row []any) ([]any, error)
}

// Of returns the table of a kind of record, or nil.
func Of(k timebok.Kind) Mapping { return mappings[k] }

// Kinds lists every kind of record that has a table.
func Kinds() []timebok.Kind {
	kinds := make([]timebok.Kind, 0, len(mappings))
	for k := range mappings {
		kinds = append(kinds, k)
	}
	return kinds
}

var mappings = map[timebok.Kind]Mapping{
	timebok.KindClinic:       Clinics,
	timebok.KindBillingParty: BillingParties,
	timebok.KindPractitioner: Practitioners,
	timebok.KindClient:       Clients,
	timebok.KindService:      Services,
	timebok.KindPayer:        Payers,
	timebok.KindAgreement:    PriceAgreements,
	timebok.KindSeries:       SeriesTable,
	timebok.KindBooking:      Bookings,
	timebok.KindSchedule:     Schedules,
	timebok.KindAbsence:      Absences,
	timebok.KindConnection:   Connections,
	timebok.KindEvent:        Events,
	timebok.KindExternal:     Externals,
	timebok.KindInvoice:      Invoices,
	timebok.KindNumbering:    Numberings,
	timebok.KindDocument:     Documents,
	timebok.KindMessage:      Messages,
	timebok.KindAudit:        AuditEntries,
}
