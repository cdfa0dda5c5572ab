package outbox_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/timebok/timebok"
	"github.com/timebok/timebok/storage"
	"github.com/timebok/timebok/storage/outbox"
)

// The batch is cut so that every handler may use its whole deadline within the
// lease, and the deadline is set.
func TestDeadlines(t *testing.T) {
	var left time.Duration
	d := newDesk(t, nil)
	d.relay.Handlers = handlers(func(ctx context.Context, _ timebok.Delivery) error {
		deadline, ok := ctx.Deadline()
		if !ok {
			t.Error("the handler has no deadline")
		}
		left = time.Until(deadline)
		return nil
	})
	d.relay.Workers, d.relay.Lease, d.relay.Timeout, d.relay.Batch = 1, time.Minute, 20*time.Second, 50
	d.send("a", 10)
	d.run(outbox.Report{Done: 2}) // 2 × 20 s lie within 54 s
	if left > 20*time.Second || left < 15*time.Second {
		t.Errorf("the deadline is in %v, want 20 s", left)
	}
	d.relay.Timeout = 0
	d.relay.Batch = 4
	d.run(outbox.Report{Done: 4})
	if left > 13500*time.Millisecond || left < 10*time.Second {
		t.Errorf("the deadline is in %v, want a quarter of nine tenths of a minute", left)
	}
	d.relay.Timeout = time.Hour // longer than the lease
	d.run(outbox.Report{Done: 1})
	if left > 54*time.Second {
		t.Errorf("the deadline is in %v, after the lease", left)
	}
}

// A handler that hangs is stopped by its deadline, and the message tried again.
func TestHangingHandler(t *testing.T) {
	d := newDesk(t, handlers(func(ctx context.Context, _ timebok.Delivery) error {
		<-ctx.Done()
		return ctx.Err()
	}))
	d.relay.Timeout = 10 * time.Millisecond
	d.send("a", 1)
	d.run(outbox.Report{Retried: 1})
}

// When the context ends, the handler at work finishes and is settled; what was
// leased with it is given back.
func TestGracefulStop(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	d := newDesk(t, nil)
	d.relay.Workers, d.relay.Poll = 1, time.Millisecond
	d.relay.Handlers = handlers(func(ctx context.Context, _ timebok.Delivery) error {
		cancel()
		return ctx.Err() // its own context goes on
	})
	d.send("a", 3)
	if err := d.relay.Run(ctx); err != nil {
		t.Errorf("Run returned %v", err)
	}
	left := d.queued(storage.MessageFilter{})
	if len(left) != 2 {
		t.Fatalf("%d messages are left, want 2", len(left))
	}
	d.relay.Handlers = handlers(func(context.Context, timebok.Delivery) error { return nil })
	d.run(outbox.Report{Done: 2}) // at once, although their leases have not run out
	if err := d.relay.Run(ctx); err != nil {
		t.Errorf("Run with an ended context returned %v", err)
	}
	if _, err := d.relay.RunOnce(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("RunOnce with an ended context returned %v", err)
	}
}

func TestStoreErrors(t *testing.T) {
	d := newDesk(t, handlers(func(context.Context, timebok.Delivery) error { return nil }))
	d.send("a", 1)
	if err := d.store.Close(); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	told := make(chan error, 100)
	d.relay.OnError = func(err error) { told <- err }
	d.relay.Poll = time.Millisecond
	stopped := make(chan error, 1)
	go func() { stopped <- d.relay.Run(ctx) }()
	for range 2 { // it goes on trying
		if err := <-told; err == nil {
			t.Error("told of no error")
		}
	}
	cancel()
	if err := <-stopped; err != nil {
		t.Error(err)
	}
	if err := (&outbox.Relay{}).Run(t.Context()); !errors.Is(err, timebok.ErrInvalid) {
		t.Errorf("a relay without a store or handlers: %v", err)
	}
}

func TestBackoff(t *testing.T) {
	for attempt, most := range map[int]time.Duration{
		0: 5 * time.Second, 1: 5 * time.Second, 2: 10 * time.Second, 5: 80 * time.Second, 10: 2560 * time.Second, 11: time.Hour, 1000: time.Hour,
	} {
		seen := map[time.Duration]bool{}
		for range 50 {
			pause := outbox.Backoff(attempt)
			if pause > most || pause < most/2 {
				t.Errorf("after attempt %d: %v, want between %v and %v", attempt, pause, most/2, most)
			}
			seen[pause] = true
		}
		if len(seen) < 10 {
			t.Errorf("after attempt %d: only %d different pauses", attempt, len(seen))
		}
	}
}

func TestLongErrorsAreCut(t *testing.T) {
	d := newDesk(t, handlers(func(context.Context, timebok.Delivery) error {
		return fmt.Errorf("\x00%s", strings.Repeat("å", 1000))
	}))
	d.send("a", 1)
	d.run(outbox.Report{Retried: 1})
	if q := d.queued(storage.MessageFilter{}); len(q[0].Error) > 500 || strings.ContainsAny(q[0].Error, "\x00\ufffd") {
		t.Errorf("kept %d bytes: %q", len(q[0].Error), q[0].Error)
	}
}
