package storage

import "github.com/timebok/timebok"

// Rules of transactions. Breaking one is a fault of the program.
var (
	Nested = timebok.NewRule("transaction.nested",
		"en transaksjon kan ikke åpnes inne i en annen", "ein transaksjon kan ikkje opnast inne i ein annan",
		"a transaction can't be opened inside another")
	ReadOnly = timebok.NewRule("transaction.read-only",
		"en lesing lagrer bare logginnslag", "ei lesing lagrar berre logginnslag",
		"a View saves audit entries and nothing else")
	Ended = timebok.NewRule("transaction.ended",
		"transaksjonen er avsluttet", "transaksjonen er avslutta", "the transaction has ended")
	NotFenced = timebok.NewRule("clinic.not-fenced",
		"bare en avstengt klinikk kan slettes", "berre ein avstengd klinikk kan slettast",
		"only a fenced clinic can be erased")
)
