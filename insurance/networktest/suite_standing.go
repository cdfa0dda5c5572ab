package networktest

import (
	"time"

	"github.com/timebok/timebok"
	"github.com/timebok/timebok/booking"
	"github.com/timebok/timebok/insurance"
)

// What the contract says of Standing.

// stand reads how the bookings from a time on stand, by booking. None comes twice.
func (s *suite) stand(from time.Time) map[string]insurance.Event {
	s.Helper()
	got := map[string]insurance.Event{}
	cursor := ""
	for range 100_000 {
		var page insurance.Page
		s.must(func() (err error) {
			page, err = s.Network.Standing(s.Context(), s.Connection, from, cursor)
			return err
		})
		for _, e := range page.Events {
			if _, twice := got[e.Booking.ID]; twice {
				s.Errorf("booking %s is there twice", e.Booking.ID)
			}
			got[e.Booking.ID] = e
		}
		if !page.More {
			return got
		}
		cursor = page.Next
	}
	s.Fatal("the bookings have no end")
	return nil
}

func (s *suite) standing() {
	if !s.Network.Can().Standing {
		return
	}
	early, moved, off := s.booking("stand", 0), s.booking("stand", 48), s.booking("stand", 49)
	s.Book(early)
	s.Book(moved)
	s.Book(off)
	want := []insurance.Event{s.Move(moved.ID, moved.Start.Add(time.Hour)), s.Cancel(off.ID)}
	got := s.stand(early.Start.Add(time.Hour))
	if _, ok := got[early.ID]; ok {
		s.Error("a booking from before is there")
	}
	for _, e := range want {
		s.sameEvent("what stands", got[e.Booking.ID], e)
	}
	if _, ok := s.stand(early.Start)[early.ID]; !ok {
		s.Error("a booking that begins at the time itself is not there")
	}
}

func (s *suite) standingReported() {
	if !s.Network.Can().Standing || !s.Network.Can().Report {
		return
	}
	off, moved := s.booking("reported", 60), s.booking("reported", 61)
	s.Book(off)
	want := s.Book(moved)
	report := func(b insurance.ExternalBooking, state booking.State, start time.Time) {
		s.report(insurance.Status{
			ID: timebok.DeriveID[timebok.Message]("report", b.ID), Booking: b.ID, Version: 2, State: state, Start: start,
		})
	}
	report(off, booking.Cancelled, off.Start)
	want.Booking.Start = moved.Start.Add(2 * time.Hour)
	report(moved, booking.Booked, want.Booking.Start)
	got := s.stand(off.Start)
	if e, ok := got[off.ID]; !ok || !e.IsCancelled() {
		s.Errorf("the booking that the clinic called off is %q", e.Kind)
	}
	s.sameEvent("the booking that the clinic moved", got[moved.ID], want)
	last := s.Move(moved.ID, moved.Start.Add(3*time.Hour))
	s.sameEvent("the booking that was moved again", s.stand(off.Start)[moved.ID], last)
}

func (s *suite) standingPages() {
	if !s.Network.Can().Standing {
		return
	}
	want := make([]insurance.Event, 251)
	for i := range want {
		want[i] = s.Book(s.booking("standing", 100+i))
	}
	got := s.stand(want[0].Booking.Start)
	for _, e := range want {
		s.sameEvent("what stands", got[e.Booking.ID], e)
	}
}
