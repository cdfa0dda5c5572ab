package ordeal_test

import (
	"context"
	"database/sql"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/timebok/timebok/internal/ordeal"
	"github.com/timebok/timebok/internal/pgtest"
	"github.com/timebok/timebok/storage"
	"github.com/timebok/timebok/storage/postgres"
	"github.com/timebok/timebok/storage/sqlite"
)

// What a process that is to be killed finds in its environment.
const (
	envStore = "TIMEBOK_ORDEAL_STORE"
	envDir   = "TIMEBOK_ORDEAL_DIR"
	envName  = "TIMEBOK_ORDEAL_NAME"
)

// kills is how often a process is killed, for each backend.
func kills() int {
	if n, err := strconv.Atoi(os.Getenv("TIMEBOK_ORDEAL_KILLS")); err == nil {
		return n
	}
	if testing.Short() {
		return 20
	}
	return 200
}

// A test binary is also the process that is killed.
func TestMain(m *testing.M) {
	if where := os.Getenv(envStore); where != "" {
		if err := work(where, os.Getenv(envDir), os.Getenv(envName)); err != nil {
			fmt.Fprintln(os.Stderr, "ordeal:", err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(pgtest.Run(m))
}

// work is what a process does until it is killed.
func work(where, dir, name string) error {
	d, err := openDriver(where)
	if err != nil {
		return err
	}
	diary, err := ordeal.OpenDiary(dir, name)
	if err != nil {
		return err
	}
	ordeal.Work(context.Background(), storage.New(d, nil), diary, ordeal.Options{Pause: 2 * time.Millisecond})
	return nil
}

// process is this test binary, made to work on a store.
func process(where, dir string) func(name string) *exec.Cmd {
	return func(name string) *exec.Cmd {
		cmd := exec.Command(os.Args[0])
		cmd.Env = append(os.Environ(), envStore+"="+where, envDir+"="+dir, envName+"="+name)
		return cmd
	}
}

// openDriver opens a file of SQLite, or what stands after "postgres:".
func openDriver(where string) (storage.Driver, error) {
	if dsn, ok := strings.CutPrefix(where, "postgres:"); ok {
		return postgres.Open(context.Background(), dsn, nil)
	}
	return sqlite.Open(where, nil)
}

// Processes are killed while they write to one file.
func TestSQLite(t *testing.T) {
	path := filepath.Join(t.TempDir(), "timebok.db")
	if err := sqlite.Migrate(t.Context(), path, nil); err != nil {
		t.Fatal(err)
	}
	survive(t, path)
	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	var verdict string
	if err := db.QueryRow("PRAGMA integrity_check").Scan(&verdict); err != nil || verdict != "ok" {
		t.Errorf("integrity_check: %s, %v", verdict, err)
	}
}

// Processes are killed while they write to one server.
func TestPostgres(t *testing.T) {
	dsn := pgtest.Database(t)
	migrate(t, dsn)
	survive(t, "postgres:"+dsn)
}

// The server is killed hard while processes write to it, which go on when it is
// back.
func TestPostgresServer(t *testing.T) {
	server := pgtest.Start(t)
	dsn := server.Database(t)
	migrate(t, dsn)
	where, dir := "postgres:"+dsn, t.TempDir()
	on(t, where, func(s *storage.Store) {
		if err := ordeal.SetUp(t.Context(), s); err != nil {
			t.Fatal(err)
		}
	})
	err := ordeal.Strike(dir, max(kills()/10, 1), process(where, dir), func() error {
		if err := server.Kill(); err != nil {
			return err
		}
		return server.Restart()
	})
	if err != nil {
		t.Fatal(err)
	}
	on(t, where, func(s *storage.Store) { finish(t, s, dir) })
}

func migrate(t *testing.T, dsn string) {
	t.Helper()
	pool, err := pgxpool.New(t.Context(), dsn)
	if err != nil {
		t.Fatal(err)
	}
	defer pool.Close()
	if err := postgres.Migrate(t.Context(), pool, nil); err != nil {
		t.Fatal(err)
	}
}

// survive sets a store up, kills processes that work on it, and counts.
func survive(t *testing.T, where string) {
	t.Helper()
	dir := t.TempDir()
	on(t, where, func(s *storage.Store) {
		if err := ordeal.SetUp(t.Context(), s); err != nil {
			t.Fatal(err)
		}
	})
	const parts = 4
	for range parts {
		if err := ordeal.Kill(dir, kills()/parts, process(where, dir)); err != nil {
			t.Fatal(err)
		}
		on(t, where, func(s *storage.Store) { count(t, s, dir, false) })
	}
	on(t, where, func(s *storage.Store) { finish(t, s, dir) })
}

func on(t *testing.T, where string, do func(s *storage.Store)) {
	t.Helper()
	d, err := openDriver(where)
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	do(storage.New(d, nil))
}

func finish(t *testing.T, s *storage.Store, dir string) {
	t.Helper()
	diary, err := ordeal.OpenDiary(dir, "finish")
	if err != nil {
		t.Fatal(err)
	}
	if err := ordeal.Finish(t.Context(), s, diary); err != nil {
		t.Fatal(err)
	}
	if tally := count(t, s, dir, true); tally.Bookings == 0 || tally.Invoices == 0 || tally.Effects == 0 {
		t.Error("nothing was done: nothing was tested")
	}
}

func count(t *testing.T, s *storage.Store, dir string, finished bool) ordeal.Tally {
	t.Helper()
	tally, err := ordeal.Recount(t.Context(), s, dir, finished)
	if err != nil {
		t.Fatal(err)
	}
	t.Log(tally)
	for _, p := range tally.Problems[:min(20, len(tally.Problems))] {
		t.Error(p)
	}
	if len(tally.Problems) > 20 {
		t.FailNow()
	}
	return tally
}
