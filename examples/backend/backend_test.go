package backend_test

import (
	"testing"

	"github.com/timebok/timebok/examples/backend"
	"github.com/timebok/timebok/storage"
	"github.com/timebok/timebok/storage/storagetest"
)

func TestDriver(t *testing.T) {
	storagetest.Run(t, func(*testing.T) storage.Driver { return backend.Open() }, &storagetest.Options{NoBulk: true, Volatile: true})
}
