package storagetest

import (
	"context"

	"github.com/timebok/timebok"
	"github.com/timebok/timebok/booking"
	"github.com/timebok/timebok/insurance"
	"github.com/timebok/timebok/invoice"
	"github.com/timebok/timebok/series"
	"github.com/timebok/timebok/storage"
)

// at returns the record with another version; false for kinds that have none.
func at(r timebok.Record, version int64) (timebok.Record, bool) {
	switch r := r.(type) {
	case timebok.Clinic:
		r.Version = version
		return r, true
	case timebok.BillingParty:
		r.Version = version
		return r, true
	case timebok.Practitioner:
		r.Version = version
		return r, true
	case timebok.Client:
		r.Version = version
		return r, true
	case timebok.Service:
		r.Version = version
		return r, true
	case timebok.Payer:
		r.Version = version
		return r, true
	case timebok.PriceAgreement:
		r.Version = version
		return r, true
	case series.Series:
		r.Version = version
		return r, true
	case booking.Booking:
		r.Version = version
		return r, true
	case booking.Schedule:
		r.Version = version
		return r, true
	case booking.Absence:
		r.Version = version
		return r, true
	case insurance.Connection:
		r.Version = version
		return r, true
	case insurance.Received:
		r.Version = version
		return r, true
	case insurance.External:
		r.Version = version
		return r, true
	case invoice.Invoice:
		r.Version = version
		return r, true
	case invoice.Numbering:
		r.Version = version
		return r, true
	}
	return r, false
}

// next returns the record one version on; ok is false for kinds without versions.
func next(r timebok.Record) (timebok.Record, bool) { return at(r, r.Ref().Version+1) }

func newIsTaken(e *env) {
	e.save(e.Clinic.Clinic)
	e.save(e.everything()...)
	for _, r := range append(e.everything(), e.Clinic.Clinic) {
		err := e.trySave(r)
		wantError[*timebok.ExistsError](e, "saving "+r.Ref().String()+" as new again", err)
	}
	for _, r := range e.everything() { // the same, in a transaction that has not read them
		wantError[*timebok.ExistsError](e, "saving "+r.Ref().String()+" as new, after others",
			e.trySave(e.audit("before "+r.Ref().String(), r), r))
		e.wantNone(e.audit("before "+r.Ref().String(), r))
	}
	e.wantStored(e.everything()...)
}

func nextVersionReplaces(e *env) {
	records := append(e.everything(), e.Clinic.Clinic)
	e.save(records...)
	for range 2 {
		for i, r := range records {
			if changed, ok := next(r); ok {
				e.save(changed)
				e.wantStored(changed)
				records[i] = changed
			}
		}
	}
	e.wantStored(records...)
}

func otherVersionIsStale(e *env) {
	records := append(e.everything(), e.Clinic.Clinic)
	for _, r := range records { // nothing is stored yet
		if third, ok := at(r, 3); ok {
			wantError[*timebok.StaleError](e, "saving version 3 of "+r.Ref().String()+", which does not exist", e.trySave(third))
		}
	}
	e.save(records...)
	for _, r := range records {
		second, ok := at(r, 2)
		if !ok {
			continue
		}
		e.save(second)
		for _, version := range []int64{2, 4, 5, 1 << 40} {
			other, _ := at(r, version)
			err := e.trySave(other)
			stale := wantError[*timebok.StaleError](e, "saving another version of "+r.Ref().String(), err)
			if stale == nil {
				continue
			}
			if want := (timebok.Ref{Kind: r.Ref().Kind, ID: r.Ref().ID, Version: version - 1}); stale.Ref != want {
				e.Errorf("the error names %v at %d, want %v at %d", stale.Ref, stale.Ref.Version, want, want.Version)
			}
			if stale.Stored != 0 && stale.Stored != 2 {
				e.Errorf("the error says that version %d of %v is stored, want 2, or 0 for unknown", stale.Stored, r.Ref())
			}
		}
		e.wantStored(second)
	}
}

// Several saves of one record are one write of the last: at the same version, or
// on top of each other as use-cases that share a transaction make them.
func savedTwice(e *env) {
	records := append(e.everything(), e.Clinic.Clinic)
	err := e.update(func(ctx context.Context, tx storage.Tx) error {
		tx.Save(records...)
		for _, r := range records {
			if _, ok := next(r); ok {
				tx.Save(r)
			}
		}
		return nil
	})
	if err != nil {
		e.Fatalf("saving everything twice: %v", err)
	}
	e.wantStored(records...)

	second, third := e.Ola, e.Ola
	second.Version, second.Name = 2, timebok.Hide("To")
	third.Version, third.Name = 3, timebok.Hide("Tre")
	fresh, changed := e.Booking("fresh", 0), e.Booking("fresh", 0)
	changed.Version, changed.Sequence = 2, 2
	if err := e.update(func(ctx context.Context, tx storage.Tx) error {
		tx.Save(second, fresh)
		tx.Save(third, changed)
		return nil
	}); err != nil {
		e.Fatalf("saving two versions in one transaction: %v", err)
	}
	e.wantStored(third, changed)
	wantError[*timebok.StaleError](e, "skipping a version in one transaction", e.trySave(atVersion(third, 4), atVersion(third, 6)))
	e.wantStored(third)
}

func atVersion(r timebok.Record, version int64) timebok.Record {
	out, _ := at(r, version)
	return out
}

func deletedAtItsVersion(e *env) {
	records := append(e.everything(), e.Clinic.Clinic)
	e.save(records...)
	for _, r := range records {
		second, ok := next(r)
		if !ok || r.Ref().Kind == timebok.KindClinic {
			continue
		}
		e.save(second)
		e.save(timebok.Deletion{Of: second.Ref()})
		e.wantNone(r)
		e.save(r) // the ID is free again
		e.wantStored(r)
	}
	e.wantStored(records...)

	session := e.Booking("gone", 0)
	e.save(session)
	err := e.update(func(ctx context.Context, tx storage.Tx) error {
		tx.Save(timebok.Deletion{Of: session.Ref()})
		got, err := read(ctx, tx, session)
		if got != nil {
			e.Error("a transaction reads what it deleted")
		}
		listed, _ := collect(tx.Bookings(ctx, booking.Filter{Client: session.Client}))
		for _, x := range listed {
			if x.ID == session.ID {
				e.Error("a transaction lists what it deleted")
			}
		}
		return err
	})
	if err != nil {
		e.Error(err)
	}
	e.wantNone(session)
}

func staleDeletion(e *env) {
	records := append(e.everything(), e.Clinic.Clinic)
	e.save(records...)
	for _, r := range records {
		if _, ok := next(r); !ok {
			continue
		}
		for _, version := range []int64{2, 3} {
			of := timebok.Ref{Kind: r.Ref().Kind, ID: r.Ref().ID, Version: version}
			err := e.trySave(timebok.Deletion{Of: of})
			wantError[*timebok.StaleError](e, "deleting another version of "+r.Ref().String(), err)
		}
	}
	e.wantStored(records...)
	missing := e.Booking("missing", 0).Ref()
	wantError[*timebok.StaleError](e, "deleting what does not exist", e.trySave(timebok.Deletion{Of: missing}))
}
