package storagetest

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"
	"time"

	"github.com/timebok/timebok"
	"github.com/timebok/timebok/booking"
	"github.com/timebok/timebok/series"
	"github.com/timebok/timebok/storage"
)

var bulk = group{"Bulk", []clause{
	{"An import stores records at whatever version they have. Run again, it counts them as there and changes nothing.", []check{
		{"records of every kind", importEverything},
		{"a message that was never attempted", importPlainMessage},
		{"what is imported can be used", importedIsUsed},
		{"records that can't be imported", importInvalid},
	}},
	{"An import that was cut off keeps what came before, and is completed by running it again.", []check{
		{"cut off by its source", importCutOff},
		{"cut off by its context", importCancelled},
	}},
	{"A record that is there with other content, or that a constraint refuses, is reported, and the others are stored.", []check{
		{"differences are reported", importDiffers},
		{"refusals are reported", importRefused},
	}},
	{"An export lists every record of one clinic as it was at one moment, by kind and ID, and imported elsewhere it gives the same export.", []check{
		{"in order", exportInOrder},
		{"one moment", exportOneMoment},
		{"there and back", exportImport},
	}},
	{"Fence returns when no Update is under way, and none begins until Unfence: it fails with ErrFenced. Views go on, and no message is leased.", []check{
		{"a fenced clinic is closed", fenceCloses},
		{"a fence waits for what is under way", fenceWaits},
		{"nothing is stored behind a fence", fenceRace},
		{"a fenced clinic leases nothing", fenceLeases},
	}},
	{"Erase takes away every record of a fenced clinic and of no other, and refuses a clinic that is not fenced.", []check{
		{"erased", erased},
		{"what is not fenced is not erased", eraseRefused},
	}},
}}

// bulk is the driver as a Bulk.
func (e *env) bulk() storage.Bulk {
	e.Helper()
	b, ok := e.driver.(storage.Bulk)
	if !ok {
		e.Fatalf("%T is no storage.Bulk: if it is not meant to be, say so with Options.NoBulk", e.driver)
	}
	return b
}

// everyKind is one record at least of each kind, as Import takes them, at
// versions that no Update would begin with.
func (e *env) everyKind() []timebok.Record {
	records := []timebok.Record{e.Clinic.Clinic}
	for _, r := range e.everything() {
		switch v := r.(type) {
		case booking.Booking:
			v.Version = 7
			r = v
		case timebok.Client:
			v.Version = 1 << 33
			r = v
		case timebok.Message:
			r = storage.Queued{Message: v, Clinic: e.Clinic.ID, Attempts: 3, Buried: true, Error: nasty}
		}
		records = append(records, r)
	}
	return records
}

func sequence(records []timebok.Record) iter.Seq2[timebok.Record, error] {
	return func(yield func(timebok.Record, error) bool) {
		for _, r := range records {
			if !yield(r, nil) {
				return
			}
		}
	}
}

func (e *env) tryImport(records ...timebok.Record) (storage.ImportReport, error) {
	e.Helper()
	return e.bulk().Import(e.Context(), e.Clinic.ID, sequence(records), &storage.ImportOptions{Batch: 7})
}

// wantImport imports records and fails unless the report is this.
func (e *env) wantImport(want storage.ImportReport, records ...timebok.Record) {
	e.Helper()
	got, err := e.tryImport(records...)
	if err != nil {
		e.Fatalf("Import: %v", err)
	}
	if diff := same(got, want); diff != "" {
		e.Errorf("report (-want +got):\n%s", diff)
	}
}

func (e *env) export() []timebok.Record {
	e.Helper()
	out, err := collect(e.bulk().Export(e.Context(), e.Clinic.ID))
	if err != nil {
		e.Fatalf("Export: %v", err)
	}
	return out
}

