package sqlite

import (
	"context"

	"github.com/timebok/timebok"
	"github.com/timebok/timebok/internal/sqlrow"
	"github.com/timebok/timebok/storage"
)

// A tx is a transaction of one clinic. What it saves is held until it reads or
// commits.
type tx struct {
	turn
	d      *Driver
	id     timebok.ClinicID
	clinic []byte // id, as it is passed to SQLite
	ended  bool
	failed error // what the commit must fail with

	view bool
	seen sqlrow.Seen // of a View

	held    sqlrow.Held
	wrote   bool               // or let be kept that it will
	added   []sqlrow.RecordKey // without a savepoint: to delete again
	savept  bool               // there is a savepoint to go back to
	spoiled bool               // SQLite may have given the whole transaction up
}

var (
	errEnded    = timebok.Reasons{storage.Ended.At("")}.Refused()
	errReadOnly = timebok.Reasons{storage.ReadOnly.At("")}.Refused()
)

func newTx(d *Driver, clinic timebok.ClinicID) *tx {
	return &tx{d: d, id: clinic, clinic: idBytes(clinic)}
}

// idBytes is an ID as SQLite gets it.
func idBytes[T any](id timebok.ID[T]) []byte { return id[:] }

// beginUpdate waits for the caller's turn to write in a clinic that is not fenced.
func (d *Driver) beginUpdate(ctx context.Context, clinic timebok.ClinicID) (*tx, error) {
	if err := d.writer.take(ctx); err != nil {
		return nil, err
	}
	t := newTx(d, clinic)
	t.w = d.writer
	return t.unfenced()
}

// beginAnyway waits for the turn and the connection, so that nobody's failure makes
// the caller's.
func (d *Driver) beginAnyway(ctx context.Context, clinic timebok.ClinicID) (*tx, error) {
	if err := d.usable(ctx); err != nil {
		return nil, err
	}
	if err := d.writer.takeAll(ctx); err != nil {
		return nil, err
	}
	t := newTx(d, clinic)
	t.w = d.writer
	return t, nil
}

// unfenced ends the transaction if its clinic is fenced.
func (t *tx) unfenced() (*tx, error) {
	if !t.w.fenced[t.id] {
		return t, nil
	}
	if unfounded := t.Rollback(); unfounded != nil {
		return nil, unfounded
	}
	return nil, storage.Fenced()
}

// beginView begins a transaction on a reading connection. Its snapshot is taken by
// its first statement, and no later one moves it.
func (d *Driver) beginView(ctx context.Context, clinic timebok.ClinicID) (*tx, error) {
	c, err := d.readers.take(ctx)
	if err != nil {
		return nil, err
	}
	if _, err := c.exec("BEGIN"); err != nil {
		d.readers.give(c, false)
		return nil, classify(err)
	}
	t := newTx(d, clinic)
	t.conn, t.view = c, true
	return t, nil
}

// ClinicID is the clinic that the transaction is bound to.
func (t *tx) ClinicID() timebok.ClinicID { return t.id }

// ready is called before each reading: it sends what is held, so that the
// transaction sees its own writes.
func (t *tx) ready(ctx context.Context) error {
	if t.ended {
		return errEnded
	}
	if t.lost != nil {
		return t.lost
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	return t.flush()
}

// Commit stores what was saved. It returns once that is on disk.
func (t *tx) Commit(ctx context.Context) error {
	if t.ended {
		return errEnded
	}
	err := ctx.Err()
	if err == nil {
		err = t.flushLast()
	}
	if err != nil {
		if unfounded := t.Rollback(); unfounded != nil {
			return unfounded
		}
		return err
	}
	t.ended = true
	switch {
	case t.view:
		return t.endView(ctx, true)
	case t.w == nil:
		return t.endJoin(true)
	}
	return t.endUpdate(true)
}

// Rollback forgets what was saved. It fails if others wrote what the transaction may
// have read, and that is not stored.
func (t *tx) Rollback() error {
	if t.ended {
		return nil
	}
	t.ended = true
	switch {
	case t.view:
		return t.endView(context.Background(), false)
	case t.w == nil:
		return t.endJoin(false)
	}
	if !t.wrote && !t.spoiled {
		t.passOn()
	}
	return t.endUpdate(false)
}

// endUpdate leaves the caller's writes in the shared transaction, or takes them
// out. Once they are left there, only the COMMIT decides: a context that ends
// could not say what became of them.
func (t *tx) endUpdate(ok bool) error {
	_, err := t.connect()
	switch {
	case err != nil: // it has written nothing
		t.leave(false)
		return err
	case t.spoiled:
		t.giveUp(errShared)
		return t.failed
	case ok && t.savept:
		_, err = t.exec("RELEASE timebok")
	case !ok && t.wrote && len(t.w.group) > 0:
		err = t.takeOut()
	case !ok && t.wrote:
		t.w.abort(nil) // alone so far
	}
	if err != nil {
		return t.giveUp(err)
	}
	return t.yield(ok && t.wrote, ok || !t.wrote)
}

// giveUp ends the transaction for all who share it.
func (t *tx) giveUp(cause error) error {
	lost := storage.LostRace(cause)
	t.w.abort(lost)
	t.w.drop()
	t.leave(false)
	return lost
}

// takeOut takes the caller's writes out of the transaction that it shares.
func (t *tx) takeOut() error {
	if t.savept {
		for _, sql := range []string{"ROLLBACK TO timebok", "RELEASE timebok"} {
			if _, err := t.exec(sql); err != nil {
				return err
			}
		}
	}
	for _, k := range t.added {
		if _, err := t.exec(writes[k.Kind].undo, t.clinic, k.ID[:]); err != nil {
			return err
		}
	}
	return nil
}

// endView lets the snapshot go and stores the audit entries that the View saved.
func (t *tx) endView(ctx context.Context, ok bool) error {
	_, err := t.conn.exec("ROLLBACK")
	t.d.readers.give(t.conn, err == nil)
	if !ok || len(t.seen) == 0 {
		return nil
	}
	// The snapshot is gone: the entries are an Update of their own.
	u, err := t.d.beginAnyway(ctx, t.id)
	if err == nil {
		u, err = u.unfenced()
	}
	if err != nil {
		return err
	}
	for _, e := range t.seen {
		u.Save(e)
	}
	return u.Commit(ctx)
}

// write executes a statement that changes rows.
func (t *tx) write(sql string, args ...any) (int64, error) {
	if err := t.mark(); err != nil {
		return 0, err
	}
	return t.exec(sql, args...)
}

// mark is called before each write. The first one sets a savepoint if the
// transaction holds the writes of others.
func (t *tx) mark() error {
	if _, err := t.connect(); err != nil || t.savept {
		return err
	}
	if t.shares() {
		if _, err := t.exec("SAVEPOINT timebok"); err != nil {
			t.spoiled = true
			return err
		}
		t.savept = true
	}
	t.wrote = true
	return nil
}

// add writes a new record. That needs no savepoint, which costs as much as a write:
// it is deleted to take it back.
func (t *tx) add(k sqlrow.RecordKey, sql string, args []any) (int64, error) {
	t.wrote = true
	n, err := t.exec(sql, args...)
	if n > 0 && !t.savept && t.shares() {
		t.added = append(t.added, k)
	}
	return n, err
}

// shares reports whether the transaction holds the writes of others. It does not
// change while the caller has the connection.
func (t *tx) shares() bool { return t.w != nil && len(t.w.group) > 0 }
