package smtp_test

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/timebok/timebok"
	"github.com/timebok/timebok/booking"
	"github.com/timebok/timebok/booking/ical"
	"github.com/timebok/timebok/booking/notice"
	"github.com/timebok/timebok/booking/notice/noticetest"
	"github.com/timebok/timebok/storage"
	"github.com/timebok/timebok/storage/memory"
	"github.com/timebok/timebok/storage/outbox"
	"github.com/timebok/timebok/storage/sqlite"
	"github.com/timebok/timebok/storage/storagetest"
)

// A house is a clinic with its desk, outbox and relay, and the way from there to a
// real mail server and to telephones.
type house struct {
	*testing.T
	*storagetest.Clinic
	desk  *booking.Desk
	store *storage.Store
	relay *outbox.Relay
	mail  *mailServer
	phone *noticetest.Phone

	mu  sync.Mutex
	now time.Time
}

func onEvery(t *testing.T, test func(h *house)) {
	t.Run("memory", func(t *testing.T) { test(newHouse(t, memory.New())) })
	t.Run("sqlite", func(t *testing.T) {
		path := filepath.Join(t.TempDir(), "timebok.db")
		if err := sqlite.Migrate(t.Context(), path, nil); err != nil {
			t.Fatal(err)
		}
		d, err := sqlite.Open(path, nil)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = d.Close() })
		test(newHouse(t, d))
	})
}

func newHouse(t *testing.T, d storage.Driver) *house {
	h := &house{T: t, Clinic: storagetest.NewClinic("A"), store: storage.New(d, nil), mail: serve(t), phone: &noticetest.Phone{}, now: storagetest.Monday}
	h.Save(t, h.store)
	source := timebok.Source{Now: h.clock}
	h.desk = &booking.Desk{Source: source}
	organizer := must(timebok.ParseEmailAddress("svar@journal.example"))
	post := &notice.Post{
		Source: source, Mailer: h.mail.sender(t), Texter: h.phone, View: storage.In[booking.Tx](h.store.View),
		Organizer: func(timebok.ClinicID) timebok.EmailAddress { return organizer },
	}
	h.relay = &outbox.Relay{
		Store: h.store, Source: source, Backoff: func(int) time.Duration { return time.Minute }, MaxAttempts: 100,
		Handlers: map[timebok.MessageKind]timebok.Handler{
			booking.MailPractitioner: post, booking.MailClient: post, booking.TextClient: post,
		},
		OnError: func(err error) { h.quiet(err) },
	}
	return h
}

func (h *house) clock() time.Time {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.now
}

func (h *house) wait(d time.Duration) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.now = h.now.Add(d)
}

// quiet fails if an error of the relay tells who was written to.
func (h *house) quiet(err error) {
	if text := err.Error(); strings.Contains(text, "example.com") || strings.Contains(text, "Prøvesen") {
		h.Errorf("tells who: %v", err)
	}
}

func (h *house) update(fn func(ctx context.Context, tx storage.Tx) error) {
	h.Helper()
	if err := h.store.Update(h.Context(), h.Clinic.Clinic.ID, fn); err != nil {
		h.Fatal(err)
	}
}

// book invites Ola to a talk so long after now.
func (h *house) book(after time.Duration) (b booking.Booking) {
	h.Helper()
	h.update(func(ctx context.Context, tx storage.Tx) (err error) {
		r := h.Request(h.clock().Add(after))
		r.Invite = true
		b, err = h.desk.Book(ctx, tx, h.Actor(), r)
		return err
	})
	return b
}

func (h *house) move(b booking.Booking, start time.Time) booking.Booking {
	h.Helper()
	h.update(func(ctx context.Context, tx storage.Tx) (err error) {
		b, err = h.desk.Move(ctx, tx, h.Actor(), booking.MoveRequest{Booking: b.ID, Version: b.Version, Start: start})
		return err
	})
	return b
}

func (h *house) cancel(b booking.Booking) booking.Booking {
	h.Helper()
	h.update(func(ctx context.Context, tx storage.Tx) (err error) {
		b, err = h.desk.Cancel(ctx, tx, h.Actor(), b.ID, b.Version, booking.ByClinic)
		return err
	})
	return b
}

func (h *house) run() outbox.Report {
	h.Helper()
	report, err := h.relay.RunOnce(h.Context())
	if err != nil {
		h.Fatal(err)
	}
	return report
}

func (h *house) queued(f storage.MessageFilter) (all []storage.Queued) {
	h.Helper()
	if err := h.store.View(h.Context(), h.Clinic.Clinic.ID, func(ctx context.Context, tx storage.Tx) error {
		all = nil
		for q, err := range tx.Messages(ctx, f) {
			if err != nil {
				return err
			}
			all = append(all, q)
		}
		return nil
	}); err != nil {
		h.Fatal(err)
	}
	return all
}

// due counts the messages that are due now and not buried.
func (h *house) due() (n int) {
	for _, q := range h.queued(storage.MessageFilter{Buried: new(false)}) {
		if !q.Due.After(h.clock()) {
			n++
		}
	}
	return n
}

