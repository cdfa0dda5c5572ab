package postgres

import (
	"context"
	"iter"

	"github.com/jackc/pgx/v5/pgtype"
	"github.com/timebok/timebok"
	"github.com/timebok/timebok/booking"
	"github.com/timebok/timebok/insurance"
	"github.com/timebok/timebok/internal/sqlrow"
	"github.com/timebok/timebok/invoice"
	"github.com/timebok/timebok/series"
)

var (
	oneClinic       = byID(sqlrow.Clinics)
	oneParty        = byID(sqlrow.BillingParties)
	onePractitioner = byID(sqlrow.Practitioners)
	oneClient       = byID(sqlrow.Clients)
	oneService      = byID(sqlrow.Services)
	onePayer        = byID(sqlrow.Payers)
	oneSeries       = byID(sqlrow.SeriesTable)
	oneBooking      = byID(sqlrow.Bookings)
	oneSchedule     = byID(sqlrow.Schedules)
	oneConnection   = byID(sqlrow.Connections)
	oneReceived     = byID(sqlrow.Events)
	oneExternal     = byID(sqlrow.Externals)
	oneInvoice      = byID(sqlrow.Invoices)
	oneNumbering    = byID(sqlrow.Numberings)
	oneDocument     = byID(sqlrow.Documents)
)

// Clinic reads the clinic's own record.
func (t *tx) Clinic(ctx context.Context) (timebok.Clinic, error) {
	return get(ctx, t, oneClinic, timebok.KindClinic, t.id)
}

// BillingParty reads a billing party.
func (t *tx) BillingParty(ctx context.Context, id timebok.BillingPartyID) (timebok.BillingParty, error) {
	return get(ctx, t, oneParty, timebok.KindBillingParty, id)
}

// Practitioner reads a practitioner.
func (t *tx) Practitioner(ctx context.Context, id timebok.PractitionerID) (timebok.Practitioner, error) {
	return get(ctx, t, onePractitioner, timebok.KindPractitioner, id)
}

// Client reads a client.
func (t *tx) Client(ctx context.Context, id timebok.ClientID) (timebok.Client, error) {
	return get(ctx, t, oneClient, timebok.KindClient, id)
}

// Service reads a service.
func (t *tx) Service(ctx context.Context, id timebok.ServiceID) (timebok.Service, error) {
	return get(ctx, t, oneService, timebok.KindService, id)
}

// Payer reads a payer.
func (t *tx) Payer(ctx context.Context, id timebok.PayerID) (timebok.Payer, error) {
	return get(ctx, t, onePayer, timebok.KindPayer, id)
}

// Series reads a series.
func (t *tx) Series(ctx context.Context, id series.ID) (series.Series, error) {
	return get(ctx, t, oneSeries, timebok.KindSeries, id)
}

// Booking reads a booking.
func (t *tx) Booking(ctx context.Context, id booking.ID) (booking.Booking, error) {
	return get(ctx, t, oneBooking, timebok.KindBooking, id)
}

// Schedule reads the working hours of a practitioner.
func (t *tx) Schedule(ctx context.Context, of timebok.PractitionerID) (booking.Schedule, error) {
	return get(ctx, t, oneSchedule, timebok.KindSchedule, of)
}

// Connection reads the connection to a network.
func (t *tx) Connection(ctx context.Context, n timebok.Network) (insurance.Connection, error) {
	return get(ctx, t, oneConnection, timebok.KindConnection, insurance.ConnectionID(n))
}

// Received reads an inbox entry.
func (t *tx) Received(ctx context.Context, id insurance.ReceivedID) (insurance.Received, error) {
	return get(ctx, t, oneReceived, timebok.KindEvent, id)
}

// Invoice reads an invoice.
func (t *tx) Invoice(ctx context.Context, id invoice.ID) (invoice.Invoice, error) {
	return get(ctx, t, oneInvoice, timebok.KindInvoice, id)
}

// Document reads the file of an issued invoice.
func (t *tx) Document(ctx context.Context, id invoice.ID) (invoice.Document, error) {
	return get(ctx, t, oneDocument, timebok.KindDocument, id)
}

// after selects a page of a table by ID.
func after[T any](t *sqlrow.Table[T]) selection[T] {
	return from(t, "AND id > $2 ORDER BY id LIMIT $3")
}

var (
	partiesAfter       = after(sqlrow.BillingParties)
	practitionersAfter = after(sqlrow.Practitioners)
	servicesAfter      = after(sqlrow.Services)
	payersAfter        = after(sqlrow.Payers)
	agreementsAfter    = after(sqlrow.PriceAgreements)
	clientsAfter       = after(sqlrow.Clients)
)

// listAfter lists the records of a table by ID, those after one.
func listAfter[T timebok.Record](ctx context.Context, t *tx, s selection[T], begin pgtype.UUID, limit int) iter.Seq2[T, error] {
	return sqlrow.Paged(limit, func(last *T, n int) (page []T, err error) {
		from := begin
		if last != nil {
			from = pgUUID((*last).Ref().ID)
		}
		err = t.read(ctx, s.all(t, &page, from, int64(n)))
		return page, err
	})
}

var first = pgtype.UUID{Valid: true} // before every ID

// BillingParties lists billing parties by ID.
func (t *tx) BillingParties(ctx context.Context) iter.Seq2[timebok.BillingParty, error] {
	return listAfter(ctx, t, partiesAfter, first, 0)
}

// Practitioners lists practitioners by ID.
func (t *tx) Practitioners(ctx context.Context) iter.Seq2[timebok.Practitioner, error] {
	return listAfter(ctx, t, practitionersAfter, first, 0)
}

// Services lists services by ID.
func (t *tx) Services(ctx context.Context) iter.Seq2[timebok.Service, error] {
	return listAfter(ctx, t, servicesAfter, first, 0)
}

// Payers lists payers by ID.
func (t *tx) Payers(ctx context.Context) iter.Seq2[timebok.Payer, error] {
	return listAfter(ctx, t, payersAfter, first, 0)
}

// PriceAgreements lists price agreements by ID.
func (t *tx) PriceAgreements(ctx context.Context) iter.Seq2[timebok.PriceAgreement, error] {
	return listAfter(ctx, t, agreementsAfter, first, 0)
}

// Clients lists clients by ID, those after a given one.
func (t *tx) Clients(ctx context.Context, last timebok.ClientID, limit int) iter.Seq2[timebok.Client, error] {
	return listAfter(ctx, t, clientsAfter, id(last), limit)
}
