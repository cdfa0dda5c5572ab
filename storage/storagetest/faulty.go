package storagetest

import (
	"context"
	"errors"
	"iter"

	"github.com/timebok/timebok"
	"github.com/timebok/timebok/booking"
	"github.com/timebok/timebok/insurance"
	"github.com/timebok/timebok/invoice"
	"github.com/timebok/timebok/series"
	"github.com/timebok/timebok/storage"
)

// ErrFault is the error that a Faulty driver makes up.
var ErrFault = errors.New("storagetest: a fault")

// Faulty wraps a driver so that the n-th call of each transaction fails with
// ErrFault, counted from 1: its beginning, each reading, each Save (which fails
// the commit) and the commit itself, which then stores nothing.
func Faulty(d storage.Driver, n int) storage.Driver { return &faulty{d, n} }

type faulty struct {
	storage.Driver
	at int
}

// Begin starts a transaction with a fault ahead.
func (d *faulty) Begin(ctx context.Context, clinic timebok.ClinicID, readOnly bool) (storage.DriverTx, error) {
	if d.at == 1 {
		return nil, ErrFault
	}
	tx, err := d.Driver.Begin(ctx, clinic, readOnly)
	if err != nil {
		return nil, err
	}
	return &faultyTx{DriverTx: tx, left: d.at - 1}, nil
}

// A faultyTx counts the calls of the methods that use-cases need; the others pass.
type faultyTx struct {
	storage.DriverTx
	left   int
	failed bool
}

// fault reports whether this is the call to fail.
func (tx *faultyTx) fault() bool {
	tx.left--
	return tx.left == 0
}

func (tx *faultyTx) Save(records ...timebok.Record) {
	if tx.fault() {
		tx.failed = true
		return
	}
	tx.DriverTx.Save(records...)
}

func (tx *faultyTx) Commit(ctx context.Context) error {
	if tx.fault() || tx.failed {
		tx.DriverTx.Rollback()
		return ErrFault
	}
	return tx.DriverTx.Commit(ctx)
}

func (tx *faultyTx) LoadBooking(ctx context.Context, n booking.Needs) (booking.View, error) {
	if tx.fault() {
		return booking.View{}, ErrFault
	}
	return tx.DriverTx.LoadBooking(ctx, n)
}

func (tx *faultyTx) LoadIntake(ctx context.Context, n insurance.IntakeNeeds) (insurance.IntakeView, error) {
	if tx.fault() {
		return insurance.IntakeView{}, ErrFault
	}
	return tx.DriverTx.LoadIntake(ctx, n)
}

func (tx *faultyTx) LoadInvoicing(ctx context.Context, n invoice.Needs) (invoice.View, error) {
	if tx.fault() {
		return invoice.View{}, ErrFault
	}
	return tx.DriverTx.LoadInvoicing(ctx, n)
}

func (tx *faultyTx) LoadCalendars(ctx context.Context, of []timebok.PractitionerID, within timebok.Period) ([]booking.Calendar, error) {
	if tx.fault() {
		return nil, ErrFault
	}
	return tx.DriverTx.LoadCalendars(ctx, of, within)
}

func (tx *faultyTx) Booking(ctx context.Context, id booking.ID) (booking.Booking, error) {
	if tx.fault() {
		return booking.Booking{}, ErrFault
	}
	return tx.DriverTx.Booking(ctx, id)
}

func (tx *faultyTx) Invoice(ctx context.Context, id invoice.ID) (invoice.Invoice, error) {
	if tx.fault() {
		return invoice.Invoice{}, ErrFault
	}
	return tx.DriverTx.Invoice(ctx, id)
}

func (tx *faultyTx) Bookings(ctx context.Context, f booking.Filter) iter.Seq2[booking.Booking, error] {
	return faultyList(tx, tx.DriverTx.Bookings(ctx, f))
}

func (tx *faultyTx) SeriesOf(ctx context.Context, client timebok.ClientID) iter.Seq2[series.Series, error] {
	return faultyList(tx, tx.DriverTx.SeriesOf(ctx, client))
}

// faultyList counts the beginning of a loop and each step of it.
func faultyList[T any](tx *faultyTx, list iter.Seq2[T, error]) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		var none T
		if tx.fault() {
			yield(none, ErrFault)
			return
		}
		for v, err := range list {
			if tx.fault() {
				v, err = none, ErrFault
			}
			if !yield(v, err) || err != nil {
				return
			}
		}
	}
}
