package series

import (
	"time"

	"github.com/rickb777/date"
	"github.com/timebok/timebok"
)

// An Approval is what was granted at one time: a snapshot of the network's
// answer, or what staff entered from a letter.
type Approval struct {
	At     time.Time // when it was fetched or entered
	Source Source
	By     timebok.Actor
	Note   string // a reference of the source, such as a letter's; no personal data
	Terms  Terms
}

// A Source says where an approval comes from.
type Source string

const (
	FromNetwork Source = "network"
	ByHand      Source = "manual"
)

// An Override corrects what was approved, locally. A nil field leaves the
// approved value.
type Override struct {
	At  time.Time
	By  timebok.Actor
	Why string

	ValidFrom, ValidTo *date.Date
	Caps               []Cap
	Billing            *timebok.Billing
	Share              *Share
}

// An Adjustment is use that no booking of ours shows: sessions held elsewhere
// or in an earlier system, or (negative) a correction.
type Adjustment struct {
	At        time.Time
	By        timebok.Actor
	Why       string
	Opening   bool   // the opening balance of a series that began elsewhere
	Treatment string // which treatment type; "" for none in particular
	Sessions  int
	Amount    timebok.Money
}
