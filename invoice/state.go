package invoice

import (
	"slices"

	"github.com/timebok/timebok"
)

// A State is how far an invoice has come.
type State string

const (
	Draft     State = "draft"     // utkast
	Discarded State = "discarded" // a draft that was dropped; it never had a number
	Issued    State = "issued"    // utstedt: has its number, waits for the access point
	Submitted State = "submitted" // the access point has it
	Delivered State = "delivered" // the recipient's access point has it
	Accepted  State = "accepted"  // the recipient accepts it
	Refused   State = "rejected"  // the recipient rejects it (avvist)
	Credited  State = "credited"  // a credit note takes all of it back
	Paid      State = "paid"      // betalt
)

// nextStates lists where an invoice can go from each state. A rejection comes by
// e-mail as often as over the network, so it can follow any state after issue.
var nextStates = map[State][]State{
	Draft:     {Issued, Discarded},
	Issued:    {Submitted, Delivered, Accepted, Refused, Credited, Paid},
	Submitted: {Delivered, Accepted, Refused, Credited, Paid},
	Delivered: {Accepted, Refused, Credited, Paid},
	Accepted:  {Refused, Credited, Paid},
	Refused:   {Credited, Accepted, Paid},
	Paid:      {Credited},
}

// CanBecome reports whether an invoice may go from s to next.
func (s State) CanBecome(next State) bool { return slices.Contains(nextStates[s], next) }

// IsIssued reports whether the invoice is part of the accounts.
func (s State) IsIssued() bool { return s != Draft && s != Discarded }

// Text is what people call the state.
func (s State) Text(l timebok.Lang) string {
	texts, ok := stateTexts[s]
	if !ok {
		return string(s)
	}
	switch l {
	case timebok.Nynorsk:
		return texts.nn
	case timebok.English:
		return string(s)
	}
	return texts.nb
}

var stateTexts = map[State]struct{ nb, nn string }{
	Draft:     {"utkast", "utkast"},
	Discarded: {"forkastet", "forkasta"},
	Issued:    {"utstedt", "utskriven"},
	Submitted: {"sendt", "send"},
	Delivered: {"levert", "levert"},
	Accepted:  {"godtatt", "godteken"},
	Refused:   {"avvist", "avvist"},
	Credited:  {"kreditert", "kreditert"},
	Paid:      {"betalt", "betalt"},
}
