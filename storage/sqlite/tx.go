package sqlite

import (
	"context"

	"github.com/timebok/timebok"
	"github.com/timebok/timebok/storage"
)

// A tx is a transaction of one clinic. What it saves is held until it reads or
// commits.
type tx struct {
	d      *Driver
	conn   *conn
	id     timebok.ClinicID
	clinic []byte // id, as it is passed to SQLite
	end    func(ctx context.Context, ok bool) error
	ended  bool
	failed error // what the commit must fail with

	view    bool
	entries []timebok.AuditEntry // of a View

	held    []change
	at      map[recordKey]int   // where in held
	own     map[recordKey]int64 // version that this transaction wrote; 0: it deleted
	wrote   bool
	added   []recordKey // without a savepoint: to delete again
	savept  bool        // there is a savepoint to go back to
	spoiled bool        // SQLite may have given the whole transaction up
}

var (
	errEnded    = timebok.Reasons{storage.Ended.At("")}.Refused()
	errReadOnly = timebok.Reasons{storage.ReadOnly.At("")}.Refused()
)

func newTx(d *Driver, clinic timebok.ClinicID, c *conn) *tx {
	return &tx{d: d, conn: c, id: clinic, clinic: idBytes(clinic)}
}

// idBytes is an ID as SQLite gets it.
func idBytes[T any](id timebok.ID[T]) []byte { return id[:] }

// beginUpdate waits for the caller's turn to write in a clinic that is not fenced.
func (d *Driver) beginUpdate(ctx context.Context, clinic timebok.ClinicID) (*tx, error) {
	t, err := d.beginAnyway(ctx, clinic)
	if err != nil {
		return nil, err
	}
	if d.writer.fenced[clinic] {
		t.Rollback()
		return nil, storage.Fenced()
	}
	return t, nil
}

// beginAnyway waits for the caller's turn to write.
func (d *Driver) beginAnyway(ctx context.Context, clinic timebok.ClinicID) (*tx, error) {
	if err := d.usable(ctx); err != nil {
		return nil, err
	}
	if err := d.writer.take(ctx); err != nil {
		return nil, err
	}
	t := newTx(d, clinic, d.writer.conn)
	t.end = t.endUpdate
	return t, nil
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
	t := newTx(d, clinic, c)
	t.view = true
	t.end = t.endView
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
		err = t.flush()
	}
	if err != nil {
		t.Rollback()
		return err
	}
	t.ended = true
	return t.end(ctx, true)
}

// Rollback forgets what was saved.
func (t *tx) Rollback() {
	if t.ended {
		return
	}
	t.ended = true
	_ = t.end(context.Background(), false)
}

// endUpdate leaves the caller's writes in the shared transaction, or takes them
// out. Once they are left there, only the COMMIT decides: a context that ends
// could not say what became of them.
func (t *tx) endUpdate(_ context.Context, ok bool) error {
	w := t.d.writer
	if t.spoiled {
		w.abort(storage.LostRace(errShared))
		w.drop()
		w.leave()
		return nil
	}
	if !t.wrote {
		return w.yield(false)
	}
	var err error
	switch {
	case ok && t.savept:
		_, err = t.conn.exec("RELEASE timebok")
	case !ok && len(w.group) > 0:
		err = t.takeOut()
	case !ok:
		w.abort(nil) // alone so far
	}
	if err != nil {
		err = storage.LostRace(err)
		w.abort(err)
		w.drop()
		w.leave()
		return err
	}
	return w.yield(ok)
}

// takeOut takes the caller's writes out of the transaction that it shares.
func (t *tx) takeOut() error {
	t.conn.kept.forgetAll()
	if t.savept {
		for _, sql := range []string{"ROLLBACK TO timebok", "RELEASE timebok"} {
			if _, err := t.conn.exec(sql); err != nil {
				return err
			}
		}
	}
	for _, k := range t.added {
		if _, err := t.conn.exec(writes[k.kind].undo, t.clinic, k.id[:]); err != nil {
			return err
		}
	}
	return nil
}

// endView lets the snapshot go and stores the audit entries that the View saved.
func (t *tx) endView(ctx context.Context, ok bool) error {
	_, err := t.conn.exec("ROLLBACK")
	t.d.readers.give(t.conn, err == nil)
	if !ok || len(t.entries) == 0 {
		return nil
	}
	// The snapshot is gone: the entries are an Update of their own.
	u, err := t.d.beginUpdate(ctx, t.id)
	if err != nil {
		return err
	}
	for _, e := range t.entries {
		u.Save(e)
	}
	return u.Commit(ctx)
}

// write executes a statement that changes rows.
func (t *tx) write(sql string, args ...any) (int64, error) {
	if err := t.mark(); err != nil {
		return 0, err
	}
	return t.conn.exec(sql, args...)
}

// mark is called before each write. The first one sets a savepoint if the
// transaction holds the writes of others.
func (t *tx) mark() error {
	if t.savept {
		return nil
	}
	if t.shares() {
		if _, err := t.conn.exec("SAVEPOINT timebok"); err != nil {
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
func (t *tx) add(k recordKey, sql string, args []any) (int64, error) {
	t.wrote = true
	n, err := t.conn.exec(sql, args...)
	if n > 0 && !t.savept && t.shares() {
		t.added = append(t.added, k)
	}
	return n, err
}

// shares reports whether the transaction holds the writes of others. It does not
// change while the caller has the turn.
func (t *tx) shares() bool { return t.conn.kept != nil && len(t.d.writer.group) > 0 }
