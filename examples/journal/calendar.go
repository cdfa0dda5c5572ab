package main

import (
	"context"
	"net/http"
	"net/url"
	"time"

	"github.com/rickb777/date"
	"github.com/timebok/timebok"
	"github.com/timebok/timebok/booking"
	"github.com/timebok/timebok/storage"
)

// A calendarPage is a week or a day of one practitioner, or of all.
type calendarPage struct {
	Day   date.Date // which is looked at
	Days  []date.Date
	Week  bool
	Whose string // a practitioner's ID; "": all of the clinic
	Staff []timebok.Practitioner

	Hours   []hourMark
	Columns []column      // of a day, or of a practitioner's week
	Rows    []overviewRow // of everybody's week

	Panel *panel       // «Ny hendelse»
	Open  *bookingPage // a booking that is looked at
}

// showCalendar shows the calendar, with «Ny hendelse» or a booking on its right.
func (v *visit) showCalendar() error {
	q := v.r.URL.Query()
	var p *panel
	if q.Has("ny") {
		p = v.readPanel(q)
		if err := v.searchCase(p); err != nil {
			return err
		}
	}
	return v.renderCalendar(q, p)
}

func (v *visit) renderCalendar(q url.Values, p *panel) error {
	c := &calendarPage{Week: q.Get("vis") != "dag", Whose: q.Get("hos"), Panel: p}
	if !v.IsAdmin() {
		c.Whose = v.user.Of.String()
	}
	c.Day = v.dayOr(q.Get("dag"), v.comingDay())
	c.Days = []date.Date{c.Day}
	if c.Week {
		monday := c.Day.Add(-date.PeriodOfDays((c.Day.Weekday() + 6) % 7))
		c.Days = nil
		for n := range date.PeriodOfDays(7) {
			c.Days = append(c.Days, monday.Add(n))
		}
	}
	err := v.view(v.r.Context(), func(ctx context.Context, tx storage.Tx) error {
		if p != nil {
			if err := v.fillPanel(ctx, tx, p); err != nil {
				return err
			}
		}
		if id, err := timebok.ParseID[booking.Booking](q.Get("booking")); err == nil {
			if c.Open, err = v.openBooking(ctx, tx, id); err != nil {
				return err
			}
		}
		return v.loadCalendar(ctx, tx, c)
	})
	if err != nil {
		return err
	}
	if v.r.Method == http.MethodPost { // a command that was refused
		v.w.WriteHeader(http.StatusUnprocessableEntity)
	}
	return v.show("calendar", "Kalender", c)
}

// comingDay is today, and at the end of the week the first day of the next one.
func (v *visit) comingDay() date.Date {
	day := timebok.DayOf(v.now().Add(8*time.Hour), v.zone)
	if w := day.Weekday(); w == time.Saturday || w == time.Sunday {
		return day.Add((8 - date.PeriodOfDays(w)) % 7)
	}
	return v.today()
}

// dayOr reads a date of a form, or takes another.
func (v *visit) dayOr(text string, other date.Date) date.Date {
	t, err := time.Parse(time.DateOnly, text)
	if err != nil || t.Year() < 1900 || t.Year() > 2200 {
		return other
	}
	return date.NewAt(t)
}

// URL is the address of this calendar with some parameters changed.
func (c *calendarPage) URL(pairs ...string) string {
	q := url.Values{"dag": {c.Day.Format(time.DateOnly)}, "vis": {c.View()}}
	if c.Whose != "" {
		q.Set("hos", c.Whose)
	}
	for i := 0; i+1 < len(pairs); i += 2 {
		q.Set(pairs[i], pairs[i+1])
	}
	return "/kalender?" + q.Encode()
}

// WeekNumber is the number of the week by ISO 8601, as calendars in Norway have it.
func (c *calendarPage) WeekNumber() int {
	_, week := c.Days[0].ISOWeek()
	return week
}

// LastDay is the last day that is shown.
func (c *calendarPage) LastDay() date.Date { return c.Days[len(c.Days)-1] }

// View is the name of what is shown, in addresses.
func (c *calendarPage) View() string {
	if c.Week {
		return "uke"
	}
	return "dag"
}

// Move is the address so many weeks or days on.
func (c *calendarPage) Move(n int) string {
	if c.Week {
		n *= 7
	}
	return c.URL("dag", c.Day.Add(date.PeriodOfDays(n)).Format(time.DateOnly))
}

// newAt is the address of «Ny hendelse» at a free time. What the panel says
// already is kept.
func (c *calendarPage) newAt(s booking.Slot, zone *time.Location) string {
	start := s.Time.Start.In(zone)
	q := url.Values{}
	if c.Panel != nil {
		q = c.Panel.values()
	}
	q.Set("dag", c.Day.Format(time.DateOnly))
	q.Set("vis", c.View())
	if c.Whose != "" {
		q.Set("hos", c.Whose)
	}
	q.Set("ny", "1")
	q.Set("behandler", s.Practitioner.String())
	q.Set("dato", start.Format(time.DateOnly))
	q.Set("tid", start.Format("15:04"))
	return "/kalender?" + q.Encode()
}

// holiday is the name of a public holiday, "" on other days.
func (v *visit) holiday(day date.Date) string {
	for _, h := range booking.Holidays(day.Year()) {
		if h.Day == day {
			return h.Name(v.lang)
		}
	}
	return ""
}
