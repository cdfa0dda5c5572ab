package sqlite

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"io"

	"github.com/timebok/timebok"
	"github.com/timebok/timebok/storage"
)

// A Host is the host's own open transaction: a *sql.Tx, or a *sql.Conn on which it
// said BEGIN, of whatever SQLite driver it uses.
type Host interface {
	ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error)
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
}

// Join runs fn in an open transaction of the host's, in the same file, so that its
// use-cases and the host's own changes are committed together, or not at all. When
// Join returns an error nothing of fn is left, and the host's transaction goes on.
// Fn may use the host's transaction, too, but not at the same time.
//
// Join takes SQLite's one lock for writing, which is held until the host commits
// or rolls back: an Update of this driver waits for it, and so does Join for an
// Update. If the host read before, and another wrote since, or the wait is longer
// than the host's busy_timeout, the error is a timebok.ErrConflict: the host rolls
// back and runs its transaction again. BEGIN IMMEDIATE takes the lock at once.
//
// The host's settings count for its own connection: with "PRAGMA synchronous"
// below FULL, what it commits may be lost with the power.
func (d *Driver) Join(ctx context.Context, host Host, clinic timebok.ClinicID, fn func(ctx context.Context, tx storage.Tx) error) error {
	if clinic.IsZero() {
		return timebok.Reasons{timebok.Missing.At("Clinic")}.Invalid()
	}
	if err := d.usable(ctx); err != nil {
		return err
	}
	c := newConn(hosted{host})
	// A write of no row: it takes the lock, as Load does in an Update.
	for _, sql := range []string{"SAVEPOINT timebok", "DELETE FROM clinic_fence WHERE clinic_id IS NULL"} {
		if err := c.run(sql); err != nil {
			return classify(err)
		}
	}
	t := newTx(d, clinic)
	t.conn = c
	defer t.Rollback() // of an error, or a panic on its way up
	fenced := false
	err := c.query("SELECT 1 FROM clinic_fence WHERE clinic_id = ?", []any{t.clinic}, func([]driver.Value) error {
		fenced = true
		return nil
	})
	switch {
	case err != nil:
		return classify(err)
	case fenced:
		return storage.Fenced()
	}
	if err := fn(ctx, t); err != nil {
		return err
	}
	return t.Commit(ctx)
}

// endJoin keeps what was written for the host's commit, or takes it out.
func (t *tx) endJoin(ok bool) error {
	if ok {
		return classify(t.conn.run("RELEASE timebok"))
	}
	if t.conn.run("ROLLBACK TO timebok") == nil {
		_ = t.conn.run("RELEASE timebok")
	}
	return nil
}

// hosted is a host's transaction as a connection of a driver.
type hosted struct{ Host }

func (hosted) Close() error              { return nil }
func (hosted) Begin() (driver.Tx, error) { return nil, errOldDriver }

func (h hosted) Prepare(sql string) (driver.Stmt, error) { return hostedStmt{h.Host, sql}, nil }

func (h hosted) PrepareContext(_ context.Context, sql string) (driver.Stmt, error) {
	return h.Prepare(sql)
}

func (h hosted) ExecContext(ctx context.Context, sql string, _ []driver.NamedValue) (driver.Result, error) {
	return h.Host.ExecContext(ctx, sql)
}

type hostedStmt struct {
	host Host
	sql  string
}

func (hostedStmt) Close() error  { return nil }
func (hostedStmt) NumInput() int { return -1 }

func (hostedStmt) Exec([]driver.Value) (driver.Result, error) { return nil, errOldDriver }
func (hostedStmt) Query([]driver.Value) (driver.Rows, error)  { return nil, errOldDriver }

func (s hostedStmt) ExecContext(ctx context.Context, args []driver.NamedValue) (driver.Result, error) {
	return s.host.ExecContext(ctx, s.sql, plain(args)...)
}

func (s hostedStmt) QueryContext(ctx context.Context, args []driver.NamedValue) (driver.Rows, error) {
	rows, err := s.host.QueryContext(ctx, s.sql, plain(args)...)
	if err != nil {
		return nil, err
	}
	columns, err := rows.Columns()
	return &hostedRows{rows, columns}, err
}

func plain(args []driver.NamedValue) []any {
	out := make([]any, len(args))
	for i, a := range args {
		out[i] = a.Value
	}
	return out
}

type hostedRows struct {
	rows    *sql.Rows
	columns []string
}

func (r *hostedRows) Columns() []string { return r.columns }
func (r *hostedRows) Close() error      { return r.rows.Close() }

func (r *hostedRows) Next(row []driver.Value) error {
	if !r.rows.Next() {
		if err := r.rows.Err(); err != nil {
			return err
		}
		return io.EOF
	}
	to := make([]any, len(row))
	for i := range row {
		to[i] = (*any)(&row[i])
	}
	return r.rows.Scan(to...)
}
