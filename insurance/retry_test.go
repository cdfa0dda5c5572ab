package insurance_test

import (
	"context"
	"errors"
	"testing"

	"github.com/timebok/timebok"
	"github.com/timebok/timebok/booking"
	"github.com/timebok/timebok/insurance"
	"github.com/timebok/timebok/insurance/networktest"
	"github.com/timebok/timebok/storage"
)

// retry tries all that waits once more, which must work.
func (c *clinic) retry() insurance.Tally {
	c.Helper()
	tally, err := c.intake.Retry(c.Context(), c.Clinic.ID, c.outside)
	if err != nil {
		c.Fatalf("Retry: %v", err)
	}
	return tally
}

// A time that becomes free is taken by the event that waits for it, and the network
// is told what holds now, after what held before.
func TestRetryWhenTheTimeIsFree(t *testing.T) {
	each(t, func(c *clinic) {
		busy := c.occupy(0)
		e := c.book(wish(0))
		c.quarantined(e, booking.SlotTaken)
		before := c.everything()
		c.equal("while it is taken", insurance.Tally{insurance.Quarantined: 1}, c.retry())
		c.equal("everything, while it is taken", before, c.everything())

		c.cancel(busy, booking.ByClient)
		c.equal("when it is free", insurance.Tally{insurance.New: 1}, c.retry())
		c.equal("start", slot(0), c.booking(e.Booking.ID).Time.Start)
		s := c.everything()
		c.equal("waiting", 0, len(s.Quarantine))
		c.equal("nothing more", insurance.Tally{}, c.retry())

		c.works(c.deliver(insurance.AckNetwork)) // in whatever order the relay takes them
		acks := c.network.Acks()
		last := acks[len(acks)-1]
		c.equal("the last acknowledgement", insurance.Ack{ID: last.ID, Event: e.ID, Version: 2, Result: insurance.New}, last)
	})
}

// What is mended is tried again with all reasons as they are now.
func TestRetryTellsTheReasonsNow(t *testing.T) {
	each(t, func(c *clinic) {
		w := wish(0)
		w.Treatment = "NEW1"
		e := c.book(w)
		c.quarantined(e, insurance.UnknownService)
		service := c.Talk
		service.Version++
		service.Keys = append(service.Keys, timebok.NetworkKey{Network: timebok.Behandlernettverk, Key: "NEW1"})
		c.save(service)
		c.occupy(0)
		c.equal("after the code is known", insurance.Tally{insurance.Quarantined: 1}, c.retry())
		got := c.received(e)
		c.equal("codes", []string{booking.SlotTaken.Code()}, got.Codes)
		c.equal("version", int64(2), got.Version)
		c.resolved(got, insurance.Resolution{Override: booking.Waive("går bra", booking.SlotTaken)}, insurance.New)
	})
}

// A case that was unknown or closed is looked up once more.
func TestRetryLooksUp(t *testing.T) {
	each(t, func(c *clinic) {
		unknown := wish(0)
		unknown.CaseNumber = "LATE"
		a := c.network.Book(unknown)
		c.quarantined(a, insurance.NoCase, insurance.UnknownCase)
		c.addCase("SHUT")
		c.network.CloseCase("SHUT")
		closed := wish(1)
		closed.CaseNumber = "SHUT"
		b := c.network.Book(closed)
		c.quarantined(b, insurance.CaseIsClosed)
		c.equal("as it was", insurance.Tally{insurance.Quarantined: 2}, c.retry())

		c.addCase("LATE")
		c.network.ChangeCase("SHUT", func(x *insurance.Case) { x.Status = insurance.CaseOpen })
		c.equal("when they are known and open", insurance.Tally{insurance.New: 2}, c.retry())
		c.network.Silence(true)
		unknown.CaseNumber, unknown.Start = "LATER", slot(2)
		c.network.Book(unknown)
		c.equal("nothing waits", insurance.Tally{}, c.retry())
	})
}

