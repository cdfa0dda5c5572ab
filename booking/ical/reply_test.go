package ical_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/timebok/timebok"
	"github.com/timebok/timebok/booking"
	"github.com/timebok/timebok/booking/ical"
)

// reply is an answer, with lines put in the place of some.
func reply(replace map[string]string) []byte {
	lines := []string{
		"BEGIN:VCALENDAR", "PRODID:-//Example//EN", "VERSION:2.0", "METHOD:REPLY", "BEGIN:VEVENT",
		"UID:c985eb36-dd48-5349-b567-f35fa230dbbc@timebok", "SEQUENCE:2", "DTSTAMP:20260303T080000Z", "DTSTART:20261025T013000Z",
		"ORGANIZER:mailto:time@fjordgata.example", "ATTENDEE;PARTSTAT=ACCEPTED:mailto:kari@example.com", "END:VEVENT", "END:VCALENDAR",
	}
	var out []string
	for _, l := range lines {
		name := l[:strings.IndexAny(l, ";:")]
		if with, ok := replace[name]; ok {
			l = with
			delete(replace, name)
		}
		if l != "" {
			out = append(out, l)
		}
	}
	return []byte(strings.Join(out, "\r\n") + "\r\n")
}

var accepted = booking.ReplyRequest{
	Booking: timebok.DeriveID[booking.Booking]("golden"), From: client,
	Reply: booking.Reply{Answer: booking.Accepted, At: time.Date(2026, 3, 3, 8, 0, 0, 0, time.UTC), Sequence: 2},
}

// Answers in the shapes that calendars give them.
func TestParseReply(t *testing.T) {
	for name, c := range map[string]struct {
		replace map[string]string
		want    func(r *booking.ReplyRequest)
	}{
		"as it should be": {nil, func(*booking.ReplyRequest) {}},
		"declined":        {map[string]string{"ATTENDEE": "ATTENDEE;PARTSTAT=DECLINED:mailto:kari@example.com"}, func(r *booking.ReplyRequest) { r.Answer = booking.Declined }},
		"tentative, in small letters": {map[string]string{"ATTENDEE": "attendee;partstat=tentative:MAILTO:kari@example.com"},
			func(r *booking.ReplyRequest) { r.Answer = booking.Tentative }},
		"a name with what separates": {map[string]string{"ATTENDEE": `ATTENDEE;CN="N, K; <a:b>";PARTSTAT=ACCEPTED;X-NUM-GUESTS=0:mailto:kari@example.com`}, func(*booking.ReplyRequest) {}},
		"folded":                     {map[string]string{"ATTENDEE": "ATTENDEE;PARTSTAT=ACC\r\n EPTED:mailto:k\r\n\tari@example.com"}, func(*booking.ReplyRequest) {}},
		"without a sequence":         {map[string]string{"SEQUENCE": ""}, func(r *booking.ReplyRequest) { r.Sequence = 0 }},
		"with a zone and an alarm": {map[string]string{
			"BEGIN":     "BEGIN:VCALENDAR\r\nBEGIN:VTIMEZONE\r\nTZID:Europe/Oslo\r\nBEGIN:DAYLIGHT\r\nUID:x\r\nEND:DAYLIGHT\r\nEND:VTIMEZONE",
			"ORGANIZER": "BEGIN:VALARM\r\nUID:x\r\nATTENDEE:mailto:x@example.com\r\nEND:VALARM",
		}, func(*booking.ReplyRequest) {}},
		"with a comment": {map[string]string{"ORGANIZER": "COMMENT:jeg har vondt\\, kan ikke"}, func(*booking.ReplyRequest) {}},
		"an address that is escaped": {map[string]string{"ATTENDEE": "ATTENDEE;PARTSTAT=ACCEPTED:mailto:k%2525ari%3F@example.com"},
			func(r *booking.ReplyRequest) { r.From = must(timebok.ParseEmailAddress("k%25ari?@example.com")) }},
		"an address that should be": {map[string]string{"ATTENDEE": "ATTENDEE;PARTSTAT=ACCEPTED:mailto:k%ari@example.com"},
			func(r *booking.ReplyRequest) { r.From = must(timebok.ParseEmailAddress("k%ari@example.com")) }},
	} {
		t.Run(name, func(t *testing.T) {
			data := reply(c.replace)
			want := accepted
			c.want(&want)
			for newline, text := range map[string]string{"CRLF": string(data), "LF": strings.ReplaceAll(string(data), "\r\n", "\n")} {
				got, err := ical.ParseReply([]byte(text))
				if diff := cmp.Diff(want, got); err != nil || diff != "" {
					t.Errorf("%s: %v (-want +got):\n%s", newline, err, diff)
				}
			}
		})
	}
}

