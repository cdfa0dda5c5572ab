package booking

import (
	"context"
	"errors"
	"strconv"
	"time"

	"github.com/rickb777/date/clock"
	"github.com/timebok/timebok"
)

// Weekly returns n starts from first, every so many weeks, at the same wall time
// in the zone: a session at ten stays at ten when the clock is changed. The error
// is an *timebok.InvalidError with all that is wrong.
func Weekly(first time.Time, n, weeks int, zone string) ([]time.Time, error) {
	var wrong timebok.Reasons
	for _, f := range []struct {
		name string
		ok   bool
	}{{"First", !first.IsZero()}, {"N", n > 0 && n <= maxStarts}, {"Weeks", weeks > 0 && weeks <= maxStarts}} {
		if !f.ok {
			wrong.Add(timebok.BadValue, f.name)
		}
	}
	loc, err := timebok.LoadZone(zone)
	if err := wrong.Join("", err); err != nil {
		return nil, err
	}
	if err := wrong.Invalid(); err != nil {
		return nil, err
	}
	day, wall := timebok.DayOf(first, loc), clock.NewAt(first.In(loc))
	starts := []time.Time{timebok.Instant(first)} // itself: its wall time may exist twice
	for i := 1; i < n; i++ {
		starts = append(starts, timebok.At(day.AddDate(0, 0, 7*weeks*i), wall, loc))
	}
	return starts, nil
}

// maxStarts is how many dates a recurring booking has at most.
const maxStarts = 520

// An Occurrence is what became of one date of a recurring booking, or would.
type Occurrence struct {
	Start    time.Time
	Booking  ID // zero in a dry run and where refused
	Refusals timebok.Reasons
	Notices  timebok.Reasons
}

// BookAll books the request at each start, all or none, and reports on every
// date. If any is refused the error is a *timebok.Refusal with the reasons of all,
// each below the field Starts[i]. What is wrong with the request on every date is
// an *timebok.InvalidError, without a report. The Start of the request is not
// used; its ID, if given, makes the IDs of all, so that the command can be repeated.
func (d *Desk) BookAll(ctx context.Context, tx Tx, by timebok.Actor, r Request, starts []time.Time) ([]Booking, []Occurrence, error) {
	changes, report, err := d.decideAll(ctx, tx, by, r, starts)
	if err != nil {
		return nil, report, err
	}
	booked := make([]Booking, len(changes))
	for i, c := range changes {
		booked[i] = c.Save(tx)
		report[i].Booking = booked[i].ID
	}
	return booked, report, nil
}

// CheckAll says what BookAll would say of each date, and books nothing.
func (d *Desk) CheckAll(ctx context.Context, tx Tx, by timebok.Actor, r Request, starts []time.Time) ([]Occurrence, error) {
	_, report, err := d.decideAll(ctx, tx, by, r, starts)
	if report != nil {
		return report, nil
	}
	return nil, err
}

// decideAll decides on every start as if those before it were booked.
func (d *Desk) decideAll(ctx context.Context, tx Tx, by timebok.Actor, r Request, starts []time.Time) ([]Changes, []Occurrence, error) {
	if len(starts) == 0 || len(starts) > maxStarts {
		return nil, nil, timebok.Reasons{timebok.BadValue.At("Starts")}.Invalid()
	}
	first, last := starts[0], starts[0]
	for _, s := range starts {
		if s.Before(first) {
			first = s
		}
		if s.After(last) {
			last = s
		}
	}
	base := r
	r.ID, r.Start = ID{}, first
	if err := r.missing(); err != nil {
		return nil, nil, err
	}
	if err := by.Check(tx.ClinicID()); err != nil {
		return nil, nil, err
	}
	n := r.Needs()
	one := n.Calendar(nil)
	n.Within, n.Start = timebok.Period{Start: one.Start, End: one.End.Add(last.Sub(first))}, time.Time{}
	v, err := tx.LoadBooking(ctx, n)
	if err != nil {
		return nil, nil, err
	}
	if err := v.usable(n); err != nil {
		return nil, nil, err
	}
	var all timebok.Reasons
	changes := make([]Changes, 0, len(starts))
	report := make([]Occurrence, 0, len(starts))
	for i, start := range starts {
		r.Start = start
		if !base.ID.IsZero() {
			r.ID = timebok.DeriveID[Booking](base.ID.String(), strconv.Itoa(i))
			if v.Booking, err = made(ctx, tx, r.ID, i == 0 || v.Booking != nil); err != nil {
				return nil, nil, err
			}
		}
		c, err := d.DecideBook(v, r, by)
		var no timebok.Reasons
		if err := no.Join("", err); err != nil {
			return nil, nil, err
		}
		if err := all.Join("Starts["+strconv.Itoa(i)+"]", err); err != nil {
			return nil, nil, err
		}
		report = append(report, Occurrence{Start: timebok.Instant(start), Refusals: no, Notices: c.Notices})
		if err != nil {
			continue
		}
		changes = append(changes, c)
		if v.Booking == nil {
			v.add(c.Booking)
		}
	}
	return changes, report, all.Refused()
}

// made reads a booking of an earlier run of the same command. They were made all
// or none, so where the first is not, nobody needs to look.
func made(ctx context.Context, tx Tx, id ID, look bool) (*Booking, error) {
	if !look {
		return nil, nil
	}
	b, err := tx.Booking(ctx, id)
	if errors.Is(err, timebok.ErrNotFound) {
		return nil, nil
	}
	return &b, err
}

// add makes the View what it will be once b is saved.
func (v *View) add(b Booking) {
	v.Calendar = v.Calendar.with(b)
	if !b.Series.IsZero() {
		v.InSeries = append(v.InSeries[:len(v.InSeries):len(v.InSeries)], b.Counted())
	}
}
