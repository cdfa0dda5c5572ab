package memory

import (
	"github.com/timebok/timebok"
	"github.com/timebok/timebok/booking"
	"github.com/timebok/timebok/insurance"
	"github.com/timebok/timebok/internal/detach"
	"github.com/timebok/timebok/invoice"
	"github.com/timebok/timebok/series"
)

// What is stored is never changed, and shares nothing with what callers hold:
// slices and pointers inside a record are copied on the way in and out, and
// instants take the form that a database would give them.

// fresh returns a copy of what is stored.
func fresh[T any](stored *T) T {
	v := *stored
	detach.From(&v)
	return v
}

// maybe returns a copy of what is stored, nil for nothing.
func maybe[T any](stored *T) *T {
	if stored == nil {
		return nil
	}
	v := fresh(stored)
	return &v
}

// each returns copies of what is stored.
func each[T any](stored []*T) []T {
	out := make([]T, len(stored))
	for i, v := range stored {
		out[i] = fresh(v)
	}
	return out
}

// toStore returns a pointer to a copy of a record, or nil for a type that is none.
func toStore(r timebok.Record) timebok.Record {
	switch r := r.(type) {
	case timebok.Clinic:
		return &r
	case timebok.BillingParty:
		return &r
	case timebok.Practitioner:
		return detached(&r)
	case timebok.Client:
		return detached(&r)
	case timebok.Service:
		return detached(&r)
	case timebok.Payer:
		return detached(&r)
	case timebok.PriceAgreement:
		return detached(&r)
	case series.Series:
		return detached(&r)
	case booking.Booking:
		return detached(&r)
	case booking.Schedule:
		return detached(&r)
	case booking.Absence:
		return detached(&r)
	case insurance.Connection:
		return detached(&r)
	case insurance.Received:
		return detached(&r)
	case insurance.External:
		return &r
	case invoice.Invoice:
		return detached(&r)
	case invoice.Numbering:
		return &r
	case invoice.Document:
		return detached(&r)
	case timebok.Message:
		return detached(&r)
	case timebok.AuditEntry:
		return detached(&r)
	}
	return nil
}

func detached[R timebok.Record](r R) R {
	detach.From(r)
	return r
}
