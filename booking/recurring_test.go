package booking_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/timebok/timebok"
	"github.com/timebok/timebok/booking"
	"github.com/timebok/timebok/series"
	"github.com/timebok/timebok/storage"
)

func TestWeekly(t *testing.T) {
	for _, c := range []struct {
		first    string
		n, weeks int
		want     []string // by the clock on the wall, with its zone
	}{
		{"2026-03-16T10:00+01:00", 3, 1, []string{"2026-03-16 10:00 CET", "2026-03-23 10:00 CET", "2026-03-30 10:00 CEST"}},
		{"2026-10-19T10:00+02:00", 3, 1, []string{"2026-10-19 10:00 CEST", "2026-10-26 10:00 CET", "2026-11-02 10:00 CET"}},
		{"2026-03-22T02:30+01:00", 3, 1, []string{"2026-03-22 02:30 CET", "2026-03-29 03:00 CEST", "2026-04-05 02:30 CEST"}}, // the gap
		{"2026-10-18T02:30+02:00", 3, 1, []string{"2026-10-18 02:30 CEST", "2026-10-25 02:30 CEST", "2026-11-01 02:30 CET"}}, // the fold
		{"2026-10-25T02:30+01:00", 2, 1, []string{"2026-10-25 02:30 CET", "2026-11-01 02:30 CET"}},                           // from its second half
		{"2027-03-21T10:00+01:00", 2, 2, []string{"2027-03-21 10:00 CET", "2027-04-04 10:00 CEST"}},                          // every other week, a year on
		{"2026-12-28T10:00+01:00", 2, 1, []string{"2026-12-28 10:00 CET", "2027-01-04 10:00 CET"}},                           // over the year
		{"2026-03-02T23:30+00:00", 2, 1, []string{"2026-03-03 00:30 CET", "2026-03-10 00:30 CET"}},                           // a Tuesday here
		{"2028-02-22T10:00+01:00", 2, 1, []string{"2028-02-22 10:00 CET", "2028-02-29 10:00 CET"}},                           // a leap day
		{"2026-05-01T10:00+02:00", 1, 1, []string{"2026-05-01 10:00 CEST"}},                                                  // one is enough
	} {
		got, err := booking.Weekly(instant(c.first), c.n, c.weeks, timebok.OsloZone)
		if err != nil {
			t.Fatal(err)
		}
		var wall []string
		for _, start := range got {
			wall = append(wall, start.In(oslo).Format("2006-01-02 15:04 MST"))
		}
		if diff := cmp.Diff(c.want, wall); diff != "" {
			t.Errorf("%d times from %s (-want +got):\n%s", c.n, c.first, diff)
		}
	}
	_, err := booking.Weekly(time.Time{}, 0, -1, "Norge/Volda")
	wantInvalid(t, err, "First field.invalid", "N field.invalid", "Weeks field.invalid", "Zone zone.unknown")
	_, err = booking.Weekly(ten, 1_000_000_000, 1, timebok.OsloZone)
	wantInvalid(t, err, "N field.invalid")
}

// outcome is what came of booking at several starts.
type outcome struct {
	made   []booking.Booking
	report []booking.Occurrence
}

func (o *office) tryBookAll(r booking.Request, starts []time.Time) (outcome, error) {
	return tryRun(o, func(ctx context.Context, tx storage.Tx) (got outcome, err error) {
		got.made, got.report, err = o.desk.BookAll(ctx, tx, o.by, r, starts)
		return got, err
	})
}

func weekly(t *testing.T, n int) []time.Time {
	t.Helper()
	starts, err := booking.Weekly(ten, n, 1, timebok.OsloZone)
	if err != nil {
		t.Fatal(err)
	}
	return starts
}

func TestBookAll(t *testing.T) {
	onEvery(t, func(t *testing.T, o *office) {
		r := o.request()
		r.Invite = true
		got, err := o.tryBookAll(r, weekly(t, 6)) // over the change of the clock
		if err != nil {
			t.Fatal(err)
		}
		stored := o.bookings(booking.Filter{Series: o.Case.ID})
		if diff := cmp.Diff(stored, got.made); diff != "" || len(stored) != 6 || len(o.outbox()) != 6+5 { // too late for a reminder of the first
			t.Errorf("%d stored, %d messages (-stored +returned):\n%s", len(stored), len(o.outbox()), diff)
		}
		for i, b := range got.made {
			if r := got.report[i]; r.Booking != b.ID || !r.Start.Equal(b.Time.Start) || len(r.Refusals) > 0 {
				t.Errorf("reported %+v of %+v", r, b)
			}
			if wall := b.Time.Start.In(oslo).Format("15:04"); wall != "10:00" {
				t.Errorf("booked at %s", wall)
			}
		}
	})
}

