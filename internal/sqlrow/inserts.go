package sqlrow

import (
	"bytes"
	"strconv"
	"sync"
)

// Inserts are the statements that insert rows of one table. A statement costs by its
// arguments, on the way and in the database, so each is passed once, and those that
// nearly every row has stand in the statement: NULL, the empty text, yes, no, 0 and 1.
// There is a statement for each form that rows take. Inserts are safe for concurrent
// use.
type Inserts struct {
	mark      string
	statement func(values []string, arguments int) string

	mu    sync.RWMutex
	forms map[form]string
}

// NewInserts returns the inserts of a driver that marks its arguments so, "$" or "?",
// and makes the statement of the values of the columns, which have so many arguments.
func NewInserts(mark string, statement func(values []string, arguments int) string) *Inserts {
	return &Inserts{mark: mark, statement: statement, forms: map[form]string{}}
}

// Every statement stays prepared on every connection, so of each table there are not
// many. Rows of a form after these share one, in which every value is an argument.
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

// Of is the statement that inserts a row, and its arguments, which take the row's
// place.
func (t *Inserts) Of(row []any) (sql string, args []any) {
	f := formOf(row)
	t.mu.RLock()
	sql, known := t.forms[f]
	full := len(t.forms) >= maxForms
	t.mu.RUnlock()
	if !known && full {
		f = plainForm(len(row))
	}
	args = row[:0]
	for i, v := range row {
		if f[i] == isArgument {
			args = append(args, v)
		}
	}
	if !known {
		sql = t.add(f, len(row))
	}
	return sql, args
}

// add makes the statement of a form, unless it is there by now.
func (t *Inserts) add(f form, columns int) string {
	t.mu.Lock()
	defer t.mu.Unlock()
	sql, known := t.forms[f]
	if !known {
		sql = t.statement(t.values(f, columns))
		t.forms[f] = sql
	}
	return sql
}

// instants are the numbers above this, in microseconds: beyond the first days of 1970.
// Smaller numbers are the same by chance.
const instants = 1 << 40

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
			switch {
			case v == 0:
				f[i] = isZero
			case v == 1:
				f[i] = isOne
			case v > instants:
				f[i] = sameAs(row[:i], v)
			}
		case []byte:
			for j, w := range row[:i] {
				if w, ok := w.([]byte); ok && f[i] == isArgument && len(v) > 0 && bytes.Equal(w, v) {
					f[i] = byte(isColumn + j)
				}
			}
		default: // an ID or an instant of the driver's
			f[i] = sameAs(row[:i], v)
		}
	}
	return f
}

// sameAs is the first column before that has the same value, if there is one.
func sameAs(before []any, v any) byte {
	for i, w := range before {
		if w == v {
			return byte(isColumn + i)
		}
	}
	return isArgument
}

// plainForm is the form of a row all of whose values are arguments.
func plainForm(columns int) (f form) {
	for i := range columns {
		f[i] = isArgument
	}
	return f
}

// values are the values of the columns as they stand in the statement of a form, and
// how many arguments it has.
func (t *Inserts) values(f form, columns int) (values []string, arguments int) {
	for _, code := range f[:columns] {
		switch {
		case code == isArgument:
			arguments++
			values = append(values, t.mark+strconv.Itoa(arguments))
		case code < isArgument:
			values = append(values, literals[code])
		default:
			values = append(values, values[code-isColumn])
		}
	}
	return values, arguments
}
