package timebok_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/rickb777/date"

	"github.com/timebok/timebok"
)

// Every record says all that is wrong with it at once.
func TestRecordsListAllThatIsWrong(t *testing.T) {
	noKey := []timebok.NetworkKey{{Network: timebok.Behandlernettverk}}
	for name, c := range map[string]struct {
		record interface{ Validate() error }
		want   []string
	}{
		"clinic": {timebok.Clinic{Zone: "Local"}, []string{"ID field.missing", "Name field.missing", "Party field.missing", "Zone zone.unknown"}},
		"billing party": {timebok.BillingParty{Form: "DAO", KID: "mod12"}, []string{
			"ID field.missing", "Name field.missing", "Org field.missing", "Account field.missing", "Address.City field.missing", "Form field.invalid", "KID field.invalid",
		}},
		"practitioner": {timebok.Practitioner{Keys: noKey}, []string{"ID field.missing", "Name field.missing", "Keys field.invalid"}},
		"client": {timebok.Client{Consents: []timebok.Consent{{Channel: "fax"}}}, []string{
			"ID field.missing", "Name field.missing", "Origin field.invalid",
			"Consents[0].Channel field.invalid", "Consents[0].At field.missing", "Consents[0].By field.missing",
		}},
		"service": {
			timebok.Service{Duration: time.Second, Before: -time.Minute, After: 5 * time.Hour, Price: timebok.Ore(-1), Keys: noKey},
			[]string{
				"ID field.missing", "Name field.missing", "Duration field.invalid", "Before field.invalid", "After field.invalid",
				"Price money.invalid", "VAT.Category field.invalid", "Keys field.invalid",
			},
		},
		"exempt service with a rate": {timebok.VAT{Category: timebok.Exempt, Rate: 2500}, []string{"Rate field.invalid"}},
		"taxed service without one":  {timebok.VAT{Category: timebok.Standard}, []string{"Rate field.invalid"}},
		"payer": {timebok.Payer{DueDays: 366, ClaimDays: -1, Disclose: []timebok.Disclosure{"Diagnose"}}, []string{
			"ID field.missing", "Name field.missing", "Org field.missing", "DueDays field.invalid", "ClaimDays field.invalid", "Disclose field.invalid",
		}},
		"price agreement": {
			timebok.PriceAgreement{Price: timebok.Ore(-1), From: date.New(2026, 2, 1), To: new(date.New(2026, 1, 31))},
			[]string{"ID field.missing", "Payer field.missing", "Party field.missing", "Service field.missing", "Price money.invalid", "To period.invalid"},
		},
		"billing": {timebok.Billing{By: timebok.EHF}, []string{"By billing.ehf.client"}},
	} {
		t.Run(name, func(t *testing.T) {
			err := c.record.Validate()
			if !errors.Is(err, timebok.ErrInvalid) {
				t.Fatalf("got %v", err)
			}
			var got []string
			for _, r := range timebok.ReasonsOf(err) {
				got = append(got, r.Field+" "+r.Code())
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("reasons (-want +got):\n%s", diff)
			}
		})
	}
}

// The law gives AS, ASA and NUF no choice; it gives others one.
func TestForetaksregisteret(t *testing.T) {
	party := timebok.BillingParty{
		ID: timebok.DeriveID[timebok.BillingParty]("x"), Version: 1, Name: "Klinikk", Org: must(timebok.ParseOrgNumber("923456783")),
		Account: must(timebok.ParseBankAccount("12345678903")), Address: timebok.Address{City: "Oslo"},
	}
	for form, duty := range map[timebok.LegalForm]bool{
		timebok.LimitedCompany: true, timebok.PublicCompany: true, timebok.ForeignBranch: true,
		timebok.SoleTrader: false, timebok.Partnership: false, timebok.Association: false,
	} {
		party.Form, party.Foretaksregisteret = form, false
		if err := party.Validate(); errors.Is(err, timebok.NotInForetaksregisteret) != duty || (err == nil) == duty {
			t.Errorf("%s outside the register: %v", form, err)
		}
		party.Foretaksregisteret = true
		if err := party.Validate(); err != nil {
			t.Errorf("%s in the register: %v", form, err)
		}
	}
}

