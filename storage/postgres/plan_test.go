package postgres_test

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/rickb777/date"
	"github.com/timebok/timebok"
	"github.com/timebok/timebok/booking"
	"github.com/timebok/timebok/insurance"
	"github.com/timebok/timebok/internal/sqlrow"
	"github.com/timebok/timebok/invoice"
	"github.com/timebok/timebok/series"
	"github.com/timebok/timebok/storage"
	"github.com/timebok/timebok/storage/postgres"
	"github.com/timebok/timebok/storage/storagetest"
)

// growing are the tables that grow with the years, with what makes a copy of a row
// another one.
var growing = map[string]string{
	"booking": "practitioner_id = gen_random_uuid(), client_id = gen_random_uuid(), series_id = gen_random_uuid(), starts = t.starts + n * interval '1 hour', ends = t.ends + n * interval '1 hour'",
	"client":  "", "absence": "practitioner_id = gen_random_uuid()", "document": "", "network_booking": "",
	"series":        "case_number = n::text, client_id = gen_random_uuid()",
	"audit":         "client_id = gen_random_uuid(), on_id = gen_random_uuid(), at = t.at + n * interval '1 hour'",
	"message":       "due = t.due + n * interval '1 hour', client_id = gen_random_uuid()",
	"invoice":       "number = n, client_id = gen_random_uuid(), series_id = gen_random_uuid()",
	"network_event": "received_at = t.received_at + n * interval '1 hour'",
}

// grow copies the rows of the growing tables until there are some thousand, in
// several clinics.
func grow(t *testing.T, dsn string) {
	t.Helper()
	for table, changes := range growing {
		columns := sqlrow.BulkOf(kindOf(table)).Columns()
		values := slices.Clone(columns)
		for i, name := range columns {
			values[i] = "t." + name
			switch name {
			case "clinic_id":
				values[i] = "CASE WHEN n % 3 = 0 THEN t.clinic_id ELSE md5((n % 7)::text)::uuid END"
			case "id":
				values[i] = "gen_random_uuid()"
			}
			if m := regexp.MustCompile(`(?:^|, )` + name + ` = (.*?)(?:, \w+ = |$)`).FindStringSubmatch(changes); m != nil {
				values[i] = m[1]
			}
		}
		raw(t, dsn, fmt.Sprintf("INSERT INTO %s (%s) SELECT %s FROM (SELECT * FROM %s LIMIT 1) t, generate_series(1, 6000) n",
			table, strings.Join(columns, ", "), strings.Join(values, ", "), table))
		if n := raw(t, dsn, "SELECT count(*) > 5000 FROM "+table); n != "t" {
			t.Fatalf("%s did not grow", table)
		}
	}
	raw(t, dsn, "ANALYZE")
}

func kindOf(table string) timebok.Kind {
	for _, k := range storage.Kinds() {
		if sqlrow.BulkOf(k).Name() == table {
			return k
		}
	}
	return ""
}

var (
	seqScan    = regexp.MustCompile(`Seq Scan on (\w+)`)
	clinicOnly = regexp.MustCompile(`Index (?:Only )?Scan (?:Backward )?using \w+ on (\w+).*\n\s+Index Cond: \(clinic_id = \$1\)\n`)
)