func importEverything(e *env) {
	const batch = 5
	all := e.everyKind()
	told, asked := 0, 0
	counted := func(yield func(timebok.Record, error) bool) {
		for r, err := range sequence(all) {
			if asked++; asked > told+2*batch {
				e.Errorf("asked for record %d when %d were stored, in batches of %d", asked, told, batch)
			}
			if !yield(r, err) {
				return
			}
		}
	}
	report, err := e.bulk().Import(e.Context(), e.Clinic.ID, counted, &storage.ImportOptions{
		Batch: batch, Progress: func(r storage.ImportReport) { told = r.Total() },
	})
	if err != nil || report.Added != len(all) || told != len(all) {
		e.Fatalf("imported %+v, last told of %d: %v; want %d added", report, told, err, len(all))
	}
	e.wantExport(all)
	e.wantImport(storage.ImportReport{Same: len(all)}, all...)
	e.wantExport(all)
	for _, r := range all {
		if _, ok := r.(storage.Queued); !ok {
			e.wantStored(r)
		}
	}
}

// wantExport fails unless the export is these records, in its own order.
func (e *env) wantExport(records []timebok.Record) {
	e.Helper()
	want := slices.SortedFunc(slices.Values(records), inOrder)
	if diff := same(e.export(), want); diff != "" {
		e.Errorf("export (-want +got):\n%s", diff)
	}
}

// inOrder is the order of an export.
func inOrder(a, b timebok.Record) int {
	x, y := a.Ref(), b.Ref()
	kinds := storage.Kinds()
	if c := slices.Index(kinds, x.Kind) - slices.Index(kinds, y.Kind); c != 0 {
		return c
	}
	return slices.Compare(x.ID[:], y.ID[:])
}

func importPlainMessage(e *env) {
	m := e.message("plain", Monday)
	queued := storage.Queued{Message: m, Clinic: e.Clinic.ID}
	e.wantImport(storage.ImportReport{Added: 1}, m)
	e.wantImport(storage.ImportReport{Same: 2}, m, queued)
	e.wantExport([]timebok.Record{queued})
	queued.Attempts = 1
	if diff := same(e.lease("a", Monday, 10), []storage.Queued{queued}); diff != "" {
		e.Errorf("leased (-want +got):\n%s", diff)
	}
	// A lease does not move along.
	e.wantExport([]timebok.Record{queued})
}

func importedIsUsed(e *env) {
	records := e.Records()
	there := e.Booking("there", 3*time.Hour)
	there.Version, there.Sequence = 4, 2
	e.wantImport(storage.ImportReport{Added: len(records) + 1}, append(records, there)...)
	wantTaken(e, "booking where an imported one is", e.update(e.book(e.Request(there.Time.Start))))
	there.Version++
	there.State = booking.Arrived
	e.save(there)
	e.wantStored(there)
	if err := e.update(e.book(e.Request(there.Time.End))); err != nil {
		e.Error(err)
	}
}

func importInvalid(e *env) {
	other, none, early := e.in(NewClinic("B")).Clinic.Clinic, e.Ola, e.Åse
	none.ID, early.Version = timebok.ClientID{}, 0
	for _, r := range []timebok.Record{other, none, early, timebok.Deletion{Of: e.Ola.Ref()}, nil} {
		report, err := e.tryImport(e.Company, r, e.Kari)
		wantError[*timebok.InvalidError](e, fmt.Sprintf("importing a %T", r), err)
		if report.Total() != 1 {
			e.Errorf("reported %+v, want the one record that came before", report)
		}
	}
	e.wantNone(e.Kari)
	_, err := e.bulk().Import(e.Context(), timebok.ClinicID{}, sequence(nil), nil)
	wantError[*timebok.InvalidError](e, "importing into no clinic", err)
}

func importCutOff(e *env) {
	all := e.everyKind()
	cut := func(yield func(timebok.Record, error) bool) {
		for _, r := range all[:17] {
			if !yield(r, nil) {
				return
			}
		}
		yield(nil, errTest)
	}
	report, err := e.bulk().Import(e.Context(), e.Clinic.ID, cut, &storage.ImportOptions{Batch: 5})
	if !errors.Is(err, errTest) || report.Added != 17 {
		e.Fatalf("cut off: %+v, %v; want 17 added and the source's own error", report, err)
	}
	e.wantExport(all[:17])
	e.wantImport(storage.ImportReport{Same: 17, Added: len(all) - 17}, all...)
	e.wantExport(all)
}

func importCancelled(e *env) {
	all := e.everyKind()
	ctx, cancel := context.WithCancel(e.Context())
	report, err := e.bulk().Import(ctx, e.Clinic.ID, sequence(all), &storage.ImportOptions{
		Batch: 10, Progress: func(storage.ImportReport) { cancel() },
	})
	if !errors.Is(err, context.Canceled) || report.Added != 10 {
		e.Fatalf("cancelled: %+v, %v; want 10 added and %v", report, err, context.Canceled)
	}
	e.wantExport(all[:10])
	e.wantImport(storage.ImportReport{Same: 10, Added: len(all) - 10}, all...)
}

