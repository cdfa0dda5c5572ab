package networktest_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/timebok/timebok"
	"github.com/timebok/timebok/insurance"
	"github.com/timebok/timebok/insurance/networktest"
)

// A broken adapter is the Fake with one thing wrong.
type broken struct {
	*networktest.Fake
	can    func(insurance.Capabilities) insurance.Capabilities
	page   func(insurance.Page, string) insurance.Page
	stand  func(insurance.Page, string) insurance.Page
	found  func(insurance.Case, error) (insurance.Case, error)
	asOf   func(time.Time) time.Time
	told   func(insurance.Ack) insurance.Ack
	status func(insurance.Status) insurance.Status
	offer  func(insurance.Availability) insurance.Availability
	ctx    func(context.Context) context.Context
	conn   func(insurance.Connection) insurance.Connection
	err    func(error) error
}

func through[T any](f func(T) T, v T) T {
	if f == nil {
		return v
	}
	return f(v)
}

func (b *broken) Can() insurance.Capabilities { return through(b.can, b.Fake.Can()) }

func (b *broken) Lookup(ctx context.Context, c insurance.Connection, number string, asOf time.Time) (insurance.Case, error) {
	found, err := b.Fake.Lookup(through(b.ctx, ctx), through(b.conn, c), number, through(b.asOf, asOf))
	if b.found != nil {
		return b.found(found, err)
	}
	return found, through(b.err, err)
}

func (b *broken) Events(ctx context.Context, c insurance.Connection, cursor string) (insurance.Page, error) {
	page, err := b.Fake.Events(through(b.ctx, ctx), through(b.conn, c), cursor)
	if b.page != nil && err == nil {
		page = b.page(page, cursor)
	}
	return page, through(b.err, err)
}

func (b *broken) Standing(ctx context.Context, c insurance.Connection, from time.Time, cursor string) (insurance.Page, error) {
	page, err := b.Fake.Standing(through(b.ctx, ctx), through(b.conn, c), from, cursor)
	if b.stand != nil && err == nil {
		page = b.stand(page, cursor)
	}
	return page, through(b.err, err)
}

func (b *broken) Acknowledge(ctx context.Context, c insurance.Connection, a insurance.Ack) error {
	return through(b.err, b.Fake.Acknowledge(through(b.ctx, ctx), through(b.conn, c), through(b.told, a)))
}

func (b *broken) Report(ctx context.Context, c insurance.Connection, s insurance.Status) error {
	return through(b.err, b.Fake.Report(through(b.ctx, ctx), through(b.conn, c), through(b.status, s)))
}

func (b *broken) Publish(ctx context.Context, c insurance.Connection, a insurance.Availability) error {
	return through(b.err, b.Fake.Publish(through(b.ctx, ctx), through(b.conn, c), through(b.offer, a)))
}

