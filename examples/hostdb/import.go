package main

import (
	"context"
	"embed"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"iter"
	"strconv"
	"time"

	"github.com/rickb777/date"
	"github.com/timebok/timebok"
	"github.com/timebok/timebok/booking"
	"github.com/timebok/timebok/series"
	"github.com/timebok/timebok/storage"
)

// The earlier journal system gave us three lists.
//
//go:embed import/*.csv
var lists embed.FS

// importAll moves the earlier system in: clients, open cases with what was used of
// them, sessions that were held, and sessions to come. Every ID is derived from
// the number that the thing had there. So the import can be run again, after it
// was cut off or after the other side sent a new list: what is here already stays
// as it is, and what is not the same is reported.
func (h *host) importAll(ctx context.Context) error {
	for range 2 {
		report, err := h.driver.Import(ctx, clinicID, h.earlier(), &storage.ImportOptions{
			Batch: 4, // so that there is progress to see; leave it out for the default
			Progress: func(r storage.ImportReport) {
				fmt.Fprintf(h.out, "  %d records\n", r.Total())
			},
		})
		if err != nil {
			return err
		}
		fmt.Fprintf(h.out, "Imported: %d new, %d there already, %d differ, %d refused.\n",
			report.Added, report.Same, len(report.Differs), len(report.Refused))
		for _, ref := range report.Refused { // IDs only: the host knows whom they name
			fmt.Fprintf(h.out, "Refused: %s\n", ref)
		}
	}
	s, used, err := h.useOf(ctx, "7KLMN")
	if err != nil {
		return err
	}
	fmt.Fprintf(h.out, "Case %s: %d of %d sessions are used.\n", s.Case.Number, used.Lines[0].Used, used.Lines[0].Cap.Sessions)
	return nil
}

// earlier streams the lists as records, line by line: they may be larger than
// memory. What others hang on comes first.
func (h *host) earlier() iter.Seq2[timebok.Record, error] {
	return func(yield func(timebok.Record, error) bool) {
		for _, list := range []struct {
			name   string
			record func(line) (timebok.Record, error)
		}{
			{"clients", h.client}, {"cases", h.openCase}, {"sessions", h.session},
		} {
			for l, err := range readCSV("import/" + list.name + ".csv") {
				var r timebok.Record
				if err == nil {
					r, err = list.record(l)
				}
				if err != nil {
					// The line's number, and never what stands in it.
					yield(nil, fmt.Errorf("%s.csv, line %d: %w", list.name, l.number, err))
					return
				}
				if !yield(r, nil) {
					return
				}
			}
		}
	}
}

// A line is the columns of a line by name.
type line struct {
	number int
	of     map[string]string
}

func (l line) num(column string) (int, error) { return strconv.Atoi(l.of[column]) }

func readCSV(name string) iter.Seq2[line, error] {
	return func(yield func(line, error) bool) {
		f, err := lists.Open(name)
		if err != nil {
			yield(line{}, err)
			return
		}
		defer f.Close()
		r := csv.NewReader(f)
		head, err := r.Read()
		for n := 2; ; n++ {
			var values []string
			if err == nil {
				values, err = r.Read()
			}
			if errors.Is(err, io.EOF) {
				return
			}
			l := line{n, map[string]string{}}
			for i, v := range values {
				l.of[head[i]] = v
			}
			if !yield(l, err) || err != nil {
				return
			}
		}
	}
}

// idIn is the ID of a thing of the earlier system.
func idIn[T any](kind, number string) timebok.ID[T] {
	return timebok.DeriveID[T]("hostdb", "earlier", kind, number)
}

func (h *host) client(l line) (timebok.Record, error) {
	c := timebok.Client{
		ID: idIn[timebok.Client]("client", l.of["no"]), Version: 1,
		Name: timebok.Hide(l.of["name"]), Lang: timebok.Bokmaal, Origin: timebok.Imported,
	}
	if l.of["born"] != "" {
		born, err := time.Parse(time.DateOnly, l.of["born"])
		if err != nil {
			return nil, timebok.Reasons{timebok.BadValue.At("born")}.Invalid()
		}
		c.BirthDate = new(date.NewAt(born))
	}
	return c, c.Validate()
}

// openCase makes a series with its cap and, as its opening balance, the sessions
// that were used before those of the third list.
func (h *host) openCase(l line) (timebok.Record, error) {
	approved, err := l.num("approved")
	if err != nil {
		return nil, timebok.Reasons{timebok.BadValue.At("approved")}.Invalid()
	}
	used, err := l.num("used")
	if err != nil {
		return nil, timebok.Reasons{timebok.BadValue.At("used")}.Invalid()
	}
	s, err := series.Open(series.Series{
		ID: idIn[series.Series]("case", l.of["sakID"]), Client: idIn[timebok.Client]("client", l.of["client"]),
		Kind: series.InsuranceCase, Name: "Forsikringssak " + l.of["sakID"],
		Case: series.Case{Network: timebok.Behandlernettverk, Number: l.of["sakID"]},
	}, series.Approval{
		At: monday, Source: series.ByHand, By: h.by,
		Terms: series.Terms{
			Caps:    []series.Cap{series.Sessions(approved)},
			Billing: timebok.Billing{To: timebok.Recipient{Payer: timebok.DeriveID[timebok.Payer]("hostdb", l.of["insurer"])}, By: timebok.EHF},
		},
	}, monday)
	if err != nil || used == 0 {
		return s, err
	}
	return s.Adjust(series.Adjustment{At: monday, By: h.by, Opening: true, Sessions: used})
}

// session makes a booking. What was held is invoiced already: its charge stands on
// an invoice of the earlier system, so that nobody bills it again.
func (h *host) session(l line) (timebok.Record, error) {
	start, err := time.Parse(time.RFC3339, l.of["start"])
	if err != nil {
		return nil, timebok.Reasons{timebok.BadValue.At("start")}.Invalid()
	}
	b := booking.Booking{
		ID: idIn[booking.Booking]("session", l.of["no"]), Version: 1, Sequence: 1,
		Client: idIn[timebok.Client]("client", l.of["client"]), Practitioner: anneID, Service: talkID,
		Time: timebok.Lasting(start, 45*time.Minute), Zone: timebok.OsloZone,
		Price: timebok.Kroner(1450), Billing: timebok.BillClient, Origin: timebok.Imported, State: booking.Booked,
	}
	if l.of["sakID"] != "" {
		b.Series = idIn[series.Series]("case", l.of["sakID"])
		b.Billing = timebok.Billing{To: timebok.Recipient{Payer: timebok.DeriveID[timebok.Payer]("hostdb", l.of["insurer"])}, By: timebok.EHF}
	}
	if l.of["held"] == "yes" {
		b.State = booking.Completed
		b.Charges = []booking.Charge{{
			Billing: b.Billing, Amount: b.Price, Invoice: timebok.InvoiceID(idIn[booking.Booking]("invoice", l.of["no"])), Issued: true,
		}}
	}
	return b, nil
}

// useOf counts what is used of a case.
func (h *host) useOf(ctx context.Context, sakID string) (s series.Series, used series.Use, err error) {
	err = h.store.View(ctx, clinicID, func(ctx context.Context, tx storage.Tx) error {
		v, err := tx.LoadBooking(ctx, booking.Needs{Series: idIn[series.Series]("case", sakID)})
		if err == nil {
			s, used = *v.Series, v.Series.Use(booking.Sessions(v.InSeries))
		}
		return err
	})
	return s, used, err
}
