package sqlite_test

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/timebok/timebok"
	"github.com/timebok/timebok/storage/sqlite"
)

func TestOpenChangesNothing(t *testing.T) {
	dir := t.TempDir()
	tests := []struct {
		name string
		make func(path string)
		have int
	}{
		{"no file", func(string) {}, 0},
		{"no schema", func(path string) { raw(t, path, "CREATE TABLE host (id INTEGER)") }, 0},
		{"older", func(path string) {
			raw(t, path, "CREATE TABLE timebok_schema (version INTEGER PRIMARY KEY, name TEXT)")
		}, 0},
		{"newer", func(path string) {
			if err := sqlite.Migrate(t.Context(), path, nil); err != nil {
				t.Fatal(err)
			}
			raw(t, path, "INSERT INTO timebok_schema VALUES (99, 'of a later version')")
		}, 99},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			path := filepath.Join(dir, tt.name)
			tt.make(path)
			before, _ := os.ReadFile(path)
			_, err := sqlite.Open(path, nil)
			var wrong *sqlite.SchemaError
			if !errors.As(err, &wrong) || !errors.Is(err, timebok.ErrUnavailable) {
				t.Fatalf("Open: %v, want a *SchemaError", err)
			}
			if wrong.Have != tt.have || wrong.Want != sqlite.Latest() || wrong.Path != path {
				t.Errorf("Open: %+v", wrong)
			}
			if after, _ := os.ReadFile(path); string(after) != string(before) {
				t.Error("Open changed the file")
			}
			if _, err := os.Stat(path); tt.name == "no file" && !errors.Is(err, fs.ErrNotExist) {
				t.Error("Open made a file")
			}
		})
	}
}

func TestSchemaErrorSaysWhatToDo(t *testing.T) {
	for _, tt := range []struct {
		err  sqlite.SchemaError
		want string
	}{
		{sqlite.SchemaError{Path: "x", Want: 2}, "has no schema: call Migrate first"},
		{sqlite.SchemaError{Path: "x", Have: 1, Want: 2}, "older than 2: call Migrate first"},
		{sqlite.SchemaError{Path: "x", Have: 3, Want: 2}, "newer than 2: use a newer version of the library"},
	} {
		if got := tt.err.Error(); !strings.HasSuffix(got, tt.want) {
			t.Errorf("%+v says %q", tt.err, got)
		}
	}
}

func TestMigrate(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a ?#%41 å.db") // no letter of it is a parameter
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			if err := sqlite.Migrate(t.Context(), path, nil); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the file: %v, %v, want it to be its owner's only", info, err)
	}
	d, err := sqlite.Open(path, nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := d.Close(); err != nil {
		t.Error(err)
	}
	raw(t, path, "INSERT INTO timebok_schema VALUES (99, 'of a later version')")
	var wrong *sqlite.SchemaError
	if err := sqlite.Migrate(t.Context(), path, nil); !errors.As(err, &wrong) {
		t.Errorf("Migrate of a newer schema: %v", err)
	}
}

// The files can be run by any tool: each notes itself under its number.
func TestMigrationsArePlainSQL(t *testing.T) {
	names, err := fs.Glob(sqlite.Migrations(), "*.sql")
	if err != nil || len(names) != sqlite.Latest() {
		t.Fatalf("%v, %v", names, err)
	}
	path := filepath.Join(t.TempDir(), "own.db")
	for _, name := range names {
		text, err := fs.ReadFile(sqlite.Migrations(), name)
		if err != nil {
			t.Fatal(err)
		}
		raw(t, path, string(text))
	}
	if err := open(t, path, nil).Close(); err != nil {
		t.Error(err)
	}
	if got := rawText(t, path, "PRAGMA journal_mode"); got != "wal" {
		t.Errorf("the journal mode is %s, want wal", got)
	}
}

func TestNotADatabase(t *testing.T) {
	path := filepath.Join(t.TempDir(), "text.db")
	if err := os.WriteFile(path, []byte(strings.Repeat("not a database ", 400)), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := sqlite.Open(path, nil); !errors.Is(err, timebok.ErrUnavailable) {
		t.Errorf("Open: %v", err)
	}
	if err := sqlite.Migrate(t.Context(), path, nil); !errors.Is(err, timebok.ErrUnavailable) {
		t.Errorf("Migrate: %v", err)
	}
	if err := sqlite.Migrate(t.Context(), filepath.Join(path, "below"), nil); !errors.Is(err, timebok.ErrUnavailable) {
		t.Errorf("Migrate where no file can be: %v", err)
	}
}

// The bookings of a client lie together, in whatever order they are made.
func TestHistoryLiesTogether(t *testing.T) {
	d := newDesk(t)
	for i := range 12 {
		x := d.Booking(fmt.Sprint(i), time.Duration(i)*time.Hour)
		x.Client = d.client(i % 3).ID
		if i == 7 {
			x.Client = timebok.ClientID{}
		}
		if err := d.add(t.Context(), x); err != nil {
			t.Fatal(err)
		}
	}
	rows := strings.Fields(rawText(t, d.path, "SELECT CASE WHEN client_id IS NULL THEN 'none' ELSE hex(client_id) END FROM booking ORDER BY place"))
	if got := len(slices.Compact(slices.Clone(rows))); len(rows) != 12 || got != 4 {
		t.Errorf("%d bookings of 3 clients and of none lie in %d places: %v", len(rows), got, rows)
	}
}

// Every table is STRICT, and the connection that writes waits for the disk.
func TestFileIsStrictAndFull(t *testing.T) {
	path := newFile(t)
	d := open(t, path, nil)
	defer d.Close()
	if v, err := sqlite.PragmaOfWriter(d, "synchronous"); err != nil || v != int64(2) {
		t.Errorf("synchronous is %v, %v; want FULL, which is 2", v, err)
	}
	if v, err := sqlite.PragmaOfWriter(d, "journal_mode"); err != nil || v != "wal" {
		t.Errorf("journal_mode is %v, %v; want wal", v, err)
	}
	c := rawConn(t, path)
	defer c.Close()
	tables := 0
	for _, row := range rawRows(t, c, "SELECT name, strict FROM pragma_table_list WHERE schema = 'main' AND type = 'table' AND name NOT LIKE 'sqlite_%'", 0) {
		if tables++; row[1] != int64(1) {
			t.Errorf("%v is not STRICT", row[0])
		}
	}
	if tables < 15 {
		t.Errorf("only %d tables were looked at", tables)
	}
}

// A View that found the driver open, and asks for a connection when it is closed,
// opens none.
func TestReadersEndWithTheDriver(t *testing.T) {
	d := open(t, newFile(t), nil)
	if err := sqlite.LateReader(d); err != nil {
		t.Fatal(err)
	}
	if err := d.Close(); err != nil {
		t.Fatal(err)
	}
	if err := sqlite.LateReader(d); !errors.Is(err, timebok.ErrUnavailable) {
		t.Errorf("a reader of a closed driver: %v, want ErrUnavailable", err)
	}
}
