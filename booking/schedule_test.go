package booking_test

import (
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/rickb777/date"
	"github.com/rickb777/date/clock"
	"github.com/timebok/timebok"
	"github.com/timebok/timebok/booking"
	"pgregory.net/rapid"
)

var (
	kari = timebok.DeriveID[timebok.Practitioner]("kari")
	ola  = timebok.DeriveID[timebok.Practitioner]("ola")
)

func at(hour, minute int) clock.Clock { return clock.New(hour, minute, 0, 0) }

// span reads "08:00-15:30".
func span(text string) booking.Span {
	var h1, m1, h2, m2 int
	if _, err := fmt.Sscanf(text, "%d:%d-%d:%d", &h1, &m1, &h2, &m2); err != nil {
		panic(err)
	}
	return booking.Span{From: at(h1, m1), To: at(h2, m2)}
}

// week gives the weekdays the same hours.
func week(days []time.Weekday, spans ...string) []booking.Hours {
	var out []booking.Hours
	for _, d := range days {
		for _, s := range spans {
			out = append(out, booking.Hours{Day: d, From: span(s).From, To: span(s).To})
		}
	}
	return out
}

var (
	mondayToFriday = []time.Weekday{time.Monday, time.Tuesday, time.Wednesday, time.Thursday, time.Friday}
	allDays        = append([]time.Weekday{time.Saturday, time.Sunday}, mondayToFriday...)
)

// onWall writes periods as the clock on the wall shows them.
func onWall(periods []timebok.Period) []string {
	var out []string
	for _, p := range periods {
		out = append(out, p.Start.In(oslo).Format("2006-01-02 15:04Z07")+" to "+p.End.In(oslo).Format("15:04Z07"))
	}
	return out
}

func ExampleSchedule() {
	oslo, _ := timebok.LoadZone(timebok.OsloZone)
	hours := booking.Schedule{
		Practitioner: timebok.DeriveID[timebok.Practitioner]("kari"),
		Week: []booking.Hours{
			{Day: time.Monday, From: clock.New(8, 0, 0, 0), To: clock.New(11, 30, 0, 0)},
			{Day: time.Monday, From: clock.New(12, 0, 0, 0), To: clock.New(16, 0, 0, 0)},
		},
		Days: []booking.DayHours{ // the Monday before Easter
			{Day: date.New(2026, time.March, 30), Hours: []booking.Span{{From: clock.New(10, 0, 0, 0), To: clock.New(12, 0, 0, 0)}}},
		},
	}
	fmt.Println(hours.Validate())
	for _, monday := range []int{23, 30, 37} { // an ordinary one, the exception, Easter Monday
		day := date.New(2026, time.March, monday)
		fmt.Println(day)
		for _, p := range hours.Open(day, oslo) {
			fmt.Println(" ", p.Start.In(oslo).Format("15:04"), "to", p.End.In(oslo).Format("15:04"))
		}
	}
	// Output:
	// <nil>
	// 2026-03-23
	//   08:00 to 11:30
	//   12:00 to 16:00
	// 2026-03-30
	//   10:00 to 12:00
	// 2026-04-06
}

