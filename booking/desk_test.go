package booking_test

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/rickb777/date"

	"github.com/timebok/timebok"
	"github.com/timebok/timebok/booking"
	"github.com/timebok/timebok/series"
	"github.com/timebok/timebok/storage"
	"github.com/timebok/timebok/storage/memory"
	"github.com/timebok/timebok/storage/sqlite"
	"github.com/timebok/timebok/storage/storagetest"
)

// backends are what every use-case is tested on. "Twice" runs each Update's
// function two times, the first in vain.
var backends = []struct {
	name string
	open func(t testing.TB) storage.Driver
}{
	{"memory", func(testing.TB) storage.Driver { return memory.New() }},
	{"twice", func(testing.TB) storage.Driver { return storagetest.Twice(memory.New()) }},
	{"sqlite", func(t testing.TB) storage.Driver {
		path := filepath.Join(t.TempDir(), "timebok.db")
		if err := sqlite.Migrate(t.Context(), path, nil); err != nil {
			t.Fatal(err)
		}
		d, err := sqlite.Open(path, nil)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = d.Close() })
		return d
	}},
}

// An office is the made-up clinic in a store, with a desk and a clock. It is
// open from 08:00 to 20:00 every day.
type office struct {
	testing.TB
	*storagetest.Clinic
	desk  *booking.Desk
	store *storage.Store
	now   time.Time
	by    timebok.Actor
}

func newOffice(t testing.TB, store *storage.Store, clinic string) *office {
	o := &office{TB: t, Clinic: storagetest.NewClinic(clinic), store: store, now: storagetest.Monday}
	o.desk = &booking.Desk{Source: timebok.Source{Now: func() time.Time { return o.now }}, CaseMaxAge: 24 * time.Hour}
	o.by = o.Actor()
	return o
}

// onEvery runs a test on every backend, in a clinic that is saved.
func onEvery(t *testing.T, test func(t *testing.T, o *office)) {
	for _, b := range backends {
		t.Run(b.name, func(t *testing.T) {
			t.Parallel()
			o := newOffice(t, storage.New(b.open(t), nil), "A")
			o.Save(t, o.store)
			test(t, o)
		})
	}
}

func (o *office) update(fn func(ctx context.Context, tx storage.Tx) error) error {
	return o.store.Update(o.Context(), o.Clinic.ID, fn)
}

func (o *office) view(fn func(ctx context.Context, tx storage.Tx) error) {
	o.Helper()
	if err := o.store.View(o.Context(), o.Clinic.ID, fn); err != nil {
		o.Fatal(err)
	}
}

// tryRun runs a use-case in an Update of its own.
func tryRun[T any](o *office, fn func(ctx context.Context, tx storage.Tx) (T, error)) (T, error) {
	var got T
	err := o.update(func(ctx context.Context, tx storage.Tx) (err error) {
		got, err = fn(ctx, tx)
		return err
	})
	return got, err
}

// run is tryRun of what must work.
func run[T any](o *office, fn func(ctx context.Context, tx storage.Tx) (T, error)) T {
	o.Helper()
	got, err := tryRun(o, fn)
	if err != nil {
		o.Fatal(err)
	}
	return got
}

func (o *office) tryBook(r booking.Request) (booking.Booking, error) {
	return tryRun(o, func(ctx context.Context, tx storage.Tx) (booking.Booking, error) {
		return o.desk.Book(ctx, tx, o.by, r)
	})
}

func (o *office) book(r booking.Request) booking.Booking {
	o.Helper()
	b, err := o.tryBook(r)
	if err != nil {
		o.Fatal(err)
	}
	return b
}

// request asks for a talk of Ola with Anne on Monday at ten, in his case.
func (o *office) request() booking.Request {
	r := o.Request(ten)
	r.Series = o.Case.ID
	return r
}

// A step is one of the desk's use-cases that take no more than a version.
type step = func(ctx context.Context, tx booking.Tx, by timebok.Actor, id booking.ID, version int64) (booking.Booking, error)

func (o *office) tryStep(s step, b booking.Booking) (booking.Booking, error) {
	return tryRun(o, func(ctx context.Context, tx storage.Tx) (booking.Booking, error) {
		return s(ctx, tx, o.by, b.ID, b.Version)
	})
}

