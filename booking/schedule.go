package booking

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"github.com/rickb777/date"
	"github.com/rickb777/date/clock"
	"github.com/timebok/timebok"
)

// Rules of working hours.
var (
	OverlappingHours = timebok.NewRule("hours.overlap",
		"overlapper annen arbeidstid samme dag", "overlappar anna arbeidstid same dag",
		"overlaps other working hours of the same day")
	DayTwice = timebok.NewRule("hours.twice",
		"{day} står oppført to ganger", "{day} står oppført to gonger", "{day} is listed twice")
)

// A Schedule is when a practitioner works: the hours of an ordinary week, and
// the days that differ. Hours are wall time in the zone of the clinic. There is
// one Schedule at most for a practitioner; one without is never open.
//
// An hour that the change of the clock skips is no working time, one that it
// repeats is; timebok.At says what a border in it means.
type Schedule struct {
	Practitioner timebok.PractitionerID
	Version      int64

	Week         []Hours    // of every week, in any order; several for a day with breaks
	Days         []DayHours // of single days, in any order
	HolidaysOpen bool       // week hours hold on public holidays too
}

// Hours are working hours on one day of the week.
type Hours struct {
	Day      time.Weekday
	From, To clock.Clock // To may be 24:00, the end of the day
}

// DayHours replace the week hours, and the rule for public holidays, on one day.
type DayHours struct {
	Day   date.Date
	Hours []Span // none: closed
}

// A Span is a part of a day in wall time, From up to, not including, To.
type Span struct {
	From, To clock.Clock // To may be 24:00, the end of the day
}

// Ref names this version of the schedule. Its ID is the practitioner's.
func (s Schedule) Ref() timebok.Ref {
	return timebok.Ref{Kind: timebok.KindSchedule, ID: s.Practitioner.UUID(), Version: s.Version}
}

// Validate returns an *timebok.InvalidError with all that is wrong.
func (s Schedule) Validate() error {
	var wrong timebok.Reasons
	if s.Practitioner.IsZero() {
		wrong.Add(timebok.Missing, "Practitioner")
	}
	week := map[time.Weekday][]Span{}
	for i, h := range s.Week {
		field := fmt.Sprintf("Week[%d]", i)
		if h.Day < time.Sunday || h.Day > time.Saturday {
			wrong.Add(timebok.BadValue, field+".Day")
		}
		week[h.Day] = Span{h.From, h.To}.joining(week[h.Day], field, &wrong)
	}
	seen := map[date.Date]bool{}
	for i, d := range s.Days {
		if seen[d.Day] {
			wrong.Add(DayTwice, fmt.Sprintf("Days[%d].Day", i), timebok.P("day", d.Day))
		}
		seen[d.Day] = true
		var hours []Span
		for j, h := range d.Hours {
			hours = h.joining(hours, fmt.Sprintf("Days[%d].Hours[%d]", i, j), &wrong)
		}
	}
	return wrong.Invalid()
}

// joining adds the span to the others of its day, or what is wrong with it.
func (sp Span) joining(others []Span, field string, wrong *timebok.Reasons) []Span {
	before := len(*wrong)
	if !sp.From.IsInOneDay() {
		wrong.Add(timebok.BadValue, field+".From")
	}
	if !sp.To.IsInOneDay() {
		wrong.Add(timebok.BadValue, field+".To")
	}
	if len(*wrong) == before && sp.From >= sp.To {
		wrong.Add(timebok.BadPeriod, field)
	}
	if len(*wrong) > before {
		return others
	}
	if slices.ContainsFunc(others, func(o Span) bool { return o.From < sp.To && sp.From < o.To }) {
		wrong.Add(OverlappingHours, field)
	}
	return append(others, sp)
}

// Open returns the working time of a day, in order; hours that touch are one
// period. The Schedule must be valid.
func (s Schedule) Open(day date.Date, loc *time.Location) []timebok.Period {
	var open []timebok.Period
	for _, o := range s.openings(day, day, loc) {
		open = append(open, timebok.Period{Start: o.from.time(), End: o.to.time()})
	}
	return open
}

// An opening is a time in which sessions can begin.
type opening struct {
	day      date.Date
	hours    Span    // in wall time
	from, to instant // the same as instants
	until    instant // when a session must be over: later than to, if the next opening follows at once
}

// holds reports whether a session begins in the opening and can be over in time.
func (o *opening) holds(start, end instant) bool {
	return o.from <= start && start < o.to && end <= o.until
}

// openings returns the working time from a day to a day, in order.
func (s *Schedule) openings(first, last date.Date, loc *time.Location) []opening {
	open := make([]opening, 0, min(128, 2*max(0, last.Sub(first)+1)))
	walls := walls{loc: loc}
	var buf [8]Span
	for day := first; !day.After(last); day = day.Add(1) {
		for _, h := range s.hours(buf[:0], day) {
			o := opening{day: day, hours: h, from: walls.at(day, h.From), to: walls.at(day, h.To)}
			if o.from < o.to { // else all of it is in the gap
				open = append(open, o)
			}
		}
	}
	for i := len(open) - 1; i >= 0; i-- {
		open[i].until = open[i].to
		if i+1 < len(open) && open[i].to == open[i+1].from {
			open[i].until = open[i+1].until
		}
	}
	return open
}

