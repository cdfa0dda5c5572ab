package timebok

import "time"

// A Period is the half-open time from Start up to, not including, End. Both are
// instants in UTC with microseconds, so equal periods are equal values.
type Period struct{ Start, End time.Time }

// NewPeriod returns the period from start to end in the form that the library
// keeps. The error is an *InvalidError if it has no duration.
func NewPeriod(start, end time.Time) (Period, error) {
	p := Period{Instant(start), Instant(end)}
	if !p.Start.Before(p.End) {
		return Period{}, Reasons{BadPeriod.At("")}.Invalid()
	}
	return p, nil
}

// Lasting returns the period of d from start.
func Lasting(start time.Time, d time.Duration) Period {
	start = Instant(start)
	return Period{start, Instant(start.Add(d))}
}

// IsZero reports whether the period is not set.
func (p Period) IsZero() bool { return p == Period{} }

// Duration returns End − Start.
func (p Period) Duration() time.Duration { return p.End.Sub(p.Start) }

// Contains reports whether t lies in the period; its End does not.
func (p Period) Contains(t time.Time) bool { return !t.Before(p.Start) && t.Before(p.End) }

// Covers reports whether all of q lies in p.
func (p Period) Covers(q Period) bool { return !q.Start.Before(p.Start) && !q.End.After(p.End) }

// Overlaps reports whether the periods share time. Periods that only touch do
// not, nor does a period without duration with any.
func (p Period) Overlaps(q Period) bool {
	return p.Start.Before(q.End) && q.Start.Before(p.End) && p.Start.Before(p.End) && q.Start.Before(q.End)
}

// Widen returns the period with time added before and after.
func (p Period) Widen(before, after time.Duration) Period {
	return Period{p.Start.Add(-before), p.End.Add(after)}
}

// Compare orders periods by Start, then End.
func (p Period) Compare(q Period) int {
	if c := p.Start.Compare(q.Start); c != 0 {
		return c
	}
	return p.End.Compare(q.End)
}

// String returns the period in UTC, ISO 8601 style.
func (p Period) String() string {
	return p.Start.Format(time.RFC3339) + "/" + p.End.Format(time.RFC3339)
}
