package booking

import (
	"iter"
	"slices"
	"time"

	"github.com/rickb777/date/clock"
	"github.com/timebok/timebok"
)

// Check returns every reason why the practitioner can't take a session with
// buffers before and after it; none if they can. The error is an
// *timebok.InvalidError for an unknown zone.
//
//   - SlotTaken for each time that session or buffers share with Busy, apart
//     from that of the booking to ignore (one that is being moved). The
//     parameters are the busy time in the calendar's zone.
//   - Holiday for each day of the session on which a public holiday closes the
//     hours of the week, if the session is not in working time.
//   - OutsideHours if the session is not in working time, and would not be even
//     if holidays were not kept. Buffers may lie outside.
//   - Absent if the session, buffers apart, shares time with an absence.
//
// The field of each is "Start". What only touches shares no time.
func (c Calendar) Check(session timebok.Period, before, after time.Duration, ignore ID) (timebok.Reasons, error) {
	loc, err := timebok.LoadZone(c.Zone)
	if err != nil {
		return nil, err
	}
	var no timebok.Reasons
	occupied := session.Widen(before, after)
	for _, b := range c.Busy {
		if b.Time.Overlaps(occupied) && (ignore.IsZero() || b.Booking != ignore) {
			no.Add(SlotTaken, "Start",
				timebok.P("start", b.Time.Start.In(loc)), timebok.P("end", b.Time.End.In(loc)))
		}
	}
	c.addClosed(&no, session, loc)
	if slices.ContainsFunc(c.Absences, func(a Absence) bool { return a.Time.Overlaps(session) }) {
		no.Add(Absent, "Start")
	}
	return no, nil
}

// addClosed adds why the session is not in working time.
func (c Calendar) addClosed(no *timebok.Reasons, session timebok.Period, loc *time.Location) {
	if c.Schedule == nil {
		no.Add(OutsideHours, "Start")
		return
	}
	s := *c.Schedule
	if s.covers(session, loc) {
		return
	}
	first := timebok.DayOf(session.Start, loc)
	last := timebok.DayOf(session.End.Add(-time.Microsecond), loc).Max(first)
	for day := first; !day.After(last); day = day.Add(1) {
		if s.closedByHoliday(day) {
			no.Add(Holiday, "Start", timebok.P("day", day))
		}
	}
	s.HolidaysOpen = true
	if !s.covers(session, loc) {
		no.Add(OutsideHours, "Start")
	}
}

// Free appends to dst, in order of time, at most limit slots (0: all) that lie
// in a period and pass Check. They begin on the grid of the shape, which starts
// anew with each stretch of working hours and each day. It is a grid of wall
// times: a step in the gap of spring is the first instant after it, once, and
// the hour that autumn repeats is offered once.
//
// The error is an *timebok.InvalidError for an unknown zone or a shape whose
// duration is not positive, or that has a field that is negative, longer than a
// day, or not in whole minutes.
func (c Calendar) Free(dst []Slot, within timebok.Period, s Shape, limit int) ([]Slot, error) {
	loc, err := timebok.LoadZone(c.Zone)
	if err != nil {
		return dst, err
	}
	if err := s.validate(); err != nil {
		return dst, err
	}
	if c.Schedule == nil || !within.Start.Before(within.End) {
		return dst, nil
	}
	step := s.Step
	if step == 0 {
		step = s.Duration
	}
	most := len(dst) + limit
	busy, away := newSweep(c.Busy), newSweep(c.Absences)
	for _, o := range c.Schedule.openings(timebok.DayOf(within.Start, loc), timebok.DayOf(within.End, loc), loc) {
		for start := range o.starts(step, loc) {
			session := timebok.Period{Start: start, End: start.Add(s.Duration)}
			if !o.holds(session) {
				break
			}
			if session.End.After(within.End) {
				return dst, nil
			}
			if session.Start.Before(within.Start) ||
				busy.meets(session.Widen(s.Before, s.After)) || away.meets(session) {
				continue
			}
			dst = append(dst, Slot{c.Practitioner, session})
			if limit > 0 && len(dst) == most {
				return dst, nil
			}
		}
	}
	return dst, nil
}

