package sqlrow

import (
	"bytes"
	"encoding"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/rickb777/date"
	"github.com/timebok/timebok"
)

// Each function below makes the column of a field, which at points at.

func text[T any, S ~string](name string, at func(*T) *S) column[T] {
	return column[T]{name,
		func(_ Dialect, r *T) (any, error) { return string(*at(r)), nil },
		func(d Dialect, r *T, v any) error {
			s, err := d.GetText(v)
			*at(r) = S(s)
			return err
		}}
}

func number[T any, N ~int | ~int64](name string, at func(*T) *N) column[T] {
	return column[T]{name,
		func(_ Dialect, r *T) (any, error) { return int64(*at(r)), nil },
		func(d Dialect, r *T, v any) error {
			n, err := d.GetInt(v)
			*at(r) = N(n)
			return err
		}}
}

// micros is a duration in microseconds, the unit of every time in the tables.
func micros[T any](name string, at func(*T) *time.Duration) column[T] {
	return column[T]{name,
		func(_ Dialect, r *T) (any, error) { return at(r).Microseconds(), nil },
		func(d Dialect, r *T, v any) error {
			n, err := d.GetInt(v)
			*at(r) = time.Duration(n) * time.Microsecond
			return err
		}}
}

func money[T any](name string, at func(*T) *timebok.Money) column[T] {
	return column[T]{name,
		func(_ Dialect, r *T) (any, error) { return at(r).Ore(), nil },
		func(d Dialect, r *T, v any) error {
			n, err := d.GetInt(v)
			*at(r) = timebok.Ore(n)
			return err
		}}
}

func flag[T any](name string, at func(*T) *bool) column[T] {
	return column[T]{name,
		func(d Dialect, r *T) (any, error) { return d.PutBool(*at(r)), nil },
		func(d Dialect, r *T, v any) (err error) {
			*at(r), err = d.GetBool(v)
			return err
		}}
}

func instant[T any](name string, at func(*T) *time.Time) column[T] {
	return column[T]{name,
		func(d Dialect, r *T) (any, error) { return putTime(d, *at(r)), nil },
		func(d Dialect, r *T, v any) (err error) {
			*at(r), err = d.GetTime(v)
			return err
		}}
}

// moment is an instant that lists are sorted by, so it is never NULL: the zero
// time is the first instant of the year 1.
func moment[T any](name string, at func(*T) *time.Time) column[T] {
	c := instant(name, at)
	c.put = func(d Dialect, r *T) (any, error) { return d.PutTime(timebok.Instant(*at(r))), nil }
	return c
}

func putTime(d Dialect, t time.Time) any {
	if t.IsZero() {
		return nil
	}
	return d.PutTime(timebok.Instant(t))
}

func day[T any](name string, at func(*T) *date.Date) column[T] {
	return column[T]{name,
		func(d Dialect, r *T) (any, error) { return d.PutDay(*at(r)), nil },
		func(d Dialect, r *T, v any) (err error) {
			*at(r), err = d.GetDay(v)
			return err
		}}
}

func optionalDay[T any](name string, at func(*T) **date.Date) column[T] {
	return column[T]{name,
		func(d Dialect, r *T) (any, error) { return putDay(d, *at(r)), nil },
		func(d Dialect, r *T, v any) error {
			got, err := d.GetDay(v)
			*at(r) = &got
			return err
		}}
}

func putDay(d Dialect, day *date.Date) any {
	if day == nil {
		return nil
	}
	return d.PutDay(*day)
}

// key is the ID of the record itself.
func key[T, K any](at func(*T) *timebok.ID[K]) column[T] {
	c := ref("id", at)
	c.put = func(d Dialect, r *T) (any, error) {
		if at(r).IsZero() {
			return nil, ErrNoID
		}
		return d.PutID(at(r).UUID()), nil
	}
	return c
}

// ErrNoID is the error of a record without an ID.
var ErrNoID = errors.New("the record has no ID")

// derivedKey is an ID that follows from other columns.
func derivedKey[T timebok.Record]() column[T] {
	return column[T]{name: "id", put: func(d Dialect, r *T) (any, error) { return d.PutID((*r).Ref().ID), nil }}
}

// ref is the ID of another record, or none.
func ref[T, K any](name string, at func(*T) *timebok.ID[K]) column[T] {
	return column[T]{name,
		func(d Dialect, r *T) (any, error) { return putID(d, at(r).UUID()), nil },
		func(d Dialect, r *T, v any) error {
			id, err := d.GetID(v)
			*at(r) = timebok.ID[K](id)
			return err
		}}
}

