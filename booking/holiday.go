package booking

import (
	"cmp"
	"math"
	"slices"
	"time"

	"github.com/rickb777/date"
	"github.com/timebok/timebok"
)

// A NamedHoliday is a Norwegian public holiday in one year.
type NamedHoliday struct {
	Day   date.Date
	names [3]string // nb, nn, en
}

// Name returns the name of the holiday, in bokmål for an unknown language.
func (h NamedHoliday) Name(l timebok.Lang) string {
	switch l {
	case timebok.Nynorsk:
		return h.names[1]
	case timebok.English:
		return h.names[2]
	}
	return h.names[0]
}

// publicHolidays are the twelve days of helligdagsfredloven (LOV-1995-02-24-12)
// § 2 other than ordinary Sundays, and of the law on 1 and 17 May
// (LOV-1947-04-26-1). Those without a month are counted in days from Easter
// Sunday.
var publicHolidays = [12]struct {
	month time.Month
	days  int // day of the month, or from Easter Sunday
	names [3]string
}{
	{time.January, 1, [3]string{"1. nyttårsdag", "1. nyttårsdag", "New Year's Day"}},
	{0, -3, [3]string{"skjærtorsdag", "skjærtorsdag", "Maundy Thursday"}},
	{0, -2, [3]string{"langfredag", "langfredag", "Good Friday"}},
	{0, 0, [3]string{"1. påskedag", "1. påskedag", "Easter Sunday"}},
	{0, 1, [3]string{"2. påskedag", "2. påskedag", "Easter Monday"}},
	{time.May, 1, [3]string{"1. mai", "1. mai", "Labour Day"}},
	{time.May, 17, [3]string{"17. mai", "17. mai", "Constitution Day"}},
	{0, 39, [3]string{"Kristi himmelfartsdag", "Kristi himmelfartsdag", "Ascension Day"}},
	{0, 49, [3]string{"1. pinsedag", "1. pinsedag", "Whit Sunday"}},
	{0, 50, [3]string{"2. pinsedag", "2. pinsedag", "Whit Monday"}},
	{time.December, 25, [3]string{"1. juledag", "1. juledag", "Christmas Day"}},
	{time.December, 26, [3]string{"2. juledag", "2. juledag", "Boxing Day"}},
}

// Holidays returns the public holidays of a year in order, by the law as it is
// now. There are always twelve, but two can fall on one day, as 17 May and Whit
// Monday do in 2027.
//
// Christmas Eve, New Year's Eve and the Wednesday before Easter are half days by
// custom, not public holidays: give them DayHours.
func Holidays(year int) []NamedHoliday {
	sunday := easter(year)
	out := make([]NamedHoliday, 0, len(publicHolidays))
	for _, h := range publicHolidays {
		day := sunday.Add(date.PeriodOfDays(h.days))
		if h.month != 0 {
			day = date.New(year, h.month, h.days)
		}
		out = append(out, NamedHoliday{day, h.names})
	}
	slices.SortStableFunc(out, func(a, b NamedHoliday) int { return cmp.Compare(a.Day.Sub(b.Day), 0) })
	return out
}

// IsHoliday reports whether a day is one of Holidays. An ordinary Sunday is not.
func IsHoliday(day date.Date) bool {
	year, month, d := day.Date()
	fromEaster := math.MaxInt // far away: those days lie between 19 March and 14 June
	if time.March <= month && month <= time.June {
		fromEaster = int(day.Sub(easter(year)))
	}
	for i := range publicHolidays {
		h := &publicHolidays[i]
		if h.month == month && h.days == d || h.month == 0 && h.days == fromEaster {
			return true
		}
	}
	return false
}

// IsWorkingDay reports whether a day is a Monday to Friday and no public holiday.
func IsWorkingDay(day date.Date) bool {
	w := day.Weekday()
	return w != time.Saturday && w != time.Sunday && !IsHoliday(day)
}

// AddWorkingDays returns the nth working day after a day, or before it if n is
// negative. The day itself does not count and need not be a working day; with
// n = 0 it is the result.
func AddWorkingDays(day date.Date, n int) date.Date {
	step := date.PeriodOfDays(1)
	if n < 0 {
		step, n = -1, -n
	}
	for n > 0 {
		day = day.Add(step)
		if IsWorkingDay(day) {
			n--
		}
	}
	return day
}

// easter returns Easter Sunday of a year of the Gregorian calendar, by the rule
// of Meeus, Jones and Butcher.
func easter(year int) date.Date {
	a, b, c := year%19, year/100, year%100
	h := (19*a + b - b/4 - (b-(b+8)/25+1)/3 + 15) % 30
	l := (32 + 2*(b%4) + 2*(c/4) - h - c%4) % 7
	m := (a + 11*h + 22*l) / 451
	n := h + l - 7*m + 114
	return date.New(year, time.Month(n/31), n%31+1)
}
