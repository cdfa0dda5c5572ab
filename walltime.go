package timebok

import (
	"sync"
	"time"
	_ "time/tzdata" // a bare container must give the same answers

	"github.com/rickb777/date"
	"github.com/rickb777/date/clock"
)

// Rules such as working hours and deadlines are kept as wall time with an IANA
// zone, bookings as instants. At is the one place where wall time becomes an
// instant, so the two days a year when the clock is changed are decided here:
// a wall time that does not exist (the gap in spring) is the first instant after
// the gap; one that exists twice (the fold in autumn) is the first of the two.

// OsloZone is the name of the zone of Norwegian wall time.
const OsloZone = "Europe/Oslo"

// LoadZone returns the location of an IANA zone name. The error is an
// *InvalidError. Unlike time.LoadLocation it refuses "", "Local" and "localtime",
// whose meaning depends on the machine.
func LoadZone(name string) (*time.Location, error) {
	if loc, ok := zones.Load(name); ok {
		return loc.(*time.Location), nil
	}
	if name == "" || name == "Local" || name == "localtime" {
		return nil, Reasons{BadZone.At("Zone")}.Invalid()
	}
	loc, err := time.LoadLocation(name)
	if err != nil {
		return nil, Reasons{BadZone.At("Zone")}.Invalid()
	}
	zones.Store(name, loc)
	return loc, nil
}

// zones keeps loaded locations: reading one costs 50 µs, and there are few.
var zones sync.Map

// At returns the instant of a wall time on a day, in UTC.
func At(day date.Date, wall clock.Clock, loc *time.Location) time.Time {
	y, m, d := day.Date()
	minutes := time.Duration(wall) * time.Millisecond
	naive := time.Date(y, m, d, 0, 0, 0, 0, time.UTC).Add(minutes)
	// The offsets in force a day before and after bracket any change between.
	_, before := naive.Add(-24 * time.Hour).In(loc).Zone()
	_, after := naive.Add(24 * time.Hour).In(loc).Zone()
	first := naive.Add(-time.Duration(before) * time.Second)
	second := naive.Add(-time.Duration(after) * time.Second)
	if sameWall(first, naive, loc) {
		return Instant(first) // ordinary, or the first of two
	}
	if sameWall(second, naive, loc) {
		return Instant(second)
	}
	// In the gap: the change itself lies between the two readings.
	lo, hi := second, first
	for hi.Sub(lo) > time.Second {
		mid := lo.Add(hi.Sub(lo) / 2)
		if _, off := mid.In(loc).Zone(); off == before {
			lo = mid
		} else {
			hi = mid
		}
	}
	return Instant(hi.Truncate(time.Second))
}

func sameWall(t, naive time.Time, loc *time.Location) bool {
	_, off := t.In(loc).Zone()
	return t.Add(time.Duration(off) * time.Second).Equal(naive)
}

// DayOf returns the civil date of an instant in a zone.
func DayOf(t time.Time, loc *time.Location) date.Date {
	return date.NewAt(t.In(loc))
}

// Day returns the period of a civil day in a zone: 23, 24 or 25 hours.
func Day(day date.Date, loc *time.Location) Period {
	return Period{At(day, 0, loc), At(day.Add(1), 0, loc)}
}