// validate returns an *timebok.InvalidError with all that is wrong.
func (s Shape) validate() error {
	var wrong timebok.Reasons
	for _, f := range []struct {
		name string
		d    time.Duration
	}{{"Duration", s.Duration}, {"Before", s.Before}, {"After", s.After}, {"Step", s.Step}} {
		if f.d < 0 || f.d > 24*time.Hour || f.d%time.Minute != 0 || f.name == "Duration" && f.d == 0 {
			wrong.Add(timebok.BadValue, f.name)
		}
	}
	return wrong.Invalid()
}

// starts returns the steps of the grid in the opening, in order, each once.
func (o opening) starts(step time.Duration, loc *time.Location) iter.Seq[time.Time] {
	return func(yield func(time.Time) bool) {
		// As long on the wall as it lasts: the clock is not changed in it.
		even := o.Duration() == (o.hours.To - o.hours.From).DurationSinceMidnight()
		var last time.Time
		for wall := o.hours.From; wall < o.hours.To; wall += clock.SinceMidnight(step) {
			start := o.Start.Add((wall - o.hours.From).DurationSinceMidnight())
			if !even {
				start = timebok.At(o.day, wall, loc)
			}
			if start.Equal(last) {
				continue
			}
			if !yield(start) {
				return
			}
			last = start
		}
	}
}

// A sweep goes once through periods, for questions in the order of time.
type sweep[T timed] struct {
	rest  []T       // that begin at or after the end of the last question
	until time.Time // the latest end of the others
}

type timed interface{ time() timebok.Period }

func (b Busy) time() timebok.Period    { return b.Time }
func (a Absence) time() timebok.Period { return a.Time }

// newSweep starts a sweep through periods, which it puts in order if they aren't.
func newSweep[T timed](periods []T) sweep[T] {
	byStart := func(a, b T) int { return a.time().Start.Compare(b.time().Start) }
	if !slices.IsSortedFunc(periods, byStart) {
		periods = slices.SortedFunc(slices.Values(periods), byStart)
	}
	return sweep[T]{rest: periods}
}

// meets reports whether one of the periods overlaps p. Neither end of p may be
// before that of the last question.
func (s *sweep[T]) meets(p timebok.Period) bool {
	for len(s.rest) > 0 {
		t := s.rest[0].time()
		if !t.Start.Before(p.End) {
			break
		}
		if t.Start.Before(t.End) && t.End.After(s.until) {
			s.until = t.End
		}
		s.rest = s.rest[1:]
	}
	return s.until.After(p.Start)
}

// FreeSlots returns, in order of time and then of practitioner, at most limit
// slots (0: all) of several calendars. Each is one of Free; so is the error.
func FreeSlots(calendars []Calendar, within timebok.Period, s Shape, limit int) ([]Slot, error) {
	calendars = slices.SortedFunc(slices.Values(calendars), func(a, b Calendar) int {
		return a.Practitioner.Compare(b.Practitioner)
	})
	var slots []Slot
	var ends []int // of each practitioner's run in slots
	for _, c := range calendars {
		var err error
		if slots, err = c.Free(slots, within, s, limit); err != nil {
			return nil, err
		}
		ends = append(ends, len(slots))
	}
	slots = mergeRuns(slots, ends)
	if limit > 0 && len(slots) > limit {
		slots = slots[:limit]
	}
	return slots, nil
}

// mergeRuns makes one run, by start, of runs that end at the given places. Slots
// of one start keep their order. Merging two by two knows what sorting would
// have to find out, and is several times as fast.
func mergeRuns(slots []Slot, ends []int) []Slot {
	spare := make([]Slot, 0, len(slots))
	for len(ends) > 1 {
		spare = spare[:0]
		merged, from := ends[:0], 0
		for pair := range slices.Chunk(ends, 2) {
			mid, to := pair[0], pair[len(pair)-1]
			spare = appendMerged(spare, slots[from:mid], slots[mid:to])
			merged, from = append(merged, len(spare)), to
		}
		slots, spare, ends = spare, slots, merged
	}
	return slots
}

func appendMerged(dst, a, b []Slot) []Slot {
	for len(a) > 0 && len(b) > 0 {
		if b[0].Time.Start.Before(a[0].Time.Start) {
			dst, b = append(dst, b[0]), b[1:]
		} else {
			dst, a = append(dst, a[0]), a[1:]
		}
	}
	return append(append(dst, a...), b...)
}