// No statement reads more of a growing table than it answers with: it searches an
// index for more than the clinic, or reads one in its order, page by page.
func TestQueryPlans(t *testing.T) {
	d := newDesk(t, nil)
	saveEach(t, d)
	grow(t, d.dsn)
	d.sent.take()
	readAll(t, d)
	conn, err := pgx.Connect(t.Context(), d.dsn)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(t.Context())
	if _, err := conn.Exec(t.Context(), "SET plan_cache_mode = force_generic_plan"); err != nil {
		t.Fatal(err)
	}
	statements := postgres.WriteSQL(d.driver)
	for _, trip := range d.sent.take() {
		statements = append(statements, trip...)
	}
	slices.Sort(statements)
	checked := 0
	for _, sql := range slices.Compact(statements) {
		if word, _, _ := strings.Cut(sql, " "); !strings.Contains("SELECT UPDATE DELETE INSERT WITH", word) {
			continue
		}
		checked++
		plan := planOf(t, conn, sql)
		if m := seqScan.FindStringSubmatch(plan); m != nil {
			if _, grows := growing[m[1]]; grows {
				t.Errorf("%s\nreads all of %s:\n%s", sql, m[1], plan)
			}
		}
		paged := strings.Contains(sql, " LIMIT $")
		for _, m := range clinicOnly.FindAllStringSubmatch(plan, -1) {
			if _, grows := growing[m[1]]; grows && (!paged || strings.Contains(plan, "Sort")) {
				t.Errorf("%s\nreads all of the clinic's %s:\n%s", sql, m[1], plan)
			}
		}
	}
	if checked < 150 {
		t.Errorf("only %d statements were looked at", checked)
	}
}

func planOf(t *testing.T, conn *pgx.Conn, sql string) string {
	t.Helper()
	params := 0
	for n := 1; strings.Contains(sql, fmt.Sprintf("$%d", n)); n++ {
		params = n
	}
	list := ""
	if params > 0 {
		list = "(" + strings.TrimSuffix(strings.Repeat("NULL, ", params), ", ") + ")"
	}
	results, err := conn.PgConn().Exec(t.Context(), "PREPARE x AS "+sql+"; EXPLAIN (COSTS OFF) EXECUTE x"+list+"; DEALLOCATE x").ReadAll()
	if err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
	var lines []string
	for _, row := range results[1].Rows {
		lines = append(lines, string(row[0]))
	}
	return strings.Join(lines, "\n") + "\n"
}

// saveEach saves a record of each growing kind that the clinic has none of.
func saveEach(t *testing.T, d *desk) {
	d.update(t, func(_ context.Context, tx storage.Tx) error {
		tx.Save(d.Booking("b", 0), booking.Absence{ID: booking.AbsenceID{1}, Version: 1, Practitioner: d.Anne.ID},
			invoice.Document{Invoice: invoice.ID{1}}, insurance.External{Network: "n", ID: "x", Version: 1},
			timebok.Audit(d.Source, d.Actor(), "x", d.Ola, d.Ola.ID), timebok.Message{ID: timebok.MessageID{1}, Due: storagetest.Monday},
			invoice.Invoice{ID: invoice.ID{1}, Version: 1, Party: d.Company.ID},
			insurance.Received{Network: "n", Event: "e", Version: 1, Result: insurance.Quarantined, At: storagetest.Monday})
		return nil
	})
}

