package insurance_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"strconv"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/rickb777/date"
	"github.com/timebok/timebok"
	"github.com/timebok/timebok/insurance"
	"github.com/timebok/timebok/insurance/networktest"
	"github.com/timebok/timebok/internal/pgtest"
	"github.com/timebok/timebok/storage"
	"github.com/timebok/timebok/storage/memory"
	"github.com/timebok/timebok/storage/postgres"
	"github.com/timebok/timebok/storage/storagetest"
)

func TestMain(m *testing.M) { os.Exit(pgtest.Run(m)) } // PostgreSQL is started by the benchmark alone

// stores are the backends of the benchmarks.
var stores = []struct {
	name string
	open func(tb testing.TB) storage.Driver
}{
	{"memory", func(testing.TB) storage.Driver { return memory.New() }},
	{"sqlite", openSQLite},
	{"postgres", openPostgres},
}

func openPostgres(tb testing.TB) storage.Driver {
	return must(postgres.Open(tb.Context(), migrated.Database(tb), nil))
}

var migrated = pgtest.Template{Prepare: func(dsn string) error {
	ctx := context.Background()
	conn, err := pgx.Connect(ctx, dsn)
	if err != nil {
		return err
	}
	return errors.Join(postgres.Migrate(ctx, conn, nil), conn.Close(ctx))
}}

// benchEvents is how many events a benchmark takes in.
func benchEvents() int {
	if testing.Short() {
		return 500
	}
	return 10_000
}

// BenchmarkIntake takes in 10,000 events with 30 % duplicates: bookings of 400
// clients in cases of up to ten sessions, of which every fifth is moved and every
// tenth called off.
func BenchmarkIntake(b *testing.B) {
	feed := benchFeed(benchEvents())
	eachStore(b, func(c *clinic) {
		tally, err := c.takeAll(feed)
		if err != nil || tally[insurance.Identical] != len(feed)*3/10 || tally[insurance.Quarantined] > 0 {
			c.Fatalf("%v, %v", tally, err)
		}
	})
}

// BenchmarkInsert is the floor under BenchmarkIntake: as many transactions that each
// insert one inbox entry, and do nothing else.
func BenchmarkInsert(b *testing.B) {
	eachStore(b, func(c *clinic) {
		for i := range benchEvents() {
			entry := insurance.Received{
				Version: 1, Network: timebok.Behandlernettverk, Event: strconv.Itoa(i), External: "B",
				Source: 1, At: storagetest.Monday, Result: insurance.New,
			}
			c.save(entry)
		}
	})
}

func eachStore(b *testing.B, run func(c *clinic)) {
	for _, s := range stores {
		b.Run(s.name, func(b *testing.B) {
			for b.Loop() {
				b.StopTimer()
				c := newClinic(b, s.open(b), nil)
				b.StartTimer()
				run(c)
			}
			b.ReportMetric(float64(benchEvents())*float64(b.N)/b.Elapsed().Seconds(), "events/s")
		})
	}
}

// benchFeed is a feed of so many events, of which 30 % are repeats.
func benchFeed(events int) []insurance.Event {
	network := networktest.New(&networktest.Options{Terms: true})
	dice := rand.New(rand.NewPCG(1, 2))
	for i, at := 0, 0; len(network.History()) < events*7/10; i++ {
		n := i / 12
		number, day := fmt.Sprintf("CASE%d", n), born.Add(date.PeriodOfDays(n))
		if i%12 == 0 {
			network.AddCase(networktest.NewCase(number, day))
		}
		w := wish(at)
		w.CaseNumber, w.Client = number, networktest.NewPerson(fmt.Sprintf("Klient %d Prøve", n), day)
		e := network.Book(w)
		at++
		if i%5 == 0 {
			network.Move(e.Booking.ID, slot(at))
			at++
		}
		if i%10 == 1 || i%12 > 9 {
			network.Cancel(e.Booking.ID)
		}
	}
	history := network.History()[:events*7/10]
	var feed []insurance.Event
	for i, e := range history {
		feed = append(feed, e)
		if i*3%7 < 3 {
			feed = append(feed, history[dice.IntN(i+1)])
		}
	}
	return feed
}
