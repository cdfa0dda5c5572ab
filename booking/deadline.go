package booking

import (
	"time"

	"github.com/rickb777/date"
	"github.com/rickb777/date/clock"
	"github.com/timebok/timebok"
	"github.com/timebok/timebok/series"
)

// Deadline returns the last instant at which a session that begins at start can
// be changed or called off in time, in the zone of the clinic. It is the
// earliest of
//
//   - the start itself;
//   - p.Notice before it, counted on the clock on the wall: 24 hours before
//     Sunday 14:00 is Saturday 14:00, also when the clock is changed between
//     them and 23 or 25 hours pass. timebok.At decides what a wall time in the
//     gap or the fold means;
//   - the end of the p.NoticeDays-th working day before the day of the start,
//     that is its last microsecond: with one day, a session on Monday must be
//     called off on Friday.
func Deadline(p series.Policy, start time.Time, loc *time.Location) time.Time {
	deadline := timebok.Instant(start)
	if p.Notice > 0 {
		deadline = earlier(deadline, wallBefore(start, p.Notice, loc))
	}
	if p.NoticeDays > 0 {
		last := AddWorkingDays(timebok.DayOf(start, loc), -p.NoticeDays)
		deadline = earlier(deadline, timebok.Day(last, loc).End.Add(-time.Microsecond))
	}
	return deadline
}

// Late reports whether a change made at an instant comes after the Deadline; at
// the Deadline it is in time. Under the zero Policy nothing is late, not even
// after the start. Under any other, also one without a notice, whatever comes
// after the start is late.
func Late(p series.Policy, start, at time.Time, loc *time.Location) bool {
	return p != series.Policy{} && timebok.Instant(at).After(Deadline(p, start, loc))
}

// wallBefore returns the instant at which the clock on the wall showed d less
// than it does at t.
func wallBefore(t time.Time, d time.Duration, loc *time.Location) time.Time {
	t = t.In(loc)
	_, offset := t.Zone()
	// The wall time as if it were UTC, where no day is shorter than another.
	wall := t.UTC().Add(time.Duration(offset)*time.Second - d)
	return timebok.At(date.NewAt(wall), clock.NewAt(wall), loc)
}

func earlier(a, b time.Time) time.Time {
	if b.Before(a) {
		return b
	}
	return a
}
