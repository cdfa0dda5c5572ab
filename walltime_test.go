package timebok_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/rickb777/date"
	"github.com/rickb777/date/clock"
	"pgregory.net/rapid"

	"github.com/timebok/timebok"
)

func zone(t interface{ Fatal(...any) }, name string) *time.Location {
	loc, err := timebok.LoadZone(name)
	if err != nil {
		t.Fatal(name, err)
	}
	return loc
}

func TestLoadZone(t *testing.T) {
	oslo := zone(t, timebok.OsloZone)
	if oslo.String() != "Europe/Oslo" || zone(t, "Europe/Oslo") != oslo || zone(t, "UTC") != time.UTC {
		t.Error("wrong location")
	}
	for _, name := range []string{"", "Local", "localtime", "Europe/Trondheim", "../etc/passwd", "/etc/localtime", "europe/oslo ", "CEST"} {
		_, err := timebok.LoadZone(name)
		checkInvalid(t, err, timebok.BadZone, name)
	}
}

// Of days to come a newer tzdata may say otherwise, as 2026f did of Havana: no test
// names a day abroad after it was written.
func TestAt(t *testing.T) {
	for _, c := range []struct{ zone, day, wall, want string }{
		// Oslo 2026: 02:00 becomes 03:00 on 29 March, 03:00 becomes 02:00 on 25 October.
		{"Europe/Oslo", "2026-03-29", "01:59", "2026-03-29T00:59:00Z"},
		{"Europe/Oslo", "2026-03-29", "02:00", "2026-03-29T01:00:00Z"},
		{"Europe/Oslo", "2026-03-29", "02:30", "2026-03-29T01:00:00Z"}, // the gap
		{"Europe/Oslo", "2026-03-29", "02:59:59.999", "2026-03-29T01:00:00Z"},
		{"Europe/Oslo", "2026-03-29", "03:00", "2026-03-29T01:00:00Z"},
		{"Europe/Oslo", "2026-03-29", "03:30", "2026-03-29T01:30:00Z"},
		{"Europe/Oslo", "2026-10-25", "01:59", "2026-10-24T23:59:00Z"},
		{"Europe/Oslo", "2026-10-25", "02:00", "2026-10-25T00:00:00Z"}, // the fold
		{"Europe/Oslo", "2026-10-25", "02:30", "2026-10-25T00:30:00Z"},
		{"Europe/Oslo", "2026-10-25", "02:59:59.999", "2026-10-25T00:59:59.999Z"},
		{"Europe/Oslo", "2026-10-25", "03:00", "2026-10-25T02:00:00Z"},
		{"Europe/Oslo", "2025-03-30", "02:30", "2025-03-30T01:00:00Z"},
		{"Europe/Oslo", "2025-10-26", "02:30", "2025-10-26T00:30:00Z"},
		{"Europe/Oslo", "2026-01-15", "10:00", "2026-01-15T09:00:00Z"},
		{"Europe/Oslo", "2026-07-15", "10:00", "2026-07-15T08:00:00Z"},
		{"Europe/Oslo", "2026-03-28", "24:00", "2026-03-28T23:00:00Z"},
		{"UTC", "2026-03-29", "02:30", "2026-03-29T02:30:00Z"},
		{"America/New_York", "2025-03-09", "02:30", "2025-03-09T07:00:00Z"},
		{"America/New_York", "2025-11-02", "01:30", "2025-11-02T05:30:00Z"},
		{"America/New_York", "2025-11-02", "02:00", "2025-11-02T07:00:00Z"},
		{"Australia/Lord_Howe", "2025-10-05", "02:15", "2025-10-04T15:30:00Z"}, // half an hour
		{"Australia/Lord_Howe", "2025-10-05", "02:30", "2025-10-04T15:30:00Z"},
		{"Australia/Lord_Howe", "2025-04-06", "01:45", "2025-04-05T14:45:00Z"},
		{"Australia/Lord_Howe", "2025-04-06", "02:00", "2025-04-05T15:30:00Z"},
		{"America/Havana", "2025-03-09", "00:00", "2025-03-09T05:00:00Z"}, // the day begins at 01:00
		{"America/Havana", "2025-03-09", "00:30", "2025-03-09T05:00:00Z"},
		{"America/Havana", "2025-11-02", "00:00", "2025-11-02T04:00:00Z"},
		{"America/Havana", "2025-11-02", "00:30", "2025-11-02T04:30:00Z"},
		{"Africa/Cairo", "2025-04-25", "00:30", "2025-04-24T22:00:00Z"},
		{"Africa/Cairo", "2025-10-30", "23:30", "2025-10-30T20:30:00Z"},
		{"Africa/Cairo", "2025-10-31", "00:00", "2025-10-30T22:00:00Z"},
		{"Pacific/Apia", "2011-12-30", "12:00", "2011-12-30T10:00:00Z"}, // a day that never was
		{"Asia/Kathmandu", "2026-05-05", "00:00", "2026-05-04T18:15:00Z"},
	} {
		day, wall := date.MustParse(date.ISO8601, c.day), clock.MustParse(c.wall)
		want, _ := time.Parse(time.RFC3339Nano, c.want)
		if got := timebok.At(day, wall, zone(t, c.zone)); got != timebok.Instant(want) {
			t.Errorf("%s %s %s: got %s, want %s", c.zone, c.day, c.wall, got.Format(time.RFC3339Nano), c.want)
		}
	}
}

