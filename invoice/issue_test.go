package invoice_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/rickb777/date"
	"github.com/timebok/timebok"
	"github.com/timebok/timebok/booking"
	"github.com/timebok/timebok/invoice"
	"github.com/timebok/timebok/series"
	"github.com/timebok/timebok/storage"
	"github.com/timebok/timebok/storage/storagetest"
)

func TestIssue(t *testing.T) {
	everywhere(t, func(d *desk) {
		sessions := d.deliver(d.Case.ID, nil, 1, 0)
		draft := d.draft(d.Case.ID)
		x, err := d.issue(draft)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(x, d.invoice(x.ID), cmpopts.EquateEmpty()); diff != "" {
			t.Errorf("returned and stored differ:\n%s", diff)
		}
		if x.ID != draft.ID || x.Version != 2 || x.State != invoice.Issued || x.Number != 1 ||
			!x.IssueDate.Equal(date.New(2026, 3, 22)) || !x.DueDate.Equal(date.New(2026, 4, 21)) || x.KID.String() != "0000018" {
			t.Errorf("issued: %+v", x)
		}
		if x.Seller != d.Company || x.Payer.Name != d.Insurer.Name || x.Debtor != nil || x.Place != d.Address || x.Case.Number != "6QPTR" {
			t.Errorf("snapshot: %+v, %+v, %+v", x.Seller, x.Payer, x.Place)
		}
		if len(x.Lines) != 2 || x.Lines[0].Booking != sessions[1].ID || x.Lines[1].Booking != sessions[0].ID {
			t.Errorf("lines %+v, want by time", x.Lines)
		}
		want, err := plain{}.Encode(x)
		if file := d.document(x.ID); err != nil || string(file.Body) != string(want) || file.Type != "application/xml" || !file.At.Equal(afterwards) {
			t.Errorf("document %+v", file)
		}
		messages := d.messages()
		if len(messages) != 1 || messages[0].Kind != invoice.SubmitInvoice || messages[0].About != x.Ref() ||
			messages[0].Client != d.Ola.ID || !messages[0].Due.Equal(afterwards) {
			t.Errorf("messages %+v, want one to submit the invoice", messages)
		}
		for _, b := range sessions {
			got := d.booking(b.ID)
			if c := got.Charges[0]; c.Invoice != x.ID || !c.Issued || got.Session().Stage != series.Invoiced {
				t.Errorf("session %+v", got)
			}
		}
		var actions []string
		for _, e := range d.audited() {
			actions = append(actions, e.Action)
			if e.On.ID != x.ID.UUID() || e.By != d.Actor() || e.Client != d.Ola.ID {
				t.Errorf("audit %+v", e)
			}
		}
		if !slices.Equal(actions, []string{"invoice.draft", "invoice.issue"}) {
			t.Errorf("audited %v", actions)
		}
		d.changesNothing(func() { // a repeat
			if _, err := d.issue(draft); !errors.Is(err, timebok.ErrConflict) {
				t.Errorf("again: %v, want timebok.ErrConflict", err)
			}
			if _, err := d.issue(x); !errors.Is(err, invoice.WrongState) {
				t.Errorf("again: %v, want %s", err, invoice.WrongState.Code())
			}
		})
	})
}

// What the client pays goes out by the host's mail, and leaves no EHF.
func TestIssueToClient(t *testing.T) {
	everywhere(t, func(d *desk) {
		d.biller.Format = nil
		x := d.issuedOf(d.Paid.ID, 0)
		if x.Payer != nil || x.Debtor == nil || x.Debtor.ID != d.Ola.ID || !x.DueDate.Equal(date.New(2026, 4, 5)) {
			t.Errorf("issued to the client: %+v", x)
		}
		messages := d.messages()
		if len(messages) != 1 || messages[0].Kind != invoice.MailInvoice || messages[0].About != x.Ref() {
			t.Errorf("messages %+v, want one to mail the invoice", messages)
		}
		err := d.store.View(d.Context(), d.Clinic.ID, func(ctx context.Context, tx storage.Tx) error {
			_, err := tx.Document(ctx, x.ID)
			return err
		})
		if !errors.Is(err, timebok.ErrNotFound) {
			t.Errorf("document: %v, want timebok.ErrNotFound", err)
		}
	})
}

