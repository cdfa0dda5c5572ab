package booking_test

import (
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/rickb777/date"
	"pgregory.net/rapid"

	"github.com/timebok/timebok"
	"github.com/timebok/timebok/booking"
	"github.com/timebok/timebok/series"
	"github.com/timebok/timebok/storage/storagetest"
)

// A scene is the made-up clinic with a desk and a clock, and no store: it builds
// the Views of pure decisions. Staff work from 08:00 to 16:00, Monday to Friday.
type scene struct {
	*storagetest.Clinic
	*booking.Desk
	now        time.Time
	by         timebok.Actor
	absences   []booking.Absence
	agreements []timebok.PriceAgreement
	have       []booking.Booking // the bookings there are
}

func newScene() *scene {
	s := &scene{Clinic: storagetest.NewClinic("A"), now: storagetest.Monday}
	s.Desk = &booking.Desk{Source: timebok.Source{Now: func() time.Time { return s.now }}}
	s.by = s.Actor()
	s.agreements = []timebok.PriceAgreement{s.Agreed}
	return s
}

// ten is the Monday of the scene, 10:00 in Oslo.
var ten = storagetest.Monday.Add(3 * time.Hour)

// request asks for a talk of Ola with Anne on Monday at ten, in his case.
func (s *scene) request() booking.Request {
	return booking.Request{Client: s.Ola.ID, With: s.Anne.ID, Service: s.Talk.ID, Series: s.Case.ID, Start: ten}
}

// load reads what is needed, as a backend does.
func (s *scene) load(n booking.Needs) booking.View {
	v := booking.View{
		Clinic: s.Clinic.Clinic, Agreements: s.agreements,
		Client:       one(n.Client, s.Ola, s.Åse),
		Practitioner: one(n.Practitioner, s.Anne, s.Kari, s.Left),
		Service:      one(n.Service, s.Talk, s.Physio, s.Massage, s.Obsolete),
		Series:       one(n.Series, s.Case, s.Paid),
		Booking:      one(n.Booking, s.have...),
		Calendar: booking.Calendar{
			Practitioner: n.Practitioner, Zone: s.Zone, Absences: s.absences,
			Schedule: &booking.Schedule{Practitioner: n.Practitioner, Version: 1, Week: week(mondayToFriday, "08:00-16:00")},
		},
	}
	for _, b := range s.have {
		if b.Series == n.Series && !n.Series.IsZero() {
			v.InSeries = append(v.InSeries, b.Counted())
		}
		if b.Practitioner == n.Practitioner && b.State.IsActive() && b.Occupied().Overlaps(n.Calendar(v.Service)) {
			v.Calendar.Busy = append(v.Calendar.Busy, booking.Busy{Booking: b.ID, Time: b.Occupied()})
		}
	}
	return v
}

// one returns the record with an ID, or nil.
func one[T timebok.Record](id timebok.ID[T], of ...T) *T {
	for _, r := range of {
		if r.Ref().ID == id.UUID() && !id.IsZero() {
			return &r
		}
	}
	return nil
}

func (s *scene) book(r booking.Request) (booking.Changes, error) {
	return s.DecideBook(s.load(r.Needs()), r, s.by)
}

// add books and keeps the booking.
func (s *scene) add(t testing.TB, r booking.Request) booking.Booking {
	t.Helper()
	c, err := s.book(r)
	if err != nil {
		t.Fatal(err)
	}
	s.have = append(s.have, c.Booking)
	return c.Booking
}

// of is the View of a booking that exists, here as b.
func (s *scene) of(b booking.Booking) booking.View {
	v := s.load(booking.Needs{
		Practitioner: b.Practitioner, Client: b.Client, Service: b.Service, Series: b.Series,
		Within: b.Time.Widen(timebok.MaxBuffer, timebok.MaxBuffer),
	})
	v.Booking = &b
	return v
}

func (s *scene) move(b booking.Booking, m booking.MoveRequest) (booking.Changes, error) {
	m.Booking, m.Version = b.ID, b.Version
	v := s.load(m.Needs(b))
	v.Booking = &b
	return s.DecideMove(v, m, s.by)
}

// insured is the billing of the scene's case.
func (s *scene) insured() timebok.Billing { return s.Case.Terms().Billing }

// wantRules fails unless err is a Refusal by the rules, in that order, with a
// text of each in three languages.
func wantRules(t testing.TB, err error, want ...*timebok.Rule) {
	t.Helper()
	if len(want) == 0 {
		if err != nil {
			t.Errorf("refused: %v", err)
		}
		return
	}
	var refusal *timebok.Refusal
	if !errors.As(err, &refusal) || !errors.Is(err, timebok.ErrRefused) {
		t.Errorf("got error %v, want a Refusal", err)
		return
	}
	var wanted []string
	for _, r := range want {
		wanted = append(wanted, r.Code())
	}
	if diff := cmp.Diff(wanted, refusal.Reasons.Codes()); diff != "" {
		t.Errorf("rules (-want +got):\n%s", diff)
	}
	checkTexts(t, refusal.Reasons)
}

