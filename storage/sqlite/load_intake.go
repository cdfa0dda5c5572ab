package sqlite

import (
	"context"

	"github.com/timebok/timebok"
	"github.com/timebok/timebok/insurance"
	"github.com/timebok/timebok/internal/sqlrow"
)

var (
	seriesOfCase = from(sqlrow.SeriesTable, "AND case_network = ? AND case_number = ? AND case_number <> ''")
	payerOfOrg   = from(sqlrow.Payers, "AND org = ? ORDER BY id LIMIT 1")

	practitionerAt = from(sqlrow.Practitioners, keyAt("practitioner"))
	serviceAt      = from(sqlrow.Services, keyAt("service"))

	// Two indexes, and each client once.
	candidates = from(sqlrow.Clients, `AND id IN (
		SELECT id FROM client WHERE clinic_id = ? AND birth_number = ? AND birth_number <> ''
		UNION SELECT id FROM client WHERE clinic_id = ? AND birth_date = ? AND birth_date IS NOT NULL) ORDER BY id`)
)

// keyAt chooses the active record that a network knows by a key, the lowest ID of
// several.
func keyAt(kind string) string {
	return `AND NOT inactive AND id IN (
		SELECT id FROM network_key WHERE clinic_id = ? AND kind = '` + kind + `' AND network = ? AND name = ?)
		ORDER BY id LIMIT 1`
}

// LoadIntake reads what taking an event in must know. The turn to write is the
// lock of the connection.
func (t *tx) LoadIntake(ctx context.Context, n insurance.IntakeNeeds) (insurance.IntakeView, error) {
	var v insurance.IntakeView
	if err := t.ready(ctx); err != nil {
		return v, err
	}
	r := &reading{t: t}
	v.Clinic = r.clinic()
	if n.Network != "" {
		t.loadNetwork(r, n, &v)
	}
	if !n.Case.IsZero() {
		v.Series = firstOf(r, seriesOfCase, string(n.Case.Network), n.Case.Number)
	}
	if v.Series != nil {
		v.Owner = optional(r, oneClient, v.Series.Client)
	}
	v.Client = optional(r, oneClient, n.Client)
	if !n.PayerOrg.IsZero() {
		v.Payer = firstOf(r, payerOfOrg, n.PayerOrg.String())
	}
	if n.BirthDate != nil || !n.BirthNumber.IsZero() {
		var born any
		if n.BirthDate != nil {
			born = sqlrow.SQLite{}.PutDay(*n.BirthDate)
		}
		v.Candidates = list(r, candidates, t.clinic, n.BirthNumber.Reveal(), t.clinic, born)
	}
	return v, r.err
}

// loadNetwork reads what is known under the network's own names.
func (t *tx) loadNetwork(r *reading, n insurance.IntakeNeeds, v *insurance.IntakeView) {
	v.Connection = optional(r, oneConnection, insurance.ConnectionID(n.Network))
	if n.Event != "" {
		v.Received = optional(r, oneReceived, insurance.ReceivedKey(n.Network, n.Event))
	}
	if n.External != "" {
		v.External = optional(r, oneExternal, insurance.ExternalKey(n.Network, n.External))
	}
	if x := v.External; x != nil {
		v.Waiting = optional(r, oneReceived, x.Waiting)
		v.Booking = optional(r, oneBooking, x.Booking)
	}
	at := func(key string) []any { return []any{t.clinic, string(n.Network), key} }
	if n.Practitioner != "" {
		v.Practitioner = firstOf[timebok.Practitioner](r, practitionerAt, at(n.Practitioner)...)
	}
	if n.Treatment != "" {
		v.Service = firstOf[timebok.Service](r, serviceAt, at(n.Treatment)...)
	}
}
