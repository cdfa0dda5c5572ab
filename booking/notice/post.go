package notice

import (
	"context"
	"encoding/json"
	"errors"

	"github.com/timebok/timebok"
	"github.com/timebok/timebok/booking"
	"github.com/timebok/timebok/booking/ical"
)

// A Post writes the mails and SMS of booking messages and hands them to the Mailer
// and the Texter. It handles booking.MailPractitioner, booking.MailClient and
// booking.TextClient; what a message says is read when it is sent.
type Post struct {
	timebok.Source
	Mailer Mailer
	Texter Texter // nil: the host sends no SMS, and booking.Desk.Channels names none

	From string // how clients know the sender; "": the mail does not say
	// Organizer is the address of a clinic that its clients' mails come from and
	// their calendars answer. Nil, or a zero address: the mailer's own sender, and
	// invitations without an entry for the calendar.
	Organizer func(clinic timebok.ClinicID) timebok.EmailAddress
	// NeedConsent says that only clients who said yes are told; false: all who did
	// not say no, which will do for messages about one's own bookings (Normen).
	NeedConsent bool

	// The words; nil: ToPractitioner, ToClient, ToPhone and Title.
	PractitionerText, ClientText, PhoneText Writer
	CalendarTitle                           func(timebok.Lang) string

	// View runs a read-only transaction, as that of storage.Store does.
	View func(ctx context.Context, clinic timebok.ClinicID, fn func(ctx context.Context, tx booking.Tx) error) error
}

// Handle sends one mail or SMS. What is not to be sent is done with. A person
// without an address gets none: that buries the message.
func (p *Post) Handle(ctx context.Context, d timebok.Delivery) error {
	if d.Kind != booking.TextClient {
		return send(ctx, d, p.Write, p.Mailer.Send)
	}
	if p.Texter == nil {
		return timebok.Permanent(timebok.Reasons{timebok.Missing.At("Texter")}.Invalid())
	}
	return send(ctx, d, p.WriteSMS, p.Texter.SendSMS)
}

func send[M any](ctx context.Context, d timebok.Delivery, write func(context.Context, timebok.Delivery) (M, error), send func(context.Context, M) error) error {
	m, err := write(ctx, d)
	if errors.Is(err, timebok.ErrRefused) {
		return nil
	}
	if err != nil {
		return err
	}
	return send(ctx, m)
}

// Write returns the mail that a message stands for, or a *timebok.Refusal if it is
// not to be sent (OptedOut, Outdated). A message that is wrong is a
// timebok.Permanent error.
func (p *Post) Write(ctx context.Context, d timebok.Delivery) (Mail, error) {
	t, err := p.load(ctx, d)
	if err != nil {
		return Mail{}, err
	}
	m := Mail{ID: d.ID}
	switch d.Kind {
	case booking.MailPractitioner:
		if t.Practitioner != nil {
			m.To, m.Lang = t.Practitioner.Email, lang(t.Practitioner.Lang)
		}
		m.Subject, m.Text, err = or(p.PractitionerText, ToPractitioner)(t.facts, m.Lang)
	case booking.MailClient:
		if err := p.consent(t, timebok.Email); err != nil {
			return Mail{}, err
		}
		t.facts.From = p.From
		if t.Client != nil {
			m.To, m.Lang = t.Client.Email, lang(t.Client.Lang)
		}
		m.Subject, m.Text, err = or(p.ClientText, ToClient)(t.facts, m.Lang)
		if p.Organizer != nil {
			m.From = p.Organizer(d.Clinic)
		}
	default:
		err = timebok.Reasons{timebok.BadValue.At("Kind")}.Invalid()
	}
	if err == nil && m.To.IsZero() {
		err = timebok.Reasons{timebok.Missing.At("To")}.Invalid()
	}
	if err == nil && !m.From.IsZero() {
		m.Method, m.Calendar, err = p.calendar(t, m)
	}
	if err != nil {
		return Mail{}, timebok.Permanent(err)
	}
	return m, nil
}

