package main

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
	"github.com/timebok/timebok"
	"github.com/timebok/timebok/booking"
)

// The article's flow by hand, with a client and a case that the journal does not
// know yet, from the empty panel to the invoice.
func TestByHandWithoutASeries(t *testing.T) {
	c := newClinic(t)
	s := c.screen(t)
	s.press("link", "Kalender")
	s.press("link", "Ny hendelse")
	s.press("button", "+ Ny klient")
	s.fill("Navn", "Anne Testdal")
	s.set("Fødselsdato", "1988-03-14")
	s.fill("E-post", "anne@example.com")
	s.press("button", "Opprett klient")
	s.shows("Klient", "Anne Testdal")
	s.press("DisclosureTriangle", "+ Ny serie")
	s.press("button", "Forsikringssak")
	s.fill("sakID", "2newc")
	s.press("button", "Søk")
	s.reads("Prøve Helseforsikring AS, 987 654 325")
	s.press("button", "Opprett")
	s.shows("Tjenester og serier", "Forsikringssak 2NEWC · 5 igjen · til 24.05.2027")
	s.choose("Tjeneste", "Konsultasjon")
	s.set("Dato", "2026-11-26")
	s.set("Klokkeslett", "09:00")
	s.shows("Fakturamottaker", "Prøve Helseforsikring AS")
	s.shows("Fakturering", "EHF")
	s.reads("Satt av Forsikringssak 2NEWC.")
	s.press("button", "Inviter klient")
	s.reads("Booket torsdag 26. november 2026 kl. 09.00–09.50. Klienten er invitert.")

	s.press("link", "Innboks")
	s.press("DisclosureTriangle", "Du har fått en time til anne@example.com")
	s.press("DisclosureTriangle", "Invitasjon (iCalendar)")
	s.reads("DTSTART:20261126T080000Z")

	c.pass(25 * time.Hour)
	s.press("link", "Kalender")
	s.press("link", "09.00–09.50 Anne Testdal Konsultasjon 50 minutter booket")
	s.press("button", "Gjennomført")
	s.reads("Timen er gjennomført.")
	s.press("link", "Fakturering")
	s.press("button", "Lag utkast for Anne Testdal")
	s.reads("Forhåndssjekken har ingen innvendinger.")
	s.press("button", "Utsted faktura")
	s.reads("Gyldig EHF etter regelutgave")
	s.press("button", "Krediter hele fakturaen")
	s.reads("Kreditnota 2 er utstedt.")
}

// With a series there already, chosen under «Åpne serier», from a free time in the
// calendar.
func TestByHandInAnOpenSeries(t *testing.T) {
	c := newClinic(t)
	s := c.screen(t)
	s.press("link", "Ledig time fredag 27. november 2026 kl. 14.30")
	s.fill("Klient", "kari")
	s.shows("Klient", "Kari Demovik, født 10.11.1955")
	s.sees("group", "Åpne serier")
	s.choose("Tjenester og serier", "Forsikringssak 6QPTR · 5 igjen")
	s.choose("Tjeneste", "Konsultasjon")
	s.shows("Fakturamottaker", "Prøve Helseforsikring AS")
	s.press("button", "Inviter klient")
	s.reads("Klienten er invitert.")
	s.press("link", "Klienter")
	s.press("link", "Kari Demovik")
	s.press("link", "Bookinger")
	s.reads("27.11.2026 14.30")
	s.reads("Forsikringssak 6QPTR åpen · 4 igjen")
	s.press("DisclosureTriangle", "Forsikringssak 6QPTR åpen · 4 igjen · til 13.06.2027")
	s.reads("Godkjenninger")

	for _, b := range c.bookings("kari") {
		if b.Time.Start.Equal(wednesday.Add(51*time.Hour+30*time.Minute)) && b.Billing.By == timebok.EHF && !b.InvitedAt.IsZero() {
			return
		}
	}
	t.Error("the booking is not in the journal")
}