// Each mistake, and the subtest of the suite that finds it.
var mistakes = []struct {
	name, found string
	make        func(b *broken, h *networktest.Harness)
}{
	{"another name", "Name/is the name under which clinics connect", func(_ *broken, h *networktest.Harness) {
		h.Connection.Network = "other"
	}},
	{"can more than it says", "Can/what it can not do is refused with NotCapable", func(b *broken, _ *networktest.Harness) {
		b.can = func(c insurance.Capabilities) insurance.Capabilities { c.Publish = false; return c }
	}},
	{"knows everybody", "any/a clinic that it does not know is refused with NotConnected", func(b *broken, h *networktest.Harness) {
		b.conn = func(insurance.Connection) insurance.Connection { return h.Connection }
	}},
	{"goes on after the end", "any/an ended context ends the call", func(b *broken, _ *networktest.Harness) {
		b.ctx = context.WithoutCancel
	}},
	{"errors without a type", "any/no answer is unavailable, and the call can be repeated", func(b *broken, _ *networktest.Harness) {
		b.err = func(err error) error {
			if errors.Is(err, timebok.ErrUnavailable) {
				return fmt.Errorf("network: %w", timebok.ErrUnavailable)
			}
			return err
		}
	}},
	{"a race", "any/many can call at once", func(b *broken, _ *networktest.Harness) {
		var calling atomic.Int32
		b.told = func(a insurance.Ack) insurance.Ack {
			calling.Add(1)
			defer calling.Add(-1)
			time.Sleep(5 * time.Millisecond)
			return a
		}
		b.err = func(err error) error {
			if calling.Load() > 0 {
				return errors.New("two at a time")
			}
			return err
		}
	}},
	{"half a case", "Lookup/tells all of a case", func(b *broken, _ *networktest.Harness) {
		b.found = func(c insurance.Case, err error) (insurance.Case, error) { c.ValidTo = nil; return c, err }
	}},
	{"an empty case", "Lookup/an unknown number is refused with UnknownCase", func(b *broken, _ *networktest.Harness) {
		b.found = func(c insurance.Case, _ error) (insurance.Case, error) { return c, nil }
	}},
	{"no closed cases", "Lookup/a closed case is told as closed", func(b *broken, _ *networktest.Harness) {
		b.found = func(c insurance.Case, err error) (insurance.Case, error) {
			c.Status = insurance.CaseOpen
			return c, err
		}
	}},
	{"always now", "Lookup/tells the case as it was at a time", func(b *broken, _ *networktest.Harness) {
		b.asOf = func(time.Time) time.Time { return time.Now().Add(time.Hour) }
	}},
	{"always then", "Lookup/tells a quota that was raised or lowered", func(b *broken, _ *networktest.Harness) {
		b.asOf = func(time.Time) time.Time { return time.Time{} }
	}},
	{"half a booking", "Events/carry the booking whole", func(b *broken, _ *networktest.Harness) {
		b.page = eachEvent(func(e *insurance.Event) { e.Booking.Client.Phone = timebok.PhoneNumber{} })
	}},
	{"one version", "Events/the version rises with every change", func(b *broken, _ *networktest.Harness) {
		b.page = eachEvent(func(e *insurance.Event) { e.Booking.Version = 1 })
	}},
	{"another ID each time", "Events/have the same ID each time", func(b *broken, _ *networktest.Harness) {
		n := 0
		b.page = eachEvent(func(e *insurance.Event) { n++; e.ID = fmt.Sprint(n) })
	}},
	{"a hole in the feed", "Events/after a cursor leave none out", func(b *broken, _ *networktest.Harness) {
		b.page = func(p insurance.Page, _ string) insurance.Page { p.Events = p.Events[:len(p.Events)/2]; return p }
	}},
	{"no end", "Events/at the end there are no more", func(b *broken, _ *networktest.Harness) {
		var last []insurance.Event
		b.page = func(p insurance.Page, _ string) insurance.Page {
			if len(p.Events) > 0 {
				last = p.Events
			}
			p.Events = last
			return p
		}
	}},
	{"a stuck feed", "Events/251 of them come over pages", func(b *broken, _ *networktest.Harness) {
		b.page = func(p insurance.Page, cursor string) insurance.Page {
			if p.More {
				p.Next = cursor
			}
			return p
		}
	}},
	{"the first thousand", "Events/1001 of them come over pages", func(b *broken, _ *networktest.Harness) {
		given := 0
		b.page = func(p insurance.Page, cursor string) insurance.Page {
			p.Events = p.Events[:max(0, min(len(p.Events), 1000-given))]
			given += len(p.Events)
			return p
		}
	}},
	{"bookings as they were made", "Standing/is the latest event of each booking from a time on", func(b *broken, _ *networktest.Harness) {
		b.stand = eachEvent(func(e *insurance.Event) { e.Kind = insurance.BookingMade })
	}},
	{"deaf to reports", "Standing/has what was reported since", func(b *broken, _ *networktest.Harness) {
		b.stand = eachEvent(func(e *insurance.Event) {
			for _, was := range b.History() {
				if was.ID == e.ID {
					*e = was
				}
			}
		})
	}},
	{"the first page", "Standing/251 bookings come over pages", func(b *broken, _ *networktest.Harness) {
		b.stand = func(p insurance.Page, _ string) insurance.Page { p.More = false; return p }
	}},
	{"the last acknowledgement", "Acknowledge/an older one is ignored", func(b *broken, _ *networktest.Harness) {
		var heard atomic.Int64
		b.told = func(a insurance.Ack) insurance.Ack { a.Version = heard.Add(1); return a }
	}},
	{"no codes", "Acknowledge/tells what became of an event", func(b *broken, _ *networktest.Harness) {
		b.told = func(a insurance.Ack) insurance.Ack { a.Codes = nil; return a }
	}},
	{"another delivery each time", "Acknowledge/repeating it is harmless", func(b *broken, _ *networktest.Harness) {
		b.told = func(a insurance.Ack) insurance.Ack { a.ID = timebok.New[timebok.Message](timebok.Source{}); return a }
	}},
	{"one state", "Report/tells how a booking stands", func(b *broken, _ *networktest.Harness) {
		b.status = func(s insurance.Status) insurance.Status { s.State = "booked"; return s }
	}},
	{"a list of reports", "Report/repeating it is harmless", func(b *broken, h *networktest.Harness) {
		reports := h.Reports
		h.Reports = func() []insurance.Status { return append(reports(), reports()...) }
	}},
	{"the last word", "Report/an older one is ignored", func(b *broken, h *networktest.Harness) {
		var last insurance.Status
		b.status = func(s insurance.Status) insurance.Status { last = s; return s }
		h.Reports = func() []insurance.Status { return []insurance.Status{last} }
	}},
	{"only the first offer", "Publish/replaces what was offered before", func(b *broken, _ *networktest.Harness) {
		var first *insurance.Availability
		b.offer = func(a insurance.Availability) insurance.Availability {
			if first == nil {
				first = &a
			}
			return *first
		}
	}},
}

func eachEvent(do func(e *insurance.Event)) func(insurance.Page, string) insurance.Page {
	return func(p insurance.Page, _ string) insurance.Page {
		for i := range p.Events {
			do(&p.Events[i])
		}
		return p
	}
}

// mistake is set in the process that runs the suite on a broken adapter.
const mistake = "NETWORKTEST_MISTAKE"

// TestBroken is what TestRunFindsMistakes runs in processes of their own: a suite
// that finds something fails its test.
func TestBroken(t *testing.T) {
	for _, m := range mistakes {
		if m.name != os.Getenv(mistake) {
			continue
		}
		fake := networktest.New(nil)
		h := fake.Harness()
		b := &broken{Fake: fake}
		m.make(b, &h)
		h.Network = b
		networktest.Run(t, h)
	}
}

// The suite finds every mistake.
func TestRunFindsMistakes(t *testing.T) {
	for _, m := range mistakes {
		t.Run(m.name, func(t *testing.T) {
			t.Parallel()
			var levels []string
			for _, level := range strings.Split("TestBroken/"+m.found, "/") {
				levels = append(levels, "^"+strings.ReplaceAll(level, " ", "_")+"$")
			}
			cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run="+strings.Join(levels, "/"))
			cmd.Env = append(os.Environ(), mistake+"="+m.name)
			out, err := cmd.CombinedOutput()
			want := "--- FAIL: TestBroken/" + strings.ReplaceAll(m.found, " ", "_")
			if err == nil || !strings.Contains(string(out), want) {
				t.Errorf("the suite says nothing of it: %v\n%s", err, out)
			}
		})
	}
}
