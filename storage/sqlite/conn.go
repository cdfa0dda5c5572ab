package sqlite

import (
	"context"
	"database/sql/driver"
	"errors"
	"io"
)

// A conn is a connection with its prepared statements, used by one goroutine at a
// time. It speaks to the driver without database/sql, whose pool, retries and
// conversions would only be in the way here.
//
// No context reaches SQLite: an interrupted write rolls the whole transaction
// back, and with it those who share it. Transactions look at their context
// before each statement; every statement is short.
type conn struct {
	raw   driver.Conn
	stmts map[string]driver.Stmt
	args  []driver.NamedValue
	row   []driver.Value
}

func newConn(raw driver.Conn) *conn {
	return &conn{raw: raw, stmts: map[string]driver.Stmt{}}
}

func (c *conn) close() {
	for _, s := range c.stmts {
		_ = s.Close()
	}
	c.stmts = nil
	_ = c.raw.Close()
}

var errOldDriver = errors.New("timebok: storage/sqlite: the SQLite driver lacks QueryContext or ExecContext")

// run executes SQL that is not worth keeping: settings, and whole files.
func (c *conn) run(sql string) error {
	execer, ok := c.raw.(driver.ExecerContext)
	if !ok {
		return errOldDriver
	}
	_, err := execer.ExecContext(context.Background(), sql, nil)
	return err
}

// exec executes a statement and returns how many rows it changed.
func (c *conn) exec(sql string, args ...any) (int64, error) {
	s, err := c.prepared(sql)
	if err != nil {
		return 0, err
	}
	execer, ok := s.(driver.StmtExecContext)
	if !ok {
		return 0, errOldDriver
	}
	r, err := execer.ExecContext(context.Background(), c.named(args))
	if err != nil {
		return 0, err
	}
	return r.RowsAffected()
}

// query calls each with every row. The row is good until each returns, and each
// must not use the connection.
func (c *conn) query(sql string, args []any, each func(row []driver.Value) error) (err error) {
	s, err := c.prepared(sql)
	if err != nil {
		return err
	}
	queryer, ok := s.(driver.StmtQueryContext)
	if !ok {
		return errOldDriver
	}
	rows, err := queryer.QueryContext(context.Background(), c.named(args))
	if err != nil {
		return err
	}
	defer func() {
		if closing := rows.Close(); err == nil {
			err = closing
		}
	}()
	n := len(rows.Columns())
	if cap(c.row) < n {
		c.row = make([]driver.Value, n)
	}
	row := c.row[:n]
	for {
		switch err := rows.Next(row); {
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return err
		}
		if err := each(row); err != nil {
			return err
		}
	}
}

func (c *conn) prepared(sql string) (driver.Stmt, error) {
	if s, ok := c.stmts[sql]; ok {
		return s, nil
	}
	preparer, ok := c.raw.(driver.ConnPrepareContext)
	if !ok {
		return nil, errOldDriver
	}
	s, err := preparer.PrepareContext(context.Background(), sql)
	if err != nil {
		return nil, err
	}
	c.stmts[sql] = s
	return s, nil
}

func (c *conn) named(args []any) []driver.NamedValue {
	c.args = c.args[:0]
	for i, a := range args {
		c.args = append(c.args, driver.NamedValue{Ordinal: i + 1, Value: a})
	}
	return c.args
}
