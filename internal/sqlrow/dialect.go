package sqlrow

import (
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/rickb777/date"
)

// A Dialect passes values to a database and takes them from it. Each is given
// numbers as int64, texts as string and bytes as []byte; nil is NULL. A zero ID and
// a zero time are NULL and never given to a Dialect.
type Dialect interface {
	PutID(uuid.UUID) any
	PutTime(time.Time) any // cut to microseconds, in UTC
	PutDay(date.Date) any
	PutBool(bool) any

	GetID(any) (uuid.UUID, error)
	GetTime(any) (time.Time, error)
	GetDay(any) (date.Date, error)
	GetBool(any) (bool, error)
	GetInt(any) (int64, error)
	GetText(any) (string, error)
	GetBytes(any) ([]byte, error) // which may be the driver's own, until its next row
}

// SQLite passes IDs as BLOBs of 16 bytes, which sort as IDs do and take less
// than half of their text in every index; instants as microseconds since 1970;
// days as ISO texts, and truth values as 0 and 1.
type SQLite struct{}

// PutID returns the 16 bytes.
func (SQLite) PutID(id uuid.UUID) any { return id[:] }

// PutTime returns microseconds since 1970.
func (SQLite) PutTime(t time.Time) any { return t.UnixMicro() }

// PutDay returns the day as YYYY-MM-DD.
func (SQLite) PutDay(d date.Date) any { return d.String() }

// PutBool returns 0 or 1.
func (SQLite) PutBool(b bool) any {
	if b {
		return int64(1)
	}
	return int64(0)
}

// GetID reads what PutID wrote.
func (SQLite) GetID(v any) (uuid.UUID, error) {
	b, err := as[[]byte](v)
	if err != nil {
		return uuid.UUID{}, err
	}
	return uuid.FromBytes(b)
}

// GetTime reads what PutTime wrote.
func (SQLite) GetTime(v any) (time.Time, error) {
	n, err := as[int64](v)
	return time.UnixMicro(n).UTC(), err
}

// GetDay reads what PutDay wrote.
func (SQLite) GetDay(v any) (date.Date, error) {
	text, err := as[string](v)
	if err != nil {
		return date.Date{}, err
	}
	day, err := time.Parse(time.DateOnly, text)
	if err != nil {
		return date.Date{}, fmt.Errorf("no date") // the text may be a birth date
	}
	return date.NewAt(day), nil
}

// GetBool reads what PutBool wrote.
func (SQLite) GetBool(v any) (bool, error) {
	n, err := as[int64](v)
	return n != 0, err
}

// GetInt reads a number.
func (SQLite) GetInt(v any) (int64, error) { return as[int64](v) }

// GetText reads a text.
func (SQLite) GetText(v any) (string, error) { return as[string](v) }

// GetBytes reads bytes.
func (SQLite) GetBytes(v any) ([]byte, error) { return as[[]byte](v) }

// as returns v as a V, the zero V for NULL.
func as[V any](v any) (V, error) {
	got, ok := v.(V)
	if !ok && v != nil {
		return got, fmt.Errorf("a %T where a %T belongs", v, got)
	}
	return got, nil
}