// One bad date among the good: nothing is written, nothing is mailed, and every
// date is reported on.
func TestBookAllOrNothing(t *testing.T) {
	onEvery(t, func(t *testing.T, o *office) {
		starts := weekly(t, 5)
		o.book(o.Request(starts[2].Add(15 * time.Minute)))
		starts[4] = starts[4].Add(-3 * time.Hour)
		before := o.trail()
		r := o.request()
		r.Invite = true
		got, err := o.tryBookAll(r, starts)
		var refusal *timebok.Refusal
		if !errors.As(err, &refusal) || len(got.made) > 0 {
			t.Fatalf("booked %d, %v", len(got.made), err)
		}
		var fields []string
		for _, x := range refusal.Reasons {
			fields = append(fields, x.Field+" "+x.Code())
		}
		if diff := cmp.Diff([]string{"Starts[2].Start slot.taken", "Starts[4].Start hours.outside"}, fields); diff != "" {
			t.Errorf("reasons (-want +got):\n%s", diff)
		}
		checkTexts(t, refusal.Reasons)
		report := func(name string, report []booking.Occurrence) {
			t.Helper()
			var codes [][]string
			for i, x := range report {
				if !x.Start.Equal(starts[i]) || !x.Booking.IsZero() {
					t.Errorf("%s reports %+v", name, x)
				}
				codes = append(codes, x.Refusals.Codes())
			}
			if diff := cmp.Diff([][]string{{}, {}, {"slot.taken"}, {}, {"hours.outside"}}, codes); diff != "" {
				t.Errorf("%s reports (-want +got):\n%s", name, diff)
			}
		}
		report("BookAll", got.report)
		o.view(func(ctx context.Context, tx storage.Tx) error {
			dry, err := o.desk.CheckAll(ctx, tx, o.by, r, starts)
			report("CheckAll", dry)
			return err
		})
		if diff := cmp.Diff(before, o.trail()); diff != "" {
			t.Errorf("left behind (-before +after):\n%s", diff)
		}
	})
}

// The dates take from one cap, and meet each other in the calendar.
func TestBookAllTogether(t *testing.T) {
	onEvery(t, func(t *testing.T, o *office) {
		got, err := o.tryBookAll(o.request(), weekly(t, 12)) // of a cap of ten
		var codes [][]string
		for _, x := range got.report[8:] {
			codes = append(codes, append(x.Refusals.Codes(), x.Notices.Codes()...))
		}
		if diff := cmp.Diff([][]string{{}, {"cap.last"}, {"cap.exhausted"}, {"cap.exhausted"}}, codes); !errors.Is(err, series.Exhausted) || diff != "" {
			t.Errorf("%v (-want +got):\n%s", err, diff)
		}
		r := o.request()
		r.Series = series.ID{}
		got, err = o.tryBookAll(r, []time.Time{ten, ten.Add(15 * time.Minute), ten.Add(45 * time.Minute)})
		if !errors.Is(err, booking.SlotTaken) || len(got.report[1].Refusals) != 1 || len(got.report[2].Refusals) != 0 {
			t.Errorf("dates that overlap each other: %+v, %v", got.report, err)
		}
		long, err := o.tryBookAll(o.request(), []time.Time{ten, ten.AddDate(1, 0, 0)})
		if !errors.Is(err, series.Expired) || len(long.report[0].Refusals) != 0 {
			t.Errorf("beyond the case: %+v, %v", long.report, err)
		}
		if n := len(o.bookings(booking.Filter{})); n != 0 {
			t.Errorf("%d bookings were made", n)
		}
	})
}

func TestBookAllTwice(t *testing.T) {
	onEvery(t, func(t *testing.T, o *office) {
		r := o.request()
		r.ID, r.Invite = bookingID(1), true
		first, err := o.tryBookAll(r, weekly(t, 4))
		if err != nil {
			t.Fatal(err)
		}
		before := o.trail()
		again, err := o.tryBookAll(r, weekly(t, 4))
		if diff := cmp.Diff(first.made, again.made); err != nil || diff != "" {
			t.Errorf("the second time: %v (-first +second):\n%s", err, diff)
		}
		other := r
		other.Service = o.Physio.ID
		if _, err := o.tryBookAll(other, weekly(t, 4)); !errors.Is(err, timebok.ErrExists) {
			t.Errorf("another request with its ID: %v", err)
		}
		if diff := cmp.Diff(before, o.trail()); diff != "" {
			t.Errorf("the second time it does more (-before +after):\n%s", diff)
		}
	})
}

// What is wrong on every date is said once, as an input that is to be mended.
func TestBookAllInvalid(t *testing.T) {
	onEvery(t, func(t *testing.T, o *office) {
		got, err := o.tryBookAll(booking.Request{}, weekly(t, 3))
		wantInvalid(t, err, "Client field.missing", "With field.missing", "Service field.missing")
		r := o.request()
		r.Client, r.Series = timebok.DeriveID[timebok.Client]("x"), timebok.DeriveID[series.Series]("x")
		_, err = o.tryBookAll(r, weekly(t, 3))
		wantInvalid(t, err, "Client ref.unknown", "Series ref.unknown")
		_, err = o.tryBookAll(o.request(), nil)
		wantInvalid(t, err, "Starts field.invalid")
		_, err = o.tryBookAll(o.request(), make([]time.Time, 1000))
		wantInvalid(t, err, "Starts field.invalid")
		if got.report != nil || len(o.bookings(booking.Filter{})) > 0 {
			t.Errorf("reports %+v", got.report)
		}
	})
}
