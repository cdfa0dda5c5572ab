package storagetest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/timebok/timebok"
	"github.com/timebok/timebok/booking"
	"github.com/timebok/timebok/storage"
)

var errTest = errors.New("storagetest: made to fail")

func allOrNothing(e *env) {
	e.wantNone(e.Records()...)
	e.save(e.Records()...)
	e.wantStored(e.Records()...)
}

// One record of many that can't be written leaves none of them.
func oneBadRecord(e *env) {
	e.save(e.Clinic.Clinic)
	stale := e.Clinic.Clinic
	stale.Version = 7
	err := e.trySave(e.Company, e.Anne, stale, e.Ola, e.audit("test", e.Ola))
	wantError[*timebok.StaleError](e, "Update with one stale record", err)
	e.wantNone(e.Company, e.Anne, e.Ola, e.audit("test", e.Ola))
	e.wantStored(e.Clinic.Clinic)
}

func errorLeavesNothing(e *env) {
	e.save(e.Clinic.Clinic)
	err := e.update(func(ctx context.Context, tx storage.Tx) error {
		tx.Save(e.everything()...)
		if _, err := tx.Client(ctx, e.Ola.ID); err != nil { // so that a buffer may have been sent
			return err
		}
		return errTest
	})
	if !errors.Is(err, errTest) {
		e.Errorf("Update returned %v, want the function's own error", err)
	}
	e.wantNone(e.everything()...)
	e.wantStored(e.Clinic.Clinic)
}

func panicLeavesNothing(e *env) {
	e.save(e.Clinic.Clinic)
	func() {
		defer func() {
			if p := recover(); p != errTest {
				e.Errorf("recovered %v, want the function's own panic", p)
			}
		}()
		_ = e.update(func(ctx context.Context, tx storage.Tx) error {
			tx.Save(e.everything()...)
			_, _ = tx.Client(ctx, e.Ola.ID)
			panic(errTest)
		})
	}()
	e.wantNone(e.everything()...)
	e.save(e.Ola) // nothing is still locked
}

func cancelLeavesNothing(e *env) {
	e.save(e.Clinic.Clinic)
	ctx, cancel := context.WithCancel(e.Context())
	err := e.store.Update(ctx, e.Clinic.ID, func(_ context.Context, tx storage.Tx) error {
		tx.Save(e.everything()...)
		cancel()
		return nil
	})
	if !errors.Is(err, context.Canceled) {
		e.Errorf("Update returned %v, want %v", err, context.Canceled)
	}
	e.wantNone(e.everything()...)
	err = e.store.Update(ctx, e.Clinic.ID, func(_ context.Context, tx storage.Tx) error {
		tx.Save(e.Ola)
		return nil
	})
	if !errors.Is(err, context.Canceled) {
		e.Errorf("Update with a cancelled context returned %v, want %v", err, context.Canceled)
	}
	e.save(e.Ola) // nothing is still locked
}

func readsOwnWrites(e *env) {
	e.save(e.Clinic.Clinic)
	everything := e.everything()
	err := e.update(func(ctx context.Context, tx storage.Tx) error {
		for _, r := range everything {
			tx.Save(r)
			got, err := read(ctx, tx, r)
			if err != nil {
				return err
			}
			if diff := same(got, r); diff != "" {
				e.Errorf("%v, read in its own transaction (-want +got):\n%s", r.Ref(), diff)
			}
		}
		clinic := e.Clinic.Clinic
		clinic.Version, clinic.Name = 2, "Nytt namn"
		tx.Save(clinic)
		if got, err := tx.Clinic(ctx); err != nil || got != clinic {
			e.Errorf("a changed record, read in its own transaction: got %v, %v", got, err)
		}
		return nil
	})
	if err != nil {
		e.Fatal(err)
	}
}

