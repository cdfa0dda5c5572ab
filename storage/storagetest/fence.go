package storagetest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync/atomic"
	"time"

	"github.com/timebok/timebok"
	"github.com/timebok/timebok/storage"
)

func fenceCloses(e *env) {
	e.save(e.Records()...)
	other := e.in(NewClinic("B"))
	other.save(other.Records()...)
	fence := func() {
		if err := e.bulk().Fence(e.Context(), e.Clinic.ID); err != nil {
			e.Fatal(err)
		}
	}
	fence()
	fence()
	wantFenced := func() {
		e.Helper()
		err := e.trySave(e.Booking("behind", 0))
		wantError[*timebok.UnavailableError](e, "an Update of a fenced clinic", err)
		if !errors.Is(err, storage.ErrFenced) {
			e.Errorf("the error of an Update of a fenced clinic: %v, want storage.ErrFenced in it", err)
		}
	}
	wantFenced()
	e.wantStored(e.Records()...)
	other.save(other.Booking("elsewhere", 0))
	if e.reopen != nil {
		e.reopen()
		wantFenced()
	}
	err := e.store.View(e.Context(), e.Clinic.ID, func(_ context.Context, tx storage.Tx) error {
		tx.Save(e.audit("read", e.Ola))
		return nil
	})
	if !errors.Is(err, storage.ErrFenced) {
		e.Errorf("a View of a fenced clinic that saves audit entries: %v, want storage.ErrFenced", err)
	}
	e.wantNone(e.audit("read", e.Ola))
	marker := e.Åse
	marker.Version, marker.ID = 5, idOf[timebok.Client](e.ids, "imported")
	e.wantImport(storage.ImportReport{Added: 1}, marker)
	for range 2 {
		if err := e.bulk().Unfence(e.Context(), e.Clinic.ID); err != nil {
			e.Fatal(err)
		}
	}
	e.save(e.Booking("behind", 0))
}

// What an Update that began before the fence saves is there when Fence returns.
func fenceWaits(e *env) {
	e.save(e.Records()...)
	began, fenced := make(chan struct{}), make(chan error, 1)
	go func() {
		<-began
		fenced <- e.bulk().Fence(e.Context(), e.Clinic.ID)
	}()
	first := true
	err := e.update(func(ctx context.Context, tx storage.Tx) error {
		if err := only(tx.LoadBooking(ctx, e.needs(e.Booking("s", 0)))); err != nil {
			return err
		}
		if first {
			close(began)
			first = false
		}
		select {
		case err := <-fenced:
			e.Errorf("Fence returned while an Update was under way: %v", err)
			fenced <- err
		case <-time.After(50 * time.Millisecond):
		}
		tx.Save(e.Booking("s", 0))
		return nil
	})
	if err != nil {
		e.Error(err)
	}
	select {
	case err := <-fenced:
		if err != nil {
			e.Error(err)
		}
	case <-time.After(patience):
		e.Fatal("Fence still waits after the Update has ended")
	}
	e.wantStored(e.Booking("s", 0))
}

// Of many who save while a fence comes down, those who were told that it worked
// are in the export, and nobody else.
func fenceRace(e *env) {
	e.save(e.Records()...)
	const workers = 8
	saved := make([]int, workers)
	done, stop := make(chan struct{}), atomic.Bool{}
	go func() {
		defer close(done)
		parallel(workers, func(w int) {
			for !stop.Load() {
				err := e.trySave(e.session(fmt.Sprint(w, " ", saved[w]), (w*5000+saved[w])*60, 30))
				if errors.Is(err, storage.ErrFenced) {
					return
				}
				if err != nil {
					e.Error(err)
					return
				}
				saved[w]++
			}
		})
	}()
	time.Sleep(20 * time.Millisecond)
	err := e.bulk().Fence(e.Context(), e.Clinic.ID)
	if err != nil {
		stop.Store(true)
		<-done
		e.Fatal(err)
	}
	before := e.export()
	<-done
	if diff := same(e.export(), before); diff != "" {
		e.Errorf("stored behind the fence (-before +after):\n%s", diff)
	}
	total := len(e.Records())
	for _, n := range saved {
		total += n
	}
	if len(before) != total {
		e.Errorf("%d records are exported, %d were acknowledged", len(before), total)
	}
}

func fenceLeases(e *env) {
	one, two := e.message("one", Monday), e.message("two", Monday.Add(time.Second))
	other := e.in(NewClinic("B"))
	third := other.message("three", Monday)
	e.save(e.Clinic.Clinic, one, two)
	other.save(other.Clinic.Clinic)
	if got := e.lease("a", Monday, 10); len(got) != 1 {
		e.Fatalf("leased %d messages, want one", len(got))
	}
	if err := e.bulk().Fence(e.Context(), e.Clinic.ID); err != nil {
		e.Fatal(err)
	}
	other.save(third)
	later := Monday.Add(time.Hour)
	if got := names(e.lease("b", later, 10)); !slices.Equal(got, []timebok.MessageID{third.ID}) {
		e.Errorf("leased %v of a fenced clinic and another, want %v", got, third.ID)
	}
	e.settle(e.driver.Done(e.Context(), e.key("a", one)))
	if err := e.bulk().Unfence(e.Context(), e.Clinic.ID); err != nil {
		e.Fatal(err)
	}
	if got := names(e.lease("c", later, 10)); !slices.Equal(got, []timebok.MessageID{two.ID}) {
		e.Errorf("leased %v after the fence, want %v", got, two.ID)
	}
}

func erased(e *env) {
	other := e.in(newClinic("other", e.ids)) // the same IDs
	all := other.everyKind()
	other.wantImport(storage.ImportReport{Added: len(all)}, all...)
	e.wantImport(storage.ImportReport{Added: len(all)}, e.everyKind()...)
	if err := e.bulk().Fence(e.Context(), e.Clinic.ID); err != nil {
		e.Fatal(err)
	}
	for range 2 {
		if err := e.bulk().Erase(e.Context(), e.Clinic.ID); err != nil {
			e.Fatal(err)
		}
		if got := e.export(); len(got) > 0 {
			e.Errorf("%d records are left, such as %v", len(got), got[0].Ref())
		}
	}
	other.wantExport(all)
	if err := e.trySave(e.Ola); !errors.Is(err, storage.ErrFenced) {
		e.Errorf("an Update after Erase: %v, want storage.ErrFenced", err)
	}
	e.wantImport(storage.ImportReport{Added: len(all)}, e.everyKind()...) // and back
	e.wantExport(e.everyKind())
}

func eraseRefused(e *env) {
	e.save(e.Records()...)
	err := e.bulk().Erase(e.Context(), e.Clinic.ID)
	wantError[*timebok.Refusal](e, "erasing a clinic that is not fenced", err)
	if !errors.Is(err, storage.NotFenced) {
		e.Errorf("the refusal %v does not name %s", err, storage.NotFenced.Code())
	}
	e.wantStored(e.Records()...)
}
