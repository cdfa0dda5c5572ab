package behandlernettverk

import (
	"context"
	"crypto/sha256"
	"fmt"
	"io"
	"net/http"
	"slices"
	"sync"

	"github.com/timebok/timebok"
	"github.com/timebok/timebok/invoice"
)

// Transport returns an access point that leads straight to the payer's mailbox: what
// is submitted is received at once, and its verdict is in Verdicts.
func (n *Network) Transport() invoice.Transport {
	return &transport{network: n, taken: map[string][sha256.Size]byte{}}
}

type transport struct {
	network *Network
	mu      sync.Mutex
	taken   map[string][sha256.Size]byte // documents by key
}

// Submit implements invoice.Transport.
func (t *transport) Submit(ctx context.Context, s invoice.Submission) (invoice.Receipt, error) {
	if err := s.Validate(); err != nil {
		return invoice.Receipt{}, err
	}
	if err := ctx.Err(); err != nil {
		return invoice.Receipt{}, &timebok.UnavailableError{What: "access point", Cause: err}
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	sum := sha256.Sum256(fmt.Appendf(nil, "%d %s %s %s %s", s.Number, s.Kind, s.Sender, s.Receiver, s.Document.Body))
	was, again := t.taken[s.Key]
	switch {
	case again && was != sum:
		return invoice.Receipt{}, timebok.Reasons{invoice.KeyTaken.At("Key")}.Refused()
	case !again:
		t.taken[s.Key] = sum
		t.network.submitted(s)
	}
	return invoice.Receipt{ID: s.Key}, nil
}

// submitted takes a document in that came by the access point.
func (n *Network) submitted(s invoice.Submission) {
	s.Document.Body = slices.Clone(s.Document.Body)
	n.Receive(s.Document.Body)
	n.mu.Lock()
	defer n.mu.Unlock()
	n.submissions = append(n.submissions, s)
}

// Submissions returns what came by the access point, in the order of arrival.
func (n *Network) Submissions() []invoice.Submission {
	n.mu.Lock()
	defer n.mu.Unlock()
	return slices.Clone(n.submissions)
}

// maxDocument is the largest EHF that the mailbox takes.
const maxDocument = 10 << 20

// mailbox is Receive over HTTP.
func (n *Network) mailbox(w http.ResponseWriter, r *http.Request) {
	content, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxDocument))
	if err != nil {
		http.Error(w, "the document is too large, or did not come whole", http.StatusBadRequest)
		return
	}
	reply(w, n.Receive(content))
}
