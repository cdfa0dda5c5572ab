package main

import (
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/timebok/timebok/insurance"
)

// A form that another site sends in a user's name does nothing.
func TestForgedRequestsAreRefused(t *testing.T) {
	c := newClinic(t)
	g := c.as("admin")
	for _, forged := range []map[string]string{
		{"Sec-Fetch-Site": "cross-site"},
		{"Sec-Fetch-Site": "same-site"},
		{"Sec-Fetch-Site": "", "Origin": "https://evil.example"},
		{"Sec-Fetch-Site": "", "Origin": "null"},
	} {
		for _, path := range []string{"/hendelse", "/innstillinger/nettverk", "/logg-ut", "/bruker"} {
			r := g.form(path, "gjor", "fra")
			for name, value := range forged {
				r.Header.Set(name, value)
			}
			g.do(http.StatusForbidden, r)
		}
	}
	wants(t, g.get(200, "/innstillinger"), "tilkoblet", "Eli Kontor")
}

// Every page tells the browser to run only what is the journal's own.
func TestHeaders(t *testing.T) {
	c := newClinic(t)
	g := c.as("ola")
	for _, path := range []string{"/kalender", "/bruker", "/innboks", "/nothing", "/static/journal.js", "/klienter/nobody"} {
		response, err := g.client.Get(c.url + path)
		if err != nil {
			t.Fatal(err)
		}
		response.Body.Close()
		for name, want := range map[string]string{
			"Content-Security-Policy": "default-src 'none'; style-src 'self'; script-src 'self';",
			"X-Content-Type-Options":  "nosniff",
			"Referrer-Policy":         "same-origin",
		} {
			if got := response.Header.Get(name); !strings.HasPrefix(got, want) {
				t.Errorf("%s: %s is %q", path, name, got)
			}
		}
		if stored := response.Header.Get("Cache-Control") != "no-store"; stored != strings.HasPrefix(path, "/static/") {
			t.Errorf("%s: Cache-Control is %q", path, response.Header.Get("Cache-Control"))
		}
	}
	policy := func(name string) bool { return strings.Contains(g.get(200, "/kalender"), name) }
	for _, inline := range []string{" style=", " onclick=", "<style", "javascript:"} {
		if policy(inline) {
			t.Errorf("the page holds %q, which the policy forbids", inline)
		}
	}
}

// The cookie is a random token that scripts can't read; who has none, or one that is
// over, is sent to the sign-in.
func TestSessions(t *testing.T) {
	c := newClinic(t)
	nobody := c.as("")
	wants(t, nobody.get(200, "/klienter"), "Velg bruker")
	wants(t, nobody.get(200, "/"), "Kalender", "Ola Nord") // the front door
	direct := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	seen := map[string]bool{}
	for range 2 {
		response, err := direct.Get(c.url + "/")
		if err != nil {
			t.Fatal(err)
		}
		response.Body.Close()
		cookie := response.Cookies()[0]
		if !cookie.HttpOnly || cookie.SameSite != http.SameSiteLaxMode || len(cookie.Value) < 26 || seen[cookie.Value] {
			t.Errorf("the cookie is %v", cookie)
		}
		seen[cookie.Value] = true
	}
	g := c.as("mari")
	wants(t, g.get(200, "/klienter"), "Tor Tåkeheim")
	c.sessions.mu.Lock()
	for token, s := range c.sessions.of {
		s.until = time.Now().Add(-time.Second)
		c.sessions.of[token] = s
	}
	c.sessions.mu.Unlock()
	wants(t, g.get(200, "/klienter"), "Velg bruker")
	again := c.as("mari")
	again.post(200, "/logg-ut")
	wants(t, again.get(200, "/klienter"), "Velg bruker")
}

// A practitioner sees the own clients, and not even that there are others.
func TestRoles(t *testing.T) {
	c := newClinic(t)
	ola, mari, admin := c.as("ola"), c.as("mari"), c.as("admin")
	for g, who := range map[*guest][2]string{ola: {"Kari Demovik", "Tor Tåkeheim"}, mari: {"Tor Tåkeheim", "Kari Demovik"}} {
		for _, path := range []string{"/klienter", "/kalender?ny=1", "/kalender?hos=" + olaID.String(), "/kalender?hos=" + mariID.String()} {
			page := g.get(200, path)
			lacks(t, page, who[1])
			if path != "/kalender?hos="+olaID.String() && path != "/kalender?hos="+mariID.String() {
				wants(t, page, who[0])
			}
		}
	}
	kari := person("kari").client().ID.String()
	booked := c.bookings("kari")[3]
	for _, path := range []string{"/klienter/" + kari, "/klienter/" + kari + "?fane=bookinger", "/kalender?booking=" + booked.ID.String()} {
		page := mari.get(404, path)
		lacks(t, page, "Kari", "10.11.1955")
		ola.get(200, path)
		admin.get(200, path)
	}
	series := c.seriesOf("kari").ID.String()
	for path, form := range map[string][]string{
		"/booking/" + booked.ID.String(): {"gjor", "avbestilt", "versjon", "1"},
		"/klienter/" + kari:              {"navn", "Noen Andre", "versjon", "1"},
		"/serie/" + series + "/sok":      nil,
		"/fakturering":                   {"klient", kari, "serie", series},
	} {
		mari.post(404, path, form...)
	}
	tor := person("tor").client().ID.String()
	mari.post(404, "/fakturering", "klient", tor, "serie", series) // another's series under the own client's name
	for _, path := range []string{"/innstillinger/nettverk", "/innstillinger/tjeneste"} {
		ola.post(403, path, "gjor", "fra")
	}
	ola.post(403, "/innstillinger/tid", "behandler", mariID.String())
	ola.post(403, "/innstillinger/fravaer", "behandler", mariID.String(), "fra", "2026-12-01", "til", "2026-12-01")
	page := admin.get(200, "/klienter")
	wants(t, page, "Kari Demovik", "Tor Tåkeheim")
	if got := c.bookings("kari")[3]; got.Version != booked.Version {
		t.Error("somebody else's booking was changed")
	}
}

