package memory

import (
	"iter"
	"time"

	"github.com/timebok/timebok"
	"github.com/timebok/timebok/booking"
	"github.com/timebok/timebok/invoice"
	"github.com/timebok/timebok/series"
)

// guard checks what must hold of all records together, for those that the
// transaction saved: no program gets past it, whatever it forgot to look at.
func (tx *tx) guard() error {
	for _, r := range tx.saved {
		if err := tx.state.guard(r); err != nil {
			return err
		}
	}
	return nil
}

// guard checks what must hold of a record together with all others.
func (s *state) guard(r timebok.Record) error {
	switch r := r.(type) {
	case *booking.Booking:
		return s.guardTime(r)
	case *series.Series:
		return s.guardCase(r)
	case *invoice.Invoice:
		return s.guardNumber(r)
	}
	return nil
}

// guardTime returns a *timebok.Refusal if a booking overlaps another that it may not.
func (s *state) guardTime(b *booking.Booking) error {
	if !b.State.IsActive() || b.Overlapping() {
		return nil
	}
	for other := range s.occupying(b.Practitioner, b.Occupied()) {
		if other.ID == b.ID || other.Overlapping() {
			continue
		}
		loc, err := timebok.LoadZone(b.Zone)
		if err != nil {
			loc = time.UTC
		}
		taken := other.Occupied()
		return timebok.Reasons{booking.SlotTaken.At("Start",
			timebok.P("start", taken.Start.In(loc)), timebok.P("end", taken.End.In(loc)))}.Refused()
	}
	return nil
}

// occupying lists the active bookings of a practitioner that occupy a part of a
// period, by start, then ID.
func (s *state) occupying(of timebok.PractitionerID, within timebok.Period) iter.Seq[*booking.Booking] {
	return func(yield func(*booking.Booking) bool) {
		key := &booking.Booking{Practitioner: of}
		key.Time.Start = within.Start.Add(-s.after)
		last := within.End.Add(s.before)
		for b := range s.bookings.byPractitioner.from(key) {
			if b.Practitioner != of || !b.Time.Start.Before(last) {
				return
			}
			if b.State.IsActive() && b.Occupied().Overlaps(within) && !yield(b) {
				return
			}
		}
	}
}

// guardCase returns an *timebok.ExistsError if another series has the case.
func (s *state) guardCase(of *series.Series) error {
	if of.Case.Number == "" {
		return nil
	}
	for other := range s.ofCase(of.Case) {
		if other.ID != of.ID {
			return &timebok.ExistsError{Ref: of.Ref()}
		}
	}
	return nil
}

// ofCase lists the series of a case; there is one at most once it is committed.
func (s *state) ofCase(c series.Case) iter.Seq[*series.Series] {
	return func(yield func(*series.Series) bool) {
		for found := range s.series.byCase.from(&series.Series{Case: c}) {
			if found.Case != c || !yield(found) {
				return
			}
		}
	}
}

// guardNumber returns an *timebok.ExistsError if another invoice of the party has
// the number.
func (s *state) guardNumber(v *invoice.Invoice) error {
	if v.Number == 0 {
		return nil
	}
	for other := range s.invoices.inOrder.from(&invoice.Invoice{Party: v.Party, Number: v.Number}) {
		if other.Party != v.Party || other.Number != v.Number {
			return nil
		}
		if other.ID != v.ID {
			return &timebok.ExistsError{Ref: v.Ref()}
		}
	}
	return nil
}
