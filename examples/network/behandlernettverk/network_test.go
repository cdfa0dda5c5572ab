package behandlernettverk_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/rickb777/date"
	"github.com/timebok/timebok"
	"github.com/timebok/timebok/examples/network/behandlernettverk"
	"github.com/timebok/timebok/insurance"
	"github.com/timebok/timebok/insurance/networktest"
	"github.com/timebok/timebok/insurance/rest"
)

const account = "klinikk-1"

func keys(_ context.Context, name string) (timebok.Private, error) {
	if name == account {
		return timebok.Hide("nøkkel-1"), nil
	}
	return timebok.Private{}, nil
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

// serve starts a network, and a client of it that waits for nothing.
func serve(t testing.TB, o *behandlernettverk.Options) (*behandlernettverk.Network, *rest.Client) {
	t.Helper()
	if len(o.Clinics) == 0 {
		o.Clinics = []behandlernettverk.Clinic{{Account: account, Key: timebok.Hide("nøkkel-1")}}
	}
	n := behandlernettverk.New(o)
	server := httptest.NewServer(n.Handler())
	t.Cleanup(server.Close)
	return serveAt(t, n, server.URL)
}

// serveAt returns a client of a network that is served already.
func serveAt(t testing.TB, n *behandlernettverk.Network, address string) (*behandlernettverk.Network, *rest.Client) {
	t.Helper()
	c, err := rest.New(n.Connection().Network, address, keys, &rest.Options{
		Attempts: 2, Pause: time.Microsecond, Rate: 1e9, Burst: 1000, Trip: -1,
	})
	if err != nil {
		t.Fatal(err)
	}
	return n, c
}

// The network passes the suite over HTTP, as it is and with each fault on.
func TestNetwork(t *testing.T) {
	for name, faults := range map[string]networktest.Faults{
		"no faults":  {},
		"duplicates": {Duplicate: 0.5},
		"reordering": {Reorder: 0.7},
		"delays":     {Delay: 0.5},
		"losses":     {Lose: 0.5},
		"jumps back": {JumpBack: 0.8},
		"failures":   {Fail: 0.3},
		"timeouts":   {Timeout: 0.3},
		"all at once": {
			Seed: 7, Duplicate: 0.3, Reorder: 0.3, Delay: 0.2, Lose: 0.2, JumpBack: 0.2, Fail: 0.2, Timeout: 0.2,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			n, c := serve(t, &behandlernettverk.Options{Faults: behandlernettverk.Faults{Faults: faults}})
			networktest.Run(t, harness(n, c))
		})
	}
}

func harness(n *behandlernettverk.Network, c insurance.Network) networktest.Harness {
	stranger := n.Connection(account)
	stranger.Account = "nobody's"
	return networktest.Harness{
		Network: c, Connection: n.Connection(), Stranger: stranger, Practitioner: "anne-1", Treatment: "PSY45",
		AddCase:    n.AddCase,
		ChangeCase: func(number string, change func(*insurance.Case)) { must(0, n.ChangeCase(number, change)) },
		Book:       func(b insurance.ExternalBooking) insurance.Event { return must(n.Force(b)) },
		Move:       func(id string, start time.Time) insurance.Event { return must(n.Move(id, start)) },
		Cancel:     func(id string) insurance.Event { return must(n.Cancel(id)) },
		Acks:       n.Acks, Reports: n.Reports, Offers: n.Offers, Silence: n.Silence,
	}
}

var (
	born   = date.New(1990, 4, 1)
	monday = time.Date(2026, 3, 2, 8, 0, 0, 0, time.UTC)
)

func wish(start time.Time) insurance.ExternalBooking {
	return insurance.ExternalBooking{
		Practitioner: "anne-1", Treatment: "PSY45", Start: start, CaseNumber: "6qptr",
		Client: networktest.NewPerson("Kari Prøve", born),
	}
}

