// Package storagetest is the suite that every storage backend passes. Its author
// needs five lines:
//
//	func TestDriver(t *testing.T) {
//		storagetest.Run(t, func(t *testing.T) storage.Driver {
//			return mydriver.Open(t.TempDir())
//		}, &storagetest.Options{Reopen: mydriver.Reopen})
//	}
//
// where Reopen closes a driver and opens its data again. A backend that keeps nothing
// says Volatile in its place.
//
// Each sentence of the contract in the doc comment of package storage has its
// subtests here, grouped as there. On top of those come use-cases of package
// booking: races for one slot and for the last session of a cap, a fault at every
// step of a command, every command run twice, random scripts compared with a naive
// recount, and histories of many callers that porcupine finds an order for. What a
// test draws at random it prints the seed of when it fails.
//
// Values, as the suite has them: text in every case and normal form; instants to
// the microsecond, also in the hours that a change of the clock skips or repeats;
// 1970-01-01; numbers to the limits of an int64. Money is a number of øre in an
// int64, so no decimal of more digits occurs.
//
// BenchBook, BenchImport and BenchGrowth measure a backend. RunDirectory tests a
// storage.Directory. The package also holds what other tests and examples can use:
// a made-up Clinic with everything in it, and Twice and Faulty, which wrap a driver.
package storagetest