// An invoice says for ever what it said when it was issued, whatever its parties
// are called later.
func TestIssuedIsImmutable(t *testing.T) {
	everywhere(t, func(d *desk) {
		toInsurer, toClient := d.issued(0), d.issuedOf(d.Paid.ID, 1)
		file := d.document(toInsurer.ID)

		d.update(func(ctx context.Context, tx storage.Tx) error {
			client, insurer, clinic, party := d.Ola, d.Insurer, d.Clinic.Clinic, d.Company
			client.Version, insurer.Version, clinic.Version, party.Version = 2, 2, 2, 2
			client.Name, client.Address = timebok.Hide("Ola Nytt Namn"), timebok.Hide("Ny veg 1")
			insurer.Name, insurer.Org, insurer.DueDays = "Ny Forsikring AS", d.Employer.Org, 7
			clinic.Name, clinic.Address = "Ny klinikk", timebok.Address{City: "Bergen"}
			party.Name, party.Account, party.KID = "Ny klinikk AS", timebok.BankAccount{}, timebok.KID11
			party.IBAN = d.SoleTrader.IBAN
			service, practitioner := d.Talk, d.Anne
			service.Version, service.Name, service.Price = 2, "Ny teneste", timebok.Kroner(1)
			practitioner.Version, practitioner.Name = 2, "Anne Ny"
			series, err := d.Case.Correct(series.Override{At: afterwards, By: d.Actor(), Why: "x", ValidTo: new(date.New(2026, 2, 1))})
			tx.Save(client, insurer, clinic, party, service, practitioner, series)
			return err
		})
		for _, x := range []invoice.Invoice{toInsurer, toClient} {
			if diff := cmp.Diff(x, d.invoice(x.ID), cmpopts.EquateEmpty()); diff != "" {
				t.Errorf("an issued invoice changed (-issued +now):\n%s", diff)
			}
		}
		if now := d.document(toInsurer.ID); string(now.Body) != string(file.Body) || !now.At.Equal(file.At) {
			t.Errorf("the document changed:\n%s\n%s", file.Body, now.Body)
		}
		// What becomes of it changes nothing that it says, and a credit note
		// speaks of the same parties.
		paid, err := d.mark(toInsurer, invoice.Paid)
		if err != nil {
			t.Fatal(err)
		}
		r, err := d.credit(paid, invoice.CreditRequest{NoDraft: true})
		if err != nil {
			t.Fatal(err)
		}
		ignored := cmpopts.IgnoreFields(invoice.Invoice{}, "Version", "State", "Taken")
		if diff := cmp.Diff(toInsurer, d.invoice(toInsurer.ID), ignored, cmpopts.EquateEmpty()); diff != "" {
			t.Errorf("a credited invoice changed (-issued +now):\n%s", diff)
		}
		if r.note.Seller != d.Company || r.note.Payer.Name != d.Insurer.Name || r.note.Place != d.Address {
			t.Errorf("the credit note speaks of %v, %v, %v", r.note.Seller.Name, r.note.Payer.Name, r.note.Place)
		}
	})
}

// crowd saves n clients, each with a delivered session with Anne and one with
// Kari, and drafts them.
func (d *desk) crowd(n int) []invoice.Invoice {
	d.Helper()
	var made []invoice.Invoice
	d.update(func(_ context.Context, tx storage.Tx) error {
		for i := range n {
			c := d.Ola
			c.ID = timebok.DeriveID[timebok.Client]("crowd", fmt.Sprint(i))
			c.Email, c.BirthNumber = timebok.EmailAddress{}, timebok.BirthNumber{}
			tx.Save(c)
			for who, p := range []timebok.Practitioner{d.Anne, d.Kari} {
				b := d.Booking(fmt.Sprint("crowd", i, who), slot(i).Sub(storagetest.Monday))
				b.Client, b.Practitioner, b.State = c.ID, p.ID, booking.Completed
				b.Charges = []booking.Charge{{Billing: b.Billing, Amount: b.Price}}
				tx.Save(b)
			}
		}
		return nil
	})
	for i := range n {
		drafts, err := d.drafts(series.ID{}, timebok.DeriveID[timebok.Client]("crowd", fmt.Sprint(i)))
		if err != nil || len(drafts) != 2 {
			d.Fatalf("%d drafts, %v", len(drafts), err)
		}
		made = append(made, drafts...)
	}
	return made
}

