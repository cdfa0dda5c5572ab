package storagetest

import (
	"context"
	"errors"
	"sync"

	"github.com/timebok/timebok"
	"github.com/timebok/timebok/storage"
)

// Twice wraps a driver so that every Update of a Store on it runs its function
// twice: the first run is rolled back as if it had lost a race. A flow that
// passes on it bears being run again.
//
// It must be called with a store that allows two attempts, as storage.New does.
func Twice(d storage.Driver) storage.Driver { return &twice{Driver: d} }

type twice struct {
	storage.Driver
	mu  sync.Mutex
	ran map[any]bool // by the Update's context
}

var errSecondRun = errors.New("storagetest: the first of two runs")

// Begin starts a transaction; every second one of an Update may commit.
func (d *twice) Begin(ctx context.Context, clinic timebok.ClinicID, readOnly bool) (storage.DriverTx, error) {
	tx, err := d.Driver.Begin(ctx, clinic, readOnly)
	if err != nil || readOnly {
		return tx, err
	}
	return &twiceTx{DriverTx: tx, twice: d, update: ctx}, nil
}

type twiceTx struct {
	storage.DriverTx
	twice  *twice
	update any
}

// Commit fails with a lost race the first time that an Update comes here.
func (tx *twiceTx) Commit(ctx context.Context) error {
	if tx.twice.first(tx.update) {
		tx.DriverTx.Rollback()
		return storage.LostRace(errSecondRun)
	}
	return tx.DriverTx.Commit(ctx)
}

// first reports whether the Update has not been here before, and remembers it
// until the second time.
func (d *twice) first(update any) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.ran[update] {
		delete(d.ran, update)
		return false
	}
	if d.ran == nil {
		d.ran = map[any]bool{}
	}
	d.ran[update] = true
	return true
}
