package main

import (
	"bufio"
	"context"
	"io"
	"net/http"
	"net/http/cookiejar"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/timebok/timebok/storage"
)

// A booking without anything is refused with every field, and saves nothing.
func TestEmptyBooking(t *testing.T) {
	c := newClinic(t)
	before := c.countBooked()
	page := c.as("admin").post(422, "/hendelse")
	wants(t, page, "Dette hindrer bookingen (4):", `href="#f-klient"`, `href="#f-behandler"`, `href="#f-tjeneste"`, `href="#f-tid"`)
	if n := c.countBooked(); n != before {
		t.Errorf("%d bookings were made", n-before)
	}
}

// Pressing twice books once.
func TestTwicePressed(t *testing.T) {
	c := newClinic(t)
	g := c.as("ola")
	id := regexp.MustCompile(`name="id" value="([^"]+)"`).FindStringSubmatch(g.get(200, "/kalender?ny=1"))[1]
	before := c.countBooked()
	for range 2 {
		g.post(200, "/hendelse", "id", id, "klient", "Siv", "tjeneste", adviceID.String(), "dato", "2026-11-27", "tid", "15:00", "inviter", "1")
	}
	if n := c.countBooked() - before; n != 1 {
		t.Errorf("%d bookings were made", n)
	}
	if n := len(c.mails.list()); n != 1 {
		t.Errorf("%d mails were sent", n)
	}
	// Another booking under the same ID is not made, and is said.
	page := g.post(422, "/hendelse", "id", id, "klient", "Kari", "tjeneste", adviceID.String(), "dato", "2026-11-27", "tid", "14:00")
	wants(t, page, "Denne bookingen er lagret allerede.")
}

// What the panel says of a client follows what is typed: all of a name, some of it,
// nobody's, several people's.
func TestClientField(t *testing.T) {
	c := newClinic(t)
	g := c.as("ola")
	for typed, want := range map[string]string{
		"Kari+Demovik,+f%C3%B8dt+10.11.1955": `value="Kari Demovik, født 10.11.1955"`,
		"kari":                               `value="Kari Demovik, født 10.11.1955"`,
		"1979":                               `value="Nils Prøvesen, født 02.05.1979"`,
		"ingen":                              "Ingen av klientene dine heter det.",
		"i":                                  "Flere klienter passer.",
	} {
		wants(t, g.get(200, "/kalender?ny=1&klient="+typed), want)
	}
}

// A series that can't be used any more is never left out in silence: who would pay
// would change with it.
func TestSeriesIsNotDropped(t *testing.T) {
	c := newClinic(t)
	g := c.as("ola")
	before := c.countBooked()
	series := "serie:" + c.seriesOf("kari").ID.String()
	for want, form := range map[string][2]string{
		"Saken gjaldt til og med 13.06.2027.": {"Kari", "2027-06-14"},
		"Serien hører til en annen klient.":   {"Siv", "2026-11-27"},
	} {
		page := g.post(422, "/hendelse", "klient", form[0], "valg", series, "tjeneste", therapyID.String(), "dato", form[1], "tid", "13:00")
		wants(t, page, want)
	}
	page := g.post(422, "/hendelse", "klient", "Siv", "valg", "serie:nonsense", "tjeneste", therapyID.String(), "dato", "2026-11-27", "tid", "13:00")
	wants(t, page, "Finnes ikke.")
	wants(t, g.get(200, "/kalender?ny=1&klient=Kari&dato=2027-06-14&valg="+series), "Forsikringssak 6QPTR · gjelder ikke")
	lacks(t, g.get(200, "/kalender?ny=1&klient=Siv&valg="+series), "6QPTR")
	if n := c.countBooked(); n != before {
		t.Errorf("%d bookings were made", n-before)
	}
}

