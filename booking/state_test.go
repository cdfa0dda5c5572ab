package booking_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/timebok/timebok"
	"github.com/timebok/timebok/booking"
	"github.com/timebok/timebok/series"
)

var states = []booking.State{
	booking.Proposed, booking.Booked, booking.Arrived, booking.Completed, booking.NoShow, booking.Cancelled, booking.EnteredInError,
}

// legal has an x where the state of the row may become that of the column.
var legal = map[booking.State]string{
	//                      P B A C N X E
	booking.Proposed:       "- x - - - x x",
	booking.Booked:         "- - x x x x x",
	booking.Arrived:        "- - - x - x x",
	booking.Completed:      "- - - - - - x",
	booking.NoShow:         "- - - x - - x",
	booking.Cancelled:      "- - - - - - x",
	booking.EnteredInError: "- - - - - - -",
}

// after is a booking of the scene in a state, at an hour when all may happen.
func (s *scene) after(t testing.TB, state booking.State) booking.Booking {
	t.Helper()
	b := s.add(t, s.request())
	s.now = b.Time.Start.Add(time.Minute)
	b.State = state
	if state == booking.Cancelled {
		b.Cancelled = &booking.Cancellation{At: s.now, Reason: booking.ByClinic}
	}
	return b
}

func TestStates(t *testing.T) {
	for _, from := range states {
		for i, to := range states {
			s := newScene()
			b := s.after(t, from)
			want := legal[from][2*i] == 'x'
			if from.CanBecome(to) != want {
				t.Errorf("%s can become %s: %v", from, to, !want)
			}
			var c booking.Changes
			var err error
			switch to {
			case booking.Cancelled:
				c, err = s.DecideCancel(s.of(b), 1, booking.ByClinic, s.by)
			case booking.Proposed:
				if _, err := s.DecideStep(s.of(b), 1, to, s.by); err == nil {
					t.Errorf("%s went back to a proposal", from)
				}
				continue
			default:
				c, err = s.DecideStep(s.of(b), 1, to, s.by)
			}
			if !want {
				wantRules(t, err, booking.WrongState)
				if len(c.Records) > 0 {
					t.Errorf("%s to %s is refused, and yet there is something to save", from, to)
				}
				continue
			}
			if err != nil || c.Booking.State != to || c.Booking.Version != 2 || c.Booking.ID != b.ID || c.Booking.UID() != b.UID() {
				t.Errorf("%s to %s: %+v, %v", from, to, c.Booking, err)
			}
			if told := to == booking.Cancelled || to == booking.EnteredInError && from != booking.Cancelled; (c.Booking.Sequence == 2) != told {
				t.Errorf("%s to %s has sequence %d", from, to, c.Booking.Sequence)
			}
		}
	}
}

func TestStepInvalid(t *testing.T) {
	s := newScene()
	b := s.after(t, booking.Booked)
	for _, next := range []booking.State{booking.Cancelled, booking.Proposed, "", "gone"} {
		_, err := s.DecideStep(s.of(b), 1, next, s.by)
		wantInvalid(t, err, "State field.invalid")
	}
	for _, why := range []booking.Reason{"", "weather"} {
		_, err := s.DecideCancel(s.of(b), 1, why, s.by)
		wantInvalid(t, err, "Reason field.invalid")
	}
}

