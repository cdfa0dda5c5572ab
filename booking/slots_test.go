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

func between(start, end string) timebok.Period {
	return timebok.Period{Start: instant(start), End: instant(end)}
}

func bookingID(n int) booking.ID { return timebok.DeriveID[booking.Booking](fmt.Sprint(n)) }

// slotStarts writes slots as the clock on the wall shows their starts.
func slotStarts(slots []booking.Slot) []string {
	var out []string
	for _, s := range slots {
		out = append(out, s.Time.Start.In(oslo).Format("02 15:04Z07"))
	}
	return out
}

func ExampleCalendar_Free() {
	oslo, _ := timebok.LoadZone(timebok.OsloZone)
	monday := date.New(2026, time.March, 23)
	lunch := timebok.Period{
		Start: timebok.At(monday, clock.New(11, 0, 0, 0), oslo),
		End:   timebok.At(monday, clock.New(12, 0, 0, 0), oslo),
	}
	calendar := booking.Calendar{
		Practitioner: timebok.DeriveID[timebok.Practitioner]("kari"),
		Zone:         timebok.OsloZone,
		Schedule: &booking.Schedule{Week: []booking.Hours{
			{Day: time.Monday, From: clock.New(9, 0, 0, 0), To: clock.New(14, 0, 0, 0)},
		}},
		Busy: []booking.Busy{{Time: lunch}},
	}
	slots, err := calendar.Free(nil, timebok.Day(monday, oslo), booking.Shape{
		Duration: 45 * time.Minute, After: 15 * time.Minute, Step: time.Hour,
	}, 0)
	for _, s := range slots {
		fmt.Println(s.Time.Start.In(oslo).Format("15:04"), "to", s.Time.End.In(oslo).Format("15:04"))
	}
	fmt.Println(err)

	no, _ := calendar.Check(timebok.Lasting(lunch.Start, 45*time.Minute), 0, 0, booking.ID{})
	fmt.Println(no.Text(timebok.English))
	// Output:
	// 09:00 to 09:45
	// 10:00 to 10:45
	// 12:00 to 12:45
	// 13:00 to 13:45
	// <nil>
	// Start: the practitioner is taken from 2026-03-23 11:00 to 2026-03-23 12:00 [slot.taken]
}

