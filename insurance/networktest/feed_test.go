package networktest_test

import (
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/rickb777/date"
	"github.com/timebok/timebok/insurance"
	"github.com/timebok/timebok/insurance/networktest"
)

var monday = time.Date(2026, 3, 2, 8, 0, 0, 0, time.UTC)

// wish is a booking with a name, so that two Fakes have the same.
func wish(id string) insurance.ExternalBooking {
	return insurance.ExternalBooking{
		ID: id, Practitioner: "anne-1", Treatment: "PSY45", Start: monday, CaseNumber: "6QPTR",
		Client: networktest.NewPerson("Kari Prøve", date.New(1990, 4, 1)),
	}
}

// arrivals reads a feed to its end some times, and returns what came, in order.
func arrivals(t *testing.T, f *networktest.Fake, times int) []string {
	var out []string
	cursor := ""
	for done := 0; done < times; {
		page, err := f.Events(t.Context(), f.Connection(), cursor)
		if err != nil {
			continue
		}
		for _, e := range page.Events {
			out = append(out, e.ID)
		}
		cursor = page.Next
		if !page.More {
			done++
		}
	}
	return out
}

// Each fault does what it says, and does it again for the same seed.
func TestFaults(t *testing.T) {
	ids := []string{"a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k", "l", "m", "n", "o", "p"}
	var plain []string
	for _, id := range ids {
		plain = append(plain, id+"/1")
	}
	for name, faults := range map[string]networktest.Faults{
		"duplicate": {Duplicate: 0.5}, "reorder": {Reorder: 0.5}, "delay": {Delay: 0.5}, "lose": {Lose: 0.5}, "jump back": {JumpBack: 1},
	} {
		t.Run(name, func(t *testing.T) {
			run := func(seed uint64) []string {
				faults.Seed = seed
				f := networktest.New(&networktest.Options{Faults: faults, PageSize: 3})
				for _, id := range ids {
					f.Book(wish(id))
				}
				return arrivals(t, f, 3)
			}
			got := run(1)
			if slices.Equal(got, plain) {
				t.Error("nothing is wrong with the feed")
			}
			if again := run(1); !slices.Equal(got, again) {
				t.Errorf("the same seed gives another feed:\n%v\n%v", got, again)
			}
			sorted := slices.Compact(slices.Sorted(slices.Values(got)))
			if diff := cmp.Diff(plain, sorted); diff != "" {
				t.Errorf("not every event came (-want +got):\n%s", diff)
			}
			if twice := len(got) > len(plain); twice != (name == "duplicate" || name == "jump back") {
				t.Errorf("%d events came of %d", len(got), len(plain))
			}
		})
	}
}

// A lost event is not there when the feed is read to its end, but later.
func TestLostEventsComeLater(t *testing.T) {
	f := networktest.New(&networktest.Options{Faults: networktest.Faults{Lose: 1}})
	f.Book(wish("a"))
	if got := arrivals(t, f, 1); len(got) > 0 {
		t.Errorf("%v came at once", got)
	}
	if got := arrivals(t, f, 1); len(got) != 1 {
		t.Errorf("%v came later", got)
	}
}

// Clinics see their own events only, and a cursor of another run reads from the start.
func TestClinics(t *testing.T) {
	f := networktest.New(&networktest.Options{Accounts: []string{"one", "two"}})
	f.Book(wish("a"))
	f.BookAt("two", wish("b"))
	f.Move("b", monday.Add(time.Hour))
	for account, want := range map[string][]string{"one": {"a/1"}, "two": {"b/1", "b/2"}} {
		page, err := f.Events(t.Context(), f.Connection(account), "the cursor of another run/17")
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, e := range page.Events {
			got = append(got, e.ID)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("clinic %s (-want +got):\n%s", account, diff)
		}
	}
	f.Cancel("a")
	if got := f.Bookings(); len(got) != 1 || got[0].ID != "b" || len(f.History()) != 4 {
		t.Errorf("bookings %v, %d events", got, len(f.History()))
	}
}

// What is not there is a mistake in the test, which says so at once.
func TestMistakesPanic(t *testing.T) {
	f := networktest.New(nil)
	f.Book(wish("a"))
	for name, do := range map[string]func(){
		"Move": func() { f.Move("nothing", monday) }, "Cancel": func() { f.Cancel("nothing") },
		"Book": func() { f.Book(wish("a")) }, "BookAt": func() { f.BookAt("nowhere", wish("b")) },
		"Case": func() { f.Case("nothing") }, "SetQuota": func() { f.SetQuota("nothing", 1) },
	} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("%s: no panic", name)
				}
			}()
			do()
		}()
	}
	f.Book(wish("b")) // and it is as usable as before
}
