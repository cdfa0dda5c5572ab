package postgres_test

import (
	"context"
	"errors"
	"io/fs"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/timebok/timebok"
	"github.com/timebok/timebok/internal/pgtest"
	"github.com/timebok/timebok/internal/sqlrow"
	"github.com/timebok/timebok/storage"
	"github.com/timebok/timebok/storage/postgres"
	"github.com/timebok/timebok/storage/storagetest"
)

// raw executes statements behind the backend's back and returns the last answer, a
// row a line.
func raw(t testing.TB, dsn, sql string) string {
	t.Helper()
	ctx := context.Background()
	conn, err := pgx.Connect(ctx, dsn)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(ctx)
	results, err := conn.PgConn().Exec(ctx, sql).ReadAll()
	if err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
	var lines []string
	for _, row := range results[len(results)-1].Rows {
		var cells []string
		for _, cell := range row {
			cells = append(cells, string(cell))
		}
		lines = append(lines, strings.Join(cells, " "))
	}
	return strings.Join(lines, "\n")
}

const tables = "SELECT count(*) FROM pg_class WHERE relkind = 'r' AND relnamespace NOT IN ('pg_catalog'::regnamespace, 'information_schema'::regnamespace)"

func TestOpenChangesNothing(t *testing.T) {
	tests := []struct {
		name, sql string
		have      int
	}{
		{"no tables", "CREATE TABLE host (id int)", 0},
		{"nothing noted", "CREATE TABLE timebok_schema (version bigint PRIMARY KEY, name text)", 0},
		{"newer", "CREATE TABLE timebok_schema (version bigint PRIMARY KEY, name text); INSERT INTO timebok_schema VALUES (99, 'later')", 99},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			dsn := pgtest.Database(t)
			raw(t, dsn, tt.sql)
			_, err := postgres.Open(t.Context(), dsn, nil)
			var wrong *postgres.SchemaError
			if !errors.As(err, &wrong) || !errors.Is(err, timebok.ErrUnavailable) {
				t.Fatalf("Open: %v, want a *SchemaError", err)
			}
			if wrong.Have != tt.have || wrong.Want != postgres.Latest() {
				t.Errorf("Open: %+v", wrong)
			}
			if got := raw(t, dsn, tables); got != "1" {
				t.Errorf("%s tables after Open, want 1", got)
			}
		})
	}
	dsn := pgtest.Database(t)
	_, err := postgres.Open(t.Context(), dsn, &postgres.Options{Schema: "nowhere"})
	var wrong *postgres.SchemaError
	if !errors.As(err, &wrong) || wrong.Schema != "nowhere" {
		t.Errorf("Open of a schema that is not there: %v", err)
	}
	if _, err := postgres.Open(t.Context(), dsn+" dbname=nowhere", nil); !errors.Is(err, timebok.ErrUnavailable) {
		t.Errorf("Open of a database that is not there: %v", err)
	}
}

func TestSchemaErrorSaysWhatToDo(t *testing.T) {
	for _, tt := range []struct {
		err  postgres.SchemaError
		want string
	}{
		{postgres.SchemaError{Want: 2}, "has no tables of Timebok: call Migrate first"},
		{postgres.SchemaError{Have: 1, Want: 2}, "older than 2: call Migrate first"},
		{postgres.SchemaError{Schema: "s", Have: 3, Want: 2}, `the schema "s" is at version 3, newer than 2: use a newer version of the library`},
	} {
		if got := tt.err.Error(); !strings.HasSuffix(got, tt.want) {
			t.Errorf("%+v says %q", tt.err, got)
		}
	}
}

// Many may migrate at once, again and again, and beside the host's own tables.
func TestMigrate(t *testing.T) {
	dsn := pgtest.Database(t)
	raw(t, dsn, "CREATE TABLE client (id int)")
	o := &postgres.Options{Schema: `odd "name"`}
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			if err := migrate(dsn, o); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	d := open(t, dsn, o)
	c := storagetest.NewClinic("A")
	c.Save(t, storage.New(d, nil))
	if err := d.Close(); err != nil {
		t.Error(err)
	}
	if got := raw(t, dsn, `SELECT count(*) FROM "odd ""name""".client`); got != "2" {
		t.Errorf("%s clients in the schema, want 2", got)
	}
	if got := raw(t, dsn, `SELECT count(*) FROM "odd ""name""".clinic_stamp`); got != "1" {
		t.Errorf("%s stamps in the schema, want 1", got)
	}
	raw(t, dsn, `INSERT INTO "odd ""name""".timebok_schema VALUES (99, 'of a later version')`)
	var wrong *postgres.SchemaError
	if err := migrate(dsn, o); !errors.As(err, &wrong) || wrong.Have != 99 {
		t.Errorf("Migrate of a newer schema: %v", err)
	}
}

// The files can be run by any tool: each notes itself under its number.
func TestMigrationsArePlainSQL(t *testing.T) {
	names, err := fs.Glob(postgres.Migrations(), "*.sql")
	if err != nil || len(names) != postgres.Latest() {
		t.Fatalf("%v, %v", names, err)
	}
	dsn := pgtest.Database(t)
	for _, name := range names {
		text, err := fs.ReadFile(postgres.Migrations(), name)
		if err != nil {
			t.Fatal(err)
		}
		raw(t, dsn, string(text))
	}
	if err := open(t, dsn, nil).Close(); err != nil {
		t.Error(err)
	}
	raw(t, dsn, postgres.OverlapConstraint())
	raw(t, dsn, postgres.Stamps())
	if err := migrate(dsn, nil); err != nil {
		t.Errorf("Migrate after that: %v", err)
	}
}

// Every table has the columns of its records and no other, and all that is looked
// for by key or index is looked for by clinic.
func TestTables(t *testing.T) {
	dsn := newDatabase(t)
	relay := map[string]bool{"attempts": true, "buried": true, "error": true, "lease_token": true, "leased_until": true}
	for _, kind := range storage.Kinds() {
		table := sqlrow.BulkOf(kind)
		have := strings.Fields(raw(t, dsn, "SELECT attname FROM pg_attribute WHERE attnum > 0 AND attrelid = '"+table.Name()+"'::regclass"))
		for _, name := range table.Columns() {
			if !slices.Contains(have, name) {
				t.Errorf("table %s has no column %s: it needs a migration", table.Name(), name)
			}
		}
		for _, name := range have {
			if !slices.Contains(table.Columns(), name) && !relay[name] {
				t.Errorf("table %s has a column %s that no record has", table.Name(), name)
			}
		}
	}
	others := raw(t, dsn, `SELECT indexrelid::regclass FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid
		WHERE c.relnamespace = 'public'::regnamespace AND pg_get_indexdef(indexrelid, 1, true) <> 'clinic_id' ORDER BY 1`)
	if want := "timebok_schema_pkey\nmessage_due"; others != want {
		t.Errorf("indexes that don't begin with the clinic: %q, want %q", others, want)
	}
	if got := raw(t, dsn, `SELECT attrelid::regclass, attname FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
		WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace AND relname <> 'timebok_schema' AND atttypid = 'text'::regtype
		AND attcollation <> '"C"'::regcollation`); got != "" {
		t.Errorf("texts that don't compare by bytes: %s", got)
	}
	if got := raw(t, dsn, "SELECT count(*) FROM pg_constraint WHERE contype = 'f'"); got != "0" {
		t.Errorf("%s foreign keys", got)
	}
}
