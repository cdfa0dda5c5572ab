// Hostdb is a host that keeps its own patients in the same SQLite file as Timebok,
// and joins Timebok's use-cases in its own transactions: a new patient and the
// first session are stored together, or neither is. Its other half, import.go, is
// the move from an earlier journal system.
//
//	go run ./examples/hostdb -db FILE
//
// On PostgreSQL it is the same: the host begins a pgx.Tx and calls Join of the
// driver of storage/postgres. Everyone in it is made up.
package main

import (
	"context"
	"database/sql"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"github.com/rickb777/date/clock"
	"github.com/timebok/timebok"
	"github.com/timebok/timebok/booking"
	"github.com/timebok/timebok/storage"
	"github.com/timebok/timebok/storage/sqlite"
)

func main() {
	path := flag.String("db", "", "the database (default: a new temporary one)")
	flag.Parse()
	if err := run(context.Background(), os.Stdout, *path); err != nil {
		fmt.Fprintln(os.Stderr, "hostdb:", err)
		os.Exit(1)
	}
}

// The names of things in this host. Its patients have numbers; the Timebok client
// of one has an ID derived from the number, so that nobody has to store it.
var (
	clinicID = timebok.DeriveID[timebok.Clinic]("hostdb")
	firmID   = timebok.DeriveID[timebok.BillingParty]("hostdb")
	anneID   = timebok.DeriveID[timebok.Practitioner]("hostdb", "anne")
	talkID   = timebok.DeriveID[timebok.Service]("hostdb", "talk")
	monday   = time.Date(2026, 11, 23, 7, 0, 0, 0, time.UTC) // eight in Oslo
)

func clientOf(number int64) timebok.ClientID {
	return timebok.DeriveID[timebok.Client]("hostdb", fmt.Sprint(number))
}

// A host has one file, seen by its own connections and by Timebok's.
type host struct {
	out    io.Writer
	db     *sql.DB
	driver *sqlite.Driver
	store  *storage.Store
	desk   *booking.Desk
	by     timebok.Actor
}

func run(ctx context.Context, out io.Writer, path string) error {
	if path == "" {
		dir, err := os.MkdirTemp("", "hostdb")
		if err != nil {
			return err
		}
		defer os.RemoveAll(dir)
		path = filepath.Join(dir, "journal.db")
	}
	h, err := open(ctx, out, path)
	if err != nil {
		return err
	}
	defer h.close()
	if err := h.setUp(ctx); err != nil {
		return err
	}
	h.newPatient(ctx, 1, "Kari Demovik", monday.Add(2*time.Hour))
	h.newPatient(ctx, 2, "Per Prøvesen", monday.Add(2*time.Hour+30*time.Minute)) // Anne is busy then
	h.newPatient(ctx, 2, "Per Prøvesen", monday.Add(3*time.Hour))
	if err := h.list(ctx); err != nil {
		return err
	}
	return h.importAll(ctx)
}

// open makes both halves of the schema. The host's connections take the lock for
// writing as they begin, and sync each commit to disk, as Timebok's do.
func open(ctx context.Context, out io.Writer, path string) (*host, error) {
	if err := sqlite.Migrate(ctx, path, nil); err != nil {
		return nil, err
	}
	db, err := sql.Open("sqlite", "file:"+path+"?_txlock=immediate&_pragma=busy_timeout(10000)&_pragma=synchronous(FULL)")
	if err != nil {
		return nil, err
	}
	if _, err := db.ExecContext(ctx, `CREATE TABLE IF NOT EXISTS pasient (
		nummer INTEGER PRIMARY KEY, navn TEXT NOT NULL, klient BLOB NOT NULL UNIQUE) STRICT`); err != nil {
		return nil, err
	}
	driver, err := sqlite.Open(path, nil)
	if err != nil {
		return nil, err
	}
	return &host{
		out: out, db: db, driver: driver, store: storage.New(driver, nil),
		desk: &booking.Desk{Source: timebok.Source{Now: func() time.Time { return monday }}},
		by:   timebok.Actor{User: "anne", Role: timebok.PractitionerRole, Clinic: clinicID},
	}, nil
}

func (h *host) close() {
	_ = h.driver.Close()
	_ = h.db.Close()
}

