package ehf_test

import (
	"time"

	"github.com/google/uuid"
	"github.com/rickb777/date"
	"github.com/timebok/timebok"
	"github.com/timebok/timebok/booking"
	"github.com/timebok/timebok/invoice"
	"github.com/timebok/timebok/series"
)

// Everybody here is made up; the numbers are the synthetic ones of the tests of
// package timebok.

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

func day(text string) *date.Date { return new(must(date.ParseISO(text))) }

func company() timebok.BillingParty {
	return timebok.BillingParty{
		Name: "Fjord Psykologi AS", Org: must(timebok.ParseOrgNumber("987654325")), Form: timebok.LimitedCompany,
		Foretaksregisteret: true, Account: must(timebok.ParseBankAccount("86011117947")),
		Address: timebok.Address{Street: "Storgata 1", PostalCode: "0155", City: "Oslo"},
		Email:   must(timebok.ParseEmailAddress("faktura@fjordpsykologi.example")),
	}
}

func soleTrader() timebok.BillingParty {
	return timebok.BillingParty{
		Name: "Ola Nord Fysioterapi", Org: must(timebok.ParseOrgNumber("923456783")), Form: timebok.SoleTrader,
		Account: must(timebok.ParseBankAccount("97104133219")),
		Address: timebok.Address{PostalCode: "5003", City: "Bergen"},
	}
}

func insurer() *timebok.Payer {
	return &timebok.Payer{
		Name: "Trygghet Forsikring ASA", Org: must(timebok.ParseOrgNumber("123456785")), EHF: true, DueDays: 30,
		Address: timebok.Address{Street: "Postboks 10", PostalCode: "0161", City: "Oslo"},
	}
}

func session(start string, amount timebok.Money, vat timebok.VAT) invoice.Line {
	zone := must(timebok.LoadZone(timebok.OsloZone))
	return invoice.Line{
		Booking: booking.ID(uuid.NewSHA1(uuid.Nil, []byte(start))), Item: "Psykologtime, 45 minutter", Treatment: "B1010",
		Time: timebok.Lasting(must(time.ParseInLocation("2006-01-02 15:04", start, zone)), 45*time.Minute),
		Zone: timebok.OsloZone, Amount: amount, VAT: vat,
		Therapist: invoice.Therapist{Name: "Ola Nord", HPR: must(timebok.ParseHPRNumber("9999999")), Profession: "Psykolog"},
	}
}

// plain is an ordinary invoice of a company to an insurer.
func plain() invoice.Invoice {
	return invoice.Invoice{
		Kind: invoice.Bill, State: invoice.Issued, Client: timebok.ClientID(uuid.NewSHA1(uuid.Nil, []byte("client"))),
		Case: series.Case{Network: timebok.Behandlernettverk, Number: "6QPTR"}, Number: 10042,
		IssueDate: day("2026-11-02"), DueDate: day("2026-12-02"), Seller: company(), Payer: insurer(),
		Place: timebok.Address{Street: "Storgata 1", PostalCode: "0155", City: "Oslo"},
		Lines: []invoice.Line{session("2026-10-20 09:00", timebok.Kroner(1450), timebok.HealthService)},
	}
}

var vat25 = timebok.VAT{Category: timebok.Standard, Rate: 2500}