func (o *office) step(s step, b booking.Booking) booking.Booking {
	o.Helper()
	b, err := o.tryStep(s, b)
	if err != nil {
		o.Fatal(err)
	}
	return b
}

func (o *office) cancel(why booking.Reason) step {
	return func(ctx context.Context, tx booking.Tx, by timebok.Actor, id booking.ID, version int64) (booking.Booking, error) {
		return o.desk.Cancel(ctx, tx, by, id, version, why)
	}
}

func (o *office) moveTo(start time.Time) step {
	return func(ctx context.Context, tx booking.Tx, by timebok.Actor, id booking.ID, version int64) (booking.Booking, error) {
		return o.desk.Move(ctx, tx, by, booking.MoveRequest{Booking: id, Version: version, Start: start})
	}
}

func (o *office) attachTo(to series.ID) step {
	return func(ctx context.Context, tx booking.Tx, by timebok.Actor, id booking.ID, version int64) (booking.Booking, error) {
		return o.desk.Attach(ctx, tx, by, booking.AttachRequest{Booking: id, Version: version, Series: to})
	}
}

// wantStored fails unless the booking is stored as it is.
func (o *office) wantStored(b booking.Booking) {
	o.Helper()
	o.view(func(ctx context.Context, tx storage.Tx) error {
		got, err := tx.Booking(ctx, b.ID)
		if diff := cmp.Diff(b, got); diff != "" {
			o.Errorf("stored (-want +got):\n%s", diff)
		}
		return err
	})
}

// all collects a list.
func all[T any](o *office, list func(ctx context.Context, tx storage.Tx) iter.Seq2[T, error]) []T {
	o.Helper()
	var out []T
	o.view(func(ctx context.Context, tx storage.Tx) error {
		for v, err := range list(ctx, tx) {
			if err != nil {
				return err
			}
			out = append(out, v)
		}
		return nil
	})
	return out
}

func (o *office) bookings(f booking.Filter) []booking.Booking {
	o.Helper()
	return all(o, func(ctx context.Context, tx storage.Tx) iter.Seq2[booking.Booking, error] { return tx.Bookings(ctx, f) })
}

// actions lists what the audit says was done, with its codes.
func (o *office) actions(f storage.AuditFilter) []string {
	o.Helper()
	var out []string
	for _, e := range all(o, func(ctx context.Context, tx storage.Tx) iter.Seq2[timebok.AuditEntry, error] { return tx.Audit(ctx, f) }) {
		text := e.Action
		for _, c := range e.Codes {
			text += " " + c
		}
		out = append(out, text)
	}
	return out
}

// outbox lists the kinds of the messages that wait.
func (o *office) outbox() []string {
	o.Helper()
	var out []string
	for _, m := range all(o, func(ctx context.Context, tx storage.Tx) iter.Seq2[storage.Queued, error] {
		return tx.Messages(ctx, storage.MessageFilter{})
	}) {
		out = append(out, string(m.Kind)+" "+string(m.Data))
	}
	return out
}

// trail is all that a command may leave behind.
func (o *office) trail() []string {
	o.Helper()
	out := append(o.actions(storage.AuditFilter{}), o.outbox()...)
	for _, b := range o.bookings(booking.Filter{}) {
		out = append(out, fmt.Sprintf("%+v", b))
	}
	for _, c := range []timebok.ClientID{o.Ola.ID, o.Åse.ID} {
		for _, s := range all(o, func(ctx context.Context, tx storage.Tx) iter.Seq2[series.Series, error] { return tx.SeriesOf(ctx, c) }) {
			out = append(out, fmt.Sprintf("%s at %d", s.ID, s.Version))
		}
	}
	return out
}

