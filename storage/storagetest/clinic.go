package storagetest

import (
	"context"
	"testing"
	"time"

	"github.com/rickb777/date"
	"github.com/rickb777/date/clock"
	"github.com/timebok/timebok"
	"github.com/timebok/timebok/booking"
	"github.com/timebok/timebok/insurance"
	"github.com/timebok/timebok/series"
	"github.com/timebok/timebok/storage"
)

// A Clinic is a made-up clinic: two firms under one roof, of which an AS is the
// clinic's own and an ENK a practitioner's. Every number in it is synthetic or an
// example of its specification. The same name always gives the same IDs.
type Clinic struct {
	timebok.Clinic
	Company    timebok.BillingParty // AS, bills for the clinic
	SoleTrader timebok.BillingParty // ENK, of Kari

	Anne timebok.Practitioner // psychologist, billed by Company, known at Behandlernettverk
	Kari timebok.Practitioner // physiotherapist, bills herself
	Left timebok.Practitioner // does not work here any more

	Talk     timebok.Service // 45 minutes, with a treatment code
	Physio   timebok.Service // 30 minutes, buffers of 5 and 10 minutes, with a treatment code
	Massage  timebok.Service // an hour, taxed, without a treatment code
	Obsolete timebok.Service // not offered any more

	Insurer  timebok.Payer // receives EHF
	Employer timebok.Payer // billed by e-mail
	Agreed   timebok.PriceAgreement

	Ola  timebok.Client // an adult with a birth number and an e-mail address
	Åse  timebok.Client // born 1970-01-01, without a birth number
	Case series.Series  // of Ola: sakID 6QPTR, ten sessions
	Paid series.Series  // of Ola: pays himself, no cap

	Connection insurance.Connection // to Behandlernettverk

	ids string // what the IDs of the records are made of
}

// Monday is a Monday, 07:00 in Oslo, in a week without holidays. The Clinic opens
// at 08:00.
var Monday = time.Date(2026, 3, 2, 6, 0, 0, 0, time.UTC)

// NewClinic returns the made-up clinic of a name. Clinics of two names share no ID.
func NewClinic(name string) *Clinic {
	return newClinic(name, name)
}

// newClinic makes a clinic whose ID and whose records' IDs come from two names.
func newClinic(name, ids string) *Clinic {
	c := &Clinic{ids: ids}
	c.Clinic = timebok.Clinic{
		ID: timebok.DeriveID[timebok.Clinic]("storagetest", name), Version: 1,
		Name: "Fjordgløtt klinikk " + name, Zone: timebok.OsloZone, Lang: timebok.Nynorsk,
		Address: timebok.Address{Street: "Prøvevegen 7", PostalCode: "6100", City: "Volda"},
	}
	c.addFirms()
	c.addStaff()
	c.addServices()
	c.addPayers()
	c.addClients()
	return c
}

func (c *Clinic) addFirms() {
	c.Company = timebok.BillingParty{
		ID: idOf[timebok.BillingParty](c.ids, "company"), Version: 1,
		Name: "Fjordgløtt klinikk AS", Org: must(timebok.ParseOrgNumber("988077917")),
		Form: timebok.LimitedCompany, Foretaksregisteret: true,
		Account: must(timebok.ParseBankAccount("86011117947")), KID: timebok.KID10,
		Address: c.Address, Email: must(timebok.ParseEmailAddress("faktura@example.com")),
	}
	c.SoleTrader = timebok.BillingParty{
		ID: idOf[timebok.BillingParty](c.ids, "sole trader"), Version: 1,
		Name: "Kari Prøve Fysioterapi", Org: must(timebok.ParseOrgNumber("923456783")),
		Form: timebok.SoleTrader, VATRegistered: true,
		IBAN:    must(timebok.ParseIBAN("NO9386011117947")),
		Address: c.Address,
	}
	c.Party = c.Company.ID
}

