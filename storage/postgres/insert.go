package postgres

import (
	"strconv"
	"strings"
	"sync"

	"github.com/jackc/pgx/v5/pgtype"
	"github.com/timebok/timebok/internal/sqlrow"
)

// Inserts are the statements that insert rows of one table. A statement costs by its
// arguments, on the way and in the server, so each is passed once, and those that
// nearly every row has stand in the statement: NULL, the empty text, yes, no, 0 and 1.
// There is a statement for each form that rows take.
type inserts struct {
	table sqlrow.Mapping
	mu    sync.RWMutex
	forms map[form]string
}

// Every statement stays prepared on every connection, so of each table there are not
// many. In rows of a form after these each value but NULL is an argument.
const maxForms = 24

// A form says how a row passes each column: with the code of a literal, or as an
// argument: its own, or that of a column before.
type form [64]byte

const (
	isNull = 1 + iota
	isEmpty
	isYes
	isNo
	isZero
	isOne
	isArgument
	isColumn // the first: has the argument of that column
)

var literals = [...]string{isNull: "NULL", isEmpty: "''", isYes: "true", isNo: "false", isZero: "0", isOne: "1"}

// insert is the statement that inserts a row, and its arguments, which take the row's
// place.
func (t *inserts) insert(row []any) (string, []any) {
	f := formOf(row)
	t.mu.RLock()
	sql, known := t.forms[f]
	full := len(t.forms) >= maxForms
	t.mu.RUnlock()
	if !known && full {
		f = plainForm(row)
	}
	args := row[:0]
	for i, v := range row {
		if f[i] == isArgument {
			args = append(args, v)
		}
	}
	if !known {
		sql = t.statement(f)
	}
	if !known && !full {
		t.mu.Lock()
		defer t.mu.Unlock()
		if t.forms == nil {
			t.forms = map[form]string{}
		}
		t.forms[f] = sql
	}
	return sql, args
}

// formOf is the form of a row.
func formOf(row []any) (f form) {
	for i, v := range row {
		f[i] = isArgument
		switch v := v.(type) {
		case nil:
			f[i] = isNull
		case string:
			if v == "" {
				f[i] = isEmpty
			}
		case bool:
			f[i] = isNo
			if v {
				f[i] = isYes
			}
		case int64:
			switch v {
			case 0:
				f[i] = isZero
			case 1:
				f[i] = isOne
			}
		case pgtype.UUID:
			f[i] = sameAs(row[:i], v)
		case pgtype.Timestamptz:
			f[i] = sameAs(row[:i], v)
		}
	}
	return f
}

// sameAs is the first column before that has the same value, if there is one.
func sameAs[V comparable](before []any, v V) byte {
	for i, w := range before {
		if w, ok := w.(V); ok && w == v {
			return byte(isColumn + i)
		}
	}
	return isArgument
}

// plainForm is the form of a row all of whose values are arguments.
func plainForm(row []any) (f form) {
	for i, v := range row {
		f[i] = isArgument
		if v == nil {
			f[i] = isNull
		}
	}
	return f
}

// statement is the statement of a form.
func (t *inserts) statement(f form) string {
	var values []string
	var arguments int
	for i := range t.table.Columns() {
		switch code := f[i]; {
		case code == isArgument:
			arguments++
			values = append(values, "$"+strconv.Itoa(arguments))
		case code < isArgument:
			values = append(values, literals[code])
		default:
			values = append(values, values[code-isColumn])
		}
	}
	return "INSERT INTO {}" + t.table.Name() + " (" + strings.Join(t.table.Columns(), ", ") + ") VALUES (" + strings.Join(values, ", ") + ")"
}
