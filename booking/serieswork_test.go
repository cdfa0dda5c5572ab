package booking_test

import (
	"context"
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/timebok/timebok"
	"github.com/timebok/timebok/booking"
	"github.com/timebok/timebok/series"
	"github.com/timebok/timebok/storage"
	"github.com/timebok/timebok/storage/storagetest"
)

// tryChange changes the case of Ola.
func (o *office) tryChange(version int64, action string, change booking.SeriesChange) (series.Series, error) {
	return tryRun(o, func(ctx context.Context, tx storage.Tx) (series.Series, error) {
		return o.desk.ChangeSeries(ctx, tx, o.by, o.Case.ID, version, action, change)
	})
}

func TestStartSeries(t *testing.T) {
	onEvery(t, func(t *testing.T, o *office) {
		terms := series.Terms{
			Billing: timebok.Billing{To: timebok.Recipient{Payer: o.Employer.ID}, By: timebok.ByEmail}, Caps: []series.Cap{series.Sessions(2)},
		}
		s := o.start(series.Series{Kind: series.OtherPayer, Name: "Verft"}, terms)
		o.view(func(ctx context.Context, tx storage.Tx) error {
			stored, err := tx.Series(ctx, s.ID)
			if diff := cmp.Diff(s, stored); diff != "" || s.Version != 1 || !s.OpenedAt.Equal(o.now) || s.Approvals[0].By != o.by {
				t.Errorf("stored (-returned +stored):\n%s", diff)
			}
			return err
		})
		if diff := cmp.Diff([]string{"series.open"}, o.actions(storage.AuditFilter{On: s.Ref()})); diff != "" {
			t.Errorf("audit (-want +got):\n%s", diff)
		}
		before := o.trail()
		for _, c := range []struct {
			name string
			s    series.Series
			by   timebok.Actor
			want error
		}{
			{"of nobody", series.Series{Kind: series.OtherPayer}, o.by, timebok.Missing},
			{"of a client of others", series.Series{Kind: series.OtherPayer, Client: storagetest.NewClinic("B").Ola.ID}, o.by, booking.Unknown},
			{"without a kind", series.Series{Client: o.Ola.ID}, o.by, timebok.BadValue},
			{"by an actor of others", series.Series{Kind: series.OtherPayer, Client: o.Ola.ID}, storagetest.NewClinic("B").Actor(), timebok.ActorElsewhere},
			{"twice", series.Series{ID: s.ID, Kind: series.OtherPayer, Client: o.Ola.ID}, o.by, timebok.ErrExists},
		} {
			_, err := tryRun(o, func(ctx context.Context, tx storage.Tx) (series.Series, error) {
				return o.desk.StartSeries(ctx, tx, c.by, c.s, terms)
			})
			if !errors.Is(err, c.want) {
				t.Errorf("a series %s: %v", c.name, err)
			}
		}
		if diff := cmp.Diff(before, o.trail()); diff != "" {
			t.Errorf("left behind (-before +after):\n%s", diff)
		}
	})
}

