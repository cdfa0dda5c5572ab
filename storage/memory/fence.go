package memory

import (
	"context"

	"github.com/timebok/timebok"
	"github.com/timebok/timebok/storage"
)

// take waits for the turn to write in a clinic, fenced or not; leave ends it.
func (d *Driver) take(ctx context.Context, id timebok.ClinicID) (*clinic, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	c, err := d.clinic(id)
	if err != nil {
		return nil, err
	}
	select {
	case c.writer <- struct{}{}:
		return c, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

func (c *clinic) leave() { <-c.writer }

func (c *clinic) isFenced() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.fenced
}

// Fence closes the clinic for every Update. It waits for the one that is open.
func (d *Driver) Fence(ctx context.Context, clinic timebok.ClinicID) error {
	return d.setFence(ctx, clinic, true)
}

// Unfence opens the clinic again.
func (d *Driver) Unfence(ctx context.Context, clinic timebok.ClinicID) error {
	return d.setFence(ctx, clinic, false)
}

func (d *Driver) setFence(ctx context.Context, clinic timebok.ClinicID, fenced bool) error {
	return d.replaceAll(ctx, clinic, func(c *clinicData) error {
		c.fenced = fenced
		return nil
	})
}

// Erase takes away all records of a fenced clinic.
func (d *Driver) Erase(ctx context.Context, clinic timebok.ClinicID) error {
	return d.replaceAll(ctx, clinic, func(c *clinicData) error {
		if !c.fenced {
			return timebok.Reasons{storage.NotFenced.At("Clinic")}.Refused()
		}
		c.snapshot = emptySnapshot()
		return nil
	})
}

// replaceAll changes what is kept of a clinic while nobody else writes or leases.
func (d *Driver) replaceAll(ctx context.Context, id timebok.ClinicID, change func(*clinicData) error) error {
	if id.IsZero() {
		return timebok.Reasons{timebok.Missing.At("Clinic")}.Invalid()
	}
	c, err := d.take(ctx, id)
	if err != nil {
		return err
	}
	defer c.leave()
	d.relay.Lock()
	defer d.relay.Unlock()
	c.mu.Lock()
	defer c.mu.Unlock()
	return change(&c.clinicData)
}
