package notice_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/timebok/timebok"
	"github.com/timebok/timebok/booking"
	"github.com/timebok/timebok/booking/notice"
	"github.com/timebok/timebok/booking/notice/noticetest"
	"github.com/timebok/timebok/storage"
	"github.com/timebok/timebok/storage/memory"
	"github.com/timebok/timebok/storage/outbox"
	"github.com/timebok/timebok/storage/storagetest"
)

// A room is a clinic with a booking in a store, and a Post.
type room struct {
	*testing.T
	*storagetest.Clinic
	store *storage.Store
	post  *notice.Post
	phone *noticetest.Phone
	mails []notice.Mail
	now   time.Time
	b     booking.Booking
}

func newRoom(t *testing.T) *room {
	r := &room{T: t, Clinic: storagetest.NewClinic("A"), store: storage.New(memory.New(), nil), phone: &noticetest.Phone{}, now: storagetest.Monday}
	organizer, err := timebok.ParseEmailAddress("svar@journal.example")
	if err != nil {
		t.Fatal(err)
	}
	r.post = &notice.Post{
		Source: timebok.Source{Now: func() time.Time { return r.now }}, Texter: r.phone, View: storage.In[booking.Tx](r.store.View),
		Mailer:    notice.MailerFunc(func(_ context.Context, m notice.Mail) error { r.mails = append(r.mails, m); return nil }),
		Organizer: func(timebok.ClinicID) timebok.EmailAddress { return organizer },
	}
	r.b = r.Booking("b", 14*24*time.Hour)
	r.b.InvitedAt = r.now
	r.Save(t, r.store)
	r.save(r.b)
	return r
}

func (r *room) save(records ...timebok.Record) {
	r.Helper()
	if err := r.store.Update(r.Context(), r.Clinic.Clinic.ID, func(_ context.Context, tx storage.Tx) error {
		tx.Save(records...)
		return nil
	}); err != nil {
		r.Fatal(err)
	}
}

// delivery is the first attempt to tell of something.
func (r *room) delivery(kind timebok.MessageKind, n booking.Notice) timebok.Delivery {
	m := booking.NewNotice(timebok.DeriveID[timebok.Message]("m"), r.post.Source, r.b, kind, n.What)
	m.Data, _ = json.Marshal(n)
	return timebok.Delivery{Message: m, Clinic: r.Clinic.Clinic.ID, Attempt: 1}
}

// Which mails carry an entry for the calendar, and which.
func TestCalendar(t *testing.T) {
	for what, want := range map[booking.Happening]string{
		booking.Invited:   "REQUEST CONFIRMED",
		booking.Confirmed: "REQUEST CONFIRMED",
		booking.Moved:     "REQUEST CONFIRMED",
		booking.CalledOff: "CANCEL CANCELLED",
		booking.Reminded:  " ",
	} {
		r := newRoom(t)
		m, err := r.post.Write(t.Context(), r.delivery(booking.MailClient, booking.Notice{What: what}))
		if err != nil {
			t.Fatal(err)
		}
		entry := m.Calendar.Reveal()
		if got := string(m.Method) + " " + line(entry, "STATUS:"); got != want {
			t.Errorf("%s: %s, want %s", what, got, want)
		}
		if entry == "" {
			continue
		}
		address := r.Clinic.Clinic.Address.Line()
		if line(entry, "UID:") != r.b.UID() || line(entry, "SUMMARY:") != "Time" || line(entry, "ORGANIZER:mailto:") != m.From.Reveal() ||
			line(entry, "SEQUENCE:") != "1" || line(entry, "LOCATION:") != strings.ReplaceAll(address, ",", `\,`) {
			t.Errorf("%s:\n%s", what, entry)
		}
		tells(t, r, strings.ReplaceAll(strings.ReplaceAll(entry, "\r\n ", ""), "mailto:"+r.Ola.Email.Reveal(), ""))
		if text := fmt.Sprintf("%v %+v %#v %s", m, m, m, m); strings.Contains(text, r.Ola.Email.Reveal()) {
			t.Errorf("a mail that is printed tells who gets it: %s", text)
		}
	}
}

// tells fails if a text tells more than that somebody has a time.
func tells(t *testing.T, r *room, text string) {
	t.Helper()
	for _, secret := range []string{
		r.Ola.Name.Reveal(), r.Ola.Email.Reveal(), r.Ola.Phone.Reveal(), r.Ola.BirthNumber.Reveal(), r.Talk.Name, r.Insurer.Name,
		r.Case.Case.Number, r.Case.Name, "Prøvesen", "PSY45",
	} {
		if secret != "" && strings.Contains(text, secret) {
			t.Errorf("tells %q: %s", secret, text)
		}
	}
}

