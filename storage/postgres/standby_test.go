package postgres_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgconn/ctxwatch"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/timebok/timebok"
	"github.com/timebok/timebok/internal/pgtest"
	"github.com/timebok/timebok/storage"
	"github.com/timebok/timebok/storage/postgres"
	"github.com/timebok/timebok/storage/storagetest"
)

// Where commits wait for a standby, PostgreSQL answers one that is told to give up
// with COMMIT, although no standby has it. That is not to be taken for an answer.
func TestGiveUpWaitingForStandby(t *testing.T) {
	dsn := pgtest.Start(t).Database(t)
	d, answer := giveUpWaiting(t, dsn, func(*pgxpool.Config) {})
	defer d.Close()
	var err error
	select {
	case err = <-answer:
		if err == nil {
			t.Error("acknowledged, and no standby has it")
		}
	case <-time.After(2 * time.Second):
		raw(t, dsn, "ALTER SYSTEM RESET synchronous_standby_names")
		raw(t, dsn, "SELECT pg_reload_conf()")
		err = <-answer
	}
	if err != nil && !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("%v, want success or that the time was up", err)
	}
}

// Nor is the answer to the question what became of it, on a host's pool that tells
// the server to give that up too.
func TestGiveUpAskingForStandby(t *testing.T) {
	t.Parallel() // it waits as long as the driver does
	d, answer := giveUpWaiting(t, pgtest.Start(t).Database(t), func(c *pgxpool.Config) {
		c.ConnConfig.BuildContextWatcherHandler = func(conn *pgconn.PgConn) ctxwatch.Handler {
			return &pgconn.CancelRequestContextWatcherHandler{Conn: conn, DeadlineDelay: 10 * time.Second}
		}
	})
	defer d.Close()
	if err := <-answer; !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("%v, want that the time was up: no standby has it", err)
	}
}

// giveUpWaiting stores something where no standby can have it, on a pool as it is
// set, and gives up after half a second.
func giveUpWaiting(t *testing.T, dsn string, set func(*pgxpool.Config)) (d *postgres.Driver, answer <-chan error) {
	t.Helper()
	if err := migrate(dsn, nil); err != nil {
		t.Fatal(err)
	}
	config, err := pgxpool.ParseConfig(dsn)
	if err != nil {
		t.Fatal(err)
	}
	set(config)
	pool, err := pgxpool.NewWithConfig(t.Context(), config)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(pool.Close)
	if d, err = postgres.New(t.Context(), pool, nil); err != nil {
		t.Fatal(err)
	}
	store, c := storage.New(d, nil), storagetest.NewClinic("A")
	c.Save(t, store)
	raw(t, dsn, "ALTER SYSTEM SET synchronous_standby_names = 'nobody'")
	raw(t, dsn, "SELECT pg_reload_conf()")
	for raw(t, dsn, "SHOW synchronous_standby_names") != "nobody" {
		time.Sleep(5 * time.Millisecond)
	}
	told := make(chan error, 1)
	go func() {
		ctx, cancel := context.WithTimeout(t.Context(), 500*time.Millisecond)
		defer cancel()
		told <- store.Update(ctx, c.Clinic.ID, func(_ context.Context, tx storage.Tx) error {
			tx.Save(timebok.Audit(timebok.Source{}, c.Actor(), "wait", c.Ola, c.Ola.ID))
			return nil
		})
	}()
	return d, told
}
