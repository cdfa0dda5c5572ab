package invoice_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/rickb777/date"
	"github.com/timebok/timebok"
	"github.com/timebok/timebok/booking"
	"github.com/timebok/timebok/invoice"
	"github.com/timebok/timebok/series"
	"github.com/timebok/timebok/storage"
	"pgregory.net/rapid"
)

// One draft for each billing party and recipient, one line for each session.
func TestDraftsGroup(t *testing.T) {
	everywhere(t, func(d *desk) {
		employer := timebok.Billing{To: timebok.Recipient{Payer: d.Employer.ID}, By: timebok.ByEmail}
		insurer := d.Case.Terms().Billing
		d.deliver(d.Case.ID, nil, 1, 0)
		d.deliver(d.Case.ID, d.withKari, 2)
		d.deliver(d.Case.ID, func(r *booking.Request) { r.Billing, r.BillingWhy = &employer, "avtalt" }, 3)
		d.deliver(d.Case.ID, func(r *booking.Request) { r.Billing, r.BillingWhy = &timebok.BillClient, "ønske" }, 4)
		elsewhere := timebok.Billing{To: insurer.To, By: timebok.External}
		d.deliver(d.Case.ID, func(r *booking.Request) { r.Billing, r.BillingWhy = &elsewhere, "gammelt system" }, 5)
		nobody := timebok.Billing{By: timebok.Unbilled}
		d.deliver(d.Case.ID, func(r *booking.Request) { r.Billing, r.BillingWhy = &nobody, "gratis" }, 6)

		made, err := d.drafts(d.Case.ID, timebok.ClientID{})
		if err != nil {
			t.Fatal(err)
		}
		type group struct {
			party   timebok.BillingPartyID
			billing timebok.Billing
			lines   int
			sakID   string
		}
		var got []group
		for _, x := range made {
			got = append(got, group{x.Party, x.Billing, len(x.Lines), x.Case.Number})
			if x.State != invoice.Draft || x.Kind != invoice.Bill || x.Version != 1 || x.Client != d.Ola.ID ||
				x.Series != d.Case.ID || x.Number != 0 || x.IssueDate != nil || x.Seller.Name != "" || x.Payer != nil {
				t.Errorf("a draft says too much or too little: %+v", x)
			}
		}
		want := []group{
			{d.Company.ID, insurer, 2, "6QPTR"},
			{d.SoleTrader.ID, insurer, 1, "6QPTR"},
			{d.Company.ID, employer, 1, ""}, // the sakID is nobody's but the insurer's
			{d.Company.ID, timebok.BillClient, 1, ""},
		}
		if !slices.Equal(got, want) {
			t.Errorf("drafts\n\t%v, want\n\t%v", got, want)
		}
		if stored := d.invoices(invoice.Filter{}); len(stored) != 4 {
			t.Errorf("%d drafts are stored, want 4", len(stored))
		}
		if n := len(d.messages()); n != 0 || d.numbering(d.Company.ID) != nil {
			t.Errorf("a draft took a number or left %d messages", n)
		}
		d.changesNothing(func() {
			_, err := d.drafts(d.Case.ID, timebok.ClientID{})
			wantReasons[*timebok.Refusal](t, err, ": invoice.empty")
		})
	})
}

// Of one series, what is outside the VAT Act gets an invoice of its own: on one with
// exempt lines no receiver would take it, and the draft could never be issued.
func TestDraftsOutsideTheVATAct(t *testing.T) {
	everywhere(t, func(d *desk) {
		outside := d.Physio
		outside.Version++
		outside.VAT = timebok.VAT{Category: timebok.OutsideScope}
		d.save(outside)
		d.deliver(d.Case.ID, nil, 0, 2)
		d.deliver(d.Case.ID, func(r *booking.Request) { r.Service = outside.ID }, 1)
		made, err := d.drafts(d.Case.ID, timebok.ClientID{})
		if err != nil || len(made) != 2 || len(made[0].Lines) != 2 || len(made[1].Lines) != 1 {
			t.Fatalf("drafts %+v, %v; want one of two lines and one of one", made, err)
		}
		for _, draft := range made {
			if _, err := d.issue(draft); err != nil {
				t.Error(err)
			}
		}
	})
}

