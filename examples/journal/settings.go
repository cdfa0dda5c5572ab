package main

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/rickb777/date/clock"
	"github.com/timebok/timebok"
	"github.com/timebok/timebok/booking"
	"github.com/timebok/timebok/insurance"
	"github.com/timebok/timebok/insurance/networktest"
	"github.com/timebok/timebok/storage"
)

// A settingsPage is the connection to the network, the services, and when people
// work.
type settingsPage struct {
	Connection *insurance.Connection // nil: never connected
	Services   []timebok.Service
	Staff      []staffMember
	Network    timebok.Network
}

type staffMember struct {
	timebok.Practitioner
	Version  int64 // of the schedule
	Week     []weekday
	Absences []booking.Absence
	Mine     bool // the user may change it
}

// A weekday is the working hours of a day as their form has them: up to two parts.
type weekday struct {
	Day                  time.Weekday
	Field                string
	From, To, From2, To2 string
}

func (v *visit) showSettings() error {
	p := &settingsPage{Network: timebok.Behandlernettverk}
	err := v.view(v.r.Context(), func(ctx context.Context, tx storage.Tx) error {
		conn, err := tx.Connection(ctx, p.Network)
		switch {
		case err == nil:
			p.Connection = &conn
		case !errors.Is(err, timebok.ErrNotFound):
			return err
		}
		if p.Services, err = all(tx.Services(ctx)); err != nil {
			return err
		}
		slices.SortFunc(p.Services, func(a, b timebok.Service) int { return b.Price.Compare(a.Price) })
		return v.loadStaff(ctx, tx, p)
	})
	if err != nil {
		return err
	}
	return v.show("settings", "Innstillinger", p)
}

func (v *visit) loadStaff(ctx context.Context, tx storage.Tx, p *settingsPage) error {
	staff, err := all(tx.Practitioners(ctx))
	if err != nil {
		return err
	}
	for _, s := range staff {
		if !v.IsAdmin() && s.ID != v.user.Of {
			continue
		}
		m := staffMember{Practitioner: s, Mine: true}
		schedule, err := tx.Schedule(ctx, s.ID)
		if err != nil && !errors.Is(err, timebok.ErrNotFound) {
			return err
		}
		m.Version = schedule.Version
		for n := range 7 {
			m.Week = append(m.Week, weekdayOf(schedule, time.Weekday((n+1)%7)))
		}
		year := timebok.Period{Start: v.now().AddDate(0, 0, -1), End: v.now().AddDate(1, 0, 0)}
		if m.Absences, err = all(tx.Absences(ctx, s.ID, year)); err != nil {
			return err
		}
		p.Staff = append(p.Staff, m)
	}
	return nil
}

func weekdayOf(s booking.Schedule, day time.Weekday) weekday {
	w := weekday{Day: day, Field: "d" + strconv.Itoa(int(day))}
	var parts []booking.Hours
	for _, h := range s.Week {
		if h.Day == day {
			parts = append(parts, h)
		}
	}
	slices.SortFunc(parts, func(a, b booking.Hours) int { return int(a.From - b.From) })
	if len(parts) > 0 {
		w.From, w.To = parts[0].From.HhMm(), parts[0].To.HhMm()
	}
	if len(parts) > 1 {
		w.From2, w.To2 = parts[1].From.HhMm(), parts[1].To.HhMm()
	}
	return w
}

// connectNetwork connects the clinic to the network, or ends it. That the network
// turns the clinic down can be tried out here, too.
func (v *visit) connectNetwork() error {
	if !v.IsAdmin() {
		return errForbidden
	}
	what := v.r.FormValue("gjor")
	err := v.update(v.r.Context(), func(ctx context.Context, tx storage.Tx) error {
		conn, err := tx.Connection(ctx, timebok.Behandlernettverk)
		if errors.Is(err, timebok.ErrNotFound) {
			conn = insurance.Connection{Network: timebok.Behandlernettverk}
		} else if err != nil {
			return err
		}
		conn.Version++
		switch what {
		case "koble":
			conn.Status, conn.Account, conn.Since = insurance.Connected, networktest.DefaultAccount, v.now()
		case "fra":
			conn.Status = insurance.Disconnected
		case "avvis":
			conn.Status = insurance.Rejected
		default:
			return timebok.Reasons{timebok.BadValue.At("gjor")}.Invalid()
		}
		tx.Save(conn, timebok.Audit(v.desk.Source, v.actor(), "connection."+string(conn.Status), conn, timebok.ClientID{}))
		return nil
	})
	if err != nil {
		return err
	}
	if v.network.Disconnect(networktest.DefaultAccount); what == "koble" {
		v.network.Connect(networktest.DefaultAccount)
	}
	v.say("Lagret.")
	return v.redirect("/innstillinger")
}

