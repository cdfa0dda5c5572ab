package sqlite

import (
	"context"
	"database/sql/driver"
	"errors"
	"slices"
	"sync"
	"time"

	"github.com/timebok/timebok"
	"github.com/timebok/timebok/storage"
)

// How long a shared transaction may grow before it is committed although others
// wait: so many members, or so much time since the first.
const (
	maxGroup = 128
	maxDelay = 10 * time.Millisecond
)

// A writer owns the one connection that writes, and hands it from one caller to
// the next in the order in which they came. The one whose turn it is may use the
// fields below mu's without a lock.
//
// The callers between a BEGIN and its COMMIT are a group, from the first that has
// something to keep. Each joins it when its turn ends, and is told of the COMMIT's
// outcome by whoever carries it out: the last one, when nobody waits.
type writer struct {
	open  func() (*conn, error)
	delay time.Duration // maxDelay, but for tests
	keep  int           // maxKept, but for tests

	mu      sync.Mutex
	busy    bool            // somebody has the turn
	waiting []chan struct{} // closed when it is the waiter's turn
	closed  bool

	conn   *conn                     // nil: not open
	begun  bool                      // a transaction is open
	fenced map[timebok.ClinicID]bool // as it stands in the transaction
	group  []chan error              // members that wait for the COMMIT
	since  time.Time                 // when the first of them began to
}

// take waits for the caller's turn, and for an open transaction in it.
func (w *writer) take(ctx context.Context) error {
	if err := w.await(ctx); err != nil {
		return err
	}
	if err := w.begin(); err != nil {
		w.leave()
		return err
	}
	return nil
}

func (w *writer) await(ctx context.Context) error {
	w.mu.Lock()
	if w.closed {
		w.mu.Unlock()
		return &timebok.UnavailableError{What: "storage", Cause: errClosed}
	}
	if !w.busy {
		w.busy = true
		w.mu.Unlock()
		return nil
	}
	turn := make(chan struct{})
	w.waiting = append(w.waiting, turn)
	w.mu.Unlock()
	select {
	case <-turn:
	case <-ctx.Done():
		if !w.forget(turn) { // the turn came at the same time
			<-turn
			w.leave()
		}
		return ctx.Err()
	}
	return nil
}

// forget takes a waiter out of the queue, if it still is there.
func (w *writer) forget(turn chan struct{}) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	i := slices.Index(w.waiting, turn)
	if i < 0 {
		return false
	}
	w.waiting = slices.Delete(w.waiting, i, i+1)
	return true
}

// begin opens the connection and the transaction, unless they are open.
func (w *writer) begin() error {
	if w.conn == nil {
		c, err := w.open()
		if err != nil {
			return err
		}
		c.kept = newKept(w.keep)
		w.conn = c
	}
	if w.begun {
		return nil
	}
	if _, err := w.conn.exec("BEGIN IMMEDIATE"); err != nil {
		if codeOf(err) != codeBusy {
			w.drop()
		}
		return classify(err)
	}
	w.begun = true
	if err := w.catchUp(); err != nil {
		w.abort(nil)
		return err
	}
	return nil
}

// catchUp forgets what others have changed since the last transaction.
func (w *writer) catchUp() error {
	var version int64
	err := w.conn.query("PRAGMA data_version", nil, func(row []driver.Value) error {
		version, _ = row[0].(int64)
		return nil
	})
	if err != nil {
		return classify(err)
	}
	if w.conn.kept.asOf(version) {
		return nil
	}
	return w.readFences()
}

// yield ends the caller's turn and returns the outcome of the COMMIT, if it waits
// for one. It does if it has written something that is to be kept, and if others
// have: it may have read that, and what it found - a refusal as well - is true
// only once that is stored.
func (w *writer) yield(wrote bool) error {
	if !wrote && len(w.group) == 0 {
		w.leave()
		return nil
	}
	outcome := make(chan error, 1)
	if len(w.group) == 0 {
		w.since = time.Now()
	}
	w.group = append(w.group, outcome)
	w.leave()
	return <-outcome
}

// leave ends the turn of a caller who waits for nothing.
func (w *writer) leave() {
	if len(w.group) >= maxGroup || len(w.group) > 0 && time.Since(w.since) > w.delay {
		w.commit()
	}
	for !w.pass() {
		w.commit() // nobody waits
	}
}

// pass hands the turn to the next one, or ends it if nobody waits and nothing is
// left to commit.
func (w *writer) pass() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	if len(w.waiting) > 0 {
		close(w.waiting[0])
		w.waiting = w.waiting[1:]
		return true
	}
	if w.begun {
		return false
	}
	if w.closed && w.conn != nil {
		w.conn.close()
		w.conn = nil
	}
	w.busy = false
	return true
}

// commit ends the transaction and tells the group.
func (w *writer) commit() {
	if len(w.group) == 0 {
		w.rollback() // nothing was written
		return
	}
	_, err := w.conn.exec("COMMIT")
	switch {
	case err == nil:
		w.tell(nil)
	case codeOf(err) == codeIO:
		// The commit may be in the log although the sync of it failed.
		w.abort(storage.UnknownOutcome(err))
		w.drop()
	default:
		w.abort(classify(err))
	}
}

var errShared = errors.New("timebok: storage/sqlite: a transaction that was shared with others failed")

// abort rolls the whole transaction back and tells the group so.
func (w *writer) abort(err error) {
	if w.conn != nil {
		w.conn.kept.forgetAll()
	}
	w.rollback()
	w.tell(err)
}

func (w *writer) rollback() {
	if w.conn != nil {
		if _, err := w.conn.exec("ROLLBACK"); err != nil {
			w.drop() // SQLite rolled back by itself, or can't any more
		}
	}
	w.begun = false
}

func (w *writer) tell(err error) {
	for _, member := range w.group {
		member <- err
	}
	w.group = w.group[:0]
	w.begun = false
}

// drop closes a connection that is not to be trusted any more.
func (w *writer) drop() {
	if w.conn != nil {
		w.conn.close()
		w.conn = nil
	}
}

// close lets those who wait have their turns, and closes the connection.
func (w *writer) close() {
	w.mu.Lock()
	w.closed = true
	if w.busy {
		turn := make(chan struct{})
		w.waiting = append(w.waiting, turn)
		w.mu.Unlock()
		<-turn
	} else {
		w.busy = true
		w.mu.Unlock()
	}
	w.leave()
}
