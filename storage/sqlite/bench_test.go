package sqlite_test

import (
	"context"
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	"github.com/timebok/timebok"
	"github.com/timebok/timebok/booking"
	"github.com/timebok/timebok/storage"
	"github.com/timebok/timebok/storage/storagetest"
)

func BenchmarkBook(b *testing.B) {
	storagetest.BenchBook(b, func(b *testing.B) storage.Driver { return open(b, newFile(b), nil) })
}

func BenchmarkImport(b *testing.B) {
	storagetest.BenchImport(b, func(b *testing.B) storage.Driver { return open(b, newFile(b), nil) })
}

func BenchmarkGrowth(b *testing.B) {
	storagetest.BenchGrowth(b, func(b *testing.B) storage.Driver { return open(b, newFile(b), nil) }, 1_000, 20_000)
}

// BenchmarkGroup books through the desk, with audit entries, in the calendars of
// fifty practitioners: the more callers, the more share a commit. Each operation
// is acknowledged when it is on disk.
func BenchmarkGroup(b *testing.B) {
	for _, callers := range []int{1, 8, 64} {
		b.Run(fmt.Sprintf("callers=%d", callers), func(b *testing.B) { benchBook(b, callers) })
	}
}

func benchBook(b *testing.B, callers int) {
	const practitioners = 50
	d := open(b, newFile(b), nil)
	defer d.Close()
	store := storage.New(d, nil)
	c := storagetest.NewClinic("bench")
	c.Save(b, store)
	var with []timebok.PractitionerID
	err := store.Update(b.Context(), c.Clinic.ID, func(_ context.Context, tx storage.Tx) error {
		for i := range practitioners {
			p := c.Anne
			p.ID = timebok.DeriveID[timebok.Practitioner]("bench", fmt.Sprint(i))
			with = append(with, p.ID)
			tx.Save(p, c.Schedule(p.ID))
		}
		return nil
	})
	if err != nil {
		b.Fatal(err)
	}
	desk := &booking.Desk{Source: timebok.Source{Now: func() time.Time { return storagetest.Monday }}}
	var n atomic.Int64
	b.ReportAllocs()
	b.ResetTimer()
	done := make(chan error, callers)
	for range callers {
		go func() {
			for {
				i := n.Add(1) - 1
				if i >= int64(b.N) {
					done <- nil
					return
				}
				r := c.Request(slot(i / practitioners))
				r.With = with[i%practitioners]
				if err := book(b.Context(), store, desk, c, r); err != nil {
					done <- fmt.Errorf("%v: %w", r.Start, err)
					return
				}
			}
		}()
	}
	for range callers {
		if err := <-done; err != nil {
			b.Error(err)
		}
	}
	b.StopTimer()
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "book/s")
}

func book(ctx context.Context, store *storage.Store, desk *booking.Desk, c *storagetest.Clinic, r booking.Request) error {
	return store.Update(ctx, c.Clinic.ID, func(ctx context.Context, tx storage.Tx) error {
		_, err := desk.Book(ctx, tx, c.Actor(), r)
		return err
	})
}

// slot is the nth hour of working days from 08:00 to 20:00 in Oslo.
func slot(n int64) time.Time {
	return storagetest.Monday.Add(time.Duration(n/11)*24*time.Hour + time.Duration(1+n%11)*time.Hour)
}