func line(entry, prefix string) string {
	for l := range strings.SplitSeq(strings.ReplaceAll(entry, "\r\n ", ""), "\r\n") {
		if rest, ok := strings.CutPrefix(l, prefix); ok {
			return rest
		}
	}
	return ""
}

func TestTentativeCalendar(t *testing.T) {
	r := newRoom(t)
	r.b.State, r.b.Version = booking.Proposed, 2
	r.save(r.b)
	r.post.CalendarTitle = func(timebok.Lang) string { return "Avtale" }
	m, err := r.post.Write(t.Context(), r.delivery(booking.MailClient, booking.Notice{What: booking.Invited}))
	if entry := m.Calendar.Reveal(); err != nil || line(entry, "STATUS:") != "TENTATIVE" || line(entry, "SUMMARY:") != "Avtale" {
		t.Errorf("%v\n%s", err, entry)
	}
	r.post.Organizer = nil
	m, err = r.post.Write(t.Context(), r.delivery(booking.MailClient, booking.Notice{What: booking.Invited}))
	if err != nil || !m.Calendar.IsZero() || !m.From.IsZero() {
		t.Errorf("without an organizer: %+v, %v", m, err)
	}
}

// What does not hold any more, or is not wanted, is refused with the reason, and
// done with.
func TestNotSent(t *testing.T) {
	consent := func(ch timebok.Channel, given bool) timebok.Consent {
		return timebok.Consent{Channel: ch, Given: given, At: storagetest.Monday, By: timebok.Actor{User: "u"}}
	}
	const mail, sms = booking.MailClient, booking.TextClient
	for name, c := range map[string]struct {
		kind   timebok.MessageKind
		what   booking.Happening
		change func(r *room)
		want   *timebok.Rule // nil: it is sent
	}{
		"as it should be":              {mail, booking.Reminded, func(*room) {}, nil},
		"moved since":                  {mail, booking.Invited, func(r *room) { r.b.Sequence++ }, notice.Outdated},
		"reminder of what has begun":   {mail, booking.Reminded, func(r *room) { r.now = r.b.Time.Start }, notice.Outdated},
		"invitation to what has begun": {mail, booking.Invited, func(r *room) { r.now = r.b.Time.Start }, notice.Outdated},
		"confirmed when it has begun":  {sms, booking.Confirmed, func(r *room) { r.now = r.b.Time.Start }, notice.Outdated},
		"reminder of what is proposed": {mail, booking.Reminded, func(r *room) { r.b.State = booking.Proposed }, notice.Outdated},
		"reminder when already here":   {sms, booking.Reminded, func(r *room) { r.b.State = booking.Arrived }, notice.Outdated},
		"moved, told late":             {mail, booking.Moved, func(r *room) { r.now = r.b.Time.Start }, nil},
		"opted out":                    {mail, booking.Invited, func(r *room) { r.Ola.Consents = append(r.Ola.Consents, consent(timebok.Email, false)) }, notice.OptedOut},
		"opted out of the other":       {mail, booking.Invited, func(r *room) { r.Ola.Consents = append(r.Ola.Consents, consent(timebok.SMS, false)) }, nil},
		"opted out of SMS":             {sms, booking.Invited, func(r *room) { r.Ola.Consents = append(r.Ola.Consents, consent(timebok.SMS, false)) }, notice.OptedOut},
		"out and in again": {mail, booking.Invited, func(r *room) {
			r.Ola.Consents = []timebok.Consent{consent(timebok.Email, false), consent(timebok.Email, true)}
		}, nil},
		"a yes is needed, none is given": {mail, booking.Invited, func(r *room) { r.post.NeedConsent = true }, notice.OptedOut},
		"a yes is needed, and is given":  {sms, booking.Invited, func(r *room) { r.post.NeedConsent = true }, nil},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRoom(t)
			d := r.delivery(c.kind, booking.Notice{What: c.what})
			c.change(r)
			r.b.Version, r.Ola.Version = 2, 2
			r.save(r.b, r.Ola)
			_, err := r.post.Write(t.Context(), d)
			if c.kind == sms {
				_, err = r.post.WriteSMS(t.Context(), d)
			}
			var no *timebok.Refusal
			if c.want == nil && err != nil || c.want != nil && (!errors.As(err, &no) || !no.Reasons.Has(c.want)) {
				t.Errorf("write: %v", err)
			}
			if err := r.post.Handle(t.Context(), d); err != nil {
				t.Errorf("handle: %v", err)
			}
			if sent := len(r.mails) + len(r.phone.Inbox(r.Ola.Phone)); sent != 1 && c.want == nil || sent != 0 && c.want != nil {
				t.Errorf("%d are sent", sent)
			}
		})
	}
}

