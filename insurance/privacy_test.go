package insurance_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/rickb777/date"
	"github.com/timebok/timebok"
	"github.com/timebok/timebok/booking"
	"github.com/timebok/timebok/insurance"
	"github.com/timebok/timebok/insurance/networktest"
)

// What nobody may read in a log, an audit trail or a message.
var secrets = []string{
	"Hemmelig", "Navnesen", "29020075838", "020075838", "hemmelig@", "94400001", "Skjulgata",
	"1987-06-05", "05.06.1987", "1987, 6, 5", "6/5/1987",
}

func secretive() insurance.Person {
	return insurance.Person{
		Name: timebok.Hide("Hemmelig Navnesen"), BirthDate: new(date.New(1987, 6, 5)),
		BirthNumber: must(timebok.ParseBirthNumber("29020075838")),
		Email:       must(timebok.ParseEmailAddress("hemmelig@example.com")),
		Phone:       must(timebok.ParsePhoneNumber("+4794400001")),
		Address:     timebok.Hide("Skjulgata 1"), Lang: timebok.Bokmaal,
	}
}

// The content of an entry that waits is the one place where a client is in clear
// text; it goes when the entry is resolved.
func TestNothingTellsWhoTheClientIs(t *testing.T) {
	eachWith(t, &networktest.Options{Terms: true}, func(c *clinic) {
		found := networktest.NewCase("SECRET", date.New(1987, 6, 5))
		c.network.AddCase(found)
		var said []string
		say := func(what string, v any) {
			for _, format := range []string{"%v", "%+v", "%#v", "%s"} {
				said = append(said, what+": "+fmt.Sprintf(format, v))
			}
			said = append(said, what+" as JSON: "+string(must(json.Marshal(v))))
		}
		do := func(change func(b *insurance.ExternalBooking)) {
			b := wish(0)
			b.CaseNumber, b.Client = "SECRET", secretive()
			change(&b)
			e := c.network.Book(b)
			got, err := c.intake.Take(c.Context(), c.Clinic.ID, c.outside, e)
			if err != nil {
				c.Fatal(err)
			}
			for what, v := range map[string]any{
				"event": e, "pointer": &e, "booking": e.Booking, "person": e.Booking.Client, "case": found, "page": insurance.Page{Events: []insurance.Event{e}},
			} {
				say(what, v)
			}
			_, err = c.resolve(got, insurance.Resolution{Link: c.Ola.ID, Override: booking.Waive("", booking.SlotTaken)})
			if err == nil {
				c.Fatal("a resolution without a reason was accepted")
			}
			said = append(said, err.Error(), fmt.Sprintf("%+v", err))
			if got.Result == insurance.Quarantined {
				if !strings.Contains(string(got.Content), "Hemmelig") {
					c.Error("the content of the entry does not say who it is")
				}
			}
			say("entry", got)
		}
		do(func(b *insurance.ExternalBooking) {})
		do(func(b *insurance.ExternalBooking) {}) // the slot is taken now
		do(func(b *insurance.ExternalBooking) { b.Client.BirthDate = new(date.New(1988, 6, 5)) })
		do(func(b *insurance.ExternalBooking) { b.Client.BirthDate, b.CaseNumber = nil, "NOWHERE" })
		do(func(b *insurance.ExternalBooking) { b.Practitioner, b.Treatment = "nobody", "nothing" })
		do(func(b *insurance.ExternalBooking) { b.Duration = -time.Minute })
		_, err := c.openCase(c.Ola.ID, found)
		said = append(said, errors.Join(err, insurance.Event{Booking: insurance.ExternalBooking{Client: secretive()}}.Validate()).Error())

		s := c.everything()
		for _, a := range s.Audit {
			say("audit entry", a)
		}
		for _, m := range s.Messages {
			say("message", m)
			said = append(said, "data: "+string(m.Data))
		}
		for _, a := range c.network.Acks() {
			say("acknowledgement", a)
		}
		for _, text := range said {
			for _, secret := range secrets {
				if strings.Contains(text, secret) {
					c.Errorf("%q is in %s", secret, text)
				}
			}
		}
		for _, r := range s.Quarantine {
			done := c.resolved(r, insurance.Resolution{Decline: true}, insurance.Declined)
			if done.Content != nil {
				c.Error("a declined entry still has its content")
			}
		}
	})
}

// Mail to the practitioner says what happened to which booking, and nothing else.
func TestMailIsNeutral(t *testing.T) {
	each(t, func(c *clinic) {
		made := c.book(wish(0))
		id := made.Booking.ID
		c.take(made, insurance.New)
		c.take(c.network.Move(id, slot(1)), insurance.Changed)
		c.take(c.network.Cancel(id), insurance.Changed)
		got := map[string]int64{}
		for _, m := range c.everything().of(booking.MailPractitioner) {
			got[string(m.Data)] = m.Sequence
			if m.About.Kind != timebok.KindBooking || m.About.ID != c.booking(id).ID.UUID() {
				c.Errorf("the mail is about %v", m.About)
			}
		}
		c.equal("mails and the sequence that they hold at", map[string]int64{
			`{"what":"booked"}`: 1, `{"what":"moved"}`: 2, `{"what":"cancelled"}`: 3,
		}, got)
	})
}
