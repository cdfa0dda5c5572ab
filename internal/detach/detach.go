// Package detach makes copies of records that share nothing with the originals:
// what a backend keeps in memory is not its callers' to change, nor theirs its.
// Instants take the form that a database would give them.
package detach

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

// From copies, in place, all that a record shares with the one it was copied from.
// It takes a pointer to the record, and leaves what is no record as it is.
func From(record any) {
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
	v.Payer, v.Debtor = pointer(v.Payer), pointer(v.Debtor)
	if v.Payer != nil {
		From(v.Payer)
	}
	if v.Debtor != nil {
		From(v.Debtor)
	}
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
