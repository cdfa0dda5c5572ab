package storagetest

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/rickb777/date"
	"github.com/timebok/timebok"
	"github.com/timebok/timebok/booking"
	"github.com/timebok/timebok/insurance"
	"github.com/timebok/timebok/invoice"
	"github.com/timebok/timebok/series"
	"github.com/timebok/timebok/storage"
)

// inBoth runs fn in a View and in an Update, since their loads may differ.
func (e *env) inBoth(fn func(ctx context.Context, tx storage.Tx) error) {
	e.Helper()
	e.view(fn)
	if err := e.update(fn); err != nil {
		e.Error(err)
	}
}

func viewsHoldAll(e *env) {
	at := func(hours int) timebok.Period {
		return timebok.Lasting(Monday.Add(time.Duration(hours)*time.Hour), time.Hour)
	}
	absence := booking.Absence{ID: idOf[booking.Absence](e.ids, "a"), Version: 1, Practitioner: e.Anne.ID, Time: at(30), Kind: booking.Sick}
	elsewhere := absence
	elsewhere.ID, elsewhere.Practitioner = idOf[booking.Absence](e.ids, "b"), e.Kari.ID
	otherPrice := e.Agreed
	otherPrice.ID, otherPrice.Service = idOf[timebok.PriceAgreement](e.ids, "other"), e.Physio.ID
	var bookings []booking.Booking
	for i, hour := range []int{0, 10, 20, 30, 40} {
		b := e.Booking(fmt.Sprint(i), time.Duration(hour)*time.Hour)
		b.Time, b.Series = at(hour), e.Case.ID
		b.Before, b.After = 30*time.Minute, 15*time.Minute
		bookings = append(bookings, b)
	}
	bookings[3].State, bookings[1].Series = booking.Cancelled, e.Paid.ID
	e.save(append(shuffled(bookings), e.Records()...)...)
	e.save(absence, elsewhere, otherPrice, e.Schedule(e.Left.ID)) // who has left is never offered, whatever the hours say
	e.wantBusyInOrder()
	schedule := e.Schedule(e.Anne.ID)
	busy := func(b booking.Booking) booking.Busy { return booking.Busy{Booking: b.ID, Time: b.Occupied()} }
	// From the last microsecond of the first one's buffer to the first of the last
	// but one's: both occupy a part of it.
	within := timebok.Period{Start: bookings[0].Occupied().End.Add(-time.Microsecond), End: at(40).Start.Add(-30*time.Minute + time.Microsecond)}
	calendar := booking.Calendar{
		Practitioner: e.Anne.ID, Zone: e.Zone, Schedule: &schedule, Absences: []booking.Absence{absence},
		Busy: []booking.Busy{busy(bookings[0]), busy(bookings[1]), busy(bookings[2]), busy(bookings[4])},
	}
	narrow := timebok.Period{Start: within.Start.Add(time.Microsecond), End: within.End.Add(-time.Microsecond)}
	inner := calendar
	inner.Busy = calendar.Busy[1:3]
	e.inBoth(func(ctx context.Context, tx storage.Tx) error {
		for _, c := range []struct {
			what  string
			needs booking.Needs
			want  booking.View
		}{
			{"nothing", booking.Needs{}, booking.View{}},
			{"all", booking.Needs{
				Booking: bookings[2].ID, Practitioner: e.Anne.ID, Client: e.Ola.ID, Service: e.Talk.ID, Series: e.Case.ID, Within: within,
			}, booking.View{
				Booking: &bookings[2], Practitioner: &e.Anne, Client: &e.Ola, Service: &e.Talk, Series: &e.Case,
				InSeries: booking.CountedOf([]booking.Booking{bookings[0], bookings[2], bookings[3], bookings[4]}), Agreements: []timebok.PriceAgreement{e.Agreed},
				Calendar: calendar,
			}},
			{"a narrower calendar", booking.Needs{Practitioner: e.Anne.ID, Within: narrow},
				booking.View{Practitioner: &e.Anne, Calendar: inner}},
			{"no calendar", booking.Needs{Practitioner: e.Anne.ID}, booking.View{Practitioner: &e.Anne}},
			{"what does not exist", booking.Needs{
				Booking: e.Booking("none", 0).ID, Practitioner: e.Booking("none", 0).Practitioner, Client: timebok.ClientID(e.Talk.ID),
				Service: timebok.ServiceID(e.Ola.ID), Series: series.ID(e.Ola.ID),
			}, booking.View{Practitioner: &e.Anne}},
		} {
			got, err := tx.LoadBooking(ctx, c.needs)
			if err != nil {
				return err
			}
			c.want.Clinic = e.Clinic.Clinic
			if diff := same(got, c.want); diff != "" {
				e.Errorf("LoadBooking of %s (-want +got):\n%s", c.what, diff)
			}
		}
		if err := e.wantSessionsCalendar(ctx, tx, calendar); err != nil {
			return err
		}
		away := booking.Calendar{Practitioner: e.Kari.ID, Zone: e.Zone, Absences: []booking.Absence{elsewhere}, Schedule: new(e.Schedule(e.Kari.ID))}
		none := booking.Calendar{Practitioner: e.Left.ID, Zone: e.Zone}
		unknown := booking.Calendar{Practitioner: timebok.PractitionerID(e.Ola.ID), Zone: e.Zone}
		of := []timebok.PractitionerID{e.Left.ID, e.Kari.ID, e.Anne.ID, unknown.Practitioner}
		got, err := tx.LoadCalendars(ctx, of, within)
		if diff := same(got, []booking.Calendar{none, away, calendar, unknown}); diff != "" {
			e.Errorf("LoadCalendars (-want +got):\n%s", diff)
		}
		if err == nil {
			got, err = tx.LoadCalendars(ctx, nil, within)
		}
		if len(got) != 0 {
			e.Errorf("LoadCalendars of nobody: %v", got)
		}
		return err
	})
	e.wantNoClinic(func(ctx context.Context, tx storage.Tx) error { return only(tx.LoadBooking(ctx, booking.Needs{})) })
}

