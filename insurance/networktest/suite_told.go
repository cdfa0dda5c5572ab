package networktest

import (
	"slices"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/timebok/timebok"
	"github.com/timebok/timebok/booking"
	"github.com/timebok/timebok/insurance"
)

// What the contract says of Acknowledge, Report and Publish.

func (s *suite) ack(name string, r insurance.Result) insurance.Ack {
	event := s.named(name)
	a := insurance.Ack{ID: timebok.DeriveID[timebok.Message]("ack", event, string(r)), Event: event, Version: 1, Result: r}
	if r == insurance.Quarantined {
		a.Codes = []string{insurance.IdentityMismatch.Code(), booking.SlotTaken.Code()}
	}
	return a
}

// acksOf is what the network has got of an event.
func (s *suite) acksOf(event string) []insurance.Ack {
	return slices.DeleteFunc(s.Acks(), func(a insurance.Ack) bool { return a.Event != event })
}

func (s *suite) acknowledge(a insurance.Ack) {
	s.Helper()
	s.must(func() error { return s.Network.Acknowledge(s.Context(), s.Connection, a) })
}

func (s *suite) acknowledged() {
	if !s.Network.Can().Acknowledge {
		return
	}
	results := []insurance.Result{
		insurance.New, insurance.Changed, insurance.Identical, insurance.Stale, insurance.Quarantined, insurance.Declined,
	}
	for _, r := range results {
		want := s.ack("told "+string(r), r)
		s.acknowledge(want)
		s.holds(want.Event, want)
	}
}

func (s *suite) holds(event string, want ...insurance.Ack) {
	s.Helper()
	if diff := cmp.Diff(want, s.acksOf(event), cmpopts.EquateEmpty()); diff != "" {
		s.Errorf("the network holds other acknowledgements (-want +got):\n%s", diff)
	}
}

func (s *suite) acknowledgedTwice() {
	if !s.Network.Can().Acknowledge {
		return
	}
	first, second := s.ack("twice", insurance.Quarantined), s.ack("twice", insurance.New)
	second.Version = 2
	s.acknowledge(first)
	s.acknowledge(first)
	s.acknowledge(second)
	s.acknowledge(first)
	s.holds(first.Event, first, second)
}

func (s *suite) acknowledgedLate() {
	if !s.Network.Can().Acknowledge {
		return
	}
	first, second := s.ack("late", insurance.Quarantined), s.ack("late", insurance.New)
	second.Version = 2
	s.acknowledge(second)
	s.acknowledge(first) // which was overtaken
	s.holds(second.Event, second)
}

func (s *suite) status(name string, version int64) insurance.Status {
	b := s.named(name)
	return insurance.Status{
		ID: timebok.DeriveID[timebok.Message]("report", b, time.Duration(version).String()), Booking: b, Version: version,
		State: booking.Booked, Start: monday.Add(time.Duration(version) * time.Hour),
	}
}

func (s *suite) report(st insurance.Status) {
	s.Helper()
	s.must(func() error { return s.Network.Report(s.Context(), s.Connection, st) })
}

// stands fails the test unless the network holds one report of a booking, the one
// that is wanted.
func (s *suite) stands(want insurance.Status) {
	s.Helper()
	got := slices.DeleteFunc(s.Reports(), func(st insurance.Status) bool { return st.Booking != want.Booking })
	if diff := cmp.Diff([]insurance.Status{want}, got); diff != "" {
		s.Errorf("the network holds other reports (-want +got):\n%s", diff)
	}
}

func (s *suite) reported() {
	if !s.Network.Can().Report {
		return
	}
	states := []booking.State{
		booking.Booked, booking.Arrived, booking.Completed, booking.NoShow, booking.Cancelled, booking.EnteredInError,
	}
	for i, state := range states {
		st := s.status("told", int64(i+1))
		st.State = state
		s.report(st)
		s.stands(st)
	}
}

func (s *suite) reportedTwice() {
	if !s.Network.Can().Report {
		return
	}
	st := s.status("twice", 3)
	s.report(st)
	s.report(st)
	s.stands(st)
}

func (s *suite) reportedLate() {
	if !s.Network.Can().Report {
		return
	}
	st := s.status("late", 7)
	s.report(s.status("late", 3))
	s.report(st)
	s.report(s.status("late", 3)) // the first once more
	s.report(s.status("late", 5)) // and one that was overtaken
	s.stands(st)
}

// offer is the free times of a day.
func (s *suite) offer(day int) insurance.Availability {
	start := monday.AddDate(0, 0, day)
	return insurance.Availability{
		Practitioner: s.Practitioner, Treatment: s.Treatment, Within: timebok.Lasting(start, 10*time.Hour),
		Free: []timebok.Period{
			timebok.Lasting(start, 45*time.Minute), timebok.Lasting(start.Add(2*time.Hour), 45*time.Minute),
		},
	}
}

func (s *suite) published() {
	if !s.Network.Can().Publish {
		return
	}
	full := s.offer(1)
	s.must(func() error { return s.Network.Publish(s.Context(), s.Connection, s.offer(0)) })
	s.must(func() error { return s.Network.Publish(s.Context(), s.Connection, full) })
	s.offered(full)
	s.must(func() error { return s.Network.Publish(s.Context(), s.Connection, full) })
	s.offered(full)
	full.Free = nil // nothing is free any more
	s.must(func() error { return s.Network.Publish(s.Context(), s.Connection, full) })
	s.offered(full)
}

func (s *suite) offered(want insurance.Availability) {
	s.Helper()
	got := slices.DeleteFunc(s.Offers(), func(o insurance.Availability) bool {
		return o.Practitioner != want.Practitioner || o.Treatment != want.Treatment
	})
	if diff := cmp.Diff([]insurance.Availability{want}, got, cmpopts.EquateEmpty()); diff != "" {
		s.Errorf("the network offers something else (-want +got):\n%s", diff)
	}
}