// What a state means to calendar and desk.
func TestStateMeans(t *testing.T) {
	for _, c := range []struct {
		state           booking.State
		active, planned bool
		stage           series.Stage
	}{
		{booking.Proposed, true, true, series.Held},
		{booking.Booked, true, true, series.Booked},
		{booking.Arrived, true, false, series.Booked},
		{booking.Completed, true, false, series.Delivered},
		{booking.NoShow, true, false, series.NoShow},
		{booking.Cancelled, false, false, series.Void},
		{booking.EnteredInError, false, false, series.Void},
	} {
		s := newScene()
		b := s.after(t, c.state)
		if c.state.IsActive() != c.active || c.state.IsPlanned() != c.planned || b.Session().Stage != c.stage {
			t.Errorf("%s: active %v, planned %v, stage %d", c.state, c.state.IsActive(), c.state.IsPlanned(), b.Session().Stage)
		}
	}
	late := booking.Booking{State: booking.Cancelled, Cancelled: &booking.Cancellation{Late: true}}
	if late.Session().Stage != series.LateOff {
		t.Error("a late cancellation is none to the series")
	}
	ours, theirs := booking.Charge{Billing: timebok.BillClient, Issued: true}, booking.Charge{Billing: newScene().insured(), Issued: true}
	for _, c := range []struct {
		charges []booking.Charge
		want    series.Stage
	}{
		{nil, series.Delivered},
		{[]booking.Charge{{Billing: theirs.Billing}, ours}, series.Delivered}, // the payer's part is not invoiced yet
		{[]booking.Charge{theirs, {Billing: timebok.BillClient}}, series.Invoiced},
	} {
		b := booking.Booking{State: booking.Completed, Charges: c.charges, Billing: theirs.Billing}
		if got := b.Session().Stage; got != c.want {
			t.Errorf("%+v: stage %d, want %d", c.charges, got, c.want)
		}
	}
}

// No session is delivered or missed before it begins. A client may come early.
func TestTooEarly(t *testing.T) {
	for _, next := range []booking.State{booking.Arrived, booking.Completed, booking.NoShow} {
		s := newScene()
		b := s.add(t, s.request())
		s.now = b.Time.Start.Add(-time.Microsecond)
		_, err := s.DecideStep(s.of(b), 1, next, s.by)
		if next == booking.Arrived {
			wantRules(t, err)
		} else {
			wantRules(t, err, booking.TooEarly)
		}
		s.now = b.Time.Start
		_, err = s.DecideStep(s.of(b), 1, next, s.by)
		wantRules(t, err)
	}
	s := newScene()
	b := s.add(t, s.request())
	b.State = booking.Cancelled
	_, err := s.DecideStep(s.of(b), 1, booking.NoShow, s.by)
	wantRules(t, err, booking.WrongState, booking.TooEarly)
}

// A no-show that turns out to have been delivered must still fit in the cap: its
// session may have gone to another.
func TestNoShowDeliveredAfterAll(t *testing.T) {
	for _, c := range []struct {
		name string
		with func(s *scene, b *booking.Booking)
		want []*timebok.Rule
	}{
		{"the cap is full", func(*scene, *booking.Booking) {}, []*timebok.Rule{series.Exhausted}},
		{"there is room", func(s *scene, _ *booking.Booking) { s.Case.Approvals[0].Terms.Caps[0].Sessions = 2 }, nil},
		{"the no-show counted all along", func(s *scene, _ *booking.Booking) { s.Case.Policy.NoShowCounts = true }, nil},
		{"the case is closed, and has room", func(s *scene, _ *booking.Booking) {
			s.Case.Approvals[0].Terms.Caps[0].Sessions, s.Case.ClosedAt = 2, s.now
		}, nil},
		{"it was booked beyond the cap", func(_ *scene, b *booking.Booking) {
			b.Overrides = []booking.Override{{Codes: []string{series.Exhausted.Code()}}}
		}, nil},
		{"it is in no series", func(_ *scene, b *booking.Booking) { b.Series = series.ID{} }, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := newScene()
			s.Case.Approvals[0].Terms.Caps = []series.Cap{series.Sessions(1)}
			b := s.after(t, booking.NoShow)
			s.have[0] = b
			next := s.request()
			next.Start = ten.AddDate(0, 0, 1)
			s.add(t, next)
			c.with(s, &b)
			_, err := s.DecideStep(s.of(b), 1, booking.Completed, s.by)
			wantRules(t, err, c.want...)
		})
	}
}