// WriteSMS returns the SMS that a message stands for, with the errors of Write.
func (p *Post) WriteSMS(ctx context.Context, d timebok.Delivery) (SMS, error) {
	t, err := p.load(ctx, d)
	if err != nil {
		return SMS{}, err
	}
	if err := p.consent(t, timebok.SMS); err != nil {
		return SMS{}, err
	}
	m := SMS{ID: d.ID}
	if t.Client != nil {
		m.To, m.Lang = t.Client.Phone, lang(t.Client.Lang)
	}
	t.facts.From = p.From
	_, m.Text, err = or(p.PhoneText, ToPhone)(t.facts, m.Lang)
	if err == nil && m.To.IsZero() {
		err = timebok.Reasons{timebok.Missing.At("To")}.Invalid()
	}
	if err != nil {
		return SMS{}, timebok.Permanent(err)
	}
	return m, nil
}

// A tale is what a message tells, and of what.
type tale struct {
	booking.View
	booking.Notice
	facts Facts
}

// load reads what a message tells of, or says that it no longer holds.
func (p *Post) load(ctx context.Context, d timebok.Delivery) (tale, error) {
	var t tale
	if err := json.Unmarshal(d.Data, &t.Notice); err != nil {
		return t, timebok.Permanent(timebok.Reasons{timebok.BadValue.At("Data")}.Invalid())
	}
	err := p.View(ctx, d.Clinic, func(ctx context.Context, tx booking.Tx) error {
		b, err := tx.Booking(ctx, booking.ID(d.About.ID))
		if err != nil {
			return err
		}
		who := b.Practitioner
		if !t.To.IsZero() {
			who = t.To
		}
		t.View, err = tx.LoadBooking(ctx, booking.Needs{Booking: b.ID, Practitioner: who, Client: b.Client})
		return err
	})
	var gone *timebok.NotFoundError
	if errors.As(err, &gone) || err == nil && (t.Booking == nil || !p.holds(d, t)) {
		return t, timebok.Reasons{Outdated.At("About")}.Refused()
	}
	if err != nil {
		return t, err
	}
	t.facts = Facts{
		What: t.What, Time: t.Booking.Time, Zone: t.Booking.Zone, Via: t.Booking.External.Network, Place: t.Clinic.Address.Line(),
	}
	if t.What == booking.HandedOver {
		t.facts.Time = t.Was
	}
	if t.Practitioner != nil {
		t.facts.With = t.Practitioner.Name
	}
	return t, nil
}

// holds reports whether a message is still true: its booking may have changed since
// the relay looked, or the session begun before the mail server came back.
func (p *Post) holds(d timebok.Delivery, t tale) bool {
	b := t.Booking
	switch {
	case d.Sequence > 0 && b.Sequence > d.Sequence:
		return false
	case t.What == booking.Reminded:
		return b.State == booking.Booked && p.Time().Before(b.Time.Start)
	case t.What == booking.Invited, t.What == booking.Confirmed: // nobody is invited to what has begun
		return p.Time().Before(b.Time.Start)
	case t.What == booking.HandedOver:
		return b.Practitioner != t.To
	}
	return true
}

// consent refuses what the client does not want.
func (p *Post) consent(t tale, by timebok.Channel) error {
	if t.Client == nil {
		return nil
	}
	word, said := t.Client.Consent(by)
	if said && !word.Given || p.NeedConsent && !said {
		return timebok.Reasons{OptedOut.At("Client")}.Refused()
	}
	return nil
}

// calendar writes the entry for the client's calendar, if the mail has one.
func (p *Post) calendar(t tale, m Mail) (ical.Method, timebok.Private, error) {
	var method ical.Method
	switch t.What {
	case booking.Invited, booking.Confirmed, booking.Moved:
		method = ical.Request
	case booking.CalledOff:
		method = ical.Cancel
	default:
		return "", timebok.Private{}, nil
	}
	title := p.CalendarTitle
	if title == nil {
		title = Title
	}
	data, err := ical.Encode(method, ical.Event{
		UID: t.Booking.UID(), Sequence: t.Booking.Sequence, Stamp: p.Time(), Time: t.facts.Time,
		Summary: title(m.Lang), Location: t.facts.Place,
		Tentative: t.Booking.State == booking.Proposed, Organizer: m.From, Attendee: m.To,
	})
	return method, timebok.Hide(string(data)), err
}

func or(w, otherwise Writer) Writer {
	if w == nil {
		return otherwise
	}
	return w
}
