package ical_test

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/timebok/timebok"
	"github.com/timebok/timebok/booking"
	"github.com/timebok/timebok/booking/ical"
)

var update = flag.Bool("update", false, "write the golden files")

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

var (
	clinic = must(timebok.ParseEmailAddress("time@fjordgata.example"))
	client = must(timebok.ParseEmailAddress("kari@example.com"))
	place  = "Fjordgata 1; oppgang B, 7010 Trondheim – ring på «Nord», så åpner vi. Rullestolrampe på baksiden"
)

// event is a session of 50 minutes at a wall time in Oslo.
func event(start string, sequence int64) ical.Event {
	at := must(time.Parse("2006-01-02T15:04Z07:00", start))
	b := booking.Booking{ID: timebok.DeriveID[booking.Booking]("golden")}
	return ical.Event{
		UID: b.UID(), Sequence: sequence, Stamp: time.Date(2026, 3, 2, 6, 0, int(sequence), 0, time.UTC),
		Time: timebok.Lasting(at, 50*time.Minute), Summary: "Time", Location: place, Organizer: clinic, Attendee: client,
	}
}

// A session is made, moved over the change of the clock and called off: golden files,
// which an independent parser understands as they are meant.
var golden = []struct {
	name   string
	method ical.Method
	event  ical.Event
	wall   string
}{
	{"spring-create", ical.Request, event("2026-03-29T01:30+01:00", 1), "2026-03-29T01:30:00+01:00/2026-03-29T03:20:00+02:00"},
	{"spring-move", ical.Request, event("2026-03-30T10:00+02:00", 2), "2026-03-30T10:00:00+02:00/2026-03-30T10:50:00+02:00"},
	{"spring-cancel", ical.Cancel, event("2026-03-30T10:00+02:00", 3), "2026-03-30T10:00:00+02:00/2026-03-30T10:50:00+02:00"},
	{"autumn-create", ical.Request, event("2026-10-25T02:30+02:00", 1), "2026-10-25T02:30:00+02:00/2026-10-25T02:20:00+01:00"},
	{"autumn-move", ical.Request, event("2026-10-25T02:30+01:00", 2), "2026-10-25T02:30:00+01:00/2026-10-25T03:20:00+01:00"},
	{"autumn-cancel", ical.Cancel, event("2026-10-25T02:30+01:00", 3), "2026-10-25T02:30:00+01:00/2026-10-25T03:20:00+01:00"},
}

func TestGolden(t *testing.T) {
	for _, g := range golden {
		got, err := ical.Encode(g.method, g.event)
		if err != nil {
			t.Fatalf("%s: %v", g.name, err)
		}
		path := filepath.Join("testdata", g.name+".ics")
		if *update {
			if err := os.WriteFile(path, got, 0o600); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(string(want), string(got)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", g.name, diff)
		}
	}
}

func TestGoldenIsUnderstood(t *testing.T) {
	var files []string
	for _, g := range golden {
		files = append(files, filepath.Join("testdata", g.name+".ics"))
	}
	for i, got := range oracle(t, files...) {
		g := golden[i]
		iso := func(t time.Time) string { return t.Format("2006-01-02T15:04:05+00:00") }
		want := understood{
			Method: string(g.method), UID: g.event.UID, Sequence: int(g.event.Sequence),
			Stamp: iso(g.event.Stamp), Start: iso(g.event.Time.Start), End: iso(g.event.Time.End), Wall: g.wall,
			Summary: "Time", Location: place, Status: "CONFIRMED", Partstat: "NEEDS-ACTION",
			Organizer: "mailto:time@fjordgata.example", Attendee: "mailto:kari@example.com",
			Properties: []string{
				"ATTENDEE", "CLASS", "DTEND", "DTSTAMP", "DTSTART", "LOCATION", "ORGANIZER", "SEQUENCE", "STATUS", "SUMMARY", "UID",
			},
			Errors: []string{},
		}
		if g.method == ical.Cancel {
			want.Status, want.Partstat = "CANCELLED", ""
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", g.name, diff)
		}
	}
}

// Any text comes back as it was from an independent parser, in lines of at most 75
// octets that end with CRLF and in which no character is cut. (The backslash is left
// out: the parser undoes its escape in the wrong order.)
func TestAnyTextIsUnderstood(t *testing.T) {
	dir := t.TempDir()
	var files, texts []string
	rapid.Check(t, func(rt *rapid.T) {
		e := event("2026-03-30T10:00+02:00", 1)
		n := rapid.IntRange(1, 200).Draw(rt, "length")
		text := rapid.StringOfN(rapid.RuneFrom([]rune(`anå😀,;:" -`+"\n")), n, n, -1).Draw(rt, "text")
		e.Location = text
		data, err := ical.Encode(ical.Request, e)
		if err != nil {
			rt.Fatal(err)
		}
		for line := range bytes.SplitSeq(bytes.TrimSuffix(data, []byte("\r\n")), []byte("\r\n")) {
			if len(line) > 75 || bytes.ContainsAny(line, "\r\n") || !utf8.Valid(line) {
				rt.Fatalf("a line of %d octets: %q", len(line), line)
			}
		}
		if len(files) < 100 {
			path := filepath.Join(dir, fmt.Sprintf("%d.ics", len(files)))
			if err := os.WriteFile(path, data, 0o600); err != nil {
				rt.Fatal(err)
			}
			files, texts = append(files, path), append(texts, text)
		}
	})
	for i, got := range oracle(t, files...) {
		if got.Location != texts[i] {
			t.Errorf("%q is read as %q", texts[i], got.Location)
		}
	}
}

func TestTentative(t *testing.T) {
	e := event("2026-03-30T10:00+02:00", 1)
	e.Tentative, e.Location = true, ""
	data, err := ical.Encode(ical.Request, e)
	if err != nil || !bytes.Contains(data, []byte("\r\nSTATUS:TENTATIVE\r\n")) || bytes.Contains(data, []byte("LOCATION")) {
		t.Errorf("%s, %v", data, err)
	}
}

func TestEncodeInvalid(t *testing.T) {
	e := ical.Event{UID: "a\r\nb", Location: "\x00", Summary: "\xff", Sequence: -1}
	_, err := ical.Encode("PUBLISH", e)
	var invalid *timebok.InvalidError
	if !errors.As(err, &invalid) {
		t.Fatal(err)
	}
	var got []string
	for _, r := range invalid.Reasons {
		got = append(got, r.Field+" "+r.Code())
	}
	want := []string{
		"Stamp field.missing", "Organizer field.missing", "Attendee field.missing", "Method field.invalid", "Sequence field.invalid",
		"Time period.invalid", "UID field.invalid", "Summary field.invalid", "Location field.invalid",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if _, err := ical.Encode(ical.Request, ical.Event{}); !strings.Contains(err.Error(), "UID") || !strings.Contains(err.Error(), "Summary") {
		t.Error(err)
	}
	e = event("2026-03-30T10:00+02:00", 1)
	e.Time.End = e.Time.Start.Add(999 * time.Millisecond)
	if _, err := ical.Encode(ical.Request, e); !errors.Is(err, timebok.BadPeriod) {
		t.Errorf("less than a second: %v", err)
	}
	e.Time = timebok.Lasting(time.Date(10000, 1, 1, 0, 0, 0, 0, time.UTC), time.Hour)
	if _, err := ical.Encode(ical.Request, e); !errors.Is(err, timebok.BadValue) {
		t.Errorf("in the year 10000: %v", err)
	}
}