// Who books for somebody else's client, by typing the name, finds nobody.
func TestOthersClientsCantBeBooked(t *testing.T) {
	c := newClinic(t)
	page := c.as("mari").post(422, "/hendelse", "klient", "Kari Demovik, født 10.11.1955", "tjeneste", therapyID.String(),
		"valg", "serie:"+c.seriesOf("kari").ID.String(), "dato", "2026-11-26", "tid", "13:30")
	wants(t, page, "Ingen av klientene dine heter det.")
	lacks(t, page, "6QPTR")
}

// An event of the network that names a practitioner is for that practitioner to decide
// on, and for an administrator. What can't be is said beside it.
func TestOthersEvents(t *testing.T) {
	c := newClinic(t)
	ola, mari, admin := c.as("ola"), c.as("mari"), c.as("admin")
	page := ola.post(200, "/innboks/simuler", "scenario", "identitet") // Jon, with Ola
	path := regexp.MustCompile(`/innboks/[0-9a-f-]{36}`).FindString(page)
	lacks(t, mari.get(200, "/innboks"), "Jon Attest,")
	mari.post(403, path, "gjor", "avvis")
	wants(t, admin.get(200, "/innboks"), "Jon Attest,")
	wants(t, ola.post(422, path, "gjor", "koble"), "Er ikke en gyldig ID.", "Jon Attest,")
	page = ola.post(422, path, "gjor", "koble", "klient", person("kari").client().ID.String(), "sakid", "3JATT")
	wants(t, page, "Fødselsdatoen er ikke den som saken gjelder.", "Jon Attest,")
	ola.post(404, path, "gjor", "koble", "klient", person("tor").client().ID.String())
	wants(t, ola.post(200, path, "gjor", "avvis"), "Hendelsen er behandlet", "Ingen venter.")
	wants(t, ola.post(422, path, "gjor", "avvis"), "Hendelsen er allerede behandlet.")
}

// Every page speaks three languages; which one stays with the session.
func TestLanguages(t *testing.T) {
	c := newClinic(t)
	g := c.as("ola")
	for lang, words := range map[string][]string{
		"nb": {`lang="nb"`, ">Klienter<", ">Ny hendelse<", "Tjenester og serier", "Åpne serier"},
		"nn": {`lang="nn"`, ">Klientar<", ">Ny hending<", "Tenester og seriar", "Opne seriar"},
		"en": {`lang="en"`, ">Clients<", ">New event<", "Services and series", "Open series"},
	} {
		page := g.post(200, "/sprak", "sprak", lang, "tilbake", "/kalender?ny=1")
		wants(t, page, words...)
	}
	g.post(200, "/sprak", "sprak", "no-such", "tilbake", "https://evil.example/")
	g.post(200, "/sprak", "sprak", "nb", "tilbake", "//evil.example/")
	wants(t, g.get(200, "/kalender"), `lang="nb"`)
}

// A connection that is ended or rejected is said wherever it matters.
func TestNotConnected(t *testing.T) {
	c := newClinic(t)
	admin, ola := c.as("admin"), c.as("ola")
	for what, status := range map[string]string{"fra": "frakoblet", "avvis": "avvist av nettverket"} {
		wants(t, admin.post(200, "/innstillinger/nettverk", "gjor", what), status)
		page := ola.get(200, "/kalender?ny=1&klient=Nils&sak=1&sakid=8XK2M")
		wants(t, page, "Klinikken er ikke koblet til behandlernettverk.", "Koble til under Innstillinger.")
		lacks(t, page, ">Opprett<")
		ola.post(200, "/innboks/simuler", "scenario", "ny") // the network has it, and nobody asks
	}
	if n := len(c.network.Acks()); n != 0 {
		t.Errorf("%d events were taken in", n)
	}
	admin.post(200, "/innstillinger/nettverk", "gjor", "koble")
	ola.post(200, "/innboks/simuler", "scenario", "kjent")
	for _, a := range c.network.Acks() {
		if a.Result == insurance.New {
			return
		}
	}
	t.Error("nothing came after connecting again")
}
