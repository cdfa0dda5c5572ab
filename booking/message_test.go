package booking_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/timebok/timebok"
	"github.com/timebok/timebok/booking"
	"github.com/timebok/timebok/series"
)

// said lists the messages among changes as "kind what".
func said(t testing.TB, c booking.Changes) []string {
	t.Helper()
	var out []string
	for _, r := range c.Records {
		m, ok := r.(timebok.Message)
		if !ok {
			continue
		}
		var n booking.Notice
		if len(m.Data) > 0 {
			if err := json.Unmarshal(m.Data, &n); err != nil {
				t.Fatal(err)
			}
		}
		out = append(out, string(m.Kind)+" "+string(n.What))
	}
	return out
}

// Who is told of what: the client only if invited before, the network only of its
// own bookings and of what was done here.
func TestMessages(t *testing.T) {
	const mail, report = "mail.client ", "network.report "
	for _, c := range []struct {
		name   string
		change func(s *scene, b booking.Booking) (booking.Changes, error)
		told   []string // the client, if invited
		report bool     // to the network, if its booking
	}{
		{"move", func(s *scene, b booking.Booking) (booking.Changes, error) {
			return s.move(b, booking.MoveRequest{Start: ten.Add(time.Hour)})
		}, []string{mail + "moved"}, true},
		{"cancel", func(s *scene, b booking.Booking) (booking.Changes, error) {
			return s.DecideCancel(s.of(b), b.Version, booking.ByClinic, s.by)
		}, []string{mail + "cancelled"}, true},
		{"void before it begins", func(s *scene, b booking.Booking) (booking.Changes, error) {
			return s.DecideStep(s.of(b), b.Version, booking.EnteredInError, s.by)
		}, []string{mail + "cancelled"}, true},
		{"void afterwards", func(s *scene, b booking.Booking) (booking.Changes, error) {
			s.now = ten
			return s.DecideStep(s.of(b), b.Version, booking.EnteredInError, s.by)
		}, nil, true},
		{"void after it was called off", func(s *scene, b booking.Booking) (booking.Changes, error) {
			c, err := s.DecideCancel(s.of(b), b.Version, booking.ByClinic, s.by)
			if err != nil {
				return c, err
			}
			return s.DecideStep(s.of(c.Booking), c.Booking.Version, booking.EnteredInError, s.by)
		}, nil, true},
		{"arrive", func(s *scene, b booking.Booking) (booking.Changes, error) {
			return s.DecideStep(s.of(b), b.Version, booking.Arrived, s.by)
		}, nil, true},
		{"confirm", func(s *scene, b booking.Booking) (booking.Changes, error) {
			b.State = booking.Proposed
			return s.DecideStep(s.of(b), b.Version, booking.Booked, s.by)
		}, []string{mail + "confirmed"}, true},
		{"complete", func(s *scene, b booking.Booking) (booking.Changes, error) {
			s.now = ten
			return s.DecideStep(s.of(b), b.Version, booking.Completed, s.by)
		}, nil, true},
		{"attach", func(s *scene, b booking.Booking) (booking.Changes, error) {
			return s.DecideAttach(s.of(b), booking.AttachRequest{Version: b.Version, Series: b.Series}, s.by)
		}, nil, false},
		{"invite", func(s *scene, b booking.Booking) (booking.Changes, error) {
			return s.DecideInvite(s.of(b), b.Version, s.by)
		}, []string{mail + "invited"}, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			for _, invited := range []bool{false, true} {
				for _, network := range []timebok.Network{"", timebok.Behandlernettverk} {
					for _, role := range []timebok.Role{timebok.PractitionerRole, timebok.System} {
						s := newScene()
						s.by.Role = role
						r := s.request()
						r.Invite, r.External = invited, booking.External{Network: network, ID: "x"}
						got, err := c.change(s, s.add(t, r))
						if err != nil {
							t.Fatal(err)
						}
						var want []string
						if invited || c.name == "invite" {
							want = append(want, c.told...)
						}
						if c.report && network != "" && role != timebok.System {
							want = append(want, report)
						}
						if diff := cmp.Diff(want, said(t, got)); diff != "" {
							t.Errorf("invited %v, of network %q, by %s (-want +got):\n%s", invited, network, role, diff)
						}
						checkTrail(t, s, got)
					}
				}
			}
		})
	}
}

