package rest

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"mime"
	"net/http"
	"strconv"
	"time"

	"github.com/timebok/timebok"
	"github.com/timebok/timebok/insurance"
)

// A Receiver is the http.Handler for the webhooks of one network. Mount it with the
// clinic's account in the path, since each clinic has a secret of its own:
//
//	mux.Handle("POST /hooks/{account}", receiver)
//
// It answers
//
//	200  taken in, or quarantined; a repeat too, which changes nothing
//	400  no event: malformed, without an ID, or under another webhook ID
//	401  unknown account, wrong signature, or signed outside the window
//	403  the clinic is not connected to the network
//	405  not POST
//	413  larger than Limit
//	415  not application/json
//	503  try again: the store or the network did not answer in time
//
// and what is not 200 has changed nothing. An event with fields that can't be read
// is quarantined. The host sets the time limits of its http.Server.
type Receiver struct {
	Network insurance.Network // whose webhooks they are
	// Take takes an event in, as (*insurance.Intake).Take.
	Take func(ctx context.Context, clinic timebok.ClinicID, n insurance.Network, e insurance.Event) (insurance.Received, error)
	// Hook finds the clinic of an account, and what its webhooks are signed with. It
	// fails with timebok.ErrNotFound if there is none.
	Hook func(ctx context.Context, account string) (Hook, error)

	timebok.Source
	Window  time.Duration // between signature and arrival; 0: 5 minutes
	Limit   int64         // bytes of a body; 0: 64 KiB
	OnError func(error)   // is told of what is answered with 500 or 503; nil: nobody is
}

// A Hook is a clinic's end of the webhooks. It has two secrets while they are
// changed, else one.
type Hook struct {
	Clinic  timebok.ClinicID
	Secrets []timebok.Private
}

// ServeHTTP receives one webhook.
func (v *Receiver) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	outcome, status, err := v.receive(w, r)
	if status == http.StatusOK {
		answer(w, status, outcome)
		return
	}
	if status >= 500 && v.OnError != nil {
		v.OnError(err)
	}
	if status == http.StatusServiceUnavailable {
		pause, _ := timebok.RetryPause(err)
		w.Header().Set("Retry-After", strconv.Itoa(max(1, int(pause/time.Second))))
	}
	fail(w, status, err)
}

var errNoHook = errors.New("timebok: insurance/rest: no clinic with that account, or not signed by it now")

func (v *Receiver) receive(w http.ResponseWriter, r *http.Request) (wireOutcome, int, error) {
	if r.Method != http.MethodPost {
		w.Header().Set("Allow", http.MethodPost)
		return wireOutcome{}, http.StatusMethodNotAllowed, nil
	}
	if kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err != nil || kind != mediaJSON {
		return wireOutcome{}, http.StatusUnsupportedMediaType, nil
	}
	limit, window := v.Limit, v.Window
	if limit <= 0 {
		limit = 64 << 10
	}
	if window <= 0 {
		window = 5 * time.Minute
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, limit))
	if tooLarge := (*http.MaxBytesError)(nil); errors.As(err, &tooLarge) {
		return wireOutcome{}, http.StatusRequestEntityTooLarge, nil
	} else if err != nil {
		return wireOutcome{}, http.StatusBadRequest, nil
	}
	hook, err := v.Hook(r.Context(), r.PathValue("account"))
	if err != nil && !errors.Is(err, timebok.ErrNotFound) {
		return wireOutcome{}, statusOf(err), err
	}
	valid, err := signed(r.Header, body, v.Time(), window, hook.Secrets)
	if err != nil {
		return wireOutcome{}, http.StatusInternalServerError, err
	}
	if !valid {
		return wireOutcome{}, http.StatusUnauthorized, errNoHook
	}
	e, err := readEvent(v.Network.Name(), body)
	if err != nil {
		return wireOutcome{}, http.StatusBadRequest, err
	}
	if e.ID != r.Header.Get(HeaderID) {
		return wireOutcome{}, http.StatusBadRequest, timebok.Reasons{timebok.BadValue.At("id")}.Invalid()
	}
	got, err := v.Take(r.Context(), hook.Clinic, v.Network, e)
	if err != nil {
		return wireOutcome{}, statusOf(err), err
	}
	return wireOutcome{Event: e.ID, Result: string(got.Result), Codes: got.Codes}, http.StatusOK, nil
}

// WriteWebhook returns an event as the body of a webhook. Sign signs it under the
// event's ID.
func WriteWebhook(e insurance.Event) []byte {
	body, _ := json.Marshal(writeEvent(e)) // texts and numbers always marshal
	return body
}
