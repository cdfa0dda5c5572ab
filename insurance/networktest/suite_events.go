package networktest

import (
	"reflect"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/timebok/timebok/insurance"
)

// What the contract says of Events.

// page reads one page.
func (s *suite) page(cursor string) insurance.Page {
	s.Helper()
	var page insurance.Page
	s.must(func() (err error) {
		page, err = s.Network.Events(s.Context(), s.Connection, cursor)
		return err
	})
	return page
}

// read reads the feed from a cursor to its end, once, and returns the cursor there.
// No page says that there is more without leading on to it.
func (s *suite) read(cursor string, got map[string]insurance.Event) string {
	s.Helper()
	for range 100_000 {
		page := s.page(cursor)
		for _, e := range page.Events {
			if old, ok := got[e.ID]; ok {
				s.sameEvent("repeated event", e, old)
			}
			got[e.ID] = e
		}
		if page.More && page.Next == cursor {
			s.Fatalf("the feed says there is more after %q, and leads back to it", cursor)
		}
		cursor = page.Next
		if !page.More {
			return cursor
		}
	}
	s.Fatal("the feed has no end")
	return ""
}

// find reads the feed on and on until every wanted event was in it, and returns
// the cursor there.
func (s *suite) find(cursor string, want ...insurance.Event) string {
	s.Helper()
	got := map[string]insurance.Event{}
	var missing int
	for range patience {
		cursor = s.read(cursor, got)
		missing = 0
		for _, e := range want {
			if _, ok := got[e.ID]; !ok {
				missing++
			}
		}
		if missing == 0 {
			break
		}
	}
	if missing > 0 {
		s.Fatalf("%d of %d events did not come, though the feed was read to its end %d times", missing, len(want), patience)
	}
	for _, e := range want {
		s.sameEvent("event", got[e.ID], e)
	}
	return cursor
}

func (s *suite) sameEvent(what string, got, want insurance.Event) {
	s.Helper()
	if got.Network != s.Network.Name() {
		s.Errorf("%s is of network %q, want %q", what, got.Network, s.Network.Name())
	}
	if reflect.DeepEqual(want, got) { // which is most often so, and much faster
		return
	}
	if diff := cmp.Diff(want, got, cmpopts.EquateEmpty()); diff != "" {
		s.Errorf("%s differs from what the network has (-want +got):\n%s", what, diff)
	}
}

func (s *suite) whole() {
	if !s.Network.Can().Events {
		return
	}
	full := s.booking("whole", 0)
	full.Duration = 50 * time.Minute
	c := s.lookupCaseOf(full.CaseNumber)
	full.Case = &c
	little := s.booking("little", 1)
	little.Client = NewPerson("Ola Prøve", born)
	little.Client.BirthDate = nil
	made := s.Book(full)
	want := []insurance.Event{
		made, s.Book(little), s.Move(full.ID, full.Start.Add(30*time.Minute)), s.Cancel(full.ID),
	}
	s.find("", want...)
	full.Version = made.Booking.Version
	if diff := cmp.Diff(full, made.Booking, cmpopts.EquateEmpty()); diff != "" {
		s.Errorf("the event has another booking than was made (-want +got):\n%s", diff)
	}
}

// lookupCaseOf is a case that goes along with an event.
func (s *suite) lookupCaseOf(number string) insurance.Case {
	c := NewCase(number, born)
	c.Network = s.Network.Name()
	return c
}

func (s *suite) versions() {
	if !s.Network.Can().Events {
		return
	}
	b := s.booking("versions", 0)
	history := []insurance.Event{
		s.Book(b), s.Move(b.ID, b.Start.Add(time.Hour)), s.Cancel(b.ID), s.Move(b.ID, b.Start.Add(2*time.Hour)),
	}
	kinds := []insurance.EventKind{insurance.BookingMade, insurance.BookingChanged, insurance.BookingCancelled, insurance.BookingChanged}
	starts := []time.Duration{0, time.Hour, time.Hour, 2 * time.Hour}
	var last int64
	for i, e := range history {
		if e.Booking.ID != b.ID || e.Booking.Version <= last || e.Booking.Version < 1 {
			s.Errorf("event %d is of %s at version %d, want %s at more than %d", i, e.Booking.ID, e.Booking.Version, b.ID, last)
		}
		if i < 3 && e.Kind != kinds[i] || e.IsCancelled() != (i == 2) {
			s.Errorf("event %d is %q, want %q", i, e.Kind, kinds[i])
		}
		if !e.Booking.Start.Equal(b.Start.Add(starts[i])) {
			s.Errorf("event %d says the booking begins at %v", i, e.Booking.Start)
		}
		last = e.Booking.Version
	}
	s.find("", history...)
}

func (s *suite) stable() {
	if !s.Network.Can().Events {
		return
	}
	b := s.booking("stable", 0)
	want := []insurance.Event{s.Book(b), s.Move(b.ID, b.Start.Add(time.Hour))}
	if want[0].ID == want[1].ID || want[0].ID == "" {
		s.Errorf("two events have the IDs %q and %q", want[0].ID, want[1].ID)
	}
	s.find("", want...)
	s.find("", want...)
}

func (s *suite) after() {
	if !s.Network.Can().Events {
		return
	}
	cursor := s.read("", map[string]insurance.Event{})
	first := s.Book(s.booking("after", 0))
	next := s.find(cursor, first)
	second := s.Book(s.booking("after", 1))
	s.find(next, second)
	s.find(cursor, first, second) // an old cursor holds
}

func (s *suite) end() {
	if !s.Network.Can().Events {
		return
	}
	cursor := s.find("", s.Book(s.booking("end", 0)))
	for range patience { // what is delivered late or twice may still come
		page := s.page(cursor)
		if len(page.Events) == 0 && !page.More {
			return
		}
		cursor = page.Next
	}
	s.Errorf("nothing happens, and after %d pages there still are events", patience)
}

func (s *suite) pages(n int) {
	if !s.Network.Can().Events {
		return
	}
	cursor := s.read("", map[string]insurance.Event{})
	want := make([]insurance.Event, n)
	for i := range want {
		want[i] = s.Book(s.booking(s.named("pages"), i+10_000*n))
	}
	s.find(cursor, want...)
}