// checkTrail fails unless changes save the booking, one audit entry of it, and
// messages bound to what it has become.
func checkTrail(t *testing.T, s *scene, c booking.Changes) {
	t.Helper()
	if diff := cmp.Diff(timebok.Record(c.Booking), c.Records[0]); diff != "" {
		t.Errorf("saves another booking (-returned +saved):\n%s", diff)
	}
	entry, ok := c.Records[1].(timebok.AuditEntry)
	if !ok || entry.On != c.Booking.Ref() || entry.By != s.by || entry.Client != c.Booking.Client || !entry.At.Equal(s.now) || entry.ID.IsZero() {
		t.Errorf("audit entry %+v", entry)
	}
	for _, r := range c.Records[2:] {
		m := r.(timebok.Message)
		bound := c.Booking.Sequence
		if m.Kind == booking.ReportNetwork {
			bound = 0 // the network is to hear of every state
		}
		if m.About != c.Booking.Ref() || m.Client != c.Booking.Client || m.Sequence != bound || !m.Due.Equal(s.now) || m.ID.IsZero() {
			t.Errorf("message %+v of booking at sequence %d", m, c.Booking.Sequence)
		}
	}
}

func TestInvitedAtOnce(t *testing.T) {
	s := newScene()
	r := s.request()
	c, err := s.book(r)
	if err != nil || said(t, c) != nil {
		t.Errorf("booked without an invitation: %v, %v", said(t, c), err)
	}
	checkTrail(t, s, c)
	r.Invite = true
	c, err = s.book(r)
	if diff := cmp.Diff([]string{"mail.client invited"}, said(t, c)); err != nil || diff != "" || !c.Booking.InvitedAt.Equal(s.now) {
		t.Errorf("booked with one: %v\n%s", err, diff)
	}
	checkTrail(t, s, c)
}

// Who no longer has the booking is told when it was, whatever becomes of it; who
// gets it is told unless the network's own mail says so.
func TestHandOver(t *testing.T) {
	s := newScene()
	b := s.add(t, s.request())
	for role, want := range map[timebok.Role][]string{
		timebok.PractitionerRole: {"mail.practitioner handed-over", "mail.practitioner booked"},
		timebok.System:           {"mail.practitioner handed-over"},
	} {
		s.by.Role = role
		c, err := s.move(b, booking.MoveRequest{Start: ten.Add(time.Hour), With: s.Kari.ID})
		if diff := cmp.Diff(want, said(t, c)); err != nil || diff != "" {
			t.Fatalf("%s: %v (-want +got):\n%s", role, err, diff)
		}
		m := c.Records[2].(timebok.Message)
		var n booking.Notice
		if err := json.Unmarshal(m.Data, &n); err != nil {
			t.Fatal(err)
		}
		if n.To != s.Anne.ID || n.Was != b.Time || m.Sequence != 0 {
			t.Errorf("tells %+v, bound to %d", n, m.Sequence)
		}
		off := c.Booking // called off, it is nobody's new session
		off.State = booking.Cancelled
		if told := s.HandOver(b, off, s.by); len(told) != 1 {
			t.Errorf("%s: %d are told that it went elsewhere and was called off, want 1", role, len(told))
		}
		if told := s.HandOver(b, b, s.by); len(told) != 0 {
			t.Errorf("%s: %d are told that nothing changed", role, len(told))
		}
	}
}

// reminders lists when the reminders among changes are due.
func reminders(t testing.TB, c booking.Changes) (due []time.Time) {
	t.Helper()
	for i, what := range said(t, c) {
		if what == "mail.client reminder" {
			m := c.Records[2+i].(timebok.Message)
			if m.Sequence != c.Booking.Sequence || m.About != c.Booking.Ref() {
				t.Errorf("a reminder of %v at %d", m.About, m.Sequence)
			}
			due = append(due, m.Due)
		}
	}
	return due
}

// Reminders come on the clock on the wall, as long before as the host says, and not
// soon after the notice that they repeat.
func TestReminder(t *testing.T) {
	const day = 24 * time.Hour
	for _, c := range []struct {
		name     string
		reminder time.Duration
		now      string
		start    string
		due      string // "": none
	}{
		{"two days before", 0, "2026-03-02T07:00+01:00", "2026-03-10T10:00+01:00", "2026-03-08T10:00+01:00"},
		{"a day before", day, "2026-03-02T07:00+01:00", "2026-03-10T10:00+01:00", "2026-03-09T10:00+01:00"},
		{"three hours before", 3 * time.Hour, "2026-03-02T07:00+01:00", "2026-03-10T10:00+01:00", "2026-03-10T07:00+01:00"},
		{"never", -1, "2026-03-02T07:00+01:00", "2026-03-10T10:00+01:00", ""},
		{"over the change in spring", 0, "2026-03-02T07:00+01:00", "2026-03-30T10:00+02:00", "2026-03-28T10:00+01:00"},
		{"over the change in autumn", 0, "2026-10-01T07:00+02:00", "2026-10-26T10:00+01:00", "2026-10-24T10:00+02:00"},
		{"in the gap", 0, "2026-03-02T07:00+01:00", "2026-03-31T02:30+02:00", "2026-03-29T03:00+02:00"},
		{"an hour after the notice", 0, "2026-03-02T09:00+01:00", "2026-03-04T10:00+01:00", "2026-03-02T10:00+01:00"},
		{"too late", 0, "2026-03-02T09:01+01:00", "2026-03-04T10:00+01:00", ""},
		{"far too late", 0, "2026-03-04T09:00+01:00", "2026-03-04T10:00+01:00", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := newScene()
			s.Reminder, s.now = c.reminder, instant(c.now)
			r := s.request()
			r.Start, r.Series, r.Invite = instant(c.start), series.ID{}, true
			r.Override = booking.Waive("early", booking.OutsideHours)
			got, err := s.book(r)
			if err != nil {
				t.Fatal(err)
			}
			var want []time.Time
			if c.due != "" {
				want = append(want, instant(c.due).UTC())
			}
			if diff := cmp.Diff(want, reminders(t, got)); diff != "" {
				t.Errorf("booked (-want +got):\n%s", diff)
			}
			r.Invite = false
			b := s.add(t, r)
			if got, err = s.DecideInvite(s.of(b), 1, s.by); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(want, reminders(t, got)); diff != "" {
				t.Errorf("invited (-want +got):\n%s", diff)
			}
			if got, err = s.DecideInvite(s.of(got.Booking), 2, s.by); err != nil || reminders(t, got) != nil {
				t.Errorf("invited again, with a reminder at %v, %v", reminders(t, got), err)
			}
		})
	}
}

