package postgres_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"iter"
	"os"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/timebok/timebok"
	"github.com/timebok/timebok/booking"
	"github.com/timebok/timebok/internal/pgtest"
	"github.com/timebok/timebok/series"
	"github.com/timebok/timebok/storage"
	"github.com/timebok/timebok/storage/postgres"
	"github.com/timebok/timebok/storage/storagetest"
)

// BenchmarkBook books sessions of capped series through the library and, in turns
// of some milliseconds, writes the same rows by hand in the fewest statements that
// are right, in two round trips: one that locks practitioner and series, looks for
// an overlap, counts the series' sessions and asks for the price, and one that
// writes and commits. Two of the handwritings differ in the lock: one renews the
// version of both records, as in form g of the studies that this follows, which
// also holds where a lock is only local; the other locks their rows, which is the
// least that PostgreSQL needs. All have the same tables, size of pool and
// durability; form g has a database of its own without our triggers, which its
// renewals would set off. The metrics ratio and ratio-row-lock are how fast the
// library is beside each. The handwriting asks for no working hours, absences,
// client, validity or agreements, and knows of no fence.
func BenchmarkBook(b *testing.B) {
	for _, clients := range []int{1, 8, 32} {
		b.Run(fmt.Sprintf("clients=%d", clients), func(b *testing.B) {
			r := newRace(b, clients)
			r.addFormG(b)
			b.ResetTimer()
			r.turns(b)
			b.StopTimer()
			library, rowLock, formG := r.lanes[0].took.Seconds(), r.lanes[1].took.Seconds(), r.lanes[2].took.Seconds()
			b.ReportMetric(formG/library, "ratio")
			b.ReportMetric(rowLock/library, "ratio-row-lock")
			b.ReportMetric(float64(b.N)/library, "book/s")
			b.ReportMetric(float64(b.N)/formG, "byhand/s")
			b.ReportMetric(float64(b.N)/rowLock, "byhand-row-lock/s")
		})
	}
}

// addFormG adds the lane of the handwriting that renews versions.
func (r *race) addFormG(b testing.TB) {
	b.Helper()
	dsn := pgtest.Database(b)
	if err := migrate(dsn, &postgres.Options{WithoutTriggers: true}); err != nil {
		b.Fatal(err)
	}
	pool := newPool(b, dsn, poolFor(r.clients))
	d, err := postgres.New(b.Context(), pool, nil)
	if err != nil {
		b.Fatal(err)
	}
	l := newLane(b, d, "form g", func(ctx context.Context, l *lane, n int64) error {
		return bookByHand(ctx, pool, l, n, handRenew, handRenewCase)
	})
	r.lanes = append(r.lanes, l)
	r.warmUp(b, l)
	r.settle(b, pool)
}

// warmUp makes the first bookings of a lane, so that every connection has its
// statements prepared.
func (r *race) warmUp(b testing.TB, l *lane) {
	b.Helper()
	r.turn(b, l, 20*r.clients)
	l.took = 0
}

// BenchmarkHot lets many ask for forty starts of one practitioner that overlap each
// other, day after day, through the library and by hand in turns: of each day some
// ten are booked and the others refused. The metrics are the time in which 99 of a
// hundred were answered, and the library's beside that of the handwriting. Any
// error but the refusal, such as a deadlock, fails it.
func BenchmarkHot(b *testing.B) {
	for _, clients := range []int{8, 32} {
		b.Run(fmt.Sprintf("clients=%d", clients), func(b *testing.B) {
			r := newRace(b, clients)
			for _, l := range r.lanes {
				l.hot, l.answers = true, nil
				l.next.Store(10_000) // days that nobody has booked
			}
			b.ResetTimer()
			r.turns(b)
			b.StopTimer()
			library, byHand := r.lanes[0].p99().Seconds(), r.lanes[1].p99().Seconds()
			b.ReportMetric(library*1000, "p99-ms")
			b.ReportMetric(byHand*1000, "byhand-p99-ms")
			b.ReportMetric(library/byHand, "p99-ratio")
		})
	}
}

func BenchmarkImport(b *testing.B) {
	storagetest.BenchImport(b, func(b *testing.B) storage.Driver { return open(b, newDatabase(b), nil) })
}