// A session's whole life, and what is written of it.
func TestDesk(t *testing.T) {
	onEvery(t, func(t *testing.T, o *office) {
		r := o.request()
		r.Tentative, r.Invite = true, true
		b := o.book(r)
		uid := b.UID()
		o.wantStored(b)
		b = o.step(o.desk.Confirm, b)
		b = o.step(o.moveTo(ten.Add(time.Hour)), b)
		b = o.step(o.desk.Invite, b)
		o.now = b.Time.Start
		b = o.step(o.desk.Arrive, b)
		b = o.step(o.desk.Complete, b)
		o.wantStored(b)
		if b.State != booking.Completed || b.Version != 6 || b.Sequence != 2 || b.UID() != uid {
			t.Errorf("delivered as %+v", b)
		}
		if diff := cmp.Diff([]booking.Charge{{Billing: o.Case.Terms().Billing, Amount: o.Agreed.Price}}, b.Charges); diff != "" {
			t.Errorf("charges (-want +got):\n%s", diff)
		}
		b = o.step(o.attachTo(o.Paid.ID), b)
		b = o.step(o.desk.Void, b)
		o.wantStored(b)
		want := []string{
			"booking.book", "booking.booked", "booking.move", "booking.invite", "booking.arrived", "booking.completed",
			"booking.attach", "booking.entered-in-error",
		}
		if diff := cmp.Diff(want, inOrder(o.actions(storage.AuditFilter{On: b.Ref()}), want)); diff != "" {
			t.Errorf("audit (-want +got):\n%s", diff)
		}
		mails := []string{
			`mail.client {"what":"invited"}`, `mail.client {"what":"confirmed"}`, `mail.client {"what":"moved"}`, `mail.client {"what":"invited"}`,
		}
		if diff := cmp.Diff(mails, inOrder(o.outbox(), mails)); diff != "" {
			t.Errorf("outbox (-want +got):\n%s", diff)
		}
	})
}

// inOrder puts what was written at one instant, whose order is open, into the
// order that is wanted.
func inOrder(got, want []string) []string {
	var out []string
	rest := append([]string(nil), got...)
	for _, w := range want {
		for i, g := range rest {
			if g == w {
				out, rest = append(out, g), append(rest[:i:i], rest[i+1:]...)
				break
			}
		}
	}
	return append(out, rest...)
}

// A session that is called off frees its time and its place in the cap at once.
func TestCancelFrees(t *testing.T) {
	onEvery(t, func(t *testing.T, o *office) {
		s := run(o, func(ctx context.Context, tx storage.Tx) (series.Series, error) {
			return o.desk.ChangeSeries(ctx, tx, o.by, o.Case.ID, 1, "series.correct", func(s series.Series, _ series.Use) (series.Series, error) {
				return s.Correct(series.Override{Why: "letter", Caps: []series.Cap{series.Sessions(1)}})
			})
		})
		b := o.book(o.request())
		_, err := o.tryBook(o.request())
		wantRules(t, err, booking.SlotTaken, series.Exhausted)
		b = o.step(o.cancel(booking.ByClient), b)
		if b.Cancelled == nil || b.Cancelled.Reason != booking.ByClient {
			t.Errorf("cancelled as %+v", b.Cancelled)
		}
		again := o.book(o.request())
		missed := func() booking.Booking { o.now = ten; return o.step(o.desk.NoShow, again) }()
		o.wantStored(missed)
		r := o.request()
		r.Start = ten.Add(time.Hour) // a no-show does not use the cap, but its time is gone
		o.book(r)
		if left := o.open(t, day("2026-03-02"))[0]; left.Series.ID != s.ID || left.Remaining != 0 {
			t.Errorf("%d left in %s", left.Remaining, left.Series.Name)
		}
	})
}

func (o *office) open(t *testing.T, on date.Date) []booking.OpenSeries {
	t.Helper()
	return run(o, func(ctx context.Context, tx storage.Tx) ([]booking.OpenSeries, error) {
		return o.desk.OpenSeries(ctx, tx, o.by, o.Ola.ID, on)
	})
}

