package sqlite

import (
	"context"
	"iter"

	"github.com/timebok/timebok"
	"github.com/timebok/timebok/booking"
	"github.com/timebok/timebok/insurance"
	"github.com/timebok/timebok/internal/sqlrow"
	"github.com/timebok/timebok/series"
)

// Bookings lists bookings in the order of start, then ID. The narrowest index
// leads; a "+" before a column keeps SQLite from another one, which would make
// it sort.
func (t *tx) Bookings(ctx context.Context, f booking.Filter) iter.Seq2[booking.Booking, error] {
	if !f.Within.IsZero() && !f.Within.Start.Before(f.Within.End) {
		return func(func(booking.Booking, error) bool) {} // it overlaps nothing
	}
	return paged(ctx, t, f.Limit, func(last *booking.Booking, n int) ([]booking.Booking, error) {
		if last == nil {
			last = f.After
		}
		w := chooseBookings(f)
		if last != nil {
			w.and("(starts, id) > (?, ?)", micros(last.Time.Start), idBytes(last.ID))
		}
		w.sql.WriteString(" ORDER BY starts, id LIMIT ?")
		return from(sqlrow.Bookings, w.sql.String()).all(t, append(w.args, int64(n))...)
	})
}

func chooseBookings(f booking.Filter) *where {
	w := &where{}
	lead := "" // of the first condition; those after it must not choose the index
	if !f.Series.IsZero() {
		w.and("series_id = ?", idBytes(f.Series))
		lead = "+"
	}
	if !f.Client.IsZero() {
		w.and(lead+"client_id = ?", idBytes(f.Client))
		lead = "+"
	}
	switch len(f.Practitioners) {
	case 0:
	case 1:
		w.and(lead+"practitioner_id = ?", idBytes(f.Practitioners[0]))
	default:
		w.and("+practitioner_id IN (SELECT unhex(value) FROM json_each(?))", jsonIDs(f.Practitioners))
	}
	if len(f.States) > 0 {
		w.in("state", jsonTexts(f.States))
	}
	if !f.Within.IsZero() {
		w.and("starts < ? AND starts > ? AND ends > ?",
			micros(f.Within.End), micros(f.Within.Start.Add(-longestSession)), micros(f.Within.Start))
	}
	return w
}

var (
	seriesOf    = from(sqlrow.SeriesTable, "AND client_id = ? ORDER BY opened_at DESC, id")
	absencesOf  = from(sqlrow.Absences, "AND practitioner_id = ? AND ends > ? AND starts < ? AND starts < ends ORDER BY starts, id")
	quarantined = from(sqlrow.Events, "AND result = 'quarantined' AND (received_at, id) > (?, ?) ORDER BY received_at, id LIMIT ?")
)

// whole lists what is never long, read at once.
func whole[T any](ctx context.Context, t *tx, s selection[T], args ...any) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		err := t.ready(ctx)
		var records []T
		if err == nil {
			records, err = s.all(t, args...)
		}
		if err != nil {
			var none T
			yield(none, err)
			return
		}
		for _, r := range records {
			if !yield(r, nil) {
				return
			}
		}
	}
}

// SeriesOf lists a client's series, the one opened last first, then by ID.
func (t *tx) SeriesOf(ctx context.Context, client timebok.ClientID) iter.Seq2[series.Series, error] {
	return whole(ctx, t, seriesOf, idBytes(client))
}

// Absences lists the absences of a practitioner that overlap a period, by start,
// then ID.
func (t *tx) Absences(ctx context.Context, of timebok.PractitionerID, within timebok.Period) iter.Seq2[booking.Absence, error] {
	if !within.Start.Before(within.End) {
		return func(func(booking.Absence, error) bool) {} // it overlaps nothing
	}
	return whole(ctx, t, absencesOf, idBytes(of), micros(within.Start), micros(within.End))
}

// Quarantine lists the inbox entries that wait, the oldest first, then by ID.
func (t *tx) Quarantine(ctx context.Context) iter.Seq2[insurance.Received, error] {
	return paged(ctx, t, 0, func(last *insurance.Received, n int) ([]insurance.Received, error) {
		at, id := int64(-1<<63), first
		if last != nil {
			at, id = micros(last.At), idBytes(last.ID())
		}
		return quarantined.all(t, at, id, int64(n))
	})
}