func TestChangeSeries(t *testing.T) {
	onEvery(t, func(t *testing.T, o *office) {
		o.book(o.request())
		var seen series.Use
		s, err := o.tryChange(1, "series.adjust", func(s series.Series, use series.Use) (series.Series, error) {
			seen = use
			return s.Adjust(series.Adjustment{At: o.now, By: o.by, Why: "elsewhere", Sessions: 8})
		})
		if err != nil || seen.Booked != 1 || s.Version != 2 {
			t.Fatalf("adjusted to version %d with %+v in use, %v", s.Version, seen, err)
		}
		r := o.request()
		r.Start = ten.AddDate(0, 0, 1)
		o.book(r)
		r.Start = ten.AddDate(0, 0, 2)
		_, err = o.tryBook(r)
		wantRules(t, err, series.Exhausted)
		more := s.Terms()
		more.Caps = []series.Cap{series.Sessions(12)}
		if _, err = o.tryChange(2, "series.extend", func(s series.Series, _ series.Use) (series.Series, error) {
			return s.Extend(series.Approval{At: o.now, Source: series.ByHand, By: o.by, Terms: more})
		}); err != nil {
			t.Fatal(err)
		}
		o.book(r)
		before := o.trail()
		same := func(s series.Series, _ series.Use) (series.Series, error) { return s.Reopen() }
		_, err = o.tryChange(3, "series.reopen", same)
		wantRules(t, err, series.NotClosed)
		var stale *timebok.StaleError
		if _, err = o.tryChange(2, "series.reopen", same); !errors.As(err, &stale) || stale.Stored != 3 {
			t.Errorf("a stale change: %v", err)
		}
		o.Case.ID = timebok.DeriveID[series.Series]("x")
		if _, err = o.tryChange(1, "series.reopen", same); !errors.Is(err, timebok.ErrNotFound) {
			t.Errorf("a change of nothing: %v", err)
		}
		if diff := cmp.Diff(before, o.trail()); diff != "" {
			t.Errorf("left behind (-before +after):\n%s", diff)
		}
		want := []string{"series.adjust", "series.extend"}
		if diff := cmp.Diff(want, inOrder(o.actions(storage.AuditFilter{On: s.Ref()}), want)); diff != "" {
			t.Errorf("audit (-want +got):\n%s", diff)
		}
	})
}

// A cap that is lowered below what is booked takes nothing away: it shows as over.
func TestLoweredCap(t *testing.T) {
	onEvery(t, func(t *testing.T, o *office) {
		for i := range 3 {
			r := o.request()
			r.Start = ten.AddDate(0, 0, i)
			o.book(r)
		}
		_, err := o.tryChange(1, "series.correct", func(s series.Series, _ series.Use) (series.Series, error) {
			return s.Correct(series.Override{Why: "letter", Caps: []series.Cap{series.Sessions(2)}})
		})
		if err != nil {
			t.Fatal(err)
		}
		left := o.open(t, day("2026-03-02"))[0]
		if !left.Use.IsOver() || left.Remaining != 0 || left.Use.Booked != 3 {
			t.Errorf("after lowering: %+v", left)
		}
		b := o.bookings(booking.Filter{})[0]
		o.step(o.cancel(booking.ByClinic), b)
		if left := o.open(t, day("2026-03-02"))[0]; left.Use.IsOver() || left.Remaining != 0 {
			t.Errorf("with one called off: %+v", left)
		}
		_, err = o.tryBook(o.request())
		wantRules(t, err, series.Exhausted)
	})
}

// A series with uninvoiced work can't be deleted: its sakID would be lost.
func TestDeleteSeries(t *testing.T) {
	onEvery(t, func(t *testing.T, o *office) {
		del := func(by timebok.Actor, version int64) error {
			return o.update(func(ctx context.Context, tx storage.Tx) error {
				return o.desk.DeleteSeries(ctx, tx, by, o.Case.ID, version)
			})
		}
		r := o.request()
		r.Tentative = true
		b := o.book(r)
		wantRules(t, del(o.by, 1), series.InUse)
		b = o.step(o.desk.Confirm, b)
		wantRules(t, del(o.by, 1), series.InUse)
		o.now = ten
		missed := o.step(o.desk.NoShow, b)
		wantRules(t, del(o.by, 1), series.InUse)
		done := o.step(o.desk.Complete, missed)
		wantRules(t, del(o.by, 1), series.InUse)
		o.step(o.desk.Void, done)
		if err := del(storagetest.NewClinic("B").Actor(), 1); !errors.Is(err, timebok.ActorElsewhere) {
			t.Errorf("by an actor of others: %v", err)
		}
		if err := del(o.by, 2); !errors.Is(err, timebok.ErrConflict) {
			t.Errorf("at another version: %v", err)
		}
		if err := del(o.by, 1); err != nil {
			t.Fatal(err)
		}
		if err := del(o.by, 1); !errors.Is(err, timebok.ErrNotFound) {
			t.Errorf("once more: %v", err)
		}
		if diff := cmp.Diff([]string{"series.delete"}, o.actions(storage.AuditFilter{On: o.Case.Ref()})); diff != "" {
			t.Errorf("audit (-want +got):\n%s", diff)
		}
	})
}
