package storagetest

import (
	"context"
	"sync"
	"testing"
	"time"

	"github.com/anishathalye/porcupine"
	"github.com/timebok/timebok"
	"github.com/timebok/timebok/booking"
	"github.com/timebok/timebok/storage"
	"github.com/timebok/timebok/storage/memory"
)

// A forgetful driver decides without the lock: what an Update loads is as it was
// before the Update waited for its turn.
type forgetful struct{ storage.Driver }

func (d forgetful) Begin(ctx context.Context, clinic timebok.ClinicID, readOnly bool) (storage.DriverTx, error) {
	if readOnly {
		return d.Driver.Begin(ctx, clinic, readOnly)
	}
	before, err := d.Driver.Begin(ctx, clinic, true)
	if err != nil {
		return nil, err
	}
	time.Sleep(time.Millisecond) // the way to a database
	tx, err := d.Driver.Begin(ctx, clinic, false)
	return &forgetfulTx{tx, before}, err
}

type forgetfulTx struct {
	storage.DriverTx
	before storage.DriverTx
}

func (tx *forgetfulTx) LoadBooking(ctx context.Context, n booking.Needs) (booking.View, error) {
	return tx.before.LoadBooking(ctx, n)
}

// A lagging driver answers Views from a replica: with the state of a View before.
type lagging struct {
	storage.Driver
	mu   sync.Mutex
	last storage.DriverTx
}

func (d *lagging) Begin(ctx context.Context, clinic timebok.ClinicID, readOnly bool) (storage.DriverTx, error) {
	tx, err := d.Driver.Begin(ctx, clinic, readOnly)
	if err != nil || !readOnly {
		return tx, err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	last := d.last
	if d.last = tx; last == nil {
		return d.Driver.Begin(ctx, clinic, readOnly)
	}
	return last, nil
}

// A backend that forgets the lock, or reads what is no longer so, is found out.
func TestLinearizableFindsFaults(t *testing.T) {
	for name, wrap := range map[string]func(storage.Driver) storage.Driver{
		"forgets the lock":  func(d storage.Driver) storage.Driver { return forgetful{d} },
		"reads what is old": func(d storage.Driver) storage.Driver { return &lagging{Driver: d} },
	} {
		t.Run(name, func(t *testing.T) {
			for seed := range uint64(20) {
				e := newEnv(t, func(*testing.T) storage.Driver { return memory.New() }, nil)
				h := newHistory(e, seed)
				h.store = storage.New(wrap(e.driver), nil)
				h.run(8, 60)
				if h.judge() == porcupine.Illegal {
					return
				}
			}
			t.Error("not found out in 20 histories")
		})
	}
}
