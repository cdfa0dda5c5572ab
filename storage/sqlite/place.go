package sqlite

import (
	"encoding/binary"
	"fmt"
	"slices"
	"strings"

	"github.com/timebok/timebok/internal/sqlrow"
)

// The bookings of a client lie together in the file: bits of the clinic's ID and the
// client's lead to the first of their places, of which a new booking gets the next.
// If two clients have the same, or all are taken (NULL: SQLite finds another), that
// costs speed and nothing else.
const placesEach = 1 << 20

var clientColumn = slices.Index(sqlrow.Bookings.Columns(), "client_id")

// An insertSQL inserts rows of one table, unless they are there.
type insertSQL struct {
	forms  *sqlrow.Inserts
	placed bool // they are bookings: their place comes as one more argument
}

func insertInto(m sqlrow.Mapping) insertSQL {
	placed := m == sqlrow.Mapping(sqlrow.Bookings)
	return insertSQL{placed: placed, forms: sqlrow.NewInserts("?", func(values []string, arguments int) string {
		columns := strings.Join(m.Columns(), ", ")
		if placed {
			columns += ", place"
			values = append(values, fmt.Sprintf("(SELECT nullif(coalesce(max(place) + 1, ?%[1]d), ?%[1]d + %[2]d) FROM booking"+
				" WHERE place >= ?%[1]d AND place < ?%[1]d + %[2]d)", arguments+1, placesEach))
		}
		return "INSERT INTO " + m.Name() + " (" + columns + ") VALUES (" + strings.Join(values, ", ") + ") ON CONFLICT DO NOTHING"
	})}
}

// of is the statement for a row, and its arguments, which take the row's place.
func (s insertSQL) of(row []any) (string, []any) {
	if !s.placed {
		return s.forms.Of(row)
	}
	place := placeOf(row)
	sql, args := s.forms.Of(row)
	return sql, append(args, place)
}

// placeOf is the first of the places of the client of a booking, of which it has the
// row.
func placeOf(row []any) int64 {
	low := func(i int) int64 {
		id, _ := row[i].([]byte)
		if len(id) < 8 {
			return 0 // no client
		}
		return int64(binary.BigEndian.Uint64(id[len(id)-8:]))
	}
	return (low(0)&(1<<16-1)<<27 | low(clientColumn)&(1<<27-1)) * placesEach
}