// wantSessionsCalendar fails unless what is read for a session that starts at some time
// holds all of a calendar that matters to it. It may hold more, but no more than if the
// service weren't known.
func (e *env) wantSessionsCalendar(ctx context.Context, tx storage.Tx, all booking.Calendar) error {
	e.Helper()
	for hour := -1; hour < 42; hour++ {
		for _, n := range []booking.Needs{
			{Service: e.Talk.ID}, {Service: e.Talk.ID, Length: 3 * time.Hour}, {}, {Length: 15 * time.Minute},
		} {
			n.Practitioner, n.Start = all.Practitioner, Monday.Add(time.Duration(hour)*time.Hour)
			v, err := tx.LoadBooking(ctx, n)
			if err != nil {
				return err
			}
			for _, b := range all.Busy {
				has := slices.Contains(v.Calendar.Busy, b)
				if needed, most := b.Time.Overlaps(n.Calendar(v.Service)), b.Time.Overlaps(n.Calendar(nil)); needed && !has || has && !most {
					e.Errorf("LoadBooking of %+v: that %v is occupied is there: %v", n, b.Time, has)
				}
			}
		}
	}
	return nil
}

// wantBusyInOrder fails unless busy times are by their own start, which a buffer
// may put before that of a session that begins earlier.
func (e *env) wantBusyInOrder() {
	e.Helper()
	later := allowed(e.session("later, with a long buffer", 10_030, 30))
	later.Before = time.Hour
	earlier := allowed(e.session("earlier", 10_000, 30))
	e.save(earlier, later)
	within := timebok.Lasting(earlier.Time.Start.Add(-2*time.Hour), 4*time.Hour)
	e.inBoth(func(ctx context.Context, tx storage.Tx) error {
		calendars, err := tx.LoadCalendars(ctx, []timebok.PractitionerID{e.Kari.ID}, within)
		if err != nil {
			return err
		}
		want := []booking.Busy{{Booking: later.ID, Time: later.Occupied()}, {Booking: earlier.ID, Time: earlier.Occupied()}}
		if diff := same(calendars[0].Busy, want); diff != "" {
			e.Errorf("busy times (-want +got):\n%s", diff)
		}
		return nil
	})
}