// BenchmarkImportCopy is the limit beside BenchmarkImport: one COPY of bookings, in
// PostgreSQL's binary form, into a table with the same keys, indexes and constraint.
func BenchmarkImportCopy(b *testing.B) {
	dsn := newDatabase(b)
	d, c := open(b, dsn, nil), storagetest.NewClinic("copy")
	bookings := func(yield func(timebok.Record, error) bool) {
		for i := range b.N {
			x := c.Booking("", 0)
			x.ID = timebok.New[booking.Booking](timebok.Source{})
			x.Practitioner[15], x.Client[0], x.Client[1] = byte(i%8), byte(i*7), byte(i*13)
			x.Time = timebok.Lasting(storagetest.Monday.AddDate(0, 0, i/80).Add(time.Duration(i/8%10)*time.Hour), c.Talk.Duration)
			if !yield(x, nil) {
				return
			}
		}
	}
	if report, err := d.Import(b.Context(), c.Clinic.ID, bookings, nil); err != nil || report.Added != b.N {
		b.Fatalf("%+v, %v", report.Added, err)
	}
	conn, err := pgx.Connect(b.Context(), dsn)
	if err != nil {
		b.Fatal(err)
	}
	defer conn.Close(b.Context())
	var rows bytes.Buffer
	_, err = conn.PgConn().CopyTo(b.Context(), &rows, "COPY booking TO STDOUT BINARY")
	if _, made := conn.Exec(b.Context(), "CREATE TABLE copied (LIKE booking INCLUDING ALL)"); err != nil || made != nil {
		b.Fatal(err, made)
	}
	b.ResetTimer()
	if _, err := conn.PgConn().CopyFrom(b.Context(), &rows, "COPY copied FROM STDIN BINARY"); err != nil {
		b.Fatal(err)
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "records/s")
}

// BenchmarkGrowth has for larger sizes a server that is set up for them, as a real
// one would be: what is read is in its memory. It measures bookings that lie as they
// were made, in the order of time, and as docs/scale.md says to keep them.
func BenchmarkGrowth(b *testing.B) {
	database := newDatabase
	if os.Getenv(storagetest.GrowthSizes) != "" && os.Getenv(pgtest.ServerVar) == "" {
		large := pgtest.Start(b, "shared_buffers=6GB", "max_wal_size=20GB", "checkpoint_timeout=1h")
		database = func(tb testing.TB) string {
			dsn := large.Database(tb)
			if err := migrate(dsn, nil); err != nil {
				tb.Fatal(err)
			}
			return dsn
		}
	}
	var opened []string
	g := storagetest.NewGrowth(b, func(b *testing.B) storage.Driver {
		dsn := database(b)
		opened = append(opened, dsn)
		return open(b, dsn, nil)
	}, 1_000, 20_000)
	rest := func(b *testing.B, tidy string) {
		for _, dsn := range opened {
			raw(b, dsn, tidy)
			raw(b, dsn, "CREATE EXTENSION IF NOT EXISTS pg_prewarm; CHECKPOINT")
			raw(b, dsn, "SELECT sum(pg_prewarm(oid)) FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'i')")
		}
	}
	rest(b, "VACUUM ANALYZE")
	b.Run("order=time", g.BenchReads)
	rest(b, "CLUSTER booking USING booking_client")
	rest(b, "VACUUM ANALYZE")
	b.Run("order=client", g.Bench)
}

// A race is clinics alike, in each of which one way of booking is measured.
type race struct {
	clients int
	lanes   []*lane
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

	hot     bool // all want the same practitioner
	mu      sync.Mutex
	answers []time.Duration
}

func (l *lane) p99() time.Duration {
	slices.Sort(l.answers)
	return l.answers[len(l.answers)*99/100]
}

// maxConns is the pool's, whoever uses it: four for each processor of the server,
// as Open advises.
const maxConns = 8

func poolFor(clients int) func(*pgxpool.Config) {
	return func(c *pgxpool.Config) { n := int32(min(clients, maxConns)); c.MaxConns, c.MinConns = n, n }
}

