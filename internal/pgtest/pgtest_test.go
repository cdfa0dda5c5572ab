package pgtest_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/timebok/timebok/internal/pgtest"
)

func TestMain(m *testing.M) { os.Exit(pgtest.Run(m)) }

// query executes statements and returns the last value of the last one.
func query(t *testing.T, dsn, sql string) string {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), dsn)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(t.Context())
	results, err := conn.PgConn().Exec(t.Context(), sql).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	return string(results[len(results)-1].Rows[0][0])
}

func TestDatabasesAreApart(t *testing.T) {
	a, b := pgtest.Database(t), pgtest.Database(t)
	query(t, a, "CREATE TABLE x (a text); INSERT INTO x VALUES ('a'); SELECT 'done'")
	if got := query(t, b, "SELECT count(*)::text FROM pg_tables WHERE tablename = 'x'"); got != "0" {
		t.Error("a table of one database is seen in the other")
	}
	for _, setting := range []string{"fsync", "synchronous_commit"} {
		if got := query(t, a, "SHOW "+setting); got != "on" {
			t.Errorf("%s is %s", setting, got)
		}
	}
}

// Switched off by name, tests say so; and a server that is given is used.
func TestEnvironment(t *testing.T) {
	given := pgtest.Start(t)
	t.Run("off", func(t *testing.T) {
		t.Setenv(pgtest.SwitchVar, "off")
		var skipped bool
		t.Run("skipped", func(t *testing.T) {
			defer func() { skipped = t.Skipped() }()
			pgtest.Database(t)
			t.Error("the test went on")
		})
		if !skipped {
			t.Error("the test was not skipped")
		}
	})
	for _, dsn := range []string{given.DSN("postgres"), "postgresql://postgres@/postgres?host=" + filepath.Dir(given.Socket())} {
		t.Setenv(pgtest.ServerVar, dsn)
		if got := query(t, pgtest.Database(t), "SHOW unix_socket_directories"); got != filepath.Dir(given.Socket()) {
			t.Errorf("a database on the server at %s, not on the one that was given", got)
		}
	}
}

// A template is prepared once; what a test does to its copy nobody else sees.
func TestTemplate(t *testing.T) {
	prepared := 0
	template := &pgtest.Template{Prepare: func(dsn string) error {
		prepared++
		query(t, dsn, "CREATE TABLE x (a int); SELECT 1")
		return nil
	}}
	for range 2 {
		if got := query(t, template.Database(t), "INSERT INTO x VALUES (1); SELECT count(*)::text FROM x"); got != "1" {
			t.Errorf("%s rows in a copy, want 1", got)
		}
	}
	if prepared != 1 {
		t.Errorf("prepared %d times", prepared)
	}
}

// What was committed before the server was killed is there after its restart.
func TestKillAndRestart(t *testing.T) {
	s := pgtest.Start(t)
	dsn := s.Database(t)
	for i := range 3 {
		query(t, dsn, "CREATE TABLE IF NOT EXISTS x (a int); INSERT INTO x VALUES (1); SELECT 'done'")
		if err := s.Kill(); err != nil {
			t.Fatal(err)
		}
		if _, err := pgx.Connect(t.Context(), dsn); err == nil {
			t.Fatal("a killed server answers")
		}
		if err := s.Restart(); err != nil {
			t.Fatal(err)
		}
		if got, want := query(t, dsn, "SELECT count(*)::text FROM x"), string(rune('1'+i)); got != want {
			t.Errorf("%s rows after the restart, want %s", got, want)
		}
	}
}
