package sqlite

import (
	"database/sql/driver"
	"errors"
	"strings"

	"github.com/timebok/timebok"
	"github.com/timebok/timebok/internal/sqlrow"
)

// Save holds records until the transaction reads or commits. Of several saves of
// one record the last is written. What the caller does to a record afterwards
// changes nothing of it.
func (t *tx) Save(records ...timebok.Record) {
	if t.ended || t.failed != nil {
		return
	}
	for _, r := range records {
		if err := t.hold(r); err != nil {
			t.failed = err
			return
		}
	}
}

func (t *tx) hold(r timebok.Record) error {
	if t.view {
		return t.seen.Hold(r)
	}
	row, err := values(t.id, r)
	if err != nil {
		return err
	}
	_, err = t.held.Hold(r, row)
	return err
}

// values returns the columns of a record, none for a Deletion.
func values(clinic timebok.ClinicID, r timebok.Record) ([]any, error) {
	if _, gone := r.(timebok.Deletion); gone {
		return nil, nil
	}
	w, ok := writes[r.Ref().Kind]
	if !ok {
		return nil, timebok.Reasons{timebok.BadValue.At("Kind")}.Invalid()
	}
	return sqlrow.Row(sqlrow.SQLite{}, w.table, clinic, r, 3) // places for the key that an update ends with
}

// put writes one change.
func (t *tx) put(c sqlrow.Change) error {
	ref := c.Record.Ref()
	w, ok := writes[ref.Kind]
	if !ok {
		return timebok.Reasons{timebok.BadValue.At("Kind")}.Invalid()
	}
	if d, gone := c.Record.(timebok.Deletion); gone {
		return t.delete(w, d, c.Base)
	}
	if c.Base == 0 && ref.Version >= 1 {
		return t.insert(w, c.Record, c.Row)
	}
	return t.update(w, c)
}

func (t *tx) insert(w *writeSQL, r timebok.Record, row []any) error {
	ref := r.Ref()
	sql, args := w.insert.of(row)
	n, err := t.add(sqlrow.KeyOf(r), sql, args)
	if err != nil {
		return t.refused(err, r)
	}
	if n == 0 {
		return &timebok.ExistsError{Ref: ref}
	}
	return nil
}

func (t *tx) update(w *writeSQL, c sqlrow.Change) error {
	args := append(c.Row[2:], c.Row[0], c.Row[1])
	if w.table.HasVersion() {
		args = append(args, c.Base)
	} else if c.Base != 1 || c.Record.Ref().Version != 1 {
		return t.missed(w, sqlrow.Stale(c.Record.Ref(), 0))
	}
	n, err := t.write(w.update, args...)
	if err != nil {
		return t.refused(err, c.Record)
	}
	if n == 0 {
		return t.missed(w, &timebok.StaleError{Ref: at(c.Record.Ref(), c.Base)})
	}
	return nil
}

func (t *tx) delete(w *writeSQL, d timebok.Deletion, base int64) error {
	switch d.Of.Kind {
	case timebok.KindAudit, timebok.KindMessage: // what was done stays done; the relay ends messages
		return timebok.Reasons{timebok.BadValue.At("Deletion.Of.Kind")}.Invalid()
	}
	if base == 0 && d.Of.Version > 0 {
		return nil // never written
	}
	args := []any{t.clinic, d.Of.ID[:]}
	if w.table.HasVersion() {
		args = append(args, base)
	} else if base != 1 {
		return t.missed(w, sqlrow.Stale(d.Ref(), 0))
	}
	n, err := t.write(w.remove, args...)
	if err != nil {
		return t.refused(err, d)
	}
	if n == 0 {
		return t.missed(w, &timebok.StaleError{Ref: d.Of})
	}
	return nil
}

func at(ref timebok.Ref, version int64) timebok.Ref {
	ref.Version = version
	return ref
}

// missed completes a StaleError with the version that is stored.
func (t *tx) missed(w *writeSQL, err error) error {
	var e *timebok.StaleError
	if errors.As(err, &e) {
		_ = t.query(w.version, []any{t.clinic, e.Ref.ID[:]}, func(row []driver.Value) error {
			e.Stored, _ = row[0].(int64)
			return nil
		})
	}
	return err
}

// refused is the error of a write that SQLite did not carry out.
func (t *tx) refused(err error, r timebok.Record) error {
	typed, only := classifyWrite(err, r)
	t.spoiled = t.spoiled || !only
	return typed
}

// A writeSQL is the statements that write one kind of record.
type writeSQL struct {
	table                   sqlrow.Mapping
	insert                  insertSQL
	update, remove, version string
	undo                    string // of an insert
}

var writes = func() map[timebok.Kind]*writeSQL {
	out := map[timebok.Kind]*writeSQL{}
	for _, k := range sqlrow.Kinds() {
		out[k] = newWriteSQL(sqlrow.Of(k))
	}
	return out
}()

func newWriteSQL(m sqlrow.Mapping) *writeSQL {
	columns := m.Columns()
	one := " WHERE clinic_id = ? AND id = ?"
	exactly, version := one, "1"
	if m.HasVersion() {
		exactly, version = one+" AND version = ?", "version"
	}
	return &writeSQL{
		table:   m,
		insert:  insertInto(m),
		update:  "UPDATE " + m.Name() + " SET " + strings.Join(columns[2:], " = ?, ") + " = ?" + exactly,
		remove:  "DELETE FROM " + m.Name() + exactly,
		version: "SELECT " + version + " FROM " + m.Name() + one,
		undo:    "DELETE FROM " + m.Name() + one,
	}
}
