package outbox

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/timebok/timebok"
	"github.com/timebok/timebok/storage"
)

// A Relay performs the messages of the kinds that it has handlers for. Messages of
// other kinds are left alone. The fields must not change once it runs.
//
// Each kind is worked on by itself: a handler that fails or hangs holds up no
// message of another kind.
type Relay struct {
	Store    *storage.Store
	Handlers map[timebok.MessageKind]timebok.Handler
	timebok.Source

	Poll        time.Duration                   // pause of Run when there is nothing to do; 0: a second
	Workers     int                             // handlers at work at once, of each kind; 0: 4
	Batch       int                             // messages leased at once, of each kind; 0: 4 for each worker
	Lease       time.Duration                   // how long a batch is leased; 0: 5 minutes
	Timeout     time.Duration                   // deadline of a handler; 0: what the lease has room for
	MaxAttempts int                             // after so many a message is buried; 0: 12
	Backoff     func(attempt int) time.Duration // pause after a failed attempt; nil: Backoff

	// OnError is told of every attempt that fails, as an *AttemptError, and in Run
	// of every error of the store. Nil: nobody is told.
	OnError func(error)
}

// A Report counts what became of messages.
type Report struct {
	Done    int // performed
	Retried int // failed, to be tried again
	Buried  int // given up
	Stale   int // dropped: the booking has moved on
	Lost    int // the lease ran out meanwhile; another attempt is or will be made
}

func (r *Report) add(more Report) {
	r.Done += more.Done
	r.Retried += more.Retried
	r.Buried += more.Buried
	r.Stale += more.Stale
	r.Lost += more.Lost
}

// RunOnce performs one batch of each kind and reports what became of it. The
// error is the store's; failing handlers are in the Report.
func (r *Relay) RunOnce(ctx context.Context) (Report, error) {
	var (
		wg    sync.WaitGroup
		mu    sync.Mutex
		total Report
		errs  []error
	)
	for kind, handler := range r.Handlers {
		wg.Go(func() {
			report, _, err := r.round(ctx, kind, handler)
			mu.Lock()
			defer mu.Unlock()
			total.add(report)
			errs = append(errs, err)
		})
	}
	wg.Wait()
	return total, errors.Join(errs...)
}

// Run performs messages until the context ends, and returns nil. Handlers at work
// then are let finish, within their own deadline; messages that were leased and
// not begun are given back.
func (r *Relay) Run(ctx context.Context) error {
	if r.Store == nil || len(r.Handlers) == 0 {
		return timebok.Reasons{timebok.Missing.At("Handlers")}.Invalid()
	}
	var wg sync.WaitGroup
	for kind, handler := range r.Handlers {
		wg.Go(func() {
			for ctx.Err() == nil {
				_, more, err := r.round(ctx, kind, handler)
				if err != nil && ctx.Err() == nil {
					r.tell(err)
				}
				if err != nil || !more {
					sleep(ctx, or(r.Poll, time.Second))
				}
			}
		})
	}
	wg.Wait()
	return nil
}

// round performs a batch of one kind. More says that it was full.
func (r *Relay) round(ctx context.Context, kind timebok.MessageKind, handler timebok.Handler) (report Report, more bool, err error) {
	workers, batch, timeout := r.limits()
	now := r.Time()
	until := now.Add(or(r.Lease, defaultLease))
	token := timebok.New[Relay](timebok.Source{}).String() // never that of another round
	leased, err := r.Store.Lease(ctx, storage.LeaseRequest{
		Token: token, Now: now, Until: until, Limit: batch, Kinds: []timebok.MessageKind{kind},
	})
	if err != nil {
		return Report{}, false, err
	}
	var (
		wg   sync.WaitGroup
		mu   sync.Mutex
		errs []error
		next = make(chan storage.Queued, len(leased))
	)
	for _, q := range leased {
		next <- q
	}
	close(next)
	for range min(workers, len(leased)) {
		wg.Go(func() {
			for q := range next {
				t := task{Relay: r, Queued: q, handler: handler, token: token, until: until, timeout: timeout}
				one, err := t.perform(ctx)
				mu.Lock()
				report.add(one)
				errs = append(errs, err)
				mu.Unlock()
			}
		})
	}
	wg.Wait()
	return report, len(leased) == batch, errors.Join(errs...)
}

const defaultLease = 5 * time.Minute

// limits returns numbers under which the whole batch has room in nine tenths of
// the lease, one handler after the other on each worker.
func (r *Relay) limits() (workers, batch int, timeout time.Duration) {
	room := or(r.Lease, defaultLease) * 9 / 10
	workers = or(r.Workers, 4)
	batch = or(r.Batch, 4*workers)
	if r.Timeout <= 0 {
		turns := (batch + workers - 1) / workers
		return workers, batch, room / time.Duration(turns)
	}
	timeout = min(r.Timeout, room)
	return workers, min(batch, workers*int(room/timeout)), timeout
}

func or[T int | time.Duration](v, otherwise T) T {
	if v > 0 {
		return v
	}
	return otherwise
}

func sleep(ctx context.Context, d time.Duration) {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
	case <-t.C:
	}
}

func (r *Relay) tell(err error) {
	if r.OnError != nil {
		r.OnError(err)
	}
}

// An AttemptError is the failure of an attempt to perform a message.
type AttemptError struct {
	Delivery timebok.Delivery
	Buried   bool // no further attempt is made
	Cause    error
}

func (e *AttemptError) Error() string {
	return fmt.Sprintf("timebok: outbox: %s %s, attempt %d: %v", e.Delivery.Kind, e.Delivery.ID, e.Delivery.Attempt, e.Cause)
}

func (e *AttemptError) Unwrap() error { return e.Cause }

// A PanicError is the panic of a handler.
type PanicError struct {
	Value any
	Stack []byte
}

// Error does not show the value, which may hold a person's data.
func (e *PanicError) Error() string { return "the handler panicked" }
