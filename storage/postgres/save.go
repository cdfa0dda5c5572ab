package postgres

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/timebok/timebok"
	"github.com/timebok/timebok/booking"
	"github.com/timebok/timebok/internal/sqlrow"
)

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
		return t.seen.Hold(r)
	}
	row, err := t.values(r)
	if err != nil {
		return err
	}
	isNew, err := t.held.Hold(r, row)
	if isNew {
		t.proves(r)
	}
	return err
}

// values returns the columns of a record, none for a Deletion.
func (t *tx) values(r timebok.Record) ([]any, error) {
	ref := r.Ref()
	w, ok := writes[ref.Kind]
	if !ok {
		return nil, timebok.Reasons{timebok.BadValue.At("Kind")}.Invalid()
	}
	if d, gone := r.(timebok.Deletion); gone {
		switch d.Of.Kind {
		case timebok.KindAudit, timebok.KindMessage: // what was done stays done; the relay ends messages
			return nil, timebok.Reasons{timebok.BadValue.At("Deletion.Of.Kind")}.Invalid()
		}
		return nil, nil
	}
	return sqlrow.Row(dialect{}, w.table, t.id, r, 1) // a place for the version that an update ends with
}

// flush appends the calls that write what is held, in the order in which it was
// saved, with the locks before and the guard behind them.
func (t *tx) flush(ctx context.Context, calls []call) []call {
	if len(t.held.Changes) == 0 {
		return calls
	}
	calls = append(append(calls, t.guardLocks()...), t.freeTimes()...)
	for i := range t.held.Changes {
		calls = t.write(ctx, calls, &t.held.Changes[i])
	}
	return append(calls, t.guard()...)
}

// write appends the calls that write one change.
func (t *tx) write(ctx context.Context, calls []call, c *sqlrow.Change) []call {
	w, ref := writes[c.Record.Ref().Kind], c.Record.Ref()
	out := call{fail: func(err error) error { return t.refused(ctx, err, *c) }}
	_, gone := c.Record.(timebok.Deletion)
	switch {
	case gone && c.Base == 0 && ref.Version > 1:
		return calls // never written
	case gone:
		out.sql, out.args = w.remove, []any{t.clinic, pgUUID(ref.ID), c.Base}
	case c.Base == 0 && ref.Version >= 1:
		out.sql, out.args = w.inserts.Of(c.Row)
	case !w.table.HasVersion() && ref.Version != 1:
		out.sql, out.args = noRow, []any{int64(0)}
	default:
		out.sql, out.args = w.update, append(c.Row, c.Base)
	}
	return append(append(calls, out), t.writeKeys(*c, gone)...)
}

// refused is the error of a write that PostgreSQL did not carry out.
func (t *tx) refused(ctx context.Context, err error, c sqlrow.Change) error {
	typed := classifyWrite(ctx, err, c)
	var stale *timebok.StaleError
	b, isBooking := c.Record.(booking.Booking)
	switch {
	case errors.As(typed, &stale):
		t.after = func(ctx context.Context) error {
			_ = t.d.send(ctx, t.sender, call{ // 0 if it can't be told
				sql: writes[stale.Ref.Kind].version, args: []any{t.clinic, pgUUID(stale.Ref.ID)},
				rows: func(rows pgx.Rows) error { return scanOne(rows, &stale.Stored) },
			})
			return typed
		}
	case isBooking && errors.Is(typed, timebok.ErrInvalid):
		t.after = func(ctx context.Context) error {
			taken := false
			err := t.d.send(ctx, t.sender, call{
				sql: overlaps, args: overlapArgs(t, b),
				rows: func(rows pgx.Rows) error { return scanOne(rows, &taken) },
			})
			if err == nil && taken {
				return slotTaken(b)
			}
			return typed
		}
	}
	return typed
}

func scanOne(rows pgx.Rows, to any) error {
	if !rows.Next() {
		return nil
	}
	return rows.Scan(to)
}

// A writeSQL is the statements that write one kind of record.
type writeSQL struct {
	table                   sqlrow.Mapping
	inserts                 *sqlrow.Inserts
	update, remove, version string
}

// noRow fails as a change fails that finds no row to change: by a division by
// zero. COMMIT is on its way already when that shows, so it must be an error, and
// this is one that every database knows.
const (
	noRow    = "SELECT 1 / $1::bigint"
	orNoRow  = " RETURNING 1) SELECT 1 / count(*) FROM w"
	ofRecord = " WHERE clinic_id = $1 AND id = $2"
)

var writes = func() map[timebok.Kind]*writeSQL {
	out := map[timebok.Kind]*writeSQL{}
	for _, k := range sqlrow.Kinds() {
		out[k] = newWriteSQL(sqlrow.Of(k))
	}
	return out
}()

func newWriteSQL(m sqlrow.Mapping) *writeSQL {
	columns := m.Columns()
	sets := make([]string, len(columns))
	for i, name := range columns {
		sets[i] = fmt.Sprint(name, " = $", i+1)
	}
	updated, removed, version := fmt.Sprintf(" AND $%d::bigint = 1", len(columns)+1), " AND $3::bigint = 1", "1::bigint"
	if m.HasVersion() {
		updated, removed, version = fmt.Sprintf(" AND version = $%d", len(columns)+1), " AND version = $3", "version"
	}
	return &writeSQL{
		table: m,
		inserts: sqlrow.NewInserts("$", func(values []string, _ int) string {
			return "INSERT INTO {}" + m.Name() + " (" + strings.Join(columns, ", ") + ") VALUES (" + strings.Join(values, ", ") + ")"
		}),
		update:  "WITH w AS (UPDATE {}" + m.Name() + " SET " + strings.Join(sets[2:], ", ") + ofRecord + updated + orNoRow,
		remove:  "WITH w AS (DELETE FROM {}" + m.Name() + ofRecord + removed + orNoRow,
		version: "SELECT " + version + " FROM {}" + m.Name() + ofRecord,
	}
}
