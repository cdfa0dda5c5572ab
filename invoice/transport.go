package invoice

import (
	"context"
	"errors"

	"github.com/timebok/timebok"
)

// A Transport is the port to an access point (aksesspunkt), which sends documents
// over Peppol. Implementations are safe for concurrent use.
type Transport interface {
	// Submit hands a document over. The Key makes it safe to repeat: a second
	// Submit with the same Key sends nothing and returns the first receipt; another
	// document under it is a *timebok.Refusal with KeyTaken.
	// timebok.ErrUnavailable: it is unknown whether it was taken; ErrInvalid or
	// ErrRefused: the access point will never take it.
	Submit(ctx context.Context, s Submission) (Receipt, error)
}

// A Submission is a document on its way to the access point.
type Submission struct {
	Key      string // the invoice's ID
	Number   int64
	Kind     Kind
	Sender   timebok.OrgNumber
	Receiver timebok.OrgNumber
	Document Document
}

// Validate returns an *timebok.InvalidError with all that is wrong.
func (s Submission) Validate() error {
	var wrong timebok.Reasons
	for _, f := range []struct {
		name string
		ok   bool
	}{
		{"Key", s.Key != ""},
		{"Number", s.Number > 0},
		{"Sender", !s.Sender.IsZero()},
		{"Receiver", !s.Receiver.IsZero()},
		{"Document.Type", s.Document.Type != ""},
		{"Document.Body", len(s.Document.Body) > 0},
	} {
		if !f.ok {
			wrong.Add(timebok.Missing, f.name)
		}
	}
	if s.Kind != Bill && s.Kind != CreditNote {
		wrong.Add(timebok.BadValue, "Kind")
	}
	return wrong.Invalid()
}

// KeyTaken: a key names one document for life.
var KeyTaken = timebok.NewRule("submission.key",
	"et annet dokument er allerede levert med den nøkkelen",
	"eit anna dokument er alt levert med den nøkkelen",
	"another document was handed over with that key before")

// A Receipt is the access point's word that it has a document.
type Receipt struct {
	ID string // the access point's name for the sending
}

// A Sender hands issued invoices to the access point. It handles SubmitInvoice
// messages; a document that was taken before is not sent again.
type Sender struct {
	Transport Transport
	Biller    *Biller
	// View and Update run transactions of a clinic; of a storage.Store they are
	// storage.In[invoice.Tx](store.View) and storage.In[invoice.Tx](store.Update).
	View, Update func(ctx context.Context, clinic timebok.ClinicID, fn func(ctx context.Context, tx Tx) error) error
}

// Handle performs one message.
func (s *Sender) Handle(ctx context.Context, d timebok.Delivery) error {
	id := ID(d.About.ID)
	var x Invoice
	var file Document
	err := s.View(ctx, d.Clinic, func(ctx context.Context, tx Tx) (err error) {
		if x, err = tx.Invoice(ctx, id); err != nil {
			return err
		}
		file, err = tx.Document(ctx, id)
		return err
	})
	if errors.Is(err, timebok.ErrNotFound) {
		return timebok.Permanent(err)
	}
	if err != nil {
		return err
	}
	if !x.unsent() || x.Payer == nil {
		return nil
	}
	if err := s.after(ctx, d.Clinic, x.Credits); err != nil {
		return err
	}
	receipt, err := s.Transport.Submit(ctx, Submission{
		Key: x.ID.String(), Number: x.Number, Kind: x.Kind,
		Sender: x.Seller.Org, Receiver: x.Payer.Org, Document: file,
	})
	if errors.Is(err, timebok.ErrInvalid) || errors.Is(err, timebok.ErrRefused) {
		return timebok.Permanent(err)
	}
	if err != nil {
		return err
	}
	by := timebok.Actor{User: "relay", Role: timebok.System, Clinic: d.Clinic}
	return s.Update(ctx, d.Clinic, func(ctx context.Context, tx Tx) error {
		_, err := s.Biller.change(ctx, tx, id, func(v View) (Changes, error) {
			return s.Biller.decideSent(v, receipt, by)
		})
		return err
	})
}

// after returns an error as long as the invoice that a credit note takes back is
// not sent: a note that comes first would speak of nothing.
func (s *Sender) after(ctx context.Context, clinic timebok.ClinicID, of *Reference) error {
	if of == nil {
		return nil
	}
	var first Invoice
	err := s.View(ctx, clinic, func(ctx context.Context, tx Tx) (err error) {
		first, err = tx.Invoice(ctx, of.Invoice)
		return err
	})
	if err == nil && first.unsent() {
		err = &timebok.UnavailableError{What: "access point", Cause: errFirst} // as patient as the invoice is
	}
	return err
}

var errFirst = errors.New("timebok: invoice: the invoice that is credited goes first")

// unsent reports whether the access point does not have the invoice yet: it is
// only issued, or was credited before it was sent. Further on, people know more.
func (v Invoice) unsent() bool {
	return v.Transport == "" && (v.State == Issued || v.State == Credited)
}

// decideSent records that the access point has the View's invoice, whatever has
// become of it meanwhile.
func (b *Biller) decideSent(v View, r Receipt, by timebok.Actor) (Changes, error) {
	x := *v.Invoice
	if !x.unsent() {
		return Changes{Invoices: []Invoice{x}}, nil
	}
	if x.State == Issued {
		x.State = Submitted
	}
	x.Transport = r.ID
	x.Version++
	return Changes{Invoices: []Invoice{x}, Records: []timebok.Record{x, b.audit(by, "invoice.submitted", x)}}, nil
}