// Twenty issue at once for each of two firms: each firm's numbers run from the
// first without a gap, and the other's do not matter.
func TestNumbersAreGapFree(t *testing.T) {
	everywhere(t, func(d *desk) {
		d.save(invoice.Numbering{Party: d.SoleTrader.ID, Version: 1, Next: 2001})
		drafts := d.crowd(20)
		var wg sync.WaitGroup
		for _, x := range drafts {
			wg.Go(func() {
				if _, err := d.issue(x); err != nil {
					t.Errorf("Issue: %v", err)
				}
			})
		}
		wg.Wait()
		for party, first := range map[timebok.BillingPartyID]int64{d.Company.ID: 1, d.SoleTrader.ID: 2001} {
			d.wantNumbers(party, first, 20)
		}
	})
}

// wantNumbers fails unless the issued invoices of a party are numbered from first
// to first+n-1, and the next is the one after.
func (d *desk) wantNumbers(party timebok.BillingPartyID, first, n int64) {
	d.Helper()
	var got []int64
	for _, x := range d.invoices(invoice.Filter{Party: party}) {
		if x.State.IsIssued() {
			got = append(got, x.Number)
		} else if x.Number != 0 {
			d.Errorf("a draft has number %d", x.Number)
		}
	}
	slices.Sort(got)
	for i, number := range got {
		if number != first+int64(i) {
			d.Errorf("numbers %v, want %d from %d on", got, n, first)
			break
		}
	}
	if int64(len(got)) != n {
		d.Errorf("%d numbers, want %d", len(got), n)
	}
	if next := d.numbering(party); n > 0 && (next == nil || next.Next != first+n) {
		d.Errorf("numbering %+v, want next %d", next, first+n)
	}
}

// One draft issued by many at once is issued once.
func TestIssueOnce(t *testing.T) {
	everywhere(t, func(d *desk) {
		d.deliver(d.Case.ID, nil, 0)
		draft := d.draft(d.Case.ID)
		var wg sync.WaitGroup
		var mu sync.Mutex
		won := 0
		for range 20 {
			wg.Go(func() {
				_, err := d.issue(draft)
				mu.Lock()
				defer mu.Unlock()
				if err == nil {
					won++
				} else if !errors.Is(err, timebok.ErrConflict) {
					t.Errorf("Issue: %v, want timebok.ErrConflict", err)
				}
			})
		}
		wg.Wait()
		if won != 1 || len(d.messages()) != 1 {
			t.Errorf("%d issued it, and %d messages", won, len(d.messages()))
		}
		d.wantNumbers(d.Company.ID, 1, 1)
	})
}

// An issue that fails takes no number and leaves nothing.
func TestFailedIssueTakesNoNumber(t *testing.T) {
	everywhere(t, func(d *desk) {
		d.deliver(d.Case.ID, nil, 0)
		draft := d.draft(d.Case.ID)
		fails := map[string]func() error{
			"the commit fails": func() error {
				d.driver.failNext()
				_, err := d.issue(draft)
				return err
			},
			"the host's own step fails": func() error {
				return d.store.Update(d.Context(), d.Clinic.ID, func(ctx context.Context, tx storage.Tx) error {
					if _, err := d.biller.Issue(ctx, tx, d.Actor(), draft.ID, draft.Version); err != nil {
						return err
					}
					return errors.New("the host's ledger is closed")
				})
			},
			"the Format fails": func() error {
				d.biller.Format = plain{errors.New("disk full")}
				defer func() { d.biller.Format = plain{} }()
				_, err := d.issue(draft)
				return err
			},
			"the caller gives up": func() error {
				ctx, cancel := context.WithCancel(d.Context())
				return d.store.Update(ctx, d.Clinic.ID, func(ctx context.Context, tx storage.Tx) error {
					_, err := d.biller.Issue(ctx, tx, d.Actor(), draft.ID, draft.Version)
					cancel()
					return err
				})
			},
		}
		for what, fail := range fails {
			d.changesNothing(func() {
				if err := fail(); err == nil {
					t.Errorf("%s: no error", what)
				}
			})
		}
		if x, err := d.issue(draft); err != nil || x.Number != 1 {
			t.Errorf("issued as %d, %v, want 1", x.Number, err)
		}
		if n := len(d.messages()); n != 1 {
			t.Errorf("%d messages, want one", n)
		}
	})
}

