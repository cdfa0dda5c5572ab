package postgres

import (
	"encoding/binary"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"
)

// The epoch of PostgreSQL, from which it counts microseconds and days.
var epoch = time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)

// values are the values of a row, in the types that rows.Values gives them. Those
// of the types of our tables are read here, since most of the time of a reader
// goes into them; rows.Values reads the others, and what comes as text.
func values(rows pgx.Rows, into []any) ([]any, error) {
	fields, raw := rows.FieldDescriptions(), rows.RawValues()
	into = into[:0]
	for i, b := range raw {
		v, ok := value(fields[i].DataTypeOID, b)
		if !ok || fields[i].Format != pgx.BinaryFormatCode {
			return rows.Values()
		}
		into = append(into, v)
	}
	return into, nil
}

// value reads a value in the binary format. It reports false for one of another
// type or of another length than it should be.
func value(oid uint32, b []byte) (any, bool) {
	if b == nil {
		return nil, true
	}
	switch oid {
	case pgtype.TextOID:
		return string(b), true
	case pgtype.ByteaOID:
		return append([]byte{}, b...), true
	case pgtype.BoolOID:
		return len(b) == 1 && b[0] != 0, len(b) == 1
	case pgtype.UUIDOID:
		if len(b) == 16 {
			return [16]byte(b), true
		}
	case pgtype.Int8OID:
		if len(b) == 8 {
			return int64(binary.BigEndian.Uint64(b)), true
		}
	case pgtype.TimestamptzOID:
		if len(b) == 8 {
			n := int64(binary.BigEndian.Uint64(b))
			if n == -1<<63 || n == 1<<63-1 { // infinite
				return nil, false
			}
			return time.UnixMicro(epoch.UnixMicro() + n).UTC(), true
		}
	}
	return nil, false
}
