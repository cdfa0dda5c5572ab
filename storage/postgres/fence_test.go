package postgres_test

import (
	"context"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/timebok/timebok/storage"
	"github.com/timebok/timebok/storage/storagetest"
)

// eventually waits until a query says "t".
func (d *desk) eventually(t *testing.T, sql string) {
	t.Helper()
	for begin := time.Now(); raw(t, d.dsn, sql) != "t"; time.Sleep(5 * time.Millisecond) {
		if time.Since(begin) > time.Minute {
			t.Fatalf("never: %s", sql)
		}
	}
}

// fenceBehind fails if a Fence returns before what release lets go.
func (d *desk) fenceBehind(t *testing.T, fenced <-chan error, release func()) {
	t.Helper()
	d.eventually(t, "SELECT EXISTS (SELECT 1 FROM clinic_fence)")
	select {
	case err := <-fenced:
		t.Errorf("Fence returned while another was under way: %v", err)
		release()
		return
	case <-time.After(100 * time.Millisecond):
	}
	release()
	if err := <-fenced; err != nil {
		t.Error(err)
	}
}

// gate executes statements on a connection of its own, the given one first.
func (d *desk) gate(t *testing.T, sql string) func(sql string) {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), d.dsn)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close(context.Background()) })
	exec := func(sql string) {
		t.Helper()
		if _, err := conn.Exec(t.Context(), sql); err != nil {
			t.Error(err)
		}
	}
	exec(sql)
	return exec
}

func (d *desk) fence(t *testing.T) <-chan error {
	fenced := make(chan error, 1)
	go func() { fenced <- d.driver.Fence(t.Context(), d.Clinic.Clinic.ID) }()
	return fenced
}

// An Update that begins after the fence was written, but before it was committed,
// does not see it: so Fence waits for that Update, although its ID is the later.
func TestFenceWaitsForLaterID(t *testing.T) {
	d := newDesk(t, nil)
	raw(t, d.dsn, `CREATE FUNCTION wait() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_advisory_xact_lock(7); RETURN NULL; END $$;
		CREATE CONSTRAINT TRIGGER wait AFTER INSERT ON clinic_fence DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION wait()`)
	gate := d.gate(t, "SELECT pg_advisory_lock(7)")
	fenced := d.fence(t)
	d.eventually(t, "SELECT EXISTS (SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND NOT granted)")
	began, release, ended := make(chan struct{}), make(chan struct{}), make(chan error, 1)
	go func() {
		ended <- d.Update(t.Context(), d.Clinic.Clinic.ID, func(ctx context.Context, tx storage.Tx) error {
			if _, err := tx.Client(ctx, d.Ola.ID); err != nil {
				return err
			}
			close(began)
			<-release
			tx.Save(d.Booking("x", 0))
			return nil
		})
	}()
	<-began
	gate("SELECT pg_advisory_unlock(7)")
	d.fenceBehind(t, fenced, func() { close(release) })
	if err := <-ended; err != nil {
		t.Error(err)
	}
	if n := d.stored(t); n != 1 {
		t.Errorf("%d bookings are stored, want 1", n)
	}
}

// A lease that began before the fence has ended when Fence returns.
func TestFenceWaitsForLease(t *testing.T) {
	d := newDesk(t, nil)
	gate := d.gate(t, "BEGIN")
	lease := func() error {
		_, err := d.driver.Lease(t.Context(), storage.LeaseRequest{Token: "t", Now: storagetest.Monday, Until: storagetest.Monday.Add(time.Hour)})
		return err
	}
	if err := lease(); err != nil { // so that the statements are prepared
		t.Fatal(err)
	}
	gate("LOCK TABLE message IN EXCLUSIVE MODE")
	leased := make(chan error, 1)
	go func() { leased <- lease() }()
	d.eventually(t, "SELECT EXISTS (SELECT 1 FROM pg_locks WHERE relation = 'message'::regclass AND NOT granted)")
	d.fenceBehind(t, d.fence(t), func() { gate("ROLLBACK") })
	if err := <-leased; err != nil {
		t.Error(err)
	}
}