func TestOpen(t *testing.T) {
	for _, c := range []struct {
		name  string
		hours booking.Schedule
		day   string
		want  []string
	}{
		{"order and touching", booking.Schedule{Week: week(mondayToFriday, "12:00-16:00", "08:00-12:00", "18:00-20:00")}, "2026-03-02",
			[]string{"2026-03-02 08:00+01 to 16:00+01", "2026-03-02 18:00+01 to 20:00+01"}},
		{"no hours on the weekday", booking.Schedule{Week: week(mondayToFriday, "08:00-16:00")}, "2026-03-01", nil},
		{"holiday", booking.Schedule{Week: week(allDays, "08:00-16:00")}, "2027-05-17", nil},
		{"holiday, open", booking.Schedule{Week: week(allDays, "08:00-16:00"), HolidaysOpen: true}, "2027-05-17",
			[]string{"2027-05-17 08:00+02 to 16:00+02"}},
		{"holiday, open by exception", booking.Schedule{Week: week(allDays, "08:00-16:00"),
			Days: []booking.DayHours{{Day: day("2027-05-17"), Hours: []booking.Span{span("17:00-19:00")}}}}, "2027-05-17",
			[]string{"2027-05-17 17:00+02 to 19:00+02"}},
		{"closed by exception", booking.Schedule{Week: week(allDays, "08:00-16:00"), HolidaysOpen: true,
			Days: []booking.DayHours{{Day: day("2026-03-02")}}}, "2026-03-02", nil},
		{"ordinary Sunday", booking.Schedule{Week: week(allDays, "08:00-16:00")}, "2026-03-01",
			[]string{"2026-03-01 08:00+01 to 16:00+01"}},
		{"to midnight", booking.Schedule{Week: week(allDays, "20:00-24:00")}, "2026-03-01",
			[]string{"2026-03-01 20:00+01 to 00:00+01"}},

		{"day before spring", booking.Schedule{Week: week(allDays, "09:00-15:00")}, "2026-03-28", []string{"2026-03-28 09:00+01 to 15:00+01"}},
		{"day of spring", booking.Schedule{Week: week(allDays, "09:00-15:00")}, "2026-03-29", []string{"2026-03-29 09:00+02 to 15:00+02"}},
		{"across the gap", booking.Schedule{Week: week(allDays, "00:00-24:00")}, "2026-03-29", []string{"2026-03-29 00:00+01 to 00:00+02"}},
		{"from the gap", booking.Schedule{Week: week(allDays, "02:30-06:00")}, "2026-03-29", []string{"2026-03-29 03:00+02 to 06:00+02"}},
		{"to the gap", booking.Schedule{Week: week(allDays, "01:00-02:30")}, "2026-03-29", []string{"2026-03-29 01:00+01 to 03:00+02"}},
		{"in the gap", booking.Schedule{Week: week(allDays, "02:00-03:00", "02:10-02:40")}, "2026-03-29", nil},
		{"day before autumn", booking.Schedule{Week: week(allDays, "09:00-15:00")}, "2026-10-24", []string{"2026-10-24 09:00+02 to 15:00+02"}},
		{"day of autumn", booking.Schedule{Week: week(allDays, "09:00-15:00")}, "2026-10-25", []string{"2026-10-25 09:00+01 to 15:00+01"}},
		{"across the fold", booking.Schedule{Week: week(allDays, "00:00-24:00")}, "2026-10-25", []string{"2026-10-25 00:00+02 to 00:00+01"}},
		{"from the fold", booking.Schedule{Week: week(allDays, "02:30-06:00")}, "2026-10-25", []string{"2026-10-25 02:30+02 to 06:00+01"}},
		{"to the fold", booking.Schedule{Week: week(allDays, "01:00-02:30")}, "2026-10-25", []string{"2026-10-25 01:00+02 to 02:30+02"}},
		{"2024, spring and Easter Sunday", booking.Schedule{Week: week(allDays, "01:00-09:00"), HolidaysOpen: true}, "2024-03-31", []string{"2024-03-31 01:00+01 to 09:00+02"}},
		{"2024, autumn", booking.Schedule{Week: week(allDays, "01:00-09:00")}, "2024-10-27", []string{"2024-10-27 01:00+02 to 09:00+01"}},
	} {
		if got := onWall(c.hours.Open(day(c.day), oslo)); !slices.Equal(got, c.want) {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
}

func TestOpenKeepsSchedule(t *testing.T) {
	s := booking.Schedule{Days: []booking.DayHours{{Day: day("2026-03-02"), Hours: []booking.Span{span("12:00-14:00"), span("08:00-12:00")}}}}
	s.Open(day("2026-03-02"), oslo)
	if got := s.Days[0].Hours; got[0] != span("12:00-14:00") || got[1] != span("08:00-12:00") {
		t.Errorf("Open changed the schedule: %v", got)
	}
}

// Open means by a wall time what timebok.At means, on every day in every zone.
func TestOpenIsAt(t *testing.T) {
	for _, name := range []string{timebok.OsloZone, "UTC", "America/New_York", "Australia/Lord_Howe", "Africa/Casablanca", "America/Sao_Paulo", "Asia/Kolkata", "Pacific/Chatham"} {
		loc := zone(name)
		s := booking.Schedule{Week: week(allDays, "00:00-01:15", "01:45-02:30", "02:50-24:00"), HolidaysOpen: true}
		for d := day("2017-12-20"); d.Before(day("2020-01-10")); d = d.Add(1) {
			var want []timebok.Period
			for _, h := range []string{"00:00-01:15", "01:45-02:30", "02:50-24:00"} {
				p := timebok.Period{Start: timebok.At(d, span(h).From, loc), End: timebok.At(d, span(h).To, loc)}
				if p.Start.Before(p.End) {
					want = append(want, p)
				}
			}
			if got := s.Open(d, loc); !slices.Equal(got, want) {
				t.Fatalf("%s %s: %v, want %v", name, d, got, want)
			}
		}
	}
}

// Working time is what a search minute by minute finds on days without a change
// of the clock.
func TestOpenByMinutes(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := drawSchedule(t)
		d := day("2026-03-30").Add(date.PeriodOfDays(rapid.IntRange(0, 20).Draw(t, "day")))
		hours := wallHours(s, d)
		open := s.Open(d, oslo)
		for minute := range 24 * 60 {
			want := slices.ContainsFunc(hours, func(h booking.Span) bool {
				return h.From <= at(0, minute) && at(0, minute) < h.To
			})
			instant := timebok.At(d, at(0, minute), oslo)
			if got := slices.ContainsFunc(open, func(p timebok.Period) bool { return p.Contains(instant) }); got != want {
				t.Fatalf("%s minute %d: open %v, want %v", d, minute, got, want)
			}
		}
		for i := 1; i < len(open); i++ {
			if !open[i-1].End.Before(open[i].Start) {
				t.Fatalf("%v touch or are out of order", open)
			}
		}
	})
}

