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
	var clauses []Clause
	flush := func() {
		if len(clauses) > 0 {
			t.Run(group, func(t *testing.T) { runGroup(t, clauses, open, o) })
		}
		clauses = nil
	}
	for _, c := range Contract {
		if c.Group != group {
			flush()
			group = c.Group
		}
		clauses = append(clauses, c)
	}
	flush()
}

func runGroup(t *testing.T, clauses []Clause, open func(t *testing.T) storage.Driver, o *Options) {
	for _, c := range clauses {
		t.Run(c.Name, func(t *testing.T) {
			c.Test(newBench(t, open, o))
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

func newBench(t *testing.T, open func(t *testing.T) storage.Driver, o *Options) *Bench {
	b := &Bench{T: t, Clinic: NewClinic("A"), driver: open(t), open: open, opts: o}
	b.Store = storage.New(b.driver, nil)
	b.Desk = &booking.Desk{Source: timebok.Source{Now: func() time.Time { return Monday }}}
	t.Cleanup(func() {
		if err := b.driver.Close(); err != nil {
			t.Errorf("Close: %v", err)
		}
	})
	return b
}

// patience is how long a test waits for what must happen.
const patience = 20 * time.Second

// update runs fn in the clinic and returns the error.
func (b *Bench) update(fn func(ctx context.Context, tx storage.Tx) error) error {
	ctx, cancel := context.WithTimeout(b.Context(), patience)
	defer cancel()
	return b.Store.Update(ctx, b.Clinic.ID, fn)
}

// save stores records, which must work.
func (b *Bench) save(records ...timebok.Record) {
	b.Helper()
	if err := b.trySave(records...); err != nil {
		b.Fatalf("saving %v: %v", refs(records), err)
	}
}

// trySave stores records and returns the error.
func (b *Bench) trySave(records ...timebok.Record) error {
	return b.update(func(_ context.Context, tx storage.Tx) error {
		tx.Save(records...)
		return nil
	})
}

// view runs fn in the clinic, which must work.
func (b *Bench) view(fn func(ctx context.Context, tx storage.Tx) error) {
	b.Helper()
	b.viewIn(b.Clinic.ID, fn)
}

func (b *Bench) viewIn(clinic timebok.ClinicID, fn func(ctx context.Context, tx storage.Tx) error) {
	b.Helper()
	ctx, cancel := context.WithTimeout(b.Context(), patience)
	defer cancel()
	if err := b.Store.View(ctx, clinic, fn); err != nil {
		b.Fatalf("View: %v", err)
	}
}

func refs(records []timebok.Record) []timebok.Ref {
	out := make([]timebok.Ref, len(records))
	for i, r := range records {
		out[i] = r.Ref()
	}
	return out
}