// A line says what the session was, as the recipient may know it.
func TestDraftLine(t *testing.T) {
	everywhere(t, func(d *desk) {
		b := d.deliver(d.Case.ID, nil, 0)[0]
		got := d.draft(d.Case.ID).Lines[0]
		want := invoice.Line{
			Booking: b.ID, Item: "Psykologtime, 45 min", Treatment: "PSY45", Time: b.Time, Zone: timebok.OsloZone,
			Amount: d.Agreed.Price, VAT: timebok.HealthService,
			Therapist: invoice.Therapist{Name: "Anne Prøve", HPR: d.Anne.HPR, Profession: "Psykolog"},
		}
		if got != want {
			t.Errorf("line %+v, want %+v", got, want)
		}
	})
}

// Only what took place is billed.
func TestDraftsDeliveredOnly(t *testing.T) {
	everywhere(t, func(d *desk) {
		for n, step := range []func(ctx context.Context, tx storage.Tx, b booking.Booking) (booking.Booking, error){
			func(_ context.Context, _ storage.Tx, b booking.Booking) (booking.Booking, error) { return b, nil },
			func(ctx context.Context, tx storage.Tx, b booking.Booking) (booking.Booking, error) {
				return d.desk.NoShow(ctx, tx, d.Actor(), b.ID, b.Version)
			},
			func(ctx context.Context, tx storage.Tx, b booking.Booking) (booking.Booking, error) {
				return d.desk.Cancel(ctx, tx, d.Actor(), b.ID, b.Version, booking.ByClient)
			},
			func(ctx context.Context, tx storage.Tx, b booking.Booking) (booking.Booking, error) {
				return d.desk.Arrive(ctx, tx, d.Actor(), b.ID, b.Version)
			},
		} {
			must(d, func(ctx context.Context, tx storage.Tx) (booking.Booking, error) {
				r := d.Request(slot(n))
				r.Series = d.Case.ID
				b, err := d.desk.Book(ctx, tx, d.Actor(), r)
				if err != nil {
					return b, err
				}
				return step(ctx, tx, b)
			})
		}
		_, err := d.drafts(d.Case.ID, timebok.ClientID{})
		wantReasons[*timebok.Refusal](t, err, ": invoice.empty")
		d.deliver(d.Case.ID, nil, 9)
		if x := d.draft(d.Case.ID); len(x.Lines) != 1 {
			t.Errorf("%d lines, want the delivered session alone", len(x.Lines))
		}
	})
}

// Nor is a session whose charges were frozen by mistake.
func TestDraftsNoMissedSession(t *testing.T) {
	p := newPaper()
	b := p.delivered(0)
	b.State = booking.NoShow
	_, err := p.biller.DecideDraft(p.view(b), p.Actor())
	wantReasons[*timebok.Refusal](t, err, ": invoice.empty")
}

// A client's sessions in no series are billed by client; those in series are not.
func TestDraftForClient(t *testing.T) {
	everywhere(t, func(d *desk) {
		d.deliver(series.ID{}, nil, 0)
		d.deliver(series.ID{}, d.withKari, 1)
		d.deliver(d.Case.ID, nil, 2)
		made, err := d.drafts(series.ID{}, d.Ola.ID)
		if err != nil || len(made) != 2 {
			t.Fatalf("%d drafts, %v, want one for each of two firms", len(made), err)
		}
		for _, x := range made {
			if len(x.Lines) != 1 || !x.Billing.To.IsClient() || !x.Series.IsZero() || !x.Case.IsZero() {
				t.Errorf("draft %+v, want one session in no series to the client", x)
			}
		}
	})
}

func TestDraftOfNothing(t *testing.T) {
	everywhere(t, func(d *desk) {
		_, err := d.drafts(series.ID{}, timebok.ClientID{})
		wantReasons[*timebok.InvalidError](t, err, "Client: field.missing")
		for what, unknown := range map[string]func() error{
			"series": func() error {
				_, err := d.drafts(timebok.New[series.Series](timebok.Source{}), timebok.ClientID{})
				return err
			},
			"client": func() error {
				_, err := d.drafts(series.ID{}, timebok.New[timebok.Client](timebok.Source{}))
				return err
			},
		} {
			if err := unknown(); !errors.Is(err, timebok.ErrNotFound) {
				t.Errorf("an unknown %s: %v, want timebok.ErrNotFound", what, err)
			}
		}
		_, err = d.drafts(series.ID{}, d.Åse.ID)
		wantReasons[*timebok.Refusal](t, err, ": invoice.empty")
	})
}

