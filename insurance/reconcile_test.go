package insurance_test

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/timebok/timebok"
	"github.com/timebok/timebok/booking"
	"github.com/timebok/timebok/insurance"
	"github.com/timebok/timebok/insurance/networktest"
	"github.com/timebok/timebok/series"
	"github.com/timebok/timebok/storage/storagetest"
)

// reconcile compares both sides, which must work.
func (c *clinic) reconcile() insurance.Reconciliation {
	c.Helper()
	r, err := c.intake.Reconcile(c.Context(), c.Clinic.ID, c.outside, storagetest.Monday)
	if err != nil {
		c.Fatalf("Reconcile: %v", err)
	}
	slices.SortFunc(r.Bookings, func(a, b insurance.Discrepancy) int {
		return cmp.Or(cmp.Compare(a.External, b.External), cmp.Compare(a.Kind, b.Kind))
	})
	return r
}

func named(id string, n int) insurance.ExternalBooking {
	b := wish(n)
	b.ID = id
	return b
}

// Two sides that agree have nothing to report, whatever was done to get there.
func TestReconcileAgrees(t *testing.T) {
	each(t, func(c *clinic) {
		known := networktest.NewCase(c.Case.Case.Number, *c.Ola.BirthDate)
		known.ValidFrom, known.ValidTo = c.Case.Terms().ValidFrom, c.Case.Terms().ValidTo
		c.network.AddCase(known)
		for i := range 5 {
			c.book(named(string(rune('A'+i)), i))
		}
		c.network.Move("A", slot(7))
		c.network.Cancel("B")
		c.poll()
		c.cancel(c.booking("C"), booking.ByClient)
		c.works(c.deliver(booking.ReportNetwork))
		r := c.reconcile()
		c.equal("cases", 0, len(r.Cases))
		c.equal("bookings", 0, len(r.Bookings))
		c.equal("looked at", 5, r.Looked.Bookings)
		if r.Looked.Cases < 1 || len(r.Skipped) > 0 {
			c.Errorf("%+v", r)
		}
	})
}

// Each kind of difference is found, and nothing is changed by looking.
func TestReconcileFindsDifferences(t *testing.T) {
	each(t, func(c *clinic) {
		for i, id := range []string{"A", "B", "C", "D", "E"} {
			c.take(c.book(named(id, i)), insurance.New)
		}
		c.network.Move("A", slot(20))                                                           // which is not heard
		c.network.Cancel("B")                                                                   // nor this
		c.network.Change("C", func(b *insurance.ExternalBooking) { b.Practitioner = "kari-2" }) // nor this
		c.cancel(c.booking("D"), booking.ByClinic)                                              // not reported yet
		lost := c.book(named("F", 6))                                                           // never heard of
		c.network.Cancel(c.book(named("G", 7)).Booking.ID)                                      // and nobody misses it
		c.occupy(8)                                                                             // so the next waits
		c.quarantined(c.book(named("H", 8)), booking.SlotTaken)
		gone := c.booking("E") // and the network forgets one
		gone.Version++
		gone.External.ID = "forgotten"
		c.save(gone)
		before := c.everything()

		r := c.reconcile()
		id := func(external string) booking.ID { return insurance.BookingID(timebok.Behandlernettverk, external) }
		text := func(n int) string { return slot(n).Format(time.RFC3339) }
		c.equal("bookings", []insurance.Discrepancy{
			{Kind: insurance.OtherTime, External: "A", Booking: id("A"), Here: text(0), There: text(20)},
			{Kind: insurance.OtherState, External: "B", Booking: id("B"), Here: "booked", There: "cancelled"},
			{Kind: insurance.OtherPractitioner, External: "C", Booking: id("C"), Here: c.Anne.ID.String(), There: "kari-2"},
			{Kind: insurance.OtherState, External: "D", Booking: id("D"), Here: "cancelled", There: "made"},
			{Kind: insurance.MissingHere, External: "F", Event: lost},
			{Kind: insurance.Waiting, External: "H", Codes: []string{booking.SlotTaken.Code()}},
			{Kind: insurance.MissingThere, External: "forgotten", Booking: id("E"), Here: text(4)},
		}, r.Bookings)
		after := c.everything()
		c.equal("bookings", before.Bookings, after.Bookings)
		c.equal("messages", before.Messages, after.Messages)
		c.equal("quarantine", before.Quarantine, after.Quarantine)

		// What is missing can be taken in, and what was not heard be polled.
		c.take(r.Bookings[4].Event, insurance.New)
		c.poll()
		c.works(c.deliver(booking.ReportNetwork))
		var kinds []insurance.DiscrepancyKind
		for _, d := range c.reconcile().Bookings {
			kinds = append(kinds, d.Kind)
		}
		c.equal("after that", []insurance.DiscrepancyKind{insurance.Waiting, insurance.MissingThere}, kinds)
	})
}

