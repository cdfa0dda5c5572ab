package booking

import (
	"context"

	"github.com/timebok/timebok"
	"github.com/timebok/timebok/series"
)

// StartSeries opens a series of a client who pays, or of an employer. Insurance
// cases are opened by package insurance, which sets everything from the sakID, or
// from a letter (Cases.OpenByHand).
func (d *Desk) StartSeries(ctx context.Context, tx Tx, by timebok.Actor, s series.Series, terms series.Terms) (series.Series, error) {
	if err := by.Check(tx.ClinicID()); err != nil {
		return series.Series{}, err
	}
	if s.ID.IsZero() {
		s.ID = timebok.New[series.Series](d.Source)
	}
	now := d.Time()
	s, err := series.Open(s, series.Approval{At: now, Source: series.ByHand, By: by, Terms: terms}, now)
	if err != nil {
		return series.Series{}, err
	}
	v, err := tx.LoadBooking(ctx, Needs{Client: s.Client})
	if err != nil {
		return series.Series{}, err
	}
	if err := v.usable(Needs{Client: s.Client}); err != nil {
		return series.Series{}, err
	}
	tx.Save(s, timebok.Audit(d.Source, by, "series.open", s, s.Client))
	return s, nil
}

// A SeriesChange is the next value of a series, or why there is none. The
// methods of series.Series make them.
type SeriesChange func(s series.Series, use series.Use) (series.Series, error)

// ChangeSeries changes a series under its lock: Extend, Correct, Adjust, Close or
// Reopen it. The action is the audit entry's, such as "series.extend".
func (d *Desk) ChangeSeries(ctx context.Context, tx Tx, by timebok.Actor, id series.ID, version int64, action string, change SeriesChange) (series.Series, error) {
	s, sessions, err := d.lockSeries(ctx, tx, by, id, version)
	if err != nil {
		return series.Series{}, err
	}
	next, err := change(s, s.Use(sessions))
	if err != nil {
		return series.Series{}, err
	}
	tx.Save(next, timebok.Audit(d.Source, by, action, next, next.Client))
	return next, nil
}

// DeleteSeries takes a series away that was opened by mistake. With bookings that
// are planned, delivered or missed it is a *timebok.Refusal: even a no-show can
// turn out to have been delivered.
func (d *Desk) DeleteSeries(ctx context.Context, tx Tx, by timebok.Actor, id series.ID, version int64) error {
	s, sessions, err := d.lockSeries(ctx, tx, by, id, version)
	if err != nil {
		return err
	}
	if err := s.Deletable(sessions); err != nil {
		return err
	}
	tx.Save(timebok.Deletion{Of: s.Ref()}, timebok.Audit(d.Source, by, "series.delete", s, s.Client))
	return nil
}

func (d *Desk) lockSeries(ctx context.Context, tx Tx, by timebok.Actor, id series.ID, version int64) (series.Series, []series.Session, error) {
	if err := by.Check(tx.ClinicID()); err != nil {
		return series.Series{}, nil, err
	}
	v, err := tx.LoadBooking(ctx, Needs{Series: id})
	if err != nil {
		return series.Series{}, nil, err
	}
	ref := timebok.Ref{Kind: timebok.KindSeries, ID: id.UUID(), Version: version}
	if v.Series == nil {
		return series.Series{}, nil, &timebok.NotFoundError{Ref: ref}
	}
	if v.Series.Version != version {
		return series.Series{}, nil, &timebok.StaleError{Ref: ref, Stored: v.Series.Version}
	}
	return *v.Series, Sessions(v.InSeries), nil
}
