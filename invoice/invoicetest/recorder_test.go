package invoicetest_test

import (
	"context"
	"errors"
	"testing"

	"github.com/timebok/timebok"
	"github.com/timebok/timebok/invoice"
	"github.com/timebok/timebok/invoice/invoicetest"
)

func TestRecorderPasses(t *testing.T) {
	invoicetest.Run(t, invoicetest.Harness{
		Open: func(*testing.T) invoice.Transport { return &invoicetest.Recorder{} },
		Sent: func(_ *testing.T, tr invoice.Transport) []invoicetest.Sent {
			var out []invoicetest.Sent
			for _, s := range tr.(*invoicetest.Recorder).Taken() {
				out = append(out, invoicetest.Sent{Number: s.Number, Body: s.Document.Body})
			}
			return out
		},
		Reopen: func(_ *testing.T, tr invoice.Transport) invoice.Transport { return tr },
		Cut: func(_ *testing.T, tr invoice.Transport) func() {
			tr.(*invoicetest.Recorder).SetDown(true)
			return func() { tr.(*invoicetest.Recorder).SetDown(false) }
		},
	})
}

func TestRecorderFaults(t *testing.T) {
	s := invoice.Submission{
		Key: "k", Number: 7, Kind: invoice.Bill,
		Document: invoice.Document{Type: "application/xml", Body: []byte("<x/>")},
	}
	s.Sender, _ = timebok.ParseOrgNumber("988077917")
	s.Receiver, _ = timebok.ParseOrgNumber("995525828")
	var r invoicetest.Recorder
	r.Fail(invoicetest.Down, 1)
	r.Fail(invoicetest.Reject, 2)
	r.Fail(invoicetest.Lost, 3)
	for call, want := range []struct {
		err   error
		taken int
	}{
		{timebok.ErrUnavailable, 0},
		{timebok.ErrRefused, 0},
		{timebok.ErrUnavailable, 1}, // it has it, but nobody knows
		{nil, 1},
	} {
		got, err := r.Submit(context.Background(), s)
		if !errors.Is(err, want.err) || len(r.Taken()) != want.taken {
			t.Errorf("call %d: %v with %d taken, want %v with %d", call+1, err, len(r.Taken()), want.err, want.taken)
		}
		if err == nil && got.ID != "receipt-1" {
			t.Errorf("call %d: receipt %q", call+1, got.ID)
		}
	}
	if r.Calls() != 4 {
		t.Errorf("Calls() = %d, want 4", r.Calls())
	}
}
