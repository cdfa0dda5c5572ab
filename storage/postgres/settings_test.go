package postgres_test

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/rickb777/date"
	"github.com/rickb777/date/clock"
	"github.com/timebok/timebok/booking"
	"github.com/timebok/timebok/series"
	"github.com/timebok/timebok/storage"
)

// Whoever changes a setting, the very next booking of every process knows it.
func TestSettingsChange(t *testing.T) {
	d := newDesk(t, nil)
	restore, other := d.keep(t), d.beside(t)
	save := func(by *desk, c settingChange) {
		by.update(t, func(_ context.Context, tx storage.Tx) error {
			tx.Save(c.record)
			return nil
		})
	}
	for _, c := range d.changes() {
		for by, change := range map[string]func(){
			"itself":          func() { save(d, c) },
			"another process": func() { save(other, c) },
			"SQL":             func() { raw(t, d.dsn, c.sql) },
			"a replication":   func() { raw(t, d.dsn, "SET session_replication_role = replica; "+c.sql) },
		} {
			what := c.name + " changed by " + by
			of := series.ID{}
			if c.name == "agreement" {
				of = d.Case.ID
			}
			for _, who := range []*desk{d, other} {
				if made, err := who.tryBook(t.Context(), of); c.visible(made, err) {
					t.Fatalf("before %s: %v, %v", what, made, err)
				}
			}
			change()
			for _, who := range []*desk{d, other} {
				if made, err := who.tryBook(t.Context(), of); !c.visible(made, err) {
					t.Errorf("%s does not show: %v, %v", what, made, err)
				}
				who.sees(t, what)
			}
			restore()
			d.sees(t, "the way back from "+what)
		}
	}
}

// Every statement that changes a table of settings counts, also one that no trigger
// of a row is asked about.
func TestEveryStatementChangesSettings(t *testing.T) {
	d := newDesk(t, nil)
	raw(t, d.dsn, d.changes()[3].sql)
	restore := d.keep(t)
	conn, err := pgx.Connect(t.Context(), d.dsn)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close(context.Background()) })
	for _, role := range []string{"origin", "replica"} {
		for _, table := range settingTables {
			exec := func(sql string) {
				t.Helper()
				if _, err := conn.Exec(t.Context(), sql); err != nil {
					t.Fatalf("%s: %v", sql, err)
				}
			}
			exec("SET session_replication_role = " + role)
			before := d.sees(t, "the way back")
			step := func(what string, same bool, do func()) {
				t.Helper()
				do()
				what += " " + table + " as " + role
				if got := d.sees(t, what); reflect.DeepEqual(got, before) != same {
					t.Errorf("%s: what is seen is %+v, and was %+v", what, got, before)
				}
			}
			copyIn := func() {
				rows, err := conn.PgConn().Exec(t.Context(), "SELECT * FROM kept_"+table).ReadAll()
				if err != nil {
					t.Fatal(err)
				}
				var text strings.Builder
				for _, row := range rows[0].Rows {
					for i, cell := range row {
						if i > 0 {
							text.WriteByte('\t')
						}
						if cell == nil {
							text.WriteString(`\N`)
						}
						text.WriteString(strings.ReplaceAll(string(cell), `\`, `\\`))
					}
					text.WriteByte('\n')
				}
				if _, err := conn.PgConn().CopyFrom(t.Context(), strings.NewReader(text.String()), "COPY "+table+" FROM STDIN"); err != nil {
					t.Fatal(err)
				}
			}
			step("UPDATE", false, func() { exec("UPDATE " + table + " SET version = version + 1") })
			step("UPDATE back", true, func() { exec("UPDATE " + table + " SET version = version - 1") })
			step("moving the clinic of", false, func() { exec("UPDATE " + table + " SET clinic_id = md5(clinic_id::text)::uuid") })
			step("DELETE of the moved of", false, func() { exec("DELETE FROM " + table) })
			step("COPY to", true, copyIn)
			step("DELETE from", false, func() { exec("DELETE FROM " + table) })
			step("INSERT into", true, func() { exec("INSERT INTO " + table + " SELECT * FROM kept_" + table) })
			step("TRUNCATE", false, func() { exec("TRUNCATE " + table) })
			step("MERGE into", true, func() {
				exec("MERGE INTO " + table + " t USING kept_" + table + " k ON t.id = k.id WHEN NOT MATCHED THEN INSERT VALUES (k.*)")
			})
			restore()
		}
	}
}

// The lists of a view are the caller's.
func TestListsOfSettingsAreOnesOwn(t *testing.T) {
	d := newDesk(t, nil)
	d.update(t, func(_ context.Context, tx storage.Tx) error {
		hours, agreed := d.changes()[2].record, d.Agreed
		agreed.Version, agreed.To = 2, new(date.New(2026, 12, 31))
		tx.Save(hours, agreed, d.absence(10), d.absence(12))
		return nil
	})
	for range 3 {
		v := d.sees(t, "the lists of another view were changed")
		if len(v.Calendar.Schedule.Week) == 0 || len(v.Calendar.Schedule.Days) < 2 || len(v.Practitioner.Keys) == 0 || len(v.Service.Keys) == 0 ||
			len(v.Agreements) == 0 || v.Agreements[0].To == nil || len(v.Calendar.Absences) != 2 {
			t.Fatalf("a list is empty: %+v", v)
		}
		v.Practitioner.Keys[0].Key, v.Service.Keys[0].Key = "x", "y"
		v.Practitioner.Name, v.Service.Name = "x", "y"
		clear(v.Calendar.Schedule.Week)
		v.Calendar.Schedule.Days[1].Hours[0].To = clock.New(23, 0, 0, 0)
		clear(v.Calendar.Schedule.Days)
		*v.Agreements[0].To = date.New(2020, 1, 1)
		clear(v.Agreements)
		clear(v.Calendar.Absences)
		_ = append(v.Calendar.Absences[:1], booking.Absence{Kind: "of the caller"})
	}
}

// However many absences there are, and become: none is missed.
func TestManyAbsences(t *testing.T) {
	d := newDesk(t, nil)
	insert := func(from, to int) {
		raw(t, d.dsn, fmt.Sprintf(`INSERT INTO absence SELECT clinic_id, md5(n::text)::uuid, 1, id,
			'2026-03-02 10:00Z'::timestamptz - n * interval '1 day', '2026-03-02 10:30Z'::timestamptz - n * interval '1 day', 'course'
			FROM practitioner, generate_series(%d, %d) n WHERE name LIKE 'Anne%%'`, from, to))
	}
	for _, few := range []int{0, 1, 199, 200} {
		raw(t, d.dsn, "TRUNCATE absence")
		insert(0, few-1)
		d.sees(t, fmt.Sprint(few, " absences"))
		d.sees(t, fmt.Sprint(few, " absences, warm"))
		insert(few, 500) // many at once
		d.sees(t, "many absences")
		d.sees(t, "many absences, warm")
		if _, err := d.tryBook(t.Context(), series.ID{}); !errors.Is(err, booking.Absent) {
			t.Errorf("a booking in one of many absences: %v", err)
		}
		raw(t, d.dsn, "DELETE FROM absence WHERE starts > '2026-03-01'")
		d.sees(t, "fewer absences")
		raw(t, d.dsn, "DELETE FROM absence")
		insert(0, 0)
		d.sees(t, "few absences again")
	}
	raw(t, d.dsn, "TRUNCATE absence")
	for n := 195; n < 205; n++ { // one by one
		if n == 195 {
			insert(0, n)
		} else {
			insert(n, n)
		}
		d.sees(t, fmt.Sprint(n+1, " absences"))
	}
}
