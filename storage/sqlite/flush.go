package sqlite

import (
	"github.com/timebok/timebok"
	"github.com/timebok/timebok/internal/sqlrow"
)

// flush writes what is held, in the order in which it was saved.
func (t *tx) flush() error {
	if t.remember(); t.failed != nil || len(t.held.Changes) == 0 {
		return t.failed
	}
	if t.failed = t.send(); t.failed != nil {
		return t.failed
	}
	t.held.Written()
	return nil
}

// flushLast is flush of a transaction that only writes from now on: the next caller
// may decide meanwhile.
func (t *tx) flushLast() error {
	t.remember()
	if t.failed == nil && t.w != nil {
		t.passOn()
	}
	if t.failed == nil {
		t.failed = t.send()
	}
	return t.failed
}

// remember brings up to date what the writer keeps, before it is so: nobody else
// looks until the caller passes the turn on.
func (t *tx) remember() {
	if t.failed != nil || t.w == nil {
		return
	}
	for _, c := range t.held.Changes {
		t.wrote = true
		if c.Base > 0 {
			c.Row = nil
		}
		if t.failed = t.w.kept.wrote(t.id, c.Record, c.Row); t.failed != nil {
			return
		}
	}
}

// send writes what is held.
func (t *tx) send() error {
	if len(t.held.Changes) == 0 {
		return nil
	}
	if _, err := t.connect(); err != nil {
		return err
	}
	if err := t.park(); err != nil {
		return err
	}
	for _, c := range t.held.Changes {
		if err := t.put(c); err != nil {
			return err
		}
	}
	return nil
}

// park takes bookings that are to be changed or deleted out of the calendar, if
// there are several: the guard looks at each as it is written, and they may change
// places.
func (t *tx) park() error {
	var moving []sqlrow.Change
	bookings := 0
	for _, c := range t.held.Changes {
		if c.Record.Ref().Kind != timebok.KindBooking {
			continue
		}
		if bookings++; c.Base > 0 {
			moving = append(moving, c)
		}
	}
	if bookings < 2 {
		return nil
	}
	for _, c := range moving {
		id := c.Record.Ref().ID
		if _, err := t.write(parkBooking, t.clinic, id[:], c.Base); err != nil {
			return t.refused(err, c.Record)
		}
	}
	return nil
}

const parkBooking = "UPDATE booking SET active = 0 WHERE clinic_id = ? AND id = ? AND version = ?"
