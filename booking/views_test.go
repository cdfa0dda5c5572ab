package booking_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/rickb777/date"

	"github.com/timebok/timebok"
	"github.com/timebok/timebok/booking"
	"github.com/timebok/timebok/series"
	"github.com/timebok/timebok/storage"
	"github.com/timebok/timebok/storage/storagetest"
)

// summary writes groups as "series (sessions used): day of each booking".
func (o *office) summary() []string {
	o.Helper()
	var out []string
	o.view(func(ctx context.Context, tx storage.Tx) error {
		groups, err := o.desk.ClientBookings(ctx, tx, o.by, o.Ola.ID)
		for _, g := range groups {
			line := "none:"
			if g.Series != nil {
				line = fmt.Sprintf("%s (%d):", g.Series.Name, g.Use.Held+g.Use.Booked+g.Use.Delivered)
			}
			for _, b := range g.Bookings {
				line += b.Time.Start.In(oslo).Format(" 2/1")
			}
			out = append(out, line)
		}
		return err
	})
	return out
}

func TestClientBookings(t *testing.T) {
	onEvery(t, func(t *testing.T, o *office) {
		for i, in := range []series.ID{o.Paid.ID, o.Case.ID, {}, o.Case.ID, {}} {
			r := o.request()
			r.Series, r.Start = in, ten.AddDate(0, 0, 5-i)
			o.book(r)
		}
		other := o.Request(ten)
		other.Client = o.Åse.ID
		o.book(other)
		want := []string{"Betalar sjølv (1): 7/3", "Forsikringssak 6QPTR (2): 4/3 6/3", "none: 3/3 5/3"}
		if diff := cmp.Diff(want, o.summary()); diff != "" {
			t.Errorf("bookings (-want +got):\n%s", diff)
		}
		if diff := cmp.Diff([]string{"client.bookings"}, o.actions(storage.AuditFilter{On: timebok.Ref{Kind: timebok.KindClient, ID: o.Ola.ID.UUID()}})); diff != "" {
			t.Errorf("audit of the reading (-want +got):\n%s", diff)
		}
	})
}

// What was called off outlives its series, and is still shown.
func TestClientBookingsOfADeletedSeries(t *testing.T) {
	onEvery(t, func(t *testing.T, o *office) {
		r := o.request()
		r.Series = o.Paid.ID
		o.step(o.cancel(booking.ByClinic), o.book(r))
		if err := o.update(func(ctx context.Context, tx storage.Tx) error {
			return o.desk.DeleteSeries(ctx, tx, o.by, o.Paid.ID, 1)
		}); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff([]string{"Forsikringssak 6QPTR (0):", "none: 2/3"}, o.summary()); diff != "" {
			t.Errorf("bookings (-want +got):\n%s", diff)
		}
	})
}

// start opens a series of Ola.
func (o *office) start(s series.Series, terms series.Terms) series.Series {
	o.Helper()
	s.Client = o.Ola.ID
	return run(o, func(ctx context.Context, tx storage.Tx) (series.Series, error) {
		return o.desk.StartSeries(ctx, tx, o.by, s, terms)
	})
}

func TestOpenSeries(t *testing.T) {
	onEvery(t, func(t *testing.T, o *office) {
		employer := timebok.Billing{To: timebok.Recipient{Payer: o.Employer.ID}, By: timebok.ByEmail}
		soon := o.start(series.Series{Kind: series.OtherPayer, Name: "Verft"}, series.Terms{
			Billing: employer, ValidTo: new(day("2026-03-20")), Caps: []series.Cap{series.Sessions(5)},
		})
		o.start(series.Series{Kind: series.OtherPayer, Name: "I fjor"}, series.Terms{Billing: employer, ValidTo: new(day("2026-03-01"))})
		r := o.request()
		o.book(r)
		r.Start, r.Series = ten.AddDate(0, 0, 1), soon.ID
		o.book(r)
		show := func(on date.Date) []string {
			var out []string
			for _, x := range o.open(t, on) {
				text := x.Series.Name
				if x.Capped {
					text += fmt.Sprintf(", %d left", x.Remaining)
				}
				if x.ValidTo != nil {
					text += ", to " + x.ValidTo.String()
				}
				if x.Stale {
					text += ", stale"
				}
				out = append(out, text)
			}
			return out
		}
		want := []string{"Verft, 4 left, to 2026-03-20", "Forsikringssak 6QPTR, 9 left, to 2026-12-31", "Betalar sjølv"}
		if diff := cmp.Diff(want, show(day("2026-03-20"))); diff != "" {
			t.Errorf("open on the last day (-want +got):\n%s", diff)
		}
		o.now = o.Case.FetchedAt.Add(24*time.Hour + time.Second)
		if diff := cmp.Diff([]string{"Forsikringssak 6QPTR, 9 left, to 2026-12-31, stale", "Betalar sjølv"}, show(day("2026-03-21"))); diff != "" {
			t.Errorf("open a day later (-want +got):\n%s", diff)
		}
		run(o, func(ctx context.Context, tx storage.Tx) (series.Series, error) {
			return o.desk.ChangeSeries(ctx, tx, o.by, o.Case.ID, 1, "series.close", func(s series.Series, _ series.Use) (series.Series, error) { return s.Close(o.now) })
		})
		if diff := cmp.Diff([]string{"Betalar sjølv"}, show(day("2026-03-21"))); diff != "" {
			t.Errorf("open when the case is closed (-want +got):\n%s", diff)
		}
		if n := len(o.actions(storage.AuditFilter{On: timebok.Ref{Kind: timebok.KindClient, ID: o.Ola.ID.UUID()}})); n != 3 {
			t.Errorf("%d readings in the audit, want 3", n)
		}
	})
}

