package insurance_test

import (
	"cmp"
	"context"
	"iter"
	"slices"

	"github.com/timebok/timebok"
	"github.com/timebok/timebok/booking"
	"github.com/timebok/timebok/insurance"
	"github.com/timebok/timebok/series"
	"github.com/timebok/timebok/storage"
)

// A state is all that taking events in can leave behind.
type state struct {
	Bookings   []booking.Booking
	Clients    []timebok.Client
	Series     []series.Series // of all clients
	Payers     []timebok.Payer
	Quarantine []insurance.Received
	Messages   []storage.Queued // by ID
	Audit      []timebok.AuditEntry
}

func (c *clinic) view(fn func(ctx context.Context, tx storage.Tx) error) {
	c.Helper()
	if err := c.store.View(c.Context(), c.Clinic.ID, fn); err != nil {
		c.Fatalf("View: %v", err)
	}
}

// everything reads the state.
func (c *clinic) everything() state {
	c.Helper()
	var s state
	c.view(func(ctx context.Context, tx storage.Tx) error {
		var err [6]error
		s.Bookings, err[0] = collect(tx.Bookings(ctx, booking.Filter{}))
		s.Clients, err[1] = collect(tx.Clients(ctx, timebok.ClientID{}, 100_000))
		s.Payers, err[2] = collect(tx.Payers(ctx))
		s.Quarantine, err[3] = collect(tx.Quarantine(ctx))
		s.Messages, err[4] = collect(tx.Messages(ctx, storage.MessageFilter{}))
		s.Audit, err[5] = collect(tx.Audit(ctx, storage.AuditFilter{}))
		s.Series = nil
		for _, client := range s.Clients {
			of, err := collect(tx.SeriesOf(ctx, client.ID))
			if err != nil {
				return err
			}
			s.Series = append(s.Series, of...)
		}
		return cmp.Or(err[:]...)
	})
	slices.SortFunc(s.Messages, func(a, b storage.Queued) int { return a.ID.Compare(b.ID) })
	return s
}

func collect[T any](list iter.Seq2[T, error]) ([]T, error) {
	var out []T
	for v, err := range list {
		if err != nil {
			return nil, err
		}
		out = append(out, v)
	}
	return out, nil
}

// booking returns what a booking at the network became.
func (c *clinic) booking(external string) booking.Booking {
	c.Helper()
	var b booking.Booking
	c.view(func(ctx context.Context, tx storage.Tx) (err error) {
		b, err = tx.Booking(ctx, insurance.BookingID(timebok.Behandlernettverk, external))
		return err
	})
	return b
}

// received returns the inbox entry of an event.
func (c *clinic) received(e insurance.Event) insurance.Received {
	c.Helper()
	var r insurance.Received
	c.view(func(ctx context.Context, tx storage.Tx) (err error) {
		r, err = tx.Received(ctx, insurance.ReceivedKey(e.Network, e.ID))
		return err
	})
	return r
}

// external returns what is known of a booking at the network.
func (c *clinic) external(id string) insurance.External {
	c.Helper()
	var x insurance.External
	c.view(func(ctx context.Context, tx storage.Tx) error {
		v, err := tx.LoadIntake(ctx, insurance.IntakeNeeds{Network: timebok.Behandlernettverk, External: id})
		if v.External != nil {
			x = *v.External
		}
		return err
	})
	return x
}

// client returns a client.
func (c *clinic) client(id timebok.ClientID) timebok.Client {
	c.Helper()
	var found timebok.Client
	c.view(func(ctx context.Context, tx storage.Tx) (err error) {
		found, err = tx.Client(ctx, id)
		return err
	})
	return found
}

// series returns a series.
func (c *clinic) series(id series.ID) series.Series {
	c.Helper()
	var found series.Series
	c.view(func(ctx context.Context, tx storage.Tx) (err error) {
		found, err = tx.Series(ctx, id)
		return err
	})
	return found
}

// of returns the messages of a kind.
func (s state) of(kind timebok.MessageKind) []storage.Queued {
	return slices.DeleteFunc(slices.Clone(s.Messages), func(m storage.Queued) bool { return m.Kind != kind })
}

// added returns the clients that the made-up clinic didn't have.
func (c *clinic) added(s state) []timebok.Client {
	return slices.DeleteFunc(slices.Clone(s.Clients), func(x timebok.Client) bool {
		return x.ID == c.Ola.ID || x.ID == c.Åse.ID
	})
}

// actions are what the audit trail says was done, sorted.
func (s state) actions() []string {
	var out []string
	for _, a := range s.Audit {
		out = append(out, a.Action)
	}
	slices.Sort(out)
	return out
}
