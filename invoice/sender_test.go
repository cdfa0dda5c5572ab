package invoice_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/timebok/timebok"
	"github.com/timebok/timebok/invoice"
	"github.com/timebok/timebok/invoice/invoicetest"
	"github.com/timebok/timebok/storage"
)

// sender returns a Sender to an access point that behaves.
func (d *desk) sender() (*invoice.Sender, *invoicetest.Recorder) {
	r := &invoicetest.Recorder{}
	return &invoice.Sender{
		Transport: r, Biller: d.biller,
		View: storage.In[invoice.Tx](d.store.View), Update: storage.In[invoice.Tx](d.store.Update),
	}, r
}

// delivery is an attempt to perform the message about an invoice.
func (d *desk) delivery(x invoice.Invoice) timebok.Delivery {
	d.Helper()
	for _, m := range d.messages() {
		if m.About.ID == x.ID.UUID() {
			return timebok.Delivery{Message: m.Message, Clinic: m.Clinic, Attempt: 1}
		}
	}
	d.Fatalf("no message about %v", x.Ref())
	return timebok.Delivery{}
}

func TestSender(t *testing.T) {
	everywhere(t, func(d *desk) {
		sender, ap := d.sender()
		x := d.issued(0)
		if err := sender.Handle(d.Context(), d.delivery(x)); err != nil {
			t.Fatal(err)
		}
		got := ap.Taken()
		if len(got) != 1 || got[0].Key != x.ID.String() || got[0].Number != 1 || got[0].Kind != invoice.Bill ||
			got[0].Sender != d.Company.Org || got[0].Receiver != d.Insurer.Org ||
			string(got[0].Document.Body) != string(d.document(x.ID).Body) {
			t.Fatalf("submitted %+v", got)
		}
		now := d.invoice(x.ID)
		if now.State != invoice.Submitted || now.Transport != "receipt-1" || now.Version != 3 {
			t.Errorf("the invoice is %+v", now)
		}
		entries := d.audited()
		if last := entries[len(entries)-1]; last.Action != "invoice.submitted" || last.By.Role != timebok.System || last.By.Clinic != d.Clinic.ID {
			t.Errorf("audit %+v", last)
		}
		d.changesNothing(func() { // the relay may come again
			if err := sender.Handle(d.Context(), d.delivery(x)); err != nil || ap.Calls() != 1 {
				t.Errorf("again: %v, %d calls", err, ap.Calls())
			}
		})

		r, err := d.credit(now, invoice.CreditRequest{})
		if err != nil {
			t.Fatal(err)
		}
		if err := sender.Handle(d.Context(), d.delivery(r.note)); err != nil {
			t.Fatal(err)
		}
		if got := ap.Taken(); len(got) != 2 || got[1].Kind != invoice.CreditNote || got[1].Number != 2 || got[1].Key != r.note.ID.String() {
			t.Errorf("submitted %+v", got)
		}
	})
}

// A crash anywhere between the access point and the store sends nothing twice.
func TestSenderCrash(t *testing.T) {
	for what, crash := range map[string]func(d *desk, ap *invoicetest.Recorder){
		"the answer is lost":    func(_ *desk, ap *invoicetest.Recorder) { ap.Fail(invoicetest.Lost, 1) },
		"the mark is not saved": func(d *desk, _ *invoicetest.Recorder) { d.driver.failNext() },
	} {
		t.Run(what, func(t *testing.T) {
			everywhere(t, func(d *desk) {
				sender, ap := d.sender()
				x := d.issued(0)
				crash(d, ap)
				err := sender.Handle(d.Context(), d.delivery(x))
				if !errors.Is(err, timebok.ErrUnavailable) || timebok.IsPermanent(err) {
					t.Errorf("first attempt: %v, want one that is tried again", err)
				}
				if now := d.invoice(x.ID); now.State != invoice.Issued {
					t.Errorf("the invoice is %s already", now.State)
				}
				if err := sender.Handle(d.Context(), d.delivery(x)); err != nil {
					t.Fatal(err)
				}
				if n := len(ap.Taken()); n != 1 || ap.Calls() != 2 {
					t.Errorf("sent %d times in %d calls, want once in two", n, ap.Calls())
				}
				if now := d.invoice(x.ID); now.State != invoice.Submitted || now.Transport != "receipt-1" {
					t.Errorf("the invoice is %+v", now)
				}
			})
		})
	}
}

