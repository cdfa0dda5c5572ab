// Package ical writes and reads the iCalendar objects (RFC 5545) that a clinic and
// its clients' calendars exchange about a booking (RFC 5546, iTIP): an invitation
// (REQUEST), which also tells of a move, a cancellation (CANCEL), and the client's
// answer (REPLY).
//
// Times are written as instants in UTC, with no VTIMEZONE. A session is one instant
// for life, whatever becomes of the zone's rules, and Outlook, Google and Apple show
// an instant in the reader's own zone, while they differ in what they make of a
// TZID. A zone would be needed for repeated events, and a booking never repeats.
//
// An object holds what the calendar must know and no more: the client's address,
// which REQUEST demands, and no name, service, insurer, case or diagnosis.
//
// The package writes a dozen properties of one component and reads five, and needs
// no library for that: github.com/arran4/golang-ical v0.3.4 links net/http into
// every host, ends lines with a bare LF unless told otherwise, escapes parameters in
// a way that RFC 5545 does not know, reads without a limit, and quotes the text in
// its errors. The tests let a parser that is not ours read what is written here.
package ical
