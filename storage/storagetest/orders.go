package storagetest

import (
	"cmp"
	"context"
	"fmt"
	"iter"
	"slices"
	"time"

	"github.com/timebok/timebok"
	"github.com/timebok/timebok/booking"
	"github.com/timebok/timebok/insurance"
	"github.com/timebok/timebok/invoice"
	"github.com/timebok/timebok/series"
	"github.com/timebok/timebok/storage"
)

// manyBookings returns bookings that begin at few different times, so that the ID
// decides. Those that would overlap are cancelled, or were allowed to.
func (e *env) manyBookings() []booking.Booking {
	states := []booking.State{booking.Cancelled, booking.EnteredInError, booking.Booked, booking.Completed}
	var out []booking.Booking
	for i := range 40 {
		b := e.Booking(fmt.Sprint("many ", i), time.Duration(i%5)*30*time.Minute)
		b.State = states[i%len(states)]
		b.Practitioner = []timebok.PractitionerID{e.Anne.ID, e.Kari.ID, e.Left.ID}[i%3]
		b.Overrides = []booking.Override{{At: Monday, Codes: []string{booking.SlotTaken.Code()}, Why: "test", Sequence: b.Sequence}}
		if i%7 < 3 {
			b.Client = e.Åse.ID
		} else if i%7 < 5 {
			b.Series = e.Case.ID
		}
		out = append(out, b)
	}
	slices.SortFunc(out, byStart)
	return out
}

func byStart(a, b booking.Booking) int {
	return cmp.Or(a.Time.Start.Compare(b.Time.Start), a.ID.Compare(b.ID))
}

func listBookings(e *env) {
	all := e.manyBookings()
	e.save(append(shuffled(all), e.Records()...)...)
	anne, kari := e.Anne.ID, e.Kari.ID
	early := timebok.Lasting(Monday.Add(45*time.Minute), 15*time.Minute)
	for _, f := range []booking.Filter{
		{}, {Practitioners: []timebok.PractitionerID{anne}}, {Practitioners: []timebok.PractitionerID{kari, anne}},
		{Client: e.Åse.ID}, {Series: e.Case.ID}, {Within: early},
		{States: []booking.State{booking.Booked}}, {States: []booking.State{booking.Completed, booking.Cancelled}},
		{Practitioners: []timebok.PractitionerID{anne}, Within: early},
		{Practitioners: []timebok.PractitionerID{kari, e.Left.ID}, Within: early, States: []booking.State{booking.Booked}},
		{Client: e.Ola.ID, Within: early}, {Client: e.Ola.ID, Series: e.Case.ID},
		{Series: e.Case.ID, Practitioners: []timebok.PractitionerID{anne}, States: []booking.State{booking.Booked}},
		{Client: e.Åse.ID, Series: e.Case.ID}, {Within: timebok.Lasting(Monday.Add(-time.Hour), time.Hour)},
	} {
		want := slices.DeleteFunc(slices.Clone(all), func(b booking.Booking) bool { return !passes(b, f) })
		wantPages(e, fmt.Sprintf("Bookings(%+v)", f), want,
			func(ctx context.Context, tx storage.Tx, after *booking.Booking, limit int) iter.Seq2[booking.Booking, error] {
				f.After, f.Limit = after, limit
				return tx.Bookings(ctx, f)
			})
	}
}

func passes(b booking.Booking, f booking.Filter) bool {
	return (len(f.Practitioners) == 0 || slices.Contains(f.Practitioners, b.Practitioner)) &&
		(f.Client.IsZero() || f.Client == b.Client) && (f.Series.IsZero() || f.Series == b.Series) &&
		(f.Within.IsZero() || f.Within.Overlaps(b.Time)) &&
		(len(f.States) == 0 || slices.Contains(f.States, b.State))
}

func listInvoices(e *env) {
	var all []invoice.Invoice
	for i := range 24 {
		v := invoice.Invoice{
			ID: e.invoiceID(fmt.Sprint(i)), Version: 1, Kind: invoice.Bill, State: invoice.Draft,
			Party: []timebok.BillingPartyID{e.Company.ID, e.SoleTrader.ID}[i%2], Client: e.Ola.ID,
		}
		if i%3 > 0 {
			v.State, v.Number = invoice.Issued, int64(i*i) // 1, 4, ... 400: no order of digits
		}
		if i%4 == 0 {
			v.Series = e.Case.ID
		}
		if i%5 == 0 {
			v.Client = e.Åse.ID
		}
		all = append(all, v)
	}
	slices.SortFunc(all, func(a, b invoice.Invoice) int {
		if a.Number == 0 || b.Number == 0 {
			return cmp.Or(-cmp.Compare(min(a.Number, 1), min(b.Number, 1)), a.ID.Compare(b.ID))
		}
		return cmp.Or(a.Party.Compare(b.Party), cmp.Compare(a.Number, b.Number))
	})
	e.save(append(shuffled(all), e.Clinic.Clinic)...)
	for _, f := range []invoice.Filter{
		{}, {Party: e.Company.ID}, {Client: e.Åse.ID}, {Series: e.Case.ID}, {States: []invoice.State{invoice.Draft}},
		{Party: e.SoleTrader.ID, Client: e.Ola.ID, States: []invoice.State{invoice.Issued, invoice.Paid}},
	} {
		want := slices.DeleteFunc(slices.Clone(all), func(v invoice.Invoice) bool {
			return !f.Party.IsZero() && v.Party != f.Party || !f.Client.IsZero() && v.Client != f.Client ||
				!f.Series.IsZero() && v.Series != f.Series || len(f.States) > 0 && !slices.Contains(f.States, v.State)
		})
		wantPages(e, fmt.Sprintf("Invoices(%+v)", f), want,
			func(ctx context.Context, tx storage.Tx, after *invoice.Invoice, limit int) iter.Seq2[invoice.Invoice, error] {
				f.After, f.Limit = after, limit
				return tx.Invoices(ctx, f)
			})
	}
}

