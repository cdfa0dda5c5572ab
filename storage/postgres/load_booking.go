package postgres

import (
	"context"
	"slices"

	"github.com/timebok/timebok"
	"github.com/timebok/timebok/booking"
	"github.com/timebok/timebok/internal/sqlrow"
)

var (
	inSeries     = from(sqlrow.Bookings, "AND series_id = $2 ORDER BY starts, id")
	agreementsOn = from(sqlrow.PriceAgreements, "AND service_id = $2 ORDER BY id")

	// The conditions of a calendar, of one practitioner and of several.
	busyIn    = " AND starts > $3 AND starts < $4 AND occupied_from < $5 AND occupied_to > $6 AND occupied_from < occupied_to AND active"
	busyOf    = from(sqlrow.Busy, "AND practitioner_id = $2"+busyIn)
	busyAmong = from(sqlrow.Busy, "AND practitioner_id = ANY($2)"+busyIn)

	schedulesAmong = among(sqlrow.Schedules)
	absencesAmong  = from(sqlrow.Absences, "AND practitioner_id = ANY($2) AND ends > $3 AND starts < $4 AND starts < ends ORDER BY starts, id")
)

// LoadBooking locks what the needs name and reads what a decision about a booking
// must know, in one round trip. The locks come first, as statements of their own:
// a statement reads what was committed when it began, and one that also waits for
// the lock would not see what the last holder of it wrote.
func (t *tx) LoadBooking(ctx context.Context, n booking.Needs) (booking.View, error) {
	var v booking.View
	r := &reading{t: t}
	lock(r, onePractitioner, practitionerRank, n.Practitioner, &v.Practitioner)
	lock(r, oneSeries, seriesRank, n.Series, &v.Series)
	lock(r, oneClient, clientRank, n.Client, &v.Client)
	r.clinic(&v.Clinic)
	one(r, oneBooking, n.Booking, &v.Booking)
	one(r, oneService, n.Service, &v.Service)
	if !n.Series.IsZero() {
		r.add(inSeries.all(t, &v.InSeries, id(n.Series)))
	}
	if !n.Service.IsZero() {
		r.add(agreementsOn.all(t, &v.Agreements, id(n.Service)))
	}
	calendar := !n.Practitioner.IsZero() && !n.Within.IsZero()
	if calendar {
		r.calendar(&v.Calendar, n.Practitioner, n.Within)
	}
	if err := r.send(ctx); err != nil {
		return booking.View{}, err
	}
	if calendar {
		v.Calendar.Zone = v.Clinic.Zone
		slices.SortFunc(v.Calendar.Busy, byTime)
	}
	return v, nil
}

// calendar reads the calendar of one practitioner.
func (r *reading) calendar(c *booking.Calendar, of timebok.PractitionerID, within timebok.Period) {
	c.Practitioner = of
	one(r, oneSchedule, of, &c.Schedule)
	if !within.Start.Before(within.End) {
		return
	}
	r.add(absencesOf.all(r.t, &c.Absences, id(of), instant(within.Start), instant(within.End)))
	r.add(busyOf.each(r.t, func(b sqlrow.BusyRow) { c.Busy = append(c.Busy, b.Busy) }, busyArgs(id(of), within)...))
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
	r.clinic(&clinic)
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

// A reading is the calls of one round trip that reads a view.
type reading struct {
	t      *tx
	calls  []call
	absent bool // the clinic
}

func (r *reading) add(c call) { r.calls = append(r.calls, c) }

// clinic reads the clinic's own record, which must be there.
func (r *reading) clinic(to *timebok.Clinic) {
	r.absent = true
	r.add(oneClinic.each(r.t, func(c timebok.Clinic) { *to, r.absent = c, false }, id(r.t.id)))
}

// send makes the round trip.
func (r *reading) send(ctx context.Context) error {
	if err := r.t.read(ctx, r.calls...); err != nil {
		return err
	}
	if r.absent {
		return &timebok.NotFoundError{Ref: timebok.Ref{Kind: timebok.KindClinic, ID: r.t.id.UUID()}}
	}
	return nil
}

// one reads one record by ID, which may be zero or of nothing.
func one[T any, K any](r *reading, s selection[T], of timebok.ID[K], to **T) {
	if !of.IsZero() {
		r.add(s.first(r.t, to, id(of)))
	}
}

// lock is one, and in an Update locks the record.
func lock[T any, K any](r *reading, s selection[T], rank int, of timebok.ID[K], to **T) {
	if !r.t.view && !of.IsZero() {
		s.sql += r.t.mode(lockKey{rank, of.UUID()})
	}
	one(r, s, of, to)
}
