package storage_test

import (
	"context"
	"errors"
	"fmt"

	"github.com/timebok/timebok"
	"github.com/timebok/timebok/storage"
	"github.com/timebok/timebok/storage/memory"
)

// An Update stores everything or nothing; a View sees one state of the clinic.
func ExampleStore() {
	ctx := context.Background()
	store := storage.New(memory.New(), nil)
	defer store.Close()
	clinic := timebok.Clinic{
		ID: timebok.DeriveID[timebok.Clinic]("example"), Version: 1, Name: "Fjordgata", Zone: timebok.OsloZone,
		Party: timebok.DeriveID[timebok.BillingParty]("example"),
	}
	err := store.Update(ctx, clinic.ID, func(_ context.Context, tx storage.Tx) error {
		tx.Save(clinic)
		return nil
	})
	fmt.Println("saved:", err)

	clinic.Name, clinic.Version = "Fjordgata Psykologsenter", 2
	err = store.Update(ctx, clinic.ID, func(_ context.Context, tx storage.Tx) error {
		tx.Save(clinic)
		return errors.New("changed my mind")
	})
	fmt.Println("not saved:", err)

	clinic.Version = 3 // based on a version that was never stored
	err = store.Update(ctx, clinic.ID, func(_ context.Context, tx storage.Tx) error {
		tx.Save(clinic)
		return nil
	})
	fmt.Println("stale:", errors.Is(err, timebok.ErrConflict))

	err = store.View(ctx, clinic.ID, func(ctx context.Context, tx storage.Tx) error {
		now, err := tx.Clinic(ctx)
		fmt.Println(now.Name, now.Version)
		return err
	})
	fmt.Println(err)
	// Output:
	// saved: <nil>
	// not saved: changed my mind
	// stale: true
	// Fjordgata 1
	// <nil>
}

// A clinic moves to another database while it is used. Updates go on there.
func ExampleRouter() {
	ctx := context.Background()
	stores := map[string]*storage.Store{
		"oslo": storage.New(memory.New(), nil), "bergen": storage.New(memory.New(), nil),
	}
	router := storage.NewRouter(&storage.Places{}, stores, nil)
	clinic := timebok.Clinic{ID: timebok.DeriveID[timebok.Clinic]("example"), Version: 1, Name: "Fjordgata"}
	save := func(c timebok.Clinic) error {
		return router.Update(ctx, c.ID, func(_ context.Context, tx storage.Tx) error {
			tx.Save(c)
			return nil
		})
	}
	fmt.Println(router.Put(ctx, clinic.ID, "oslo"), save(clinic))

	report, err := router.Move(ctx, clinic.ID, "bergen", nil)
	fmt.Println(report.Records, err)

	clinic.Version, clinic.Name = 2, "Fjordgata Psykologsenter"
	fmt.Println(save(clinic))
	err = stores["oslo"].Update(ctx, clinic.ID, func(context.Context, storage.Tx) error { return nil })
	fmt.Println("in the old store:", errors.Is(err, storage.ErrFenced))
	err = stores["bergen"].View(ctx, clinic.ID, func(ctx context.Context, tx storage.Tx) error {
		now, err := tx.Clinic(ctx)
		fmt.Println("in the new one:", now.Name)
		return err
	})
	fmt.Println(err)
	// Output:
	// <nil> <nil>
	// map[clinic:1] <nil>
	// <nil>
	// in the old store: true
	// in the new one: Fjordgata Psykologsenter
	// <nil>
}