// The client's share and the insurer's are two drafts, and sum to the price.
func TestDraftShares(t *testing.T) {
	everywhere(t, func(d *desk) {
		shared, err := d.Case.Correct(series.Override{
			At: afterwards, By: d.Actor(), Why: "egenandel", Share: &series.Share{Percent: 3333},
		})
		if err != nil {
			t.Fatal(err)
		}
		d.save(shared)
		b := d.deliver(d.Case.ID, nil, 0)[0]
		made, err := d.drafts(d.Case.ID, timebok.ClientID{})
		if err != nil || len(made) != 2 {
			t.Fatalf("%d drafts, %v, want two", len(made), err)
		}
		insurer, client := made[0], made[1]
		if insurer.Billing != d.Case.Terms().Billing || client.Billing != timebok.BillClient {
			t.Errorf("drafts to %v and %v", insurer.Billing, client.Billing)
		}
		if client.Lines[0].Amount != timebok.Ore(44_012) { // 33.33 % of 1320.50
			t.Errorf("the client's share is %v", client.Lines[0].Amount)
		}
		if sum := timebok.Sum(insurer.Lines[0].Amount, client.Lines[0].Amount); sum != b.Price {
			t.Errorf("the parts sum to %v, want %v", sum, b.Price)
		}
		if client.Series != d.Case.ID || client.Case.Number != "" {
			t.Errorf("the client's draft carries case %q", client.Case.Number)
		}
		for _, x := range made { // both are issued, each with its own number
			if _, err := d.issue(x); err != nil {
				t.Fatal(err)
			}
		}
		if got := d.booking(b.ID).Charges; len(got) != 2 || !got[0].Issued || !got[1].Issued || got[0].Invoice == got[1].Invoice {
			t.Errorf("charges %+v, want both issued", got)
		}
	})
}

// Whatever the share, the drafts of a session sum to its price.
func TestDraftSharesSum(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := newPaper()
		price := timebok.Ore(rapid.Int64Range(0, 5_000_00).Draw(t, "price"))
		share := series.Share{Percent: timebok.BasisPoints(rapid.IntRange(0, 10000).Draw(t, "percent"))}
		if rapid.Bool().Draw(t, "fixed") {
			share = series.Share{Fixed: timebok.Ore(rapid.Int64Range(0, 6_000_00).Draw(t, "part"))}
		}
		b := c.delivered(0)
		client, payer := share.Split(price)
		b.Price, b.Charges = price, []booking.Charge{
			{Billing: c.Case.Terms().Billing, Amount: payer}, {Billing: timebok.BillClient, Amount: client},
		}
		changes, err := c.biller.DecideDraft(c.view(b), c.Actor())
		if err != nil {
			t.Fatal(err)
		}
		var sum timebok.Money
		for _, x := range changes.Invoices {
			sum = sum.Add(x.Totals().Net)
		}
		if sum != price {
			t.Fatalf("%d drafts sum to %v, want %v", len(changes.Invoices), sum, price)
		}
	})
}

// However often, and by however many at once, a session is drafted once.
func TestDraftOnce(t *testing.T) {
	everywhere(t, func(d *desk) {
		d.deliver(d.Case.ID, nil, 0, 1)
		d.deliver(series.ID{}, nil, 2)
		var wg sync.WaitGroup
		var mu sync.Mutex
		won := map[string]int{}
		for range 8 {
			for what, draft := range map[string]func() error{
				"series": func() error { _, err := d.drafts(d.Case.ID, timebok.ClientID{}); return err },
				"client": func() error { _, err := d.drafts(series.ID{}, d.Ola.ID); return err },
			} {
				wg.Go(func() {
					err := draft()
					mu.Lock()
					defer mu.Unlock()
					switch {
					case err == nil:
						won[what]++
					case !errors.Is(err, invoice.NothingToBill):
						t.Errorf("%s: %v, want %s", what, err, invoice.NothingToBill.Code())
					}
				})
			}
		}
		wg.Wait()
		if won["series"] != 1 || won["client"] != 1 {
			t.Errorf("winners %v, want one each", won)
		}
		var lines []booking.ID
		for _, x := range d.invoices(invoice.Filter{}) {
			for _, l := range x.Lines {
				if slices.Contains(lines, l.Booking) {
					t.Errorf("a session stands on two drafts")
				}
				lines = append(lines, l.Booking)
			}
		}
		if len(lines) != 3 {
			t.Errorf("%d sessions are drafted, want 3", len(lines))
		}
	})
}

