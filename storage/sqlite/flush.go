package sqlite

import "github.com/timebok/timebok"

// flush writes what is held, in the order in which it was saved.
func (t *tx) flush() error {
	if t.remember(); t.failed != nil || len(t.held) == 0 {
		return t.failed
	}
	if t.failed = t.send(); t.failed != nil {
		return t.failed
	}
	if t.own == nil {
		t.own = map[recordKey]int64{}
	}
	for _, c := range t.held {
		ref := c.record.Ref()
		if _, gone := c.record.(timebok.Deletion); gone {
			ref.Version = 0
		}
		t.own[recordKey{ref.Kind, ref.ID}] = ref.Version
	}
	t.held = t.held[:0]
	clear(t.at)
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
	for _, c := range t.held {
		t.wrote = true
		if c.base > 0 {
			c.row = nil
		}
		if t.failed = t.w.kept.wrote(t.id, c.record, c.row); t.failed != nil {
			return
		}
	}
}

// send writes what is held.
func (t *tx) send() error {
	if len(t.held) == 0 {
		return nil
	}
	if _, err := t.connect(); err != nil {
		return err
	}
	if err := t.park(); err != nil {
		return err
	}
	for _, c := range t.held {
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
	var moving []change
	bookings := 0
	for _, c := range t.held {
		if c.record.Ref().Kind != timebok.KindBooking {
			continue
		}
		if bookings++; c.base > 0 {
			moving = append(moving, c)
		}
	}
	if bookings < 2 {
		return nil
	}
	for _, c := range moving {
		id := c.record.Ref().ID
		if _, err := t.write(parkBooking, t.clinic, id[:], c.base); err != nil {
			return t.refused(err, c.record)
		}
	}
	return nil
}

const parkBooking = "UPDATE booking SET active = 0 WHERE clinic_id = ? AND id = ? AND version = ?"
