package postgres_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/timebok/timebok"
	"github.com/timebok/timebok/internal/pgtest"
	"github.com/timebok/timebok/storage"
	"github.com/timebok/timebok/storage/storagetest"
)

// Where commits wait for a standby, PostgreSQL answers one that is told to give up
// with COMMIT, although no standby has it. That is not to be taken for an answer.
func TestGiveUpWaitingForStandby(t *testing.T) {
	dsn := pgtest.Start(t).Database(t)
	if err := migrate(dsn, nil); err != nil {
		t.Fatal(err)
	}
	d := open(t, dsn, nil)
	defer d.Close()
	store, c := storage.New(d, nil), storagetest.NewClinic("A")
	c.Save(t, store)
	raw(t, dsn, "ALTER SYSTEM SET synchronous_standby_names = 'nobody'")
	raw(t, dsn, "SELECT pg_reload_conf()")
	for raw(t, dsn, "SHOW synchronous_standby_names") != "nobody" {
		time.Sleep(5 * time.Millisecond)
	}
	answer := make(chan error, 1)
	go func() {
		ctx, cancel := context.WithTimeout(t.Context(), 500*time.Millisecond)
		defer cancel()
		answer <- store.Update(ctx, c.Clinic.ID, func(_ context.Context, tx storage.Tx) error {
			tx.Save(timebok.Audit(timebok.Source{}, c.Actor(), "wait", c.Ola, c.Ola.ID))
			return nil
		})
	}()
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
