package main

import (
	"net/http/httptest"
	"strings"
	"testing"
)

// Whatever stands in an address or a form, the answer is a page and no fault of the
// journal, and a form that is sent books at most what it says.
func FuzzPanel(f *testing.F) {
	c := newClinic(f)
	kari := c.seriesOf("kari").ID.String()
	for _, seed := range []string{
		"", "ny=1", "ny=1&klient=Kari&valg=serie:" + kari + "&tjeneste=" + therapyID.String() + "&dato=2026-11-27&tid=13:30",
		"ny=1&klient=Siv&valg=tjeneste:" + adviceID.String() + "&forrige=&mottaker=klient&fakturering=ehf&hvorfor=x",
		"ny=1&sak=1&sakid=8XK2M&nyklient=1&navn=%00&fodt=2026-13-01&epost=@", "dag=9999-99-99&vis=dag&hos=x&booking=y",
		"ny=1&klient=Siv&tjeneste=" + adviceID.String() + "&dato=2200-12-31&tid=23:59&sett=slot.taken&sett=hours.outside&settfordi=x",
	} {
		f.Add(seed)
	}
	token := c.as("admin").client.Jar.Cookies(httptest.NewRequest("GET", c.url, nil).URL)
	h := c.handler()
	f.Fuzz(func(t *testing.T, form string) {
		c.t = t
		before := c.countBooked()
		for _, method := range []string{"GET", "POST"} {
			r := httptest.NewRequest(method, "/kalender", nil)
			if method == "POST" {
				r = httptest.NewRequest(method, "/hendelse", strings.NewReader(form))
				r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
			}
			r.URL.RawQuery = strings.Trim(form, "\x00")
			for _, cookie := range token {
				r.AddCookie(cookie)
			}
			w := httptest.NewRecorder()
			if h.ServeHTTP(w, r); w.Code >= 500 {
				t.Fatalf("%s %q: status %d", method, form, w.Code)
			}
			if n := c.countBooked() - before; n > 1 || n != 0 && (method == "GET" || w.Code != 303) {
				t.Fatalf("%s %q: status %d, %d bookings were made", method, form, w.Code, n)
			}
		}
	})
}
