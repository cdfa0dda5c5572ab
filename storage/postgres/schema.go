package postgres

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/timebok/timebok"
)

//go:embed migrations/*.sql overlap.sql stamp.sql
var embedded embed.FS

// Migrations returns the migrations as plain SQL files, for hosts that run them
// with a tool of their own. The name of each begins with its number, from 1 up.
// Each is one transaction and notes itself in the table timebok_schema. Tables are
// named without a schema: the tool's search_path says where they go.
//
// OverlapConstraint and Stamps are not among them, since not every database can
// run them.
func Migrations() fs.FS {
	files, err := fs.Sub(embedded, "migrations")
	if err != nil {
		return embedded // can't be: the folder is embedded
	}
	return files
}

// OverlapConstraint is the SQL of the second guard against overlapping bookings,
// to be run once after the migrations. It needs the extension btree_gist.
func OverlapConstraint() string {
	text, _ := embedded.ReadFile("overlap.sql") // it is embedded
	return string(text)
}

// Stamps is the SQL of the triggers that note when the settings of a clinic change,
// to be run once after the migrations. Without them the driver reads the settings
// for each booking.
func Stamps() string {
	text, _ := embedded.ReadFile("stamp.sql") // it is embedded
	return string(text)
}

// migrations names the files in order, so that the first is version 1.
func migrations() ([]string, error) { return fs.Glob(Migrations(), "*.sql") }

// latest is the version of the schema that this version of the library works on.
func latest() int {
	names, _ := migrations() // the pattern is well formed
	return len(names)
}

// A SchemaError says that the database does not have the schema that this version
// of the library works on.
type SchemaError struct {
	Schema string // as in Options
	Have   int    // the version of the schema; 0: there is none
	Want   int
}

func (e *SchemaError) Error() string {
	where := "the database"
	if e.Schema != "" {
		where = fmt.Sprintf("the schema %q", e.Schema)
	}
	switch {
	case e.Have == 0:
		return fmt.Sprintf("timebok: storage/postgres: %s has no tables of Timebok: call Migrate first", where)
	case e.Have < e.Want:
		return fmt.Sprintf("timebok: storage/postgres: %s is at version %d, older than %d: call Migrate first", where, e.Have, e.Want)
	}
	return fmt.Sprintf("timebok: storage/postgres: %s is at version %d, newer than %d: use a newer version of the library", where, e.Have, e.Want)
}

// Unwrap returns timebok.ErrUnavailable.
func (e *SchemaError) Unwrap() error { return timebok.ErrUnavailable }

// A Beginner starts transactions: a *pgxpool.Pool or a *pgx.Conn.
type Beginner interface {
	Begin(ctx context.Context) (pgx.Tx, error)
}

// Migrate brings the tables to the version of this library, and makes them and
// their schema if there are none. It is safe to call at every start and from
// several processes: one at a time works, behind a row lock, in a transaction for
// each step. A newer schema is a *SchemaError. The options may be nil.
//
// It does so by itself rather than by a library: what it needs is the loop below.
func Migrate(ctx context.Context, db Beginner, o *Options) error {
	opts := o.orDefault()
	m := migration{db, opts}
	names, err := migrations()
	if err != nil {
		return err
	}
	if err := m.prepare(ctx); err != nil {
		return err
	}
	for i, name := range names {
		if err := m.step(ctx, i+1, name); err != nil {
			return err
		}
	}
	if !opts.WithoutExclusion {
		if err := m.guard(ctx); err != nil {
			return err
		}
	}
	if !opts.WithoutTriggers {
		return m.stamps(ctx)
	}
	return nil
}

type migration struct {
	db   Beginner
	opts Options
}

// prepare makes the table that is locked and that notes the versions. Two that
// make it at once run into each other in the catalog, even so carefully: then the
// loser looks again.
func (m migration) prepare(ctx context.Context) error {
	sql := "CREATE TABLE IF NOT EXISTS timebok_schema (version bigint PRIMARY KEY, name text NOT NULL);" +
		" INSERT INTO timebok_schema VALUES (0, 'lock') ON CONFLICT DO NOTHING"
	if m.opts.Schema != "" {
		sql = "CREATE SCHEMA IF NOT EXISTS " + pgx.Identifier{m.opts.Schema}.Sanitize() + "; " + sql
	}
	for attempt := 1; ; attempt++ {
		err := m.within(ctx, func(tx pgx.Tx) error { return run(ctx, tx, sql) })
		e, refused := refusalOf(err)
		lost := refused && slices.Contains([]string{uniqueViolation, "42P06", "42P07", "42710", "XX000"}, e.Code)
		if !lost || attempt == 10 {
			return m.failed(ctx, "the table of versions", err)
		}
		time.Sleep(time.Duration(attempt) * 10 * time.Millisecond)
	}
}

