package invoicetest

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"sync"
	"testing"

	"github.com/timebok/timebok"
	"github.com/timebok/timebok/invoice"
)

// A verdict is a testing.TB that only remembers whether a check failed.
type verdict struct {
	testing.TB
	mu     sync.Mutex
	failed bool
}

func (v *verdict) Helper() {}
func (v *verdict) Errorf(string, ...any) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.failed = true
}
func (v *verdict) Error(...any) { v.Errorf("") }
func (v *verdict) Fatalf(string, ...any) {
	v.Errorf("")
	runtime.Goexit()
}
func (v *verdict) Context() context.Context { return context.Background() }

// A broken transport is a Recorder with one mistake.
type broken struct {
	Recorder
	submit func(b *broken, ctx context.Context, s invoice.Submission) (invoice.Receipt, error)
	calls  int
	mu     sync.Mutex
}

func (b *broken) Submit(ctx context.Context, s invoice.Submission) (invoice.Receipt, error) {
	return b.submit(b, ctx, s)
}

func (b *broken) next() int {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.calls++
	return b.calls
}

// Each mistake that a transport can make is found by the clause that forbids it.
func TestSuiteFindsMistakes(t *testing.T) {
	type submit = func(b *broken, ctx context.Context, s invoice.Submission) (invoice.Receipt, error)
	for clause, mistake := range map[string]submit{
		"a document is handed over byte for byte": func(b *broken, ctx context.Context, s invoice.Submission) (invoice.Receipt, error) {
			s.Document.Body = []byte("\ufeff" + string(s.Document.Body))
			return b.Recorder.Submit(ctx, s)
		},
		"invoices and credit notes of one number are two": func(b *broken, ctx context.Context, s invoice.Submission) (invoice.Receipt, error) {
			s.Key = fmt.Sprint(s.Number)
			return b.Recorder.Submit(ctx, s)
		},
		"safe for concurrent use": func(b *broken, ctx context.Context, s invoice.Submission) (invoice.Receipt, error) {
			if b.next() > 30 {
				return invoice.Receipt{}, errors.New("too many requests")
			}
			return b.Recorder.Submit(ctx, s)
		},
		"the same key sends nothing and returns the first receipt": func(b *broken, ctx context.Context, s invoice.Submission) (invoice.Receipt, error) {
			_, err := b.Recorder.Submit(ctx, s)
			return invoice.Receipt{ID: fmt.Sprint(b.next())}, err
		},
		"the same key at once sends one": func(b *broken, ctx context.Context, s invoice.Submission) (invoice.Receipt, error) {
			s.Key += fmt.Sprint(b.next())
			return b.Recorder.Submit(ctx, s)
		},
		"the same key after a restart sends nothing": func(b *broken, ctx context.Context, s invoice.Submission) (invoice.Receipt, error) {
			s.Key += fmt.Sprint(b.next())
			return b.Recorder.Submit(ctx, s)
		},
		"another document under a key is refused with KeyTaken": func(b *broken, ctx context.Context, s invoice.Submission) (invoice.Receipt, error) {
			if r, err := b.Recorder.Submit(ctx, s); !errors.Is(err, invoice.KeyTaken) {
				return r, err
			}
			return invoice.Receipt{ID: "receipt-1"}, nil
		},
		"no answer is unavailable, and safe to repeat": func(b *broken, ctx context.Context, s invoice.Submission) (invoice.Receipt, error) {
			r, err := b.Recorder.Submit(ctx, s)
			if errors.Is(err, timebok.ErrUnavailable) {
				err = errors.New("dial tcp: no route to host")
			}
			return r, err
		},
		"a cancelled context is unavailable, and safe to repeat": func(b *broken, ctx context.Context, s invoice.Submission) (invoice.Receipt, error) {
			return b.Recorder.Submit(context.WithoutCancel(ctx), s)
		},
		"what is never taken is invalid or refused, with every reason": func(b *broken, ctx context.Context, s invoice.Submission) (invoice.Receipt, error) {
			if len(s.Document.Body) == 0 { // the first thing wrong, and no more
				return invoice.Receipt{}, timebok.Reasons{timebok.Missing.At("Document.Body")}.Invalid()
			}
			return b.Recorder.Submit(ctx, s)
		},
		"the caller may change its bytes afterwards": func(b *broken, ctx context.Context, s invoice.Submission) (invoice.Receipt, error) {
			r, err := b.Recorder.Submit(ctx, s)
			b.Recorder.mu.Lock()
			defer b.Recorder.mu.Unlock()
			for i := range b.taken {
				if b.taken[i].Key == s.Key {
					b.taken[i].Document.Body = s.Document.Body
				}
			}
			return r, err
		},
	} {
		t.Run(clause, func(t *testing.T) {
			if !breaks(t, clause, mistake) {
				t.Error("the suite did not find the mistake")
			}
		})
	}
}

// breaks reports whether a clause fails for a transport.
func breaks(t *testing.T, name string, submit func(*broken, context.Context, invoice.Submission) (invoice.Receipt, error)) bool {
	for _, c := range contract {
		if c.sentence != name {
			continue
		}
		v := &verdict{TB: t}
		done := make(chan struct{})
		go func() { // Fatalf ends the goroutine
			defer close(done)
			c.run(&env{TB: v, t: t, transport: &broken{submit: submit}, Harness: Harness{
				Sent: func(_ *testing.T, tr invoice.Transport) (out []Sent) {
					for _, s := range tr.(*broken).Taken() {
						out = append(out, Sent{s.Number, s.Document.Body})
					}
					return out
				},
				Reopen: func(_ *testing.T, tr invoice.Transport) invoice.Transport { return tr },
				Cut: func(_ *testing.T, tr invoice.Transport) func() {
					tr.(*broken).SetDown(true)
					return func() { tr.(*broken).SetDown(false) }
				},
			}})
		}()
		<-done
		return v.failed
	}
	t.Errorf("no clause %q", name)
	return true
}

// Every clause has a mistake above that breaks it.
func TestEveryClauseIsProved(t *testing.T) {
	const mistakes = 11
	if len(contract) != mistakes {
		t.Errorf("the contract has %d clauses, and %d have a mistake that breaks them", len(contract), mistakes)
	}
}
