package main

import (
	"context"
	"errors"
	"time"

	"github.com/rickb777/date"
	"github.com/rickb777/date/clock"
	"github.com/timebok/timebok"
	"github.com/timebok/timebok/booking"
	"github.com/timebok/timebok/insurance"
	"github.com/timebok/timebok/series"
	"github.com/timebok/timebok/storage"
)

// The made-up clinic. The IDs are derived, so that a second start on the same
// database finds what the first one made.
const clinicName = "Fjordgata Psykologsenter"

var (
	clinicID = timebok.DeriveID[timebok.Clinic]("journal")
	partyID  = timebok.DeriveID[timebok.BillingParty]("journal")
	olaID    = timebok.DeriveID[timebok.Practitioner]("journal", "ola")
	mariID   = timebok.DeriveID[timebok.Practitioner]("journal", "mari")

	clinicEmail = must(timebok.ParseEmailAddress("time@fjordgata.example"))

	therapyID = timebok.DeriveID[timebok.Service]("journal", "therapy")
	firstID   = timebok.DeriveID[timebok.Service]("journal", "first")
	adviceID  = timebok.DeriveID[timebok.Service]("journal", "advice")

	ola  = timebok.Actor{User: "ola", Role: timebok.PractitionerRole, Clinic: clinicID}
	mari = timebok.Actor{User: "mari", Role: timebok.PractitionerRole, Clinic: clinicID}
)

// setUp enters the clinic and what has happened there so far, unless it is there.
func (j *journal) setUp(ctx context.Context) error {
	err := j.view(ctx, func(ctx context.Context, tx storage.Tx) error {
		_, err := tx.Clinic(ctx)
		return err
	})
	if !errors.Is(err, timebok.ErrNotFound) {
		return err
	}
	if err := j.update(ctx, j.enter); err != nil {
		return err
	}
	return j.past(ctx)
}

// enter saves the records that somebody would enter in the settings.
func (j *journal) enter(_ context.Context, tx storage.Tx) error {
	src := j.desk.Source
	clinic := timebok.Clinic{
		ID: clinicID, Version: 1, Name: clinicName, Zone: timebok.OsloZone, Lang: timebok.Bokmaal,
		Party: partyID, Address: timebok.Address{Street: "Fjordgata 1", PostalCode: "7010", City: "Trondheim"},
	}
	firm := timebok.BillingParty{
		ID: partyID, Version: 1, Name: "Fjordgata Psykologsenter AS", Org: must(timebok.ParseOrgNumber("923456783")),
		Form: timebok.LimitedCompany, Foretaksregisteret: true,
		Account: must(timebok.ParseBankAccount("12345678903")), KID: timebok.KID10,
		Address: clinic.Address, Email: must(timebok.ParseEmailAddress("faktura@fjordgata.example")),
	}
	records := []timebok.Record{clinic, firm, j.network.Connection()}
	for _, p := range []timebok.Practitioner{
		{ID: olaID, Name: "Ola Nord", HPR: must(timebok.ParseHPRNumber("1234567")), Keys: keys("ola-nord"), Email: must(timebok.ParseEmailAddress("ola@fjordgata.example"))},
		{ID: mariID, Name: "Mari Fjell", HPR: must(timebok.ParseHPRNumber("7654321")), Keys: keys("mari-fjell"), Email: must(timebok.ParseEmailAddress("mari@fjordgata.example"))},
	} {
		p.Version, p.Profession, p.Lang = 1, "Psykolog", timebok.Bokmaal
		hours := booking.Schedule{Practitioner: p.ID, Version: 1}
		for day := time.Monday; day <= time.Friday; day++ {
			hours.Week = append(hours.Week,
				booking.Hours{Day: day, From: clock.New(8, 0, 0, 0), To: clock.New(12, 0, 0, 0)},
				booking.Hours{Day: day, From: clock.New(12, 30, 0, 0), To: clock.New(16, 30, 0, 0)})
		}
		records = append(records, p, hours)
	}
	for _, s := range []timebok.Service{
		{ID: therapyID, Name: "Konsultasjon 50 minutter", Duration: 50 * time.Minute, After: 10 * time.Minute, Price: timebok.Kroner(1250), Keys: keys("B1010")},
		{ID: firstID, Name: "Førstegangssamtale 80 minutter", Duration: 80 * time.Minute, After: 10 * time.Minute, Price: timebok.Kroner(1900), Keys: keys("B1020")},
		{ID: adviceID, Name: "Rådgivning 30 minutter", Duration: 30 * time.Minute, Price: timebok.Kroner(700)},
	} {
		s.Version, s.VAT = 1, timebok.HealthService
		records = append(records, s)
	}
	for _, p := range people {
		if p.of.User == "" {
			continue // known to the network only
		}
		c := p.client()
		records = append(records, c, timebok.Audit(src, p.of, "client.create", c, c.ID))
	}
	for _, a := range []booking.Absence{
		{Practitioner: olaID, Kind: booking.Course, Time: timebok.Period{Start: j.workday(3, 12, 30), End: j.workday(3, 16, 30)}},
		{Practitioner: mariID, Kind: booking.Vacation, Time: timebok.Period{Start: j.workday(2, 8, 0), End: j.workday(2, 16, 30)}},
	} {
		a.ID, a.Version = timebok.New[booking.Absence](src), 1
		records = append(records, a)
	}
	var wrong timebok.Reasons
	for _, r := range records {
		if r, ok := r.(interface{ Validate() error }); ok {
			if err := wrong.Join("", r.Validate()); err != nil {
				return err
			}
		}
	}
	tx.Save(records...)
	return wrong.Invalid()
}