func TestScheduleValidate(t *testing.T) {
	s := booking.Schedule{
		Week: []booking.Hours{
			{Day: time.Monday, From: at(8, 0), To: at(12, 0)},
			{Day: time.Monday, From: at(12, 0), To: at(24, 0)}, // touching is fine
			{Day: time.Monday, From: at(11, 0), To: at(13, 0)},
			{Day: time.Tuesday, From: at(8, 0), To: at(12, 0)},
			{Day: time.Tuesday, From: at(8, 0), To: at(12, 0)},
			{Day: 7, From: at(8, 0), To: at(12, 0)},
			{Day: time.Friday, From: at(12, 0), To: at(12, 0)},
			{Day: time.Friday, From: -1, To: at(25, 0)},
			{Day: time.Friday, From: at(24, 0), To: at(24, 0)},
		},
		Days: []booking.DayHours{
			{Day: day("2026-03-02")},
			{Day: day("2026-03-03"), Hours: []booking.Span{span("08:00-12:00"), span("09:00-10:00"), span("13:00-12:00")}},
			{Day: day("2026-03-02"), Hours: []booking.Span{span("08:00-12:00")}},
		},
	}
	want := []string{
		"Practitioner field.missing",
		"Week[2] hours.overlap",
		"Week[4] hours.overlap",
		"Week[5].Day field.invalid",
		"Week[6] period.invalid",
		"Week[7].From field.invalid",
		"Week[7].To field.invalid",
		"Week[8] period.invalid",
		"Days[1].Hours[1] hours.overlap",
		"Days[1].Hours[2] period.invalid",
		"Days[2].Day hours.twice",
	}
	if got := problems(t, s.Validate()); !slices.Equal(got, want) {
		t.Errorf("got %q\nwant %q", got, want)
	}
	if err := (booking.Schedule{Practitioner: kari}).Validate(); err != nil {
		t.Errorf("never open is valid: %v", err)
	}
}

