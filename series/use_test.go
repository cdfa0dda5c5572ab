package series_test

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rickb777/date"
	"pgregory.net/rapid"

	"github.com/timebok/timebok"
	"github.com/timebok/timebok/series"
)

// sessions returns n sessions of a treatment type at 1000 kroner.
func sessions(n int, stage series.Stage, treatment string) []series.Session {
	out := make([]series.Session, n)
	for i := range out {
		out[i] = series.Session{Stage: stage, Treatment: treatment, Amount: timebok.Kroner(1000)}
	}
	return out
}

func per(treatment string, n int) series.Cap {
	return series.Cap{Treatment: treatment, Unit: series.CapSessions, Sessions: n}
}

func amount(kr int64) series.Cap {
	return series.Cap{Unit: series.CapAmount, Amount: timebok.Kroner(kr)}
}

func TestUse(t *testing.T) {
	one := slices.Concat(
		sessions(1, series.Void, "A"), sessions(2, series.Held, "A"), sessions(3, series.Booked, "A"),
		sessions(4, series.Delivered, "B"), sessions(2, series.Invoiced, "B"), sessions(2, series.NoShow, "A"), sessions(1, series.LateOff, "A"))
	kr := timebok.Kroner
	for _, c := range []struct {
		name     string
		policy   series.Policy
		caps     []series.Cap
		adjusted []series.Adjustment
		have     []series.Session
		want     series.Use
	}{
		{"nothing", series.Policy{}, nil, nil, nil, series.Use{}},
		{
			"every stage", series.Policy{}, []series.Cap{series.Sessions(12)}, nil, one,
			series.Use{Held: 2, Booked: 3, Delivered: 6, Invoiced: 2, Lines: []series.LineUse{{Cap: series.Sessions(12), Used: 11, Remaining: 1}}},
		},
		{
			"a policy that counts no-shows", series.Policy{NoShowCounts: true}, []series.Cap{series.Sessions(13)}, nil, one,
			series.Use{Held: 2, Booked: 3, Delivered: 6, Invoiced: 2, Missed: 2, Lines: []series.LineUse{{Cap: series.Sessions(13), Used: 13}}},
		},
		{
			"a policy that counts late cancellations", series.Policy{LateCancelCounts: true}, []series.Cap{series.Sessions(11)}, nil, one,
			series.Use{Held: 2, Booked: 3, Delivered: 6, Invoiced: 2, Missed: 1, Lines: []series.LineUse{{Cap: series.Sessions(11), Used: 12, Over: 1}}},
		},
		{
			"total, per treatment type and amount together", series.Policy{},
			[]series.Cap{series.Sessions(20), per("A", 4), per("B", 6), per("C", 1), amount(10_500)}, nil, one,
			series.Use{Held: 2, Booked: 3, Delivered: 6, Invoiced: 2, Lines: []series.LineUse{
				{Cap: series.Sessions(20), Used: 11, Remaining: 9},
				{Cap: per("A", 4), Used: 5, Over: 1},
				{Cap: per("B", 6), Used: 6},
				{Cap: per("C", 1), Remaining: 1},
				{Cap: amount(10_500), Amount: kr(11_000), OverAmount: kr(500)},
			}},
		},
		{
			"an opening balance and corrections", series.Policy{}, []series.Cap{series.Sessions(10), per("A", 5), amount(9000)},
			[]series.Adjustment{
				{Opening: true, Sessions: 4, Amount: kr(4000)}, {Treatment: "A", Sessions: 3, Amount: kr(3000)}, {Treatment: "A", Sessions: -2, Amount: kr(-500)},
			}, sessions(1, series.Booked, "A"),
			series.Use{Booked: 1, Adjusted: 5, Lines: []series.LineUse{
				{Cap: series.Sessions(10), Used: 6, Remaining: 4}, // 4 + 3 - 2 + 1
				{Cap: per("A", 5), Used: 2, Remaining: 3},         // without the opening balance, which is of no type
				{Cap: amount(9000), Amount: kr(7500), Left: kr(1500)},
			}},
		},
		{
			"more given back than used", series.Policy{}, []series.Cap{series.Sessions(2)},
			[]series.Adjustment{{Sessions: -1}}, nil,
			series.Use{Adjusted: -1, Lines: []series.LineUse{{Cap: series.Sessions(2), Used: -1, Remaining: 3}}},
		},
		{
			"a cap of nothing", series.Policy{}, []series.Cap{series.Sessions(0), amount(0)}, nil, nil,
			series.Use{Lines: []series.LineUse{{Cap: series.Sessions(0)}, {Cap: amount(0)}}},
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := insured(t, c.caps...)
			s.Policy, s.Adjustments = c.policy, c.adjusted
			got := s.Use(c.have)
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("Use (-want +got):\n%s", diff)
			}
			over := slices.ContainsFunc(c.want.Lines, func(l series.LineUse) bool { return l.Over > 0 || l.OverAmount.Sign() > 0 })
			if got.IsOver() != over {
				t.Errorf("IsOver is %v", got.IsOver())
			}
		})
	}
}

