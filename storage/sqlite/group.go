package sqlite

import (
	"database/sql/driver"
	"errors"
	"time"

	"github.com/timebok/timebok/storage"
)

// How long a shared transaction may grow before it is committed although others
// wait: so many members, or so much time since the first.
const (
	maxGroup = 128
	maxDelay = 10 * time.Millisecond
)

// begin opens the connection and the transaction, unless they are open. If it can't,
// the turn is over.
func (w *writer) begin() error {
	if w.begun {
		return nil
	}
	err := w.tryBegin()
	if err != nil {
		w.leave()
	}
	return err
}

func (w *writer) tryBegin() error {
	if w.conn == nil {
		c, err := w.open()
		if err != nil {
			return err
		}
		w.conn = c
		w.kept.forgetAll() // its data_version is not to be compared with another's
	}
	if _, err := w.conn.exec("BEGIN IMMEDIATE"); err != nil {
		if codeOf(err) != codeBusy {
			w.drop()
		}
		return classify(err)
	}
	w.begun, w.turns = true, 0
	if err := w.catchUp(); err != nil {
		w.abort(nil)
		w.kept.forgetAll()
		return err
	}
	return nil
}

// catchUp forgets what others have changed since the last transaction. Once in each
// is enough: BEGIN IMMEDIATE has the file's lock for writing until the COMMIT, and
// who decides before it has the connection does so within the transaction.
func (w *writer) catchUp() error {
	var version int64
	err := w.conn.query("PRAGMA data_version", nil, func(row []driver.Value) error {
		version, _ = row[0].(int64)
		return nil
	})
	if err != nil {
		return classify(err)
	}
	if w.kept.asOf(version) {
		return nil
	}
	return w.readFences()
}

// countTurn counts a turn that ends.
func (w *writer) countTurn() {
	if w.turns++; w.turns == 1 {
		w.since = time.Now()
	}
}

// due reports whether the transaction has grown enough.
func (w *writer) due() bool {
	return w.turns >= maxGroup || w.turns > 0 && time.Since(w.since) > w.delay
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
		w.begun = false
		w.tell(nil)
		return
	case codeOf(err) == codeIO:
		// The commit may be in the log although the sync of it failed.
		w.abort(storage.UnknownOutcome(err))
		w.drop()
	default:
		w.abort(classify(err))
	}
	w.kept.forgetAll()
}

var errShared = errors.New("timebok: storage/sqlite: a transaction that was shared with others failed")

// abort rolls the whole transaction back and tells the group so. What is kept of it
// is for whoever has the turn to forget.
func (w *writer) abort(err error) {
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
}

// drop closes a connection that is not to be trusted any more.
func (w *writer) drop() {
	if w.conn != nil {
		w.conn.close()
		w.conn = nil
	}
}
