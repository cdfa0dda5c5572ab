// Package ncruces runs the suite on github.com/ncruces/go-sqlite3, which is SQLite
// by way of WebAssembly. It shows how a host takes another driver.
package ncruces

import (
	"context"
	"os"
	"path/filepath"
	"sync"
	"testing"

	ncruces "github.com/ncruces/go-sqlite3/driver"
	"github.com/timebok/timebok/storage"
	"github.com/timebok/timebok/storage/sqlite"
	"github.com/timebok/timebok/storage/storagetest"
)

var options = &sqlite.Options{Driver: &ncruces.SQLite{}}

func TestDriver(t *testing.T) {
	var paths sync.Map // of the drivers
	open := func(t *testing.T, path string) storage.Driver {
		d, err := sqlite.Open(path, options)
		if err != nil {
			t.Fatal(err)
		}
		paths.Store(d, path)
		return d
	}
	storagetest.Run(t, func(t *testing.T) storage.Driver { return open(t, newFile(t)) }, &storagetest.Options{
		Reopen: func(t *testing.T, d storage.Driver) storage.Driver {
			path, _ := paths.Load(d)
			if err := d.Close(); err != nil {
				t.Errorf("Close: %v", err)
			}
			return open(t, path.(string))
		},
	})
}

// newFile returns the path of a new, empty database, migrated once and copied.
func newFile(t *testing.T) string {
	t.Helper()
	empty, err := migrated()
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "timebok.db")
	if err := os.WriteFile(path, empty, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

var migrated = sync.OnceValues(func() ([]byte, error) {
	dir, err := os.MkdirTemp("", "timebok")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	path := filepath.Join(dir, "timebok.db")
	if err := sqlite.Migrate(context.Background(), path, options); err != nil {
		return nil, err
	}
	return os.ReadFile(path)
})
