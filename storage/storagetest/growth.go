package storagetest

import (
	"context"
	"fmt"
	"os"
	"runtime"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/timebok/timebok"
	"github.com/timebok/timebok/booking"
	"github.com/timebok/timebok/series"
	"github.com/timebok/timebok/storage"
)

// GrowthSizes names the environment variable with the sizes of BenchGrowth, such
// as "1000,100000,1000000,5000000".
const GrowthSizes = "TIMEBOK_GROWTH"

// BenchGrowth fills clinics with so many bookings each, and measures what must not
// become slower with their number: booking, a search for free time, the bookings
// of a client, and what is used of a series. With -short it takes the first size
// only; the environment variable GrowthSizes names others.
func BenchGrowth(b *testing.B, open func(b *testing.B) storage.Driver, sizes ...int) {
	NewGrowth(b, open, sizes...).Bench(b)
}

// A Growth is clinics alike but for their size, as BenchGrowth measures them. They
// grow as clinics do, by practitioners and by years.
type Growth struct{ clinics []*treadmill }

// NewGrowth fills a clinic of each size. Each has a driver of its own.
func NewGrowth(b *testing.B, open func(b *testing.B) storage.Driver, sizes ...int) *Growth {
	b.Helper()
	if testing.Short() && len(sizes) > 1 {
		sizes = sizes[:1]
	}
	if given := os.Getenv(GrowthSizes); given != "" {
		sizes = nil
		for text := range strings.SplitSeq(given, ",") {
			n, err := strconv.Atoi(text)
			if err != nil {
				b.Fatalf("%s: %v", GrowthSizes, err)
			}
			sizes = append(sizes, n)
		}
	}
	g := &Growth{}
	for _, n := range sizes {
		g.clinics = append(g.clinics, newTreadmill(b, open(b), n))
	}
	runtime.GC() // what filling left is not the measured ones' to clear away
	return g
}

// Bench measures the clinics turn by turn, so that what slows down the machine slows
// down all of them. The metrics are the microseconds of each size, and how many
// times those of the first the last takes.
func (g *Growth) Bench(b *testing.B) {
	g.BenchReads(b)
	b.Run("book", func(b *testing.B) { g.turns(b, (*treadmill).book) })
}

// BenchReads is Bench without booking, so that it can be run again: what it reads is
// of the same length at each size, as long as nothing is booked.
func (g *Growth) BenchReads(b *testing.B) {
	b.Run("free", func(b *testing.B) { g.turns(b, (*treadmill).findFree) })
	b.Run("client", func(b *testing.B) { g.turns(b, (*treadmill).readClient) })
	b.Run("use", func(b *testing.B) { g.turns(b, (*treadmill).readUse) })
}

func (g *Growth) turns(b *testing.B, run func(*treadmill, *testing.B)) {
	b.Helper()
	took := make([]time.Duration, len(g.clinics))
	for _, t := range g.clinics {
		t.open(b)
	}
	b.ResetTimer()
	for done := 0; done < b.N; {
		n := min(20, b.N-done)
		for i, t := range g.clinics {
			began := time.Now()
			for range n {
				run(t, b)
			}
			took[i] += time.Since(began)
		}
		done += n
	}
	b.ReportMetric(0, "ns/op") // of all sizes: it says nothing
	for i, t := range g.clinics {
		b.ReportMetric(float64(took[i].Nanoseconds())/1000/float64(b.N), fmt.Sprintf("us-at-%d", t.bookings))
	}
	b.ReportMetric(took[len(took)-1].Seconds()/took[0].Seconds(), "last/first")
}

// A treadmill is a clinic of some size, and books one free time after the other.
type treadmill struct {
	*Clinic
	driver   storage.Driver
	store    *storage.Store
	desk     booking.Desk
	people   []timebok.PractitionerID
	clients  int
	bookings int
	next     atomic.Int64 // the place of the next free time
	read     atomic.Int64 // which client is read next
}

const (
	sessionsEach = 50 // bookings of a client
	inSeriesEach = 10 // of which so many, the first, are in the client's series
	hoursEach    = 10 // bookings of a practitioner in a day
)

// newTreadmill fills a clinic with bookings.
func newTreadmill(b *testing.B, d storage.Driver, bookings int) *treadmill {
	b.Helper()
	t := &treadmill{Clinic: NewClinic("bench"), driver: d, store: storage.New(d, nil), clients: max(20, bookings/sessionsEach), bookings: bookings}
	b.Cleanup(func() {
		if err := d.Close(); err != nil {
			b.Error(err)
		}
	})
	began := time.Now()
	t.fill(b, t.Records())
	var people []timebok.Record
	for i := range max(8, bookings/20_000) {
		p := t.Anne
		p.ID, p.Keys = idOf[timebok.Practitioner](t.ids, fmt.Sprint("p", i)), nil
		t.people = append(t.people, p.ID)
		people = append(people, p, t.Schedule(p.ID))
	}
	t.fill(b, people)
	t.stream(b, 2*t.clients, func(i int) timebok.Record {
		if i%2 == 0 {
			c := t.Åse
			c.ID = t.client(i / 2)
			return c
		}
		s := t.Paid
		s.ID, s.Client = t.seriesOf(i/2), t.client(i/2)
		return s
	})
	t.stream(b, bookings, func(i int) timebok.Record { return t.session(i) })
	t.next.Store(int64(bookings))
	if n := 2*t.clients + bookings; bookings > 0 {
		b.Logf("%d records stored at %.0f a second", n, float64(n)/time.Since(began).Seconds())
	}
	return t
}

