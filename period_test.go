package timebok_test

import (
	"fmt"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/timebok/timebok"
)

func hours(from, to int) timebok.Period {
	day := time.Date(2026, 11, 23, 0, 0, 0, 0, time.UTC)
	return timebok.Period{Start: day.Add(time.Duration(from) * time.Hour), End: day.Add(time.Duration(to) * time.Hour)}
}

func TestNewPeriod(t *testing.T) {
	oslo, _ := timebok.LoadZone(timebok.OsloZone)
	start := time.Date(2026, 11, 23, 10, 0, 0, 1999, oslo)
	p, err := timebok.NewPeriod(start, start.Add(50*time.Minute))
	if err != nil {
		t.Fatal(err)
	}
	same, _ := timebok.NewPeriod(start.UTC(), start.UTC().Add(50*time.Minute))
	if p != same || p.Start != time.Date(2026, 11, 23, 9, 0, 0, 1000, time.UTC) || p.Duration() != 50*time.Minute {
		t.Errorf("got %v", p)
	}
	if now := time.Now(); timebok.Lasting(now, time.Hour) != timebok.Lasting(now.Round(0).In(oslo), time.Hour) {
		t.Error("zone or monotonic clock makes equal periods differ")
	}
	for _, end := range []time.Time{start, start.Add(-time.Second), start.Add(time.Nanosecond / 2), {}} {
		_, err := timebok.NewPeriod(start, end)
		checkInvalid(t, err, timebok.BadPeriod, "")
	}
	if !(timebok.Period{}).IsZero() || p.IsZero() {
		t.Error("IsZero is wrong")
	}
}

func TestPeriodIsHalfOpen(t *testing.T) {
	p := hours(10, 12)
	for _, c := range []struct {
		q                timebok.Period
		overlaps, covers bool
	}{
		{hours(10, 12), true, true}, {hours(10, 11), true, true}, {hours(11, 12), true, true}, {hours(8, 10), false, false},
		{hours(12, 13), false, false}, {hours(9, 11), true, false}, {hours(11, 13), true, false}, {hours(9, 13), true, false}, {hours(7, 8), false, false},
		{hours(11, 11), false, true}, {hours(10, 10), false, true}, {hours(13, 13), false, false},
	} {
		if p.Overlaps(c.q) != c.overlaps || c.q.Overlaps(p) != c.overlaps || p.Covers(c.q) != c.covers {
			t.Errorf("%v with %v: overlaps %v %v, covers %v", p, c.q, p.Overlaps(c.q), c.q.Overlaps(p), p.Covers(c.q))
		}
	}
	if !p.Contains(p.Start) || p.Contains(p.End) || !p.Contains(p.End.Add(-time.Microsecond)) || p.Contains(p.Start.Add(-time.Microsecond)) {
		t.Error("Contains is not half-open")
	}
	if got := p.Widen(time.Hour, 2*time.Hour); got != hours(9, 14) {
		t.Errorf("Widen: got %v", got)
	}
	if p.Compare(hours(10, 13)) != -1 || p.Compare(hours(9, 13)) != 1 || p.Compare(p) != 0 {
		t.Error("Compare is wrong")
	}
}

// Periods overlap exactly when some instant lies in both, and cover exactly when
// every instant of the other lies in them.
func TestPeriodAgainstInstants(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		hour := rapid.IntRange(0, 12)
		a, b := hours(hour.Draw(t, "a"), hour.Draw(t, "b")), hours(hour.Draw(t, "c"), hour.Draw(t, "d"))
		some, all := false, true
		for h := range 13 {
			at := hours(h, h).Start
			some = some || a.Contains(at) && b.Contains(at)
			all = all && (!b.Contains(at) || a.Contains(at))
		}
		if a.Overlaps(b) != some {
			t.Fatalf("%v overlaps %v: %v", a, b, a.Overlaps(b))
		}
		if b.Duration() > 0 && a.Duration() > 0 && a.Covers(b) != all {
			t.Fatalf("%v covers %v: %v", a, b, a.Covers(b))
		}
	})
}

func ExamplePeriod() {
	oslo, _ := timebok.LoadZone(timebok.OsloZone)
	start := time.Date(2026, 11, 23, 10, 0, 0, 0, oslo)
	first := timebok.Lasting(start, 50*time.Minute)
	next := timebok.Lasting(first.End, 50*time.Minute)
	fmt.Println(first)
	fmt.Println(first.Overlaps(next), first.Overlaps(next.Widen(10*time.Minute, 0)))
	// Output:
	// 2026-11-23T09:00:00Z/2026-11-23T09:50:00Z
	// false true
}
