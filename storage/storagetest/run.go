package storagetest

import (
	"context"
	"testing"
	"time"

	"github.com/timebok/timebok"
	"github.com/timebok/timebok/booking"
	"github.com/timebok/timebok/storage"
)

// Options tune Run. Nil is the zero Options.
type Options struct {
	// Reopen closes a driver and opens its data again, as after a restart of the
	// program. Nil: the backend keeps nothing, and durability is not tested.
	Reopen func(t *testing.T, d storage.Driver) storage.Driver
}

// Run tests a backend against the whole contract. The function opens a driver on
// a new, empty database; Run closes it.
func Run(t *testing.T, open func(t *testing.T) storage.Driver, o *Options) {
	if o == nil {
		o = &Options{}
	}
	var group string
	var clauses []test
	flush := func() {
		if len(clauses) > 0 {
			t.Run(group, func(t *testing.T) { runGroup(t, clauses, open, o) })
		}
		clauses = nil
	}
	for _, c := range contract {
		if c.Group != group {
			flush()
			group = c.Group
		}
		clauses = append(clauses, c)
	}
	flush()
}

func runGroup(t *testing.T, clauses []test, open func(t *testing.T) storage.Driver, o *Options) {
	for _, c := range clauses {
		t.Run(c.Name, func(t *testing.T) {
			c.Test(newEnv(t, open, o))
		})
	}
}

// A Bench is one test's workbench: an empty store of the backend, and a clinic
// that is not saved yet.
type Bench struct {
	*testing.T
	*Clinic
	Store *storage.Store
	Desk  *booking.Desk

	driver storage.Driver
	open   func(t *testing.T) storage.Driver
	opts   *Options
}

func newEnv(t *testing.T, open func(t *testing.T) storage.Driver, o *Options) *env {
	b := &Bench{T: t, Clinic: NewClinic("A"), driver: open(t), open: open, opts: o}
	e.Store = storage.New(e.driver, nil)
	e.Desk = &booking.Desk{Source: timebok.Source{Now: func() time.Time { return Monday }}}
	t.Cleanup(func() {
		if err := e.driver.Close(); err != nil {
			t.Errorf("Close: %v", err)
		}
	})
	return b
}

// patience is how long a test waits for what must happen.
const patience = 20 * time.Second

// update runs fn in the clinic and returns the error.
func (e *env) update(fn func(ctx context.Context, tx storage.Tx) error) error {
	ctx, cancel := context.WithTimeout(e.Context(), patience)
	defer cancel()
	return e.Store.Update(ctx, e.Clinic.ID, fn)
}

// save stores records, which must work.
func (e *env) save(records ...timebok.Record) {
	e.Helper()
	if err := e.trySave(records...); err != nil {
		e.Fatalf("saving %v: %v", refs(records), err)
	}
}

// trySave stores records and returns the error.
func (e *env) trySave(records ...timebok.Record) error {
	return e.update(func(_ context.Context, tx storage.Tx) error {
		tx.Save(records...)
		return nil
	})
}

// view runs fn in the clinic, which must work.
func (e *env) view(fn func(ctx context.Context, tx storage.Tx) error) {
	e.Helper()
	e.viewIn(e.Clinic.ID, fn)
}

func (e *env) viewIn(clinic timebok.ClinicID, fn func(ctx context.Context, tx storage.Tx) error) {
	e.Helper()
	ctx, cancel := context.WithTimeout(e.Context(), patience)
	defer cancel()
	if err := e.Store.View(ctx, clinic, fn); err != nil {
		e.Fatalf("View: %v", err)
	}
}

func refs(records []timebok.Record) []timebok.Ref {
	out := make([]timebok.Ref, len(records))
	for i, r := range records {
		out[i] = r.Ref()
	}
	return out
}