// A message that can't be sent as it stands is permanent; a store or a gateway that
// does not answer is not.
func TestCantBeSent(t *testing.T) {
	for name, c := range map[string]struct {
		kind      timebok.MessageKind
		change    func(r *room, d *timebok.Delivery)
		permanent bool
	}{
		"no e-mail address": {booking.MailClient, func(r *room, _ *timebok.Delivery) { r.Ola.Email = timebok.EmailAddress{} }, true},
		"no telephone":      {booking.TextClient, func(r *room, _ *timebok.Delivery) { r.Ola.Phone = timebok.PhoneNumber{} }, true},
		"no e-mail of the practitioner": {booking.MailPractitioner, func(r *room, _ *timebok.Delivery) {
			r.Anne.Email, r.Anne.Version = timebok.EmailAddress{}, 2
			r.save(r.Anne)
		}, true},
		"a client who is erased":   {booking.MailClient, func(r *room, _ *timebok.Delivery) { r.b.Client = timebok.DeriveID[timebok.Client]("x") }, true},
		"no JSON":                  {booking.MailClient, func(_ *room, d *timebok.Delivery) { d.Data = []byte("{") }, true},
		"of nothing we know":       {booking.MailClient, func(_ *room, d *timebok.Delivery) { d.Data = []byte(`{"what":"x"}`) }, true},
		"of another kind":          {"other", func(*room, *timebok.Delivery) {}, true},
		"SMS without a gateway":    {booking.TextClient, func(r *room, _ *timebok.Delivery) { r.post.Texter = nil }, true},
		"a number of nobody":       {booking.TextClient, func(r *room, _ *timebok.Delivery) { r.phone.Kill(r.Ola.Phone) }, true},
		"a gateway that is silent": {booking.TextClient, func(r *room, _ *timebok.Delivery) { r.phone.Silence(true) }, false},
		"a place that is no text": {booking.MailClient, func(r *room, _ *timebok.Delivery) {
			r.Clinic.Clinic.Address.City, r.Clinic.Clinic.Version = "\x00", 2
			r.save(r.Clinic.Clinic)
		}, true},
		"a store that is closed": {booking.MailClient, func(r *room, _ *timebok.Delivery) { r.post.View = closed }, false},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRoom(t)
			d := r.delivery(c.kind, booking.Notice{What: booking.Invited})
			c.change(r, &d)
			r.b.Version, r.Ola.Version = 2, 2
			r.save(r.b, r.Ola)
			err := r.post.Handle(t.Context(), d)
			if err == nil || timebok.IsPermanent(err) != c.permanent || len(r.mails) > 0 {
				t.Fatalf("%v, permanent %v", err, timebok.IsPermanent(err))
			}
			tells(t, r, err.Error())
		})
	}
}

func closed(context.Context, timebok.ClinicID, func(context.Context, booking.Tx) error) error {
	return &timebok.UnavailableError{What: "storage"}
}

// Who had a booking is told when it was, unless it is back; what is deleted is told
// of no more.
func TestHandedOver(t *testing.T) {
	r := newRoom(t)
	r.Kari.Email, r.Kari.Version = r.Employer.Email, 2
	r.save(r.Kari)
	n := booking.Notice{What: booking.HandedOver, To: r.Kari.ID, Was: timebok.Lasting(december.Start, time.Hour)}
	d := r.delivery(booking.MailPractitioner, n)
	m, err := r.post.Write(t.Context(), d)
	if err != nil || m.To != r.Kari.Email || m.Lang != timebok.Bokmaal || !strings.Contains(m.Text, "Den var onsdag 2. desember 2026 kl. 09.00–10.00.") {
		t.Errorf("%+v, %v", m, err)
	}
	tells(t, r, m.Subject+m.Text)
	back := d
	n.To = r.Anne.ID
	back.Data, _ = json.Marshal(n)
	if _, err := r.post.Write(t.Context(), back); !errors.Is(err, notice.Outdated) {
		t.Errorf("it is back: %v", err)
	}
	r.save(timebok.Deletion{Of: r.b.Ref()})
	if _, err := r.post.Write(t.Context(), d); !errors.Is(err, notice.Outdated) {
		t.Errorf("it is deleted: %v", err)
	}
}

// The host's own words stand in the place of ours.
func TestOwnWords(t *testing.T) {
	r := newRoom(t)
	own := func(f notice.Facts, l timebok.Lang) (subject, text string, err error) {
		return "Egen", fmt.Sprintf("%s %s %s", f.What, l, f.From), nil
	}
	r.post.ClientText, r.post.PractitionerText, r.post.PhoneText, r.post.From = own, own, own, "Vi"
	m, err := r.post.Write(t.Context(), r.delivery(booking.MailClient, booking.Notice{What: booking.Invited}))
	if err != nil || m.Subject != "Egen" || m.Text != "invited nb Vi" {
		t.Errorf("client: %+v, %v", m, err)
	}
	m, err = r.post.Write(t.Context(), r.delivery(booking.MailPractitioner, booking.Notice{What: booking.Moved}))
	if err != nil || !strings.HasPrefix(m.Text, "moved ") {
		t.Errorf("practitioner: %+v, %v", m, err)
	}
	s, err := r.post.WriteSMS(t.Context(), r.delivery(booking.TextClient, booking.Notice{What: booking.Reminded}))
	if err != nil || s.Text != "reminder nb Vi" || s.To != r.Ola.Phone {
		t.Errorf("SMS: %+v, %v", s, err)
	}
}

