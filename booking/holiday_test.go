package booking_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/rickb777/date"
	"github.com/timebok/timebok"
	"github.com/timebok/timebok/booking"
)

func day(text string) date.Date {
	d, err := date.ParseISO(text)
	if err != nil {
		panic(err)
	}
	return d
}

func ExampleHolidays() {
	for _, h := range booking.Holidays(2027) {
		fmt.Println(h.Day, h.Name(timebok.Bokmaal))
	}
	// Output:
	// 2027-01-01 1. nyttårsdag
	// 2027-03-25 skjærtorsdag
	// 2027-03-26 langfredag
	// 2027-03-28 1. påskedag
	// 2027-03-29 2. påskedag
	// 2027-05-01 1. mai
	// 2027-05-06 Kristi himmelfartsdag
	// 2027-05-16 1. pinsedag
	// 2027-05-17 17. mai
	// 2027-05-17 2. pinsedag
	// 2027-12-25 1. juledag
	// 2027-12-26 2. juledag
}

// The movable days of domain.md 5.2.
func TestMovableHolidays(t *testing.T) {
	names := []string{
		"Maundy Thursday", "Good Friday", "Easter Sunday", "Easter Monday",
		"Ascension Day", "Whit Sunday", "Whit Monday",
	}
	for _, want := range [][]string{
		{"2026-04-02", "2026-04-03", "2026-04-05", "2026-04-06", "2026-05-14", "2026-05-24", "2026-05-25"},
		{"2027-03-25", "2027-03-26", "2027-03-28", "2027-03-29", "2027-05-06", "2027-05-16", "2027-05-17"},
		{"2028-04-13", "2028-04-14", "2028-04-16", "2028-04-17", "2028-05-25", "2028-06-04", "2028-06-05"},
		{"2029-03-29", "2029-03-30", "2029-04-01", "2029-04-02", "2029-05-10", "2029-05-20", "2029-05-21"},
		{"2030-04-18", "2030-04-19", "2030-04-21", "2030-04-22", "2030-05-30", "2030-06-09", "2030-06-10"},
	} {
		year := day(want[0]).Year()
		got := map[string]date.Date{}
		for _, h := range booking.Holidays(year) {
			got[h.Name(timebok.English)] = h.Day
		}
		for i, name := range names {
			if got[name] != day(want[i]) {
				t.Errorf("%d: %s is %s, want %s", year, name, got[name], want[i])
			}
		}
		for name, fixed := range map[string]date.Date{
			"New Year's Day": date.New(year, time.January, 1), "Labour Day": date.New(year, time.May, 1),
			"Constitution Day": date.New(year, time.May, 17), "Christmas Day": date.New(year, time.December, 25),
			"Boxing Day": date.New(year, time.December, 26),
		} {
			if got[name] != fixed {
				t.Errorf("%d: %s is %s, want %s", year, name, got[name], fixed)
			}
		}
	}
}

// Among them the years in which a simpler rule for Easter is a week late (1954,
// 1981, 2049, 2076), and its latest day (1943, 2038).
func TestEaster(t *testing.T) {
	for _, want := range []string{
		"1913-03-23", "1943-04-25", "1954-04-18", "1981-04-19", "2000-04-23", "2008-03-23",
		"2024-03-31", "2025-04-20", "2038-04-25", "2049-04-18", "2076-04-19",
	} {
		for _, h := range booking.Holidays(day(want).Year()) {
			if h.Name(timebok.English) == "Easter Sunday" && h.Day != day(want) {
				t.Errorf("Easter Sunday is %s, want %s", h.Day, want)
			}
		}
	}
}

// IsHoliday and Holidays say the same of every day, and the days keep their
// weekdays.
func TestIsHolidayAgrees(t *testing.T) {
	weekdays := map[string]time.Weekday{
		"Maundy Thursday": time.Thursday, "Good Friday": time.Friday, "Easter Sunday": time.Sunday,
		"Easter Monday": time.Monday, "Ascension Day": time.Thursday, "Whit Sunday": time.Sunday, "Whit Monday": time.Monday,
	}
	for year := 1950; year < 2150; year++ {
		listed := map[date.Date]bool{}
		var last date.Date
		all := booking.Holidays(year)
		if len(all) != 12 {
			t.Fatalf("%d has %d holidays", year, len(all))
		}
		for i, h := range all {
			if i > 0 && h.Day.Before(last) {
				t.Errorf("%d: %s is out of order", year, h.Day)
			}
			last = h.Day
			listed[h.Day] = true
			if w, ok := weekdays[h.Name(timebok.English)]; ok && w != h.Day.Weekday() {
				t.Errorf("%s %s is a %s", h.Day, h.Name(timebok.English), h.Day.Weekday())
			}
		}
		for d := date.New(year, time.January, 1); d.Year() == year; d = d.Add(1) {
			if booking.IsHoliday(d) != listed[d] {
				t.Errorf("IsHoliday(%s) = %v", d, !listed[d])
			}
			weekend := d.Weekday() == time.Saturday || d.Weekday() == time.Sunday
			if want := !weekend && !listed[d]; booking.IsWorkingDay(d) != want {
				t.Errorf("IsWorkingDay(%s) = %v", d, !want)
			}
		}
	}
}

func TestHolidayNames(t *testing.T) {
	seen := map[string]bool{}
	for _, h := range booking.Holidays(2026) {
		for _, l := range []timebok.Lang{timebok.Bokmaal, timebok.Nynorsk, timebok.English} {
			if h.Name(l) == "" {
				t.Errorf("%s has no name in %s", h.Day, l)
			}
		}
		if h.Name("sv") != h.Name(timebok.Bokmaal) {
			t.Errorf("%s: an unknown language is not bokmål", h.Day)
		}
		if seen[h.Name(timebok.Bokmaal)] {
			t.Errorf("%s twice", h.Name(timebok.Bokmaal))
		}
		seen[h.Name(timebok.Bokmaal)] = true
	}
}

func TestAddWorkingDays(t *testing.T) {
	for _, c := range []struct {
		from string
		n    int
		want string
	}{
		{"2007-03-21", 5, "2007-03-28"},  // domain.md 5.2
		{"2007-04-04", 5, "2007-04-16"},  // over Easter
		{"2007-04-16", -5, "2007-04-04"}, // and back
		{"2026-03-23", -1, "2026-03-20"}, // Monday: Friday
		{"2026-03-22", -1, "2026-03-20"}, // Sunday: Friday
		{"2026-03-22", 1, "2026-03-23"},
		{"2026-03-22", 0, "2026-03-22"},
		{"2026-04-07", -1, "2026-04-01"}, // the Tuesday after Easter: Wednesday before
		{"2027-05-18", -1, "2027-05-14"}, // 17 May and Whit Monday on one day
		{"2026-12-24", 1, "2026-12-28"},
		{"2026-12-31", 1, "2027-01-04"},
	} {
		if got := booking.AddWorkingDays(day(c.from), c.n); got != day(c.want) {
			t.Errorf("AddWorkingDays(%s, %d) = %s, want %s", c.from, c.n, got, c.want)
		}
	}
}
