package storagetest

import (
	"context"
	"fmt"
	"runtime"
	"sync/atomic"
	"testing"
	"time"

	"github.com/timebok/timebok"
	"github.com/timebok/timebok/booking"
	"github.com/timebok/timebok/storage"
)

// BenchBook measures booking through booking.Desk, with audit entry and message,
// by 1 and by 8 callers, in one clinic with eight practitioners. The function
// opens a driver on an empty database; BenchBook closes it.
func BenchBook(b *testing.B, open func(b *testing.B) storage.Driver) {
	for _, callers := range []int{1, 8} {
		b.Run(fmt.Sprintf("callers=%d", callers), func(b *testing.B) {
			t := newTreadmill(b, open(b), 0)
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

// BenchGrowth measures the same by one caller, in clinics that have so many
// bookings already.
func BenchGrowth(b *testing.B, open func(b *testing.B) storage.Driver, sizes ...int) {
	if testing.Short() && len(sizes) > 1 {
		sizes = sizes[:1]
	}
	for _, n := range sizes {
		b.Run(fmt.Sprintf("bookings=%d", n), func(b *testing.B) {
			t := newTreadmill(b, open(b), n)
			b.ReportAllocs()
			for b.Loop() {
				t.book(b)
			}
		})
	}
}

// A treadmill books one free time after the other.
type treadmill struct {
	*Clinic
	store   *storage.Store
	desk    booking.Desk
	people  []timebok.Practitioner
	clients []timebok.ClientID
	next    atomic.Int64 // the place of the next free time
}

// newTreadmill fills a clinic with bookings.
func newTreadmill(b *testing.B, d storage.Driver, bookings int) *treadmill {
	b.Helper()
	t := &treadmill{Clinic: NewClinic("bench"), store: storage.New(d, nil)}
	b.Cleanup(func() {
		if err := d.Close(); err != nil {
			b.Error(err)
		}
	})
	t.Save(b, t.store)
	for i := range 8 {
		p := t.Anne
		p.ID, p.Keys = idOf[timebok.Practitioner](t.ids, fmt.Sprint("p", i)), nil
		t.people = append(t.people, p)
		t.put(b, p, t.Schedule(p.ID))
	}
	t.fill(b, max(100, bookings/50), func(i int) timebok.Record {
		c := t.Åse
		c.ID = timebok.New[timebok.Client](timebok.Source{})
		t.clients = append(t.clients, c.ID)
		return c
	})
	t.fill(b, bookings, func(i int) timebok.Record {
		x := t.Booking("", 0)
		x.ID, x.Client = timebok.New[booking.Booking](timebok.Source{}), t.client(i)
		x.Practitioner, x.Time.Start = t.slot(i)
		x.Time = timebok.Lasting(x.Time.Start, t.Talk.Duration)
		return x
	})
	t.next.Store(int64(bookings))
	runtime.GC() // what filling left is not the bookings' to clear away
	return t
}

// slot is the i-th free time, on ten hours of each day that are open in summer
// and winter.
func (t *treadmill) slot(i int) (timebok.PractitionerID, time.Time) {
	const hours, firstDay = 10, -2000
	day, hour := i/len(t.people)/hours, i/len(t.people)%hours
	return t.people[i%len(t.people)].ID, Monday.Add(time.Duration(1+hour)*time.Hour).AddDate(0, 0, firstDay+day)
}

func (t *treadmill) client(i int) timebok.ClientID { return t.clients[i%len(t.clients)] }

// book makes the next booking.
func (t *treadmill) book(b *testing.B) {
	i := int(t.next.Add(1) - 1)
	r := t.Request(time.Time{})
	r.Client = t.client(i)
	r.With, r.Start = t.slot(i)
	err := t.store.Update(b.Context(), t.Clinic.ID, func(ctx context.Context, tx storage.Tx) error {
		made, err := t.desk.Book(ctx, tx, t.Actor(), r)
		if err == nil {
			tx.Save(booking.NewNotice(timebok.MessageID(made.ID), t.desk.Source, made, booking.MailPractitioner, booking.NewBooking))
		}
		return err
	})
	if err != nil {
		b.Error(err)
	}
}

// fill saves n records, a thousand at a time.
func (t *treadmill) fill(b *testing.B, n int, record func(i int) timebok.Record) {
	b.Helper()
	var batch []timebok.Record
	for i := range n {
		if batch = append(batch, record(i)); len(batch) == 1000 || i == n-1 {
			t.put(b, batch...)
			batch = nil
		}
	}
}

func (t *treadmill) put(b *testing.B, records ...timebok.Record) {
	b.Helper()
	if err := t.store.Update(b.Context(), t.Clinic.ID, func(_ context.Context, tx storage.Tx) error {
		tx.Save(records...)
		return nil
	}); err != nil {
		b.Fatal(err)
	}
}
