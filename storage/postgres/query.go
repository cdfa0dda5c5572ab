package postgres

import (
	"context"
	"iter"
	"strconv"
	"strings"

	"github.com/timebok/timebok"
	"github.com/timebok/timebok/internal/sqlrow"
)

// A selection reads records of one table. Its SQL begins with the clinic: the
// first argument of every query is the transaction's.
type selection[T any] struct {
	table *sqlrow.Table[T]
	sql   string
}

// from selects the rows of the clinic, $1, for which the rest of the statement
// holds, such as "AND id = $2".
func from[T any](t *sqlrow.Table[T], rest string) selection[T] {
	return selection[T]{t, "SELECT " + strings.Join(t.Reads(), ", ") + " FROM {}" + t.Name() + " WHERE clinic_id = $1 " + rest}
}

// byID selects one record.
func byID[T any](t *sqlrow.Table[T]) selection[T] { return from(t, "AND id = $2") }

// among selects the records of a list of IDs.
func among[T any](t *sqlrow.Table[T]) selection[T] { return from(t, "AND id = ANY($2) ORDER BY id") }

// call is the call that hands every row of the selection to row.
func (s selection[T]) call(t *tx, row func(row []any) error, args []any) call {
	return call{sql: s.sql, args: append(append(make([]any, 0, 1+len(args)), t.clinic), args...), row: row}
}

// scan reads a row to a zero record.
func (s selection[T]) scan(row []any, to *T) error {
	if err := s.table.ScanTo(dialect{}, row, to); err != nil {
		return unreadable(err)
	}
	return nil
}

// each is the call that hands every record of the selection to found, which may
// keep what it points to, but not the pointer.
func (s selection[T]) each(t *tx, found func(*T), args ...any) call {
	var r T
	return s.call(t, func(row []any) error {
		var none T
		r = none
		err := s.scan(row, &r)
		if err == nil {
			found(&r)
		}
		return err
	}, args)
}

// all is the call that appends every record of the selection to a list.
func (s selection[T]) all(t *tx, to *[]T, args ...any) call {
	return s.call(t, func(row []any) error {
		var none T
		if *to == nil {
			*to = make([]T, 0, 8)
		}
		*to = append(*to, none)
		return s.scan(row, &(*to)[len(*to)-1])
	}, args)
}

// first is the call that reads the first record of the selection.
func (s selection[T]) first(t *tx, to **T, args ...any) call {
	return s.call(t, func(row []any) error {
		r := new(T)
		if *to == nil {
			*to = r
		}
		return s.scan(row, r)
	}, args)
}

// get reads one record by ID, or fails with a *timebok.NotFoundError.
func get[T any, K any](ctx context.Context, t *tx, s selection[T], kind timebok.Kind, of timebok.ID[K]) (T, error) {
	var none T
	var found *T
	if err := t.read(ctx, s.first(t, &found, id(of))); err != nil {
		return none, err
	}
	if found == nil {
		return none, &timebok.NotFoundError{Ref: timebok.Ref{Kind: kind, ID: of.UUID()}}
	}
	return *found, nil
}

// whole lists what is never long, read at once.
func whole[T any](ctx context.Context, t *tx, s selection[T], args ...any) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		var records []T
		if err := t.read(ctx, s.all(t, &records, args...)); err != nil {
			var none T
			yield(none, err)
			return
		}
		for _, r := range records {
			if !yield(r, nil) {
				return
			}
		}
	}
}

// A where collects the conditions of a search. The clinic is $1.
type where struct {
	sql  strings.Builder
	args []any
}

// add adds text with its arguments, each of which stands in it as ?.
func (w *where) add(text string, args ...any) {
	for _, a := range args {
		before, after, _ := strings.Cut(text, "?")
		w.args = append(w.args, a)
		w.sql.WriteString(before)
		w.sql.WriteString("$" + strconv.Itoa(1+len(w.args)))
		text = after
	}
	w.sql.WriteString(text)
}

// and adds a condition with its arguments.
func (w *where) and(condition string, args ...any) {
	w.sql.WriteString(" AND ")
	w.add(condition, args...)
}

// search reads the records that the conditions choose.
func search[T any](ctx context.Context, t *tx, table *sqlrow.Table[T], w *where) (found []T, err error) {
	err = t.read(ctx, from(table, w.sql.String()).all(t, &found, w.args...))
	return found, err
}
