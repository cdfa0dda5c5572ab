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

// insertInto inserts a row of which placed gives the values, unless it is there.
func insertInto(m sqlrow.Mapping) string {
	columns := strings.Join(m.Columns(), ", ")
	marks := strings.TrimSuffix(strings.Repeat("?, ", len(m.Columns())), ", ")
	if m == sqlrow.Mapping(sqlrow.Bookings) {
		columns += ", place"
		marks += fmt.Sprintf(", (SELECT nullif(coalesce(max(place) + 1, ?%[1]d), ?%[1]d + %[2]d) FROM booking"+
			" WHERE place >= ?%[1]d AND place < ?%[1]d + %[2]d)", len(m.Columns())+1, placesEach)
	}
	return "INSERT INTO " + m.Name() + " (" + columns + ") VALUES (" + marks + ") ON CONFLICT DO NOTHING"
}

// placed completes the row of a booking that is to be inserted.
func placed(m sqlrow.Mapping, row []any) []any {
	if m != sqlrow.Mapping(sqlrow.Bookings) {
		return row
	}
	low := func(i int) int64 {
		id, _ := row[i].([]byte)
		if len(id) < 8 {
			return 0 // no client
		}
		return int64(binary.BigEndian.Uint64(id[len(id)-8:]))
	}
	return append(row, (low(0)&(1<<16-1)<<27|low(clientColumn)&(1<<27-1))*placesEach)
}
