package invoice_test

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/rickb777/date"
	"github.com/timebok/timebok"
	"github.com/timebok/timebok/booking"
	"github.com/timebok/timebok/invoice"
	"github.com/timebok/timebok/series"
	"github.com/timebok/timebok/storage"
	"github.com/timebok/timebok/storage/storagetest"
)

// A change makes a sound View unsound, or brings it to the edge of it.
type change = func(p *paper, v *invoice.View)

// line changes line i of the draft.
func line(i int, f func(*invoice.Line)) change {
	return func(_ *paper, v *invoice.View) { f(&v.Invoice.Lines[i]) }
}

// at says when the draft is looked at.
func at(now time.Time) change {
	return func(p *paper, _ *invoice.View) { p.biller.Now = func() time.Time { return now } }
}

// preflights lists for each rule what breaks it, and what only just does not.
// Sessions are at 10:00 on 2 and 3 March 2026, and it is 22 March.
var preflights = []struct {
	name   string
	change change
	want   []string // "field: code"
}{
	{"sound", func(*paper, *invoice.View) {}, nil},

	{"an issued invoice", func(_ *paper, v *invoice.View) { v.Invoice.State = invoice.Issued }, []string{"State: invoice.state"}},
	{"no lines", func(_ *paper, v *invoice.View) { v.Invoice.Lines = nil }, []string{"Lines: invoice.empty"}},

	{"a session is not delivered", func(_ *paper, v *invoice.View) { v.Bookings[1].State = booking.Arrived }, []string{"Lines[1]: line.undelivered"}},
	{"a session is unknown", func(_ *paper, v *invoice.View) { v.Bookings = v.Bookings[:1] }, []string{"Lines[1]: line.undelivered"}},
	{"a session stands elsewhere", func(_ *paper, v *invoice.View) {
		v.Bookings[0].Charges[0].Invoice = timebok.NewInvoiceID(timebok.Source{})
	}, []string{"Lines[0]: line.billed"}},

	{"no name of the service", line(0, func(l *invoice.Line) { l.Item = "" }), []string{"Lines[0].Item: field.missing"}},
	{"the client's name", line(1, func(l *invoice.Line) { l.Item = "Time for OLA BLÅBÆR prøvesen" }), []string{"Lines[1].Item: line.personal"}},
	{"another name", line(1, func(l *invoice.Line) { l.Item = "Time hos Ola Prøve" }), nil},
	{"a birth number", line(1, func(l *invoice.Line) { l.Item = "Time 10915596784" }), []string{"Lines[1].Item: line.personal"}},
	{"a birth number as people write it", line(1, func(l *invoice.Line) { l.Item = "Time (109155 96784)" }), []string{"Lines[1].Item: line.personal"}},
	{"a birth number as a code", line(1, func(l *invoice.Line) { l.Treatment = "10915596784" }), []string{"Lines[1].Treatment: line.personal"}},
	{"a birth number as a reason", line(1, func(l *invoice.Line) { l.VAT.Reason = "10915596784" }), []string{"Lines[1].VAT.Reason: line.personal"}},
	{"two of the client's names", line(1, func(l *invoice.Line) { l.Item = "Prøvesen,  Ola" }), []string{"Lines[1].Item: line.personal"}},
	{"the client's last name", line(1, func(l *invoice.Line) { l.Item = "Time for Prøvesen" }), []string{"Lines[1].Item: line.personal"}},
	{"the client's last name at the beginning, where it may be a word", line(1, func(l *invoice.Line) { l.Item = "Prøvesen 45 minutter" }), nil},
	{"the client's last name as the case", func(_ *paper, v *invoice.View) { v.Invoice.Case.Number = "Prøvesen" }, []string{"Case.Number: line.personal"}},
	{"the client's name as the payer's reference", func(_ *paper, v *invoice.View) { v.Payers[0].Reference = "Ola Blåbær Prøvesen" }, []string{"Payer.Reference: line.personal"}},
	{"a birth number as the payer's reference", func(_ *paper, v *invoice.View) { v.Payers[0].Reference = "10915596784" }, []string{"Payer.Reference: line.personal"}},
	{"a case worker with the client's last name", func(_ *paper, v *invoice.View) { v.Payers[0].Reference = "Kari Prøvesen" }, nil},
	{"the client's name as the place", func(_ *paper, v *invoice.View) { v.Clinic.Address.Street = "Hjemme hos Ola Prøvesen" }, []string{"Place.Street: line.personal"}},
	{"the client's name as a profession", line(0, func(l *invoice.Line) { l.Therapist.Profession = "Ola Prøvesens mor" }), []string{"Lines[0].Therapist.Profession: line.personal"}},
	{"the client's last name in the genitive", line(0, func(l *invoice.Line) { l.Item = "Time med Prøvesens mor" }), []string{"Lines[0].Item: line.personal"}},
	{"the client's last name in capitals", func(_ *paper, v *invoice.View) { v.Invoice.Case.Number = "PRØVESEN 12" }, []string{"Case.Number: line.personal"}},
	{"a therapist with the client's last name", line(0, func(l *invoice.Line) { l.Item, l.Therapist.Name = "Time hos Prøvesen", "Kari Prøvesen" }), nil},
	{"a name as it is filed", func(_ *paper, v *invoice.View) {
		v.Client.Name, v.Invoice.Lines[0].Item = timebok.Hide("Hansen, Kari"), "Time for Kari Hansen"
	}, []string{"Lines[0].Item: line.personal"}},
	{"a name of one word", func(_ *paper, v *invoice.View) {
		v.Client.Name, v.Invoice.Lines[0].Item = timebok.Hide("Dag"), "Terapi hel dag"
	}, nil},
	{"a name that is half a number", func(_ *paper, v *invoice.View) {
		v.Client.Name, v.Invoice.Lines[0].Item = timebok.Hide("Klient 4711"), "Samtale med klient"
	}, nil},
	{"an initial", func(_ *paper, v *invoice.View) {
		v.Client.Name, v.Invoice.Case.Number = timebok.Hide("Kari N."), "N-123456"
	}, nil},
	{"a case worker with the client's first names", func(_ *paper, v *invoice.View) {
		v.Client.Name, v.Payers[0].Reference = timebok.Hide("Anne-Marie Solberg"), "Anne-Marie Lund"
	}, nil},
	{"a street with a name in it", func(_ *paper, v *invoice.View) {
		v.Client.Name, v.Clinic.Address.Street = timebok.Hide("Karl Gustav Berg"), "Karl Gustavs vei 3"
	}, nil},
	{"a case with digits behind", func(_ *paper, v *invoice.View) { v.Invoice.Case.Number = "12749547-012" }, nil},
	{"a birth number as the place", func(_ *paper, v *invoice.View) { v.Clinic.Address.City = "10915596784 Oslo" }, []string{"Place.City: line.personal"}},
	{"a birth number as a therapist", line(0, func(l *invoice.Line) { l.Therapist.Name = "10915596784" }), []string{"Lines[0].Therapist.Name: line.personal"}},
	{"an EHF to the client", func(_ *paper, v *invoice.View) {
		v.Invoice.Billing, v.Series = timebok.Billing{By: timebok.EHF}, nil
		v.Invoice.Case = series.Case{}
	}, []string{"Billing.By: billing.ehf.client"}},
	{"eleven other digits", line(1, func(l *invoice.Line) { l.Item = "Time 10915596785" }), nil},
	{"a bank account", line(1, func(l *invoice.Line) { l.Item = "Til 8601.11.17947" }), nil},
	{"an unknown zone", line(0, func(l *invoice.Line) { l.Zone = "Oslo" }), []string{"Lines[0].Zone: zone.unknown"}},
	{"no treatment code", line(1, func(l *invoice.Line) { l.Treatment = "" }), []string{"Lines[1].Treatment: line.treatment"}},
	{"no treatment code, in a case by hand", func(_ *paper, v *invoice.View) {
		v.Invoice.Case.Network, v.Series.Case.Network, v.Invoice.Lines[1].Treatment = "", "", ""
	}, nil},

	{"the case begins on the day", func(p *paper, v *invoice.View) {
		v.Series.Approvals[0].Terms.ValidFrom = new(date.New(2026, 3, 2))
	}, nil},
	{"the case begins the day after", func(p *paper, v *invoice.View) {
		v.Series.Approvals[0].Terms.ValidFrom = new(date.New(2026, 3, 3))
	}, []string{"Lines[0].Time: line.validity"}},
	{"the case ends on the day", func(p *paper, v *invoice.View) {
		v.Series.Approvals[0].Terms.ValidTo = new(date.New(2026, 3, 3))
	}, nil},
	{"the case ended the day before", func(p *paper, v *invoice.View) {
		v.Series.Approvals[0].Terms.ValidTo = new(date.New(2026, 3, 2))
	}, []string{"Lines[1].Time: line.validity"}},

	{"the last day of the payer's deadline", at(time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC)), nil}, // 60 days after 2 March
	{"a day after the payer's deadline", at(time.Date(2026, 5, 2, 12, 0, 0, 0, time.UTC)), []string{"Lines[0].Time: line.deadline"}},
	{"a minute after it, in Oslo", at(time.Date(2026, 5, 1, 22, 1, 0, 0, time.UTC)), []string{"Lines[0].Time: line.deadline"}},
	{"years after, and no deadline", func(p *paper, v *invoice.View) {
		at(time.Date(2029, 5, 2, 12, 0, 0, 0, time.UTC))(p, v)
		v.Payers[0].ClaimDays = 0
	}, nil},

	{"no case number", func(_ *paper, v *invoice.View) { v.Invoice.Case.Number = "" }, []string{"Case.Number: invoice.reference"}},
	{"no case, and no insurance", func(_ *paper, v *invoice.View) {
		v.Series.Kind, v.Invoice.Case = series.OtherPayer, series.Case{}
	}, nil},
	{"a birth number as case", func(_ *paper, v *invoice.View) { v.Invoice.Case.Number = "10915596784" }, []string{"Case.Number: line.personal"}},

	{"as many as the cover", caps(series.Sessions(2)), nil},
	{"more than the cover", caps(series.Sessions(1)), []string{"Lines: invoice.cover"}},
	{"as much as the cover", caps(series.Cap{Unit: series.CapAmount, Amount: timebok.Kroner(2641)}), nil},
	{"an øre more than the cover", caps(series.Cap{Unit: series.CapAmount, Amount: timebok.Ore(264_099)}), []string{"Lines: invoice.cover"}},
	{"some used elsewhere", func(p *paper, v *invoice.View) {
		caps(series.Sessions(3))(p, v)
		v.Series.Adjustments = []series.Adjustment{{Opening: true, Sessions: 1}}
	}, nil},
	{"too many used elsewhere", func(p *paper, v *invoice.View) {
		caps(series.Sessions(3))(p, v)
		v.Series.Adjustments = []series.Adjustment{{Opening: true, Sessions: 2}}
	}, []string{"Lines: invoice.cover"}},
	{"one invoiced before", func(p *paper, v *invoice.View) {
		caps(series.Sessions(2))(p, v)
		v.Bookings = append(v.Bookings, p.elsewhere(2, true))
	}, []string{"Lines: invoice.cover"}},
	{"one delivered, and not invoiced", func(p *paper, v *invoice.View) {
		caps(series.Sessions(2))(p, v)
		v.Bookings = append(v.Bookings, p.elsewhere(2, false))
	}, nil},
	{"one the client pays", func(p *paper, v *invoice.View) {
		caps(series.Sessions(2))(p, v)
		b := p.elsewhere(2, true)
		b.Billing = timebok.BillClient
		b.Charges[0].Billing = timebok.BillClient
		v.Bookings = append(v.Bookings, b)
	}, nil},
	{"one billed outside", func(p *paper, v *invoice.View) {
		caps(series.Sessions(2))(p, v)
		b := p.elsewhere(2, false)
		b.Charges[0].Billing.By, b.Charges[0].Invoice = timebok.External, invoice.ID{}
		v.Bookings = append(v.Bookings, b)
	}, []string{"Lines: invoice.cover"}},
	{"one missed, that counts", func(p *paper, v *invoice.View) {
		caps(series.Sessions(2))(p, v)
		v.Series.Policy.NoShowCounts = true
		v.Bookings = append(v.Bookings, p.missed(2))
	}, []string{"Lines: invoice.cover"}},
	{"one missed, that does not count", func(p *paper, v *invoice.View) {
		caps(series.Sessions(2))(p, v)
		v.Bookings = append(v.Bookings, p.missed(2))
	}, nil},
	{"one here for its session now", func(p *paper, v *invoice.View) {
		caps(series.Sessions(2))(p, v)
		b := p.missed(2)
		b.State = booking.Arrived
		v.Bookings = append(v.Bookings, b)
	}, nil},
	{"more than the cover of another treatment", func(p *paper, v *invoice.View) {
		caps(series.Cap{Unit: series.CapSessions, Treatment: "FYS30"}, series.Sessions(9))(p, v)
		b := p.elsewhere(2, true)
		b.Treatment = "FYS30"
		v.Bookings = append(v.Bookings, b)
	}, nil},
	{"more than the cover of this treatment", caps(
		series.Cap{Unit: series.CapSessions, Treatment: "PSY45", Sessions: 1}, series.Sessions(9)), []string{"Lines: invoice.cover"}},

	{"the payer gives no time to pay", func(_ *paper, v *invoice.View) { v.Payers[0].DueDays = 0 }, []string{"DueDate: invoice.due"}},
	{"the payer takes no EHF", func(_ *paper, v *invoice.View) { v.Payers[0].EHF = false }, []string{"Billing.By: recipient.ehf"}},
	{"the payer has no organisation number", func(_ *paper, v *invoice.View) { v.Payers[0].Org = timebok.OrgNumber{} }, []string{"Payer.Org: field.missing"}},
	{"the payer is unknown", func(_ *paper, v *invoice.View) { v.Payers = nil }, []string{"Billing.To: ref.unknown", "DueDate: invoice.due"}},
	{"the payer takes e-mail, and there is no EHF", func(p *paper, v *invoice.View) {
		v.Invoice.Billing.By = timebok.ByEmail
		for i := range v.Bookings {
			v.Bookings[i].Charges[0].Billing.By = timebok.ByEmail
		}
		v.Payers[0].EHF, p.biller.Format = false, nil
	}, nil},

	{"the seller is unknown", func(_ *paper, v *invoice.View) { v.Parties = v.Parties[1:] }, []string{"Party: ref.unknown"}},
	{"the seller has no account", func(_ *paper, v *invoice.View) { v.Parties[0].Account = timebok.BankAccount{} }, []string{"Seller.Account: field.missing"}},
	{"the seller has an IBAN alone", func(_ *paper, v *invoice.View) {
		v.Parties[0].Account, v.Parties[0].IBAN = timebok.BankAccount{}, v.Parties[1].IBAN
	}, nil},
	{"the seller's KID scheme is unknown", func(_ *paper, v *invoice.View) { v.Parties[0].KID = "mod12" }, []string{"Seller.KID: field.invalid"}},
	{"an AS that is in no register", func(_ *paper, v *invoice.View) { v.Parties[0].Foretaksregisteret = false }, []string{"Seller.Foretaksregisteret: party.foretaksregisteret"}},
	{"no place", func(_ *paper, v *invoice.View) { v.Clinic.Address.City = "" }, []string{"Place: invoice.place"}},

	{"no Format", func(p *paper, _ *invoice.View) { p.biller.Format = nil }, []string{"Billing.By: invoice.format"}},
	{"the Format refuses", func(p *paper, _ *invoice.View) {
		p.biller.Format = plain{timebok.Reasons{invoice.NoReference.At("Lines[0]"), invoice.NoDueDate.At("")}.Refused()}
	}, []string{"Document.Lines[0]: invoice.reference", "Document: invoice.due"}},
	{"the Format finds something invalid", func(p *paper, _ *invoice.View) {
		p.biller.Format = plain{timebok.Reasons{timebok.Missing.At("Seller.Name")}.Invalid()}
	}, []string{"Document.Seller.Name: field.missing"}},
}

