package sqlite

import (
	"cmp"
	"context"
	"slices"

	"github.com/timebok/timebok"
	"github.com/timebok/timebok/booking"
	"github.com/timebok/timebok/internal/sqlrow"
	"github.com/timebok/timebok/series"
)

var (
	inSeries     = from(sqlrow.Bookings, "AND series_id = ? ORDER BY starts, id")
	agreementsOn = keeping(timebok.KindAgreement, from(sqlrow.PriceAgreements, "AND service_id = ? ORDER BY id"))

	// The conditions of a calendar, of one practitioner and of several.
	busyIn    = " AND starts > ? AND starts < ? AND occupied_from < ? AND occupied_to > ? AND occupied_from < occupied_to AND active"
	busyOf    = from(sqlrow.Busy, "AND practitioner_id = ?"+busyIn)
	busyOn    = from(sqlrow.Busy, "AND practitioner_id = ? AND starts >= ? AND starts < ? AND occupied_from < occupied_to AND active")
	busyAmong = from(sqlrow.Busy, "AND practitioner_id IN (SELECT unhex(value) FROM json_each(?))"+busyIn)

	schedulesAmong = among(sqlrow.Schedules)
	absencesOn     = from(sqlrow.Absences, "AND practitioner_id = ? AND ends > ? AND starts < ? AND starts < ends")
	absencesAmong  = from(sqlrow.Absences, "AND practitioner_id IN (SELECT unhex(value) FROM json_each(?))"+
		" AND ends > ? AND starts < ? AND starts < ends ORDER BY starts, id")
)

// LoadBooking reads what a decision about a booking must know. The turn to write,
// which an Update has from its beginning, is the lock of all that the needs name.
func (t *tx) LoadBooking(ctx context.Context, n booking.Needs) (booking.View, error) {
	var v booking.View
	if err := t.ready(ctx); err != nil {
		return v, err
	}
	r := &reading{t: t}
	v.Clinic = r.clinic()
	v.Booking = optional(r, oneBooking, n.Booking)
	v.Practitioner = optional(r, onePractitioner, n.Practitioner)
	v.Client = optional(r, oneClient, n.Client)
	v.Service = optional(r, oneService, n.Service)
	v.Series = optional(r, oneSeries, n.Series)
	if !n.Series.IsZero() {
		v.InSeries = t.counted(r, n.Series)
	}
	if !n.Service.IsZero() {
		v.Agreements = list(r, agreementsOn, idBytes(n.Service))
	}
	if within := n.Calendar(v.Service); !n.Practitioner.IsZero() && !within.IsZero() {
		v.Calendar = t.calendar(r, v.Clinic.Zone, n.Practitioner, within)
	}
	return v, r.err
}

// counted reads what a series must know of its bookings.
func (t *tx) counted(r *reading, of series.ID) []booking.Counted {
	read := func() ([]booking.Counted, error) {
		bookings, err := inSeries.all(t, idBytes(of))
		return booking.CountedOf(bookings), err
	}
	var found []booking.Counted
	switch {
	case r.err != nil:
	case t.w == nil:
		found, r.err = read()
	default:
		found, r.err = remembered(t, keptKey{kind: timebok.KindBooking, clinic: t.id, id: of.UUID()}, read)
	}
	return slices.Clone(found)
}

// calendar reads the calendar of one practitioner.
func (t *tx) calendar(r *reading, zone string, of timebok.PractitionerID, within timebok.Period) booking.Calendar {
	c := booking.Calendar{Practitioner: of, Zone: zone, Schedule: optional(r, oneSchedule, of)}
	if !within.Start.Before(within.End) {
		return c
	}
	c.Absences = t.absences(r, of, within)
	for _, b := range t.busy(r, of, within) {
		c.Busy = append(c.Busy, b.Busy)
	}
	slices.SortFunc(c.Busy, byTime)
	return c
}

// absences reads when a practitioner is away: from what is kept of some days, if they
// are few.
func (t *tx) absences(r *reading, of timebok.PractitionerID, within timebok.Period) []booking.Absence {
	first, last := dayOf(within.Start), dayOf(within.End)
	if t.w == nil || last-first > 3 {
		return list(r, absencesOf, idBytes(of), micros(within.Start), micros(within.End))
	}
	var found []booking.Absence
	for day := first; day <= last && r.err == nil; day++ {
		var all []booking.Absence
		all, r.err = keptOn(t, absencesOn, timebok.KindAbsence, of, day)
		for _, a := range all {
			if seen := day > first && dayOf(a.Time.Start) < day; !seen && a.Time.Overlaps(within) {
				found = append(found, a)
			}
		}
	}
	slices.SortFunc(found, func(a, b booking.Absence) int {
		return cmp.Or(a.Time.Start.Compare(b.Time.Start), a.ID.Compare(b.ID))
	})
	return found
}

