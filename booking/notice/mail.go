package notice

import (
	"context"

	"github.com/timebok/timebok"
)

// A Mail is ready to be sent.
type Mail struct {
	ID      timebok.MessageID // the same in every attempt; good for a Message-ID
	To      timebok.EmailAddress
	Lang    timebok.Lang
	Subject string
	Text    string
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