func TestSenderFaults(t *testing.T) {
	everywhere(t, func(d *desk) {
		sender, ap := d.sender()
		x := d.issued(0)
		ap.Fail(invoicetest.Down, 1)
		ap.Fail(invoicetest.Reject, 2)
		d.changesNothing(func() {
			err := sender.Handle(d.Context(), d.delivery(x))
			if pause, ok := timebok.RetryPause(err); !errors.Is(err, timebok.ErrUnavailable) || timebok.IsPermanent(err) || !ok || pause != time.Minute {
				t.Errorf("unavailable: %v, pause %v", err, pause)
			}
			err = sender.Handle(d.Context(), d.delivery(x))
			if !errors.Is(err, invoicetest.Rejected) || !timebok.IsPermanent(err) {
				t.Errorf("rejected: %v, want it permanent", err)
			}
			nowhere := d.delivery(x)
			nowhere.About.ID = timebok.NewInvoiceID(timebok.Source{}).UUID()
			err = sender.Handle(d.Context(), nowhere)
			if !errors.Is(err, timebok.ErrNotFound) || !timebok.IsPermanent(err) {
				t.Errorf("no such invoice: %v, want it permanent", err)
			}
		})
		if n := len(ap.Taken()); n != 0 {
			t.Errorf("%d taken", n)
		}
		// Without a store nothing is submitted.
		sender.View = func(context.Context, timebok.ClinicID, func(context.Context, invoice.Tx) error) error {
			return &timebok.UnavailableError{What: "storage"}
		}
		calls := ap.Calls()
		if err := sender.Handle(d.Context(), d.delivery(x)); !errors.Is(err, timebok.ErrUnavailable) || ap.Calls() != calls {
			t.Errorf("no store: %v", err)
		}
	})
}

// What people did by hand meanwhile stands.
func TestSenderAfterPeople(t *testing.T) {
	everywhere(t, func(d *desk) {
		sender, ap := d.sender()
		x := d.issued(0)
		if _, err := d.mark(x, invoice.Refused); err != nil {
			t.Fatal(err)
		}
		d.changesNothing(func() {
			if err := sender.Handle(d.Context(), d.delivery(x)); err != nil || ap.Calls() != 0 {
				t.Errorf("%v, %d calls", err, ap.Calls())
			}
		})

		// In the moment between submitting and marking.
		y := d.issued(1)
		sender.Transport = meanwhile{ap, func() {
			if _, err := d.mark(y, invoice.Delivered); err != nil {
				t.Error(err)
			}
		}}
		if err := sender.Handle(d.Context(), d.delivery(y)); err != nil {
			t.Error(err)
		}
		if now := d.invoice(y.ID); now.State != invoice.Delivered {
			t.Errorf("the invoice is %s, want what people said", now.State)
		}
	})
}

// meanwhile is an access point that something happens beside.
type meanwhile struct {
	*invoicetest.Recorder
	do func()
}

func (m meanwhile) Submit(ctx context.Context, s invoice.Submission) (invoice.Receipt, error) {
	r, err := m.Recorder.Submit(ctx, s)
	m.do()
	return r, err
}

// What can't be submitted is said with every reason.
func TestSubmissionValidate(t *testing.T) {
	wantReasons[*timebok.InvalidError](t, invoice.Submission{}.Validate(),
		"Key: field.missing", "Number: field.missing", "Kind: field.invalid", "Sender: field.missing",
		"Receiver: field.missing", "Document.Type: field.missing", "Document.Body: field.missing")
	p := newPaper()
	ok := invoice.Submission{
		Key: "k", Number: 1, Kind: invoice.CreditNote, Sender: p.Company.Org, Receiver: p.Insurer.Org,
		Document: invoice.Document{Type: "application/xml", Body: []byte("<x/>")},
	}
	if err := ok.Validate(); err != nil {
		t.Error(err)
	}
}

// Nothing that billing leaves behind for machines names the client: messages,
// audit, errors and documents.
func TestBillingNamesNobody(t *testing.T) {
	everywhere(t, func(d *desk) {
		sender, ap := d.sender()
		x := d.issued(0)
		d.issuedOf(d.Paid.ID, 1)
		r, err := d.credit(x, invoice.CreditRequest{})
		if err != nil {
			t.Fatal(err)
		}
		ap.Fail(invoicetest.Reject, 1)
		var texts []string
		texts = append(texts, sender.Handle(d.Context(), d.delivery(r.note)).Error())
		_, err = d.credit(x, invoice.CreditRequest{})
		texts = append(texts, err.Error())
		named := d.Talk
		named.Version, named.Name = 2, "Time for "+d.Ola.Name.Reveal()+", 10915596784"
		d.save(named)
		d.deliver(d.Case.ID, nil, 2)
		_, err = d.issue(d.draft(d.Case.ID))
		if !errors.Is(err, invoice.PersonalData) {
			t.Errorf("a name in a text: %v, want %s", err, invoice.PersonalData.Code())
		}
		texts = append(texts, err.Error(), dump(d.messages()), dump(d.audited()), dump(x), dump(r.note),
			dump(d.invoices(invoice.Filter{States: []invoice.State{invoice.Issued}})),
			string(d.document(x.ID).Body), string(d.document(r.note.ID).Body))
		for _, text := range texts {
			for _, secret := range []string{"Blåbær", "Prøvesen", "10915596784", "ola@example.com", "+4740000000"} {
				if strings.Contains(text, secret) {
					t.Errorf("%q stands in %s", secret, text)
				}
			}
		}
	})
}
