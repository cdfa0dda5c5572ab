package behandlernettverk

import (
	"context"
	"net/http"
	"time"

	"github.com/timebok/timebok"
	"github.com/timebok/timebok/insurance/rest"
)

// Handler returns everything that the network serves:
//
//	/v1/...        the contract of insurance/rest, for the clinics, with the faults
//	POST /ehf      the payer's mailbox: an EHF in, its Verdict out
//	/control/...   for people: see Control
//
// The mailbox and the control have no keys: the program listens on this machine.
func (n *Network) Handler() http.Handler {
	mux := http.NewServeMux()
	mux.Handle("/v1/", n.faulty(rest.Serve(n.fake, n.key)))
	mux.HandleFunc("POST /ehf", n.mailbox)
	mux.Handle("/control/", n.Control())
	return mux
}

// key is the bearer key of a clinic.
func (n *Network) key(_ context.Context, account string) (timebok.Private, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	c, _ := n.clinic(account)
	return c.Key, nil
}

// faulty lets calls fail as the faults will, as real ones do: with 503 and no
// effect, or with an effect and no answer.
func (n *Network) faulty(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		n.mu.Lock()
		silent, fails, lost, hang := n.silent, n.hit(n.faults.Fail), n.hit(n.faults.Timeout), n.faults.Hang
		n.mu.Unlock()
		switch {
		case silent:
			panic(http.ErrAbortHandler) // which breaks the connection off
		case fails:
			w.Header().Set("Retry-After", "0")
			http.Error(w, "out of order", http.StatusServiceUnavailable)
		case lost:
			next.ServeHTTP(nowhere{http.Header{}}, r)
			select {
			case <-r.Context().Done():
			case <-time.After(hang):
			}
			panic(http.ErrAbortHandler)
		default:
			next.ServeHTTP(w, r)
		}
	})
}

// nowhere is where lost answers go.
type nowhere struct{ h http.Header }

func (n nowhere) Header() http.Header       { return n.h }
func (nowhere) Write(b []byte) (int, error) { return len(b), nil }
func (nowhere) WriteHeader(int)             {}
