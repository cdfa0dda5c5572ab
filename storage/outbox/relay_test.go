package outbox_test

import (
	"context"
	"errors"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/timebok/timebok"
	"github.com/timebok/timebok/booking"
	"github.com/timebok/timebok/storage"
	"github.com/timebok/timebok/storage/memory"
	"github.com/timebok/timebok/storage/outbox"
	"github.com/timebok/timebok/storage/storagetest"
)

// A desk is a store with the made-up clinic in it, a clock, and a relay.
type desk struct {
	*testing.T
	clinic *storagetest.Clinic
	store  *storage.Store
	relay  *outbox.Relay

	mu  sync.Mutex
	now time.Time
}

func newDesk(t *testing.T, handlers map[timebok.MessageKind]timebok.Handler) *desk {
	d := &desk{T: t, clinic: storagetest.NewClinic("A"), store: storage.New(memory.New(), nil), now: storagetest.Monday}
	d.clinic.Save(t, d.store)
	d.relay = d.newRelay(handlers)
	return d
}

func (d *desk) newRelay(handlers map[timebok.MessageKind]timebok.Handler) *outbox.Relay {
	return &outbox.Relay{
		Store: d.store, Handlers: handlers, Source: timebok.Source{Now: d.clock},
		Backoff: func(attempt int) time.Duration { return time.Duration(attempt) * time.Minute },
		OnError: func(err error) { d.Log(err) },
	}
}

func (d *desk) clock() time.Time {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.now
}

func (d *desk) wait(pause time.Duration) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.now = d.now.Add(pause)
}

func (d *desk) save(records ...timebok.Record) {
	d.Helper()
	if err := d.store.Update(d.Context(), d.clinic.Clinic.ID, func(_ context.Context, tx storage.Tx) error {
		tx.Save(records...)
		return nil
	}); err != nil {
		d.Fatal(err)
	}
}

func (d *desk) send(kind timebok.MessageKind, n int) {
	d.Helper()
	for range n {
		d.save(timebok.Message{
			ID: timebok.New[timebok.Message](timebok.Source{}), Kind: kind, About: d.clinic.Ola.Ref(),
			Client: d.clinic.Ola.ID, Due: d.clock(),
		})
	}
}

func (d *desk) run(want outbox.Report) {
	d.Helper()
	got, err := d.relay.RunOnce(d.Context())
	if err != nil || got != want {
		d.Errorf("RunOnce: %+v, %v; want %+v", got, err, want)
	}
}

func (d *desk) queued(f storage.MessageFilter) (all []storage.Queued) {
	d.Helper()
	if err := d.store.View(d.Context(), d.clinic.Clinic.ID, func(ctx context.Context, tx storage.Tx) error {
		all = nil
		for q, err := range tx.Messages(ctx, f) {
			if err != nil {
				return err
			}
			all = append(all, q)
		}
		return nil
	}); err != nil {
		d.Fatal(err)
	}
	return all
}

// handlers maps the kind "a" to a function.
func handlers(f timebok.HandlerFunc) map[timebok.MessageKind]timebok.Handler {
	return map[timebok.MessageKind]timebok.Handler{"a": f}
}

var errHandler = errors.New("no answer")

func TestDone(t *testing.T) {
	var seen []timebok.Delivery
	d := newDesk(t, nil)
	d.relay.Handlers = handlers(func(_ context.Context, m timebok.Delivery) error {
		seen = append(seen, m)
		return nil
	})
	d.relay.Workers = 1
	d.send("a", 2)
	d.send("unknown", 1)
	want := d.queued(storage.MessageFilter{Kind: "a"})
	d.run(outbox.Report{Done: 2})
	d.run(outbox.Report{})
	if len(seen) != 2 || seen[0].ID != want[0].ID || seen[0].Attempt != 1 || seen[0].Clinic != d.clinic.Clinic.ID {
		t.Errorf("handled %+v, want %+v", seen, want)
	}
	left := d.queued(storage.MessageFilter{})
	if len(left) != 1 || left[0].Kind != "unknown" || left[0].Attempts != 0 {
		t.Errorf("left: %+v, want the message of the unknown kind, untouched", left)
	}
}

func TestRetryWithBackoff(t *testing.T) {
	fail := 2
	d := newDesk(t, handlers(nil))
	d.relay.Handlers = handlers(func(context.Context, timebok.Delivery) error {
		if fail--; fail >= 0 {
			return errHandler
		}
		return nil
	})
	d.send("a", 1)
	d.run(outbox.Report{Retried: 1})
	if q := d.queued(storage.MessageFilter{}); q[0].Error != errHandler.Error() || q[0].Attempts != 1 {
		t.Errorf("queued %+v, want the error and one attempt", q)
	}
	d.wait(time.Minute - time.Microsecond)
	d.run(outbox.Report{})
	d.wait(time.Microsecond)
	d.run(outbox.Report{Retried: 1})
	d.wait(2*time.Minute - time.Microsecond)
	d.run(outbox.Report{})
	d.wait(time.Microsecond)
	d.run(outbox.Report{Done: 1})
}