// Of an amount, the payer's part counts: what will be charged while the session
// is to come, what was charged once it is delivered.
func TestUseOfAnAmountIsThePayersPart(t *testing.T) {
	s := insured(t, amount(10_000))
	s, err := s.Correct(series.Override{Why: "share", Share: &series.Share{Percent: 2000}})
	s = with(t, s, err)
	for stage, want := range map[series.Stage]int64{
		series.Held: 800, series.Booked: 800, series.Delivered: 1000, series.Invoiced: 1000, series.NoShow: 0,
	} {
		if got := s.Use(sessions(1, stage, "A")).Lines[0].Amount; got != timebok.Kroner(want) {
			t.Errorf("stage %d takes %v of the amount, want %d", stage, got, want)
		}
	}
}

func TestExhaustedAndOver(t *testing.T) {
	for _, c := range []struct {
		cap             series.Cap
		n               int
		exhausted, over bool
	}{
		{series.Sessions(2), 1, false, false},
		{series.Sessions(2), 2, true, false},
		{series.Sessions(2), 3, true, true}, // over stays over, it does not open again
		{amount(2000), 1, false, false},
		{amount(2000), 2, true, false},
		{amount(2000), 3, true, true},
	} {
		line := insured(t, c.cap).Use(sessions(c.n, series.Booked, "")).Lines[0]
		if line.Exhausted() != c.exhausted || line.IsOver() != c.over {
			t.Errorf("%d of %+v: exhausted %v, over %v", c.n, c.cap, line.Exhausted(), line.IsOver())
		}
	}
}

func TestRemaining(t *testing.T) {
	for _, c := range []struct {
		caps         []series.Cap
		treatment    string
		left, least  int
		capped, some bool // Remaining of the treatment, Least of all
	}{
		{nil, "A", 0, 0, false, false},
		{[]series.Cap{amount(1)}, "A", 0, 0, false, false},
		{[]series.Cap{series.Sessions(5)}, "A", 3, 3, true, true},
		{[]series.Cap{series.Sessions(5), per("A", 3)}, "A", 1, 1, true, true},
		{[]series.Cap{series.Sessions(5), per("A", 3)}, "B", 3, 1, true, true},
		{[]series.Cap{per("A", 1)}, "A", 0, 0, true, true},
		{[]series.Cap{per("A", 1)}, "B", 0, 0, false, true},
	} {
		use := insured(t, c.caps...).Use(sessions(2, series.Booked, "A"))
		if left, capped := use.Remaining(c.treatment); left != c.left || capped != c.capped {
			t.Errorf("%+v: Remaining(%q) is %d, %v", c.caps, c.treatment, left, capped)
		}
		if least, some := use.Least(); least != c.least || some != c.some {
			t.Errorf("%+v: Least is %d, %v", c.caps, least, some)
		}
	}
}

