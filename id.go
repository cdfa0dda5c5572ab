package timebok

import (
	"bytes"
	"fmt"
	"time"

	"github.com/google/uuid"
)

// An ID names one T for life. It is a UUID, so a client of the library can make
// it before the row exists: repeating a command with the same ID is then
// harmless. IDs of different things are different types.
//
// The zero ID names nothing and stands for "none".
type ID[T any] uuid.UUID

// ParseID reads the form of String, also in upper case. The error is an
// *InvalidError.
func ParseID[T any](text string) (ID[T], error) {
	id, err := uuid.Parse(text)
	// uuid.Parse also reads other forms, one of them with any two characters
	// around it.
	if err != nil || len(text) != len(id.String()) {
		return ID[T]{}, Reasons{BadID.At("id")}.Invalid()
	}
	return ID[T](id), nil
}

// DeriveID makes the ID that always results from the same parts (UUID version
// 5), for things that two deliveries of one event must find again.
func DeriveID[T any](parts ...string) ID[T] {
	var name bytes.Buffer
	for _, p := range parts { // with lengths, so that no two lists of parts run together alike
		fmt.Fprintf(&name, "%d:%s", len(p), p)
	}
	return ID[T](uuid.NewSHA1(idSpace, name.Bytes()))
}

// idSpace is the namespace of every derived ID.
var idSpace = uuid.NewSHA1(uuid.NameSpaceURL, []byte("https://github.com/timebok/timebok"))

// IsZero reports whether the ID names nothing.
func (id ID[T]) IsZero() bool { return id == ID[T]{} }

// UUID returns the ID as a plain UUID.
func (id ID[T]) UUID() uuid.UUID { return uuid.UUID(id) }

// String returns the canonical text form, 36 characters in lower case.
func (id ID[T]) String() string { return uuid.UUID(id).String() }

// Compare orders IDs by their bytes; IDs made later sort later.
func (id ID[T]) Compare(other ID[T]) int { return bytes.Compare(id[:], other[:]) }

// MarshalText writes the form of String; the zero ID is the empty text.
func (id ID[T]) MarshalText() ([]byte, error) {
	if id.IsZero() {
		return []byte{}, nil
	}
	return uuid.UUID(id).MarshalText()
}

// UnmarshalText reads what MarshalText wrote.
func (id *ID[T]) UnmarshalText(text []byte) error {
	if len(text) == 0 {
		*id = ID[T]{}
		return nil
	}
	parsed, err := ParseID[T](string(text))
	if err != nil {
		return err
	}
	*id = parsed
	return nil
}

// A Source gives what is not a function of a command's input: the time and new
// IDs. The zero Source is the real one; tests and examples set the fields.
type Source struct {
	Now   func() time.Time // nil: time.Now
	NewID func() uuid.UUID // nil: UUID version 7, which sorts by time
}

// Time returns the present instant in UTC, cut to whole microseconds, which is
// the precision of every instant that the library keeps.
func (s Source) Time() time.Time {
	if s.Now == nil {
		return Instant(time.Now())
	}
	return Instant(s.Now())
}

// New returns a new ID of a T.
func New[T any](s Source) ID[T] {
	if s.NewID == nil {
		return ID[T](uuid.Must(uuid.NewV7()))
	}
	return ID[T](s.NewID())
}

// Instant is t in UTC, cut to whole microseconds and without a monotonic clock
// reading, so that equal instants are equal values.
func Instant(t time.Time) time.Time {
	return t.UTC().Truncate(time.Microsecond)
}
