package sqlite_test

import (
	"context"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"github.com/timebok/timebok/storage"
	"github.com/timebok/timebok/storage/sqlite"
	"github.com/timebok/timebok/storage/storagetest"
)

func TestDriver(t *testing.T) {
	var paths sync.Map // of the drivers
	storagetest.Run(t, func(t *testing.T) storage.Driver {
		path := newFile(t)
		d := open(t, path, nil)
		paths.Store(d, path)
		return d
	}, &storagetest.Options{
		Reopen: func(t *testing.T, d storage.Driver) storage.Driver {
			path, _ := paths.Load(d)
			if err := d.Close(); err != nil {
				t.Errorf("Close: %v", err)
			}
			again := open(t, path.(string), nil)
			paths.Store(again, path)
			return again
		},
	})
}

// newFile returns the path of a new, empty database. Migrating costs more than a
// small test: it is done once, and copied.
func newFile(t testing.TB) string {
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
	if err := sqlite.Migrate(context.Background(), path, nil); err != nil {
		return nil, err
	}
	return os.ReadFile(path)
})

func open(t testing.TB, path string, o *sqlite.Options) *sqlite.Driver {
	t.Helper()
	d, err := sqlite.Open(path, o)
	if err != nil {
		t.Fatal(err)
	}
	return d
}
