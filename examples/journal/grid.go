package main

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"time"

	"github.com/rickb777/date"
	"github.com/timebok/timebok"
	"github.com/timebok/timebok/booking"
	"github.com/timebok/timebok/storage"
)

// step is how many minutes a row of the calendar's grid is high.
const step = 5

type hourMark struct {
	Row   int
	Clock string
}

// A column is one practitioner's day.
type column struct {
	Title, Note string // Note: a holiday's name
	Today       bool
	Blocks      []block // by start
}

// A block is what stands in a column: working hours, an absence, a booking or a
// free time. Row and Span place it, from the top of the grid.
type block struct {
	Kind      string // "open", "absence", "booking", "slot"
	Row, Span int
	Time      timebok.Period
	Link      string
	Booking   booking.Booking
	Absence   booking.AbsenceKind
	Client    timebok.Private
	Service   string
	Beside    bool // shares its time with the block before it
}

type overviewRow struct {
	Who   string
	Link  string
	Cells []overviewCell
}

type overviewCell struct {
	Link   string // to the day
	Closed bool
	Free   int
	Blocks []block
}

// loadCalendar reads what the page shows, in a number of steps that grows with the
// page and not with the database.
func (v *visit) loadCalendar(ctx context.Context, tx storage.Tx, c *calendarPage) error {
	staff, err := all(tx.Practitioners(ctx))
	if err != nil {
		return err
	}
	c.Staff = slices.DeleteFunc(staff, func(p timebok.Practitioner) bool { return p.Inactive })
	shown := slices.DeleteFunc(slices.Clone(c.Staff), func(p timebok.Practitioner) bool {
		return c.Whose != "" && p.ID.String() != c.Whose
	})
	ids := make([]timebok.PractitionerID, len(shown))
	for i, p := range shown {
		ids[i] = p.ID
	}
	within := timebok.Period{
		Start: timebok.Day(c.Days[0], v.zone).Start, End: timebok.Day(c.Days[len(c.Days)-1], v.zone).End,
	}
	if len(ids) == 0 { // no practitioner has that ID
		return nil
	}
	calendars, err := tx.LoadCalendars(ctx, ids, within)
	if err != nil {
		return err
	}
	blocks, err := v.bookingBlocks(ctx, tx, c, ids, within)
	if err != nil {
		return err
	}
	shape, err := v.slotShape(ctx, tx, c.Panel)
	if err != nil {
		return err
	}
	for i, calendar := range calendars {
		mine := blocks[ids[i]]
		for _, a := range calendar.Absences {
			mine = append(mine, block{Kind: "absence", Time: a.Time, Absence: a.Kind})
		}
		free, err := calendar.Free(nil, within, shape, 0)
		if err != nil {
			return err
		}
		for _, s := range free {
			if s.Time.Start.After(v.now()) {
				mine = append(mine, block{Kind: "slot", Time: s.Time, Link: c.newAt(s, v.zone)})
			}
		}
		blocks[ids[i]] = mine
	}
	if c.Week && c.Whose == "" {
		v.overview(c, shown, calendars, blocks)
		return nil
	}
	for i, p := range shown {
		for _, day := range c.Days {
			col := v.column(calendars[i], day, blocks[p.ID])
			if len(col.Blocks) == 0 && (day.Weekday() == time.Saturday || day.Weekday() == time.Sunday) && c.Week {
				continue
			}
			if col.Title = p.Name; c.Week {
				col.Title = v.ShortDay(day)
			}
			c.Columns = append(c.Columns, col)
		}
	}
	c.place(v.zone)
	return nil
}

// bookingBlocks reads the bookings of practitioners with the names of their clients.
func (v *visit) bookingBlocks(ctx context.Context, tx storage.Tx, c *calendarPage, ids []timebok.PractitionerID, within timebok.Period) (map[timebok.PractitionerID][]block, error) {
	names := map[timebok.ClientID]timebok.Private{}
	services, err := serviceNames(ctx, tx)
	if err != nil {
		return nil, err
	}
	out := map[timebok.PractitionerID][]block{}
	for b, err := range tx.Bookings(ctx, booking.Filter{Practitioners: ids, Within: within}) {
		if err != nil {
			return nil, err
		}
		if b.State == booking.EnteredInError {
			continue
		}
		if _, known := names[b.Client]; !known {
			client, err := tx.Client(ctx, b.Client)
			if err != nil {
				return nil, err
			}
			names[b.Client] = client.Name
		}
		out[b.Practitioner] = append(out[b.Practitioner], block{
			Kind: "booking", Time: b.Time, Booking: b, Client: names[b.Client], Service: services[b.Service],
			Link: c.URL("booking", b.ID.String()),
		})
	}
	return out, nil
}