func newRace(b testing.TB, clients int) *race {
	b.Helper()
	pool := newPool(b, newDatabase(b), poolFor(clients))
	d, err := postgres.New(b.Context(), pool, nil)
	if err != nil {
		b.Fatal(err)
	}
	store := storage.New(d, nil)
	desk := &booking.Desk{Source: timebok.Source{Now: func() time.Time { return storagetest.Monday }}}
	library := func(ctx context.Context, l *lane, n int64) error {
		r := l.clinic.Request(l.slot(n))
		r.With, r.Client, r.Series = l.of(n)
		return store.Update(ctx, l.clinic.Clinic.ID, func(ctx context.Context, tx storage.Tx) error {
			made, err := desk.Book(ctx, tx, l.clinic.Actor(), r)
			if err == nil {
				tx.Save(booking.NewNotice(timebok.MessageID(made.ID), desk.Source, made, booking.MailPractitioner, booking.NewBooking))
			}
			return err
		})
	}
	r := &race{clients: clients, lanes: []*lane{
		newLane(b, d, "library", library),
		newLane(b, d, "by hand", func(ctx context.Context, l *lane, n int64) error {
			return bookByHand(ctx, pool, l, n, handLock, handCase)
		}),
	}}
	for _, l := range r.lanes {
		r.warmUp(b, l)
	}
	r.settle(b, pool)
	return r
}

// settle tells the planner what the tables hold, as the server does by itself within
// a minute.
func (r *race) settle(b testing.TB, pool *pgxpool.Pool) {
	b.Helper()
	if _, err := pool.Exec(b.Context(), "VACUUM ANALYZE"); err != nil {
		b.Fatal(err)
	}
	for _, l := range r.lanes {
		r.warmUp(b, l)
	}
}

func newLane(b testing.TB, d *postgres.Driver, name string, book func(ctx context.Context, l *lane, n int64) error) *lane {
	b.Helper()
	l, store := &lane{clinic: storagetest.NewClinic(name), book: book}, storage.New(d, nil)
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
	if _, err := d.Import(b.Context(), l.clinic.Clinic.ID, l.history(), nil); err != nil {
		b.Fatal(err)
	}
	return l
}

// history is what was booked before: two months of everybody's days.
func (l *lane) history() iter.Seq2[timebok.Record, error] {
	const days = 60
	return func(yield func(timebok.Record, error) bool) {
		for n := range int64(days * 11 * len(l.with)) {
			x := l.clinic.Booking("", 0)
			x.ID = timebok.New[booking.Booking](timebok.Source{})
			x.Practitioner, x.Client, _ = l.of(n)
			x.Time = timebok.Lasting(l.slot(n).AddDate(0, 0, -days), l.clinic.Talk.Duration)
			if !yield(x, nil) {
				return
			}
		}
	}
}

// slot is the time of the n-th booking: working hours from 09:00 to 19:00.
func (l *lane) slot(n int64) time.Time {
	if l.hot { // a quarter of an hour apart, for 45 minutes each
		return storagetest.Monday.Add(time.Duration(n/40)*24*time.Hour + time.Hour + time.Duration(n%40)*15*time.Minute)
	}
	n /= int64(len(l.with))
	return storagetest.Monday.Add(time.Duration(n/11)*24*time.Hour + time.Duration(1+n%11)*time.Hour)
}

// of is with whom the booking is, whose, and in which series.
func (l *lane) of(n int64) (timebok.PractitionerID, timebok.ClientID, series.ID) {
	if l.hot {
		return l.with[0], l.whom[n%int64(len(l.whom))], l.series[n%int64(len(l.series))]
	}
	return l.with[n%int64(len(l.with))], l.whom[n%int64(len(l.whom))], l.series[n%int64(len(l.series))]
}

// turns makes b.N bookings in each lane, turn by turn.
func (r *race) turns(b *testing.B) {
	b.Helper()
	for done, turn := 0, 0; done < b.N; turn++ {
		n := min(b.N-done, 25*r.clients)
		for i := range r.lanes {
			r.turn(b, r.lanes[(turn+i)%len(r.lanes)], n)
		}
		done += n
	}
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
				asked := time.Now()
				err := l.book(b.Context(), l, l.next.Add(1)-1)
				if err != nil && !(l.hot && errors.Is(err, booking.SlotTaken)) {
					b.Error(err)
					return
				}
				l.mu.Lock()
				l.answers = append(l.answers, time.Since(asked))
				l.mu.Unlock()
			}
		})
	}
	wg.Wait()
	l.took += time.Since(begin)
}

