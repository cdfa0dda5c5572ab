package networktest

import (
	"strconv"
	"time"

	"github.com/timebok/timebok"
	"github.com/timebok/timebok/booking"
	"github.com/timebok/timebok/insurance"
)

// placed is a booking at the network.
type placed struct {
	account   *account
	booking   insurance.ExternalBooking
	cancelled bool
	last      insurance.Event
	reported  *insurance.Status // by the clinic, since then
}

// stands is the last event of a booking, with what the clinic reported since.
func (p *placed) stands() insurance.Event {
	e := p.last
	if r := p.reported; r != nil {
		e.Booking.Start = r.Start
		if r.State == booking.Cancelled || r.State == booking.EnteredInError {
			e.Kind = insurance.BookingCancelled
		}
	}
	return e
}

// Book makes a booking with the first clinic, and returns its event. It needs no
// ID: the network gives it one, unless it has one already. The booking is not
// checked, so that it can be as wrong as a test wants it.
func (f *Fake) Book(b insurance.ExternalBooking) insurance.Event {
	f.mu.Lock()
	defer f.mu.Unlock()
	if len(f.accounts) == 0 {
		panic("networktest: the network has no clinic")
	}
	return f.book(f.accounts[0], b)
}

// BookAt makes a booking with the clinic of an account.
func (f *Fake) BookAt(name string, b insurance.ExternalBooking) insurance.Event {
	f.mu.Lock()
	defer f.mu.Unlock()
	a := f.account(name)
	if a == nil {
		panic("networktest: the network has no clinic " + name)
	}
	return f.book(a, b)
}

func (f *Fake) book(a *account, b insurance.ExternalBooking) insurance.Event {
	if b.ID == "" {
		b.ID = timebok.New[placed](f.source).String()
	}
	if f.byID[b.ID] != nil {
		panic("networktest: the network has the booking " + b.ID + " already")
	}
	b.Version = max(b.Version, 1)
	p := &placed{account: a, booking: b}
	f.bookings, f.byID[b.ID] = append(f.bookings, p), p
	return f.happen(p, insurance.BookingMade)
}

// Move moves a booking, or makes it again after it was called off.
func (f *Fake) Move(id string, start time.Time) insurance.Event {
	return f.Change(id, func(b *insurance.ExternalBooking) { b.Start = start })
}

// Change changes a booking in whatever way, or makes it again after it was called
// off. Its ID stays, and its version rises.
func (f *Fake) Change(id string, change func(b *insurance.ExternalBooking)) insurance.Event {
	f.mu.Lock()
	defer f.mu.Unlock()
	p := f.mustBooking(id)
	version := p.booking.Version + 1
	change(&p.booking)
	p.booking.ID, p.booking.Version, p.cancelled = id, version, false
	return f.happen(p, insurance.BookingChanged)
}

// Cancel calls a booking off.
func (f *Fake) Cancel(id string) insurance.Event {
	f.mu.Lock()
	defer f.mu.Unlock()
	p := f.mustBooking(id)
	p.booking.Version++
	p.cancelled = true
	return f.happen(p, insurance.BookingCancelled)
}

// Bookings returns the bookings of all clinics as they are now at the network,
// but for those called off, in the order in which they were made.
func (f *Fake) Bookings() []insurance.ExternalBooking {
	f.mu.Lock()
	defer f.mu.Unlock()
	var out []insurance.ExternalBooking
	for _, p := range f.bookings {
		if !p.cancelled {
			out = append(out, p.booking)
		}
	}
	return out
}

// Booking returns how a booking stands at the network and the account of the clinic
// that it is with, and false if there is none.
func (f *Fake) Booking(id string) (e insurance.Event, account string, ok bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	p := f.byID[id]
	if p == nil {
		return insurance.Event{}, "", false
	}
	return p.stands(), p.account.name, true
}

// Stands returns how every booking stands at the network, with what clinics
// reported, in the order in which they were made.
func (f *Fake) Stands() []insurance.Event {
	f.mu.Lock()
	defer f.mu.Unlock()
	out := make([]insurance.Event, len(f.bookings))
	for i, p := range f.bookings {
		out[i] = p.stands()
	}
	return out
}

// happen puts the event into the clinic's feed that a booking has become what it
// is. The event's ID follows from the booking's, so it is the same when a program
// is run again and names its bookings itself.
func (f *Fake) happen(p *placed, kind insurance.EventKind) insurance.Event {
	b := p.booking
	if h := f.caseOf(b.CaseNumber); b.Case == nil && f.terms && h != nil {
		b.Case = new(h.now())
	}
	e := insurance.Event{ID: b.ID + "/" + strconv.FormatInt(b.Version, 10), Network: f.name, Kind: kind, Booking: b}
	p.last, p.reported = e, nil
	p.account.history = append(p.account.history, e)
	p.account.feed.add(e, f.faults, f.dice)
	return e
}

func (f *Fake) mustBooking(id string) *placed {
	p := f.byID[id]
	if p == nil {
		panic("networktest: the network has no booking " + id)
	}
	return p
}
