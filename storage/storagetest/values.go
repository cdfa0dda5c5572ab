package storagetest

import (
	"bytes"
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/rickb777/date"
	"github.com/timebok/timebok"
	"github.com/timebok/timebok/booking"
	"github.com/timebok/timebok/insurance"
	"github.com/timebok/timebok/invoice"
	"github.com/timebok/timebok/series"
	"github.com/timebok/timebok/storage"
)

var values = group{"Values", []clause{
	{"What is read equals what was saved: text to the byte, with its case and any character; instants to the microsecond, in UTC; civil dates, with 1970-01-01 as a day like any other and nil as none; money exactly; nil and empty slices may be taken for each other.", []check{
		{"records of every kind, full", fullRecords},
		{"records of every kind, empty", emptyRecords},
		{"text to the byte", textToTheByte},
		{"keys to the byte", keysToTheByte},
		{"instants to the microsecond in UTC", instants},
		{"civil dates", civilDates},
		{"money exactly", moneyExactly},
		{"numbers of every size", numbers},
		{"nil and empty slices", nilAndEmpty},
		{"large values", largeValues},
		{"what callers change afterwards is not stored", notShared},
		{"views hold what was saved", viewsHoldAll},
		{"views of intake", intakeViews},
		{"views of invoicing", invoicingViews},
	}},
}}

func fullRecords(e *env) {
	records := append(e.everything(), e.Clinic.Clinic)
	e.save(records...)
	e.wantStored(records...)
}

func emptyRecords(e *env) {
	other := e.in(newClinic("empty", e.ids))
	records := []timebok.Record{
		timebok.Clinic{ID: other.Clinic.ID, Version: 1},
		timebok.BillingParty{ID: e.Company.ID, Version: 1}, timebok.Practitioner{ID: e.Anne.ID, Version: 1},
		timebok.Client{ID: e.Ola.ID, Version: 1}, timebok.Service{ID: e.Talk.ID, Version: 1},
		timebok.Payer{ID: e.Insurer.ID, Version: 1}, timebok.PriceAgreement{ID: e.Agreed.ID, Version: 1},
		series.Series{ID: e.Case.ID, Version: 1}, booking.Booking{ID: e.Booking("x", 0).ID, Version: 1},
		booking.Schedule{Practitioner: e.Anne.ID, Version: 1},
		insurance.Connection{Network: "x", Version: 1}, insurance.Received{Network: "x", Event: "y", Version: 1},
		insurance.External{Network: "x", ID: "y", Version: 1},
		invoice.Invoice{ID: e.invoiceID("x"), Version: 1}, invoice.Numbering{Party: e.Company.ID, Version: 1},
		invoice.Document{Invoice: e.invoiceID("x")},
		timebok.Message{ID: e.message("x", Monday).ID}, timebok.AuditEntry{ID: e.audit("x", e.Ola).ID},
	}
	other.save(records...)
	other.wantStored(records...)
}

