package booking

import (
	"cmp"
	"iter"
	"math"
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
// The error is an *timebok.InvalidError for an unknown zone, or for a shape that
// is not in whole minutes, has no duration, or is longer than a day or
// timebok.MaxBuffer.
func (c Calendar) Free(dst []Slot, within timebok.Period, s Shape, limit int) ([]Slot, error) {
	starts, err := c.free(within, s)
	if err != nil {
		return dst, err
	}
	most := len(dst) + limit
	for start := range starts {
		dst = append(dst, c.slot(start, s))
		if limit > 0 && len(dst) == most {
			break
		}
	}
	return dst, nil
}

func (c Calendar) slot(start instant, s Shape) Slot {
	return Slot{c.Practitioner, timebok.Period{Start: start.time(), End: (start + micros(s.Duration)).time()}}
}

// free returns the starts of the slots of Free. It goes once through what
// occupies the practitioner, beside the grid.
func (c Calendar) free(within timebok.Period, s Shape) (iter.Seq[instant], error) {
	loc, err := timebok.LoadZone(c.Zone)
	if err != nil {
		return nil, err
	}
	if err := s.validate(); err != nil {
		return nil, err
	}
	return func(yield func(instant) bool) {
		if c.Schedule == nil {
			return
		}
		if s.Step == 0 {
			s.Step = s.Duration
		}
		first, last := instantOf(within.Start), instantOf(within.End)
		length, before, after := micros(s.Duration), micros(s.Before), micros(s.After)
		busy, away := c.sweeps()
		for _, o := range c.Schedule.openings(timebok.DayOf(within.Start, loc), timebok.DayOf(within.End, loc), loc) {
			for start := range o.starts(s.Step, loc) {
				end := start + length
				if !o.holds(start, end) {
					break
				}
				if end > last {
					return
				}
				if start >= first && !busy.meets(start-before, end+after) && !away.meets(start, end) && !yield(start) {
					return
				}
			}
		}
	}, nil
}

// validate returns an *timebok.InvalidError with all that is wrong.
func (s Shape) validate() error {
	var wrong timebok.Reasons
	for _, f := range []struct {
		name         string
		d, low, high time.Duration
	}{
		{"Duration", s.Duration, time.Minute, longest},
		{"Before", s.Before, 0, timebok.MaxBuffer},
		{"After", s.After, 0, timebok.MaxBuffer},
		{"Step", s.Step, 0, 24 * time.Hour},
	} {
		if f.d < f.low || f.d > f.high || f.d%time.Minute != 0 {
			wrong.Add(timebok.BadValue, f.name)
		}
	}
	return wrong.Invalid()
}

// starts returns the steps of the grid in the opening, in order, each once.
func (o *opening) starts(step time.Duration, loc *time.Location) iter.Seq[instant] {
	return func(yield func(instant) bool) {
		// As long on the wall as it lasts: the clock is not changed in it.
		even := o.to-o.from == micros((o.hours.To - o.hours.From).DurationSinceMidnight())
		last := o.from - 1
		for wall := o.hours.From; wall < o.hours.To; wall += clock.SinceMidnight(step) {
			start := o.from + micros((wall - o.hours.From).DurationSinceMidnight())
			if !even {
				start = instantOf(timebok.At(o.day, wall, loc))
			}
			if start > last && !yield(start) {
				return
			}
			last = start
		}
	}
}

// A sweep goes once through times, for questions in the order of time.
type sweep struct {
	rest  []stretch // that begin at or after the end of the last question
	until instant   // the latest end of the others
}

// A stretch is a time from an instant up to another.
type stretch struct{ from, to instant }

// sweeps starts one through the busy times and one through the absences.
func (c Calendar) sweeps() (busy, away sweep) {
	taken, gone := make([]stretch, len(c.Busy)), make([]stretch, len(c.Absences))
	for i := range c.Busy {
		taken[i] = stretchOf(c.Busy[i].Time)
	}
	for i := range c.Absences {
		gone[i] = stretchOf(c.Absences[i].Time)
	}
	return newSweep(taken), newSweep(gone)
}

func stretchOf(p timebok.Period) stretch { return stretch{instantOf(p.Start), instantOf(p.End)} }

// newSweep starts a sweep, and puts the times in order if they aren't.
func newSweep(all []stretch) sweep {
	byStart := func(a, b stretch) int { return cmp.Compare(a.from, b.from) }
	if !slices.IsSortedFunc(all, byStart) {
		slices.SortFunc(all, byStart)
	}
	return sweep{all, math.MinInt64}
}

// meets reports whether one of the times overlaps that from an instant to
// another. Neither may be before that of the last question.
func (s *sweep) meets(from, to instant) bool {
	for len(s.rest) > 0 && s.rest[0].from < to {
		if next := s.rest[0]; next.from < next.to {
			s.until = max(s.until, next.to)
		}
		s.rest = s.rest[1:]
	}
	return s.until > from
}

// FreeSlots returns, in order of time and then of practitioner, at most limit
// slots (0: all) of several calendars. Each is one of Free; so is the error.
func FreeSlots(calendars []Calendar, within timebok.Period, s Shape, limit int) ([]Slot, error) {
	calendars = slices.SortedFunc(slices.Values(calendars), func(a, b Calendar) int {
		return a.Practitioner.Compare(b.Practitioner)
	})
	var finds []find
	var ends []int // of each calendar's run in finds
	for i, c := range calendars {
		starts, err := c.free(within, s)
		if err != nil {
			return nil, err
		}
		from := len(finds)
		for start := range starts {
			finds = append(finds, find{start, i})
			if limit > 0 && len(finds) == from+limit {
				break
			}
		}
		ends = append(ends, len(finds))
	}
	finds = mergeRuns(finds, ends)
	if limit > 0 && len(finds) > limit {
		finds = finds[:limit]
	}
	slots := make([]Slot, len(finds))
	for i, f := range finds {
		slots[i] = calendars[f.in].slot(f.start, s)
	}
	return slots, nil
}

// A find is a free start in one of several calendars.
type find struct {
	start instant
	in    int
}

// mergeRuns makes one run, by start, of runs that end at the given places. Finds
// of one start keep their order. Merging two by two knows what sorting would
// have to find out, and is several times as fast.
func mergeRuns(finds []find, ends []int) []find {
	spare := make([]find, 0, len(finds))
	for len(ends) > 1 {
		spare = spare[:0]
		merged, from := ends[:0], 0
		for pair := range slices.Chunk(ends, 2) {
			mid, to := pair[0], pair[len(pair)-1]
			spare = appendMerged(spare, finds[from:mid], finds[mid:to])
			merged, from = append(merged, len(spare)), to
		}
		finds, spare, ends = spare, finds, merged
	}
	return finds
}

func appendMerged(dst, a, b []find) []find {
	for len(a) > 0 && len(b) > 0 {
		if b[0].start < a[0].start {
			dst, b = append(dst, b[0]), b[1:]
		} else {
			dst, a = append(dst, a[0]), a[1:]
		}
	}
	return append(append(dst, a...), b...)
}