// busy reads what occupies a practitioner: from what is kept of some days, if they
// are few.
func (t *tx) busy(r *reading, of timebok.PractitionerID, within timebok.Period) []sqlrow.BusyRow {
	first, last := dayOf(within.Start.Add(-reachBack)), dayOf(within.End.Add(reachAhead))
	if t.w == nil || last-first > 3 {
		return list(r, busyOf, busyArgs(idBytes(of), within)...)
	}
	var found []sqlrow.BusyRow
	for day := first; day <= last && r.err == nil; day++ {
		var all []sqlrow.BusyRow
		all, r.err = keptOn(t, busyOn, kindBusy, of, day)
		for _, b := range all {
			if b.Time.Overlaps(within) {
				found = append(found, b)
			}
		}
	}
	return found
}

func busyArgs(of any, within timebok.Period) []any {
	start, end := within.Start, within.End
	return []any{of, micros(start.Add(-reachBack)), micros(end.Add(reachAhead)), micros(end), micros(start)}
}

func byTime(a, b booking.Busy) int {
	if c := a.Time.Start.Compare(b.Time.Start); c != 0 {
		return c
	}
	return a.Booking.Compare(b.Booking)
}

// LoadCalendars reads the calendars of practitioners in five statements, however
// many they are.
func (t *tx) LoadCalendars(ctx context.Context, of []timebok.PractitionerID, within timebok.Period) ([]booking.Calendar, error) {
	if err := t.ready(ctx); err != nil {
		return nil, err
	}
	r := &reading{t: t}
	zone := r.clinic().Zone
	ids := jsonIDs(of)
	found := map[timebok.PractitionerID]*booking.Calendar{}
	for _, id := range of {
		found[id] = &booking.Calendar{Practitioner: id, Zone: zone}
	}
	for _, s := range list(r, schedulesAmong, ids) {
		found[s.Practitioner].Schedule = &s
	}
	for _, p := range list(r, practitionersAmong, ids) {
		if p.Inactive {
			found[p.ID].Schedule = nil
		}
	}
	if within.Start.Before(within.End) {
		for _, a := range list(r, absencesAmong, ids, micros(within.Start), micros(within.End)) {
			found[a.Practitioner].Absences = append(found[a.Practitioner].Absences, a)
		}
		for _, b := range list(r, busyAmong, busyArgs(ids, within)...) {
			found[b.Practitioner].Busy = append(found[b.Practitioner].Busy, b.Busy)
		}
	}
	out := make([]booking.Calendar, 0, len(of))
	for _, id := range of {
		slices.SortFunc(found[id].Busy, byTime)
		out = append(out, *found[id])
	}
	return out, r.err
}

// A reading is several queries, of which the first that fails ends the rest.
type reading struct {
	t   *tx
	err error
}

// clinic reads the clinic's own record, which must be there.
func (r *reading) clinic() timebok.Clinic {
	c := optional(r, oneClinic, r.t.id)
	if c == nil {
		if r.err == nil {
			r.err = &timebok.NotFoundError{Ref: timebok.Ref{Kind: timebok.KindClinic, ID: r.t.id.UUID()}}
		}
		return timebok.Clinic{}
	}
	return *c
}

// optional reads one record by ID; nil if the ID is zero or there is none.
func optional[T any, K any](r *reading, s selection[T], id timebok.ID[K]) *T {
	if r.err != nil || id.IsZero() {
		return nil
	}
	return firstOf(r, s, idBytes(id))
}

// firstOf reads the first record of a selection, or nil.
func firstOf[T any](r *reading, s selection[T], args ...any) *T {
	if r.err != nil {
		return nil
	}
	var found *T
	found, r.err = s.first(r.t, args...)
	return found
}

// list reads all records of a selection.
func list[T any](r *reading, s selection[T], args ...any) []T {
	if r.err != nil {
		return nil
	}
	var found []T
	found, r.err = s.all(r.t, args...)
	return found
}
