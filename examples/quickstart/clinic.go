package main

import (
	"context"
	"iter"
	"strings"
	"time"

	"github.com/rickb777/date"
	"github.com/rickb777/date/clock"
	"github.com/timebok/timebok"
	"github.com/timebok/timebok/booking"
	"github.com/timebok/timebok/insurance"
	"github.com/timebok/timebok/insurance/networktest"
	"github.com/timebok/timebok/series"
	"github.com/timebok/timebok/storage"
)

// The IDs are derived, so that a second run finds what the first one made.
var (
	clinicID  = timebok.DeriveID[timebok.Clinic]("quickstart")
	partyID   = timebok.DeriveID[timebok.BillingParty]("quickstart")
	olaID     = timebok.DeriveID[timebok.Practitioner]("quickstart", "ola")
	therapyID = timebok.DeriveID[timebok.Service]("quickstart", "therapy")
	insurer   = must(timebok.ParseOrgNumber("987654325"))
)

const sakID = "6QPTR"

// setUp enters the clinic, its practitioner and its service, once.
func (j *journal) setUp(ctx context.Context) error {
	j.say("Innstillinger: the clinic")
	clinic := timebok.Clinic{
		ID: clinicID, Version: 1, Name: "Fjordgata Psykologsenter", Zone: timebok.OsloZone, Lang: timebok.Bokmaal,
		Party: partyID, Address: timebok.Address{Street: "Fjordgata 1", PostalCode: "7010", City: "Trondheim"},
	}
	firm := timebok.BillingParty{
		ID: partyID, Version: 1, Name: "Fjordgata Psykologsenter AS", Org: must(timebok.ParseOrgNumber("923456783")),
		Form: timebok.LimitedCompany, Foretaksregisteret: true,
		Account: must(timebok.ParseBankAccount("12345678903")), KID: timebok.KID10,
		Address: clinic.Address, Email: must(timebok.ParseEmailAddress("faktura@fjordgata.example")),
	}
	ola := timebok.Practitioner{
		ID: olaID, Version: 1, Name: "Ola Nord", HPR: must(timebok.ParseHPRNumber("1234567")), Profession: "Psykolog",
		Email: must(timebok.ParseEmailAddress("ola@fjordgata.example")), Lang: timebok.Bokmaal,
		Keys: []timebok.NetworkKey{{Network: timebok.Behandlernettverk, Key: "ola-nord"}},
	}
	hours := booking.Schedule{Practitioner: olaID, Version: 1}
	for day := time.Monday; day <= time.Friday; day++ {
		hours.Week = append(hours.Week, booking.Hours{Day: day, From: clock.New(8, 0, 0, 0), To: clock.New(16, 0, 0, 0)})
	}
	therapy := timebok.Service{
		ID: therapyID, Version: 1, Name: "Konsultasjon 50 minutter", Duration: 50 * time.Minute, After: 10 * time.Minute,
		Price: timebok.Kroner(1250), VAT: timebok.HealthService,
		Keys: []timebok.NetworkKey{{Network: timebok.Behandlernettverk, Key: "B1010"}},
	}
	return j.update(ctx, func(ctx context.Context, tx storage.Tx) error {
		if _, err := tx.Clinic(ctx); err == nil {
			j.tell("%s is there already.", clinic.Name)
			return nil
		}
		for _, record := range []interface{ Validate() error }{clinic, firm, ola, hours, therapy} {
			if err := record.Validate(); err != nil {
				return err
			}
		}
		tx.Save(clinic, firm, ola, hours, therapy)
		j.tell("%s, with %s (%s), Monday to Friday 08-16.", clinic.Name, ola.Name, ola.Profession)
		return nil
	})
}

// newNetwork is the simulated Behandlernettverk: it has approved a case of three
// sessions.
func newNetwork(src timebok.Source) *networktest.Fake {
	born := date.New(1955, 11, 10)
	from, to := date.New(2026, 11, 9), date.New(2027, 5, 31)
	network := networktest.New(&networktest.Options{Source: src})
	network.AddCase(insurance.Case{
		Case:   series.Case{Network: timebok.Behandlernettverk, Number: sakID},
		Status: insurance.CaseOpen, BirthDate: &born, ValidFrom: &from, ValidTo: &to,
		Caps: []series.Cap{series.Sessions(3)},
		Payer: insurance.PayerInfo{
			Name: "Prøve Helseforsikring AS", Org: insurer, DueDays: 30, ClaimDays: 60,
			Address: timebok.Address{Street: "Forsikringsveien 2", PostalCode: "0155", City: "Oslo"},
		},
	})
	return network
}

// clientBooks lets the client of the case book her first session at the network,
// with her synthetic birth number (Skatteetaten's test series).
func (j *journal) clientBooks() {
	born := date.New(1955, 11, 10)
	j.network.Book(insurance.ExternalBooking{
		ID: "B-1001", Practitioner: "ola-nord", Treatment: "B1010", CaseNumber: sakID,
		Start: oslo(2026, 11, 24, 10, 0),
		Client: insurance.Person{
			Name: timebok.Hide("Kari Demovik"), BirthDate: &born,
			BirthNumber: must(timebok.ParseBirthNumber("10915596784")),
			Email:       must(timebok.ParseEmailAddress("kari@example.com")), Lang: timebok.Bokmaal,
		},
	})
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err) // a constant of this program is wrong
	}
	return v
}

func oslo(year int, month time.Month, day, hour, minute int) time.Time {
	loc := must(timebok.LoadZone(timebok.OsloZone))
	return timebok.At(date.New(year, month, day), clock.New(hour, minute, 0, 0), loc)
}

func local(t time.Time) time.Time { return t.In(must(timebok.LoadZone(timebok.OsloZone))) }

func lines(text string) iter.Seq[string] { return strings.SplitSeq(strings.TrimSpace(text), "\n") }