// checkTexts fails unless every reason says something in each language, with all
// its parameters filled in.
func checkTexts(t testing.TB, reasons timebok.Reasons) {
	t.Helper()
	for _, r := range reasons {
		for _, l := range []timebok.Lang{timebok.Bokmaal, timebok.Nynorsk, timebok.English} {
			if text := r.Text(l); text == "" || strings.ContainsAny(text, "{}%") {
				t.Errorf("%s says %q in %q", r.Code(), text, l)
			}
		}
	}
}

// wantInvalid fails unless err is an InvalidError with those "field code".
func wantInvalid(t testing.TB, err error, want ...string) {
	t.Helper()
	var invalid *timebok.InvalidError
	if !errors.As(err, &invalid) || !errors.Is(err, timebok.ErrInvalid) {
		t.Errorf("got error %v, want an InvalidError with %v", err, want)
		return
	}
	var got []string
	for _, r := range invalid.Reasons {
		got = append(got, r.Field+" "+r.Code())
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("reasons (-want +got):\n%s", diff)
	}
	checkTexts(t, invalid.Reasons)
}

func TestBook(t *testing.T) {
	s := newScene()
	r := s.request()
	r.ID = bookingID(1)
	c, err := s.book(r)
	if err != nil {
		t.Fatal(err)
	}
	want := booking.Booking{
		ID: bookingID(1), Version: 1, Sequence: 1, Client: s.Ola.ID, Practitioner: s.Anne.ID, Service: s.Talk.ID, Series: s.Case.ID,
		Time: timebok.Lasting(ten, 45*time.Minute), Zone: timebok.OsloZone, Treatment: "PSY45", Price: timebok.Ore(132_050),
		Billing: s.insured(), Origin: timebok.Manual, State: booking.Booked,
	}
	if diff := cmp.Diff(want, c.Booking); diff != "" {
		t.Errorf("booking (-want +got):\n%s", diff)
	}
	if len(c.Records) != 2 || len(c.Notices) != 0 {
		t.Errorf("%d records, notices %v; want the booking, its audit entry, and nothing to notice", len(c.Records), c.Notices.Codes())
	}
	r.ID, r.Service, r.Tentative, r.Duration = booking.ID{}, s.Physio.ID, true, time.Hour
	c, err = s.book(r)
	if b := c.Booking; err != nil || b.ID.IsZero() || b.State != booking.Proposed || b.Time.Duration() != time.Hour ||
		b.Occupied() != b.Time.Widen(5*time.Minute, 10*time.Minute) {
		t.Errorf("a tentative hour: %+v, %v", b, err)
	}
}

