package sqlite_test

import (
	"context"
	"database/sql/driver"
	"strings"
	"sync"

	modernc "modernc.org/sqlite"
)

// A tap stands between the backend and the SQLite driver: it counts statements,
// and a hook may hold or fail one before it is carried out.
type tap struct {
	modernc modernc.Driver

	mu     sync.Mutex
	counts map[string]int // by first word
	seen   map[string]bool
	before func(sql string) error
}

// count returns how often statements with that first word were carried out.
func (t *tap) count(word string) int {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.counts[word]
}

// total returns how many statements were carried out.
func (t *tap) total() int {
	t.mu.Lock()
	defer t.mu.Unlock()
	n := 0
	for _, c := range t.counts {
		n += c
	}
	return n
}

// statements returns the SQL of every statement that was prepared.
func (t *tap) statements() []string {
	t.mu.Lock()
	defer t.mu.Unlock()
	var out []string
	for sql := range t.seen {
		out = append(out, sql)
	}
	return out
}

// hook sets what is called before each statement; nil: nothing.
func (t *tap) hook(before func(sql string) error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.before = before
}

func (t *tap) pass(sql string) error {
	t.mu.Lock()
	if t.counts == nil {
		t.counts = map[string]int{}
	}
	word, _, _ := strings.Cut(sql, " ")
	t.counts[word]++
	before := t.before
	t.mu.Unlock()
	if before == nil {
		return nil
	}
	return before(sql)
}

func (t *tap) Open(name string) (driver.Conn, error) {
	c, err := t.modernc.Open(name)
	if err != nil {
		return nil, err
	}
	return &tappedConn{c, t}, nil
}

type tappedConn struct {
	driver.Conn
	tap *tap
}

func (c *tappedConn) ExecContext(ctx context.Context, sql string, args []driver.NamedValue) (driver.Result, error) {
	if err := c.tap.pass(sql); err != nil {
		return nil, err
	}
	return c.Conn.(driver.ExecerContext).ExecContext(ctx, sql, args)
}

func (c *tappedConn) PrepareContext(ctx context.Context, sql string) (driver.Stmt, error) {
	s, err := c.Conn.(driver.ConnPrepareContext).PrepareContext(ctx, sql)
	if err != nil {
		return nil, err
	}
	c.tap.mu.Lock()
	defer c.tap.mu.Unlock()
	if c.tap.seen == nil {
		c.tap.seen = map[string]bool{}
	}
	c.tap.seen[sql] = true
	return &tappedStmt{s, c.tap, sql}, nil
}

type tappedStmt struct {
	driver.Stmt
	tap *tap
	sql string
}

func (s *tappedStmt) ExecContext(ctx context.Context, args []driver.NamedValue) (driver.Result, error) {
	if err := s.tap.pass(s.sql); err != nil {
		return nil, err
	}
	return s.Stmt.(driver.StmtExecContext).ExecContext(ctx, args)
}

func (s *tappedStmt) QueryContext(ctx context.Context, args []driver.NamedValue) (driver.Rows, error) {
	if err := s.tap.pass(s.sql); err != nil {
		return nil, err
	}
	return s.Stmt.(driver.StmtQueryContext).QueryContext(ctx, args)
}