// setUp enters the clinic, once.
func (h *host) setUp(ctx context.Context) error {
	hours := booking.Schedule{Practitioner: anneID, Version: 1}
	for day := time.Monday; day <= time.Friday; day++ {
		hours.Week = append(hours.Week, booking.Hours{Day: day, From: clock.New(8, 0, 0, 0), To: clock.New(16, 0, 0, 0)})
	}
	return h.store.Update(ctx, clinicID, func(ctx context.Context, tx storage.Tx) error {
		if _, err := tx.Clinic(ctx); err == nil {
			return nil
		}
		tx.Save(
			timebok.Clinic{ID: clinicID, Version: 1, Name: "Prøveklinikken", Zone: timebok.OsloZone, Lang: timebok.Bokmaal, Party: firmID},
			timebok.BillingParty{ID: firmID, Version: 1, Name: "Prøveklinikken AS", Form: timebok.LimitedCompany},
			timebok.Practitioner{ID: anneID, Version: 1, Name: "Anne Prøve", Profession: "Psykolog"},
			timebok.Service{ID: talkID, Version: 1, Name: "Samtale", Duration: 45 * time.Minute, Price: timebok.Kroner(1450), VAT: timebok.HealthService},
			hours,
		)
		return nil
	})
}

// newPatient stores a patient in the host's table, the client in Timebok's, and
// books the first session: all in the host's transaction.
func (h *host) newPatient(ctx context.Context, number int64, name string, start time.Time) {
	err := h.inTransaction(ctx, func(host *sql.Tx) error {
		id := clientOf(number)
		made, err := host.ExecContext(ctx, "INSERT INTO pasient (nummer, navn, klient) VALUES (?, ?, ?) ON CONFLICT DO NOTHING", number, name, id[:])
		if err != nil {
			return err
		}
		if n, err := made.RowsAffected(); err != nil || n == 0 {
			return errors.Join(err, errThere)
		}
		return h.driver.Join(ctx, host, clinicID, func(ctx context.Context, tx storage.Tx) error {
			tx.Save(timebok.Client{ID: id, Version: 1, Name: timebok.Hide(name), Lang: timebok.Bokmaal, Origin: timebok.Manual})
			_, err := h.desk.Book(ctx, tx, h.by, booking.Request{
				ID: timebok.DeriveID[booking.Booking]("hostdb", fmt.Sprint(number)), Client: id, With: anneID, Service: talkID, Start: start,
			})
			return err
		})
	})
	var refusal *timebok.Refusal
	switch {
	case errors.As(err, &refusal):
		fmt.Fprintf(h.out, "Patient %d is not stored: %s\n", number, refusal.Reasons.Text(timebok.English))
	case errors.Is(err, errThere):
		fmt.Fprintf(h.out, "Patient %d is there already.\n", number)
	case err != nil:
		fmt.Fprintf(h.out, "Patient %d is not stored: %v\n", number, err)
	default:
		fmt.Fprintf(h.out, "Patient %d is stored, with a session.\n", number)
	}
}

var errThere = errors.New("the patient is there already")

// inTransaction runs fn in a transaction of the host's. When another transaction
// was in the way, it is run again.
func (h *host) inTransaction(ctx context.Context, fn func(*sql.Tx) error) (err error) {
	for range 10 {
		var tx *sql.Tx
		if tx, err = h.db.BeginTx(ctx, nil); err != nil {
			return err
		}
		if err = fn(tx); err == nil {
			return tx.Commit()
		}
		if failed := tx.Rollback(); failed != nil {
			return errors.Join(err, failed)
		}
		if !errors.Is(err, timebok.ErrConflict) {
			return err
		}
	}
	return err
}

// list reads both halves with one statement: the tables of Timebok are there for
// reports. To change them is the library's alone.
func (h *host) list(ctx context.Context) error {
	rows, err := h.db.QueryContext(ctx, `SELECT p.nummer, p.navn, b.starts, b.state FROM pasient p
		JOIN booking b ON b.clinic_id = ? AND b.client_id = p.klient ORDER BY b.starts`, clinicID[:])
	if err != nil {
		return err
	}
	defer rows.Close()
	loc, err := timebok.LoadZone(timebok.OsloZone)
	if err != nil {
		return err
	}
	for rows.Next() {
		var number, starts int64
		var name, state string
		if err := rows.Scan(&number, &name, &starts, &state); err != nil {
			return err
		}
		fmt.Fprintf(h.out, "%d %s: %s, %s\n", number, name, time.UnixMicro(starts).In(loc).Format("02.01.2006 15:04"), state)
	}
	return rows.Err()
}
