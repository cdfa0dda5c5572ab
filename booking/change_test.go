package booking_test

import (
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/timebok/timebok"
	"github.com/timebok/timebok/booking"
	"github.com/timebok/timebok/series"
)

func TestMove(t *testing.T) {
	s := newScene()
	b := s.add(t, s.request())
	for _, c := range []struct {
		name string
		m    booking.MoveRequest
		want func(b *booking.Booking)
	}{
		{"half an hour on, over itself", booking.MoveRequest{Start: ten.Add(30 * time.Minute)}, func(b *booking.Booking) {
			b.Time = timebok.Lasting(ten.Add(30*time.Minute), 45*time.Minute)
		}},
		{"to Kari, for an hour, at her price", booking.MoveRequest{Start: ten, With: s.Kari.ID, Duration: time.Hour}, func(b *booking.Booking) {
			b.Practitioner, b.Time, b.Price = s.Kari.ID, timebok.Lasting(ten, time.Hour), s.Talk.Price
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			want := b
			want.Version, want.Sequence = 2, 2
			c.want(&want)
			got, err := s.move(b, c.m)
			if diff := cmp.Diff(want, got.Booking); err != nil || diff != "" {
				t.Errorf("%v (-want +got):\n%s", err, diff)
			}
			if got.Booking.UID() != b.UID() {
				t.Error("the move changed its name in calendars")
			}
		})
	}
}

func TestMoveRefused(t *testing.T) {
	for _, c := range []struct {
		name string
		with func(t *testing.T, s *scene, b *booking.Booking, m *booking.MoveRequest)
		want []*timebok.Rule
	}{
		{"the new time is taken", func(t *testing.T, s *scene, _ *booking.Booking, m *booking.MoveRequest) {
			other := s.request()
			other.Start = m.Start.Add(30 * time.Minute)
			s.add(t, other)
		}, []*timebok.Rule{booking.SlotTaken}},
		{"after hours, after the case", func(_ *testing.T, _ *scene, _ *booking.Booking, m *booking.MoveRequest) {
			m.Start = instant("2027-01-04T20:00+01:00")
		}, []*timebok.Rule{booking.OutsideHours, series.Expired}},
		{"to a practitioner who left", func(_ *testing.T, s *scene, _ *booking.Booking, m *booking.MoveRequest) { m.With = s.Left.ID }, []*timebok.Rule{booking.HasLeft}},
		{"called off", func(_ *testing.T, _ *scene, b *booking.Booking, _ *booking.MoveRequest) { b.State = booking.Cancelled }, []*timebok.Rule{booking.WrongState}},
		{"delivered, and taken, and absent", func(t *testing.T, s *scene, b *booking.Booking, m *booking.MoveRequest) {
			other := s.request()
			other.Start = m.Start
			s.add(t, other)
			b.State, s.absences = booking.Completed, []booking.Absence{{Time: timebok.Lasting(m.Start, time.Hour)}}
		}, []*timebok.Rule{booking.WrongState, booking.SlotTaken, booking.Absent}},
		{"a longer session meets the next", func(t *testing.T, s *scene, _ *booking.Booking, m *booking.MoveRequest) {
			other := s.request()
			other.Start = m.Start.Add(time.Hour)
			s.add(t, other)
			m.Duration = 2 * time.Hour
		}, []*timebok.Rule{booking.SlotTaken}},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := newScene()
			b := s.add(t, s.request())
			m := booking.MoveRequest{Start: ten.AddDate(0, 0, 1)}
			c.with(t, s, &b, &m)
			got, err := s.move(b, m)
			wantRules(t, err, c.want...)
			if len(got.Records) > 0 {
				t.Error("refused, and yet there is something to save")
			}
		})
	}
}