// slotShape is how long the free times are: as the service of the panel, else as
// the first that the clinic offers.
func (v *visit) slotShape(ctx context.Context, tx storage.Tx, p *panel) (booking.Shape, error) {
	id := therapyID
	if p != nil && p.service != nil {
		id = p.service.ID
	}
	s, err := tx.Service(ctx, id)
	shape := booking.Shape{Duration: s.Duration, Before: s.Before, After: s.After}
	shape.Step = (s.Before + s.Duration + s.After).Round(30 * time.Minute)
	return shape, err
}

// column is what happens on one day of a practitioner, in order.
func (v *visit) column(calendar booking.Calendar, day date.Date, blocks []block) column {
	whole := timebok.Day(day, v.zone)
	col := column{Note: v.holiday(day), Today: day == v.today()}
	if calendar.Schedule != nil {
		for _, open := range calendar.Schedule.Open(day, v.zone) {
			col.Blocks = append(col.Blocks, block{Kind: "open", Time: open})
		}
	}
	for _, b := range blocks {
		if b.Time.Overlaps(whole) {
			b.Time = timebok.Period{Start: later(b.Time.Start, whole.Start), End: earlier(b.Time.End, whole.End)}
			col.Blocks = append(col.Blocks, b)
		}
	}
	order := map[string]int{"open": 0, "absence": 1, "slot": 2, "booking": 3}
	slices.SortStableFunc(col.Blocks, func(a, b block) int {
		if (a.Kind == "open") != (b.Kind == "open") { // the ground that the others stand on
			return order[a.Kind] - order[b.Kind]
		}
		if d := a.Time.Start.Compare(b.Time.Start); d != 0 {
			return d
		}
		return order[a.Kind] - order[b.Kind]
	})
	var until time.Time
	for i := range col.Blocks {
		b := &col.Blocks[i]
		if b.Kind != "open" {
			b.Beside = b.Time.Start.Before(until)
			until = later(until, b.Time.End)
		}
	}
	return col
}

// overview counts and lists everybody's week.
func (v *visit) overview(c *calendarPage, shown []timebok.Practitioner, calendars []booking.Calendar, blocks map[timebok.PractitionerID][]block) {
	for len(c.Days) > 5 && c.Days[len(c.Days)-1].Weekday() != time.Friday {
		c.Days = c.Days[:len(c.Days)-1]
	}
	for i, p := range shown {
		row := overviewRow{Who: p.Name, Link: c.URL("hos", p.ID.String())}
		for _, day := range c.Days {
			cell := overviewCell{Link: c.URL("hos", p.ID.String(), "vis", "dag", "dag", day.Format(time.DateOnly)), Closed: true}
			for _, b := range v.column(calendars[i], day, blocks[p.ID]).Blocks {
				switch b.Kind {
				case "open":
					cell.Closed = false
				case "slot":
					cell.Free++
				default:
					cell.Blocks = append(cell.Blocks, b)
				}
			}
			row.Cells = append(row.Cells, cell)
		}
		c.Rows = append(c.Rows, row)
	}
}

// place gives the blocks their rows: the grid begins and ends with the first and
// the last whole hour of what is in it.
func (c *calendarPage) place(zone *time.Location) {
	first, last := 8*60, 16*60
	for _, col := range c.Columns {
		for _, b := range col.Blocks {
			from, to := minutes(b.Time, zone)
			first, last = min(first, from/60*60), max(last, (to+59)/60*60)
		}
	}
	for i := range c.Columns {
		for k := range c.Columns[i].Blocks {
			b := &c.Columns[i].Blocks[k]
			from, to := minutes(b.Time, zone)
			b.Row, b.Span = (from-first)/step+1, max((to-from)/step, 1)
		}
	}
	for m := first; m < last; m += 60 {
		c.Hours = append(c.Hours, hourMark{(m-first)/step + 1, time.Time{}.Add(time.Duration(m) * time.Minute).Format("15.04")})
	}
}

// minutes are the wall times of a period on one day, counted from midnight.
func minutes(p timebok.Period, zone *time.Location) (from, to int) {
	start, end := p.Start.In(zone), p.End.In(zone)
	from, to = start.Hour()*60+start.Minute(), end.Hour()*60+end.Minute()
	if to <= from { // up to midnight, or through the hour that autumn repeats
		to = min(from+int(p.Duration().Minutes()), 24*60)
	}
	return from, to
}

func earlier(a, b time.Time) time.Time {
	if b.Before(a) {
		return b
	}
	return a
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}

// gridCSS places the calendar's blocks: row r1 to r288 of five minutes each, and
// as many for their length. It is made here because the security policy allows no
// style attribute.
func gridCSS(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "text/css; charset=utf-8")
	for n := 1; n <= 24*60/step; n++ {
		fmt.Fprintf(w, ".r%d{grid-row-start:%d}.s%d{grid-row-end:span %d}\n", n, n, n, n)
	}
}