// At agrees with a search through every minute of the days around.
func TestAtAgainstSearch(t *testing.T) {
	zones := []string{
		"Europe/Oslo", "Europe/London", "America/New_York", "America/Havana", "America/St_Johns", "Africa/Cairo",
		"Africa/Casablanca", "Australia/Lord_Howe", "Asia/Tehran", "Pacific/Apia", "Antarctica/Troll", "America/Santiago",
	}
	rapid.Check(t, func(t *rapid.T) {
		loc := zone(t, rapid.SampledFrom(zones).Draw(t, "zone"))
		day := date.New(rapid.IntRange(1995, 2035).Draw(t, "year"), 1, 1).Add(date.PeriodOfDays(rapid.IntRange(0, 365).Draw(t, "day")))
		// Most years' days are dull: move to the next change of the clock.
		near, minute := rapid.IntRange(-90, 90).Draw(t, "near"), rapid.IntRange(0, 1439).Draw(t, "minute")
		if _, change := timebok.At(day, clock.Noon, loc).In(loc).ZoneBounds(); !change.IsZero() && minute%4 != 0 {
			local := change.Add(time.Duration(near) * time.Minute).In(loc)
			day, minute = date.NewAt(local), local.Hour()*60+local.Minute()
			if minute%2 == 0 { // the wall time before the change, which may lie in the gap
				_, before := change.Add(-time.Second).In(loc).Zone()
				naive := change.Add(time.Duration(near)*time.Minute + time.Duration(before)*time.Second)
				day, minute = date.NewAt(naive.UTC()), naive.UTC().Hour()*60+naive.UTC().Minute()
			}
		}
		got := timebok.At(day, clock.New(0, minute, 0, 0), loc)

		asked := day.UTC().Add(time.Duration(minute) * time.Minute)
		var want time.Time
		for at := asked.Add(-16 * time.Hour); want.IsZero(); at = at.Add(time.Minute) {
			if _, offset := at.In(loc).Zone(); !at.Add(time.Duration(offset) * time.Second).Before(asked) {
				want = at // the first minute that shows this wall time or a later one
			}
		}
		if !got.Equal(want) {
			t.Fatalf("%s %s minute %d: got %s, want %s", loc, day, minute, got, want)
		}
		if got.Location() != time.UTC {
			t.Fatalf("in %s", got.Location())
		}
	})
}

func TestDay(t *testing.T) {
	for _, c := range []struct {
		zone, day string
		hours     float64
	}{
		{"Europe/Oslo", "2026-03-28", 24}, {"Europe/Oslo", "2026-03-29", 23}, {"Europe/Oslo", "2026-10-25", 25}, {"Europe/Oslo", "2026-10-26", 24},
		{"Europe/Oslo", "2025-03-30", 23}, {"Europe/Oslo", "2025-10-26", 25}, {"America/Havana", "2025-03-09", 23}, {"America/Havana", "2025-11-02", 25},
		{"Africa/Cairo", "2025-04-25", 23}, {"Africa/Cairo", "2025-10-30", 25}, {"Australia/Lord_Howe", "2025-10-05", 23.5}, {"Australia/Lord_Howe", "2025-04-06", 24.5},
		{"Pacific/Apia", "2011-12-30", 0},
	} {
		day, loc := date.MustParse(date.ISO8601, c.day), zone(t, c.zone)
		p := timebok.Day(day, loc)
		if p.Duration().Hours() != c.hours {
			t.Errorf("%s %s: %v hours, want %v", c.zone, c.day, p.Duration().Hours(), c.hours)
		}
		if c.hours > 0 && (timebok.DayOf(p.Start, loc) != day || timebok.DayOf(p.End.Add(-time.Microsecond), loc) != day || timebok.DayOf(p.End, loc) == day) {
			t.Errorf("%s %s: %v has instants of other days", c.zone, c.day, p)
		}
	}
}

// Days follow each other without hole or overlap.
func TestDaysAreSeamless(t *testing.T) {
	for _, name := range []string{"Europe/Oslo", "America/Havana", "Australia/Lord_Howe", "Africa/Cairo"} {
		loc, day := zone(t, name), date.New(2026, 1, 1)
		for before := timebok.Day(day, loc); day.Year() < 2028; {
			day = day.Add(1)
			p := timebok.Day(day, loc)
			if p.Start != before.End {
				t.Fatalf("%s %s: %v after %v", name, day, p, before)
			}
			before = p
		}
	}
}

func TestWeeklyKeepsWallTime(t *testing.T) {
	oslo := zone(t, timebok.OsloZone)
	for _, first := range []date.Date{date.New(2026, 3, 1), date.New(2026, 10, 4), date.New(2027, 3, 7), date.New(2027, 10, 3)} {
		for week := range 8 {
			day := first.Add(date.PeriodOfDays(7 * week))
			at := timebok.At(day, clock.New(10, 0, 0, 0), oslo).In(oslo)
			if at.Hour() != 10 || at.Minute() != 0 || timebok.DayOf(at, oslo) != day || at.Weekday() != first.Weekday() {
				t.Errorf("week %d after %s: %s", week, first, at)
			}
		}
	}
}

func ExampleAt() {
	oslo, _ := timebok.LoadZone(timebok.OsloZone)
	half2 := clock.New(2, 30, 0, 0)
	fmt.Println(timebok.At(date.New(2026, time.March, 29), half2, oslo).In(oslo))   // does not exist
	fmt.Println(timebok.At(date.New(2026, time.October, 25), half2, oslo).In(oslo)) // exists twice
	// Output:
	// 2026-03-29 03:00:00 +0200 CEST
	// 2026-10-25 02:30:00 +0200 CEST
}
