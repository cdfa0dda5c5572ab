package postgres

import (
	"context"
	"errors"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/timebok/timebok"
	"github.com/timebok/timebok/internal/sqlrow"
	"github.com/timebok/timebok/storage"
)

// A tx is a transaction of one clinic. What it saves is held until it reads or
// commits, so that a use-case is two round trips: the first begins, locks and
// reads, the second writes and commits.
type tx struct {
	d      *Driver
	id     timebok.ClinicID
	clinic any // id, as it is passed to PostgreSQL

	conn   *pgxpool.Conn // nil: none yet, or it is the host's
	host   bool          // it is within a transaction of the host's
	sender sender
	begin  []call
	end    string
	undo   []string
	begun  bool
	ended  bool
	failed error                       // what the commit must fail with
	broken bool                        // the connection is of no use any more
	undone bool                        // rolled back, but not ended
	after  func(context.Context) error // finds out more of why it failed, once it is undone

	anyway bool // fenced or not
	passed bool // the fence is looked at by what is read first
	view   bool
	seen   sqlrow.Seen // of a View

	held   sqlrow.Held
	proof  *timebok.Ref // a record that is there if the transaction was committed
	locks  []lockKey
	late   bool            // it asked for a lock against the order
	update context.Context // of Begin: the same in each run of an Update
	early  []call          // that take locks first of all
}

var (
	// A host may have set other defaults.
	beginUpdate = []call{{sql: "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE"}}
	undoUpdate  = []string{"ROLLBACK"}
	beginView   = []call{{sql: "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"}}

	errEnded    = timebok.Reasons{storage.Ended.At("")}.Refused()
	errReadOnly = timebok.Reasons{storage.ReadOnly.At("")}.Refused()
)

func newTx(d *Driver, clinic timebok.ClinicID) *tx {
	return &tx{d: d, id: clinic, clinic: id(clinic), begin: beginUpdate, end: "COMMIT", undo: undoUpdate}
}

// ClinicID is the clinic that the transaction is bound to.
func (t *tx) ClinicID() timebok.ClinicID { return t.id }

// ready reports why the transaction can't go on.
func (t *tx) ready(ctx context.Context) error {
	if t.ended {
		return errEnded
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	return t.failed
}

// connect takes a connection of the pool, if there is none yet.
func (t *tx) connect(ctx context.Context) error {
	if t.sender != nil {
		return nil
	}
	conn, err := t.d.pool.Acquire(ctx)
	if err != nil {
		return classify(ctx, err)
	}
	t.conn, t.sender = conn, conn
	return nil
}

// Commit stores what was saved.
func (t *tx) Commit(ctx context.Context) error {
	if t.ended {
		return errEnded
	}
	if t.view {
		return t.endView(ctx)
	}
	err := t.ready(ctx)
	if err == nil {
		err = t.commit(ctx)
	}
	if err != nil {
		t.Rollback()
		return err
	}
	t.ended = true
	t.release()
	return nil
}

// commit writes what is held and commits, in one round trip.
func (t *tx) commit(ctx context.Context) error {
	if t.host {
		return t.read(ctx, call{sql: t.end})
	}
	if err := t.connect(ctx); err != nil {
		return err
	}
	sure, stop := t.untilSure(ctx)
	err := t.trip(sure, call{sql: t.end})
	stop()
	if broken := (*brokenTrip)(nil); errors.As(err, &broken) {
		t.drop()
		return t.d.resolve(ctx, t.clinic, t.proof, broken.cause)
	}
	if err == nil && t.broken { // told to give up, it may not have waited for a standby
		t.drop()
		return t.d.resolve(ctx, t.clinic, t.proof, ctx.Err())
	}
	if ended := ctx.Err(); err != nil && ended != nil && errors.Is(err, timebok.ErrUnavailable) {
		return ended // the server was told to give up
	}
	return err
}

// grace is how long a server that was told to give up has for its answer.
const grace = 10 * time.Second

// untilSure returns a context for the commit that does not end with the caller's:
// that would cut the connection and leave the outcome unknown. Instead the server
// is told to give up what it waits for, and its answer is awaited.
func (t *tx) untilSure(ctx context.Context) (context.Context, func()) {
	sure := context.WithoutCancel(ctx)
	if ctx.Done() == nil || t.conn == nil {
		return sure, func() {}
	}
	conn, told := t.conn.Conn().PgConn(), make(chan struct{})
	stop := context.AfterFunc(ctx, func() {
		defer close(told)
		time.AfterFunc(grace, func() { _ = conn.Conn().SetDeadline(time.Unix(1, 0)) })
		graced, cancel := context.WithTimeout(sure, grace)
		defer cancel()
		_ = conn.CancelRequest(graced) // then the grace decides
	})
	return sure, func() {
		if !stop() {
			<-told
			t.broken = true // it might still reach whoever has the connection next
		}
	}
}

// Rollback forgets what was saved. What was read was committed.
func (t *tx) Rollback() error {
	if t.ended {
		return nil
	}
	t.rollback(context.Background())
	t.ended = true
	t.release()
	return nil
}

// rollback takes back what was sent. What it can't, the server does when the pool
// closes the connection.
func (t *tx) rollback(ctx context.Context) {
	if !t.begun || t.undone || t.broken {
		return
	}
	t.undone = true
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), grace)
	defer cancel()
	for _, sql := range t.undo {
		if err := t.exec(ctx, sql); err != nil {
			t.broken = true
			return
		}
	}
}

// exec executes a statement by itself.
func (t *tx) exec(ctx context.Context, sql string) error {
	return t.d.send(ctx, t.sender, call{sql: sql})
}

// release gives the connection back.
func (t *tx) release() {
	if t.broken {
		t.drop()
	}
	if t.conn != nil {
		t.conn.Release()
		t.conn, t.sender = nil, nil
	}
}

// drop gives back a connection that is of no use any more, so that the pool
// replaces it.
func (t *tx) drop() {
	t.broken = true
	if t.conn != nil {
		_ = t.conn.Conn().PgConn().Conn().Close()     // it is cut, or should be
		_ = t.conn.Conn().Close(context.Background()) // at once; else the pool would keep it
		t.conn.Release()
		t.conn, t.sender = nil, nil
	}
}

// endView lets the snapshot go and stores the audit entries that the View saved,
// in a transaction of their own.
func (t *tx) endView(ctx context.Context) error {
	if t.failed != nil || len(t.seen) == 0 {
		err := t.failed
		t.Rollback()
		return err
	}
	u := newTx(t.d, t.id)
	if t.begun {
		u.begin = append([]call{{sql: "COMMIT"}}, beginUpdate...)
	}
	u.conn, u.sender = t.conn, t.sender
	t.conn, t.sender, t.ended = nil, nil, true
	for _, e := range t.seen {
		u.Save(e)
	}
	return u.Commit(ctx)
}
