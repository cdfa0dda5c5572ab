package postgres

import (
	"fmt"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/timebok/timebok/internal/sqlrow"
)

// A statement costs about as much as some dozens of columns, so what is read
// together is one: records of several tables beside each other in a row, or below
// each other in rows that have a place for each table.

// A readable is a table, to read.
type readable interface {
	Name() string
	Reads() []string
}

// beside is the SQL of one row of a record of each table, or NULLs. The first is
// the clinic's own, by the ID $1; those of the others are the next arguments, which
// may be NULL.
func beside(clinic readable, others ...readable) string {
	var columns []string
	from := " FROM {}" + clinic.Name() + " r0"
	for i, t := range append([]readable{clinic}, others...) {
		for _, name := range t.Reads() {
			columns = append(columns, fmt.Sprintf("r%d.%s", i, name))
		}
		if i > 0 {
			from += fmt.Sprintf(" LEFT JOIN {}%s r%d ON r%d.clinic_id = $1 AND r%d.id = $%d", t.Name(), i, i, i, i+1)
		}
	}
	return "SELECT " + strings.Join(columns, ", ") + from + " WHERE r0.clinic_id = $1 AND r0.id = $1"
}

// A chosen is the rows of a table for which a condition holds.
type chosen struct {
	table readable
	where string
}

// below is the SQL of rows of several tables: in each the columns of all tables
// are NULL but those of one.
func below(all ...chosen) string {
	var arms []string
	for i := range all {
		var columns []string
		for k, c := range all {
			for _, name := range c.table.Reads() {
				if k != i {
					name = "(NULL::{}" + c.table.Name() + ")." + name // NULL of the column's type
				}
				columns = append(columns, name)
			}
		}
		arms = append(arms, "SELECT "+strings.Join(columns, ", ")+" FROM {}"+all[i].table.Name()+" WHERE clinic_id = $1 "+all[i].where)
	}
	return strings.Join(arms, " UNION ALL ")
}

// A segment is the columns of one table in a row of beside or below.
type segment struct {
	width, id int
	read      func(row []any) error
}

// segmentOf hands the records of a segment to found.
func segmentOf[T any](t *sqlrow.Table[T], found func(T)) segment {
	names := t.Reads()
	return segment{len(names), slices.Index(names, "id"), func(row []any) error {
		r, err := t.Scan(dialect{}, row)
		if err != nil {
			return unreadable(err)
		}
		found(r)
		return nil
	}}
}

// into is segmentOf for one record.
func into[T any](t *sqlrow.Table[T], to **T) segment {
	return segmentOf(t, func(r T) { *to = &r })
}

// segments reads rows that consist of these segments.
func segments(parts ...segment) func(rows pgx.Rows) error {
	return func(rows pgx.Rows) error {
		for rows.Next() {
			row, err := rows.Values()
			if err != nil {
				return err
			}
			for _, p := range parts {
				if row[p.id] != nil {
					if err := p.read(row[:p.width]); err != nil {
						return err
					}
				}
				row = row[p.width:]
			}
		}
		return nil
	}
}
