package sqlite

import (
	"context"
	"iter"
	"slices"
	"strings"
	"time"

	"github.com/timebok/timebok"
	"github.com/timebok/timebok/internal/sqlrow"
	"github.com/timebok/timebok/storage"
)

// Messages lists the messages of the clinic by due time, then ID.
func (t *tx) Messages(ctx context.Context, f storage.MessageFilter) iter.Seq2[storage.Queued, error] {
	return paged(ctx, t, f.Limit, func(last *storage.Queued, n int) ([]storage.Queued, error) {
		w := &where{}
		if f.Kind != "" {
			w.and("kind = ?", string(f.Kind))
		}
		if !f.Client.IsZero() {
			w.and("client_id = ?", idBytes(f.Client))
		}
		if f.Buried != nil {
			w.and("buried = ?", sqlrow.SQLite{}.PutBool(*f.Buried))
		}
		if last != nil {
			w.and("(due, id) > (?, ?)", micros(last.Due), idBytes(last.ID))
		}
		w.sql.WriteString(" ORDER BY due, id LIMIT ?")
		return from(sqlrow.QueuedMessages, w.sql.String()).all(t, append(w.args, int64(n))...)
	})
}

const requeue = `UPDATE message SET buried = 0, attempts = 0, error = '', due = ? WHERE clinic_id = ? AND id = ? AND buried`

// Requeue makes a buried message due again; any other is a *timebok.NotFoundError.
func (t *tx) Requeue(ctx context.Context, id timebok.MessageID, due time.Time) error {
	if t.view {
		return errReadOnly
	}
	if err := t.ready(ctx); err != nil {
		return err
	}
	n, err := t.write(requeue, micros(due), t.clinic, idBytes(id))
	if err != nil {
		t.spoiled, t.failed = true, classify(err)
		return t.failed
	}
	if n == 0 {
		return &timebok.NotFoundError{Ref: timebok.Ref{Kind: timebok.KindMessage, ID: id.UUID(), Version: 1}}
	}
	return nil
}

// What is leased and not done is passed over: it is no more than all workers hold.
var (
	leaseRows = `UPDATE message SET attempts = attempts + 1, lease_token = ?, leased_until = ? WHERE rowid IN (
		SELECT rowid FROM message WHERE NOT buried AND due <= ? AND (leased_until IS NULL OR leased_until <= ?)
		AND clinic_id NOT IN (SELECT clinic_id FROM clinic_fence)`
	leaseKinds = ` AND kind IN (SELECT value FROM json_each(?))`
	leaseRest  = ` ORDER BY due, id LIMIT ?) RETURNING ` + strings.Join(sqlrow.QueuedMessages.Reads(), ", ")
)

// Lease takes messages that are due and not leased, the longest due first, of all
// clinics.
func (d *Driver) Lease(ctx context.Context, l storage.LeaseRequest) ([]storage.Queued, error) {
	sql, args := leaseRows, []any{l.Token, micros(l.Until), micros(l.Now), micros(l.Now)}
	if len(l.Kinds) > 0 {
		sql, args = sql+leaseKinds, append(args, jsonTexts(l.Kinds))
	}
	limit := int64(l.Limit)
	if limit <= 0 {
		limit = -1
	}
	var leased []storage.Queued
	err := d.anyway(ctx, timebok.ClinicID{}, func(t *tx) error {
		if err := t.mark(); err != nil {
			return err
		}
		return selection[storage.Queued]{table: sqlrow.QueuedMessages, sql: sql + leaseRest}.rows(t, append(args, limit),
			func(q storage.Queued) { leased = append(leased, q) })
	})
	slices.SortFunc(leased, func(a, b storage.Queued) int {
		if c := a.Due.Compare(b.Due); c != 0 {
			return c
		}
		return a.ID.Compare(b.ID)
	})
	return leased, err
}

const (
	ofLease   = ` WHERE clinic_id = ? AND id = ? AND lease_token = ? AND lease_token <> '' AND NOT buried`
	doneRow   = `DELETE FROM message` + ofLease
	retryRow  = `UPDATE message SET lease_token = '', leased_until = NULL, due = ?, error = ?` + ofLease
	buriedRow = `UPDATE message SET lease_token = '', leased_until = NULL, buried = 1, error = ?` + ofLease
)

// Done forgets a message. It reports false if the lease was lost.
func (d *Driver) Done(ctx context.Context, k storage.LeaseKey) (bool, error) {
	return d.settle(ctx, k, doneRow)
}

// Retry makes a message due again later, and keeps the error's text.
func (d *Driver) Retry(ctx context.Context, k storage.LeaseKey, due time.Time, reason string) (bool, error) {
	return d.settle(ctx, k, retryRow, micros(due), reason)
}

// Bury gives a message up. It stays listed.
func (d *Driver) Bury(ctx context.Context, k storage.LeaseKey, reason string) (bool, error) {
	return d.settle(ctx, k, buriedRow, reason)
}

func (d *Driver) settle(ctx context.Context, k storage.LeaseKey, sql string, args ...any) (held bool, err error) {
	err = d.anyway(ctx, timebok.ClinicID{}, func(t *tx) error {
		n, err := t.write(sql, append(args, idBytes(k.Clinic), idBytes(k.ID), k.Token)...)
		held = n > 0
		return err
	})
	return held && err == nil, err
}