func TestCheck(t *testing.T) {
	hours := &booking.Schedule{
		Practitioner: kari,
		Week:         append(week(mondayToFriday, "08:00-12:00", "12:00-16:00"), week([]time.Weekday{time.Friday}, "22:00-24:00")...),
		Days: []booking.DayHours{
			{Day: day("2026-03-04")},
			{Day: day("2026-03-07"), Hours: []booking.Span{span("00:00-02:00")}}, // a Saturday
			{Day: day("2026-04-03"), Hours: []booking.Span{span("10:00-12:00")}}, // Good Friday
		},
	}
	busy := []booking.Busy{
		{Booking: bookingID(1), Time: between("2026-03-02T09:00+01:00", "2026-03-02T10:00+01:00")},
		{Booking: bookingID(2), Time: between("2026-03-02T09:30+01:00", "2026-03-02T10:30+01:00")},
		{Time: between("2026-03-02T11:00+01:00", "2026-03-02T11:30+01:00")},
		{Booking: bookingID(3), Time: between("2026-05-17T09:00+02:00", "2026-05-17T11:00+02:00")},
	}
	absences := []booking.Absence{
		{Time: between("2026-03-02T14:00+01:00", "2026-03-03T00:00+01:00")},
		{Time: between("2026-03-02T15:00+01:00", "2026-03-02T17:00+01:00")},
		{Time: between("2026-05-17T00:00+02:00", "2026-05-18T00:00+02:00")},
	}
	all := booking.Calendar{Practitioner: kari, Zone: timebok.OsloZone, Schedule: hours, Busy: busy, Absences: absences}
	without := all
	without.Schedule = nil
	const hour, quarter = time.Hour, 15 * time.Minute
	for _, c := range []struct {
		name          string
		calendar      booking.Calendar
		start, end    string
		before, after time.Duration
		ignore        booking.ID
		want          []string
	}{
		{"free", all, "2026-03-02T08:00+01:00", "2026-03-02T09:00+01:00", 0, 0, booking.ID{}, nil},
		{"buffer before working hours", all, "2026-03-02T08:00+01:00", "2026-03-02T09:00+01:00", hour, 0, booking.ID{}, nil},
		{"buffer touches", all, "2026-03-02T10:45+01:00", "2026-03-02T11:00+01:00", quarter, 0, booking.ID{}, nil},
		{"buffer before overlaps", all, "2026-03-02T10:40+01:00", "2026-03-02T11:00+01:00", quarter, 0, booking.ID{}, []string{"slot.taken 09:30-10:30"}},
		{"buffer after overlaps", all, "2026-03-02T08:00+01:00", "2026-03-02T09:00+01:00", 0, quarter, booking.ID{}, []string{"slot.taken 09:00-10:00"}},
		{"every overlap", all, "2026-03-02T09:00+01:00", "2026-03-02T12:00+01:00", 0, 0, booking.ID{}, []string{"slot.taken 09:00-10:00", "slot.taken 09:30-10:30", "slot.taken 11:00-11:30"}},
		{"but the one that moves", all, "2026-03-02T09:00+01:00", "2026-03-02T12:00+01:00", 0, 0, bookingID(2), []string{"slot.taken 09:00-10:00", "slot.taken 11:00-11:30"}},
		{"hours that touch are one", all, "2026-03-02T11:30+01:00", "2026-03-02T13:00+01:00", 0, 0, booking.ID{}, nil},
		{"absent once", all, "2026-03-02T15:00+01:00", "2026-03-02T15:30+01:00", 0, 0, booking.ID{}, []string{"practitioner.absent"}},
		{"absence touches", all, "2026-03-02T13:00+01:00", "2026-03-02T14:00+01:00", 0, hour, booking.ID{}, nil},
		{"half outside and absent", all, "2026-03-02T15:30+01:00", "2026-03-02T16:30+01:00", 0, 0, booking.ID{}, []string{"hours.outside", "practitioner.absent"}},
		{"before hours", all, "2026-03-03T07:59+01:00", "2026-03-03T09:00+01:00", 0, 0, booking.ID{}, []string{"hours.outside"}},
		{"closed by exception", all, "2026-03-04T10:00+01:00", "2026-03-04T11:00+01:00", 0, 0, booking.ID{}, []string{"hours.outside"}},
		{"over midnight into an exception", all, "2026-03-06T23:30+01:00", "2026-03-07T00:30+01:00", 0, 0, booking.ID{}, nil},
		{"over midnight into nothing", all, "2026-03-13T23:30+01:00", "2026-03-14T00:30+01:00", 0, 0, booking.ID{}, []string{"hours.outside"}},
		{"to midnight", all, "2026-03-13T23:00+01:00", "2026-03-14T00:00+01:00", 0, 0, booking.ID{}, nil},
		{"holiday", all, "2026-04-06T10:00+02:00", "2026-04-06T11:00+02:00", 0, 0, booking.ID{}, []string{"day.holiday 2026-04-06"}},
		{"holiday, and outside anyway", all, "2026-04-06T17:00+02:00", "2026-04-06T18:00+02:00", 0, 0, booking.ID{}, []string{"day.holiday 2026-04-06", "hours.outside"}},
		{"outside, up to a holiday", all, "2026-04-30T23:00+02:00", "2026-05-01T00:00+02:00", 0, 0, booking.ID{}, []string{"hours.outside"}},
		{"holiday, open by exception", all, "2026-04-03T10:00+02:00", "2026-04-03T11:00+02:00", 0, 0, booking.ID{}, nil},
		{"outside an exception on a holiday", all, "2026-04-03T13:00+02:00", "2026-04-03T14:00+02:00", 0, 0, booking.ID{}, []string{"hours.outside"}},
		{"holiday on a day off", all, "2026-04-05T10:00+02:00", "2026-04-05T11:00+02:00", 0, 0, booking.ID{}, []string{"hours.outside"}},
		{"everything", all, "2026-05-17T10:00+02:00", "2026-05-17T11:00+02:00", 0, 0, booking.ID{}, []string{"slot.taken 09:00-11:00", "hours.outside", "practitioner.absent"}},
		{"no schedule", without, "2026-03-03T10:00+01:00", "2026-03-03T11:00+01:00", 0, 0, booking.ID{}, []string{"hours.outside"}},
		{"no schedule, holiday", without, "2026-04-06T10:00+02:00", "2026-04-06T11:00+02:00", 0, 0, booking.ID{}, []string{"hours.outside"}},
		{"Monday after spring", all, "2026-03-30T08:00+02:00", "2026-03-30T09:00+02:00", 0, 0, booking.ID{}, nil},
		{"an hour early after spring", all, "2026-03-30T07:00+02:00", "2026-03-30T08:00+02:00", 0, 0, booking.ID{}, []string{"hours.outside"}},
		{"Monday after autumn", all, "2026-10-26T15:00+01:00", "2026-10-26T16:00+01:00", 0, 0, booking.ID{}, nil},
		{"an hour late after autumn", all, "2026-10-26T16:00+01:00", "2026-10-26T17:00+01:00", 0, 0, booking.ID{}, []string{"hours.outside"}},
	} {
		no, err := c.calendar.Check(between(c.start, c.end), c.before, c.after, c.ignore)
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
		}
		if got := codes(no); !slices.Equal(got, c.want) {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
		for _, r := range no {
			if r.Field != "Start" {
				t.Errorf("%s: field %q", c.name, r.Field)
			}
		}
	}
}

