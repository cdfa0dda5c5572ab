package memory

import (
	"context"
	"errors"
	"fmt"

	"github.com/google/uuid"
	"github.com/timebok/timebok"
	"github.com/timebok/timebok/storage"
)

// A tx is a transaction. Records go into a copy of the state at once; audit
// entries and messages are kept until the commit.
type tx struct {
	clinic   *clinic
	base     snapshot // as it was when the transaction began
	readOnly bool
	ended    bool

	state  *state // the copy; nil until something is saved
	by     *owner // of the copy's nodes
	saved  map[rowKey]timebok.Record
	failed error // what the commit must fail with

	entries []*timebok.AuditEntry
	sent    map[timebok.MessageID]*timebok.Message
	changes []outboxChange
}

type rowKey struct {
	kind timebok.Kind
	id   uuid.UUID
}

var (
	errReadOnly = timebok.Reasons{storage.ReadOnly.At("")}.Refused()
	errEnded    = timebok.Reasons{storage.Ended.At("")}.Refused()
)

// ClinicID is the clinic that the transaction is bound to.
func (tx *tx) ClinicID() timebok.ClinicID { return tx.clinic.id }

// check returns why the transaction can't be used.
func (tx *tx) check(ctx context.Context) error {
	if tx.ended {
		return errEnded
	}
	return ctx.Err()
}

// now is the state that the transaction sees. Whoever reads a part of it while
// the transaction goes on saving calls steady instead.
func (tx *tx) now() *state {
	if tx.state != nil {
		return tx.state
	}
	return tx.base.state
}

// steady is the state that the transaction sees, and it stays so: what is saved
// later changes no node of it.
func (tx *tx) steady() *state {
	s := *tx.now()
	tx.by = new(owner)
	return &s
}

// Save stores records in the copy. What can't be stored fails the commit.
func (tx *tx) Save(records ...timebok.Record) {
	if tx.ended {
		return
	}
	for _, r := range records {
		if err := tx.save(r); err != nil && tx.failed == nil {
			tx.failed = err
		}
	}
}

func (tx *tx) save(r timebok.Record) error {
	if gone, ok := r.(timebok.Deletion); ok {
		return tx.delete(gone.Of)
	}
	r = toStore(r)
	if e, ok := r.(*timebok.AuditEntry); ok {
		return tx.record(e)
	}
	if tx.readOnly {
		return errReadOnly
	}
	switch r := r.(type) {
	case nil:
		return errors.New("timebok: storage/memory: not a record that can be stored")
	case *timebok.Message:
		tx.send(r)
		return nil
	}
	return tx.write(r)
}

// record keeps an audit entry for the commit. The last of one ID counts.
func (tx *tx) record(e *timebok.AuditEntry) error {
	for _, old := range tx.entries {
		if old.ID == e.ID {
			*old = *e
			return nil
		}
	}
	tx.entries = append(tx.entries, e)
	return nil
}

// send keeps a message for the commit. The last of one ID counts.
func (tx *tx) send(m *timebok.Message) {
	if old, ok := tx.sent[m.ID]; ok {
		*old = *m
		return
	}
	if tx.sent == nil {
		tx.sent = map[timebok.MessageID]*timebok.Message{}
	}
	tx.sent[m.ID] = m
	tx.changes = append(tx.changes, enqueue(m, tx.clinic.id))
}

// write stores a record if its version follows the stored one, or if it is one
// that this transaction saved before.
func (tx *tx) write(r timebok.Record) error {
	ref := r.Ref()
	key := rowKey{ref.Kind, ref.ID}
	row, there := tx.stored(ref)
	_, again := tx.saved[key]
	switch stored := row.version(); {
	case again && there && ref.Version == stored:
	case ref.Version == stored+1:
	case ref.Version == 1:
		return &timebok.ExistsError{Ref: ref}
	default:
		ref.Version--
		return &timebok.StaleError{Ref: ref, Stored: stored}
	}
	tx.touch(key, r)
	tx.state.put(tx.by, r)
	return nil
}

func (tx *tx) delete(of timebok.Ref) error {
	if tx.readOnly {
		return errReadOnly
	}
	if tx.now().table(of.Kind) == nil {
		return fmt.Errorf("timebok: storage/memory: a %s is never deleted", of.Kind)
	}
	row, _ := tx.stored(of)
	if stored := row.version(); stored != of.Version || stored == 0 {
		return &timebok.StaleError{Ref: of, Stored: stored}
	}
	tx.touch(rowKey{of.Kind, of.ID}, nil)
	tx.state.remove(tx.by, of)
	return nil
}

// stored returns the row of a record as the transaction sees it.
func (tx *tx) stored(ref timebok.Ref) (row, bool) {
	return tx.now().table(ref.Kind).get(row{id: ref.ID})
}

// touch makes the copy, if there is none yet, and notes what is saved.
func (tx *tx) touch(key rowKey, r timebok.Record) {
	if tx.state == nil {
		s := *tx.base.state
		tx.state, tx.saved = &s, map[rowKey]timebok.Record{}
	}
	if tx.by == nil {
		tx.by = new(owner)
	}
	tx.saved[key] = r
}

// Commit makes what was saved the state of the clinic.
func (tx *tx) Commit(ctx context.Context) error {
	defer tx.Rollback() // releases; what is published stays
	if err := tx.check(ctx); err != nil {
		return err
	}
	if tx.failed != nil {
		return tx.failed
	}
	if err := tx.guard(); err != nil {
		return err
	}
	return tx.publish()
}

// publish replaces what the transaction changed. Of audit entries and messages
// there may be others by now: its own are added to those.
func (tx *tx) publish() error {
	tx.clinic.mu.Lock()
	defer tx.clinic.mu.Unlock()
	if tx.readOnly && len(tx.entries) > 0 && tx.clinic.fenced {
		return storage.Fenced()
	}
	next := tx.clinic.snapshot
	by := new(owner)
	for _, e := range tx.entries {
		if err := next.trail.add(by, e); err != nil {
			return err
		}
	}
	if err := next.outbox.apply(by, tx.changes); err != nil {
		return err
	}
	if tx.state != nil {
		next.state = tx.state
	}
	tx.clinic.snapshot = next
	return nil
}

// Rollback forgets what was saved and lets the next Update in. What was read is
// committed.
func (tx *tx) Rollback() error {
	if !tx.ended && !tx.readOnly {
		tx.clinic.leave()
	}
	tx.ended = true
	return nil
}