func caps(all ...series.Cap) change {
	return func(_ *paper, v *invoice.View) { v.Series.Approvals[0].Terms.Caps = all }
}

// elsewhere is a delivered session that stands on another draft or invoice.
func (p *paper) elsewhere(n int, issued bool) booking.Booking {
	b := p.delivered(n)
	b.Charges[0].Invoice, b.Charges[0].Issued = timebok.NewInvoiceID(timebok.Source{}), issued
	return b
}

// missed is a session to which the client did not come.
func (p *paper) missed(n int) booking.Booking {
	b := p.delivered(n)
	b.State, b.Charges = booking.NoShow, nil
	return b
}

func TestPreflightRules(t *testing.T) {
	for _, tt := range preflights {
		t.Run(tt.name, func(t *testing.T) {
			p := newPaper()
			v := p.drafted(p.delivered(0), p.delivered(1))
			tt.change(p, &v)
			verdict, err := p.biller.DecidePreflight(v)
			if err != nil {
				t.Fatal(err)
			}
			sameReasons(t, verdict.Refusals, tt.want...)

			// Issue says the same, and nothing else.
			c, err := p.biller.DecideIssue(v, v.Invoice.Version, p.Actor())
			if len(tt.want) > 0 {
				wantReasons[*timebok.Refusal](t, err, tt.want...)
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			verdict.Invoice.Version++ // issued, it is a version later
			if diff := cmp.Diff(verdict.Invoice, c.Invoices[0]); diff != "" {
				t.Errorf("pre-flight and issue differ:\n%s", diff)
			}
		})
	}
}

// All that is wrong is said at once, each at its place.
func TestPreflightAllAtOnce(t *testing.T) {
	p := newPaper()
	v := p.drafted(p.delivered(0), p.delivered(1))
	p.biller.Now = func() time.Time { return time.Date(2026, 9, 1, 12, 0, 0, 0, time.UTC) }
	v.Clinic.Address.City = ""
	v.Parties[0].Account, v.Parties[0].Name = timebok.BankAccount{}, ""
	v.Payers[0].EHF, v.Payers[0].Org = false, timebok.OrgNumber{}
	v.Invoice.Case.Number = ""
	v.Invoice.Lines[0].Treatment, v.Invoice.Lines[1].Item = "", "10915596784"
	v.Series.Approvals[0].Terms.ValidTo = new(date.New(2026, 3, 2))
	v.Series.Approvals[0].Terms.Caps = []series.Cap{series.Sessions(1)}
	v.Bookings[1].State = booking.EnteredInError
	p.biller.Format = plain{timebok.Reasons{timebok.BadValue.At("Note")}.Invalid()}
	verdict, err := p.biller.DecidePreflight(v)
	if err != nil {
		t.Fatal(err)
	}
	sameReasons(t, verdict.Refusals,
		"Place: invoice.place", "Seller.Account: field.missing", "Seller.Name: field.missing",
		"Billing.By: recipient.ehf", "Payer.Org: field.missing", "Case.Number: invoice.reference",
		"Lines[0].Treatment: line.treatment", "Lines[0].Time: line.deadline",
		"Lines[1]: line.undelivered", "Lines[1].Item: line.personal", "Lines[1].Time: line.validity",
		"Lines[1].Time: line.deadline", "Document.Note: field.invalid")
	sameReasons(t, verdict.Notices, "Lines[0].Time: line.late", "Lines[1].Time: line.late")
}

// A failing Format is no verdict.
func TestPreflightFormatFails(t *testing.T) {
	p := newPaper()
	broken := errors.New("out of memory")
	p.biller.Format = plain{broken}
	v := p.drafted(p.delivered(0))
	if _, err := p.biller.DecidePreflight(v); !errors.Is(err, broken) {
		t.Errorf("got %v, want the Format's own error", err)
	}
	if _, err := p.biller.DecideIssue(v, 1, p.Actor()); !errors.Is(err, broken) {
		t.Errorf("Issue: got %v, want the Format's own error", err)
	}
}

// The law wants the invoice within a month, from whoever pays. It is said, and
// stops nothing.
func TestPreflightLate(t *testing.T) {
	for _, tt := range []struct {
		session, today date.Date
		late           bool
	}{
		{date.New(2026, 3, 2), date.New(2026, 4, 2), false},
		{date.New(2026, 3, 2), date.New(2026, 4, 3), true},
		{date.New(2026, 1, 31), date.New(2026, 2, 28), false},
		{date.New(2026, 1, 31), date.New(2026, 3, 1), true},
		{date.New(2026, 1, 28), date.New(2026, 2, 28), false},
		{date.New(2026, 3, 31), date.New(2026, 4, 30), false},
		{date.New(2026, 3, 31), date.New(2026, 5, 1), true},
		{date.New(2026, 12, 31), date.New(2027, 1, 31), false},
		{date.New(2026, 12, 31), date.New(2027, 2, 1), true},
	} {
		for _, to := range []timebok.Billing{{}, timebok.BillClient} {
			p := newPaper()
			at(tt.today.UTC().Add(12*time.Hour))(p, nil)
			b := p.delivered(0)
			b.Time = timebok.Lasting(tt.session.UTC().Add(9*time.Hour), time.Hour)
			if to.By != "" {
				b.Billing, b.Charges[0].Billing = to, to
			}
			v := p.drafted(b)
			v.Series.Approvals[0].Terms.ValidTo = nil
			verdict, err := p.biller.DecidePreflight(v)
			if err != nil || len(verdict.Refusals) > 0 {
				t.Fatalf("%v, %v", verdict.Refusals, err)
			}
			if got := verdict.Notices.Has(invoice.LateBilling); got != tt.late {
				t.Errorf("session %v, invoice %v to %q: late %t, want %t", tt.session, tt.today, to.By, got, tt.late)
			}
		}
	}
}

// A client's invoice needs no case, treatment code or EHF, and is due when the
// Biller says.
func TestPreflightOfClient(t *testing.T) {
	for days, want := range map[int]*date.Date{
		0: new(date.New(2026, 4, 5)), 10: new(date.New(2026, 4, 1)), -1: nil,
	} {
		p := newPaper()
		p.biller.DueDays, p.biller.Format = days, nil
		b := p.delivered(0)
		b.Treatment, b.Billing = "", timebok.BillClient
		b.Charges[0].Billing = timebok.BillClient
		v := p.drafted(b)
		v.Series.Approvals[0].Terms.ValidTo = new(date.New(2026, 1, 1)) // which is the insurer's matter
		v.Series.Approvals[0].Terms.Caps = []series.Cap{series.Sessions(0)}
		verdict, err := p.biller.DecidePreflight(v)
		if err != nil {
			t.Fatal(err)
		}
		if want == nil {
			sameReasons(t, verdict.Refusals, "DueDate: invoice.due")
			continue
		}
		sameReasons(t, verdict.Refusals)
		x := verdict.Invoice
		if x.Payer != nil || x.Debtor == nil || x.Debtor.Name != p.Ola.Name || !x.DueDate.Equal(*want) || verdict.Document != nil {
			t.Errorf("%d days: due %v to %v", days, x.DueDate, x.Debtor)
		}
		v.Client = nil
		verdict, err = p.biller.DecidePreflight(v)
		if err != nil {
			t.Fatal(err)
		}
		sameReasons(t, verdict.Refusals, "Billing.To: ref.unknown")
	}
}

// What is kept of a paying client is what the invoice says of its buyer.
func TestDebtorIsMinimal(t *testing.T) {
	p := newPaper()
	b := p.delivered(0)
	b.Charges[0].Billing = timebok.BillClient
	verdict, err := p.biller.DecidePreflight(p.drafted(b))
	if err != nil || verdict.Invoice.Debtor == nil {
		t.Fatal(verdict.Refusals, err)
	}
	got := *verdict.Invoice.Debtor
	if !got.BirthNumber.IsZero() || got.BirthDate != nil || !got.Phone.IsZero() {
		t.Errorf("the invoice keeps birth number, birth date or telephone number")
	}
	if got.ID != p.Ola.ID || got.Name != p.Ola.Name || got.Address != p.Ola.Address || got.Email != p.Ola.Email || got.Lang != p.Ola.Lang {
		t.Errorf("the invoice keeps %+v", got)
	}
}

// Lines stand in the order of the sessions, whatever the draft's is.
func TestPreflightSortsLines(t *testing.T) {
	p := newPaper()
	v := p.drafted(p.delivered(0), p.delivered(1), p.delivered(2))
	slices.Reverse(v.Invoice.Lines)
	given := slices.Clone(v.Invoice.Lines)
	verdict, err := p.biller.DecidePreflight(v)
	if err != nil {
		t.Fatal(err)
	}
	sorted := slices.IsSortedFunc(verdict.Invoice.Lines, func(a, b invoice.Line) int { return a.Time.Compare(b.Time) })
	if !sorted || !slices.Equal(given, v.Invoice.Lines) {
		t.Error("the lines are not in order, or the View was changed")
	}
}

// Pre-flight in a View: nothing is locked, saved or numbered.
func TestPreflightStored(t *testing.T) {
	everywhere(t, func(d *desk) {
		d.deliver(d.Case.ID, nil, 0)
		draft := d.draft(d.Case.ID)
		d.changesNothing(func() {
			err := d.store.View(d.Context(), d.Clinic.ID, func(ctx context.Context, tx storage.Tx) error {
				verdict, err := d.biller.Preflight(ctx, tx, draft.ID)
				sameReasons(t, verdict.Refusals)
				if x := verdict.Invoice; x.Number != 1 || x.State != invoice.Issued || len(verdict.Document) == 0 {
					t.Errorf("as it would be issued: %+v", x)
				}
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
		})
	})
}

// What pre-flight refuses, issue refuses, and nothing is left behind: with the
// reasons of the whole series, not only of the draft's sessions.
func TestIssueRefused(t *testing.T) {
	everywhere(t, func(d *desk) {
		d.issued(0, 1)
		d.deliver(d.Case.ID, nil, 2)
		draft := d.draft(d.Case.ID)
		less, err := d.Case.Correct(series.Override{
			At: afterwards, By: d.Actor(), Why: "brev", Caps: []series.Cap{series.Sessions(2)},
			ValidTo: new(storagetestDay(1)),
		})
		if err != nil {
			t.Fatal(err)
		}
		insurer := d.Insurer
		insurer.Version, insurer.EHF, insurer.DueDays = 2, false, 0
		d.save(less, insurer)
		want := []string{"Lines: invoice.cover", "Lines[0].Time: line.validity", "Billing.By: recipient.ehf", "DueDate: invoice.due"}
		d.changesNothing(func() {
			_, err := d.issue(draft)
			wantReasons[*timebok.Refusal](t, err, want...)
		})
		// The draft is as good as before once the reasons are gone.
		insurer.Version, insurer.EHF, insurer.DueDays = 3, true, 30
		more, err := less.Correct(series.Override{
			At: afterwards, By: d.Actor(), Why: "nytt brev", Caps: []series.Cap{series.Sessions(3)},
			ValidTo: new(storagetestDay(2)),
		})
		if err != nil {
			t.Fatal(err)
		}
		d.save(insurer, more)
		if x, err := d.issue(draft); err != nil || x.Number != 2 {
			t.Errorf("issued as %d, %v, want 2: the refused one took no number", x.Number, err)
		}
	})
}

// storagetestDay is the day of slot n.
func storagetestDay(n int) date.Date { return date.NewAt(storagetest.Monday.AddDate(0, 0, n)) }
