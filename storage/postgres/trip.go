package postgres

import (
	"context"
	"errors"
	"slices"

	"github.com/jackc/pgx/v5"
	"github.com/timebok/timebok"
	"github.com/timebok/timebok/storage"
)

// A call is one statement of a round trip. In its SQL {} stands for the prefix of
// the tables.
type call struct {
	sql  string
	args []any
	row  func(row []any) error // reads one row of the answer, good until it returns
	rows func(pgx.Rows) error  // reads the answer, where row is nil; nil: there is none to read
	fail func(error) error     // makes a typed error of one; nil: classify
}

// A sender is a connection, or the host's transaction.
type sender interface {
	SendBatch(ctx context.Context, b *pgx.Batch) pgx.BatchResults
}

// A brokenTrip is an error of the connection: the server may have carried out what
// was sent.
type brokenTrip struct{ cause error }

func (e *brokenTrip) Error() string { return "timebok: storage/postgres: the connection was lost" }
func (e *brokenTrip) Unwrap() error { return e.cause }

// send sends all calls at once and reads their answers. The first that fails ends
// it: the server skips the rest.
func (d *Driver) send(ctx context.Context, to sender, calls []call) error {
	queries := make([]pgx.QueuedQuery, len(calls))
	batch := &pgx.Batch{QueuedQueries: make([]*pgx.QueuedQuery, len(calls))}
	for i, c := range calls {
		queries[i] = pgx.QueuedQuery{SQL: d.sql(c.sql), Arguments: c.args}
		batch.QueuedQueries[i] = &queries[i]
	}
	results := to.SendBatch(ctx, batch)
	for _, c := range calls {
		err := answer(results, c)
		if err == nil {
			continue
		}
		_ = results.Close() // says the same again
		if _, refused := refusalOf(err); !refused && !isTyped(err) {
			return &brokenTrip{err}
		}
		if c.fail != nil {
			err = c.fail(err)
		}
		return classify(ctx, err)
	}
	if err := results.Close(); err != nil {
		return &brokenTrip{err}
	}
	return nil
}

func answer(results pgx.BatchResults, c call) error {
	if c.row == nil && c.rows == nil {
		tag, err := results.Exec()
		if err == nil && c.sql == "COMMIT" && tag.String() == "ROLLBACK" {
			err = errRolledBack
		}
		return err
	}
	rows, err := results.Query()
	if err != nil {
		return err
	}
	defer rows.Close()
	if c.row != nil {
		err = eachRow(rows, c.row)
	} else {
		err = c.rows(rows)
	}
	if err != nil {
		return err
	}
	rows.Close()
	return rows.Err()
}

var errRolledBack = storage.LostRace(errors.New("timebok: storage/postgres: the server rolled the transaction back"))

// trip sends calls in the transaction, after BEGIN and after what is held, which is
// written then. An error ends the transaction: all that can follow is a
// rollback.
func (t *tx) trip(ctx context.Context, calls ...call) error {
	if err := t.ready(ctx); err != nil {
		return err
	}
	if err := t.connect(ctx); err != nil {
		t.failed = err
		return err
	}
	all := slices.Grow(t.calls[:0], len(calls)+len(t.held.Changes)+2)
	if !t.begun {
		t.begun = true
		all = append(all, t.begin...)
		if !t.view && !t.anyway && !t.passed {
			all = append(all, passFence(t)...)
		}
		all = append(all, t.early...)
	}
	all = append(t.flush(ctx, all), calls...)
	t.calls = all
	err := t.d.send(ctx, t.sender, all)
	if err == nil {
		return nil
	}
	if broken := (*brokenTrip)(nil); errors.As(err, &broken) {
		t.broken, t.failed = true, classify(ctx, broken.cause)
		return broken
	}
	t.failed = err
	t.rollback(ctx)
	if t.after != nil && !t.broken {
		t.failed = t.after(ctx)
	}
	if t.late && lost(err) {
		t.leaveLocks()
	}
	return t.failed
}

// read is trip of a transaction that goes on, for callers that don't ask how a
// connection was lost.
func (t *tx) read(ctx context.Context, calls ...call) error {
	err := t.trip(ctx, calls...)
	if err == nil {
		t.held.Written()
		return nil
	}
	return t.failed
}

// unreadable is the error of a row that is not the library's. The caller's input
// is not to blame, as the error of a parser may say.
func unreadable(err error) error {
	return &timebok.UnavailableError{What: "storage", Cause: errors.New(err.Error())}
}
