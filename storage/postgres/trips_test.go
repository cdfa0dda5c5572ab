package postgres_test

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/timebok/timebok"
	"github.com/timebok/timebok/booking"
	"github.com/timebok/timebok/insurance"
	"github.com/timebok/timebok/storage"
	"github.com/timebok/timebok/storage/postgres"
	"github.com/timebok/timebok/storage/storagetest"
)

// A counter counts round trips, and keeps what was sent in them.
type counter struct {
	mu    sync.Mutex
	trips [][]string
	args  map[string][]any
}

func (c *counter) note(statements ...*pgx.QueuedQuery) {
	c.mu.Lock()
	defer c.mu.Unlock()
	var trip []string
	for _, q := range statements {
		trip = append(trip, q.SQL)
		if c.args == nil {
			c.args = map[string][]any{}
		}
		c.args[q.SQL] = q.Arguments
	}
	c.trips = append(c.trips, trip)
}

func (c *counter) take() [][]string {
	c.mu.Lock()
	defer c.mu.Unlock()
	out := c.trips
	c.trips = nil
	return out
}

func (c *counter) TraceBatchStart(ctx context.Context, _ *pgx.Conn, d pgx.TraceBatchStartData) context.Context {
	c.note(d.Batch.QueuedQueries...)
	return ctx
}

func (c *counter) TraceQueryStart(ctx context.Context, _ *pgx.Conn, d pgx.TraceQueryStartData) context.Context {
	c.note(&pgx.QueuedQuery{SQL: d.SQL, Arguments: d.Args})
	return ctx
}

func (c *counter) TraceBatchQuery(context.Context, *pgx.Conn, pgx.TraceBatchQueryData) {}
func (c *counter) TraceBatchEnd(context.Context, *pgx.Conn, pgx.TraceBatchEndData)     {}
func (c *counter) TraceQueryEnd(context.Context, *pgx.Conn, pgx.TraceQueryEndData)     {}

// A desk is a store with a clinic in it, whose round trips are counted.
type desk struct {
	*storagetest.Clinic
	*storage.Store
	booking.Desk
	driver *postgres.Driver
	pool   *pgxpool.Pool
	dsn    string
	sent   *counter
}

func newDesk(t testing.TB, set func(*pgxpool.Config)) *desk {
	t.Helper()
	d := &desk{Clinic: storagetest.NewClinic("A"), dsn: newDatabase(t)}
	d.Source = timebok.Source{Now: func() time.Time { return storagetest.Monday }}
	d.open(t, set)
	d.Clinic.Save(t, d.Store)
	d.sent.take()
	return d
}

// open gives the desk a driver with a pool of its own.
func (d *desk) open(t testing.TB, set func(*pgxpool.Config)) {
	t.Helper()
	d.sent = &counter{}
	d.pool = newPool(t, d.dsn, func(c *pgxpool.Config) {
		c.ConnConfig.Tracer = d.sent
		if set != nil {
			set(c)
		}
	})
	var err error
	if d.driver, err = postgres.New(t.Context(), d.pool, nil); err != nil {
		t.Fatal(err)
	}
	d.Store = storage.New(d.driver, nil)
	d.sent.take()
}

// beside is a desk of another process at the same database.
func (d *desk) beside(t testing.TB) *desk {
	t.Helper()
	other := *d
	other.open(t, nil)
	return &other
}

func (d *desk) update(t testing.TB, fn func(ctx context.Context, tx storage.Tx) error) {
	t.Helper()
	if err := d.Update(t.Context(), d.Clinic.Clinic.ID, fn); err != nil {
		t.Fatal(err)
	}
}

// Booking takes two round trips, whether the settings are known or not. What must
// be read before it is known what to lock takes one more, and so do settings that
// are not what they were.
func TestRoundTrips(t *testing.T) {
	d := newDesk(t, nil)
	intake := &insurance.Intake{Desk: &d.Desk}
	var made booking.Booking
	hour := 0
	request := func() booking.Request {
		hour++
		r := d.Request(storagetest.Monday.Add(time.Duration(hour) * time.Hour))
		r.Series = d.Case.ID
		return r
	}
	book := func(ctx context.Context, tx storage.Tx) (err error) {
		made, err = d.Book(ctx, tx, d.Actor(), request())
		return err
	}
	for _, tt := range []struct {
		name        string
		trips, most int // statements
		run         func(ctx context.Context, tx storage.Tx) error
	}{
		{"Book", 2, 17, book},
		{"Book again", 2, 10, book},
		{"Book after a change", 3, 25, func(ctx context.Context, tx storage.Tx) error {
			raw(t, d.dsn, d.changes()[6].sql)
			return book(ctx, tx)
		}},
		{"Book once more", 2, 10, book},
		{"Move", 3, 14, func(ctx context.Context, tx storage.Tx) error {
			_, err := d.Move(ctx, tx, d.Actor(), booking.MoveRequest{Booking: made.ID, Version: 1, Start: request().Start})
			return err
		}},
		{"Arrive", 3, 14, func(ctx context.Context, tx storage.Tx) error {
			_, err := d.Arrive(ctx, tx, d.Actor(), made.ID, 2)
			return err
		}},
		{"Receive", 3, 31, func(ctx context.Context, tx storage.Tx) error {
			got, err := intake.Receive(ctx, tx, insurance.Event{
				ID: "e", Network: timebok.Behandlernettverk, Kind: insurance.BookingMade, Booking: insurance.ExternalBooking{
					ID: "x", Version: 1, Practitioner: "anne-1", Treatment: "PSY45", Start: request().Start, CaseNumber: d.Case.Case.Number,
					Client: insurance.Person{Name: d.Ola.Name, BirthDate: d.Ola.BirthDate},
				},
			})
			if got.Result == insurance.Quarantined {
				t.Errorf("the event was quarantined: %v", got.Codes)
			}
			return err
		}},
		{"Save", 1, 5, func(_ context.Context, tx storage.Tx) error {
			tx.Save(timebok.Audit(d.Source, d.Actor(), "x", d.Ola, d.Ola.ID))
			return nil
		}},
	} {
		d.sent.take()
		d.update(t, tt.run)
		trips, statements := d.sent.take(), 0
		for _, trip := range trips {
			statements += len(trip)
		}
		if len(trips) != tt.trips || statements > tt.most {
			t.Errorf("%s took %d round trips with %d statements, want %d with %d at most:\n%q", tt.name, len(trips), statements, tt.trips, tt.most, trips)
		}
	}
}

