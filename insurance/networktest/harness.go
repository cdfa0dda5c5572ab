package networktest

import (
	"time"

	"github.com/timebok/timebok/insurance"
)

// A Harness lets the suite make things happen at the other side of an adapter,
// and look what came of them. Fake.Harness returns one: an adapter whose other
// side is built on a Fake takes it and puts itself in as the Network.
//
// What the network can't do, by its capabilities, needs no function here. Case
// numbers and bookings of the suite have names of their own, so that it can run on
// a network with others in it, and more than once.
type Harness struct {
	Network    insurance.Network
	Connection insurance.Connection // of a clinic, working
	Stranger   insurance.Connection // of a clinic that the network does not know

	Practitioner string // key of a practitioner of the clinic, to book with
	Treatment    string // a treatment code

	// AddCase makes a case known, ChangeCase changes it. A case is asked for as it
	// was before a change, so time passes in between: Pass waits as long as it
	// takes for the network to tell two times apart, nil: a millisecond.
	AddCase    func(c insurance.Case)
	ChangeCase func(number string, change func(c *insurance.Case))
	Pass       func()
	Now        func() time.Time // of the network's clock; nil: time.Now

	// Book makes a booking, with an ID of its own, Move moves it, and Cancel calls
	// it off. Each returns its event.
	Book   func(b insurance.ExternalBooking) insurance.Event
	Move   func(id string, start time.Time) insurance.Event
	Cancel func(id string) insurance.Event

	// What the network has got, as it holds it after any repeats.
	Acks    func() []insurance.Ack
	Reports func() []insurance.Status
	Offers  func() []insurance.Availability

	// Silence makes the network answer nothing, and end that again.
	Silence func(silent bool)
}

// Harness returns the suite's way to the Fake, with the Fake itself as the Network.
func (f *Fake) Harness() Harness {
	return Harness{
		Network: f, Connection: f.Connection(), Stranger: f.Connection("nobody's account"),
		Practitioner: "anne-1", Treatment: "PSY45",
		AddCase: f.AddCase, ChangeCase: f.ChangeCase, Now: f.source.Time,
		Book: f.Book, Move: f.Move, Cancel: f.Cancel,
		Acks: f.Acks, Reports: f.Reports, Offers: f.Offers,
		Silence: f.Silence,
	}
}
