package postgres

import (
	"context"
	"errors"
	"time"

	"github.com/jackc/pgx/v5/pgtype"
	"github.com/timebok/timebok"
	"github.com/timebok/timebok/storage"
)

// proves notes a new record: if it is there afterwards, the transaction was
// committed. An audit entry proves it best, its ID being like no other's. IDs that
// follow from what a network sent prove nothing: another may have stored the same.
func (t *tx) proves(c change) {
	ref := c.record.Ref()
	switch {
	case c.base != 0 || c.row == nil:
	case ref.Kind == timebok.KindAudit && (t.proof == nil || t.proof.Kind != timebok.KindAudit):
		t.proof = &ref
	case ref.Kind == timebok.KindConnection || ref.Kind == timebok.KindEvent || ref.Kind == timebok.KindExternal:
	case t.proof == nil:
		t.proof = &ref
	}
}

// How often, and how long, the server is asked what became of a commit.
const (
	askings  = 10
	firstGap = 10 * time.Millisecond // it doubles: ten seconds in all
	absences = 3                     // so often it may say that it has nothing
)

// resolve finds out what became of a commit whose answer was lost, by reading the
// proof once the server answers again. If it isn't there the outcome stays
// unknown: the server may still be about to carry out what it got.
func (d *Driver) resolve(ctx context.Context, clinic pgtype.UUID, proof *timebok.Ref, cause error) error {
	if proof == nil {
		return storage.UnknownOutcome(cause)
	}
	sql, gap, absent := d.sql(writes[proof.Kind].version), firstGap, 0
	detached, cancel := context.WithTimeout(context.WithoutCancel(ctx), grace)
	defer cancel()
	for range askings {
		if rows, err := d.pool.Query(detached, sql, clinic, pgUUID(proof.ID)); err == nil {
			found := rows.Next()
			rows.Close()
			if found {
				return nil
			}
			if rows.Err() == nil {
				absent++
			}
		}
		if absent == absences || ctx.Err() != nil {
			break
		}
		select {
		case <-time.After(gap):
		case <-ctx.Done():
		}
		gap *= 2
	}
	return storage.UnknownOutcome(errors.Join(cause, ctx.Err()))
}