func importDiffers(e *env) {
	all := e.everyKind()
	e.wantImport(storage.ImportReport{Added: len(all)}, all...)
	later, renamed, session := e.Åse, e.Ola, e.fullBooking()
	later.Version, renamed.Version, renamed.Name = 9, 1<<33, timebok.Hide("ola") // as it is kept, but for the name
	session.Version, session.Treatment = 7, ""
	e.wantImport(storage.ImportReport{Same: 2, Differs: []timebok.Ref{later.Ref(), renamed.Ref(), session.Ref()}, Added: 1},
		e.Clinic.Clinic, later, renamed, session, e.Company, e.session("new", 4000, 30))
	e.wantExport(append(all, e.session("new", 4000, 30)))
}

func importRefused(e *env) {
	there, one := e.session("there", 600, 60), e.caseSeries("one", series.Case{Network: "x", Number: "1"})
	issued := e.fullInvoice()
	e.wantImport(storage.ImportReport{Added: 4}, e.Clinic.Clinic, there, one, issued)
	over, two := e.session("over", 630, 60), e.caseSeries("two", one.Case)
	again := e.fullInvoice()
	again.ID = e.invoiceID("again")
	fine := e.session("fine", 900, 60)
	e.wantImport(storage.ImportReport{Added: 1, Same: 1, Refused: []timebok.Ref{over.Ref(), two.Ref(), again.Ref()}},
		over, two, again, fine, there)
	// What was moved here since is not refused, though its old time is taken.
	moved := there
	moved.Version, moved.Time.Start, moved.Time.End = 2, there.Time.Start.Add(9*time.Hour), there.Time.End.Add(9*time.Hour)
	e.save(moved)
	e.save(e.session("in its place", 600, 60))
	e.wantImport(storage.ImportReport{Differs: []timebok.Ref{there.Ref()}}, there)
	e.wantStored(moved)
	e.wantNone(over, two, again)
}

func exportInOrder(e *env) {
	other := e.in(newClinic("other", e.ids)) // the same IDs
	other.save(other.Records()...)
	all := e.Records()
	for i := range 30 {
		c := e.Åse
		c.ID = idOf[timebok.Client](e.ids, fmt.Sprint(i))
		all = append(all, c, e.session(fmt.Sprint(i), i*100, 30))
	}
	e.save(all...)
	e.wantExport(all)
	n := 0
	for range e.bulk().Export(e.Context(), e.Clinic.ID) {
		if n++; n == 3 {
			break
		}
	}
	if got := e.in(NewClinic("none")).export(); len(got) > 0 {
		e.Errorf("an empty clinic exports %d records", len(got))
	}
	ctx, cancel := context.WithCancel(e.Context())
	cancel()
	if _, err := collect(e.bulk().Export(ctx, e.Clinic.ID)); !errors.Is(err, context.Canceled) {
		e.Errorf("with a cancelled context: %v", err)
	}
}

// What is saved while an export goes on is not in it.
func exportOneMoment(e *env) {
	all := e.Records()
	e.save(all...)
	var got []timebok.Record
	for r, err := range e.bulk().Export(e.Context(), e.Clinic.ID) {
		if err != nil {
			e.Fatal(err)
		}
		if got = append(got, r); len(got) == 2 {
			outside(e, func() { e.save(e.Booking("later", 0), e.message("later", Monday)) })
		}
	}
	if diff := same(got, slices.SortedFunc(slices.Values(all), inOrder)); diff != "" {
		e.Errorf("export (-want +got):\n%s", diff)
	}
}

func exportImport(e *env) {
	e.save(e.Clinic.Clinic)
	e.save(e.everything()...)
	e.lease("a", Monday, 10)
	want := e.export()
	second := *e
	second.driver, second.store = e.second(), nil
	second.wantImport(storage.ImportReport{Added: len(want)}, want...)
	if diff := same(second.export(), want); diff != "" {
		e.Errorf("exported from another store (-want +got):\n%s", diff)
	}
}
