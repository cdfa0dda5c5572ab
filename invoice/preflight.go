package invoice

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/rickb777/date"
	"github.com/timebok/timebok"
	"github.com/timebok/timebok/booking"
	"github.com/timebok/timebok/series"
)

// A Verdict is what pre-flight says of a draft: what the payer or the law would
// reject, and what to look at although it stops nothing.
type Verdict struct {
	Refusals timebok.Reasons
	Notices  timebok.Reasons
	Invoice  Invoice // as it would be issued now
	Document []byte  // its file, if it can be written
}

// DecidePreflight says what would happen if the View's draft were issued now. It
// makes the same checks as Issue, which is refused by any of them.
func (b *Biller) DecidePreflight(v View) (Verdict, error) {
	loc, err := timebok.LoadZone(v.Clinic.Zone)
	if err != nil {
		return Verdict{}, err
	}
	today := timebok.DayOf(b.Time(), loc)
	verdict := Verdict{Invoice: *v.Invoice}
	no := &verdict.Refusals
	if !v.Invoice.IsDraft() {
		no.Add(WrongState, "State", timebok.P("state", v.Invoice.State), timebok.P("next", Issued))
		return verdict, nil
	}
	x := &verdict.Invoice
	x.Lines = slices.Clone(x.Lines)
	slices.SortFunc(x.Lines, byTime)
	b.freeze(v, x, today, no)
	checkCase(v, *x, no)
	for i, l := range x.Lines {
		field := "Lines[" + strconv.Itoa(i) + "]"
		checkLine(v, *x, l, field, today, &verdict)
	}
	if len(x.Lines) == 0 {
		no.Add(NothingToBill, "Lines")
	}
	client := v.Client
	if x.Billing.To.IsClient() { // who may be named to themselves
		client = nil
	}
	*no = append(*no, x.Personal(client)...)
	if x.Billing.By != timebok.EHF {
		return verdict, nil
	}
	if x.Billing.To.IsClient() {
		no.Add(timebok.EHFNeedsPayer, "Billing.By")
	}
	if b.Format == nil {
		no.Add(NoFormat, "Billing.By")
		return verdict, nil
	}
	if x.Payer == nil || x.DueDate == nil { // said already; the file can't be written
		return verdict, nil
	}
	verdict.Document, err = b.Format.Encode(*x)
	var file timebok.Reasons
	if err := file.Join("", err); err != nil {
		return verdict, err
	}
	for _, r := range file { // a field that is refused already is not refused again in the file
		if !slices.ContainsFunc(*no, func(said timebok.Reason) bool { return said.Field == r.Field && r.Field != "" }) {
			_ = no.Join("Document", timebok.Reasons{r}.Refused())
		}
	}
	return verdict, nil
}

// freeze fills in what an invoice says from issue on: its number, dates, payment
// reference, and the snapshot of the parties.
func (b *Biller) freeze(v View, x *Invoice, today date.Date, no *timebok.Reasons) {
	x.State, x.IssueDate, x.Number = Issued, &today, v.nextNumber()
	x.Place = v.Clinic.Address
	if x.Place.City == "" {
		no.Add(NoPlace, "Place")
	}
	i := slices.IndexFunc(v.Parties, func(p timebok.BillingParty) bool { return p.ID == x.Party })
	if i < 0 {
		no.Add(booking.Unknown, "Party")
	} else {
		x.Seller = v.Parties[i]
		_ = no.Join("Seller", x.Seller.Validate()) // an InvalidError or nil: all is taken over
	}
	due := b.DueDays
	if due == 0 {
		due = 14
	}
	if x.Billing.To.IsClient() {
		x.Debtor = debtor(v.Client)
	} else {
		due = 0
		if i := slices.IndexFunc(v.Payers, func(p timebok.Payer) bool { return p.ID == x.Billing.To.Payer }); i >= 0 {
			payer := v.Payers[i]
			x.Payer, due = &payer, payer.DueDays
		}
	}
	if x.Payer == nil && x.Debtor == nil {
		no.Add(booking.Unknown, "Billing.To")
	}
	if x.Payer != nil {
		_ = no.Join("Payer", x.Payer.Validate()) // as above
		if x.Billing.By == timebok.EHF && !x.Payer.EHF {
			no.Add(NoEHF, "Billing.By")
		}
	}
	if due > 0 {
		day := today.Add(date.PeriodOfDays(due))
		x.DueDate = &day
	} else {
		no.Add(NoDueDate, "DueDate")
	}
	x.KID = kidOf(x.Seller.KID, x.Number)
}

