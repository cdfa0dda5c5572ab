package main

import (
	"bytes"
	"errors"
	"fmt"
	"net/http"
	"syscall"
	"time"
)

// A fault is what happens to the cluster, and what mends it afterwards.
type fault struct {
	name string
	hit  func(c *cluster) (mend func() error, err error)
}

var faults = []fault{
	{"PostgreSQL of the leader dies", func(c *cluster) (func() error, error) {
		n, err := c.leader()
		if err != nil {
			return nil, err
		}
		pid, err := n.postmaster()
		if err != nil {
			return nil, err
		}
		return nothing, syscall.Kill(pid, syscall.SIGKILL) // Patroni mends it
	}},
	{"the leader's node dies", func(c *cluster) (func() error, error) {
		n, err := c.leader()
		if err != nil {
			return nil, err
		}
		return n.revive, n.die()
	}},
	{"the leader freezes for 35 s", func(c *cluster) (func() error, error) {
		n, err := c.leader()
		if err != nil {
			return nil, err
		}
		if err := n.patroni.Process.Signal(syscall.SIGSTOP); err != nil {
			return nil, err
		}
		frozen, err := n.postgres()
		if err != nil {
			return nil, err
		}
		for _, pid := range frozen {
			_ = syscall.Kill(pid, syscall.SIGSTOP)
		}
		end := time.Now().Add(35 * time.Second)
		return func() error { // it wakes and believes that it leads
			time.Sleep(time.Until(end))
			for _, pid := range frozen {
				_ = syscall.Kill(pid, syscall.SIGCONT)
			}
			return n.patroni.Process.Signal(syscall.SIGCONT)
		}, nil
	}},
	{"planned switchover", func(c *cluster) (func() error, error) {
		var err error
		waited := wait("switchover", time.Minute, func() bool { // a standby may not be ready yet
			var n *node
			if n, err = c.leader(); err == nil {
				err = c.post(n, "/switchover", fmt.Sprintf(`{"leader": %q}`, n.name()))
			}
			return err == nil
		})
		if waited != nil {
			return nil, errors.Join(waited, err)
		}
		return nothing, nil
	}},
	{"an etcd member dies", func(c *cluster) (func() error, error) {
		n := c.nodes[2]
		err := n.etcd.Process.Kill()
		_ = n.etcd.Wait()
		return n.startEtcd, err
	}},
}

func nothing() error { return nil }

func (c *cluster) post(n *node, path, body string) error {
	return c.send(http.MethodPost, n, path, body)
}

func (c *cluster) send(method string, n *node, path, body string) error {
	r, err := http.NewRequest(method, fmt.Sprintf("http://127.0.0.1:%d%s", n.rest, path), bytes.NewBufferString(body))
	if err != nil {
		return err
	}
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	if answer.StatusCode/100 != 2 {
		return fmt.Errorf("%s %s: %s", method, path, answer.Status)
	}
	return nil
}

// loosen makes the cluster acknowledge what no standby has, and promote one that
// lags: the negative control.
func (c *cluster) loosen() error {
	n, err := c.leader()
	if err != nil {
		return err
	}
	c.loose = true
	return c.send(http.MethodPatch, n, "/config",
		`{"synchronous_mode": false, "synchronous_mode_strict": false, "maximum_lag_on_failover": 1073741824}`)
}

// loseTail lets the standbys fall behind for a second, and then the leader's node die.
func (c *cluster) loseTail() (mend func() error, err error) {
	leader, err := c.leader()
	if err != nil {
		return nil, err
	}
	behind, err := c.followers()
	if err != nil {
		return nil, err
	}
	for _, n := range behind {
		if err := n.receivers(syscall.SIGSTOP); err != nil {
			return nil, err
		}
	}
	time.Sleep(time.Second)
	if err := leader.die(); err != nil {
		return nil, err
	}
	for _, n := range behind {
		if err := n.receivers(syscall.SIGCONT); err != nil {
			return nil, err
		}
	}
	return leader.revive, nil
}
