package backend

import (
	"cmp"
	"context"
	"iter"
	"reflect"
	"slices"
	"time"

	"github.com/google/uuid"
	"github.com/timebok/timebok"
	"github.com/timebok/timebok/booking"
	"github.com/timebok/timebok/insurance"
	"github.com/timebok/timebok/invoice"
	"github.com/timebok/timebok/series"
	"github.com/timebok/timebok/storage"
)

// fresh returns a copy of a record that shares nothing with it, instants as a
// database gives them back: in UTC, to the microsecond. A backend that writes
// rows gets all this from the writing.
func fresh[T any](r T) T {
	v := reflect.New(reflect.TypeOf(r)).Elem()
	v.Set(reflect.ValueOf(r))
	detach(v)
	return v.Interface().(T)
}

func detach(v reflect.Value) {
	switch {
	case !v.CanSet(): // an unexported field: of a value that is never changed
	case v.Type() == reflect.TypeFor[time.Time]():
		v.Set(reflect.ValueOf(timebok.Instant(v.Interface().(time.Time))))
	case v.Kind() == reflect.Struct:
		for i := range v.NumField() {
			detach(v.Field(i))
		}
	case v.Kind() == reflect.Pointer && !v.IsNil():
		p := reflect.New(v.Type().Elem())
		p.Elem().Set(v.Elem())
		detach(p.Elem())
		v.Set(p)
	case v.Kind() == reflect.Slice && !v.IsNil():
		s := reflect.MakeSlice(v.Type(), v.Len(), v.Len())
		reflect.Copy(s, v)
		for i := range s.Len() {
			detach(s.Index(i))
		}
		v.Set(s)
	}
}

// all lists the records of a type that pass, in no order.
func all[T timebok.Record](s state, pass func(T) bool) iter.Seq[T] {
	return func(yield func(T) bool) {
		for _, r := range s {
			if v, ok := r.(T); ok && pass(v) && !yield(v) {
				return
			}
		}
	}
}

// sorted returns copies of the records of a type that pass, in an order.
func sorted[T timebok.Record](s state, order func(a, b T) int, pass func(T) bool) []T {
	found := slices.SortedFunc(all(s, pass), order)
	for i := range found {
		found[i] = fresh(found[i])
	}
	return found
}

// list is sorted as an iterator, of at most limit records (0: all). The state is
// read as the loop begins, so its body may save.
func list[T timebok.Record](ctx context.Context, tx *tx, limit int, order func(a, b T) int, pass func(T) bool) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		if err := tx.usable(ctx); err != nil {
			var none T
			yield(none, err)
			return
		}
		for i, r := range sorted(tx.state, order, pass) {
			if limit > 0 && i == limit || !yield(r, nil) {
				return
			}
		}
	}
}

func every[T any](T) bool { return true }

func byID[T timebok.Record](a, b T) int {
	x, y := a.Ref().ID, b.Ref().ID
	return slices.Compare(x[:], y[:])
}

// get reads one record, or fails with a *timebok.NotFoundError.
func get[T timebok.Record](ctx context.Context, tx *tx, kind timebok.Kind, id uuid.UUID) (T, error) {
	var none T
	if err := tx.usable(ctx); err != nil {
		return none, err
	}
	if v := maybe[T](tx.state, kind, id); v != nil {
		return *v, nil
	}
	return none, &timebok.NotFoundError{Ref: timebok.Ref{Kind: kind, ID: id}}
}

// maybe returns a copy of a record, nil if there is none.
func maybe[T timebok.Record](s state, kind timebok.Kind, id uuid.UUID) *T {
	v, ok := s[key{kind, id}].(T)
	if !ok {
		return nil
	}
	v = fresh(v)
	return &v
}

func (tx *tx) Clinic(ctx context.Context) (timebok.Clinic, error) {
	return get[timebok.Clinic](ctx, tx, timebok.KindClinic, tx.clinic.UUID())
}