// «Opprett» is refused when the case is not the client's, or is closed, and says so
// beside the sakID.
func TestCaseOfAnother(t *testing.T) {
	c := newClinic(t)
	g := c.as("ola")
	for client, want := range map[string][3]string{
		"Nils": {"6QPTR", "Fødselsdatoen er ikke den som saken gjelder.", "SakID-en hører til en annen klients serie."},
		"Liv":  {"9SLUT", "Saken er avsluttet.", "Be klienten om en ny sakID."},
		"Kari": {"0FEIL", "SakID-en finnes ikke.", "Se etter skrivefeil"},
		"":     {"8XK2M", "Velg klienten først.", "Dette hindrer"},
	} {
		page := g.post(422, "/hendelse/sak", "klient", client, "sakid", want[0])
		wants(t, page, want[1:]...)
	}
	if s := c.seriesOf("nils"); !s.ID.IsZero() {
		t.Error("a series was opened")
	}
}

// A new client with nothing or nonsense in the fields is refused beside each.
func TestNewClient(t *testing.T) {
	c := newClinic(t)
	g := c.as("ola")
	for _, path := range []string{"/klienter", "/hendelse/klient"} {
		page := g.post(422, path, "navn", " ", "fodt", "1988-02-31", "epost", "anne@")
		wants(t, page, "Må fylles ut.", "Har en ugyldig verdi.", "Er ikke en gyldig e-postadresse.")
	}
	page := g.post(200, "/klienter", "navn", "Anne <b>Testdal</b>", "fodt", "1988-03-14")
	wants(t, page, "Anne &lt;b&gt;Testdal&lt;/b&gt;")
	lacks(t, page, "<b>Testdal")
}

// A change that is based on an old version is refused, in the client's details and in
// a booking.
func TestSomebodyWasFaster(t *testing.T) {
	c := newClinic(t)
	g := c.as("ola")
	siv := "/klienter/" + person("siv").client().ID.String()
	g.post(200, siv, "navn", "Siv Selvbetaler", "versjon", "1")
	wants(t, g.post(409, siv, "navn", "Siv Annet", "versjon", "1"), "Noen andre har endret dette i mellomtiden.")
	wants(t, g.get(200, siv), "Siv Selvbetaler")
	b := c.bookings("kari")[3]
	path := "/booking/" + b.ID.String()
	wants(t, g.post(200, path, "gjor", "flytt", "versjon", "1", "dato", "2026-11-27", "tid", "13:30"), "Timen er flyttet.")
	g.post(409, path, "gjor", "avbestilt", "versjon", "1")
	// A move to where it can't be is refused beside the booking.
	page := g.post(422, path, "gjor", "flytt", "versjon", "2", "dato", "2026-11-28", "tid", "10:00")
	wants(t, page, "Utenfor behandlerens arbeidstid.", "Kari Demovik")
}

// What the network can do wrong, and what the journal makes of it.
func TestScenarios(t *testing.T) {
	for _, s := range scenarios {
		t.Run(s.Name, func(t *testing.T) {
			c := newClinic(t)
			g := c.as("ola")
			if s.Name == "flytt" || s.Name == "avbestill" {
				g.post(200, "/innboks/simuler", "scenario", "ny")
			}
			page := g.post(200, "/innboks/simuler", "scenario", s.Name)
			want := map[string]string{
				"ny": "Jon Attest", "kjent": "Kari Demovik", "flytt": "Time flyttet", "avbestill": "avbestilt",
				"dobbel": "Jon Attest", "stille": "Nettverket svarte ikke.", "opptatt": "Tiden er opptatt.",
				"identitet": "Fødselsdatoen er ikke den som saken gjelder.", "behandler": "Ingen behandler har nettverkets nøkkel.",
				"sak": "sakID-en finnes ikke.", "ramme": "Ingen endringer.",
			}[s.Name]
			wants(t, page, want)
			switch s.Name {
			case "stille": // the next poll brings it
				if err := c.poll(t.Context()); err != nil {
					t.Fatal(err)
				}
				page = g.get(200, "/innboks")
				wants(t, page, "Jon Attest")
				lacks(t, page, "svarer ikke.")
			case "dobbel":
				if n := strings.Count(page, "Ny time i kalenderen"); n != 1 {
					t.Errorf("%d mails", n)
				}
			case "ramme":
				wants(t, g.post(200, "/innboks/drift"), "Ramme: 10 → 4", "Det er booket mer enn saken nå dekker.")
			}
		})
	}
}

