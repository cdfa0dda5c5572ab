package notice_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/timebok/timebok"
	"github.com/timebok/timebok/booking"
	"github.com/timebok/timebok/booking/notice"
)

var december = timebok.Lasting(time.Date(2026, 12, 2, 8, 0, 0, 0, time.UTC), 50*time.Minute)

func ExampleToClient() {
	subject, text, err := notice.ToClient(notice.Facts{
		What: booking.Invited, Time: december, Zone: timebok.OsloZone,
		With: "Ola Nord", Place: "Fjordgata 1, 7010 Trondheim",
	}, timebok.Nynorsk)
	fmt.Println(subject, err)
	fmt.Print(text)
	// Output:
	// Du har fått ein time <nil>
	// Du har fått ein time onsdag 2. desember 2026 kl. 09.00–09.50 med Ola Nord.
	// Stad: Fjordgata 1, 7010 Trondheim
}

func ExampleToPractitioner() {
	subject, text, _ := notice.ToPractitioner(notice.Facts{
		What: booking.NewBooking, Time: december, Zone: timebok.OsloZone, Via: timebok.Behandlernettverk,
	}, timebok.English)
	fmt.Printf("%s\n%s", subject, text)
	// Output:
	// New session in the calendar
	// A new session has come from Behandlernettverk: Wednesday 2 December 2026 at 09:00–09:50.
	// See the calendar for more.
}

// Every mail has a text in each language, with nothing left to fill in, and what
// nobody writes of is refused.
func TestTexts(t *testing.T) {
	f := notice.Facts{Time: december, Zone: timebok.OsloZone, With: "W", Place: "P", Via: "v", From: "F"}
	writers := map[string]struct {
		write func(notice.Facts, timebok.Lang) (string, string, error)
		of    []booking.Happening
	}{
		"client":       {notice.ToClient, []booking.Happening{booking.Invited, booking.Confirmed, booking.Moved, booking.CalledOff, booking.Reminded}},
		"practitioner": {notice.ToPractitioner, []booking.Happening{booking.NewBooking, booking.Moved, booking.HandedOver, booking.CalledOff}},
	}
	for name, w := range writers {
		for _, l := range []timebok.Lang{timebok.Bokmaal, timebok.Nynorsk, timebok.English} {
			seen := map[string]bool{}
			for _, f.What = range w.of {
				subject, text, err := w.write(f, l)
				if err != nil || subject == "" || strings.ContainsAny(subject+text, "{}") || !strings.HasSuffix(text, "\n\nF\n") {
					t.Errorf("%s %s %s: %q %q %v", name, l, f.What, subject, text, err)
				}
				if seen[subject] {
					t.Errorf("%s %s: two mails have the subject %q", name, l, subject)
				}
				seen[subject] = true
			}
			f.What = "nothing"
			if _, _, err := w.write(f, l); err == nil {
				t.Errorf("%s writes of nothing", name)
			}
		}
	}
}

// Times are the clinic's wall time, on either side of a change of the clock.
func TestWhen(t *testing.T) {
	loc, err := timebok.LoadZone(timebok.OsloZone)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		start time.Time
		want  string
	}{
		{time.Date(2026, 3, 29, 0, 30, 0, 0, time.UTC), "søndag 29. mars 2026 kl. 01.30–03.20"},
		{time.Date(2026, 10, 25, 0, 30, 0, 0, time.UTC), "søndag 25. oktober 2026 kl. 02.30–02.20"},
		{time.Date(2026, 12, 31, 23, 30, 0, 0, time.UTC), "fredag 1. januar 2027 kl. 00.30–01.20"},
	} {
		if got := notice.When(timebok.Lasting(c.start, 50*time.Minute), loc, timebok.Bokmaal); got != c.want {
			t.Errorf("got %s, want %s", got, c.want)
		}
	}
}