// Whatever is refused leaves nothing behind.
func TestRefusedLeavesNothing(t *testing.T) {
	onEvery(t, func(t *testing.T, o *office) {
		r := o.request()
		r.Invite = true
		b := o.book(r)
		later := o.request()
		later.Start = ten.Add(time.Hour)
		kept := o.book(later)
		closed := run(o, func(ctx context.Context, tx storage.Tx) (series.Series, error) {
			return o.desk.ChangeSeries(ctx, tx, o.by, o.Paid.ID, 1, "series.close", func(s series.Series, _ series.Use) (series.Series, error) { return s.Close(o.now) })
		})
		with := func(change func(r *booking.Request)) func() error {
			return func() error {
				r := o.request()
				r.Start = ten.Add(5 * time.Hour)
				change(&r)
				_, err := o.tryBook(r)
				return err
			}
		}
		does := func(s step, b booking.Booking) func() error {
			return func() error { _, err := o.tryStep(s, b); return err }
		}
		stale, missing := b, b
		stale.Version, missing.ID = 2, bookingID(404)
		before := o.trail()
		for name, c := range map[string]struct {
			do   func() error
			kind error
			rule *timebok.Rule
		}{
			"overlap":                {with(func(r *booking.Request) { r.Start = ten.Add(30 * time.Minute) }), timebok.ErrRefused, booking.SlotTaken},
			"outside working hours":  {with(func(r *booking.Request) { r.Start = ten.Add(10 * time.Hour) }), timebok.ErrRefused, booking.OutsideHours},
			"an expired case":        {with(func(r *booking.Request) { r.Start = ten.AddDate(1, 0, 0) }), timebok.ErrRefused, series.Expired},
			"a closed series":        {with(func(r *booking.Request) { r.Series = closed.ID }), timebok.ErrRefused, series.Closed},
			"a service of old":       {with(func(r *booking.Request) { r.Service = o.Obsolete.ID }), timebok.ErrRefused, booking.NotOffered},
			"an unknown service":     {with(func(r *booking.Request) { r.Service = timebok.DeriveID[timebok.Service]("x") }), timebok.ErrInvalid, booking.Unknown},
			"a client of the others": {with(func(r *booking.Request) { r.Client = storagetest.NewClinic("B").Ola.ID }), timebok.ErrInvalid, booking.Unknown},
			"nothing said":           {with(func(r *booking.Request) { *r = booking.Request{} }), timebok.ErrInvalid, timebok.Missing},
			"an ID that is taken":    {with(func(r *booking.Request) { r.ID = b.ID }), timebok.ErrExists, nil},
			"a move onto another":    {does(o.moveTo(ten.Add(time.Hour)), b), timebok.ErrRefused, booking.SlotTaken},
			"completed too early":    {does(o.desk.Complete, b), timebok.ErrRefused, booking.TooEarly},
			"confirmed twice":        {does(o.desk.Confirm, b), timebok.ErrRefused, booking.WrongState},
			"a stale move":           {does(o.moveTo(ten.Add(2*time.Hour)), stale), timebok.ErrConflict, nil},
			"a stale cancellation":   {does(o.cancel(booking.ByClient), stale), timebok.ErrConflict, nil},
			"no such booking":        {does(o.desk.Arrive, missing), timebok.ErrNotFound, nil},
			"into a closed series":   {does(o.attachTo(closed.ID), kept), timebok.ErrRefused, series.Closed},
			"into an unknown series": {does(o.attachTo(timebok.DeriveID[series.Series]("x")), kept), timebok.ErrInvalid, booking.Unknown},
			"deleting a used series": {func() error {
				return o.update(func(ctx context.Context, tx storage.Tx) error {
					return o.desk.DeleteSeries(ctx, tx, o.by, o.Case.ID, 1)
				})
			}, timebok.ErrRefused, series.InUse},
		} {
			err := c.do()
			if !errors.Is(err, c.kind) || c.rule != nil && !errors.Is(err, c.rule) {
				t.Errorf("%s: got error %v, want %v by %v", name, err, c.kind, c.rule)
			}
		}
		if diff := cmp.Diff(before, o.trail()); diff != "" {
			t.Errorf("left behind (-before +after):\n%s", diff)
		}
	})
}

// A command given twice with its own ID is carried out once.
func TestBookTwice(t *testing.T) {
	onEvery(t, func(t *testing.T, o *office) {
		r := o.request()
		r.ID, r.Invite = bookingID(1), true
		first := o.book(r)
		before := o.trail()
		if diff := cmp.Diff(first, o.book(r)); diff != "" {
			t.Errorf("the second time it is another (-first +second):\n%s", diff)
		}
		if diff := cmp.Diff(before, o.trail()); diff != "" {
			t.Errorf("the second time it does more (-before +after):\n%s", diff)
		}
	})
}

