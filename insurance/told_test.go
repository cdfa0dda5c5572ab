package insurance_test

import (
	"context"
	"encoding/json"
	"testing"

	"github.com/timebok/timebok"
	"github.com/timebok/timebok/booking"
	"github.com/timebok/timebok/insurance"
	"github.com/timebok/timebok/storage"
)

// invite invites the client to a booking of the network.
func (c *clinic) invite(external string) {
	c.Helper()
	b := c.booking(external)
	err := c.update(func(ctx context.Context, tx storage.Tx) error {
		_, err := c.desk.Invite(ctx, tx, c.Actor(), b.ID, b.Version)
		return err
	})
	if err != nil {
		c.Fatalf("Invite: %v", err)
	}
}

// holding lists what the messages of a kind that still hold tell of.
func (c *clinic) holding(kind timebok.MessageKind, external string) (told []booking.Notice) {
	c.Helper()
	b := c.booking(external)
	for _, m := range c.everything().of(kind) {
		var n booking.Notice
		if err := json.Unmarshal(m.Data, &n); err != nil {
			c.Fatal(err)
		}
		if m.About.ID == b.ID.UUID() && (m.Sequence == 0 || m.Sequence == b.Sequence) {
			told = append(told, n)
		}
	}
	return told
}

// A client who was told nothing yet of a cancellation is told of the next one, also
// when it is not heard of that the session was booked again in between.
func TestClientIsToldOfTheLastCancellation(t *testing.T) {
	for name, heard := range map[string]bool{"heard in between": true, "not heard": false} {
		t.Run(name, func(t *testing.T) {
			each(t, func(c *clinic) {
				made := c.book(wish(0))
				c.take(made, insurance.New)
				c.invite(made.Booking.ID)
				c.take(c.network.Cancel(made.Booking.ID), insurance.Changed)
				if again := c.network.Move(made.Booking.ID, slot(3)); heard {
					c.take(again, insurance.Changed)
				}
				c.take(c.network.Cancel(made.Booking.ID), insurance.Changed)
				told := []booking.Notice{{What: booking.CalledOff}}
				c.equal("the client is told", told, c.holding(booking.MailClient, made.Booking.ID))
				c.equal("the practitioner is told", told, c.holding(booking.MailPractitioner, made.Booking.ID))
				c.equal("start", slot(3), c.booking(made.Booking.ID).Time.Start)
			})
		})
	}
}

// A practitioner who was told of a session is told that it went to somebody else,
// also when that is heard of together with its cancellation.
func TestPractitionerIsToldOfTheHandOver(t *testing.T) {
	for name, off := range map[string]bool{"while it is booked": false, "after it was called off": true} {
		t.Run(name, func(t *testing.T) {
			each(t, func(c *clinic) {
				made := c.book(wish(0))
				c.take(made, insurance.New)
				was := c.booking(made.Booking.ID)
				if off {
					c.take(c.network.Cancel(made.Booking.ID), insurance.Changed)
				}
				c.network.Change(made.Booking.ID, func(b *insurance.ExternalBooking) { b.Practitioner = "kari-2" }) // is not heard of
				c.take(c.network.Cancel(made.Booking.ID), insurance.Changed)
				c.equal("the practitioner now", c.Kari.ID, c.booking(made.Booking.ID).Practitioner)
				told := map[booking.Happening]booking.Notice{}
				for _, n := range c.holding(booking.MailPractitioner, made.Booking.ID) {
					told[n.What] = n
				}
				c.equal("told", map[booking.Happening]booking.Notice{
					booking.CalledOff:  {What: booking.CalledOff},
					booking.HandedOver: {What: booking.HandedOver, To: c.Anne.ID, Was: was.Time},
				}, told)
			})
		})
	}
}

// An answer to a time that is no longer the booking's is not shown, heard of or not.
func TestAnswerEndsWithItsTime(t *testing.T) {
	each(t, func(c *clinic) {
		made := c.book(wish(0))
		c.take(made, insurance.New)
		b := c.booking(made.Booking.ID)
		b.Version, b.InvitedAt = 2, slot(0)
		b.Reply = booking.Reply{Answer: booking.Accepted, At: slot(0), Sequence: 1}
		c.save(b)
		c.network.Move(made.Booking.ID, slot(3)) // is not heard of
		c.take(c.network.Cancel(made.Booking.ID), insurance.Changed)
		c.equal("answer", booking.Reply{}, c.booking(made.Booking.ID).Reply)
	})
}
