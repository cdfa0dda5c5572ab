package storagetest

import (
	"context"
	"fmt"
	"slices"
	"sync/atomic"
	"time"

	"github.com/timebok/timebok"
	"github.com/timebok/timebok/booking"
	"github.com/timebok/timebok/insurance"
	"github.com/timebok/timebok/invoice"
	"github.com/timebok/timebok/series"
	"github.com/timebok/timebok/storage"
)

// session returns a booking of Kari at some minutes after Monday, with buffers of
// 5 minutes before and 10 after.
func (e *env) session(name string, start, length int) booking.Booking {
	b := e.Booking(name, 0)
	b.Practitioner, b.Before, b.After = e.Kari.ID, 5*time.Minute, 10*time.Minute
	b.Time = timebok.Lasting(Monday.Add(time.Duration(start)*time.Minute), time.Duration(length)*time.Minute)
	return b
}

func allowed(b booking.Booking) booking.Booking {
	b.Overrides = []booking.Override{
		{At: Monday, Codes: []string{"other"}, Why: "x"}, {At: Monday, Codes: []string{"b", booking.SlotTaken.Code()}, Why: "y", Sequence: b.Sequence},
	}
	return b
}

func in(s booking.State, b booking.Booking) booking.Booking {
	b.State = s
	return b
}

func overlapRefused(e *env) {
	there := e.session("there", 600, 60) // occupies 595 to 670
	e.save(e.Clinic.Clinic, there)
	for _, b := range []booking.Booking{
		e.session("same", 600, 60), e.session("within", 620, 10), e.session("around", 500, 300),
		e.session("end of its buffer", 564, 22), e.session("start of its buffer", 674, 20),
		e.session("days long", -3000, 6000), in(booking.Proposed, e.session("proposed", 600, 60)),
		in(booking.Completed, e.session("completed", 600, 60)), in(booking.NoShow, e.session("no-show", 600, 60)),
		in(booking.Arrived, e.session("arrived", 600, 60)),
	} {
		marker := e.audit("before "+b.ID.String(), b)
		wantTaken(e, fmt.Sprintf("a booking %v that overlaps", b.Occupied()), e.trySave(marker, b))
		e.wantNone(b, marker)
	}
	for _, state := range []booking.State{booking.Proposed, booking.Arrived, booking.Completed, booking.NoShow} {
		there.Version++
		there.State = state
		e.save(there)
		wantTaken(e, "over one that is "+string(state), e.trySave(e.session("same", 600, 60)))
	}
	one, two := e.session("one", 2000, 60), e.session("two", 2059, 60)
	wantTaken(e, "two in one transaction", e.trySave(one, two))
	e.wantNone(one, two)
	e.wantStored(there)
}

func overlapAllowed(e *env) {
	there := e.session("there", 600, 60)
	elsewhere := e.session("another practitioner", 600, 60)
	elsewhere.Practitioner = e.Anne.ID
	touching := e.session("within a microsecond", 0, 60)
	touching.Time = timebok.Period{Start: there.Time.Start.Add(-75 * time.Minute), End: there.Time.Start.Add(-15 * time.Minute)}
	fine := []timebok.Record{
		there, elsewhere, touching, e.session("after", 675, 60),
		allowed(e.session("allowed", 600, 60)), in(booking.Cancelled, e.session("cancelled", 600, 60)),
		in(booking.EnteredInError, e.session("error", 610, 60)),
	}
	e.save(e.Clinic.Clinic)
	for _, r := range fine {
		e.save(r)
	}
	e.wantStored(fine...)
	long := e.session("a microsecond too long", 0, 60)
	long.Time = timebok.Period{Start: there.Time.Start.Add(4 * time.Hour), End: there.Time.Start.Add(5*time.Hour + time.Microsecond)}
	e.save(long)
	wantTaken(e, "a microsecond of overlap", e.trySave(e.session("next", 915, 60)))
	again := e.session("over one that is allowed", 2000, 60)
	e.save(allowed(e.session("alone", 2000, 60)))
	e.save(again) // one of the two was allowed to
	e.wantStored(again)
}

