package main

import (
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"
)

// A cluster is three nodes on this machine's loopback, of which one leads and one
// follows in step.
type cluster struct {
	dir   string
	bin   string // PostgreSQL's programs
	owner *syscall.Credential
	nodes []*node
	etcd  int      // version of the protocol that Patroni speaks to etcd
	loose bool     // nobody waits for a standby
	log   *os.File // what was done, and when
}

// newCluster starts three nodes and waits until they are one cluster.
func newCluster(dir string, etcd int) (*cluster, error) {
	bins, err := filepath.Glob("/usr/lib/postgresql/*/bin")
	if err != nil || len(bins) == 0 {
		return nil, errors.New("no PostgreSQL server programs below /usr/lib/postgresql")
	}
	c := &cluster{dir: dir, bin: bins[len(bins)-1], etcd: etcd}
	if c.log, err = os.Create(filepath.Join(dir, "run.log")); err != nil {
		return nil, err
	}
	if c.owner, err = owner(); err != nil {
		return nil, err
	}
	ports, err := freePorts(12)
	if err != nil {
		return nil, err
	}
	for i := range 3 {
		p := ports[4*i:]
		c.nodes = append(c.nodes, &node{cluster: c, n: i + 1, dir: filepath.Join(dir, fmt.Sprint("node", i+1)), pg: p[0], rest: p[1], client: p[2], peer: p[3]})
	}
	for _, n := range c.nodes {
		c.note("%s: PostgreSQL at %d, Patroni at %d, etcd at %d", n.name(), n.pg, n.rest, n.client)
		if err := os.Mkdir(n.dir, 0o755); err != nil {
			return nil, err
		}
		if err := n.write(); err != nil {
			return nil, err
		}
		if c.owner != nil {
			if err := os.Chown(n.dir, int(c.owner.Uid), int(c.owner.Gid)); err != nil {
				return nil, err
			}
		}
	}
	return c, c.start()
}

func (c *cluster) start() error {
	for _, n := range c.nodes {
		if err := n.startEtcd(); err != nil {
			return err
		}
	}
	err := wait("etcd", time.Minute, func() bool {
		answer, err := http.Get(fmt.Sprintf("http://127.0.0.1:%d/health", c.nodes[0].client))
		if err != nil {
			return false
		}
		answer.Body.Close()
		return answer.StatusCode == http.StatusOK
	})
	if err != nil {
		return err
	}
	for _, n := range c.nodes {
		if err := n.startPatroni(); err != nil {
			return err
		}
	}
	return c.whole()
}

// leader is the node that leads now.
func (c *cluster) leader() (*node, error) {
	members, err := c.members()
	if err != nil {
		return nil, err
	}
	i := slices.IndexFunc(members, func(m member) bool { return m.Role == "leader" })
	if i < 0 {
		return nil, errors.New("nobody leads")
	}
	return c.node(members[i].Name), nil
}

func (c *cluster) node(name string) *node {
	for _, n := range c.nodes {
		if n.name() == name {
			return n
		}
	}
	return nil
}

// followers are the nodes that do not lead.
func (c *cluster) followers() ([]*node, error) {
	leader, err := c.leader()
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(slices.Clone(c.nodes), func(n *node) bool { return n == leader }), nil
}

// dsn names all three, with a pool's size; the driver finds the one that can be
// written to.
func (c *cluster) dsn(database string) string { return c.dsnOne(database) + "&pool_max_conns=8" }

// dsnOne is the same for a single connection.
func (c *cluster) dsnOne(database string) string {
	var hosts []string
	for _, n := range c.nodes {
		hosts = append(hosts, fmt.Sprintf("127.0.0.1:%d", n.pg))
	}
	return "postgres://postgres@" + strings.Join(hosts, ",") + "/" + database +
		"?target_session_attrs=read-write&connect_timeout=2&sslmode=disable"
}

// stop ends everything, PostgreSQL before etcd.
func (c *cluster) stop() {
	for _, n := range c.nodes {
		if n.patroni != nil {
			_ = n.patroni.Process.Signal(syscall.SIGCONT)
			_ = n.patroni.Process.Kill()
			_ = n.patroni.Wait()
		}
		if pid, err := n.postmaster(); err == nil {
			_ = n.signal(syscall.SIGCONT)
			_ = syscall.Kill(pid, syscall.SIGQUIT)
		}
	}
	for _, n := range c.nodes {
		if n.etcd != nil {
			_ = n.etcd.Process.Kill()
			_ = n.etcd.Wait()
		}
	}
}

// note writes down what is done, for whoever keeps the run.
func (c *cluster) note(format string, args ...any) {
	fmt.Fprintln(c.log, time.Now().Format("15:04:05.000"), fmt.Sprintf(format, args...))
}

func freePorts(n int) ([]int, error) {
	var ports []int
	for range n {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			return nil, err
		}
		defer l.Close()
		ports = append(ports, l.Addr().(*net.TCPAddr).Port)
	}
	return ports, nil
}

func wait(what string, most time.Duration, ok func() bool) error {
	for begin := time.Now(); time.Since(begin) < most; time.Sleep(100 * time.Millisecond) {
		if ok() {
			return nil
		}
	}
	return fmt.Errorf("no %s within %v", what, most)
}
