package postgres_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/timebok/timebok"
	"github.com/timebok/timebok/booking"
	"github.com/timebok/timebok/storage"
	"github.com/timebok/timebok/storage/postgres"
	"github.com/timebok/timebok/storage/storagetest"
)

// fails makes every INSERT into audit fail with a code.
func (d *desk) fails(t *testing.T, code string) {
	t.Helper()
	raw(t, d.dsn, `CREATE OR REPLACE FUNCTION fail() RETURNS trigger LANGUAGE plpgsql AS $$
		BEGIN RAISE EXCEPTION 'secret Prøvesen' USING ERRCODE = '`+code+`'; END $$;
		DROP TRIGGER IF EXISTS fail ON audit; CREATE TRIGGER fail BEFORE INSERT ON audit FOR EACH ROW EXECUTE FUNCTION fail()`)
}

// Whatever code a statement fails with, the caller gets an error of the library
// whose text says nothing of it, and nothing is stored.
func TestRawErrorsDoNotLeak(t *testing.T) {
	d := newDesk(t, nil)
	once := storage.New(d.driver, &storage.Options{Attempts: 1})
	for code, want := range map[string]error{
		"40001": timebok.ErrConflict, "40P01": timebok.ErrConflict, "55P03": timebok.ErrConflict,
		"23505": timebok.ErrExists, "22012": timebok.ErrConflict, "23P01": timebok.ErrRefused, "23514": timebok.ErrInvalid,
		"22021": timebok.ErrInvalid, "57014": timebok.ErrUnavailable, "53100": timebok.ErrUnavailable, "XX000": timebok.ErrUnavailable,
		"42P01": timebok.ErrUnavailable, "25006": timebok.ErrUnavailable,
	} {
		d.fails(t, code)
		err := once.Update(t.Context(), d.Clinic.Clinic.ID, func(ctx context.Context, tx storage.Tx) error {
			_, err := d.Book(ctx, tx, d.Actor(), d.Request(storagetest.Monday.Add(3*time.Hour)))
			return err
		})
		if !errors.Is(err, want) {
			t.Errorf("%s: %v (%T), want %v", code, err, err, want)
		} else if text := err.Error(); strings.Contains(text, "SQLSTATE") || strings.Contains(text, "secret") {
			t.Errorf("%s: the error says %q", code, text)
		}
	}
	if n := d.stored(t); n != 0 {
		t.Errorf("%d bookings are stored, want none", n)
	}
}

// A stale record's error says which version is stored, and texts that PostgreSQL
// can't hold are invalid.
func TestWriteErrors(t *testing.T) {
	d := newDesk(t, nil)
	save := func(records ...timebok.Record) error {
		return d.Update(t.Context(), d.Clinic.Clinic.ID, func(_ context.Context, tx storage.Tx) error {
			tx.Save(records...)
			return nil
		})
	}
	old := d.Ola
	old.Version = 5
	var stale *timebok.StaleError
	if err := save(old); !errors.As(err, &stale) || stale.Stored != 1 || stale.Ref.Version != 4 {
		t.Errorf("a stale record: %v", err)
	}
	for _, name := range []string{"a\x00b", "a\xff"} {
		bad := d.Talk
		bad.Version, bad.Name = 2, name
		var invalid *timebok.InvalidError
		if err := save(bad); !errors.As(err, &invalid) || invalid.Reasons[0].Field != "service.name" {
			t.Errorf("the name %q: %v", name, err)
		}
	}
	long := d.Booking("long", 0)
	long.Time.End = long.Time.Start.Add(25 * time.Hour)
	if err := save(long); !errors.Is(err, timebok.BadPeriod) {
		t.Errorf("a booking of 25 hours: %v", err)
	}
	if err := save(d.Booking("s", 0)); err != nil {
		t.Fatal(err)
	}
	if err := save(long); !errors.Is(err, booking.SlotTaken) {
		t.Errorf("a booking of 25 hours over another: %v", err)
	}
}

