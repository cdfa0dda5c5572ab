package rest_test

import (
	"bytes"
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/rickb777/date"
	"github.com/timebok/timebok"
	"github.com/timebok/timebok/booking"
	"github.com/timebok/timebok/insurance"
	"github.com/timebok/timebok/insurance/networktest"
	"github.com/timebok/timebok/insurance/rest"
	"github.com/timebok/timebok/storage"
	"github.com/timebok/timebok/storage/memory"
	"github.com/timebok/timebok/storage/storagetest"
)

var (
	secret = timebok.Hide("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
	now    = storagetest.Monday
)

// A clinic receives webhooks into a store of its own.
type clinic struct {
	testing.TB
	*storagetest.Clinic
	store    *storage.Store
	network  *networktest.Fake
	receiver *rest.Receiver
	secrets  []timebok.Private
}

func newClinic(t testing.TB) *clinic {
	source := timebok.Source{Now: func() time.Time { return now }}
	c := &clinic{
		TB: t, Clinic: storagetest.NewClinic("A"), store: storage.New(memory.New(), nil), secrets: []timebok.Private{secret},
		network: networktest.New(&networktest.Options{Source: source, Terms: true}),
	}
	c.Save(t, c.store)
	c.network.AddCase(networktest.NewCase("KARI1", born))
	intake := &insurance.Intake{Source: source, Update: storage.In[insurance.Tx](c.store.Update)}
	c.receiver = &rest.Receiver{Network: c.network, Source: source, Take: intake.Take, Hook: c.hook}
	return c
}

func (c *clinic) hook(_ context.Context, account string) (rest.Hook, error) {
	if account != networktest.DefaultAccount {
		return rest.Hook{}, &timebok.NotFoundError{}
	}
	return rest.Hook{Clinic: c.Clinic.ID, Secrets: c.secrets}, nil
}

var born = date.New(1990, 4, 1)

// made is an event of a booking at the network.
func (c *clinic) made(id string) insurance.Event {
	return c.network.Book(insurance.ExternalBooking{
		ID: id, Practitioner: "anne-1", Treatment: "PSY45", Start: now.Add(26 * time.Hour),
		CaseNumber: "KARI1", Client: networktest.NewPerson("Kari Blåbær Prøve", born),
	})
}

// webhook is a request of an event, signed now.
func (c *clinic) webhook(e insurance.Event) *http.Request {
	return c.request(rest.WriteWebhook(e), e.ID, now, secret)
}

func (c *clinic) request(body []byte, id string, at time.Time, secrets ...timebok.Private) *http.Request {
	c.Helper()
	r := httptest.NewRequestWithContext(c.Context(), "POST", "/hooks/"+networktest.DefaultAccount, bytes.NewReader(body))
	r.Header.Set("Content-Type", "application/json; charset=utf-8")
	if err := rest.Sign(r.Header, id, at, body, secrets...); err != nil {
		c.Fatal(err)
	}
	return r
}

// receive hands a request to the receiver, which must answer with a status.
func (c *clinic) receive(r *http.Request, want int) string {
	c.Helper()
	mux := http.NewServeMux()
	mux.Handle("/hooks/{account}", c.receiver)
	w := httptest.NewRecorder()
	mux.ServeHTTP(w, r)
	if w.Code != want {
		c.Errorf("status %d %s, want %d", w.Code, w.Body, want)
	}
	rest.WebhookAnswer(c, w)
	if text := w.Body.String(); strings.Contains(text, "Kari") || strings.Contains(text, "Blåbær") {
		c.Errorf("the answer tells who it is: %s", text)
	}
	return w.Body.String()
}

// trace is what receiving can leave behind.
func (c *clinic) trace() []string {
	c.Helper()
	var out []string
	err := c.store.View(c.Context(), c.Clinic.ID, func(ctx context.Context, tx storage.Tx) error {
		for b, err := range tx.Bookings(ctx, booking.Filter{}) {
			if err != nil {
				return err
			}
			out = append(out, "booking "+b.ID.String()+" "+string(b.State))
		}
		for m, err := range tx.Messages(ctx, storage.MessageFilter{}) {
			if err != nil {
				return err
			}
			out = append(out, string(m.Kind)+" "+m.ID.String())
		}
		for a, err := range tx.Audit(ctx, storage.AuditFilter{}) {
			if err != nil {
				return err
			}
			out = append(out, "audit "+a.Action)
		}
		for q, err := range tx.Quarantine(ctx) {
			if err != nil {
				return err
			}
			out = append(out, "waiting "+q.Event+" "+strings.Join(q.Codes, " "))
		}
		return nil
	})
	if err != nil {
		c.Fatal(err)
	}
	return out
}

func TestWebhook(t *testing.T) {
	c := newClinic(t)
	e := c.made("B1")
	rest.WebhookHolds(t, rest.WriteWebhook(e))
	got := c.receive(c.webhook(e), http.StatusOK)
	if want := `{"event":"B1/1","result":"new"}` + "\n"; got != want {
		t.Errorf("answer %s, want %s", got, want)
	}
	before := c.trace()
	if len(before) == 0 || !strings.HasPrefix(before[0], "booking") {
		t.Fatalf("left behind: %v", before)
	}
	// A replay is answered, and changes nothing.
	for range 3 {
		if got := c.receive(c.webhook(e), http.StatusOK); !strings.Contains(got, "identical") {
			t.Errorf("a replay is %s", got)
		}
	}
	if diff := cmp.Diff(before, c.trace()); diff != "" {
		t.Errorf("a replay changed something (-was +is):\n%s", diff)
	}
	// What was polled before is no news, and the other way round.
	polled := c.network.Move("B1", now.Add(28*time.Hour))
	intake := &insurance.Intake{Source: c.receiver.Source, Update: storage.In[insurance.Tx](c.store.Update)}
	tally, err := intake.Poll(t.Context(), c.Clinic.ID, c.network)
	if err != nil || tally[insurance.Identical] != 1 || tally[insurance.Changed] != 1 {
		t.Errorf("Poll: %v, %v", tally, err)
	}
	if got := c.receive(c.webhook(polled), http.StatusOK); !strings.Contains(got, "identical") {
		t.Errorf("what was polled before is %s", got)
	}
}

// What is refused has changed nothing.
func TestWebhookIsRefused(t *testing.T) {
	c := newClinic(t)
	e := c.made("B1")
	body := rest.WriteWebhook(e)
	other := rest.NewSecret()
	with := func(name, value string) *http.Request {
		r := c.webhook(e)
		r.Header.Set(name, value)
		return r
	}
	without := func(name string) *http.Request {
		r := c.webhook(e)
		r.Header.Del(name)
		return r
	}
	tampered := c.webhook(e)
	tampered.Body = http.NoBody
	elsewhere := c.webhook(e)
	elsewhere.URL.Path = "/hooks/nobody"
	get := c.webhook(e)
	get.Method = "GET"
	for _, tt := range []struct {
		name string
		r    *http.Request
		want int
	}{
		{"another secret", c.request(body, e.ID, now, other), 401},
		{"a signature of another body", c.webhookOf([]byte(`{}`), body, e.ID), 401},
		{"no body", tampered, 401},
		{"no signature", without(rest.HeaderSignature), 401},
		{"no time", without(rest.HeaderTimestamp), 401},
		{"no ID", without(rest.HeaderID), 401},
		{"another ID than was signed", with(rest.HeaderID, "B1/2"), 401},
		{"another time than was signed", with(rest.HeaderTimestamp, strconv.FormatInt(now.Unix()+1, 10)), 401},
		{"no time at all", with(rest.HeaderTimestamp, "today"), 401},
		{"an empty signature", with(rest.HeaderSignature, "v1,"), 401},
		{"no version", with(rest.HeaderSignature, "g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="), 401},
		{"too old", c.request(body, e.ID, now.Add(-5*time.Minute-time.Second), secret), 401},
		{"of the future", c.request(body, e.ID, now.Add(5*time.Minute+time.Second), secret), 401},
		{"nobody's address", elsewhere, 401},
		{"GET", get, 405},
		{"another type", with("Content-Type", "text/plain"), 415},
		{"no type", without("Content-Type"), 415},
		{"no JSON", c.request([]byte(`{"id":`), e.ID, now, secret), 400},
		{"no object", c.request([]byte(`["B1/1"]`), e.ID, now, secret), 400},
		{"empty", c.request(nil, e.ID, now, secret), 400},
		{"no event's ID", c.request([]byte(`{"kind":"made"}`), e.ID, now, secret), 400},
		{"another event's ID", c.request(body, "B1/2", now, secret), 400},
		{"a number for a name", c.request([]byte(`{"id":"B1/1","booking":{"client":{"name":7}}}`), e.ID, now, secret), 400},
		{"too large", c.request([]byte(`{"id":"`+strings.Repeat("x", 64<<10)+`"}`), e.ID, now, secret), 413},
	} {
		t.Run(tt.name, func(t *testing.T) {
			before := c.trace()
			c.receive(tt.r, tt.want)
			if diff := cmp.Diff(before, c.trace()); diff != "" {
				t.Errorf("it changed something (-was +is):\n%s", diff)
			}
		})
	}
	c.receive(c.webhook(e), http.StatusOK) // and so is nothing wrong with the event
	c.receive(c.request(body, e.ID, now.Add(-5*time.Minute), secret), http.StatusOK)
	c.receive(c.request(body, e.ID, now.Add(5*time.Minute), secret), http.StatusOK)
}

// webhookOf is a request with a body under the signature of another.
func (c *clinic) webhookOf(signed, sent []byte, id string) *http.Request {
	r := c.request(sent, id, now, secret)
	if err := rest.Sign(r.Header, id, now, signed, secret); err != nil {
		c.Fatal(err)
	}
	return r
}

// While a secret is changed, either is good.
func TestWebhookSecretIsChanged(t *testing.T) {
	c := newClinic(t)
	next := rest.NewSecret()
	e := c.made("B1")
	body := rest.WriteWebhook(e)
	c.receive(c.request(body, e.ID, now, next, secret), http.StatusOK) // the sender has both
	c.secrets = []timebok.Private{secret, next}                        // the receiver has both
	c.receive(c.request(body, e.ID, now, next), http.StatusOK)
	c.receive(c.request(body, e.ID, now, secret), http.StatusOK)
	c.secrets = c.secrets[1:]
	c.receive(c.request(body, e.ID, now, secret), http.StatusUnauthorized)
	c.secrets = nil
	c.receive(c.request(body, e.ID, now, secret), http.StatusUnauthorized)
	c.secrets = []timebok.Private{timebok.Hide("short")}
	c.receive(c.request(body, e.ID, now, secret), http.StatusInternalServerError)
}

// An event with fields that can't be read waits until somebody has looked at it.
func TestWebhookWithUnreadableFields(t *testing.T) {
	c := newClinic(t)
	e := c.made("B1")
	body := bytes.ReplaceAll(rest.WriteWebhook(e), []byte(`"client":{`), []byte(`"client":{"email":"kari(at)example.com","phone":"12",`))
	got := c.receive(c.request(body, e.ID, now, secret), http.StatusOK)
	if want := `{"event":"B1/1","result":"quarantined","codes":["field.invalid"]}` + "\n"; got != want {
		t.Errorf("answer %s, want %s", got, want)
	}
	err := c.store.Update(t.Context(), c.Clinic.ID, func(ctx context.Context, tx storage.Tx) error {
		intake := &insurance.Intake{Source: c.receiver.Source}
		r, err := intake.Resolve(ctx, tx, c.Actor(), insurance.ReceivedKey(e.Network, e.ID), insurance.Resolution{})
		if err == nil && r.Result != insurance.New {
			t.Errorf("resolved: %s", r.Result)
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
}

// A fault of the clinic is told as what it is, and to the host.
func TestWebhookMeetsFaults(t *testing.T) {
	for _, tt := range []struct {
		err  error
		want int
	}{
		{&timebok.UnavailableError{What: "network"}, 503},
		{&timebok.StaleError{}, 503},
		{insurance.Connection{}.Check(), 403},
		{errors.New("of Kari Blåbær"), 500},
	} {
		c := newClinic(t)
		told := 0
		c.receiver.OnError = func(error) { told++ }
		c.receiver.Take = func(context.Context, timebok.ClinicID, insurance.Network, insurance.Event) (insurance.Received, error) {
			return insurance.Received{}, tt.err
		}
		c.receive(c.webhook(c.made("B1")), tt.want)
		if (told == 1) != (tt.want >= 500) {
			t.Errorf("%v: told %d times", tt.err, told)
		}
	}
}

// FuzzWebhook sends bodies that are signed as they should be: whatever they are,
// the receiver answers, and what it does not take leaves nothing behind.
func FuzzWebhook(f *testing.F) {
	f.Add("B1/1", rest.WriteWebhook(newClinic(f).made("B1")))
	f.Add("B1/2", []byte(`{"id":"B1/2","kind":"cancelled","booking":{"id":"B1","version":2,"start":"0000000-00"}}`))
	f.Add("x", []byte(`{"id":"x","booking":{"minutes":-1,"client":{"birthDate":"0000000-00"},"case":{"caps":[{"amount":"1e9"}]}}}`))
	f.Add("y", []byte(`[]`))
	f.Fuzz(func(t *testing.T, id string, body []byte) {
		if id == "" || strings.ContainsFunc(id, func(r rune) bool { return r < ' ' || r == 0x7f }) {
			t.Skip("no header")
		}
		c := newClinic(t)
		mux := http.NewServeMux()
		mux.Handle("/hooks/{account}", c.receiver)
		w := httptest.NewRecorder()
		mux.ServeHTTP(w, c.request(body, id, now, secret))
		switch {
		case w.Code != 200 && w.Code != 400 && w.Code != 413:
			t.Errorf("status %d %s", w.Code, w.Body)
		case w.Code != 200 && len(c.trace()) > 0:
			t.Errorf("%d left something behind", w.Code)
		}
	})
}