func changeGuarded(e *env) {
	one, two := e.session("one", 600, 60), e.session("two", 800, 60)
	gone := in(booking.Cancelled, e.session("gone", 600, 60))
	e.save(e.Clinic.Clinic, one, two, gone)
	moved := e.session("two", 630, 60)
	moved.Version = 2
	wantTaken(e, "moving onto another", e.trySave(moved))
	longer := e.session("one", 600, 190)
	longer.Version = 2
	wantTaken(e, "lasting into another", e.trySave(longer))
	back := in(booking.Booked, gone)
	back.Version = 2
	wantTaken(e, "coming back to life", e.trySave(back))
	other := e.session("one", 600, 60)
	other.ID, other.Practitioner = idOf[booking.Booking](e.ids, "of Anne"), e.Anne.ID
	e.save(other)
	other.Version, other.Practitioner = 2, e.Kari.ID
	wantTaken(e, "going to another practitioner", e.trySave(other))
	e.wantStored(one, two, gone)

	// What frees its time in the same transaction is not in the way, and neither
	// is a booking in its own.
	one.Version, one.State = 2, booking.Cancelled
	into := e.session("into", 600, 60)
	e.save(one, into)
	two.Version = 2
	two.Time.Start = two.Time.Start.Add(10 * time.Minute)
	e.save(two)
	e.save(timebok.Deletion{Of: two.Ref()}, e.session("into two", 810, 50))
	e.wantStored(one, into)
}

// Bookings may change places in one transaction, and go round: what counts is how
// they stand in the end.
func placesChanged(e *env) {
	three := []booking.Booking{e.session("a", 600, 60), e.session("b", 800, 60), e.session("c", 1000, 60)}
	e.save(e.Clinic.Clinic, three[0], three[1], three[2])
	round := slices.Clone(three)
	for i := range round {
		round[i].Version, round[i].Time = 2, three[(i+1)%3].Time
	}
	wantTaken(e, "two of three that go round", e.trySave(round[0], round[1]))
	e.wantStored(three[0], three[1], three[2])
	e.save(round[0], round[1], round[2])
	e.wantStored(round[0], round[1], round[2])
	wantTaken(e, "where one of them stands now", e.trySave(e.session("new", 600, 60)))
	e.save(e.session("new", 600, 60), timebok.Deletion{Of: round[2].Ref()}) // in whatever order
	e.wantNone(round[2])
}

// overlapRace saves unequal overlapping bookings from many goroutines that load
// nothing: one is stored, and the others get a refusal, no error of the backend.
func overlapRace(e *env) {
	e.save(e.Clinic.Clinic)
	const n = 20
	var won atomic.Int32
	parallel(n, func(i int) {
		err := e.trySave(e.session(fmt.Sprint(i), 600+i, 60))
		if err == nil {
			won.Add(1)
			return
		}
		wantTaken(e, "a booking that came too late", err)
	})
	if won.Load() != 1 {
		e.Errorf("%d of %d overlapping bookings were stored, want 1", won.Load(), n)
	}
}

// caseSeries returns a series for a case.
func (e *env) caseSeries(name string, c series.Case) series.Series {
	s := e.Case
	s.ID, s.Case = idOf[series.Series](e.ids, name), c
	return s
}