func TestRetryAfter(t *testing.T) {
	for name, err := range map[string]error{
		"steered":     timebok.RetryAfter(3*time.Hour, errHandler),
		"unavailable": &timebok.UnavailableError{What: "mail", After: 3 * time.Hour},
	} {
		t.Run(name, func(t *testing.T) {
			d := newDesk(t, handlers(func(context.Context, timebok.Delivery) error { return err }))
			d.send("a", 1)
			d.run(outbox.Report{Retried: 1})
			if q := d.queued(storage.MessageFilter{}); !q[0].Due.Equal(storagetest.Monday.Add(3 * time.Hour)) {
				t.Errorf("due again at %v, want in three hours", q[0].Due)
			}
		})
	}
}

// An error that asks for a short pause each time does not use up the attempts sooner.
func TestRetryAfterGrows(t *testing.T) {
	d := newDesk(t, handlers(func(context.Context, timebok.Delivery) error {
		return &timebok.UnavailableError{What: "network", After: 15 * time.Second}
	}))
	d.send("a", 1)
	began := d.clock()
	for attempt := 1; attempt < 12; attempt++ {
		d.run(outbox.Report{Retried: 1})
		due := d.queued(storage.MessageFilter{})[0].Due
		if got, want := due.Sub(d.clock()), time.Duration(attempt)*time.Minute; got != want {
			t.Errorf("after attempt %d: due again in %v, want %v", attempt, got, want)
		}
		d.wait(due.Sub(d.clock()))
	}
	d.run(outbox.Report{Buried: 1})
	if after := d.clock().Sub(began); after < time.Hour {
		t.Errorf("buried after %v", after)
	}
}

func TestBuryAndRequeue(t *testing.T) {
	var err error
	d := newDesk(t, handlers(func(context.Context, timebok.Delivery) error { return err }))
	d.send("a", 1)
	d.relay.MaxAttempts = 3
	err = errHandler
	for range 2 {
		d.run(outbox.Report{Retried: 1})
		d.wait(time.Hour)
	}
	d.run(outbox.Report{Buried: 1})
	d.wait(1000 * time.Hour)
	d.run(outbox.Report{})
	buried := d.queued(storage.MessageFilter{Buried: new(true)})
	if len(buried) != 1 || buried[0].Attempts != 3 || buried[0].Error != errHandler.Error() {
		t.Fatalf("buried: %+v, want one after three attempts", buried)
	}
	requeue := func() {
		if err := d.store.Update(t.Context(), d.clinic.Clinic.ID, func(ctx context.Context, tx storage.Tx) error {
			return tx.Requeue(ctx, buried[0].ID, d.clock())
		}); err != nil {
			t.Fatal(err)
		}
	}
	requeue()
	err = timebok.Permanent(errors.New("address unknown"))
	d.run(outbox.Report{Buried: 1}) // at the first attempt
	requeue()
	err = nil
	d.run(outbox.Report{Done: 1})
}

func TestPanicIsRetried(t *testing.T) {
	var told error
	d := newDesk(t, handlers(func(context.Context, timebok.Delivery) error { panic("Ola Prøvesen") }))
	d.relay.OnError = func(err error) { told = err }
	d.send("a", 1)
	d.run(outbox.Report{Retried: 1})
	if q := d.queued(storage.MessageFilter{}); strings.Contains(q[0].Error, "Ola") || q[0].Error == "" {
		t.Errorf("the error %q is kept, want one without what the panic says", q[0].Error)
	}
	var attempt *outbox.AttemptError
	var panicked *outbox.PanicError
	if !errors.As(told, &attempt) || !errors.As(told, &panicked) || len(panicked.Stack) == 0 || attempt.Buried {
		t.Errorf("told %v (%T), want an attempt with the panic and its stack", told, told)
	}
	if strings.Contains(told.Error(), "Ola") {
		t.Errorf("the error's text %q shows the panic's value", told)
	}
}

// A failing or hanging handler of one kind holds up no other kind.
func TestKindsAreApart(t *testing.T) {
	hang := make(chan struct{})
	good := make(chan struct{}, 100)
	d := newDesk(t, map[timebok.MessageKind]timebok.Handler{
		"bad":  timebok.HandlerFunc(func(context.Context, timebok.Delivery) error { <-hang; return errHandler }),
		"good": timebok.HandlerFunc(func(context.Context, timebok.Delivery) error { good <- struct{}{}; return nil }),
	})
	d.relay.Poll = time.Millisecond
	d.send("bad", 20)
	ctx, cancel := context.WithCancel(t.Context())
	stopped := make(chan error, 1)
	go func() { stopped <- d.relay.Run(ctx) }()
	for range 3 { // sent while the other kind hangs
		d.send("good", 10)
		for range 10 {
			select {
			case <-good:
			case <-time.After(10 * time.Second):
				t.Fatal("a good message was held up")
			}
		}
	}
	cancel()
	close(hang)
	if err := <-stopped; err != nil {
		t.Error(err)
	}
}