// readAll makes the backend say every query that it knows, by every filter.
func readAll(t *testing.T, d *desk) {
	t.Helper()
	all := func(err error) {
		t.Helper()
		if err != nil {
			t.Error(err)
		}
	}
	d.update(t, func(ctx context.Context, tx storage.Tx) error {
		readRecords(ctx, d, tx, all)
		for i := range 1 << 7 {
			f := booking.Filter{Limit: 10}
			choose(i, 0, func() { f.Practitioners = []timebok.PractitionerID{d.Anne.ID} })
			choose(i, 1, func() { f.Practitioners = append(f.Practitioners, d.Kari.ID, d.Left.ID) })
			choose(i, 2, func() { f.Client = d.Ola.ID })
			choose(i, 3, func() { f.Series = d.Case.ID })
			choose(i, 4, func() { f.Within = timebok.Lasting(storagetest.Monday, time.Hour) })
			choose(i, 5, func() { f.States = []booking.State{booking.Booked} })
			choose(i, 6, func() { f.After = &booking.Booking{} })
			all(drain(tx.Bookings(ctx, f)))
		}
		for i := range 1 << 5 {
			f := invoice.Filter{Limit: 10}
			choose(i, 0, func() { f.Party = d.Company.ID })
			choose(i, 1, func() { f.Client = d.Ola.ID })
			choose(i, 2, func() { f.Series = d.Case.ID })
			choose(i, 3, func() { f.States = []invoice.State{invoice.Issued} })
			choose(i, 4, func() { f.After = &invoice.Invoice{Number: 1} })
			all(drain(tx.Invoices(ctx, f)))
		}
		for i := range 1 << 3 {
			f, m := storage.AuditFilter{Limit: 10}, storage.MessageFilter{Limit: 10}
			choose(i, 0, func() { f.Client, m.Client = d.Ola.ID, d.Ola.ID })
			choose(i, 1, func() { f.On, m.Kind = d.Ola.Ref(), "x" })
			choose(i, 2, func() { f.After, m.Buried = &timebok.AuditEntry{}, new(bool) })
			all(drain(tx.Audit(ctx, f)))
			all(drain(tx.Messages(ctx, m)))
		}
		_ = tx.Requeue(ctx, timebok.MessageID{2}, storagetest.Monday)
		return nil
	})
	for _, kinds := range [][]timebok.MessageKind{nil, {"x"}} {
		_, err := d.Lease(t.Context(), storage.LeaseRequest{Token: "t", Kinds: kinds, Limit: 10, Now: storagetest.Monday.Add(-time.Hour)})
		all(err)
	}
	k := storage.LeaseKey{Token: "t"}
	for _, settle := range []func() (bool, error){
		func() (bool, error) { return d.Done(t.Context(), k) },
		func() (bool, error) { return d.Retry(t.Context(), k, storagetest.Monday, "") },
		func() (bool, error) { return d.Store.Bury(t.Context(), k, "") },
	} {
		_, err := settle()
		all(err)
	}
}

// readRecords reads all that is not a filtered list.
func readRecords(ctx context.Context, d *desk, tx storage.Tx, all func(error)) {
	in := timebok.Lasting(storagetest.Monday, 24*time.Hour)
	_, err := tx.LoadBooking(ctx, booking.Needs{
		Booking: booking.ID{1}, Practitioner: d.Anne.ID, Client: d.Ola.ID, Service: d.Talk.ID, Series: d.Case.ID, Within: in,
	})
	all(err)
	_, err = tx.LoadCalendars(ctx, []timebok.PractitionerID{d.Anne.ID, d.Kari.ID}, in)
	all(err)
	_, err = tx.LoadIntake(ctx, insurance.IntakeNeeds{
		Network: timebok.Behandlernettverk, Event: "e", External: "x", Case: d.Case.Case, Practitioner: "p", Treatment: "t",
		PayerOrg: d.Insurer.Org, BirthDate: &date.Date{}, BirthNumber: d.Ola.BirthNumber, Client: d.Ola.ID,
	})
	all(err)
	for _, n := range []invoice.Needs{{Series: d.Case.ID}, {Client: timebok.ClientID{1}}, {Party: d.Company.ID, Invoice: invoice.ID{1}}} {
		_, err = tx.LoadInvoicing(ctx, n)
		all(err)
	}
	_, _ = tx.Document(ctx, invoice.ID{1})
	_, _ = tx.Received(ctx, insurance.ReceivedID{1})
	_, _ = tx.Series(ctx, series.ID{1})
	all(drain(tx.Clients(ctx, timebok.ClientID{}, 10)))
	all(drain(tx.PriceAgreements(ctx)))
	all(drain(tx.SeriesOf(ctx, d.Ola.ID)))
	all(drain(tx.Absences(ctx, d.Anne.ID, in)))
	for range tx.Quarantine(ctx) {
		break
	}
}

// choose calls set if the bit of the number is set.
func choose(number, bit int, set func()) {
	if number&(1<<bit) != 0 {
		set()
	}
}

func drain[T any](list func(func(T, error) bool)) (err error) {
	for _, e := range list {
		err = e
	}
	return err
}