// codes writes the code of each reason, with its parameters.
func codes(rs timebok.Reasons) []string {
	var out []string
	for _, r := range rs {
		text := r.Code()
		switch r.Rule {
		case booking.SlotTaken:
			text += " " + r.Params[0].Value.(time.Time).Format("15:04") + "-" + r.Params[1].Value.(time.Time).Format("15:04")
		case booking.Holiday:
			text += " " + r.Params[0].Value.(date.Date).String()
		}
		out = append(out, text)
	}
	return out
}

func TestUnknownZone(t *testing.T) {
	for _, name := range []string{"", "Local", "Europe/Trondheim"} {
		c := booking.Calendar{Zone: name, Schedule: &booking.Schedule{}}
		if _, err := c.Check(timebok.Period{}, 0, 0, booking.ID{}); !errors.Is(err, timebok.BadZone) {
			t.Errorf("Check in %q: %v", name, err)
		}
		if _, err := c.Free(nil, timebok.Period{}, booking.Shape{Duration: time.Hour}, 0); !errors.Is(err, timebok.BadZone) {
			t.Errorf("Free in %q: %v", name, err)
		}
		if _, err := booking.FreeSlots([]booking.Calendar{c}, timebok.Period{}, booking.Shape{Duration: time.Hour}, 0); !errors.Is(err, timebok.BadZone) {
			t.Errorf("FreeSlots in %q: %v", name, err)
		}
	}
}

func TestFreeBadShape(t *testing.T) {
	c := booking.Calendar{Zone: timebok.OsloZone}
	for _, f := range []struct {
		shape booking.Shape
		want  []string
	}{
		{booking.Shape{}, []string{"Duration field.invalid"}},
		{booking.Shape{Duration: -1, Before: -1, After: 5 * time.Hour, Step: time.Second},
			[]string{"Duration field.invalid", "Before field.invalid", "After field.invalid", "Step field.invalid"}},
		{booking.Shape{Duration: 25 * time.Hour, Step: 1000 * time.Hour}, []string{"Duration field.invalid", "Step field.invalid"}},
	} {
		_, err := c.Free(nil, timebok.Period{}, f.shape, 0)
		if got := problems(t, err); !slices.Equal(got, f.want) {
			t.Errorf("%+v: %q, want %q", f.shape, got, f.want)
		}
	}
}

