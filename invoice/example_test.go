package invoice_test

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/timebok/timebok"
	"github.com/timebok/timebok/booking"
	"github.com/timebok/timebok/invoice"
	"github.com/timebok/timebok/invoice/invoicetest"
	"github.com/timebok/timebok/series"
	"github.com/timebok/timebok/storage"
	"github.com/timebok/timebok/storage/memory"
	"github.com/timebok/timebok/storage/outbox"
	"github.com/timebok/timebok/storage/storagetest"
)

// exampleClinic returns a store with a clinic in it, where Ola has had two
// sessions in the insurance case 6QPTR.
func exampleClinic(ctx context.Context, now func() time.Time) (*storage.Store, *storagetest.Clinic) {
	store, c := storage.New(memory.New(), nil), storagetest.NewClinic("A")
	desk := &booking.Desk{Source: timebok.Source{Now: now}}
	err := store.Update(ctx, c.Clinic.ID, func(ctx context.Context, tx storage.Tx) error {
		tx.Save(c.Records()...)
		for day := range 2 {
			b, err := desk.Book(ctx, tx, c.Actor(), booking.Request{
				Client: c.Ola.ID, With: c.Anne.ID, Service: c.Talk.ID, Series: c.Case.ID,
				Start: time.Date(2026, 3, 2+day, 9, 0, 0, 0, time.UTC),
			})
			if err != nil {
				return err
			}
			if _, err := desk.Complete(ctx, tx, c.Actor(), b.ID, b.Version); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		fmt.Println(err)
	}
	return store, c
}

// From delivered sessions to an invoice, and back: one session was billed wrongly.
func ExampleBiller() {
	ctx := context.Background()
	now := func() time.Time { return time.Date(2026, 3, 4, 12, 0, 0, 0, time.UTC) }
	store, clinic := exampleClinic(ctx, now)
	anne := clinic.Actor()

	biller := &invoice.Biller{Source: timebok.Source{Now: now}, Format: plain{}} // a host uses ehf.Format
	err := store.Update(ctx, clinic.Clinic.ID, func(ctx context.Context, tx storage.Tx) error {
		drafts, err := biller.DraftFor(ctx, tx, anne, clinic.Case.ID, timebok.ClientID{})
		if err != nil {
			return err
		}
		draft := drafts[0]
		fmt.Printf("draft: case %s, %d sessions, %s kroner\n", draft.Case.Number, len(draft.Lines), draft.Totals().Gross)

		verdict, err := biller.Preflight(ctx, tx, draft.ID)
		if err != nil {
			return err
		}
		fmt.Printf("pre-flight: %d refusals, due %v\n", len(verdict.Refusals), verdict.Invoice.DueDate)

		x, err := biller.Issue(ctx, tx, anne, draft.ID, draft.Version)
		if err != nil {
			return err
		}
		fmt.Printf("%s: number %d to %s, KID %s\n", x.State, x.Number, x.Payer.Name, x.KID)

		note, again, err := biller.Credit(ctx, tx, anne, invoice.CreditRequest{
			Invoice: x.ID, Version: x.Version, Bookings: []booking.ID{x.Lines[1].Booking},
		})
		if err != nil {
			return err
		}
		fmt.Printf("credit note: number %d takes back %s kroner of number %d\n",
			note.Number, note.Totals().Gross, note.Credits.Number)
		fmt.Printf("new draft: %d session\n", len(again.Lines))
		return nil
	})
	if err != nil {
		fmt.Println(err)
	}
	// Output:
	// draft: case 6QPTR, 2 sessions, 2641.00 kroner
	// pre-flight: 0 refusals, due 2026-04-03
	// issued: number 1 to Fjellforsikring AS, KID 0000018
	// credit note: number 2 takes back 1320.50 kroner of number 1
	// new draft: 1 session
}

// The relay hands what is issued to the access point, and the invoice knows it.
func ExampleSender() {
	ctx := context.Background()
	now := func() time.Time { return time.Date(2026, 3, 4, 12, 0, 0, 0, time.UTC) }
	store, clinic := exampleClinic(ctx, now)

	biller := &invoice.Biller{Source: timebok.Source{Now: now}, Format: plain{}} // a host uses ehf.Format
	access := &invoicetest.Recorder{}                                            // a host, its access point
	relay := &outbox.Relay{Store: store, Source: timebok.Source{Now: now}, Handlers: map[timebok.MessageKind]timebok.Handler{
		invoice.SubmitInvoice: &invoice.Sender{
			Transport: access, Biller: biller,
			View: storage.In[invoice.Tx](store.View), Update: storage.In[invoice.Tx](store.Update),
		},
	}}
	var x invoice.Invoice
	err := store.Update(ctx, clinic.Clinic.ID, func(ctx context.Context, tx storage.Tx) error {
		drafts, err := biller.DraftFor(ctx, tx, clinic.Actor(), clinic.Case.ID, timebok.ClientID{})
		if err != nil {
			return err
		}
		x, err = biller.Issue(ctx, tx, clinic.Actor(), drafts[0].ID, drafts[0].Version)
		return err
	})
	fmt.Println(x.State, err)

	_, err = relay.RunOnce(ctx)
	fmt.Println(len(access.Taken()), "file to", access.Taken()[0].Receiver, err)
	err = store.View(ctx, clinic.Clinic.ID, func(ctx context.Context, tx storage.Tx) error {
		x, err = tx.Invoice(ctx, x.ID)
		return err
	})
	fmt.Println(x.State, err)
	// Output:
	// issued <nil>
	// 1 file to 995525828 <nil>
	// submitted <nil>
}

// All that the insurer would reject two days later, at once and in words.
func ExampleBiller_Preflight() {
	ctx := context.Background()
	now := func() time.Time { return time.Date(2026, 6, 1, 12, 0, 0, 0, time.UTC) }
	store, clinic := exampleClinic(ctx, now)

	biller := &invoice.Biller{Source: timebok.Source{Now: now}, Format: plain{}}
	err := store.Update(ctx, clinic.Clinic.ID, func(ctx context.Context, tx storage.Tx) error {
		// The insurer takes no EHF any more, and the case covers one session.
		insurer := clinic.Insurer
		insurer.Version, insurer.EHF = 2, false
		less, err := clinic.Case.Correct(series.Override{
			At: now(), By: clinic.Actor(), Why: "brev 17", Caps: []series.Cap{series.Sessions(1)},
		})
		if err != nil {
			return err
		}
		tx.Save(insurer, less)

		drafts, err := biller.DraftFor(ctx, tx, clinic.Actor(), clinic.Case.ID, timebok.ClientID{})
		if err != nil {
			return err
		}
		verdict, err := biller.Preflight(ctx, tx, drafts[0].ID)
		if err != nil {
			return err
		}
		for _, r := range verdict.Refusals {
			fmt.Printf("%s: %s\n", r.Field, r.Text(timebok.Bokmaal))
		}
		for _, r := range verdict.Notices {
			fmt.Printf("merk: %s: %s\n", r.Field, r.Text(timebok.Bokmaal))
		}
		_, err = biller.Issue(ctx, tx, clinic.Actor(), drafts[0].ID, drafts[0].Version)
		fmt.Println(errors.Is(err, invoice.OverCover))
		return nil
	})
	if err != nil {
		fmt.Println(err)
	}
	// Output:
	// Billing.By: mottakeren kan ikke ta imot EHF
	// Lines: det er fakturert mer enn saken dekker
	// Lines[0].Time: timen er eldre enn mottakerens frist på 60 dager
	// Lines[1].Time: timen er eldre enn mottakerens frist på 60 dager
	// merk: Lines[0].Time: timen skulle vært fakturert innen en måned (bokføringsforskriften § 5-2-2)
	// merk: Lines[1].Time: timen skulle vært fakturert innen en måned (bokføringsforskriften § 5-2-2)
	// true
}
