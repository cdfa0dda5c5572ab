// Package storage is the port to the host's database.
//
// Hosts call Store.Update and Store.View with a function that gets a Tx; the
// transaction is bound to one clinic. A backend implements Driver; the retrying
// of lost races, the rollback on an error, a panic or a cancelled context, and
// the refusal of nested calls are written once, in Store.
//
// # The contract
//
// Every backend keeps these sentences; storagetest has a test for each.
//
// Transactions:
//   - What Update's function saves is stored as a whole when Update returns nil,
//     and not at all otherwise.
//   - A function that returns an error, or panics, leaves nothing behind.
//   - A transaction sees what it saved before, and no other transaction's until
//     that is committed.
//   - What an Update tells, a refusal as well, rests only on what was stored before
//     it returns: if it would not, the function is run again.
//   - A function may run more than once. It assigns results, never appends to
//     them, and has no effect but through its Tx.
//   - A Tx is used by one goroutine at a time, and not after its function returned.
//   - A View saves audit entries, and refuses to save anything else.
//   - Neither may be called inside the other.
//
// Versions:
//   - A record at version 1 is new: if its ID or unique key is taken, Update fails
//     with a *timebok.ExistsError.
//   - A record at version n+1 replaces the one at version n, and nothing else: at
//     any other version Update fails with a *timebok.StaleError.
//   - Saving one record twice in a transaction is one write of the last.
//   - A Deletion takes the record away at exactly its version.
//
// Tenants:
//   - Nothing of another clinic is ever read or written. The same ID in two
//     clinics is two records.
//
// Lists:
//   - Each has a total order that ends in the ID, so After continues it without
//     gaps or repeats.
//   - The body of a loop over a list may use the same Tx.
//
// Values:
//   - What is read equals what was saved: text to the byte, with its case and any
//     character; instants to the microsecond, in UTC; civil dates, with 1970-01-01
//     as a day like any other and nil as none; money exactly; nil and empty slices
//     may be taken for each other.
//
// Locks:
//   - LoadBooking, LoadIntake and LoadInvoicing in an Update hold what they name
//     until the end: of two that name the same, one waits for the other. The order
//     is connection, practitioners, series, client, numbering, each by ID.
//   - Two active bookings of one practitioner never overlap, buffers included,
//     unless one was allowed to: should a program forget the lock, Update fails
//     with a *timebok.Refusal of booking.SlotTaken.
//   - There is one series at most for a case, one inbox entry for an event, and one
//     invoice for a number of a billing party.
//
// Outbox:
//   - Messages are stored with the change that causes them.
//   - Lease gives a message to one worker at a time; when a lease runs out the
//     message can be leased again.
//   - Done, Retry and Bury work only with the token of the present lease.
//
// Bulk:
//   - An import stores records at whatever version they have. Run again, it counts
//     them as there and changes nothing.
//   - An import that was cut off keeps what came before, and is completed by running
//     it again.
//   - A record that is there with other content, or that a constraint refuses, is
//     reported, and the others are stored.
//   - An export lists every record of one clinic as it was at one moment, by kind and
//     ID, and imported elsewhere it gives the same export.
//   - Fence returns when no Update is under way, and none begins until Unfence: it
//     fails with ErrFenced. Views go on, and no message is leased.
//   - Erase takes away every record of a fenced clinic and of no other, and refuses a
//     clinic that is not fenced.
//
// # Writing a backend
//
// examples/backend is a whole one, with maps, to read first. Then:
//
//  1. Driver and DriverTx. Keep what Save gets until Commit if you like: nothing
//     waits for it but the transaction's own reads.
//  2. The getters and lists, each in its order. Fill one record of every kind in all
//     fields and read it back; storagetest does.
//  3. The Load methods: locks first, in the order above, then the reading. A lock
//     must be on something that exists whether or not the record does.
//  4. The constraints, for programs that forget the locks.
//  5. Errors. Your own classifier turns the database's into the typed ones; what
//     another transaction is to blame for is LostRace, and the Store runs it again;
//     a commit without an answer is UnknownOutcome. Nobody else sees a raw error,
//     and no text of one shows a person's data.
//  6. The outbox. One statement takes the lease, so that two workers can't.
//  7. Bulk, if clinics are to be imported or moved (Router).
//  8. storagetest.Run, with Reopen if the backend keeps anything, under -race; and
//     then BenchBook and BenchGrowth: a million bookings must be no slower than a
//     thousand.
//
// Common mistakes; the suite looks for each:
//
//   - Texts compared without their case, or å made of two characters taken for å.
//   - Instants to the second or to the nanosecond, or in the server's zone; a date
//     moved by a day on the way through UTC; 1970-01-01 taken for none.
//   - Money by way of a float. Money is a number of øre in an int64, and no other
//     decimal is stored.
//   - JSON of a type that masks itself: the mask was stored.
//   - A slice that the caller, or the driver's next row, writes over later.
//   - A list that is cut into pages by an order that is not total.
//   - A version that is checked, and then written without checking.
//   - An overlap that is looked for before the lock is held, or in a snapshot that is
//     older than the lock.
//   - A refusal that was decided on what another one had written and not yet
//     committed, told before that was: Rollback waits for it, and returns a LostRace
//     if it came to nothing.
//   - An Update of a cancelled context that is committed all the same; a rollback
//     that leaves a lock behind.
//   - A message that is leased again because its lease was compared with the
//     database's clock, not with the time in the LeaseRequest.
package storage
