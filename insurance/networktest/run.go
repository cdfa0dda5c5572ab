package networktest

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/rickb777/date"
	"github.com/timebok/timebok"
	"github.com/timebok/timebok/insurance"
)

// Run tests an adapter against the contract of insurance.Network, a subtest for
// each of its sentences. The network may be as unreliable as the contract lets it:
// what is unavailable is tried again.
func Run(t *testing.T, h Harness) {
	s := &suite{Harness: h, run: uuid.NewString()[:8]}
	if s.Pass == nil {
		s.Pass = func() { time.Sleep(time.Millisecond) }
	}
	if s.Now == nil {
		s.Now = time.Now
	}
	for _, c := range contract {
		t.Run(c.name, func(t *testing.T) {
			c.test(s.in(t))
		})
	}
}

// contract is every sentence, by the method that it is about.
var contract = []struct {
	name string
	test func(s *suite)
}{
	{"Name/is the name under which clinics connect", (*suite).name},
	{"Can/what it can not do is refused with NotCapable", (*suite).incapable},
	{"any/a clinic that it does not know is refused with NotConnected", (*suite).stranger},
	{"any/an ended context ends the call", (*suite).ended},
	{"any/no answer is unavailable, and the call can be repeated", (*suite).silence},
	{"any/many can call at once", (*suite).concurrent},

	{"Lookup/tells all of a case", (*suite).known},
	{"Lookup/an unknown number is refused with UnknownCase", (*suite).unknown},
	{"Lookup/a closed case is told as closed", (*suite).closed},
	{"Lookup/tells the case as it was at a time", (*suite).asOf},
	{"Lookup/tells a quota that was raised or lowered", (*suite).quota},

	{"Standing/is the latest event of each booking from a time on", (*suite).standing},
	{"Standing/has what was reported since", (*suite).standingReported},
	{"Standing/251 bookings come over pages", (*suite).standingPages},

	{"Events/carry the booking whole", (*suite).whole},
	{"Events/the version rises with every change", (*suite).versions},
	{"Events/have the same ID each time", (*suite).stable},
	{"Events/after a cursor leave none out", (*suite).after},
	{"Events/at the end there are no more", (*suite).end},
	{"Events/251 of them come over pages", func(s *suite) { s.pages(251) }},
	{"Events/1001 of them come over pages", func(s *suite) { s.pages(1001) }},

	{"Acknowledge/tells what became of an event", (*suite).acknowledged},
	{"Acknowledge/repeating it is harmless", (*suite).acknowledgedTwice},
	{"Acknowledge/an older one is ignored", (*suite).acknowledgedLate},

	{"Report/tells how a booking stands", (*suite).reported},
	{"Report/repeating it is harmless", (*suite).reportedTwice},
	{"Report/an older one is ignored", (*suite).reportedLate},

	{"Publish/replaces what was offered before", (*suite).published},
}

// A suite is the harness in one subtest.
type suite struct {
	Harness
	*testing.T
	run string // of this run, in all names

}

func (s *suite) in(t *testing.T) *suite {
	in := *s
	in.T = t
	return &in
}

// patience is how often a call is tried that the network does not answer, and how
// often a feed is read in search of an event.
const patience = 100

// again calls until the answer is not unavailable.
func (s *suite) again(call func() error) error {
	s.Helper()
	var err error
	for range patience {
		if err = call(); !errors.Is(err, timebok.ErrUnavailable) {
			return err
		}
		s.typed(err)
	}
	s.Fatalf("after %d tries: %v", patience, err)
	return err
}

// must calls until it works.
func (s *suite) must(call func() error) {
	s.Helper()
	if err := s.again(call); err != nil {
		s.Fatal(err)
	}
}

// refused calls until there is an answer, which must be a refusal with the rule.
func (s *suite) refused(what string, rule *timebok.Rule, call func() error) {
	s.Helper()
	err := s.again(call)
	var refusal *timebok.Refusal
	if !errors.As(err, &refusal) || !refusal.Reasons.Has(rule) || !errors.Is(err, timebok.ErrRefused) {
		s.Errorf("%s: error is %v, want a refusal with %s", what, err, rule.Code())
	}
}

// typed fails the test if an error is not what the contract says of errors.
func (s *suite) typed(err error) {
	s.Helper()
	var unavailable *timebok.UnavailableError
	if !errors.As(err, &unavailable) || unavailable.What == "" {
		s.Errorf("error is %v (%T), want a *timebok.UnavailableError that says what is", err, err)
	}
}

// lookup asks for a case as of now.
func (s *suite) lookup(number string) insurance.Case {
	s.Helper()
	return s.lookupAsOf(number, s.Now())
}

func (s *suite) lookupAsOf(number string, at time.Time) insurance.Case {
	s.Helper()
	var c insurance.Case
	s.must(func() (err error) {
		c, err = s.Network.Lookup(s.Context(), s.Connection, number, at)
		return err
	})
	return c
}

// named makes a name of this run's own.
func (s *suite) named(what string) string { return what + "-" + s.run }

// born is the birth date of the suite's clients.
var born = date.New(1970, 1, 1)

// monday is when the suite's bookings begin.
var monday = time.Date(2031, 3, 3, 8, 0, 0, 0, time.UTC)

// booking returns a booking to be made.
func (s *suite) booking(name string, i int) insurance.ExternalBooking {
	return insurance.ExternalBooking{
		ID: fmt.Sprintf("%s-%04d", s.named(name), i), Practitioner: s.Practitioner, Treatment: s.Treatment,
		Start: monday.AddDate(0, 0, i/24).Add(time.Duration(i%24) * time.Hour), CaseNumber: s.named("case"), Client: person(),
	}
}

func person() insurance.Person {
	p := NewPerson("Kari Åse Prøvesen-O'Neill", born)
	p.BirthNumber = must(timebok.ParseBirthNumber("29020075838"))
	p.Email = must(timebok.ParseEmailAddress("kari@blåbær.example"))
	p.Phone = must(timebok.ParsePhoneNumber("+4740000001"))
	p.Address = timebok.Hide("Prøvegata 1\n0150 Oslo")
	p.Lang = timebok.Nynorsk
	return p
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

// A call is one of the methods with an input that works.
type call struct {
	name string
	can  bool
	do   func(ctx context.Context, c insurance.Connection) error
}

// calls returns every method, whether the network can do it or not.
func (s *suite) calls() []call {
	n, can := s.Network, s.Network.Can()
	number := s.named("any")
	if can.Lookup {
		s.AddCase(NewCase(number, born))
	}
	return []call{
		{"Lookup", can.Lookup, func(ctx context.Context, c insurance.Connection) error {
			_, err := n.Lookup(ctx, c, number, s.Now())
			return err
		}},
		{"Events", can.Events, func(ctx context.Context, c insurance.Connection) error {
			_, err := n.Events(ctx, c, "")
			return err
		}},
		{"Standing", can.Standing, func(ctx context.Context, c insurance.Connection) error {
			_, err := n.Standing(ctx, c, s.Now(), "")
			return err
		}},
		{"Acknowledge", can.Acknowledge, func(ctx context.Context, c insurance.Connection) error {
			return n.Acknowledge(ctx, c, s.ack("any", insurance.New))
		}},
		{"Report", can.Report, func(ctx context.Context, c insurance.Connection) error {
			return n.Report(ctx, c, s.status("any", 1))
		}},
		{"Publish", can.Publish, func(ctx context.Context, c insurance.Connection) error {
			return n.Publish(ctx, c, s.offer(0))
		}},
	}
}
