package storagetest

import (
	"context"
	"fmt"
	"iter"
	"time"

	"github.com/timebok/timebok"
	"github.com/timebok/timebok/booking"
	"github.com/timebok/timebok/insurance"
	"github.com/timebok/timebok/invoice"
	"github.com/timebok/timebok/series"
	"github.com/timebok/timebok/storage"
)

var tenants = group{"Tenants", []clause{
	{"Nothing of another clinic is ever read or written. The same ID in two clinics is two records.", []check{
		{"the same ID in two clinics is two records", sameIDTwoRecords},
		{"another clinic's records are not found", foreignNotFound},
		{"another clinic's records are in no list", foreignNotListed},
		{"another clinic's records are in no view", foreignNotLoaded},
		{"another clinic's records are not changed", foreignNotChanged},
		{"unique keys and times are each clinic's own", keysPerClinic},
	}},
}}

// twoClinics saves everything in one clinic, and returns another one that has a
// record of its own and nothing else. Both use the same IDs.
func (e *env) twoClinics() *env {
	e.save(append(e.everything(), e.Clinic.Clinic)...)
	other := e.in(newClinic("B", e.ids))
	other.save(other.Clinic.Clinic)
	return other
}

func sameIDTwoRecords(e *env) {
	other := e.twoClinics()
	other.save(other.everything()...)
	other.wantStored(append(other.everything(), other.Clinic.Clinic)...)
	for _, r := range other.everything() {
		if second, ok := next(r); ok {
			other.save(second)
			other.wantStored(second)
		}
	}
	e.wantStored(append(e.everything(), e.Clinic.Clinic)...)
	for _, r := range other.everything() {
		if second, ok := next(r); ok {
			other.save(timebok.Deletion{Of: second.Ref()})
			other.wantNone(r)
		}
	}
	e.wantStored(append(e.everything(), e.Clinic.Clinic)...)
}

func foreignNotFound(e *env) {
	other := e.twoClinics()
	other.wantNone(e.everything()...)
	nowhere := e.in(NewClinic("nowhere"))
	nowhere.wantNone(append(e.everything(), nowhere.Clinic.Clinic)...)
	e.wantStored(append(e.everything(), e.Clinic.Clinic)...)
}

// lengths returns the length of every list there is, by its name.
func lengths(ctx context.Context, tx storage.Tx, e *env) (map[string]int, error) {
	out := map[string]int{}
	var failed error
	add := func(name string, n int, err error) {
		out[name] = n
		if err != nil && failed == nil {
			failed = fmt.Errorf("%s: %w", name, err)
		}
	}
	add(count("BillingParties", tx.BillingParties(ctx)))
	add(count("Practitioners", tx.Practitioners(ctx)))
	add(count("Services", tx.Services(ctx)))
	add(count("Payers", tx.Payers(ctx)))
	add(count("PriceAgreements", tx.PriceAgreements(ctx)))
	add(count("Clients", tx.Clients(ctx, timebok.ClientID{}, 0)))
	add(count("Absences", tx.Absences(ctx, e.Kari.ID, timebok.Lasting(Monday, time.Hour))))
	add(count("SeriesOf", tx.SeriesOf(ctx, e.Ola.ID)))
	add(count("Quarantine", tx.Quarantine(ctx)))
	add(count("Messages", tx.Messages(ctx, storage.MessageFilter{})))
	add(count("Messages of a client", tx.Messages(ctx, storage.MessageFilter{Client: e.Ola.ID})))
	add(count("Audit", tx.Audit(ctx, storage.AuditFilter{})))
	add(count("Audit of a client", tx.Audit(ctx, storage.AuditFilter{Client: e.Ola.ID})))
	add(count("Audit of a record", tx.Audit(ctx, storage.AuditFilter{On: e.fullBooking().Ref()})))
	session := e.fullBooking()
	for name, f := range map[string]booking.Filter{
		"Bookings": {}, "Bookings of a client": {Client: session.Client}, "Bookings of a series": {Series: session.Series},
		"Bookings of a practitioner": {Practitioners: []timebok.PractitionerID{session.Practitioner}},
		"Bookings of two":            {Practitioners: []timebok.PractitionerID{session.Practitioner, e.Anne.ID}},
		"Bookings in a time":         {Within: session.Time}, "Bookings by state": {States: []booking.State{session.State}},
	} {
		_, n, err := count("", tx.Bookings(ctx, f))
		add(name, n, err)
	}
	bill := e.fullInvoice()
	for name, f := range map[string]invoice.Filter{
		"Invoices": {}, "Invoices of a party": {Party: bill.Party}, "Invoices of a client": {Client: bill.Client},
		"Invoices of a series": {Series: bill.Series}, "Invoices by state": {States: []invoice.State{bill.State}},
	} {
		_, n, err := count("", tx.Invoices(ctx, f))
		add(name, n, err)
	}
	return out, failed
}

func count[T any](name string, list iter.Seq2[T, error]) (string, int, error) {
	all, err := collect(list)
	return name, len(all), err
}

