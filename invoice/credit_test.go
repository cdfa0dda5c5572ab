package invoice_test

import (
	"context"
	"errors"
	"slices"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/timebok/timebok"
	"github.com/timebok/timebok/booking"
	"github.com/timebok/timebok/invoice"
	"github.com/timebok/timebok/series"
	"github.com/timebok/timebok/storage"
)

func TestCreditInFull(t *testing.T) {
	everywhere(t, func(d *desk) {
		x := d.issued(0, 1)
		r, err := d.credit(x, invoice.CreditRequest{})
		if err != nil {
			t.Fatal(err)
		}
		note, draft := r.note, *r.draft
		if note.Kind != invoice.CreditNote || note.State != invoice.Issued || note.Number != 2 || note.ID == x.ID || note.Version != 1 {
			t.Errorf("credit note %+v, want one of its own, with the next number", note)
		}
		if want := (invoice.Reference{Invoice: x.ID, Number: 1, IssueDate: *x.IssueDate}); note.Credits == nil || *note.Credits != want {
			t.Errorf("it credits %+v, want %+v", note.Credits, want)
		}
		same := cmpopts.IgnoreFields(invoice.Invoice{}, "ID", "Version", "Kind", "Number", "DueDate", "KID", "Credits")
		if diff := cmp.Diff(x, note, same, cmpopts.EquateEmpty()); diff != "" {
			t.Errorf("the credit note says other things than the invoice:\n%s", diff)
		}
		if note.DueDate != nil || !note.KID.IsZero() {
			t.Errorf("a credit note is due %v, KID %v", note.DueDate, note.KID)
		}
		if want, _ := (plain{}).Encode(note); string(d.document(note.ID).Body) != string(want) {
			t.Errorf("document\n%s", d.document(note.ID).Body)
		}
		of := d.invoice(x.ID)
		if of.State != invoice.Credited || of.Version != 3 || len(of.Taken) != 2 || of.Taken[0].By != note.ID ||
			!of.TakenBack(x.Lines[0].Booking) || !of.TakenBack(x.Lines[1].Booking) {
			t.Errorf("the credited invoice %+v", of)
		}
		if draft.State != invoice.Draft || draft.Number != 0 || draft.Case != x.Case || draft.Billing != x.Billing ||
			!slices.Equal(draft.Lines, x.Lines) || draft.Seller.Name != "" {
			t.Errorf("the new draft %+v", draft)
		}
		for _, l := range x.Lines {
			if c := d.booking(l.Booking).Charges[0]; c.Invoice != draft.ID || c.Issued {
				t.Errorf("the session stands on %+v, want the new draft", c)
			}
		}
		if messages := d.messages(); len(messages) != 2 || messages[1].Kind != invoice.SubmitInvoice {
			t.Errorf("messages %+v, want one for the credit note, too", messages)
		}
		var on []timebok.Ref
		for _, e := range d.audited()[2:] {
			on = append(on, e.On)
		}
		if len(on) != 3 || !slices.Contains(on, note.Ref()) || !slices.Contains(on, of.Ref()) || !slices.Contains(on, draft.Ref()) {
			t.Errorf("audited on %v, want note, invoice and draft", on)
		}
		again, err := d.issue(draft)
		if err != nil || again.Number != 3 || again.KID == x.KID {
			t.Errorf("issued again as %d, %v", again.Number, err)
		}
		d.wantNumbers(d.Company.ID, 1, 3)
	})
}

