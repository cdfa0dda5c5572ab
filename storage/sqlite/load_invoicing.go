package sqlite

import (
	"context"
	"iter"

	"github.com/timebok/timebok"
	"github.com/timebok/timebok/booking"
	"github.com/timebok/timebok/internal/sqlrow"
	"github.com/timebok/timebok/invoice"
)

var (
	inNoSeries = from(sqlrow.Bookings, "AND client_id = ? AND series_id IS NULL ORDER BY starts, id")
	onLines    = from(sqlrow.Bookings, "AND id IN (SELECT unhex(value) FROM json_each(?)) ORDER BY starts, id")

	payersAmong        = among(sqlrow.Payers)
	servicesAmong      = among(sqlrow.Services)
	practitionersAmong = among(sqlrow.Practitioners)
)

// LoadInvoicing reads what a decision about invoices must know. The turn to write
// is the lock of all that the needs name.
func (t *tx) LoadInvoicing(ctx context.Context, n invoice.Needs) (invoice.View, error) {
	var v invoice.View
	if err := t.ready(ctx); err != nil {
		return v, err
	}
	r := &reading{t: t}
	v.Clinic = r.clinic()
	v.Invoice = optional(r, oneInvoice, n.Invoice)
	v.Series = optional(r, oneSeries, n.Series)
	v.Client = optional(r, oneClient, n.Client)
	v.Numbering = optional(r, oneNumbering, n.Party)
	v.Bookings = t.billed(r, n, v.Invoice)
	v.Parties = list(r, partiesAfter, first, int64(-1))

	payers, services, practitioners := sqlrow.Others(v)
	v.Payers = named(r, payersAmong, payers)
	v.Services = named(r, servicesAmong, services)
	v.Practitioners = named(r, practitionersAmong, practitioners)
	return v, r.err
}

// billed reads the bookings that the needs speak of.
func (t *tx) billed(r *reading, n invoice.Needs, v *invoice.Invoice) []booking.Booking {
	switch {
	case !n.Series.IsZero():
		return list(r, inSeries, idBytes(n.Series))
	case v != nil:
		return list(r, onLines, jsonIDs(sqlrow.OnLines(v)))
	case !n.Client.IsZero():
		return list(r, inNoSeries, idBytes(n.Client))
	}
	return nil
}

// named reads the records of IDs.
func named[T, K any](r *reading, s selection[T], ids []timebok.ID[K]) []T {
	if len(ids) == 0 {
		return nil
	}
	return list(r, s, jsonIDs(ids))
}

// Invoices lists issued invoices by party and number, and drafts after them by ID.
func (t *tx) Invoices(ctx context.Context, f invoice.Filter) iter.Seq2[invoice.Invoice, error] {
	return paged(ctx, t, f.Limit, func(last *invoice.Invoice, n int) ([]invoice.Invoice, error) {
		if last == nil {
			last = f.After
		}
		var issued []invoice.Invoice
		if last == nil || last.Number != 0 {
			w := chooseInvoices(f)
			w.and("number <> 0")
			if last != nil {
				w.and("(party_id, number) > (?, ?)", idBytes(last.Party), last.Number)
			}
			w.sql.WriteString(" ORDER BY party_id, number, id LIMIT ?")
			var err error
			issued, err = from(sqlrow.Invoices, w.sql.String()).all(t, append(w.args, int64(n))...)
			if err != nil || len(issued) == n {
				return issued, err
			}
		}
		w := chooseInvoices(f)
		w.and("number = 0")
		if last != nil && last.Number == 0 {
			w.and("id > ?", idBytes(last.ID))
		}
		w.sql.WriteString(" ORDER BY id LIMIT ?")
		drafts, err := from(sqlrow.Invoices, w.sql.String()).all(t, append(w.args, int64(n-len(issued)))...)
		return append(issued, drafts...), err
	})
}

func chooseInvoices(f invoice.Filter) *where {
	w := &where{}
	if !f.Series.IsZero() {
		w.and("series_id = ?", idBytes(f.Series))
	}
	if !f.Client.IsZero() {
		w.and("client_id = ?", idBytes(f.Client))
	}
	if !f.Party.IsZero() {
		w.and("party_id = ?", idBytes(f.Party))
	}
	if len(f.States) > 0 {
		w.in("state", jsonTexts(f.States))
	}
	return w
}
