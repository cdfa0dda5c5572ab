// Package outbox performs the messages that use-cases leave in the store: mails,
// acknowledgements, invoices for the access point.
//
// Sending first and saving after loses what a crash comes between; saving first
// and sending after does, too. So a message is a row of the same transaction as
// the change that causes it, and the Relay sends afterwards: it leases messages,
// calls their handlers outside any transaction, and forgets what is done. A crash
// anywhere means that a message comes twice, with the same ID, and never that it
// is lost.
package outbox

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"sync"
	"time"

	"github.com/google/uuid"
	"github.com/timebok/timebok"
	"github.com/timebok/timebok/booking"
	"github.com/timebok/timebok/storage"
)

// A Relay performs the messages of all clinics of a store. Several may run on one
// store, in one process or many: no two work on one message at a time. Each kind
// is worked on by itself, so one that fails holds no other up; kinds without a
// handler are left for a relay that has one.
type Relay struct {
	timebok.Source
	Store    *storage.Store
	Handlers map[timebok.MessageKind]timebok.Handler

	Interval time.Duration             // between looks into the outbox; 0: a second
	Batch    int                       // messages leased at a time; 0: 10
	Timeout  time.Duration             // for one message; 0: 30 seconds
	Attempts int                       // before a message is buried; 0: 12
	Pause    func(n int) time.Duration // after n failed attempts; nil: 5 s doubling to 6 h, give or take a quarter
}

// A Report counts what a round came to.
type Report struct {
	Done    int
	Retried int // failed, and due again later
	Buried  int // given up
	Dropped int // stale: the booking had moved on
	Lost    int // the lease ran out meanwhile; another relay has it
}

// Run performs messages until the context ends, and returns its error. Messages
// in work are finished, or come again when their lease runs out. A store that
// fails is asked again after the interval.
func (r *Relay) Run(ctx context.Context) error {
	interval := r.Interval
	if interval <= 0 {
		interval = time.Second
	}
	tick := time.NewTicker(interval)
	defer tick.Stop()
	for {
		_, _ = r.RunOnce(ctx) // what failed is due again, and is tried again
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-tick.C:
		}
	}
}

// RunOnce performs every message that is due, and those that become due
// meanwhile. Only a failing store is an error; the counts are right all the same.
func (r *Relay) RunOnce(ctx context.Context) (Report, error) {
	var (
		mu    sync.Mutex
		total Report
		errs  []error
		wg    sync.WaitGroup
	)
	for _, kind := range slices.Sorted(maps.Keys(r.Handlers)) {
		wg.Go(func() {
			report, err := r.drain(ctx, kind)
			mu.Lock()
			defer mu.Unlock()
			total.add(report)
			errs = append(errs, err)
		})
	}
	wg.Wait()
	return total, errors.Join(errs...)
}

func (t *Report) add(r Report) {
	t.Done += r.Done
	t.Retried += r.Retried
	t.Buried += r.Buried
	t.Dropped += r.Dropped
	t.Lost += r.Lost
}

// drain performs the due messages of one kind, batch by batch.
func (r *Relay) drain(ctx context.Context, kind timebok.MessageKind) (Report, error) {
	batch, timeout := r.Batch, r.timeout()
	if batch <= 0 {
		batch = 10
	}
	var total Report
	for ctx.Err() == nil {
		token := uuid.NewString()
		now := r.Time()
		leased, err := r.Store.Lease(ctx, storage.LeaseRequest{
			Token: token, Now: now, Until: now.Add(timeout * time.Duration(batch+1)),
			Limit: batch, Kinds: []timebok.MessageKind{kind},
		})
		if err != nil || len(leased) == 0 {
			return total, err
		}
		for _, m := range leased {
			if ctx.Err() != nil {
				break // comes again when the lease runs out
			}
			if err := r.perform(ctx, m, token, &total); err != nil {
				return total, err
			}
		}
	}
	return total, nil
}

func (r *Relay) timeout() time.Duration {
	if r.Timeout > 0 {
		return r.Timeout
	}
	return 30 * time.Second
}

// perform performs one leased message and settles it in the store.
func (r *Relay) perform(ctx context.Context, m storage.Queued, token string, total *Report) error {
	key := storage.LeaseKey{Token: token, Clinic: m.Clinic, ID: m.ID}
	settle := context.WithoutCancel(ctx) // what is done is done, whoever stops now
	stale, err := r.stale(ctx, m)
	if stale {
		ok, err := r.Store.Done(settle, key)
		total.count(&total.Dropped, ok)
		return err
	}
	if err == nil {
		err = r.call(ctx, m)
	}
	var ok bool
	count := &total.Done
	switch {
	case err == nil:
		ok, err = r.Store.Done(settle, key)
	case timebok.IsPermanent(err) || m.Attempts >= r.attempts():
		count = &total.Buried
		ok, err = r.Store.Bury(settle, key, reason(err))
	default:
		count = &total.Retried
		ok, err = r.Store.Retry(settle, key, r.Time().Add(r.pause(m.Attempts, err)), reason(err))
	}
	if err == nil {
		total.count(count, ok)
	}
	return err
}

func (t *Report) count(what *int, ok bool) {
	if !ok {
		what = &t.Lost
	}
	*what++
}

// stale reports whether a message speaks of a booking that has moved on, or is gone.
func (r *Relay) stale(ctx context.Context, m storage.Queued) (stale bool, err error) {
	if m.Sequence == 0 {
		return false, nil
	}
	err = r.Store.View(ctx, m.Clinic, func(ctx context.Context, tx storage.Tx) error {
		b, err := tx.Booking(ctx, booking.ID(m.About.ID))
		if errors.Is(err, timebok.ErrNotFound) {
			stale = true
			return nil
		}
		stale = b.Sequence > m.Sequence
		return err
	})
	return stale && err == nil, err
}

// call calls the handler of a message. One that panics has failed.
func (r *Relay) call(ctx context.Context, m storage.Queued) (err error) {
	ctx, cancel := context.WithTimeout(ctx, r.timeout())
	defer cancel()
	defer func() {
		if p := recover(); p != nil {
			err = errPanic
		}
	}()
	return r.Handlers[m.Kind].Handle(ctx, timebok.Delivery{Message: m.Message, Clinic: m.Clinic, Attempt: m.Attempts})
}

var errPanic = errors.New("timebok: outbox: the handler panicked")

func (r *Relay) attempts() int {
	if r.Attempts > 0 {
		return r.Attempts
	}
	return 12
}

// pause is how long a message waits after n failed attempts: as long as the error
// asks for, else longer each time and never in step with others.
func (r *Relay) pause(n int, err error) time.Duration {
	if asked, ok := timebok.RetryPause(err); ok {
		return asked
	}
	if r.Pause != nil {
		return r.Pause(n)
	}
	d := min(5*time.Second<<min(max(n-1, 0), 13), 6*time.Hour)
	return d*3/4 + rand.N(d/2)
}

// reason is the text that is kept with a message that failed.
func reason(err error) string {
	const most = 300
	text := []rune(fmt.Sprint(err))
	return string(text[:min(len(text), most)])
}
