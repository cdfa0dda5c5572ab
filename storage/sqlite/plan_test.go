package sqlite_test

import (
	"context"
	"database/sql/driver"
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/rickb777/date"
	"github.com/timebok/timebok"
	"github.com/timebok/timebok/booking"
	"github.com/timebok/timebok/insurance"
	"github.com/timebok/timebok/invoice"
	"github.com/timebok/timebok/series"
	"github.com/timebok/timebok/storage"
	"github.com/timebok/timebok/storage/sqlite"
	"github.com/timebok/timebok/storage/storagetest"
)

// growing are the tables that grow with the years, and b, as which the guard
// reads booking.
var growing = map[string]bool{
	"booking": true, "b": true, "client": true, "series": true, "audit": true, "message": true, "invoice": true,
	"network_event": true, "network_booking": true, "absence": true, "document": true,
}

var (
	fullScan   = regexp.MustCompile(`^SCAN (\w+)`)
	clinicOnly = regexp.MustCompile(`^SEARCH (\w+) USING .*\(clinic_id=\?\)$`)
)

// No statement reads more of a growing table than it answers with: it searches an
// index for more than the clinic, or reads one in its order, page by page.
func TestQueryPlans(t *testing.T) {
	d := newDesk(t)
	readAll(t, d)
	c := rawConn(t, d.path)
	defer c.Close()
	statements := append(d.tap.statements(), sqlite.WriteSQL()...)
	checked := 0
	for _, sql := range statements {
		if word, _, _ := strings.Cut(sql, " "); !strings.Contains("SELECT UPDATE DELETE INSERT", word) {
			continue
		}
		checked++
		for _, problem := range judgePlan(sql, planOf(t, c, sql)) {
			t.Errorf("%s\n%s", sql, problem)
		}
	}
	if checked < 150 {
		t.Errorf("only %d statements were looked at", checked)
	}
}

// The guard against overlaps reads one stretch of one practitioner's calendar.
func TestGuardPlan(t *testing.T) {
	d := newDesk(t)
	guards := rawText(t, d.path, "SELECT sql FROM sqlite_schema WHERE type = 'trigger' AND name LIKE 'booking_overlap%'")
	probes := regexp.MustCompile(`(?s)SELECT 1 FROM booking b.*?b\.id <> NEW\.id`).FindAllString(guards, -1)
	if len(probes) != 2 {
		t.Fatalf("%d probes in:\n%s", len(probes), guards)
	}
	c := rawConn(t, d.path)
	defer c.Close()
	for _, probe := range probes {
		sql := regexp.MustCompile(`NEW\.\w+`).ReplaceAllString(probe, "?")
		plan := planOf(t, c, sql)
		if want := "(clinic_id=? AND practitioner_id=? AND starts>? AND starts<?)"; !strings.Contains(plan[0], want) {
			t.Errorf("%s\n%v, want a search for %s", sql, plan, want)
		}
	}
}

// judgePlan returns what is wrong with a plan.
func judgePlan(sql string, plan []string) (bad []string) {
	text := strings.Join(plan, "\n")
	sorts := strings.Contains(text, "USE TEMP B-TREE FOR ORDER BY")
	paged := strings.HasSuffix(sql, " LIMIT ?")
	for _, step := range plan {
		if m := fullScan.FindStringSubmatch(step); m != nil && growing[m[1]] && !strings.Contains(step, "INDEX message_due") {
			bad = append(bad, "reads all of "+m[1]+":\n"+text)
		}
		if m := clinicOnly.FindStringSubmatch(step); m != nil && growing[m[1]] && (sorts || !paged) {
			bad = append(bad, "reads all of the clinic's "+m[1]+":\n"+text)
		}
	}
	// The invoices of one client or series are few.
	few := strings.Contains(sql, "FROM invoice") &&
		(strings.Contains(sql, "AND client_id = ?") || strings.Contains(sql, "AND series_id = ?"))
	if paged && sorts && !few {
		bad = append(bad, "sorts for each page:\n"+text)
	}
	return bad
}