func TestAbsenceValidate(t *testing.T) {
	want := []string{"ID field.missing", "Practitioner field.missing", "Time period.invalid", "Kind field.invalid"}
	if got := problems(t, booking.Absence{Kind: "hangover"}.Validate()); !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	for _, kind := range []booking.AbsenceKind{booking.Vacation, booking.Sick, booking.Course, booking.OtherAbsence} {
		a := booking.Absence{
			ID: timebok.DeriveID[booking.Absence]("a"), Version: 3, Practitioner: kari,
			Time: timebok.Lasting(instant("2026-03-02T08:00Z"), time.Hour), Kind: kind,
		}
		if err := a.Validate(); err != nil {
			t.Errorf("%s: %v", kind, err)
		}
		if ref := a.Ref(); ref != (timebok.Ref{Kind: timebok.KindAbsence, ID: a.ID.UUID(), Version: 3}) {
			t.Errorf("Ref is %v", ref)
		}
	}
}

func TestScheduleRef(t *testing.T) {
	var r timebok.Record = booking.Schedule{Practitioner: kari, Version: 2}
	if r.Ref() != (timebok.Ref{Kind: timebok.KindSchedule, ID: kari.UUID(), Version: 2}) {
		t.Errorf("Ref is %v", r.Ref())
	}
}

// problems lists field and code of each reason of an *timebok.InvalidError.
func problems(t *testing.T, err error) []string {
	t.Helper()
	var invalid *timebok.InvalidError
	if !errors.As(err, &invalid) {
		t.Fatalf("%v is no *InvalidError", err)
	}
	var out []string
	for _, r := range invalid.Reasons {
		out = append(out, r.Field+" "+r.Code())
	}
	return out
}

// drawSchedule draws a valid schedule with breaks, nights and exceptions around
// Easter 2026.
func drawSchedule(t *rapid.T) booking.Schedule {
	spans := func(name string) []booking.Span {
		ticks := rapid.SliceOfNDistinct(rapid.IntRange(0, 96), 0, 6, rapid.ID).Draw(t, name) // quarters
		slices.Sort(ticks)
		var out []booking.Span
		for pair := range slices.Chunk(ticks, 2) {
			if len(pair) == 2 {
				out = append(out, booking.Span{From: at(0, 15*pair[0]), To: at(0, 15*pair[1])})
			}
		}
		if len(ticks) > 3 && rapid.Bool().Draw(t, "close the break") {
			out = append(out, booking.Span{From: at(0, 15*ticks[1]), To: at(0, 15*ticks[2])})
		}
		return out
	}
	s := booking.Schedule{Practitioner: kari, HolidaysOpen: rapid.Bool().Draw(t, "holidays open")}
	for d := time.Sunday; d <= time.Saturday; d++ {
		if rapid.IntRange(0, 3).Draw(t, "works") == 0 {
			continue
		}
		for _, h := range spans(d.String()) {
			s.Week = append(s.Week, booking.Hours{Day: d, From: h.From, To: h.To})
		}
	}
	for _, offset := range rapid.SliceOfNDistinct(rapid.IntRange(-15, 60), 0, 4, rapid.ID).Draw(t, "exceptions") {
		s.Days = append(s.Days, booking.DayHours{Day: day("2026-03-30").Add(date.PeriodOfDays(offset)), Hours: spans("exception")})
	}
	if err := s.Validate(); err != nil {
		t.Fatalf("drew a bad schedule: %v", err)
	}
	return s
}

// wallHours are the hours of a day as the documentation of Schedule puts it,
// neither merged nor in order.
func wallHours(s booking.Schedule, d date.Date) []booking.Span {
	for _, e := range s.Days {
		if e.Day == d {
			return e.Hours
		}
	}
	if booking.IsHoliday(d) && !s.HolidaysOpen {
		return nil
	}
	var out []booking.Span
	for _, h := range s.Week {
		if h.Day == d.Weekday() {
			out = append(out, booking.Span{From: h.From, To: h.To})
		}
	}
	return out
}
