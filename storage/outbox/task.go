package outbox

import (
	"context"
	"errors"
	"math/rand/v2"
	"runtime/debug"
	"strings"
	"time"

	"github.com/timebok/timebok"
	"github.com/timebok/timebok/booking"
	"github.com/timebok/timebok/storage"
)

// A task is one leased message to perform.
type task struct {
	*Relay
	storage.Queued
	handler timebok.Handler
	token   string
	until   time.Time
	timeout time.Duration
}

// perform hands the message to its handler, unless it is stale, and settles it.
// Once the handler has begun, the context's end no longer counts.
func (t *task) perform(ctx context.Context) (Report, error) {
	after := context.WithoutCancel(ctx)
	switch {
	case ctx.Err() != nil: // give it back, for others to take at once
		return t.settle(Report{}, t.retry(after, t.Due, t.Error))
	case t.Time().Add(t.timeout).After(t.until): // handlers before it took too long
		return Report{Lost: 1}, nil
	}
	stale, err := t.stale(ctx)
	if err != nil {
		return Report{}, err
	}
	if stale {
		return t.settle(Report{Stale: 1}, t.done(after))
	}
	d := timebok.Delivery{Message: t.Message, Clinic: t.Clinic, Attempt: t.Attempts}
	err = t.call(after, d)
	if err == nil {
		return t.settle(Report{Done: 1}, t.done(after))
	}
	bury := timebok.IsPermanent(err) || t.Attempts >= or(t.MaxAttempts, 12)
	t.tell(&AttemptError{Delivery: d, Buried: bury, Cause: err})
	if bury {
		return t.settle(Report{Buried: 1}, t.bury(after, text(err)))
	}
	return t.settle(Report{Retried: 1}, t.retry(after, t.Time().Add(t.pause(err)), text(err)))
}

// stale reports whether the message speaks of a booking that has moved on, or is
// gone, since the message was written.
func (t *task) stale(ctx context.Context) (stale bool, err error) {
	if t.Sequence <= 0 || t.About.Kind != timebok.KindBooking {
		return false, nil
	}
	err = t.Store.View(ctx, t.Clinic, func(ctx context.Context, tx storage.Tx) error {
		b, err := tx.Booking(ctx, booking.ID(t.About.ID))
		var missing *timebok.NotFoundError
		if errors.As(err, &missing) {
			stale = true
			return nil
		}
		stale = b.Sequence > t.Sequence
		return err
	})
	return stale, err
}

// call runs the handler outside any transaction, with a deadline that comes before
// the lease runs out.
func (t *task) call(ctx context.Context, d timebok.Delivery) (err error) {
	ctx, cancel := context.WithTimeout(ctx, t.timeout)
	defer cancel()
	defer func() {
		if p := recover(); p != nil {
			err = &PanicError{Value: p, Stack: debug.Stack()}
		}
	}()
	return t.handler.Handle(ctx, d)
}

// pause is how long the message waits: as long as the error asks, but no shorter than
// after another error. Else an outage of minutes, of which each attempt says to come
// again soon, would use up all of them.
func (t *task) pause(err error) time.Duration {
	backoff := t.Backoff
	if backoff == nil {
		backoff = Backoff
	}
	asked, _ := timebok.RetryPause(err)
	return max(asked, backoff(t.Attempts))
}

// A settling is the answer of Done, Retry or Bury.
type settling struct {
	held bool // the lease was still ours
	err  error
}

// settle returns the report of a message that was settled, or says that it was not.
func (t *task) settle(report Report, s settling) (Report, error) {
	switch {
	case s.err != nil:
		return Report{}, s.err
	case !s.held:
		return Report{Lost: 1}, nil
	}
	return report, nil
}

func (t *task) key() storage.LeaseKey {
	return storage.LeaseKey{Token: t.token, Clinic: t.Clinic, ID: t.ID}
}

func (t *task) done(ctx context.Context) settling {
	held, err := t.Store.Done(ctx, t.key())
	return settling{held, err}
}

func (t *task) retry(ctx context.Context, due time.Time, reason string) settling {
	held, err := t.Store.Retry(ctx, t.key(), due, reason)
	return settling{held, err}
}

func (t *task) bury(ctx context.Context, reason string) settling {
	held, err := t.Store.Bury(ctx, t.key(), reason)
	return settling{held, err}
}

// longest is how much of an error's text is kept.
const longest = 500

// text is what of an error is kept with the message.
func text(err error) string {
	s := err.Error()
	if len(s) > longest {
		s = s[:longest]
	}
	return strings.ReplaceAll(strings.ToValidUTF8(s, ""), "\x00", "")
}

// Backoff is the pause after a failed attempt where the relay says nothing else:
// from 5 seconds, twice as long each time, up to an hour, and up to half of it
// less, at random, so that many messages that failed together don't come back
// together.
func Backoff(attempt int) time.Duration {
	pause := 5 * time.Second << min(max(attempt-1, 0), 10)
	pause = min(pause, time.Hour)
	return pause - rand.N(pause/2)
}
