package postgres

import (
	"context"
	"slices"
	"strings"

	"github.com/timebok/timebok"
	"github.com/timebok/timebok/booking"
	"github.com/timebok/timebok/internal/sqlrow"
)

var (
	inSeries = from(sqlrow.Bookings, "AND series_id = $2 ORDER BY starts, id")
	counted  = from(sqlrow.CountedBookings, "AND series_id = $2 ORDER BY starts, id")

	busyOne     = selection[sqlrow.BusyRow]{sqlrow.Busy, busy + busyOf}
	absencesOne = from(sqlrow.Absences, "AND practitioner_id = $2 AND ends > $3 AND starts < $4 AND starts < ends ORDER BY starts, id")

	schedulesAmong = among(sqlrow.Schedules)
	busyAmong      = selection[sqlrow.BusyRow]{sqlrow.Busy, busy +
		" AND practitioner_id = ANY ((SELECT $2::uuid[])::uuid[]) AND starts > (SELECT $3::timestamptz) AND starts < (SELECT $4::timestamptz)" + busyIn}
	absencesAmong = from(sqlrow.Absences, "AND practitioner_id = ANY($2) AND ends > $3 AND starts < $4 AND starts < ends ORDER BY starts, id")
)

// busyIn are the conditions of what occupies a practitioner from $6 to $5, and
// busyOf those of what occupies $2: it begins between $3 and $4. The one is said
// plainly, since PostgreSQL begins to read an index where that begins to hold, and
// not at the practitioner's first booking ever. The other is said of the pair, of
// which only the one index with both knows; else the planner, which may know
// nothing of the tables yet, would take another and read the bookings of all
// practitioners.
//
// The values stand in a SELECT of their own, where the planner doesn't see them. It
// would think that these are better than most, and plan each query anew, which takes
// several times as long as to carry it out. As it is, it keeps one plan (TestPlansAreKept).
const (
	busyIn = " AND occupied_from < $5 AND occupied_to > (SELECT $6::timestamptz) AND occupied_from < occupied_to AND active"
	busyOf = " AND practitioner_id = (SELECT $2::uuid) AND starts > (SELECT $3::timestamptz)" +
		" AND (practitioner_id, starts) < ((SELECT $2::uuid), (SELECT $4::timestamptz))" + busyIn
)

var busy = "SELECT " + strings.Join(sqlrow.Busy.Reads(), ", ") + " FROM {}booking WHERE clinic_id = (SELECT $1::uuid)"

// LoadBooking locks what the needs name and reads what a decision about a booking
// must know, in one round trip, or in two if the settings are not what they were.
func (t *tx) LoadBooking(ctx context.Context, n booking.Needs) (booking.View, error) {
	if kept := t.granted(n); kept != nil {
		if v, ok, err := t.loadGranted(ctx, n, kept); ok || err != nil {
			return v, err
		}
	}
	var v booking.View
	r := newReading(t)
	r.lock(lockKey{practitionerRank, n.Practitioner.UUID()})
	lockOne(r, oneSeries, seriesRank, n.Series, &v.Series)
	lockOne(r, oneClient, clientRank, n.Client, &v.Client)
	shelved := r.shelved(settingsKey{t.id, n.Practitioner, n.Service})
	r.sessions(n, &v)
	in := n.Calendar(nil)
	within := !n.Practitioner.IsZero() && in.Start.Before(in.End)
	if within {
		r.add(busyOne.each(t, func(b *sqlrow.BusyRow) { v.Calendar.Busy = append(v.Calendar.Busy, b.Busy) }, busyArgs(id(n.Practitioner), in)...))
	}
	near := within && (shelved.kept == nil || !shelved.kept.allAbsences)
	if near {
		r.add(absencesOne.all(t, &v.Calendar.Absences, absencesIn(n.Practitioner, in)...))
	}
	if err := r.send(ctx); err != nil {
		return booking.View{}, err
	}
	settings, err := shelved.settings(ctx, t)
	if err != nil {
		return booking.View{}, err
	}
	if within && !near && !settings.allAbsences { // they were few, and are many now
		if err := t.read(ctx, absencesOne.all(t, &v.Calendar.Absences, absencesIn(n.Practitioner, in)...)); err != nil {
			return booking.View{}, err
		}
	}
	settings.fill(&v, n.Practitioner, in)
	return v, nil
}

// sessions adds to a reading the booking that the needs name and those of the series.
func (r *reading) sessions(n booking.Needs, v *booking.View) {
	one(r, oneBooking, n.Booking, &v.Booking)
	if !n.Series.IsZero() {
		r.add(counted.each(r.t, func(b *booking.Booking) { v.InSeries = append(v.InSeries, b.Counted()) }, id(n.Series)))
	}
}

func absencesIn(of timebok.PractitionerID, in timebok.Period) []any {
	return []any{id(of), instant(in.Start), instant(in.End)}
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
	r, named := newReading(t), ids(of)
	r.readClinic(&clinic)
	r.add(schedulesAmong.each(t, func(s *booking.Schedule) { found[s.Practitioner].Schedule = new(*s) }, named))
	r.add(practitionersAmong.each(t, func(p *timebok.Practitioner) {
		if p.Inactive {
			found[p.ID].Schedule = nil
		}
	}, named))
	if within.Start.Before(within.End) {
		r.add(absencesAmong.each(t, func(a *booking.Absence) {
			found[a.Practitioner].Absences = append(found[a.Practitioner].Absences, *a)
		}, named, instant(within.Start), instant(within.End)))
		r.add(busyAmong.each(t, func(b *sqlrow.BusyRow) {
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
