package rest_test

import (
	"context"
	"errors"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/timebok/timebok"
	"github.com/timebok/timebok/insurance"
	"github.com/timebok/timebok/insurance/networktest"
	"github.com/timebok/timebok/insurance/rest"
)

// keys knows the clinics of a Fake.
func keys(_ context.Context, account string) (timebok.Private, error) {
	if account == networktest.DefaultAccount {
		return timebok.Hide("nøkkel-1"), nil
	}
	return timebok.Private{}, nil
}

// quick are options of a Client that waits for nothing.
func quick() *rest.Options {
	return &rest.Options{Attempts: 1, Pause: time.Microsecond, Rate: 1e9, Burst: 1000, Trip: -1}
}

// connect returns a Client of a network that is served over HTTP.
func connect(t testing.TB, n insurance.Network, o *rest.Options) *rest.Client {
	t.Helper()
	server := httptest.NewServer(rest.Watch(t).Of(rest.Serve(n, keys)))
	t.Cleanup(server.Close)
	return client(t, server.URL, n.Name(), o)
}

func client(t testing.TB, base string, name timebok.Network, o *rest.Options) *rest.Client {
	t.Helper()
	c, err := rest.New(name, base, keys, o)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// A Client of a Fake that is served passes the suite, as the Fake does itself.
func TestClient(t *testing.T) {
	for name, faults := range map[string]networktest.Faults{
		"no faults": {},
		"all at once": {
			Seed: 7, Duplicate: 0.3, Reorder: 0.3, Delay: 0.2, Lose: 0.2, JumpBack: 0.2, Fail: 0.2, Timeout: 0.2,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			fake := networktest.New(&networktest.Options{Faults: faults})
			h := fake.Harness()
			h.Network = connect(t, fake, quick())
			networktest.Run(t, h)
		})
	}
}

// So does one of a network that can do little, whether the Client knows it or hears
// it.
func TestClientOfLittle(t *testing.T) {
	fake := networktest.New(&networktest.Options{Can: &insurance.Capabilities{Events: true}, Name: "other", PageSize: 7})
	o := quick()
	o.Can = new(fake.Can())
	h := fake.Harness()
	h.Network = connect(t, fake, o)
	networktest.Run(t, h)

	c := connect(t, fake, quick())
	_, err := c.Lookup(t.Context(), fake.Connection(), "6QPTR", time.Now())
	if !isRule(err, insurance.NotCapable) {
		t.Errorf("Lookup: %v", err)
	}
}

func isRule(err error, rule *timebok.Rule) bool { return errors.Is(err, rule) }
