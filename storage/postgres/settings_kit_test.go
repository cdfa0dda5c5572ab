package postgres_test

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/rickb777/date"
	"github.com/rickb777/date/clock"
	"github.com/timebok/timebok"
	"github.com/timebok/timebok/booking"
	"github.com/timebok/timebok/series"
	"github.com/timebok/timebok/storage"
	"github.com/timebok/timebok/storage/storagetest"
)

// settingTables are those that the driver keeps records of.
var settingTables = []string{"clinic", "practitioner", "service", "schedule", "absence", "price_agreement"}

// needs are those of a booking of Ola with Anne in the week of Monday.
func (d *desk) needs() booking.Needs {
	return booking.Needs{
		Practitioner: d.Anne.ID, Client: d.Ola.ID, Series: d.Case.ID, Service: d.Talk.ID,
		Within: timebok.Lasting(storagetest.Monday, 7*24*time.Hour),
	}
}

// absence is one of Anne's in the week of Monday.
func (d *desk) absence(hour int) booking.Absence {
	return booking.Absence{
		ID: timebok.DeriveID[booking.Absence]("settings", fmt.Sprint(hour)), Version: 1, Practitioner: d.Anne.ID,
		Time: timebok.Lasting(storagetest.Monday.Add(time.Duration(hour)*time.Hour), time.Hour), Kind: booking.Course,
	}
}

// look is what an Update knows of the settings before it books.
func (d *desk) look(ctx context.Context) (v booking.View, err error) {
	err = d.Update(ctx, d.Clinic.Clinic.ID, func(ctx context.Context, tx storage.Tx) (err error) {
		v, err = tx.LoadBooking(ctx, d.needs())
		return err
	})
	return settingsOf(v), err
}

// settingsOf is a view without what is not a setting.
func settingsOf(v booking.View) booking.View {
	v.Booking, v.Client, v.Series, v.InSeries, v.Calendar.Busy = nil, nil, nil, nil, nil
	return v
}

// storedSettings is what look should know, read one by one.
func (d *desk) storedSettings(ctx context.Context, tx storage.Tx) (v booking.View, err error) {
	n := d.needs()
	if v.Clinic, err = tx.Clinic(ctx); err != nil {
		return booking.View{}, err
	}
	p, errP := tx.Practitioner(ctx, n.Practitioner)
	s, errS := tx.Service(ctx, n.Service)
	h, errH := tx.Schedule(ctx, n.Practitioner)
	for _, err := range []error{errP, errS, errH} {
		if err != nil && !errors.Is(err, timebok.ErrNotFound) {
			return v, err
		}
	}
	v.Calendar = booking.Calendar{Practitioner: n.Practitioner, Zone: v.Clinic.Zone}
	v.Practitioner, v.Service, v.Calendar.Schedule = ifFound(p, errP), ifFound(s, errS), ifFound(h, errH)
	for a, err := range tx.PriceAgreements(ctx) {
		if err != nil {
			return v, err
		}
		if a.Service == n.Service {
			v.Agreements = append(v.Agreements, a)
		}
	}
	for a, err := range tx.Absences(ctx, n.Practitioner, n.Within) {
		if err != nil {
			return v, err
		}
		v.Calendar.Absences = append(v.Calendar.Absences, a)
	}
	return v, nil
}

func ifFound[T any](record T, err error) *T {
	if err != nil {
		return nil
	}
	return &record
}

// compared is what look knows, with what is wrong with it.
func (d *desk) compared(ctx context.Context) (got booking.View, wrong error) {
	got, err := d.look(ctx)
	var want booking.View
	wantErr := d.View(ctx, d.Clinic.Clinic.ID, func(ctx context.Context, tx storage.Tx) (err error) {
		want, err = d.storedSettings(ctx, tx)
		return err
	})
	switch {
	case fmt.Sprint(err) != fmt.Sprint(wantErr):
		return got, fmt.Errorf("LoadBooking: %v, want %v", err, wantErr)
	case err == nil:
		return got, differing(got, want)
	}
	return got, nil
}