// No error shows the password of a DSN, nor do its causes.
func TestPasswordStaysHidden(t *testing.T) {
	for _, dsn := range []string{
		"host=nowhere.invalid password = hush dbname", "password='it\\'s hush' port=x", "postgres://u:hush@[::1/db", "postgres://u:hu:sh@h:port/db",
		"host=/nowhere user=u password=hush dbname=d", "postgres://u:hush@/db?host=/nowhere&password=hush",
	} {
		_, err := postgres.Open(t.Context(), dsn, nil)
		var e *timebok.UnavailableError
		if !errors.As(err, &e) {
			t.Errorf("Open: %v", err)
		} else if text := e.Cause.Error(); strings.Contains(text, "hush") || strings.Contains(text, "hu:sh") {
			t.Errorf("the password is shown: %s", text)
		}
	}
}

// A text that no record can hold is invalid to search for too, and so is a time
// that the database has not.
func TestImpossibleValues(t *testing.T) {
	d := newDesk(t, nil)
	err := d.View(t.Context(), d.Clinic.Clinic.ID, func(ctx context.Context, tx storage.Tx) error {
		for _, err := range tx.Messages(ctx, storage.MessageFilter{Kind: "a\x00b"}) {
			return err
		}
		return nil
	})
	if !errors.Is(err, timebok.ErrInvalid) {
		t.Errorf("a text with NUL, searched for: %v", err)
	}
	err = d.Update(t.Context(), d.Clinic.Clinic.ID, func(_ context.Context, tx storage.Tx) error {
		tx.Save(timebok.AuditEntry{ID: timebok.ID[timebok.AuditEntry]{1}, At: time.Date(-5000, 1, 1, 0, 0, 0, 0, time.UTC)})
		return nil
	})
	if !errors.Is(err, timebok.ErrInvalid) {
		t.Errorf("a time before the database's: %v", err)
	}
}

// A closed driver, and one whose server is gone, say that they are unavailable.
func TestClosed(t *testing.T) {
	d := newDesk(t, nil)
	own := open(t, d.dsn, nil)
	for range 2 {
		if err := own.Close(); err != nil {
			t.Error(err)
		}
	}
	none := func(context.Context, storage.Tx) error { return nil }
	for _, err := range []error{
		storage.New(own, nil).Update(t.Context(), d.Clinic.Clinic.ID, none),
		storage.New(own, nil).View(t.Context(), d.Clinic.Clinic.ID, none),
		own.Join(t.Context(), nil, d.Clinic.Clinic.ID, none),
		func() error { _, err := own.Lease(t.Context(), storage.LeaseRequest{Token: "t"}); return err }(),
		func() error { _, err := own.Done(t.Context(), storage.LeaseKey{Token: "t"}); return err }(),
	} {
		if !errors.Is(err, timebok.ErrUnavailable) {
			t.Errorf("of a closed driver: %v", err)
		}
	}
	if err := d.pool.Ping(t.Context()); err != nil {
		t.Errorf("the host's pool: %v", err)
	}
}

// Who gives up while the commit waits gets a definite answer: nothing is stored.
func TestGiveUpInCommit(t *testing.T) {
	d := newDesk(t, nil)
	twice := func(ctx context.Context, tx storage.Tx) error {
		tx.Save(timebok.AuditEntry{ID: timebok.ID[timebok.AuditEntry]{1}, At: storagetest.Monday})
		_, err := tx.Client(ctx, d.Ola.ID) // the ID is taken from here on
		return err
	}
	d.update(t, func(ctx context.Context, tx storage.Tx) error {
		if err := twice(ctx, tx); err != nil {
			return err
		}
		done := make(chan error)
		go func() {
			short, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
			defer cancel()
			done <- d.Update(short, d.Clinic.Clinic.ID, func(_ context.Context, tx storage.Tx) error {
				tx.Save(timebok.AuditEntry{ID: timebok.ID[timebok.AuditEntry]{1}, At: storagetest.Monday}) // waits in the commit
				return nil
			})
		}()
		if err := <-done; !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("who gave up in the commit got %v", err)
		}
		if err := d.View(t.Context(), d.Clinic.Clinic.ID, func(ctx context.Context, tx storage.Tx) error {
			_, err := tx.Client(ctx, d.Ola.ID)
			return err
		}); err != nil {
			t.Errorf("whoever came after that got %v", err)
		}
		return nil
	})
}
