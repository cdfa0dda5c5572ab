package memory

import (
	"context"
	"iter"

	"github.com/google/uuid"
	"github.com/timebok/timebok"
	"github.com/timebok/timebok/booking"
	"github.com/timebok/timebok/insurance"
	"github.com/timebok/timebok/invoice"
	"github.com/timebok/timebok/series"
)

// get reads one record, or fails with a *timebok.NotFoundError.
func get[T any](ctx context.Context, tx *tx, kind timebok.Kind, id uuid.UUID) (T, error) {
	var none T
	if err := tx.check(ctx); err != nil {
		return none, err
	}
	if v := find[T](tx.now(), kind, id); v != nil {
		return fresh(v), nil
	}
	return none, &timebok.NotFoundError{Ref: timebok.Ref{Kind: kind, ID: id}}
}

// Clinic reads the clinic's own record.
func (tx *tx) Clinic(ctx context.Context) (timebok.Clinic, error) {
	return get[timebok.Clinic](ctx, tx, timebok.KindClinic, tx.clinic.id.UUID())
}

// BillingParty reads a billing party.
func (tx *tx) BillingParty(ctx context.Context, id timebok.BillingPartyID) (timebok.BillingParty, error) {
	return get[timebok.BillingParty](ctx, tx, timebok.KindBillingParty, id.UUID())
}

// Practitioner reads a practitioner.
func (tx *tx) Practitioner(ctx context.Context, id timebok.PractitionerID) (timebok.Practitioner, error) {
	return get[timebok.Practitioner](ctx, tx, timebok.KindPractitioner, id.UUID())
}

// Client reads a client.
func (tx *tx) Client(ctx context.Context, id timebok.ClientID) (timebok.Client, error) {
	return get[timebok.Client](ctx, tx, timebok.KindClient, id.UUID())
}

// Service reads a service.
func (tx *tx) Service(ctx context.Context, id timebok.ServiceID) (timebok.Service, error) {
	return get[timebok.Service](ctx, tx, timebok.KindService, id.UUID())
}

// Payer reads a payer.
func (tx *tx) Payer(ctx context.Context, id timebok.PayerID) (timebok.Payer, error) {
	return get[timebok.Payer](ctx, tx, timebok.KindPayer, id.UUID())
}

// Series reads a series.
func (tx *tx) Series(ctx context.Context, id series.ID) (series.Series, error) {
	return get[series.Series](ctx, tx, timebok.KindSeries, id.UUID())
}

// Schedule reads the working hours of a practitioner.
func (tx *tx) Schedule(ctx context.Context, of timebok.PractitionerID) (booking.Schedule, error) {
	return get[booking.Schedule](ctx, tx, timebok.KindSchedule, of.UUID())
}

// Booking reads a booking.
func (tx *tx) Booking(ctx context.Context, id booking.ID) (booking.Booking, error) {
	return get[booking.Booking](ctx, tx, timebok.KindBooking, id.UUID())
}

// Connection reads the connection to a network.
func (tx *tx) Connection(ctx context.Context, n timebok.Network) (insurance.Connection, error) {
	return get[insurance.Connection](ctx, tx, timebok.KindConnection, insurance.ConnectionID(n).UUID())
}

// Received reads an inbox entry.
func (tx *tx) Received(ctx context.Context, id insurance.ReceivedID) (insurance.Received, error) {
	return get[insurance.Received](ctx, tx, timebok.KindEvent, id.UUID())
}

// Invoice reads an invoice.
func (tx *tx) Invoice(ctx context.Context, id invoice.ID) (invoice.Invoice, error) {
	return get[invoice.Invoice](ctx, tx, timebok.KindInvoice, id.UUID())
}

// Document reads the file of an issued invoice.
func (tx *tx) Document(ctx context.Context, id invoice.ID) (invoice.Document, error) {
	return get[invoice.Document](ctx, tx, timebok.KindDocument, id.UUID())
}

// all lists all records of a kind by ID.
func all[T any](ctx context.Context, tx *tx, kind timebok.Kind) iter.Seq2[T, error] {
	return tell(ctx, tx, func(s *state) iter.Seq[*T] {
		return after[T](s, kind, uuid.UUID{})
	})
}

// after lists the records of a kind that come after an ID.
func after[T any](s *state, kind timebok.Kind, id uuid.UUID) iter.Seq[*T] {
	return func(yield func(*T) bool) {
		for r := range s.table(kind).from(row{id: id}) {
			if r.id != id && !yield(any(r.rec).(*T)) {
				return
			}
		}
	}
}

// tell lists copies of what search finds in the state as it is when the loop
// begins, whatever the loop's body does to it.
func tell[T any](ctx context.Context, tx *tx, search func(*state) iter.Seq[*T]) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		if err := tx.check(ctx); err != nil {
			var none T
			yield(none, err)
			return
		}
		for v := range search(tx.steady()) {
			if !yield(fresh(v), nil) {
				return
			}
		}
	}
}

// atMost lists the first n of a list, all for 0.
func atMost[T any](n int, list iter.Seq[T]) iter.Seq[T] {
	if n == 0 {
		return list
	}
	return func(yield func(T) bool) {
		left := n
		for v := range list {
			left--
			if !yield(v) || left == 0 {
				return
			}
		}
	}
}
