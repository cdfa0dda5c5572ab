package insurance_test

import (
	"testing"

	"github.com/rickb777/date"
	"github.com/timebok/timebok"
	"github.com/timebok/timebok/booking"
	"github.com/timebok/timebok/insurance"
	"github.com/timebok/timebok/insurance/networktest"
)

// Whom a booking is about.
func TestIdentity(t *testing.T) {
	olaBorn := date.New(1955, 11, 10)
	number := func(digits string) timebok.BirthNumber { return must(timebok.ParseBirthNumber(digits)) }
	var none []*timebok.Rule
	for _, tt := range []struct {
		name   string
		person func(p *insurance.Person)
		known  bool // it is Ola
		why    []*timebok.Rule
	}{
		{"birth number", func(p *insurance.Person) { p.BirthNumber = number("10915596784") }, true, none},
		{"birth date and name", func(p *insurance.Person) { p.Name = timebok.Hide("Ola Blåbær Prøvesen") }, true, none},
		{"words in another order", func(p *insurance.Person) { p.Name = timebok.Hide("prøvesen  OLA blåbær") }, true, none},
		{"nothing", func(p *insurance.Person) {}, false, none},
		{"another birth number and the same name", func(p *insurance.Person) {
			p.Name, p.BirthNumber = timebok.Hide("Ola Blåbær Prøvesen"), number("50846202355")
		}, false, none},
		{"e-mail address and birth date", func(p *insurance.Person) {
			p.Email = must(timebok.ParseEmailAddress("OLA@example.com"))
		}, false, []*timebok.Rule{insurance.IdentityAmbiguous}},
		{"telephone number and birth date", func(p *insurance.Person) {
			p.Phone = must(timebok.ParsePhoneNumber("40 00 00 00"))
		}, false, []*timebok.Rule{insurance.IdentityAmbiguous}},
		{"birth number with another birth date", func(p *insurance.Person) {
			p.BirthNumber, p.BirthDate = number("10915596784"), new(date.New(1955, 11, 11))
		}, false, []*timebok.Rule{insurance.IdentityMismatch}},
		{"birth date that is not the case's", func(p *insurance.Person) {
			p.Name, p.BirthDate = timebok.Hide("Ola Blåbær Prøvesen"), new(date.New(1955, 11, 11))
		}, false, []*timebok.Rule{insurance.IdentityMismatch}},
		{"no birth date but the case's", func(p *insurance.Person) {
			p.Name, p.BirthDate = timebok.Hide("Ola Blåbær Prøvesen"), nil
		}, true, none},
	} {
		t.Run(tt.name, func(t *testing.T) {
			each(t, func(c *clinic) {
				c.network.AddCase(networktest.NewCase("OLA2", olaBorn))
				w := wish(0)
				w.CaseNumber, w.Client = "OLA2", networktest.NewPerson("Nils Prøve", olaBorn)
				tt.person(&w.Client)
				e := c.network.Book(w)
				if len(tt.why) > 0 {
					c.quarantined(e, tt.why...)
					c.equal("bookings and new clients", 0, len(c.everything().Bookings)+len(c.added(c.everything())))
					return
				}
				c.take(e, insurance.New)
				got := c.booking(e.Booking.ID).Client
				if known := got == c.Ola.ID; known != tt.known {
					c.Errorf("it is Ola: %v, want %v", known, tt.known)
				}
				if c.equal("Ola", c.Ola, c.client(c.Ola.ID)); !tt.known && c.client(got).Name != w.Client.Name {
					c.Error("the new client has another name")
				}
			})
		})
	}
}

// An e-mail address ties nobody to anything: with another birth date it is
// somebody else, such as another member of the family.
func TestSameEmailIsNobody(t *testing.T) {
	each(t, func(c *clinic) {
		w := wish(0)
		w.Client.Email = c.Ola.Email
		got := c.take(c.book(w), insurance.New)
		if c.booking(got.External).Client == c.Ola.ID {
			c.Error("an e-mail address alone made it Ola's booking")
		}
	})
}