func (tx *tx) BillingParty(ctx context.Context, id timebok.BillingPartyID) (timebok.BillingParty, error) {
	return get[timebok.BillingParty](ctx, tx, timebok.KindBillingParty, id.UUID())
}

func (tx *tx) Practitioner(ctx context.Context, id timebok.PractitionerID) (timebok.Practitioner, error) {
	return get[timebok.Practitioner](ctx, tx, timebok.KindPractitioner, id.UUID())
}

func (tx *tx) Client(ctx context.Context, id timebok.ClientID) (timebok.Client, error) {
	return get[timebok.Client](ctx, tx, timebok.KindClient, id.UUID())
}

func (tx *tx) Service(ctx context.Context, id timebok.ServiceID) (timebok.Service, error) {
	return get[timebok.Service](ctx, tx, timebok.KindService, id.UUID())
}

func (tx *tx) Payer(ctx context.Context, id timebok.PayerID) (timebok.Payer, error) {
	return get[timebok.Payer](ctx, tx, timebok.KindPayer, id.UUID())
}

func (tx *tx) Series(ctx context.Context, id series.ID) (series.Series, error) {
	return get[series.Series](ctx, tx, timebok.KindSeries, id.UUID())
}

func (tx *tx) Schedule(ctx context.Context, of timebok.PractitionerID) (booking.Schedule, error) {
	return get[booking.Schedule](ctx, tx, timebok.KindSchedule, of.UUID())
}

func (tx *tx) Booking(ctx context.Context, id booking.ID) (booking.Booking, error) {
	return get[booking.Booking](ctx, tx, timebok.KindBooking, id.UUID())
}

func (tx *tx) Connection(ctx context.Context, n timebok.Network) (insurance.Connection, error) {
	return get[insurance.Connection](ctx, tx, timebok.KindConnection, insurance.ConnectionID(n).UUID())
}

func (tx *tx) Received(ctx context.Context, id insurance.ReceivedID) (insurance.Received, error) {
	return get[insurance.Received](ctx, tx, timebok.KindEvent, id.UUID())
}

func (tx *tx) Invoice(ctx context.Context, id invoice.ID) (invoice.Invoice, error) {
	return get[invoice.Invoice](ctx, tx, timebok.KindInvoice, id.UUID())
}

func (tx *tx) Document(ctx context.Context, id invoice.ID) (invoice.Document, error) {
	return get[invoice.Document](ctx, tx, timebok.KindDocument, id.UUID())
}

func (tx *tx) BillingParties(ctx context.Context) iter.Seq2[timebok.BillingParty, error] {
	return list(ctx, tx, 0, byID, every[timebok.BillingParty])
}

func (tx *tx) Practitioners(ctx context.Context) iter.Seq2[timebok.Practitioner, error] {
	return list(ctx, tx, 0, byID, every[timebok.Practitioner])
}

func (tx *tx) Services(ctx context.Context) iter.Seq2[timebok.Service, error] {
	return list(ctx, tx, 0, byID, every[timebok.Service])
}

func (tx *tx) Payers(ctx context.Context) iter.Seq2[timebok.Payer, error] {
	return list(ctx, tx, 0, byID, every[timebok.Payer])
}

func (tx *tx) PriceAgreements(ctx context.Context) iter.Seq2[timebok.PriceAgreement, error] {
	return list(ctx, tx, 0, byID, every[timebok.PriceAgreement])
}

func (tx *tx) Clients(ctx context.Context, after timebok.ClientID, limit int) iter.Seq2[timebok.Client, error] {
	return list(ctx, tx, limit, byID, func(c timebok.Client) bool { return c.ID.Compare(after) > 0 })
}

func byStart(a, b booking.Booking) int {
	return cmp.Or(a.Time.Start.Compare(b.Time.Start), a.ID.Compare(b.ID))
}

