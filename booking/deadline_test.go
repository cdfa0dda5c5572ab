package booking_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/timebok/timebok"
	"github.com/timebok/timebok/booking"
	"github.com/timebok/timebok/series"
	"pgregory.net/rapid"
)

var oslo = zone(timebok.OsloZone)

func zone(name string) *time.Location {
	loc, err := timebok.LoadZone(name)
	if err != nil {
		panic(err)
	}
	return loc
}

// instant reads an instant with its offset, in the form the library keeps.
func instant(text string) time.Time {
	t, err := time.Parse("2006-01-02T15:04Z07:00", text)
	if err != nil {
		panic(err)
	}
	return t.UTC()
}

func ExampleDeadline() {
	oslo, _ := timebok.LoadZone(timebok.OsloZone)
	// The clock is set back in the night before this session.
	start := time.Date(2026, 10, 25, 14, 0, 0, 0, oslo)
	policy := series.Policy{LateCancelCounts: true, Notice: 24 * time.Hour}

	deadline := booking.Deadline(policy, start, oslo)
	fmt.Println(deadline.In(oslo).Format("Mon 2 Jan 15:04"))
	fmt.Println(start.Sub(deadline))
	fmt.Println(booking.Late(policy, start, deadline, oslo))
	// Output:
	// Sat 24 Oct 14:00
	// 25h0m0s
	// false
}

func TestDeadline(t *testing.T) {
	const lastMoment = 24*time.Hour - time.Microsecond
	for _, c := range []struct {
		name   string
		policy series.Policy
		start  string
		want   time.Time
	}{
		{"no notice", series.Policy{LateCancelCounts: true}, "2026-03-02T10:00+01:00", instant("2026-03-02T10:00+01:00")},
		{"zero", series.Policy{}, "2026-03-02T10:00+01:00", instant("2026-03-02T10:00+01:00")},
		{"24 h", series.Policy{Notice: 24 * time.Hour}, "2026-03-03T10:00+01:00", instant("2026-03-02T10:00+01:00")},
		{"24 h into the short day", series.Policy{Notice: 24 * time.Hour}, "2026-03-29T10:00+02:00", instant("2026-03-28T10:00+01:00")},
		{"24 h after the short day", series.Policy{Notice: 24 * time.Hour}, "2026-03-30T10:00+02:00", instant("2026-03-29T10:00+02:00")},
		{"24 h to a time in the gap", series.Policy{Notice: 24 * time.Hour}, "2026-03-30T02:30+02:00", instant("2026-03-29T03:00+02:00")},
		{"1 h to a time in the gap", series.Policy{Notice: time.Hour}, "2026-03-29T03:30+02:00", instant("2026-03-29T03:00+02:00")},
		{"to the gap from its end", series.Policy{Notice: time.Minute}, "2026-03-29T03:00+02:00", instant("2026-03-29T03:00+02:00")},
		{"24 h into the long day", series.Policy{Notice: 24 * time.Hour}, "2026-10-25T23:30+01:00", instant("2026-10-24T23:30+02:00")},
		{"24 h after the long day", series.Policy{Notice: 24 * time.Hour}, "2026-10-26T10:00+01:00", instant("2026-10-25T10:00+01:00")},
		{"24 h to a time that is twice", series.Policy{Notice: 24 * time.Hour}, "2026-10-26T02:30+01:00", instant("2026-10-25T02:30+02:00")},
		{"from the second of two", series.Policy{Notice: time.Hour}, "2026-10-25T02:30+01:00", instant("2026-10-25T01:30+02:00")},
		{"2024, spring", series.Policy{Notice: 24 * time.Hour}, "2024-03-31T14:00+02:00", instant("2024-03-30T14:00+01:00")},
		{"2024, autumn", series.Policy{Notice: 24 * time.Hour}, "2024-10-27T14:00+01:00", instant("2024-10-26T14:00+02:00")},
		{"48 h", series.Policy{Notice: 48 * time.Hour}, "2026-10-26T08:15+01:00", instant("2026-10-24T08:15+02:00")},

		{"Monday, 1 day: Friday", series.Policy{NoticeDays: 1}, "2026-03-23T10:00+01:00", instant("2026-03-20T00:00+01:00").Add(lastMoment)},
		{"Sunday, 1 day: Friday", series.Policy{NoticeDays: 1}, "2026-03-22T10:00+01:00", instant("2026-03-20T00:00+01:00").Add(lastMoment)},
		{"Tuesday, 2 days: Friday", series.Policy{NoticeDays: 2}, "2026-03-24T10:00+01:00", instant("2026-03-20T00:00+01:00").Add(lastMoment)},
		{"after Easter: Wednesday", series.Policy{NoticeDays: 1}, "2026-04-07T10:00+02:00", instant("2026-04-01T00:00+02:00").Add(lastMoment)},
		{"over the change: Friday", series.Policy{NoticeDays: 1}, "2026-10-26T10:00+01:00", instant("2026-10-23T00:00+02:00").Add(lastMoment)},
		{"just after midnight", series.Policy{NoticeDays: 1}, "2026-03-24T00:00+01:00", instant("2026-03-23T00:00+01:00").Add(lastMoment)},
		{"both, the days come first", series.Policy{Notice: time.Hour, NoticeDays: 1}, "2026-03-24T10:00+01:00", instant("2026-03-23T00:00+01:00").Add(lastMoment)},
		{"both, the hours come first", series.Policy{Notice: 100 * time.Hour, NoticeDays: 1}, "2026-03-20T10:00+01:00", instant("2026-03-16T06:00+01:00")},
	} {
		start := instant(c.start)
		if got := booking.Deadline(c.policy, start.In(oslo), oslo); got != c.want {
			t.Errorf("%s: %s, want %s", c.name, got.In(oslo), c.want.In(oslo))
		}
		if booking.Late(c.policy, start, c.want, oslo) {
			t.Errorf("%s: late at the deadline", c.name)
		}
		if late := booking.Late(c.policy, start, c.want.Add(time.Microsecond), oslo); late != (c.policy != series.Policy{}) {
			t.Errorf("%s: late after the deadline: %v", c.name, late)
		}
	}
}

func TestDeadlineNeverAfterStart(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := series.Policy{
			Notice:     time.Duration(rapid.IntRange(0, 5000).Draw(t, "notice")) * time.Minute,
			NoticeDays: rapid.IntRange(0, 5).Draw(t, "days"),
		}
		near := rapid.SampledFrom([]string{"2026-03-28T00:00Z", "2026-10-24T00:00Z", "2027-03-27T00:00Z", "2027-10-30T00:00Z"}).Draw(t, "near")
		start := instant(near).Add(time.Duration(rapid.IntRange(0, 4*24*60).Draw(t, "start")) * time.Minute)
		deadline := booking.Deadline(p, start, oslo)
		if deadline.After(start) {
			t.Fatalf("%s is after the start %s", deadline, start)
		}
		if booking.Late(p, start, deadline, oslo) {
			t.Fatalf("late at the deadline %s", deadline)
		}
		if p != (series.Policy{}) && !booking.Late(p, start, start.Add(time.Microsecond), oslo) {
			t.Fatalf("not late after the start %s", start)
		}
	})
}
