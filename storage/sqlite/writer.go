package sqlite

import (
	"context"
	"slices"
	"sync"
	"time"

	"github.com/timebok/timebok"
)

// A writer lets callers write in the order in which they came, in two stages.
//
// The first is the turn: one caller at a time reads what is kept, decides and
// saves. The second is the one connection that writes: one at a time sends to
// SQLite what it saved. A caller with nothing left to decide passes the turn on and
// steps into the line for the connection, so that the next one decides while it
// waits and writes (line.go). Whoever has the turn gets the connection as well when
// the line has run out; then nobody else has a part of the writer.
//
// The callers between a BEGIN and its COMMIT are a group, from the first that has
// something to keep. Each joins it when it is through with the connection, and is
// told of the COMMIT's outcome by whoever carries it out (group.go): the last one, when
// nobody waits for the turn.
type writer struct {
	open  func() (*conn, error)
	delay time.Duration // maxDelay, but for tests

	mu      sync.Mutex
	busy    bool            // somebody has the turn
	waiting []chan struct{} // closed when it is the waiter's turn
	closed  bool

	// Of whoever has the turn.
	kept   *kept
	fenced map[timebok.ClinicID]bool // as it stands in the transaction
	turns  int                       // that ended in the transaction
	since  time.Time                 // when the first of them did
	line

	// Of whoever has the connection.
	conn  *conn        // nil: not open
	begun bool         // a transaction is open
	group []chan error // members that wait for the COMMIT
}

// take waits for the caller's turn, and for an open transaction in it. While there
// is a line for the connection it is open.
func (w *writer) take(ctx context.Context) error {
	if err := w.await(ctx); err != nil {
		return err
	}
	if w.last != nil {
		return nil
	}
	return w.begin()
}

// takeAll waits for the caller's turn and for the connection. As it has read nothing
// yet, it does not matter to it how the line ended.
func (w *writer) takeAll(ctx context.Context) error {
	if err := w.await(ctx); err != nil {
		return err
	}
	w.settle()
	return w.begin()
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

// leave ends a turn, once the line has run out.
func (w *writer) leave() {
	w.settle()
	w.countTurn()
	if w.begun && w.due() {
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
	if w.next() {
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

// next hands the turn to the first who waits. The caller has mu.
func (w *writer) next() bool {
	if len(w.waiting) == 0 {
		return false
	}
	close(w.waiting[0])
	w.waiting = w.waiting[1:]
	return true
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