// Nobody of another clinic reads anything, and a refused reading is not audited
// as one that was made.
func TestReadElsewhere(t *testing.T) {
	onEvery(t, func(t *testing.T, o *office) {
		stranger := o.by
		stranger.Clinic = storagetest.NewClinic("B").Clinic.ID
		o.view(func(ctx context.Context, tx storage.Tx) error {
			if _, err := o.desk.ClientBookings(ctx, tx, stranger, o.Ola.ID); !errors.Is(err, timebok.ActorElsewhere) {
				t.Errorf("ClientBookings: %v", err)
			}
			if _, err := o.desk.OpenSeries(ctx, tx, stranger, o.Ola.ID, day("2026-03-02")); !errors.Is(err, timebok.ActorElsewhere) {
				t.Errorf("OpenSeries: %v", err)
			}
			return nil
		})
		if got := o.actions(storage.AuditFilter{}); len(got) > 0 {
			t.Errorf("audit: %v", got)
		}
	})
}

var errUndo = errors.New("undo")

// What FreeSlots offers, Book accepts; what lies between two offers, it refuses.
func TestFreeSlotsAreFree(t *testing.T) {
	onEvery(t, func(t *testing.T, o *office) {
		for _, start := range []time.Duration{0, 90 * time.Minute, 5 * time.Hour} {
			r := o.Request(ten.Add(start))
			r.Service = o.Physio.ID
			o.book(r)
		}
		err := o.update(func(_ context.Context, tx storage.Tx) error {
			tx.Save(booking.Absence{
				ID: timebok.DeriveID[booking.Absence]("a"), Version: 1, Practitioner: o.Kari.ID, Time: timebok.Lasting(ten, 3*time.Hour), Kind: booking.Course,
			})
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		search := booking.Search{
			Practitioners: []timebok.PractitionerID{o.Anne.ID, o.Kari.ID}, Service: o.Physio.ID,
			Within: timebok.Lasting(storagetest.Monday, 12*time.Hour), Step: 15 * time.Minute,
		}
		var slots []booking.Slot
		o.view(func(ctx context.Context, tx storage.Tx) (err error) {
			slots, err = o.desk.FreeSlots(ctx, tx, search)
			return err
		})
		offered := map[booking.Slot]bool{}
		for _, s := range slots {
			offered[s] = true
		}
		for _, who := range search.Practitioners {
			for start := search.Within.Start; start.Before(search.Within.End.Add(-30 * time.Minute)); start = start.Add(15 * time.Minute) {
				r := o.Request(start)
				r.With, r.Service = who, o.Physio.ID
				err := o.update(func(ctx context.Context, tx storage.Tx) error {
					if _, err := o.desk.Book(ctx, tx, o.by, r); err != nil {
						return err
					}
					return errUndo
				})
				slot := booking.Slot{Practitioner: who, Time: timebok.Lasting(start, o.Physio.Duration)}
				if booked := errors.Is(err, errUndo); booked != offered[slot] {
					t.Errorf("%s at %s: offered %v, booked %v: %v", who, start.In(oslo).Format("15:04"), offered[slot], booked, err)
				}
			}
		}
		if len(slots) < 20 || len(o.bookings(booking.Filter{})) != 3 {
			t.Errorf("%d slots, %d bookings", len(slots), len(o.bookings(booking.Filter{})))
		}
		search.Limit = 3
		o.view(func(ctx context.Context, tx storage.Tx) error {
			first, err := o.desk.FreeSlots(ctx, tx, search)
			if diff := cmp.Diff(slots[:3], first); diff != "" {
				t.Errorf("the first three (-want +got):\n%s", diff)
			}
			search.Service = o.Obsolete.ID
			_, inactive := o.desk.FreeSlots(ctx, tx, search)
			wantRules(t, inactive, booking.NotOffered)
			search.Service = timebok.DeriveID[timebok.Service]("x")
			if _, err := o.desk.FreeSlots(ctx, tx, search); !errors.Is(err, timebok.ErrNotFound) {
				t.Errorf("an unknown service: %v", err)
			}
			return err
		})
	})
}