// past carries out what the therapists have done before today.
func (j *journal) past(ctx context.Context) error {
	for _, s := range []struct {
		by   timebok.Actor
		who  string
		sak  string
		with timebok.PractitionerID
		held []time.Time // were delivered
		next []time.Time // are booked
	}{
		{ola, "kari", "6QPTR", olaID, j.workdays(9, 0, -8, -5, -1), j.workdays(9, 0, 2, 7)},
		{ola, "per", "7LAST", olaID, j.workdays(13, 30, -2), nil},
		{mari, "tor", "5TAKE", mariID, j.workdays(10, 0, -4), j.workdays(10, 0, 1, 6)},
		{ola, "siv", "", olaID, j.workdays(10, 0, -3), j.workdays(14, 30, 1)},
		{ola, "siv", "", olaID, nil, j.workdays(15, 0, -1)}, // was she there?
	} {
		err := j.update(ctx, func(ctx context.Context, tx storage.Tx) error {
			r := booking.Request{Client: person(s.who).client().ID, With: s.with, Service: adviceID}
			if s.sak != "" {
				opened, err := j.openCase(ctx, tx, s.by, r.Client, s.sak)
				if err != nil {
					return err
				}
				r.Series, r.Service = opened.ID, therapyID
			}
			for i, start := range append(s.held, s.next...) {
				r.Start = start
				b, err := j.desk.Book(ctx, tx, s.by, r)
				if err != nil {
					return err
				}
				if i < len(s.held) {
					if _, err := j.desk.Complete(ctx, tx, s.by, b.ID, b.Version); err != nil {
						return err
					}
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// openCase opens the series of a case that the built-in network knows. Its look-up
// waits for nobody, so here it may stand in a transaction; see panel.go for how a
// host does it.
func (j *journal) openCase(ctx context.Context, tx storage.Tx, by timebok.Actor, client timebok.ClientID, sakID string) (series.Series, error) {
	found, err := j.cases.Search(ctx, j.network, j.network.Connection(), sakID)
	if err != nil {
		return series.Series{}, err
	}
	return j.cases.Open(ctx, tx, by, client, found)
}

// A someone is a made-up person, with the case that the network has approved.
type someone struct {
	key, Name string
	Born      date.Date
	email     string
	of        timebok.Actor // whose client; zero: not in the journal yet

	Sak      string // sakID; "": no case
	Sessions int    // that the case covers
	Closed   bool
	from, to int // its validity, in days from today
}

var people = []someone{
	{key: "kari", Name: "Kari Demovik", Born: date.New(1955, time.November, 10), email: "kari@example.com", of: ola, Sak: "6QPTR", Sessions: 10, from: -60, to: 200},
	{key: "nils", Name: "Nils Prøvesen", Born: date.New(1979, time.May, 2), email: "nils@example.com", of: ola, Sak: "8XK2M", Sessions: 6, from: -10, to: 180},
	{key: "per", Name: "Per Siste", Born: date.New(1990, time.July, 21), email: "per@example.com", of: ola, Sak: "7LAST", Sessions: 2, from: -60, to: 120},
	{key: "siv", Name: "Siv Selvbetal", Born: date.New(1969, time.January, 30), email: "siv@example.com", of: ola},
	{key: "liv", Name: "Liv Utenpost", Born: date.New(1972, time.June, 17), of: ola, Sak: "9SLUT", Sessions: 4, Closed: true, from: -300, to: 60},
	{key: "tor", Name: "Tor Tåkeheim", Born: date.New(1983, time.September, 5), email: "tor@example.com", of: mari, Sak: "5TAKE", Sessions: 8, from: -60, to: 200},
	{key: "anne", Name: "Anne Testdal", Born: date.New(1988, time.March, 14), email: "anne@example.com", Sak: "2NEWC", Sessions: 5, from: -5, to: 180},
	{key: "jon", Name: "Jon Attest", Born: date.New(1994, time.December, 3), email: "jon@example.com", Sak: "3JATT", Sessions: 8, from: -5, to: 180},
	{key: "eva", Name: "Eva Skisse", Born: date.New(1976, time.August, 24), email: "eva@example.com", Sak: "4ESKI", Sessions: 4, from: -5, to: 180},
}

func person(key string) someone {
	for _, p := range people {
		if p.key == key {
			return p
		}
	}
	return someone{}
}

// client is the record of the person.
func (p someone) client() timebok.Client {
	c := timebok.Client{
		ID: timebok.DeriveID[timebok.Client]("journal", p.key), Version: 1, Name: timebok.Hide(p.Name),
		BirthDate: &p.Born, Lang: timebok.Bokmaal, Origin: timebok.Manual,
	}
	if p.email != "" {
		c.Email = must(timebok.ParseEmailAddress(p.email))
	}
	return c
}

// approved is the case of the person, as the network knows it.
func (p someone) approved(today date.Date) insurance.Case {
	from, to := today.Add(date.PeriodOfDays(p.from)), today.Add(date.PeriodOfDays(p.to))
	c := insurance.Case{
		Case:   series.Case{Network: timebok.Behandlernettverk, Number: p.Sak},
		Status: insurance.CaseOpen, BirthDate: &p.Born, ValidFrom: &from, ValidTo: &to,
		Caps: []series.Cap{series.Sessions(p.Sessions)},
		Payer: insurance.PayerInfo{
			Name: "Prøve Helseforsikring AS", Org: must(timebok.ParseOrgNumber("987654325")), DueDays: 30, ClaimDays: 60,
			Address: timebok.Address{Street: "Forsikringsveien 2", PostalCode: "0155", City: "Oslo"},
		},
	}
	if p.Closed {
		c.Status = insurance.CaseClosed
	}
	return c
}

func keys(key string) []timebok.NetworkKey {
	return []timebok.NetworkKey{{Network: timebok.Behandlernettverk, Key: key}}
}

func (j *journal) today() date.Date { return timebok.DayOf(j.now(), j.zone) }

// workday is a wall time on the nth working day from today.
func (j *journal) workday(n, hour, minute int) time.Time {
	return timebok.At(booking.AddWorkingDays(j.today(), n), clock.New(hour, minute, 0, 0), j.zone)
}

func (j *journal) workdays(hour, minute int, n ...int) []time.Time {
	out := make([]time.Time, len(n))
	for i := range n {
		out[i] = j.workday(n[i], hour, minute)
	}
	return out
}