// step takes one step, if it isn't taken.
func (m migration) step(ctx context.Context, version int, name string) error {
	text, err := fs.ReadFile(Migrations(), name)
	if err != nil {
		return err
	}
	err = m.locked(ctx, func(tx pgx.Tx) error {
		have, err := versionIn(ctx, tx)
		if err != nil {
			return err
		}
		if have > latest() {
			return &SchemaError{Schema: m.opts.Schema, Have: have, Want: latest()}
		}
		if have >= version {
			return nil
		}
		if err := run(ctx, tx, string(text)); err != nil {
			return err
		}
		if got, err := versionIn(ctx, tx); err != nil || got != version {
			return errors.Join(fmt.Errorf("it left version %d", got), err)
		}
		return nil
	})
	return m.failed(ctx, "migration "+name, err)
}

// guard adds the constraint against overlaps, if it isn't there.
func (m migration) guard(ctx context.Context) error {
	err := m.locked(ctx, func(tx pgx.Tx) error {
		there, err := hasOverlapConstraint(ctx, tx, "")
		if err != nil || there {
			return err
		}
		return run(ctx, tx, OverlapConstraint())
	})
	return m.failed(ctx, "the constraint against overlaps", err)
}

// stamps adds the triggers, if they aren't there.
func (m migration) stamps(ctx context.Context) error {
	err := m.locked(ctx, func(tx pgx.Tx) error {
		there, err := hasStamps(ctx, tx, "")
		if err != nil || there {
			return err
		}
		return run(ctx, tx, Stamps())
	})
	return m.failed(ctx, "the triggers", err)
}

// locked runs fn in a transaction that no other migration runs beside.
func (m migration) locked(ctx context.Context, fn func(pgx.Tx) error) error {
	return m.within(ctx, func(tx pgx.Tx) error {
		if err := run(ctx, tx, "SELECT 1 FROM timebok_schema WHERE version = 0 FOR UPDATE"); err != nil {
			return err
		}
		return fn(tx)
	})
}

// within runs fn in a transaction that makes tables in the schema of the options.
func (m migration) within(ctx context.Context, fn func(pgx.Tx) error) error {
	return pgx.BeginFunc(ctx, m.db, func(tx pgx.Tx) error {
		if m.opts.Schema != "" {
			if err := run(ctx, tx, "SET LOCAL search_path TO "+pgx.Identifier{m.opts.Schema}.Sanitize()); err != nil {
				return err
			}
		}
		return fn(tx)
	})
}

func (m migration) failed(ctx context.Context, what string, err error) error {
	if err == nil || isTyped(err) {
		return err
	}
	return fmt.Errorf("timebok: storage/postgres: %s: %w", what, errors.Join(classify(ctx, err), err))
}

// run executes statements, and reads nothing.
func run(ctx context.Context, tx pgx.Tx, sql string) error {
	return tx.Conn().PgConn().Exec(ctx, sql).Close()
}

type querier interface {
	QueryRow(ctx context.Context, sql string, args ...any) pgx.Row
}

// schemaVersion returns the version of the schema, 0 if there is none.
func schemaVersion(ctx context.Context, q querier, prefix string) (int, error) {
	var version int
	err := q.QueryRow(ctx, "SELECT coalesce(max(version), 0) FROM "+prefix+"timebok_schema").Scan(&version)
	if e, refused := refusalOf(err); refused && (e.Code == undefinedTable || e.Code == undefinedSchema) {
		return 0, nil
	}
	return version, classify(ctx, err)
}

// versionIn is schemaVersion within a migration, where the table is there.
func versionIn(ctx context.Context, tx pgx.Tx) (version int, err error) {
	err = tx.QueryRow(ctx, "SELECT max(version) FROM timebok_schema").Scan(&version)
	return version, err
}

func hasOverlapConstraint(ctx context.Context, q querier, prefix string) (there bool, err error) {
	err = q.QueryRow(ctx, "SELECT EXISTS (SELECT 1 FROM pg_constraint WHERE conname = 'booking_overlap' AND conrelid = $1::text::regclass)",
		prefix+"booking").Scan(&there)
	return there, classify(ctx, err)
}