func listAudit(e *env) {
	var all []timebok.AuditEntry
	for i := range 30 {
		a := e.audit(fmt.Sprint("list ", i), []timebok.Record{e.Ola, e.Åse, e.Case}[i%3])
		a.At, a.On.Version = Monday.Add(time.Duration(i%4)*time.Second), int64(i)
		a.Client = []timebok.ClientID{e.Ola.ID, e.Åse.ID, {}}[i%5%3]
		all = append(all, a)
	}
	slices.SortFunc(all, func(a, b timebok.AuditEntry) int { return cmp.Or(a.At.Compare(b.At), a.ID.Compare(b.ID)) })
	e.save(append(shuffled(all), e.Clinic.Clinic)...)
	for _, f := range []storage.AuditFilter{
		{}, {Client: e.Ola.ID}, {On: e.Åse.Ref()}, {On: e.Case.Ref(), Client: e.Åse.ID},
	} {
		want := slices.DeleteFunc(slices.Clone(all), func(a timebok.AuditEntry) bool {
			return !f.Client.IsZero() && a.Client != f.Client || f.On != timebok.Ref{} && a.On.ID != f.On.ID
		})
		wantPages(e, fmt.Sprintf("Audit(%+v)", f), want,
			func(ctx context.Context, tx storage.Tx, after *timebok.AuditEntry, limit int) iter.Seq2[timebok.AuditEntry, error] {
				f.After, f.Limit = after, limit
				return tx.Audit(ctx, f)
			})
	}
}

func listMessages(e *env) {
	var all []storage.Queued
	var messages []timebok.Message
	for i := range manyPages {
		m := e.message(fmt.Sprint(i), Monday.Add(time.Duration(i%3)*time.Minute))
		m.Kind = timebok.MessageKind([]string{"a", "b"}[i%2])
		m.Client = []timebok.ClientID{e.Ola.ID, e.Åse.ID, {}}[i%5%3]
		all, messages = append(all, storage.Queued{Message: m, Clinic: e.Clinic.ID}), append(messages, m)
	}
	slices.SortFunc(all, func(a, b storage.Queued) int { return cmp.Or(a.Due.Compare(b.Due), a.ID.Compare(b.ID)) })
	e.save(append(shuffled(messages), e.Clinic.Clinic)...)
	for _, f := range []storage.MessageFilter{
		{}, {Kind: "a"}, {Client: e.Åse.ID}, {Kind: "b", Client: e.Ola.ID}, {Buried: new(false)}, {Buried: new(true)},
	} {
		want := slices.DeleteFunc(slices.Clone(all), func(q storage.Queued) bool {
			return f.Kind != "" && q.Kind != f.Kind || !f.Client.IsZero() && q.Client != f.Client || f.Buried != nil && *f.Buried
		})
		if diff := same(e.queued(f), want); diff != "" {
			e.Errorf("Messages(%+v) (-want +got):\n%s", f, diff)
		}
		f.Limit = 3
		if diff := same(e.queued(f), want[:min(3, len(want))]); diff != "" {
			e.Errorf("Messages(%+v) (-want +got):\n%s", f, diff)
		}
	}
}

func listClients(e *env) {
	var all []timebok.Client
	for i := range 20 {
		c := e.Åse
		c.ID, c.Name = idOf[timebok.Client](e.ids, fmt.Sprint("client ", i)), timebok.Hide(fmt.Sprint("Nr. ", 20-i))
		all = append(all, c)
	}
	slices.SortFunc(all, func(a, b timebok.Client) int { return a.ID.Compare(b.ID) })
	e.save(append(shuffled(all), e.Clinic.Clinic)...)
	wantPages(e, "Clients", all,
		func(ctx context.Context, tx storage.Tx, after *timebok.Client, limit int) iter.Seq2[timebok.Client, error] {
			if after == nil {
				after = &timebok.Client{}
			}
			return tx.Clients(ctx, after.ID, limit)
		})
}

