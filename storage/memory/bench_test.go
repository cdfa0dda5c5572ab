package memory_test

import (
	"testing"

	"github.com/timebok/timebok/storage"
	"github.com/timebok/timebok/storage/memory"
	"github.com/timebok/timebok/storage/storagetest"
)

func open(*testing.B) storage.Driver { return memory.New() }

func BenchmarkBook(b *testing.B) { storagetest.BenchBook(b, open) }

func BenchmarkImport(b *testing.B) { storagetest.BenchImport(b, open) }

func BenchmarkGrowth(b *testing.B) { storagetest.BenchGrowth(b, open, 1_000, 100_000) }
