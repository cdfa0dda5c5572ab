package sqlite_test

import (
	"context"
	"database/sql/driver"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/timebok/timebok"
	"github.com/timebok/timebok/booking"
	"github.com/timebok/timebok/internal/sqlrow"
	"github.com/timebok/timebok/series"
	"github.com/timebok/timebok/storage"
	"github.com/timebok/timebok/storage/storagetest"
	modernc "modernc.org/sqlite"
)

// BenchmarkBook books sessions of capped series through the library and, in turns
// of some milliseconds, writes the same rows by hand in the fewest and plainest
// statements that are right, on one connection that shares its commits as the
// library does. Both have the same driver, tables and durability, each a file of
// its own. The metric ratio is how fast the library is beside the handwriting,
// which asks for no client, service, working hours, absences, validity or prices.
func BenchmarkBook(b *testing.B) {
	for _, clients := range []int{1, 8, 64} {
		b.Run(fmt.Sprintf("clients=%d", clients), func(b *testing.B) {
			r := newRace(b, clients)
			b.ResetTimer()
			for done, turn := 0, 0; done < b.N; turn++ {
				n := min(b.N-done, 25*clients)
				r.turn(b, r.lanes[turn%2], n)
				r.turn(b, r.lanes[(turn+1)%2], n)
				done += n
			}
			b.StopTimer()
			library, byHand := r.lanes[0].took, r.lanes[1].took
			b.ReportMetric(byHand.Seconds()/library.Seconds(), "ratio")
			b.ReportMetric(float64(b.N)/library.Seconds(), "book/s")
			b.ReportMetric(float64(b.N)/byHand.Seconds(), "byhand/s")
		})
	}
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
	storagetest.BenchGrowth(b, func(b *testing.B) storage.Driver { return open(b, newFile(b), nil) }, 1_000, 20_000)
}

// slot is the nth hour of working days from 08:00 to 20:00 in Oslo.
func slot(n int64) time.Time {
	return storagetest.Monday.Add(time.Duration(n/11)*24*time.Hour + time.Duration(1+n%11)*time.Hour)
}

// A race is two clinics alike, in each of which one way of booking is measured.
type race struct {
	clients int
	lanes   [2]*lane
}

// A lane books one free time after the other.
type lane struct {
	clinic *storagetest.Clinic
	with   []timebok.PractitionerID
	whom   []timebok.ClientID
	series []series.ID // of each client
	book   func(ctx context.Context, l *lane, n int64) error
	next   atomic.Int64
	took   time.Duration
}

func newRace(b testing.TB, clients int) *race {
	b.Helper()
	d := open(b, newFile(b), nil)
	b.Cleanup(func() { _ = d.Close() })
	store := storage.New(d, nil)
	desk := &booking.Desk{Source: timebok.Source{Now: func() time.Time { return storagetest.Monday }}}
	library := newLane(b, store, "library", func(ctx context.Context, l *lane, n int64) error {
		r := l.clinic.Request(l.slot(n))
		r.With, r.Client, r.Series = l.of(n)
		return store.Update(ctx, l.clinic.Clinic.ID, func(ctx context.Context, tx storage.Tx) error {
			made, err := desk.Book(ctx, tx, l.clinic.Actor(), r)
			if err == nil {
				tx.Save(booking.NewNotice(timebok.MessageID(made.ID), desk.Source, made, booking.MailPractitioner, booking.NewBooking))
			}
			return err
		})
	})
	path := newFile(b)
	other := open(b, path, nil)
	byHand := newLane(b, storage.New(other, nil), "by hand", newHand(b, path).book)
	if err := other.Close(); err != nil {
		b.Fatal(err)
	}
	r := &race{clients, [2]*lane{library, byHand}}
	for _, l := range r.lanes { // so that statements are prepared and caches filled
		r.turn(b, l, 1000)
		l.took = 0
	}
	return r
}

func newLane(b testing.TB, store *storage.Store, name string, book func(ctx context.Context, l *lane, n int64) error) *lane {
	b.Helper()
	l := &lane{clinic: storagetest.NewClinic(name), book: book}
	l.clinic.Save(b, store)
	if err := store.Update(b.Context(), l.clinic.Clinic.ID, func(_ context.Context, tx storage.Tx) error {
		for i := range 50 {
			p := l.clinic.Anne
			p.ID, p.Keys = timebok.DeriveID[timebok.Practitioner](name, fmt.Sprint(i)), nil
			l.with = append(l.with, p.ID)
			tx.Save(p, l.clinic.Schedule(p.ID))
		}
		for i := range 997 {
			c := l.clinic.Ola
			c.ID = timebok.DeriveID[timebok.Client](name, fmt.Sprint(i))
			x, err := series.Open(series.Series{
				ID: timebok.DeriveID[series.Series](name, fmt.Sprint(i)), Client: c.ID, Kind: series.SelfPaying, Name: "x",
			}, series.Approval{At: storagetest.Monday, Source: series.ByHand, By: l.clinic.Actor(), Terms: series.Terms{
				Caps: []series.Cap{series.Sessions(1000)}, Billing: timebok.BillClient,
			}}, storagetest.Monday)
			if err != nil {
				return err
			}
			l.whom, l.series = append(l.whom, c.ID), append(l.series, x.ID)
			tx.Save(c, x)
		}
		return nil
	}); err != nil {
		b.Fatal(err)
	}
	return l
}

// slot is the time of the n-th booking: working hours from 09:00 to 19:00.
func (l *lane) slot(n int64) time.Time { return slot(n / int64(len(l.with))) }

// of is with whom the booking is, whose, and in which series.
func (l *lane) of(n int64) (timebok.PractitionerID, timebok.ClientID, series.ID) {
	return l.with[n%int64(len(l.with))], l.whom[n%int64(len(l.whom))], l.series[n%int64(len(l.series))]
}

// turn makes n bookings by all clients.
func (r *race) turn(b testing.TB, l *lane, n int) {
	b.Helper()
	var left atomic.Int64
	left.Store(int64(n))
	var wg sync.WaitGroup
	begin := time.Now()
	for range r.clients {
		wg.Go(func() {
			for left.Add(-1) >= 0 {
				if err := l.book(b.Context(), l, l.next.Add(1)-1); err != nil {
					b.Error(err)
					return
				}
			}
		})
	}
	wg.Wait()
	l.took += time.Since(begin)
}
