package postgres

import (
	"context"
	"slices"

	"github.com/timebok/timebok"
	"github.com/timebok/timebok/booking"
	"github.com/timebok/timebok/internal/sqlrow"
)

var (
	inSeries = from(sqlrow.Bookings, "AND series_id = $2 ORDER BY starts, id")
	counted  = from(sqlrow.CountedBookings, "AND series_id = $2 ORDER BY starts, id")

	busyOne     = from(sqlrow.Busy, busyOf)
	absencesOne = from(sqlrow.Absences, "AND practitioner_id = $2 AND ends > $3 AND starts < $4 AND starts < ends ORDER BY starts, id")

	schedulesAmong = among(sqlrow.Schedules)
	busyAmong      = from(sqlrow.Busy, "AND practitioner_id = ANY($2) AND starts > $3 AND starts < $4"+busyIn)
	absencesAmong  = from(sqlrow.Absences, "AND practitioner_id = ANY($2) AND ends > $3 AND starts < $4 AND starts < ends ORDER BY starts, id")
)

// busyIn are the conditions of what occupies a practitioner from $6 to $5, and
// busyOf those of what occupies $2: it begins between $3 and $4. The one is said
// plainly, since PostgreSQL begins to read an index where that begins to hold, and
// not at the practitioner's first booking ever. The other is said of the pair, of
// which only the one index with both knows; else the planner, which may know
// nothing of the tables yet, would take another and read the bookings of all
// practitioners.
const (
	busyIn = " AND occupied_from < $5 AND occupied_to > $6 AND occupied_from < occupied_to AND active"
	busyOf = "AND practitioner_id = $2 AND starts > $3 AND (practitioner_id, starts) < ($2, $4)" + busyIn
)

// LoadBooking locks what the needs name and reads what a decision about a booking
// must know, in one round trip, or in two if the settings are not what they were.
func (t *tx) LoadBooking(ctx context.Context, n booking.Needs) (booking.View, error) {
	if kept := t.granted(n); kept != nil {
		if v, ok, err := t.loadGranted(ctx, n, kept); ok || err != nil {
			return v, err
		}
	}
	var v booking.View
	r := &reading{t: t}
	r.lock(lockKey{practitionerRank, n.Practitioner.UUID()})
	lockOne(r, oneSeries, seriesRank, n.Series, &v.Series)
	lockOne(r, oneClient, clientRank, n.Client, &v.Client)
	shelved := r.shelved(settingsKey{t.id, n.Practitioner, n.Service})
	within := r.sessions(n, &v)
	near := within && (shelved.kept == nil || !shelved.kept.allAbsences)
	if near {
		r.add(absencesOne.all(t, &v.Calendar.Absences, absencesIn(n)...))
	}
	if err := r.send(ctx); err != nil {
		return booking.View{}, err
	}
	settings, err := shelved.settings(ctx, t)
	if err != nil {
		return booking.View{}, err
	}
	if within && !near && !settings.allAbsences { // they were few, and are many now
		if err := t.read(ctx, absencesOne.all(t, &v.Calendar.Absences, absencesIn(n)...)); err != nil {
			return booking.View{}, err
		}
	}
	settings.fill(&v, n)
	return v, nil
}

// sessions adds to a reading the booking that the needs name, those of the series,
// and what occupies the practitioner, if a period is asked for.
func (r *reading) sessions(n booking.Needs, v *booking.View) (within bool) {
	one(r, oneBooking, n.Booking, &v.Booking)
	if !n.Series.IsZero() {
		r.add(counted.each(r.t, func(b booking.Booking) { v.InSeries = append(v.InSeries, b.Counted()) }, id(n.Series)))
	}
	within = !n.Practitioner.IsZero() && n.Within.Start.Before(n.Within.End)
	if within {
		r.add(busyOne.each(r.t, func(b sqlrow.BusyRow) { v.Calendar.Busy = append(v.Calendar.Busy, b.Busy) }, busyArgs(id(n.Practitioner), n.Within)...))
	}
	return within
}

func absencesIn(n booking.Needs) []any {
	return []any{id(n.Practitioner), instant(n.Within.Start), instant(n.Within.End)}
}

func busyArgs(of any, within timebok.Period) []any {
	start, end := within.Start, within.End
	return []any{of, instant(start.Add(-reachBack)), instant(end.Add(reachAhead)), instant(end), instant(start)}
}

func byTime(a, b booking.Busy) int {
	if c := a.Time.Start.Compare(b.Time.Start); c != 0 {
		return c
	}
	return a.Booking.Compare(b.Booking)
}

// LoadCalendars reads the calendars of practitioners in five statements of one
// round trip, however many they are.
func (t *tx) LoadCalendars(ctx context.Context, of []timebok.PractitionerID, within timebok.Period) ([]booking.Calendar, error) {
	var clinic timebok.Clinic
	found := map[timebok.PractitionerID]*booking.Calendar{}
	for _, id := range of {
		found[id] = &booking.Calendar{Practitioner: id}
	}
	r, named := &reading{t: t}, ids(of)
	r.readClinic(&clinic)
	r.add(schedulesAmong.each(t, func(s booking.Schedule) { found[s.Practitioner].Schedule = &s }, named))
	r.add(practitionersAmong.each(t, func(p timebok.Practitioner) {
		if p.Inactive {
			found[p.ID].Schedule = nil
		}
	}, named))
	if within.Start.Before(within.End) {
		r.add(absencesAmong.each(t, func(a booking.Absence) {
			found[a.Practitioner].Absences = append(found[a.Practitioner].Absences, a)
		}, named, instant(within.Start), instant(within.End)))
		r.add(busyAmong.each(t, func(b sqlrow.BusyRow) {
			found[b.Practitioner].Busy = append(found[b.Practitioner].Busy, b.Busy)
		}, busyArgs(named, within)...))
	}
	if err := r.send(ctx); err != nil {
		return nil, err
	}
	out := make([]booking.Calendar, 0, len(of))
	for _, id := range of {
		c := found[id]
		c.Zone = clinic.Zone
		slices.SortFunc(c.Busy, byTime)
		out = append(out, *c)
	}
	return out, nil
}
