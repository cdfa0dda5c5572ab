package insurance

import (
	"time"

	"github.com/timebok/timebok"
)

// A Connection is a clinic's agreement with a network. A clinic has one at most
// with each. Credentials are not part of it: they are the adapter's, or the host's.
type Connection struct {
	Version int64
	Network timebok.Network
	Account string // what the network calls the clinic
	Status  ConnectionStatus
	Since   time.Time
	Cursor  string // how far the feed is read
}

// A ConnectionStatus says whether a connection works.
type ConnectionStatus string

const (
	Connected    ConnectionStatus = "connected"
	Disconnected ConnectionStatus = "disconnected" // ended by the clinic
	Rejected     ConnectionStatus = "rejected"     // the network refused it
)

// Ref names this version of the connection.
func (c Connection) Ref() timebok.Ref {
	return timebok.Ref{Kind: timebok.KindConnection, ID: ConnectionID(c.Network).UUID(), Version: c.Version}
}

// ConnectionID is the ID of a clinic's connection to a network.
func ConnectionID(n timebok.Network) timebok.ID[Connection] {
	return timebok.DeriveID[Connection]("connection", string(n))
}

// Check returns a *timebok.Refusal with NotConnected if the connection can't be used.
func (c Connection) Check() error {
	if c.Status == Connected {
		return nil
	}
	return timebok.Reasons{NotConnected.At("Network", timebok.P("network", c.Network))}.Refused()
}

// Validate returns an *timebok.InvalidError with all that is wrong.
func (c Connection) Validate() error {
	var wrong timebok.Reasons
	if c.Network == "" {
		wrong.Add(timebok.Missing, "Network")
	}
	switch c.Status {
	case Connected, Disconnected, Rejected:
	default:
		wrong.Add(timebok.BadValue, "Status")
	}
	return wrong.Invalid()
}