// texts are what some databases keep otherwise than they got it.
var texts = []string{
	"a", "A", "å", "Å", nfc, nfd, emoji, quotes, " ", "  a  ", "a ", " a", "0", "0123", "1e3", "null", "NULL", "true",
	"'", `"`, `\`, `\n`, "%", "_", "a\nb", "a\r\nb", "\u00a0", "\u200b", "\ufeff", "ß", "ẞ", "İ", "ı", "\u2028", "𝔘", "\U0010ffff",
}

func textToTheByte(e *env) {
	records := []timebok.Record{e.Clinic.Clinic}
	for i, text := range texts {
		s := e.Talk
		s.ID, s.Name = idOf[timebok.Service](e.ids, fmt.Sprint(i)), text
		c := e.Åse
		c.ID, c.Name, c.Address = idOf[timebok.Client](e.ids, fmt.Sprint(i)), timebok.Hide(text), timebok.Hide(text)
		a := e.audit(fmt.Sprint("text ", i), c)
		a.Action, a.Codes, a.By.User = text, []string{text, "", text}, text
		records = append(records, s, c, a)
	}
	e.save(records...)
	e.wantStored(records...)
	for _, r := range records { // go-cmp shows no difference within a Private
		if c, ok := r.(timebok.Client); ok && e.stored(c).(timebok.Client).Name.Reveal() != c.Name.Reveal() {
			e.Errorf("the name of client %v was changed", c.ID)
		}
	}
}

// Keys that differ in case or in the normal form of a letter are different.
func keysToTheByte(e *env) {
	records := []timebok.Record{e.Clinic.Clinic}
	for i, text := range texts {
		p := e.Anne
		p.ID, p.Keys = idOf[timebok.Practitioner](e.ids, fmt.Sprint(i)), []timebok.NetworkKey{{Network: "x", Key: text}}
		s := e.Talk
		s.ID, s.Keys = idOf[timebok.Service](e.ids, fmt.Sprint(i)), []timebok.NetworkKey{{Network: "x", Key: text}}
		received := e.fullReceived(text)
		received.Network = "x"
		records = append(records, p, s, e.caseSeries(fmt.Sprint(i), series.Case{Network: "x", Number: text}), received,
			insurance.Connection{Network: timebok.Network(text), Version: 1, Account: text},
			insurance.External{Network: "x", ID: text, Version: 1, Seen: int64(i)})
	}
	e.save(records...)
	e.wantStored(records...)
	for i, text := range texts {
		e.view(func(ctx context.Context, tx storage.Tx) error {
			v, err := tx.LoadIntake(ctx, insurance.IntakeNeeds{
				Network: "x", Event: text, External: text, Practitioner: text, Treatment: text,
				Case: series.Case{Network: "x", Number: text},
			})
			if err != nil {
				return err
			}
			want := insurance.IntakeView{
				Clinic: e.Clinic.Clinic, Practitioner: v.Practitioner, Service: v.Service, Series: v.Series, Received: v.Received, External: v.External,
			}
			if v.Connection != nil && text == "x" {
				want.Connection = v.Connection
			}
			switch {
			case v.Practitioner == nil || v.Practitioner.ID != idOf[timebok.Practitioner](e.ids, fmt.Sprint(i)),
				v.Service == nil || v.Service.ID != idOf[timebok.Service](e.ids, fmt.Sprint(i)),
				v.Series == nil || v.Series.Case.Number != text,
				v.Received == nil || v.Received.Event != text, v.External == nil || v.External.Seen != int64(i):
				e.Errorf("the keys %q find others", text)
			}
			if diff := same(v, want); diff != "" {
				e.Errorf("keys %q (-want +got):\n%s", text, diff)
			}
			return nil
		})
	}
}

func instants(e *env) {
	oslo := must(timebok.LoadZone(timebok.OsloZone))
	records := []timebok.Record{e.Clinic.Clinic}
	var wants []timebok.Record
	for i, at := range []time.Time{
		Monday, Monday.Add(time.Microsecond), Monday.Add(999_999 * time.Microsecond),
		Monday.Add(999_999_999), // nanoseconds are cut
		time.Unix(0, 0), time.Unix(0, -1000), time.Date(1900, 1, 1, 0, 0, 0, 1000, time.UTC), time.Date(9999, 12, 31, 23, 59, 59, 999_999_000, time.UTC),
		time.Date(2026, 3, 29, 2, 30, 0, 0, oslo), time.Date(2026, 3, 29, 0, 59, 59, 0, time.UTC), time.Date(2026, 3, 29, 1, 0, 0, 0, time.UTC),
		time.Date(2026, 10, 25, 0, 30, 0, 0, time.UTC).In(oslo), time.Date(2026, 10, 25, 1, 30, 0, 0, time.UTC).In(oslo),
		time.Date(2026, 7, 1, 12, 0, 0, 5_000, time.FixedZone("x", 5*3600+1800)), time.Now(),
	} {
		b, want := e.Booking(fmt.Sprint(i), 0), e.Booking(fmt.Sprint(i), 0)
		b.State, want.State = booking.Cancelled, booking.Cancelled
		b.Time, want.Time = timebok.Period{Start: at, End: at.Add(time.Hour)}, timebok.Lasting(at, time.Hour)
		b.InvitedAt, want.InvitedAt = at, timebok.Instant(at)
		m, wantMessage := e.message(fmt.Sprint(i), at), e.message(fmt.Sprint(i), timebok.Instant(at))
		a, wantEntry := e.audit(fmt.Sprint(i), b), e.audit(fmt.Sprint(i), b)
		a.At, wantEntry.At = at, timebok.Instant(at)
		records, wants = append(records, b, m, a), append(wants, want, wantMessage, wantEntry)
	}
	e.save(records...)
	e.wantStored(wants...)
	for _, want := range wants {
		if want, ok := want.(booking.Booking); ok && e.stored(want).(booking.Booking).Time != want.Time {
			e.Errorf("%v is another value, although it is the same instant", want.Time)
		}
	}
}

func civilDates(e *env) {
	records := []timebok.Record{e.Clinic.Clinic}
	for i, day := range []*date.Date{
		nil, {}, new(date.New(1970, 1, 2)), new(date.New(1969, 12, 31)), new(date.New(1900, 2, 28)),
		new(date.New(2000, 2, 29)), new(date.New(1, 1, 1)), new(date.New(9999, 12, 31)),
	} {
		c := e.Åse
		c.ID, c.BirthDate = idOf[timebok.Client](e.ids, fmt.Sprint(i)), day
		a := e.Agreed
		a.ID, a.To = idOf[timebok.PriceAgreement](e.ids, fmt.Sprint(i)), day
		s := e.caseSeries(fmt.Sprint(i), series.Case{})
		s.Approvals = []series.Approval{{At: Monday, Terms: series.Terms{ValidTo: day}}}
		v := e.fullInvoice()
		v.ID, v.Number, v.IssueDate, v.DueDate = e.invoiceID(fmt.Sprint(i)), int64(i), day, day
		if day != nil {
			a.From = *day
			v.Credits.IssueDate = *day
		}
		records = append(records, c, a, s, v)
	}
	e.save(records...)
	e.wantStored(records...)
	e.view(func(ctx context.Context, tx storage.Tx) error { // 1970-01-01 is found, and not by those without a date
		v, err := tx.LoadIntake(ctx, insurance.IntakeNeeds{Network: "x", BirthDate: &date.Date{}})
		if err == nil && (len(v.Candidates) != 1 || v.Candidates[0].ID != idOf[timebok.Client](e.ids, "1")) {
			e.Errorf("%d candidates were born on 1970-01-01, want the one", len(v.Candidates))
		}
		return err
	})
}

func moneyExactly(e *env) {
	records := []timebok.Record{e.Clinic.Clinic}
	for i, amount := range []timebok.Money{
		{}, timebok.Ore(1), timebok.Ore(-1), timebok.Ore(10), timebok.Ore(29), timebok.Ore(105), timebok.Kroner(1450),
		timebok.MaxMoney, timebok.MaxMoney.Neg(), timebok.Ore(1<<53 + 1), timebok.Ore(9_007_199_254_740_993),
	} {
		s := e.Talk
		s.ID, s.Price = idOf[timebok.Service](e.ids, fmt.Sprint(i)), amount
		a := e.Agreed
		a.ID, a.Price = idOf[timebok.PriceAgreement](e.ids, fmt.Sprint(i)), amount
		b := in(booking.Cancelled, e.Booking(fmt.Sprint(i), 0))
		b.Price, b.Charges = amount, []booking.Charge{{Amount: amount}, {Amount: amount.Neg()}}
		records = append(records, s, a, b)
	}
	e.save(records...)
	e.wantStored(records...)
}

func numbers(e *env) {
	records := []timebok.Record{e.Clinic.Clinic}
	for i, n := range []int64{1, 1<<31 - 1, 1 << 31, 1<<53 + 1, 1<<63 - 1} {
		b := in(booking.Cancelled, e.Booking(fmt.Sprint(i), 0))
		b.Sequence, b.Before, b.After = n, time.Duration(i)*time.Minute, time.Duration(i)*time.Microsecond
		v := e.fullInvoice()
		v.ID, v.Number = e.invoiceID(fmt.Sprint(i)), n
		x := insurance.External{Network: "x", ID: fmt.Sprint(i), Version: 1, Seen: n, Applied: n - 1}
		m := e.message(fmt.Sprint(i), Monday)
		m.Sequence, m.About.Version = n, n
		s := e.Talk
		s.ID, s.Duration = idOf[timebok.Service](e.ids, fmt.Sprint(i)), time.Duration(n)*time.Microsecond
		records = append(records, b, v, x, m)
		if n < 1<<40 {
			records = append(records, s)
		}
	}
	e.save(records...)
	e.wantStored(records...)
}

// Nil and empty slices may be taken for each other, but neither for a slice with
// an empty element, nor nil for a pointer to a zero value.
func nilAndEmpty(e *env) {
	e.save(e.Clinic.Clinic)
	p := e.Anne
	p.Keys = []timebok.NetworkKey{}
	c := e.Booking("empty", 0)
	c.Overrides, c.Charges, c.Cancelled = []booking.Override{{}}, []booking.Charge{{}}, &booking.Cancellation{}
	s := e.fullSeries()
	s.Overrides = []series.Override{
		{Billing: &timebok.Billing{}, Share: &series.Share{}, ValidFrom: &date.Date{}, Caps: []series.Cap{}}, {},
	}
	v := e.fullInvoice()
	v.Payer, v.Debtor, v.Credits = &timebok.Payer{}, &timebok.Client{}, &invoice.Reference{}
	v.Lines, v.Taken, v.Reasons = []invoice.Line{{}}, []invoice.Correction{{}}, []string{""}
	schedule := booking.Schedule{Practitioner: e.Anne.ID, Version: 1, Week: []booking.Hours{{}}, Days: []booking.DayHours{{}}}
	r := e.fullReceived("x")
	r.Codes, r.Content = []string{""}, []byte{}
	d := invoice.Document{Invoice: v.ID, Body: []byte{0}}
	records := []timebok.Record{p, c, s, v, schedule, r, d}
	e.save(records...)
	e.wantStored(records...)
}

func largeValues(e *env) {
	long := strings.Repeat(nasty, 5000)
	c := e.Åse
	c.Name, c.Address = timebok.Hide(long), timebok.Hide(long)
	s := e.fullSeries()
	for i := range 300 {
		s.Adjustments = append(s.Adjustments, series.Adjustment{At: Monday, Why: long[:1000], Sessions: i})
	}
	every := make([]byte, 256)
	for i := range every {
		every[i] = byte(i)
	}
	d := invoice.Document{Invoice: e.invoiceID("x"), Type: "application/xml", At: Monday, Body: bytes.Repeat(every, 8000)}
	e.save(e.Clinic.Clinic, c, s, d)
	e.wantStored(c, s, d)
}

// Values go in and come out: no slice or pointer is shared with the caller.
func notShared(e *env) {
	e.save(e.Clinic.Clinic)
	full := e.fullSeries()
	err := e.update(func(ctx context.Context, tx storage.Tx) error {
		b, s, v := e.fullBooking(), e.fullSeries(), e.fullInvoice()
		scribble(b, s, v, func() { tx.Save(b, s, v) })
		for range 2 { // what was read is the reader's own, too
			got, err := tx.Series(ctx, full.ID)
			if err != nil {
				return err
			}
			if diff := same(got, full); diff != "" {
				e.Errorf("in the transaction (-want +got):\n%s", diff)
			}
			scribble(e.fullBooking(), got, e.fullInvoice(), func() {})
		}
		return nil
	})
	if err != nil {
		e.Fatal(err)
	}
	for range 2 {
		e.wantStored(full, e.fullBooking(), e.fullInvoice())
		e.view(func(ctx context.Context, tx storage.Tx) error {
			s, err := tx.Series(ctx, full.ID)
			if err != nil {
				return err
			}
			b, err := tx.Booking(ctx, e.fullBooking().ID)
			if err != nil {
				return err
			}
			v, err := tx.Invoice(ctx, e.fullInvoice().ID)
			if err == nil {
				scribble(b, s, v, func() {})
			}
			return err
		})
	}
}

// scribble lets use have records, and then writes over what they point at.
func scribble(b booking.Booking, s series.Series, v invoice.Invoice, use func()) {
	use()
	b.Overrides[0].Codes[0], b.Overrides[1].Why, b.Charges[0].Issued, b.Cancelled.Late = "!", "!", false, false
	*s.Approvals[0].Terms.ValidTo, s.Approvals[0].Terms.Caps[0].Sessions = date.New(2001, 1, 1), 99
	s.Approvals[1].Note, s.Overrides[1].Billing.By, s.Overrides[1].Share.Percent = "!", timebok.External, 1
	*s.Overrides[0].ValidFrom, s.Overrides[1].Caps[0].Sessions, s.Adjustments[0].Sessions = date.New(2001, 1, 1), 98, 97
	v.Payer.Name, v.Payer.Disclose[0], v.Debtor.Lang, *v.Debtor.BirthDate = "!", "!", "!", date.New(2001, 1, 1)
	*v.IssueDate, v.Credits.Number, v.Lines[0].Item, v.Taken[0].By = date.New(2001, 1, 1), 96, "!", v.ID
	v.Reasons[0] = "!"
}
