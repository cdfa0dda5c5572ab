package storagetest

// A group is a heading of the contract.
type group struct {
	name    string
	clauses []clause
}

// A clause is a sentence of the contract, word for word, with the tests of it.
type clause struct {
	sentence string
	tests    []check
}

// A check is a subtest; its name is the sentence, or a part of it, in short.
type check struct {
	name string
	run  func(*env)
}

// contract lists all sentences of the doc comment of package storage, in its
// order. TestContractIsWhole compares the two.
var contract = []group{transactions, versions, tenants, lists, values, locks, outbox, bulk}

// onTop lists what the suite tests besides the sentences: use-cases that a backend
// which keeps them all carries out well.
var onTop = []group{useCases, durability}

var transactions = group{"Transactions", []clause{
	{"What Update's function saves is stored as a whole when Update returns nil, and not at all otherwise.", []check{
		{"all or nothing", allOrNothing},
		{"a record that can't be written takes the others along", oneBadRecord},
	}},
	{"A function that returns an error, or panics, leaves nothing behind.", []check{
		{"an error leaves nothing", errorLeavesNothing},
		{"a panic leaves nothing", panicLeavesNothing},
		{"a cancelled context leaves nothing", cancelLeavesNothing},
	}},
	{"A transaction sees what it saved before, and no other transaction's until that is committed.", []check{
		{"reads its own writes", readsOwnWrites},
		{"its lists and views hold its own writes", listsOwnWrites},
		{"unseen until committed", unseenUntilCommitted},
		{"a view sees one state", viewSeesOneState},
	}},
	{"What an Update tells, a refusal as well, rests only on what was stored before it returns: if it would not, the function is run again.", []check{
		{"a refusal rests on what is stored", refusalIsFounded},
	}},
	{"A function may run more than once. It assigns results, never appends to them, and has no effect but through its Tx.", []check{
		{"run twice is stored once", runTwiceStoredOnce},
	}},
	{"A Tx is used by one goroutine at a time, and not after its function returned.", []check{
		{"a transaction that ended answers with errors", usedAfterItsEnd},
	}},
	{"A View saves audit entries, and refuses to save anything else.", []check{
		{"a view saves audit entries", viewSavesAudit},
		{"a view refuses other records", viewRefusesRecords},
	}},
	{"Neither may be called inside the other.", []check{
		{"nested calls are refused", nestedRefused},
	}},
}}

var versions = group{"Versions", []clause{
	{"A record at version 1 is new: if its ID or unique key is taken, Update fails with a *timebok.ExistsError.", []check{
		{"new where the ID is taken", newIsTaken},
	}},
	{"A record at version n+1 replaces the one at version n, and nothing else: at any other version Update fails with a *timebok.StaleError.", []check{
		{"the next version replaces", nextVersionReplaces},
		{"any other version is stale", otherVersionIsStale},
	}},
	{"Saving one record twice in a transaction is one write of the last.", []check{
		{"saved twice is written once", savedTwice},
	}},
	{"A Deletion takes the record away at exactly its version.", []check{
		{"deleted at its version", deletedAtItsVersion},
		{"a stale deletion takes nothing away", staleDeletion},
	}},
}}
