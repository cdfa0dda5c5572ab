package sqlite

import "time"

// Waiting returns how many Updates wait for their turn.
func Waiting(d *Driver) int {
	d.writer.mu.Lock()
	defer d.writer.mu.Unlock()
	return len(d.writer.waiting)
}

// Latest is the version of the schema that Open wants.
func Latest() int { return latest() }

// Patient makes groups grow until nobody waits, however long that takes.
func Patient(d *Driver) { d.writer.delay = time.Hour }