func TestCreditInPart(t *testing.T) {
	everywhere(t, func(d *desk) {
		x := d.issued(0, 1, 2)
		first, second, third := x.Lines[0].Booking, x.Lines[1].Booking, x.Lines[2].Booking
		r, err := d.credit(x, invoice.CreditRequest{Bookings: []booking.ID{second}})
		if err != nil {
			t.Fatal(err)
		}
		if len(r.note.Lines) != 1 || r.note.Lines[0] != x.Lines[1] || len(r.draft.Lines) != 1 {
			t.Errorf("credit note of %+v, want the second session", r.note.Lines)
		}
		of := d.invoice(x.ID)
		if of.State != invoice.Issued || of.TakenBack(first) || !of.TakenBack(second) || len(of.Lines) != 3 {
			t.Errorf("the invoice %+v", of)
		}
		if c := d.booking(first).Charges[0]; c.Invoice != x.ID || !c.Issued {
			t.Errorf("a session that was not credited stands on %+v", c)
		}
		d.changesNothing(func() { // too much, twice, and what never stood there
			stranger := timebok.New[booking.Booking](timebok.Source{})
			_, err := d.credit(of, invoice.CreditRequest{Bookings: []booking.ID{first, second, stranger}})
			wantReasons[*timebok.Refusal](t, err, "Bookings[1]: credit.line", "Bookings[2]: credit.line")
			_, err = d.credit(of, invoice.CreditRequest{Bookings: []booking.ID{second}})
			wantReasons[*timebok.Refusal](t, err, "Bookings[0]: credit.line")
		})
		// The rest, by asking for no session in particular.
		r, err = d.credit(of, invoice.CreditRequest{})
		if err != nil || len(r.note.Lines) != 2 || r.note.Number != 3 {
			t.Fatalf("the rest: %+v, %v", r.note, err)
		}
		if r.note.Lines[0].Booking != first || r.note.Lines[1].Booking != third {
			t.Errorf("the rest is %+v", r.note.Lines)
		}
		of = d.invoice(x.ID)
		if of.State != invoice.Credited || len(of.Taken) != 3 || of.Taken[0].By == of.Taken[1].By {
			t.Errorf("fully credited: %+v", of)
		}
		d.changesNothing(func() {
			_, err := d.credit(of, invoice.CreditRequest{})
			wantReasons[*timebok.Refusal](t, err, "Invoice: credit.kind")
		})
		d.wantNumbers(d.Company.ID, 1, 3)
	})
}

// Naming a session twice takes it back once.
func TestCreditNamedTwice(t *testing.T) {
	everywhere(t, func(d *desk) {
		x := d.issued(0, 1)
		b := x.Lines[0].Booking
		r, err := d.credit(x, invoice.CreditRequest{Bookings: []booking.ID{b, b}})
		if err != nil || len(r.note.Lines) != 1 || d.invoice(x.ID).State != invoice.Issued {
			t.Errorf("%+v, %v", r.note.Lines, err)
		}
	})
}

func TestCreditWithoutDraft(t *testing.T) {
	everywhere(t, func(d *desk) {
		x := d.issued(0)
		r, err := d.credit(x, invoice.CreditRequest{NoDraft: true})
		if err != nil || r.draft != nil {
			t.Fatalf("%+v, %v, want no draft", r.draft, err)
		}
		b := d.booking(x.Lines[0].Booking)
		if b.Locked() || b.Session().Stage != series.Delivered {
			t.Errorf("the session is not free: %+v", b.Charges)
		}
		// Free to be billed otherwise: to the client, who gets an invoice.
		b = must(d, func(ctx context.Context, tx storage.Tx) (booking.Booking, error) {
			return d.desk.Attach(ctx, tx, d.Actor(), booking.AttachRequest{
				Booking: b.ID, Version: b.Version, Series: d.Case.ID, Billing: &timebok.BillClient, BillingWhy: "ikkje dekt",
			})
		})
		again, err := d.issue(d.draft(d.Case.ID))
		if err != nil || !again.Billing.To.IsClient() || again.Case.Number != "" || again.Lines[0].Amount != d.Talk.Price {
			t.Errorf("billed to the client: %+v, %v", again, err)
		}
	})
}

// What can be credited: an invoice that was issued and is not credited.
func TestCreditable(t *testing.T) {
	everywhere(t, func(d *desk) {
		d.deliver(d.Case.ID, nil, 0)
		draft := d.draft(d.Case.ID)
		x, err := d.issue(draft)
		if err != nil {
			t.Fatal(err)
		}
		r, err := d.credit(x, invoice.CreditRequest{})
		if err != nil {
			t.Fatal(err)
		}
		gone, err := d.discard(*r.draft)
		if err != nil {
			t.Fatal(err)
		}
		for what, v := range map[string]invoice.Invoice{
			"a draft": d.draft(d.Case.ID), "a discarded draft": gone,
			"a credit note": r.note, "a credited invoice": d.invoice(x.ID),
		} {
			d.changesNothing(func() {
				_, err := d.credit(v, invoice.CreditRequest{})
				if t.Helper(); !errors.Is(err, invoice.NotCreditable) {
					t.Errorf("crediting %s: %v", what, err)
				}
				wantReasons[*timebok.Refusal](t, err, "Invoice: credit.kind")
			})
		}
	})
}