// Settings: working hours and an absence change what is free.
func TestSettings(t *testing.T) {
	c := newClinic(t)
	g := c.as("ola")
	free := "Ledig time fredag 27. november 2026 kl. </span>15.30"
	wants(t, g.get(200, "/kalender"), free)
	page := g.post(200, "/innstillinger/tid", "behandler", olaID.String(), "versjon", "1", "d5fra", "08:00", "d5til", "15:00")
	wants(t, page, "Lagret.")
	page = g.get(200, "/kalender")
	lacks(t, page, free, "Ledig time torsdag")
	wants(t, page, "Stengt", "Ledig time fredag 27. november 2026 kl. </span>10.00")
	g.post(422, "/innstillinger/tid", "behandler", olaID.String(), "versjon", "2", "d5fra", "15:00", "d5til", "08:00")
	g.post(409, "/innstillinger/tid", "behandler", olaID.String(), "versjon", "1", "d5fra", "08:00", "d5til", "15:00")
	g.post(200, "/innstillinger/fravaer", "behandler", olaID.String(), "fra", "2026-11-27", "til", "2026-11-27", "slag", "sick")
	page = g.get(200, "/kalender")
	wants(t, page, "Sykdom")
	lacks(t, page, "Ledig time fredag")
	admin := c.as("admin")
	admin.post(200, "/innstillinger/tjeneste", "id", adviceID.String(), "versjon", "1", "kode", "B1030", "pris", "750,00")
	wants(t, admin.get(200, "/innstillinger"), `value="B1030"`, `value="750,00"`)
	admin.post(422, "/innstillinger/tjeneste", "id", adviceID.String(), "versjon", "2", "pris", "gratis")
}

// The invoice's file is downloaded as it was sent.
func TestDownload(t *testing.T) {
	c := newClinic(t)
	g := c.as("ola")
	s := c.seriesOf("kari")
	g.post(200, "/fakturering", "klient", s.Client.String(), "serie", s.ID.String())
	x := c.invoices("kari")[0]
	g.get(404, "/fakturaer/"+x.ID.String()) // a draft is no invoice yet
	g.post(200, "/fakturering/"+x.ID.String(), "gjor", "utsted", "versjon", "1")
	file := g.get(200, "/fakturaer/"+x.ID.String()+"/xml")
	wants(t, file, "<cac:OrderReference><cbc:ID>6QPTR</cbc:ID></cac:OrderReference>")
	lacks(t, file, "Kari", "Demovik")
	c.read(func(ctx context.Context, tx storage.Tx) error {
		doc, err := tx.Document(ctx, x.ID)
		if string(doc.Body) != file {
			t.Error("the file is not the one that was stored")
		}
		return err
	})
	g.post(422, "/fakturering", "klient", s.Client.String(), "serie", s.ID.String()) // nothing is left to bill
}

