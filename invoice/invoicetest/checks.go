package invoicetest

import (
	"bytes"
	"context"
	"errors"
	"slices"
	"strings"
	"sync"

	"github.com/timebok/timebok"
	"github.com/timebok/timebok/invoice"
)

func handsOver(e *env) {
	s := submission(1)
	if e.submit(s).ID == "" {
		e.Error("the receipt names no sending")
	}
	e.wantSent(s)
}

func kindsApart(e *env) {
	bill, note := submission(1), submission(2)
	note.Kind, note.Number = invoice.CreditNote, bill.Number
	if a, b := e.submit(bill), e.submit(note); a == b {
		e.Errorf("two documents have one receipt, %q", a.ID)
	}
	e.wantSent(bill, note)
}

// concurrent hands forty documents over from eight goroutines.
func concurrent(e *env) {
	var all []invoice.Submission
	for n := range int64(40) {
		all = append(all, submission(n))
	}
	var wg sync.WaitGroup
	for part := range slices.Chunk(all, 5) {
		wg.Go(func() {
			for _, s := range part {
				if _, err := e.transport.Submit(e.Context(), s); err != nil {
					e.Errorf("Submit: %v", err)
				}
			}
		})
	}
	wg.Wait()
	e.wantSent(all...)
}

func sameKey(e *env) {
	s := submission(1)
	first := e.submit(s)
	e.submit(submission(2))
	for range 3 {
		if again := e.submit(s); again != first {
			e.Errorf("repeated: receipt %q, want the first, %q", again.ID, first.ID)
		}
	}
	e.wantSent(s, submission(2))
}

func sameKeyAtOnce(e *env) {
	s := submission(1)
	var mu sync.Mutex
	receipts := map[invoice.Receipt]int{}
	var wg sync.WaitGroup
	for range 16 {
		wg.Go(func() {
			r, err := e.transport.Submit(e.Context(), s)
			if err != nil {
				e.Errorf("Submit: %v", err)
			}
			mu.Lock()
			defer mu.Unlock()
			receipts[r]++
		})
	}
	wg.Wait()
	if len(receipts) != 1 {
		e.Errorf("16 calls with one key got %d receipts, want one", len(receipts))
	}
	e.wantSent(s)
}

func sameKeyLater(e *env) {
	s := submission(1)
	first := e.submit(s)
	e.transport = e.Reopen(e.t, e.transport)
	if again := e.submit(s); again != first {
		e.Errorf("after a restart: receipt %q, want the first, %q", again.ID, first.ID)
	}
	e.wantSent(s)
}

func otherDocument(e *env) {
	s := submission(1)
	first := e.submit(s)
	for what, change := range map[string]func(*invoice.Submission){
		"other bytes":   func(o *invoice.Submission) { o.Document.Body = append(bytes.Clone(o.Document.Body), ' ') },
		"other number":  func(o *invoice.Submission) { o.Number++ },
		"a credit note": func(o *invoice.Submission) { o.Kind = invoice.CreditNote },
	} {
		other := s
		change(&other)
		_, err := e.transport.Submit(e.Context(), other)
		if !errors.Is(err, timebok.ErrRefused) || !errors.Is(err, invoice.KeyTaken) {
			e.Errorf("%s under the same key: got %v, want a *timebok.Refusal with %s", what, err, invoice.KeyTaken.Code())
		}
	}
	if again := e.submit(s); again != first {
		e.Errorf("the first document again: receipt %q, want %q", again.ID, first.ID)
	}
	e.wantSent(s)
}

func unavailable(e *env) {
	s := submission(1)
	mend := e.Cut(e.t, e.transport)
	_, err := e.transport.Submit(e.Context(), s)
	mend()
	if !errors.Is(err, timebok.ErrUnavailable) {
		e.Errorf("Submit without an answer: got %v, want timebok.ErrUnavailable", err)
	}
	e.submit(s)
	e.wantSent(s)
}

func cancelled(e *env) {
	s := submission(1)
	ctx, cancel := context.WithCancel(e.Context())
	cancel()
	if _, err := e.transport.Submit(ctx, s); !errors.Is(err, timebok.ErrUnavailable) {
		e.Errorf("Submit with a cancelled context: got %v, want timebok.ErrUnavailable", err)
	}
	e.submit(s)
	e.wantSent(s)
}

func neverTaken(e *env) {
	s := submission(1)
	s.Document.Body, s.Kind, s.Number = nil, "reminder", 0
	_, err := e.transport.Submit(e.Context(), s)
	var reasons timebok.Reasons
	if left := reasons.Join("", err); err == nil || left != nil {
		e.Fatalf("Submit of nothing: got %v, want a *timebok.InvalidError or *timebok.Refusal", err)
	}
	for _, field := range []string{"Document.Body", "Kind", "Number"} {
		if !slices.ContainsFunc(reasons, func(r timebok.Reason) bool { return r.Field == field }) {
			e.Errorf("Submit of nothing: no reason for %s in %v", field, err)
		}
	}
	e.wantSent()
}

func keepsNoBytes(e *env) {
	s := submission(1)
	given := s
	given.Document.Body = bytes.Clone(s.Document.Body)
	e.submit(given)
	clear(given.Document.Body)
	e.wantSent(s)
}

// submit hands a document over, which must work.
func (e *env) submit(s invoice.Submission) invoice.Receipt {
	e.Helper()
	r, err := e.transport.Submit(e.Context(), s)
	if err != nil {
		e.Fatalf("Submit: %v", err)
	}
	return r
}

// wantSent fails unless exactly these documents arrived, each once.
func (e *env) wantSent(want ...invoice.Submission) {
	e.Helper()
	var expected []Sent
	for _, s := range want {
		expected = append(expected, Sent{s.Number, s.Document.Body})
	}
	got := slices.Clone(e.Sent(e.t, e.transport))
	byBody := func(a, b Sent) int { return bytes.Compare(a.Body, b.Body) }
	slices.SortFunc(got, byBody)
	slices.SortFunc(expected, byBody)
	if !slices.EqualFunc(got, expected, func(a, b Sent) bool { return a.Number == b.Number && bytes.Equal(a.Body, b.Body) }) {
		e.Errorf("arrived:%s\nwant:%s", listOf(got), listOf(expected))
	}
}

func listOf(all []Sent) string {
	var list strings.Builder
	for _, s := range all {
		list.WriteString("\n\t" + strings.TrimSpace(string(s.Body)))
	}
	return list.String()
}