func foreignNotListed(e *env) {
	other := e.twoClinics()
	other.view(func(ctx context.Context, tx storage.Tx) error {
		all, err := lengths(ctx, tx, e)
		for name, n := range all {
			if n != 0 {
				e.Errorf("%s lists %d records of another clinic", name, n)
			}
		}
		return err
	})
	e.view(func(ctx context.Context, tx storage.Tx) error { // or the test looks at nothing
		all, err := lengths(ctx, tx, e)
		for name, n := range all {
			if n == 0 {
				e.Errorf("%s lists nothing in the clinic's own transaction", name)
			}
		}
		return err
	})
}

func foreignNotLoaded(e *env) {
	other := e.twoClinics()
	session, bill := e.fullBooking(), e.fullInvoice()
	intake := insurance.IntakeNeeds{
		Network: timebok.Behandlernettverk, Event: "e-1", External: nasty, Case: e.Case.Case,
		Practitioner: "anne-1", Treatment: "PSY45", PayerOrg: e.Insurer.Org,
		BirthDate: e.Ola.BirthDate, BirthNumber: e.Ola.BirthNumber, Client: e.Ola.ID,
	}
	load := func(ctx context.Context, tx storage.Tx) error {
		v, err := tx.LoadBooking(ctx, e.needs(session))
		if err != nil {
			return err
		}
		empty := booking.View{Clinic: other.Clinic.Clinic, Calendar: v.Calendar}
		if diff := same(v, empty); diff != "" {
			e.Errorf("LoadBooking read of another clinic (-want +got):\n%s", diff)
		}
		calendars, err := tx.LoadCalendars(ctx, []timebok.PractitionerID{e.Kari.ID}, timebok.Lasting(Monday, 100*time.Hour))
		if err != nil {
			return err
		}
		for _, c := range append(calendars, v.Calendar) {
			if c.Schedule != nil || len(c.Busy)+len(c.Absences) > 0 {
				e.Errorf("a calendar of another clinic was read: %+v", c)
			}
		}
		in, err := tx.LoadIntake(ctx, intake)
		if err != nil {
			return err
		}
		if diff := same(in, insurance.IntakeView{Clinic: other.Clinic.Clinic}); diff != "" {
			e.Errorf("LoadIntake read of another clinic (-want +got):\n%s", diff)
		}
		for _, n := range []invoice.Needs{
			{Invoice: bill.ID, Series: e.Case.ID, Client: e.Ola.ID, Party: e.Company.ID}, {Client: e.Ola.ID},
		} {
			iv, err := tx.LoadInvoicing(ctx, n)
			if err != nil {
				return err
			}
			if diff := same(iv, invoice.View{Clinic: other.Clinic.Clinic}); diff != "" {
				e.Errorf("LoadInvoicing read of another clinic (-want +got):\n%s", diff)
			}
		}
		return nil
	}
	other.view(load)
	if err := other.update(load); err != nil {
		e.Error(err)
	}
}

func foreignNotChanged(e *env) {
	other := e.twoClinics()
	for _, r := range e.everything() {
		if second, ok := next(r); ok {
			wantError[*timebok.StaleError](e, "replacing "+r.Ref().String()+" of another clinic", other.trySave(second))
			wantError[*timebok.StaleError](e, "deleting "+r.Ref().String()+" of another clinic",
				other.trySave(timebok.Deletion{Of: r.Ref()}))
		}
	}
	leased := e.lease("t", Monday, 10)
	if len(leased) != 1 || leased[0].Clinic != e.Clinic.ID {
		e.Fatalf("leased %+v, want the message of the one clinic", leased)
	}
	key := storage.LeaseKey{Token: "t", Clinic: other.Clinic.ID, ID: leased[0].ID}
	if done, err := e.driver.Done(e.Context(), key); done || err != nil {
		e.Errorf("Done in another clinic: %v, %v", done, err)
	}
	e.settle(e.driver.Bury(e.Context(), storage.LeaseKey{Token: "t", Clinic: e.Clinic.ID, ID: leased[0].ID}, "x"))
	err := other.update(func(ctx context.Context, tx storage.Tx) error {
		return tx.Requeue(ctx, leased[0].ID, Monday)
	})
	wantError[*timebok.NotFoundError](e, "requeueing another clinic's message", err)
	e.wantStored(append(e.everything(), e.Clinic.Clinic)...)
}

// keysPerClinic saves in a second clinic, under other IDs, what has the same
// unique keys, and bookings of the same practitioner's ID at the same time.
func keysPerClinic(e *env) {
	e.save(append(e.everything(), e.Clinic.Clinic)...)
	session := e.Booking("here", 0)
	e.save(session)
	other := e.in(newClinic("B", "other IDs"))
	other.save(append(other.everything(), other.Clinic.Clinic)...)
	there := other.Booking("there", 0)
	there.Practitioner = session.Practitioner
	other.save(there)
	e.wantStored(append(e.everything(), session)...)
	other.wantStored(append(other.everything(), there)...)
	if found := e.ofCase(); found != e.Case.ID {
		e.Errorf("the case is that of series %v, want %v", found, e.Case.ID)
	}
}

// ofCase returns the series that the clinic has for the case of Case.
func (e *env) ofCase() (id series.ID) {
	e.Helper()
	e.view(func(ctx context.Context, tx storage.Tx) error {
		v, err := tx.LoadIntake(ctx, insurance.IntakeNeeds{Network: e.Case.Case.Network, Case: e.Case.Case})
		if v.Series != nil {
			id = v.Series.ID
		}
		return err
	})
	return id
}