// subjects lists the mails that were taken as "subject when", in Ola's language.
func (h *house) subjects(mails []received) (out []string) {
	for _, r := range mails {
		subject, err := decoder.DecodeHeader(r.header("Subject"))
		if err != nil {
			h.Fatal(err)
		}
		out = append(out, subject)
	}
	return out
}

// Every other session with the mail server fails, in one of all ways in which it may
// be tried again: each mail is delivered at least once, and none is forgotten.
func TestHalfOfTheTime(t *testing.T) {
	ways := []fault{hangUp, busy, greylist, stopInData, full, takeAndDie}
	onEvery(t, func(h *house) {
		const bookings = 24
		for i := range bookings {
			h.book(10*24*time.Hour + time.Duration(i)*time.Hour*24 + 3*time.Hour)
		}
		want := map[string]bool{}
		for _, q := range h.queued(storage.MessageFilter{Kind: booking.MailClient}) {
			if !q.Due.After(h.clock()) {
				want["<"+q.ID.String()+"@journal.example>"] = false
			}
		}
		if len(want) != bookings {
			h.Fatalf("%d invitations to send", len(want))
		}
		h.mail.setFault(func(session int) fault {
			if session%2 == 0 {
				return accept
			}
			return ways[session/2%len(ways)]
		})
		retried := 0
		for rounds := 0; h.due() > 0; rounds++ {
			if rounds > 200 {
				h.Fatalf("%d are left after %d rounds", h.due(), rounds)
			}
			r := h.run()
			if r.Buried+r.Stale > 0 {
				h.Fatalf("%+v", r)
			}
			retried += r.Retried
			h.wait(time.Minute)
		}
		copies := 0
		for _, m := range h.mail.taken() {
			id := m.header("Message-ID")
			if _, ok := want[id]; !ok {
				h.Errorf("a mail %s of nobody", id)
			}
			want[id] = true
			copies++
		}
		for id, arrived := range want {
			if !arrived {
				h.Errorf("%s never arrived", id)
			}
		}
		if retried == 0 || copies < bookings {
			h.Errorf("%d attempts failed, %d mails came", retried, copies)
		}
	})
}

// Five moves in a second, while the mail server is down: one mail about the move, one
// reminder two days before the time that holds, and nothing of the others.
func TestFiveMoves(t *testing.T) {
	onEvery(t, func(h *house) {
		h.mail.always(busy)
		start := h.clock().Add(14*24*time.Hour + 3*time.Hour)
		b := h.book(start.Sub(h.clock()))
		h.run()
		for i := range 5 {
			b = h.move(b, start.AddDate(0, 0, []int{1, -4, 2, -2, 3}[i]))
			h.wait(200 * time.Millisecond)
		}
		h.mail.always(accept)
		h.wait(time.Minute)
		h.run()
		if diff := cmp.Diff([]string{"Timen din er flyttet"}, h.subjects(h.mail.taken())); diff != "" {
			h.Errorf("after the moves (-want +got):\n%s", diff)
		}
		due := b.Time.Start.Add(-48 * time.Hour)
		h.wait(due.Sub(h.clock()) - time.Microsecond)
		h.run()
		if early := h.mail.taken(); len(early) > 0 {
			h.Errorf("before its time: %q", h.subjects(early))
		}
		h.wait(time.Microsecond)
		h.run()
		reminders := h.mail.taken()
		if diff := cmp.Diff([]string{"Påminnelse om time"}, h.subjects(reminders)); diff != "" {
			h.Fatalf("two days before (-want +got):\n%s", diff)
		}
		if text := string(reminders[0].Data); !strings.Contains(text, "torsdag 19. mars 2026 kl. 10.00") {
			h.Errorf("reminds of another time: %s", text)
		}
		h.wait(30 * 24 * time.Hour)
		h.run()
		if late := h.mail.taken(); len(late) > 0 || len(h.queued(storage.MessageFilter{})) > 0 {
			h.Errorf("afterwards: %q, and %d are left", h.subjects(late), len(h.queued(storage.MessageFilter{})))
		}
	})
}

// What was written before a booking moved on is not sent after; that it is called off
// is, and then nothing more.
func TestNothingAfterIt(t *testing.T) {
	onEvery(t, func(h *house) {
		h.mail.always(greylist)
		b := h.book(14*24*time.Hour + 3*time.Hour)
		h.run()
		h.cancel(b)
		h.mail.always(accept)
		h.wait(time.Minute)
		if r := h.run(); r.Done != 1 || r.Stale != 1 {
			h.Errorf("%+v, want the cancellation sent and the invitation dropped", r)
		}
		h.wait(13 * 24 * time.Hour)
		h.run()
		taken := h.mail.taken()
		if diff := cmp.Diff([]string{"Timen din er avbestilt"}, h.subjects(taken)); diff != "" || len(h.queued(storage.MessageFilter{})) > 0 {
			h.Errorf("%d are left (-want +got):\n%s", len(h.queued(storage.MessageFilter{})), diff)
		}
	})
}

