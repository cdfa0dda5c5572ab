package storagetest

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/timebok/timebok"
	"github.com/timebok/timebok/booking"
	"github.com/timebok/timebok/storage"
)

// Options tune Run. Nil is the zero Options.
type Options struct {
	// Reopen closes a driver and opens its data again, as after a restart of the
	// program. Without it a backend fails, unless it is Volatile.
	Reopen func(t *testing.T, d storage.Driver) storage.Driver
	// Volatile says that the backend keeps nothing: durability is not tested.
	Volatile bool
	// NoBulk says that the driver is no storage.Bulk. Without it a driver that is
	// none fails.
	NoBulk bool
}

// Run tests a backend against the whole contract. The function opens a driver on
// a new, empty database; Run closes it.
func Run(t *testing.T, open func(t *testing.T) storage.Driver, o *Options) {
	for _, g := range slices.Concat(contract, onTop) {
		if o != nil && (g.name == bulk.name && o.NoBulk || g.name == durability.name && o.Volatile) {
			continue
		}
		t.Run(g.name, func(t *testing.T) {
			for _, c := range g.clauses {
				for _, check := range c.tests {
					t.Run(check.name, func(t *testing.T) {
						t.Cleanup(func() {
							if t.Failed() {
								t.Log("the contract: " + c.sentence)
							}
						})
						check.run(newEnv(t, open, o))
					})
				}
			}
		})
	}
}

// An env is what one test works with: an empty store of the backend, and a clinic
// that is not saved yet.
type env struct {
	testing.TB
	*Clinic
	store *storage.Store
	desk  *booking.Desk

	driver storage.Driver
	second func() storage.Driver // opens another, empty one
	reopen func()                // closes the driver and opens it again
}

func newEnv(t *testing.T, open func(t *testing.T) storage.Driver, o *Options) *env {
	if o == nil {
		o = &Options{}
	}
	e := &env{TB: t, Clinic: NewClinic("A"), driver: open(t)}
	e.store = storage.New(e.driver, nil)
	e.desk = &booking.Desk{Source: timebok.Source{Now: func() time.Time { return Monday }}}
	if o.Reopen != nil {
		e.reopen = func() {
			e.driver = o.Reopen(t, e.driver)
			e.store = storage.New(e.driver, nil)
		}
	}
	closing := func(d func() storage.Driver) func() {
		return func() {
			if err := d().Close(); err != nil {
				t.Errorf("Close: %v", err)
			}
		}
	}
	e.second = func() storage.Driver {
		d := open(t)
		t.Cleanup(closing(func() storage.Driver { return d }))
		return d
	}
	t.Cleanup(closing(func() storage.Driver { return e.driver })) // as it is then: it may be another after reopening
	return e
}

// in is the same store seen from another clinic.
func (e *env) in(c *Clinic) *env {
	other := *e
	other.Clinic = c
	return &other
}

// patience is how long a test waits for what must happen.
const patience = 20 * time.Second

// update runs fn in the clinic and returns the error.
func (e *env) update(fn func(ctx context.Context, tx storage.Tx) error) error {
	ctx, cancel := context.WithTimeout(e.Context(), patience)
	defer cancel()
	return e.store.Update(ctx, e.Clinic.ID, fn)
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
	if err := e.store.View(ctx, clinic, fn); err != nil {
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
