package memory

import (
	"context"
	"maps"
	"slices"
	"time"

	"github.com/timebok/timebok"
	"github.com/timebok/timebok/storage"
)

// Lease takes messages that are due and not leased, the longest due first, of all
// clinics.
func (d *Driver) Lease(ctx context.Context, l storage.LeaseRequest) ([]storage.Queued, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	d.relay.Lock()
	defer d.relay.Unlock()
	var due []*message
	clinics, err := d.all()
	if err != nil {
		return nil, err
	}
	for _, c := range clinics {
		if c.isFenced() {
			continue
		}
		o := c.now().outbox
		due = o.due(due, l)
	}
	slices.SortFunc(due, func(a, b *message) int {
		if c := messagesByDue(a, b); c != 0 {
			return c
		}
		return a.Clinic.Compare(b.Clinic) // the same message of two clinics
	})
	if l.Limit > 0 && len(due) > l.Limit {
		due = due[:l.Limit]
	}
	leased := make([]storage.Queued, 0, len(due))
	for _, m := range due {
		m := *m
		m.Attempts++
		m.token, m.until = l.Token, l.Until
		clinics[m.Clinic].replace(&m)
		leased = append(leased, m.queued())
	}
	return leased, nil
}

// all returns the clinics as they are now.
func (d *Driver) all() (map[timebok.ClinicID]*clinic, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.closed {
		return nil, &timebok.UnavailableError{What: "storage", Cause: errClosed}
	}
	return maps.Clone(d.clinics), nil
}

// due appends at most Limit messages of each kind that can be leased. What is
// leased already stands in front and is passed over: it is not more than all
// workers hold.
func (o *outbox) due(out []*message, l storage.LeaseRequest) []*message {
	kinds := l.Kinds
	if len(kinds) == 0 {
		kinds = o.kinds()
	}
	for _, kind := range kinds {
		n := 0
		for m := range o.ready.from(ofKind(kind)) {
			if m.Kind != kind || m.Due.After(l.Now) || l.Limit > 0 && n == l.Limit {
				break
			}
			if m.token == "" || !m.until.After(l.Now) {
				out = append(out, m)
				n++
			}
		}
	}
	return out
}

// kinds lists the kinds of the messages.
func (o *outbox) kinds() (out []timebok.MessageKind) {
	key := &message{}
	for {
		found := false
		for m := range o.ready.from(key) {
			out, key, found = append(out, m.Kind), ofKind(m.Kind+"\x00"), true
			break
		}
		if !found {
			return out
		}
	}
}

// ofKind is a key that stands before all messages of a kind.
func ofKind(kind timebok.MessageKind) *message {
	m := &message{}
	m.Kind = kind
	return m
}

// replace enters a message in place of the one with its ID.
func (c *clinic) replace(m *message) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.outbox.put(new(owner), m)
}

// Done forgets a message.
func (d *Driver) Done(ctx context.Context, k storage.LeaseKey) (bool, error) {
	return d.settle(ctx, k, func(c *clinic, m *message) {
		c.mu.Lock()
		defer c.mu.Unlock()
		c.outbox.remove(new(owner), m)
	})
}

// Retry makes a message due again later.
func (d *Driver) Retry(ctx context.Context, k storage.LeaseKey, due time.Time, reason string) (bool, error) {
	return d.settle(ctx, k, func(c *clinic, old *message) {
		m := *old
		m.token, m.Due, m.Error = "", timebok.Instant(due), reason
		c.replace(&m)
	})
}

// Bury gives a message up.
func (d *Driver) Bury(ctx context.Context, k storage.LeaseKey, reason string) (bool, error) {
	return d.settle(ctx, k, func(c *clinic, old *message) {
		m := *old
		m.token, m.Buried, m.Error = "", true, reason
		c.replace(&m)
	})
}

// settle ends the lease that the key names. It reports false if there is none.
func (d *Driver) settle(ctx context.Context, k storage.LeaseKey, end func(*clinic, *message)) (bool, error) {
	if err := ctx.Err(); err != nil {
		return false, err
	}
	d.relay.Lock()
	defer d.relay.Unlock()
	c, err := d.clinic(k.Clinic)
	if err != nil {
		return false, err
	}
	o := c.now().outbox
	m, ok := o.get(k.ID)
	if !ok || k.Token == "" || m.token != k.Token {
		return false, nil
	}
	end(c, m)
	return true, nil
}
