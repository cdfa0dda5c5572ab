package rest_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/timebok/timebok"
	"github.com/timebok/timebok/insurance"
	"github.com/timebok/timebok/insurance/networktest"
	"github.com/timebok/timebok/insurance/rest"
)

// A wire is a network that answers call after call with what is said, the last for
// ever, inside a synctest bubble: time passes only there.
type wire struct {
	answers []func(r *http.Request) (*http.Response, error)
	at      []time.Time // of the calls
	asked   []*http.Request
}

func (w *wire) RoundTrip(r *http.Request) (*http.Response, error) {
	w.at, w.asked = append(w.at, time.Now()), append(w.asked, r)
	answer := w.answers[min(len(w.asked), len(w.answers))-1]
	return answer(r)
}

func says(status int, body string, headers ...string) func(*http.Request) (*http.Response, error) {
	return func(*http.Request) (*http.Response, error) {
		h := http.Header{"Content-Type": {"application/json"}}
		for i := 0; i+1 < len(headers); i += 2 {
			h.Set(headers[i], headers[i+1])
		}
		return &http.Response{StatusCode: status, Header: h, Body: io.NopCloser(strings.NewReader(body))}, nil
	}
}

// hangs answers nothing until the caller gives up.
func hangs(r *http.Request) (*http.Response, error) {
	<-r.Context().Done()
	return nil, r.Context().Err()
}

const emptyPage = `{"events":[],"next":"1","more":false}`

// onWire runs a test with a Client whose calls go to a wire.
func onWire(t *testing.T, o rest.Options, answers []func(*http.Request) (*http.Response, error), test func(t *testing.T, c *rest.Client, w *wire)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		w := &wire{answers: answers}
		o.HTTP = &http.Client{Transport: w}
		test(t, client(t, "https://network.example/api/", "net", &o), w)
	})
}

var conn = insurance.Connection{Network: "net", Account: networktest.DefaultAccount, Status: insurance.Connected}

type answers = []func(*http.Request) (*http.Response, error)

// What was not answered is tried again, after a pause.
func TestRetries(t *testing.T) {
	for name, first := range map[string]func(*http.Request) (*http.Response, error){
		"503": says(503, ""), "500": says(500, "<html>"), "429": says(429, ""), "408": says(408, ""), "502": says(502, ""),
		"no connection": func(*http.Request) (*http.Response, error) { return nil, io.ErrUnexpectedEOF },
		"hangs":         hangs,
		"no JSON":       says(200, `{"events":`),
		"another type":  says(200, emptyPage, "Content-Type", "text/html"),
		"a redirect":    says(302, "", "Location", "https://elsewhere.example/"),
	} {
		t.Run(name, func(t *testing.T) {
			onWire(t, rest.Options{}, answers{first, first, says(200, emptyPage)}, func(t *testing.T, c *rest.Client, w *wire) {
				page, err := c.Events(t.Context(), conn, "")
				if err != nil || page.Next != "1" || len(w.at) != 3 {
					t.Errorf("%v, %v after %d calls", page, err, len(w.at))
				}
				if w.at[2].Sub(w.at[0]) <= 0 {
					t.Error("no time passed in between")
				}
			})
			onWire(t, rest.Options{Attempts: 2}, answers{first}, func(t *testing.T, c *rest.Client, w *wire) {
				_, err := c.Events(t.Context(), conn, "")
				var u *timebok.UnavailableError
				if !errors.As(err, &u) || u.What != "network" || len(w.at) != 2 {
					t.Errorf("%v after %d calls", err, len(w.at))
				}
			})
		})
	}
}