// Several use-cases in one transaction see each other.
func TestIssueManyInOneTransaction(t *testing.T) {
	everywhere(t, func(d *desk) {
		drafts := d.crowd(3)
		d.update(func(ctx context.Context, tx storage.Tx) error {
			for _, x := range drafts {
				if _, err := d.biller.Issue(ctx, tx, d.Actor(), x.ID, x.Version); err != nil {
					return err
				}
			}
			return nil
		})
		d.wantNumbers(d.Company.ID, 1, 3)
		d.wantNumbers(d.SoleTrader.ID, 1, 3)
	})
}

// Every use-case bears being run twice, as after a lost race.
func TestRunTwice(t *testing.T) {
	everywhere(t, func(d *desk) {
		d.store = storage.New(storagetest.Twice(d.driver), nil)
		x := d.issued(0, 1)
		r, err := d.credit(x, invoice.CreditRequest{Bookings: []booking.ID{x.Lines[0].Booking}})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := d.discard(*r.draft); err != nil {
			t.Fatal(err)
		}
		if _, err := d.mark(d.invoice(x.ID), invoice.Paid); err != nil {
			t.Fatal(err)
		}
		d.wantNumbers(d.Company.ID, 1, 2)
		if n := len(d.invoices(invoice.Filter{})); n != 3 {
			t.Errorf("%d invoices, want invoice, credit note and discarded draft", n)
		}
		if n := len(d.messages()); n != 2 {
			t.Errorf("%d messages, want one each for invoice and credit note", n)
		}
	})
}

func TestNumberingStartsWhereItIsTold(t *testing.T) {
	for next, want := range map[int64]int64{1: 1, 0: 1, -5: 1, 30_001: 30_001} {
		p := newPaper()
		v := p.drafted(p.delivered(0))
		v.Numbering = &invoice.Numbering{Party: p.Company.ID, Version: 4, Next: next}
		c, err := p.biller.DecideIssue(v, 1, p.Actor())
		if err != nil {
			t.Fatal(err)
		}
		if c.Invoices[0].Number != want {
			t.Errorf("next %d: number %d, want %d", next, c.Invoices[0].Number, want)
		}
		i := slices.IndexFunc(c.Records, func(r timebok.Record) bool { return r.Ref().Kind == timebok.KindNumbering })
		if got := c.Records[i].(invoice.Numbering); got.Next != want+1 || got.Version != 5 || got.Party != p.Company.ID {
			t.Errorf("next %d: numbering then %+v", next, got)
		}
	}
}

// Every number gives a valid payment reference by the party's scheme.
func TestKIDs(t *testing.T) {
	p := newPaper()
	for _, number := range []int64{1, 9, 10, 99_999, 999_999, 1_000_000, 123_456_789, 1<<62 - 1} {
		for scheme, algorithm := range map[timebok.KIDScheme]timebok.KIDAlgorithm{
			timebok.KID10: timebok.KIDMod10, timebok.KID11: timebok.KIDMod11, timebok.NoKID: "",
		} {
			v := p.drafted(p.delivered(0))
			v.Numbering = &invoice.Numbering{Version: 1, Next: number}
			v.Parties[0].KID = scheme
			c, err := p.biller.DecideIssue(v, 1, p.Actor())
			if err != nil {
				t.Fatal(err)
			}
			kid := c.Invoices[0].KID
			if scheme == timebok.NoKID {
				if !kid.IsZero() {
					t.Errorf("a KID %v without a scheme", kid)
				}
				continue
			}
			if _, err := timebok.ParseKID(kid.String()); err != nil || !slices.Contains(kid.Algorithms(), algorithm) ||
				!strings.HasSuffix(kid.String()[:len(kid.String())-1], fmt.Sprint(number)) {
				t.Errorf("number %d by %s: KID %v, %v", number, scheme, kid, err)
			}
		}
	}
}
