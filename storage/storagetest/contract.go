package storagetest

import "slices"

// A test is a test of one sentence of the contract.
type test struct {
	Group    string // as in the contract, or one of the groups on top of it
	Sentence string // of the contract, word for word; "" for a test on top of it
	Name     string // the sentence in short, as the subtest is called
	Test     func(*env)
}

// contract lists every test of the suite, by group.
var contract = slices.Concat(transactions, versions)

var transactions = of("Transactions",
	clause("What Update's function saves is stored as a whole when Update returns nil, and not at all otherwise.",
		check("all or nothing", allOrNothing),
		check("a record that can't be written takes the others along", oneBadRecord)),
	clause("A function that returns an error, or panics, leaves nothing behind.",
		check("an error leaves nothing", errorLeavesNothing),
		check("a panic leaves nothing", panicLeavesNothing),
		check("a cancelled context leaves nothing", cancelLeavesNothing)),
	clause("A transaction sees what it saved before, and no other transaction's until that is committed.",
		check("reads its own writes", readsOwnWrites),
		check("its lists and views hold its own writes", listsOwnWrites),
		check("unseen until committed", unseenUntilCommitted),
		check("a view sees one state", viewSeesOneState)),
	clause("A function may run more than once. It assigns results, never appends to them, and has no effect but through its Tx.",
		check("run twice is stored once", runTwiceStoredOnce)),
	clause("A Tx is used by one goroutine at a time, and not after its function returned.",
		check("a transaction that ended answers with errors", usedAfterItsEnd)),
	clause("A View saves audit entries, and refuses to save anything else.",
		check("a view saves audit entries", viewSavesAudit),
		check("a view refuses other records", viewRefusesRecords)),
	clause("Neither may be called inside the other.",
		check("nested calls are refused", nestedRefused)),
)

var versions = of("Versions",
	clause("A record at version 1 is new: if its ID or unique key is taken, Update fails with a *timebok.ExistsError.",
		check("new where the ID is taken", newIsTaken)),
	clause("A record at version n+1 replaces the one at version n, and nothing else: at any other version Update fails with a *timebok.StaleError.",
		check("the next version replaces", nextVersionReplaces),
		check("any other version is stale", otherVersionIsStale)),
	clause("Saving one record twice in a transaction is one write of the last.",
		check("saved twice is written once", savedTwice)),
	clause("A Deletion takes the record away at exactly its version.",
		check("deleted at its version", deletedAtItsVersion),
		check("a stale deletion takes nothing away", staleDeletion)),
)