// open makes the first use of connections, and fills their caches with what is not
// asked for again: a program that runs for long has no others.
func (t *treadmill) open(b *testing.B) {
	b.Helper()
	for range 2000 {
		t.readUse(b)
	}
}

// session is the i-th booking.
func (t *treadmill) session(i int) booking.Booking {
	x := t.Booking("", 0)
	x.ID, x.Client = numbered[booking.Booking](3, i), t.client(i)
	if i/t.clients < inSeriesEach {
		x.Series = t.seriesOf(i)
	}
	x.Practitioner, x.Time.Start = t.slot(i)
	x.Time = timebok.Lasting(x.Time.Start, t.Talk.Duration)
	return x
}

// numbered is the i-th ID of a sort. Like those that the library makes, they grow.
func numbered[T any](sort byte, i int) timebok.ID[T] {
	id := timebok.ID[T]{0x01, sort}
	for k := range 8 {
		id[15-k] = byte(i >> (8 * k))
	}
	return id
}

// slot is the i-th free time, on ten hours of each day that are open in summer
// and winter.
func (t *treadmill) slot(i int) (timebok.PractitionerID, time.Time) {
	const firstDay = -2000
	day, hour := i/len(t.people)/hoursEach, i/len(t.people)%hoursEach
	return t.people[i%len(t.people)], Monday.Add(time.Duration(1+hour)*time.Hour).AddDate(0, 0, firstDay+day)
}

func (t *treadmill) client(i int) timebok.ClientID {
	return numbered[timebok.Client](1, i%t.clients)
}

func (t *treadmill) seriesOf(client int) series.ID {
	return numbered[series.Series](2, client%t.clients)
}

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

// findFree looks for twenty free times of eight practitioners in two weeks, of
// which the first is full.
func (t *treadmill) findFree(b *testing.B) {
	_, last := t.slot(int(t.next.Load()))
	s := booking.Search{
		Practitioners: t.people[:8], Service: t.Talk.ID,
		Within: timebok.Lasting(last.AddDate(0, 0, -7), 14*24*time.Hour), Limit: 20,
	}
	t.view(b, func(ctx context.Context, tx storage.Tx) (int, error) {
		found, err := t.desk.FreeSlots(ctx, tx, s)
		return len(found), err
	})
}

// readClient reads all bookings of a client.
func (t *treadmill) readClient(b *testing.B) {
	of := t.client(int(t.read.Add(7919)))
	t.view(b, func(ctx context.Context, tx storage.Tx) (int, error) {
		found, err := collect(tx.Bookings(ctx, booking.Filter{Client: of}))
		return max(1, len(found)), err
	})
}

// readUse reads a series with its bookings, from which its use is counted.
func (t *treadmill) readUse(b *testing.B) {
	of := t.seriesOf(int(t.read.Add(7919)))
	t.view(b, func(ctx context.Context, tx storage.Tx) (int, error) {
		v, err := tx.LoadBooking(ctx, booking.Needs{Series: of})
		if err != nil || v.Series == nil {
			return 0, err
		}
		return 1 + len(v.Series.Use(booking.Sessions(v.InSeries)).Lines), nil
	})
}

// view reads something that must be there.
func (t *treadmill) view(b *testing.B, read func(ctx context.Context, tx storage.Tx) (int, error)) {
	found := 0
	err := t.store.View(b.Context(), t.Clinic.ID, func(ctx context.Context, tx storage.Tx) (err error) {
		found, err = read(ctx, tx)
		return err
	})
	if err != nil || found == 0 {
		b.Fatalf("read %d: %v", found, err)
	}
}

// stream stores n records: imported if the driver is a storage.Bulk, else a
// thousand at a time.
func (t *treadmill) stream(b *testing.B, n int, record func(i int) timebok.Record) {
	b.Helper()
	bulk, ok := t.driver.(storage.Bulk)
	if !ok {
		var batch []timebok.Record
		for i := range n {
			if batch = append(batch, record(i)); len(batch) == 1000 || i == n-1 {
				t.fill(b, batch)
				batch = nil
			}
		}
		return
	}
	report, err := bulk.Import(b.Context(), t.Clinic.ID, func(yield func(timebok.Record, error) bool) {
		for i := range n {
			if !yield(record(i), nil) {
				return
			}
		}
	}, nil)
	if err != nil || report.Added != n {
		b.Fatalf("imported %d of %d: %v", report.Added, n, err)
	}
}

func (t *treadmill) fill(b *testing.B, records []timebok.Record) {
	b.Helper()
	if err := t.store.Update(b.Context(), t.Clinic.ID, func(_ context.Context, tx storage.Tx) error {
		tx.Save(records...)
		return nil
	}); err != nil {
		b.Fatal(err)
	}
}
