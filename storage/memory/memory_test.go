package memory_test

import (
	"testing"

	"github.com/timebok/timebok/storage"
	"github.com/timebok/timebok/storage/memory"
	"github.com/timebok/timebok/storage/storagetest"
)

func TestDriver(t *testing.T) {
	storagetest.Run(t, func(*testing.T) storage.Driver { return memory.New() }, &storagetest.Options{Volatile: true})
}