func listsOwnWrites(e *env) {
	e.save(e.Records()...)
	session := e.Booking("own", 3*time.Hour)
	session.Series = e.Case.ID
	err := e.update(func(ctx context.Context, tx storage.Tx) error {
		tx.Save(session)
		listed, err := collect(tx.Bookings(ctx, booking.Filter{Client: e.Ola.ID}))
		if err != nil {
			return err
		}
		if diff := same(listed, []booking.Booking{session}); diff != "" {
			e.Errorf("Bookings (-want +got):\n%s", diff)
		}
		v, err := tx.LoadBooking(ctx, e.needs(session))
		if err != nil {
			return err
		}
		if v.Booking == nil || len(v.InSeries) != 1 || len(v.Calendar.Busy) != 1 {
			e.Errorf("LoadBooking: booking %v, %d in the series, %d in the calendar; want the one just saved",
				v.Booking, len(v.InSeries), len(v.Calendar.Busy))
		}
		moved := session
		moved.Version, moved.Time = 2, timebok.Lasting(Monday.Add(30*24*time.Hour), time.Hour)
		tx.Save(moved)
		calendars, err := tx.LoadCalendars(ctx, []timebok.PractitionerID{e.Anne.ID}, session.Time)
		if err != nil {
			return err
		}
		if len(calendars) != 1 || len(calendars[0].Busy) != 0 {
			e.Errorf("LoadCalendars after moving the booking away: %+v, want nothing busy", calendars)
		}
		listed, err = collect(tx.Bookings(ctx, booking.Filter{Series: e.Case.ID}))
		if diff := same(listed, []booking.Booking{moved}); diff != "" {
			e.Errorf("Bookings after the move (-want +got):\n%s", diff)
		}
		return err
	})
	if err != nil {
		e.Fatal(err)
	}
}

// needs names all that a booking hangs on.
func (e *env) needs(x booking.Booking) booking.Needs {
	return booking.Needs{
		Booking: x.ID, Practitioner: x.Practitioner, Client: x.Client,
		Service: x.Service, Series: x.Series, Within: x.Time.Widen(time.Hour, time.Hour),
	}
}

// A View that begins while an Update is open neither waits for it nor sees what
// it saved.
func unseenUntilCommitted(e *env) {
	e.save(e.Records()...)
	session := e.Booking("unseen", 3*time.Hour)
	err := e.update(func(ctx context.Context, tx storage.Tx) error {
		if _, err := tx.LoadBooking(ctx, e.needs(session)); err != nil {
			return err
		}
		changed := e.Ola
		changed.Version, changed.Name = 2, timebok.Hide("Annleis")
		tx.Save(session, changed)
		if _, err := tx.Booking(ctx, session.ID); err != nil { // so that a buffer may have been sent
			return err
		}
		outside(e, func() { // another caller, not this transaction's context
			e.wantNone(session)
			e.wantStored(e.Ola)
		})
		return nil
	})
	if err != nil {
		e.Fatal(err)
	}
	e.wantStored(session)
}

func viewSeesOneState(e *env) {
	e.save(e.Records()...)
	session := e.Booking("later", 3*time.Hour)
	changed := e.Ola
	changed.Version, changed.Name = 2, timebok.Hide("Annleis")
	e.view(func(ctx context.Context, tx storage.Tx) error {
		if got, err := read(ctx, tx, e.Ola); err != nil || same(got, e.Ola) != "" {
			e.Errorf("first reading: %v, %v", got, err)
		}
		outside(e, func() { e.save(session, changed) })
		if got, err := read(ctx, tx, session); err != nil || got != nil {
			e.Errorf("the view sees a booking that was made after it began: %v", err)
		}
		if got, err := read(ctx, tx, e.Ola); err != nil || same(got, e.Ola) != "" {
			e.Errorf("second reading, after another's change: %v, %v", got, err)
		}
		listed, err := collect(tx.Bookings(ctx, booking.Filter{}))
		if len(listed) > 0 {
			e.Errorf("the view lists %d bookings that were made after it began", len(listed))
		}
		return err
	})
	e.wantStored(session, changed)
}

// outside runs f on another goroutine, as another caller would.
func outside(e *env, f func()) {
	e.Helper()
	done := make(chan struct{})
	go func() {
		defer close(done)
		f()
	}()
	select {
	case <-done:
	case <-time.After(patience):
		e.Error("another caller had to wait for the open transaction")
		<-done
	}
}

// Some want a time that others try to book, half of them in vain. Whoever is told
// that it is taken finds who has it.
func refusalIsFounded(e *env) {
	e.save(e.Records()...)
	const times, wanting = 20, 4
	for i := range times {
		session := e.Booking(fmt.Sprint("wanted ", i), time.Duration(i)*time.Hour)
		parallel(wanting+1, func(who int) {
			if who == wanting/2 {
				records := []timebok.Record{session}
				if i%2 == 1 {
					records = append(records, e.Ola) // version 1 of one that exists
				}
				if err := e.trySave(records...); err != nil && i%2 == 0 {
					e.Error(err)
				}
				return
			}
			err := e.update(func(ctx context.Context, tx storage.Tx) error {
				v, err := tx.LoadBooking(ctx, e.needs(session))
				if err == nil && slices.ContainsFunc(v.Calendar.Busy, func(b booking.Busy) bool { return b.Booking == session.ID }) {
					err = errTest
				}
				return err
			})
			switch {
			case errors.Is(err, errTest):
				e.wantStored(session)
			case err != nil:
				e.Error(err)
			}
		})
	}
}

