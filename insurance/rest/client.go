package rest

import (
	"context"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/sony/gobreaker/v2"
	"github.com/timebok/timebok"
	"github.com/timebok/timebok/insurance"
	"golang.org/x/time/rate"
)

// Keys finds the bearer key of a clinic by its account at the network. The zero
// Private, or timebok.ErrNotFound, is nobody's.
type Keys func(ctx context.Context, account string) (timebok.Private, error)

// A Client is an insurance.Network over HTTP. It is safe for concurrent use.
type Client struct {
	name    timebok.Network
	base    string
	keys    Keys
	options Options
	limiter *rate.Limiter

	breakers sync.Map // of each account, a *gobreaker.CircuitBreaker[struct{}]
}

// Options tune a Client. The zero Options are the defaults.
type Options struct {
	Can  *insurance.Capabilities // what the network offers of the contract; nil: all
	HTTP *http.Client            // nil: one of its own; its CheckRedirect is not heeded, since a key goes nowhere else

	Timeout  time.Duration // of one attempt; 0: 10 seconds
	Attempts int           // of one call; 0: 3
	Pause    time.Duration // before the second attempt at most, doubling; 0: 200 ms
	MaxPause time.Duration // a longer Retry-After is left to the caller; 0: 5 seconds

	Rate  float64 // attempts a second, of all clinics together; 0: 20
	Burst int     // at once; 0: 20

	Trip int           // failures of one clinic's calls in a row, after which none is tried for a while; 0: 10, below 0: never
	Rest time.Duration // that while; 0: 15 seconds
}

// BadBase is the rule of a network's address.
var BadBase = timebok.NewRule("network.address",
	"må være en https-adresse uten spørring (http bare på samme maskin)",
	"må vere ei https-adresse utan spørjing (http berre på same maskin)",
	"must be an https address without a query (http on the same machine only)")

// New returns a Client of the network at an address such as
// "https://api.example.com/timebok". The options may be nil. The error is an
// *timebok.InvalidError with all that is wrong.
func New(name timebok.Network, base string, keys Keys, o *Options) (*Client, error) {
	var wrong timebok.Reasons
	if name == "" {
		wrong.Add(timebok.Missing, "Name")
	}
	if keys == nil {
		wrong.Add(timebok.Missing, "Keys")
	}
	if u, err := url.Parse(base); err != nil || u.Host == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "" ||
		u.Scheme != "https" && !(u.Scheme == "http" && local(u.Hostname())) {
		wrong.Add(BadBase, "Base")
	}
	if err := wrong.Invalid(); err != nil {
		return nil, err
	}
	c := &Client{name: name, base: strings.TrimRight(base, "/") + "/v1/clinics/", keys: keys}
	if o != nil {
		c.options = *o
	}
	c.options.setDefaults()
	c.limiter = rate.NewLimiter(rate.Limit(c.options.Rate), c.options.Burst)
	return c, nil
}

// breaker is that of a clinic: one whose calls all fail must not hold up the others.
func (c *Client) breaker(account string) *gobreaker.CircuitBreaker[struct{}] {
	b, ok := c.breakers.Load(account)
	if !ok {
		b, _ = c.breakers.LoadOrStore(account, gobreaker.NewCircuitBreaker[struct{}](gobreaker.Settings{
			Timeout: c.options.Rest,
			ReadyToTrip: func(n gobreaker.Counts) bool {
				return c.options.Trip > 0 && int(n.ConsecutiveFailures) >= c.options.Trip
			},
			IsSuccessful: func(err error) bool { return err == nil || !isOutage(err) },
		}))
	}
	return b.(*gobreaker.CircuitBreaker[struct{}])
}

func local(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

func (o *Options) setDefaults() {
	if o.Can == nil {
		o.Can = &insurance.Capabilities{Lookup: true, Events: true, Standing: true, Acknowledge: true, Report: true, Publish: true}
	}
	own := http.Client{}
	if o.HTTP != nil {
		own = *o.HTTP
	}
	own.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	o.HTTP = &own
	orElse(&o.Timeout, 10*time.Second)
	orElse(&o.Attempts, 3)
	orElse(&o.Pause, 200*time.Millisecond)
	orElse(&o.MaxPause, 5*time.Second)
	orElse(&o.Rate, 20)
	orElse(&o.Burst, 20)
	orElse(&o.Rest, 15*time.Second)
	if o.Trip == 0 {
		o.Trip = 10
	}
}

func orElse[T ~int | ~int64 | ~float64](v *T, otherwise T) {
	if *v <= 0 {
		*v = otherwise
	}
}

var _ insurance.Network = (*Client)(nil)

// Name implements insurance.Network.
func (c *Client) Name() timebok.Network { return c.name }

// Can implements insurance.Network.
func (c *Client) Can() insurance.Capabilities { return *c.options.Can }

// Lookup implements insurance.Network.
func (c *Client) Lookup(ctx context.Context, conn insurance.Connection, number string, asOf time.Time) (insurance.Case, error) {
	var w wireCase
	query := url.Values{"number": {number}, "asOf": {instant(asOf)}}
	if err := c.get(ctx, conn, c.options.Can.Lookup, "case", query, &w); err != nil {
		return insurance.Case{}, err
	}
	r := &reader{}
	found := r.caseOf("Case.", c.name, w)
	if err := r.invalid(); err != nil {
		return insurance.Case{}, err
	}
	return found, nil
}

// Events implements insurance.Network.
func (c *Client) Events(ctx context.Context, conn insurance.Connection, cursor string) (insurance.Page, error) {
	return c.page(ctx, conn, c.options.Can.Events, "events", url.Values{"cursor": {cursor}})
}

// Standing implements insurance.Network.
func (c *Client) Standing(ctx context.Context, conn insurance.Connection, from time.Time, cursor string) (insurance.Page, error) {
	return c.page(ctx, conn, c.options.Can.Standing, "bookings", url.Values{"from": {instant(from)}, "cursor": {cursor}})
}

func (c *Client) page(ctx context.Context, conn insurance.Connection, able bool, what string, query url.Values) (insurance.Page, error) {
	var w wirePage
	if err := c.get(ctx, conn, able, what, query, &w); err != nil {
		return insurance.Page{}, err
	}
	return readPage(c.name, w), nil
}

// Acknowledge implements insurance.Network.
func (c *Client) Acknowledge(ctx context.Context, conn insurance.Connection, a insurance.Ack) error {
	return c.put(ctx, conn, c.options.Can.Acknowledge, "acknowledgements/"+a.ID.String(),
		wireAck{a.Event, a.Version, string(a.Result), a.Codes})
}

// Report implements insurance.Network.
func (c *Client) Report(ctx context.Context, conn insurance.Connection, s insurance.Status) error {
	return c.put(ctx, conn, c.options.Can.Report, "reports/"+s.ID.String(),
		wireReport{s.Booking, s.Version, string(s.State), instant(s.Start)})
}

// Publish implements insurance.Network.
func (c *Client) Publish(ctx context.Context, conn insurance.Connection, a insurance.Availability) error {
	return c.put(ctx, conn, c.options.Can.Publish, "availability", writeAvailability(a))
}
