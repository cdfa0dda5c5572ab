package main

import (
	"context"
	"io"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/timebok/timebok"
	"github.com/timebok/timebok/booking"
	"github.com/timebok/timebok/invoice"
	"github.com/timebok/timebok/series"
	"github.com/timebok/timebok/storage"
)

// wednesday is when the tests begin: 25 November 2026, 11 o'clock in Oslo.
var wednesday = time.Date(2026, 11, 25, 10, 0, 0, 0, time.UTC)

// A clinic is a journal that is served, with a clock that the test sets.
type clinic struct {
	*journal
	t   testing.TB
	url string

	mu sync.Mutex
	at time.Time
}

func newClinic(t testing.TB) *clinic {
	t.Helper()
	c := &clinic{t: t, at: wednesday}
	j, err := open(t.Context(), filepath.Join(t.TempDir(), "journal.db"), c.time)
	if err != nil {
		t.Fatal(err)
	}
	c.journal = j
	server := httptest.NewUnstartedServer(j.handler())
	ctx, stop := context.WithCancel(context.Background())
	server.Config.BaseContext = func(net.Listener) context.Context { return ctx }
	server.Start()
	c.url = server.URL
	t.Cleanup(func() {
		stop() // ends the live streams
		server.Close()
		if err := j.store.Close(); err != nil {
			t.Error(err)
		}
	})
	return c
}

func (c *clinic) time() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.at
}

// pass lets time go by.
func (c *clinic) pass(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = c.at.Add(d)
}

// A guest is a browser without a screen: it keeps cookies and follows redirects.
type guest struct {
	t      testing.TB
	client *http.Client
	url    string
}

// as opens a guest that is signed in as a user.
func (c *clinic) as(user string) *guest {
	c.t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		c.t.Fatal(err)
	}
	g := &guest{c.t, &http.Client{Jar: jar}, c.url}
	if user != "" {
		g.post(200, "/bruker", "bruker", user)
	}
	return g
}

// get loads a page, which must have that status.
func (g *guest) get(status int, path string) string {
	g.t.Helper()
	r, err := http.NewRequest("GET", g.url+path, nil)
	if err != nil {
		g.t.Fatal(err)
	}
	_, body := g.do(status, r)
	return body
}

// post sends a form as the journal's own pages do.
func (g *guest) post(status int, path string, pairs ...string) string {
	g.t.Helper()
	_, body := g.do(status, g.form(path, pairs...))
	return body
}

func (g *guest) form(path string, pairs ...string) *http.Request {
	g.t.Helper()
	form := url.Values{}
	for i := 0; i+1 < len(pairs); i += 2 {
		form.Add(pairs[i], pairs[i+1])
	}
	r, err := http.NewRequest("POST", g.url+path, strings.NewReader(form.Encode()))
	if err != nil {
		g.t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	return r
}

func (g *guest) do(status int, r *http.Request) (*http.Response, string) {
	g.t.Helper()
	response, err := g.client.Do(r)
	if err != nil {
		g.t.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		g.t.Fatal(err)
	}
	if response.StatusCode != status {
		g.t.Fatalf("%s %s: status %d, want %d\n%s", r.Method, r.URL.Path, response.StatusCode, status, body)
	}
	return response, string(body)
}

// wants checks that a page says all of this.
func wants(t testing.TB, page string, words ...string) {
	t.Helper()
	for _, w := range words {
		if !strings.Contains(page, w) {
			t.Errorf("the page does not say %q:\n%s", w, page)
		}
	}
}

// lacks checks that a page says none of this.
func lacks(t testing.TB, page string, words ...string) {
	t.Helper()
	for _, w := range words {
		if strings.Contains(page, w) {
			t.Errorf("the page says %q:\n%s", w, page)
		}
	}
}

// What is in the journal, read past the pages.

func (c *clinic) read(fn func(ctx context.Context, tx storage.Tx) error) {
	c.t.Helper()
	if err := c.view(c.t.Context(), fn); err != nil {
		c.t.Fatal(err)
	}
}

func (c *clinic) bookings(who string) (out []booking.Booking) {
	c.t.Helper()
	c.read(func(ctx context.Context, tx storage.Tx) (err error) {
		out, err = all(tx.Bookings(ctx, booking.Filter{Client: person(who).client().ID}))
		return err
	})
	return out
}

func (c *clinic) seriesOf(who string) (out series.Series) {
	c.t.Helper()
	c.read(func(ctx context.Context, tx storage.Tx) error {
		found, err := all(tx.SeriesOf(ctx, person(who).client().ID))
		if len(found) > 0 {
			out = found[0]
		}
		return err
	})
	return out
}

// seriesIn is the ID of the series of a sakID, whoever's it is.
func (c *clinic) seriesIn(sakID string) series.ID {
	return timebok.DeriveID[series.Series]("case", string(timebok.Behandlernettverk), sakID)
}

func (c *clinic) invoices(who string) (out []invoice.Invoice) {
	c.t.Helper()
	c.read(func(ctx context.Context, tx storage.Tx) (err error) {
		out, err = all(tx.Invoices(ctx, invoice.Filter{Client: person(who).client().ID}))
		return err
	})
	return out
}

// countBooked is how many bookings are planned.
func (c *clinic) countBooked() (n int) {
	c.t.Helper()
	c.read(func(ctx context.Context, tx storage.Tx) error {
		found, err := all(tx.Bookings(ctx, booking.Filter{States: []booking.State{booking.Booked}}))
		n = len(found)
		return err
	})
	return n
}
