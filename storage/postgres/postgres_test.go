package postgres_test

import (
	"context"
	"os"
	"sync"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/timebok/timebok/internal/pgtest"
	"github.com/timebok/timebok/storage"
	"github.com/timebok/timebok/storage/postgres"
	"github.com/timebok/timebok/storage/storagetest"
)

func TestMain(m *testing.M) { os.Exit(pgtest.Run(m)) }

func TestDriver(t *testing.T) {
	var databases sync.Map // of the drivers
	storagetest.Run(t, func(t *testing.T) storage.Driver {
		dsn := newDatabase(t)
		d := open(t, dsn, nil)
		databases.Store(d, dsn)
		return d
	}, &storagetest.Options{
		Reopen: func(t *testing.T, d storage.Driver) storage.Driver {
			dsn, _ := databases.Load(d)
			if err := d.Close(); err != nil {
				t.Errorf("Close: %v", err)
			}
			again := open(t, dsn.(string), nil)
			databases.Store(again, dsn)
			return again
		},
	})
}

// newDatabase returns a migrated database without records.
func newDatabase(t testing.TB) string {
	t.Helper()
	return migrated.Database(t)
}

var migrated = templateOf(nil)

func templateOf(o *postgres.Options) *pgtest.Template {
	return &pgtest.Template{Prepare: func(dsn string) error { return migrate(dsn, o) }}
}

func migrate(dsn string, o *postgres.Options) error {
	conn, err := pgx.Connect(context.Background(), dsn)
	if err != nil {
		return err
	}
	defer conn.Close(context.Background())
	return postgres.Migrate(context.Background(), conn, o)
}

func open(t testing.TB, dsn string, o *postgres.Options) *postgres.Driver {
	t.Helper()
	d, err := postgres.Open(context.Background(), dsn, o)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func newPool(t testing.TB, dsn string, set func(*pgxpool.Config)) *pgxpool.Pool {
	t.Helper()
	config, err := pgxpool.ParseConfig(dsn)
	if err != nil {
		t.Fatal(err)
	}
	if set != nil {
		set(config)
	}
	pool, err := pgxpool.NewWithConfig(context.Background(), config)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(pool.Close)
	return pool
}
