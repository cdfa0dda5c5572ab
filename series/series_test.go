package series_test

import (
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/rickb777/date"

	"github.com/timebok/timebok"
	"github.com/timebok/timebok/series"
)

var (
	march   = time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
	insurer = timebok.Billing{To: timebok.Recipient{Payer: timebok.DeriveID[timebok.Payer]("insurer")}, By: timebok.EHF}
	staff   = timebok.Actor{User: "u-1", Role: timebok.Administrator}
)

func day(text string) *date.Date {
	d, err := date.ParseISO(text)
	if err != nil {
		panic(err)
	}
	return &d
}

// insured is a series of a case with the caps, of which every policy and validity
// is the zero one.
func insured(t testing.TB, caps ...series.Cap) series.Series {
	t.Helper()
	s, err := series.Open(series.Series{
		ID: timebok.DeriveID[series.Series]("s"), Client: timebok.DeriveID[timebok.Client]("c"),
		Kind: series.InsuranceCase, Case: series.Case{Network: timebok.Behandlernettverk, Number: "6QPTR"},
	}, series.Approval{At: march, Source: series.FromNetwork, Terms: series.Terms{Billing: insurer, Caps: caps}}, march)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// with returns the series after a change that must work.
func with(t testing.TB, s series.Series, err error) series.Series {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func wantInvalid(t *testing.T, err error, want ...string) {
	t.Helper()
	var invalid *timebok.InvalidError
	if !errors.As(err, &invalid) || !errors.Is(err, timebok.ErrInvalid) {
		t.Fatalf("got error %v, want an InvalidError with %v", err, want)
	}
	var got []string
	for _, r := range invalid.Reasons {
		got = append(got, r.Field+" "+r.Code())
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("reasons (-want +got):\n%s", diff)
	}
}

func wantRefused(t *testing.T, err error, want ...*timebok.Rule) {
	t.Helper()
	var refusal *timebok.Refusal
	if !errors.As(err, &refusal) || !errors.Is(err, timebok.ErrRefused) {
		t.Fatalf("got error %v, want a Refusal", err)
	}
	checkRules(t, refusal.Reasons, want...)
}

// checkRules fails unless the reasons are of the rules, in that order, and speak
// three languages without a parameter left open.
func checkRules(t *testing.T, got timebok.Reasons, want ...*timebok.Rule) {
	t.Helper()
	codes := []string{}
	for _, r := range want {
		codes = append(codes, r.Code())
	}
	if diff := cmp.Diff(codes, got.Codes()); diff != "" {
		t.Errorf("rules (-want +got):\n%s", diff)
	}
	for _, r := range got {
		for _, l := range []timebok.Lang{timebok.Bokmaal, timebok.Nynorsk, timebok.English} {
			if text := r.Text(l); text == "" || slices.ContainsFunc([]rune(text), func(c rune) bool { return c == '{' }) {
				t.Errorf("%s in %q says %q", r.Code(), l, text)
			}
		}
	}
}

func TestOpen(t *testing.T) {
	s := insured(t, series.Sessions(3))
	if s.Version != 1 || !s.OpenedAt.Equal(march) || !s.IsOpen() || !s.FetchedAt.Equal(march) || len(s.Approvals) != 1 {
		t.Errorf("opened as %+v", s)
	}
	byHand, err := series.Open(series.Series{ID: s.ID, Client: s.Client, Kind: series.SelfPaying, ClosedAt: march},
		series.Approval{At: march, Source: series.ByHand, Terms: series.Terms{Billing: timebok.BillClient}}, march)
	if err != nil || !byHand.FetchedAt.IsZero() || !byHand.IsOpen() {
		t.Errorf("a series opened by hand: %+v, %v; want it open, and the network never asked", byHand, err)
	}
}

func TestValidateListsAll(t *testing.T) {
	bad := series.Terms{
		ValidFrom: day("2026-02-01"), ValidTo: day("2026-01-31"),
		Caps: []series.Cap{
			series.Sessions(1), series.Sessions(2), {Treatment: "A", Unit: series.CapSessions, Sessions: -1},
			{Unit: series.CapAmount, Amount: timebok.Kroner(-1)}, {Unit: "hours", Sessions: 1},
			{Treatment: "B", Unit: series.CapSessions, Sessions: 1, Amount: timebok.Kroner(1)},
		},
		Billing: timebok.Billing{By: timebok.EHF},
		Share:   series.Share{Fixed: timebok.Kroner(-1), Percent: 10001},
	}
	for _, c := range []struct {
		name  string
		s     series.Series
		terms series.Terms
		want  []string
	}{
		{
			"everything", series.Series{
				Kind: series.InsuranceCase, Policy: series.Policy{Notice: -time.Hour, NoticeDays: -1},
			}, bad, []string{
				"ID field.missing", "Client field.missing", "Policy.Notice field.invalid", "Policy.NoticeDays field.invalid",
				"Terms.ValidTo period.invalid", "Terms.Caps[1] cap.invalid", "Terms.Caps[2] cap.invalid",
				"Terms.Caps[3] cap.invalid", "Terms.Caps[4] cap.invalid", "Terms.Caps[5] cap.invalid",
				"Terms.Billing.By billing.ehf.client",
				"Terms.Share.Fixed field.invalid", "Terms.Share.Percent field.invalid",
				"Terms.Caps[2] cap.network", "Terms.Caps[5] cap.network",
				"Case.Number field.missing", "Terms.Billing.To series.payer",
			},
		},
		{
			"an employer that is the client", series.Series{Kind: series.OtherPayer}, series.Terms{Billing: timebok.BillClient},
			[]string{"ID field.missing", "Client field.missing", "Terms.Billing.To series.payer"},
		},
		{
			"a client who pays by an insurer", series.Series{Kind: series.SelfPaying}, series.Terms{Billing: insurer},
			[]string{"ID field.missing", "Client field.missing", "Terms.Billing.To field.invalid"},
		},
		{
			"no kind", series.Series{}, series.Terms{Billing: insurer},
			[]string{"ID field.missing", "Client field.missing", "Kind field.invalid"},
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := series.Open(c.s, series.Approval{Terms: c.terms}, march)
			wantInvalid(t, err, c.want...)
		})
	}
	wantInvalid(t, series.Series{}.Validate(), "ID field.missing", "Client field.missing", "Approvals field.missing")
	whole := series.Terms{
		ValidFrom: day("2026-02-01"), ValidTo: day("2026-02-01"), Billing: insurer, Share: series.Share{Percent: 10000},
		Caps: []series.Cap{
			series.Sessions(0), {Treatment: "A", Unit: series.CapSessions}, {Unit: series.CapAmount}, {Treatment: "A", Unit: series.CapAmount},
		},
	}
	if err := whole.Validate(); err != nil {
		t.Errorf("terms at every border: %v", err)
	}
}

// An override lies on top of the last approval, whatever comes below it.
func TestTermsAreApprovalAndOverrides(t *testing.T) {
	s := insured(t, series.Sessions(10))
	six := []series.Cap{series.Sessions(6)}
	s, err := s.Correct(series.Override{At: march, By: staff, Why: "letter", Caps: six, ValidTo: day("2026-06-30")})
	s = with(t, s, err)
	s, err = s.Extend(series.Approval{At: march.AddDate(0, 1, 0), Source: series.FromNetwork, Terms: series.Terms{
		Billing: insurer, Caps: []series.Cap{series.Sessions(15)}, ValidFrom: day("2026-01-01"), ValidTo: day("2026-12-31"),
	}})
	s = with(t, s, err)
	want := series.Terms{ValidFrom: day("2026-01-01"), ValidTo: day("2026-06-30"), Caps: six, Billing: insurer}
	if diff := cmp.Diff(want, s.Terms()); diff != "" || !want.Equal(s.Terms()) {
		t.Errorf("terms after an extension (-want +got):\n%s", diff)
	}
	share, employer := series.Share{Percent: 2000}, timebok.Billing{To: insurer.To, By: timebok.ByEmail}
	s, err = s.Correct(series.Override{Why: "second letter", Caps: []series.Cap{}, Share: &share, Billing: &employer, ValidFrom: day("2026-02-01")})
	s = with(t, s, err)
	want = series.Terms{ValidFrom: day("2026-02-01"), ValidTo: day("2026-06-30"), Caps: []series.Cap{}, Billing: employer, Share: share}
	if diff := cmp.Diff(want, s.Terms()); diff != "" {
		t.Errorf("terms after a second correction (-want +got):\n%s", diff)
	}
	if s.Version != 4 || !s.FetchedAt.Equal(march.AddDate(0, 1, 0)) || len(s.Approvals) != 2 || len(s.Overrides) != 2 {
		t.Errorf("version %d, fetched %v, %d approvals, %d overrides", s.Version, s.FetchedAt, len(s.Approvals), len(s.Overrides))
	}
	if !(series.Series{}).Terms().Equal(series.Terms{}) {
		t.Error("a series without approval has terms")
	}
}

func TestTermsEqual(t *testing.T) {
	base := series.Terms{ValidFrom: day("2026-01-01"), ValidTo: day("2026-12-31"), Caps: []series.Cap{series.Sessions(1)}, Billing: insurer}
	for _, change := range []func(*series.Terms){
		func(x *series.Terms) { x.ValidFrom = nil },
		func(x *series.Terms) { x.ValidFrom = &date.Date{} },
		func(x *series.Terms) { x.ValidTo = day("2026-12-30") },
		func(x *series.Terms) { x.Caps = nil },
		func(x *series.Terms) { x.Caps = []series.Cap{series.Sessions(2)} },
		func(x *series.Terms) { x.Billing = timebok.BillClient },
		func(x *series.Terms) { x.Share.Percent = 1 },
	} {
		other := base
		change(&other)
		if base.Equal(other) || other.Equal(base) || !other.Equal(other) {
			t.Errorf("Equal of %+v and %+v", base, other)
		}
	}
}

// Every change leaves the series that it was made from, and all of its history,
// as they were, whatever the caller does to what it passed in or got out.
func TestHistoryStays(t *testing.T) {
	caps, validTo := []series.Cap{series.Sessions(10)}, day("2026-12-31")
	s, err := series.Open(insured(t), series.Approval{At: march, Source: series.ByHand, Terms: series.Terms{Billing: insurer, Caps: caps, ValidTo: validTo}}, march)
	s = with(t, s, err)
	// Room behind the slices, so that an append in place would be seen.
	s.Overrides = append(make([]series.Override, 0, 8), series.Override{Why: "first", Caps: slices.Clone(caps)})
	s.Adjustments = append(make([]series.Adjustment, 0, 8), series.Adjustment{Opening: true, Sessions: 1})
	s.Approvals = append(make([]series.Approval, 0, 8), s.Approvals...)
	written := func() string { return fmt.Sprintf("%+v %v", s, *s.Approvals[0].Terms.ValidTo) }
	before := written()

	terms := s.Terms() // a host changes what it got, to make the next approval
	terms.Caps[0].Sessions = 15
	*terms.ValidTo = *day("2027-06-30")
	for name, change := range map[string]func(note string) (series.Series, error){
		"Extend": func(note string) (series.Series, error) {
			return s.Extend(series.Approval{Source: series.ByHand, Note: note, Terms: terms})
		},
		"Correct": func(note string) (series.Series, error) { return s.Correct(series.Override{Why: note, Caps: caps}) },
		"Adjust":  func(note string) (series.Series, error) { return s.Adjust(series.Adjustment{Why: note, Sessions: 2}) },
		"Close":   func(string) (series.Series, error) { return s.Close(march) },
	} {
		next, err := change("one")
		if err != nil || next.Version != 2 {
			t.Fatalf("%s: version %d, %v", name, next.Version, err)
		}
		one := fmt.Sprintf("%+v", next)
		if _, err := change("two"); err != nil { // on the same base: must not write where the first did
			t.Fatal(err)
		}
		if now := fmt.Sprintf("%+v", next); now != one {
			t.Errorf("%s twice from one series is one:\n%s\n%s", name, one, now)
		}
		if now := written(); now != before {
			t.Errorf("%s changed the series that it was made from:\n%s\n%s", name, before, now)
		}
	}
	caps[0].Sessions, *validTo = 99, *day("1999-01-01")
	if now := written(); now != before {
		t.Errorf("the series still hangs on what it was made from:\n%s\n%s", before, now)
	}
	corrected, _ := s.Correct(series.Override{Why: "x", Caps: caps})
	extended, _ := s.Extend(series.Approval{Source: series.ByHand, Terms: terms})
	want := fmt.Sprintf("%+v %+v", corrected, extended)
	caps[0].Sessions, terms.Caps[0].Sessions = 7, 7
	if got := fmt.Sprintf("%+v %+v", corrected, extended); got != want {
		t.Errorf("the series hang on the caller's caps:\n%s\n%s", want, got)
	}
}

func TestChangesThatAreRefused(t *testing.T) {
	s := insured(t, series.Sessions(3))
	_, err := s.Correct(series.Override{Caps: []series.Cap{series.Sessions(4)}})
	wantInvalid(t, err, "Override.Why field.missing")
	_, err = s.Correct(series.Override{Why: "x", Billing: &timebok.BillClient})
	wantInvalid(t, err, "Terms.Billing.To series.payer")
	_, err = s.Adjust(series.Adjustment{Why: "nothing"})
	wantInvalid(t, err, "Adjustment.Sessions field.missing")
	_, err = s.Adjust(series.Adjustment{Sessions: 1})
	wantInvalid(t, err, "Adjustment.Why field.missing")
	_, err = s.Extend(series.Approval{Terms: series.Terms{Billing: insurer, Caps: []series.Cap{series.Sessions(-1)}}})
	wantInvalid(t, err, "Terms.Caps[0] cap.invalid")
	_, err = s.Reopen()
	wantRefused(t, err, series.NotClosed)

	closed, err := s.Close(march)
	closed = with(t, closed, err)
	if closed.IsOpen() || closed.Version != 2 {
		t.Errorf("closed as %+v", closed)
	}
	_, err = closed.Close(march)
	wantRefused(t, err, series.Closed)
	open, err := closed.Reopen()
	if err != nil || !open.IsOpen() || open.Version != 3 {
		t.Errorf("reopened as %+v, %v", open, err)
	}
}

func TestDeletable(t *testing.T) {
	for _, c := range []struct {
		stage  series.Stage
		policy series.Policy
		want   bool
	}{
		{series.Void, series.Policy{}, true},
		{series.LateOff, series.Policy{}, true},
		{series.LateOff, series.Policy{LateCancelCounts: true}, false},
		{series.NoShow, series.Policy{}, false}, // can turn out to have been delivered
		{series.NoShow, series.Policy{NoShowCounts: true}, false},
		{series.Held, series.Policy{}, false},
		{series.Booked, series.Policy{}, false},
		{series.Delivered, series.Policy{}, false},
		{series.Invoiced, series.Policy{}, false},
	} {
		s := insured(t)
		s.Policy = c.policy
		switch err := s.Deletable([]series.Session{{}, {Stage: c.stage}}); {
		case c.want && err != nil:
			t.Errorf("stage %d under %+v: %v", c.stage, c.policy, err)
		case !c.want:
			wantRefused(t, err, series.InUse)
		}
	}
}

func TestIsStale(t *testing.T) {
	s := insured(t)
	for _, c := range []struct {
		fetched time.Time
		age     time.Duration
		want    bool
	}{
		{march, time.Hour, false}, // exactly as old as allowed
		{march.Add(-time.Microsecond), time.Hour, true},
		{march.Add(-1000 * time.Hour), 0, false}, // nobody asks for freshness
		{time.Time{}, time.Hour, false},          // not of a network
	} {
		s.FetchedAt = c.fetched
		if got := s.IsStale(march.Add(time.Hour), c.age); got != c.want {
			t.Errorf("fetched %v, at most %v old: stale is %v", c.fetched, c.age, got)
		}
	}
}

func TestRef(t *testing.T) {
	s := insured(t)
	if got, want := s.Ref(), (timebok.Ref{Kind: timebok.KindSeries, ID: s.ID.UUID(), Version: 1}); got != want {
		t.Errorf("Ref is %v", got)
	}
	if !(series.Case{}).IsZero() || (series.Case{Number: "1"}).IsZero() || (series.Case{Network: "n"}).IsZero() {
		t.Error("Case.IsZero is wrong")
	}
}