// Whatever speaks against a booking is told, each alone and all together.
func TestBookRefused(t *testing.T) {
	fill := func(n int) func(t *testing.T, s *scene, r *booking.Request) { // Ola's case has n sessions, with Kari
		return func(t *testing.T, s *scene, r *booking.Request) {
			for i := range n {
				q := s.request()
				q.With, q.Start = s.Kari.ID, ten.AddDate(0, 0, i/4*7+i%4+1) // Tuesdays to Fridays
				s.add(t, q)
			}
		}
	}
	taken := func(start time.Duration) func(*testing.T, *scene, *booking.Request) {
		return func(t *testing.T, s *scene, r *booking.Request) {
			s.add(t, booking.Request{Client: s.Åse.ID, With: s.Anne.ID, Service: s.Talk.ID, Start: ten.Add(start)})
		}
	}
	for _, c := range []struct {
		name string
		with func(t *testing.T, s *scene, r *booking.Request)
		want []*timebok.Rule
	}{
		{"nothing", func(*testing.T, *scene, *booking.Request) {}, nil},
		{"the practitioner is taken", taken(30 * time.Minute), []*timebok.Rule{booking.SlotTaken}},
		{"the session before ends as it begins", taken(-45 * time.Minute), nil},
		{"the next one begins as it ends", taken(45 * time.Minute), nil},
		{"its buffer meets the session before", func(t *testing.T, s *scene, r *booking.Request) {
			taken(-45*time.Minute)(t, s, r)
			r.Service = s.Physio.ID
		}, []*timebok.Rule{booking.SlotTaken}},
		{"a proposal holds its time", func(t *testing.T, s *scene, r *booking.Request) {
			held := s.request()
			held.Tentative = true
			s.add(t, held)
		}, []*timebok.Rule{booking.SlotTaken}},
		{"before working hours", func(_ *testing.T, _ *scene, r *booking.Request) { r.Start = ten.Add(-150 * time.Minute) }, []*timebok.Rule{booking.OutsideHours}},
		{"on a Sunday", func(_ *testing.T, _ *scene, r *booking.Request) { r.Start = ten.AddDate(0, 0, -1) }, []*timebok.Rule{booking.OutsideHours}},
		{"on 1 May", func(_ *testing.T, _ *scene, r *booking.Request) { r.Start = instant("2026-05-01T10:00+02:00") }, []*timebok.Rule{booking.Holiday}},
		{"on holiday of the practitioner", func(_ *testing.T, s *scene, r *booking.Request) {
			s.absences = []booking.Absence{{Time: timebok.Lasting(ten, time.Minute)}}
		}, []*timebok.Rule{booking.Absent}},
		{"a service of old", func(_ *testing.T, s *scene, r *booking.Request) { r.Service = s.Obsolete.ID }, []*timebok.Rule{booking.NotOffered}},
		{"a practitioner who left", func(_ *testing.T, s *scene, r *booking.Request) { r.With = s.Left.ID }, []*timebok.Rule{booking.HasLeft}},
		{"somebody else's series", func(_ *testing.T, s *scene, r *booking.Request) { r.Client = s.Åse.ID }, []*timebok.Rule{booking.OtherClient}},
		{"a service that the network doesn't know", func(_ *testing.T, s *scene, r *booking.Request) { r.Service = s.Massage.ID }, []*timebok.Rule{booking.NoTreatmentCode}},
		{"the last session of the cap", fill(9), nil},
		{"a session beyond the cap", fill(10), []*timebok.Rule{series.Exhausted}},
		{"the last day", func(_ *testing.T, _ *scene, r *booking.Request) { r.Start = instant("2026-12-31T15:15+01:00") }, nil},
		{"the day after", func(_ *testing.T, _ *scene, r *booking.Request) { r.Start = instant("2027-01-04T10:00+01:00") }, []*timebok.Rule{series.Expired}},
		{"before the case", func(_ *testing.T, _ *scene, r *booking.Request) { r.Start = instant("2025-12-30T10:00+01:00") }, []*timebok.Rule{series.NotYetValid}},
		{"a closed case", func(_ *testing.T, s *scene, r *booking.Request) { s.Case.ClosedAt = s.now }, []*timebok.Rule{series.Closed}},
		{"invited without an address", func(_ *testing.T, s *scene, r *booking.Request) {
			r.Client, r.Series, r.Invite = s.Åse.ID, series.ID{}, true
		}, []*timebok.Rule{booking.CantInvite}},
		{"invited to what has begun", func(_ *testing.T, s *scene, r *booking.Request) { r.Invite, s.now = true, ten }, []*timebok.Rule{booking.AlreadyBegun}},
		{"everything at once", func(t *testing.T, s *scene, r *booking.Request) {
			fill(10)(t, s, r)
			may := instant("2027-05-17T10:00+02:00")
			s.now = may
			s.have = append(s.have, booking.Booking{ID: bookingID(7), Practitioner: s.Left.ID, State: booking.Booked, Time: timebok.Lasting(may, time.Hour)})
			s.absences = []booking.Absence{{Time: timebok.Lasting(may, time.Hour)}}
			s.Case.ClosedAt, s.Massage.Inactive = s.now, true
			*r = booking.Request{Client: s.Åse.ID, With: s.Left.ID, Service: s.Massage.ID, Series: s.Case.ID, Start: may.Add(-15 * time.Minute), Invite: true}
		}, []*timebok.Rule{
			booking.NotOffered, booking.HasLeft, booking.SlotTaken, booking.Holiday, booking.Absent, booking.OtherClient,
			booking.NoTreatmentCode, series.Closed, series.Expired, series.Exhausted, booking.CantInvite, booking.AlreadyBegun,
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := newScene()
			r := s.request()
			c.with(t, s, &r)
			got, err := s.book(r)
			wantRules(t, err, c.want...)
			if err != nil && (len(got.Records) > 0 || !got.Booking.ID.IsZero()) {
				t.Error("refused, and yet there is something to save")
			}
			verdict, err := s.DecideCheck(s.load(r.Needs()), r, s.by)
			if err != nil {
				t.Fatal(err)
			}
			wantRules(t, verdict.Refusals.Refused(), c.want...)
		})
	}
}

func TestBookInvalid(t *testing.T) {
	s := newScene()
	none := timebok.Billing{By: "pigeon"}
	_, err := s.book(booking.Request{
		Duration: 90 * time.Second, Origin: "elsewhere", Billing: &none, Override: booking.Waiver{Codes: []string{"slot.taken"}},
	})
	wantInvalid(t, err,
		"Client field.missing", "With field.missing", "Service field.missing", "Start field.missing", "Duration field.invalid",
		"Origin field.invalid", "Billing.By field.invalid", "BillingWhy field.missing", "Override.Why override.why")

	stranger := booking.Request{
		Client: timebok.DeriveID[timebok.Client]("x"), With: timebok.DeriveID[timebok.Practitioner]("x"),
		Service: timebok.DeriveID[timebok.Service]("x"), Series: timebok.DeriveID[series.Series]("x"), Start: ten,
	}
	_, err = s.book(stranger)
	wantInvalid(t, err, "Client ref.unknown", "With ref.unknown", "Service ref.unknown", "Series ref.unknown")
	verdict, err := s.DecideCheck(s.load(stranger.Needs()), stranger, s.by)
	if err != nil || len(verdict.Refusals) != 4 {
		t.Errorf("Check says %v, %v", verdict.Refusals.Codes(), err)
	}
	for _, length := range []time.Duration{-time.Minute, 24*time.Hour + time.Minute} {
		r := s.request()
		r.Duration = length
		_, err = s.book(r)
		wantInvalid(t, err, "Duration field.invalid")
	}
}