// invoices are the invoices of the golden files.
func invoices() map[string]invoice.Invoice {
	all := map[string]invoice.Invoice{}
	add := func(name string, change func(v *invoice.Invoice)) {
		v := plain()
		change(&v)
		all[name] = v
	}
	add("company-exempt", func(*invoice.Invoice) {})
	add("soletrader-exempt", func(v *invoice.Invoice) { v.Seller = soleTrader() })
	add("soletrader-in-foretaksregisteret", func(v *invoice.Invoice) {
		v.Seller = soleTrader()
		v.Seller.Foretaksregisteret = true
	})
	add("company-vat25", func(v *invoice.Invoice) {
		v.Seller.VATRegistered = true
		v.Lines = []invoice.Line{session("2026-10-20 09:00", timebok.Ore(79999), vat25), session("2026-10-27 09:00", timebok.Ore(33333), vat25)}
	})
	add("company-outside", func(v *invoice.Invoice) {
		v.Seller.VATRegistered = true // its number may not stand there
		v.Lines[0].VAT = timebok.VAT{Category: timebok.OutsideScope}
	})
	add("soletrader-outside", func(v *invoice.Invoice) {
		v.Seller = soleTrader()
		v.Lines[0].VAT = timebok.VAT{Category: timebok.OutsideScope, Reason: "Omsetning utenfor merverdiavgiftsloven"}
	})
	add("company-zero", func(v *invoice.Invoice) {
		v.Seller.VATRegistered = true
		v.Lines[0].VAT = timebok.VAT{Category: timebok.ZeroRated}
	})
	add("company-mixed", func(v *invoice.Invoice) {
		v.Seller.VATRegistered = true
		v.Lines = append(v.Lines, session("2026-10-21 12:30", timebok.Ore(62050), vat25),
			session("2026-10-22 12:30", timebok.Ore(90001), timebok.VAT{Category: timebok.Standard, Rate: 1500}),
			session("2026-10-23 12:30", timebok.Kroner(700), timebok.VAT{Category: timebok.Exempt}))
	})
	add("iban", func(v *invoice.Invoice) { v.Seller.IBAN = must(timebok.ParseIBAN("NO9386011117947")) })
	add("kid-mod10", func(v *invoice.Invoice) { v.KID = must(timebok.NewKID10("10042")) })
	add("kid-mod11-hyphen", func(v *invoice.Invoice) { v.KID = must(timebok.ParseKID("1000005-")) })
	add("disclosed", func(v *invoice.Invoice) {
		v.Payer.Disclose = []timebok.Disclosure{timebok.DiscloseDuration, timebok.DiscloseTherapistHPR,
			timebok.DiscloseTherapistName, timebok.DiscloseProfession, timebok.DisclosePatientID}
	})
	add("escaped", func(v *invoice.Invoice) {
		v.Seller.Name = "Blåbær & Røst <Bodø> AS"
		v.Payer.Name = `Forsikring "Æ" ASA`
		v.Lines[0].Item = "Samtale > 45 min & veiledning, «første»\tdel\nto"
	})
	add("summer-time-ends", func(v *invoice.Invoice) {
		first := session("2026-10-25 01:30", timebok.Kroner(1450), timebok.HealthService)
		second, third := first, first
		second.Time = timebok.Lasting(first.Time.End, 45*time.Minute) // 02:15 summer time
		third.Time = timebok.Lasting(second.Time.End, 45*time.Minute) // 02:00 standard time
		fourth := first                                               // 02:45 standard time
		fourth.Time = timebok.Lasting(third.Time.End, 45*time.Minute) // ends after the fold
		v.Lines = []invoice.Line{first, second, third, fourth}
	})
	add("over-midnight", func(v *invoice.Invoice) {
		v.Lines = append(v.Lines, session("2026-10-22 23:15", timebok.Kroner(1450), timebok.HealthService),
			session("2026-10-23 23:30", timebok.Kroner(1450), timebok.HealthService))
	})
	add("no-case-network", func(v *invoice.Invoice) {
		v.Case = series.Case{Number: "Sak 17/2026"}
		v.Lines[0].Treatment = ""
	})
	credit := func(v *invoice.Invoice) {
		v.Kind, v.Number, v.DueDate = invoice.CreditNote, 10043, nil
		v.Credits = &invoice.Reference{Number: 10042, IssueDate: *day("2026-11-02")}
		v.IssueDate = day("2026-11-09")
	}
	add("credit-full", credit)
	add("credit-part", func(v *invoice.Invoice) {
		credit(v)
		v.Seller.VATRegistered = true
		v.DueDate = day("2026-12-09")
		v.Lines = []invoice.Line{session("2026-10-21 12:30", timebok.Ore(62050), vat25)}
	})
	return all
}
