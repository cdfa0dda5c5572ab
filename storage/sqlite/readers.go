package sqlite

import (
	"context"
	"sync"
)

// Readers are the connections of Views, opened when they are needed and kept.
type readers struct {
	open  func() (*conn, error)
	slots chan struct{} // holds a token for each that is in use

	mu   sync.Mutex
	idle []*conn
}

// take waits for a connection.
func (r *readers) take(ctx context.Context) (*conn, error) {
	select {
	case r.slots <- struct{}{}:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	if c := r.pop(); c != nil {
		return c, nil
	}
	c, err := r.open()
	if err != nil {
		<-r.slots
		return nil, err
	}
	return c, nil
}

func (r *readers) pop() *conn {
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.idle) == 0 {
		return nil
	}
	c := r.idle[len(r.idle)-1]
	r.idle = r.idle[:len(r.idle)-1]
	return c
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

// close waits for the connections in use and closes all.
func (r *readers) close() {
	for range cap(r.slots) {
		r.slots <- struct{}{}
	}
	for c := r.pop(); c != nil; c = r.pop() {
		c.close()
	}
	for range cap(r.slots) { // whoever still waits finds nothing to open
		<-r.slots
	}
}
