package memory

import (
	"cmp"
	"context"
	"iter"
	"time"

	"github.com/timebok/timebok"
	"github.com/timebok/timebok/storage"
)

// An outbox is the messages of a clinic that are not done.
type outbox struct {
	byID  tree[*message]
	byDue tree[*message]
	ready tree[*message] // those not buried, by kind, then due time
}

// A message is a queued message with its lease. It is replaced, never changed.
type message struct {
	storage.Queued
	token string // "": not leased
	until time.Time
}

func newOutbox() outbox {
	return outbox{
		byID:  newTree(func(a, b *message) int { return a.ID.Compare(b.ID) }),
		byDue: newTree(messagesByDue),
		ready: newTree(messagesByKind),
	}
}

func messagesByDue(a, b *message) int {
	if c := a.Due.Compare(b.Due); c != 0 {
		return c
	}
	return a.ID.Compare(b.ID)
}

func messagesByKind(a, b *message) int {
	if c := cmp.Compare(a.Kind, b.Kind); c != 0 {
		return c
	}
	return messagesByDue(a, b)
}

func (o *outbox) get(id timebok.MessageID) (*message, bool) {
	return o.byID.get(&message{Queued: storage.Queued{Message: timebok.Message{ID: id}}})
}

// put enters a message, in place of the one with its ID.
func (o *outbox) put(by *owner, m *message) {
	if old, ok := o.get(m.ID); ok {
		o.remove(by, old)
	}
	o.byID.set(by, m)
	o.byDue.set(by, m)
	if !m.Buried {
		o.ready.set(by, m)
	}
}

func (o *outbox) remove(by *owner, m *message) {
	o.byID.remove(by, m)
	o.byDue.remove(by, m)
	if !m.Buried {
		o.ready.remove(by, m)
	}
}

// An outboxChange is what a transaction does to the outbox, done again to what the
// outbox has become when the transaction is committed.
type outboxChange func(o *outbox, by *owner) error

// enqueue adds a new message.
func enqueue(m *timebok.Message, clinic timebok.ClinicID) outboxChange {
	return func(o *outbox, by *owner) error {
		if _, taken := o.get(m.ID); taken {
			return &timebok.ExistsError{Ref: m.Ref()}
		}
		o.put(by, &message{Queued: storage.Queued{Message: *m, Clinic: clinic}})
		return nil
	}
}

// requeue makes a buried message due again.
func requeue(id timebok.MessageID, due time.Time) outboxChange {
	return func(o *outbox, by *owner) error {
		old, ok := o.get(id)
		if !ok || !old.Buried {
			return &timebok.NotFoundError{Ref: timebok.Message{ID: id}.Ref()}
		}
		m := *old
		m.Due, m.Attempts, m.Buried, m.Error = timebok.Instant(due), 0, false, ""
		o.put(by, &m)
		return nil
	}
}

// Messages lists the messages that are not done, by due time, then ID.
func (tx *tx) Messages(ctx context.Context, f storage.MessageFilter) iter.Seq2[storage.Queued, error] {
	return func(yield func(storage.Queued, error) bool) {
		o, err := tx.outbox(ctx)
		if err != nil {
			yield(storage.Queued{}, err)
			return
		}
		n := 0
		for m := range o.byDue.from(&message{}) {
			if f.Kind != "" && m.Kind != f.Kind || !f.Client.IsZero() && m.Client != f.Client ||
				f.Buried != nil && m.Buried != *f.Buried {
				continue
			}
			if f.Limit > 0 && n == f.Limit || !yield(m.queued(), nil) {
				return
			}
			n++
		}
	}
}

func (m *message) queued() storage.Queued {
	q := m.Queued
	q.Message = fresh(&q.Message)
	return q
}

// Requeue makes a buried message due again; any other is a *timebok.NotFoundError.
func (tx *tx) Requeue(ctx context.Context, id timebok.MessageID, due time.Time) error {
	if tx.readOnly {
		return errReadOnly
	}
	o, err := tx.outbox(ctx)
	if err != nil {
		return err
	}
	change := requeue(id, due)
	if err := change(&o, new(owner)); err != nil {
		return err
	}
	tx.changes = append(tx.changes, change)
	return nil
}

// outbox is the messages that the transaction sees: its own among them.
func (tx *tx) outbox(ctx context.Context) (outbox, error) {
	o := tx.base.outbox
	if err := tx.check(ctx); err != nil {
		return o, err
	}
	return o, o.apply(new(owner), tx.changes)
}

func (o *outbox) apply(by *owner, changes []outboxChange) error {
	for _, change := range changes {
		if err := change(o, by); err != nil {
			return err
		}
	}
	return nil
}