func TestAdmit(t *testing.T) {
	booked := sessions(1, series.Booked, "A")[0]
	free := series.Session{Stage: series.Booked, Treatment: "A"}
	for _, c := range []struct {
		name  string
		caps  []series.Cap
		have  int // sessions of A that are booked
		add   series.Session
		day   string
		close bool
		want  []*timebok.Rule
	}{
		{"no limit", nil, 50, booked, "2026-03-02", false, nil},
		{"the last one", []series.Cap{series.Sessions(3)}, 2, booked, "2026-03-02", false, nil},
		{"one too many", []series.Cap{series.Sessions(3)}, 3, booked, "2026-03-02", false, []*timebok.Rule{series.Exhausted}},
		{"over, and one more", []series.Cap{series.Sessions(3)}, 4, booked, "2026-03-02", false, []*timebok.Rule{series.Exhausted}},
		{"the first day", nil, 0, booked, "2026-01-10", false, nil},
		{"the day before", nil, 0, booked, "2026-01-09", false, []*timebok.Rule{series.NotYetValid}},
		{"the last day", nil, 0, booked, "2026-12-20", false, nil},
		{"the day after", nil, 0, booked, "2026-12-21", false, []*timebok.Rule{series.Expired}},
		{"closed", nil, 0, booked, "2026-03-02", true, []*timebok.Rule{series.Closed}},
		{
			"all at once", []series.Cap{series.Sessions(1), per("A", 1), per("B", 0), amount(1500)}, 1, booked, "2027-01-01", true,
			[]*timebok.Rule{series.Closed, series.Expired, series.Exhausted, series.Exhausted, series.Exhausted},
		},
		{
			"another treatment type's cap is over", []series.Cap{per("A", 1), per("B", 1)}, 2,
			series.Session{Stage: series.Booked, Treatment: "B"}, "2026-03-02", false, nil,
		},
		{"the amount is over, and the session takes none", []series.Cap{amount(500)}, 1, free, "2026-03-02", false, nil},
		{"the sessions are over, though it takes no amount", []series.Cap{series.Sessions(1)}, 1, free, "2026-03-02", false, []*timebok.Rule{series.Exhausted}},
		{"one that was called off in time", []series.Cap{series.Sessions(1)}, 1, series.Session{Treatment: "A"}, "2026-03-02", false, nil},
		{"a no-show that does not count", []series.Cap{series.Sessions(1)}, 1, sessions(1, series.NoShow, "A")[0], "2026-03-02", false, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := insured(t, c.caps...)
			s, err := s.Correct(series.Override{Why: "validity", ValidFrom: day("2026-01-10"), ValidTo: day("2026-12-20")})
			if s = with(t, s, err); c.close {
				s, err = s.Close(march)
				s = with(t, s, err)
			}
			have := sessions(c.have, series.Booked, "A")
			checkRules(t, s.Admit(have, c.add, *day(c.day)), c.want...)
			covered := c.day >= "2026-01-10" && c.day <= "2026-12-20"
			if s.Covers(*day(c.day)) != covered {
				t.Errorf("Covers(%s) is %v", c.day, !covered)
			}
		})
	}
}

func TestAdmitLeavesWhatItGets(t *testing.T) {
	have := append(make([]series.Session, 0, 4), sessions(2, series.Booked, "A")...)
	insured(t, series.Sessions(9)).Admit(have, sessions(1, series.NoShow, "B")[0], *day("2026-03-02"))
	insured(t, series.Sessions(9)).Admit(have, sessions(1, series.Held, "B")[0], *day("2026-03-02"))
	if got := have[:3][2]; got != (series.Session{}) {
		t.Errorf("Admit wrote %+v behind the caller's slice", got)
	}
}

func TestShareSplit(t *testing.T) {
	ore := timebok.Ore
	for _, c := range []struct {
		share              series.Share
		price, client, pay timebok.Money
	}{
		{series.Share{}, ore(145_000), ore(0), ore(145_000)},
		{series.Share{Fixed: ore(30_000)}, ore(145_000), ore(30_000), ore(115_000)},
		{series.Share{Fixed: ore(145_000)}, ore(145_000), ore(145_000), ore(0)},
		{series.Share{Fixed: ore(145_001)}, ore(145_000), ore(145_000), ore(0)},
		{series.Share{Percent: 1250}, ore(100_04), ore(12_51), ore(87_53)}, // 12.505, half away from zero
		{series.Share{Percent: 10_000}, ore(99), ore(99), ore(0)},
		{series.Share{Percent: 1}, ore(99), ore(0), ore(99)},
		{series.Share{Fixed: ore(1)}, ore(0), ore(0), ore(0)},
	} {
		if client, payer := c.share.Split(c.price); client != c.client || payer != c.pay {
			t.Errorf("%+v of %v: %v and %v, want %v and %v", c.share, c.price, client, payer, c.client, c.pay)
		}
	}
	both := series.Share{Fixed: ore(1), Percent: 1}
	wantInvalid(t, both.Validate(), "Fixed field.invalid")
	rapid.Check(t, func(t *rapid.T) {
		share := series.Share{Percent: timebok.BasisPoints(rapid.IntRange(0, 10_000).Draw(t, "percent"))}
		if rapid.Bool().Draw(t, "fixed") {
			share = series.Share{Fixed: ore(rapid.Int64Range(0, 200_000).Draw(t, "ore"))}
		}
		price := ore(rapid.Int64Range(0, 300_000).Draw(t, "price"))
		client, payer := share.Split(price)
		if client.Add(payer) != price || client.Sign() < 0 || payer.Sign() < 0 {
			t.Fatalf("%+v of %v is %v and %v", share, price, client, payer)
		}
	})
}