// What a session that took place costs whom; the parts always sum to its price.
func TestCharges(t *testing.T) {
	s := newScene()
	insured, ore := s.insured(), timebok.Ore
	external := timebok.Billing{To: insured.To, By: timebok.External}
	unbilled := timebok.Billing{To: insured.To, By: timebok.Unbilled}
	for _, c := range []struct {
		name    string
		share   series.Share
		billing *timebok.Billing // nil: the case's
		loose   bool             // in no series
		want    []booking.Charge
	}{
		{"the payer pays all", series.Share{}, nil, false, []booking.Charge{{Billing: insured, Amount: ore(132_050)}}},
		{"a fixed share", series.Share{Fixed: ore(30_001)}, nil, false, []booking.Charge{{Billing: insured, Amount: ore(102_049)}, {Billing: timebok.BillClient, Amount: ore(30_001)}}},
		{"a share in per cent", series.Share{Percent: 3333}, nil, false, []booking.Charge{{Billing: insured, Amount: ore(88_038)}, {Billing: timebok.BillClient, Amount: ore(44_012)}}},
		{"a share of everything", series.Share{Percent: 10_000}, nil, false, []booking.Charge{{Billing: timebok.BillClient, Amount: ore(132_050)}}},
		{"a share above the price", series.Share{Fixed: ore(999_999)}, nil, false, []booking.Charge{{Billing: timebok.BillClient, Amount: ore(132_050)}}},
		{"the client pays all", series.Share{Percent: 2000}, &timebok.BillClient, false, []booking.Charge{{Billing: timebok.BillClient, Amount: ore(145_000)}}},
		{"billed elsewhere", series.Share{}, &external, false, []booking.Charge{{Billing: external, Amount: ore(132_050)}}},
		{"not billed", series.Share{Percent: 2000}, &unbilled, false, nil},
		{"in no series", series.Share{}, nil, true, []booking.Charge{{Billing: timebok.BillClient, Amount: ore(145_000)}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := newScene()
			s.Case.Approvals[0].Terms.Share = c.share
			r := s.request()
			if r.Billing, r.BillingWhy = c.billing, "x"; c.loose {
				r.Series = series.ID{}
			}
			b := s.add(t, r)
			s.now = b.Time.End
			done, err := s.DecideStep(s.of(b), 1, booking.Completed, s.by)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(c.want, done.Booking.Charges); diff != "" {
				t.Errorf("charges (-want +got):\n%s", diff)
			}
			if planned, delivered := s.Case.Use([]series.Session{b.Session()}), s.Case.Use([]series.Session{done.Booking.Session()}); !c.loose && planned.Lines[0].Amount != delivered.Lines[0].Amount {
				t.Errorf("planned it took %v, delivered %v", planned.Lines[0].Amount, delivered.Lines[0].Amount)
			}
			void, err := s.DecideStep(s.of(done.Booking), 2, booking.EnteredInError, s.by)
			if err != nil || len(void.Booking.Charges) > 0 {
				t.Errorf("entered in error it still charges %v, %v", void.Booking.Charges, err)
			}
		})
	}
	free := newScene()
	free.Talk.Price, free.agreements = timebok.Money{}, nil
	b := free.after(t, booking.Booked)
	done, err := free.DecideStep(free.of(b), 1, booking.Completed, free.by)
	if diff := cmp.Diff([]booking.Charge{{Billing: insured}}, done.Booking.Charges); err != nil || diff != "" {
		t.Errorf("a free session: %v\n%s", err, diff)
	}
}

// What stands on a draft or invoice stays as it is until that is taken back.
func TestLocked(t *testing.T) {
	s := newScene()
	b := s.after(t, booking.Completed)
	b.Charges = []booking.Charge{{Billing: s.insured(), Amount: b.Price}, {Billing: timebok.BillClient}}
	if b.Locked() {
		t.Error("locked without an invoice")
	}
	b.Charges[1].Invoice = timebok.NewInvoiceID(timebok.Source{})
	if !b.Locked() {
		t.Fatal("not locked by a draft of the client's part")
	}
	_, err := s.DecideStep(s.of(b), 1, booking.EnteredInError, s.by)
	wantRules(t, err, booking.BillingLocked)
	_, err = s.DecideAttach(s.of(b), booking.AttachRequest{Version: 1, Series: s.Case.ID}, s.by)
	wantRules(t, err, booking.BillingLocked)
	_, err = s.move(b, booking.MoveRequest{Start: ten})
	wantRules(t, err, booking.WrongState)
}
