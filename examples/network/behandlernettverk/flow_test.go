package behandlernettverk_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/timebok/timebok"
	"github.com/timebok/timebok/booking"
	"github.com/timebok/timebok/examples/network/behandlernettverk"
	"github.com/timebok/timebok/insurance"
	"github.com/timebok/timebok/insurance/networktest"
	"github.com/timebok/timebok/insurance/rest"
	"github.com/timebok/timebok/series"
	"github.com/timebok/timebok/storage"
	"github.com/timebok/timebok/storage/memory"
	"github.com/timebok/timebok/storage/outbox"
	"github.com/timebok/timebok/storage/storagetest"
	"pgregory.net/rapid"
)

// fixed is the time in the tests with a clinic.
var fixed = timebok.Source{Now: func() time.Time { return storagetest.Monday }}

// A host is a journal with its clinic: a store, an intake that polls and receives
// webhooks, and a relay that tells the network.
type host struct {
	*storagetest.Clinic
	store  *storage.Store
	intake *insurance.Intake
	client insurance.Network
	relay  *outbox.Relay
}

func newHost(t testing.TB, client insurance.Network) *host {
	h := &host{Clinic: storagetest.NewClinic("A"), store: storage.New(memory.New(), nil), client: client}
	h.Save(t, h.store)
	h.intake = &insurance.Intake{Source: fixed, Update: storage.In[insurance.Tx](h.store.Update)}
	reporter := &insurance.Reporter{Networks: []insurance.Network{client}, View: storage.In[insurance.Tx](h.store.View)}
	h.relay = &outbox.Relay{Store: h.store, Source: fixed, MaxAttempts: 1000,
		Backoff:  func(int) time.Duration { return -time.Hour }, // which is now
		Handlers: map[timebok.MessageKind]timebok.Handler{insurance.AckNetwork: reporter, booking.ReportNetwork: reporter},
	}
	return h
}

func (h *host) hook(_ context.Context, name string) (rest.Hook, error) {
	if name != account {
		return rest.Hook{}, &timebok.NotFoundError{}
	}
	return rest.Hook{Clinic: h.Clinic.ID, Secrets: []timebok.Private{secret}}, nil
}

var secret = rest.NewSecret()

// world is a network and a clinic, connected both ways over HTTP.
func world(t testing.TB, o behandlernettverk.Options) (*behandlernettverk.Network, *host) {
	t.Helper()
	var h *host
	var receiver *rest.Receiver
	mux := http.NewServeMux()
	mux.HandleFunc("POST /hooks/{account}", func(w http.ResponseWriter, r *http.Request) { receiver.ServeHTTP(w, r) })
	hooks := httptest.NewServer(mux)
	t.Cleanup(hooks.Close)
	o.Source = fixed
	o.Clinics = []behandlernettverk.Clinic{{
		Account: account, Key: timebok.Hide("nøkkel-1"), Hook: hooks.URL + "/hooks/" + account, Secret: secret,
	}}
	n, client := serve(t, &o)
	h = newHost(t, client)
	receiver = &rest.Receiver{Network: client, Source: fixed, Take: h.intake.Take, Hook: h.hook}
	return n, h
}

// poll reads the feed to its end, as often as it takes to be answered.
func (h *host) poll(t testing.TB) {
	t.Helper()
	for range 1000 {
		_, err := h.intake.Poll(t.Context(), h.Clinic.ID, h.client)
		if err == nil {
			return
		}
		if !errors.Is(err, timebok.ErrUnavailable) {
			t.Fatalf("Poll: %v", err)
		}
	}
	t.Fatal("the network never answers")
}

// tell empties the outbox of what is for the network.
func (h *host) tell(t testing.TB) {
	t.Helper()
	for range 1000 {
		report, err := h.relay.RunOnce(t.Context())
		if err != nil || report.Buried > 0 {
			t.Fatalf("%+v, %v", report, err)
		}
		if report.Done+report.Retried+report.Stale == 0 {
			return
		}
	}
	t.Fatal("the outbox is never empty")
}

