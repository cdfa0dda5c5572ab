package sqlite_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/timebok/timebok/storage"
	"github.com/timebok/timebok/storage/sqlite"
)

// The schema is made and changed by Migrate alone; Open refuses a file without it.
func ExampleOpen() {
	dir, err := os.MkdirTemp("", "timebok-")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(dir)
	path := filepath.Join(dir, "clinic.db")

	_, err = sqlite.Open(path, nil)
	var old *sqlite.SchemaError
	fmt.Println("before Migrate:", errors.As(err, &old))

	fmt.Println("Migrate:", sqlite.Migrate(context.Background(), path, nil))
	db, err := sqlite.Open(path, nil)
	fmt.Println("Open:", err)
	store := storage.New(db, nil)
	fmt.Println("Close:", store.Close())
	// Output:
	// before Migrate: true
	// Migrate: <nil>
	// Open: <nil>
	// Close: <nil>
}