// differing says where two views differ.
func differing(got, want booking.View) (wrong error) {
	for _, p := range []struct {
		name      string
		got, want any
	}{
		{"Clinic", got.Clinic, want.Clinic}, {"Practitioner", got.Practitioner, want.Practitioner}, {"Service", got.Service, want.Service},
		{"Agreements", got.Agreements, want.Agreements}, {"Schedule", got.Calendar.Schedule, want.Calendar.Schedule},
		{"Absences", got.Calendar.Absences, want.Calendar.Absences}, {"View", got, want},
	} {
		if !reflect.DeepEqual(p.got, p.want) {
			return errors.Join(wrong, fmt.Errorf("%s is %+v, want %+v", p.name, p.got, p.want))
		}
	}
	return nil
}

// sees fails unless the next booking knows the settings as they are stored.
func (d *desk) sees(t *testing.T, after string) booking.View {
	t.Helper()
	got, wrong := d.compared(t.Context())
	if wrong != nil {
		t.Errorf("after %s: %v", after, wrong)
	}
	return got
}

// keep notes the settings, and returns a function that puts them back.
func (d *desk) keep(t *testing.T) (restore func()) {
	t.Helper()
	var noted, back strings.Builder
	for _, table := range settingTables {
		fmt.Fprintf(&noted, "CREATE TABLE kept_%[1]s AS SELECT * FROM %[1]s;", table)
		fmt.Fprintf(&back, "DELETE FROM %[1]s; INSERT INTO %[1]s SELECT * FROM kept_%[1]s;", table)
	}
	raw(t, d.dsn, noted.String())
	return func() {
		t.Helper()
		raw(t, d.dsn, back.String())
	}
}

// changes are one of each kind of setting: what the library saves, SQL that does
// the same, and what shows in the next booking.
func (d *desk) changes() []settingChange {
	clinic, anne, talk, agreed, hours := d.Clinic.Clinic, d.Anne, d.Talk, d.Agreed, d.Schedule(d.Anne.ID)
	clinic.Version, anne.Version, talk.Version, agreed.Version, hours.Version = 2, 2, 2, 2, 2
	clinic.Zone, anne.Inactive, agreed.Price = "Europe/Helsinki", true, timebok.Kroner(7)
	closed, dearer := talk, talk
	closed.Inactive, dearer.Price = true, timebok.Kroner(1500)
	hours.Days = []booking.DayHours{{Day: date.New(2026, 3, 2)}, {Day: date.New(2026, 3, 3), Hours: []booking.Span{{From: clock.New(9, 0, 0, 0), To: clock.New(10, 0, 0, 0)}}}}
	refused := func(rule error) func(booking.Booking, error) bool {
		return func(_ booking.Booking, err error) bool { return errors.Is(err, rule) }
	}
	return []settingChange{
		{"zone", clinic, "UPDATE clinic SET zone = 'Europe/Helsinki', version = 2", func(b booking.Booking, err error) bool {
			return err == nil && b.Zone == clinic.Zone
		}},
		{"practitioner", anne, "UPDATE practitioner SET inactive = true WHERE name LIKE 'Anne%'", refused(booking.HasLeft)},
		{"hours", hours, `UPDATE schedule SET days = '[{"Day":"2026-03-02","Hours":[]}]'`, refused(booking.OutsideHours)},
		{"absence", d.absence(4), "INSERT INTO absence SELECT clinic_id, id, 1, id, '2026-03-02', '2026-03-03', 'sick' FROM practitioner", refused(booking.Absent)},
		{"service", closed, "UPDATE service SET inactive = true", refused(booking.NotOffered)},
		{"price", dearer, "UPDATE service SET price_ore = 150000", func(b booking.Booking, err error) bool {
			return err == nil && b.Price == dearer.Price
		}},
		{"agreement", agreed, "UPDATE price_agreement SET price_ore = 700", func(b booking.Booking, err error) bool {
			return err == nil && b.Price == agreed.Price
		}},
	}
}

type settingChange struct {
	name    string
	record  timebok.Record
	sql     string
	visible func(booking.Booking, error) bool
}

// tryBook books, and takes it back.
func (d *desk) tryBook(ctx context.Context, of series.ID) (made booking.Booking, err error) {
	r := d.Request(storagetest.Monday.Add(4 * time.Hour))
	r.Series = of
	errBack := errors.New("taken back")
	err = d.Update(ctx, d.Clinic.Clinic.ID, func(ctx context.Context, tx storage.Tx) (err error) {
		if made, err = d.Book(ctx, tx, d.Actor(), r); err != nil {
			return err
		}
		return errBack
	})
	if errors.Is(err, errBack) {
		err = nil
	}
	return made, err
}