// What was answered is not tried again.
func TestAnswersAreFinal(t *testing.T) {
	for _, tt := range []struct {
		answer func(*http.Request) (*http.Response, error)
		want   error
	}{
		{says(401, ""), insurance.NotConnected},
		{says(403, ""), insurance.NotConnected},
		{says(501, ""), insurance.NotCapable},
		{says(404, `{"code":"case.unknown"}`), insurance.UnknownCase},
		{says(422, `{"reasons":[{"field":"asOf","code":"field.invalid"},{"field":"Kari Prøve","code":"er Kari"}]}`), rest.Rejected},
		{says(400, `nonsense`), rest.Rejected},
		{says(413, ``), rest.Rejected},
		{says(200, `{"number":"X","payer":{"org":"123"},"validTo":"0000000-00"}`), timebok.BadValue},
	} {
		onWire(t, rest.Options{}, answers{tt.answer}, func(t *testing.T, c *rest.Client, w *wire) {
			_, err := c.Lookup(t.Context(), conn, "6QPTR", time.Now())
			if !errors.Is(err, tt.want) || len(w.at) != 1 {
				t.Errorf("%v after %d calls, want %v after one", err, len(w.at), tt.want)
			}
			if errors.Is(err, timebok.ErrRefused) == errors.Is(err, timebok.ErrInvalid) {
				t.Errorf("%v is neither refused nor invalid, or both", err)
			}
			if strings.Contains(fmt.Sprint(err), "Kari") {
				t.Errorf("the error tells what the network wrote: %v", err)
			}
		})
	}
	// A page that is not the contract's is no case that is unknown.
	onWire(t, rest.Options{Attempts: 1}, answers{says(404, "not found")}, func(t *testing.T, c *rest.Client, _ *wire) {
		if _, err := c.Lookup(t.Context(), conn, "6QPTR", time.Now()); !errors.Is(err, timebok.ErrUnavailable) {
			t.Errorf("another 404: %v", err)
		}
	})
}

// Retry-After is waited for, or left to the caller if that is too long.
func TestRetryAfter(t *testing.T) {
	for _, in := range []func() string{
		func() string { return "3" },
		func() string { return time.Now().Add(3 * time.Second).UTC().Format(http.TimeFormat) },
	} {
		synctest.Test(t, func(t *testing.T) {
			w := &wire{answers: answers{says(503, "", "Retry-After", in()), says(200, emptyPage)}}
			c := client(t, "https://network.example", "net", &rest.Options{HTTP: &http.Client{Transport: w}})
			if _, err := c.Events(t.Context(), conn, ""); err != nil {
				t.Fatal(err)
			}
			if got := w.at[1].Sub(w.at[0]); got != 3*time.Second {
				t.Errorf("tried again after %v", got)
			}
		})
	}
	onWire(t, rest.Options{}, answers{says(429, "", "Retry-After", "60")}, func(t *testing.T, c *rest.Client, w *wire) {
		_, err := c.Events(t.Context(), conn, "")
		if pause, ok := timebok.RetryPause(err); !ok || pause != time.Minute || len(w.at) != 1 {
			t.Errorf("%v, %v after %d calls", err, pause, len(w.at))
		}
	})
}

// A caller who gives up is not made to wait.
func TestCallerGivesUp(t *testing.T) {
	onWire(t, rest.Options{}, answers{hangs}, func(t *testing.T, c *rest.Client, w *wire) {
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		start := time.Now()
		_, err := c.Events(ctx, conn, "")
		if !errors.Is(err, context.DeadlineExceeded) || !errors.Is(err, timebok.ErrUnavailable) || time.Since(start) != time.Second || len(w.at) != 1 {
			t.Errorf("%v after %v and %d calls", err, time.Since(start), len(w.at))
		}
	})
	onWire(t, rest.Options{MaxPause: time.Hour}, answers{says(503, "", "Retry-After", "60")}, func(t *testing.T, c *rest.Client, _ *wire) {
		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(time.Second, cancel)
		start := time.Now()
		if _, err := c.Events(ctx, conn, ""); !errors.Is(err, context.Canceled) || time.Since(start) != time.Second {
			t.Errorf("%v after %v", err, time.Since(start))
		}
	})
}

// No more is asked than the rate allows.
func TestRate(t *testing.T) {
	onWire(t, rest.Options{Rate: 10, Burst: 2}, answers{says(200, emptyPage)}, func(t *testing.T, c *rest.Client, w *wire) {
		for range 12 {
			if _, err := c.Events(t.Context(), conn, ""); err != nil {
				t.Fatal(err)
			}
		}
		if got := w.at[11].Sub(w.at[0]); got < time.Second || got > 1001*time.Millisecond {
			t.Errorf("twelve calls in %v", got)
		}
	})
}

// A network that fails and fails is left alone for a while.
func TestBreaker(t *testing.T) {
	down := says(503, "")
	onWire(t, rest.Options{Attempts: 1, Trip: 3, Rest: time.Minute}, answers{down, down, down, says(200, emptyPage)}, func(t *testing.T, c *rest.Client, w *wire) {
		for i := range 10 {
			_, err := c.Events(t.Context(), conn, "")
			if !errors.Is(err, timebok.ErrUnavailable) {
				t.Fatalf("call %d: %v", i, err)
			}
			if pause, ok := timebok.RetryPause(err); i >= 3 && (!ok || pause != time.Minute) {
				t.Errorf("call %d: %v says to wait %v", i, err, pause)
			}
		}
		if len(w.at) != 3 {
			t.Errorf("%d calls while it is left alone", len(w.at))
		}
		time.Sleep(time.Minute + time.Second)
		if _, err := c.Events(t.Context(), conn, ""); err != nil {
			t.Errorf("a while later: %v", err)
		}
	})
	// Refusals are answers.
	onWire(t, rest.Options{Trip: 1}, answers{says(403, "")}, func(t *testing.T, c *rest.Client, w *wire) {
		for range 5 {
			if _, err := c.Events(t.Context(), conn, ""); !errors.Is(err, insurance.NotConnected) {
				t.Error(err)
			}
		}
	})
}

