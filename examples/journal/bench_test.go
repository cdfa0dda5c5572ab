package main

import (
	"fmt"
	"iter"
	"net/http"
	"net/http/httptest"
	"os"
	"strconv"
	"testing"
	"time"

	"github.com/rickb777/date"
	"github.com/rickb777/date/clock"
	"github.com/timebok/timebok"
	"github.com/timebok/timebok/booking"
	"github.com/timebok/timebok/storage"
)

// BenchmarkWeek shows a week of the whole clinic, and of one practitioner, in a clinic
// of 40 with a tenth of the bookings and with all. What matters is that more bookings
// do not make it slower. TIMEBOK_BENCH_BOOKINGS=1000000 says how many; without it
// there are 20,000.
func BenchmarkWeek(b *testing.B) {
	most := 20_000
	if text := os.Getenv("TIMEBOK_BENCH_BOOKINGS"); text != "" {
		var err error
		if most, err = strconv.Atoi(text); err != nil {
			b.Fatal(err)
		}
	}
	for _, n := range []int{most / 10, most} {
		c := newClinic(b)
		c.grow(n)
		g := c.as("admin")
		for name, path := range map[string]string{
			"clinic":       "/kalender",
			"practitioner": "/kalender?hos=" + benchPractitioner(0).String(),
		} {
			b.Run(fmt.Sprintf("%s/bookings=%d", name, n), func(b *testing.B) {
				r := httptest.NewRequest("GET", path, nil)
				for _, cookie := range g.client.Jar.Cookies(must(http.NewRequest("GET", c.url, nil)).URL) {
					r.AddCookie(cookie)
				}
				h := c.handler()
				for b.Loop() {
					w := httptest.NewRecorder()
					if h.ServeHTTP(w, r); w.Code != 200 || w.Body.Len() < 10_000 {
						b.Fatalf("status %d, %d bytes", w.Code, w.Body.Len())
					}
				}
			})
		}
	}
}

const benchStaff, benchADay = 40, 7

func benchPractitioner(i int) timebok.PractitionerID {
	return timebok.DeriveID[timebok.Practitioner]("bench", strconv.Itoa(i))
}

// grow imports 40 practitioners who see seven clients on every working day, for as
// many days around this week as there are bookings.
func (c *clinic) grow(bookings int) {
	c.t.Helper()
	bulk, ok := c.store.Driver.(storage.Bulk)
	if !ok {
		c.t.Fatalf("%T takes no import", c.store.Driver)
	}
	report, err := bulk.Import(c.t.Context(), clinicID, c.records(bookings), nil)
	if err != nil || len(report.Refused)+len(report.Differs) > 0 || report.Added < bookings {
		c.t.Fatalf("imported %+v: %v", report, err)
	}
}

func (c *clinic) records(bookings int) iter.Seq2[timebok.Record, error] {
	return func(yield func(timebok.Record, error) bool) {
		hours := booking.Schedule{Version: 1}
		for day := time.Monday; day <= time.Friday; day++ {
			hours.Week = append(hours.Week, booking.Hours{Day: day, From: clock.New(8, 0, 0, 0), To: clock.New(16, 0, 0, 0)})
		}
		for i := range benchStaff {
			hours.Practitioner = benchPractitioner(i)
			p := timebok.Practitioner{ID: hours.Practitioner, Version: 1, Name: fmt.Sprintf("Behandler %02d", i+1)}
			if !yield(p, nil) || !yield(hours, nil) {
				return
			}
		}
		clients := make([]timebok.ClientID, max(bookings/20, 5*benchStaff*benchADay)) // nobody comes twice a week
		for i := range clients {
			clients[i] = timebok.DeriveID[timebok.Client]("bench", strconv.Itoa(i))
			born := date.New(1950, time.January, 1).Add(date.PeriodOfDays(i % 20_000))
			client := timebok.Client{
				ID: clients[i], Version: 1, Name: timebok.Hide("Klient " + strconv.Itoa(i)), BirthDate: &born, Origin: timebok.Imported,
			}
			if !yield(client, nil) {
				return
			}
		}
		day := booking.AddWorkingDays(c.today(), -bookings/(benchStaff*benchADay)/2)
		for n := 0; n < bookings; day = booking.AddWorkingDays(day, 1) {
			for k := 0; k < benchADay*benchStaff && n < bookings; k++ {
				start := timebok.At(day, clock.New(8+k/benchStaff, 0, 0, 0), c.zone)
				b := booking.Booking{
					ID: timebok.DeriveID[booking.Booking]("bench", strconv.Itoa(n)), Version: 1, Sequence: 1,
					Client: clients[n%len(clients)], Practitioner: benchPractitioner(k % benchStaff), Service: therapyID,
					Time: timebok.Lasting(start, 50*time.Minute), After: 10 * time.Minute, Zone: timebok.OsloZone,
					Price: timebok.Kroner(1250), Billing: timebok.BillClient, Origin: timebok.Imported, State: booking.Booked,
				}
				if !yield(b, nil) {
					return
				}
				n++
			}
		}
	}
}
