package sqlite_test

import (
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"net/url"
	"strings"
	"testing"

	modernc "modernc.org/sqlite"
)

// The functions below work on a file behind the backend's back.

func rawConn(t *testing.T, path string) driver.Conn {
	t.Helper()
	c, err := (&modernc.Driver{}).Open("file:" + (&url.URL{Path: path}).EscapedPath())
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// raw executes SQL.
func raw(t *testing.T, path, sql string) {
	t.Helper()
	c := rawConn(t, path)
	defer c.Close()
	rawExec(t, c, sql)
}

// rawRows queries, with NULL for every parameter.
func rawRows(t *testing.T, c driver.Conn, sql string, params int) [][]driver.Value {
	t.Helper()
	args := make([]driver.NamedValue, params)
	for i := range args {
		args[i].Ordinal = i + 1
	}
	rows, err := c.(driver.QueryerContext).QueryContext(t.Context(), sql, args)
	if err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
	defer rows.Close()
	var out [][]driver.Value
	for {
		row := make([]driver.Value, len(rows.Columns()))
		if err := rows.Next(row); errors.Is(err, io.EOF) {
			return out
		} else if err != nil {
			t.Fatal(err)
		}
		out = append(out, row)
	}
}

// rawText returns the first column of what a query answers, a line a row.
func rawText(t *testing.T, path, sql string) string {
	t.Helper()
	c := rawConn(t, path)
	defer c.Close()
	var out []string
	for _, row := range rawRows(t, c, sql, 0) {
		out = append(out, fmt.Sprint(row[0]))
	}
	return strings.Join(out, "\n")
}

func rawExec(t *testing.T, c driver.Conn, sql string) {
	t.Helper()
	if _, err := c.(driver.ExecerContext).ExecContext(t.Context(), sql, nil); err != nil {
		t.Fatal(err)
	}
}