// wantNoClinic fails unless a load in a clinic without a record says so.
func (e *env) wantNoClinic(load func(ctx context.Context, tx storage.Tx) error) {
	e.Helper()
	err := e.store.View(e.Context(), NewClinic("nowhere").Clinic.ID, load)
	wantError[*timebok.NotFoundError](e, "loading in a clinic that does not exist", err)
}

func intakeViews(e *env) {
	received, waiting, session := e.fullReceived("e-1"), e.fullReceived("e-2"), e.fullBooking()
	external := insurance.External{
		Version: 1, Network: timebok.Behandlernettverk, ID: "b-1", Seen: 3, Applied: 2, Booking: session.ID, Waiting: waiting.ID(),
	}
	number := must(timebok.ParseBirthNumber("41810021827"))
	namesake, twin, samePayer := e.Ola, e.Åse, e.Insurer
	namesake.ID, namesake.BirthNumber = idOf[timebok.Client](e.ids, "same birth date"), timebok.BirthNumber{}
	twin.ID, twin.BirthNumber = idOf[timebok.Client](e.ids, "same number"), number
	samePayer.ID = idOf[timebok.Payer](e.ids, "same org")
	both := e.Ola
	both.ID, both.BirthNumber, both.BirthDate = idOf[timebok.Client](e.ids, "both"), number, e.Ola.BirthDate
	e.save(append(e.Records(), received, waiting, session, external, namesake, twin, samePayer, both)...)
	gone, old := e.Left, e.Obsolete // inactive, with the keys of others, and before them by ID
	gone.ID, old.ID = timebok.PractitionerID{15: 1}, timebok.ServiceID{15: 1}
	e.save(gone, old)
	byID := func(clients ...timebok.Client) []timebok.Client {
		slices.SortFunc(clients, func(a, b timebok.Client) int { return a.ID.Compare(b.ID) })
		return clients
	}
	payer := &e.Insurer
	if samePayer.ID.Compare(payer.ID) < 0 {
		payer = &samePayer
	}
	bn := timebok.Behandlernettverk
	e.inBoth(func(ctx context.Context, tx storage.Tx) error {
		for _, c := range []struct {
			what  string
			needs insurance.IntakeNeeds
			want  insurance.IntakeView
		}{
			{"nothing", insurance.IntakeNeeds{}, insurance.IntakeView{}},
			{"all", insurance.IntakeNeeds{
				Network: bn, Event: "e-1", External: "b-1", Case: e.Case.Case, Practitioner: "anne-1", Treatment: "PSY45",
				PayerOrg: e.Insurer.Org, BirthDate: e.Ola.BirthDate, BirthNumber: number, Client: e.Åse.ID,
			}, insurance.IntakeView{
				Connection: &e.Connection, Received: &received, External: &external, Waiting: &waiting, Booking: &session,
				Series: &e.Case, Owner: &e.Ola, Client: &e.Åse, Candidates: byID(e.Ola, namesake, twin, both),
				Practitioner: &e.Anne, Service: &e.Talk, Payer: payer,
			}},
			{"by birth number", insurance.IntakeNeeds{Network: bn, BirthNumber: number},
				insurance.IntakeView{Connection: &e.Connection, Candidates: byID(twin, both)}},
			{"by birth date", insurance.IntakeNeeds{Network: bn, BirthDate: &date.Date{}},
				insurance.IntakeView{Connection: &e.Connection, Candidates: byID(e.Åse, twin)}},
			{"a second key", insurance.IntakeNeeds{Network: "other", Practitioner: "K", Treatment: "PSY45"},
				insurance.IntakeView{Practitioner: &e.Kari}},
			{"what does not exist", insurance.IntakeNeeds{
				Network: "other", Event: "e-1", External: "b-1", Case: series.Case{Network: "other", Number: "6QPTR"}, Practitioner: "anne-1",
				PayerOrg: e.Company.Org, BirthDate: new(date.New(2001, 1, 1)), Client: timebok.ClientID(e.Anne.ID),
				BirthNumber: must(timebok.ParseBirthNumber("41814061033")),
			}, insurance.IntakeView{}},
			{"the inactive only", insurance.IntakeNeeds{Network: bn, Practitioner: "nobody", Treatment: "nothing"},
				insurance.IntakeView{Connection: &e.Connection}},
		} {
			got, err := tx.LoadIntake(ctx, c.needs)
			if err != nil {
				return err
			}
			c.want.Clinic = e.Clinic.Clinic
			if diff := same(got, c.want); diff != "" {
				e.Errorf("LoadIntake of %s (-want +got):\n%s", c.what, diff)
			}
		}
		return nil
	})
	e.wantNoClinic(func(ctx context.Context, tx storage.Tx) error {
		return only(tx.LoadIntake(ctx, insurance.IntakeNeeds{Network: bn}))
	})
}

