package booking_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/timebok/timebok"
	"github.com/timebok/timebok/booking"
	"github.com/timebok/timebok/storage"
)

// An answer shows on the booking until it is moved, and changes nothing else.
func TestReply(t *testing.T) {
	onEvery(t, func(t *testing.T, o *office) {
		r := o.request()
		r.Invite = true
		b := o.book(r)
		mail := timebok.Actor{User: "mail", Role: timebok.System, Clinic: o.Clinic.Clinic.ID}
		reply := func(answer booking.Answer, at time.Time, sequence int64) booking.Booking {
			return run(o, func(ctx context.Context, tx storage.Tx) (booking.Booking, error) {
				return o.desk.Reply(ctx, tx, mail, booking.ReplyRequest{
					Booking: b.ID, From: o.Ola.Email, Reply: booking.Reply{Answer: answer, At: at, Sequence: sequence},
				})
			})
		}
		o.now = o.now.Add(time.Hour)
		at := o.now.Add(-time.Minute)
		got := reply(booking.Declined, at, 1)
		want := b
		want.Version, want.Reply = 2, booking.Reply{Answer: booking.Declined, At: at, Sequence: 1}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatalf("declined (-want +got):\n%s", diff)
		}
		o.wantStored(got)
		if diff := cmp.Diff([]string{"booking.reply declined"}, o.actions(storage.AuditFilter{On: b.Ref()})[1:]); diff != "" {
			t.Errorf("audit (-want +got):\n%s", diff)
		}
		before := o.trail()
		for name, again := range map[string]booking.Booking{
			"the same once more": reply(booking.Declined, at, 1),
			"an older one":       reply(booking.Accepted, at.Add(-time.Second), 1),
		} {
			if diff := cmp.Diff(got, again); diff != "" {
				t.Errorf("%s (-before +after):\n%s", name, diff)
			}
		}
		if diff := cmp.Diff(before, o.trail()); diff != "" {
			t.Errorf("ignored, and yet (-before +after):\n%s", diff)
		}
		if got = reply(booking.Accepted, o.now.Add(time.Hour), 1); got.Reply.Answer != booking.Accepted || !got.Reply.At.Equal(o.now) {
			t.Errorf("an answer from the future is %+v", got.Reply)
		}
		if got = o.step(o.moveTo(ten.Add(time.Hour)), got); got.Reply != (booking.Reply{}) {
			t.Errorf("moved, and still answered by %+v", got.Reply)
		}
		if again := reply(booking.Accepted, o.now, 1); again.Version != got.Version || again.Reply != (booking.Reply{}) {
			t.Errorf("an answer to the time before the move is %+v", again.Reply)
		}
		got = o.step(o.cancel(booking.ByClinic), got)
		if again := reply(booking.Declined, o.now, got.Sequence); again.Version != got.Version {
			t.Errorf("an answer to what is called off is %+v", again.Reply)
		}
	})
}

func TestReplyRefused(t *testing.T) {
	onEvery(t, func(t *testing.T, o *office) {
		b := o.book(o.request())
		good := booking.ReplyRequest{Booking: b.ID, From: o.Ola.Email, Reply: booking.Reply{Answer: booking.Accepted, At: o.now, Sequence: 1}}
		try := func(change func(r *booking.ReplyRequest)) error {
			r := good
			change(&r)
			_, err := tryRun(o, func(ctx context.Context, tx storage.Tx) (booking.Booking, error) {
				return o.desk.Reply(ctx, tx, o.by, r)
			})
			return err
		}
		wantRules(t, try(func(r *booking.ReplyRequest) { r.From = o.Employer.Email }), booking.NotInvited, booking.OtherAttendee)
		o.step(o.desk.Invite, b)
		before := o.trail()
		wantRules(t, try(func(r *booking.ReplyRequest) { r.From = o.Employer.Email }), booking.OtherAttendee)
		wantRules(t, try(func(r *booking.ReplyRequest) { r.Sequence = 2 }), booking.NotInvited)
		wantInvalid(t, try(func(r *booking.ReplyRequest) { *r = booking.ReplyRequest{Reply: booking.Reply{Sequence: -1}} }),
			"Booking field.missing", "From field.missing", "Answer field.invalid", "At field.missing", "Sequence field.invalid")
		var missing *timebok.NotFoundError
		if err := try(func(r *booking.ReplyRequest) { r.Booking = bookingID(7) }); !errors.As(err, &missing) {
			t.Errorf("an answer to no booking of ours: %v", err)
		}
		if diff := cmp.Diff(before, o.trail()); diff != "" {
			t.Errorf("refused, and yet (-before +after):\n%s", diff)
		}
		capitals, err := timebok.ParseEmailAddress("OLA@Example.com")
		if err != nil {
			t.Fatal(err)
		}
		if err := try(func(r *booking.ReplyRequest) { r.From = capitals }); err != nil {
			t.Errorf("the same address in capitals: %v", err)
		}
		o.by.Clinic = timebok.ClinicID{}
		wantRules(t, try(func(*booking.ReplyRequest) {}), timebok.ActorElsewhere)
	})
}

