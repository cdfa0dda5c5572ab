package sqlite

import (
	"context"
	"database/sql/driver"
	"errors"
	"time"
)

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

// Forgetful keeps little of what the driver has read. It is called before the first
// Update.
func Forgetful(d *Driver, records int) { d.writer.kept = newKept(records) }

// WriteSQL returns the statements that write records.
func WriteSQL() (out []string) {
	for _, w := range writes {
		insert, _ := w.insert.of(make([]any, len(w.table.Columns())))
		out = append(out, insert, w.update, w.remove, w.version, w.undo)
	}
	return out
}

// RunOnWriter executes SQL on the connection that writes.
func RunOnWriter(d *Driver, sql string) error {
	return onWriter(d, func(c *conn) error { return c.run(sql) })
}

// PragmaOfWriter is what the connection that writes has of a setting.
func PragmaOfWriter(d *Driver, name string) (value any, err error) {
	err = onWriter(d, func(c *conn) error {
		return c.query("PRAGMA "+name, nil, func(row []driver.Value) error {
			value = row[0]
			return nil
		})
	})
	return value, err
}

func onWriter(d *Driver, run func(*conn) error) error {
	t := turn{w: d.writer}
	if err := t.w.takeAll(context.Background()); err != nil {
		return err
	}
	c, err := t.connect()
	if err == nil {
		err = run(c)
	}
	return errors.Join(err, t.yield(false, true))
}

// LateReader asks for a connection to read as a View does that found the driver open.
func LateReader(d *Driver) error {
	c, err := d.readers.take(context.Background())
	if err == nil {
		d.readers.give(c, false)
	}
	return err
}
