package postgres_test

import (
	"context"
	"fmt"
	"reflect"
	"strings"
	"testing"

	"github.com/timebok/timebok"
	"github.com/timebok/timebok/internal/pgtest"
	"github.com/timebok/timebok/storage"
	"github.com/timebok/timebok/storage/postgres"
	"github.com/timebok/timebok/storage/storagetest"
)

// asks is what a booking asks the tables of settings.
func (d *desk) asks(t *testing.T) (tables []string) {
	t.Helper()
	d.sent.take()
	if _, err := d.look(t.Context()); err != nil {
		t.Fatal(err)
	}
	for _, trip := range d.sent.take() {
		for _, sql := range trip {
			for _, table := range append([]string{"clinic_stamp"}, settingTables...) {
				if strings.Contains(sql, " FROM "+table+" ") && !strings.Contains(sql, "SELECT 1 FROM "+table+" ") {
					tables = append(tables, table)
				}
			}
		}
	}
	return tables
}

// Who has the settings asks for nothing but the stamp, until it changes.
func TestStampIsAllThatIsAsked(t *testing.T) {
	d := newDesk(t, nil)
	want := []string{"clinic_stamp"}
	d.asks(t)
	for range 3 {
		if got := d.asks(t); !reflect.DeepEqual(got, want) {
			t.Errorf("asked for %v, want %v", got, want)
		}
		if _, err := d.tryBook(t.Context(), d.Case.ID); err != nil {
			t.Fatal(err)
		}
	}
	for _, c := range d.changes() {
		raw(t, d.dsn, c.sql)
		if got := d.asks(t); len(got) < 7 {
			t.Errorf("after a change of %s: asked for %v, want all", c.name, got)
		}
		if got := d.asks(t); !reflect.DeepEqual(got, want) {
			t.Errorf("then asked for %v, want %v", got, want)
		}
	}
	raw(t, d.dsn, "UPDATE client SET name = 'Ola'; UPDATE payer SET name = 'P'; UPDATE billing_party SET name = 'B'; UPDATE series SET name = 'S'")
	if got := d.asks(t); !reflect.DeepEqual(got, want) {
		t.Errorf("after what is no setting: asked for %v, want %v", got, want)
	}
	raw(t, d.dsn, "DELETE FROM clinic_stamp")
	for range 2 { // without a stamp nothing is known to be as it was
		if got := d.asks(t); len(got) < 7 {
			t.Errorf("without a stamp: asked for %v, want all", got)
		}
	}
}

// The settings of one clinic are not another's, though all IDs are the same.
func TestStampsOfTwoClinics(t *testing.T) {
	d := newDesk(t, nil)
	raw(t, d.dsn, d.changes()[3].sql)
	sister := *d
	c := *d.Clinic
	sister.Clinic = &c
	sister.Clinic.Clinic.ID = timebok.ClinicID{0xb}
	for _, table := range append([]string{"client", "series"}, settingTables...) {
		own := "id"
		if table == "clinic" {
			own = "'" + sister.Clinic.Clinic.ID.String() + "'::uuid"
		}
		raw(t, d.dsn, fmt.Sprintf("CREATE TEMP TABLE x AS SELECT * FROM %[1]s; UPDATE x SET clinic_id = '%[2]s', id = %[3]s; INSERT INTO %[1]s SELECT * FROM x",
			table, sister.Clinic.Clinic.ID, own))
	}
	for _, c := range d.changes() {
		if c.name == "absence" || c.name == "zone" {
			continue
		}
		before, _ := d.sees(t, c.name), sister.sees(t, c.name)
		sql := strings.Replace(c.sql, " WHERE", " WHERE true AND", 1)
		if !strings.Contains(sql, "WHERE") {
			sql += " WHERE true"
		}
		raw(t, d.dsn, sql+" AND clinic_id = '"+sister.Clinic.Clinic.ID.String()+"'")
		if got := d.asks(t); len(got) != 1 {
			t.Errorf("a change of the other clinic's %s makes this one ask for %v", c.name, got)
		}
		if got := d.sees(t, "the other clinic's "+c.name); !reflect.DeepEqual(got, before) {
			t.Errorf("the other clinic's %s is seen: %+v", c.name, got)
		}
		if got := sister.sees(t, "its "+c.name); reflect.DeepEqual(settingsOf(got), settingsOf(before)) {
			t.Errorf("a clinic does not see its own %s", c.name)
		}
	}
}

const ofOurs = `SELECT (SELECT count(*) FROM pg_class WHERE relname = 'clinic_stamp') || ' ' || (SELECT count(*) FROM pg_trigger WHERE tgname LIKE 'timebok%') || ' ' ||
	(SELECT count(*) FROM pg_proc WHERE proname LIKE 'timebok%')`

// Without triggers there is nothing of them in the schema, and every booking reads
// what is stored.
func TestWithoutTriggers(t *testing.T) {
	d := newDesk(t, nil)
	d.dsn = pgtest.Database(t)
	if err := migrate(d.dsn, &postgres.Options{WithoutTriggers: true}); err != nil {
		t.Fatal(err)
	}
	d.open(t, nil)
	d.Clinic.Save(t, d.Store)
	if got := raw(t, d.dsn, ofOurs); got != "0 0 0" {
		t.Errorf("tables, triggers and functions of stamps: %s", got)
	}
	for _, c := range d.changes() {
		before := d.sees(t, "nothing")
		raw(t, d.dsn, c.sql)
		if got := d.sees(t, c.name); reflect.DeepEqual(got, before) {
			t.Errorf("a change of %s does not show", c.name)
		}
	}
	// A later Migrate adds them, with a stamp for each clinic that is there.
	if err := migrate(d.dsn, nil); err != nil {
		t.Fatal(err)
	}
	if got := raw(t, d.dsn, ofOurs); got != "1 13 1" {
		t.Errorf("tables, triggers and functions of stamps: %s", got)
	}
	other := d.beside(t)
	other.asks(t)
	if got := other.asks(t); len(got) != 1 {
		t.Errorf("with triggers it asked for %v, want the stamp alone", got)
	}
}

