package memory

import (
	"cmp"
	"context"
	"iter"

	"github.com/google/uuid"
	"github.com/timebok/timebok"
	"github.com/timebok/timebok/storage"
)

// A trail is the audit entries of a clinic.
type trail struct {
	byID, byTime, byClient, byRecord tree[*timebok.AuditEntry]
}

func newTrail() trail {
	return trail{
		byID:     newTree(func(a, b *timebok.AuditEntry) int { return a.ID.Compare(b.ID) }),
		byTime:   newTree(entriesByTime),
		byClient: newTree(entriesByClient),
		byRecord: newTree(entriesByRecord),
	}
}

func entriesByTime(a, b *timebok.AuditEntry) int {
	if c := a.At.Compare(b.At); c != 0 {
		return c
	}
	return a.ID.Compare(b.ID)
}

func entriesByClient(a, b *timebok.AuditEntry) int {
	if c := a.Client.Compare(b.Client); c != 0 {
		return c
	}
	return entriesByTime(a, b)
}

// entriesByRecord leaves the version out.
func entriesByRecord(a, b *timebok.AuditEntry) int {
	if c := cmp.Compare(a.On.Kind, b.On.Kind); c != 0 {
		return c
	}
	if c := timebok.ID[uuid.UUID](a.On.ID).Compare(timebok.ID[uuid.UUID](b.On.ID)); c != 0 {
		return c
	}
	return entriesByTime(a, b)
}

// add appends an entry, or fails with an *timebok.ExistsError.
func (t *trail) add(by *owner, e *timebok.AuditEntry) error {
	if _, taken := t.byID.get(e); taken {
		return &timebok.ExistsError{Ref: e.Ref()}
	}
	t.byID.set(by, e)
	t.byTime.set(by, e)
	t.byRecord.set(by, e)
	if !e.Client.IsZero() {
		t.byClient.set(by, e)
	}
	return nil
}

// Audit lists audit entries by time, then ID.
func (tx *tx) Audit(ctx context.Context, f storage.AuditFilter) iter.Seq2[timebok.AuditEntry, error] {
	return func(yield func(timebok.AuditEntry, error) bool) {
		t, err := tx.trail(ctx)
		if err != nil {
			yield(timebok.AuditEntry{}, err)
			return
		}
		n := 0
		for e := range t.search(f) {
			if f.Limit > 0 && n == f.Limit || !yield(fresh(e), nil) {
				return
			}
			n++
		}
	}
}

// search lists the entries that the filter chooses, by the narrowest index.
func (t *trail) search(f storage.AuditFilter) iter.Seq[*timebok.AuditEntry] {
	on := f.On
	on.Version = 0
	key := &timebok.AuditEntry{Client: f.Client, On: on}
	if f.After != nil {
		key.At, key.ID = timebok.Instant(f.After.At), f.After.ID
	}
	index := t.byTime
	switch {
	case on != timebok.Ref{}:
		index = t.byRecord
	case !f.Client.IsZero():
		index = t.byClient
	}
	return func(yield func(*timebok.AuditEntry) bool) {
		for e := range index.from(key) {
			switch {
			case on != timebok.Ref{} && (e.On.Kind != on.Kind || e.On.ID != on.ID),
				on == timebok.Ref{} && !f.Client.IsZero() && e.Client != f.Client:
				return // past the part of the index that is asked for
			case f.After != nil && entriesByTime(e, key) == 0,
				!f.Client.IsZero() && e.Client != f.Client:
				continue
			}
			if !yield(e) {
				return
			}
		}
	}
}

// trail is the audit entries that the transaction sees: its own among them.
func (tx *tx) trail(ctx context.Context) (trail, error) {
	t := tx.base.trail
	if err := tx.check(ctx); err != nil {
		return t, err
	}
	by := new(owner)
	for _, e := range tx.entries {
		if err := t.add(by, e); err != nil {
			return t, err
		}
	}
	return t, nil
}
