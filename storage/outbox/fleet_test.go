package outbox_test

import (
	"context"
	"math/rand/v2"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/timebok/timebok"
	"github.com/timebok/timebok/internal/pgtest"
	"github.com/timebok/timebok/storage"
	"github.com/timebok/timebok/storage/memory"
	"github.com/timebok/timebok/storage/outbox"
	"github.com/timebok/timebok/storage/postgres"
	"github.com/timebok/timebok/storage/sqlite"
	"github.com/timebok/timebok/storage/storagetest"
)

func TestMain(m *testing.M) { os.Exit(pgtest.Run(m)) }

// backends make an empty database of each kind, and open it for each instance of a
// program.
var backends = []struct {
	name string
	make func(tb testing.TB) (open func() storage.Driver)
}{
	{"memory", func(testing.TB) func() storage.Driver {
		d := memory.New()
		return func() storage.Driver { return d }
	}},
	{"sqlite", func(tb testing.TB) func() storage.Driver {
		path := filepath.Join(tb.TempDir(), "timebok.db")
		if err := sqlite.Migrate(tb.Context(), path, nil); err != nil {
			tb.Fatal(err)
		}
		return func() storage.Driver {
			d, err := sqlite.Open(path, nil)
			return opened(tb, d, err)
		}
	}},
	{"postgres", func(tb testing.TB) func() storage.Driver {
		dsn := pgtest.Database(tb)
		pool, err := pgxpool.New(tb.Context(), dsn)
		if err != nil {
			tb.Fatal(err)
		}
		defer pool.Close()
		if err := postgres.Migrate(tb.Context(), pool, nil); err != nil {
			tb.Fatal(err)
		}
		return func() storage.Driver {
			d, err := postgres.Open(tb.Context(), dsn, nil)
			return opened(tb, d, err)
		}
	}},
}

func opened(tb testing.TB, d storage.Driver, err error) storage.Driver {
	tb.Helper()
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { _ = d.Close() })
	return d
}

// Four relays on one database, each with a driver of its own, perform every message,
// and none of them twice at a time, although a fifth died with what it had leased and
// handlers fail now and then.
func TestFleet(t *testing.T) {
	const messages, relays = 400, 4
	for _, b := range backends {
		t.Run(b.name, func(t *testing.T) {
			open := b.make(t)
			dead := storage.New(open(), nil)
			fill(t, dead, messages)
			now := time.Now()
			if taken, err := dead.Lease(t.Context(), storage.LeaseRequest{Token: "dead", Limit: 50, Now: now, Until: now.Add(300 * time.Millisecond)}); err != nil || len(taken) != 50 {
				t.Fatalf("leased %d, %v", len(taken), err)
			}
			ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
			defer cancel()
			var (
				mu      sync.Mutex
				working = map[timebok.MessageID]bool{}
				done    = map[timebok.MessageID]int{}
			)
			handler := timebok.HandlerFunc(func(_ context.Context, d timebok.Delivery) error {
				mu.Lock()
				if working[d.ID] {
					t.Errorf("message %v is performed by two at a time", d.ID)
				}
				working[d.ID] = true
				mu.Unlock()
				time.Sleep(rand.N(200 * time.Microsecond))
				mu.Lock()
				defer mu.Unlock()
				delete(working, d.ID)
				if rand.IntN(10) == 0 {
					return timebok.ErrUnavailable
				}
				done[d.ID]++
				return nil
			})
			var wg sync.WaitGroup
			for range relays {
				r := &outbox.Relay{
					Store: storage.New(open(), nil), Handlers: map[timebok.MessageKind]timebok.Handler{"test": handler}, MaxAttempts: 100,
					Backoff: func(int) time.Duration { return time.Microsecond },
				}
				wg.Go(func() {
					for left := messages; left > 0; {
						if _, err := r.RunOnce(ctx); err != nil {
							t.Error(err)
							return
						}
						mu.Lock()
						left = messages - len(done)
						mu.Unlock()
					}
				})
			}
			wg.Wait()
			if len(done) != messages {
				t.Errorf("%d of %d messages are done", len(done), messages)
			}
			for id, n := range done {
				if n != 1 {
					t.Errorf("message %v was done %d times", id, n)
				}
			}
		})
	}
}

