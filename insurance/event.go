package insurance

import (
	"encoding/json"
	"time"

	"github.com/rickb777/date"
	"github.com/timebok/timebok"
)

// An Event says that a booking at the network was made, moved or called off. It
// carries the booking whole, as it is after the event, so that the last version
// alone tells everything.
type Event struct {
	ID      string // the network's, the same each time the event is delivered
	Network timebok.Network
	Kind    EventKind
	Booking ExternalBooking
	// Unread names the fields that the network filled with what they can't hold,
	// such as "Booking.Client.Email". They are left empty, and the event waits until
	// somebody has looked at it.
	Unread []string `json:",omitempty"`
}

// An EventKind says what happened at the network.
type EventKind string

const (
	BookingMade      EventKind = "made"
	BookingChanged   EventKind = "changed"
	BookingCancelled EventKind = "cancelled"
)

// An ExternalBooking is a booking as the network knows it.
type ExternalBooking struct {
	ID           string // for life
	Version      int64  // rises with each change
	Practitioner string // the practitioner's key at the network
	Treatment    string // treatment code
	Start        time.Time
	Duration     time.Duration // 0: the service's
	CaseNumber   string        // sakID
	Case         *Case         // the terms, if the network sends them along
	Client       Person        `json:"-"`
}

// A Person is who booked, as the network knows them.
type Person struct {
	Name        timebok.Private
	BirthDate   *date.Date
	BirthNumber timebok.BirthNumber
	Email       timebok.EmailAddress
	Phone       timebok.PhoneNumber
	Address     timebok.Private
	Lang        timebok.Lang
}

// String masks the person, whose fields are not all of masking types.
func (p Person) String() string { return "[private person]" }

// GoString masks the %#v of fmt.
func (p Person) GoString() string { return "insurance.Person{[private]}" }

// MarshalText masks the person in JSON, slog and other encodings.
func (p Person) MarshalText() ([]byte, error) { return []byte(p.String()), nil }

// IsCancelled reports whether the booking is called off.
func (e Event) IsCancelled() bool { return e.Kind == BookingCancelled }

// Validate returns an *timebok.InvalidError with all that is missing.
func (e Event) Validate() error {
	var wrong timebok.Reasons
	for _, f := range []struct {
		name string
		ok   bool
	}{
		{"ID", e.ID != ""},
		{"Network", e.Network != ""},
		{"Booking.ID", e.Booking.ID != ""},
		{"Booking.Version", e.Booking.Version > 0},
		{"Booking.Practitioner", e.Booking.Practitioner != ""},
		{"Booking.Treatment", e.Booking.Treatment != ""},
		{"Booking.Start", !e.Booking.Start.IsZero()},
		{"Booking.CaseNumber", e.Booking.CaseNumber != ""},
		{"Booking.Client.Name", !e.Booking.Client.Name.IsZero()},
	} {
		if !f.ok {
			wrong.Add(timebok.Missing, f.name)
		}
	}
	for _, name := range e.Unread {
		wrong.Add(timebok.BadValue, name)
	}
	if d := e.Booking.Duration; d < 0 || d > 24*time.Hour || d%time.Minute != 0 {
		wrong.Add(timebok.BadValue, "Booking.Duration")
	}
	switch e.Kind {
	case BookingMade, BookingChanged, BookingCancelled:
	default:
		wrong.Add(timebok.BadValue, "Kind")
	}
	return wrong.Invalid()
}

// personText is a Person in clear text, for the quarantine.
type personText struct {
	Name, BirthNumber, Email, Phone, Address string
	BirthDate                                *date.Date
	Lang                                     timebok.Lang
}

// reveal writes the event in clear text. It is kept only while the event is
// quarantined, since nobody could resolve it otherwise.
func (e Event) reveal() ([]byte, error) {
	p := e.Booking.Client
	r := revealed{Event: e, Client: personText{
		p.Name.Reveal(), p.BirthNumber.Reveal(), p.Email.Reveal(), p.Phone.Reveal(), p.Address.Reveal(),
		p.BirthDate, p.Lang,
	}}
	if c := e.Booking.Case; c != nil {
		r.CaseBirthDate = c.BirthDate
	}
	return json.Marshal(r)
}

type revealed struct {
	Event         Event
	Client        personText
	CaseBirthDate *date.Date
}

// eventFrom reads what reveal wrote.
func eventFrom(text []byte) (Event, error) {
	var r revealed
	if err := json.Unmarshal(text, &r); err != nil {
		return Event{}, err
	}
	if c := r.Event.Booking.Case; c != nil {
		c.BirthDate = r.CaseBirthDate
	}
	p := &r.Event.Booking.Client
	p.Name, p.Address = timebok.Hide(r.Client.Name), timebok.Hide(r.Client.Address)
	p.BirthDate, p.Lang = r.Client.BirthDate, r.Client.Lang
	var err error
	if r.Client.BirthNumber != "" {
		if p.BirthNumber, err = timebok.ParseBirthNumber(r.Client.BirthNumber); err != nil {
			return Event{}, err
		}
	}
	if r.Client.Email != "" {
		if p.Email, err = timebok.ParseEmailAddress(r.Client.Email); err != nil {
			return Event{}, err
		}
	}
	if r.Client.Phone != "" {
		if p.Phone, err = timebok.ParsePhoneNumber(r.Client.Phone); err != nil {
			return Event{}, err
		}
	}
	return r.Event, nil
}
