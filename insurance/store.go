package insurance

import (
	"context"
	"iter"

	"github.com/rickb777/date"
	"github.com/timebok/timebok"
	"github.com/timebok/timebok/booking"
	"github.com/timebok/timebok/series"
)

// Tx is what the use-cases of this package need of a transaction.
type Tx interface {
	booking.Tx
	// LoadIntake locks the connection to the network, so that events of one
	// clinic and network are taken in one at a time, and reads the IntakeView.
	LoadIntake(ctx context.Context, n IntakeNeeds) (IntakeView, error)
	// Connection reads a connection, or fails with a *timebok.NotFoundError.
	Connection(ctx context.Context, n timebok.Network) (Connection, error)
	// Payer reads a payer, or fails with a *timebok.NotFoundError.
	Payer(ctx context.Context, id timebok.PayerID) (timebok.Payer, error)
	// Received reads an inbox entry, or fails with a *timebok.NotFoundError.
	Received(ctx context.Context, id ReceivedID) (Received, error)
	// Clients lists clients by ID, those after a given one.
	Clients(ctx context.Context, after timebok.ClientID, limit int) iter.Seq2[timebok.Client, error]
	// Quarantine lists the entries that wait, the oldest first, then by ID.
	Quarantine(ctx context.Context) iter.Seq2[Received, error]
}

// IntakeNeeds says what taking an event in, or opening a case, must know. Zero
// fields are not read.
type IntakeNeeds struct {
	Network      timebok.Network
	Event        string
	External     string
	Case         series.Case
	Practitioner string // key at the network
	Treatment    string // treatment code at the network
	PayerOrg     timebok.OrgNumber
	BirthDate    *date.Date          // candidates are the clients born then,
	BirthNumber  timebok.BirthNumber // and those with this number
	Client       timebok.ClientID
}

// An IntakeView is what taking an event in knows. What does not exist is nil.
type IntakeView struct {
	Clinic       timebok.Clinic
	Connection   *Connection
	Received     *Received // the entry of the event
	External     *External
	Waiting      *Received        // the entry that External.Waiting names
	Booking      *booking.Booking // what External.Booking names
	Series       *series.Series   // of the case
	Owner        *timebok.Client  // the client of that series
	Client       *timebok.Client  // what Client names
	Candidates   []timebok.Client // by birth number or birth date, by ID
	Practitioner *timebok.Practitioner
	Service      *timebok.Service
	Payer        *timebok.Payer
}
