package memory_test

import (
	"context"
	"fmt"

	"github.com/timebok/timebok"
	"github.com/timebok/timebok/storage"
	"github.com/timebok/timebok/storage/memory"
)

// A store for tests and trials: it keeps the contract, and nothing when it is closed.
func ExampleNew() {
	ctx := context.Background()
	store := storage.New(memory.New(), nil)
	clinic := timebok.Clinic{ID: timebok.DeriveID[timebok.Clinic]("fjordgata"), Version: 1, Name: "Fjordgata", Zone: timebok.OsloZone}

	err := store.Update(ctx, clinic.ID, func(_ context.Context, tx storage.Tx) error {
		tx.Save(clinic)
		return nil
	})
	fmt.Println(err)
	err = store.View(ctx, clinic.ID, func(ctx context.Context, tx storage.Tx) error {
		found, err := tx.Clinic(ctx)
		fmt.Println(found.Name, found.Version)
		return err
	})
	fmt.Println(err)
	// Output:
	// <nil>
	// Fjordgata 1
	// <nil>
}
