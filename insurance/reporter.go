package insurance

import (
	"context"
	"encoding/json"

	"github.com/timebok/timebok"
	"github.com/timebok/timebok/booking"
)

// A Reporter tells networks what became of their events and bookings. It handles
// AckNetwork and booking.ReportNetwork messages. While a clinic's connection does not
// work, its messages fail with NotConnected, and are tried again.
type Reporter struct {
	Networks []Network
	// View runs a read-only transaction, such as storage.Store.View.
	View func(ctx context.Context, clinic timebok.ClinicID, fn func(ctx context.Context, tx Tx) error) error
}

// Handle performs one message.
func (p *Reporter) Handle(ctx context.Context, d timebok.Delivery) error {
	switch d.Kind {
	case AckNetwork:
		var a ackData
		if err := json.Unmarshal(d.Data, &a); err != nil {
			return timebok.Permanent(err)
		}
		return p.with(ctx, d.Clinic, a.Network, func(n Network, c Connection) error {
			if !n.Can().Acknowledge {
				return nil
			}
			return n.Acknowledge(ctx, c, Ack{d.ID, a.Event, a.Version, a.Result, a.Codes})
		})
	case booking.ReportNetwork:
		var b booking.Booking
		err := p.View(ctx, d.Clinic, func(ctx context.Context, tx Tx) (err error) {
			b, err = tx.Booking(ctx, booking.ID(d.About.ID))
			return err
		})
		if err != nil {
			return err
		}
		return p.with(ctx, d.Clinic, b.External.Network, func(n Network, c Connection) error {
			if !n.Can().Report {
				return nil
			}
			return n.Report(ctx, c, Status{d.ID, b.External.ID, b.Version, b.State, b.Time.Start})
		})
	}
	return timebok.Permanent(timebok.Reasons{timebok.BadValue.At("Kind")}.Invalid())
}

func (p *Reporter) with(ctx context.Context, clinic timebok.ClinicID, name timebok.Network, do func(Network, Connection) error) error {
	for _, n := range p.Networks {
		if n.Name() != name {
			continue
		}
		var c Connection
		err := p.View(ctx, clinic, func(ctx context.Context, tx Tx) (err error) {
			c, err = connection(ctx, tx, name)
			return err
		})
		if err != nil {
			return err
		}
		return do(n, c)
	}
	return timebok.Permanent(Connection{Network: name}.Check())
}
