package postgres

import (
	"context"

	"github.com/jackc/pgx/v5"
	"github.com/timebok/timebok"
	"github.com/timebok/timebok/storage"
)

// readCommitted fails, as noRow does, in a transaction that reads one snapshot:
// it would not see what was committed while it waited for a lock.
const readCommitted = "SELECT 1 / (current_setting('transaction_isolation') = 'read committed')::int"

// Join runs fn in an open transaction of the host's, so that its use-cases and the
// host's own changes are committed together, or not at all. What fn saved is
// written when Join returns nil; the locks are held until the host commits or
// rolls back. When Join returns an error nothing of fn is left, and the host's
// transaction goes on.
//
// The transaction is at the isolation level read committed, which is PostgreSQL's
// own default, and its connection is one to the tables of this driver. A lost race
// is a timebok.ErrConflict: the host runs its transaction again.
func (d *Driver) Join(ctx context.Context, host pgx.Tx, clinic timebok.ClinicID, fn func(ctx context.Context, tx storage.Tx) error) error {
	if clinic.IsZero() {
		return timebok.Reasons{timebok.Missing.At("Clinic")}.Invalid()
	}
	if err := d.ready(ctx); err != nil {
		return err
	}
	t := newTx(d, clinic)
	t.host, t.sender = true, host
	t.begin = []call{{sql: "SAVEPOINT timebok"}, {sql: readCommitted, fail: func(err error) error {
		if e, refused := refusalOf(err); refused && e.Code == divisionByZero {
			return timebok.Reasons{timebok.BadValue.At("Isolation")}.Invalid()
		}
		return err
	}}}
	t.end = "RELEASE SAVEPOINT timebok"
	t.undo = []string{"ROLLBACK TO SAVEPOINT timebok", "RELEASE SAVEPOINT timebok"}
	defer t.Rollback() // of an error, or a panic on its way up
	if err := fn(ctx, t); err != nil {
		return err
	}
	return t.Commit(ctx)
}