func TestMoveInvalid(t *testing.T) {
	s := newScene()
	b := s.add(t, s.request())
	_, err := s.move(b, booking.MoveRequest{Duration: -time.Minute, Override: booking.Waiver{Codes: []string{"slot.taken"}}})
	wantInvalid(t, err, "Start field.missing", "Duration field.invalid", "Override.Why override.why")
	_, err = s.move(b, booking.MoveRequest{Start: ten, With: timebok.DeriveID[timebok.Practitioner]("x")})
	wantInvalid(t, err, "With ref.unknown")
	// What it hangs on may be gone: a client erased, a series deleted.
	b.Client, b.Series = timebok.DeriveID[timebok.Client]("x"), timebok.DeriveID[series.Series]("x")
	_, err = s.move(b, booking.MoveRequest{Start: ten})
	wantInvalid(t, err, "Client ref.unknown", "Series ref.unknown")
	_, err = s.DecideInvite(s.of(b), 1, s.by)
	wantInvalid(t, err, "Client ref.unknown")
	b.Service = timebok.DeriveID[timebok.Service]("x")
	_, err = s.DecideAttach(s.of(b), booking.AttachRequest{Version: 1, Series: b.Series, Billing: &timebok.Billing{}}, s.by)
	wantInvalid(t, err, "BillingWhy field.missing", "Billing.By field.invalid", "Series ref.unknown", "Service ref.unknown")
}

