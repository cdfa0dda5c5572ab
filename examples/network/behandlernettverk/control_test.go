package behandlernettverk_test

import (
	"encoding/json"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/timebok/timebok"
	"github.com/timebok/timebok/examples/network/behandlernettverk"
	"github.com/timebok/timebok/insurance"
)

// People make things happen at the network with curl, and get told what is wrong.
func TestControl(t *testing.T) {
	n, c := serve(t, &behandlernettverk.Options{})
	ask := func(want int, method, path, body string) string {
		t.Helper()
		w := httptest.NewRecorder()
		n.Handler().ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), method, path, strings.NewReader(body)))
		if w.Code != want {
			t.Errorf("%s %s: %d %s, want %d", method, path, w.Code, w.Body, want)
		}
		return w.Body.String()
	}
	ask(204, "POST", "/control/cases", `{"number":"6QPTR","born":"1990-04-01","sessions":4,"validTo":"2031-12-31"}`)
	for _, bad := range []string{``, `{`, `{"nummer":"x"}`, `{"number":"x","born":"0000000-00"}`} {
		ask(400, "POST", "/control/cases", bad)
	}
	ask(422, "POST", "/control/cases", `{"number":"x"}`)
	ask(204, "POST", "/control/cases/6QPTR/quota", `{"sessions":2}`)
	ask(404, "POST", "/control/cases/NOPE/quota", `{"sessions":2}`)
	ask(404, "POST", "/control/cases/NOPE/close", ``)
	if got := must(n.Case("6QPTR")); got.Caps[0].Sessions != 2 || got.ValidTo.String() != "2031-12-31" || *got.BirthDate != born {
		t.Errorf("%+v", got)
	}

	err := c.Publish(t.Context(), n.Connection(), insurance.Availability{
		Practitioner: "anne-1", Treatment: "PSY45", Within: timebok.Lasting(monday, 8*time.Hour), Free: []timebok.Period{timebok.Lasting(monday, 45*time.Minute)},
	})
	if err != nil {
		t.Fatal(err)
	}
	if got := ask(200, "GET", "/control/free?practitioner=anne-1&treatment=PSY45", ""); !strings.Contains(got, "2026-03-02T08:00:00Z") {
		t.Errorf("free: %s", got)
	}
	booking := func(more string) string {
		return `{"practitioner":"anne-1","treatment":"PSY45","start":"2026-03-02T08:00:00Z","case":"6QPTR","name":"Kari Prøve","born":"1990-04-01"` + more + `}`
	}
	ask(422, "POST", "/control/bookings", booking(`,"email":"kari"`))
	ask(404, "POST", "/control/bookings", booking(`,"account":"nobody"`))
	var made struct{ ID string }
	if err := json.Unmarshal([]byte(ask(200, "POST", "/control/bookings", booking(`,"email":"kari@example.com","phone":"40000009"`))), &made); err != nil || made.ID == "" {
		t.Fatal(made, err)
	}
	ask(409, "POST", "/control/bookings", booking(``))
	ask(200, "POST", "/control/bookings", booking(`,"force":true,"minutes":60`))
	ask(204, "POST", "/control/bookings/"+made.ID+"/move", `{"start":"2026-03-02T10:00:00Z"}`)
	ask(204, "POST", "/control/bookings/"+made.ID+"/cancel", ``)
	ask(404, "POST", "/control/bookings/nothing/cancel", ``)
	ask(204, "POST", "/control/cases/6QPTR/close", ``)
	ask(409, "POST", "/control/bookings", booking(``))
	ask(204, "POST", "/control/faults", `{"Duplicate":0.5,"Fail":1,"Hang":1000}`)
	if _, err := c.Events(t.Context(), n.Connection(), ""); err == nil {
		t.Error("the faults are not on")
	}
	ask(204, "POST", "/control/faults", `{}`)
	page, err := c.Events(t.Context(), n.Connection(), "")
	if err != nil || len(page.Events) != 4 {
		t.Fatalf("%d events, %v", len(page.Events), err)
	}
	last := page.Events[3]
	if !last.IsCancelled() || last.Booking.Client.Phone.Reveal() != "+4740000009" || !last.Booking.Start.Equal(monday.Add(2*time.Hour)) {
		t.Errorf("%+v", last)
	}
}
