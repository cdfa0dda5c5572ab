package invoice

import (
	"context"

	"github.com/timebok/timebok"
	"github.com/timebok/timebok/series"
)

// A Biller bills delivered sessions. Every use-case loads a View, decides, and
// saves; one Biller serves every clinic, from any number of goroutines.
type Biller struct {
	timebok.Source
	Format  Format // writes EHF; nil: nothing can be billed by EHF
	DueDays int    // from issue to due date for clients; 0: 14
}

// A Format writes the file of an invoice or credit note. Package ehf has the one
// for EHF Billing 3.0. What it can't write, or what a receiver would refuse, is an
// *timebok.InvalidError or *timebok.Refusal with every reason.
type Format interface {
	Encode(v Invoice) ([]byte, error)
}

// DraftFor makes drafts of what a series or a client has to be billed: one for
// each billing party and recipient, and one more for what is outside the VAT Act. It is refused with NothingToBill if all is
// billed. Series goes before client; with a client alone it is the client's
// sessions in no series.
func (b *Biller) DraftFor(ctx context.Context, tx Tx, by timebok.Actor, s series.ID, c timebok.ClientID) ([]Invoice, error) {
	if s.IsZero() && c.IsZero() {
		return nil, timebok.Reasons{timebok.Missing.At("Client")}.Invalid()
	}
	v, err := tx.LoadInvoicing(ctx, Needs{Series: s, Client: c})
	if err != nil {
		return nil, err
	}
	if !s.IsZero() && v.Series == nil {
		return nil, &timebok.NotFoundError{Ref: timebok.Ref{Kind: timebok.KindSeries, ID: s.UUID()}}
	}
	if !c.IsZero() && v.Client == nil {
		return nil, &timebok.NotFoundError{Ref: timebok.Ref{Kind: timebok.KindClient, ID: c.UUID()}}
	}
	return b.save(tx, func() (Changes, error) { return b.DecideDraft(v, by) })
}

// Discard drops a draft; its sessions can be drafted again.
func (b *Biller) Discard(ctx context.Context, tx Tx, by timebok.Actor, id ID, version int64) (Invoice, error) {
	return b.change(ctx, tx, id, func(v View) (Changes, error) { return b.DecideDiscard(v, version, by) })
}

// Preflight says what the payer or the law would reject if a draft were issued now.
func (b *Biller) Preflight(ctx context.Context, tx Tx, id ID) (Verdict, error) {
	v, err := b.load(ctx, tx, id)
	if err != nil {
		return Verdict{}, err
	}
	return b.DecidePreflight(v)
}

// Issue issues a draft: it gets its number and can't change again.
func (b *Biller) Issue(ctx context.Context, tx Tx, by timebok.Actor, id ID, version int64) (Invoice, error) {
	return b.change(ctx, tx, id, func(v View) (Changes, error) { return b.DecideIssue(v, version, by) })
}

// Credit takes an issued invoice back, in full or in part. It returns the credit
// note, and the new draft of the sessions unless NoDraft.
func (b *Biller) Credit(ctx context.Context, tx Tx, by timebok.Actor, r CreditRequest) (note Invoice, draft *Invoice, err error) {
	v, err := b.load(ctx, tx, r.Invoice)
	if err != nil {
		return Invoice{}, nil, err
	}
	made, err := b.save(tx, func() (Changes, error) { return b.DecideCredit(v, r, by) })
	if err != nil {
		return Invoice{}, nil, err
	}
	if len(made) > 1 {
		draft = &made[1]
	}
	return made[0], draft, nil
}

// Mark records what became of an issued invoice. A rejection comes by e-mail as
// often as over the network, so people record it by hand.
func (b *Biller) Mark(ctx context.Context, tx Tx, by timebok.Actor, m Mark) (Invoice, error) {
	return b.change(ctx, tx, m.Invoice, func(v View) (Changes, error) { return b.DecideMark(v, m, by) })
}

func (b *Biller) change(ctx context.Context, tx Tx, id ID, decide func(View) (Changes, error)) (Invoice, error) {
	v, err := b.load(ctx, tx, id)
	if err != nil {
		return Invoice{}, err
	}
	made, err := b.save(tx, func() (Changes, error) { return decide(v) })
	if err != nil {
		return Invoice{}, err
	}
	return made[0], nil
}

// load reads the invoice once before the locks, to know what to lock.
func (b *Biller) load(ctx context.Context, tx Tx, id ID) (View, error) {
	x, err := tx.Invoice(ctx, id)
	if err != nil {
		return View{}, err
	}
	v, err := tx.LoadInvoicing(ctx, Needs{Invoice: id, Series: x.Series, Client: x.Client, Party: x.Party})
	if err != nil {
		return View{}, err
	}
	if v.Invoice == nil {
		return View{}, &timebok.NotFoundError{Ref: x.Ref()}
	}
	return v, nil
}

func (b *Biller) save(tx Tx, decide func() (Changes, error)) ([]Invoice, error) {
	c, err := decide()
	if err != nil {
		return nil, err
	}
	tx.Save(c.Records...)
	return c.Invoices, nil
}

func (b *Biller) audit(by timebok.Actor, action string, x Invoice) timebok.AuditEntry {
	return timebok.Audit(b.Source, by, action, x, x.Client)
}
