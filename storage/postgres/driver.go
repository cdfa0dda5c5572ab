package postgres

import (
	"context"
	"errors"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/timebok/timebok"
	"github.com/timebok/timebok/storage"
)

// A Driver keeps clinics in a PostgreSQL database. It is safe for concurrent use.
type Driver struct {
	pool    *pgxpool.Pool
	owned   bool   // the pool is closed with the driver
	prefix  string // of every table
	guard   bool   // the database itself keeps bookings from overlapping
	stamped bool   // the database says when settings have changed
	shelf   shelf
	texts   sync.Map // SQL by template
	left    sync.Map // locks to begin with, by context
	closed  atomic.Bool
}

var _ storage.Driver = (*Driver)(nil)

// Options tune a Driver and its Migrate. Nil is the zero Options, which are the
// defaults.
type Options struct {
	// Schema is the PostgreSQL schema of the tables, which Migrate makes; empty: the
	// one that the connections find first, "public" unless told otherwise.
	Schema string
	// WithoutExclusion leaves out the exclusion constraint against overlapping
	// bookings, for databases that know none. The driver then looks for overlaps
	// before each commit, under the practitioner's lock.
	WithoutExclusion bool
	// WithoutTriggers leaves out the triggers that note when the settings of a
	// clinic change, for databases that know none. The driver then reads the settings
	// for each booking.
	WithoutTriggers bool
}

func (o *Options) orDefault() Options {
	if o == nil {
		return Options{}
	}
	return *o
}

// prefix is what stands before the name of a table.
func (o Options) prefix() string {
	if o.Schema == "" {
		return ""
	}
	return pgx.Identifier{o.Schema}.Sanitize() + "."
}

var (
	errClosed = errors.New("timebok: storage/postgres: the driver is closed")
	errDSN    = errors.New("timebok: storage/postgres: the DSN can't be read")
)

// Open connects to the database that a DSN names, with a pool of its own, which
// Close closes. The pool is set in the DSN, as by pool_max_conns: two to four
// connections for each processor of the server are plenty. The options may be nil.
//
// Open and New change no schema: where there is none, or not the one of this
// version, they fail with a *SchemaError, and Migrate is to be called first.
func Open(ctx context.Context, dsn string, o *Options) (*Driver, error) {
	config, err := pgxpool.ParseConfig(dsn)
	if err != nil {
		return nil, unavailable(errDSN) // the cause quotes the DSN, and not every password in one is found and masked
	}
	pool, err := pgxpool.NewWithConfig(ctx, config)
	if err != nil {
		return nil, unavailable(err)
	}
	d, err := New(ctx, pool, o)
	if err != nil {
		pool.Close()
		return nil, err
	}
	d.owned = true
	return d, nil
}

// New returns a driver on a pool of the host's, which stays the host's to close.
// Every mode of pgx that uses the extended protocol works, so that of PgBouncer
// too (pgx.QueryExecModeExec). The options may be nil.
func New(ctx context.Context, pool *pgxpool.Pool, o *Options) (*Driver, error) {
	opts := o.orDefault()
	d := &Driver{pool: pool, prefix: opts.prefix()}
	have, err := schemaVersion(ctx, pool, d.prefix)
	if err != nil {
		return nil, err
	}
	if have != latest() {
		return nil, &SchemaError{Schema: opts.Schema, Have: have, Want: latest()}
	}
	if d.guard, err = hasOverlapConstraint(ctx, pool, d.prefix); err != nil {
		return nil, err
	}
	if d.stamped, err = hasStamps(ctx, pool, d.prefix); err != nil {
		return nil, err
	}
	return d, nil
}

// sql puts the prefix of the tables where a statement has {}.
func (d *Driver) sql(template string) string {
	if sql, ok := d.texts.Load(template); ok {
		return sql.(string)
	}
	sql := d.fill(template)
	d.texts.Store(template, sql)
	return sql
}

func (d *Driver) fill(template string) string { return strings.ReplaceAll(template, "{}", d.prefix) }

// Begin starts a transaction. Nothing is sent yet: BEGIN goes with what the
// transaction reads or writes first.
func (d *Driver) Begin(ctx context.Context, clinic timebok.ClinicID, readOnly bool) (storage.DriverTx, error) {
	if err := d.ready(ctx); err != nil {
		return nil, err
	}
	t := newTx(d, clinic)
	if readOnly {
		t.view, t.begin = true, beginView
	} else {
		t.update = ctx
		t.early = t.lockAll(d.takeLocks(ctx))
	}
	return t, nil
}

func (d *Driver) ready(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if d.closed.Load() {
		return unavailable(errClosed)
	}
	return nil
}

// Close closes the pool that Open opened, once its transactions have ended. It may
// be called again.
func (d *Driver) Close() error {
	if !d.closed.Swap(true) && d.owned {
		d.pool.Close()
	}
	return nil
}