func (c *Clinic) addStaff() {
	c.Anne = timebok.Practitioner{
		ID: idOf[timebok.Practitioner](c.ids, "anne"), Version: 1,
		Name: "Anne Prøve", HPR: must(timebok.ParseHPRNumber("1234567")), Profession: "Psykolog",
		Email: must(timebok.ParseEmailAddress("anne@example.com")), Lang: timebok.Nynorsk,
		Keys: []timebok.NetworkKey{{Network: timebok.Behandlernettverk, Key: "anne-1"}},
	}
	c.Kari = timebok.Practitioner{
		ID: idOf[timebok.Practitioner](c.ids, "kari"), Version: 1,
		Name: "Kari Prøve", Profession: "Fysioterapeut", Party: c.SoleTrader.ID,
		Keys: []timebok.NetworkKey{
			{Network: timebok.Behandlernettverk, Key: "kari-2"}, {Network: "other", Key: "K"},
		},
	}
	c.Left = timebok.Practitioner{
		ID: idOf[timebok.Practitioner](c.ids, "left"), Version: 1,
		Name: "Liv Prøve", Inactive: true,
		Keys: []timebok.NetworkKey{{Network: timebok.Behandlernettverk, Key: "anne-1"}},
	}
}

func (c *Clinic) addServices() {
	key := func(code string) []timebok.NetworkKey {
		return []timebok.NetworkKey{{Network: timebok.Behandlernettverk, Key: code}}
	}
	c.Talk = timebok.Service{
		ID: idOf[timebok.Service](c.ids, "talk"), Version: 1, Name: "Psykologtime, 45 min",
		Duration: 45 * time.Minute, Price: timebok.Kroner(1450), VAT: timebok.HealthService, Keys: key("PSY45"),
	}
	c.Physio = timebok.Service{
		ID: idOf[timebok.Service](c.ids, "physio"), Version: 1, Name: "Fysioterapi, 30 min",
		Duration: 30 * time.Minute, Before: 5 * time.Minute, After: 10 * time.Minute,
		Price: timebok.Ore(69_550), VAT: timebok.HealthService, Keys: key("FYS30"),
	}
	c.Massage = timebok.Service{
		ID: idOf[timebok.Service](c.ids, "massage"), Version: 1, Name: "Massasje",
		Duration: time.Hour, Price: timebok.Kroner(900),
		VAT: timebok.VAT{Category: timebok.Standard, Rate: 2500},
	}
	c.Obsolete = timebok.Service{
		ID: idOf[timebok.Service](c.ids, "obsolete"), Version: 1, Name: "Telefontime",
		Duration: 20 * time.Minute, Price: timebok.Kroner(400), VAT: timebok.HealthService,
		Keys: key("PSY45"), Inactive: true,
	}
}

func (c *Clinic) addPayers() {
	c.Insurer = timebok.Payer{
		ID: idOf[timebok.Payer](c.ids, "insurer"), Version: 1,
		Name: "Fjellforsikring AS", Org: must(timebok.ParseOrgNumber("995525828")),
		Address: timebok.Address{Street: "Prøvegata 1", PostalCode: "0150", City: "Oslo", Country: "NO"},
		EHF:     true, DueDays: 30, ClaimDays: 60,
		Disclose: []timebok.Disclosure{timebok.DiscloseTherapistHPR},
	}
	c.Employer = timebok.Payer{
		ID: idOf[timebok.Payer](c.ids, "employer"), Version: 1,
		Name: "Verft AS", Org: must(timebok.ParseOrgNumber("974761106")),
		Email: must(timebok.ParseEmailAddress("bilag@example.com")), DueDays: 14,
	}
	c.Agreed = timebok.PriceAgreement{
		ID: idOf[timebok.PriceAgreement](c.ids, "agreed"), Version: 1,
		Payer: c.Insurer.ID, Party: c.Company.ID, Service: c.Talk.ID,
		Price: timebok.Ore(132_050), From: date.New(2026, 1, 1),
	}
}