func listMasterData(e *env) {
	e.save(e.Records()...)
	e.view(func(ctx context.Context, tx storage.Tx) error {
		wantByID(e, tx.BillingParties(ctx), e.Company, e.SoleTrader)
		wantByID(e, tx.Practitioners(ctx), e.Anne, e.Kari, e.Left)
		wantByID(e, tx.Services(ctx), e.Talk, e.Physio, e.Massage, e.Obsolete)
		wantByID(e, tx.Payers(ctx), e.Insurer, e.Employer)
		wantByID(e, tx.PriceAgreements(ctx), e.Agreed)
		return nil
	})
}

func wantByID[R timebok.Record](e *env, list iter.Seq2[R, error], want ...R) {
	e.Helper()
	sortByID(want)
	got, err := collect(list)
	if diff := same(got, want); diff != "" || err != nil {
		e.Errorf("list of %T: %v (-want +got):\n%s", want[0], err, diff)
	}
}

func listAbsences(e *env) {
	absence := func(name string, of timebok.PractitionerID, start, length time.Duration) booking.Absence {
		return booking.Absence{
			ID: idOf[booking.Absence](e.ids, name), Version: 1, Practitioner: of,
			Time: timebok.Lasting(Monday.Add(start), length), Kind: booking.Vacation,
		}
	}
	within := timebok.Lasting(Monday, time.Hour)
	in := []booking.Absence{
		absence("long", e.Anne.ID, -1000*time.Hour, 2000*time.Hour), absence("ends in it", e.Anne.ID, -time.Hour, time.Hour+time.Microsecond),
		absence("a", e.Anne.ID, 0, time.Hour), absence("b", e.Anne.ID, 0, time.Minute), absence("c", e.Anne.ID, 0, time.Hour),
		absence("begins in it", e.Anne.ID, time.Hour-time.Microsecond, 48*time.Hour),
	}
	out := []booking.Absence{
		absence("before", e.Anne.ID, -time.Hour, time.Hour), absence("after", e.Anne.ID, time.Hour, time.Hour),
		absence("another's", e.Kari.ID, 0, time.Hour),
	}
	slices.SortFunc(in, func(a, b booking.Absence) int {
		return cmp.Or(a.Time.Start.Compare(b.Time.Start), a.ID.Compare(b.ID))
	})
	e.save(append(shuffled(append(slices.Clone(in), out...)), e.Clinic.Clinic)...)
	e.view(func(ctx context.Context, tx storage.Tx) error {
		got, err := collect(tx.Absences(ctx, e.Anne.ID, within))
		if diff := same(got, in); diff != "" {
			e.Errorf("Absences (-want +got):\n%s", diff)
		}
		return err
	})
}

func listSeries(e *env) {
	var all []series.Series
	for i := range 12 {
		s := e.Paid
		s.ID, s.OpenedAt = idOf[series.Series](e.ids, fmt.Sprint("series ", i)), Monday.Add(time.Duration(i%4)*time.Hour)
		if i%5 == 0 {
			s.ClosedAt = Monday.Add(10 * time.Hour)
		}
		all = append(all, s)
	}
	slices.SortFunc(all, func(a, b series.Series) int { return cmp.Or(b.OpenedAt.Compare(a.OpenedAt), a.ID.Compare(b.ID)) })
	other := e.Paid
	other.Client = e.Åse.ID
	e.save(append(shuffled(all), e.Clinic.Clinic, other)...)
	e.view(func(ctx context.Context, tx storage.Tx) error {
		got, err := collect(tx.SeriesOf(ctx, e.Ola.ID))
		if diff := same(got, all); diff != "" {
			e.Errorf("SeriesOf (-want +got):\n%s", diff)
		}
		return err
	})
}

func listQuarantine(e *env) {
	var all, waiting []insurance.Received
	for i := range manyPages {
		r := e.fullReceived(fmt.Sprint("q-", i))
		r.At = Monday.Add(time.Duration(i%3) * time.Minute)
		if i%4 == 0 {
			r.Result, r.Content = insurance.New, nil
		} else {
			waiting = append(waiting, r)
		}
		all = append(all, r)
	}
	slices.SortFunc(waiting, func(a, b insurance.Received) int { return cmp.Or(a.At.Compare(b.At), a.ID().Compare(b.ID())) })
	e.save(append(shuffled(all), e.Clinic.Clinic)...)
	check := func() {
		e.Helper()
		e.view(func(ctx context.Context, tx storage.Tx) error {
			got, err := collect(tx.Quarantine(ctx))
			if diff := same(got, waiting); diff != "" {
				e.Errorf("Quarantine (-want +got):\n%s", diff)
			}
			return err
		})
	}
	check()
	solved := waiting[4]
	solved.Version, solved.Result, solved.Content = 2, insurance.Declined, nil
	e.save(solved)
	waiting = slices.Delete(waiting, 4, 5)
	check()
}