// What the host has stored and is wrong in itself makes no booking.
func TestBookOnUnsoundRecords(t *testing.T) {
	s := newScene()
	s.Talk.Duration, s.Talk.Price = 0, timebok.Kroner(-5)
	s.agreements[0].Price = timebok.Kroner(-1)
	s.Case.Approvals[0].Terms.Billing.By = "pigeon"
	want := []string{
		"Service.Duration field.invalid", "Service.Price money.invalid",
		"Series.Terms.Billing.By field.invalid", "Agreements[0].Price money.invalid",
	}
	_, err := s.book(s.request())
	wantInvalid(t, err, want...)
	verdict, err := s.DecideCheck(s.load(s.request().Needs()), s.request(), s.by)
	if err != nil {
		t.Fatal(err)
	}
	wantInvalid(t, verdict.Refusals.Invalid(), want...)
}

// A form that is half filled in is told what is missing and what speaks against the
// rest; one that can't be judged yet, what is missing alone.
func TestCheckOfAHalfFilledForm(t *testing.T) {
	s := newScene()
	s.Case.Approvals[0].Terms.Caps = []series.Cap{series.Sessions(0)}
	s.add(t, booking.Request{Client: s.Ola.ID, With: s.Anne.ID, Service: s.Talk.ID, Start: ten})
	whole := s.request()
	whole.Invite = true
	s.Ola.Email = timebok.EmailAddress{}
	for name, c := range map[string]struct {
		change func(r *booking.Request)
		want   []string
	}{
		"whole":      {func(*booking.Request) {}, []string{"Start slot.taken", "Series cap.exhausted", "Client invite.contact"}},
		"no client":  {func(r *booking.Request) { r.Client = timebok.ClientID{} }, []string{"Client field.missing", "Start slot.taken", "Series cap.exhausted"}},
		"no why":     {func(r *booking.Request) { r.Override.Codes = []string{"slot.taken"} }, []string{"Override.Why override.why", "Series cap.exhausted", "Client invite.contact"}},
		"no series":  {func(r *booking.Request) { r.Series = series.ID{} }, []string{"Start slot.taken", "Client invite.contact"}},
		"no service": {func(r *booking.Request) { r.Service = timebok.ServiceID{} }, []string{"Service field.missing"}},
		"no start":   {func(r *booking.Request) { r.Start = time.Time{} }, []string{"Start field.missing"}},
		"a strange length": {
			func(r *booking.Request) { r.Duration, r.Client = time.Second, timebok.ClientID{} },
			[]string{"Client field.missing", "Duration field.invalid"},
		},
		"an unknown client": {
			func(r *booking.Request) { r.Client = timebok.DeriveID[timebok.Client]("x") },
			[]string{"Client ref.unknown", "Start slot.taken", "Series cap.exhausted", "Series series.client"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			r := whole
			c.change(&r)
			verdict, err := s.DecideCheck(s.load(r.Needs()), r, s.by)
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, no := range verdict.Refusals {
				got = append(got, no.Field+" "+no.Code())
			}
			slices.Sort(got)
			slices.Sort(c.want)
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("reasons (-want +got):\n%s", diff)
			}
		})
	}
	stranger := s.by
	stranger.Clinic = timebok.DeriveID[timebok.Clinic]("other")
	verdict, err := s.DecideCheck(s.load(whole.Needs()), whole, stranger)
	if err != nil || !slices.Equal(verdict.Refusals.Codes(), []string{"actor.elsewhere"}) {
		t.Errorf("a stranger is told %v, %v", verdict.Refusals.Codes(), err)
	}
}

// An actor of one clinic does nothing in another, by whatever door.
func TestActorElsewhere(t *testing.T) {
	s := newScene()
	b := s.add(t, s.request())
	for name, by := range map[string]timebok.Actor{
		"another clinic": {User: "u", Role: timebok.Administrator, Clinic: storagetest.NewClinic("B").Clinic.ID},
		"nobody":         {},
	} {
		_, book := s.DecideBook(s.load(s.request().Needs()), s.request(), by)
		_, move := s.DecideMove(s.of(b), booking.MoveRequest{Version: 1, Start: ten}, by)
		_, cancel := s.DecideCancel(s.of(b), 1, booking.ByClient, by)
		_, cancelled := s.DecideCancelled(s.load(s.request().Needs()), s.request(), booking.ByNetwork, by)
		_, step := s.DecideStep(s.of(b), 1, booking.Arrived, by)
		_, attach := s.DecideAttach(s.of(b), booking.AttachRequest{Version: 1, Series: s.Case.ID}, by)
		_, invite := s.DecideInvite(s.of(b), 1, by)
		for door, err := range map[string]error{
			"Book": book, "Move": move, "Cancel": cancel, "Cancelled": cancelled, "Step": step, "Attach": attach, "Invite": invite,
		} {
			if name == "nobody" {
				wantInvalid(t, err, "Actor.User field.missing", "Actor.Role field.invalid")
			} else if !errors.Is(err, timebok.ActorElsewhere) {
				t.Errorf("%s of %s: %v", door, name, err)
			}
		}
		verdict, err := s.DecideCheck(s.load(s.request().Needs()), s.request(), by)
		if err != nil || len(verdict.Refusals) == 0 || verdict.Billing != (timebok.Billing{}) {
			t.Errorf("Check for %s: %+v, %v", name, verdict, err)
		}
	}
}

