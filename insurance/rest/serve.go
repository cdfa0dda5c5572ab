package rest

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/json"
	"errors"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/timebok/timebok"
	"github.com/timebok/timebok/insurance"
)

// maxRequest is the largest body that a clinic may send.
const maxRequest = 1 << 20

// Serve returns the network's side of the contract over a network. Each call must
// bear the key of the clinic in its path.
func Serve(n insurance.Network, keys Keys) http.Handler {
	s := &server{n, keys}
	mux := http.NewServeMux()
	for pattern, do := range map[string]endpoint{
		"GET /v1/clinics/{clinic}/case":                       s.lookup,
		"GET /v1/clinics/{clinic}/events":                     s.events,
		"GET /v1/clinics/{clinic}/bookings":                   s.standing,
		"PUT /v1/clinics/{clinic}/acknowledgements/{message}": s.acknowledge,
		"PUT /v1/clinics/{clinic}/reports/{message}":          s.report,
		"PUT /v1/clinics/{clinic}/availability":               s.publish,
	} {
		mux.Handle(pattern, s.guard(do))
	}
	return mux
}

type server struct {
	network insurance.Network
	keys    Keys
}

// An endpoint answers a call of a clinic that is who it says: nil is no content.
type endpoint func(r *http.Request, c insurance.Connection) (any, error)

// guard lets in who has the clinic's key.
func (s *server) guard(do endpoint) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		account := r.PathValue("clinic")
		key, err := s.keys(r.Context(), account)
		if err != nil && !errors.Is(err, timebok.ErrNotFound) {
			fail(w, statusOf(err), err)
			return
		}
		got, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
		if !ok || key.IsZero() || !sameText(got, key.Reveal()) {
			w.Header().Set("WWW-Authenticate", "Bearer")
			fail(w, http.StatusUnauthorized, nil)
			return
		}
		r.Body = http.MaxBytesReader(w, r.Body, maxRequest)
		c := insurance.Connection{Network: s.network.Name(), Account: account, Status: insurance.Connected}
		body, err := do(r, c)
		switch tooLarge := (*http.MaxBytesError)(nil); {
		case errors.As(err, &tooLarge):
			fail(w, http.StatusRequestEntityTooLarge, nil)
		case err != nil:
			status := statusOf(err)
			if pause, _ := timebok.RetryPause(err); status == http.StatusServiceUnavailable && pause > 0 {
				w.Header().Set("Retry-After", strconv.Itoa(int((pause+time.Second-1)/time.Second)))
			}
			fail(w, status, err)
		case body == nil:
			w.WriteHeader(http.StatusNoContent)
		default:
			answer(w, http.StatusOK, body)
		}
	})
}

// sameText compares in a time that tells nothing, of the lengths neither.
func sameText(a, b string) bool {
	x, y := sha256.Sum256([]byte(a)), sha256.Sum256([]byte(b))
	return subtle.ConstantTimeCompare(x[:], y[:]) == 1
}

func (s *server) lookup(r *http.Request, c insurance.Connection) (any, error) {
	q := &reader{}
	number, asOf := r.FormValue("number"), q.instant("asOf", r.FormValue("asOf"))
	q.need("number", number != "")
	q.need("asOf", r.FormValue("asOf") != "")
	if err := q.invalid(); err != nil {
		return nil, err
	}
	found, err := s.network.Lookup(r.Context(), c, number, asOf)
	if err != nil {
		return nil, err
	}
	return writeCase(found), nil
}

func (s *server) events(r *http.Request, c insurance.Connection) (any, error) {
	page, err := s.network.Events(r.Context(), c, r.FormValue("cursor"))
	if err != nil {
		return nil, err
	}
	return writePage(page), nil
}

func (s *server) standing(r *http.Request, c insurance.Connection) (any, error) {
	q := &reader{}
	from := q.instant("from", r.FormValue("from"))
	if err := q.invalid(); err != nil {
		return nil, err
	}
	page, err := s.network.Standing(r.Context(), c, from, r.FormValue("cursor"))
	if err != nil {
		return nil, err
	}
	return writePage(page), nil
}

func (s *server) acknowledge(r *http.Request, c insurance.Connection) (any, error) {
	return tell(r, wireAck.read, func(ctx context.Context, a insurance.Ack) error { return s.network.Acknowledge(ctx, c, a) })
}

func (s *server) report(r *http.Request, c insurance.Connection) (any, error) {
	return tell(r, wireReport.read, func(ctx context.Context, st insurance.Status) error { return s.network.Report(ctx, c, st) })
}

// tell reads what a clinic tells under the ID of its message, and passes it on.
func tell[W, T any](r *http.Request, read func(W, timebok.MessageID) (T, error), pass func(ctx context.Context, t T) error) (any, error) {
	id, err := timebok.ParseID[timebok.Message](r.PathValue("message"))
	if err != nil {
		return nil, err
	}
	w, err := decode[W](r)
	if err != nil {
		return nil, err
	}
	t, err := read(w, id)
	if err != nil {
		return nil, err
	}
	return nil, pass(r.Context(), t)
}

func (s *server) publish(r *http.Request, c insurance.Connection) (any, error) {
	w, err := decode[wireAvailability](r)
	if err != nil {
		return nil, err
	}
	a, err := w.read()
	if err != nil {
		return nil, err
	}
	return nil, s.network.Publish(r.Context(), c, a)
}

// decode reads the body of a call.
func decode[W any](r *http.Request) (W, error) {
	var w W
	err := json.NewDecoder(r.Body).Decode(&w)
	if tooLarge := (*http.MaxBytesError)(nil); errors.As(err, &tooLarge) {
		return w, err
	}
	if err != nil { // whose text may quote what was sent
		return w, timebok.Reasons{timebok.BadValue.At("body")}.Invalid()
	}
	return w, nil
}