func TestFree(t *testing.T) {
	const day1 = "2026-03-02T00:00+01:00"
	for _, c := range []struct {
		name     string
		hours    booking.Schedule
		busy     []timebok.Period
		absent   []timebok.Period
		from, to string
		shape    booking.Shape
		limit    int
		want     []string
	}{
		{name: "one after the other", hours: booking.Schedule{Week: week(mondayToFriday, "08:00-11:30")},
			from: day1, to: "2026-03-03T00:00+01:00", shape: booking.Shape{Duration: time.Hour},
			want: []string{"02 08:00+01", "02 09:00+01", "02 10:00+01"}},
		{name: "grid starts anew after a break", hours: booking.Schedule{Week: week(mondayToFriday, "08:00-10:00", "10:20-12:00")},
			from: day1, to: "2026-03-03T00:00+01:00", shape: booking.Shape{Duration: 45 * time.Minute},
			want: []string{"02 08:00+01", "02 08:45+01", "02 10:20+01", "02 11:05+01"}},
		{name: "steps", hours: booking.Schedule{Week: week(mondayToFriday, "08:00-09:30")},
			from: day1, to: "2026-03-03T00:00+01:00", shape: booking.Shape{Duration: time.Hour, Step: 10 * time.Minute}, limit: 3,
			want: []string{"02 08:00+01", "02 08:10+01", "02 08:20+01"}},
		{name: "within, half-open", hours: booking.Schedule{Week: week(mondayToFriday, "08:00-16:00")},
			from: "2026-03-02T09:00+01:00", to: "2026-03-02T12:00+01:00", shape: booking.Shape{Duration: time.Hour},
			want: []string{"02 09:00+01", "02 10:00+01", "02 11:00+01"}},
		{name: "within, grid not moved", hours: booking.Schedule{Week: week(mondayToFriday, "08:00-16:00")},
			from: "2026-03-02T09:01+01:00", to: "2026-03-02T11:59+01:00", shape: booking.Shape{Duration: time.Hour},
			want: []string{"02 10:00+01"}},
		{name: "touching is free", hours: booking.Schedule{Week: week(mondayToFriday, "08:00-12:00")},
			busy: []timebok.Period{between("2026-03-02T09:00+01:00", "2026-03-02T10:00+01:00")},
			from: day1, to: "2026-03-03T00:00+01:00", shape: booking.Shape{Duration: time.Hour},
			want: []string{"02 08:00+01", "02 10:00+01", "02 11:00+01"}},
		{name: "buffers touch", hours: booking.Schedule{Week: week(mondayToFriday, "08:00-12:00")},
			busy: []timebok.Period{between("2026-03-02T09:00+01:00", "2026-03-02T10:00+01:00")},
			from: day1, to: "2026-03-03T00:00+01:00", shape: booking.Shape{Duration: 45 * time.Minute, After: 15 * time.Minute, Before: 15 * time.Minute, Step: 15 * time.Minute},
			want: []string{"02 08:00+01", "02 10:15+01", "02 10:30+01", "02 10:45+01", "02 11:00+01", "02 11:15+01"}},
		{name: "a long one, with others in it, and out of order", hours: booking.Schedule{Week: week(mondayToFriday, "08:00-14:00")},
			busy: []timebok.Period{
				between("2026-03-02T10:00+01:00", "2026-03-02T10:30+01:00"),
				between("2026-03-02T08:30+01:00", "2026-03-02T13:00+01:00"),
				between("2026-03-02T09:00+01:00", "2026-03-02T09:30+01:00"),
			},
			from: day1, to: "2026-03-03T00:00+01:00", shape: booking.Shape{Duration: 30 * time.Minute},
			want: []string{"02 08:00+01", "02 13:00+01", "02 13:30+01"}},
		{name: "absences, out of order", hours: booking.Schedule{Week: week(mondayToFriday, "08:00-12:00")},
			absent: []timebok.Period{
				between("2026-03-02T11:00+01:00", "2026-03-02T12:00+01:00"),
				between("2026-03-01T00:00+01:00", "2026-03-02T09:00+01:00"),
			},
			from: day1, to: "2026-03-03T00:00+01:00", shape: booking.Shape{Duration: time.Hour, Before: 30 * time.Minute, After: 30 * time.Minute},
			want: []string{"02 09:00+01", "02 10:00+01"}},
		{name: "Easter", hours: booking.Schedule{Week: week(allDays, "10:00-11:00")},
			from: "2026-04-01T00:00+02:00", to: "2026-04-08T00:00+02:00", shape: booking.Shape{Duration: time.Hour},
			want: []string{"01 10:00+02", "04 10:00+02", "07 10:00+02"}},
		{name: "over midnight", hours: booking.Schedule{Week: append(week([]time.Weekday{time.Monday}, "22:00-24:00"), week([]time.Weekday{time.Tuesday}, "00:00-02:00")...)},
			from: day1, to: "2026-03-09T00:00+01:00", shape: booking.Shape{Duration: time.Hour, Step: 45 * time.Minute},
			want: []string{"02 22:00+01", "02 22:45+01", "02 23:30+01", "03 00:00+01", "03 00:45+01"}},
		{name: "no longer than the night", hours: booking.Schedule{Week: append(week([]time.Weekday{time.Monday}, "22:00-24:00"), week([]time.Weekday{time.Tuesday}, "00:00-02:00")...)},
			from: day1, to: "2026-03-09T00:00+01:00", shape: booking.Shape{Duration: 4 * time.Hour, Step: time.Hour},
			want: []string{"02 22:00+01"}},
		{name: "none without duration", hours: booking.Schedule{Week: week(allDays, "08:00-16:00")},
			from: "2026-03-02T12:00+01:00", to: "2026-03-02T12:00+01:00", shape: booking.Shape{Duration: time.Hour}},
		{name: "none backwards", hours: booking.Schedule{Week: week(allDays, "08:00-16:00")},
			from: "2026-03-09T12:00+01:00", to: day1, shape: booking.Shape{Duration: time.Hour}},

		{name: "weekly over spring", hours: booking.Schedule{Week: week([]time.Weekday{time.Sunday}, "10:00-11:00")},
			from: "2026-03-22T00:00+01:00", to: "2026-04-05T00:00+02:00", shape: booking.Shape{Duration: time.Hour},
			want: []string{"22 10:00+01", "29 10:00+02"}},
		{name: "weekly over autumn", hours: booking.Schedule{Week: week([]time.Weekday{time.Sunday}, "10:00-11:00")},
			from: "2026-10-18T00:00+02:00", to: "2026-11-02T00:00+01:00", shape: booking.Shape{Duration: time.Hour},
			want: []string{"18 10:00+02", "25 10:00+01", "01 10:00+01"}},
		{name: "weekly over 2027", hours: booking.Schedule{Week: week([]time.Weekday{time.Sunday}, "10:00-11:00"), HolidaysOpen: true},
			from: "2027-03-21T00:00+01:00", to: "2027-04-05T00:00+02:00", shape: booking.Shape{Duration: time.Hour},
			want: []string{"21 10:00+01", "28 10:00+02", "04 10:00+02"}},
		{name: "across the gap", hours: booking.Schedule{Week: week(allDays, "00:00-05:00")},
			from: "2026-03-29T00:00+01:00", to: "2026-03-30T00:00+02:00", shape: booking.Shape{Duration: time.Hour, Step: 30 * time.Minute},
			want: []string{"29 00:00+01", "29 00:30+01", "29 01:00+01", "29 01:30+01", "29 03:00+02", "29 03:30+02", "29 04:00+02"}},
		{name: "from the gap", hours: booking.Schedule{Week: week(allDays, "02:30-05:00")},
			from: "2026-03-29T00:00+01:00", to: "2026-03-30T00:00+02:00", shape: booking.Shape{Duration: 30 * time.Minute, Step: time.Hour},
			want: []string{"29 03:00+02", "29 03:30+02", "29 04:30+02"}},
		{name: "a break in the gap", hours: booking.Schedule{Week: week(allDays, "01:00-02:00", "02:45-04:00")},
			from: "2026-03-29T00:00+01:00", to: "2026-03-30T00:00+02:00", shape: booking.Shape{Duration: 90 * time.Minute, Step: 30 * time.Minute},
			want: []string{"29 01:00+01", "29 01:30+01"}},
		{name: "a break in the gap, its end offered once", hours: booking.Schedule{Week: week(allDays, "01:00-02:30", "02:45-04:00")},
			from: "2026-03-29T00:00+01:00", to: "2026-03-30T00:00+02:00", shape: booking.Shape{Duration: 15 * time.Minute, Step: time.Hour},
			want: []string{"29 01:00+01", "29 03:00+02", "29 03:45+02"}},
		{name: "across the fold", hours: booking.Schedule{Week: week(allDays, "01:00-05:00")},
			from: "2026-10-25T00:00+02:00", to: "2026-10-26T00:00+01:00", shape: booking.Shape{Duration: time.Hour, Step: time.Hour},
			want: []string{"25 01:00+02", "25 02:00+02", "25 03:00+01", "25 04:00+01"}},
	} {
		calendar := booking.Calendar{Practitioner: kari, Zone: timebok.OsloZone, Schedule: &c.hours}
		for i, p := range c.busy {
			calendar.Busy = append(calendar.Busy, booking.Busy{Booking: bookingID(i), Time: p})
		}
		for _, p := range c.absent {
			calendar.Absences = append(calendar.Absences, booking.Absence{Time: p})
		}
		got, err := calendar.Free(nil, between(c.from, c.to), c.shape, c.limit)
		if err != nil || !slices.Equal(slotStarts(got), c.want) {
			t.Errorf("%s: %q, %v, want %q", c.name, slotStarts(got), err, c.want)
		}
	}
}

