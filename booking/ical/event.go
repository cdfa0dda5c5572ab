package ical

import (
	"fmt"
	"time"

	"github.com/timebok/timebok"
)

// An Event is what a calendar is told of a booking.
type Event struct {
	UID      string    // booking.Booking.UID: the same through every move
	Sequence int64     // booking.Booking.Sequence: higher after every change; calendars ignore a lower one
	Stamp    time.Time // when this was written; of two with one Sequence the later counts

	Time      timebok.Period
	Summary   string // what the calendar shows: neutral, since others may look over the shoulder
	Location  string // "": not said
	Tentative bool   // only proposed

	// Organizer is where answers go. It should be the mail's sender: else calendars
	// offer no way to answer.
	Organizer timebok.EmailAddress
	Attendee  timebok.EmailAddress // the client
}

// A Method is what an object asks of a calendar (RFC 5546 section 1.4).
type Method string

const (
	Request Method = "REQUEST" // enter the event, or change it
	Cancel  Method = "CANCEL"  // take it out
)

// Encode writes the object, the same bytes for the same event. The error is an
// *timebok.InvalidError with all that is wrong.
func Encode(m Method, e Event) ([]byte, error) {
	if err := e.validate(m); err != nil {
		return nil, err
	}
	status, partstat := "CONFIRMED", ";CUTYPE=INDIVIDUAL;ROLE=REQ-PARTICIPANT;PARTSTAT=NEEDS-ACTION;RSVP=TRUE"
	switch {
	case m == Cancel:
		status, partstat = "CANCELLED", ""
	case e.Tentative:
		status = "TENTATIVE"
	}
	var w writer
	w.line("BEGIN:VCALENDAR")
	w.line("PRODID:-//Timebok//Timebok//EN")
	w.line("VERSION:2.0")
	w.line("CALSCALE:GREGORIAN")
	w.line("METHOD:" + string(m))
	w.line("BEGIN:VEVENT")
	w.line("UID:" + escape(e.UID))
	w.line(fmt.Sprintf("SEQUENCE:%d", e.Sequence))
	w.line("DTSTAMP:" + utc(e.Stamp))
	w.line("DTSTART:" + utc(e.Time.Start))
	w.line("DTEND:" + utc(e.Time.End))
	w.line("SUMMARY:" + escape(e.Summary))
	if e.Location != "" {
		w.line("LOCATION:" + escape(e.Location))
	}
	w.line("STATUS:" + status)
	w.line("CLASS:PRIVATE")
	w.line("ORGANIZER:" + address(e.Organizer))
	w.line("ATTENDEE" + partstat + ":" + address(e.Attendee))
	w.line("END:VEVENT")
	w.line("END:VCALENDAR")
	return w, nil
}

func (e Event) validate(m Method) error {
	var wrong timebok.Reasons
	for _, f := range []struct {
		name string
		ok   bool
	}{
		{"UID", e.UID != ""},
		{"Stamp", !e.Stamp.IsZero()},
		{"Summary", e.Summary != ""},
		{"Organizer", !e.Organizer.IsZero()},
		{"Attendee", !e.Attendee.IsZero()},
	} {
		if !f.ok {
			wrong.Add(timebok.Missing, f.name)
		}
	}
	if m != Request && m != Cancel {
		wrong.Add(timebok.BadValue, "Method")
	}
	if e.Sequence < 0 || e.Sequence > maxSequence {
		wrong.Add(timebok.BadValue, "Sequence")
	}
	// A calendar counts in seconds, and has four digits for the year.
	if !e.Time.Start.Truncate(time.Second).Before(e.Time.End.Truncate(time.Second)) {
		wrong.Add(timebok.BadPeriod, "Time")
	} else if e.Time.Start.UTC().Year() < 1 || e.Time.End.UTC().Year() > 9999 {
		wrong.Add(timebok.BadValue, "Time")
	}
	for _, f := range []struct{ name, text string }{{"UID", e.UID}, {"Summary", e.Summary}, {"Location", e.Location}} {
		if !printable(f.text) {
			wrong.Add(timebok.BadValue, f.name)
		}
	}
	return wrong.Invalid()
}

// maxSequence is the greatest INTEGER (RFC 5545 section 3.3.8).
const maxSequence = 1<<31 - 1

func utc(t time.Time) string { return t.UTC().Format(dateTime) }

// dateTime is DATE-TIME with UTC time (RFC 5545 section 3.3.5, form 2).
const dateTime = "20060102T150405Z"