// covers reports whether a session lies in working time from start to end.
func (s *Schedule) covers(session timebok.Period, loc *time.Location) bool {
	start, end := instantOf(session.Start), instantOf(session.End)
	open := s.openings(timebok.DayOf(session.Start, loc), timebok.DayOf(session.End, loc), loc)
	return slices.ContainsFunc(open, func(o opening) bool { return o.holds(start, end) })
}

// closedByHoliday reports whether the week has hours for a day that is a public
// holiday, and they don't hold.
func (s Schedule) closedByHoliday(day date.Date) bool {
	if s.HolidaysOpen {
		return false
	}
	closed := len(s.hours(nil, day)) == 0
	s.HolidaysOpen = true
	return closed && len(s.hours(nil, day)) > 0
}

// hours appends the hours of a day to an empty buffer, in order, as few as say it.
func (s *Schedule) hours(buf []Span, day date.Date) []Span {
	for i := range s.Days {
		if s.Days[i].Day == day {
			return joined(append(buf, s.Days[i].Hours...))
		}
	}
	weekday := day.Weekday()
	for _, h := range s.Week {
		if h.Day == weekday {
			buf = append(buf, Span{h.From, h.To})
		}
	}
	if len(buf) > 0 && !s.HolidaysOpen && IsHoliday(day) {
		return nil
	}
	return joined(buf)
}

// joined sorts the spans and makes one of those that touch.
func joined(spans []Span) []Span {
	slices.SortFunc(spans, func(a, b Span) int { return cmp.Compare(a.From, b.From) })
	out := spans[:0]
	for _, sp := range spans {
		if n := len(out); n > 0 && sp.From <= out[n-1].To {
			out[n-1].To = max(out[n-1].To, sp.To)
			continue
		}
		out = append(out, sp)
	}
	return out
}

// An instant is a time in microseconds since 1970. A search compares so many of
// them that with time.Time it takes several times as long.
type instant int64

func instantOf(t time.Time) instant { return instant(t.UnixMicro()) }

func micros(d time.Duration) instant { return instant(d / time.Microsecond) }

func (i instant) time() time.Time { return time.UnixMicro(int64(i)).UTC() }

// walls is timebok.At for many days. From one change of the clock to the next
// the offset is the same, and is looked up once.
type walls struct {
	loc         *time.Location
	offset      time.Duration
	first, last date.Date // days on which the offset holds, and no change is near
}

// at returns timebok.At.
func (w *walls) at(day date.Date, wall clock.Clock) instant {
	if day.Before(w.first) || day.After(w.last) {
		w.look(day)
	}
	if day.Before(w.first) || day.After(w.last) {
		return instantOf(timebok.At(day, wall, w.loc))
	}
	midnight := instant(day.DaysSinceEpoch()) * micros(24*time.Hour)
	return midnight + micros(wall.DurationSinceMidnight()-w.offset)
}

// look finds the days around one that have its offset.
func (w *walls) look(day date.Date) {
	noon := day.UTC().Add(12 * time.Hour).In(w.loc)
	_, offset := noon.Zone()
	w.offset = time.Duration(offset) * time.Second
	w.first, w.last = date.Min(), date.Max()
	// Three days from a change, At can't see it, whatever the zone.
	start, end := noon.ZoneBounds()
	if !start.IsZero() {
		w.first = date.NewAt(start.UTC()).Add(3)
	}
	if !end.IsZero() {
		w.last = date.NewAt(end.UTC()).Add(-3)
	}
}

// An Absence is a time in which a practitioner takes no sessions. What it says
// of the reason is a class, not a text, and clients are never told.
type Absence struct {
	ID      AbsenceID
	Version int64

	Practitioner timebok.PractitionerID
	Time         timebok.Period
	Kind         AbsenceKind
}

// An AbsenceID names an absence.
type AbsenceID = timebok.ID[Absence]

// An AbsenceKind is the class of an absence.
type AbsenceKind string

const (
	Vacation     AbsenceKind = "vacation" // ferie
	Sick         AbsenceKind = "sick"     // sykdom
	Course       AbsenceKind = "course"   // kurs
	OtherAbsence AbsenceKind = "other"
)

// Ref names this version of the absence.
func (a Absence) Ref() timebok.Ref {
	return timebok.Ref{Kind: timebok.KindAbsence, ID: a.ID.UUID(), Version: a.Version}
}

// Validate returns an *timebok.InvalidError with all that is wrong.
func (a Absence) Validate() error {
	var wrong timebok.Reasons
	if a.ID.IsZero() {
		wrong.Add(timebok.Missing, "ID")
	}
	if a.Practitioner.IsZero() {
		wrong.Add(timebok.Missing, "Practitioner")
	}
	if !a.Time.Start.Before(a.Time.End) {
		wrong.Add(timebok.BadPeriod, "Time")
	}
	if !slices.Contains([]AbsenceKind{Vacation, Sick, Course, OtherAbsence}, a.Kind) {
		wrong.Add(timebok.BadValue, "Kind")
	}
	return wrong.Invalid()
}
