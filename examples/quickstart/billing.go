package main

import (
	"context"
	"errors"

	"github.com/timebok/timebok"
	"github.com/timebok/timebok/booking"
	"github.com/timebok/timebok/invoice"
	"github.com/timebok/timebok/series"
	"github.com/timebok/timebok/storage"
)

// issue drafts what the case has to be billed, shows the pre-flight, and issues it.
func (j *journal) issue(ctx context.Context) error {
	j.say("Fakturering: one EHF invoice for the case")
	_, s, err := j.client(ctx)
	if err != nil {
		return err
	}
	if bill, err := j.invoiceOf(ctx, s.ID, true); err != nil || bill.Number != 0 {
		j.tell("Invoice %d is issued already.", bill.Number)
		return errors.Join(err, j.deliver(ctx))
	}
	draft, err := j.invoiceOf(ctx, s.ID, false) // of a run that was cut off
	if err == nil && draft.Version == 0 {
		err = j.update(ctx, func(ctx context.Context, tx storage.Tx) error {
			drafts, err := j.biller.DraftFor(ctx, tx, j.by, s.ID, timebok.ClientID{})
			if err == nil {
				draft = drafts[0]
			}
			return err
		})
	}
	if err != nil {
		return err
	}
	err = j.view(ctx, func(ctx context.Context, tx storage.Tx) error {
		verdict, err := j.biller.Preflight(ctx, tx, draft.ID)
		j.tell("Pre-flight: %d refusals, %d notices", len(verdict.Refusals), len(verdict.Notices))
		return err
	})
	if err != nil {
		return err
	}
	err = j.update(ctx, func(ctx context.Context, tx storage.Tx) error {
		bill, err := j.biller.Issue(ctx, tx, j.by, draft.ID, draft.Version)
		if err != nil {
			return err
		}
		j.tell("Invoice %d for case %s: %d sessions, %s kr, due %s, KID %s",
			bill.Number, bill.Case.Number, len(bill.Lines), bill.Totals().Gross, bill.DueDate, bill.KID)
		return nil
	})
	return errors.Join(err, j.deliver(ctx))
}

// credit takes the last session of the invoice back. A new draft of it stands in
// the same step.
func (j *journal) credit(ctx context.Context) error {
	j.say("One session is credited")
	_, s, err := j.client(ctx)
	if err != nil {
		return err
	}
	bill, err := j.invoiceOf(ctx, s.ID, true)
	if err != nil {
		return err
	}
	if len(bill.Taken) > 0 {
		j.tell("It is credited already.")
		return errors.Join(j.deliver(ctx), j.showSeries(ctx))
	}
	err = j.update(ctx, func(ctx context.Context, tx storage.Tx) error {
		last := bill.Lines[len(bill.Lines)-1]
		note, draft, err := j.biller.Credit(ctx, tx, j.by, invoice.CreditRequest{
			Invoice: bill.ID, Version: bill.Version, Bookings: []booking.ID{last.Booking},
		})
		if err != nil {
			return err
		}
		j.tell("Credit note %d takes %s kr of invoice %d back (%s).",
			note.Number, note.Totals().Gross, note.Credits.Number, when(last.Time))
		j.tell("The session is on a new draft of %s kr.", draft.Totals().Gross)
		return nil
	})
	if err := errors.Join(err, j.deliver(ctx)); err != nil {
		return err
	}
	return j.showSeries(ctx)
}

// invoiceOf returns the first invoice of a series that is issued, or that is a draft,
// if there is one.
func (j *journal) invoiceOf(ctx context.Context, s series.ID, issued bool) (found invoice.Invoice, err error) {
	err = j.view(ctx, func(ctx context.Context, tx storage.Tx) error {
		for x, err := range tx.Invoices(ctx, invoice.Filter{Series: s}) {
			if err != nil {
				return err
			}
			if x.Kind == invoice.Bill && x.State.IsIssued() == issued && found.Version == 0 {
				found = x
			}
		}
		return nil
	})
	return found, err
}
