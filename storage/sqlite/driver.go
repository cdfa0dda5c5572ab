package sqlite

import (
	"context"
	"database/sql/driver"
	"errors"
	"os"
	"runtime"
	"sync/atomic"
	"time"

	"github.com/timebok/timebok"
	"github.com/timebok/timebok/storage"
	modernc "modernc.org/sqlite"
)

// A Driver keeps clinics in a SQLite file. It is safe for concurrent use.
type Driver struct {
	file    file
	writer  *writer
	readers *readers
	closed  atomic.Bool
}

// Options tune a Driver. Nil is the zero Options, which are the defaults.
type Options struct {
	// Driver opens connections; nil: modernc.org/sqlite, which is pure Go. Another
	// SQLite driver must be 3.41 or newer and take "file:" names.
	Driver driver.Driver
	// Readers is how many Views run at a time; 0: four for each processor.
	Readers int
	// BusyTimeout is how long to wait for another process that writes; 0: 10 s.
	BusyTimeout time.Duration
}

func (o *Options) orDefault() Options {
	out := Options{}
	if o != nil {
		out = *o
	}
	if out.Driver == nil {
		out.Driver = &modernc.Driver{}
	}
	if out.Readers <= 0 {
		out.Readers = 4 * runtime.GOMAXPROCS(0)
	}
	if out.BusyTimeout <= 0 {
		out.BusyTimeout = 10 * time.Second
	}
	return out
}

var errClosed = errors.New("timebok: storage/sqlite: the driver is closed")

// Open opens the database at a path. It changes no schema: where there is no
// database, or its schema is not the one of this version, it fails with a
// *SchemaError, and Migrate is to be called first. The options may be nil.
func Open(path string, o *Options) (*Driver, error) {
	opts := o.orDefault()
	d := &Driver{file: file{path: path, driver: opts.Driver, busy: opts.BusyTimeout}}
	d.writer = &writer{open: d.file.forWriting, delay: maxDelay, kept: newKept(maxKept)}
	d.readers = &readers{open: d.file.forReading, slots: make(chan struct{}, opts.Readers)}
	if _, err := os.Stat(path); errors.Is(err, os.ErrNotExist) {
		return nil, &SchemaError{Path: path, Want: latest()}
	}
	c, err := d.file.connect()
	if err != nil {
		return nil, err
	}
	defer c.close()
	have, err := schemaVersion(c)
	if err != nil {
		return nil, err
	}
	if have != latest() {
		return nil, &SchemaError{Path: path, Have: have, Want: latest()}
	}
	// Kept in the file by Migrate, but not by another tool that runs the migrations.
	if err := c.run("PRAGMA journal_mode = WAL"); err != nil {
		return nil, classify(err)
	}
	return d, nil
}

// Begin starts a transaction. An Update waits for its turn; a View for one of the
// reading connections.
func (d *Driver) Begin(ctx context.Context, clinic timebok.ClinicID, readOnly bool) (storage.DriverTx, error) {
	if err := d.usable(ctx); err != nil {
		return nil, err
	}
	if readOnly {
		return d.beginView(ctx, clinic)
	}
	return d.beginUpdate(ctx, clinic)
}

func (d *Driver) usable(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if d.closed.Load() {
		return &timebok.UnavailableError{What: "storage", Cause: errClosed}
	}
	return nil
}

// Close waits for the transactions under way and closes the file. Those that
// still queue fail. It may be called again.
func (d *Driver) Close() error {
	if d.closed.Swap(true) {
		return nil
	}
	d.readers.close()
	d.writer.close()
	return nil
}
