package storagetest

import (
	"context"
	"fmt"
	"iter"
	"reflect"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/timebok/timebok"
	"github.com/timebok/timebok/booking"
	"github.com/timebok/timebok/insurance"
	"github.com/timebok/timebok/invoice"
	"github.com/timebok/timebok/series"
	"github.com/timebok/timebok/storage"
)

// read reads the record of like's kind and ID by the plainest way there is, and
// returns nil if there is none.
func read(ctx context.Context, tx storage.Tx, like timebok.Record) (timebok.Record, error) {
	switch r := like.(type) {
	case timebok.Clinic:
		return one(tx.Clinic(ctx))
	case timebok.BillingParty:
		return one(tx.BillingParty(ctx, r.ID))
	case timebok.Practitioner:
		return one(tx.Practitioner(ctx, r.ID))
	case timebok.Client:
		return one(tx.Client(ctx, r.ID))
	case timebok.Service:
		return one(tx.Service(ctx, r.ID))
	case timebok.Payer:
		return one(tx.Payer(ctx, r.ID))
	case timebok.PriceAgreement:
		return find(tx.PriceAgreements(ctx), r)
	case series.Series:
		return one(tx.Series(ctx, r.ID))
	case booking.Booking:
		return one(tx.Booking(ctx, r.ID))
	case booking.Schedule:
		return one(tx.Schedule(ctx, r.Practitioner))
	case booking.Absence:
		return find(tx.Absences(ctx, r.Practitioner, r.Time.Widen(time.Hour, time.Hour)), r)
	case insurance.Connection:
		return one(tx.Connection(ctx, r.Network))
	case insurance.Received:
		return one(tx.Received(ctx, r.ID()))
	case insurance.External:
		v, err := tx.LoadIntake(ctx, insurance.IntakeNeeds{Network: r.Network, External: r.ID})
		return deref(v.External, err)
	case invoice.Invoice:
		return one(tx.Invoice(ctx, r.ID))
	case invoice.Numbering:
		v, err := tx.LoadInvoicing(ctx, invoice.Needs{Party: r.Party})
		return deref(v.Numbering, err)
	case invoice.Document:
		return one(tx.Document(ctx, r.Invoice))
	case timebok.Message:
		queued, err := collect(tx.Messages(ctx, storage.MessageFilter{}))
		for _, q := range queued {
			if q.ID == r.ID {
				return q.Message, err
			}
		}
		return nil, err
	case timebok.AuditEntry:
		return find(tx.Audit(ctx, storage.AuditFilter{}), r)
	}
	return nil, fmt.Errorf("storagetest: no way to read a %T", like)
}

// one turns the answer of a getter into a record, nil for a NotFoundError.
func one[R timebok.Record](r R, err error) (timebok.Record, error) {
	if err != nil {
		return nil, ignoreMissing(err)
	}
	return r, nil
}

func ignoreMissing(err error) error {
	if missing := (*timebok.NotFoundError)(nil); errorAs(err, &missing) {
		return nil
	}
	return err
}

// deref turns a field of a View into a record, nil for none, also if the View has
// nothing because the clinic has no record of its own.
func deref[R timebok.Record](r *R, err error) (timebok.Record, error) {
	if r == nil {
		return nil, ignoreMissing(err)
	}
	return *r, err
}

// find looks for the record of like's ID in a list.
func find[R timebok.Record](list iter.Seq2[R, error], like R) (timebok.Record, error) {
	for r, err := range list {
		if err != nil {
			return nil, err
		}
		if r.Ref().ID == like.Ref().ID {
			return r, nil
		}
	}
	return nil, nil
}

// collect makes a slice of a list.
func collect[T any](list iter.Seq2[T, error]) ([]T, error) {
	var out []T
	for v, err := range list {
		if err != nil {
			return out, err
		}
		out = append(out, v)
	}
	return out, nil
}

// same compares what was read with what was saved. Nil and empty slices may be
// taken for each other.
func same(got, want any) string {
	if reflect.DeepEqual(got, want) { // which is much faster, and nearly always so
		return ""
	}
	return cmp.Diff(want, got, cmpopts.EquateEmpty())
}

// stored returns what is stored of a record, nil for nothing.
func (e *env) stored(like timebok.Record) timebok.Record {
	e.Helper()
	return e.storedIn(e.Clinic.ID, like)
}

func (e *env) storedIn(clinic timebok.ClinicID, like timebok.Record) (got timebok.Record) {
	e.Helper()
	e.viewIn(clinic, func(ctx context.Context, tx storage.Tx) (err error) {
		got, err = read(ctx, tx, like)
		return err
	})
	return got
}

// wantStored fails unless exactly these records are stored.
func (e *env) wantStored(records ...timebok.Record) {
	e.Helper()
	for _, r := range records {
		if diff := same(e.stored(r), r); diff != "" {
			e.Errorf("stored %v (-want +got):\n%s", r.Ref(), diff)
		}
	}
}

// wantNone fails if any of these records is stored, at any version.
func (e *env) wantNone(records ...timebok.Record) {
	e.Helper()
	for _, r := range records {
		if got := e.stored(r); got != nil {
			e.Errorf("%v is stored, want nothing", r.Ref())
		}
	}
}
