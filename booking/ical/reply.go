package ical

import (
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/timebok/timebok"
	"github.com/timebok/timebok/booking"
)

// MaxReply is the greatest size of a reply, in bytes. Those that calendars send are
// of one or two thousand.
const MaxReply = 64 << 10

// Rules of replies.
var (
	TooLarge = timebok.NewRule("ical.large",
		"kalendersvaret er for stort, høyst {max} byte", "kalendersvaret er for stort, høgst {max} byte",
		"the reply is too large, at most {max} bytes")
	Malformed = timebok.NewRule("ical.malformed",
		"er ikke gyldig iCalendar", "er ikkje gyldig iCalendar", "is not valid iCalendar")
	NoReply = timebok.NewRule("ical.method",
		"er ikke et svar på en invitasjon", "er ikkje eit svar på ein invitasjon", "is no answer to an invitation")
	UnknownUID = timebok.NewRule("ical.uid",
		"gjelder ingen time herfra", "gjeld ingen time herifrå", "is about no session of ours")
)

// ParseReply reads the answer of a client's calendar, the text/calendar part of a
// mail; booking.Desk.Reply records it. The error is an *timebok.InvalidError with
// all that is wrong, that it is no reply (NoReply) or about no booking of this
// library (UnknownUID) among it. A delegation is none of the answers that a clinic
// can take, nor is an answer of more than one.
//
// Whatever the client writes beside the answer (COMMENT) is left behind: it may be
// about health, and belongs in the journal.
func ParseReply(data []byte) (booking.ReplyRequest, error) {
	if len(data) > MaxReply {
		return booking.ReplyRequest{}, timebok.Reasons{TooLarge.At("", timebok.P("max", MaxReply))}.Invalid()
	}
	if !utf8.Valid(data) {
		return booking.ReplyRequest{}, timebok.Reasons{Malformed.At("")}.Invalid()
	}
	method, event, ok := read(string(data))
	if !ok {
		return booking.ReplyRequest{}, timebok.Reasons{Malformed.At("")}.Invalid()
	}
	if !strings.EqualFold(method, "REPLY") {
		return booking.ReplyRequest{}, timebok.Reasons{NoReply.At("METHOD")}.Invalid()
	}
	return event.reply()
}

// A component is the properties of a VEVENT, by name.
type component map[string][]property

// read returns the method and the event of an object with one of each. Other
// components, as VTIMEZONE, are passed over.
func read(text string) (method string, event component, ok bool) {
	var within []string
	for _, line := range unfold(text) {
		if line == "" {
			continue
		}
		p, ok := parse(line)
		if !ok || len(within) == 0 && p.name != "BEGIN" {
			return "", nil, false
		}
		switch inner := strings.Join(within, "/"); {
		case p.name == "BEGIN":
			within = append(within, strings.ToUpper(p.value))
			if len(within) > maxNested || within[0] != "VCALENDAR" || len(within) == 1 && event != nil {
				return "", nil, false
			}
			if len(within) == 2 && within[1] == "VEVENT" {
				if event != nil {
					return "", nil, false
				}
				event = component{}
			}
		case p.name == "END":
			if !strings.EqualFold(within[len(within)-1], p.value) {
				return "", nil, false
			}
			within = within[:len(within)-1]
		case inner == "VCALENDAR" && p.name == "METHOD":
			if method != "" {
				return "", nil, false
			}
			method = p.value
		case inner == "VCALENDAR/VEVENT":
			event[p.name] = append(event[p.name], p)
		}
	}
	return method, event, event != nil && len(within) == 0
}

// maxNested is how deep components stand in each other: VCALENDAR, VEVENT, VALARM.
const maxNested = 3

// reply takes the answer from the event, with all that is wrong.
func (c component) reply() (booking.ReplyRequest, error) {
	var (
		r     booking.ReplyRequest
		wrong timebok.Reasons
		err   error
	)
	one := func(name string) (property, bool) {
		switch of := c[name]; {
		case len(of) == 0:
			wrong.Add(timebok.Missing, name)
		case len(of) > 1:
			wrong.Add(timebok.BadValue, name)
		default:
			return of[0], true
		}
		return property{}, false
	}
	if p, ok := one("UID"); ok {
		if r.Booking, err = booking.ParseUID(unescape(p.value)); err != nil {
			wrong.Add(UnknownUID, "UID")
		}
	}
	if p, ok := one("DTSTAMP"); ok {
		if r.At, err = time.Parse(dateTime, p.value); err != nil {
			wrong.Add(timebok.BadValue, "DTSTAMP")
		}
	}
	if len(c["SEQUENCE"]) > 0 { // left out if 0
		if p, ok := one("SEQUENCE"); ok {
			n, err := strconv.ParseInt(p.value, 10, 32)
			if err != nil || n < 0 {
				wrong.Add(timebok.BadValue, "SEQUENCE")
			}
			r.Sequence = n
		}
	}
	if p, ok := one("ATTENDEE"); ok {
		if r.Answer, ok = answers[strings.ToUpper(p.params["PARTSTAT"])]; !ok {
			wrong.Add(timebok.BadValue, "PARTSTAT")
		}
		if r.From, err = parseAddress(p.value); err != nil {
			wrong.Add(timebok.BadEmailAddress, "ATTENDEE")
		}
	}
	if err := wrong.Invalid(); err != nil {
		return booking.ReplyRequest{}, err
	}
	return r, nil
}

var answers = map[string]booking.Answer{
	"ACCEPTED": booking.Accepted, "DECLINED": booking.Declined, "TENTATIVE": booking.Tentative,
}
