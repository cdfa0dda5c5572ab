package rest

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"mime"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/sony/gobreaker/v2"
	"github.com/timebok/timebok"
	"github.com/timebok/timebok/insurance"
)

// maxAnswer is the most that is read of an answer.
const maxAnswer = 16 << 20

// A request is one call of the contract.
type request struct {
	method, url string
	account     string // of the clinic that calls
	key         timebok.Private
	body        []byte
	out         any // what the answer is read into; nil: nothing
}

func (c *Client) get(ctx context.Context, conn insurance.Connection, able bool, path string, query url.Values, out any) error {
	return c.call(ctx, conn, able, request{method: http.MethodGet, url: path + "?" + query.Encode(), out: out})
}

func (c *Client) put(ctx context.Context, conn insurance.Connection, able bool, path string, in any) error {
	body, err := json.Marshal(in)
	if err != nil {
		return err
	}
	return c.call(ctx, conn, able, request{method: http.MethodPut, url: path, body: body})
}

// call tries a request, and tries again what was not answered.
func (c *Client) call(ctx context.Context, conn insurance.Connection, able bool, r request) error {
	if !able {
		return timebok.Reasons{insurance.NotCapable.At("Network", timebok.P("network", c.name))}.Refused()
	}
	if conn.Network != c.name {
		return c.notConnected()
	}
	var err error
	if r.key, err = c.keys(ctx, conn.Account); errors.Is(err, timebok.ErrNotFound) || err == nil && r.key.IsZero() {
		return c.notConnected()
	} else if err != nil {
		return unavailable(err, 0)
	}
	r.account, r.url = conn.Account, c.base+url.PathEscape(conn.Account)+"/"+r.url
	for attempt := 1; ; attempt++ {
		err = c.attempt(ctx, r)
		if !errors.Is(err, timebok.ErrUnavailable) || attempt >= c.options.Attempts || ctx.Err() != nil {
			return err
		}
		pause := rand.N(c.options.Pause<<min(attempt-1, 10)) + 1
		if asked, ok := timebok.RetryPause(err); ok {
			pause = asked
		}
		if pause > c.options.MaxPause {
			return err
		}
		if wait(ctx, pause) != nil {
			return unavailable(ctx.Err(), 0)
		}
	}
}

// attempt sends a request once, if limiter and breaker let it.
func (c *Client) attempt(ctx context.Context, r request) error {
	if err := c.limiter.Wait(ctx); err != nil {
		return unavailable(errors.Join(ctx.Err(), err), 0)
	}
	_, err := c.breaker(r.account).Execute(func() (struct{}, error) { return struct{}{}, c.send(ctx, r) })
	if errors.Is(err, gobreaker.ErrOpenState) || errors.Is(err, gobreaker.ErrTooManyRequests) {
		return unavailable(err, c.options.Rest)
	}
	return err
}

func (c *Client) send(ctx context.Context, r request) error {
	attempt, cancel := context.WithTimeout(ctx, c.options.Timeout)
	defer cancel()
	q, err := http.NewRequestWithContext(attempt, r.method, r.url, bytes.NewReader(r.body))
	if err != nil {
		return unavailable(bare(err), 0)
	}
	q.Header.Set("Authorization", "Bearer "+r.key.Reveal())
	q.Header.Set("Accept", mediaJSON)
	if r.body != nil {
		q.Header.Set("Content-Type", mediaJSON)
	}
	answer, err := c.options.HTTP.Do(q)
	if err != nil {
		return unavailable(errors.Join(ctx.Err(), bare(err)), 0)
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(io.LimitReader(answer.Body, maxAnswer+1))
	switch {
	case err != nil:
		return unavailable(errors.Join(ctx.Err(), bare(err)), 0)
	case len(body) > maxAnswer:
		return unavailable(errAnswer, 0)
	case answer.StatusCode == http.StatusOK && r.out != nil:
		if !isJSON(answer.Header) || json.Unmarshal(body, r.out) != nil { // whose error may quote a person's data
			return unavailable(errAnswer, 0)
		}
		return nil
	case answer.StatusCode == http.StatusNoContent && r.out == nil:
		return nil
	}
	return c.failed(answer, body)
}

// failed is the error that an answer stands for.
func (c *Client) failed(answer *http.Response, body []byte) error {
	var p wireProblem
	_ = json.Unmarshal(body, &p) // a proxy's page is no problem of ours, and tells nothing
	switch answer.StatusCode {
	case http.StatusUnauthorized, http.StatusForbidden:
		return c.notConnected()
	case http.StatusNotImplemented:
		return timebok.Reasons{insurance.NotCapable.At("Network", timebok.P("network", c.name))}.Refused()
	case http.StatusNotFound:
		if p.Code == insurance.UnknownCase.Code() {
			return timebok.Reasons{insurance.UnknownCase.At("Number")}.Refused()
		}
	case http.StatusBadRequest, http.StatusRequestEntityTooLarge, http.StatusUnprocessableEntity:
		var wrong timebok.Reasons
		for _, r := range p.Reasons {
			wrong.Add(Rejected, word(r.Field), timebok.P("code", word(r.Code)))
		}
		if len(wrong) == 0 {
			wrong.Add(Rejected, "", timebok.P("code", answer.StatusCode))
		}
		return wrong.Invalid()
	}
	return unavailable(errStatus(answer.StatusCode), retryAfter(answer.Header))
}

// Rejected is the rule of what the network says is wrong with a call, by its code.
var Rejected = timebok.NewRule("network.rejected",
	"nettverket godtar det ikke ({code})", "nettverket godtek det ikkje ({code})", "the network does not accept it ({code})")

// word lets a name or code of the other side through, and nothing that may be a
// text about somebody.
func word(text string) string {
	odd := func(r rune) bool {
		return !(r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune(".-_[]", r))
	}
	if len(text) > 40 || strings.ContainsFunc(text, odd) {
		return "?"
	}
	return text
}

var errAnswer = errors.New("timebok: insurance/rest: the answer can't be read")

type errStatus int

func (s errStatus) Error() string {
	return fmt.Sprintf("timebok: insurance/rest: answered with %d", int(s))
}

func (c *Client) notConnected() error { return insurance.Connection{Network: c.name}.Check() }

func unavailable(cause error, after time.Duration) error {
	return &timebok.UnavailableError{What: "network", After: after, Cause: cause}
}

// isOutage reports whether an error says that the network does not work, and not
// that the caller gave up.
func isOutage(err error) bool {
	return errors.Is(err, timebok.ErrUnavailable) && !errors.Is(err, context.Canceled)
}

// bare takes the address off an error of net/http: it may hold a sakID.
func bare(err error) error {
	if u := (*url.Error)(nil); errors.As(err, &u) {
		return u.Err
	}
	return err
}

func isJSON(h http.Header) bool {
	kind, _, err := mime.ParseMediaType(h.Get("Content-Type"))
	return err == nil && kind == mediaJSON
}

// retryAfter reads how long an answer asks to wait, at most a day: seconds or a
// date (RFC 9110, 10.2.3).
func retryAfter(h http.Header) time.Duration {
	const most = 24 * time.Hour
	text := h.Get("Retry-After")
	if n, err := strconv.Atoi(text); err == nil {
		return time.Duration(min(max(n, 0), int(most/time.Second))) * time.Second
	}
	if at, err := http.ParseTime(text); err == nil {
		return min(max(time.Until(at), 0), most)
	}
	return 0
}

func wait(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-t.C:
		return nil
	}
}
