package main

import (
	"bytes"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"syscall"
	"time"
)

// A fault is what happens to the cluster, and what mends it afterwards.
type fault struct {
	key, name string
	hit       func(c *cluster) (mend func() error, err error)
}

var faults = []fault{
	{"postgres", "PostgreSQL of the leader dies", func(c *cluster) (func() error, error) {
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
	{"node", "the leader's node dies", func(c *cluster) (func() error, error) {
		n, err := c.leader()
		if err != nil {
			return nil, err
		}
		return n.revive, n.die()
	}},
	{"freeze", "the leader freezes for 35 s", func(c *cluster) (func() error, error) { return c.freeze(false) }},
	{"pause", "the leader's node freezes for 35 s", func(c *cluster) (func() error, error) { return c.freeze(true) }},
	{"switchover", "planned switchover", func(c *cluster) (func() error, error) {
		n, err := c.leader()
		if err != nil {
			return nil, err
		}
		return nothing, c.post(n, "/switchover", fmt.Sprintf(`{"leader": %q}`, n.name()))
	}},
	{"etcd", "an etcd member dies", func(c *cluster) (func() error, error) {
		n := c.nodes[2]
		err := n.etcd.Process.Kill()
		_ = n.etcd.Wait()
		return n.startEtcd, err
	}},
}

// freeze lets the leader stand still for 35 s, and wake believing that it leads.
func (c *cluster) freeze(etcd bool) (mend func() error, err error) {
	n, err := c.leader()
	if err != nil {
		return nil, err
	}
	end := time.Now().Add(35 * time.Second)
	wake, err := n.freeze(etcd)
	return func() error {
		time.Sleep(time.Until(end))
		wake()
		return nil
	}, err
}

// chosen are the faults of some names, in their order.
func chosen(keys string) ([]fault, error) {
	var all []fault
	for key := range strings.SplitSeq(keys, ",") {
		i := slices.IndexFunc(faults, func(f fault) bool { return f.key == key })
		if i < 0 {
			return nil, fmt.Errorf("there is no fault %q", key)
		}
		all = append(all, faults[i])
	}
	return all, nil
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
		for _, s := range []syscall.Signal{syscall.SIGTERM, syscall.SIGCONT} { // or they would read what has come meanwhile
			if err := n.receivers(s); err != nil {
				return nil, err
			}
		}
	}
	return leader.revive, nil
}
