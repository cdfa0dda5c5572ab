package notice

import "github.com/timebok/timebok"

// Why a message is not sent, and not tried again. Write returns a *timebok.Refusal
// by one of them.
var (
	OptedOut = timebok.NewRule("notice.consent",
		"klienten har ikke samtykket til beskjeder på denne måten",
		"klienten har ikkje samtykt til beskjedar på denne måten",
		"the client has not consented to be told in this way")
	Outdated = timebok.NewRule("notice.outdated",
		"det stemmer ikke lenger", "det stemmer ikkje lenger", "it no longer holds")
)
