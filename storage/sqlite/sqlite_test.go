package sqlite_test

import (
	"path/filepath"
	"testing"

	"github.com/timebok/timebok/storage"
	"github.com/timebok/timebok/storage/sqlite"
	"github.com/timebok/timebok/storage/storagetest"
)

// open opens a new database in a folder of the test.
func open(t testing.TB) storage.Driver { return openAt(t, filepath.Join(t.TempDir(), "timebok.db")) }

func openAt(t testing.TB, path string) storage.Driver {
	t.Helper()
	if err := sqlite.Migrate(t.Context(), path, nil); err != nil {
		t.Fatal(err)
	}
	d, err := sqlite.Open(path, nil)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestDriver(t *testing.T) {
	storagetest.Run(t, func(t *testing.T) storage.Driver { return open(t) }, nil)
}