// One clinic whose calls fail and fail does not hold up another.
func TestBreakerIsOfOneClinic(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := &wire{answers: answers{func(r *http.Request) (*http.Response, error) {
			if strings.Contains(r.URL.Path, "broken") {
				return says(500, "")(r)
			}
			return says(200, emptyPage)(r)
		}}}
		key := func(context.Context, string) (timebok.Private, error) { return timebok.Hide("key"), nil }
		c, err := rest.New("net", "https://network.example", key, &rest.Options{HTTP: &http.Client{Transport: w}, Trip: 3, Rest: time.Minute})
		if err != nil {
			t.Fatal(err)
		}
		broken := insurance.Connection{Network: "net", Account: "broken", Status: insurance.Connected}
		for range 10 {
			if _, err := c.Events(t.Context(), broken, ""); !errors.Is(err, timebok.ErrUnavailable) {
				t.Error(err)
			}
			if _, err := c.Events(t.Context(), conn, ""); err != nil {
				t.Errorf("the other clinic: %v", err)
			}
		}
		if len(w.at) != 13 {
			t.Errorf("%d calls, want three of one clinic and ten of the other", len(w.at))
		}
	})
}

// A key goes to its network, and shows itself nowhere.
func TestKey(t *testing.T) {
	onWire(t, rest.Options{Attempts: 1}, answers{says(500, "nøkkel-1")}, func(t *testing.T, c *rest.Client, w *wire) {
		_, err := c.Lookup(t.Context(), conn, "6QPTR", time.Now())
		if got := w.asked[0].Header.Get("Authorization"); got != "Bearer nøkkel-1" {
			t.Errorf("Authorization %q", got)
		}
		for _, text := range []string{fmt.Sprint(err), fmt.Sprintf("%+v", errors.Unwrap(err)), fmt.Sprintf("%+v", c), fmt.Sprintf("%#v", err)} {
			if strings.Contains(text, "nøkkel") || strings.Contains(text, "6QPTR") {
				t.Errorf("told: %s", text)
			}
		}
	})
	// The errors of net/http hold the address, and in it the sakID.
	onWire(t, rest.Options{Attempts: 1}, answers{func(*http.Request) (*http.Response, error) { return nil, errors.New("refused") }}, func(t *testing.T, c *rest.Client, _ *wire) {
		_, err := c.Lookup(t.Context(), conn, "6QPTR", time.Now())
		var u *timebok.UnavailableError
		if !errors.As(err, &u) || u.Cause == nil || strings.Contains(u.Cause.Error(), "6QPTR") || strings.Contains(u.Cause.Error(), "network.example") {
			t.Errorf("%v, caused by %v", err, u.Cause)
		}
	})
	stranger := conn
	stranger.Account = "another"
	onWire(t, rest.Options{}, answers{says(200, emptyPage)}, func(t *testing.T, c *rest.Client, w *wire) {
		if _, err := c.Events(t.Context(), stranger, ""); !errors.Is(err, insurance.NotConnected) || len(w.at) > 0 {
			t.Errorf("without a key: %v after %d calls", err, len(w.at))
		}
	})
}

func TestNewIsRefused(t *testing.T) {
	for _, base := range []string{"", "network.example", "http://network.example", "https://user:pass@network.example", "https://network.example/?key=1", "ftp://network.example", "https://", "https://x/#y"} {
		if _, err := rest.New("net", base, keys, nil); !errors.Is(err, rest.BadBase) {
			t.Errorf("%q: %v", base, err)
		}
	}
	for _, base := range []string{"http://localhost:8090", "http://127.0.0.1/x/", "http://[::1]:1", "https://network.example/timebok"} {
		if _, err := rest.New("net", base, keys, nil); err != nil {
			t.Errorf("%q: %v", base, err)
		}
	}
	_, err := rest.New("", "", nil, nil)
	var wrong *timebok.InvalidError
	if !errors.As(err, &wrong) || len(wrong.Reasons) != 3 {
		t.Errorf("everything wrong: %v", err)
	}
}

