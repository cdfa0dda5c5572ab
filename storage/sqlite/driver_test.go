package sqlite_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/timebok/timebok"
	"github.com/timebok/timebok/booking"
	"github.com/timebok/timebok/storage"
	"github.com/timebok/timebok/storage/sqlite"
	"github.com/timebok/timebok/storage/storagetest"
)

// How many statements a search for free time takes does not depend on how many it
// searches.
func TestSearchStatements(t *testing.T) {
	d := newDesk(t)
	var of []timebok.PractitionerID
	if err := d.Update(t.Context(), d.Clinic.ID, func(_ context.Context, tx storage.Tx) error {
		for i := range 300 {
			p, b := d.Anne, d.Booking("", 0)
			p.ID, p.Keys = timebok.DeriveID[timebok.Practitioner](fmt.Sprint(i)), nil
			b.ID, b.Practitioner = booking.ID(p.ID), p.ID
			tx.Save(p, d.Schedule(p.ID), b)
			of = append(of, p.ID)
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	var counts []int
	for _, n := range []int{1, 10, 300} {
		if err := d.View(t.Context(), d.Clinic.ID, func(ctx context.Context, tx storage.Tx) error {
			before := d.tap.total()
			found, err := d.FreeSlots(ctx, tx, booking.Search{
				Practitioners: of[:n], Service: d.Talk.ID, Within: timebok.Lasting(storagetest.Monday, 24*time.Hour),
			})
			counts = append(counts, d.tap.total()-before)
			with := map[timebok.PractitionerID]bool{}
			for _, s := range found {
				with[s.Practitioner] = true
			}
			if len(with) != n {
				t.Errorf("%d of %d practitioners have free time", len(with), n)
			}
			return err
		}); err != nil {
			t.Fatal(err)
		}
	}
	if counts[0] != counts[1] || counts[1] != counts[2] || counts[0] > 6 {
		t.Errorf("statements for 1, 10 and 300 practitioners: %v", counts)
	}
}

// Close lets what is under way end, and refuses what comes after.
func TestClose(t *testing.T) {
	driver := open(t, newFile(t), nil)
	store := storage.New(driver, nil)
	c := storagetest.NewClinic("A")
	c.Save(t, store)
	inside, leave := make(chan struct{}, 2), make(chan struct{})
	hold := func(context.Context, storage.Tx) error {
		inside <- struct{}{}
		<-leave
		return nil
	}
	var wg sync.WaitGroup
	for _, run := range []func(context.Context, timebok.ClinicID, func(context.Context, storage.Tx) error) error{
		store.Update, store.View,
	} {
		wg.Go(func() {
			if err := run(context.Background(), c.Clinic.ID, hold); err != nil {
				t.Errorf("under way: %v", err)
			}
		})
	}
	<-inside
	<-inside
	closed := make(chan struct{})
	go func() {
		_ = driver.Close()
		close(closed)
	}()
	select {
	case <-closed:
		t.Error("Close did not wait")
	case <-time.After(20 * time.Millisecond):
	}
	close(leave)
	wg.Wait()
	<-closed
	if err := driver.Close(); err != nil {
		t.Errorf("Close again: %v", err)
	}
	for _, run := range []func(context.Context, timebok.ClinicID, func(context.Context, storage.Tx) error) error{
		store.Update, store.View,
	} {
		if err := run(t.Context(), c.Clinic.ID, hold); !errors.Is(err, timebok.ErrUnavailable) {
			t.Errorf("after Close: %v", err)
		}
	}
}

// Views wait for a reading connection, and give up with their context.
func TestReadersAreLimited(t *testing.T) {
	driver := open(t, newFile(t), &sqlite.Options{Readers: 1})
	defer driver.Close()
	store := storage.New(driver, nil)
	c := storagetest.NewClinic("A")
	c.Save(t, store)
	nothing := func(context.Context, storage.Tx) error { return nil }
	err := store.View(t.Context(), c.Clinic.ID, func(context.Context, storage.Tx) error {
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Millisecond)
		defer cancel()
		if err := store.View(ctx, c.Clinic.ID, nothing); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("a second View: %v", err)
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
	if err := store.View(t.Context(), c.Clinic.ID, nothing); err != nil {
		t.Errorf("afterwards: %v", err)
	}
}
