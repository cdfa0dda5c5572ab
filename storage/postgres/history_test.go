package postgres_test

import (
	"context"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/timebok/timebok"
	"github.com/timebok/timebok/booking"
	"github.com/timebok/timebok/storage"
	"github.com/timebok/timebok/storage/storagetest"
)

var hits = regexp.MustCompile(`Buffers: shared hit=(\d+)`)

// pagesOf is how many pages of tables and indexes the costliest query of bookings
// touched since the last call.
func (d *desk) pagesOf(t *testing.T, run func(ctx context.Context, tx storage.Tx) error) (most int, sql string) {
	t.Helper()
	d.sent.take()
	d.update(t, run)
	conn, err := pgx.Connect(t.Context(), d.dsn)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(t.Context())
	for _, trip := range d.sent.take() {
		for _, statement := range trip {
			if !strings.HasPrefix(statement, "SELECT") || !strings.Contains(statement, " FROM booking") {
				continue
			}
			for range 2 { // the first time it may read from disk
				rows, err := conn.Query(t.Context(), "EXPLAIN (ANALYZE, BUFFERS) "+statement, d.sent.args[statement]...)
				lines, err2 := pgx.CollectRows(rows, pgx.RowTo[string])
				if err != nil || err2 != nil {
					t.Fatal(err, err2)
				}
				if m := hits.FindStringSubmatch(strings.Join(lines, "\n")); m != nil {
					if n, _ := strconv.Atoi(m[1]); n > most {
						most, sql = n, statement+"\n"+strings.Join(lines, "\n")
					}
				}
			}
		}
	}
	return most, sql
}

// importYears fills the database with sessions of one practitioner, client and series,
// each hour up to Monday.
func (d *desk) importYears(t *testing.T) {
	t.Helper()
	const years = 20_000
	report, err := d.driver.Import(t.Context(), d.Clinic.Clinic.ID, func(yield func(timebok.Record, error) bool) {
		for i := range years {
			b := d.Booking("", 0)
			b.ID = timebok.New[booking.Booking](timebok.Source{})
			b.Series = d.Case.ID
			b.Time = timebok.Lasting(storagetest.Monday.Add(-time.Duration(years-i)*time.Hour), 45*time.Minute)
			if !yield(b, nil) {
				return
			}
		}
	}, nil)
	if err != nil || report.Added != years {
		t.Fatal(report.Added, err)
	}
}

// What is asked of a practitioner's, a client's or a series' week or page is read
// without their years before.
func TestHistoryIsNotRead(t *testing.T) {
	d := newDesk(t, nil)
	d.importYears(t)
	week := timebok.Lasting(storagetest.Monday.Add(-24*time.Hour), 48*time.Hour)
	late := d.Booking("", 0)
	late.Time = timebok.Lasting(storagetest.Monday.Add(-30*time.Hour), time.Hour)
	for _, tt := range []struct {
		name string
		run  func(ctx context.Context, tx storage.Tx) error
	}{
		{"LoadBooking", func(ctx context.Context, tx storage.Tx) error {
			_, err := tx.LoadBooking(ctx, booking.Needs{Practitioner: d.Anne.ID, Within: week})
			return err
		}},
		{"LoadCalendars", func(ctx context.Context, tx storage.Tx) error {
			_, err := tx.LoadCalendars(ctx, []timebok.PractitionerID{d.Anne.ID, d.Kari.ID}, week)
			return err
		}},
		{"a practitioner's week", func(ctx context.Context, tx storage.Tx) error {
			return drain(tx.Bookings(ctx, booking.Filter{Practitioners: []timebok.PractitionerID{d.Anne.ID}, Within: week}))
		}},
		{"the clinic's week", func(ctx context.Context, tx storage.Tx) error {
			return drain(tx.Bookings(ctx, booking.Filter{Within: week}))
		}},
		{"a client's week", func(ctx context.Context, tx storage.Tx) error {
			return drain(tx.Bookings(ctx, booking.Filter{Client: d.Ola.ID, Within: week}))
		}},
		{"the page of a client's after one", func(ctx context.Context, tx storage.Tx) error {
			return drain(tx.Bookings(ctx, booking.Filter{Client: d.Ola.ID, After: &late, Limit: 10}))
		}},
		{"the page of a series' after one, in a week", func(ctx context.Context, tx storage.Tx) error {
			return drain(tx.Bookings(ctx, booking.Filter{Series: d.Case.ID, After: &late, Within: week, Limit: 10}))
		}},
		{"the page of the clinic's after one", func(ctx context.Context, tx storage.Tx) error {
			return drain(tx.Bookings(ctx, booking.Filter{After: &late, Limit: 10}))
		}},
	} {
		if pages, sql := d.pagesOf(t, tt.run); pages == 0 || pages > 60 {
			t.Errorf("%s touches %d pages:\n%s", tt.name, pages, sql)
		}
	}
}

// The searches of a booking, and of one for free time, are not planned again and again.
func TestPlansAreKept(t *testing.T) {
	d := newDesk(t, func(c *pgxpool.Config) { c.MaxConns = 1 })
	d.importYears(t)
	for i := range 12 {
		d.update(t, func(ctx context.Context, tx storage.Tx) error {
			at := timebok.Lasting(storagetest.Monday.Add(time.Duration(i)*time.Hour), time.Hour)
			_, err := tx.LoadCalendars(ctx, []timebok.PractitionerID{d.Anne.ID, d.Kari.ID}, at)
			return err
		})
		d.update(t, func(ctx context.Context, tx storage.Tx) error {
			_, err := d.Book(ctx, tx, d.Actor(), d.Request(storagetest.Monday.Add(time.Duration(i+1)*time.Hour)))
			return err
		})
	}
	rows, _ := d.pool.Query(t.Context(), "SELECT custom_plans, generic_plans, statement FROM pg_prepared_statements WHERE statement LIKE '%occupied_from < $5%'")
	kept := 0
	var custom, generic int
	var sql string
	if _, err := pgx.ForEachRow(rows, []any{&custom, &generic, &sql}, func() error {
		if custom > 5 { // so often the server tries what a plan for the values is worth
			t.Errorf("planned %d times, and carried out %d times by a plan that is kept:\n%s", custom, generic, sql)
		}
		if custom > 0 && generic > 0 {
			kept++
		}
		return nil
	}); err != nil || kept != 2 {
		t.Errorf("%d searches have a plan that is kept, want 2; %v", kept, err)
	}
}
