package notice

import (
	"context"
	"encoding/json"

	"github.com/timebok/timebok"
	"github.com/timebok/timebok/booking"
)

// A Post writes the mails of booking messages and hands them to the Mailer. It
// handles booking.MailPractitioner and booking.MailClient; what a mail says is
// read when it is sent, and the relay drops it once the booking has moved on.
type Post struct {
	Mailer Mailer
	From   string // how clients know the sender; "": the mail does not say
	// View runs a read-only transaction, as that of storage.Store does.
	View func(ctx context.Context, clinic timebok.ClinicID, fn func(ctx context.Context, tx booking.Tx) error) error
}

// Handle sends one mail. A person without an e-mail address gets none: that buries
// the message.
func (p *Post) Handle(ctx context.Context, d timebok.Delivery) error {
	m, err := p.Write(ctx, d)
	if err != nil {
		return err
	}
	return p.Mailer.Send(ctx, m)
}

// Write returns the mail that a message stands for.
func (p *Post) Write(ctx context.Context, d timebok.Delivery) (Mail, error) {
	var n booking.Notice
	if err := json.Unmarshal(d.Data, &n); err != nil {
		return Mail{}, timebok.Permanent(timebok.Reasons{timebok.BadValue.At("Data")}.Invalid())
	}
	var v booking.View
	err := p.View(ctx, d.Clinic, func(ctx context.Context, tx booking.Tx) error {
		b, err := tx.Booking(ctx, booking.ID(d.About.ID))
		if err != nil {
			return err
		}
		v, err = tx.LoadBooking(ctx, booking.Needs{Booking: b.ID, Practitioner: b.Practitioner, Client: b.Client})
		return err
	})
	if err != nil {
		return Mail{}, err
	}
	m := Mail{ID: d.ID}
	facts := Facts{
		What: n.What, Time: v.Booking.Time, Zone: v.Booking.Zone, Via: v.Booking.External.Network,
		With: v.Practitioner.Name, Place: v.Clinic.Address.Line(),
	}
	switch d.Kind {
	case booking.MailPractitioner:
		m.To, m.Lang = v.Practitioner.Email, lang(v.Practitioner.Lang)
		m.Subject, m.Text, err = ToPractitioner(facts, m.Lang)
	case booking.MailClient:
		facts.From = p.From
		m.To, m.Lang = v.Client.Email, lang(v.Client.Lang)
		m.Subject, m.Text, err = ToClient(facts, m.Lang)
	default:
		err = timebok.Reasons{timebok.BadValue.At("Kind")}.Invalid()
	}
	if err == nil && m.To.IsZero() {
		err = timebok.Reasons{timebok.Missing.At("To")}.Invalid()
	}
	if err != nil {
		return Mail{}, timebok.Permanent(err)
	}
	return m, nil
}