func planOf(t *testing.T, c driver.Conn, sql string) []string {
	t.Helper()
	var plan []string
	for _, row := range rawRows(t, c, "EXPLAIN QUERY PLAN "+sql, strings.Count(sql, "?")) {
		plan = append(plan, fmt.Sprint(row[3]))
	}
	return plan
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
	err := d.Update(t.Context(), d.Clinic.ID, func(ctx context.Context, tx storage.Tx) error {
		readRecords(ctx, d, tx, all)
		for f := range bookingFilters(d) {
			all(drain(tx.Bookings(ctx, f)))
		}
		for i := range 1 << 5 {
			f := invoice.Filter{}
			choose(i, 0, func() { f.Party = d.Company.ID })
			choose(i, 1, func() { f.Client = d.Ola.ID })
			choose(i, 2, func() { f.Series = d.Case.ID })
			choose(i, 3, func() { f.States = []invoice.State{invoice.Issued} })
			choose(i, 4, func() { f.After = &invoice.Invoice{Number: 1} })
			all(drain(tx.Invoices(ctx, f)))
		}
		all(drain(tx.Invoices(ctx, invoice.Filter{After: &invoice.Invoice{}})))
		for i := range 1 << 3 {
			f, m := storage.AuditFilter{}, storage.MessageFilter{}
			choose(i, 0, func() { f.Client, m.Client = d.Ola.ID, d.Ola.ID })
			choose(i, 1, func() { f.On, m.Kind = d.Ola.Ref(), "x" })
			choose(i, 2, func() { f.After, m.Buried = &timebok.AuditEntry{}, new(bool) })
			all(drain(tx.Audit(ctx, f)))
			all(drain(tx.Messages(ctx, m)))
		}
		_ = tx.Requeue(ctx, timebok.MessageID{1}, storagetest.Monday)
		return nil
	})
	all(err)
	for _, kinds := range [][]timebok.MessageKind{nil, {"x"}} {
		_, err := d.Lease(t.Context(), storage.LeaseRequest{Token: "t", Kinds: kinds})
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
	session := d.Booking("planned", time.Hour)
	session.Series = d.Case.ID
	tx.Save(session)
	_, err := tx.LoadBooking(ctx, booking.Needs{
		Booking: session.ID, Practitioner: d.Anne.ID, Client: d.Ola.ID, Service: d.Talk.ID, Series: d.Case.ID, Within: in,
	})
	all(err)
	_, err = tx.LoadCalendars(ctx, []timebok.PractitionerID{d.Anne.ID, d.Kari.ID}, in)
	all(err)
	_, err = tx.LoadIntake(ctx, insurance.IntakeNeeds{
		Network: timebok.Behandlernettverk, Event: "e", External: "x", Case: d.Case.Case, Practitioner: "p", Treatment: "t",
		PayerOrg: d.Insurer.Org, BirthDate: &date.Date{}, BirthNumber: d.Ola.BirthNumber, Client: d.Ola.ID,
	})
	all(err)
	for _, n := range []invoice.Needs{{Series: d.Case.ID}, {Client: d.Ola.ID}, {Party: d.Company.ID, Invoice: invoice.ID{1}}} {
		_, err = tx.LoadInvoicing(ctx, n)
		all(err)
	}
	_, _ = tx.Document(ctx, invoice.ID{1})
	_, _ = tx.Received(ctx, insurance.ReceivedID{1})
	_, _ = tx.Series(ctx, series.ID{1})
	all(drain(tx.Clients(ctx, timebok.ClientID{}, 0)))
	all(drain(tx.PriceAgreements(ctx)))
	all(drain(tx.SeriesOf(ctx, d.Ola.ID)))
	all(drain(tx.Absences(ctx, d.Anne.ID, in)))
	all(drain(tx.Quarantine(ctx)))
}

// bookingFilters yields filters of every combination of fields.
func bookingFilters(d *desk) func(func(booking.Filter) bool) {
	return func(yield func(booking.Filter) bool) {
		for i := range 1 << 7 {
			f := booking.Filter{}
			choose(i, 0, func() { f.Practitioners = []timebok.PractitionerID{d.Anne.ID} })
			choose(i, 1, func() { f.Practitioners = append(f.Practitioners, d.Kari.ID, d.Left.ID) })
			choose(i, 2, func() { f.Client = d.Ola.ID })
			choose(i, 3, func() { f.Series = d.Case.ID })
			choose(i, 4, func() { f.Within = timebok.Lasting(storagetest.Monday, time.Hour) })
			choose(i, 5, func() { f.States = []booking.State{booking.Booked} })
			choose(i, 6, func() { f.After = &booking.Booking{} })
			if !yield(f) {
				return
			}
		}
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
