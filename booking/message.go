package booking

import (
	"encoding/json"

	"github.com/timebok/timebok"
)

// Kinds of messages that the desk and the network's feed leave in the outbox.
const (
	MailPractitioner timebok.MessageKind = "mail.practitioner" // to the booking's practitioner
	MailClient       timebok.MessageKind = "mail.client"       // to the booking's client
	ReportNetwork    timebok.MessageKind = "network.report"    // to the network that the booking came from
)

// A Notice is the Data of a mail message: what happened. Who, when and where are
// read from the booking when the mail is written.
type Notice struct {
	What Happening `json:"what"`
}

// A Happening is what a notice tells of.
type Happening string

const (
	NewBooking Happening = "booked"
	Invited    Happening = "invited"
	Moved      Happening = "moved"
	CalledOff  Happening = "cancelled"
)

// notify returns the message that something happened to a booking. It is bound to
// the booking's Sequence: after the next move or cancellation it is not sent.
func (d *Desk) notify(b Booking, kind timebok.MessageKind, what Happening) timebok.Message {
	return NewNotice(timebok.New[timebok.Message](d.Source), d.Source, b, kind, what)
}

// tell returns the messages about a change: to the client if invited before, when
// there is something to tell, and to the network that the booking came from if the
// change was made here.
func (d *Desk) tell(b Booking, what Happening, by timebok.Actor) []timebok.Record {
	var out []timebok.Record
	if what != "" && !b.InvitedAt.IsZero() {
		out = append(out, d.notify(b, MailClient, what))
	}
	if b.External.Network != "" && by.Role != timebok.System {
		out = append(out, timebok.Message{
			ID: timebok.New[timebok.Message](d.Source), Kind: ReportNetwork,
			About: b.Ref(), Client: b.Client, Due: d.Time(),
		})
	}
	return out
}

// NewNotice returns the message with that ID that something happened to a booking.
func NewNotice(id timebok.MessageID, s timebok.Source, b Booking, kind timebok.MessageKind, what Happening) timebok.Message {
	data, _ := json.Marshal(Notice{what}) // a string always marshals
	return timebok.Message{
		ID: id, Kind: kind, About: b.Ref(), Client: b.Client,
		Due: s.Time(), Sequence: b.Sequence, Data: data,
	}
}
