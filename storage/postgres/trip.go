package postgres

import (
	"context"
	"errors"
	"slices"
	"sync"

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

// A cargo is what a round trip carries, kept to be used again.
type cargo struct {
	calls   []call
	queries []pgx.QueuedQuery
	batch   pgx.Batch
}

var cargos = sync.Pool{New: func() any { return new(cargo) }}

// free gives the cargo back, without anything in it.
func (c *cargo) free() {
	clear(c.calls)
	clear(c.queries)
	c.calls, c.queries, c.batch.QueuedQueries = c.calls[:0], c.queries[:0], c.batch.QueuedQueries[:0]
	cargos.Put(c)
}

// send sends all calls at once and reads their answers. The first that fails ends
// it: the server skips the rest.
func (d *Driver) send(ctx context.Context, to sender, calls ...call) error {
	c := cargos.Get().(*cargo)
	defer c.free()
	c.calls = append(c.calls, calls...)
	return d.carry(ctx, to, c)
}

// carry is send of a cargo.
func (d *Driver) carry(ctx context.Context, to sender, c *cargo) error {
	c.queries = slices.Grow(c.queries, len(c.calls))
	for i, call := range c.calls {
		c.queries = append(c.queries, pgx.QueuedQuery{SQL: d.sql(call.sql), Arguments: call.args})
		c.batch.QueuedQueries = append(c.batch.QueuedQueries, &c.queries[i])
	}
	results := to.SendBatch(ctx, &c.batch)
	for i := range c.calls {
		call := &c.calls[i]
		err := answer(results, call)
		if err == nil {
			continue
		}
		_ = results.Close() // says the same again
		if _, refused := refusalOf(err); !refused && !isTyped(err) {
			return &brokenTrip{err}
		}
		if call.fail != nil {
			err = call.fail(err)
		}
		return classify(ctx, err)
	}
	if err := results.Close(); err != nil {
		return &brokenTrip{err}
	}
	return nil
}

func answer(results pgx.BatchResults, c *call) error {
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
	c := cargos.Get().(*cargo)
	defer c.free()
	if !t.begun {
		t.begun = true
		c.calls = append(c.calls, t.begin...)
		if !t.view && !t.anyway && !t.passed {
			c.calls = append(c.calls, passFence(t)...)
		}
		c.calls = append(c.calls, t.early...)
	}
	c.calls = append(t.flush(ctx, c.calls), calls...)
	err := t.d.carry(ctx, t.sender, c)
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