// Who gets the bill, how, and what it costs.
func TestBilling(t *testing.T) {
	s := newScene()
	employer := timebok.Billing{To: timebok.Recipient{Payer: s.Employer.ID}, By: timebok.ByEmail}
	insured, list, agreed := s.insured(), s.Talk.Price, s.Agreed.Price
	for _, c := range []struct {
		name  string
		with  func(s *scene, r *booking.Request)
		want  timebok.Billing
		price timebok.Money
		why   string
	}{
		{"in no series, the client", func(_ *scene, r *booking.Request) { r.Series = series.ID{} }, timebok.BillClient, list, ""},
		{"in a series of his own, the client", func(s *scene, r *booking.Request) { r.Series = s.Paid.ID }, timebok.BillClient, list, ""},
		{"by the case, at the agreed price", func(*scene, *booking.Request) {}, insured, agreed, ""},
		{"the agreement is with the clinic's firm, not Kari's", func(s *scene, r *booking.Request) { r.With = s.Kari.ID }, insured, list, ""},
		{"the series names the firm", func(s *scene, r *booking.Request) { r.With, s.Case.Party = s.Kari.ID, s.Company.ID }, insured, agreed, ""},
		{"the agreement begins tomorrow", func(s *scene, r *booking.Request) { s.agreements[0].From = day("2026-03-03") }, insured, list, ""},
		{"the agreement ends today", func(s *scene, r *booking.Request) { s.agreements[0].To = new(day("2026-03-02")) }, insured, agreed, ""},
		{"the agreement ended yesterday", func(s *scene, r *booking.Request) { s.agreements[0].To = new(day("2026-03-01")) }, insured, list, ""},
		{"the later agreement", func(s *scene, r *booking.Request) {
			later := s.Agreed
			later.From, later.Price = day("2026-02-01"), timebok.Kroner(1400)
			s.agreements = []timebok.PriceAgreement{later, s.Agreed}
		}, insured, timebok.Kroner(1400), ""},
		{"a day by the clock on the wall", func(s *scene, r *booking.Request) {
			// 1 March 23:30 UTC is 2 March in Oslo.
			r.Start, r.Override = instant("2026-03-01T23:30Z"), booking.Waive("night", booking.OutsideHours)
			s.agreements[0].From = day("2026-03-02")
		}, insured, agreed, ""},
		{"the same as the series is nothing of its own", func(_ *scene, r *booking.Request) { r.Billing, r.BillingWhy = &insured, "x" }, insured, agreed, ""},
		{"another payer, at the list price", func(_ *scene, r *booking.Request) { r.Billing, r.BillingWhy = &employer, "agreed" }, employer, list, "agreed"},
		{"another payer, at his own price", func(s *scene, r *booking.Request) {
			r.Billing, r.BillingWhy = &employer, "agreed"
			theirs := s.Agreed
			theirs.Payer, theirs.Price = s.Employer.ID, timebok.Kroner(1300)
			s.agreements = append(s.agreements, theirs)
		}, employer, timebok.Kroner(1300), "agreed"},
		{"the client after all", func(_ *scene, r *booking.Request) { r.Billing, r.BillingWhy = &timebok.BillClient, "wish" }, timebok.BillClient, list, "wish"},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := newScene()
			r := s.request()
			c.with(s, &r)
			got, err := s.book(r)
			if err != nil {
				t.Fatal(err)
			}
			b := got.Booking
			if b.Billing != c.want || b.Price != c.price || b.BillingWhy != c.why {
				t.Errorf("bills %+v %v, because %q; want %+v %v, %q", b.Billing, b.Price, b.BillingWhy, c.want, c.price, c.why)
			}
			verdict, err := s.DecideCheck(s.load(r.Needs()), r, s.by)
			if err != nil || verdict.Billing != c.want {
				t.Errorf("Check would bill %+v, %v", verdict.Billing, err)
			}
			if got := got.Notices.Has(booking.BillingDiffers); got != (c.why != "") {
				t.Errorf("noticed that the billing differs: %v", got)
			}
		})
	}
}

func TestNotices(t *testing.T) {
	s := newScene()
	s.CaseMaxAge = 24 * time.Hour
	s.Case.Approvals[0].Terms.Caps = []series.Cap{series.Sessions(2)}
	s.now = storagetest.Monday.Add(24 * time.Hour) // as old as allowed
	r := s.request()
	r.Start = ten.AddDate(0, 0, 2)
	if c, err := s.book(r); err != nil || len(c.Notices) > 0 {
		t.Errorf("the first of two: %v, %v", c.Notices.Codes(), err)
	}
	s.add(t, r)
	s.now = s.now.Add(time.Microsecond)
	r.Start = ten.AddDate(0, 0, 3)
	c, err := s.book(r)
	if diff := cmp.Diff([]string{"case.stale", "cap.last"}, c.Notices.Codes()); err != nil || diff != "" {
		t.Errorf("the last of two, of a stale case: %v\n%s", err, diff)
	}
	checkTexts(t, c.Notices)
	s.add(t, r)
	r.Start, r.Override = ten.AddDate(0, 0, 4), booking.Waive("promised", series.Exhausted)
	c, err = s.book(r)
	if diff := cmp.Diff([]string{"case.stale", "billing.differs"}, c.Notices.Codes()); err != nil || diff != "" {
		t.Errorf("one beyond the cap: %v\n%s", err, diff)
	}
}

