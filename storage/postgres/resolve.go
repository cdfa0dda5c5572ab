package postgres

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/timebok/timebok"
	"github.com/timebok/timebok/storage"
)

// proves notes a new record: if it is there afterwards, the transaction was
// committed. An audit entry proves it best, its ID being like no other's. IDs that
// follow from something else, such as what a network sent or the record that this
// one belongs to, prove nothing: another may have stored the same.
func (t *tx) proves(r timebok.Record) {
	ref := r.Ref()
	switch {
	case ref.Kind == timebok.KindAudit && (t.proof == nil || t.proof.Kind != timebok.KindAudit):
		t.proof = &ref
	case slices.Contains(follows, ref.Kind):
	case t.proof == nil:
		t.proof = &ref
	}
}

// follows are the kinds of records whose ID follows from something else.
var follows = []timebok.Kind{
	timebok.KindClinic, timebok.KindSchedule, timebok.KindNumbering, timebok.KindDocument,
	timebok.KindConnection, timebok.KindEvent, timebok.KindExternal,
}

// How often, and how long, the server is asked what became of a commit.
const (
	askings  = 10
	firstGap = 10 * time.Millisecond // it doubles: ten seconds in all
	absences = 3                     // so often it may say that it has nothing
)

// resolve finds out what became of a commit whose answer was lost, by reading the
// proof once the server answers again. It also locks it: that is a commit of its own
// after the other, so where commits wait for a standby, it has that one too. If the
// proof isn't there the outcome stays unknown: the server may still be about to
// carry out what it got.
func (d *Driver) resolve(ctx context.Context, clinic any, proof *timebok.Ref, cause error) error {
	if proof == nil {
		return storage.UnknownOutcome(cause)
	}
	sql, gap, absent := d.sql(writes[proof.Kind].version+forUpdate), firstGap, 0
	detached, cancel := context.WithTimeout(context.WithoutCancel(ctx), grace)
	defer cancel()
	for range askings {
		if rows, err := d.pool.Query(detached, sql, clinic, pgUUID(proof.ID)); err == nil {
			found := rows.Next()
			rows.Close()
			switch {
			case rows.Err() != nil, detached.Err() != nil: // told to give up, it may not have waited either
			case found:
				return nil
			default:
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
