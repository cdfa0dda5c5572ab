package behandlernettverk

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"time"

	"github.com/timebok/timebok/insurance"
	"github.com/timebok/timebok/insurance/rest"
)

// A letter is a webhook on its way.
type letter struct {
	to       Clinic
	event    insurance.Event
	wait     int // so many rounds of Deliver
	attempts int
}

// maxAttempts is how often a webhook is tried. The feed has its event all the same.
const maxAttempts = 20

// post puts an event's webhook among those to send, as the faults will. The lock
// must be held.
func (n *Network) post(account string, e insurance.Event) {
	to, _ := n.clinic(account)
	if to.Hook == "" || n.hit(n.faults.Lose) {
		return
	}
	copies := 1
	if n.hit(n.faults.Duplicate) {
		copies = 2
	}
	for i := range copies {
		l := letter{to: to, event: e}
		if i > 0 || n.hit(n.faults.Delay) {
			l.wait = 1 + n.dice.IntN(3)
		}
		at := len(n.letters)
		if n.hit(n.faults.Reorder) {
			at = n.dice.IntN(at + 1)
		}
		n.letters = slices.Insert(n.letters, at, l)
	}
	select {
	case n.wake <- struct{}{}:
	default: // it is awake
	}
}

// Deliver sends the webhooks that there are, once each, and returns how many are
// still to be sent and why those failed that did. The program calls Run instead.
func (n *Network) Deliver(ctx context.Context) (int, error) {
	n.mu.Lock()
	letters := n.letters
	n.letters = nil
	n.mu.Unlock()
	var later []letter
	var failed []error
	for i, l := range letters {
		if ctx.Err() != nil {
			later = append(later, letters[i:]...)
			break
		}
		if l.wait > 0 {
			l.wait--
			later = append(later, l)
			continue
		}
		l.attempts++
		if err := n.send(ctx, l); err != nil {
			failed = append(failed, err)
			if l.attempts < maxAttempts {
				later = append(later, l)
			}
		}
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	n.letters = append(later, n.letters...)
	return len(n.letters), errors.Join(failed...)
}

var errLost = errors.New("behandlernettverk: the answer was lost")

// send sends one webhook.
func (n *Network) send(ctx context.Context, l letter) error {
	n.mu.Lock()
	fails, lost := n.hit(n.faults.Fail), n.hit(n.faults.Timeout)
	n.mu.Unlock()
	if fails {
		return errLost
	}
	body := rest.WriteWebhook(l.event)
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	q, err := http.NewRequestWithContext(ctx, http.MethodPost, l.to.Hook, bytes.NewReader(body))
	if err != nil {
		return err
	}
	q.Header.Set("Content-Type", "application/json")
	if err := rest.Sign(q.Header, l.event.ID, n.source.Time(), body, l.to.Secret); err != nil {
		return err
	}
	answer, err := http.DefaultClient.Do(q)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	_, _ = io.Copy(io.Discard, io.LimitReader(answer.Body, 1<<20)) // so that the connection can be used again
	switch {
	case lost:
		return errLost
	case answer.StatusCode != http.StatusOK:
		return fmt.Errorf("behandlernettverk: the webhook of event %s was answered with %d", l.event.ID, answer.StatusCode)
	}
	return nil
}

// Run sends webhooks until the context ends: at once, and again after a pause what
// failed.
func (n *Network) Run(ctx context.Context) {
	again := time.NewTicker(time.Second)
	defer again.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-n.wake:
		case <-again.C:
		}
		_, _ = n.Deliver(ctx) // what failed is tried again
	}
}