// Answers in any order, some of them twice, leave the one written last.
func TestReplyOrder(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		s := newScene()
		r := s.request()
		r.Invite = true
		c, err := s.book(r)
		if err != nil {
			rt.Fatal(err)
		}
		b := c.Booking
		s.now = s.now.Add(time.Hour)
		minutes := rapid.SliceOfNDistinct(rapid.IntRange(0, 50), 1, 6, rapid.ID[int]).Draw(rt, "minutes")
		answers := []booking.Answer{booking.Accepted, booking.Declined, booking.Tentative}
		last := -1
		for _, i := range rapid.SliceOfN(rapid.IntRange(0, len(minutes)-1), 1, 20).Draw(rt, "order") {
			last = max(last, minutes[i])
			c, err := s.DecideReply(s.of(b), booking.ReplyRequest{Booking: b.ID, From: s.Ola.Email, Reply: booking.Reply{
				Answer: answers[minutes[i]%3], At: s.now.Add(time.Duration(minutes[i]-60) * time.Minute), Sequence: 1,
			}}, s.by)
			if err != nil {
				rt.Fatal(err)
			}
			b = c.Booking
		}
		if want := answers[last%3]; b.Reply.Answer != want || b.State != booking.Booked || b.Sequence != 1 {
			rt.Errorf("%+v, want %s", b, want)
		}
	})
}

func TestAnswerText(t *testing.T) {
	for _, a := range []booking.Answer{booking.Accepted, booking.Declined, booking.Tentative} {
		if a.Text(timebok.Bokmaal) == string(a) || a.Text(timebok.Nynorsk) == string(a) || a.Text(timebok.English) != string(a) {
			t.Errorf("%s is called %s, %s, %s", a, a.Text(timebok.Bokmaal), a.Text(timebok.Nynorsk), a.Text(timebok.English))
		}
	}
	if got := booking.Answer("x").Text(timebok.Bokmaal); got != "x" {
		t.Errorf("something else is called %s", got)
	}
}

// A word of a client is added to those before, and the last one counts.
func TestConsent(t *testing.T) {
	onEvery(t, func(t *testing.T, o *office) {
		portal := timebok.Actor{User: "portal", Role: timebok.ClientRole, Clinic: o.Clinic.Clinic.ID}
		say := func(version int64, ch timebok.Channel, given bool) (timebok.Client, error) {
			return tryRun(o, func(ctx context.Context, tx storage.Tx) (timebok.Client, error) {
				return o.desk.Consent(ctx, tx, portal, booking.ConsentRequest{Client: o.Ola.ID, Version: version, Channel: ch, Given: given})
			})
		}
		c, err := say(1, timebok.Email, false)
		want := o.Ola
		want.Version = 2
		want.Consents = append(want.Consents[:len(want.Consents):len(want.Consents)], timebok.Consent{Channel: timebok.Email, At: o.now, By: portal})
		if diff := cmp.Diff(want, c); err != nil || diff != "" {
			t.Fatalf("%v (-want +got):\n%s", err, diff)
		}
		c.Consents[0].Given = !c.Consents[0].Given // what the caller changes is not stored
		if c.CanTell(timebok.Email) || !c.CanTell(timebok.SMS) || !c.HasOptedOut(timebok.Email) {
			t.Error("the opt-out does not count")
		}
		o.view(func(ctx context.Context, tx storage.Tx) error {
			stored, err := tx.Client(ctx, o.Ola.ID)
			if diff := cmp.Diff(want, stored); diff != "" {
				t.Errorf("stored (-want +got):\n%s", diff)
			}
			return err
		})
		if c, err = say(2, timebok.Email, true); err != nil || !c.CanTell(timebok.Email) || len(c.Consents) != 4 {
			t.Errorf("taken back: %+v, %v", c.Consents, err)
		}
		var stale *timebok.StaleError
		if _, err = say(2, timebok.Email, true); !errors.As(err, &stale) || stale.Stored != 3 {
			t.Errorf("on an old version: %v", err)
		}
		_, err = say(3, "pigeon", true)
		wantInvalid(t, err, "Channel field.invalid")
		var missing *timebok.NotFoundError
		o.Ola.ID = timebok.DeriveID[timebok.Client]("nobody")
		if _, err = say(1, timebok.SMS, true); !errors.As(err, &missing) {
			t.Errorf("of nobody: %v", err)
		}
		portal.Clinic = timebok.ClinicID{}
		_, err = say(3, timebok.SMS, true)
		wantRules(t, err, timebok.ActorElsewhere)
	})
}
