package insurance

import (
	"fmt"
	"time"

	"github.com/timebok/timebok"
	"github.com/timebok/timebok/booking"
)

// A Result says what became of an event.
type Result string

const (
	New         Result = "new"         // a booking was made
	Changed     Result = "changed"     // a booking was moved or called off
	Identical   Result = "identical"   // seen before, or nothing in it is new
	Stale       Result = "stale"       // a later version was applied before
	Quarantined Result = "quarantined" // waits for somebody to resolve it
	Declined    Result = "declined"    // resolved by turning it down
)

// A Received is the inbox entry of an event, one for each (network, event).
type Received struct {
	Version  int64
	Network  timebok.Network
	Event    string // the network's ID of the event
	External string // the network's ID of the booking
	Source   int64  // the booking's version at the network
	At       time.Time
	Result   Result
	Codes    []string   // of a quarantined event: why
	Booking  booking.ID // what came of it
	// Content is the event in clear text while it is quarantined, else nil. It is
	// a person's data.
	Content Sealed
}

// Sealed is a text about a person, as bytes for a store to keep. It shows itself
// as "[private]" in fmt, slog and JSON; a conversion to []byte opens it.
type Sealed []byte

// Format masks every verb of fmt.
func (Sealed) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte("[private]")) }

// MarshalText masks the text in JSON, slog and other encodings.
func (Sealed) MarshalText() ([]byte, error) { return []byte("[private]"), nil }

// A ReceivedID names an inbox entry.
type ReceivedID = timebok.ID[Received]

// ReceivedKey is the ID of the inbox entry of an event.
func ReceivedKey(n timebok.Network, event string) ReceivedID {
	return timebok.DeriveID[Received]("event", string(n), event)
}

// ID is the entry's ID.
func (r Received) ID() ReceivedID { return ReceivedKey(r.Network, r.Event) }

// Ref names this version of the entry.
func (r Received) Ref() timebok.Ref {
	return timebok.Ref{Kind: timebok.KindEvent, ID: r.ID().UUID(), Version: r.Version}
}

// External is what is known of one booking at a network.
type External struct {
	Version int64
	Network timebok.Network
	ID      string
	Seen    int64      // the highest source version seen
	Applied int64      // the highest source version applied
	Booking booking.ID // zero: none was made yet
	Waiting ReceivedID // the quarantined entry that speaks of it; zero: none
}

// ExternalKey is the ID of the record of a network's booking.
func ExternalKey(n timebok.Network, id string) timebok.ID[External] {
	return timebok.DeriveID[External]("external", string(n), id)
}

// Ref names this version of the record.
func (x External) Ref() timebok.Ref {
	return timebok.Ref{Kind: timebok.KindExternal, ID: ExternalKey(x.Network, x.ID).UUID(), Version: x.Version}
}