// A driver that finds a trigger missing or switched off does without, and Migrate
// puts it back.
func TestTriggersSwitchedOff(t *testing.T) {
	d := newDesk(t, nil)
	for _, table := range settingTables {
		for _, off := range []string{
			"ALTER TABLE %s DISABLE TRIGGER timebok_stamp", "ALTER TABLE %s DISABLE TRIGGER timebok_stamp_all", "ALTER TABLE %s DISABLE TRIGGER USER",
			"ALTER TABLE %s ENABLE REPLICA TRIGGER timebok_stamp", "ALTER TABLE %s ENABLE TRIGGER timebok_stamp",
			"DROP TRIGGER timebok_stamp ON %s", "DROP TRIGGER timebok_stamp_all ON %s",
		} {
			off = fmt.Sprintf(off, table)
			d.sees(t, "all is on")
			raw(t, d.dsn, off)
			without := d.beside(t)
			for range 2 {
				raw(t, d.dsn, "SET session_replication_role = replica; UPDATE "+table+" SET version = version + 1")
				without.sees(t, off)
			}
			if err := migrate(d.dsn, nil); err != nil {
				t.Fatalf("Migrate after %s: %v", off, err)
			}
			d.sees(t, "Migrate after "+off)
			with := d.beside(t)
			with.asks(t)
			if got := with.asks(t); len(got) != 1 {
				t.Errorf("Migrate after %s: asked for %v, want the stamp alone", off, got)
			}
			for _, p := range []*desk{without, with} {
				p.pool.Close()
			}
		}
	}
}

// An erased clinic leaves no stamp.
func TestEraseTakesTheStamp(t *testing.T) {
	d := newDesk(t, nil)
	other := *d
	other.Clinic = storagetest.NewClinic("B")
	other.Clinic.Save(t, other.Store)
	d.sees(t, "nothing")
	if err := d.driver.Fence(t.Context(), d.Clinic.Clinic.ID); err != nil {
		t.Fatal(err)
	}
	if err := d.driver.Erase(t.Context(), d.Clinic.Clinic.ID); err != nil {
		t.Fatal(err)
	}
	if got, want := raw(t, d.dsn, "SELECT clinic_id FROM clinic_stamp"), other.Clinic.Clinic.ID.String(); got != want {
		t.Errorf("stamps of %q are left, want %q", got, want)
	}
	if err := d.driver.Unfence(t.Context(), d.Clinic.Clinic.ID); err != nil {
		t.Fatal(err)
	}
	d.sees(t, "Erase")
	d.Clinic.Save(t, d.Store)
	d.sees(t, "the clinic was made again")
}

// Two schemas of one database don't see each other's settings.
func TestStampsOfTwoSchemas(t *testing.T) {
	d := newDesk(t, nil)
	o := &postgres.Options{Schema: `other "one"`}
	if err := migrate(d.dsn, o); err != nil {
		t.Fatal(err)
	}
	second, err := postgres.New(t.Context(), d.pool, o)
	if err != nil {
		t.Fatal(err)
	}
	there := *d
	there.driver, there.Store = second, storage.New(second, nil)
	d.Clinic.Save(t, there.Store)
	for _, c := range d.changes() {
		if c.name == "price" {
			continue // the service is changed already
		}
		before, _ := d.sees(t, c.name), there.sees(t, c.name)
		there.update(t, func(_ context.Context, tx storage.Tx) error {
			tx.Save(c.record)
			return nil
		})
		if got := there.sees(t, c.name); reflect.DeepEqual(got, before) {
			t.Errorf("the %s of a schema is not seen in it", c.name)
		}
		if got := d.sees(t, c.name); !reflect.DeepEqual(got, before) {
			t.Errorf("the %s of another schema is seen", c.name)
		}
	}
	raw(t, d.dsn, `TRUNCATE "other ""one""".service`)
	if got := there.sees(t, "TRUNCATE"); got.Service != nil {
		t.Error("a service that was taken away is seen")
	}
}

// A program with rights on the settings alone changes the stamp all the same, and
// can't use the function for anything else.
func TestStampNeedsNoRights(t *testing.T) {
	d := newDesk(t, nil)
	d.asks(t)
	raw(t, d.dsn, "DROP ROLE IF EXISTS service_writer; CREATE ROLE service_writer; GRANT SELECT, UPDATE ON service TO service_writer")
	t.Cleanup(func() { raw(t, d.dsn, "DROP OWNED BY service_writer; DROP ROLE service_writer") })
	raw(t, d.dsn, "SET ROLE service_writer; UPDATE service SET price_ore = price_ore + 1")
	if got := d.asks(t); len(got) < 7 {
		t.Errorf("after a change by another role: asked for %v, want all", got)
	}
	if got := raw(t, d.dsn, "SELECT has_function_privilege('service_writer', 'timebok_stamp()', 'EXECUTE')"); got != "f" {
		t.Errorf("another role may use the function: %s", got)
	}
}
