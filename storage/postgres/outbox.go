package postgres

import (
	"context"
	"iter"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/timebok/timebok"
	"github.com/timebok/timebok/internal/sqlrow"
	"github.com/timebok/timebok/storage"
)

// Messages lists the messages of the clinic by due time, then ID.
func (t *tx) Messages(ctx context.Context, f storage.MessageFilter) iter.Seq2[storage.Queued, error] {
	return sqlrow.Paged(f.Limit, func(last *storage.Queued, n int) ([]storage.Queued, error) {
		w := &where{}
		if f.Kind != "" {
			w.and("kind = ?", string(f.Kind))
		}
		if !f.Client.IsZero() {
			w.and("client_id = ?", id(f.Client))
		}
		if f.Buried != nil {
			w.and("buried = ?", *f.Buried)
		}
		if last != nil {
			w.and("(due, id) > (?, ?)", instant(last.Due), id(last.ID))
		}
		w.add(" ORDER BY due, id LIMIT ?", int64(n))
		return search(ctx, t, sqlrow.QueuedMessages, w)
	})
}

const requeue = `UPDATE {}message SET buried = false, attempts = 0, error = '', due = $3
	WHERE clinic_id = $1 AND id = $2 AND buried RETURNING 1`

// Requeue makes a buried message due again; any other is a *timebok.NotFoundError.
func (t *tx) Requeue(ctx context.Context, of timebok.MessageID, due time.Time) error {
	if t.view {
		return errReadOnly
	}
	found := false
	err := t.read(ctx, call{sql: requeue, args: []any{t.clinic, id(of), instant(due)}, rows: func(rows pgx.Rows) error {
		found = rows.Next()
		return nil
	}})
	if err == nil && !found {
		return &timebok.NotFoundError{Ref: timebok.Ref{Kind: timebok.KindMessage, ID: of.UUID(), Version: 1}}
	}
	return err
}

// lease takes messages that nobody else is taking, which SKIP LOCKED passes over.
// What is leased and not done is passed over too: it is no more than all workers
// hold. $2 is NULL for all kinds, and so is $3 for no limit.
var lease = `WITH due AS (
		SELECT clinic_id, id FROM {}message m
		WHERE NOT buried AND due <= $1 AND (leased_until IS NULL OR leased_until <= $1)
			AND ($2::text[] IS NULL OR kind = ANY($2))
			AND NOT EXISTS (SELECT 1 FROM {}clinic_fence f WHERE f.clinic_id = m.clinic_id)
		ORDER BY due, id LIMIT $3 FOR UPDATE OF m SKIP LOCKED)
	UPDATE {}message m SET attempts = attempts + 1, lease_token = $4, leased_until = $5
	FROM due WHERE m.clinic_id = due.clinic_id AND m.id = due.id
	RETURNING m.` + strings.Join(sqlrow.QueuedMessages.Reads(), ", m.")

// Lease takes messages that are due and not leased, the longest due first, of all
// clinics but the fenced ones.
func (d *Driver) Lease(ctx context.Context, l storage.LeaseRequest) ([]storage.Queued, error) {
	if err := d.ready(ctx); err != nil {
		return nil, err
	}
	args := []any{instant(l.Now), nil, nil, l.Token, instant(l.Until)}
	if len(l.Kinds) > 0 {
		args[1] = texts(l.Kinds)
	}
	if l.Limit > 0 {
		args[2] = int64(l.Limit)
	}
	var leased []storage.Queued
	t := newTx(d, timebok.ClinicID{})
	leasing := selection[storage.Queued]{sqlrow.QueuedMessages, lease}.all(t, &leased)
	leasing.args = args
	t.anyway = true // it passes over the fenced ones itself
	defer t.Rollback()
	err := t.read(ctx, call{sql: nameMe}, leasing, call{sql: t.end})
	if err != nil {
		return nil, err
	}
	t.ended = true
	t.release()
	slices.SortFunc(leased, func(a, b storage.Queued) int {
		if c := a.Due.Compare(b.Due); c != 0 {
			return c
		}
		return a.ID.Compare(b.ID)
	})
	return leased, nil
}

const (
	ofLease   = ` WHERE clinic_id = $1 AND id = $2 AND lease_token = $3 AND lease_token <> '' AND NOT buried`
	doneRow   = `DELETE FROM {}message` + ofLease
	retryRow  = `UPDATE {}message SET lease_token = '', leased_until = NULL, due = $4, error = $5` + ofLease
	buriedRow = `UPDATE {}message SET lease_token = '', leased_until = NULL, buried = true, error = $4` + ofLease
)

// Done forgets a message. It reports false if the lease was lost.
func (d *Driver) Done(ctx context.Context, k storage.LeaseKey) (bool, error) {
	return d.settle(ctx, k, doneRow)
}

// Retry makes a message due again later, and keeps the error's text.
func (d *Driver) Retry(ctx context.Context, k storage.LeaseKey, due time.Time, reason string) (bool, error) {
	return d.settle(ctx, k, retryRow, instant(due), reason)
}

// Bury gives a message up. It stays listed.
func (d *Driver) Bury(ctx context.Context, k storage.LeaseKey, reason string) (bool, error) {
	return d.settle(ctx, k, buriedRow, reason)
}

func (d *Driver) settle(ctx context.Context, k storage.LeaseKey, sql string, args ...any) (held bool, err error) {
	if err := d.ready(ctx); err != nil {
		return false, err
	}
	tag, err := d.pool.Exec(ctx, d.sql(sql), append([]any{id(k.Clinic), id(k.ID), k.Token}, args...)...)
	if err != nil {
		return false, classify(ctx, err)
	}
	return tag.RowsAffected() > 0, nil
}
