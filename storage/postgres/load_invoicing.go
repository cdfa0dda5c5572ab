package postgres

import (
	"context"
	"iter"

	"github.com/timebok/timebok"
	"github.com/timebok/timebok/internal/sqlrow"
	"github.com/timebok/timebok/invoice"
)

var (
	inNoSeries = from(sqlrow.Bookings, "AND client_id = $2 AND series_id IS NULL ORDER BY starts, id")
	onLines    = from(sqlrow.Bookings, "AND id = ANY($2) ORDER BY starts, id")

	payersAmong        = among(sqlrow.Payers)
	servicesAmong      = among(sqlrow.Services)
	practitionersAmong = among(sqlrow.Practitioners)
)

// LoadInvoicing locks what the needs name and reads what a decision about invoices
// must know, in two round trips: only the bookings say which payers, services and
// practitioners they are about, and only the invoice which bookings.
func (t *tx) LoadInvoicing(ctx context.Context, n invoice.Needs) (invoice.View, error) {
	var v invoice.View
	r := newReading(t)
	r.lock(lockKey{seriesRank, n.Series.UUID()}, lockKey{clientRank, n.Client.UUID()}, lockKey{numberingRank, n.Party.UUID()})
	one(r, oneSeries, n.Series, &v.Series)
	one(r, oneClient, n.Client, &v.Client)
	one(r, oneNumbering, n.Party, &v.Numbering)
	r.readClinic(&v.Clinic)
	one(r, oneInvoice, n.Invoice, &v.Invoice)
	switch {
	case !n.Series.IsZero():
		r.add(inSeries.all(t, &v.Bookings, id(n.Series)))
	case !n.Client.IsZero() && n.Invoice.IsZero():
		r.add(inNoSeries.all(t, &v.Bookings, id(n.Client)))
	}
	r.add(partiesAfter.all(t, &v.Parties, first, nil))
	if err := r.send(ctx); err != nil {
		return invoice.View{}, err
	}
	if err := t.loadBilled(ctx, n, &v); err != nil {
		return invoice.View{}, err
	}
	return v, t.loadOthers(ctx, &v)
}

// loadBilled reads the bookings that the first round trip could not know of.
func (t *tx) loadBilled(ctx context.Context, n invoice.Needs, v *invoice.View) error {
	switch {
	case !n.Series.IsZero() || n.Invoice.IsZero():
		return nil
	case v.Invoice != nil:
		return t.read(ctx, onLines.all(t, &v.Bookings, ids(sqlrow.OnLines(v.Invoice))))
	case !n.Client.IsZero(): // there is no such invoice
		return t.read(ctx, inNoSeries.all(t, &v.Bookings, id(n.Client)))
	}
	return nil
}

// loadOthers reads the payers, services and practitioners that the view's records
// name.
func (t *tx) loadOthers(ctx context.Context, v *invoice.View) error {
	payers, services, practitioners := sqlrow.Others(*v)
	r := newReading(t)
	loadNamed(r, payersAmong, payers, &v.Payers)
	loadNamed(r, servicesAmong, services, &v.Services)
	loadNamed(r, practitionersAmong, practitioners, &v.Practitioners)
	if len(r.calls) == 0 {
		return nil
	}
	return r.send(ctx)
}

// loadNamed reads the records of IDs.
func loadNamed[T, K any](r *reading, s selection[T], of []timebok.ID[K], to *[]T) {
	if len(of) > 0 {
		r.add(s.all(r.t, to, ids(of)))
	}
}

// Invoices lists issued invoices by party and number, and drafts after them by ID.
func (t *tx) Invoices(ctx context.Context, f invoice.Filter) iter.Seq2[invoice.Invoice, error] {
	return sqlrow.Paged(f.Limit, func(last *invoice.Invoice, n int) ([]invoice.Invoice, error) {
		if last == nil {
			last = f.After
		}
		var issued []invoice.Invoice
		if last == nil || last.Number != 0 {
			w := chooseInvoices(f)
			w.and("number <> 0")
			switch {
			case last != nil && last.Party == f.Party: // chosen already
				w.and("number > ?", last.Number)
			case last != nil:
				w.and("(party_id, number) > (?, ?)", id(last.Party), last.Number)
			}
			w.add(" ORDER BY party_id, number LIMIT ?", int64(n))
			var err error
			issued, err = search(ctx, t, sqlrow.Invoices, w)
			if err != nil || len(issued) == n {
				return issued, err
			}
		}
		w := chooseInvoices(f)
		w.and("number = 0")
		if last != nil && last.Number == 0 {
			w.and("id > ?", id(last.ID))
		}
		w.add(" ORDER BY id LIMIT ?", int64(n-len(issued)))
		drafts, err := search(ctx, t, sqlrow.Invoices, w)
		return append(issued, drafts...), err
	})
}

func chooseInvoices(f invoice.Filter) *where {
	w := &where{}
	if !f.Series.IsZero() {
		w.and("series_id = ?", id(f.Series))
	}
	if !f.Client.IsZero() {
		w.and("client_id = ?", id(f.Client))
	}
	if !f.Party.IsZero() {
		w.and("party_id = ?", id(f.Party))
	}
	if len(f.States) > 0 {
		w.and("state = ANY(?)", texts(f.States))
	}
	return w
}
