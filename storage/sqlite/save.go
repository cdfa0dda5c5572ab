package sqlite

import (
	"database/sql/driver"
	"errors"
	"slices"
	"strings"

	"github.com/google/uuid"
	"github.com/timebok/timebok"
	"github.com/timebok/timebok/internal/sqlrow"
)

type recordKey struct {
	kind timebok.Kind
	id   uuid.UUID
}

// A change is a record to write, and the version that it replaces in the database
// (0: none).
type change struct {
	record timebok.Record
	row    []any // its values as they were when it was saved
	base   int64
}

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
		e, ok := r.(timebok.AuditEntry)
		if !ok {
			return errReadOnly
		}
		e.Codes = slices.Clone(e.Codes)
		if i := slices.IndexFunc(t.entries, func(x timebok.AuditEntry) bool { return x.ID == e.ID }); i >= 0 {
			t.entries[i] = e
			return nil
		}
		t.entries = append(t.entries, e)
		return nil
	}
	row, err := values(t.id, r)
	if err != nil {
		return err
	}
	ref := r.Ref()
	k := recordKey{ref.Kind, ref.ID}
	if i, again := t.at[k]; again {
		before := &t.held[i]
		_, gone := before.record.(timebok.Deletion)
		have := before.record.Ref().Version
		if ref.Version != have && ref.Version != have+1 && !(gone && ref.Version == 1) {
			return stale(ref, have)
		}
		before.record, before.row = r, row
		return nil
	}
	c := change{r, row, ref.Version - 1}
	if have, again := t.own[k]; again {
		if ref.Version != have && ref.Version != have+1 {
			return stale(ref, have)
		}
		c.base = have
	}
	if t.at == nil {
		t.at = map[recordKey]int{}
	}
	t.at[k] = len(t.held)
	t.held = append(t.held, c)
	return nil
}

// stale is the error of a record that replaces a version which is not there.
func stale(ref timebok.Ref, stored int64) error {
	ref.Version--
	return &timebok.StaleError{Ref: ref, Stored: stored}
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
func (t *tx) put(c change) error {
	ref := c.record.Ref()
	w, ok := writes[ref.Kind]
	if !ok {
		return timebok.Reasons{timebok.BadValue.At("Kind")}.Invalid()
	}
	if d, gone := c.record.(timebok.Deletion); gone {
		return t.delete(w, d, c.base)
	}
	if c.base == 0 && ref.Version >= 1 {
		return t.insert(w, c.record, c.row)
	}
	return t.update(w, c)
}

func (t *tx) insert(w *writeSQL, r timebok.Record, row []any) error {
	ref := r.Ref()
	n, err := t.add(recordKey{ref.Kind, ref.ID}, w.insert, placed(w.table, row))
	if err != nil {
		return t.refused(err, r)
	}
	if n == 0 {
		return &timebok.ExistsError{Ref: ref}
	}
	return nil
}

func (t *tx) update(w *writeSQL, c change) error {
	args := append(c.row[2:], c.row[0], c.row[1])
	if w.table.HasVersion() {
		args = append(args, c.base)
	} else if c.base != 1 || c.record.Ref().Version != 1 {
		return t.missed(w, stale(c.record.Ref(), 0))
	}
	n, err := t.write(w.update, args...)
	if err != nil {
		return t.refused(err, c.record)
	}
	if n == 0 {
		return t.missed(w, &timebok.StaleError{Ref: at(c.record.Ref(), c.base)})
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
		return t.missed(w, stale(d.Ref(), 0))
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
	table                           sqlrow.Mapping
	insert, update, remove, version string
	undo                            string // of an insert
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
