package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"time"
)

// A status is what a node says of its PostgreSQL, having asked it.
type status struct {
	State, Role string
	Timeline    int
	Xlog        struct {
		Location uint64 // of the leader
		Replayed uint64 `json:"replayed_location"` // of the others
	}
	Replication []stream // to the others
}

// A stream is a standby, as the leader sees it.
type stream struct {
	Name  string `json:"application_name"`
	State string
	Sync  string `json:"sync_state"`
}

func (s status) leads() bool { return s.Role == "master" || s.Role == "primary" }

func (n *node) status() (status, error) {
	var s status
	err := n.get("/patroni", &s)
	return s, err
}

// A member is what etcd has of a node.
type member struct{ Name, Role string }

// members asks any node that answers.
func (c *cluster) members() ([]member, error) {
	err := errors.New("no node answers")
	for _, n := range c.nodes {
		var out struct{ Members []member }
		if err = n.get("/cluster", &out); err == nil {
			return out.Members, nil
		}
	}
	return nil, err
}

// get asks a node's Patroni. Its answer counts whatever its status: it is 503 of
// one that does not lead.
func (n *node) get(path string, out any) error {
	client := http.Client{Timeout: 2 * time.Second}
	answer, err := client.Get(fmt.Sprintf("http://127.0.0.1:%d%s", n.rest, path))
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	return json.NewDecoder(io.LimitReader(answer.Body, 1<<20)).Decode(out)
}

// whole waits until one node leads, the others have replayed what it wrote, and
// etcd names one that follows in step. What etcd has of a node may be old: so each
// is asked itself.
func (c *cluster) whole() error {
	var lacks error
	err := wait("three nodes and a synchronous standby", 4*time.Minute, func() bool {
		lacks = c.isWhole()
		return lacks == nil
	})
	if err != nil {
		return errors.Join(err, lacks)
	}
	return nil
}

func (c *cluster) isWhole() error {
	var leader *node
	var lead status
	for _, n := range c.nodes {
		s, err := n.status()
		switch {
		case err != nil:
			return err
		case s.State != "running":
			return fmt.Errorf("%s is %s", n.name(), s.State)
		case s.leads() && leader != nil:
			return fmt.Errorf("%s leads, and so does %s", n.name(), leader.name())
		case s.leads():
			leader, lead = n, s
		}
	}
	if leader == nil {
		return errors.New("nobody leads")
	}
	inStep := ""
	for _, n := range c.nodes {
		if n == leader {
			continue
		}
		s, err := n.status() // later than the leader's
		if err != nil {
			return err
		}
		if s.Timeline != lead.Timeline || s.Xlog.Replayed < lead.Xlog.Location {
			return fmt.Errorf("%s is on timeline %d at %X, and %s on %d at %X", n.name(), s.Timeline, s.Xlog.Replayed, leader.name(), lead.Timeline, lead.Xlog.Location)
		}
		i := slices.IndexFunc(lead.Replication, func(r stream) bool { return r.Name == n.name() && r.State == "streaming" })
		if i < 0 {
			return fmt.Errorf("%s does not stream", n.name())
		}
		if lead.Replication[i].Sync == "sync" {
			inStep = n.name()
		}
	}
	members, err := c.members()
	if err != nil {
		return err
	}
	if !slices.Contains(members, member{leader.name(), "leader"}) {
		return fmt.Errorf("etcd does not say that %s leads", leader.name())
	}
	if !c.loose && !slices.Contains(members, member{inStep, "sync_standby"}) {
		return fmt.Errorf("etcd does not say that %q follows in step", inStep)
	}
	c.note("%s leads on timeline %d, %s follows in step", leader.name(), lead.Timeline, inStep)
	return nil
}
