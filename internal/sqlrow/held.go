package sqlrow

import (
	"slices"

	"github.com/google/uuid"
	"github.com/timebok/timebok"
)

// A Change is a record to write, and the version that it replaces in the database
// (0: none).
type Change struct {
	Record timebok.Record
	Row    []any // its values as they were when it was saved
	Base   int64
}

// A RecordKey names a record, at whatever version.
type RecordKey struct {
	Kind timebok.Kind
	ID   uuid.UUID
}

// KeyOf is the key of a record.
func KeyOf(r timebok.Record) RecordKey {
	ref := r.Ref()
	return RecordKey{ref.Kind, ref.ID}
}

// Held is what a transaction has saved and not written yet, in the order in which it
// was saved first, each record once. The zero Held is empty.
type Held struct {
	Changes []Change
	at      map[RecordKey]int   // where in Changes; nil: they are few
	written map[RecordKey]int64 // version that the transaction wrote; 0: it deleted
}

// Hold holds a record with its row, and reports whether it is a new one, which the
// transaction has not seen before. Of several saves of one record the last counts. The
// error is a *timebok.StaleError of a version that is neither the one held or written,
// nor the next.
func (h *Held) Hold(r timebok.Record, row []any) (isNew bool, err error) {
	ref, k := r.Ref(), KeyOf(r)
	if i := h.place(k); i >= 0 {
		before := &h.Changes[i]
		_, gone := before.Record.(timebok.Deletion)
		have := before.Record.Ref().Version
		if ref.Version != have && ref.Version != have+1 && !(gone && ref.Version == 1) {
			return false, Stale(ref, have)
		}
		before.Record, before.Row = r, row
		return false, nil
	}
	c := Change{r, row, ref.Version - 1}
	have, again := h.written[k]
	if again {
		if ref.Version != have && ref.Version != have+1 {
			return false, Stale(ref, have)
		}
		c.Base = have
	}
	if h.Changes == nil {
		h.Changes = make([]Change, 0, 4) // a booking's
	}
	h.Changes = append(h.Changes, c)
	switch {
	case h.at != nil:
		h.at[k] = len(h.Changes) - 1
	case len(h.Changes) > fewChanges:
		h.at = map[RecordKey]int{}
		for i, c := range h.Changes {
			h.at[KeyOf(c.Record)] = i
		}
	}
	_, gone := r.(timebok.Deletion)
	return !again && !gone && c.Base == 0, nil
}

// fewChanges are looked through one by one.
const fewChanges = 8

// place is where in the changes a record is, or -1.
func (h *Held) place(k RecordKey) int {
	if h.at == nil {
		return slices.IndexFunc(h.Changes, func(c Change) bool { return KeyOf(c.Record) == k })
	}
	if i, held := h.at[k]; held {
		return i
	}
	return -1
}

// Written notes that the changes are written, and holds none of them any more.
func (h *Held) Written() {
	if len(h.Changes) == 0 {
		return
	}
	if h.written == nil {
		h.written = map[RecordKey]int64{}
	}
	for _, c := range h.Changes {
		version := c.Record.Ref().Version
		if _, gone := c.Record.(timebok.Deletion); gone {
			version = 0
		}
		h.written[KeyOf(c.Record)] = version
	}
	h.Changes, h.at = nil, nil
}

// Stale is the error of a record that replaces a version which is not there, when
// that version is stored (0: none, or it can't be told).
func Stale(ref timebok.Ref, stored int64) error {
	ref.Version--
	return &timebok.StaleError{Ref: ref, Stored: stored}
}