// nextNumber is the number of the next invoice of the View's party.
func (v View) nextNumber() int64 {
	if v.Numbering == nil {
		return 1
	}
	return max(v.Numbering.Next, 1)
}

// debtor is the snapshot of a client who pays: what an invoice says of its buyer,
// and no more. It is kept for years after the journal may be gone.
func debtor(c *timebok.Client) *timebok.Client {
	if c == nil {
		return nil
	}
	of := *c
	of.BirthDate, of.BirthNumber, of.Phone = nil, timebok.BirthNumber{}, timebok.PhoneNumber{}
	return &of
}

// kidOf is the payment reference of an invoice number, at least six digits long.
func kidOf(scheme timebok.KIDScheme, number int64) timebok.KID {
	digits := strconv.FormatInt(number, 10)
	digits = strings.Repeat("0", max(0, 6-len(digits))) + digits
	var kid timebok.KID
	switch scheme {
	case timebok.KID10:
		kid, _ = timebok.NewKID10(digits) // 6 to 19 digits always make one
	case timebok.KID11:
		kid, _ = timebok.NewKID11(digits)
	}
	return kid
}

// checkCase checks what an insurance case demands of the invoice as a whole.
func checkCase(v View, x Invoice, no *timebok.Reasons) {
	if !v.insures(x) {
		if !x.Case.IsZero() {
			no.Add(PayerChanged, "Billing.To")
		}
		return
	}
	if v.Series.Kind == series.InsuranceCase && x.Case.Number == "" {
		no.Add(NoReference, "Case.Number")
	}
	var billed, added []series.Session // the missed ones may use a cap, too
	for _, b := range v.Bookings {
		switch {
		case b.State == booking.Completed && holds(b, x.ID):
			added = append(added, b.Session())
		case b.State == booking.NoShow || b.State == booking.Cancelled || payerBilled(b):
			billed = append(billed, b.Session())
		}
	}
	before := v.Series.Use(billed).Lines
	for i, after := range v.Series.Use(append(billed, added...)).Lines {
		grown := after.Used > before[i].Used || after.Amount.Compare(before[i].Amount) > 0
		if after.IsOver() && grown {
			no.Add(OverCover, "Lines")
			return
		}
	}
}

// payerBilled reports whether a payer was billed for a session.
func payerBilled(b booking.Booking) bool {
	return slices.ContainsFunc(b.Charges, func(c booking.Charge) bool {
		return !c.Billing.To.IsClient() && (c.Issued || c.Billing.By == timebok.External)
	})
}

// checkLine checks one line against its booking, the case, the payer and the law.
func checkLine(v View, x Invoice, l Line, field string, today date.Date, verdict *Verdict) {
	no := &verdict.Refusals
	loc, err := timebok.LoadZone(l.Zone)
	if err != nil {
		no.Add(timebok.BadZone, field+".Zone")
		return
	}
	day := timebok.DayOf(l.Time.Start, loc)
	i := slices.IndexFunc(v.Bookings, func(b booking.Booking) bool { return b.ID == l.Booking })
	switch {
	case i < 0 || v.Bookings[i].State != booking.Completed:
		no.Add(NotDelivered, field)
	case !holds(v.Bookings[i], x.ID):
		no.Add(BilledElsewhere, field)
	}
	if l.Item == "" {
		no.Add(timebok.Missing, field+".Item")
	}
	if today.After(monthAfter(day)) {
		verdict.Notices.Add(LateBilling, field+".Time")
	}
	if x.Billing.To.IsClient() {
		return
	}
	if x.Case.Network != "" && l.Treatment == "" {
		no.Add(NoTreatment, field+".Treatment")
	}
	if v.insures(x) && !v.Series.Covers(day) {
		no.Add(OutsideCase, field+".Time")
	}
	if x.Payer != nil && x.Payer.ClaimDays > 0 && int(today.Sub(day)) > x.Payer.ClaimDays {
		no.Add(TooOld, field+".Time", timebok.P("days", x.Payer.ClaimDays))
	}
}

// monthAfter is the last day of the month that begins with a day: after 31
// January it is the last of February.
func monthAfter(day date.Date) date.Date {
	next := day.AddDate(0, 1, 0)
	if next.Day() < day.Day() { // overflowed into the month after
		return next.Add(-date.PeriodOfDays(next.Day()))
	}
	return next
}

// document is the file of an issued invoice.
func document(x Invoice, body []byte, at time.Time) Document {
	return Document{Invoice: x.ID, Type: "application/xml", Body: body, At: at}
}
