package postgres

import (
	"context"

	"github.com/timebok/timebok/insurance"
	"github.com/timebok/timebok/internal/sqlrow"
)

// What only another record names is found in the same statement, so that all is
// read in one round trip.
const (
	ofCase     = "case_network = $2 AND case_number = $3 AND case_number <> ''"
	ofExternal = "FROM {}network_booking WHERE clinic_id = $1 AND id = $2)"
)

var (
	seriesOfCase = from(sqlrow.SeriesTable, "AND "+ofCase)
	ownerOfCase  = from(sqlrow.Clients, "AND id = (SELECT client_id FROM {}series WHERE clinic_id = $1 AND "+ofCase+")")
	payerOfOrg   = from(sqlrow.Payers, "AND org = $2 ORDER BY id LIMIT 1")

	waitingFor = from(sqlrow.Events, "AND id = (SELECT waiting_id "+ofExternal)
	bookingOf  = from(sqlrow.Bookings, "AND id = (SELECT booking_id "+ofExternal)

	practitionerAt = from(sqlrow.Practitioners, keyAt("practitioner"))
	serviceAt      = from(sqlrow.Services, keyAt("service"))

	// Two indexes, and each client once.
	candidates = from(sqlrow.Clients, `AND id IN (
		SELECT id FROM {}client WHERE clinic_id = $1 AND birth_number = $2 AND birth_number <> ''
		UNION SELECT id FROM {}client WHERE clinic_id = $1 AND birth_date = $3) ORDER BY id`)
)

// Of a connection that does not exist the clinic is locked. Who makes it holds
// that lock, so whoever waited for it finds the connection to lock afterwards.
const lockNoConnection = `SELECT 1 FROM {}clinic WHERE clinic_id = $1 AND NOT EXISTS (
	SELECT 1 FROM {}connection WHERE clinic_id = $1 AND id = $2) FOR NO KEY UPDATE`

// keyAt chooses the active record that a network knows by a key, the lowest ID of
// several.
func keyAt(kind string) string {
	return `AND NOT inactive AND id IN (
		SELECT id FROM {}network_key WHERE clinic_id = $1 AND kind = '` + kind + `' AND network = $2 AND name = $3)
		ORDER BY id LIMIT 1`
}

// LoadIntake locks the connection and reads what taking an event in must know, in
// one round trip. It locks nothing more: practitioner, series and client have
// their place after each other in LoadBooking.
func (t *tx) LoadIntake(ctx context.Context, n insurance.IntakeNeeds) (insurance.IntakeView, error) {
	var v insurance.IntakeView
	r := newReading(t)
	if n.Network != "" {
		r.network(n, &v)
	}
	r.readClinic(&v.Clinic)
	if !n.Case.IsZero() {
		at := []any{string(n.Case.Network), n.Case.Number}
		r.add(seriesOfCase.first(t, &v.Series, at...))
		r.add(ownerOfCase.first(t, &v.Owner, at...))
	}
	one(r, oneClient, n.Client, &v.Client)
	if !n.PayerOrg.IsZero() {
		r.add(payerOfOrg.first(t, &v.Payer, n.PayerOrg.String()))
	}
	if n.BirthDate != nil || !n.BirthNumber.IsZero() {
		var born any
		if n.BirthDate != nil {
			born = dialect{}.PutDay(*n.BirthDate)
		}
		r.add(candidates.all(t, &v.Candidates, n.BirthNumber.Reveal(), born))
	}
	if err := r.send(ctx); err != nil {
		return insurance.IntakeView{}, err
	}
	return v, nil
}

// network locks the connection and reads what is known under the network's own
// names.
func (r *reading) network(n insurance.IntakeNeeds, v *insurance.IntakeView) {
	connection := insurance.ConnectionID(n.Network)
	if !r.t.view {
		r.add(call{sql: lockNoConnection, args: []any{r.t.clinic, id(connection)}})
	}
	r.lock(lockKey{connectionRank, connection.UUID()})
	one(r, oneConnection, connection, &v.Connection)
	if n.Event != "" {
		one(r, oneReceived, insurance.ReceivedKey(n.Network, n.Event), &v.Received)
	}
	if n.External != "" {
		external := insurance.ExternalKey(n.Network, n.External)
		one(r, oneExternal, external, &v.External)
		r.add(waitingFor.first(r.t, &v.Waiting, id(external)))
		r.add(bookingOf.first(r.t, &v.Booking, id(external)))
	}
	if n.Practitioner != "" {
		r.add(practitionerAt.first(r.t, &v.Practitioner, string(n.Network), n.Practitioner))
	}
	if n.Treatment != "" {
		r.add(serviceAt.first(r.t, &v.Service, string(n.Network), n.Treatment))
	}
}