// The same command twice has one effect; another command with its ID has none.
func TestBookIsIdempotent(t *testing.T) {
	s := newScene()
	r := s.request()
	r.ID = bookingID(1)
	r.External = booking.External{Network: "n", ID: "1"}
	b := s.add(t, r)
	insured := s.insured()
	same := func(s *scene, r booking.Request, after string) {
		t.Helper()
		c, err := s.book(r)
		if err != nil || len(c.Records) > 0 || cmp.Diff(s.have[0], c.Booking) != "" {
			t.Errorf("again, %s: %d records, %+v, %v", after, len(c.Records), c.Booking, err)
		}
		verdict, err := s.DecideCheck(s.load(r.Needs()), r, s.by)
		if err != nil || len(verdict.Refusals) > 0 {
			t.Errorf("checked again, %s: %v, %v", after, verdict.Refusals.Codes(), err)
		}
	}
	same(s, r, "at once")
	for name, change := range map[string]func(r *booking.Request){
		"client":       func(r *booking.Request) { r.Client = s.Åse.ID },
		"practitioner": func(r *booking.Request) { r.With = s.Kari.ID },
		"service":      func(r *booking.Request) { r.Service = s.Physio.ID },
		"start":        func(r *booking.Request) { r.Start = ten.Add(time.Minute) },
		"length":       func(r *booking.Request) { r.Duration = time.Hour },
		"series":       func(r *booking.Request) { r.Series = s.Paid.ID },
		"network's ID": func(r *booking.Request) { r.External.ID = "2" },
		"tentative":    func(r *booking.Request) { r.Tentative = true },
		"billing":      func(r *booking.Request) { r.Billing, r.BillingWhy = &timebok.BillClient, "x" },
	} {
		other := r
		change(&other)
		_, err := s.book(other)
		var exists *timebok.ExistsError
		if !errors.As(err, &exists) || exists.Ref != b.Ref() || !errors.Is(err, timebok.ErrExists) {
			t.Errorf("another %s with the same ID: %v", name, err)
		}
		if _, err := s.DecideCheck(s.load(other.Needs()), other, s.by); !errors.As(err, &exists) {
			t.Errorf("checking another %s with the same ID: %v", name, err)
		}
	}
	r.Billing, r.BillingWhy, r.Duration = &insured, "x", 45*time.Minute
	same(s, r, "said in other words")

	moved, err := s.move(b, booking.MoveRequest{Start: ten.Add(time.Hour), With: s.Kari.ID, Duration: time.Hour})
	if err != nil {
		t.Fatal(err)
	}
	s.have[0] = moved.Booking
	same(s, r, "after a move")
	attached, err := s.DecideAttach(s.load(booking.Needs{Booking: b.ID, Client: b.Client, Service: b.Service, Practitioner: b.Practitioner}),
		booking.AttachRequest{Version: 2}, s.by)
	if err != nil {
		t.Fatal(err)
	}
	s.have[0] = attached.Booking
	same(s, r, "after it left its series")
	cancelled, err := s.DecideCancel(s.of(s.have[0]), 3, booking.ByClient, s.by)
	if err != nil {
		t.Fatal(err)
	}
	s.have[0] = cancelled.Booking
	same(s, r, "after it was called off")
}

func TestOverride(t *testing.T) {
	all := booking.Waive("because of Ola Blåbær Prøvesen", booking.Overridable...)
	s := newScene()
	s.Case.Approvals[0].Terms.Caps = []series.Cap{series.Sessions(0)}
	s.Talk.Keys = nil
	s.absences = []booking.Absence{{Time: timebok.Lasting(instant("2027-05-17T08:00+02:00"), 12*time.Hour)}}
	s.have = []booking.Booking{{ID: bookingID(7), Practitioner: s.Anne.ID, State: booking.Arrived, Time: timebok.Lasting(instant("2027-05-17T15:30+02:00"), time.Hour)}}
	r := s.request()
	r.Start, r.Override = instant("2027-05-17T15:30+02:00"), all // over closing time, on a holiday
	want := []string{"slot.taken", "day.holiday", "hours.outside", "practitioner.absent", "treatment.missing", "case.expired", "cap.exhausted"}
	c, err := s.book(r)
	if err != nil {
		t.Fatal(err)
	}
	b := c.Booking
	if diff := cmp.Diff([]booking.Override{{At: s.now, By: s.by, Codes: want, Why: all.Why, Sequence: 1}}, b.Overrides); diff != "" {
		t.Errorf("recorded on the booking (-want +got):\n%s", diff)
	}
	if !b.Overlapping() {
		t.Error("the booking does not say that it may overlap")
	}
	entry := c.Records[1].(timebok.AuditEntry)
	if diff := cmp.Diff(want, entry.Codes); diff != "" {
		t.Errorf("recorded in the audit (-want +got):\n%s", diff)
	}
	if b.Billing != timebok.BillClient || b.BillingWhy != all.Why || b.Price != s.Talk.Price {
		t.Errorf("a session beyond the case bills %+v %v", b.Billing, b.Price)
	}
	if b.Session().Amount != (timebok.Money{}) {
		t.Errorf("what the client pays takes %v of the payer's amount", b.Session().Amount)
	}
	insured := s.insured()
	r.Billing, r.BillingWhy = &insured, "confirmed by telephone"
	if c, err = s.book(r); err != nil || c.Booking.Billing != insured {
		t.Errorf("the payer was chosen, and it bills %+v, %v", c.Booking.Billing, err)
	}
}

