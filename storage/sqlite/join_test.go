package sqlite_test

import (
	"context"
	"database/sql"
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/timebok/timebok"
	"github.com/timebok/timebok/booking"
	"github.com/timebok/timebok/storage"
	"github.com/timebok/timebok/storage/sqlite"
	"github.com/timebok/timebok/storage/storagetest"
)

// A hostDriver runs every Update by Join, in a transaction of a host.
type hostDriver struct {
	*sqlite.Driver
	db   *sql.DB
	turn chan struct{} // SQLite lets one write; the host's transactions queue here
}

func newHostDriver(t *testing.T, path string) *hostDriver {
	t.Helper()
	// SQLite is not fair: hosts that write without pause may keep the driver waiting long.
	return &hostDriver{open(t, path, &sqlite.Options{BusyTimeout: 5 * time.Minute}), openHost(t, path), make(chan struct{}, 1)}
}

func openHost(t *testing.T, path string) *sql.DB {
	t.Helper()
	db, err := sql.Open("sqlite", "file:"+path+"?_pragma=busy_timeout(300000)&_txlock=immediate")
	if err != nil {
		t.Fatal(err)
	}
	return db
}

func (d *hostDriver) Close() error { return errors.Join(d.db.Close(), d.Driver.Close()) }

func (d *hostDriver) Begin(ctx context.Context, clinic timebok.ClinicID, readOnly bool) (storage.DriverTx, error) {
	if readOnly {
		return d.Driver.Begin(ctx, clinic, readOnly)
	}
	select {
	case d.turn <- struct{}{}:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	host, err := d.db.BeginTx(context.WithoutCancel(ctx), nil)
	if err != nil {
		<-d.turn
		return nil, err
	}
	tx := &hostTx{d: d, host: host, verdict: make(chan error), joined: make(chan error, 1)}
	begun := make(chan storage.Tx)
	go func() {
		tx.joined <- d.Join(ctx, host, clinic, func(_ context.Context, t storage.Tx) error {
			begun <- t
			return <-tx.verdict
		})
	}()
	select {
	case tx.Tx = <-begun:
		return tx, nil
	case err := <-tx.joined:
		tx.joined <- err
		tx.leave(false)
		return nil, err
	}
}

type hostTx struct {
	storage.Tx
	d       *hostDriver
	host    *sql.Tx
	verdict chan error
	joined  chan error
}

var errBack = errors.New("rolled back")

func (tx *hostTx) Commit(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return errors.Join(err, tx.Rollback())
	}
	tx.verdict <- nil
	err := <-tx.joined
	return errors.Join(err, tx.leave(err == nil))
}

func (tx *hostTx) Rollback() error {
	tx.verdict <- errBack
	<-tx.joined
	return tx.leave(true) // the host's own transaction goes on, without anything of ours
}

func (tx *hostTx) leave(commit bool) error {
	defer func() { <-tx.d.turn }()
	if commit {
		return tx.host.Commit()
	}
	return tx.host.Rollback()
}

// The whole suite, with every Update in a host's transaction.
func TestJoinedDriver(t *testing.T) {
	storagetest.Run(t, func(t *testing.T) storage.Driver { return newHostDriver(t, newFile(t)) }, &storagetest.Options{Volatile: true}) // TestDriver reopens
}

// What the host and Timebok write is stored together, or not at all.
func TestJoin(t *testing.T) {
	d := newDesk(t)
	raw(t, d.path, "CREATE TABLE pasient (id INTEGER PRIMARY KEY, navn TEXT) STRICT")
	db := openHost(t, d.path)
	defer db.Close()
	driver := d.Store.Driver.(*sqlite.Driver)
	errOwn := errors.New("own")
	run := func(name string, hour int, end func(*sql.Tx) error, after error) error {
		t.Helper()
		tx, err := db.BeginTx(t.Context(), nil)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := tx.ExecContext(t.Context(), "INSERT INTO pasient (navn) VALUES (?)", name); err != nil {
			t.Fatal(err)
		}
		err = driver.Join(t.Context(), tx, d.Clinic.ID, func(ctx context.Context, joined storage.Tx) error {
			if _, err := d.Book(ctx, joined, d.Actor(), d.Request(storagetest.Monday.Add(time.Duration(hour)*time.Hour))); err != nil {
				return err
			}
			if _, err := tx.ExecContext(ctx, "UPDATE pasient SET navn = navn || '!' WHERE navn = ?", name); err != nil {
				return err
			}
			return after
		})
		if ended := end(tx); ended != nil {
			t.Error(ended)
		}
		return err
	}
	commit, rollback := (*sql.Tx).Commit, (*sql.Tx).Rollback
	if err := run("together", 2, commit, nil); err != nil {
		t.Error(err)
	}
	if err := run("rolled back", 3, rollback, nil); err != nil {
		t.Error(err)
	}
	if err := run("own error", 4, commit, errOwn); !errors.Is(err, errOwn) {
		t.Error(err)
	}
	if err := run("taken", 2, commit, nil); !errors.Is(err, booking.SlotTaken) {
		t.Error(err)
	}
	if err := driver.Fence(t.Context(), d.Clinic.ID); err != nil {
		t.Fatal(err)
	}
	if err := run("fenced", 5, rollback, nil); !errors.Is(err, storage.ErrFenced) {
		t.Error(err)
	}
	if err := run("not committed", 6, rollback, driver.Unfence(t.Context(), d.Clinic.ID)); err != nil {
		t.Error(err)
	}
	if got := rawText(t, d.path, "SELECT navn FROM pasient ORDER BY id"); got != "together!\nown error\ntaken" {
		t.Errorf("patients:\n%s", got)
	}
	if got := rawText(t, d.path, "SELECT count(*) FROM booking"); got != "1" {
		t.Errorf("%s bookings, want one", got)
	}
	if err := driver.Join(t.Context(), db, timebok.ClinicID{}, nil); !errors.Is(err, timebok.Missing) {
		t.Errorf("in no clinic: %v", err)
	}
}

// Joined transactions and Updates that want one time have one winner.
func TestJoinRace(t *testing.T) {
	d := newDesk(t)
	db := openHost(t, d.path)
	defer db.Close()
	driver := d.Store.Driver.(*sqlite.Driver)
	book := func(ctx context.Context, tx storage.Tx) error {
		_, err := d.Book(ctx, tx, d.Actor(), d.Request(storagetest.Monday.Add(2*time.Hour)))
		return err
	}
	joined := func() error {
		tx, err := db.BeginTx(t.Context(), nil)
		if err != nil {
			return err
		}
		if err := driver.Join(t.Context(), tx, d.Clinic.ID, book); err != nil {
			return errors.Join(err, tx.Rollback())
		}
		return tx.Commit()
	}
	var won atomic.Int32
	var wg sync.WaitGroup
	for i := range 12 {
		wg.Go(func() {
			err := joined
			if i%2 == 0 {
				err = func() error { return d.Update(t.Context(), d.Clinic.ID, book) }
			}
			switch err := err(); {
			case err == nil:
				won.Add(1)
			case !errors.Is(err, booking.SlotTaken):
				t.Errorf("a loser got %v", err)
			}
		})
	}
	wg.Wait()
	if won.Load() != 1 {
		t.Errorf("%d won, want one", won.Load())
	}
}