// A search for free time takes the same statements however many it searches, and
// reads all calendars in one round trip.
func TestSearchDoesNotGrow(t *testing.T) {
	d := newDesk(t, nil)
	var of []timebok.PractitionerID
	d.update(t, func(_ context.Context, tx storage.Tx) error {
		for i := range 300 {
			p, b := d.Anne, d.Booking("", 0)
			p.ID, p.Keys = timebok.DeriveID[timebok.Practitioner](fmt.Sprint(i)), nil
			b.ID, b.Practitioner = booking.ID(p.ID), p.ID
			tx.Save(p, d.Schedule(p.ID), b)
			of = append(of, p.ID)
		}
		return nil
	})
	var sent [][][]string
	for _, n := range []int{1, 10, 300} {
		d.sent.take()
		err := d.View(t.Context(), d.Clinic.Clinic.ID, func(ctx context.Context, tx storage.Tx) error {
			found, err := d.FreeSlots(ctx, tx, booking.Search{
				Practitioners: of[:n], Service: d.Talk.ID, Within: timebok.Lasting(storagetest.Monday, 24*time.Hour),
			})
			with := map[timebok.PractitionerID]bool{}
			for _, s := range found {
				with[s.Practitioner] = true
			}
			if len(with) != n {
				t.Errorf("%d of %d practitioners have free time", len(with), n)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		sent = append(sent, d.sent.take())
	}
	if !reflect.DeepEqual(sent[0], sent[1]) || !reflect.DeepEqual(sent[1], sent[2]) || len(sent[0]) != 3 {
		t.Errorf("for 1, 10 and 300 practitioners were sent\n%q\n%q\n%q\nwant the same in 3 round trips", sent[0], sent[1], sent[2])
	}
}

// Forty who want overlapping times at once: one gets its, and nobody runs into a
// deadlock, which would be one of the server's errors in its log.
func TestHotOverlap(t *testing.T) {
	d := newDesk(t, nil)
	var wg sync.WaitGroup
	var mu sync.Mutex
	won := 0
	for i := range 40 {
		wg.Go(func() {
			r := d.Request(storagetest.Monday.Add(4*time.Hour + time.Duration(i)*time.Minute))
			err := d.Update(t.Context(), d.Clinic.Clinic.ID, func(ctx context.Context, tx storage.Tx) error {
				_, err := d.Book(ctx, tx, d.Actor(), r)
				return err
			})
			if err == nil {
				mu.Lock()
				won++
				mu.Unlock()
			} else if !errors.Is(err, booking.SlotTaken) {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if won != 1 {
		t.Errorf("%d of 40 overlapping bookings were made, want 1", won)
	}
	if got := raw(t, d.dsn, "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()"); got != "0" {
		t.Errorf("%s deadlocks", got)
	}
}

// Bookings that lock nothing in both orders, by a program that forgot: each comes
// through.
func TestForgottenLocks(t *testing.T) {
	d := newDesk(t, nil)
	var wg sync.WaitGroup
	for i := range 20 {
		wg.Go(func() {
			a, b := d.Booking("a", 0), d.Booking("b", 0)
			a.ID, b.ID = timebok.New[booking.Booking](timebok.Source{}), timebok.New[booking.Booking](timebok.Source{})
			a.Time = timebok.Lasting(storagetest.Monday.Add(time.Duration(i)*time.Hour), time.Hour)
			b.Time, b.Practitioner = a.Time, d.Kari.ID
			err := d.Update(t.Context(), d.Clinic.Clinic.ID, func(_ context.Context, tx storage.Tx) error {
				if i%2 == 0 {
					a, b = b, a
				}
				tx.Save(a, b)
				return nil
			})
			if err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
}

// Where nothing may be prepared, as behind PgBouncer, the whole suite holds.
func TestWithoutPreparedStatements(t *testing.T) {
	storagetest.Run(t, func(t *testing.T) storage.Driver {
		pool := newPool(t, newDatabase(t), func(c *pgxpool.Config) {
			c.ConnConfig.DefaultQueryExecMode = pgx.QueryExecModeExec
			c.ConnConfig.RuntimeParams["timezone"] = "America/St_Johns"
		})
		d, err := postgres.New(t.Context(), pool, nil)
		if err != nil {
			t.Fatal(err)
		}
		return d
	}, &storagetest.Options{Volatile: true}) // TestDriver reopens
}

// With nothing but plain SQL, in a schema of its own, the whole suite holds.
func TestPlainSQL(t *testing.T) {
	o := &postgres.Options{Schema: "own", WithoutExclusion: true, WithoutTriggers: true}
	plain := templateOf(o)
	storagetest.Run(t, func(t *testing.T) storage.Driver { return open(t, plain.Database(t), o) }, &storagetest.Options{Volatile: true}) // TestDriver reopens
}