// A network lowers a quota under what is booked: it is told, and nothing is deleted.
func TestReconcileCases(t *testing.T) {
	each(t, func(c *clinic) {
		for i := range 3 {
			c.take(c.book(named(string(rune('A'+i)), i)), insurance.New)
		}
		c.network.ChangeCase("KARI1", func(x *insurance.Case) {
			x.Caps = []series.Cap{series.Sessions(2)}
			x.Payer.Org = c.Employer.Org
			x.Used = 4
		})
		before := c.everything()
		r := c.reconcile()
		s := c.series(c.booking("A").Series)
		c.equal("cases", []insurance.CaseDrift{
			{Drift: insurance.Drift{Series: c.Case.ID}, Number: "6QPTR", Gone: true}, // the network never heard of it
			{Number: "KARI1", Drift: insurance.Drift{Series: s.ID, Over: true, Changes: []insurance.Difference{
				{Field: "Caps", Was: "1000", Is: "2"},
				{Field: "Payer", Was: c.Insurer.Org.String(), Is: c.Employer.Org.String()},
				{Field: "Used", Was: "0", Is: "4"},
			}}},
		}, sortedCases(r.Cases))
		c.equal("bookings", before.Bookings, c.everything().Bookings)
		c.equal("approvals", 2, len(s.Approvals))
		c.equal("payer", c.Insurer.ID, s.Terms().Billing.To.Payer)

		// What was taken over is no drift any more; what somebody must look at is, and
		// so is what is booked over the cap, until it is mended.
		again := sortedCases(c.reconcile().Cases)
		c.equal("fields", 2, len(again[1].Changes))
		c.equal("over", true, again[1].Over)
		s = c.series(s.ID)
		next := must(s.Adjust(series.Adjustment{At: storagetest.Monday, By: c.Actor(), Why: "brukt hos andre", Sessions: 4}))
		c.save(next)
		c.network.ChangeCase("KARI1", func(x *insurance.Case) { x.Payer.Org = c.Insurer.Org })
		c.network.SetQuota("KARI1", 8)
		c.reconcile() // takes the quota over
		c.equal("mended", 1, len(c.reconcile().Cases))
	})
}

// One case of which nonsense is said does not hold up the others, and capitals make
// no other case.
func TestReconcileWithNonsense(t *testing.T) {
	each(t, func(c *clinic) {
		c.addCase("ODD")
		c.addCase("Even")
		for n, number := range []string{"ODD", "even"} {
			w := wish(n)
			w.CaseNumber = number
			c.take(c.network.Book(w), insurance.New)
		}
		c.network.ChangeCase("ODD", func(x *insurance.Case) { x.Caps = []series.Cap{series.Sessions(-1)} })
		c.network.SetQuota("Even", 7)
		var said []string
		for _, d := range sortedCases(c.reconcile().Cases) {
			if d.Gone {
				d.Number += " is gone"
			}
			said = append(said, d.Number)
		}
		c.equal("cases", []string{"6QPTR is gone", "ODD is gone", "even"}, said)
	})
}

