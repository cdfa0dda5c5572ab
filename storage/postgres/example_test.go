package postgres_test

import (
	"context"
	"fmt"
	"os"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/timebok/timebok"
	"github.com/timebok/timebok/storage"
	"github.com/timebok/timebok/storage/postgres"
	"github.com/timebok/timebok/storage/storagetest"
)

// start is how a host begins: the tables are made or brought up to date, and the
// driver shares the host's pool.
func start(ctx context.Context, pool *pgxpool.Pool) (*storage.Store, *postgres.Driver, error) {
	if err := postgres.Migrate(ctx, pool, nil); err != nil {
		return nil, nil, err
	}
	driver, err := postgres.New(ctx, pool, nil)
	if err != nil {
		return nil, nil, err
	}
	return storage.New(driver, nil), driver, nil
}

// register stores a patient of the host's and the client of Timebok in one
// transaction: both, or neither.
func register(ctx context.Context, pool *pgxpool.Pool, driver *postgres.Driver, clinic timebok.ClinicID, c timebok.Client) error {
	return pgx.BeginFunc(ctx, pool, func(host pgx.Tx) error {
		if _, err := host.Exec(ctx, "INSERT INTO patient (client_id) VALUES ($1)", c.ID.UUID()); err != nil {
			return err
		}
		return driver.Join(ctx, host, clinic, func(_ context.Context, tx storage.Tx) error {
			tx.Save(c)
			return nil
		})
	})
}

// A host starts with Migrate and New; a row of its own and a use-case of Timebok's
// are stored together by Join. TestExample runs it on a server.
func Example() {
	ctx := context.Background()
	pool, err := pgxpool.New(ctx, os.Getenv("DATABASE_URL"))
	if err != nil {
		fmt.Println("no database")
		return
	}
	defer pool.Close()
	store, driver, err := start(ctx, pool)
	if err != nil {
		fmt.Println(err)
		return
	}
	clinic := timebok.Clinic{ID: timebok.New[timebok.Clinic](timebok.Source{}), Version: 1, Name: "Klinikken", Zone: "Europe/Oslo"}
	err = store.Update(ctx, clinic.ID, func(_ context.Context, tx storage.Tx) error {
		tx.Save(clinic)
		return nil
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	err = register(ctx, pool, driver, clinic.ID, timebok.Client{
		ID: timebok.New[timebok.Client](timebok.Source{}), Version: 1, Name: timebok.Hide("Ola Nordmann"),
	})
	fmt.Println(err)
}

func TestExample(t *testing.T) {
	dsn := newDatabase(t)
	pool := newPool(t, dsn, nil)
	store, driver, err := start(t.Context(), pool)
	if err != nil {
		t.Fatal(err)
	}
	raw(t, dsn, "CREATE TABLE patient (client_id uuid PRIMARY KEY)")
	c := storagetest.NewClinic("A")
	c.Save(t, store)
	someone := c.Ola
	someone.ID = timebok.New[timebok.Client](timebok.Source{})
	const counts = "SELECT (SELECT count(*) FROM patient), (SELECT count(*) FROM client WHERE id IN (SELECT client_id FROM patient))"
	if err := register(t.Context(), pool, driver, c.Clinic.ID, someone); err != nil {
		t.Error(err)
	}
	if got := raw(t, dsn, counts); got != "1 1" {
		t.Errorf("patients, and clients of them: %s", got)
	}
	if err := register(t.Context(), pool, driver, c.Clinic.ID, c.Ola); err == nil { // Timebok has that one
		t.Error("a client was stored twice")
	}
	if got := raw(t, dsn, counts); got != "1 1" {
		t.Errorf("after a refusal: %s", got)
	}
}
