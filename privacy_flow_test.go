package timebok_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"github.com/timebok/timebok"
	"github.com/timebok/timebok/booking"
	"github.com/timebok/timebok/booking/notice"
	"github.com/timebok/timebok/insurance"
	"github.com/timebok/timebok/invoice"
	"github.com/timebok/timebok/storage"
)

// The whole flow is run with everything that a careless host might print, and none
// of it may tell who the client is: logs of every record, errors, mails, subjects,
// the invoice's file, audit entries, messages.
func TestFlowTellsNobody(t *testing.T) {
	for _, backend := range backends {
		t.Run(backend, func(t *testing.T) {
			h := newHost(backend)
			defer h.close()
			said := &flow{host: h}
			said.log = slog.New(slog.NewTextHandler(&said.text, nil))
			said.run(t)
			if n := len(h.access.Taken()); n != 2 {
				t.Errorf("%d files were sent, want an invoice and a credit note", n)
			}
			for _, sent := range h.access.Taken() {
				for _, want := range []string{">6QPTR<", ">TreatmentId<", ">B1010<", ">TreatmentDateTime<", ">2026-11-24 10:00:00<"} {
					if !bytes.Contains(sent.Document.Body, []byte(want)) {
						t.Errorf("the file lacks %s", want)
					}
				}
			}
			if said.mails != 4 || said.calendars != 2 {
				t.Errorf("%d mails were sent, %d of them with a calendar; want one to the practitioner, and invitation, move and reminder to the client",
					said.mails, said.calendars)
			}
			for line := range strings.SplitSeq(said.text.String(), "\n") {
				if personal.MatchString(line) {
					t.Errorf("tells of the client: %s", line)
				}
			}
		})
	}
}

// A flow is the whole flow, and what was said in it.
type flow struct {
	*host
	text             bytes.Buffer
	log              *slog.Logger
	mails, calendars int
}

// say logs a value in every form.
func (f *flow) say(v any) {
	f.log.Info("value", "v", v)
	fmt.Fprintf(&f.text, "%v %+v %#v %s\n", v, v, v, v)
	if text, err := json.Marshal(v); err == nil {
		f.text.Write(append(text, '\n'))
	}
}

func (f *flow) run(t *testing.T) {
	t.Helper()
	ctx := context.Background()
	f.mailer = func(_ context.Context, m notice.Mail) error {
		f.mails++
		f.say(m)
		f.say(m.Subject + "\n" + m.Text)
		if !m.Calendar.IsZero() {
			f.calendars++
			f.say(withoutAttendee(t, m))
		}
		return nil
	}
	f.say(f.network.Book(kariBooks))
	_, err := f.intake.Poll(ctx, f.clinic, f.network)
	check(err)
	f.relayAll(ctx)

	var first, second booking.Booking
	f.update(func(ctx context.Context, tx storage.Tx) (err error) {
		for first = range bookings(ctx, tx) {
			break
		}
		second, err = f.desk.Book(ctx, tx, f.ola, booking.Request{
			Client: first.Client, With: f.practitioner, Service: f.therapy, Series: first.Series,
			Start: oslo(2026, 12, 1, 9, 0), Invite: true,
		})
		return err
	})
	f.relayAll(ctx)
	f.update(func(ctx context.Context, tx storage.Tx) (err error) {
		second, err = f.desk.Move(ctx, tx, f.ola, booking.MoveRequest{
			Booking: second.ID, Version: second.Version, Start: oslo(2026, 12, 1, 12, 0),
		})
		return err
	})
	f.relayAll(ctx)
	f.quarantine(ctx)
	f.now = oslo(2026, 11, 29, 12, 0) // two days before the second
	f.relayAll(ctx)

	f.now = oslo(2026, 12, 7, 8, 0)
	var bill invoice.Invoice
	f.update(func(ctx context.Context, tx storage.Tx) (err error) {
		if first, err = f.desk.Complete(ctx, tx, f.ola, first.ID, first.Version); err != nil {
			return err
		}
		second, err = f.desk.Complete(ctx, tx, f.ola, second.ID, second.Version)
		return err
	})
	f.update(func(ctx context.Context, tx storage.Tx) error {
		drafts, err := f.biller.DraftFor(ctx, tx, f.ola, first.Series, timebok.ClientID{})
		if err != nil {
			return err
		}
		bill, err = f.biller.Issue(ctx, tx, f.ola, drafts[0].ID, drafts[0].Version)
		return err
	})
	f.relayAll(ctx)
	f.update(func(ctx context.Context, tx storage.Tx) error {
		x, err := tx.Invoice(ctx, bill.ID)
		if err != nil {
			return err
		}
		_, _, err = f.biller.Credit(ctx, tx, f.ola, invoice.CreditRequest{
			Invoice: x.ID, Version: x.Version, Bookings: []booking.ID{first.ID},
		})
		return err
	})
	f.relayAll(ctx)
	for _, sent := range f.access.Taken() {
		f.say(string(sent.Document.Body))
	}
	f.sayAll()
}