// Another recipient than the case's is warned of and needs a reason, and everything
// that is in the way is said at once, with what would help.
func TestRefusalsInThePanel(t *testing.T) {
	c := newClinic(t)
	s := c.screen(t)
	s.press("link", "Ny hendelse")
	s.fill("Klient", "Kari")
	s.choose("Tjenester og serier", "6QPTR")
	s.choose("Tjeneste", "Rådgivning") // has no treatment code
	s.set("Dato", "2026-11-27")
	s.set("Klokkeslett", "09:30") // Kari is there herself
	s.choose("Fakturamottaker", "Klienten")
	s.choose("Fakturering", "E-post")
	s.reads("Fakturamottaker eller fakturering er ikke den som saken krever.")
	s.press("button", "Inviter klient")
	s.reads("Dette hindrer bookingen (3):")
	s.reads("Tjenesten har ingen behandlingskode hos behandlernettverk.")
	s.reads("Behandleren er opptatt fra 27.11.2026 09:00 til 27.11.2026 10:00.")
	s.reads("Hvorfor annen fakturering: Må fylles ut.")
	s.reads("Nærmeste ledige tider:")
	s.fill("Hvorfor annen fakturering?", "Klienten ønsker det selv")
	s.choose("Tjeneste", "Konsultasjon")
	s.press("button", "27.11.2026 10.00")
	s.shows("Klokkeslett", "10:00")
	s.press("button", "Inviter klient")
	s.reads("Klienten er invitert.")
}

// The mouse is not needed.
func TestByKeyboard(t *testing.T) {
	c := newClinic(t)
	s := c.screen(t)
	s.tabTo("link", "Ledig time fredag 27. november 2026 kl. 15.30")
	s.keys(kb.Enter)
	s.tabTo("combobox", "Klient")
	s.keys("Siv")
	s.tabTo("combobox", "Tjenester og serier")
	s.keys("Rå")
	s.tabTo("button", "Inviter klient")
	s.keys(kb.Enter)
	s.reads("Booket fredag 27. november 2026 kl. 15.30–16.00. Klienten er invitert.")
	s.tabTo("link", "Lukk")
	s.keys(kb.Escape)
	s.until("closed", func(ctx context.Context, t *chromedp.Target) error {
		if _, err := find(ctx, t, "link", "Lukk"); err == nil {
			return errors.New("the panel is open")
		}
		return nil
	})
}

// Nor are scripts: «Oppdater» asks what they would.
func TestWithoutScript(t *testing.T) {
	c := newClinic(t)
	s := c.screen(t)
	do(s, chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		_, err := cdp.Call(ctx, t, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true})
		return err
	}))
	s.open("/kalender")
	s.press("link", "Ledig time fredag 27. november 2026 kl. 12.30")
	s.fill("Klient", "Nils")
	s.press("button", "Oppdater")
	s.shows("Klient", "Nils Prøvesen, født 02.05.1979")
	s.press("DisclosureTriangle", "+ Ny serie")
	s.press("button", "Forsikringssak")
	s.fill("sakID", "8XK2M")
	s.press("button", "Søk")
	s.press("button", "Opprett")
	s.shows("Tjenester og serier", "Forsikringssak 8XK2M")
	s.choose("Tjeneste", "Konsultasjon")
	s.press("button", "Inviter klient")
	s.reads("Booket fredag 27. november 2026 kl. 12.30–13.20. Klienten er invitert.")
}

// The network books by itself: it is in the calendar of an open window at once, the
// client is there, and the practitioner has a mail.
func TestByItself(t *testing.T) {
	c := newClinic(t)
	watching, s := c.screen(t), c.screen(t)
	watching.sees("link", "Ledig time torsdag 26. november 2026 kl. 08.00")
	s.press("link", "Innboks")
	s.press("button", "Simuler booking fra Behandlernettverk")
	s.reads("Nettverket har sendt det.")
	s.reads("til ola@fjordgata.example")
	watching.reads("Ny booking fra Behandlernettverk.")
	watching.press("link", "08.00–08.50 Jon Attest Konsultasjon 50 minutter booket")
	watching.reads("Forsikringssak 3JATT")
	watching.press("link", "Klienter")
	watching.press("link", "Jon Attest")
	watching.reads("Forsikringssak 3JATT åpen · 7 igjen")
}

