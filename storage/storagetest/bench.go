package storagetest

import (
	"context"
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	"github.com/timebok/timebok"
	"github.com/timebok/timebok/booking"
	"github.com/timebok/timebok/storage"
)

// BenchBook measures booking through booking.Desk, with audit entry and message,
// at 1 and at 8 callers, in one clinic with eight practitioners. The function
// opens a driver on an empty database; BenchBook closes it.
func BenchBook(b *testing.B, open func(b *testing.B) storage.Driver) {
	for _, callers := range []int{1, 8} {
		b.Run(fmt.Sprintf("callers=%d", callers), func(b *testing.B) {
			benchBook(b, open(b), callers, 0)
		})
	}
}

// BenchGrowth measures the same by one caller, in a clinic that has so many
// bookings already.
func BenchGrowth(b *testing.B, open func(b *testing.B) storage.Driver, sizes ...int) {
	for _, n := range sizes {
		b.Run(fmt.Sprintf("bookings=%d", n), func(b *testing.B) {
			benchBook(b, open(b), 1, n)
		})
	}
}

// benchSlots are the sessions of a day in the benchmark.
const benchSlots = 12

func benchBook(b *testing.B, d storage.Driver, callers, before int) {
	b.Helper()
	defer func() {
		if err := d.Close(); err != nil {
			b.Error(err)
		}
	}()
	c, s := NewClinic("bench"), storage.New(d, nil)
	c.Save(b, s)
	people := c.people(8)
	for _, p := range people {
		c.store(b, s, p, c.Schedule(p.ID))
	}
	slot := func(i int) (timebok.PractitionerID, time.Time) { // the i-th free time, each once
		day, at := i/len(people)/benchSlots, i/len(people)%benchSlots
		return people[i%len(people)].ID, Monday.Add(time.Hour+time.Duration(at)*time.Hour).AddDate(0, 0, day-2000)
	}
	clients := c.crowd(b, s, max(100, before/50))
	for first := 0; first < before; first += 1000 {
		var batch []timebok.Record
		for i := first; i < min(first+1000, before); i++ {
			x := c.Booking(fmt.Sprint("before ", i), 0)
			x.Client = clients[i%len(clients)]
			x.Practitioner, x.Time.Start = slot(i)
			x.Time = timebok.Lasting(x.Time.Start, c.Talk.Duration)
			batch = append(batch, x)
		}
		c.store(b, s, batch...)
	}
	desk := booking.Desk{}
	var next atomic.Int64
	next.Store(int64(before))
	total := b.N
	var taken atomic.Int64
	b.ReportAllocs()
	b.ResetTimer()
	parallel(callers, func(int) {
		for taken.Add(1) <= int64(total) {
			i := int(next.Add(1) - 1)
			r := c.Request(time.Time{})
			r.With, r.Start = slot(i)
			r.Client, r.Invite = clients[i%len(clients)], false
			if err := s.Update(b.Context(), c.Clinic.ID, func(ctx context.Context, tx storage.Tx) error {
				made, err := desk.Book(ctx, tx, c.Actor(), r)
				if err == nil {
					tx.Save(booking.NewNotice(timebok.MessageID(made.ID), desk.Source, made, booking.MailPractitioner, booking.NewBooking))
				}
				return err
			}); err != nil {
				b.Error(err)
				return
			}
		}
	})
	b.StopTimer()
	b.ReportMetric(float64(total)/b.Elapsed().Seconds(), "bookings/s")
}

func (c *Clinic) store(tb testing.TB, s *storage.Store, records ...timebok.Record) {
	tb.Helper()
	if err := s.Update(tb.Context(), c.Clinic.ID, func(_ context.Context, tx storage.Tx) error {
		tx.Save(records...)
		return nil
	}); err != nil {
		tb.Fatal(err)
	}
}

// people are practitioners like Anne.
func (c *Clinic) people(n int) []timebok.Practitioner {
	out := make([]timebok.Practitioner, n)
	for i := range out {
		out[i] = c.Anne
		out[i].ID, out[i].Keys = idOf[timebok.Practitioner](c.ids, fmt.Sprint("p", i)), nil
	}
	return out
}

// crowd saves clients like Åse and returns their IDs.
func (c *Clinic) crowd(tb testing.TB, s *storage.Store, n int) []timebok.ClientID {
	var ids []timebok.ClientID
	var batch []timebok.Record
	for i := range n {
		x := c.Åse
		x.ID = idOf[timebok.Client](c.ids, fmt.Sprint("c", i))
		ids, batch = append(ids, x.ID), append(batch, x)
		if len(batch) == 1000 || i == n-1 {
			c.store(tb, s, batch...)
			batch = nil
		}
	}
	return ids
}
