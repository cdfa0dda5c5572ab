package behandlernettverk

import (
	"errors"
	"math/rand/v2"
	"slices"
	"sync"
	"time"

	"github.com/timebok/timebok"
	"github.com/timebok/timebok/insurance"
	"github.com/timebok/timebok/insurance/networktest"
	"github.com/timebok/timebok/invoice"
	"github.com/timebok/timebok/series"
)

// A Network is the simulated network. It is safe for concurrent use.
type Network struct {
	source timebok.Source
	fake   *networktest.Fake // cases, bookings, the feed, and what it was told
	wake   chan struct{}     // there are letters to send

	mu      sync.Mutex
	clinics []Clinic
	faults  Faults
	silent  bool
	dice    *rand.Rand
	letters []letter   // webhooks on their way, in the order in which they leave
	docs    []document // that the payer received

	submissions []invoice.Submission
}

// Options tune a Network. The zero Options are a network without clinics.
type Options struct {
	timebok.Source
	Name     timebok.Network // "": Behandlernettverk
	Clinics  []Clinic
	PageSize int  // events on a page of the feed; 0: 100
	Terms    bool // events carry the terms of their case
	Faults   Faults
}

// A Clinic is one that the network works with.
type Clinic struct {
	Account string
	Key     timebok.Private // the bearer key of its calls
	Hook    string          // where its webhooks go; "": nowhere
	Secret  timebok.Private // that its webhooks are signed with, as rest.NewSecret makes it
}

// Faults are what goes wrong. Those of events hold for the feed and for webhooks,
// each by itself; one that is lost never comes by webhook, and late in the feed.
// Fail is an answer 503 without an effect, Timeout an effect without an answer,
// and webhooks fail and are lost sight of likewise.
type Faults struct {
	networktest.Faults
	Hang time.Duration // before the connection of a lost answer is broken off
}

// Errors of the network's own commands.
var (
	ErrUnknown = errors.New("behandlernettverk: there is no such case, booking or clinic")
	ErrTaken   = errors.New("behandlernettverk: the time is not free")
	ErrClosed  = errors.New("behandlernettverk: the case is closed")
	ErrExists  = errors.New("behandlernettverk: there is a booking with that ID")
)

// New returns a network. The options may be nil.
func New(o *Options) *Network {
	if o == nil {
		o = &Options{}
	}
	n := &Network{source: o.Source, wake: make(chan struct{}, 1), clinics: slices.Clone(o.Clinics)}
	accounts := []string{}
	for _, c := range n.clinics {
		accounts = append(accounts, c.Account)
	}
	n.fake = networktest.New(&networktest.Options{
		Source: o.Source, Name: o.Name, PageSize: o.PageSize, Terms: o.Terms, Accounts: accounts,
	})
	n.SetFaults(o.Faults)
	return n
}

// Connect makes a clinic known, or changes what is known of it.
func (n *Network) Connect(c Clinic) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.fake.Connect(c.Account)
	i := slices.IndexFunc(n.clinics, func(have Clinic) bool { return have.Account == c.Account })
	if i < 0 {
		n.clinics = append(n.clinics, c)
		return
	}
	n.clinics[i] = c
}

// clinic finds a clinic by its account. The lock must be held.
func (n *Network) clinic(account string) (Clinic, bool) {
	for _, c := range n.clinics {
		if c.Account == account {
			return c, true
		}
	}
	return Clinic{}, false
}

// Connection is a clinic's agreement with the network, as the clinic saves it: of
// the first clinic, or of that with the account.
func (n *Network) Connection(account ...string) insurance.Connection {
	return n.fake.Connection(account...)
}

// SetFaults changes how the network misbehaves from now on.
func (n *Network) SetFaults(f Faults) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.faults, n.dice = f, rand.New(rand.NewPCG(f.Seed, 1))
	ofFeed := f.Faults
	ofFeed.Fail, ofFeed.FailCall, ofFeed.Timeout = 0, 0, 0 // these happen to the calls, over HTTP
	n.fake.SetFaults(ofFeed)
}

// Silence makes the network answer nothing, until it is silenced no more.
func (n *Network) Silence(silent bool) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.silent = silent
}

// hit throws the dice for a fault. The lock must be held.
func (n *Network) hit(share float64) bool { return share > 0 && n.dice.Float64() < share }

// AddCase makes a case (sakID) known, or replaces it. networktest.NewCase makes one.
func (n *Network) AddCase(c insurance.Case) { n.fake.AddCase(c) }

// ChangeCase changes a case from now on, such as its status or validity. Clinics
// learn of it when they look the case up again.
func (n *Network) ChangeCase(number string, change func(c *insurance.Case)) error {
	if _, err := n.Case(number); err != nil {
		return err
	}
	n.fake.ChangeCase(number, change)
	return nil
}

// SetQuota raises or lowers the number of sessions of a case.
func (n *Network) SetQuota(number string, sessions int) error {
	return n.ChangeCase(number, func(c *insurance.Case) { c.Caps = []series.Cap{series.Sessions(sessions)} })
}

// CloseCase closes a case.
func (n *Network) CloseCase(number string) error {
	return n.ChangeCase(number, func(c *insurance.Case) { c.Status = insurance.CaseClosed })
}

// Case returns a case as it is now, or ErrUnknown.
func (n *Network) Case(number string) (insurance.Case, error) {
	if !n.fake.Knows(number) {
		return insurance.Case{}, ErrUnknown
	}
	return n.fake.Case(number), nil
}

// Acks returns what clinics said became of events, in the order of arrival.
func (n *Network) Acks() []insurance.Ack { return n.fake.Acks() }

// Reports returns how bookings stand at the clinics, the latest report of each.
func (n *Network) Reports() []insurance.Status { return n.fake.Reports() }

// Offers returns the free times that clinics published, of each practitioner and
// treatment.
func (n *Network) Offers() []insurance.Availability { return n.fake.Offers() }

// History returns the events of all clinics in the order in which they happened.
func (n *Network) History() []insurance.Event { return n.fake.History() }
