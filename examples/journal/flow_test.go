package main

import (
	"testing"
)

func TestByHandWithANewSeries(t *testing.T) {
	c := newClinic(t)
	s := c.screen(t)
	s.press("link", "Kalender")
	s.press("link", "Ny hendelse")
	s.fill("Klient", "Nils")
	s.shows("Klient", "Nils Prøvesen")
	s.press("DisclosureTriangle", "+ Ny serie")
	s.press("button", "Forsikringssak")
	s.fill("sakID", "8xk2m")
	s.press("button", "Søk")
	s.reads("Nettverket svarer:")
	s.reads("Prøve Helseforsikring AS")
	s.press("button", "Opprett")
	s.shows("Tjenester og serier", "Forsikringssak 8XK2M · 6 igjen")
	s.choose("Tjeneste", "Konsultasjon")
	s.set("Date", "Dato", "2026-11-26")
	s.set("InputTime", "Klokkeslett", "09:00")
	s.shows("Fakturamottaker", "Prøve Helseforsikring AS")
	s.shows("Fakturering", "EHF")
	s.press("button", "Inviter klient")
	s.reads("Klienten er invitert.")
	s.press("link", "Innboks")
	s.reads("til nils@example.com")
}