func TestDiscard(t *testing.T) {
	everywhere(t, func(d *desk) {
		b := d.deliver(d.Case.ID, nil, 0)[0]
		first := d.draft(d.Case.ID)
		if got := d.booking(b.ID); got.Charges[0].Invoice != first.ID || got.Charges[0].Issued || got.Version != b.Version+1 {
			t.Errorf("drafted: %+v at version %d", got.Charges, got.Version)
		}
		gone, err := d.discard(first)
		if err != nil || gone.State != invoice.Discarded || gone.Version != 2 {
			t.Fatalf("Discard: %+v, %v", gone, err)
		}
		if got := d.booking(b.ID); got.Locked() {
			t.Errorf("the session is still on %v", got.Charges)
		}
		second := d.draft(d.Case.ID)
		if second.ID == first.ID || len(second.Lines) != 1 {
			t.Errorf("the new draft %+v", second)
		}
		d.changesNothing(func() { // the first one is gone for good, and takes the second nowhere
			_, err := d.discard(gone)
			wantReasons[*timebok.Refusal](t, err, "State: invoice.state")
			_, err = d.issue(gone)
			wantReasons[*timebok.Refusal](t, err, "State: invoice.state")
		})
		x, err := d.issue(second)
		if err != nil {
			t.Fatal(err)
		}
		d.changesNothing(func() {
			_, err := d.discard(x)
			wantReasons[*timebok.Refusal](t, err, "State: invoice.state")
		})
	})
}

// Sessions delivered after a draft was made come on a draft of their own.
func TestDraftAfterDraft(t *testing.T) {
	everywhere(t, func(d *desk) {
		d.deliver(d.Case.ID, nil, 0)
		first := d.draft(d.Case.ID)
		later := d.deliver(d.Case.ID, nil, 1)[0]
		second := d.draft(d.Case.ID)
		if second.ID == first.ID || len(second.Lines) != 1 || second.Lines[0].Booking != later.ID {
			t.Errorf("second draft %+v, want the later session alone", second)
		}
	})
}

// The party is the series', else the practitioner's, else the clinic's.
func TestDraftParty(t *testing.T) {
	everywhere(t, func(d *desk) {
		ofSeries := d.Case
		ofSeries.Version, ofSeries.Party = 2, d.SoleTrader.ID
		d.save(ofSeries)
		d.deliver(d.Case.ID, nil, 0) // with Anne, who has no firm of her own
		if x := d.draft(d.Case.ID); x.Party != d.SoleTrader.ID {
			t.Errorf("the series' party does not bill")
		}
	})
}

// issuedOf delivers a session in a series and issues the one invoice of it.
func (d *desk) issuedOf(s series.ID, n int) invoice.Invoice {
	d.Helper()
	d.deliver(s, nil, n)
	x, err := d.issue(d.draft(s))
	if err != nil {
		d.Fatal(err)
	}
	return x
}

// The documentation date is the day in the clinic's zone.
func TestIssueDateIsLocal(t *testing.T) {
	everywhere(t, func(d *desk) {
		d.deliver(d.Case.ID, nil, 0)
		draft := d.draft(d.Case.ID)
		d.clock.set(time.Date(2026, 3, 31, 22, 30, 0, 0, time.UTC)) // 00:30 on 1 April in Oslo
		x, err := d.issue(draft)
		if err != nil {
			t.Fatal(err)
		}
		if got := fmt.Sprint(x.IssueDate, x.DueDate); got != fmt.Sprint(date.New(2026, 4, 1), date.New(2026, 5, 1)) {
			t.Errorf("issued and due %s", got)
		}
	})
}