// An SMS is short, in letters that a telephone counts as one each (3GPP TS 23.038),
// and tells no more than when.
func TestSMS(t *testing.T) {
	const gsm = "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
	r := newRoom(t)
	for _, l := range []timebok.Lang{timebok.Bokmaal, timebok.Nynorsk, timebok.English} {
		for _, what := range []booking.Happening{booking.Invited, booking.Confirmed, booking.Moved, booking.CalledOff, booking.Reminded} {
			f := notice.Facts{
				What: what, Time: timebok.Lasting(time.Date(2026, 9, 30, 21, 30, 0, 0, time.UTC), time.Hour), Zone: timebok.OsloZone,
				With: r.Anne.Name, Place: "P", Via: "v", From: "Fjordgata behandlingssenter, tlf. 70 00 00 00",
			}
			subject, text, err := notice.ToPhone(f, l)
			if err != nil || subject != "" || len([]rune(text)) > 160 || strings.Contains(text, f.With) || strings.HasSuffix(text, "\n") {
				t.Errorf("%s %s: %q, %v", l, what, text, err)
			}
			if i := strings.IndexFunc(text, func(r rune) bool { return !strings.ContainsRune(gsm, r) }); i >= 0 {
				t.Errorf("%s %s: %q is not in the alphabet at %d", l, what, text, i)
			}
		}
	}
}

// A line about what is not known is left out.
func TestUnknownFacts(t *testing.T) {
	f := notice.Facts{What: booking.Invited, Time: december, Zone: timebok.OsloZone, With: "Ola Nord"}
	for _, l := range []timebok.Lang{timebok.Bokmaal, timebok.Nynorsk, timebok.English} {
		if _, text, err := notice.ToClient(f, l); err != nil || strings.Count(text, "\n") != 1 {
			t.Errorf("no place, in %s: %q, %v", l, text, err)
		}
	}
	_, text, err := notice.ToPractitioner(notice.Facts{What: booking.NewBooking, Time: december, Zone: timebok.OsloZone}, timebok.Bokmaal)
	if diff := cmp.Diff("Det er kommet en ny time: onsdag 2. desember 2026 kl. 09.00–09.50.\nSe kalenderen for mer.\n", text); err != nil || diff != "" {
		t.Errorf("no network: %v (-want +got):\n%s", err, diff)
	}
}

// An invitation with its entry for the calendar, as the relay makes it of a message.
func ExamplePost() {
	ctx := context.Background()
	store := storage.New(memory.New(), nil)
	clinic := storagetest.NewClinic("A") // made up
	now := timebok.Source{Now: func() time.Time { return storagetest.Monday }}
	address, _ := timebok.ParseEmailAddress("svar@journal.example")
	post := &notice.Post{
		Source:    now,
		From:      "Hilsen oss på Fjordgata",
		Organizer: func(timebok.ClinicID) timebok.EmailAddress { return address },
		View:      storage.In[booking.Tx](store.View),
		Mailer: notice.MailerFunc(func(_ context.Context, m notice.Mail) error {
			fmt.Printf("%s\n\n%s\n%s, for the calendar: %s\n", m.Subject, m.Text, m.Method, line(m.Calendar.Reveal(), "DTSTART:"))
			return nil
		}),
	}
	desk := booking.Desk{Source: now}
	err := store.Update(ctx, clinic.Clinic.ID, func(ctx context.Context, tx storage.Tx) error {
		tx.Save(clinic.Records()...)
		request := clinic.Request(storagetest.Monday.Add(26 * time.Hour))
		request.Invite = true
		_, err := desk.Book(ctx, tx, clinic.Actor(), request)
		return err
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	relay := outbox.Relay{Store: store, Source: now, Handlers: map[timebok.MessageKind]timebok.Handler{booking.MailClient: post}}
	report, err := relay.RunOnce(ctx)
	fmt.Println(report.Done, err)
	// Output:
	// Du har fått en time
	//
	// Du har fått en time tirsdag 3. mars 2026 kl. 09.00–09.45 med Anne Prøve.
	// Sted: Prøvevegen 7, 6100 Volda
	//
	// Hilsen oss på Fjordgata
	//
	// REQUEST, for the calendar: 20260303T080000Z
	// 1 <nil>
}