func TestParseReplyInvalid(t *testing.T) {
	for name, c := range map[string]struct {
		data []byte
		want []string
	}{
		"nothing":             {nil, []string{" ical.malformed"}},
		"no calendar":         {[]byte("Hei! Jeg kan ikke."), []string{" ical.malformed"}},
		"not UTF-8":           {append(reply(nil), 0xff), []string{" ical.malformed"}},
		"cut off":             {reply(map[string]string{"END": ""}), []string{" ical.malformed"}},
		"two events":          {reply(map[string]string{"BEGIN": "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nEND:VEVENT"}), []string{" ical.malformed"}},
		"two methods":         {reply(map[string]string{"VERSION": "METHOD:REPLY"}), []string{" ical.malformed"}},
		"a line that is none": {reply(map[string]string{"VERSION": "VERSION"}), []string{" ical.malformed"}},
		"nested too deep":     {reply(map[string]string{"VERSION": "BEGIN:A\r\nBEGIN:B\r\nBEGIN:C\r\nEND:C\r\nEND:B\r\nEND:A"}), []string{" ical.malformed"}},
		"one answer twice":    {reply(map[string]string{"ATTENDEE": "ATTENDEE;PARTSTAT=ACCEPTED;PARTSTAT=DECLINED:mailto:kari@example.com"}), []string{" ical.malformed"}},
		"an open quote":       {reply(map[string]string{"ATTENDEE": `ATTENDEE;CN="x:mailto:kari@example.com`}), []string{" ical.malformed"}},
		"too large":           {reply(map[string]string{"VERSION": "COMMENT:" + strings.Repeat("x", ical.MaxReply)}), []string{" ical.large"}},
		"an invitation":       {reply(map[string]string{"METHOD": "METHOD:REQUEST"}), []string{"METHOD ical.method"}},
		"no method":           {reply(map[string]string{"METHOD": ""}), []string{"METHOD ical.method"}},
		"of another's":        {reply(map[string]string{"UID": "UID:c985eb36-dd48-5349-b567-f35fa230dbbc@example.com"}), []string{"UID ical.uid"}},
		"of no booking":       {reply(map[string]string{"UID": "UID:x@timebok"}), []string{"UID ical.uid"}},
		"of two attendees":    {reply(map[string]string{"ORGANIZER": "ATTENDEE;PARTSTAT=DECLINED:mailto:x@example.com"}), []string{"ATTENDEE field.invalid"}},
		"everything wrong": {reply(map[string]string{
			"UID": "", "SEQUENCE": "SEQUENCE:-1", "DTSTAMP": "DTSTAMP:20260303T080000", "ATTENDEE": "ATTENDEE;PARTSTAT=DELEGATED:tel:+4740000000",
		}), []string{"UID field.missing", "DTSTAMP field.invalid", "SEQUENCE field.invalid", "PARTSTAT field.invalid", "ATTENDEE email.invalid"}},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := ical.ParseReply(c.data)
			var invalid *timebok.InvalidError
			if !errors.As(err, &invalid) {
				t.Fatalf("%+v, %v", got, err)
			}
			var reasons []string
			for _, r := range invalid.Reasons {
				reasons = append(reasons, r.Field+" "+r.Code())
			}
			if diff := cmp.Diff(c.want, reasons); diff != "" || got != (booking.ReplyRequest{}) {
				t.Errorf("%+v (-want +got):\n%s", got, diff)
			}
			if strings.Contains(err.Error(), "example.com") || strings.Contains(err.Error(), "4740000000") {
				t.Errorf("tells who: %v", err)
			}
		})
	}
}

// A calendar that answers our own invitation is understood: METHOD and PARTSTAT are
// all that it changes.
func TestReplyToOwn(t *testing.T) {
	data, err := os.ReadFile(filepath.Join("testdata", "autumn-move.ics"))
	if err != nil {
		t.Fatal(err)
	}
	answer := strings.NewReplacer("METHOD:REQUEST", "METHOD:REPLY", "NEEDS-ACTION", "DECLINED").Replace(string(data))
	got, err := ical.ParseReply([]byte(answer))
	want := accepted
	want.Answer, want.At = booking.Declined, time.Date(2026, 3, 2, 6, 0, 2, 0, time.UTC)
	if diff := cmp.Diff(want, got); err != nil || diff != "" {
		t.Errorf("%v (-want +got):\n%s", err, diff)
	}
}

// Whatever is read as a reply names a booking, a sender and an answer, and nothing
// that comes by mail makes the parser panic.
func FuzzParseReply(f *testing.F) {
	f.Add(reply(nil))
	f.Add(reply(map[string]string{"ATTENDEE": "ATTENDEE;CN=\"a;b\";PARTSTAT=DECLINED:\r\n mailto:k%41ri@example.com"}))
	f.Add([]byte("BEGIN:VCALENDAR\nEND:VCALENDAR\nEND:VCALENDAR"))
	f.Add([]byte("BEGIN:VCALENDAR\r\n\r\nA;B=\":\r\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		got, err := ical.ParseReply(data)
		if err != nil {
			if !errors.Is(err, timebok.ErrInvalid) || got != (booking.ReplyRequest{}) {
				t.Fatalf("%+v, %v", got, err)
			}
			return
		}
		if got.From.IsZero() || got.Answer.Text(timebok.Bokmaal) == string(got.Answer) || got.Sequence < 0 || len(data) > ical.MaxReply {
			t.Fatalf("%+v", got)
		}
	})
}
