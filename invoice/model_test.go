package invoice_test

import (
	"context"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"testing"
	"time"

	"github.com/timebok/timebok"
	"github.com/timebok/timebok/booking"
	"github.com/timebok/timebok/invoice"
	"github.com/timebok/timebok/series"
	"github.com/timebok/timebok/storage"
	"github.com/timebok/timebok/storage/memory"
	"pgregory.net/rapid"
)

// Whatever is drafted, discarded, issued, credited and marked, in whatever order:
// a session is billed once to each who pays for it, the numbers have no gap, what
// was issued never changes, and the accounts say what the sessions say.
func TestBillingModel(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		m := &model{desk: newDesk(t, memory.New()), first: map[invoice.ID]invoice.Invoice{}}
		shared, err := m.Case.Correct(series.Override{
			By: m.Actor(), Why: "egenandel", Caps: []series.Cap{}, Share: &series.Share{Fixed: timebok.Kroner(250)},
		})
		if err != nil {
			rt.Fatal(err)
		}
		m.save(shared)
		rt.Repeat(map[string]func(*rapid.T){
			"":                  m.check,
			"deliver":           func(*rapid.T) { m.deliver(m.Case.ID, m.next, 0) },
			"deliver with Kari": func(*rapid.T) { m.deliver(m.Case.ID, func(r *booking.Request) { m.withKari(r); m.next(r) }, 0) },
			"draft":             func(rt *rapid.T) { m.expect(rt, second(m.drafts(m.Case.ID, timebok.ClientID{}))) },
			"discard":           func(rt *rapid.T) { m.expect(rt, second(m.discard(m.any(rt)))) },
			"issue":             func(rt *rapid.T) { m.expect(rt, second(m.issue(m.any(rt)))) },
			"credit": func(rt *rapid.T) {
				x := m.any(rt)
				r := invoice.CreditRequest{NoDraft: rapid.Bool().Draw(rt, "no draft")}
				for _, l := range x.Lines {
					if rapid.Bool().Draw(rt, "this line") {
						r.Bookings = append(r.Bookings, l.Booking)
					}
				}
				m.expect(rt, second(m.credit(x, r)))
			},
			"mark": func(rt *rapid.T) {
				to := rapid.SampledFrom([]invoice.State{invoice.Submitted, invoice.Refused, invoice.Paid}).Draw(rt, "to")
				m.expect(rt, second(m.mark(m.any(rt), to)))
			},
			"fail": func(rt *rapid.T) { // the next commit, whatever it is of
				x := m.any(rt)
				m.driver.failNext()
				if _, err := m.issue(x); err == nil {
					rt.Fatal("an issue whose commit failed worked")
				}
				m.driver.cut = 0
			},
		})
	})
}

type model struct {
	*desk
	sessions int
	first    map[invoice.ID]invoice.Invoice // as they were issued
}

// next asks for the next free time, eight a day.
func (m *model) next(r *booking.Request) {
	r.Start = slot(m.sessions / 8).Add(time.Duration(m.sessions%8) * time.Hour)
	m.sessions++
}

func second[T any](_ T, err error) error { return err }

// expect fails unless a command worked or was refused by a rule.
func (m *model) expect(rt *rapid.T, err error) {
	var reasons timebok.Reasons
	if left := reasons.Join("", err); left != nil {
		rt.Fatalf("got %v, want success or a refusal", left)
	}
}

// any picks one of the invoices, a draft or not.
func (m *model) any(rt *rapid.T) invoice.Invoice {
	all := m.invoices(invoice.Filter{})
	if len(all) == 0 {
		rt.Skip("no invoices") // rapid draws another action; the test goes on
	}
	return all[rapid.IntRange(0, len(all)-1).Draw(rt, "invoice")]
}

func (m *model) check(rt *rapid.T) {
	type part struct {
		booking booking.ID
		billing timebok.Billing
	}
	live := map[part]invoice.Invoice{}
	accounts, numbers, issued := map[timebok.Billing]timebok.Money{}, map[timebok.BillingPartyID][]int64{}, 0
	for _, x := range m.invoices(invoice.Filter{}) {
		if x.State.IsIssued() {
			issued++
			numbers[x.Party] = append(numbers[x.Party], x.Number)
			was, ok := m.first[x.ID]
			if !ok {
				m.first[x.ID], was = x, x
			}
			now := x
			now.Version, now.State, now.Taken = was.Version, was.State, was.Taken
			if !reflect.DeepEqual(was, now) {
				rt.Fatalf("an issued invoice changed from\n%+v to\n%+v", was, now)
			}
		}
		for _, l := range x.Lines {
			switch {
			case x.Kind == invoice.CreditNote:
				accounts[x.Billing] = accounts[x.Billing].Sub(l.Amount)
				continue
			case x.State.IsIssued():
				accounts[x.Billing] = accounts[x.Billing].Add(l.Amount)
			}
			if x.State == invoice.Discarded || x.TakenBack(l.Booking) {
				continue
			}
			p := part{l.Booking, x.Billing}
			if other, twice := live[p]; twice {
				rt.Fatalf("a session stands on %v and %v", other.Ref(), x.Ref())
			}
			live[p] = x
		}
	}
	for party, got := range numbers {
		slices.Sort(got)
		for i, n := range got {
			if n != int64(i+1) {
				rt.Fatalf("numbers of %v: %v", party, got)
			}
		}
	}
	if n := len(m.messages()); n != issued {
		rt.Fatalf("%d messages for %d issued", n, issued)
	}
	sessions := map[timebok.Billing]timebok.Money{}
	for _, b := range m.bookings() {
		for _, c := range b.Charges {
			x := live[part{b.ID, c.Billing}]
			if c.Invoice != x.ID || c.Issued != (x.State != "" && x.State.IsIssued()) {
				rt.Fatalf("the session says %+v, the invoices %v in state %q", c, x.Ref(), x.State)
			}
			if c.Issued {
				sessions[c.Billing] = sessions[c.Billing].Add(c.Amount)
			}
		}
	}
	maps.DeleteFunc(accounts, func(_ timebok.Billing, sum timebok.Money) bool { return sum.IsZero() })
	if !maps.Equal(accounts, sessions) {
		rt.Fatalf("the invoices come to %s, the sessions to %s", fmt.Sprint(accounts), fmt.Sprint(sessions))
	}
}

func (d *desk) bookings() []booking.Booking {
	d.Helper()
	return read(d, func(ctx context.Context, tx storage.Tx) ([]booking.Booking, error) {
		return collect(tx.Bookings(ctx, booking.Filter{}))
	})
}
