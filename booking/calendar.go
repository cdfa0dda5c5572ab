package booking

import (
	"slices"
	"time"

	"github.com/timebok/timebok"
)

// A Calendar is all that decides whether a practitioner has time. Searching for
// free slots and booking one ask the same Calendar, so they agree.
type Calendar struct {
	Practitioner timebok.PractitionerID
	Zone         string // IANA zone of the clinic
	Schedule     *Schedule
	Absences     []Absence
	Busy         []Busy // by start; what occupies the practitioner
}

// Busy is time that a booking occupies, buffers included.
type Busy struct {
	Booking ID
	Time    timebok.Period
}

// A Slot is a free time that can be booked.
type Slot struct {
	Practitioner timebok.PractitionerID
	Time         timebok.Period
}

// A Shape is what a slot must have room for.
type Shape struct {
	Duration      time.Duration
	Before, After time.Duration // buffers
	Step          time.Duration // slots begin at multiples of it from the start of working hours; 0: Duration
}

// with returns the calendar as it will be once b is saved.
func (c Calendar) with(b Booking) Calendar {
	busy := slices.DeleteFunc(slices.Clone(c.Busy), func(x Busy) bool { return x.Booking == b.ID })
	if b.State.IsActive() && b.Practitioner == c.Practitioner {
		busy = append(busy, Busy{b.ID, b.Occupied()})
		slices.SortFunc(busy, func(x, y Busy) int { return x.Time.Compare(y.Time) })
	}
	c.Busy = busy
	return c
}
