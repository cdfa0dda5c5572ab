package memory

import (
	"bytes"
	"time"

	"github.com/google/uuid"
	"github.com/timebok/timebok"
	"github.com/timebok/timebok/booking"
	"github.com/timebok/timebok/insurance"
	"github.com/timebok/timebok/invoice"
	"github.com/timebok/timebok/series"
)

// A state is all records of a clinic but audit entries and messages, at one time.
// Copying the struct is copying the state.
type state struct {
	rows [len(kinds)]tree[row] // by ID

	bookings struct {
		byStart, byPractitioner, byClient, bySeries tree[*booking.Booking]
	}
	series struct {
		byClient, byCase tree[*series.Series]
	}
	clients struct {
		byNumber, byBirth tree[*timebok.Client]
	}
	invoices struct {
		inOrder, byClient, bySeries tree[*invoice.Invoice]
	}
	absences   tree[*booking.Absence]
	agreements tree[*timebok.PriceAgreement]
	quarantine tree[*insurance.Received]

	// The most that any booking ever occupied before its start and after it: how
	// far outside a period one can begin that reaches into it.
	before, after time.Duration
}

// A row is a stored record; the dynamic type of rec is a pointer.
type row struct {
	id  uuid.UUID
	rec timebok.Record
}

func (r row) version() int64 {
	if r.rec == nil {
		return 0
	}
	return r.rec.Ref().Version
}

// kinds are the kinds that rows are kept of.
var kinds = [...]timebok.Kind{
	timebok.KindBooking, timebok.KindSeries, timebok.KindClient, timebok.KindClinic,
	timebok.KindPractitioner, timebok.KindService, timebok.KindSchedule, timebok.KindAbsence,
	timebok.KindPayer, timebok.KindAgreement, timebok.KindBillingParty, timebok.KindConnection,
	timebok.KindEvent, timebok.KindExternal, timebok.KindInvoice, timebok.KindNumbering, timebok.KindDocument,
}

// table returns the rows of a kind, nil if none are kept of it.
func (s *state) table(kind timebok.Kind) *tree[row] {
	for i, k := range kinds {
		if k == kind {
			return &s.rows[i]
		}
	}
	return nil
}

func newState() *state {
	s := &state{}
	for i := range s.rows {
		s.rows[i] = newTree(func(a, b row) int { return bytes.Compare(a.id[:], b.id[:]) })
	}
	s.bookings.byStart = newTree(bookingsByStart)
	s.bookings.byPractitioner = newTree(bookingsByPractitioner)
	s.bookings.byClient = newTree(bookingsByClient)
	s.bookings.bySeries = newTree(bookingsBySeries)
	s.series.byClient = newTree(seriesByClient)
	s.series.byCase = newTree(seriesByCase)
	s.clients.byNumber = newTree(clientsByNumber)
	s.clients.byBirth = newTree(clientsByBirth)
	s.invoices.inOrder = newTree(invoicesInOrder)
	s.invoices.byClient = newTree(invoicesByClient)
	s.invoices.bySeries = newTree(invoicesBySeries)
	s.absences = newTree(absencesByStart)
	s.agreements = newTree(agreementsByService)
	s.quarantine = newTree(receivedByTime)
	return s
}

// find returns the stored record of an ID, nil if there is none.
func find[T any](s *state, kind timebok.Kind, id uuid.UUID) *T {
	r, _ := s.table(kind).get(row{id: id})
	v, _ := any(r.rec).(*T)
	return v
}

// list returns all stored records of a kind that pass, by ID.
func list[T any](s *state, kind timebok.Kind, pass func(*T) bool) []*T {
	var out []*T
	for r := range s.table(kind).from(row{}) {
		if v, ok := any(r.rec).(*T); ok && (pass == nil || pass(v)) {
			out = append(out, v)
		}
	}
	return out
}

// put stores a record, which is detached, in place of the one with its ID.
func (s *state) put(by *owner, r timebok.Record) {
	ref := r.Ref()
	rows := s.table(ref.Kind)
	if old, ok := rows.get(row{id: ref.ID}); ok {
		s.index(by, old.rec, false)
	}
	rows.set(by, row{ref.ID, r})
	s.index(by, r, true)
}

// remove takes a record out, if it is there.
func (s *state) remove(by *owner, of timebok.Ref) {
	rows := s.table(of.Kind)
	if old, ok := rows.get(row{id: of.ID}); ok {
		rows.remove(by, old)
		s.index(by, old.rec, false)
	}
}

// index enters a record in the indexes of its kind, or takes it out.
func (s *state) index(by *owner, r timebok.Record, in bool) {
	switch r := r.(type) {
	case *booking.Booking:
		x := &s.bookings
		x.byStart.change(by, r, in)
		x.byPractitioner.change(by, r, in)
		x.byClient.change(by, r, in)
		if !r.Series.IsZero() {
			x.bySeries.change(by, r, in)
		}
		s.before = max(s.before, r.Before)
		s.after = max(s.after, r.Time.Duration()+r.After)
	case *series.Series:
		s.series.byClient.change(by, r, in)
		if r.Case.Number != "" {
			s.series.byCase.change(by, r, in)
		}
	case *timebok.Client:
		if !r.BirthNumber.IsZero() {
			s.clients.byNumber.change(by, r, in)
		}
		if r.BirthDate != nil {
			s.clients.byBirth.change(by, r, in)
		}
	case *invoice.Invoice:
		s.invoices.inOrder.change(by, r, in)
		s.invoices.byClient.change(by, r, in)
		s.invoices.bySeries.change(by, r, in)
	case *booking.Absence:
		s.absences.change(by, r, in)
	case *timebok.PriceAgreement:
		s.agreements.change(by, r, in)
	case *insurance.Received:
		if r.Result == insurance.Quarantined {
			s.quarantine.change(by, r, in)
		}
	}
}

// change puts an item in or takes it out.
func (t *tree[T]) change(by *owner, item T, in bool) {
	if in {
		t.set(by, item)
		return
	}
	t.remove(by, item)
}
