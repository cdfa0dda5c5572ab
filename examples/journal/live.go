package main

import (
	"fmt"
	"net/http"
	"sync"
	"time"
)

// live tells browsers that something has happened, by server-sent events. They get
// one word and load what they show again, with the rights that they have.
type live struct {
	mu   sync.Mutex
	open map[chan string]bool
}

func (l *live) tell(what string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for c := range l.open {
		select {
		case c <- what:
		default: // this browser is told something already
		}
	}
}

func (l *live) join() chan string {
	c := make(chan string, 1)
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.open == nil {
		l.open = map[chan string]bool{}
	}
	l.open[c] = true
	return c
}

func (l *live) leave(c chan string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.open, c)
}

// stream is the connection that a page keeps open.
func (v *visit) stream() error {
	c := v.live.join()
	defer v.live.leave(c)
	v.w.Header().Set("Content-Type", "text/event-stream")
	flush := http.NewResponseController(v.w).Flush
	beat := time.NewTicker(20 * time.Second) // so that a dead connection is noticed
	defer beat.Stop()
	fmt.Fprint(v.w, ": hei\n\n")
	for {
		if err := flush(); err != nil {
			return nil // gone
		}
		select {
		case <-v.r.Context().Done():
			return nil
		case what := <-c:
			fmt.Fprintf(v.w, "event: %s\ndata: -\n\n", what)
		case <-beat.C:
			fmt.Fprint(v.w, ": -\n\n")
		}
	}
}