// A move brings the reminder of the new time, a cancellation none.
func TestReminderMoves(t *testing.T) {
	s := newScene()
	r := s.request()
	r.Start, r.Invite = ten.AddDate(0, 0, 7), true
	b := s.add(t, r)
	c, err := s.move(b, booking.MoveRequest{Start: ten.AddDate(0, 0, 8)})
	if diff := cmp.Diff([]time.Time{ten.AddDate(0, 0, 6).UTC()}, reminders(t, c)); err != nil || diff != "" {
		t.Errorf("moved: %v (-want +got):\n%s", err, diff)
	}
	c, err = s.DecideCancel(s.of(b), b.Version, booking.ByClient, s.by)
	if err != nil || reminders(t, c) != nil {
		t.Errorf("called off: %v, %v", reminders(t, c), err)
	}
	b.InvitedAt = time.Time{}
	c, err = s.move(b, booking.MoveRequest{Start: ten.AddDate(0, 0, 8)})
	if err != nil || reminders(t, c) != nil {
		t.Errorf("moved without an invitation: %v, %v", reminders(t, c), err)
	}
}

// A client is told on the first of the host's channels that has an address and no
// opt-out, and can't be invited if there is none.
func TestChannels(t *testing.T) {
	both := []timebok.Channel{timebok.SMS, timebok.Email}
	no := func(of timebok.Channel) timebok.Consent { return timebok.Consent{Channel: of} }
	for _, c := range []struct {
		name     string
		host     []timebok.Channel
		client   func(c *timebok.Client)
		want     timebok.MessageKind // "": can't be invited
		thenTold timebok.MessageKind // of a move, once invited
	}{
		{"by e-mail where the host says nothing", nil, func(*timebok.Client) {}, booking.MailClient, booking.MailClient},
		{"SMS first", both, func(*timebok.Client) {}, booking.TextClient, booking.TextClient},
		{"no telephone", both, func(c *timebok.Client) { c.Phone = timebok.PhoneNumber{} }, booking.MailClient, booking.MailClient},
		{"opted out of SMS", both, func(c *timebok.Client) { c.Consents = append(c.Consents, no(timebok.SMS)) }, booking.MailClient, booking.MailClient},
		{"opted out of e-mail", nil, func(c *timebok.Client) { c.Consents = append(c.Consents, no(timebok.Email)) }, "", booking.MailClient},
		{"opted out of all", both, func(c *timebok.Client) { c.Consents = append(c.Consents, no(timebok.Email), no(timebok.SMS)) }, "", booking.TextClient},
		{"no e-mail address", nil, func(c *timebok.Client) { c.Email = timebok.EmailAddress{} }, "", booking.MailClient},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := newScene()
			s.Channels = c.host
			b := s.add(t, s.request())
			c.client(&s.Ola)
			got, err := s.DecideInvite(s.of(b), 1, s.by)
			if c.want == "" {
				wantRules(t, err, booking.CantInvite)
				got.Booking = b
				got.Booking.InvitedAt = s.now
			} else if err != nil || got.Records[2].(timebok.Message).Kind != c.want {
				t.Errorf("invited by %v, %v", got.Records, err)
			}
			moved, err := s.move(got.Booking, booking.MoveRequest{Start: ten.Add(time.Hour)})
			if err != nil || moved.Records[2].(timebok.Message).Kind != c.thenTold {
				t.Errorf("told of the move by %v, %v", moved.Records, err)
			}
		})
	}
}
