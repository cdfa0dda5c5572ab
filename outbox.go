package timebok

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"
)

// A Message is an effect outside the store - a mail, an acknowledgement, an
// invoice to the access point - saved in the transaction of the change that
// causes it, and performed by the relay afterwards, at least once.
type Message struct {
	ID     MessageID // also the delivery ID: the same in every attempt
	Kind   MessageKind
	About  Ref       // the record that it speaks of
	Client ClientID  // whom it concerns; zero if nobody
	Due    time.Time // not before
	// Sequence binds a message about a booking to the booking's Sequence: once
	// the booking has a higher one, the message is stale and is dropped. 0: never.
	Sequence int64
	Data     json.RawMessage // what the handler needs beside the record
}

// A MessageID names a message.
type MessageID = ID[Message]

// A MessageKind tells which handler performs a message, such as "mail.practitioner".
type MessageKind string

// Ref names the message.
func (m Message) Ref() Ref { return Ref{KindMessage, m.ID.UUID(), 1} }

// A Delivery is one attempt to perform a message.
type Delivery struct {
	Message
	Clinic  ClinicID
	Attempt int // 1 for the first
}

// A Handler performs messages. It may be called again for a message that it has
// performed, with the same ID: it passes the ID on, or looks before it acts.
//
// A nil error is done. Permanent buries the message; any other error is tried again
// with growing pauses, none shorter than RetryAfter says. The text of an error is
// kept with the message: it must not hold a person's data.
type Handler interface {
	Handle(ctx context.Context, d Delivery) error
}

// HandlerFunc makes a function a Handler.
type HandlerFunc func(ctx context.Context, d Delivery) error

// Handle calls f.
func (f HandlerFunc) Handle(ctx context.Context, d Delivery) error { return f(ctx, d) }

// Permanent marks an error that no further attempt can mend.
func Permanent(err error) error { return &steering{err: err, permanent: true} }

// RetryAfter marks an error that is to be tried again after a pause.
func RetryAfter(pause time.Duration, err error) error { return &steering{err: err, pause: pause} }

// IsPermanent reports whether err is marked by Permanent.
func IsPermanent(err error) bool {
	var s *steering
	return errors.As(err, &s) && s.permanent
}

// RetryPause returns the pause that RetryAfter or an *UnavailableError asks for.
func RetryPause(err error) (time.Duration, bool) {
	var s *steering
	if errors.As(err, &s) && s.pause > 0 {
		return s.pause, true
	}
	var u *UnavailableError
	if errors.As(err, &u) && u.After > 0 {
		return u.After, true
	}
	return 0, false
}

type steering struct {
	err       error
	permanent bool
	pause     time.Duration
}

func (s *steering) Error() string {
	if s.permanent {
		return fmt.Sprintf("permanent: %v", s.err)
	}
	return s.err.Error()
}
func (s *steering) Unwrap() error { return s.err }
