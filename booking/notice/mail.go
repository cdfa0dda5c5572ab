package notice

import (
	"context"

	"github.com/timebok/timebok"
	"github.com/timebok/timebok/booking/ical"
)

// A Mail is ready to be sent.
type Mail struct {
	ID      timebok.MessageID    // the same in every attempt; good for a Message-ID
	From    timebok.EmailAddress // the sender whom calendars answer; zero: the mailer's own
	To      timebok.EmailAddress
	Lang    timebok.Lang
	Subject string
	Text    string

	Method   ical.Method     // of the Calendar
	Calendar timebok.Private // an iCalendar object, which names the client's address; "": none
}

// A Mailer sends mails. Package timebok/outbox.go says what its errors mean; a
// Mail may come twice with one ID.
type Mailer interface {
	Send(ctx context.Context, m Mail) error
}

// MailerFunc makes a function a Mailer.
type MailerFunc func(ctx context.Context, m Mail) error

// Send calls f.
func (f MailerFunc) Send(ctx context.Context, m Mail) error { return f(ctx, m) }
