package sqlite_test

import (
	"context"
	"database/sql/driver"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/timebok/timebok"
	"github.com/timebok/timebok/booking"
	"github.com/timebok/timebok/internal/sqlrow"
	"github.com/timebok/timebok/storage"
	"github.com/timebok/timebok/storage/sqlite"
	"github.com/timebok/timebok/storage/storagetest"
	modernc "modernc.org/sqlite"
)

func BenchmarkBook(b *testing.B) {
	storagetest.BenchBook(b, func(b *testing.B) storage.Driver { return open(b, newFile(b), nil) })
}

func BenchmarkImport(b *testing.B) {
	storagetest.BenchImport(b, func(b *testing.B) storage.Driver { return open(b, newFile(b), nil) })
}

// BenchmarkImportRaw is the same rows with one prepared statement on the driver.
func BenchmarkImportRaw(b *testing.B) {
	path, c := newFile(b), storagetest.NewClinic("bench")
	raw, err := (&modernc.Driver{}).Open("file:" + path)
	if err != nil {
		b.Fatal(err)
	}
	defer raw.Close()
	exec := func(sql string) {
		if _, err := raw.(driver.ExecerContext).ExecContext(b.Context(), sql, nil); err != nil {
			b.Fatal(err)
		}
	}
	exec("PRAGMA synchronous = FULL; PRAGMA cache_size = -65536")
	columns := sqlrow.Bookings.Columns()
	insert, err := raw.(driver.ConnPrepareContext).PrepareContext(b.Context(),
		"INSERT INTO booking ("+strings.Join(columns, ", ")+") VALUES (?"+strings.Repeat(", ?", len(columns)-1)+") ON CONFLICT DO NOTHING")
	if err != nil {
		b.Fatal(err)
	}
	defer insert.Close()
	x := c.Booking("", 0)
	args := make([]driver.NamedValue, len(columns))
	b.ReportAllocs()
	b.ResetTimer()
	exec("BEGIN IMMEDIATE")
	for i := range b.N {
		x.ID = timebok.DeriveID[booking.Booking]("raw", fmt.Sprint(i))
		x.ID[0], x.ID[1], x.ID[2], x.ID[3] = byte(i>>24), byte(i>>16), byte(i>>8), byte(i)
		x.Practitioner[15] = byte(i % 8)
		x.Client[0], x.Client[1] = byte(i*7), byte(i*13)
		x.Time = timebok.Lasting(slot(int64(i/8)), c.Talk.Duration)
		row, err := sqlrow.Bookings.Values(sqlrow.SQLite{}, c.Clinic.ID, x, nil)
		if err != nil {
			b.Fatal(err)
		}
		for k, v := range row {
			args[k] = driver.NamedValue{Ordinal: k + 1, Value: v}
		}
		if _, err := insert.(driver.StmtExecContext).ExecContext(b.Context(), args); err != nil {
			b.Fatal(err)
		}
		if i%5000 == 4999 {
			exec("COMMIT; BEGIN IMMEDIATE")
		}
	}
	exec("COMMIT")
	b.StopTimer()
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "records/s")
}

func BenchmarkGrowth(b *testing.B) {
	storagetest.BenchGrowth(b, func(b *testing.B) storage.Driver { return open(b, newFile(b), &sqlite.Options{Map: 2 << 30}) }, 1_000, 20_000)
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
