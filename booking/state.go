package booking

import (
	"slices"
	"time"

	"github.com/timebok/timebok"
)

// A State is how far a booking has come. No clock changes it: that a session has
// passed says nothing of whether the client came.
type State string

const (
	Proposed       State = "proposed"         // holds its time, to be confirmed
	Booked         State = "booked"           // agreed
	Arrived        State = "arrived"          // the client is here
	Completed      State = "completed"        // delivered (gjennomført)
	NoShow         State = "no-show"          // the client did not come (ikke møtt)
	Cancelled      State = "cancelled"        // called off (avbestilt)
	EnteredInError State = "entered-in-error" // should never have been (feilregistrert)
)

// nextStates lists where a booking can go from each state.
var nextStates = map[State][]State{
	Proposed:  {Booked, Cancelled, EnteredInError},
	Booked:    {Arrived, Completed, NoShow, Cancelled, EnteredInError},
	Arrived:   {Completed, Cancelled, EnteredInError},
	Completed: {EnteredInError},
	NoShow:    {Completed, EnteredInError},
	Cancelled: {EnteredInError},
}

// CanBecome reports whether a booking may go from s to next.
func (s State) CanBecome(next State) bool { return slices.Contains(nextStates[s], next) }

// IsActive reports whether a booking in this state occupies its practitioner.
func (s State) IsActive() bool { return s != Cancelled && s != EnteredInError }

// IsPlanned reports whether the session is still to come, so that it can be
// moved or called off.
func (s State) IsPlanned() bool { return s == Proposed || s == Booked }

// become returns the booking in its next state, or why it can't be.
func (b Booking) become(next State, now time.Time) (Booking, timebok.Reasons) {
	var no timebok.Reasons
	if !b.State.CanBecome(next) {
		no.Add(WrongState, "State", timebok.P("state", b.State), timebok.P("next", next))
	}
	if (next == Completed || next == NoShow) && now.Before(b.Time.Start) {
		no.Add(TooEarly, "State", timebok.P("next", next))
	}
	if next == EnteredInError && b.Locked() {
		no.Add(BillingLocked, "State")
	}
	b.State = next
	b.Version++
	return b, no
}

// What a booking can't become in its state, though it is no state.
const (
	moved    State = "moved"
	attached State = "attached"
	invited  State = "invited"
)

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
	Proposed:       {"foreslått", "føreslått"},
	Booked:         {"booket", "booka"},
	Arrived:        {"ankommet", "komen"},
	Completed:      {"gjennomført", "gjennomført"},
	NoShow:         {"ikke møtt", "ikkje møtt"},
	Cancelled:      {"avbestilt", "avbestilt"},
	EnteredInError: {"feilregistrert", "feilregistrert"},
	moved:          {"flyttet", "flytt"},
	attached:       {"lagt i en serie", "lagd i ein serie"},
	invited:        {"klienten invitert til", "klienten invitert til"},
}