func TestFreeAppends(t *testing.T) {
	c := booking.Calendar{Practitioner: kari, Zone: timebok.OsloZone, Schedule: &booking.Schedule{Week: week(allDays, "08:00-16:00")}}
	within := between("2026-03-02T00:00+01:00", "2026-03-03T00:00+01:00")
	first := []booking.Slot{{Practitioner: ola}, {Practitioner: ola}}
	got, err := c.Free(first, within, booking.Shape{Duration: time.Hour}, 2)
	if err != nil || len(got) != 4 || got[1].Practitioner != ola || got[2].Practitioner != kari {
		t.Errorf("got %v, %v", got, err)
	}
	c.Schedule = nil
	if got, err := c.Free(first, within, booking.Shape{Duration: time.Hour}, 0); err != nil || len(got) != 2 {
		t.Errorf("without a schedule: %v, %v", got, err)
	}
}

func TestFreeSlotsOrder(t *testing.T) {
	low, high := kari, ola
	if low.Compare(high) > 0 {
		low, high = high, low
	}
	calendar := func(who timebok.PractitionerID, hours string) booking.Calendar {
		return booking.Calendar{Practitioner: who, Zone: timebok.OsloZone, Schedule: &booking.Schedule{Week: week(allDays, hours)}}
	}
	calendars := []booking.Calendar{calendar(high, "08:00-10:00"), calendar(low, "09:00-11:00")}
	within := between("2026-03-02T00:00+01:00", "2026-03-03T00:00+01:00")
	for limit := range 5 {
		got, err := booking.FreeSlots(calendars, within, booking.Shape{Duration: time.Hour}, limit)
		want := []booking.Slot{
			{Practitioner: high, Time: timebok.Lasting(instant("2026-03-02T08:00+01:00"), time.Hour)},
			{Practitioner: low, Time: timebok.Lasting(instant("2026-03-02T09:00+01:00"), time.Hour)},
			{Practitioner: high, Time: timebok.Lasting(instant("2026-03-02T09:00+01:00"), time.Hour)},
			{Practitioner: low, Time: timebok.Lasting(instant("2026-03-02T10:00+01:00"), time.Hour)},
		}
		if limit > 0 {
			want = want[:limit]
		}
		if err != nil || !slices.Equal(got, want) {
			t.Errorf("limit %d: %v, %v", limit, got, err)
		}
	}
	if calendars[0].Practitioner != high {
		t.Error("FreeSlots changed the order of its input")
	}
	if got, err := booking.FreeSlots(nil, within, booking.Shape{Duration: time.Hour}, 0); err != nil || len(got) != 0 {
		t.Errorf("of nobody: %v, %v", got, err)
	}
}

