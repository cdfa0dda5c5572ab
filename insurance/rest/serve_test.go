package rest_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/rickb777/date"
	"github.com/timebok/timebok"
	"github.com/timebok/timebok/insurance"
	"github.com/timebok/timebok/insurance/networktest"
	"github.com/timebok/timebok/insurance/rest"
)

const clinicPath = "/v1/clinics/" + networktest.DefaultAccount

// calls of the contract that work, by operation.
var calls = []struct{ method, path, body string }{
	{"GET", "/case?number=6QPTR&asOf=2031-01-01T00:00:00Z", ""},
	{"GET", "/events?cursor=", ""},
	{"GET", "/bookings?from=2026-01-01T00:00:00Z", ""},
	{"PUT", "/acknowledgements/0190163d-8694-739b-aea5-966c26f8ad91", `{"event":"e","version":1,"result":"new"}`},
	{"PUT", "/reports/0190163d-8694-739b-aea5-966c26f8ad91", `{"booking":"b","version":1,"state":"booked","start":"2026-03-02T08:00:00Z"}`},
	{"PUT", "/availability", `{"practitioner":"anne-1","treatment":"PSY45","from":"2026-03-02T08:00:00Z","to":"2026-03-03T08:00:00Z","free":[]}`},
}

// Every status of the document is given, by each operation that has it, and no
// other.
func TestServe(t *testing.T) {
	watched := rest.Watch(t)
	ask := func(n insurance.Network, key, method, path, body string) int {
		r := httptest.NewRequestWithContext(t.Context(), method, clinicPath+path, strings.NewReader(body))
		r.Header.Set("Authorization", key)
		w := httptest.NewRecorder()
		watched.Of(rest.Serve(n, keys)).ServeHTTP(w, r)
		return w.Code
	}
	const key = "Bearer nøkkel-1"
	working := func() *networktest.Fake {
		f := networktest.New(nil)
		f.AddCase(networktest.NewCase("6QPTR", date.New(1990, 4, 1)))
		return f
	}
	ended, silent := working(), working()
	ended.Disconnect(networktest.DefaultAccount)
	silent.Silence(true)
	nothing := networktest.New(&networktest.Options{Can: &insurance.Capabilities{}})

	expect := func(want int, c struct{ method, path, body string }, n insurance.Network, key string) {
		t.Helper()
		if got := ask(n, key, c.method, c.path, c.body); got != want {
			t.Errorf("%s %s: %d, want %d", c.method, c.path, got, want)
		}
	}
	for _, c := range calls {
		works := http.StatusOK
		if c.method == "PUT" {
			works = http.StatusNoContent
		}
		expect(works, c, working(), key)
		for _, other := range []string{"", "Bearer ", "Bearer nøkkel-2", "Basic nøkkel-1", "nøkkel-1"} {
			expect(http.StatusUnauthorized, c, working(), other)
		}
		expect(http.StatusForbidden, c, ended, key)
		expect(http.StatusNotImplemented, c, nothing, key)
		expect(http.StatusServiceUnavailable, c, silent, key)
		bad := c
		switch {
		case c.method == "PUT":
			for _, body := range []string{"", "{", "[]", "{}", `{"version":"1"}`, `{"start":"0000000-00"}`, strings.ReplaceAll(c.body, "2026-03", "2026-13")} {
				if bad.body = body; body != c.body {
					expect(http.StatusUnprocessableEntity, bad, working(), key)
				}
			}
			bad.body = `{"event":"` + strings.Repeat("x", 1<<20) + `"}`
			expect(http.StatusRequestEntityTooLarge, bad, working(), key)
		case strings.Contains(c.path, "asOf"):
			bad.path = "/case?number=&asOf=yesterday"
			expect(http.StatusUnprocessableEntity, bad, working(), key)
			bad.path = strings.ReplaceAll(c.path, "6QPTR", "NOPE")
			expect(http.StatusNotFound, bad, working(), key)
		case strings.Contains(c.path, "from"):
			bad.path = "/bookings?from=0000000-00"
			expect(http.StatusUnprocessableEntity, bad, working(), key)
		}
	}
	if unseen := watched.Unseen(); len(unseen) > 0 {
		t.Errorf("the document has what is never given: %v", unseen)
	}
}

// A message without an ID that is one is not heard.
func TestServeNeedsMessageIDs(t *testing.T) {
	for _, c := range calls[3:5] {
		path := clinicPath + strings.TrimSuffix(c.path, "0190163d-8694-739b-aea5-966c26f8ad91") + "nr-1"
		r := httptest.NewRequestWithContext(t.Context(), c.method, path, strings.NewReader(c.body))
		r.Header.Set("Authorization", "Bearer nøkkel-1")
		w := httptest.NewRecorder()
		rest.Serve(networktest.New(nil), keys).ServeHTTP(w, r)
		if w.Code != http.StatusUnprocessableEntity {
			t.Errorf("%s: %d", path, w.Code)
		}
	}
}

// How long a network says it is away goes through to whoever asks.
func TestServeTellsRetryAfter(t *testing.T) {
	w := httptest.NewRecorder()
	r := httptest.NewRequestWithContext(t.Context(), "GET", clinicPath+"/events", nil)
	r.Header.Set("Authorization", "Bearer nøkkel-1")
	rest.Serve(away{networktest.New(nil)}, keys).ServeHTTP(w, r)
	if got, want := w.Header().Get("Retry-After"), strconv.Itoa(91); got != want || w.Code != 503 {
		t.Errorf("%d, Retry-After %q, want %q", w.Code, got, want)
	}
}

// away is a network that is away for more than 90 seconds.
type away struct{ *networktest.Fake }

func (away) Events(context.Context, insurance.Connection, string) (insurance.Page, error) {
	return insurance.Page{}, &timebok.UnavailableError{What: "network", After: 90*time.Second + time.Millisecond}
}

// FuzzServe tells a network whatever a clinic may send: it is heard or refused, and
// the answer is the document's.
func FuzzServe(f *testing.F) {
	for i, c := range calls {
		f.Add(i, c.body)
	}
	f.Add(4, `{"booking":"b","version":-1,"state":"?","start":"0000000-00"}`)
	f.Add(5, `{"free":[{"start":"2026-03-02T08:00:00Z"}]}`)
	f.Fuzz(func(t *testing.T, i int, body string) {
		c := calls[3+(i%3+3)%3]
		fake := networktest.New(nil)
		r := httptest.NewRequestWithContext(t.Context(), c.method, clinicPath+c.path, strings.NewReader(body))
		r.Header.Set("Authorization", "Bearer nøkkel-1")
		w := httptest.NewRecorder()
		rest.Serve(fake, keys).ServeHTTP(w, r)
		heard := len(fake.Acks()) + len(fake.Reports()) + len(fake.Offers())
		if w.Code != 204 && w.Code != 422 || (w.Code == 204) != (heard == 1) {
			t.Errorf("status %d, and %d things were heard", w.Code, heard)
		}
		for _, o := range fake.Offers() {
			if o.Practitioner == "" || !o.Within.Start.Before(o.Within.End) {
				t.Errorf("%+v", o)
			}
		}
	})
}