func (c *Clinic) addClients() {
	c.Ola = timebok.Client{
		ID: idOf[timebok.Client](c.ids, "ola"), Version: 1,
		Name: timebok.Hide("Ola Blåbær Prøvesen"), BirthDate: new(date.New(1955, 11, 10)),
		BirthNumber: must(timebok.ParseBirthNumber("10915596784")),
		Email:       must(timebok.ParseEmailAddress("ola@example.com")),
		Phone:       must(timebok.ParsePhoneNumber("+4740000000")),
		Address:     timebok.Hide("Prøvevegen 1, 6100 Volda"), Lang: timebok.Bokmaal, Origin: timebok.Manual,
		Consents: []timebok.Consent{
			{Channel: timebok.SMS, At: Monday.Add(-time.Hour), By: c.Actor()}, {Channel: timebok.SMS, Given: true, At: Monday, By: c.Actor()},
		},
	}
	c.Åse = timebok.Client{
		ID: idOf[timebok.Client](c.ids, "åse"), Version: 1,
		Name: timebok.Hide("Åse Prøve"), BirthDate: &date.Date{}, Origin: timebok.FromNetwork,
	}
	insured := timebok.Billing{To: timebok.Recipient{Payer: c.Insurer.ID}, By: timebok.EHF}
	c.Case = c.series("case", series.Series{
		Kind: series.InsuranceCase, Name: "Forsikringssak 6QPTR", FetchedAt: Monday,
		Case: series.Case{Network: timebok.Behandlernettverk, Number: "6QPTR"},
	}, series.Terms{
		ValidFrom: new(date.New(2026, 1, 1)), ValidTo: new(date.New(2026, 12, 31)),
		Caps: []series.Cap{series.Sessions(10)}, Billing: insured,
	})
	c.Paid = c.series("paid", series.Series{Kind: series.SelfPaying, Name: "Betalar sjølv"},
		series.Terms{Billing: timebok.BillClient})
	c.Paid.OpenedAt = Monday.Add(time.Hour)
	c.Connection = insurance.Connection{
		Version: 1, Network: timebok.Behandlernettverk, Account: "klinikk-1", Status: insurance.Connected, Since: Monday,
	}
}

// series opens a series of Ola.
func (c *Clinic) series(name string, s series.Series, terms series.Terms) series.Series {
	s.ID, s.Client = idOf[series.Series](c.ids, name), c.Ola.ID
	return must(series.Open(s, series.Approval{At: Monday, Source: series.ByHand, By: c.Actor(), Terms: terms}, Monday))
}

// Actor is a practitioner at the clinic.
func (c *Clinic) Actor() timebok.Actor {
	return timebok.Actor{User: "u-1", Role: timebok.PractitionerRole, Clinic: c.Clinic.ID}
}

// Schedule is open from 08:00 to 20:00 every day of the year.
func (c *Clinic) Schedule(of timebok.PractitionerID) booking.Schedule {
	s := booking.Schedule{Practitioner: of, Version: 1, HolidaysOpen: true}
	for day := time.Sunday; day <= time.Saturday; day++ {
		s.Week = append(s.Week, booking.Hours{Day: day, From: clock.New(8, 0, 0, 0), To: clock.New(20, 0, 0, 0)})
	}
	return s
}

// Records are all records of the clinic, each at version 1.
func (c *Clinic) Records() []timebok.Record {
	return []timebok.Record{
		c.Clinic, c.Company, c.SoleTrader, c.Anne, c.Kari, c.Left, c.Talk, c.Physio, c.Massage, c.Obsolete,
		c.Insurer, c.Employer, c.Agreed, c.Ola, c.Åse, c.Case, c.Paid, c.Connection,
		c.Schedule(c.Anne.ID), c.Schedule(c.Kari.ID),
	}
}

// Save stores the clinic.
func (c *Clinic) Save(tb testing.TB, s *storage.Store) {
	tb.Helper()
	err := s.Update(tb.Context(), c.Clinic.ID, func(_ context.Context, tx storage.Tx) error {
		tx.Save(c.Records()...)
		return nil
	})
	if err != nil {
		tb.Fatalf("saving the clinic: %v", err)
	}
}

// Booking returns a booking of Ola with Anne that begins some time after Monday.
// It is in no series, and at version 1.
func (c *Clinic) Booking(name string, after time.Duration) booking.Booking {
	return booking.Booking{
		ID: idOf[booking.Booking](c.ids, name), Version: 1, Sequence: 1,
		Client: c.Ola.ID, Practitioner: c.Anne.ID, Service: c.Talk.ID,
		Time: timebok.Lasting(Monday.Add(after), c.Talk.Duration), Zone: c.Zone,
		Price: c.Talk.Price, Billing: timebok.BillClient, Origin: timebok.Manual, State: booking.Booked,
	}
}

// Request asks for a talk of Ola with Anne, outside any series.
func (c *Clinic) Request(start time.Time) booking.Request {
	return booking.Request{Client: c.Ola.ID, With: c.Anne.ID, Service: c.Talk.ID, Start: start}
}

// idOf is the ID of the thing of that name among those of ids.
func idOf[T any](ids, name string) timebok.ID[T] {
	return timebok.DeriveID[T]("storagetest", ids, name)
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}