func oneSeries(e *env) {
	e.save(append(e.Records(), e.fullSeries())...)
	again := e.caseSeries("again", e.Case.Case)
	again.Client = e.Åse.ID
	wantError[*timebok.ExistsError](e, "a second series for a case", e.trySave(e.audit("x", again), again))
	e.wantNone(again, e.audit("x", again))
	others := []timebok.Record{ // cases that are others
		e.caseSeries("case of letters", series.Case{Network: timebok.Behandlernettverk, Number: "6qptr"}),
		e.caseSeries("network", series.Case{Network: "x", Number: "6QPTR"}),
		e.caseSeries("by hand", series.Case{Number: "6QPTR"}),
		e.caseSeries("space", series.Case{Network: timebok.Behandlernettverk, Number: "6QPTR "}),
		e.caseSeries("composed", series.Case{Network: timebok.Behandlernettverk, Number: nfc[:2]}),
		e.caseSeries("decomposed", series.Case{Network: timebok.Behandlernettverk, Number: nfd[:3]}),
		e.caseSeries("no number", series.Case{Network: timebok.Behandlernettverk}),
		e.caseSeries("no number either", series.Case{Network: timebok.Behandlernettverk}),
		e.caseSeries("no case", series.Case{}), e.caseSeries("no case either", series.Case{}),
	}
	e.save(others...)
	e.wantStored(others...)
	changed := others[0].(series.Series)
	changed.Version, changed.Case = 2, e.Case.Case
	wantError[*timebok.ExistsError](e, "taking another's case by a change", e.trySave(changed))
	if got := e.ofCase(); got != e.Case.ID {
		e.Errorf("the case is that of %v, want %v", got, e.Case.ID)
	}
	e.save(timebok.Deletion{Of: e.Case.Ref()}, again) // free again
	if got := e.ofCase(); got != again.ID {
		e.Errorf("the case is that of %v, want %v", got, again.ID)
	}
}

func oneEntry(e *env) {
	first := e.fullReceived("e-1")
	e.save(e.Clinic.Clinic, first)
	again := e.fullReceived("e-1")
	again.External, again.Result = "another booking", insurance.New
	wantError[*timebok.ExistsError](e, "a second entry for an event", e.trySave(e.audit("x", again), again))
	e.wantStored(first)
	e.wantNone(e.audit("x", again))
	other := e.fullReceived("E-1")
	elsewhere := e.fullReceived("e-1")
	elsewhere.Network = "other"
	e.save(other, elsewhere)
	e.wantStored(first, other, elsewhere)
}

func oneInvoice(e *env) {
	first := e.fullInvoice()
	e.save(e.Clinic.Clinic, first)
	again := e.fullInvoice()
	again.ID = e.invoiceID("again")
	wantError[*timebok.ExistsError](e, "a second invoice of a number", e.trySave(again))
	e.wantNone(again)
	again.Number++
	elsewhere := e.fullInvoice()
	elsewhere.ID, elsewhere.Party = e.invoiceID("elsewhere"), e.SoleTrader.ID
	var drafts []timebok.Record
	for i := range 3 {
		draft := e.fullInvoice()
		draft.ID, draft.Number, draft.State = e.invoiceID(fmt.Sprint("draft ", i)), 0, invoice.Draft
		drafts = append(drafts, draft)
	}
	e.save(append(drafts, again, elsewhere)...)
	e.wantStored(append(drafts, again, elsewhere, first)...)
	issued := drafts[0].(invoice.Invoice)
	issued.Version, issued.Number = 2, first.Number
	wantError[*timebok.ExistsError](e, "issuing a draft with a number that is taken", e.trySave(issued))
	e.wantStored(drafts...)
}

// uniqueRace opens one case from many goroutines that load nothing.
func uniqueRace(e *env) {
	e.save(e.Clinic.Clinic)
	const n = 20
	var series, entries, numbers atomic.Int32
	try := func(won *atomic.Int32, what string, r timebok.Record) {
		err := e.update(func(_ context.Context, tx storage.Tx) error { tx.Save(r); return nil })
		if err == nil {
			won.Add(1)
			return
		}
		wantError[*timebok.ExistsError](e, what, err)
	}
	parallel(n, func(i int) {
		try(&series, "a second series for a case", e.caseSeries(fmt.Sprint(i), e.Case.Case))
		try(&entries, "a second entry for an event", e.fullReceived("e-1"))
		v := e.fullInvoice()
		v.ID = e.invoiceID(fmt.Sprint(i))
		try(&numbers, "a second invoice of a number", v)
	})
	if series.Load() != 1 || entries.Load() != 1 || numbers.Load() != 1 {
		e.Errorf("of %d each, %d series of one case, %d entries of one event and %d invoices of one number are stored; want 1",
			n, series.Load(), entries.Load(), numbers.Load())
	}
}