// The price on a day is that of the agreement between these two about this service
// which began last and still holds.
func TestPriceOn(t *testing.T) {
	payer, party := timebok.DeriveID[timebok.Payer]("p"), timebok.DeriveID[timebok.BillingParty]("b")
	s := timebok.Service{ID: timebok.DeriveID[timebok.Service]("s"), Price: timebok.Kroner(1000)}
	agreed := func(kr int64, from date.Date, to *date.Date) timebok.PriceAgreement {
		return timebok.PriceAgreement{Payer: payer, Party: party, Service: s.ID, Price: timebok.Kroner(kr), From: from, To: to}
	}
	before1970 := date.New(1960, 1, 1) // the zero Date is a day like any other
	all := []timebok.PriceAgreement{
		agreed(1100, date.New(2026, 1, 1), nil), agreed(1300, date.New(2026, 7, 1), new(date.New(2026, 7, 31))),
		agreed(1200, date.New(2026, 6, 1), nil), agreed(900, before1970, new(date.New(1969, 12, 31))),
	}
	other := all[0]
	other.Price, other.Party = timebok.Kroner(1), timebok.DeriveID[timebok.BillingParty]("other")
	all = append(all, other)
	for day, want := range map[date.Date]int64{
		date.New(2025, 12, 31): 1000, date.New(2026, 1, 1): 1100, date.New(2026, 5, 31): 1100, date.New(2026, 6, 1): 1200,
		date.New(2026, 7, 1): 1300, date.New(2026, 7, 31): 1300, date.New(2026, 8, 1): 1200, before1970: 900, date.New(1970, 1, 1): 1000,
	} {
		if got := timebok.PriceOn(day, s, payer, party, all); got != timebok.Kroner(want) {
			t.Errorf("%s: %s, want %d", day, got, want)
		}
	}
	if got := timebok.PriceOn(date.New(2026, 6, 1), s, timebok.PayerID{}, party, all); got != s.Price {
		t.Errorf("a client pays %s", got)
	}
}

func ExampleService_Validate() {
	err := timebok.Service{
		ID: timebok.DeriveID[timebok.Service]("talk"), Version: 1, Duration: 50 * time.Minute,
		Price: timebok.Kroner(-1250), VAT: timebok.HealthService,
	}.Validate()
	for _, reason := range timebok.ReasonsOf(err) {
		fmt.Printf("%s: %s\n", reason.Field, reason.Text(timebok.Bokmaal))
	}
	// Output:
	// Name: må fylles ut
	// Price: er ikke et gyldig beløp i kroner med høyst to desimaler
}

// The insurer has agreed to another price from June on.
func ExamplePriceOn() {
	insurer, firm := timebok.DeriveID[timebok.Payer]("insurer"), timebok.DeriveID[timebok.BillingParty]("firm")
	talk := timebok.Service{ID: timebok.DeriveID[timebok.Service]("talk"), Price: timebok.Kroner(1250)}
	agreements := []timebok.PriceAgreement{{
		Payer: insurer, Party: firm, Service: talk.ID, Price: timebok.Kroner(1320), From: date.New(2026, 6, 1),
	}}
	for _, day := range []date.Date{date.New(2026, 5, 31), date.New(2026, 6, 1)} {
		fmt.Println(day, timebok.PriceOn(day, talk, insurer, firm, agreements))
	}
	// Output:
	// 2026-05-31 1250.00
	// 2026-06-01 1320.00
}

// Who a client is shows nowhere by accident, and is there for who asks.
func ExamplePrivate() {
	client := timebok.Client{Name: timebok.Hide("Kari Demovik")}
	fmt.Printf("%v %+v %s\n", client.Name, client.Name, client.Name)
	fmt.Println(client.Name.Reveal())
	// Output:
	// [private] [private] [private]
	// Kari Demovik
}

func ExampleParseEmailAddress() {
	email, err := timebok.ParseEmailAddress("kari@blåbær.example")
	fmt.Println(email, email.Reveal(), err)

	_, err = timebok.ParseEmailAddress("kari@blåbær.example\r\nBcc: ola@example.com")
	fmt.Println(err)
	// Output:
	// [private] kari@blåbær.example <nil>
	// timebok: invalid: is not a valid e-mail address [email.invalid]
}

func ExampleParsePhoneNumber() {
	phone, err := timebok.ParsePhoneNumber("22 22 55 55")
	fmt.Println(phone, phone.Reveal(), err)
	// Output: [private] +4722225555 <nil>
}

// An ID of a web address, and one that a second delivery of an event finds again.
func ExampleParseID() {
	id, err := timebok.ParseID[timebok.Client]("0193562f-6b2a-7c3d-8e4f-0123456789ab")
	fmt.Println(id, err)

	_, err = timebok.ParseID[timebok.Client]("17")
	fmt.Println(err)

	once, again := timebok.DeriveID[timebok.Client]("network", "B-1001"), timebok.DeriveID[timebok.Client]("network", "B-1001")
	fmt.Println(once == again)
	// Output:
	// 0193562f-6b2a-7c3d-8e4f-0123456789ab <nil>
	// timebok: invalid: id: is not a valid ID [id.invalid]
	// true
}

// Whoever has given an address may be told, until they say no.
func ExampleClient_CanTell() {
	client := timebok.Client{Email: must(timebok.ParseEmailAddress("kari@example.com"))}
	fmt.Println(client.CanTell(timebok.Email), client.CanTell(timebok.SMS))

	client.Consents = append(client.Consents, timebok.Consent{Channel: timebok.Email, Given: false})
	fmt.Println(client.CanTell(timebok.Email))
	// Output:
	// true false
	// false
}
