package sqlite_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/timebok/timebok"
	"github.com/timebok/timebok/booking"
	"github.com/timebok/timebok/storage"
	"github.com/timebok/timebok/storage/sqlite"
	"github.com/timebok/timebok/storage/storagetest"
)

// A desk is a store on a tapped file, with a clinic in it.
type desk struct {
	*storagetest.Clinic
	*storage.Store
	booking.Desk
	path string
	tap  *tap
	once *storage.Store // without a second attempt
}

func newDesk(t *testing.T) *desk {
	t.Helper()
	d := &desk{
		Clinic: storagetest.NewClinic("A"), path: newFile(t), tap: &tap{},
		Desk: booking.Desk{Source: timebok.Source{Now: func() time.Time { return storagetest.Monday }}},
	}
	opened := open(t, d.path, &sqlite.Options{Driver: d.tap})
	t.Cleanup(func() {
		if err := opened.Close(); err != nil {
			t.Errorf("Close: %v", err)
		}
	})
	sqlite.Patient(opened) // a slow machine must not change what is tested
	d.Store = storage.New(opened, nil)
	d.once = storage.New(opened, &storage.Options{Attempts: 1})
	d.Clinic.Save(t, d.Store)
	return d
}

// client returns the nth new client.
func (d *desk) client(n int) timebok.Client {
	c := d.Ola
	c.ID = timebok.DeriveID[timebok.Client]("client", fmt.Sprint(n))
	c.BirthNumber = timebok.BirthNumber{}
	return c
}

// add saves records in one Update.
func (d *desk) add(ctx context.Context, records ...timebok.Record) error {
	return d.Update(ctx, d.Clinic.ID, func(_ context.Context, tx storage.Tx) error {
		tx.Save(records...)
		return nil
	})
}

// has reports whether a client is stored.
func (d *desk) has(t *testing.T, id timebok.ClientID) bool {
	t.Helper()
	err := d.View(context.Background(), d.Clinic.ID, func(ctx context.Context, tx storage.Tx) error {
		_, err := tx.Client(ctx, id)
		return err
	})
	if err != nil && !errors.Is(err, timebok.ErrNotFound) {
		t.Fatal(err)
	}
	return err == nil
}

// together runs the functions as Updates that share one group. It returns what they
// returned.
func (d *desk) together(t *testing.T, store *storage.Store, fns ...func(context.Context, storage.Tx) error) []error {
	t.Helper()
	var calls []func() error
	for _, fn := range fns {
		calls = append(calls, func() error { return store.Update(context.Background(), d.Clinic.ID, fn) })
	}
	return d.queued(t, calls...)
}

// queued makes the calls in their order: all queue while a first Update holds the turn.
// It returns what they returned.
func (d *desk) queued(t *testing.T, calls ...func() error) []error {
	t.Helper()
	errs := make([]error, len(calls))
	ended := make(chan int, len(calls))
	err := d.Update(t.Context(), d.Clinic.ID, func(context.Context, storage.Tx) error {
		for i, call := range calls {
			go func() {
				defer func() {
					if p := recover(); p != nil {
						errs[i] = fmt.Errorf("panic: %v", p)
					}
					ended <- i
				}()
				errs[i] = call()
			}()
			waitFor(t, func() bool { return sqlite.Waiting(d.Store.Driver.(*sqlite.Driver)) == i+1 })
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
	for range calls {
		<-ended
	}
	return errs
}

func waitFor(t *testing.T, reached func() bool) {
	t.Helper()
	for range 10_000 {
		if reached() {
			return
		}
		time.Sleep(time.Millisecond)
	}
	t.Error("waited in vain")
}

func saving(records ...timebok.Record) func(context.Context, storage.Tx) error {
	return func(_ context.Context, tx storage.Tx) error {
		tx.Save(records...)
		return nil
	}
}
