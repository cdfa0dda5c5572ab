package invoice_test

import (
	"context"
	"errors"
	"testing"

	"github.com/timebok/timebok"
	"github.com/timebok/timebok/invoice"
	"github.com/timebok/timebok/storage"
)

// An actor of one clinic bills nothing in another.
func TestForeignActor(t *testing.T) {
	everywhere(t, func(d *desk) {
		d.deliver(d.Case.ID, nil, 0)
		draft := d.draft(d.Case.ID)
		issued := d.issuedOf(d.Paid.ID, 1)
		stranger := d.Actor()
		stranger.Clinic = timebok.New[timebok.Clinic](timebok.Source{})
		for what, act := range map[string]func(ctx context.Context, tx storage.Tx) error{
			"DraftFor": func(ctx context.Context, tx storage.Tx) error {
				_, err := d.biller.DraftFor(ctx, tx, stranger, d.Case.ID, timebok.ClientID{})
				return err
			},
			"Discard": func(ctx context.Context, tx storage.Tx) error {
				_, err := d.biller.Discard(ctx, tx, stranger, draft.ID, draft.Version)
				return err
			},
			"Issue": func(ctx context.Context, tx storage.Tx) error {
				_, err := d.biller.Issue(ctx, tx, stranger, draft.ID, draft.Version)
				return err
			},
			"Credit": func(ctx context.Context, tx storage.Tx) error {
				_, _, err := d.biller.Credit(ctx, tx, stranger, invoice.CreditRequest{Invoice: issued.ID, Version: issued.Version})
				return err
			},
			"Mark": func(ctx context.Context, tx storage.Tx) error {
				_, err := d.biller.Mark(ctx, tx, stranger, invoice.Mark{Invoice: issued.ID, Version: issued.Version, State: invoice.Paid})
				return err
			},
		} {
			d.changesNothing(func() {
				err := d.store.Update(d.Context(), d.Clinic.ID, act)
				wantReasons[*timebok.Refusal](t, err, "Actor.Clinic: actor.elsewhere")
				if t.Failed() {
					t.Log(what)
				}
			})
		}
	})
}

// A command based on an older version changes nothing and says so.
func TestStale(t *testing.T) {
	everywhere(t, func(d *desk) {
		d.deliver(d.Case.ID, nil, 0)
		draft := d.draft(d.Case.ID)
		issued := d.issuedOf(d.Paid.ID, 1)
		for _, version := range []int64{0, 7} {
			old, oldIssued := draft, issued
			old.Version, oldIssued.Version = version, version
			for what, act := range map[string]func() error{
				"Discard": func() error { _, err := d.discard(old); return err },
				"Issue":   func() error { _, err := d.issue(old); return err },
				"Credit":  func() error { _, err := d.credit(oldIssued, invoice.CreditRequest{}); return err },
				"Mark":    func() error { _, err := d.mark(oldIssued, invoice.Paid); return err },
			} {
				d.changesNothing(func() {
					var stale *timebok.StaleError
					if err := act(); !errors.As(err, &stale) || stale.Ref.Version != version || stale.Stored == version {
						t.Errorf("%s at version %d: %v, want a *timebok.StaleError", what, version, err)
					}
				})
			}
		}
		nowhere := invoice.Invoice{ID: timebok.NewInvoiceID(timebok.Source{})}
		for what, act := range map[string]func() error{
			"Discard": func() error { _, err := d.discard(nowhere); return err },
			"Issue":   func() error { _, err := d.issue(nowhere); return err },
			"Credit":  func() error { _, err := d.credit(nowhere, invoice.CreditRequest{}); return err },
			"Mark":    func() error { _, err := d.mark(nowhere, invoice.Paid); return err },
			"Preflight": func() error {
				return d.store.View(d.Context(), d.Clinic.ID, func(ctx context.Context, tx storage.Tx) error {
					_, err := d.biller.Preflight(ctx, tx, nowhere.ID)
					return err
				})
			},
		} {
			if err := act(); !errors.Is(err, timebok.ErrNotFound) {
				t.Errorf("%s of no invoice: %v, want timebok.ErrNotFound", what, err)
			}
		}
	})
}