// What is not broken is not set aside, and changes nothing.
func TestOverrideOfNothing(t *testing.T) {
	s := newScene()
	r := s.request()
	r.Override = booking.Waive("to be safe", booking.Overridable...)
	r.Override.Codes = append(r.Override.Codes, "Ola Blåbær Prøvesen")
	c, err := s.book(r)
	if err != nil {
		t.Fatal(err)
	}
	entry := c.Records[1].(timebok.AuditEntry)
	if len(c.Booking.Overrides) > 0 || len(entry.Codes) > 0 || c.Booking.Billing != s.insured() {
		t.Errorf("overrides %v, audit %v, bills %+v", c.Booking.Overrides, entry.Codes, c.Booking.Billing)
	}
}

// No waiver opens a rule that nobody may set aside.
func TestOverrideOnlyWhatMayBe(t *testing.T) {
	s := newScene()
	s.Case.ClosedAt, s.Massage.Inactive, s.now = s.now, true, ten
	r := booking.Request{Client: s.Åse.ID, With: s.Left.ID, Service: s.Massage.ID, Series: s.Case.ID, Start: ten, Invite: true}
	fixed := []*timebok.Rule{booking.NotOffered, booking.HasLeft, booking.OtherClient, series.Closed, booking.CantInvite, booking.AlreadyBegun}
	r.Override = booking.Waive("please", append(slices.Clone(booking.Overridable), fixed...)...)
	_, err := s.book(r)
	wantRules(t, err, fixed...)
}

// The amount of a cap counts what the payer pays, before and after delivery.
func TestCapOfAnAmount(t *testing.T) {
	s := newScene()
	terms := &s.Case.Approvals[0].Terms
	terms.Caps = []series.Cap{{Unit: series.CapAmount, Amount: timebok.Ore(2 * 132_050)}}
	terms.Share = series.Share{Percent: 5000} // so the amount is enough for four
	for i := range 4 {
		r := s.request()
		r.Start = ten.AddDate(0, 0, i)
		b := s.add(t, r)
		if i%2 == 0 {
			s.now = r.Start
			c, err := s.DecideStep(s.of(b), 1, booking.Completed, s.by)
			if err != nil {
				t.Fatal(err)
			}
			s.have[i] = c.Booking
		}
	}
	r := s.request()
	r.Start = ten.AddDate(0, 0, 4)
	_, err := s.book(r)
	wantRules(t, err, series.Exhausted)
	r.Billing, r.BillingWhy = &timebok.BillClient, "pays himself"
	_, err = s.book(r)
	wantRules(t, err)
}

// Audit entries and messages are kept where an erasure does not reach.
func TestNothingPersonalInTheTrail(t *testing.T) {
	s := newScene()
	secrets := []string{"Blåbær", "ola@example.com", "109155", "fortrolig", "Forsikringssak", "6QPTR", "Anne"}
	r := s.request()
	r.Invite, r.Override = true, booking.Waive("fortrolig", booking.OutsideHours)
	r.Start = ten.Add(8 * time.Hour)
	c, err := s.book(r)
	if err != nil {
		t.Fatal(err)
	}
	records := c.Records
	for _, change := range []func(b booking.Booking) (booking.Changes, error){
		func(b booking.Booking) (booking.Changes, error) {
			return s.move(b, booking.MoveRequest{Start: ten.Add(7 * time.Hour), Override: r.Override})
		},
		func(b booking.Booking) (booking.Changes, error) {
			return s.DecideAttach(s.of(b), booking.AttachRequest{Version: b.Version, Series: s.Case.ID, Billing: &timebok.BillClient, BillingWhy: "fortrolig"}, s.by)
		},
		func(b booking.Booking) (booking.Changes, error) {
			return s.DecideCancel(s.of(b), b.Version, booking.ByClient, s.by)
		},
	} {
		if c, err = change(c.Booking); err != nil {
			t.Fatal(err)
		}
		records = append(records, c.Records...)
	}
	seen := 0
	for _, r := range records {
		if _, ok := r.(booking.Booking); ok {
			continue
		}
		seen++
		text, err := json.Marshal(r)
		if err != nil {
			t.Fatal(err)
		}
		for _, secret := range secrets {
			if strings.Contains(string(text), secret) {
				t.Errorf("%s holds %q: %s", r.Ref().Kind, secret, text)
			}
		}
	}
	if seen != 4+3 {
		t.Errorf("%d audit entries and messages, want 4 and 3", seen)
	}
}

