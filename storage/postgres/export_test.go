package postgres

import (
	"github.com/timebok/timebok"
	"github.com/timebok/timebok/internal/sqlrow"
)

// Latest is the version of the schema that New wants.
func Latest() int { return latest() }

// WriteSQL returns the statements that write records.
func WriteSQL(d *Driver) (out []string) {
	for _, w := range writes {
		full := make([]any, len(w.table.Columns()))
		for i := range full {
			full[i] = "x" // whatever
		}
		insert, _ := w.insert(full)
		for _, sql := range []string{insert, w.update, w.remove, w.version} {
			out = append(out, d.sql(sql))
		}
	}
	return out
}

// MaxForms is how many forms of rows a table has statements for.
const MaxForms = maxForms

// Inserts returns what makes the statements that insert rows of a table, and its
// columns.
func Inserts(k timebok.Kind) (insert func(row []any) (string, []any), columns []string) {
	i := &inserts{table: sqlrow.Of(k)}
	return i.insert, i.table.Columns()
}
