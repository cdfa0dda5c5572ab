package behandlernettverk

import (
	"slices"
	"time"

	"github.com/timebok/timebok"
	"github.com/timebok/timebok/insurance"
)

// Free returns the times that clinics offer for a treatment with a practitioner,
// without those that are booked here, by start.
func (n *Network) Free(practitioner, treatment string) []timebok.Period {
	var taken []timebok.Period
	for _, e := range n.Bookings() {
		if b := e.Booking; !e.IsCancelled() && b.Practitioner == practitioner {
			taken = append(taken, timebok.Lasting(b.Start, max(b.Duration, time.Minute)))
		}
	}
	var free []timebok.Period
	for _, offer := range n.fake.Offers() {
		if offer.Practitioner != practitioner || offer.Treatment != treatment {
			continue
		}
		for _, p := range offer.Free {
			if !slices.ContainsFunc(taken, p.Overlaps) {
				free = append(free, p)
			}
		}
	}
	return free
}

// Book books a free time in a case, as a client does it, with the first clinic or
// the one of an account. The booking needs no ID. It fails with ErrUnknown,
// ErrClosed, ErrTaken or ErrExists.
func (n *Network) Book(b insurance.ExternalBooking, account ...string) (insurance.Event, error) {
	c, err := n.Case(b.CaseNumber)
	switch {
	case err != nil:
		return insurance.Event{}, err
	case c.Status == insurance.CaseClosed:
		return insurance.Event{}, ErrClosed
	}
	b.CaseNumber = c.Number
	n.mu.Lock()
	defer n.mu.Unlock()
	free := slices.ContainsFunc(n.Free(b.Practitioner, b.Treatment), func(p timebok.Period) bool { return p.Start.Equal(b.Start) })
	if !free {
		return insurance.Event{}, ErrTaken
	}
	return n.book(b, account)
}

// Force books without looking: a time that is not free, or a case that does not
// exist. Real networks do, when two book at once.
func (n *Network) Force(b insurance.ExternalBooking, account ...string) (insurance.Event, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.book(b, account)
}

func (n *Network) book(b insurance.ExternalBooking, account []string) (insurance.Event, error) {
	if len(n.clinics) == 0 {
		return insurance.Event{}, ErrUnknown
	}
	at := n.clinics[0].Account
	if len(account) > 0 {
		at = account[0]
	}
	if _, ok := n.clinic(at); !ok {
		return insurance.Event{}, ErrUnknown
	}
	if _, _, taken := n.fake.Booking(b.ID); taken {
		return insurance.Event{}, ErrExists
	}
	e := n.fake.BookAt(at, b)
	n.post(at, e)
	return e, nil
}

// Move moves a booking to a time that is free or not, and makes one again that was
// called off. It fails with ErrUnknown.
func (n *Network) Move(id string, start time.Time) (insurance.Event, error) {
	return n.Change(id, func(b *insurance.ExternalBooking) { b.Start = start })
}

// Change changes a booking in whatever way.
func (n *Network) Change(id string, change func(b *insurance.ExternalBooking)) (insurance.Event, error) {
	return n.happen(id, func() insurance.Event { return n.fake.Change(id, change) })
}

// Cancel calls a booking off. It fails with ErrUnknown.
func (n *Network) Cancel(id string) (insurance.Event, error) {
	return n.happen(id, func() insurance.Event { return n.fake.Cancel(id) })
}

func (n *Network) happen(id string, do func() insurance.Event) (insurance.Event, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	_, account, ok := n.fake.Booking(id)
	if !ok {
		return insurance.Event{}, ErrUnknown
	}
	e := do()
	n.post(account, e)
	return e, nil
}

// Bookings returns how every booking stands here, what clinics reported included,
// in the order in which they were made.
func (n *Network) Bookings() []insurance.Event { return n.fake.Stands() }
