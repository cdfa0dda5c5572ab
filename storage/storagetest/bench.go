package storagetest

import (
	"fmt"
	"sync/atomic"
	"testing"

	"github.com/timebok/timebok"
	"github.com/timebok/timebok/storage"
)

// BenchBook measures booking through booking.Desk, with audit entry and message,
// by 1 and by 8 callers, in one clinic with eight practitioners. The function
// opens a driver on an empty database; BenchBook closes it.
func BenchBook(b *testing.B, open func(b *testing.B) storage.Driver) {
	for _, callers := range []int{1, 8} {
		b.Run(fmt.Sprintf("callers=%d", callers), func(b *testing.B) {
			t := newTreadmill(b, open(b), 0)
			t.open(b)
			var taken atomic.Int64
			b.ReportAllocs()
			b.ResetTimer()
			parallel(callers, func(int) {
				for taken.Add(1) <= int64(b.N) && !b.Failed() {
					t.book(b)
				}
			})
			b.StopTimer()
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "bookings/s")
		})
	}
}

// BenchImport measures Import, a booking an operation, in transactions of the
// default size. The function opens a driver on an empty database, which must be a
// storage.Bulk; BenchImport closes it.
func BenchImport(b *testing.B, open func(b *testing.B) storage.Driver) {
	d := open(b)
	t := newTreadmill(b, d, 0)
	bulk, ok := d.(storage.Bulk)
	if !ok {
		b.Fatalf("%T is no storage.Bulk", d)
	}
	b.ReportAllocs()
	b.ResetTimer()
	records := func(yield func(timebok.Record, error) bool) {
		for i := range b.N {
			if !yield(t.session(i), nil) {
				return
			}
		}
	}
	report, err := bulk.Import(b.Context(), t.Clinic.ID, records, nil)
	b.StopTimer()
	if err != nil || report.Added != b.N {
		b.Fatalf("imported %+v of %d: %v", report, b.N, err)
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "records/s")
}