// A credit note takes back the sessions that are ticked, and they stand on a new
// draft; without any ticked nothing is taken back.
func TestCreditInPart(t *testing.T) {
	c := newClinic(t)
	g := c.as("ola")
	s := c.seriesOf("kari")
	g.post(200, "/fakturering", "klient", s.Client.String(), "serie", s.ID.String())
	path := c.invoices("kari")[0].ID.String()
	page := g.post(200, "/fakturering/"+path, "gjor", "utsted", "versjon", "1")
	lines := regexp.MustCompile(`name="time" value="([^"]+)"`).FindAllStringSubmatch(page, -1)
	version := regexp.MustCompile(`name="versjon" value="(\d+)"`).FindStringSubmatch(page)[1]
	wants(t, g.post(200, "/fakturaer/"+path, "gjor", "valgte", "versjon", version), "Velg minst én time å kreditere.", ">sendt<")
	page = g.post(200, "/fakturaer/"+path, "gjor", "valgte", "versjon", version, "time", lines[0][1], "time", lines[2][1], "utkast", "1")
	wants(t, page, "Kreditnota 2 er utstedt.", "2\u00a0500,00\u00a0kr", "Gyldig EHF")
	wants(t, g.get(200, "/fakturaer/"+path), "(kreditert)", lines[1][1])
	g.post(409, "/fakturaer/"+path, "gjor", "alt", "versjon", version)
	page = g.get(200, "/fakturering")
	wants(t, page, "Utsted faktura", "Forhåndssjekken har ingen innvendinger.", "2\u00a0500,00\u00a0kr")
	draft := regexp.MustCompile(`action="/fakturering/([^"]+)"`).FindStringSubmatch(page)[1]
	wants(t, g.post(200, "/fakturering/"+draft, "gjor", "forkast", "versjon", "1"), "Utkastet er forkastet.", "Lag utkast")
}

// Holidays, weekends and other weeks: what is closed is said.
func TestCalendarDays(t *testing.T) {
	c := newClinic(t)
	g := c.as("ola")
	page := g.get(200, "/kalender?dag=2026-12-25")
	wants(t, page, "Uke 52", "1. juledag", "Stengt", "Ledig time torsdag 24. desember 2026")
	lacks(t, page, "Ledig time fredag", "søn. 27.12.")
	wants(t, g.get(200, "/kalender?dag=2026-12-26&vis=dag"), "2. juledag", "Stengt")
	for dag, want := range map[string]string{"": "Uke 48", "nonsense": "Uke 48", "9999-12-31": "Uke 48", "0000000-00": "Uke 48", "2026-03-29": "Uke 13"} {
		wants(t, g.get(200, "/kalender?dag="+dag), want)
	}
	c.pass(3*24*time.Hour + 30*time.Minute) // Saturday
	wants(t, g.get(200, "/kalender"), "Uke 49")
}

// A second start on the same database goes on where the first one stopped.
func TestRestart(t *testing.T) {
	dir := t.TempDir()
	for range 2 {
		j, err := open(t.Context(), dir+"/journal.db", func() time.Time { return wednesday })
		if err != nil {
			t.Fatal(err)
		}
		c := &clinic{journal: j, t: t}
		if n := len(c.bookings("kari")); n != 5 {
			t.Errorf("%d bookings of Kari", n)
		}
		if err := j.store.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

// The program prints where it is, and serves until it is told to stop, also while a
// browser listens.
func TestRun(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	ctx, stop := context.WithCancel(t.Context())
	said, out := io.Pipe()
	ended := make(chan error, 1)
	go func() { ended <- run(ctx, out, "127.0.0.1:0", "") }()
	lines := bufio.NewScanner(said)
	address := ""
	for address == "" && lines.Scan() {
		_, address, _ = strings.Cut(lines.Text(), "Journal:  ")
	}
	go func() { _, _ = io.Copy(io.Discard, said) }()
	jar := must(cookiejar.New(nil))
	g := &guest{t, &http.Client{Jar: jar}, strings.TrimSuffix(address, "/")}
	wants(t, g.get(200, "/"), "Kalender", "Ola Nord")
	response, err := g.client.Get(g.url + "/direkte")
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	if kind := response.Header.Get("Content-Type"); kind != "text/event-stream" {
		t.Errorf("the stream is %s", kind)
	}
	stop()
	if err := <-ended; err != nil {
		t.Error(err)
	}
	if err := run(t.Context(), io.Discard, "256.0.0.1:0", t.TempDir()+"/journal.db"); err == nil {
		t.Error("there is no such address")
	}
}