func TestDeskCheck(t *testing.T) {
	onEvery(t, func(t *testing.T, o *office) {
		o.book(o.request())
		before := o.trail()
		r := o.request()
		r.Start = ten.Add(30 * time.Minute)
		var verdict booking.Verdict
		o.view(func(ctx context.Context, tx storage.Tx) (err error) {
			verdict, err = o.desk.Check(ctx, tx, o.by, r)
			return err
		})
		wantRules(t, verdict.Refusals.Refused(), booking.SlotTaken)
		if diff := cmp.Diff(before, o.trail()); diff != "" {
			t.Errorf("Check left behind (-before +after):\n%s", diff)
		}
		if len(verdict.Alternatives) != 3 {
			t.Fatalf("alternatives: %v", verdict.Alternatives)
		}
		for _, a := range verdict.Alternatives {
			r.Start = a.Time.Start
			o.book(r)
		}
	})
}

// race runs all commands at once and fails unless one wins and the others are
// refused by the rule, and by nothing else.
func (o *office) race(rule *timebok.Rule, commands []func() error) {
	o.Helper()
	errs := make([]error, len(commands))
	var wg sync.WaitGroup
	begin := make(chan struct{})
	for i, c := range commands {
		wg.Go(func() {
			<-begin
			errs[i] = c()
		})
	}
	close(begin)
	wg.Wait()
	won := 0
	for _, err := range errs {
		var refusal *timebok.Refusal
		switch {
		case err == nil:
			won++
		case !errors.As(err, &refusal) || len(refusal.Reasons) != 1 || refusal.Reasons[0].Rule != rule:
			o.Errorf("a loser got %v, want %s alone", err, rule.Code())
		}
	}
	if won != 1 {
		o.Errorf("%d of %d won", won, len(commands))
	}
}

// Whoever comes by whatever door - booking, moving, bringing back, attaching -
// meets the same guard.
func TestOneWinnerByAnyDoor(t *testing.T) {
	onEvery(t, func(t *testing.T, o *office) {
		var slot, last []func() error
		for i := range 7 {
			other := o.Request(ten.AddDate(0, 0, 7).Add(time.Duration(i) * time.Hour))
			planned, gone := o.book(other), other
			gone.With = o.Kari.ID
			cancelled := o.step(o.cancel(booking.ByNetwork), o.book(gone))
			slot = append(slot,
				func() error { _, err := o.tryBook(o.Request(ten)); return err },
				func() error { _, err := o.tryStep(o.moveTo(ten), planned); return err },
				func() error {
					_, err := tryRun(o, func(ctx context.Context, tx storage.Tx) (booking.Booking, error) {
						return o.desk.Move(ctx, tx, o.by, booking.MoveRequest{
							Booking: cancelled.ID, Version: cancelled.Version, Start: ten.Add(15 * time.Minute), With: o.Anne.ID, Revive: true,
						})
					})
					return err
				})
			loose := o.Request(ten.AddDate(0, 0, 8).Add(time.Duration(i) * time.Hour))
			attached := o.book(loose)
			loose.With, loose.Series = o.Kari.ID, o.Case.ID
			last = append(last,
				func() error { _, err := o.tryStep(o.attachTo(o.Case.ID), attached); return err },
				func() error { _, err := o.tryBook(loose); return err })
		}
		o.race(booking.SlotTaken, slot)
		if _, err := o.tryChange(1, "series.adjust", func(s series.Series, _ series.Use) (series.Series, error) {
			return s.Adjust(series.Adjustment{Opening: true, Sessions: 9}) // of ten
		}); err != nil {
			t.Fatal(err)
		}
		o.race(series.Exhausted, last)
	})
}

// What is missing is told before anything is looked up.
func TestNothingSaid(t *testing.T) {
	onEvery(t, func(t *testing.T, o *office) {
		b := o.book(o.request())
		o.view(func(ctx context.Context, tx storage.Tx) error {
			verdict, err := o.desk.Check(ctx, tx, o.by, booking.Request{})
			if diff := cmp.Diff([]string{"field.missing", "field.missing", "field.missing", "field.missing"}, verdict.Refusals.Codes()); diff != "" {
				t.Errorf("Check (-want +got):\n%s", diff)
			}
			return err
		})
		_, err := o.tryStep(o.moveTo(time.Time{}), b)
		wantInvalid(t, err, "Start field.missing")
		far := o.request()
		far.Start = time.Date(9999, 12, 31, 10, 0, 0, 0, time.UTC)
		_, err = o.tryBook(far)
		wantRules(t, err, series.Expired)
		far.Start = time.Date(1, 1, 2, 10, 0, 0, 0, time.UTC)
		_, err = o.tryBook(far)
		wantRules(t, err, series.NotYetValid)
	})
}
