package behandlernettverk_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"
	"time"

	"github.com/timebok/timebok"
	"github.com/timebok/timebok/examples/network/behandlernettverk"
	"github.com/timebok/timebok/insurance"
	"github.com/timebok/timebok/insurance/networktest"
	"github.com/timebok/timebok/insurance/rest"
)

// posting is a network with one clinic whose hook answers with a status.
func posting(t *testing.T, f networktest.Faults, status *atomic.Int32, got *atomic.Int32) *behandlernettverk.Network {
	hook := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		got.Add(1)
		w.WriteHeader(int(status.Load()))
	}))
	t.Cleanup(hook.Close)
	return behandlernettverk.New(&behandlernettverk.Options{
		Clinics: []behandlernettverk.Clinic{{Account: account, Hook: hook.URL, Secret: secret}},
		Faults:  behandlernettverk.Faults{Faults: f},
	})
}

// What the clinic does not take is sent again, and at some time given up.
func TestWebhooksAreSentAgain(t *testing.T) {
	var status, got atomic.Int32
	n := posting(t, networktest.Faults{}, &status, &got)
	must(n.Force(wish(monday)))
	status.Store(503)
	if left, err := n.Deliver(t.Context()); left != 1 || err == nil {
		t.Errorf("%d left, %v", left, err)
	}
	status.Store(200)
	if left, err := n.Deliver(t.Context()); left != 0 || err != nil {
		t.Errorf("%d left, %v", left, err)
	}
	if left, err := n.Deliver(t.Context()); left != 0 || err != nil || got.Load() != 2 {
		t.Errorf("%d left, %v, %d sent", left, err, got.Load())
	}
	must(n.Force(wish(monday)))
	status.Store(401)
	for i := 1; ; i++ {
		if left, _ := n.Deliver(t.Context()); left == 0 {
			break
		} else if i > 100 {
			t.Fatal("it never gives up")
		}
	}
}

// Each fault does to webhooks what it says.
func TestWebhookFaults(t *testing.T) {
	for name, tt := range map[string]struct {
		faults   networktest.Faults
		rounds   int
		min, max int32
	}{
		"none":      {networktest.Faults{}, 1, 20, 20},
		"lost":      {networktest.Faults{Lose: 1}, 5, 0, 0},
		"duplicate": {networktest.Faults{Duplicate: 1}, 5, 40, 40},
		"delay":     {networktest.Faults{Delay: 1}, 1, 0, 0},
		"delayed":   {networktest.Faults{Delay: 1}, 5, 20, 20},
		"reorder":   {networktest.Faults{Reorder: 1}, 1, 20, 20},
		"fail":      {networktest.Faults{Fail: 1}, 2, 0, 0},
		"timeout":   {networktest.Faults{Timeout: 1}, 3, 60, 60},
	} {
		t.Run(name, func(t *testing.T) {
			var status, got atomic.Int32
			status.Store(200)
			n := posting(t, tt.faults, &status, &got)
			for i := range 20 {
				must(n.Force(wish(monday.Add(time.Duration(i) * time.Hour))))
			}
			for range tt.rounds {
				_, _ = n.Deliver(t.Context())
			}
			if got.Load() < tt.min || got.Load() > tt.max {
				t.Errorf("%d webhooks came", got.Load())
			}
		})
	}
}

// Run sends by itself what happens, also after a failure, until it is ended.
func TestRun(t *testing.T) {
	arrived := make(chan struct{}, 10)
	var calls atomic.Int32
	hook := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		if calls.Add(1) == 1 {
			w.WriteHeader(500)
			return
		}
		arrived <- struct{}{}
	}))
	defer hook.Close()
	n := behandlernettverk.New(nil)
	n.Connect(behandlernettverk.Clinic{Account: account, Hook: hook.URL, Secret: secret})
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan struct{})
	go func() { n.Run(ctx); close(ended) }()
	must(n.Force(wish(monday)))
	<-arrived
	cancel()
	<-ended
}

// Both ways at once: what comes by webhook and what is polled is taken in once.
func TestWebhookAndPoll(t *testing.T) {
	n, h := world(t, behandlernettverk.Options{})
	n.AddCase(networktest.NewCase("KARI1", born))
	for i := range 10 {
		w := wish(monday.Add(time.Duration(i) * time.Hour))
		w.CaseNumber = "KARI1"
		must(n.Force(w))
	}
	done := make(chan error)
	go func() { _, err := n.Deliver(t.Context()); done <- err }()
	h.poll(t)
	if err := <-done; err != nil {
		t.Error(err)
	}
	settle(t, n, h)
	mails := 0
	for _, line := range h.outcome(t) {
		if len(line) > 4 && line[:4] == "mail" {
			mails++
		}
	}
	if mails != 10 || len(n.Acks()) != 10 {
		t.Errorf("%d mails, %d acknowledgements", mails, len(n.Acks()))
	}
	// A stranger's webhook is not let in.
	body := rest.WriteWebhook(insurance.Event{ID: "x"})
	q, _ := http.NewRequestWithContext(t.Context(), "POST", "", nil)
	if err := rest.Sign(q.Header, "x", time.Now(), body, timebok.Hide("guess")); err == nil {
		t.Error("a guess signs")
	}
}
