package invoicetest

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/timebok/timebok"
	"github.com/timebok/timebok/invoice"
)

// A Recorder is an access point that behaves: it takes each document once by its
// Key, and has the faults of a real one when told so. The zero Recorder is ready.
// It is safe for concurrent use.
type Recorder struct {
	mu     sync.Mutex
	calls  int
	faults map[int]Fault
	down   bool
	taken  []invoice.Submission
}

// A Fault is what goes wrong in one call of Submit.
type Fault int

const (
	NoFault Fault = iota
	Down          // can't be reached: nothing is taken, timebok.ErrUnavailable
	Lost          // takes the document, but the answer is lost: timebok.ErrUnavailable
	Reject        // will never take the document: a *timebok.Refusal with Rejected
)

// Rejected is the reason that a Recorder gives for Reject.
var Rejected = timebok.NewRule("invoicetest.rejected",
	"aksesspunktet tar ikke imot dokumentet", "aksesspunktet tek ikkje imot dokumentet",
	"the access point does not take the document")

// Fail makes calls of Submit go wrong: the first call is number 1.
func (r *Recorder) Fail(f Fault, calls ...int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.faults == nil {
		r.faults = map[int]Fault{}
	}
	for _, n := range calls {
		r.faults[n] = f
	}
}

// SetDown makes every call go wrong with Down, until set back.
func (r *Recorder) SetDown(down bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.down = down
}

// Calls returns how often Submit was called.
func (r *Recorder) Calls() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.calls
}

// Taken returns what was taken, each key once, in the order of arrival.
func (r *Recorder) Taken() []invoice.Submission {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.taken)
}

// Submit takes a document. The receipt is "receipt-1" for the first one taken.
func (r *Recorder) Submit(ctx context.Context, s invoice.Submission) (invoice.Receipt, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.calls++
	fault := r.faults[r.calls]
	if err := ctx.Err(); err != nil {
		return invoice.Receipt{}, &timebok.UnavailableError{What: "access point", Cause: err}
	}
	if r.down || fault == Down {
		return invoice.Receipt{}, &timebok.UnavailableError{What: "access point", After: time.Minute}
	}
	if err := s.Validate(); err != nil {
		return invoice.Receipt{}, err
	}
	if fault == Reject {
		return invoice.Receipt{}, timebok.Reasons{Rejected.At("Document")}.Refused()
	}
	i := slices.IndexFunc(r.taken, func(t invoice.Submission) bool { return t.Key == s.Key })
	switch {
	case i < 0:
		i = len(r.taken)
		s.Document.Body = bytes.Clone(s.Document.Body)
		r.taken = append(r.taken, s)
	case !sameDocument(r.taken[i], s):
		return invoice.Receipt{}, timebok.Reasons{invoice.KeyTaken.At("Key")}.Refused()
	}
	if fault == Lost {
		return invoice.Receipt{}, &timebok.UnavailableError{What: "access point"}
	}
	return invoice.Receipt{ID: fmt.Sprintf("receipt-%d", i+1)}, nil
}

func sameDocument(a, b invoice.Submission) bool {
	return a.Kind == b.Kind && a.Number == b.Number && bytes.Equal(a.Document.Body, b.Document.Body)
}