// A mail server that always fails holds up no booking and no SMS.
func TestMailIsDown(t *testing.T) {
	onEvery(t, func(h *house) {
		h.mail.always(hangUp)
		first := h.book(14*24*time.Hour + 3*time.Hour)
		h.run()
		h.desk.Channels = []timebok.Channel{timebok.SMS, timebok.Email}
		h.book(15*24*time.Hour + 3*time.Hour)
		h.move(first, first.Time.Start.Add(time.Hour))
		for range 5 {
			h.run()
			h.wait(time.Minute)
		}
		var texts []string
		for _, m := range h.phone.Inbox(h.Ola.Phone) {
			texts = append(texts, m.Text)
		}
		slices.Sort(texts)
		want := []string{"Du har fått en time tirsdag 17. mars kl. 10.00.", "Timen din er flyttet til mandag 16. mars kl. 11.00."}
		if diff := cmp.Diff(want, texts); diff != "" {
			h.Errorf("SMS (-want +got):\n%s", diff)
		}
		if n := len(h.mail.taken()); n != 0 {
			h.Errorf("%d mails", n)
		}
		h.phone.Silence(true) // and the other way about
		h.mail.always(accept)
		h.desk.Channels = nil
		h.book(16*24*time.Hour + 3*time.Hour)
		h.run()
		if n := len(h.mail.taken()); n != 1 {
			h.Errorf("%d mails while the gateway is silent, want 1", n)
		}
	})
}

// What the server refuses for good is buried and listed, and sent when somebody has
// mended it; one whose booking has moved on meanwhile is dropped.
func TestBuried(t *testing.T) {
	onEvery(t, func(h *house) {
		h.mail.always(unknown)
		kept, moved := h.book(14*24*time.Hour+3*time.Hour), h.book(15*24*time.Hour+3*time.Hour)
		if r := h.run(); r.Buried != 2 {
			h.Fatalf("%+v", r)
		}
		buried := h.queued(storage.MessageFilter{Buried: new(true)})
		if len(buried) != 2 || !strings.Contains(buried[0].Error, "RCPT refused: 550 5.1.1") {
			h.Fatalf("buried: %+v", buried)
		}
		h.quiet(errors.New(buried[0].Error))
		h.mail.always(accept)
		moved = h.move(moved, moved.Time.Start.Add(time.Hour))
		for _, q := range buried {
			h.update(func(ctx context.Context, tx storage.Tx) error { return tx.Requeue(ctx, q.ID, h.clock()) })
		}
		if r := h.run(); r.Done != 2 || r.Stale != 1 {
			h.Errorf("%+v, want an invitation and a move sent, and an invitation dropped", r)
		}
		got := map[string]int{}
		for _, m := range h.mail.taken() {
			for _, b := range []booking.Booking{kept, moved} {
				subject := h.subjects([]received{m})[0]
				if strings.Contains(m.calendar(h.T), "UID:"+b.UID()) {
					got[fmt.Sprint(subject, " ", b.Sequence)]++
				}
			}
		}
		if diff := cmp.Diff(map[string]int{"Du har fått en time 1": 1, "Timen din er flyttet 2": 1}, got); diff != "" {
			h.Errorf("(-want +got):\n%s", diff)
		}
	})
}

// A client who opts out is not sent what waits already.
func TestOptOut(t *testing.T) {
	onEvery(t, func(h *house) {
		h.book(14*24*time.Hour + 3*time.Hour)
		h.update(func(ctx context.Context, tx storage.Tx) error {
			_, err := h.desk.Consent(ctx, tx, h.Actor(), booking.ConsentRequest{Client: h.Ola.ID, Version: 1, Channel: timebok.Email})
			return err
		})
		h.wait(13 * 24 * time.Hour)
		if r := h.run(); r.Done != 2 || len(h.mail.taken()) != 0 {
			h.Errorf("%+v", r)
		}
	})
}

// The client's calendar answers the invitation in the mail: it shows on the booking,
// and an answer to the time before a move does not.
func TestAnswer(t *testing.T) {
	onEvery(t, func(h *house) {
		b := h.book(14*24*time.Hour + 3*time.Hour)
		h.run()
		answer := func(partstat string) booking.Booking {
			h.wait(time.Minute)
			entry := h.mail.taken()[0].calendar(h.T)
			request, err := ical.ParseReply([]byte(strings.NewReplacer("METHOD:REQUEST", "METHOD:REPLY", "NEEDS-ACTION", partstat).Replace(entry)))
			if err != nil {
				h.Fatal(err)
			}
			var got booking.Booking
			h.update(func(ctx context.Context, tx storage.Tx) (err error) {
				got, err = h.desk.Reply(ctx, tx, timebok.Actor{User: "mail", Role: timebok.System, Clinic: h.Clinic.Clinic.ID}, request)
				return err
			})
			return got
		}
		got := answer("DECLINED")
		if got.Reply.Answer != booking.Declined || !got.Reply.At.Equal(storagetest.Monday) || got.State != booking.Booked {
			h.Fatalf("answered: %+v", got)
		}
		h.move(got, b.Time.Start.Add(time.Hour))
		h.run()
		if got = answer("ACCEPTED"); got.Reply.Answer != booking.Accepted || got.Reply.Sequence != 2 {
			h.Errorf("answered after the move: %+v", got)
		}
	})
}
