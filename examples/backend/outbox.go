package backend

import (
	"cmp"
	"context"
	"iter"
	"slices"
	"time"

	"github.com/timebok/timebok"
	"github.com/timebok/timebok/storage"
)

// A queued is a message with its lease. It stands among the records.
type queued struct {
	storage.Queued
	token string // "": never leased, or settled
	until time.Time
}

func queuedOrder(a, b queued) int { return cmp.Or(a.Due.Compare(b.Due), a.ID.Compare(b.ID)) }

// Messages lists the messages of the clinic by due time, then ID.
func (tx *tx) Messages(ctx context.Context, f storage.MessageFilter) iter.Seq2[storage.Queued, error] {
	return func(yield func(storage.Queued, error) bool) {
		for q, err := range list(ctx, tx, f.Limit, queuedOrder, func(q queued) bool {
			return (f.Kind == "" || q.Kind == f.Kind) && (f.Client.IsZero() || q.Client == f.Client) &&
				(f.Buried == nil || q.Buried == *f.Buried)
		}) {
			if !yield(q.Queued, err) {
				return
			}
		}
	}
}

// Requeue makes a buried message due again.
func (tx *tx) Requeue(ctx context.Context, id timebok.MessageID, due time.Time) error {
	if tx.readOnly {
		return timebok.Reasons{storage.ReadOnly.At("")}.Refused()
	}
	q, err := get[queued](ctx, tx, timebok.KindMessage, id.UUID())
	if err == nil && !q.Buried {
		err = &timebok.NotFoundError{Ref: q.Ref()}
	}
	if err != nil {
		return err
	}
	q.Due, q.Attempts, q.Buried, q.Error, q.token = timebok.Instant(due), 0, false, "", ""
	tx.copyOnce()
	tx.mine[keyOf(q.Ref())] = true // so that it may be saved at the version that it has
	tx.failed = cmp.Or(tx.failed, tx.save(q))
	return nil
}

// Lease takes messages that are due and not leased, the longest due first, of all
// clinics.
func (d *Driver) Lease(ctx context.Context, l storage.LeaseRequest) ([]storage.Queued, error) {
	if err := d.take(ctx); err != nil {
		return nil, err
	}
	defer d.leave()
	var due []queued
	d.mu.Lock()
	for _, s := range d.clinics {
		due = slices.AppendSeq(due, all(s, func(q queued) bool {
			return !q.Buried && !q.Due.After(l.Now) && (q.token == "" || !q.until.After(l.Now)) &&
				(len(l.Kinds) == 0 || slices.Contains(l.Kinds, q.Kind))
		}))
	}
	d.mu.Unlock()
	slices.SortFunc(due, queuedOrder)
	if l.Limit > 0 {
		due = due[:min(l.Limit, len(due))]
	}
	var leased []storage.Queued
	for _, q := range due {
		q.Attempts++
		q.token, q.until = l.Token, l.Until
		_ = d.change(q.Clinic, func(s state) error { // which never fails here
			s[keyOf(q.Ref())] = q
			return nil
		})
		leased = append(leased, fresh(q.Queued))
	}
	return leased, nil
}

// Done forgets a message.
func (d *Driver) Done(ctx context.Context, k storage.LeaseKey) (bool, error) {
	return d.settle(ctx, k, func(s state, q queued) { delete(s, keyOf(q.Ref())) })
}

// Retry makes a message due again later.
func (d *Driver) Retry(ctx context.Context, k storage.LeaseKey, due time.Time, reason string) (bool, error) {
	return d.settle(ctx, k, func(s state, q queued) {
		q.token, q.Due, q.Error = "", timebok.Instant(due), reason
		s[keyOf(q.Ref())] = q
	})
}

// Bury gives a message up.
func (d *Driver) Bury(ctx context.Context, k storage.LeaseKey, reason string) (bool, error) {
	return d.settle(ctx, k, func(s state, q queued) {
		q.token, q.Buried, q.Error = "", true, reason
		s[keyOf(q.Ref())] = q
	})
}

// settle ends the lease that the key names, if it is the present one.
func (d *Driver) settle(ctx context.Context, k storage.LeaseKey, end func(state, queued)) (held bool, err error) {
	if err := d.take(ctx); err != nil {
		return false, err
	}
	defer d.leave()
	err = d.change(k.Clinic, func(s state) error {
		q, ok := s[key{timebok.KindMessage, k.ID.UUID()}].(queued)
		if held = ok && k.Token != "" && q.token == k.Token; held {
			end(s, q)
		}
		return nil
	})
	return held, err
}
