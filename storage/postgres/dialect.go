package postgres

import (
	"errors"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5/pgtype"
	"github.com/rickb777/date"
	"github.com/timebok/timebok"
	"github.com/timebok/timebok/internal/sqlrow"
)

// A dialect passes values in types that say by themselves what they are in
// PostgreSQL, so that they also do where nothing is prepared: a date passed as an
// instant would depend on the time zone of the session.
type dialect struct{}

var _ sqlrow.Dialect = dialect{}

func (dialect) PutID(id uuid.UUID) any  { return pgtype.UUID{Bytes: id, Valid: true} }
func (dialect) PutTime(t time.Time) any { return pgtype.Timestamptz{Time: t, Valid: true} }
func (dialect) PutDay(d date.Date) any  { return pgtype.Date{Time: d.UTC(), Valid: true} }
func (dialect) PutBool(b bool) any      { return b }

// The values are cells, or what pgx makes of those that come as text.

func (dialect) GetID(v any) (uuid.UUID, error) {
	if c, ok := v.(*cell); ok {
		return c.id()
	}
	b, err := as[[16]byte](v)
	return b, err
}

func (dialect) GetTime(v any) (time.Time, error) {
	if c, ok := v.(*cell); ok {
		return c.time()
	}
	t, err := as[time.Time](v)
	return t.UTC(), err
}

func (dialect) GetDay(v any) (date.Date, error) {
	if c, ok := v.(*cell); ok {
		return c.day()
	}
	t, err := as[time.Time](v)
	return date.NewAt(t), err
}

func (dialect) GetBool(v any) (bool, error) {
	if c, ok := v.(*cell); ok {
		return c.bool()
	}
	return as[bool](v)
}

func (dialect) GetInt(v any) (int64, error) {
	if c, ok := v.(*cell); ok {
		return c.number()
	}
	return as[int64](v)
}

func (dialect) GetText(v any) (string, error) {
	if c, ok := v.(*cell); ok {
		return c.text()
	}
	return as[string](v)
}

func (dialect) GetBytes(v any) ([]byte, error) {
	if c, ok := v.(*cell); ok {
		return c.bytes(pgtype.ByteaOID, 0)
	}
	return as[[]byte](v)
}

var errType = errors.New("a value of another type than belongs here")

// as returns v as a V. NULLs are never given to a dialect.
func as[V any](v any) (V, error) {
	got, ok := v.(V)
	if !ok {
		return got, errType
	}
	return got, nil
}

// id is an ID as PostgreSQL gets it; the zero ID is a value like any other.
func id[T any](id timebok.ID[T]) pgtype.UUID { return pgtype.UUID{Bytes: id, Valid: true} }

// instant is an instant as PostgreSQL gets it, cut to microseconds.
func instant(t time.Time) pgtype.Timestamptz {
	return pgtype.Timestamptz{Time: timebok.Instant(t), Valid: true}
}

// ids is a list of IDs as one argument, for ANY.
func ids[T any](list []timebok.ID[T]) []pgtype.UUID {
	out := make([]pgtype.UUID, len(list))
	for i, x := range list {
		out[i] = id(x)
	}
	return out
}

// texts is a list of texts as one argument, for ANY.
func texts[S ~string](list []S) []string {
	out := make([]string, len(list))
	for i, x := range list {
		out[i] = string(x)
	}
	return out
}

// The longest time that a booking can begin before its practitioner is occupied
// by it no more, and after its practitioner is: a session and the buffer after
// it, and the buffer before. The table checks both.
const (
	longestSession = 24 * time.Hour
	reachBack      = longestSession + timebok.MaxBuffer
	reachAhead     = timebok.MaxBuffer
)
