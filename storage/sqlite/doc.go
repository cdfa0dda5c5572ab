// Package sqlite is the embedded storage backend: one SQLite file, in WAL mode,
// with every commit synced to disk before it is acknowledged.
//
//	if err := sqlite.Migrate(ctx, path, nil); err != nil { ... }
//	driver, err := sqlite.Open(path, nil)
//	store := storage.New(driver, nil)
//
// SQLite takes one writer at a time, so there is one connection that writes, and
// Updates take turns at it, first come first served. That turn is every lock of
// the contract: whatever two Updates name, one waits for the other. Views read on
// connections of their own, each on one snapshot, and neither wait nor are waited
// for.
//
// Syncing is what a commit costs, so Updates that queue up share one: each writes
// in the same SQLite transaction, one after the other, and all are acknowledged
// together once nobody waits. So Commit may wait for Updates that came later, for a
// few milliseconds and the function under way, also when its context ends meanwhile.
// A function in an Update must be quick, and not wait for another Update to end.
//
// What every booking asks for - its clinic, practitioner, client, service, series
// and the calendar of the day - the driver keeps from one Update to the next, until
// it is changed. A change by anybody else is seen at once: SQLite tells that there
// was one, and all is read again.
//
// So a function often needs nothing of SQLite, and runs while the Updates before it
// still write what they saved. Should one of them fail to, the function is run again,
// whatever it returned.
//
// A host with tables of its own in the file joins use-cases in its own transaction
// (Driver.Join). Whole clinics go in and out by Import and Export.
//
// Several processes may use one file, but then they compete for the write lock,
// and SQLite is not fair. The file holds persons' data in clear text: Migrate
// makes it readable to its owner only.
package sqlite