func TestMoveOverride(t *testing.T) {
	s := newScene()
	b := s.add(t, s.request())
	other := s.request()
	other.Start = ten.AddDate(0, 0, 1)
	s.add(t, other)
	c, err := s.move(b, booking.MoveRequest{Start: other.Start, Override: booking.Waive("twins", booking.SlotTaken, booking.Absent)})
	if err != nil {
		t.Fatal(err)
	}
	want := []booking.Override{{At: s.now, By: s.by, Codes: []string{"slot.taken"}, Why: "twins", Sequence: 2}}
	if diff := cmp.Diff(want, c.Booking.Overrides); diff != "" || !c.Booking.Overlapping() || c.Booking.Billing != s.insured() {
		t.Errorf("overrides (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"slot.taken"}, c.Records[1].(timebok.AuditEntry).Codes); diff != "" {
		t.Errorf("audit (-want +got):\n%s", diff)
	}
	// Beyond the validity of the case the client pays, as when it is booked there.
	c, err = s.move(b, booking.MoveRequest{Start: instant("2027-01-04T10:00+01:00"), Override: booking.Waive("ill", series.Expired)})
	if err != nil || c.Booking.Billing != timebok.BillClient || c.Booking.BillingWhy != "ill" || c.Booking.Price != s.Talk.Price {
		t.Errorf("moved beyond the case it bills %+v %v, %v", c.Booking.Billing, c.Booking.Price, err)
	}
}

// Who pays for a session beyond the cap is decided once: a move does not turn the
// bill around.
func TestMoveKeepsWhoPays(t *testing.T) {
	s := newScene()
	s.Case.Approvals[0].Terms.Caps = []series.Cap{series.Sessions(0)}
	insured := s.insured()
	r := s.request()
	r.Override, r.Billing, r.BillingWhy = booking.Waive("letter", series.Exhausted), &insured, "letter"
	b := s.add(t, r)
	c, err := s.move(b, booking.MoveRequest{Start: ten.Add(time.Hour)}) // it stays in the series, so nothing is asked again
	if err != nil || c.Booking.Billing != insured || len(c.Booking.Overrides) != 1 {
		t.Errorf("moved it bills %+v, overrides %v, %v", c.Booking.Billing, c.Booking.Overrides, err)
	}
}

// A network may bring back what it called off.
func TestMoveRevives(t *testing.T) {
	s := newScene()
	b := s.after(t, booking.Cancelled)
	s.have = nil
	c, err := s.move(b, booking.MoveRequest{Start: ten, Revive: true})
	if err != nil || c.Booking.State != booking.Booked || c.Booking.Cancelled != nil || c.Booking.Sequence != 2 {
		t.Errorf("revived as %+v, %v", c.Booking, err)
	}
	s.add(t, s.request())
	_, err = s.move(b, booking.MoveRequest{Start: ten, Revive: true})
	wantRules(t, err, booking.SlotTaken) // its time was given to another
	b.State = booking.EnteredInError
	_, err = s.move(b, booking.MoveRequest{Start: ten.Add(time.Hour), Revive: true})
	wantRules(t, err, booking.WrongState)
}

func TestStale(t *testing.T) {
	s := newScene()
	b := s.add(t, s.request())
	b.Version = 5
	for _, version := range []int64{0, 4, 6} {
		_, move := s.DecideMove(s.of(b), booking.MoveRequest{Version: version, Start: ten}, s.by)
		_, cancel := s.DecideCancel(s.of(b), version, booking.ByClient, s.by)
		_, step := s.DecideStep(s.of(b), version, booking.Arrived, s.by)
		_, attach := s.DecideAttach(s.of(b), booking.AttachRequest{Version: version, Series: s.Case.ID}, s.by)
		_, invite := s.DecideInvite(s.of(b), version, s.by)
		for door, err := range map[string]error{"Move": move, "Cancel": cancel, "Step": step, "Attach": attach, "Invite": invite} {
			var stale *timebok.StaleError
			if !errors.As(err, &stale) || !errors.Is(err, timebok.ErrConflict) || stale.Stored != 5 || stale.Ref.Version != version {
				t.Errorf("%s at version %d of 5: %v", door, version, err)
			}
		}
	}
}

func TestCancel(t *testing.T) {
	notice := series.Policy{Notice: 24 * time.Hour}
	days := series.Policy{NoticeDays: 1}
	const ordinary, short, long = "2026-03-03T10:00+01:00", "2026-03-29T10:00+02:00", "2026-10-25T10:00+01:00"
	for _, c := range []struct {
		name      string
		policy    series.Policy
		start, at string
		why       booking.Reason
		late      bool
	}{
		{"24 hours before", notice, ordinary, "2026-03-02T10:00+01:00", booking.ByClient, false},
		{"less than 24 hours before", notice, ordinary, "2026-03-02T10:01+01:00", booking.ByClient, true},
		{"less than 24 hours before, by the clinic", notice, ordinary, "2026-03-03T09:59+01:00", booking.ByClinic, false},
		{"less than 24 hours before, by the network", notice, ordinary, "2026-03-03T09:59+01:00", booking.ByNetwork, false},
		{"after the start", notice, ordinary, "2026-03-03T10:01+01:00", booking.ByClient, true},
		{"at any time without a policy", series.Policy{}, ordinary, "2026-03-03T09:59+01:00", booking.ByClient, false},
		{"24 hours on the wall, 23 by the watch", notice, short, "2026-03-28T10:00+01:00", booking.ByClient, false},
		{"later than that", notice, short, "2026-03-28T10:01+01:00", booking.ByClient, true},
		{"24 hours on the wall, 25 by the watch", notice, long, "2026-10-24T10:00+02:00", booking.ByClient, false},
		{"24 hours by the watch", notice, long, "2026-10-24T11:00+02:00", booking.ByClient, true},
		{"the working day before Easter", days, "2026-04-07T10:00+02:00", "2026-04-01T23:59+02:00", booking.ByClient, false},
		{"in Easter", days, "2026-04-07T10:00+02:00", "2026-04-02T00:00+02:00", booking.ByClient, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := newScene()
			s.Case.Policy = c.policy
			r := s.request()
			r.Start, r.Override = instant(c.start), booking.Waive("Sunday", booking.OutsideHours)
			b := s.add(t, r)
			s.now = instant(c.at)
			got, err := s.DecideCancel(s.of(b), 1, c.why, s.by)
			if err != nil {
				t.Fatal(err)
			}
			want := booking.Cancellation{At: s.now, By: s.by.Role, Reason: c.why, Late: c.late}
			if diff := cmp.Diff(&want, got.Booking.Cancelled); diff != "" || got.Booking.State != booking.Cancelled || got.Booking.Sequence != 2 {
				t.Errorf("cancelled (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff([]string{string(c.why)}, got.Records[1].(timebok.AuditEntry).Codes); diff != "" {
				t.Errorf("audit (-want +got):\n%s", diff)
			}
		})
	}
	s := newScene()
	r := s.request()
	r.Series = series.ID{}
	b := s.add(t, r)
	s.now = ten
	if c, err := s.DecideCancel(s.of(b), 1, booking.ByClient, s.by); err != nil || c.Booking.Cancelled.Late {
		t.Errorf("late without a series: %+v, %v", c.Booking.Cancelled, err)
	}
}

// A booking that the network called off before it got here takes no time and no
// session, so nothing is asked of calendar and series.
func TestCancelled(t *testing.T) {
	s := newScene()
	s.add(t, s.request())
	s.Case.ClosedAt = s.now
	r := s.request()
	r.ID, r.Origin, r.External = bookingID(9), timebok.FromNetwork, booking.External{Network: "n", ID: "x"}
	c, err := s.DecideCancelled(s.load(r.Needs()), r, booking.ByNetwork, s.by)
	b := c.Booking
	if err != nil || b.State != booking.Cancelled || b.ID != r.ID || b.Version != 1 || b.Cancelled.Reason != booking.ByNetwork || len(c.Records) != 2 {
		t.Errorf("%+v, %v", b, err)
	}
	_, err = s.DecideCancelled(booking.View{Clinic: s.Clinic.Clinic}, r, booking.ByNetwork, s.by)
	wantInvalid(t, err, "Client ref.unknown", "With ref.unknown", "Service ref.unknown", "Series ref.unknown")
	_, err = s.DecideCancelled(s.load(r.Needs()), booking.Request{}, booking.ByNetwork, s.by)
	wantInvalid(t, err, "Client field.missing", "With field.missing", "Service field.missing", "Start field.missing")
}

func TestAttach(t *testing.T) {
	s := newScene()
	insured, client := s.insured(), timebok.BillClient
	for _, c := range []struct {
		name      string
		state     booking.State
		from, to  series.ID
		billing   *timebok.Billing
		want      timebok.Billing
		price     timebok.Money
		treatment string
	}{
		{"into the case, afterwards", booking.Completed, series.ID{}, s.Case.ID, nil, insured, s.Agreed.Price, "PSY45"},
		{"into the case, before", booking.Booked, series.ID{}, s.Case.ID, nil, insured, s.Agreed.Price, "PSY45"},
		{"out of it", booking.Completed, s.Case.ID, series.ID{}, nil, client, s.Talk.Price, ""},
		{"to another series", booking.Completed, s.Case.ID, s.Paid.ID, nil, client, s.Talk.Price, ""},
		{"billed otherwise", booking.Completed, s.Case.ID, s.Case.ID, &client, client, s.Talk.Price, "PSY45"},
		{"billed as the series says, said aloud", booking.Proposed, s.Case.ID, s.Case.ID, &insured, insured, s.Agreed.Price, "PSY45"},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := newScene()
			r := s.request()
			r.Series = c.from
			b := s.add(t, r)
			b.State, b.Charges = c.state, []booking.Charge{{Amount: timebok.Ore(1)}}
			v := s.of(b)
			at := s.load(booking.Needs{Series: c.to})
			v.Series, v.InSeries = at.Series, at.InSeries
			got, err := s.DecideAttach(v, booking.AttachRequest{Version: 1, Series: c.to, Billing: c.billing, BillingWhy: "wish"}, s.by)
			if err != nil {
				t.Fatal(err)
			}
			want := b
			want.Version, want.Series, want.Billing, want.Price, want.Treatment, want.Charges = 2, c.to, c.want, c.price, c.treatment, nil
			if c.billing != nil && c.want == client {
				want.BillingWhy = "wish"
			}
			if c.state == booking.Completed {
				want.Charges = []booking.Charge{{Billing: c.want, Amount: c.price}}
			}
			if diff := cmp.Diff(want, got.Booking); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestAttachRefused(t *testing.T) {
	for _, c := range []struct {
		name string
		with func(s *scene, b *booking.Booking)
		want []*timebok.Rule
	}{
		{"somebody else's series", func(s *scene, b *booking.Booking) { b.Client = s.Åse.ID }, []*timebok.Rule{booking.OtherClient}},
		{"called off", func(_ *scene, b *booking.Booking) { b.State = booking.Cancelled }, []*timebok.Rule{booking.WrongState}},
		{"no treatment code", func(s *scene, b *booking.Booking) { b.Service = s.Massage.ID }, []*timebok.Rule{booking.NoTreatmentCode}},
		{"the calendar is not asked", func(s *scene, _ *booking.Booking) {
			s.absences = []booking.Absence{{Time: timebok.Lasting(ten, time.Hour)}}
		}, nil},
		{"everything at once", func(s *scene, b *booking.Booking) {
			b.Client, b.State, b.Service = s.Åse.ID, booking.EnteredInError, s.Massage.ID
			b.Time = timebok.Lasting(instant("2027-01-04T10:00+01:00"), time.Hour)
			b.Charges = []booking.Charge{{Invoice: timebok.NewInvoiceID(timebok.Source{})}}
			s.Case.ClosedAt = s.now
		}, []*timebok.Rule{booking.BillingLocked, booking.WrongState, booking.OtherClient, booking.NoTreatmentCode, series.Closed, series.Expired}},
		{"a delivered session beyond the cap", func(s *scene, b *booking.Booking) {
			b.State, s.Case.Approvals[0].Terms.Caps = booking.Completed, []series.Cap{series.Sessions(0)}
		}, []*timebok.Rule{series.Exhausted}},
		{"a delivered session beyond the amount", func(s *scene, b *booking.Booking) {
			b.State, s.Case.Approvals[0].Terms.Caps = booking.Completed, []series.Cap{{Unit: series.CapAmount, Amount: timebok.Ore(132_049)}}
		}, []*timebok.Rule{series.Exhausted}},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := newScene()
			r := s.request()
			r.Series = series.ID{}
			b := s.add(t, r)
			c.with(s, &b)
			v := s.of(b)
			v.Series = &s.Case
			_, err := s.DecideAttach(v, booking.AttachRequest{Version: 1, Series: s.Case.ID}, s.by)
			wantRules(t, err, c.want...)
		})
	}
}

func TestAttachOverride(t *testing.T) {
	s := newScene()
	s.Case.Approvals[0].Terms.Caps = []series.Cap{series.Sessions(0)}
	r := s.request()
	r.Series = series.ID{}
	v := s.of(s.add(t, r))
	v.Series = &s.Case
	a := booking.AttachRequest{Version: 1, Series: s.Case.ID, Override: booking.Waive("letter 9", series.Exhausted, series.Expired)}
	c, err := s.DecideAttach(v, a, s.by)
	if err != nil || c.Booking.Billing != timebok.BillClient || len(c.Booking.Overrides) != 1 {
		t.Errorf("beyond the cap it bills %+v, overrides %v, %v", c.Booking.Billing, c.Booking.Overrides, err)
	}
	if diff := cmp.Diff([]string{"cap.exhausted"}, c.Records[1].(timebok.AuditEntry).Codes); diff != "" {
		t.Errorf("audit (-want +got):\n%s", diff)
	}
	insured := s.insured()
	a.Billing, a.BillingWhy = &insured, "letter 9"
	if c, err = s.DecideAttach(v, a, s.by); err != nil || c.Booking.Billing != insured {
		t.Errorf("the payer was chosen, and it bills %+v, %v", c.Booking.Billing, err)
	}
}

func TestInvite(t *testing.T) {
	s := newScene()
	b := s.add(t, s.request())
	c, err := s.DecideInvite(s.of(b), 1, s.by)
	if err != nil || !c.Booking.InvitedAt.Equal(s.now) || c.Booking.Version != 2 || c.Booking.Sequence != 1 {
		t.Errorf("invited as %+v, %v", c.Booking, err)
	}
	s.now = ten
	b.Client, b.State = s.Åse.ID, booking.Arrived
	_, err = s.DecideInvite(s.of(b), 1, s.by)
	wantRules(t, err, booking.WrongState, booking.CantInvite, booking.AlreadyBegun)
}
