// Package memory is a storage backend that keeps everything in memory, for tests,
// examples and demonstrations. It keeps the whole contract but that nothing
// outlives the process, and it is fast: a million bookings are no slower to add
// to than a thousand.
//
// The records of a clinic are an immutable value. A transaction works on a copy,
// which shares with the original all that it does not change, and a commit
// replaces the original. So a View sees one state and neither waits nor is waited
// for. Updates of one clinic run one at a time: whatever two of them name, one
// waits for the other, so there are no locks to take in order and no races to
// lose. Updates of different clinics don't meet.
package memory

import (
	"context"
	"errors"
	"sync"

	"github.com/timebok/timebok"
	"github.com/timebok/timebok/storage"
)

// A Driver keeps clinics in memory. It is safe for concurrent use.
type Driver struct {
	mu      sync.Mutex
	clinics map[timebok.ClinicID]*clinic
	closed  bool

	relay sync.Mutex // held by what changes leases, in any clinic
}

// New returns an empty driver.
func New() *Driver { return &Driver{clinics: map[timebok.ClinicID]*clinic{}} }

// A clinic is what is kept of one.
type clinic struct {
	id     timebok.ClinicID
	writer chan struct{} // holds a token while an Update is open

	mu sync.Mutex // guards what follows, and is held only to look or to replace
	clinicData
}

// A clinicData is what changes of a clinic.
type clinicData struct {
	snapshot
	fenced bool // no Update, and no lease
}

// A snapshot is all of a clinic at one time. Audit entries and messages stand
// beside the records, since Views and the relay write them while an Update works
// on its copy.
type snapshot struct {
	state  *state
	trail  trail
	outbox outbox
}

func emptySnapshot() snapshot { return snapshot{newState(), newTrail(), newOutbox()} }

var errClosed = errors.New("timebok: storage/memory: the driver is closed")

// Begin starts a transaction. An Update waits for the one before it in its clinic.
func (d *Driver) Begin(ctx context.Context, id timebok.ClinicID, readOnly bool) (storage.DriverTx, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if readOnly {
		c, err := d.clinic(id)
		if err != nil {
			return nil, err
		}
		return &tx{clinic: c, base: c.now(), readOnly: true}, nil
	}
	c, err := d.take(ctx, id)
	if err != nil {
		return nil, err
	}
	if c.isFenced() {
		c.leave()
		return nil, storage.Fenced()
	}
	return &tx{clinic: c, base: c.now()}, nil
}

// clinic returns what is kept of a clinic, which is nothing at first.
func (d *Driver) clinic(id timebok.ClinicID) (*clinic, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.closed {
		return nil, &timebok.UnavailableError{What: "storage", Cause: errClosed}
	}
	c, ok := d.clinics[id]
	if !ok {
		c = &clinic{
			id: id, writer: make(chan struct{}, 1), clinicData: clinicData{snapshot: emptySnapshot()},
		}
		d.clinics[id] = c
	}
	return c, nil
}

func (c *clinic) now() snapshot {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.snapshot
}

// Close forgets everything. It may be called again.
func (d *Driver) Close() error {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.closed, d.clinics = true, nil
	return nil
}
