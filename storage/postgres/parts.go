package postgres

import (
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/google/uuid"
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

// A row reads a record of each of several tables, one beside the other. The first
// is the clinic's own. What is not asked for costs nothing.
type row struct {
	clinic readable
	others []readable
	sqls   sync.Map // by the set of the others that are asked for
}

// A named is a record that a row is asked for.
type named struct {
	id   uuid.UUID // zero: not asked for
	into segment
}

// call reads the clinic's record and those of the others that are named, each in
// its place.
func (r *row) call(t *tx, clinic segment, others ...named) call {
	set, parts, args := 0, make([]segment, 1, 1+len(others)), make([]any, 1, 1+len(others))
	parts[0], args[0] = clinic, t.clinic
	for i, n := range others {
		if n.id != (uuid.UUID{}) {
			set |= 1 << i
			parts, args = append(parts, n.into), append(args, pgUUID(n.id))
		}
	}
	sql, ok := r.sqls.Load(set)
	if !ok {
		sql = r.sql(set)
		r.sqls.Store(set, sql)
	}
	return call{sql: sql.(string), args: args, rows: segments(parts...)}
}

func (r *row) sql(set int) string {
	var columns []string
	from := " FROM {}" + r.clinic.Name() + " r0"
	add := func(n int, t readable) {
		for _, name := range t.Reads() {
			columns = append(columns, fmt.Sprintf("r%d.%s", n, name))
		}
	}
	add(0, r.clinic)
	n := 0
	for i, t := range r.others {
		if set&(1<<i) != 0 {
			n++
			add(n, t)
			from += fmt.Sprintf(" LEFT JOIN {}%s r%d ON r%d.clinic_id = $1 AND r%d.id = $%d", t.Name(), n, n, n, n+1)
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
		var all []any
		for rows.Next() {
			var err error
			if all, err = values(rows, all); err != nil {
				return err
			}
			row := all
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