// A credit note is refused like an invoice if its file can't be written, and
// takes no number then.
func TestCreditRefused(t *testing.T) {
	everywhere(t, func(d *desk) {
		x := d.issued(0)
		for what, fail := range map[string]struct {
			format invoice.Format
			want   error
		}{
			"no Format":      {nil, invoice.NoFormat},
			"Format refuses": {plain{timebok.Reasons{invoice.NoReference.At("x")}.Refused()}, invoice.NoReference},
			"Format fails":   {plain{context.DeadlineExceeded}, context.DeadlineExceeded},
		} {
			d.biller.Format = fail.format
			d.changesNothing(func() {
				if _, err := d.credit(x, invoice.CreditRequest{}); !errors.Is(err, fail.want) {
					t.Errorf("%s: %v, want %v", what, err, fail.want)
				}
			})
		}
		d.biller.Format = plain{}
		d.driver.failNext()
		d.changesNothing(func() {
			if _, err := d.credit(x, invoice.CreditRequest{}); !errors.Is(err, timebok.ErrUnavailable) {
				t.Errorf("a failing commit: %v", err)
			}
		})
		if r, err := d.credit(x, invoice.CreditRequest{}); err != nil || r.note.Number != 2 {
			t.Errorf("credit note %d, %v, want 2", r.note.Number, err)
		}
	})
}

// An invoice credited by many at once is credited once.
func TestCreditOnce(t *testing.T) {
	everywhere(t, func(d *desk) {
		x := d.issued(0)
		var wg sync.WaitGroup
		var mu sync.Mutex
		won := 0
		for range 10 {
			wg.Go(func() {
				_, err := d.credit(x, invoice.CreditRequest{})
				mu.Lock()
				defer mu.Unlock()
				if err == nil {
					won++
				} else if !errors.Is(err, timebok.ErrConflict) {
					t.Errorf("Credit: %v, want timebok.ErrConflict", err)
				}
			})
		}
		wg.Wait()
		if won != 1 {
			t.Errorf("%d credited it", won)
		}
		d.wantNumbers(d.Company.ID, 1, 2)
	})
}

// A session that stands on a draft or invoice keeps its series and recipient in
// whatever state that is, until it is discarded or credited (invariant I14).
func TestBilledSessionIsLocked(t *testing.T) {
	everywhere(t, func(d *desk) {
		b := d.deliver(d.Case.ID, nil, 0)[0]
		attach := func(to series.ID) error {
			b := d.booking(b.ID)
			_, err := in(d, func(ctx context.Context, tx storage.Tx) (booking.Booking, error) {
				return d.desk.Attach(ctx, tx, d.Actor(), booking.AttachRequest{Booking: b.ID, Version: b.Version, Series: to})
			})
			return err
		}
		locked := func(when string) {
			t.Helper()
			d.changesNothing(func() {
				if err := attach(d.Paid.ID); !errors.Is(err, booking.BillingLocked) {
					t.Errorf("%s: %v, want %s", when, err, booking.BillingLocked.Code())
				}
				now := d.booking(b.ID)
				_, err := in(d, func(ctx context.Context, tx storage.Tx) (booking.Booking, error) {
					return d.desk.Void(ctx, tx, d.Actor(), now.ID, now.Version)
				})
				if !errors.Is(err, booking.BillingLocked) {
					t.Errorf("%s, entered in error: %v, want %s", when, err, booking.BillingLocked.Code())
				}
			})
		}
		draft := d.draft(d.Case.ID)
		locked("draft")
		x, err := d.issue(draft)
		if err != nil {
			t.Fatal(err)
		}
		locked("issued")
		for _, next := range []invoice.State{invoice.Submitted, invoice.Delivered, invoice.Accepted, invoice.Refused, invoice.Paid} {
			if x, err = d.mark(x, next); err != nil {
				t.Fatal(err)
			}
			locked(string(next))
		}
		r, err := d.credit(x, invoice.CreditRequest{})
		if err != nil {
			t.Fatal(err)
		}
		locked("on the new draft")
		if _, err := d.discard(*r.draft); err != nil {
			t.Fatal(err)
		}
		if err := attach(d.Paid.ID); err != nil {
			t.Errorf("after credit and discard: %v", err)
		}
		if x := d.draft(d.Paid.ID); !x.Billing.To.IsClient() || x.Lines[0].Booking != b.ID {
			t.Errorf("billed anew: %+v", x)
		}
	})
}