// A case that can't be looked up now keeps only its own events waiting.
func TestRetryPassesByWhatIsHeldUp(t *testing.T) {
	each(t, func(c *clinic) {
		for i, number := range []string{"FIRST", "SECOND"} {
			w := wish(i)
			w.CaseNumber = number
			c.quarantined(c.network.Book(w), insurance.NoCase, insurance.UnknownCase)
		}
		oldest := c.everything().Quarantine[0]
		c.addCase("FIRST")
		c.addCase("SECOND")
		number := must(oldest.Waiting()).Booking.CaseNumber
		tally, err := c.intake.Retry(c.Context(), c.Clinic.ID, &lookless{Network: c.outside, number: number})
		if !errors.Is(err, timebok.ErrUnavailable) {
			c.Errorf("Retry: %v", err)
		}
		c.equal("tally", insurance.Tally{insurance.New: 1}, tally)
		c.equal("tally, once it answers", insurance.Tally{insurance.New: 1}, c.retry())
	})
}

// Retry does nothing that somebody must look at.
func TestRetryLeavesPeopleToPeople(t *testing.T) {
	each(t, func(c *clinic) {
		made := c.book(wish(0))
		c.take(made, insurance.New)
		c.cancel(c.booking(made.Booking.ID), booking.ByClinic)
		c.take(c.network.Move(made.Booking.ID, slot(1)), insurance.Quarantined) // after our own cancellation
		odd := c.book(wish(2))
		odd.Unread = []string{"Booking.Client.BirthNumber"}
		waiting := c.quarantined(odd, timebok.BadValue)
		w := wish(3)
		w.CaseNumber, w.Client = "OLA", networktest.NewPerson("O. Prøvesen", *c.Ola.BirthDate)
		w.Client.Email = c.Ola.Email
		c.network.AddCase(networktest.NewCase("OLA", *c.Ola.BirthDate))
		c.quarantined(c.network.Book(w), insurance.IdentityAmbiguous)
		before := c.everything()
		c.equal("retried", insurance.Tally{insurance.Quarantined: 3}, c.retry())
		c.equal("everything", before, c.everything())
		c.resolved(waiting, insurance.Resolution{}, insurance.New) // somebody looked
	})
}

// Another network's events are not touched, and a clinic that is not connected is told so.
func TestRetryOfOtherNetworks(t *testing.T) {
	each(t, func(c *clinic) {
		c.occupy(0)
		c.quarantined(c.book(wish(0)), booking.SlotTaken)
		other := networktest.New(&networktest.Options{Name: "other"})
		tally, err := c.intake.Retry(c.Context(), c.Clinic.ID, other)
		c.equal("another network's", insurance.Tally{}, tally)
		if err != nil {
			c.Error(err)
		}
		gone := c.Connection
		gone.Version, gone.Status = gone.Version+1, insurance.Disconnected
		c.save(gone)
		_, err = c.intake.Retry(c.Context(), c.Clinic.ID, c.outside)
		c.refused(err, insurance.NotConnected)
	})
}

// The quarantine and what is done with it can be seen: reasons, and who did what.
func TestQuarantineIsSeen(t *testing.T) {
	each(t, func(c *clinic) {
		c.occupy(0)
		for _, n := range []int{0, 0, 0} {
			e := c.network.Book(func() insurance.ExternalBooking { c.addCase("KARI1"); return wish(n) }())
			c.quarantined(e, booking.SlotTaken)
		}
		c.view(func(ctx context.Context, tx storage.Tx) error {
			n := 0
			for r, err := range tx.Quarantine(ctx) {
				if err != nil {
					return err
				}
				n++
				c.equal("reasons", []string{booking.SlotTaken.Code()}, r.Codes)
				if e, err := r.Waiting(); err != nil || e.Booking.Client.Name.Reveal() == "" {
					c.Errorf("what waits can't be seen: %v", err)
				}
			}
			c.equal("waiting", 3, n)
			return nil
		})
		q := c.everything().Quarantine
		c.resolved(q[0], insurance.Resolution{Override: booking.Waive("går bra", booking.SlotTaken)}, insurance.New)
		c.resolved(q[1], insurance.Resolution{Decline: true}, insurance.Declined)
		var done []string
		for _, a := range c.everything().Audit {
			if a.On.Kind == timebok.KindEvent {
				done = append(done, a.Action+" by "+a.By.User)
			}
		}
		want := map[string]int{
			"event.quarantined by network:behandlernettverk": 3,
			"event.resolve by u-1":                           1, "event.decline by u-1": 1,
		}
		got := map[string]int{}
		for _, d := range done {
			got[d]++
		}
		for what, n := range want {
			if got[what] != n {
				c.Errorf("%d times %q in %v", got[what], what, done)
			}
		}
	})
}
