package main

import (
	"os"
	"path/filepath"
	"regexp"
	"testing"

	"github.com/chromedp/chromedp"
)

// The tour visits every page on a wide screen and on a telephone, and on the wide one
// at twice the size. No page may break a rule of WCAG 2.1 AA or be wider than the
// window. With TIMEBOK_SCREENSHOTS=DIR it leaves a picture of each page there, with
// TIMEBOK_SCREENSHOTS=docs those of the documentation.
func TestTour(t *testing.T) {
	c := newClinic(t)
	s := c.screen(t)
	axe := axeScript(t)
	pages := c.lively()
	for _, p := range pages {
		s.post("/bruker", "bruker", p.user)
		s.post("/sprak", "sprak", p.lang)
		s.open(p.path)
		if p.open {
			do(s, chromedp.Evaluate[chromedp.Void](`document.querySelectorAll("main details").forEach((d) => { d.open = true })`))
		}
		do(s, chromedp.Evaluate[chromedp.Void](axe))
		for _, w := range []struct {
			name          string
			width, height int64
		}{{"wide", 1280, 900}, {"phone", 375, 812}, {"zoom", 640, 450}} {
			s.size(w.width, w.height)
			s.fits(p.name + " " + w.name)
			if w.name != "zoom" {
				s.accessible(p.name + " " + w.name)
			}
			s.picture(p.name + "-" + w.name)
		}
	}
}

// A tourPage is a page in a state worth looking at.
type tourPage struct {
	name, user, lang, path string
	open                   bool // with its details open
}

// lively lets something happen on every page, and lists them.
func (c *clinic) lively() []tourPage {
	c.t.Helper()
	g := c.as("ola")
	for _, scenario := range []string{"ny", "identitet", "ramme"} {
		g.post(200, "/innboks/simuler", "scenario", scenario)
	}
	g.post(200, "/innboks/drift")
	kari, siv := person("kari").client().ID.String(), person("siv").client().ID.String()
	s := c.seriesOf("kari")
	g.post(200, "/fakturering", "klient", kari, "serie", s.ID.String())
	g.post(200, "/fakturering", "klient", siv)
	draft := c.invoices("kari")[0]
	page := g.post(200, "/fakturering/"+draft.ID.String(), "gjor", "utsted", "versjon", "1")
	wants(c.t, page, "Gyldig EHF")
	line := regexp.MustCompile(`name="time" value="([^"]+)"`).FindStringSubmatch(page)[1]
	g.post(200, "/fakturaer/"+draft.ID.String(), "gjor", "valgte", "time", line, "utkast", "1", "versjon", "3")
	refused := "/kalender?ny=1&klient=Per&valg=serie:" + c.seriesOf("per").ID.String() + "&tjeneste=" + therapyID.String() +
		"&dato=2026-11-27&tid=09:30&mottaker=klient&fakturering=email"
	event := "/kalender?ny=1&klient=Jon&valg=serie:" + c.seriesIn("3JATT").String() + "&tjeneste=" + therapyID.String() + "&dato=2026-11-27&tid=10:00"
	return []tourPage{
		{name: "signin", user: "ola", lang: "nb", path: "/bruker"},
		{name: "week", user: "ola", lang: "nb", path: "/kalender"},
		{name: "day", user: "admin", lang: "nb", path: "/kalender?vis=dag"},
		{name: "clinic", user: "admin", lang: "nb", path: "/kalender"},
		{name: "event", user: "ola", lang: "nb", path: event},
		{name: "panel", user: "ola", lang: "nb", path: refused},
		{name: "case", user: "ola", lang: "nb", path: "/kalender?ny=1&klient=Nils&sak=1&sakid=8XK2M&dato=2026-11-27&tid=10:00"},
		{name: "newclient", user: "admin", lang: "en", path: "/kalender?ny=1&nyklient=1"},
		{name: "booking", user: "ola", lang: "nb", path: "/kalender?booking=" + c.bookings("kari")[3].ID.String()},
		{name: "clients", user: "ola", lang: "nb", path: "/klienter?ny=1"},
		{name: "client", user: "ola", lang: "nb", path: "/klienter/" + kari + "?fane=bookinger", open: true},
		{name: "details", user: "ola", lang: "nn", path: "/klienter/" + kari},
		{name: "invoices", user: "ola", lang: "nb", path: "/klienter/" + kari + "?fane=fakturaer"},
		{name: "trail", user: "ola", lang: "nb", path: "/klienter/" + kari + "?fane=innsyn"},
		{name: "inbox", user: "ola", lang: "nb", path: "/innboks", open: true},
		{name: "billing", user: "ola", lang: "nb", path: "/fakturering"},
		{name: "invoice", user: "ola", lang: "nb", path: "/fakturaer/" + draft.ID.String(), open: true},
		{name: "settings", user: "admin", lang: "nb", path: "/innstillinger"},
		{name: "english", user: "mari", lang: "en", path: "/kalender"},
		{name: "missing", user: "mari", lang: "nn", path: "/klienter/" + kari},
	}
}

// docPictures are those that the documentation shows.
var docPictures = map[string]string{
	"event-wide": "journal.png", "event-phone": "journal-phone.png", "inbox-wide": "journal-inbox.png", "invoice-wide": "journal-invoice.png",
}

// picture leaves a picture of the page, if they are asked for: the whole page, or for
// the documentation as much as the window shows.
func (s *screen) picture(name string) {
	s.t.Helper()
	dir, take := os.Getenv("TIMEBOK_SCREENSHOTS"), chromedp.FullScreenshot(100)
	if dir == "docs" {
		dir, take, name = filepath.Join("..", "..", "docs"), chromedp.CaptureScreenshot(), docPictures[name]
	} else {
		name += ".png"
	}
	if dir == "" || name == "" {
		return
	}
	if err := os.WriteFile(filepath.Join(dir, name), do(s, take), 0o644); err != nil {
		s.t.Fatal(err)
	}
}