func TestTwoOfTheSameNameAndBirthDateAreAmbiguous(t *testing.T) {
	each(t, func(c *clinic) {
		twin := c.Ola
		twin.ID, twin.BirthNumber = timebok.New[timebok.Client](timebok.Source{}), timebok.BirthNumber{}
		c.save(twin)
		c.network.AddCase(networktest.NewCase("OLA2", *c.Ola.BirthDate))
		w := wish(0)
		w.CaseNumber, w.Client = "OLA2", networktest.NewPerson("Ola Blåbær Prøvesen", *c.Ola.BirthDate)
		got := c.quarantined(c.network.Book(w), insurance.IdentityAmbiguous)
		c.resolved(got, insurance.Resolution{Link: twin.ID}, insurance.New)
		c.equal("client", twin.ID, c.booking(got.External).Client)
	})
}

func TestNobodyWithoutABirthDate(t *testing.T) {
	each(t, func(c *clinic) {
		found := c.addCase("UNSAID")
		c.network.ChangeCase("UNSAID", func(c *insurance.Case) { c.BirthDate = nil })
		w := wish(0)
		w.CaseNumber, w.Client.BirthDate = found.Number, nil
		got := c.quarantined(c.network.Book(w), insurance.IdentityUnknown)
		c.unresolved(got, insurance.Resolution{}, insurance.IdentityUnknown)
		c.unresolved(got, insurance.Resolution{Create: true}, insurance.IdentityUnknown)
	})
}

// What a birth date speaks against, nobody can link.
func TestMismatchIsNeverLinked(t *testing.T) {
	each(t, func(c *clinic) {
		c.network.AddCase(networktest.NewCase("OLA2", *c.Ola.BirthDate))
		w := wish(0)
		w.CaseNumber = "OLA2" // of somebody born when Ola was, and Kari books
		got := c.quarantined(c.network.Book(w), insurance.IdentityMismatch)
		for _, how := range []insurance.Resolution{
			{}, {Create: true}, {Link: c.Ola.ID}, {Link: c.Åse.ID},
			{Override: booking.Waive("jeg vet det", insurance.IdentityMismatch)},
		} {
			c.unresolved(got, how, insurance.IdentityMismatch)
		}
		c.equal("entry", got, c.received(insurance.Event{Network: got.Network, ID: got.Event}))
		c.resolved(got, insurance.Resolution{Decline: true}, insurance.Declined)
	})
}

// A case has one client: another person's booking with its sakID waits.
func TestSameCaseForTwoClients(t *testing.T) {
	each(t, func(c *clinic) {
		c.take(c.book(wish(0)), insurance.New)
		other := wish(1)
		other.Client = networktest.NewPerson("Nils Prøve", date.New(1991, 4, 1))
		got := c.quarantined(c.network.Book(other), insurance.IdentityMismatch)
		c.unresolved(got, insurance.Resolution{Link: c.Ola.ID}, insurance.CaseTaken, insurance.IdentityMismatch)

		twin := wish(2)
		twin.Client.BirthNumber = must(timebok.ParseBirthNumber("29020075838"))
		c.save(func() timebok.Client {
			owner := c.added(c.everything())[0]
			owner.Version, owner.BirthNumber = 2, must(timebok.ParseBirthNumber("10915596784"))
			return owner
		}())
		got = c.quarantined(c.network.Book(twin), insurance.CaseTaken)
		c.resolved(got, insurance.Resolution{Decline: true}, insurance.Declined)
		c.equal("bookings", 1, len(c.everything().Bookings))
	})
}

// The birth number is Ola's, but he was born on another day than the case says.
func TestBirthNumberDoesNotOutweighTheBirthDate(t *testing.T) {
	each(t, func(c *clinic) {
		other := c.Ola.BirthDate.Add(1)
		c.network.AddCase(networktest.NewCase("OLA2", other))
		w := wish(0)
		w.CaseNumber, w.Client = "OLA2", networktest.NewPerson("Ola Blåbær Prøvesen", other)
		w.Client.BirthNumber = c.Ola.BirthNumber
		got := c.quarantined(c.network.Book(w), insurance.IdentityMismatch)
		c.unresolved(got, insurance.Resolution{Link: c.Ola.ID}, insurance.IdentityMismatch)
	})
}
