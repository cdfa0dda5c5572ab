package postgres

import (
	"context"
	"iter"
	"slices"
	"strings"
	"time"

	"github.com/timebok/timebok"
	"github.com/timebok/timebok/booking"
	"github.com/timebok/timebok/insurance"
	"github.com/timebok/timebok/internal/sqlrow"
	"github.com/timebok/timebok/series"
)

// Bookings lists bookings in the order of start, then ID.
func (t *tx) Bookings(ctx context.Context, f booking.Filter) iter.Seq2[booking.Booking, error] {
	if !f.Within.IsZero() && !f.Within.Start.Before(f.Within.End) {
		return func(func(booking.Booking, error) bool) {} // it overlaps nothing
	}
	return sqlrow.Paged(f.Limit, func(last *booking.Booking, n int) ([]booking.Booking, error) {
		if last == nil {
			last = f.After
		}
		w := chooseBookings(f, last)
		w.add(" LIMIT ?", int64(n))
		return search(ctx, t, sqlrow.Bookings, w)
	})
}

// chooseBookings are the conditions of a search for bookings. The narrowest of
// series, client and practitioner leads, and the others filter: what is said of
// the time is said of the pair with it, and where it begins plainly too, as in
// busyOf.
func chooseBookings(f booking.Filter, after *booking.Booking) *where {
	w := &where{}
	lead, leader := "", []any(nil)
	choose := func(column string, of any) {
		w.and(column+" = ?", of)
		if lead == "" {
			lead, leader = column+", ", []any{of}
		}
	}
	if !f.Series.IsZero() {
		choose("series_id", id(f.Series))
	}
	if !f.Client.IsZero() {
		choose("client_id", id(f.Client))
	}
	switch len(f.Practitioners) {
	case 0:
	case 1:
		choose("practitioner_id", id(f.Practitioners[0]))
	default:
		w.and("practitioner_id = ANY(?)", ids(f.Practitioners))
	}
	if len(f.States) > 0 {
		w.and("state = ANY(?)", texts(f.States))
	}
	compare := func(columns, with string, values ...any) {
		marks := strings.TrimSuffix(strings.Repeat("?, ", len(leader)+len(values)), ", ")
		w.and("("+lead+columns+") "+with+" ("+marks+")", append(slices.Clone(leader), values...)...)
	}
	var from time.Time
	if !f.Within.IsZero() {
		from = f.Within.Start.Add(-longestSession)
		compare("starts", "<", instant(f.Within.End))
		w.and("ends > ?", instant(f.Within.Start))
	}
	// One beginning: of two PostgreSQL might take the earlier.
	if after != nil && !after.Time.Start.Before(from) {
		w.and("starts >= ?", instant(after.Time.Start))
		compare("starts, id", ">", instant(after.Time.Start), id(after.ID))
	} else if !f.Within.IsZero() {
		w.and("starts > ?", instant(from))
	}
	w.add(" ORDER BY starts, id")
	return w
}

var (
	seriesOf    = from(sqlrow.SeriesTable, "AND client_id = $2 ORDER BY opened_at DESC, id")
	absencesOf  = from(sqlrow.Absences, "AND practitioner_id = $2 AND ends > $3 AND starts < $4 AND starts < ends ORDER BY starts, id")
	quarantined = from(sqlrow.Events, "AND result = 'quarantined' AND (received_at, id) > ($2, $3) ORDER BY received_at, id LIMIT $4")
)

// SeriesOf lists a client's series, the one opened last first, then by ID.
func (t *tx) SeriesOf(ctx context.Context, client timebok.ClientID) iter.Seq2[series.Series, error] {
	return whole(ctx, t, seriesOf, id(client))
}

// Absences lists the absences of a practitioner that overlap a period, by start,
// then ID.
func (t *tx) Absences(ctx context.Context, of timebok.PractitionerID, within timebok.Period) iter.Seq2[booking.Absence, error] {
	if !within.Start.Before(within.End) {
		return func(func(booking.Absence, error) bool) {} // it overlaps nothing
	}
	return whole(ctx, t, absencesOf, id(of), instant(within.Start), instant(within.End))
}

// Quarantine lists the inbox entries that wait, the oldest first, then by ID.
func (t *tx) Quarantine(ctx context.Context) iter.Seq2[insurance.Received, error] {
	return sqlrow.Paged(0, func(last *insurance.Received, n int) (page []insurance.Received, err error) {
		at, from := instant(time.Time{}), first
		if last != nil {
			at, from = instant(last.At), id(last.ID())
		}
		err = t.read(ctx, quarantined.all(t, &page, at, from, int64(n)))
		return page, err
	})
}