// withoutAttendee is the calendar entry of a mail without the one line that names
// the client's address, as every invitation must (RFC 5546).
func withoutAttendee(t *testing.T, m notice.Mail) string {
	t.Helper()
	entry := strings.ReplaceAll(m.Calendar.Reveal(), "\r\n ", "")
	head, attendee, ok := strings.Cut(entry, "ATTENDEE")
	attendee, tail, _ := strings.Cut(attendee, "\r\n")
	if !ok || !strings.HasSuffix(attendee, ":mailto:"+kari.Email.Reveal()) {
		t.Errorf("nobody is invited: %s", entry)
	}
	for _, secret := range []string{"Konsultasjon", "B1010", "6QPTR", "Prøve Helseforsikring", "Ola Nord"} {
		if strings.Contains(head+tail, secret) {
			t.Errorf("the calendar tells %q: %s", secret, entry)
		}
	}
	return head + tail
}

// quarantine lets an event come whose birth date is another's, and logs what is
// said of it.
func (f *flow) quarantine(ctx context.Context) {
	wrong := kariBooks
	wrong.ID, wrong.Version, wrong.Start = "B-1002", 1, oslo(2026, 12, 3, 9, 0)
	wrong.Client.BirthDate = nil
	wrong.Client.Name = timebok.Hide("Kari Annen")
	wrong.CaseNumber = "NOPE1"
	got, err := f.intake.Take(ctx, f.clinic, f.network, insurance.Event{ID: "E-wrong", Kind: insurance.BookingMade, Booking: wrong})
	check(err)
	f.say(got)
	f.update(func(ctx context.Context, tx storage.Tx) error {
		_, err := f.intake.Resolve(ctx, tx, f.ola, got.ID(), insurance.Resolution{Create: true})
		f.say(err)
		return nil
	})
	f.update(func(ctx context.Context, tx storage.Tx) error {
		_, err := f.intake.Resolve(ctx, tx, f.ola, got.ID(), insurance.Resolution{Decline: true})
		return err
	})
}

// sayAll logs everything that is stored.
func (f *flow) sayAll() {
	f.update(func(ctx context.Context, tx storage.Tx) error {
		for c, err := range tx.Clients(ctx, timebok.ClientID{}, 0) {
			f.say(c)
			check(err)
			for s, err := range tx.SeriesOf(ctx, c.ID) {
				f.say(s)
				check(err)
			}
		}
		for b := range bookings(ctx, tx) {
			f.say(b)
		}
		for x, err := range tx.Invoices(ctx, invoice.Filter{}) {
			f.say(x)
			check(err)
		}
		for e, err := range tx.Audit(ctx, storage.AuditFilter{}) {
			f.say(e)
			check(err)
		}
		for m, err := range tx.Messages(ctx, storage.MessageFilter{}) {
			f.say(m)
			check(err)
		}
		return nil
	})
}
