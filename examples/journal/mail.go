package main

import (
	"context"
	"slices"
	"strconv"
	"sync"

	"github.com/timebok/timebok"
	"github.com/timebok/timebok/booking/notice"
	"github.com/timebok/timebok/invoice"
	"github.com/timebok/timebok/storage"
)

// A mailbox is a notice.Mailer that keeps the mails for the viewer instead of
// sending them. A host gives notice.Post a real one.
type mailbox struct {
	mu   sync.Mutex
	sent []notice.Mail
}

// Send keeps a mail. One that comes again has the same ID and is kept once.
func (b *mailbox) Send(_ context.Context, m notice.Mail) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if !slices.ContainsFunc(b.sent, func(s notice.Mail) bool { return s.ID == m.ID }) {
		b.sent = append(b.sent, m)
	}
	return nil
}

// list returns the mails, the newest first.
func (b *mailbox) list() []notice.Mail {
	b.mu.Lock()
	defer b.mu.Unlock()
	out := slices.Clone(b.sent)
	slices.Reverse(out)
	return out
}

// mailInvoice mails an invoice to the client who pays it. The library leaves that
// to the host, who knows its own letterhead.
func (j *journal) mailInvoice(ctx context.Context, d timebok.Delivery) error {
	var x invoice.Invoice
	err := j.store.View(ctx, d.Clinic, func(ctx context.Context, tx storage.Tx) (err error) {
		x, err = tx.Invoice(ctx, invoice.ID(d.About.ID))
		return err
	})
	if err != nil {
		return err
	}
	if x.Debtor == nil || x.Debtor.Email.IsZero() {
		return timebok.Permanent(timebok.Reasons{timebok.Missing.At("To")}.Invalid())
	}
	number := strconv.FormatInt(x.Number, 10)
	return j.mails.Send(ctx, notice.Mail{
		ID: d.ID, To: x.Debtor.Email, Lang: timebok.Bokmaal,
		Subject: "Faktura " + number + " fra " + x.Seller.Name,
		Text:    "Faktura " + number + " på " + kroner(x.Totals().Gross) + " ligger klar.\n",
	})
}
