package networktest

import (
	"context"
	"slices"
	"strconv"
	"time"

	"github.com/timebok/timebok"
	"github.com/timebok/timebok/insurance"
)

var _ insurance.Network = (*Fake)(nil)

// Name implements insurance.Network.
func (f *Fake) Name() timebok.Network { return f.name }

// Can implements insurance.Network.
func (f *Fake) Can() insurance.Capabilities { return f.can }

// Lookup implements insurance.Network. It finds a case also with spaces around
// its number and in lower case, and returns the number as it is.
func (f *Fake) Lookup(ctx context.Context, c insurance.Connection, number string, asOf time.Time) (insurance.Case, error) {
	var found insurance.Case
	err := f.call(ctx, c, f.can.Lookup, func(*account) error {
		h := f.caseOf(number)
		if h == nil {
			return timebok.Reasons{insurance.UnknownCase.At("Number")}.Refused()
		}
		found = h.at(asOf)
		return nil
	})
	if err != nil {
		return insurance.Case{}, err
	}
	return found, nil
}

// Events implements insurance.Network. A cursor of another feed, such as that of a
// Fake in an earlier run of the program, reads from the start.
func (f *Fake) Events(ctx context.Context, c insurance.Connection, cursor string) (insurance.Page, error) {
	var page insurance.Page
	err := f.call(ctx, c, f.can.Events, func(a *account) error {
		page = a.feed.page(cursor, f.pageSize, f.faults, f.dice)
		return nil
	})
	if err != nil {
		return insurance.Page{}, err
	}
	return page, nil
}

// Standing implements insurance.Network. The cursor is a position among the
// clinic's bookings in the order in which they were made.
func (f *Fake) Standing(ctx context.Context, c insurance.Connection, from time.Time, cursor string) (insurance.Page, error) {
	var page insurance.Page
	err := f.call(ctx, c, f.can.Standing, func(a *account) error {
		page = insurance.Page{}
		at, _ := strconv.Atoi(cursor) // what is no position is the start
		for at = max(at, 0); at < len(f.bookings) && len(page.Events) < f.pageSize; at++ {
			p := f.bookings[at]
			if e := p.stands(); p.account == a && !e.Booking.Start.Before(from) {
				page.Events = append(page.Events, e)
			}
		}
		page.Next, page.More = strconv.Itoa(at), at < len(f.bookings)
		return nil
	})
	if err != nil {
		return insurance.Page{}, err
	}
	return page, nil
}

// Acknowledge implements insurance.Network.
func (f *Fake) Acknowledge(ctx context.Context, c insurance.Connection, ack insurance.Ack) error {
	return f.call(ctx, c, f.can.Acknowledge, func(a *account) error {
		if a.first(ack.ID) && ack.Version > a.acked[ack.Event] {
			ack.Codes = slices.Clone(ack.Codes)
			a.acks, a.acked[ack.Event] = append(a.acks, ack), ack.Version
		}
		return nil
	})
}

// Report implements insurance.Network.
func (f *Fake) Report(ctx context.Context, c insurance.Connection, s insurance.Status) error {
	return f.call(ctx, c, f.can.Report, func(a *account) error {
		if a.first(s.ID) {
			f.report(a, s)
		}
		return nil
	})
}

// Publish implements insurance.Network.
func (f *Fake) Publish(ctx context.Context, c insurance.Connection, o insurance.Availability) error {
	return f.call(ctx, c, f.can.Publish, func(a *account) error {
		a.offer(o)
		return nil
	})
}