// drawnSeries has up to four different caps, adjustments, a policy and a share.
func drawnSeries(t *rapid.T) series.Series {
	var caps []series.Cap
	for _, c := range []series.Cap{series.Sessions(0), per("A", 0), per("B", 0), amount(0), {Unit: series.CapAmount, Treatment: "A"}} {
		if !rapid.Bool().Draw(t, "capped") {
			continue
		}
		n := rapid.IntRange(0, 6).Draw(t, "cap")
		if c.Unit == series.CapAmount {
			c.Amount = timebok.Kroner(int64(n) * 700)
		} else {
			c.Sessions = n
		}
		caps = append(caps, c)
	}
	terms := series.Terms{Billing: insurer, Caps: caps, Share: series.Share{Percent: timebok.BasisPoints(rapid.SampledFrom([]int{0, 0, 2500}).Draw(t, "share"))}}
	s := series.Series{
		Approvals: []series.Approval{{Terms: terms}},
		Policy:    series.Policy{NoShowCounts: rapid.Bool().Draw(t, "no-show"), LateCancelCounts: rapid.Bool().Draw(t, "late")},
	}
	for range rapid.IntRange(0, 2).Draw(t, "adjustments") {
		s.Adjustments = append(s.Adjustments, series.Adjustment{
			Treatment: rapid.SampledFrom([]string{"", "A"}).Draw(t, "of"),
			Sessions:  rapid.IntRange(-2, 3).Draw(t, "by"), Amount: timebok.Kroner(rapid.Int64Range(-700, 700).Draw(t, "kroner")),
		})
	}
	return s
}

func drawnSession(t *rapid.T) series.Session {
	return series.Session{
		Stage:     series.Stage(rapid.IntRange(int(series.Void), int(series.LateOff)).Draw(t, "stage")),
		Treatment: rapid.SampledFrom([]string{"", "A", "B", "C"}).Draw(t, "treatment"),
		Amount:    timebok.Kroner(rapid.SampledFrom([]int64{0, 400, 700}).Draw(t, "amount")),
	}
}

// recount is how much of a cap is used, told once more in the simplest way.
func recount(s series.Series, c series.Cap, have []series.Session) (int, int64) {
	n, ore := 0, int64(0)
	for _, a := range s.Adjustments {
		if c.Treatment == "" || a.Treatment == c.Treatment {
			n, ore = n+a.Sessions, ore+a.Amount.Ore()
		}
	}
	for _, x := range have {
		uses := map[series.Stage]bool{
			series.Held: true, series.Booked: true, series.Delivered: true, series.Invoiced: true,
			series.NoShow: s.Policy.NoShowCounts, series.LateOff: s.Policy.LateCancelCounts,
		}[x.Stage]
		if !uses || c.Treatment != "" && x.Treatment != c.Treatment {
			continue
		}
		part := x.Amount.Ore()
		if x.Stage != series.Delivered && x.Stage != series.Invoiced {
			part -= part * int64(s.Terms().Share.Percent) / 10_000 // the amounts drawn divide
		}
		n, ore = n+1, ore+part
	}
	return n, ore
}

func TestUseIsTheRecount(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s, have := drawnSeries(t), rapid.SliceOfN(rapid.Custom(drawnSession), 0, 8).Draw(t, "have")
		use := s.Use(have)
		for _, l := range use.Lines {
			n, ore := recount(s, l.Cap, have)
			if l.Cap.Unit == series.CapAmount {
				capped := l.Cap.Amount.Ore()
				if l.Amount.Ore() != ore || l.Left.Ore() != max(0, capped-ore) || l.OverAmount.Ore() != max(0, ore-capped) {
					t.Fatalf("%+v, recounted %d øre", l, ore)
				}
				continue
			}
			if l.Used != n || l.Remaining != max(0, l.Cap.Sessions-n) || l.Over != max(0, n-l.Cap.Sessions) {
				t.Fatalf("%+v, recounted %d", l, n)
			}
		}
		slices.Reverse(have)
		if diff := cmp.Diff(use, s.Use(have)); diff != "" {
			t.Fatalf("the order of sessions matters:\n%s", diff)
		}
	})
}

// Admit refuses a session if, and only if, it would push a cap beyond what it allows.
func TestAdmitKeepsCaps(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s, have := drawnSeries(t), rapid.SliceOfN(rapid.Custom(drawnSession), 0, 8).Draw(t, "have")
		add := drawnSession(t)
		exceeds := 0
		for _, c := range s.Terms().Caps {
			n, ore := recount(s, c, have)
			then, thenOre := recount(s, c, append(slices.Clone(have), add))
			if c.Unit == series.CapSessions && then > n && then > c.Sessions ||
				c.Unit == series.CapAmount && thenOre > ore && thenOre > c.Amount.Ore() {
				exceeds++
			}
		}
		no := s.Admit(have, add, date.New(2026, 3, 2))
		if len(no) != exceeds || exceeds > 0 && !no.Has(series.Exhausted) {
			t.Fatalf("%d caps would be exceeded, Admit says %v", exceeds, no.Codes())
		}
	})
}