func putID(d Dialect, id uuid.UUID) any {
	if id == (uuid.UUID{}) {
		return nil
	}
	return d.PutID(id)
}

// version is the version of the record.
func version[T any](at func(*T) *int64) column[T] { return number("version", at) }

// parsed is a number with a check, such as an OrgNumber; none is the empty text.
func parsed[T any, P fmt.Stringer, R interface {
	*P
	encoding.TextUnmarshaler
}](name string, at func(*T) *P) column[T] {
	return column[T]{name,
		func(_ Dialect, r *T) (any, error) { return (*at(r)).String(), nil },
		func(d Dialect, r *T, v any) error {
			s, err := d.GetText(v)
			if err != nil {
				return err
			}
			return R(at(r)).UnmarshalText([]byte(s))
		}}
}

// private is a text about a person, in clear.
func private[T any](name string, at func(*T) *timebok.Private) column[T] {
	return column[T]{name,
		func(_ Dialect, r *T) (any, error) { return at(r).Reveal(), nil },
		func(d Dialect, r *T, v any) error {
			s, err := d.GetText(v)
			*at(r) = timebok.Hide(s)
			return err
		}}
}

// revealed is a checked text about a person, in clear; none is the empty text.
func revealed[T any, P interface{ Reveal() string }](name string, at func(*T) *P, parse func(string) (P, error)) column[T] {
	return column[T]{name,
		func(_ Dialect, r *T) (any, error) { return (*at(r)).Reveal(), nil },
		func(d Dialect, r *T, v any) error {
			s, err := d.GetText(v)
			if err != nil || s == "" {
				return err
			}
			*at(r), err = parse(s)
			return err
		}}
}

// blob is bytes, none of them being NULL.
func blob[T any](name string, at func(*T) *[]byte) column[T] {
	return column[T]{name,
		func(_ Dialect, r *T) (any, error) {
			if len(*at(r)) == 0 {
				return nil, nil
			}
			return bytes.Clone(*at(r)), nil
		},
		func(d Dialect, r *T, v any) error {
			b, err := d.GetBytes(v)
			*at(r) = bytes.Clone(b) // the driver's own, until its next row
			return err
		}}
}

// list is a list as JSON, an empty one being NULL. What is in it must not mask
// itself.
func list[T, E any](name string, at func(*T) *[]E) column[T] {
	return document(name,
		func(r *T) ([]E, bool) { return *at(r), len(*at(r)) > 0 },
		func(r *T, l []E) error { *at(r) = l; return nil })
}

// document is any value as JSON: the one that get returns, unless it reports
// that there is none.
func document[T, E any](name string, get func(*T) (E, bool), set func(*T, E) error) column[T] {
	return encoded(name, get, decode[E], set)
}

// encoded is a document of a form of its own, which decode reads.
func encoded[T, F, E any](name string, get func(*T) (F, bool), decode func(text string) (E, error), set func(*T, E) error) column[T] {
	kept := &memo[E]{}
	return column[T]{name,
		func(_ Dialect, r *T) (any, error) {
			v, ok := get(r)
			if !ok {
				return nil, nil
			}
			b, err := json.Marshal(v)
			return string(b), err
		},
		func(d Dialect, r *T, v any) error {
			s, err := d.GetText(v)
			if err != nil {
				return err
			}
			e, err := kept.get(s, decode)
			if err != nil {
				return err
			}
			return set(r, e)
		}}
}

func decode[E any](text string) (e E, err error) {
	if json.Unmarshal([]byte(text), &e) != nil {
		return e, errJSON // the cause quotes the text
	}
	return e, nil
}

var errJSON = errors.New("not the JSON that belongs here")

// derived is written only.
func derived[T any](name string, put func(d Dialect, r *T) any) column[T] {
	return column[T]{name: name, put: func(d Dialect, r *T) (any, error) { return put(d, r), nil }}
}

// under makes the columns of a field of the columns of its type.
func under[T, F any](columns []column[F], at func(*T) *F) []column[T] {
	out := make([]column[T], len(columns))
	for i, c := range columns {
		out[i].name = c.name
		if c.put != nil {
			out[i].put = func(d Dialect, r *T) (any, error) { return c.put(d, at(r)) }
		}
		if c.get != nil {
			out[i].get = func(d Dialect, r *T, v any) error { return c.get(d, at(r), v) }
		}
	}
	return out
}