// editService sets the treatment code and the price of a service.
func (v *visit) editService() error {
	if !v.IsAdmin() {
		return errForbidden
	}
	id, err := timebok.ParseID[timebok.Service](v.r.FormValue("id"))
	if err != nil {
		return err
	}
	price, err := timebok.ParseMoney(strings.Replace(v.r.FormValue("pris"), ",", ".", 1))
	if err != nil {
		return err
	}
	version, _ := strconv.ParseInt(v.r.FormValue("versjon"), 10, 64)
	err = v.update(v.r.Context(), func(ctx context.Context, tx storage.Tx) error {
		s, err := tx.Service(ctx, id)
		if err != nil {
			return err
		}
		s.Version, s.Price, s.Keys = version+1, price, nil
		if code := v.r.FormValue("kode"); code != "" {
			s.Keys = keys(code)
		}
		if err := s.Validate(); err != nil {
			return err
		}
		tx.Save(s, timebok.Audit(v.desk.Source, v.actor(), "service.change", s, timebok.ClientID{}))
		return nil
	})
	if err != nil {
		return err
	}
	v.say("Lagret.")
	return v.redirect("/innstillinger")
}

// whose is the practitioner whose time a form changes: one's own, or as an
// administrator anybody's.
func (v *visit) whose() (timebok.PractitionerID, error) {
	of, err := timebok.ParseID[timebok.Practitioner](v.r.FormValue("behandler"))
	if err == nil && !v.IsAdmin() && of != v.user.Of {
		err = errForbidden
	}
	return of, err
}

// editHours sets the working hours of the ordinary week.
func (v *visit) editHours() error {
	of, err := v.whose()
	if err != nil {
		return err
	}
	version, _ := strconv.ParseInt(v.r.FormValue("versjon"), 10, 64)
	var wrong timebok.Reasons
	var week []booking.Hours
	for day := time.Sunday; day <= time.Saturday; day++ {
		field := "d" + strconv.Itoa(int(day))
		for _, part := range []string{"", "b"} {
			from, to := v.r.FormValue(field+"fra"+part), v.r.FormValue(field+"til"+part)
			if from == "" && to == "" {
				continue
			}
			start, err := time.Parse("15:04", from)
			end, err2 := time.Parse("15:04", to)
			if err != nil || err2 != nil {
				wrong.Add(timebok.BadValue, v.Weekday(day))
				continue
			}
			week = append(week, booking.Hours{
				Day: day, From: clock.New(start.Hour(), start.Minute(), 0, 0), To: clock.New(end.Hour(), end.Minute(), 0, 0),
			})
		}
	}
	if err := wrong.Invalid(); err != nil {
		return err
	}
	err = v.update(v.r.Context(), func(ctx context.Context, tx storage.Tx) error {
		s, err := tx.Schedule(ctx, of)
		if err != nil && !errors.Is(err, timebok.ErrNotFound) {
			return err
		}
		s.Practitioner, s.Version, s.Week = of, version+1, week
		if err := s.Validate(); err != nil {
			return err
		}
		tx.Save(s, timebok.Audit(v.desk.Source, v.actor(), "schedule.change", s, timebok.ClientID{}))
		return nil
	})
	if err != nil {
		return err
	}
	v.live.tell("calendar")
	v.say("Lagret.")
	return v.redirect("/innstillinger")
}

// addAbsence enters that a practitioner is away for whole days.
func (v *visit) addAbsence() error {
	of, err := v.whose()
	if err != nil {
		return err
	}
	first, last := v.startOf(v.r.FormValue("fra"), "00:00"), v.startOf(v.r.FormValue("til"), "00:00")
	a := booking.Absence{
		ID: timebok.New[booking.Absence](v.desk.Source), Version: 1, Practitioner: of, Kind: booking.AbsenceKind(v.r.FormValue("slag")),
		Time: timebok.Period{Start: first, End: timebok.Day(timebok.DayOf(last, v.zone), v.zone).End},
	}
	if first.IsZero() || last.IsZero() {
		return timebok.Reasons{timebok.Missing.At("Time")}.Invalid()
	}
	if err := a.Validate(); err != nil {
		return err
	}
	err = v.update(v.r.Context(), func(_ context.Context, tx storage.Tx) error {
		tx.Save(a, timebok.Audit(v.desk.Source, v.actor(), "absence.add", a, timebok.ClientID{}))
		return nil
	})
	if err != nil {
		return err
	}
	v.live.tell("calendar")
	v.say("Lagret.")
	return v.redirect("/innstillinger")
}
