package memory

import (
	"bytes"
	"slices"
	"time"

	"github.com/timebok/timebok"
	"github.com/timebok/timebok/booking"
	"github.com/timebok/timebok/insurance"
	"github.com/timebok/timebok/invoice"
	"github.com/timebok/timebok/series"
)

// What is stored is never changed, and shares nothing with what callers hold:
// slices and pointers inside a record are copied on the way in and out, and
// instants take the form that a database would give them.

// fresh returns a copy of what is stored.
func fresh[T any](stored *T) T {
	v := *stored
	detach(&v)
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
	detach(r)
	return r
}

// detach copies, in place, all that a record shares with the one it was copied from.
func detach(record any) {
	switch r := record.(type) {
	case *timebok.Practitioner:
		r.Keys = slices.Clone(r.Keys)
	case *timebok.Client:
		r.BirthDate = pointer(r.BirthDate)
		r.Consents = slices.Clone(r.Consents)
		for i := range r.Consents {
			instant(&r.Consents[i].At)
		}
	case *timebok.Service:
		r.Keys = slices.Clone(r.Keys)
	case *timebok.Payer:
		r.Disclose = slices.Clone(r.Disclose)
	case *timebok.PriceAgreement:
		r.To = pointer(r.To)
	case *series.Series:
		detachSeries(r)
	case *booking.Booking:
		detachBooking(r)
	case *booking.Schedule:
		r.Week, r.Days = slices.Clone(r.Week), slices.Clone(r.Days)
		for i := range r.Days {
			r.Days[i].Hours = slices.Clone(r.Days[i].Hours)
		}
	case *booking.Absence:
		period(&r.Time)
	case *insurance.Connection:
		instant(&r.Since)
	case *insurance.Received:
		instant(&r.At)
		r.Codes, r.Content = slices.Clone(r.Codes), bytes.Clone(r.Content)
	case *invoice.Invoice:
		detachInvoice(r)
	case *invoice.Document:
		instant(&r.At)
		r.Body = bytes.Clone(r.Body)
	case *timebok.Message:
		instant(&r.Due)
		r.Data = bytes.Clone(r.Data)
	case *timebok.AuditEntry:
		instant(&r.At)
		r.Codes = slices.Clone(r.Codes)
	}
}

func detachBooking(b *booking.Booking) {
	period(&b.Time)
	instant(&b.InvitedAt)
	instant(&b.Reply.At)
	b.Charges = slices.Clone(b.Charges)
	if b.Cancelled = pointer(b.Cancelled); b.Cancelled != nil {
		instant(&b.Cancelled.At)
	}
	b.Overrides = slices.Clone(b.Overrides)
	for i := range b.Overrides {
		o := &b.Overrides[i]
		instant(&o.At)
		o.Codes = slices.Clone(o.Codes)
	}
}

func detachSeries(s *series.Series) {
	instant(&s.FetchedAt)
	instant(&s.OpenedAt)
	instant(&s.ClosedAt)
	s.Approvals = slices.Clone(s.Approvals)
	for i := range s.Approvals {
		a := &s.Approvals[i]
		instant(&a.At)
		a.Terms.ValidFrom, a.Terms.ValidTo = pointer(a.Terms.ValidFrom), pointer(a.Terms.ValidTo)
		a.Terms.Caps = slices.Clone(a.Terms.Caps)
	}
	s.Overrides = slices.Clone(s.Overrides)
	for i := range s.Overrides {
		o := &s.Overrides[i]
		instant(&o.At)
		o.ValidFrom, o.ValidTo = pointer(o.ValidFrom), pointer(o.ValidTo)
		o.Caps, o.Billing, o.Share = slices.Clone(o.Caps), pointer(o.Billing), pointer(o.Share)
	}
	s.Adjustments = slices.Clone(s.Adjustments)
	for i := range s.Adjustments {
		instant(&s.Adjustments[i].At)
	}
}

func detachInvoice(v *invoice.Invoice) {
	v.IssueDate, v.DueDate, v.Credits = pointer(v.IssueDate), pointer(v.DueDate), pointer(v.Credits)
	v.Payer, v.Debtor = maybe(v.Payer), maybe(v.Debtor)
	v.Taken, v.Reasons = slices.Clone(v.Taken), slices.Clone(v.Reasons)
	v.Lines = slices.Clone(v.Lines)
	for i := range v.Lines {
		period(&v.Lines[i].Time)
	}
}

func pointer[T any](p *T) *T {
	if p == nil {
		return nil
	}
	v := *p
	return &v
}

func instant(t *time.Time) { *t = timebok.Instant(*t) }

func period(p *timebok.Period) {
	instant(&p.Start)
	instant(&p.End)
}