func invoicingViews(e *env) {
	full, bill := e.fullBooking(), e.fullInvoice() // full: Kari, physio, billed to the insurer; bill names it
	loose := e.Booking("loose", 72*time.Hour)
	loose.Charges = []booking.Charge{{Billing: timebok.Billing{To: timebok.Recipient{Payer: e.Employer.ID}, By: timebok.ByEmail}}}
	early, other := e.Booking("early", 0), e.Booking("of another", 96*time.Hour)
	early.Series, other.Client = e.Case.ID, e.Åse.ID
	numbering := invoice.Numbering{Party: e.Company.ID, Version: 1, Next: 7}
	e.save(append(e.Records(), full, loose, early, other, bill, numbering)...)
	e.inBoth(func(ctx context.Context, tx storage.Tx) error {
		for _, c := range []struct {
			what  string
			needs invoice.Needs
			want  invoice.View
		}{
			{"nothing", invoice.Needs{}, invoice.View{}},
			{"an invoice", invoice.Needs{Invoice: bill.ID}, invoice.View{
				Invoice: &bill, Bookings: []booking.Booking{full}, Payers: []timebok.Payer{e.Insurer},
				Services: []timebok.Service{e.Physio}, Practitioners: []timebok.Practitioner{e.Kari},
			}},
			{"a series", invoice.Needs{Series: e.Case.ID, Client: e.Ola.ID, Party: e.Company.ID}, invoice.View{
				Series: &e.Case, Client: &e.Ola, Numbering: &numbering, Bookings: []booking.Booking{early, full}, Payers: []timebok.Payer{e.Insurer},
				Services: []timebok.Service{e.Talk, e.Physio}, Practitioners: []timebok.Practitioner{e.Anne, e.Kari},
			}},
			{"an invoice and its series", invoice.Needs{Invoice: bill.ID, Series: e.Case.ID}, invoice.View{
				Invoice: &bill, Series: &e.Case, Bookings: []booking.Booking{early, full}, Payers: []timebok.Payer{e.Insurer},
				Services: []timebok.Service{e.Talk, e.Physio}, Practitioners: []timebok.Practitioner{e.Anne, e.Kari},
			}},
			{"a client", invoice.Needs{Client: e.Ola.ID}, invoice.View{
				Client: &e.Ola, Bookings: []booking.Booking{loose}, Payers: []timebok.Payer{e.Employer},
				Services: []timebok.Service{e.Talk}, Practitioners: []timebok.Practitioner{e.Anne},
			}},
			{"what does not exist", invoice.Needs{
				Invoice: e.invoiceID("none"), Series: series.ID(e.Ola.ID), Client: timebok.ClientID(e.Anne.ID), Party: e.SoleTrader.ID,
			}, invoice.View{}},
		} {
			got, err := tx.LoadInvoicing(ctx, c.needs)
			if err != nil {
				return err
			}
			c.want.Clinic = e.Clinic.Clinic
			c.want.Parties = []timebok.BillingParty{e.Company, e.SoleTrader}
			sortByID(c.want.Parties)
			sortByID(c.want.Services)
			sortByID(c.want.Practitioners)
			if diff := same(got, c.want); diff != "" {
				e.Errorf("LoadInvoicing of %s (-want +got):\n%s", c.what, diff)
			}
		}
		return nil
	})
	e.wantNoClinic(func(ctx context.Context, tx storage.Tx) error { return only(tx.LoadInvoicing(ctx, invoice.Needs{})) })
}

func sortByID[R timebok.Record](list []R) {
	slices.SortFunc(list, func(a, b R) int {
		x, y := a.Ref().ID, b.Ref().ID
		return slices.Compare(x[:], y[:])
	})
}
