package postgres

import (
	"encoding/binary"
	"sync"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgtype"
	"github.com/rickb777/date"
)

// The epoch of PostgreSQL, from which it counts microseconds and days.
var epoch = time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)

// A cell is a value in PostgreSQL's binary format, of a type that our tables
// have. Most of the time of a reader would go into making a Go value of each, and
// putting it into an interface, only to take it out again.
type cell struct {
	oid  uint32
	raw  []byte // until the next row
	last string // the text of the cell in the row before, which is often the same
}

// isCell reports whether a field is of the types of our columns, in the binary
// format. Texts are the same in both formats.
func isCell(f pgconn.FieldDescription) bool {
	if f.DataTypeOID == pgtype.TextOID {
		return true
	}
	if f.Format != pgx.BinaryFormatCode {
		return false
	}
	switch f.DataTypeOID {
	case pgtype.ByteaOID, pgtype.BoolOID, pgtype.UUIDOID, pgtype.Int8OID, pgtype.TimestamptzOID, pgtype.DateOID:
		return true
	}
	return false
}

// bytes are the cell's, if it is of that type and of that size; size 0 is any.
func (c *cell) bytes(oid uint32, size int) ([]byte, error) {
	if c.oid != oid || size != 0 && len(c.raw) != size {
		return nil, errType
	}
	return c.raw, nil
}

func (c *cell) text() (string, error) {
	b, err := c.bytes(pgtype.TextOID, 0)
	if string(b) != c.last {
		c.last = string(b)
	}
	return c.last, err
}

func (c *cell) number() (int64, error) {
	b, err := c.bytes(pgtype.Int8OID, 8)
	if err != nil {
		return 0, err
	}
	return int64(binary.BigEndian.Uint64(b)), nil
}

func (c *cell) bool() (bool, error) {
	b, err := c.bytes(pgtype.BoolOID, 1)
	return err == nil && b[0] != 0, err
}

func (c *cell) id() (uuid.UUID, error) {
	b, err := c.bytes(pgtype.UUIDOID, 16)
	if err != nil {
		return uuid.UUID{}, err
	}
	return uuid.UUID(b), nil
}

func (c *cell) time() (time.Time, error) {
	b, err := c.bytes(pgtype.TimestamptzOID, 8)
	if err != nil {
		return time.Time{}, err
	}
	n := int64(binary.BigEndian.Uint64(b))
	if n == -1<<63 || n == 1<<63-1 { // infinite
		return time.Time{}, errType
	}
	return time.UnixMicro(epoch.UnixMicro() + n).UTC(), nil
}

func (c *cell) day() (date.Date, error) {
	b, err := c.bytes(pgtype.DateOID, 4)
	if err != nil {
		return date.Date{}, err
	}
	n := int32(binary.BigEndian.Uint32(b))
	if n == -1<<31 || n == 1<<31-1 { // infinite
		return date.Date{}, errType
	}
	return date.NewAt(epoch.AddDate(0, 0, int(n))), nil
}

// A rowReader gives the values of rows: *cell, or what pgx makes of them where they
// come as text or are of another type.
type rowReader struct {
	cells []cell
	row   []any
}

var rowReaders = sync.Pool{New: func() any { return &rowReader{} }}

// eachRow calls found with the values of each row, which are the caller's until it
// returns.
func eachRow(rows pgx.Rows, found func(row []any) error) error {
	r := rowReaders.Get().(*rowReader)
	defer r.free()
	for rows.Next() {
		row, err := r.read(rows)
		if err != nil {
			return err
		}
		if err := found(row); err != nil {
			return err
		}
	}
	return nil
}

func (r *rowReader) read(rows pgx.Rows) ([]any, error) {
	fields, raw := rows.FieldDescriptions(), rows.RawValues()
	if len(r.cells) < len(raw) {
		r.cells, r.row = make([]cell, len(raw)), make([]any, len(raw))
	}
	row := r.row[:len(raw)]
	for i, b := range raw {
		switch c := &r.cells[i]; {
		case b == nil:
			row[i] = nil
		case !isCell(fields[i]):
			return rows.Values()
		default:
			c.oid, c.raw = fields[i].DataTypeOID, b
			row[i] = c
		}
	}
	return row, nil
}

// free gives the reader back, without anything of the rows in it.
func (r *rowReader) free() {
	clear(r.cells)
	clear(r.row)
	rowReaders.Put(r)
}