// often checks a property more often than rapid does.
func often(t *testing.T, property func(*rapid.T)) {
	for range 5 {
		rapid.Check(t, property)
	}
}

// drawCalendar draws a calendar around a change of the clock, and a period in it.
func drawCalendar(t *rapid.T, who timebok.PractitionerID) (booking.Calendar, timebok.Period) {
	s := drawSchedule(t)
	near := rapid.SampledFrom([]string{"2026-03-27", "2026-10-24", "2027-03-27", "2027-10-30"}).Draw(t, "near")
	for i := range s.Days { // drawn around 2026-03-30
		s.Days[i].Day = s.Days[i].Day.Add(day(near).Sub(day("2026-03-27")))
	}
	base := timebok.At(day(near), 0, oslo)
	period := func(name string, longest int) timebok.Period {
		start := rapid.IntRange(-24*12, 9*24*12).Draw(t, name) // steps of five minutes
		return timebok.Lasting(base.Add(time.Duration(start)*5*time.Minute),
			time.Duration(rapid.IntRange(0, longest).Draw(t, name+" length"))*5*time.Minute)
	}
	c := booking.Calendar{Practitioner: who, Zone: timebok.OsloZone, Schedule: &s}
	for i := range rapid.IntRange(0, 25).Draw(t, "busy") {
		c.Busy = append(c.Busy, booking.Busy{Booking: bookingID(i), Time: period("busy", 24)})
	}
	if rapid.IntRange(0, 3).Draw(t, "in order") > 0 {
		slices.SortStableFunc(c.Busy, func(a, b booking.Busy) int { return a.Time.Start.Compare(b.Time.Start) })
	}
	for range rapid.IntRange(0, 3).Draw(t, "absences") {
		c.Absences = append(c.Absences, booking.Absence{Practitioner: who, Time: period("absence", 300)})
	}
	return c, period("within", 8*24*12)
}

func drawShape(t *rapid.T) booking.Shape {
	minutes := func(name string, of ...int) time.Duration {
		return time.Duration(rapid.SampledFrom(of).Draw(t, name)) * time.Minute
	}
	return booking.Shape{
		Duration: minutes("duration", 5, 30, 45, 60, 90, 300, 1440),
		Before:   minutes("before", 0, 0, 5, 15, 60),
		After:    minutes("after", 0, 0, 10, 15, 60),
		Step:     minutes("step", 0, 15, 20, 45, 60, 7),
	}
}