// An event that can't be read holds up none behind it.
func TestPageWithUnreadableEvents(t *testing.T) {
	page := `{"events":[7,{"id":""},{"id":"e","kind":"made","booking":{"id":"b","version":1,"start":"now","client":{"name":"Kari"}}}],"next":"3","more":false}`
	onWire(t, rest.Options{}, answers{says(200, page)}, func(t *testing.T, c *rest.Client, _ *wire) {
		got, err := c.Events(t.Context(), conn, "")
		if err != nil || len(got.Events) != 3 {
			t.Fatalf("%v, %v", got, err)
		}
		again, err := c.Events(t.Context(), conn, "")
		if err != nil {
			t.Fatal(err)
		}
		seen := map[string]bool{}
		for i, e := range got.Events {
			if e.ID == "" || seen[e.ID] || e.ID != again.Events[i].ID || len(e.Unread) == 0 || e.Network != "net" {
				t.Errorf("event %d: %q, %v", i, e.ID, e.Unread)
			}
			seen[e.ID] = true
			if err := e.Validate(); !errors.Is(err, timebok.ErrInvalid) {
				t.Errorf("event %d is good: %v", i, err)
			}
		}
	})
}

// A NUL, which no database keeps in a text, is left out with the field that has it.
func TestTextsHaveNoNUL(t *testing.T) {
	const event = `{"id":"e","kind":"made","booking":{"id":"b","version":1,"practitioner":"p","treatment":"t","start":"2026-03-02T08:00:00Z","caseNumber":"c",` +
		`"case":{"number":"n","payer":{"name":"q","org":"995525828","address":{"street":"s","city":"y"}},"caps":[{"unit":"sessions","treatment":"u"}]},"client":{"name":"k","address":"a"}}}`
	for text, field := range map[string]string{
		`"b"`: "Booking.ID", `"p"`: "Booking.Practitioner", `"t"`: "Booking.Treatment", `"c"`: "Booking.CaseNumber",
		`"k"`: "Booking.Client.Name", `"a"`: "Booking.Client.Address", `"n"`: "Booking.Case.Number", `"q"`: "Booking.Case.Payer.Name",
		`"s"`: "Booking.Case.Payer.Address", `"y"`: "Booking.Case.Payer.Address", `"u"`: "Booking.Case.Caps[0]", `"e"`: "event",
	} {
		page := `{"events":[` + strings.Replace(event, ":"+text, `:"x\u0000"`, 1) + `],"next":"1","more":false}`
		onWire(t, rest.Options{}, answers{says(200, page)}, func(t *testing.T, c *rest.Client, _ *wire) {
			got, err := c.Events(t.Context(), conn, "")
			if err != nil || len(got.Events) != 1 {
				t.Fatalf("%s: %v, %v", field, got, err)
			}
			e := got.Events[0]
			if len(e.Unread) != 1 || e.Unread[0] != field || strings.Contains(string(rest.WriteWebhook(e)), `\u0000`) {
				t.Errorf("%s: unread are %v", field, e.Unread)
			}
		})
	}
}

// FuzzAnswer reads whatever a network answers: it is taken or an error, and what is
// taken can be told again.
func FuzzAnswer(f *testing.F) {
	f.Add([]byte(emptyPage))
	f.Add([]byte(`{"events":[{"id":"e","kind":"x","booking":{"minutes":9999999999}}],"next":"","more":true}`))
	f.Add([]byte(`{"number":"6QPTR","status":"open","payer":{"name":"x","org":"995525828","dueDays":-1},"birthDate":"0000000-00","caps":[{"unit":"amount","amount":"0.001"}],"share":{"basisPoints":-7}}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		w := &wire{answers: answers{says(200, string(body))}}
		o := quick()
		o.HTTP = &http.Client{Transport: w}
		c := client(t, "https://network.example", "net", o)
		page, err := c.Events(t.Context(), conn, "")
		if err != nil && !errors.Is(err, timebok.ErrUnavailable) {
			t.Errorf("Events: %v", err)
		}
		for _, e := range page.Events {
			if e.ID == "" {
				t.Error("an event without an ID")
			}
			if e.Validate() == nil {
				rest.WebhookHolds(t, rest.WriteWebhook(e))
			}
		}
		_, err = c.Lookup(t.Context(), conn, "6QPTR", time.Now())
		if err != nil && !errors.Is(err, timebok.ErrUnavailable) && !errors.Is(err, timebok.ErrInvalid) {
			t.Errorf("Lookup: %v", err)
		}
	})
}