// An event that can't be right changes nothing but the inbox, where somebody
// decides.
func TestQuarantine(t *testing.T) {
	c := newClinic(t)
	s := c.screen(t)
	s.press("link", "Innboks")
	s.choose("Hva skal skje?", "fødselsdatoen er en annen")
	s.press("button", "Simuler booking fra Behandlernettverk")
	s.reads("Fødselsdatoen er ikke den som saken gjelder.")
	c.pass(time.Minute) // the quarantine lists the oldest first
	s.choose("Hva skal skje?", "tiden er opptatt")
	s.press("button", "Simuler booking fra Behandlernettverk")
	s.reads("Tiden er opptatt.")
	s.press("button", "Avvis") // the older one
	s.reads("Hendelsen er behandlet")
	s.fill("Begrunnelse for å booke oppå noe annet", "Avtalt med begge")
	s.press("button", "Book likevel")
	s.reads("Ingen venter.")
	acks := map[string]int{}
	for _, a := range c.network.Acks() {
		acks[string(a.Result)]++
	}
	if acks["declined"] != 1 || acks["new"] != 1 {
		t.Errorf("the network was told %v", acks)
	}
}

// Two want the same time: one gets it, the other is told and offered another.
func TestTwoForOneTime(t *testing.T) {
	c := newClinic(t)
	one, other := c.screen(t), c.screen(t)
	for s, client := range map[*screen]string{one: "Kari", other: "Siv"} {
		s.press("link", "Ledig time fredag 27. november 2026 kl. 11.00")
		s.fill("Klient", client)
		s.choose("Tjenester og serier", "Konsultasjon")
		s.shows("Tjeneste", "Konsultasjon")
	}
	winner, loser := race(t, c, one, other)
	loser.reads("Behandleren er opptatt fra 27.11.2026 11:00 til 27.11.2026 12:00.")
	loser.reads("Nærmeste ledige tider:")
	loser.press("button", "27.11.2026 10.00")
	loser.shows("Klokkeslett", "10:00")
	loser.press("button", "Inviter klient")
	loser.reads("Booket fredag 27. november 2026 kl. 10.00")
	winner.reads("Booket fredag 27. november 2026 kl. 11.00")
}

// Two want the last session of a case: one gets it, the other learns what would help,
// and may book without the insurer.
func TestTwoForTheLastSession(t *testing.T) {
	c := newClinic(t)
	one, other := c.screen(t), c.screen(t)
	for s, at := range map[*screen]string{one: "10.00", other: "11.00"} {
		s.press("link", "Ledig time fredag 27. november 2026 kl. "+at)
		s.fill("Klient", "Per")
		s.choose("Tjenester og serier", "7LAST · 1 igjen")
		s.choose("Tjeneste", "Konsultasjon")
		s.reads("Dette er den siste timen i rammen.")
	}
	_, loser := race(t, c, one, other)
	loser.reads("Rammen på 2 er brukt opp, denne ville gjort det til 3.")
	loser.reads("Søk på saken på nytt hvis forsikringsselskapet har godkjent flere timer")
	loser.press("checkbox", "Selv om rammen er brukt opp; klienten betaler")
	loser.fill("Begrunnelse", "Klienten betaler selv")
	loser.press("button", "Inviter klient")
	loser.reads("Klienten er invitert.")
	var last booking.Booking
	for _, b := range c.bookings("per") {
		if len(b.Overrides) > 0 {
			last = b
		}
	}
	if !last.Billing.To.IsClient() {
		t.Errorf("beyond the cap the insurer pays: %+v", last.Billing)
	}
}

// race lets both press at once and returns who won.
func race(t *testing.T, c *clinic, one, other *screen) (winner, loser *screen) {
	t.Helper()
	before := c.countBooked()
	done := make(chan *screen, 2)
	for _, s := range []*screen{one, other} {
		go func() {
			s.press("button", "Inviter klient")
			done <- s
		}()
	}
	<-done
	<-done
	for _, s := range []*screen{one, other} {
		s.until("the answer", func(ctx context.Context, t *chromedp.Target) error {
			switch text := s.text(); {
			case strings.Contains(text, "Klienten er invitert."):
				winner = s
			case strings.Contains(text, "Dette hindrer bookingen"):
				loser = s
			default:
				return errors.New("none yet")
			}
			return nil
		})
	}
	if winner == nil || loser == nil {
		t.Fatalf("not one won and one lost")
	}
	if n := c.countBooked() - before; n != 1 {
		t.Fatalf("%d bookings were made", n)
	}
	return winner, loser
}
