package noticetest

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/timebok/timebok"
	"github.com/timebok/timebok/booking/notice"
)

// A Phone is an SMS gateway in memory with the telephones behind it. The zero Phone
// works. It can be silenced, busy, or made to forget its answers.
type Phone struct {
	mu      sync.Mutex
	silent  bool
	busy    time.Duration
	forgets int
	dead    map[timebok.PhoneNumber]bool
	seen    map[timebok.MessageID]bool
	inbox   map[timebok.PhoneNumber][]notice.SMS
}

var errSilent = errors.New("no answer")

// SendSMS delivers to the telephone, once for each ID.
func (p *Phone) SendSMS(ctx context.Context, m notice.SMS) error {
	if err := ctx.Err(); err != nil {
		return &timebok.UnavailableError{What: "SMS", Cause: err}
	}
	if m.ID.IsZero() || m.To.IsZero() || m.Text == "" {
		return timebok.Permanent(timebok.Reasons{timebok.Missing.At("SMS")}.Invalid())
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	switch {
	case p.silent:
		return &timebok.UnavailableError{What: "SMS", Cause: errSilent}
	case p.busy > 0:
		return &timebok.UnavailableError{What: "SMS", After: p.busy}
	case p.dead[m.To]:
		return timebok.Permanent(timebok.Reasons{NoSuchNumber.At("To")}.Refused())
	}
	if !p.seen[m.ID] {
		if p.seen == nil {
			p.seen, p.inbox = map[timebok.MessageID]bool{}, map[timebok.PhoneNumber][]notice.SMS{}
		}
		p.seen[m.ID] = true
		p.inbox[m.To] = append(p.inbox[m.To], m)
	}
	if p.forgets > 0 {
		p.forgets--
		return &timebok.UnavailableError{What: "SMS", Cause: errSilent}
	}
	return nil
}

// NoSuchNumber: nobody has that number.
var NoSuchNumber = timebok.NewRule("sms.number",
	"nummeret er ikke i bruk", "nummeret er ikkje i bruk", "the number is not in use")

// Inbox returns what a telephone has got, in order.
func (p *Phone) Inbox(of timebok.PhoneNumber) []notice.SMS {
	p.mu.Lock()
	defer p.mu.Unlock()
	return append([]notice.SMS(nil), p.inbox[of]...)
}

// Silence makes the gateway answer nothing, or again.
func (p *Phone) Silence(on bool) { p.set(func() { p.silent = on }) }

// Busy makes it ask for a pause, 0 for none.
func (p *Phone) Busy(pause time.Duration) { p.set(func() { p.busy = pause }) }

// Forget makes it deliver the next n and answer nothing, as when the connection
// breaks after the work.
func (p *Phone) Forget(n int) { p.set(func() { p.forgets = n }) }

// Kill takes a number out of use.
func (p *Phone) Kill(number timebok.PhoneNumber) {
	p.set(func() {
		if p.dead == nil {
			p.dead = map[timebok.PhoneNumber]bool{}
		}
		p.dead[number] = true
	})
}

func (p *Phone) set(change func()) {
	p.mu.Lock()
	defer p.mu.Unlock()
	change()
}
