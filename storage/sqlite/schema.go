package sqlite

import (
	"context"
	"database/sql/driver"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"os"

	"github.com/timebok/timebok"
)

//go:embed migrations/*.sql
var embedded embed.FS

// Migrations returns the migrations as plain SQL files, for hosts that run them
// with a tool of their own. The name of each begins with its number, from 1 up.
// Each is one transaction and notes itself in the table timebok_schema.
func Migrations() fs.FS {
	files, err := fs.Sub(embedded, "migrations")
	if err != nil {
		return embedded // can't be: the folder is embedded
	}
	return files
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
	Path string
	Have int // the version of the schema; 0: there is none
	Want int
}

func (e *SchemaError) Error() string {
	switch {
	case e.Have == 0:
		return fmt.Sprintf("timebok: storage/sqlite: %s has no schema: call Migrate first", e.Path)
	case e.Have < e.Want:
		return fmt.Sprintf("timebok: storage/sqlite: %s has schema %d, older than %d: call Migrate first", e.Path, e.Have, e.Want)
	}
	return fmt.Sprintf("timebok: storage/sqlite: %s has schema %d, newer than %d: use a newer version of the library", e.Path, e.Have, e.Want)
}

// Unwrap returns timebok.ErrUnavailable.
func (e *SchemaError) Unwrap() error { return timebok.ErrUnavailable }

// Migrate brings the database at a path to the schema of this version of the
// library, and makes it if there is none, readable to its owner only. It is safe
// to call at every start and from several processes. A newer schema is a
// *SchemaError. The options may be nil.
func Migrate(ctx context.Context, path string, o *Options) error {
	opts := o.orDefault()
	made, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return &timebok.UnavailableError{What: "storage", Cause: err}
	}
	if err := made.Close(); err != nil {
		return &timebok.UnavailableError{What: "storage", Cause: err}
	}
	c, err := file{path: path, driver: opts.Driver, busy: opts.BusyTimeout}.connect()
	if err != nil {
		return err
	}
	defer c.close()
	// WAL is kept in the file: connections find it there.
	for _, setting := range []string{"PRAGMA journal_mode = WAL", "PRAGMA synchronous = FULL"} {
		if err := c.run(setting); err != nil {
			return classify(err)
		}
	}
	names, err := migrations()
	if err != nil {
		return err
	}
	for i, name := range names {
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := migrateTo(c, path, i+1, name); err != nil {
			return err
		}
	}
	return nil
}

// migrateTo takes one step, if it isn't taken.
func migrateTo(c *conn, path string, version int, name string) error {
	if err := c.run("BEGIN IMMEDIATE"); err != nil {
		return classify(err)
	}
	defer func() { _ = c.run("ROLLBACK") }() // fails when committed, which is fine
	have, err := schemaVersion(c)
	if err != nil {
		return err
	}
	if have > latest() {
		return &SchemaError{Path: path, Have: have, Want: latest()}
	}
	if have >= version {
		return nil
	}
	text, err := fs.ReadFile(Migrations(), name)
	if err != nil {
		return err
	}
	if err := c.run(string(text)); err != nil {
		return fmt.Errorf("timebok: storage/sqlite: migration %s: %w", name, classify(err))
	}
	if got, err := schemaVersion(c); err != nil || got != version {
		return fmt.Errorf("timebok: storage/sqlite: migration %s left schema %d: %w", name, got, errors.Join(err, timebok.ErrUnavailable))
	}
	if err := c.run("COMMIT"); err != nil {
		return classify(err)
	}
	return nil
}

// schemaVersion returns the version of the schema, 0 if there is none.
func schemaVersion(c *conn) (int, error) {
	var there bool
	err := c.query("SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = 'timebok_schema'", nil,
		func([]driver.Value) error { there = true; return nil })
	if err != nil || !there {
		return 0, classify(err)
	}
	var version int64
	err = c.query("SELECT max(version) FROM timebok_schema", nil, func(row []driver.Value) error {
		version, _ = row[0].(int64)
		return nil
	})
	return int(version), classify(err)
}