func TestStaleIsDropped(t *testing.T) {
	var calls atomic.Int64
	d := newDesk(t, handlers(func(context.Context, timebok.Delivery) error { calls.Add(1); return nil }))
	b := d.clinic.Booking("b", 0)
	gone := d.clinic.Booking("gone", 24*time.Hour)
	message := func(b booking.Booking) timebok.Message {
		m := booking.NewNotice(timebok.New[timebok.Message](timebok.Source{}), d.relay.Source, b, "a", booking.Moved)
		d.save(m)
		return m
	}
	d.save(b, gone)
	message(b)
	d.run(outbox.Report{Done: 1})

	message(b)
	message(gone)
	m := message(b)
	m.ID, m.Sequence = timebok.New[timebok.Message](timebok.Source{}), 0 // bound to nothing
	d.save(m)
	b.Version, b.Sequence = 2, 2
	d.save(b, timebok.Deletion{Of: gone.Ref()})
	message(b)
	d.run(outbox.Report{Done: 2, Stale: 3})
	if calls.Load() != 3 || len(d.queued(storage.MessageFilter{})) != 0 {
		t.Errorf("%d calls, and %d messages left; want 3 and none", calls.Load(), len(d.queued(storage.MessageFilter{})))
	}
}

// Four relays on one store perform every message, none of them two at a time.
func TestFourRelays(t *testing.T) {
	const messages = 200
	var mu sync.Mutex
	atWork, performed := map[timebok.MessageID]bool{}, map[timebok.MessageID]int{}
	h := handlers(func(_ context.Context, m timebok.Delivery) error {
		mu.Lock()
		if atWork[m.ID] {
			t.Errorf("message %v is performed by two at a time", m.ID)
		}
		atWork[m.ID] = true
		performed[m.ID]++
		fail := performed[m.ID] == 1 && len(performed)%5 == 0
		mu.Unlock()
		time.Sleep(100 * time.Microsecond)
		mu.Lock()
		defer mu.Unlock()
		atWork[m.ID] = false
		if fail {
			return errHandler
		}
		return nil
	})
	d := newDesk(t, h)
	d.send("a", messages)
	var total atomic.Int64
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			relay := d.newRelay(h)
			relay.Workers, relay.Backoff = 3, func(int) time.Duration { return 0 }
			for total.Load() < messages {
				report, err := relay.RunOnce(t.Context())
				if err != nil || report.Lost > 0 {
					t.Errorf("%+v, %v", report, err)
					return
				}
				total.Add(int64(report.Done))
			}
		})
	}
	wg.Wait()
	if len(performed) != messages || len(d.queued(storage.MessageFilter{})) != 0 {
		t.Errorf("performed %d messages, and %d are left; want %d and none", len(performed), len(d.queued(storage.MessageFilter{})), messages)
	}
}

// A relay that dies after the work and before the settling: the message is
// performed again once its lease runs out, and not before.
func TestLeaseRunsOut(t *testing.T) {
	var ids []timebok.MessageID
	d := newDesk(t, nil)
	d.relay.Lease = 10 * time.Minute
	d.relay.Handlers = handlers(func(_ context.Context, m timebok.Delivery) error {
		ids = append(ids, m.ID)
		d.wait(11 * time.Minute) // by the clock of the store; nobody else has leased it
		return nil
	})
	d.send("a", 1)
	if _, err := d.store.Lease(t.Context(), storage.LeaseRequest{
		Token: "dead", Now: d.clock(), Until: d.clock().Add(10 * time.Minute), Limit: 1,
	}); err != nil {
		t.Fatal(err)
	}
	d.wait(10*time.Minute - time.Microsecond)
	d.run(outbox.Report{})
	d.wait(time.Microsecond)
	d.run(outbox.Report{Done: 1})
	if len(ids) != 1 {
		t.Errorf("performed %d times, want 1", len(ids))
	}
}

// A relay whose lease was taken over settles nothing.
func TestLostLease(t *testing.T) {
	d := newDesk(t, nil)
	d.relay.Handlers = handlers(func(context.Context, timebok.Delivery) error {
		d.wait(time.Hour)
		_, err := d.store.Lease(t.Context(), storage.LeaseRequest{
			Token: "other", Now: d.clock(), Until: d.clock().Add(time.Hour), Limit: 1,
		})
		return err
	})
	d.send("a", 1)
	d.run(outbox.Report{Lost: 1})
	if q := d.queued(storage.MessageFilter{}); len(q) != 1 || q[0].Attempts != 2 {
		t.Errorf("queued %+v, want the message at the other's attempt", q)
	}
}
