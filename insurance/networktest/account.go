package networktest

import (
	"slices"

	"github.com/timebok/timebok"
	"github.com/timebok/timebok/insurance"
)

// An account is a clinic as the network knows it: its feed, and what it told.
type account struct {
	name  string
	ended bool
	feed  feed

	history []insurance.Event // all events, in the order in which they happened
	acks    []insurance.Ack
	acked   map[string]int64   // the version of the latest, by event
	reports []insurance.Status // one for each booking, the latest
	seen    map[timebok.MessageID]bool
	offers  []insurance.Availability // one for each practitioner and treatment
}

func newAccount(name string, s timebok.Source) *account {
	return &account{
		name: name, seen: map[timebok.MessageID]bool{}, acked: map[string]int64{},
		feed: feed{id: timebok.New[feed](s).String()},
	}
}

// account returns the clinic with that account, or nil.
func (f *Fake) account(name string) *account {
	for _, a := range f.accounts {
		if a.name == name {
			return a
		}
	}
	return nil
}

// first reports whether a message with that ID was not heard before.
func (a *account) first(id timebok.MessageID) bool {
	if a.seen[id] {
		return false
	}
	a.seen[id] = true
	return true
}

// report takes in how a booking stands at the clinic.
func (f *Fake) report(a *account, s insurance.Status) {
	i := slices.IndexFunc(a.reports, func(last insurance.Status) bool { return last.Booking == s.Booking })
	switch {
	case i < 0:
		a.reports = append(a.reports, s)
	case s.Version > a.reports[i].Version:
		a.reports[i] = s
	default:
		return
	}
	if p := f.byID[s.Booking]; p != nil && p.account == a {
		p.reported = &s
	}
}

func (a *account) offer(o insurance.Availability) {
	o.Free = slices.Clone(o.Free)
	for i, last := range a.offers {
		if last.Practitioner == o.Practitioner && last.Treatment == o.Treatment {
			a.offers[i] = o
			return
		}
	}
	a.offers = append(a.offers, o)
}

// History returns the events of all clinics in the order in which they happened,
// once each, whatever the faults.
func (f *Fake) History() []insurance.Event {
	return collect(f, func(a *account) []insurance.Event { return a.history })
}

// Acks returns the acknowledgements that the network has got, once each, in the
// order of arrival.
func (f *Fake) Acks() []insurance.Ack {
	return collect(f, func(a *account) []insurance.Ack { return a.acks })
}

// Reports returns how the bookings stand at the clinics as far as the network was
// told: the latest report of each.
func (f *Fake) Reports() []insurance.Status {
	return collect(f, func(a *account) []insurance.Status { return a.reports })
}

// Offers returns the free times that clinics have published, the latest of each
// practitioner and treatment.
func (f *Fake) Offers() []insurance.Availability {
	return collect(f, func(a *account) []insurance.Availability { return a.offers })
}

func collect[T any](f *Fake, of func(a *account) []T) []T {
	f.mu.Lock()
	defer f.mu.Unlock()
	var out []T
	for _, a := range f.accounts {
		out = append(out, of(a)...)
	}
	return out
}