func sortedCases(cases []insurance.CaseDrift) []insurance.CaseDrift {
	slices.SortFunc(cases, func(a, b insurance.CaseDrift) int { return cmp.Compare(a.Number, b.Number) })
	return cases
}

// More cases and bookings than fit into one reading.
func TestReconcileMany(t *testing.T) {
	eachOf(t, "memory", &networktest.Options{PageSize: 7}, func(c *clinic) {
		for i := range 60 {
			w := wish(i)
			w.Client.Email = timebok.EmailAddress{}
			w.Client.Phone = timebok.PhoneNumber{}
			w.Client.Name = timebok.Hide("Klient " + string(rune('A'+i/26)) + string(rune('a'+i%26)))
			w.CaseNumber = "CASE" + string(rune('A'+i/26)) + string(rune('a'+i%26))
			c.addCase(w.CaseNumber)
			c.network.Book(w)
		}
		c.poll()
		r := c.reconcile()
		c.equal("bookings", 60, r.Looked.Bookings)
		c.equal("cases", 61, r.Looked.Cases)
		c.equal("differences", 0, len(r.Bookings))
	})
}

// What a network can't do is not compared, and that is said; one that does not
// answer, or whose list has no end, fails.
func TestReconcileWithoutAnswers(t *testing.T) {
	eachWith(t, &networktest.Options{Can: &insurance.Capabilities{Events: true}, Terms: true}, func(c *clinic) {
		c.take(c.book(wish(0)), insurance.New)
		r := c.reconcile()
		c.equal("skipped", []string{"Lookup", "Standing"}, r.Skipped)
	})
	each(t, func(c *clinic) {
		c.network.Silence(true)
		if _, err := c.intake.Reconcile(c.Context(), c.Clinic.ID, c.outside, storagetest.Monday); !errors.Is(err, timebok.ErrUnavailable) {
			c.Errorf("Reconcile: %v", err)
		}
	})
}

// A case that can't be looked up keeps nothing else from being compared.
func TestReconcilePassesByWhatIsHeldUp(t *testing.T) {
	each(t, func(c *clinic) {
		for i, number := range []string{"FIRST", "SECOND"} {
			w := named(number, i)
			w.CaseNumber = c.addCase(number).Number
			c.take(c.network.Book(w), insurance.New)
			c.network.SetQuota(number, 7)
		}
		c.network.Move("FIRST", slot(5)) // is not heard of
		for _, number := range []string{"FIRST", "SECOND"} {
			silent := &lookless{Network: c.outside, number: number}
			r, err := c.intake.Reconcile(c.Context(), c.Clinic.ID, silent, storagetest.Monday)
			if !errors.Is(err, timebok.ErrUnavailable) {
				c.Errorf("Reconcile without %s: %v", number, err)
			}
			c.equal("looked at", 2, r.Looked.Cases)
			c.equal("bookings", 1, len(r.Bookings))
		}
		c.equal("looked at in the end", 3, c.reconcile().Looked.Cases)
	})
}

// A list of bookings that goes round has no end.
func TestReconcileGoesRound(t *testing.T) {
	each(t, func(c *clinic) {
		for i := range 3 {
			c.book(wish(i))
		}
		round := goesRound{c.outside}
		if _, err := c.intake.Reconcile(c.Context(), c.Clinic.ID, round, storagetest.Monday); !errors.Is(err, timebok.ErrUnavailable) {
			c.Errorf("Reconcile: %v", err)
		}
	})
}

type goesRound struct{ insurance.Network }

func (n goesRound) Standing(ctx context.Context, c insurance.Connection, from time.Time, cursor string) (insurance.Page, error) {
	page, err := n.Network.Standing(ctx, c, from, "")
	page.Next, page.More = map[string]string{"": "a", "a": "b", "b": "a"}[cursor], ctx.Err() == nil
	return page, err
}