// Clients book what a clinic offers, once, in a case that is open.
func TestBook(t *testing.T) {
	n, c := serve(t, &behandlernettverk.Options{})
	slot := func(i int) timebok.Period {
		return timebok.Lasting(monday.Add(time.Duration(i)*time.Hour), 45*time.Minute)
	}
	err := c.Publish(t.Context(), n.Connection(), insurance.Availability{
		Practitioner: "anne-1", Treatment: "PSY45", Within: timebok.Lasting(monday, 8*time.Hour), Free: []timebok.Period{slot(0), slot(1), slot(2)},
	})
	if err != nil {
		t.Fatal(err)
	}
	fails := func(want error, b insurance.ExternalBooking, account ...string) {
		t.Helper()
		if _, err := n.Book(b, account...); !errors.Is(err, want) {
			t.Errorf("Book: %v, want %v", err, want)
		}
	}
	fails(behandlernettverk.ErrUnknown, wish(slot(0).Start))
	n.AddCase(networktest.NewCase("6QPTR", born))
	fails(behandlernettverk.ErrTaken, wish(slot(0).Start.Add(time.Minute)))
	fails(behandlernettverk.ErrUnknown, wish(slot(0).Start), "klinikk-2")
	made, err := n.Book(wish(slot(0).Start))
	if err != nil || made.Booking.CaseNumber != "6QPTR" {
		t.Fatalf("%+v, %v", made, err)
	}
	fails(behandlernettverk.ErrTaken, wish(slot(0).Start))
	if free := n.Free("anne-1", "PSY45"); len(free) != 2 || free[0] != slot(1) {
		t.Errorf("free: %v", free)
	}
	again := wish(slot(1).Start)
	again.ID = made.Booking.ID
	fails(behandlernettverk.ErrExists, again)
	// What the clinic calls off is free again.
	err = c.Report(t.Context(), n.Connection(), insurance.Status{
		ID: timebok.New[timebok.Message](timebok.Source{}), Booking: made.Booking.ID, Version: 2, State: "cancelled", Start: slot(0).Start,
	})
	if err != nil || len(n.Free("anne-1", "PSY45")) != 3 || !n.Bookings()[0].IsCancelled() {
		t.Errorf("%v, free %v", err, n.Free("anne-1", "PSY45"))
	}
	if err := n.CloseCase("6QPTR"); err != nil {
		t.Error(err)
	}
	fails(behandlernettverk.ErrClosed, wish(slot(1).Start))
	for _, err := range []error{
		second(n.Move("nothing", monday)), second(n.Cancel("nothing")), second(n.Case("nothing")), n.SetQuota("nothing", 1),
	} {
		if !errors.Is(err, behandlernettverk.ErrUnknown) {
			t.Errorf("of nothing: %v", err)
		}
	}
}

func second[T any](_ T, err error) error { return err }

// The network's clinics are let in by their keys, which may be changed.
func TestKeys(t *testing.T) {
	n, c := serve(t, &behandlernettverk.Options{})
	n.Connect(behandlernettverk.Clinic{Account: account, Key: timebok.Hide("another")})
	if _, err := c.Events(t.Context(), n.Connection(), ""); !errors.Is(err, insurance.NotConnected) {
		t.Errorf("with the old key: %v", err)
	}
	n.Connect(behandlernettverk.Clinic{Account: account, Key: timebok.Hide("nøkkel-1")})
	if _, err := c.Events(t.Context(), n.Connection(), ""); err != nil {
		t.Errorf("with the new key: %v", err)
	}
	n.Connect(behandlernettverk.Clinic{Account: "klinikk-2"})
	if e, err := n.Force(wish(monday), "klinikk-2"); err != nil {
		t.Error(e, err)
	}
	if page, err := c.Events(t.Context(), n.Connection(), ""); err != nil || len(page.Events) > 0 {
		t.Errorf("one clinic reads another's feed: %v, %v", page, err)
	}
}

// A call whose answer is lost has worked, and its connection breaks.
func TestLostAnswers(t *testing.T) {
	n, _ := serve(t, &behandlernettverk.Options{Faults: behandlernettverk.Faults{Faults: networktest.Faults{Timeout: 1}}})
	server := httptest.NewServer(n.Handler())
	defer server.Close()
	q, _ := http.NewRequestWithContext(t.Context(), "GET", server.URL+"/v1/clinics/"+account+"/events", nil)
	if answer, err := http.DefaultClient.Do(q); err == nil {
		answer.Body.Close()
		t.Errorf("answered with %d", answer.StatusCode)
	}
}
