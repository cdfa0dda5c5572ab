package insurance

import (
	"context"
	"time"

	"github.com/timebok/timebok"
	"github.com/timebok/timebok/booking"
)

// A Network is the port to a provider network or insurer. Implementations are
// safe for concurrent use and know the credentials of each clinic themselves.
//
// Errors: timebok.ErrUnavailable if the other side did not answer, or it is
// unknown whether it acted; timebok.ErrRefused with NotConnected, UnknownCase or
// NotCapable; timebok.ErrInvalid if it says the input is wrong. Package
// networktest has the suite that an implementation must pass.
type Network interface {
	// Name is the name under which clinics connect to it.
	Name() timebok.Network
	// Can says which of the methods below work. The others return a
	// *timebok.Refusal with NotCapable.
	Can() Capabilities
	// Lookup returns what the network says of a case at a time (sakID, «Søk»).
	Lookup(ctx context.Context, c Connection, number string, asOf time.Time) (Case, error)
	// Events returns booking events after a cursor, "" for all, at least once
	// each and in any order. A page with More is followed by another.
	Events(ctx context.Context, c Connection, cursor string) (Page, error)
	// Standing returns how the bookings that begin at a time or later stand at the
	// network now: the latest event of each, once, with what was reported to it since
	// taken in. It comes over pages as Events does, from the cursor "" on.
	Standing(ctx context.Context, c Connection, from time.Time, cursor string) (Page, error)
	// Acknowledge says what became of an event. Repeating it is harmless; an older
	// acknowledgement of the event than the last one is ignored.
	Acknowledge(ctx context.Context, c Connection, a Ack) error
	// Report says how a booking of the network stands here. Repeating it is
	// harmless; an older report than the last one is ignored.
	Report(ctx context.Context, c Connection, s Status) error
	// Publish replaces the free times that the network offers for a practitioner.
	Publish(ctx context.Context, c Connection, a Availability) error
}

// Capabilities say what a network can do.
type Capabilities struct {
	Lookup, Events, Standing, Acknowledge, Report, Publish bool
}

// A Page is a part of the feed.
type Page struct {
	Events []Event
	Next   string // the cursor after this page
	More   bool   // another page is there already
}

// An Ack tells the network what became of an event.
type Ack struct {
	ID      timebok.MessageID // the same in every attempt
	Event   string
	Version int64 // of our inbox entry; a lower one than before is old news
	Result  Result
	Codes   []string // of a quarantined event: why
}

// A Status tells the network how its booking stands here.
type Status struct {
	ID      timebok.MessageID // the same in every attempt
	Booking string            // the network's ID
	Version int64             // of our booking; a lower one than before is old news
	State   booking.State
	Start   time.Time
}

// An Availability is the free times of a practitioner for one kind of session.
type Availability struct {
	Practitioner string // the practitioner's key at the network
	Treatment    string // treatment code
	Within       timebok.Period
	Free         []timebok.Period // by start
}
