package sqlite

import (
	"context"
	"database/sql/driver"
	"errors"
	"iter"
	"strings"

	"github.com/timebok/timebok"
	"github.com/timebok/timebok/internal/sqlrow"
)

// A selection reads records of one table. Its SQL begins with the clinic: the
// first argument of every query is the transaction's.
type selection[T any] struct {
	table *sqlrow.Table[T]
	sql   string
	keeps timebok.Kind // of records that the writing connection keeps; "": it doesn't
}

// from selects the rows of the clinic for which the rest of the statement holds,
// such as "AND id = ?".
func from[T any](t *sqlrow.Table[T], rest string) selection[T] {
	return selection[T]{table: t, sql: "SELECT " + strings.Join(t.Reads(), ", ") + " FROM " + t.Name() + " WHERE clinic_id = ? " + rest}
}

// byID selects one record.
func byID[T any](t *sqlrow.Table[T]) selection[T] { return from(t, "AND id = ?") }

// among selects the records whose IDs a JSON list of hexadecimal IDs names.
func among[T any](t *sqlrow.Table[T]) selection[T] {
	return from(t, "AND id IN (SELECT unhex(value) FROM json_each(?)) ORDER BY id")
}

// all reads every record of the selection. The transaction must be ready.
func (s selection[T]) all(t *tx, args ...any) ([]T, error) {
	if s.keeps != "" && t.w != nil {
		return s.recall(t, args[0].([]byte))
	}
	var out []T
	err := s.each(t, args, func(r T) { out = append(out, r) })
	return out, err
}

// first reads the first record of the selection, or nil.
func (s selection[T]) first(t *tx, args ...any) (*T, error) {
	all, err := s.all(t, args...)
	if err != nil || len(all) == 0 {
		return nil, err
	}
	return &all[0], nil
}

func (s selection[T]) each(t *tx, args []any, found func(T)) error {
	var given [12]any
	return s.rows(t, append(append(given[:0], t.clinic), args...), found)
}

// rows reads the rows of the whole statement, whose arguments are all given.
func (s selection[T]) rows(t *tx, args []any, found func(T)) error {
	var values [48]any
	err := t.query(s.sql, args, func(row []driver.Value) error {
		in := values[:0]
		for _, v := range row {
			in = append(in, v)
		}
		r, err := s.table.Scan(sqlrow.SQLite{}, in)
		if err != nil {
			return unreadable(err)
		}
		found(r)
		return nil
	})
	return classify(err)
}

// unreadable is the error of a row that is no record. The caller's input is not to
// blame, as the error of a parser may say.
func unreadable(err error) error {
	return &timebok.UnavailableError{What: "storage", Cause: errors.New(err.Error())}
}

// get reads one record by ID, or fails with a *timebok.NotFoundError.
func get[T any, K any](ctx context.Context, t *tx, s selection[T], kind timebok.Kind, id timebok.ID[K]) (T, error) {
	var none T
	if err := t.ready(ctx); err != nil {
		return none, err
	}
	r, err := s.first(t, idBytes(id))
	if err != nil {
		return none, err
	}
	if r == nil {
		return none, &timebok.NotFoundError{Ref: timebok.Ref{Kind: kind, ID: id.UUID()}}
	}
	return *r, nil
}

// paged lists records page by page (sqlrow.Paged), as long as the transaction is ready.
func paged[T any](ctx context.Context, t *tx, limit int, page func(after *T, n int) ([]T, error)) iter.Seq2[T, error] {
	return sqlrow.Paged(limit, func(after *T, n int) ([]T, error) {
		if err := t.ready(ctx); err != nil {
			return nil, err
		}
		return page(after, n)
	})
}

// A where collects the conditions of a search.
type where struct {
	sql  strings.Builder
	args []any
}

// and adds a condition with its arguments.
func (w *where) and(condition string, args ...any) {
	w.sql.WriteString(" AND ")
	w.sql.WriteString(condition)
	w.args = append(w.args, args...)
}

// in adds the condition that a column is one of the texts of jsonTexts.
func (w *where) in(column, texts string) {
	w.and(column+" IN (SELECT value FROM json_each(?))", texts)
}
