package sqlite

import (
	"database/sql/driver"
	"runtime"

	"github.com/timebok/timebok/storage"
)

// The line for the connection: callers that passed the turn on before they wrote
// what they saved. They write in the order of their turns, and each tells the one
// behind when it is through, and whether all before could write: if one could not -
// its record was there already, the disk was full - then those behind it have decided
// on something that is not so. None of them writes; their Updates are run again. The
// last of them, who has the turn still, forgets what is kept, and nobody after it is
// affected. It may happen again soon, but not to the same ones: for a while nobody
// passes the turn on before it wrote.
type line struct {
	last    chan bool // what the last in it tells; nil: there is no line
	length  int       // since there was none
	careful int       // so many turns are not passed on before their caller has written
}

// maxLine is how long a line becomes before the turn waits for it.
const maxLine = 16

// stepIn passes the turn on, if somebody waits for it. It returns what the one before
// in the line tells, and what the caller is to tell.
func (w *writer) stepIn() (before, behind chan bool) {
	if w.careful > 0 {
		w.careful--
		return nil, nil
	}
	if w.due() {
		return nil, nil
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if len(w.waiting) == 0 {
		return nil, nil
	}
	before, behind = w.last, make(chan bool, 1)
	w.last, w.length = behind, w.length+1
	w.countTurn()
	w.next()
	return before, behind
}

// settle waits until the line has run out, and reports whether all in it could write.
// Afterwards the caller, who has the turn, has the connection.
func (w *writer) settle() bool {
	sound := w.last == nil || <-w.last
	w.last, w.length = nil, 0
	if !sound {
		w.kept.forgetAll()
		w.careful = maxGroup
	}
	return sound
}

// A turn is what a caller has of the writer.
type turn struct {
	w      *writer   // nil: nothing; the connection is the caller's own
	conn   *conn     // nil: not waited for yet
	before chan bool // from the one before in the line; nil: there was none
	behind chan bool // to the one behind; nil: the caller has the turn still
	lost   error     // what it read is not so
}

// connect waits until the connection is free for the caller. All uses of it begin
// here.
func (t *turn) connect() (*conn, error) {
	if t.conn != nil || t.lost != nil {
		return t.conn, t.lost
	}
	sound := true
	switch {
	case t.behind == nil:
		sound = t.w.settle()
	case t.before != nil:
		sound = <-t.before
	}
	if !sound {
		t.lost = storage.LostRace(errShared)
		return nil, t.lost
	}
	t.conn = t.w.conn
	return t.conn, nil
}

// query calls each with every row.
func (t *turn) query(sql string, args []any, each func(row []driver.Value) error) error {
	c, err := t.connect()
	if err != nil {
		return err
	}
	return c.query(sql, args, each)
}

// exec executes a statement and returns how many rows it changed.
func (t *turn) exec(sql string, args ...any) (int64, error) {
	c, err := t.connect()
	if err != nil {
		return 0, err
	}
	return c.exec(sql, args...)
}

// passOn passes the turn on, if somebody waits for it. The caller must not use what
// is kept any more.
func (t *turn) passOn() {
	if t.w.length == maxLine || t.lost != nil {
		if _, err := t.connect(); err != nil {
			return
		}
	}
	t.before, t.behind = t.w.stepIn()
	// The connection is free: let another processor write, as this one is the first to
	// get at the next caller.
	if t.behind != nil && (t.before == nil || len(t.before) > 0) {
		runtime.Gosched()
	}
}

// leave hands on what the caller has of the writer. It is sound if the caller wrote
// all that is kept of it.
func (t *turn) leave(sound bool) {
	if t.behind != nil {
		t.behind <- sound
		return
	}
	if !sound {
		t.w.kept.forgetAll()
	}
	t.w.leave()
}

// yield is leave, and returns the outcome of the COMMIT, if the caller waits for one.
// It does if it has written something that is to be kept, and if others have: it may
// have read that, and what it found - a refusal as well - is true only once that is
// stored.
func (t *turn) yield(wrote, sound bool) error {
	if !wrote && len(t.w.group) == 0 {
		t.leave(sound)
		return nil
	}
	outcome := make(chan error, 1)
	t.w.group = append(t.w.group, outcome)
	t.leave(sound)
	return <-outcome
}