// settle lets everything arrive that is on its way.
func settle(t testing.TB, n *behandlernettverk.Network, h *host) {
	t.Helper()
	n.SetFaults(behandlernettverk.Faults{})
	for range 4 { // a lost event comes when the feed has been read to its end
		h.poll(t)
	}
	for left := 1; left > 0; {
		var err error
		if left, err = n.Deliver(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	h.tell(t)
}

// outcome is what a clinic ends with, whatever the way there: bookings with their
// clients and cases, and the mails that still hold.
func (h *host) outcome(t testing.TB) []string {
	t.Helper()
	var out []string
	err := h.store.View(t.Context(), h.Clinic.ID, func(ctx context.Context, tx storage.Tx) error {
		sequence := map[booking.ID]int64{}
		for b, err := range tx.Bookings(ctx, booking.Filter{}) {
			if err != nil {
				return err
			}
			c, err := tx.Client(ctx, b.Client)
			if err != nil {
				return err
			}
			s, err := tx.Series(ctx, b.Series)
			if err != nil {
				return err
			}
			sequence[b.ID] = b.Sequence
			out = append(out, fmt.Sprintln("booking", b.External.ID, b.Time, b.State, b.Practitioner, why(b), c.Name.Reveal(), s.Case.Number, s.ID))
		}
		for m, err := range tx.Messages(ctx, storage.MessageFilter{Kind: booking.MailPractitioner}) {
			if err != nil {
				return err
			}
			if m.Sequence != 0 && m.Sequence == sequence[booking.ID(m.About.ID)] {
				out = append(out, fmt.Sprintln("mail", m.ID, string(m.Data)))
			}
		}
		for c, err := range tx.Clients(ctx, timebok.ClientID{}, 1000) {
			if err != nil {
				return err
			}
			out = append(out, fmt.Sprintln("client", c.Name.Reveal()))
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(out)
	return out
}

func why(b booking.Booking) string {
	if b.Cancelled == nil {
		return ""
	}
	return string(b.Cancelled.Reason)
}

// However bad the network is to its clinic, over webhook and feed: in the end the
// clinic stands as if every event had come once and in order, the same mails hold,
// the network has heard of every event, and both sides see the same.
func TestEveryHistoryEndsTheSame(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		share := rapid.SampledFrom([]float64{0, 0.3, 0.8})
		n, h := world(once{t, rt}, behandlernettverk.Options{
			Terms: rapid.Bool().Draw(rt, "terms"), PageSize: rapid.IntRange(1, 4).Draw(rt, "page"),
			Faults: behandlernettverk.Faults{Faults: networktest.Faults{
				Seed:      rapid.Uint64().Draw(rt, "seed"),
				Duplicate: share.Draw(rt, "duplicate"), Reorder: share.Draw(rt, "reorder"), Delay: share.Draw(rt, "delay"),
				Lose: share.Draw(rt, "lose"), JumpBack: share.Draw(rt, "jump back") / 2,
				Fail: share.Draw(rt, "fail") / 2, Timeout: share.Draw(rt, "timeout") / 2,
			}},
		})
		tt := once{t, rt}
		happen(tt, rt, n, h)
		settle(tt, n, h)

		ordered := newHost(tt, h.client)
		for _, e := range n.History() {
			if got, err := ordered.intake.Take(t.Context(), ordered.Clinic.ID, ordered.client, e); err != nil || got.Result == insurance.Quarantined {
				rt.Fatalf("Take %s: %v %v, %v", e.ID, got.Result, got.Codes, err)
			}
		}
		if diff := cmp.Diff(ordered.outcome(tt), h.outcome(tt)); diff != "" {
			rt.Errorf("it ends otherwise (-ordered +clinic):\n%s", diff)
		}
		acked := map[string]int{}
		for _, a := range n.Acks() {
			acked[a.Event]++
		}
		for _, e := range n.History() {
			if acked[e.ID] != 1 {
				rt.Errorf("event %s was acknowledged %d times", e.ID, acked[e.ID])
			}
		}
		report, err := h.intake.Reconcile(t.Context(), h.Clinic.ID, h.client, storagetest.Monday)
		if err != nil || len(report.Bookings) > 0 {
			rt.Errorf("the two sides differ: %+v, %v", report.Bookings, err)
		}
	})
}

// happen lets clients book, move and call off, and the clinic hear of some of it in
// between. No booking is in another's way.
func happen(t testing.TB, rt *rapid.T, n *behandlernettverk.Network, h *host) {
	next := 0
	fresh := func() time.Time {
		next++
		return storagetest.Monday.AddDate(0, 0, next/11).Add(time.Duration(1+next%11) * time.Hour)
	}
	people := []string{"Kari Blåbær", "Nils Tyttebær", "Siv Multe"}
	var ids []string
	off := map[string]bool{}
	for i := range rapid.IntRange(1, 12).Draw(rt, "happenings") {
		switch what := rapid.SampledFrom([]string{"book", "move", "cancel", "poll", "webhooks"}).Draw(rt, "what"); {
		case what == "book" || len(ids) == 0:
			who := rapid.IntRange(0, 2).Draw(rt, "who")
			number := fmt.Sprintf("CASE%d", who)
			if _, err := n.Case(number); err != nil {
				c := networktest.NewCase(number, born)
				c.Caps = []series.Cap{series.Sessions(100)}
				n.AddCase(c)
			}
			id := fmt.Sprintf("B%d", i)
			must(n.Force(insurance.ExternalBooking{
				ID: id, Practitioner: "anne-1", Treatment: "PSY45", Start: fresh(), CaseNumber: number,
				Client: networktest.NewPerson(people[who], born),
			}))
			ids = append(ids, id)
		case what == "move":
			id := rapid.SampledFrom(ids).Draw(rt, "which")
			must(n.Move(id, fresh()))
			off[id] = false
		case what == "cancel":
			if id := rapid.SampledFrom(ids).Draw(rt, "which"); !off[id] {
				must(n.Cancel(id))
				off[id] = true
			}
		case what == "poll":
			h.poll(t)
		default:
			_, _ = n.Deliver(t.Context()) // what fails is tried again
		}
	}
}

// once fails the rapid test, and ends its servers with each of its runs.
type once struct {
	*testing.T
	rt *rapid.T
}

func (o once) Helper()                   {}
func (o once) Errorf(f string, a ...any) { o.rt.Errorf(f, a...) }
func (o once) Fatalf(f string, a ...any) { o.rt.Fatalf(f, a...) }
func (o once) Fatal(a ...any)            { o.rt.Fatal(a...) }
func (o once) Cleanup(f func())          { o.rt.Cleanup(f) }

// A thousand events over HTTP, with everything going wrong.
func TestThousandEvents(t *testing.T) {
	events := 1001
	if testing.Short() {
		events = 101
	}
	n, h := world(t, behandlernettverk.Options{Terms: true, Faults: behandlernettverk.Faults{Faults: networktest.Faults{
		Seed: 1, Duplicate: 0.3, Reorder: 0.2, Delay: 0.2, Lose: 0.1, JumpBack: 0.2, Fail: 0.1, Timeout: 0.1,
	}}})
	for i := range events {
		id := fmt.Sprintf("B%d", i/2)
		start := storagetest.Monday.AddDate(0, 0, i/11).Add(time.Duration(1+i%11) * time.Hour)
		if i%2 == 1 {
			must(n.Move(id, start))
			continue
		}
		number := fmt.Sprintf("CASE%d", i/20)
		if i%20 == 0 {
			n.AddCase(networktest.NewCase(number, born))
		}
		must(n.Force(insurance.ExternalBooking{
			ID: id, Practitioner: "anne-1", Treatment: "PSY45", Start: start, CaseNumber: number,
			Client: networktest.NewPerson(fmt.Sprintf("Klient %d", i/20), born),
		}))
	}
	if _, err := n.Deliver(t.Context()); err == nil {
		t.Error("no webhook failed")
	}
	h.poll(t)
	settle(t, n, h)
	report, err := h.intake.Reconcile(t.Context(), h.Clinic.ID, h.client, storagetest.Monday)
	if err != nil || len(report.Bookings) > 0 || report.Looked.Bookings != (events+1)/2 {
		t.Errorf("%d discrepancies of %d, %v", len(report.Bookings), report.Looked.Bookings, err)
	}
	if got := len(n.Acks()); got != events {
		t.Errorf("%d of %d events were acknowledged", got, events)
	}
}

// The network lowers a quota under what is booked: it shows, and nothing is gone.
func TestQuotaIsLowered(t *testing.T) {
	n, h := world(t, behandlernettverk.Options{})
	n.AddCase(networktest.NewCase("6QPTR", h.Clinic.Ola.BirthDate.Add(0)))
	for i := range 3 {
		w := wish(storagetest.Monday.Add(time.Duration(1+i) * time.Hour))
		w.CaseNumber, w.Client = "6QPTR", networktest.NewPerson("Ola Blåbær Prøvesen", *h.Ola.BirthDate)
		must(n.Force(w))
	}
	settle(t, n, h)
	before := h.outcome(t)
	if err := n.SetQuota("6QPTR", 1); err != nil {
		t.Fatal(err)
	}
	report, err := h.intake.Reconcile(t.Context(), h.Clinic.ID, h.client, storagetest.Monday)
	if err != nil || len(report.Cases) != 1 || !report.Cases[0].Over || len(report.Bookings) > 0 {
		t.Errorf("%+v, %v", report, err)
	}
	if diff := cmp.Diff(before, h.outcome(t)); diff != "" {
		t.Errorf("something is gone (-before +after):\n%s", diff)
	}
}

// What is shown of the network to people says who nobody is.
func TestStateIsMasked(t *testing.T) {
	n, h := world(t, behandlernettverk.Options{})
	n.AddCase(networktest.NewCase("6QPTR", born))
	must(n.Force(wish(storagetest.Monday.Add(time.Hour))))
	settle(t, n, h)
	w := httptest.NewRecorder()
	n.Handler().ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), "GET", "/control/state", nil))
	if text := w.Body.String(); strings.Contains(text, "Kari") || !strings.Contains(text, `"Result":"new"`) || !json.Valid(w.Body.Bytes()) {
		t.Errorf("%s", text)
	}
}
