package sqlrow

import (
	"time"

	"github.com/timebok/timebok"
	"github.com/timebok/timebok/booking"
)

// Schedules are the working hours; the id is the practitioner's.
var Schedules = table("schedule", []column[booking.Schedule]{
	key(func(s *booking.Schedule) *timebok.PractitionerID { return &s.Practitioner }),
	version(func(s *booking.Schedule) *int64 { return &s.Version }),
	list("week", func(s *booking.Schedule) *[]booking.Hours { return &s.Week }),
	list("days", func(s *booking.Schedule) *[]booking.DayHours { return &s.Days }),
	flag("holidays_open", func(s *booking.Schedule) *bool { return &s.HolidaysOpen }),
})

// Absences are the times when practitioners take no sessions.
var Absences = table("absence", []column[booking.Absence]{
	key(func(a *booking.Absence) *booking.AbsenceID { return &a.ID }),
	version(func(a *booking.Absence) *int64 { return &a.Version }),
	ref("practitioner_id", func(a *booking.Absence) *timebok.PractitionerID { return &a.Practitioner }),
	moment("starts", func(a *booking.Absence) *time.Time { return &a.Time.Start }),
	moment("ends", func(a *booking.Absence) *time.Time { return &a.Time.End }),
	text("kind", func(a *booking.Absence) *booking.AbsenceKind { return &a.Kind }),
})
