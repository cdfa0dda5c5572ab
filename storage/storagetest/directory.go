package storagetest

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"testing"

	"github.com/timebok/timebok"
	"github.com/timebok/timebok/storage"
)

// RunDirectory tests a storage.Directory. The function opens an empty one.
func RunDirectory(t *testing.T, open func(t *testing.T) storage.Directory) {
	a, b := NewClinic("A").Clinic.ID, NewClinic("B").Clinic.ID
	moving := storage.Place{Store: "one", To: "two", Mover: "m"}
	swap := func(t *testing.T, d storage.Directory, of timebok.ClinicID, old, now storage.Place) {
		t.Helper()
		if err := d.Swap(t.Context(), of, old, now); err != nil {
			t.Fatalf("Swap %+v for %+v: %v", now, old, err)
		}
	}
	want := func(t *testing.T, d storage.Directory, of timebok.ClinicID, place storage.Place) {
		t.Helper()
		if got, err := d.Find(t.Context(), of); err != nil || got != place {
			t.Errorf("Find: %+v, %v; want %+v", got, err, place)
		}
	}
	t.Run("a clinic without a place is not found", func(t *testing.T) {
		d := open(t)
		swap(t, d, b, storage.Place{}, moving)
		_, err := d.Find(t.Context(), a)
		wantError[*timebok.NotFoundError](t, "Find", err)
	})
	t.Run("what is put is found, each field of it", func(t *testing.T) {
		d := open(t)
		old := storage.Place{}
		for _, p := range []storage.Place{
			{Store: "one"}, moving, {Store: "two", From: "one", Mover: "å' \""}, {Store: "two"}, {},
		} {
			swap(t, d, a, old, p)
			if p != (storage.Place{}) {
				want(t, d, a, p)
			}
			old = p
		}
	})
	t.Run("another place is not swapped", func(t *testing.T) {
		d := open(t)
		swap(t, d, a, storage.Place{}, moving)
		for i, old := range []storage.Place{
			{}, {Store: "two", To: "two", Mover: "m"}, {Store: "one", Mover: "m"}, {Store: "one", To: "two", Mover: "M"},
			{Store: "one", To: "two", From: "x", Mover: "m"},
		} {
			err := d.Swap(t.Context(), a, old, storage.Place{Store: fmt.Sprint(i)})
			wantError[*timebok.StaleError](t, "Swap", err)
		}
		want(t, d, a, moving)
		wantError[*timebok.StaleError](t, "Swap", d.Swap(t.Context(), b, moving, storage.Place{Store: "x"}))
	})
	t.Run("one of many that swap at once", func(t *testing.T) {
		d := open(t)
		var won atomic.Int32
		parallel(10, func(i int) {
			err := d.Swap(t.Context(), a, storage.Place{}, storage.Place{Store: fmt.Sprint(i)})
			if err == nil {
				won.Add(1)
			} else {
				wantError[*timebok.StaleError](t, "Swap", err)
			}
		})
		if won.Load() != 1 {
			t.Errorf("%d won, want one", won.Load())
		}
	})
	t.Run("a cancelled context", func(t *testing.T) {
		d := open(t)
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if _, err := d.Find(ctx, a); !errors.Is(err, context.Canceled) {
			t.Errorf("Find: %v", err)
		}
		if err := d.Swap(ctx, a, storage.Place{}, moving); !errors.Is(err, context.Canceled) {
			t.Errorf("Swap: %v", err)
		}
	})
}