// naive looks at every start on the grid with every period, as the
// documentation of Free puts it.
func naive(c booking.Calendar, within timebok.Period, s booking.Shape) []booking.Slot {
	if s.Step == 0 {
		s.Step = s.Duration
	}
	var open []timebok.Period // neither merged nor in order
	first, last := timebok.DayOf(within.Start, oslo).Add(-1), timebok.DayOf(within.End, oslo).Add(1)
	for d := first; !d.After(last); d = d.Add(1) {
		for _, h := range wallHours(*c.Schedule, d) {
			open = append(open, timebok.Period{Start: timebok.At(d, h.From, oslo), End: timebok.At(d, h.To, oslo)})
		}
	}
	working := func(p timebok.Period) bool {
		for t := p.Start; t.Before(p.End); t = t.Add(time.Minute) {
			if !slices.ContainsFunc(open, func(o timebok.Period) bool { return o.Contains(t) }) {
				return false
			}
		}
		return true
	}
	found := map[time.Time]booking.Slot{}
	for d := first; !d.After(last); d = d.Add(1) {
		hours := wallHours(*c.Schedule, d)
		for _, h := range hours {
			if slices.ContainsFunc(hours, func(o booking.Span) bool { return o.To == h.From }) {
				continue // goes on from another: no start of a stretch
			}
			end := h.To
			for range hours { // as often as others can go on from it
				for _, o := range hours {
					if o.From == end {
						end = o.To
					}
				}
			}
			for wall := h.From; wall < end; wall += clock.SinceMidnight(s.Step) {
				session := timebok.Lasting(timebok.At(d, wall, oslo), s.Duration)
				occupied := session.Widen(s.Before, s.After)
				if !within.Covers(session) || !working(session) ||
					slices.ContainsFunc(c.Busy, func(b booking.Busy) bool { return b.Time.Overlaps(occupied) }) ||
					slices.ContainsFunc(c.Absences, func(a booking.Absence) bool { return a.Time.Overlaps(session) }) {
					continue
				}
				found[session.Start] = booking.Slot{Practitioner: c.Practitioner, Time: session}
			}
		}
	}
	var out []booking.Slot
	for _, slot := range found {
		out = append(out, slot)
	}
	slices.SortFunc(out, func(a, b booking.Slot) int { return a.Time.Compare(b.Time) })
	return out
}

func TestFreeIsNaiveSearch(t *testing.T) {
	often(t, func(t *rapid.T) {
		c, within := drawCalendar(t, kari)
		s := drawShape(t)
		want := naive(c, within, s)
		got, err := c.Free(nil, within, s, 0)
		if err != nil || !slices.Equal(got, want) {
			t.Fatalf("%v\n got %q\nwant %q", err, slotStarts(got), slotStarts(want))
		}
		limit := rapid.IntRange(1, 10).Draw(t, "limit")
		got, err = c.Free(nil, within, s, limit)
		if err != nil || !slices.Equal(got, want[:min(limit, len(want))]) {
			t.Fatalf("limit %d: %v\n got %q\nwant %q", limit, err, slotStarts(got), slotStarts(want))
		}
	})
}

// What Free offers, Check accepts; booked, it is offered no more and refused.
func TestFreePassesCheck(t *testing.T) {
	often(t, func(t *rapid.T) {
		c, within := drawCalendar(t, kari)
		s := drawShape(t)
		slots, err := c.Free(nil, within, s, 0)
		if err != nil {
			t.Fatal(err)
		}
		for _, slot := range slots {
			if no, err := c.Check(slot.Time, s.Before, s.After, booking.ID{}); err != nil || len(no) > 0 {
				t.Fatalf("%s is offered, but: %q, %v", slot.Time, codes(no), err)
			}
		}
		if len(slots) == 0 {
			return
		}
		booked := rapid.SampledFrom(slots).Draw(t, "booked").Time
		mine := bookingID(-1)
		c.Busy = append(slices.Clone(c.Busy), booking.Busy{Booking: mine, Time: booked.Widen(s.Before, s.After)})
		again, err := c.Free(nil, within, s, 0)
		if err != nil {
			t.Fatal(err)
		}
		for _, slot := range again {
			if slot.Time.Widen(s.Before, s.After).Overlaps(booked.Widen(s.Before, s.After)) {
				t.Fatalf("%s is offered beside the booked %s", slot.Time, booked)
			}
		}
		if no, err := c.Check(booked, s.Before, s.After, booking.ID{}); err != nil || !slices.Equal(no.Codes(), []string{"slot.taken"}) {
			t.Fatalf("booked twice: %q, %v", codes(no), err)
		}
		if no, err := c.Check(booked, s.Before, s.After, mine); err != nil || len(no) > 0 {
			t.Fatalf("moved onto itself: %q, %v", codes(no), err)
		}
	})
}

