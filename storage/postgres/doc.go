// Package postgres is the storage backend for PostgreSQL 15 and newer, on pgx.
//
//	if err := postgres.Migrate(ctx, pool, nil); err != nil { ... }
//	driver, err := postgres.New(ctx, pool, nil)
//	store := storage.New(driver, nil)
//
// A use-case is two round trips: the first begins, locks and reads, the second
// writes and commits. What is saved is held back until then, or until the
// transaction reads again. Updates are READ COMMITTED: each statement reads what
// was committed when it began, and those that read come after those that lock.
// Locks are rows, taken in the order of the contract; whoever asks for one against
// the order doesn't wait for it, but is run again with all in order. Views are one
// snapshot, and neither wait nor are waited for.
//
// Settings are kept in the process: the clinic's own record, and a practitioner's
// and a service's, with working hours, absences and price agreements. Triggers
// renew a stamp of the clinic with each change of them, and with its fence, whatever
// program makes it. An Update that asks for settings looks at the stamp under its
// locks, and if it is another begins again, in one round trip more. Only what
// changed while the triggers were switched off, or by altering a table, may go
// unseen, for a minute at most. Without the triggers (Options.WithoutTriggers)
// every booking reads the settings, which takes no round trip more.
//
// Changes of settings wait for each other within a clinic. A replication of the
// tables, or a restore of their data alone, leaves clinic_stamp out: the triggers
// fill it where the rows arrive.
//
// Every table begins with the clinic, and no statement but those of the relay is
// about several clinics, so the tables can be spread by clinic. The SQL is that of
// every database that speaks PostgreSQL's, but for the fence, which asks for
// transaction IDs, and the exclusion constraint and the triggers, which can be left
// out (Options.WithoutExclusion, Options.WithoutTriggers). Other databases than
// PostgreSQL are not tested.
//
// A host that has a transaction open runs use-cases in it by Driver.Join. A
// commit whose answer was lost is looked up: only what can't be found is an
// unknown outcome.
//
// The tables hold persons' data in clear text.
package postgres
