package notice

import (
	"context"

	"github.com/timebok/timebok"
)

// An SMS is ready to be sent.
type SMS struct {
	ID   timebok.MessageID // the same in every attempt; good for a gateway's idempotency key
	To   timebok.PhoneNumber
	Lang timebok.Lang
	Text string
}

// A Texter sends SMS: the port to a gateway. noticetest.RunTexter tests one.
type Texter interface {
	// SendSMS hands one SMS to the gateway and returns when it has taken it. One may
	// come twice with one ID; a gateway that can tell delivers it once.
	//
	// A number that can't be reached for ever is a timebok.Permanent error. Anything
	// else may be tried again: a gateway that is busy or does not answer is an
	// *timebok.UnavailableError, an ended context one that it causes. No error's text
	// holds the number or what was written.
	SendSMS(ctx context.Context, m SMS) error
}

// TexterFunc makes a function a Texter.
type TexterFunc func(ctx context.Context, m SMS) error

// SendSMS calls f.
func (f TexterFunc) SendSMS(ctx context.Context, m SMS) error { return f(ctx, m) }
