package booking

import (
	"encoding/json"
	"time"

	"github.com/timebok/timebok"
)

// Kinds of messages that the desk and the network's feed leave in the outbox. Each
// has its own handler in the relay, so that one channel that fails blocks no other.
const (
	MailPractitioner timebok.MessageKind = "mail.practitioner" // to a practitioner
	MailClient       timebok.MessageKind = "mail.client"       // to the booking's client
	TextClient       timebok.MessageKind = "sms.client"        // to the booking's client, as an SMS
	ReportNetwork    timebok.MessageKind = "network.report"    // to the network that the booking came from
)

// A Notice is the Data of a mail or SMS: what happened. Who, when and where are
// read from the booking when it is sent.
type Notice struct {
	What Happening `json:"what"`
	// To and Was are the practitioner who no longer has the booking, and when it
	// was, if HandedOver.
	To  timebok.PractitionerID `json:"to,omitzero"`
	Was timebok.Period         `json:"was,omitzero"`
}

// A Happening is what a notice tells of.
type Happening string

const (
	NewBooking Happening = "booked"
	Invited    Happening = "invited"
	Confirmed  Happening = "confirmed" // what was proposed is booked
	Moved      Happening = "moved"
	HandedOver Happening = "handed-over" // another practitioner has it now
	CalledOff  Happening = "cancelled"
	Reminded   Happening = "reminder" // the session is soon
)

// notify returns the message that something happened to a booking. It is bound to
// the booking's Sequence: after the next move or cancellation it is not sent.
func (d *Desk) notify(b Booking, kind timebok.MessageKind, what Happening) timebok.Message {
	return NewNotice(timebok.New[timebok.Message](d.Source), d.Source, b, kind, what)
}

// tell returns the messages about a change: to the client if invited before, when
// there is something to tell, and to the network that the booking came from if the
// change was made here.
func (d *Desk) tell(v View, b Booking, what Happening, by timebok.Actor) []timebok.Record {
	var out []timebok.Record
	if what != "" && !b.InvitedAt.IsZero() {
		out = append(out, d.notify(b, d.kindFor(v.Client), what))
	}
	if b.External.Network != "" && by.Role != timebok.System {
		out = append(out, timebok.Message{
			ID: timebok.New[timebok.Message](d.Source), Kind: ReportNetwork,
			About: b.Ref(), Client: b.Client, Due: d.Time(),
		})
	}
	return out
}

// reminding adds the reminder to changes of a booking whose client is invited. It is
// bound to the Sequence as everything else: when the booking is moved or called off
// it is not sent, and a move writes the one for the new time.
func (d *Desk) reminding(v View, c Changes) (Changes, error) {
	b := c.Booking
	ahead := d.Reminder
	if ahead == 0 {
		ahead = defaultReminder
	}
	if ahead < 0 || b.InvitedAt.IsZero() {
		return c, nil
	}
	loc, err := timebok.LoadZone(b.Zone)
	if err != nil {
		return Changes{}, err
	}
	m := d.notify(b, d.kindFor(v.Client), Reminded)
	m.Due = wallBefore(b.Time.Start, ahead, loc)
	if !m.Due.Before(d.Time().Add(afterNotice)) {
		c.Records = append(c.Records, m)
	}
	return c, nil
}

const (
	defaultReminder = 48 * time.Hour
	afterNotice     = time.Hour // a reminder sooner after the notice that it repeats is none
)

// HandOver returns the messages to the practitioner who had a booking, if another has
// it now, and to that one, unless it is called off, or the network gives it away and
// its own mail says so. The first is bound to no Sequence: it is to be told whatever
// comes next.
func (d *Desk) HandOver(was, b Booking, by timebok.Actor) []timebok.Record {
	if was.Practitioner == b.Practitioner {
		return nil
	}
	gone := d.notify(b, MailPractitioner, HandedOver)
	gone.Sequence, gone.Data = 0, Notice{HandedOver, was.Practitioner, was.Time}.data()
	if by.Role == timebok.System || !b.State.IsActive() {
		return []timebok.Record{gone}
	}
	return []timebok.Record{gone, d.notify(b, MailPractitioner, NewBooking)}
}

// NewNotice returns the message with that ID that something happened to a booking.
func NewNotice(id timebok.MessageID, s timebok.Source, b Booking, kind timebok.MessageKind, what Happening) timebok.Message {
	return timebok.Message{
		ID: id, Kind: kind, About: b.Ref(), Client: b.Client,
		Due: s.Time(), Sequence: b.Sequence, Data: Notice{What: what}.data(),
	}
}

func (n Notice) data() json.RawMessage {
	data, _ := json.Marshal(n) // texts and instants of this era always marshal
	return data
}

// kindOf is the kind of message of each channel to clients.
var kindOf = map[timebok.Channel]timebok.MessageKind{timebok.Email: MailClient, timebok.SMS: TextClient}

// channels are those of the host, by e-mail where it says nothing.
func (d *Desk) channels() []timebok.Channel {
	if len(d.Channels) == 0 {
		return []timebok.Channel{timebok.Email}
	}
	return d.Channels
}

// channelTo is the first of the host's channels on which a client can be told. It
// reports false, with the first of all, if there is none.
func (d *Desk) channelTo(c timebok.Client) (timebok.Channel, bool) {
	for _, ch := range d.channels() {
		if c.CanTell(ch) {
			return ch, true
		}
	}
	return d.channels()[0], false
}

// kindFor is the kind of message that tells a client. One who can't be told gets a
// message all the same, on the first channel: it is buried, for somebody to see, or
// dropped if the client has opted out.
func (d *Desk) kindFor(c *timebok.Client) timebok.MessageKind {
	if c == nil {
		c = &timebok.Client{} // erased
	}
	ch, _ := d.channelTo(*c)
	return kindOf[ch]
}
