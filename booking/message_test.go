package booking_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/timebok/timebok"
	"github.com/timebok/timebok/booking"
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
