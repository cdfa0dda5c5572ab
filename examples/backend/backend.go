// Package backend is a storage backend of one's own, as small as can be: a map of
// records for each clinic. It is a tutorial, and it passes the whole suite.
//
// A backend has four parts, each a file here:
//
//   - backend.go: the driver. Begin gives out transactions, and makes those that
//     name the same wait for each other.
//   - tx.go: Save and Commit. Versions are checked, constraints guarded, and what
//     is saved is stored as a whole.
//   - read.go and load.go: single records, lists in their orders, and the Views of
//     decisions.
//   - outbox.go: messages with leases.
//
// The locks are the plainest there are: one Update at a time, in all clinics, so
// that none needs a lock of its own and none can lose a race. A View reads a map
// that nobody changes: a commit puts a new map in place of it.
//
// It keeps nothing when the program ends and copies a clinic for each Update: see
// storage/memory for one that doesn't copy, and storage/sqlite for one that keeps.
// What it takes to move clinics (storage.Bulk) is left out, and its test says so.
package backend

import (
	"context"
	"maps"
	"sync"

	"github.com/google/uuid"
	"github.com/timebok/timebok"
	"github.com/timebok/timebok/storage"
)

// A Driver keeps clinics in maps.
type Driver struct {
	turn chan struct{} // holds a token while somebody writes

	mu      sync.Mutex
	clinics map[timebok.ClinicID]state
}

// A state is all records of a clinic. Once it is in a Driver nobody changes it.
type state map[key]timebok.Record

type key struct {
	kind timebok.Kind
	id   uuid.UUID
}

func keyOf(ref timebok.Ref) key { return key{ref.Kind, ref.ID} }

// Open returns an empty driver.
func Open() *Driver {
	return &Driver{turn: make(chan struct{}, 1), clinics: map[timebok.ClinicID]state{}}
}

// Begin starts a transaction. An Update waits for its turn, as long as its caller
// does.
func (d *Driver) Begin(ctx context.Context, clinic timebok.ClinicID, readOnly bool) (storage.DriverTx, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if !readOnly {
		if err := d.take(ctx); err != nil {
			return nil, err
		}
	}
	return &tx{d: d, clinic: clinic, readOnly: readOnly, state: d.now(clinic)}, nil
}

// take waits for the turn to write; leave ends it.
func (d *Driver) take(ctx context.Context) error {
	select {
	case d.turn <- struct{}{}:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (d *Driver) leave() { <-d.turn }

// now is the state of a clinic.
func (d *Driver) now(clinic timebok.ClinicID) state {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.clinics[clinic]
}

// change replaces the state of a clinic by a changed copy. Only the holder of the
// turn calls it.
func (d *Driver) change(clinic timebok.ClinicID, change func(state) error) error {
	next := maps.Clone(d.now(clinic))
	if next == nil {
		next = state{}
	}
	if err := change(next); err != nil {
		return err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.clinics[clinic] = next
	return nil
}

// Close has nothing to release.
func (d *Driver) Close() error { return nil }
