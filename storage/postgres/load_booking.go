package postgres

import (
	"cmp"
	"context"
	"slices"

	"github.com/timebok/timebok"
	"github.com/timebok/timebok/booking"
	"github.com/timebok/timebok/internal/sqlrow"
)

var (
	inSeries = from(sqlrow.Bookings, "AND series_id = $2 ORDER BY starts, id")

	// What a booking names, and the calendar and the prices.
	bookingRow = row{clinic: sqlrow.Clinics, others: []readable{
		sqlrow.Practitioners, sqlrow.SeriesTable, sqlrow.Clients, sqlrow.Bookings, sqlrow.Services, sqlrow.Schedules}}
	bookingLists = below(
		chosen{sqlrow.Busy, busyOf},
		chosen{sqlrow.Absences, "AND practitioner_id = $2 AND ends > $6 AND starts < $5 AND starts < ends"},
		chosen{sqlrow.PriceAgreements, "AND service_id = $7"})

	schedulesAmong = among(sqlrow.Schedules)
	busyAmong      = from(sqlrow.Busy, "AND practitioner_id = ANY($2) AND starts > $3 AND starts < $4"+busyIn)
	absencesAmong  = from(sqlrow.Absences, "AND practitioner_id = ANY($2) AND ends > $3 AND starts < $4 AND starts < ends ORDER BY starts, id")
)

// busyIn are the conditions of what occupies a practitioner from $6 to $5, and
// busyOf those of what occupies $2: it begins between $3 and $4. That is said of
// the pair, so that the one index with both is the only one that answers it; else
// the planner, which may know nothing of the clinic yet, could take another and
// read the bookings of all practitioners.
const (
	busyIn = " AND occupied_from < $5 AND occupied_to > $6 AND occupied_from < occupied_to AND active"
	busyOf = "AND practitioner_id = $2 AND (practitioner_id, starts) > ($2, $3) AND (practitioner_id, starts) < ($2, $4)" + busyIn
)

// LoadBooking locks what the needs name and reads what a decision about a booking
// must know, in one round trip.
func (t *tx) LoadBooking(ctx context.Context, n booking.Needs) (booking.View, error) {
	var v booking.View
	r := &reading{t: t}
	locks := []lockKey{{practitionerRank, n.Practitioner.UUID()}, {seriesRank, n.Series.UUID()}, {clientRank, n.Client.UUID()}}
	calendar := !n.Practitioner.IsZero() && !n.Within.IsZero()
	hours := n.Practitioner
	if !calendar {
		hours = timebok.PractitionerID{}
	}
	r.first(locks, bookingRow.call(t, r.clinic(&v.Clinic),
		named{n.Practitioner.UUID(), into(sqlrow.Practitioners, &v.Practitioner)},
		named{n.Series.UUID(), into(sqlrow.SeriesTable, &v.Series)},
		named{n.Client.UUID(), into(sqlrow.Clients, &v.Client)},
		named{n.Booking.UUID(), into(sqlrow.Bookings, &v.Booking)},
		named{n.Service.UUID(), into(sqlrow.Services, &v.Service)},
		named{hours.UUID(), into(sqlrow.Schedules, &v.Calendar.Schedule)}))
	if !n.Series.IsZero() {
		r.add(inSeries.all(t, &v.InSeries, id(n.Series)))
	}
	if calendar || !n.Service.IsZero() {
		args := append(make([]any, 0, 7), t.clinic, nil, nil, nil, nil, nil)
		if calendar && n.Within.Start.Before(n.Within.End) {
			args = append(args[:1], busyArgs(id(n.Practitioner), n.Within)...)
		}
		r.add(call{sql: bookingLists, args: append(args, orNull(n.Service)), rows: segments(
			segmentOf(sqlrow.Busy, func(b sqlrow.BusyRow) { v.Calendar.Busy = append(v.Calendar.Busy, b.Busy) }),
			segmentOf(sqlrow.Absences, func(a booking.Absence) { v.Calendar.Absences = append(v.Calendar.Absences, a) }),
			segmentOf(sqlrow.PriceAgreements, func(a timebok.PriceAgreement) { v.Agreements = append(v.Agreements, a) }))})
	}
	if err := r.send(ctx); err != nil {
		return booking.View{}, err
	}
	slices.SortFunc(v.Agreements, func(a, b timebok.PriceAgreement) int { return a.ID.Compare(b.ID) })
	if calendar {
		v.Calendar.Practitioner, v.Calendar.Zone = n.Practitioner, v.Clinic.Zone
		slices.SortFunc(v.Calendar.Busy, byTime)
		slices.SortFunc(v.Calendar.Absences, func(a, b booking.Absence) int {
			return cmp.Or(a.Time.Start.Compare(b.Time.Start), a.ID.Compare(b.ID))
		})
	}
	return v, nil
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