// Check names each thing in the way, no more and no less.
func TestCheckNamesAll(t *testing.T) {
	often(t, func(t *rapid.T) {
		c, within := drawCalendar(t, kari)
		s := drawShape(t)
		session := timebok.Lasting(within.Start, s.Duration)
		no, err := c.Check(session, s.Before, s.After, booking.ID{})
		if err != nil {
			t.Fatal(err)
		}
		taken := 0
		for _, b := range c.Busy {
			if b.Time.Overlaps(session.Widen(s.Before, s.After)) {
				taken++
			}
		}
		count := map[*timebok.Rule]int{}
		for _, r := range no {
			count[r.Rule]++
		}
		if count[booking.SlotTaken] != taken {
			t.Fatalf("%d busy, but %q", taken, codes(no))
		}
		away := slices.ContainsFunc(c.Absences, func(a booking.Absence) bool { return a.Time.Overlaps(session) })
		if (count[booking.Absent] == 1) != away || count[booking.Absent] > 1 {
			t.Fatalf("absent %v, but %q", away, codes(no))
		}
		// With the whole calendar free, a search minute by minute finds the session
		// if and only if it is in working time.
		open := func(s booking.Schedule) bool {
			for at := session.Start; at.Before(session.End); at = at.Add(time.Minute) {
				d := timebok.DayOf(at, oslo)
				if !slices.ContainsFunc(wallHours(s, d), func(h booking.Span) bool {
					return !at.Before(timebok.At(d, h.From, oslo)) && at.Before(timebok.At(d, h.To, oslo))
				}) {
					return false
				}
			}
			return true
		}
		regardless := *c.Schedule
		regardless.HolidaysOpen = true
		in, but := open(*c.Schedule), open(regardless)
		switch {
		case in && count[booking.Holiday]+count[booking.OutsideHours] > 0,
			!in && but && (count[booking.Holiday] == 0 || count[booking.OutsideHours] > 0),
			!but && count[booking.OutsideHours] != 1:
			t.Fatalf("open %v, but for holidays %v: %q", in, but, codes(no))
		}
	})
}

func TestFreeSlotsIsAll(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var calendars []booking.Calendar
		var within timebok.Period
		var want []booking.Slot
		s := drawShape(t)
		for i := range rapid.IntRange(0, 6).Draw(t, "practitioners") {
			var c booking.Calendar
			c, p := drawCalendar(t, timebok.DeriveID[timebok.Practitioner](fmt.Sprint(i)))
			calendars = append(calendars, c)
			if i == 0 {
				within = p
			}
		}
		for _, c := range calendars {
			slots, err := c.Free(nil, within, s, 0)
			if err != nil {
				t.Fatal(err)
			}
			want = append(want, slots...)
		}
		slices.SortFunc(want, func(a, b booking.Slot) int {
			if c := a.Time.Start.Compare(b.Time.Start); c != 0 {
				return c
			}
			return a.Practitioner.Compare(b.Practitioner)
		})
		limit := rapid.IntRange(0, 20).Draw(t, "limit")
		if limit > 0 {
			want = want[:min(limit, len(want))]
		}
		got, err := booking.FreeSlots(calendars, within, s, limit)
		if err != nil || !slices.Equal(got, want) {
			t.Fatalf("%v\n got %v\nwant %v", err, got, want)
		}
	})
}

// benchCalendar is eight weeks of eleven sessions a working day, 200 of them
// booked and 240 free.
func benchCalendar(tb testing.TB, who timebok.PractitionerID) (booking.Calendar, timebok.Period, booking.Shape) {
	const duration = 45 * time.Minute
	monday := day("2026-08-31") // the clock is changed in the last week but one
	c := booking.Calendar{Practitioner: who, Zone: timebok.OsloZone, Schedule: &booking.Schedule{
		Practitioner: who, Week: week(mondayToFriday, "08:00-12:30", "13:00-16:45"),
	}}
	within := timebok.Period{Start: timebok.At(monday, 0, oslo), End: timebok.At(monday.Add(56), 0, oslo)}
	shape := booking.Shape{Duration: duration}
	slots, err := c.Free(nil, within, shape, 0)
	if err != nil || len(slots) != 440 {
		tb.Fatalf("%d slots, %v", len(slots), err)
	}
	for i, s := range slots {
		if i*200/440 != (i+1)*200/440 {
			c.Busy = append(c.Busy, booking.Busy{Booking: bookingID(i), Time: s.Time})
		}
	}
	c.Absences = []booking.Absence{{Practitioner: who, Time: timebok.Day(monday.Add(5), oslo)}}
	return c, within, shape
}

func BenchmarkFree8Weeks1(b *testing.B) {
	c, within, shape := benchCalendar(b, kari)
	var slots []booking.Slot
	b.ReportAllocs()
	for b.Loop() {
		var err error
		if slots, err = c.Free(slots[:0], within, shape, 0); err != nil || len(slots) != 240 {
			b.Fatalf("%d slots, %v", len(slots), err)
		}
	}
}

func BenchmarkFree8Weeks100(b *testing.B) {
	var calendars []booking.Calendar
	var within timebok.Period
	var shape booking.Shape
	for i := range 100 {
		var c booking.Calendar
		c, within, shape = benchCalendar(b, timebok.DeriveID[timebok.Practitioner](fmt.Sprint(i)))
		calendars = append(calendars, c)
	}
	b.ReportAllocs()
	for b.Loop() {
		slots, err := booking.FreeSlots(calendars, within, shape, 0)
		if err != nil || len(slots) != 24000 {
			b.Fatalf("%d slots, %v", len(slots), err)
		}
	}
}
