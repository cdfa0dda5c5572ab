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
package storage
