package storagetest

import (
	"encoding/json"
	"time"

	"github.com/rickb777/date"
	"github.com/rickb777/date/clock"
	"github.com/timebok/timebok"
	"github.com/timebok/timebok/booking"
	"github.com/timebok/timebok/insurance"
	"github.com/timebok/timebok/invoice"
	"github.com/timebok/timebok/series"
)

// Texts that databases like to change: case, letters in two normal forms, what
// SQL and LIKE read, control characters, and what lies outside the first plane.
const (
	nfc    = "\u00e5 Å Æøß É"          // composed
	nfd    = "a\u030a A\u030a E\u0301" // decomposed
	emoji  = "👩‍⚕️🇳🇴"
	quotes = `'";--%_\` + "\t\r\n\x01"
	nasty  = nfc + nfd + emoji + quotes
)

// everything returns one record of every kind but the clinic's own, all fields
// filled in. They are the same in every call.
func (e *env) everything() []timebok.Record {
	records := append(e.Records()[1:], // without the clinic
		e.fullBooking(), e.fullSeries(), e.fullInvoice(), e.fullSchedule(),
		booking.Absence{
			ID: idOf[booking.Absence](e.ids, "absence"), Version: 1, Practitioner: e.Kari.ID,
			Time: timebok.Lasting(Monday, 36*time.Hour), Kind: booking.Course,
		},
		e.fullReceived("e-1"),
		insurance.External{
			Version: 1, Network: timebok.Behandlernettverk, ID: nasty, Seen: 7, Applied: 6,
			Booking: idOf[booking.Booking](e.ids, "full"), Waiting: insurance.ReceivedKey(timebok.Behandlernettverk, "e-1"),
		},
		invoice.Numbering{Party: e.Company.ID, Version: 1, Next: 1 << 40},
		invoice.Document{
			Invoice: e.fullInvoice().ID, Type: "application/xml",
			Body: append([]byte(nasty), 0, 0xff, 0xfe), At: Monday,
		},
		e.message("full", Monday), e.audit("full", e.fullBooking()),
	)
	return records
}

// everythingBut is everything without the records named.
func (e *env) everythingBut(without ...timebok.Record) (out []timebok.Record) {
	skip := map[timebok.Ref]bool{}
	for _, r := range without {
		skip[r.Ref()] = true
	}
	for _, r := range e.everything() {
		if !skip[r.Ref()] {
			out = append(out, r)
		}
	}
	return out
}

func (e *env) fullBooking() booking.Booking {
	at := Monday.Add(48*time.Hour + 123_456*time.Microsecond)
	x := e.Booking("full", 48*time.Hour)
	x.Sequence, x.Series, x.Service = 3, e.Case.ID, e.Physio.ID
	x.Practitioner, x.Before, x.After = e.Kari.ID, 5*time.Minute, 10*time.Minute
	x.Treatment, x.Price = nasty, timebok.Ore(145_001)
	x.Billing, x.BillingWhy = timebok.Billing{To: timebok.Recipient{Payer: e.Insurer.ID}, By: timebok.EHF}, nasty
	x.Origin, x.External = timebok.FromNetwork, booking.External{Network: timebok.Behandlernettverk, ID: nasty}
	x.State = booking.Cancelled
	x.Cancelled = &booking.Cancellation{At: at, By: timebok.ClientRole, Reason: booking.ByClient, Late: true}
	x.Overrides = []booking.Override{
		{At: at, By: e.Actor(), Codes: []string{"x.y", "slot.taken"}, Why: nasty, Sequence: 1 << 40}, {At: Monday, Why: "2"},
	}
	x.InvitedAt, x.Reply = at, booking.Reply{Answer: booking.Declined, At: at, Sequence: 3}
	x.Charges = []booking.Charge{
		{Billing: x.Billing, Amount: timebok.Ore(145_000), Invoice: e.fullInvoice().ID, Issued: true},
		{Billing: timebok.BillClient, Amount: timebok.Ore(1)},
	}
	return x
}

func (e *env) fullSeries() series.Series {
	at := Monday.Add(time.Microsecond)
	terms := series.Terms{
		ValidFrom: &date.Date{}, ValidTo: new(date.New(1969, 12, 31)),
		Caps: []series.Cap{
			series.Sessions(10), {Treatment: nasty, Unit: series.CapAmount, Amount: timebok.MaxMoney},
		},
		Billing: timebok.Billing{To: timebok.Recipient{Payer: e.Insurer.ID}, By: timebok.EHF},
		Share:   series.Share{Percent: 1250},
	}
	other := terms
	other.ValidFrom, other.Caps, other.Share = nil, nil, series.Share{Fixed: timebok.Ore(1)}
	return series.Series{
		ID: idOf[series.Series](e.ids, "full"), Version: 1, Client: e.Åse.ID,
		Kind: series.InsuranceCase, Name: nasty, Party: e.SoleTrader.ID,
		Case:   series.Case{Network: "other", Number: nasty},
		Policy: series.Policy{NoShowCounts: true, LateCancelCounts: true, Notice: 24 * time.Hour, NoticeDays: 2},
		Approvals: []series.Approval{
			{At: at, Source: series.FromNetwork, By: e.Actor(), Note: nasty, Terms: terms},
			{At: at, Source: series.ByHand, Terms: other},
		},
		Overrides: []series.Override{
			{At: at, By: e.Actor(), Why: nasty, ValidFrom: &date.Date{}, ValidTo: new(date.New(2100, 2, 28))},
			{At: at, Why: "2", Caps: terms.Caps, Billing: &terms.Billing, Share: &terms.Share},
		},
		Adjustments: []series.Adjustment{
			{At: at, By: e.Actor(), Why: nasty, Opening: true, Treatment: nasty, Sessions: -3, Amount: timebok.MaxMoney.Neg()},
			{At: at, Sessions: 1},
		},
		FetchedAt: at, OpenedAt: at.Add(time.Hour), ClosedAt: at.Add(2 * time.Hour),
	}
}

func (e *env) fullInvoice() invoice.Invoice {
	at := timebok.Lasting(Monday.Add(time.Microsecond), time.Hour)
	own := newClinic("", e.ids) // shares nothing with the clinic's records
	debtor, payer := own.Ola, own.Insurer
	return invoice.Invoice{
		ID: e.invoiceID("full"), Version: 1, Kind: invoice.CreditNote, State: invoice.Issued,
		Party: e.Company.ID, Billing: timebok.Billing{To: timebok.Recipient{Payer: e.Insurer.ID}, By: timebok.EHF},
		Client: e.Ola.ID, Series: e.Case.ID, Case: series.Case{Network: timebok.Behandlernettverk, Number: nasty},
		Number: 1_000_001, IssueDate: &date.Date{}, DueDate: new(date.New(2026, 3, 31)),
		KID: must(timebok.ParseKID("2345676")), Seller: e.Company, Payer: &payer, Debtor: &debtor, Place: e.Address,
		Lines: []invoice.Line{
			{
				Booking: idOf[booking.Booking](e.ids, "full"), Item: nasty, Treatment: nasty,
				Time: at, Zone: timebok.OsloZone, Amount: timebok.Ore(-1), VAT: timebok.HealthService,
				Therapist: invoice.Therapist{Name: nasty, HPR: e.Anne.HPR, Profession: nasty},
			},
			{Booking: idOf[booking.Booking](e.ids, "second"), Time: at, Amount: timebok.MaxMoney},
		},
		Credits: &invoice.Reference{Invoice: e.invoiceID("credited"), Number: 7, IssueDate: date.Date{}},
		Taken: []invoice.Correction{{
			Booking: idOf[booking.Booking](e.ids, "full"), By: e.invoiceID("by"),
		}},
		Transport: nasty, Reasons: []string{nasty, "b"},
	}
}

func (e *env) invoiceID(name string) invoice.ID {
	return invoice.ID(idOf[invoice.Invoice](e.ids, name))
}

func (e *env) fullSchedule() booking.Schedule {
	nine, noon, end := clock.New(9, 0, 0, 0), clock.New(12, 0, 0, 0), clock.New(24, 0, 0, 0)
	return booking.Schedule{
		Practitioner: e.Left.ID, Version: 1, HolidaysOpen: true,
		Week: []booking.Hours{{Day: time.Monday, From: noon, To: end}, {Day: time.Sunday, From: 0, To: nine}},
		Days: []booking.DayHours{
			{Day: date.Date{}}, {Day: date.New(2026, 12, 24), Hours: []booking.Span{{From: nine, To: noon}}},
		},
	}
}

// fullReceived returns a quarantined inbox entry of an event.
func (e *env) fullReceived(event string) insurance.Received {
	return insurance.Received{
		Version: 1, Network: timebok.Behandlernettverk, Event: event, External: nasty, Source: 1 << 40,
		At: Monday, Result: insurance.Quarantined, Codes: []string{"case.unknown", nasty},
		Booking: idOf[booking.Booking](e.ids, "full"), Content: []byte(`{"å":"` + emoji + `"}`),
	}
}

// message returns a message about Ola, due at a time.
func (e *env) message(name string, due time.Time) timebok.Message {
	return timebok.Message{
		ID: idOf[timebok.Message](e.ids, name), Kind: booking.MailClient, About: e.Ola.Ref(),
		Client: e.Ola.ID, Due: due, Sequence: 4, Data: json.RawMessage(`{"what":"` + emoji + `", "n": 1.50}`),
	}
}
