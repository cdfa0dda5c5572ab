package booking

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/rickb777/date"
	"github.com/timebok/timebok"
	"github.com/timebok/timebok/series"
)

// A Search asks for free slots.
type Search struct {
	Practitioners []timebok.PractitionerID
	Service       timebok.ServiceID
	Within        timebok.Period
	Step          time.Duration // slots begin at multiples of it in working hours; 0: the service's duration
	Limit         int           // at most so many; 0: all
}

// FreeSlots lists the times when one of the practitioners can give the service,
// by time, then practitioner. What it offers, Book accepts as long as nothing
// changes in between and the series has room.
func (d *Desk) FreeSlots(ctx context.Context, tx Tx, s Search) ([]Slot, error) {
	service, err := tx.Service(ctx, s.Service)
	if err != nil {
		return nil, err
	}
	if service.Inactive {
		return nil, timebok.Reasons{NotOffered.At("Service")}.Refused()
	}
	calendars, err := tx.LoadCalendars(ctx, s.Practitioners, s.Within.Widen(service.Before, service.After))
	if err != nil {
		return nil, err
	}
	shape := Shape{Duration: service.Duration, Before: service.Before, After: service.After, Step: s.Step}
	return FreeSlots(calendars, s.Within, shape, s.Limit)
}

// A Group is a line of a client's bookings: a series with those in it, or nil
// with those in none.
type Group struct {
	Series   *series.Series
	Use      series.Use
	Bookings []Booking // by start
}

// ClientBookings lists a client's bookings under their series («Bookinger»): the
// series opened last first, then those in none. The reading is audited.
func (d *Desk) ClientBookings(ctx context.Context, tx Tx, by timebok.Actor, client timebok.ClientID) ([]Group, error) {
	groups, err := d.groups(ctx, tx, by, client)
	if err != nil {
		return nil, err
	}
	tx.Save(timebok.Audit(d.Source, by, "client.bookings", timebok.Client{ID: client}, client))
	return groups, nil
}

func (d *Desk) groups(ctx context.Context, tx Tx, by timebok.Actor, client timebok.ClientID) ([]Group, error) {
	if err := by.Check(tx.ClinicID()); err != nil {
		return nil, err
	}
	var all []Booking
	of := map[series.ID][]Booking{}
	for b, err := range tx.Bookings(ctx, Filter{Client: client}) {
		if err != nil {
			return nil, err
		}
		all = append(all, b)
		of[b.Series] = append(of[b.Series], b)
	}
	var groups []Group
	for s, err := range tx.SeriesOf(ctx, client) {
		if err != nil {
			return nil, err
		}
		groups = append(groups, Group{Series: &s, Use: s.Use(Sessions(of[s.ID])), Bookings: of[s.ID]})
		delete(of, s.ID)
	}
	// What was called off stays when its series is deleted, and belongs to none.
	loose := slices.DeleteFunc(all, func(b Booking) bool { return of[b.Series] == nil })
	if len(loose) > 0 {
		groups = append(groups, Group{Bookings: loose})
	}
	return groups, nil
}

// An OpenSeries is a choice under «Åpne serier».
type OpenSeries struct {
	Series    series.Series
	Use       series.Use
	Remaining int        // sessions left, the fewest of its caps
	Capped    bool       // false: nothing limits the sessions
	ValidTo   *date.Date // the last day; nil: no limit
	Stale     bool       // the network was asked longer ago than CaseMaxAge
}

// OpenSeries lists the series of a client that are open and not expired on a day
// in the clinic's zone, the one that ends first on top. Whether a booking fits in
// one is Check's to say. The reading is audited.
func (d *Desk) OpenSeries(ctx context.Context, tx Tx, by timebok.Actor, client timebok.ClientID, day date.Date) ([]OpenSeries, error) {
	groups, err := d.groups(ctx, tx, by, client)
	if err != nil {
		return nil, err
	}
	var open []OpenSeries
	for _, g := range groups {
		if g.Series == nil || !g.Series.IsOpen() {
			continue
		}
		t := g.Series.Terms()
		if t.ValidTo != nil && day.After(*t.ValidTo) {
			continue
		}
		left, capped := g.Use.Least()
		open = append(open, OpenSeries{
			Series: *g.Series, Use: g.Use, Remaining: left, Capped: capped,
			ValidTo: t.ValidTo, Stale: g.Series.IsStale(d.Time(), d.CaseMaxAge),
		})
	}
	slices.SortStableFunc(open, func(a, b OpenSeries) int {
		return cmp.Compare(lastDay(a.ValidTo), lastDay(b.ValidTo))
	})
	tx.Save(timebok.Audit(d.Source, by, "client.series", timebok.Client{ID: client}, client))
	return open, nil
}

// lastDay orders validity ends, those without one last.
func lastDay(d *date.Date) date.PeriodOfDays {
	if d == nil {
		return 1<<31 - 1
	}
	return d.DaysSinceEpoch()
}
