package booking

import (
	"time"

	"github.com/timebok/timebok"
	"github.com/timebok/timebok/series"
)

// A Request asks for a new booking.
type Request struct {
	// ID makes the command safe to repeat: the same request with the same ID has
	// one effect, another request with it is an *timebok.ExistsError. Zero: the
	// desk makes one.
	ID      ID
	Client  timebok.ClientID
	With    timebok.PractitionerID
	Service timebok.ServiceID
	Series  series.ID // zero: in no series

	Start    time.Time
	Duration time.Duration // 0: the service's

	// Billing is who gets the bill, and how, if not as the series says; then
	// BillingWhy is the reason.
	Billing    *timebok.Billing
	BillingWhy string

	Tentative bool // only propose it: it holds the time until confirmed or cancelled
	Invite    bool // invite the client at once
	Override  Waiver

	Origin   timebok.Origin // "": by hand
	External External       // what the network calls it
}

// A Waiver sets rules aside for one command: the codes of those in Overridable,
// and why.
type Waiver struct {
	Codes []string
	Why   string
}

// Waive returns the waiver of rules for a reason.
func Waive(why string, rules ...*timebok.Rule) Waiver {
	w := Waiver{Why: why}
	for _, r := range rules {
		w.Codes = append(w.Codes, r.Code())
	}
	return w
}

// check adds what is wrong with the waiver.
func (w Waiver) check(wrong *timebok.Reasons) {
	if len(w.Codes) > 0 && w.Why == "" {
		wrong.Add(OverrideWhy, "Override.Why")
	}
}

// Needs says what must be loaded to decide on the request.
func (r Request) Needs() Needs {
	return Needs{
		Booking: r.ID, Practitioner: r.With, Client: r.Client, Service: r.Service, Series: r.Series,
		Start: r.Start, Length: r.Duration,
	}
}

// longest is how long a session is at most.
const longest = 24 * time.Hour

// around is the part of a calendar that can matter to a session.
func around(session timebok.Period) timebok.Period {
	return session.Widen(timebok.MaxBuffer, timebok.MaxBuffer)
}

// missing returns an *timebok.InvalidError that lists every field that is not
// filled in.
func (r Request) missing() error {
	var wrong timebok.Reasons
	for _, f := range []struct {
		name string
		ok   bool
	}{
		{"Client", !r.Client.IsZero()},
		{"With", !r.With.IsZero()},
		{"Service", !r.Service.IsZero()},
		{"Start", !r.Start.IsZero()},
	} {
		if !f.ok {
			wrong.Add(timebok.Missing, f.name)
		}
	}
	if !r.lengthIsValid() {
		wrong.Add(timebok.BadValue, "Duration")
	}
	switch r.Origin {
	case "", timebok.Manual, timebok.FromNetwork, timebok.Imported:
	default:
		wrong.Add(timebok.BadValue, "Origin")
	}
	if r.Billing != nil {
		if err := wrong.Join("Billing", r.Billing.Validate()); err != nil {
			return err
		}
		if r.BillingWhy == "" {
			wrong.Add(timebok.Missing, "BillingWhy")
		}
	}
	r.Override.check(&wrong)
	return wrong.Invalid()
}

func (r Request) lengthIsValid() bool {
	return r.Duration >= 0 && r.Duration <= longest && r.Duration%time.Minute == 0
}

// repeats reports whether b is what the request made when it was given before,
// whatever has become of it since: what a change may have changed is compared
// only while there was none.
func (r Request) repeats(b Booking) bool {
	if b.Client != r.Client || b.Service != r.Service || b.External != r.External {
		return false
	}
	if moved := b.Sequence > 1; !moved && (b.Practitioner != r.With ||
		!b.Time.Start.Equal(timebok.Instant(r.Start)) || r.Duration != 0 && b.Time.Duration() != r.Duration) {
		return false
	}
	return b.Version > 1 || b.Series == r.Series && (b.State == Proposed) == r.Tentative &&
		(r.Billing == nil || *r.Billing == b.Billing)
}

// A Verdict is what a dry run says of a command: why it would be refused, what
// to look at although it would not, and what would do instead.
type Verdict struct {
	Refusals     timebok.Reasons
	Notices      timebok.Reasons
	Billing      timebok.Billing // what would be billed, and how
	Alternatives []Slot          // the nearest free times, when the time is refused
}

// Changes are what a decision wants saved.
type Changes struct {
	Booking Booking
	Notices timebok.Reasons // what to look at, although nothing is refused
	Records []timebok.Record
}

// Save hands the changes to the transaction and returns the booking.
func (c Changes) Save(tx interface{ Save(...timebok.Record) }) Booking {
	tx.Save(c.Records...)
	return c.Booking
}