// Check and Book say the same, and Book accepts what Check proposes.
func TestCheckSaysWhatBookSays(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := newScene()
		s.now = storagetest.Monday.Add(time.Duration(rapid.IntRange(-50, 50).Draw(t, "now")) * time.Hour)
		s.Case.Approvals[0].Terms.Caps = []series.Cap{series.Sessions(rapid.IntRange(1, 5).Draw(t, "cap"))}
		*s.Case.Approvals[0].Terms.ValidTo = day("2026-03-04").Add(date.PeriodOfDays(rapid.IntRange(0, 14).Draw(t, "valid")))
		pick := func(name string) booking.Request {
			r := s.request()
			r.Start = storagetest.Monday.Add(time.Duration(rapid.IntRange(0, 4*24*5).Draw(t, name)) * 15 * time.Minute)
			r.With = rapid.SampledFrom([]timebok.PractitionerID{s.Anne.ID, s.Kari.ID, s.Left.ID}).Draw(t, "with")
			r.Service = rapid.SampledFrom([]timebok.ServiceID{s.Talk.ID, s.Physio.ID, s.Massage.ID}).Draw(t, "service")
			r.Series = rapid.SampledFrom([]series.ID{s.Case.ID, s.Case.ID, s.Paid.ID, {}}).Draw(t, "series")
			r.Client = rapid.SampledFrom([]timebok.ClientID{s.Ola.ID, s.Ola.ID, s.Åse.ID}).Draw(t, "client")
			r.Tentative = rapid.Bool().Draw(t, "tentative")
			r.Invite = rapid.IntRange(0, 3).Draw(t, "invite") == 0
			if rapid.Bool().Draw(t, "override") {
				r.Override = booking.Waive("x", rapid.SliceOfDistinct(rapid.SampledFrom(booking.Overridable), func(r *timebok.Rule) string { return r.Code() }).Draw(t, "rules")...)
			}
			return r
		}
		for range rapid.IntRange(0, 12).Draw(t, "bookings") {
			if c, err := s.book(pick("busy")); err == nil {
				s.have = append(s.have, c.Booking)
			}
		}
		r := pick("start")
		n := r.Needs()
		n.Within, n.Start = n.Calendar(nil).Widen(14*24*time.Hour, 14*24*time.Hour), time.Time{}
		verdict, err := s.DecideCheck(s.load(n), r, s.by)
		if err != nil {
			t.Fatal(err)
		}
		c, err := s.book(r)
		var refusal *timebok.Refusal
		if err == nil != (len(verdict.Refusals) == 0) {
			t.Fatalf("Check: %v, Book: %v", verdict.Refusals.Codes(), err)
		}
		if err == nil {
			if c.Booking.Billing != verdict.Billing || cmp.Diff(c.Notices.Codes(), verdict.Notices.Codes()) != "" {
				t.Fatalf("Check: %+v, Book: %+v %v", verdict, c.Booking, c.Notices.Codes())
			}
			return
		}
		if !errors.As(err, &refusal) || cmp.Diff(refusal.Reasons.Codes(), verdict.Refusals.Codes()) != "" {
			t.Fatalf("Check: %v, Book: %v", verdict.Refusals.Codes(), err)
		}
		time := []*timebok.Rule{booking.SlotTaken, booking.OutsideHours, booking.Holiday, booking.Absent, series.Expired, series.NotYetValid}
		onlyTime := !slices.ContainsFunc(refusal.Reasons, func(r timebok.Reason) bool { return !slices.Contains(time, r.Rule) })
		wished := r.Start
		for i, slot := range verdict.Alternatives {
			if !wished.Before(s.now) && slot.Time.Start.Before(s.now) {
				t.Fatalf("proposes %v, which is past", slot.Time)
			}
			r.Start = slot.Time.Start
			if _, err := s.book(r); err != nil && onlyTime {
				t.Fatalf("Check proposed %v, Book says %v", slot.Time, err)
			}
			if slices.ContainsFunc(verdict.Alternatives[:i], func(o booking.Slot) bool { return o.Time.Overlaps(slot.Time) }) {
				t.Fatalf("proposals overlap: %v", verdict.Alternatives)
			}
		}
	})
}

func TestAlternativesAreNearest(t *testing.T) {
	s := newScene()
	s.add(t, s.request())
	r := s.request()
	r.Series = series.ID{}
	n := r.Needs()
	n.Within, n.Start = n.Calendar(nil).Widen(14*24*time.Hour, 14*24*time.Hour), time.Time{}
	verdict, err := s.DecideCheck(s.load(n), r, s.by)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, a := range verdict.Alternatives {
		got = append(got, a.Time.Start.In(oslo).Format("Mon 15:04"))
	}
	if diff := cmp.Diff([]string{"Mon 09:15", "Mon 10:45", "Mon 08:30"}, got); diff != "" {
		t.Errorf("alternatives (-want +got):\n%s", diff)
	}
	r.Start = ten.Add(time.Hour)
	if verdict, err := s.DecideCheck(s.load(n), r, s.by); err != nil || verdict.Alternatives != nil {
		t.Errorf("a free time has alternatives: %v, %v", verdict.Alternatives, err)
	}
}