func (tx *tx) Bookings(ctx context.Context, f booking.Filter) iter.Seq2[booking.Booking, error] {
	if f.After != nil {
		f.After = &booking.Booking{ID: f.After.ID, Time: timebok.Period{Start: timebok.Instant(f.After.Time.Start)}}
	}
	return list(ctx, tx, f.Limit, byStart, func(b booking.Booking) bool {
		return (len(f.Practitioners) == 0 || slices.Contains(f.Practitioners, b.Practitioner)) &&
			(f.Client.IsZero() || b.Client == f.Client) &&
			(f.Series.IsZero() || b.Series == f.Series) &&
			(f.Within.IsZero() || b.Time.Overlaps(f.Within)) &&
			(len(f.States) == 0 || slices.Contains(f.States, b.State)) &&
			(f.After == nil || byStart(b, *f.After) > 0)
	})
}

func absenceOrder(a, b booking.Absence) int {
	return cmp.Or(a.Time.Start.Compare(b.Time.Start), a.ID.Compare(b.ID))
}

func (tx *tx) Absences(ctx context.Context, of timebok.PractitionerID, within timebok.Period) iter.Seq2[booking.Absence, error] {
	return list(ctx, tx, 0, absenceOrder, func(a booking.Absence) bool { return a.Practitioner == of && a.Time.Overlaps(within) })
}

func (tx *tx) SeriesOf(ctx context.Context, client timebok.ClientID) iter.Seq2[series.Series, error] {
	order := func(a, b series.Series) int { return cmp.Or(b.OpenedAt.Compare(a.OpenedAt), a.ID.Compare(b.ID)) }
	return list(ctx, tx, 0, order, func(s series.Series) bool { return s.Client == client })
}

func (tx *tx) Quarantine(ctx context.Context) iter.Seq2[insurance.Received, error] {
	order := func(a, b insurance.Received) int { return cmp.Or(a.At.Compare(b.At), a.ID().Compare(b.ID())) }
	return list(ctx, tx, 0, order, func(r insurance.Received) bool { return r.Result == insurance.Quarantined })
}

// invoiceOrder has the drafts, which have no number, after all others.
func invoiceOrder(a, b invoice.Invoice) int {
	switch {
	case a.Number == 0 && b.Number == 0:
		return a.ID.Compare(b.ID)
	case a.Number == 0:
		return 1
	case b.Number == 0:
		return -1
	}
	return cmp.Or(a.Party.Compare(b.Party), cmp.Compare(a.Number, b.Number), a.ID.Compare(b.ID))
}

func (tx *tx) Invoices(ctx context.Context, f invoice.Filter) iter.Seq2[invoice.Invoice, error] {
	return list(ctx, tx, f.Limit, invoiceOrder, func(v invoice.Invoice) bool {
		return (f.Series.IsZero() || v.Series == f.Series) &&
			(f.Client.IsZero() || v.Client == f.Client) &&
			(f.Party.IsZero() || v.Party == f.Party) &&
			(len(f.States) == 0 || slices.Contains(f.States, v.State)) &&
			(f.After == nil || invoiceOrder(v, *f.After) > 0)
	})
}

func (tx *tx) Audit(ctx context.Context, f storage.AuditFilter) iter.Seq2[timebok.AuditEntry, error] {
	order := func(a, b timebok.AuditEntry) int { return cmp.Or(a.At.Compare(b.At), a.ID.Compare(b.ID)) }
	var after timebok.AuditEntry
	if f.After != nil {
		after.ID, after.At = f.After.ID, timebok.Instant(f.After.At)
	}
	return list(ctx, tx, f.Limit, order, func(e timebok.AuditEntry) bool {
		return (f.On.ID == uuid.UUID{} || keyOf(e.On) == keyOf(f.On)) &&
			(f.Client.IsZero() || e.Client == f.Client) &&
			(f.After == nil || order(e, after) > 0)
	})
}