func runTwiceStoredOnce(e *env) {
	e.save(e.Clinic.Clinic)
	twice := storage.New(Twice(e.driver), nil)
	runs := 0
	err := twice.Update(e.Context(), e.Clinic.ID, func(_ context.Context, tx storage.Tx) error {
		runs++
		tx.Save(e.everything()...)
		return nil
	})
	if err != nil || runs != 2 {
		e.Fatalf("Update ran %d times and returned %v", runs, err)
	}
	e.wantStored(e.everything()...)
}

// That a Tx is used by one goroutine is the caller's part; the backend's is that
// a Tx kept beyond its end does no harm.
func usedAfterItsEnd(e *env) {
	e.save(e.Clinic.Clinic, e.Ola)
	var kept storage.Tx
	if err := e.update(func(_ context.Context, tx storage.Tx) error { kept = tx; return nil }); err != nil {
		e.Fatal(err)
	}
	if got, err := kept.Client(e.Context(), e.Ola.ID); err == nil {
		e.Errorf("a transaction that ended still reads %v", got.Ref())
	}
	if _, err := kept.LoadBooking(e.Context(), booking.Needs{Client: e.Ola.ID}); err == nil {
		e.Error("a transaction that ended still loads")
	}
	kept.Save(e.Anne)
	e.save(e.Kari)
	e.wantNone(e.Anne)
}

func viewSavesAudit(e *env) {
	e.save(e.Clinic.Clinic, e.Ola)
	entry := e.audit("client.read", e.Ola)
	e.view(func(ctx context.Context, tx storage.Tx) error {
		tx.Save(entry)
		got, err := read(ctx, tx, entry)
		if diff := same(got, entry); diff != "" {
			e.Errorf("the view does not see its own entry (-want +got):\n%s", diff)
		}
		return err
	})
	e.wantStored(entry)

	failed := e.audit("client.other", e.Ola)
	err := e.store.View(e.Context(), e.Clinic.ID, func(_ context.Context, tx storage.Tx) error {
		tx.Save(failed)
		return errTest
	})
	if !errors.Is(err, errTest) {
		e.Errorf("View returned %v, want the function's own error", err)
	}
	e.wantNone(failed)
}

func viewRefusesRecords(e *env) {
	e.save(e.Clinic.Clinic, e.Ola)
	changed := e.Ola
	changed.Version, changed.Name = 2, timebok.Hide("Annleis")
	for _, r := range append(e.everythingBut(e.Ola), changed, timebok.Deletion{Of: e.Ola.Ref()}) {
		if _, ok := r.(timebok.AuditEntry); ok {
			continue
		}
		entry := e.audit("client.read."+string(r.Ref().Kind), e.Ola)
		err := e.store.View(e.Context(), e.Clinic.ID, func(_ context.Context, tx storage.Tx) error {
			tx.Save(entry, r)
			return nil
		})
		if err == nil {
			e.Errorf("a View saved %v", r.Ref())
		}
		e.wantNone(entry)
	}
	e.wantNone(e.everythingBut(e.Ola)...)
	e.wantStored(e.Ola)
}

func nestedRefused(e *env) {
	e.save(e.Clinic.Clinic)
	nothing := func(context.Context, storage.Tx) error { return nil }
	type call = func(context.Context, timebok.ClinicID, func(context.Context, storage.Tx) error) error
	for _, outer := range []call{e.store.Update, e.store.View} {
		for _, inner := range []call{e.store.Update, e.store.View} {
			err := outer(e.Context(), e.Clinic.ID, func(ctx context.Context, _ storage.Tx) error {
				if err := inner(ctx, e.Clinic.ID, nothing); err == nil {
					e.Error("a call inside a transaction was not refused")
				}
				return nil
			})
			if err != nil {
				e.Error(err)
			}
		}
	}
}

// audit returns the audit entry of an action, always the same one.
func (e *env) audit(action string, on timebok.Record) timebok.AuditEntry {
	return timebok.AuditEntry{
		ID: idOf[timebok.AuditEntry](e.ids, action), At: Monday, By: e.Actor(),
		Action: action, On: on.Ref(), Client: e.Ola.ID, Codes: []string{"a.b", "c"},
	}
}
