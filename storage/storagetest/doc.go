// Package storagetest is the suite that every storage backend passes. Its author
// needs five lines:
//
//	func TestDriver(t *testing.T) {
//		storagetest.Run(t, func(t *testing.T) storage.Driver {
//			return mydriver.Open(t.TempDir())
//		}, nil)
//	}
//
// Each sentence of the contract in the doc comment of package storage has its
// subtests here, grouped as there. On top of those come use-cases of package booking: races for one slot and for the last session of a
// cap, a fault at every step of a command, every command run twice, and random
// scripts compared with a naive recount.
//
// The package also holds what other tests and examples can use: a made-up Clinic
// with everything in it, and Twice and Faulty, which wrap a driver.
package storagetest
