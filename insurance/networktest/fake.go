package networktest

import (
	"context"
	"errors"
	"math/rand/v2"
	"sync"

	"github.com/timebok/timebok"
	"github.com/timebok/timebok/insurance"
)

// DefaultAccount is what a Fake calls its clinic unless Options name others.
const DefaultAccount = "klinikk-1"

// A Fake is a provider network in memory. It is safe for concurrent use.
//
// Its methods are of two kinds: those of insurance.Network, as an adapter has
// them, and those with which a test or example makes things happen at the network.
// The latter panic if they are given a case or booking that is not there.
type Fake struct {
	source   timebok.Source
	name     timebok.Network
	can      insurance.Capabilities
	terms    bool
	pageSize int

	mu       sync.Mutex
	faults   Faults
	dice     *rand.Rand
	calls    int
	silent   bool
	cases    []*history
	bookings []*placed // in the order in which they were made
	byID     map[string]*placed
	accounts []*account
}

// Options tune a Fake. The zero Options are a network that can do everything, has
// one clinic, and no faults.
type Options struct {
	// Source gives the IDs of bookings and the times of changes. A program with a
	// clock of its own gives the same to the Fake: a Lookup as of a time tells
	// nothing of later changes.
	Source   timebok.Source
	Name     timebok.Network         // "": Behandlernettverk
	Accounts []string                // of the clinics; none: DefaultAccount
	Can      *insurance.Capabilities // nil: everything
	PageSize int                     // events on a page; 0: 100
	Terms    bool                    // events carry the terms of their case
	Faults   Faults
}

// All is what a network can at most.
var All = insurance.Capabilities{Lookup: true, Events: true, Standing: true, Acknowledge: true, Report: true, Publish: true}

// New returns a network. The options may be nil.
func New(o *Options) *Fake {
	if o == nil {
		o = &Options{}
	}
	f := &Fake{
		source: o.Source, name: o.Name, can: All, terms: o.Terms, pageSize: o.PageSize,
		byID: map[string]*placed{},
	}
	if f.name == "" {
		f.name = timebok.Behandlernettverk
	}
	if o.Can != nil {
		f.can = *o.Can
	}
	if f.pageSize <= 0 {
		f.pageSize = 100
	}
	names := o.Accounts
	if len(names) == 0 {
		names = []string{DefaultAccount}
	}
	for _, name := range names {
		f.Connect(name)
	}
	f.SetFaults(o.Faults)
	return f
}

// Connection is the agreement with the network of its first clinic, or of the one
// with that account, as that clinic saves it.
func (f *Fake) Connection(account ...string) insurance.Connection {
	f.mu.Lock()
	defer f.mu.Unlock()
	c := insurance.Connection{
		Version: 1, Network: f.name, Status: insurance.Connected, Since: f.source.Time(),
	}
	if len(account) > 0 {
		c.Account = account[0]
	} else if len(f.accounts) > 0 {
		c.Account = f.accounts[0].name
	}
	return c
}

// Connect gives a clinic an account at the network, or opens it again.
func (f *Fake) Connect(name string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if a := f.account(name); a != nil {
		a.ended = false
		return
	}
	f.accounts = append(f.accounts, newAccount(name, f.source))
}

// Disconnect ends a clinic's account: calls are refused with NotConnected.
func (f *Fake) Disconnect(name string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if a := f.account(name); a != nil {
		a.ended = true
	}
}

// SetFaults changes how the network misbehaves from now on.
func (f *Fake) SetFaults(faults Faults) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.faults, f.dice = faults, rand.New(rand.NewPCG(faults.Seed, 0))
}

// Silence makes every call fail, without an effect, until the network is silenced
// no more.
func (f *Fake) Silence(silent bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.silent = silent
}

// Calls returns how often the network was called.
func (f *Fake) Calls() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.calls
}

var (
	errSilent   = errors.New("networktest: the network does not answer")
	errFault    = errors.New("networktest: the call failed and had no effect")
	errNoAnswer = errors.New("networktest: the network acted, and its answer was lost")
)

// call is what every call to the network goes through: it acts for a clinic under
// the lock, unless the network is not able to or there is a fault.
func (f *Fake) call(ctx context.Context, c insurance.Connection, able bool, act func(a *account) error) error {
	if err := ctx.Err(); err != nil {
		return unavailable(err)
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.calls++
	if !able {
		return timebok.Reasons{insurance.NotCapable.At("Network", timebok.P("network", f.name))}.Refused()
	}
	if f.silent {
		return unavailable(errSilent)
	}
	if f.calls == f.faults.FailCall || f.hit(f.faults.Fail) {
		return unavailable(errFault)
	}
	a := f.account(c.Account)
	if a == nil || a.ended || c.Network != f.name {
		return timebok.Reasons{insurance.NotConnected.At("Network", timebok.P("network", f.name))}.Refused()
	}
	if err := act(a); err != nil {
		return err
	}
	if f.hit(f.faults.Timeout) {
		return unavailable(errNoAnswer)
	}
	return nil
}

func unavailable(cause error) error {
	return &timebok.UnavailableError{What: "network", Cause: cause}
}

// hit throws the dice for a fault.
func (f *Fake) hit(share float64) bool { return share > 0 && f.dice.Float64() < share }