const (
	handLock      = `SELECT inactive FROM practitioner WHERE clinic_id = $1 AND id = $2 FOR NO KEY UPDATE`
	handCase      = `SELECT closed_at IS NOT NULL FROM series WHERE clinic_id = $1 AND id = $2 FOR NO KEY UPDATE`
	handRenew     = `UPDATE practitioner SET version = version + 1 WHERE clinic_id = $1 AND id = $2 RETURNING inactive`
	handRenewCase = `UPDATE series SET version = version + 1 WHERE clinic_id = $1 AND id = $2 RETURNING closed_at IS NOT NULL`
	handCount     = `SELECT count(*) FROM booking WHERE clinic_id = $1 AND series_id = $2 AND state <> 'cancelled'`
	handPrice     = `SELECT price_ore, buffer_before, buffer_after FROM service WHERE clinic_id = $1 AND id = $2`
	handProbe     = `SELECT occupied_to FROM booking WHERE clinic_id = $1 AND practitioner_id = $2 AND active AND starts < $3 ORDER BY starts DESC LIMIT 1`
	handBook      = `INSERT INTO booking (clinic_id, id, version, sequence, client_id, practitioner_id, service_id, series_id, starts, ends,
		buffer_before, buffer_after, zone, treatment, price_ore, billing_payer_id, billing_method, billing_why, origin, external_network,
		external_id, state, invited_at, overrides, charges, cancelled_reason, cancelled_by, cancelled_at, cancelled_late,
		occupied_from, occupied_to, active, overlap_allowed)
		VALUES ($1, $2, 1, 1, $3, $4, $5, $8, $6, $7, $9, $10, $11, $12, $13, NULL, $14, '', $15, '', '', 'booked', NULL, NULL,
		NULL, NULL, NULL, NULL, NULL, $6, $7, true, false)`
	handAudit = `INSERT INTO audit (clinic_id, id, at, by_user, by_role, by_clinic_id, action, on_kind, on_id, on_version, client_id, codes)
		VALUES ($1, $2, $3, $6, $7, $1, 'booking.book', 'booking', $4, 1, $5, NULL)`
	handMessage = `INSERT INTO message (clinic_id, id, kind, about_kind, about_id, about_version, client_id, due, sequence, data)
		VALUES ($1, $2, 'mail.practitioner', 'booking', $2, 1, $3, $4, 1, $5)`
)

func bookByHand(ctx context.Context, pool *pgxpool.Pool, l *lane, n int64, lock, lockCase string) error {
	conn, err := pool.Acquire(ctx)
	if err != nil {
		return err
	}
	defer conn.Release()
	p, c, x := l.of(n)
	clinic, with, client, in, start := [16]byte(l.clinic.Clinic.ID), [16]byte(p), [16]byte(c), [16]byte(x), l.slot(n)
	service, end := [16]byte(l.clinic.Talk.ID), start.Add(45*time.Minute)
	read := &pgx.Batch{}
	read.Queue("BEGIN")
	read.Queue(lock, clinic, with)
	read.Queue(lockCase, clinic, in)
	read.Queue(handCount, clinic, in)
	read.Queue(handPrice, clinic, service)
	read.Queue(handProbe, clinic, with, end)
	answers := conn.SendBatch(ctx, read)
	_, err = answers.Exec()
	var inactive, closed bool
	var used int
	var price, before, after int64
	var taken *time.Time
	err = errors.Join(err, answers.QueryRow().Scan(&inactive), answers.QueryRow().Scan(&closed), answers.QueryRow().Scan(&used),
		answers.QueryRow().Scan(&price, &before, &after))
	if last := answers.QueryRow().Scan(&taken); last != nil && !errors.Is(last, pgx.ErrNoRows) {
		err = errors.Join(err, last)
	}
	if err := errors.Join(err, answers.Close()); err != nil {
		return err
	}
	if taken != nil && taken.After(start) {
		_, err := conn.Exec(ctx, "ROLLBACK")
		return errors.Join(booking.SlotTaken, err)
	}
	if inactive || closed || used >= 1000 {
		return fmt.Errorf("%v is refused: %d sessions used", start, used)
	}
	id := [16]byte(uuid.Must(uuid.NewV7()))
	write := &pgx.Batch{}
	write.Queue(handBook, clinic, id, client, with, service, start, end, in, before, after, "Europe/Oslo", "PSY45", price, "email", "manual")
	write.Queue(handAudit, clinic, [16]byte(uuid.Must(uuid.NewV7())), storagetest.Monday, id, client, "u-1", "practitioner")
	write.Queue(handMessage, clinic, id, client, storagetest.Monday, `{"what":"booked"}`)
	write.Queue("COMMIT")
	return conn.SendBatch(ctx, write).Close()
}
