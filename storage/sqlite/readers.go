package sqlite

import (
	"context"
	"sync"

	"github.com/timebok/timebok"
)

// Readers are the connections of Views, opened when they are needed and kept.
type readers struct {
	open  func() (*conn, error)
	slots chan struct{} // holds a token for each that is in use

	mu     sync.Mutex
	idle   []*conn
	closed bool
}

// take waits for a connection.
func (r *readers) take(ctx context.Context) (*conn, error) {
	select {
	case r.slots <- struct{}{}:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	c, closed := r.pop()
	if c != nil {
		return c, nil
	}
	err := error(&timebok.UnavailableError{What: "storage", Cause: errClosed})
	if !closed {
		c, err = r.open()
	}
	if err != nil {
		<-r.slots
		return nil, err
	}
	return c, nil
}

// pop takes a connection that is idle, if there is one, and reports whether there
// will be no more.
func (r *readers) pop() (c *conn, closed bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if n := len(r.idle); n > 0 {
		c, r.idle = r.idle[n-1], r.idle[:n-1]
	}
	return c, r.closed
}

// give returns a connection. One that is not sound is closed.
func (r *readers) give(c *conn, sound bool) {
	if sound {
		r.mu.Lock()
		r.idle = append(r.idle, c)
		r.mu.Unlock()
	} else {
		c.close()
	}
	<-r.slots
}

// close waits for the connections in use and closes all. Whoever still waits for one
// gets none.
func (r *readers) close() {
	for range cap(r.slots) {
		r.slots <- struct{}{}
	}
	r.mu.Lock()
	for _, c := range r.idle {
		c.close()
	}
	r.idle, r.closed = nil, true
	r.mu.Unlock()
	for range cap(r.slots) {
		<-r.slots
	}
}
