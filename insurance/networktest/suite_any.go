package networktest

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"github.com/timebok/timebok"
	"github.com/timebok/timebok/insurance"
)

// What the contract says of every method.

func (s *suite) name() {
	name := s.Network.Name()
	if name == "" || name != s.Network.Name() {
		s.Errorf("Name is %q, and then %q", name, s.Network.Name())
	}
	if name != s.Connection.Network {
		s.Errorf("Name is %q, the clinic is connected to %q", name, s.Connection.Network)
	}
}

func (s *suite) incapable() {
	for _, c := range s.calls() {
		do := func() error { return c.do(s.Context(), s.Connection) }
		if !c.can {
			s.refused(c.name, insurance.NotCapable, do)
		} else if err := s.again(do); err != nil {
			s.Errorf("%s, which it can: %v", c.name, err)
		}
	}
}

func (s *suite) stranger() {
	for _, c := range s.calls() {
		if c.can {
			s.refused(c.name, insurance.NotConnected, func() error { return c.do(s.Context(), s.Stranger) })
		}
	}
}

func (s *suite) ended() {
	ctx, cancel := context.WithCancel(s.Context())
	cancel()
	for _, c := range s.calls() {
		if !c.can {
			continue
		}
		err := c.do(ctx, s.Connection)
		if !errors.Is(err, context.Canceled) || !errors.Is(err, timebok.ErrUnavailable) {
			s.Errorf("%s: error is %v, want timebok.ErrUnavailable caused by context.Canceled", c.name, err)
		}
	}
}

func (s *suite) silence() {
	calls := s.calls()
	s.Silence(true)
	for _, c := range calls {
		if !c.can {
			continue
		}
		err := c.do(s.Context(), s.Connection)
		if !errors.Is(err, timebok.ErrUnavailable) {
			s.Errorf("%s: error is %v, want timebok.ErrUnavailable", c.name, err)
			continue
		}
		s.typed(err)
	}
	s.Silence(false)
	for _, c := range calls {
		if c.can {
			s.must(func() error { return c.do(s.Context(), s.Connection) })
		}
	}
}

func (s *suite) concurrent() {
	calls := s.calls()
	var wait sync.WaitGroup
	failed := make(chan error, 8*len(calls))
	for range 8 {
		for _, c := range calls {
			if !c.can {
				continue
			}
			wait.Go(func() {
				var err error
				for range patience {
					if err = c.do(s.Context(), s.Connection); !errors.Is(err, timebok.ErrUnavailable) {
						break
					}
				}
				if err != nil {
					failed <- fmt.Errorf("%s: %w", c.name, err)
				}
			})
		}
	}
	wait.Wait()
	close(failed)
	for err := range failed {
		s.Error(err)
	}
}