// BenchmarkFleet measures four relays with handlers that do nothing.
func BenchmarkFleet(b *testing.B) {
	for _, backend := range backends {
		b.Run(backend.name, func(b *testing.B) {
			open := backend.make(b)
			fill(b, storage.New(open(), nil), b.N)
			var (
				mu   sync.Mutex
				done int
				wg   sync.WaitGroup
			)
			b.ResetTimer()
			for range 4 {
				r := &outbox.Relay{Store: storage.New(open(), nil), Batch: 100, Handlers: map[timebok.MessageKind]timebok.Handler{
					"test": timebok.HandlerFunc(func(context.Context, timebok.Delivery) error { return nil }),
				}}
				wg.Go(func() {
					for left := b.N; left > 0; {
						report, err := r.RunOnce(b.Context())
						if err != nil {
							b.Error(err)
							return
						}
						mu.Lock()
						done += report.Done
						left = b.N - done
						mu.Unlock()
					}
				})
			}
			wg.Wait()
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "messages/s")
		})
	}
}

// BenchmarkFleetRaw is the limit on PostgreSQL beside BenchmarkFleet: four workers
// that do nothing but claim a hundred rows with SKIP LOCKED and delete them at once.
func BenchmarkFleetRaw(b *testing.B) {
	dsn := pgtest.Database(b)
	pool, err := pgxpool.New(b.Context(), dsn)
	if err != nil {
		b.Fatal(err)
	}
	defer pool.Close()
	if err := postgres.Migrate(b.Context(), pool, nil); err != nil {
		b.Fatal(err)
	}
	d, err := postgres.New(b.Context(), pool, nil)
	if err != nil {
		b.Fatal(err)
	}
	fill(b, storage.New(d, nil), b.N)
	const (
		claim = `WITH c AS (SELECT clinic_id, id FROM message WHERE due <= now() AND NOT buried AND (leased_until IS NULL OR leased_until <= now())
			ORDER BY due, id LIMIT 100 FOR UPDATE SKIP LOCKED)
			UPDATE message m SET leased_until = now() + interval '1 minute', lease_token = 'x', attempts = attempts + 1
			FROM c WHERE m.clinic_id = c.clinic_id AND m.id = c.id RETURNING m.id`
		remove = `DELETE FROM message WHERE clinic_id = $1 AND id = ANY($2) AND lease_token = 'x'`
	)
	clinic := [16]byte(storagetest.NewClinic("fleet").Clinic.ID)
	var wg sync.WaitGroup
	b.ResetTimer()
	for range 4 {
		wg.Go(func() {
			for {
				rows, err := pool.Query(b.Context(), claim)
				if err != nil {
					b.Error(err)
					return
				}
				ids, err := pgx.CollectRows(rows, pgx.RowTo[[16]byte])
				if err != nil {
					b.Error(err)
				}
				if len(ids) == 0 {
					return
				}
				if _, err := pool.Exec(b.Context(), remove, clinic, ids); err != nil {
					b.Error(err)
					return
				}
			}
		})
	}
	wg.Wait()
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "messages/s")
}

// fill leaves n messages that are due in a clinic.
func fill(tb testing.TB, s *storage.Store, n int) {
	tb.Helper()
	c := storagetest.NewClinic("fleet")
	for n > 0 {
		batch := min(n, 1000)
		err := s.Update(tb.Context(), c.Clinic.ID, func(_ context.Context, tx storage.Tx) error {
			for range batch {
				tx.Save(timebok.Message{
					ID: timebok.New[timebok.Message](timebok.Source{}), Kind: "test", About: c.Ola.Ref(), Due: storagetest.Monday,
				})
			}
			return nil
		})
		if err != nil {
			tb.Fatal(err)
		}
		n -= batch
	}
}
