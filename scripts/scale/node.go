package main

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// A node is one machine of the cluster: an etcd member, Patroni, and the PostgreSQL
// that Patroni starts.
type node struct {
	*cluster
	n             int
	dir           string
	pg            int // ports
	rest          int
	client, peer  int
	etcd, patroni *exec.Cmd
}

func (n *node) name() string { return fmt.Sprint("pg", n.n) }

func (n *node) startEtcd() error {
	var members []string
	for _, m := range n.nodes {
		members = append(members, fmt.Sprintf("%s=http://127.0.0.1:%d", m.name(), m.peer))
	}
	at := func(port int) string { return fmt.Sprint("http://127.0.0.1:", port) }
	state := "new"
	if n.etcd != nil {
		state = "existing"
	}
	n.etcd = exec.Command("etcd", "--name", n.name(), "--data-dir", filepath.Join(n.dir, "etcd"),
		"--listen-client-urls", at(n.client), "--advertise-client-urls", at(n.client),
		"--listen-peer-urls", at(n.peer), "--initial-advertise-peer-urls", at(n.peer),
		"--initial-cluster", strings.Join(members, ","), "--initial-cluster-state", state, "--logger", "zap", "--log-level", "error")
	return n.run(n.etcd, "etcd.log")
}

func (n *node) startPatroni() error {
	n.patroni = exec.Command("patroni", filepath.Join(n.dir, "patroni.yml"))
	return n.run(n.patroni, "patroni.log")
}

// run starts a process of the node, as the cluster's user, that ends with us.
func (n *node) run(cmd *exec.Cmd, log string) error {
	f, err := os.OpenFile(filepath.Join(n.dir, log), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o644)
	if err != nil {
		return err
	}
	defer f.Close()
	cmd.Stdout, cmd.Stderr, cmd.Dir = f, f, n.dir
	cmd.Env = append(os.Environ(), "HOME="+n.dir)
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: n.owner, Setpgid: true}
	return cmd.Start()
}

// write writes the configuration of Patroni. The cluster fails over at once when
// PostgreSQL dies, and promotes only a standby that has everything.
func (n *node) write() error {
	var hosts []string
	for _, m := range n.nodes {
		hosts = append(hosts, fmt.Sprintf("\"127.0.0.1:%d\"", m.client))
	}
	text := fmt.Sprintf(`
scope: timebok
name: %s
restapi: {listen: "127.0.0.1:%d", connect_address: "127.0.0.1:%[2]d"}
etcd3: {hosts: [%s]}
bootstrap:
  dcs:
    ttl: 20
    loop_wait: 2
    retry_timeout: 5
    maximum_lag_on_failover: 0
    master_start_timeout: 0
    synchronous_mode: true
    synchronous_mode_strict: true
    postgresql:
      use_pg_rewind: true
      use_slots: true
      parameters: {max_connections: 100, shared_buffers: 128MB, wal_log_hints: "on", wal_keep_size: 256MB}
  initdb: [{encoding: UTF8}, {locale: C.UTF-8}, data-checksums]
  pg_hba: ["host all all 127.0.0.1/32 trust", "host replication all 127.0.0.1/32 trust"]
postgresql:
  listen: "127.0.0.1:%d"
  connect_address: "127.0.0.1:%[4]d"
  data_dir: %q
  bin_dir: %q
  pgpass: %q
  authentication:
    superuser: {username: postgres, password: x}
    replication: {username: replicator, password: x}
    rewind: {username: postgres, password: x}
  parameters: {unix_socket_directories: %q}
`, n.name(), n.rest, strings.Join(hosts, ", "), n.pg, filepath.Join(n.dir, "data"), n.bin, filepath.Join(n.dir, "pgpass"), n.dir)
	return os.WriteFile(filepath.Join(n.dir, "patroni.yml"), []byte(text), 0o644)
}

// postmaster is the process ID of the node's PostgreSQL.
func (n *node) postmaster() (int, error) {
	text, err := os.ReadFile(filepath.Join(n.dir, "data", "postmaster.pid"))
	if err != nil {
		return 0, err
	}
	first, _, _ := strings.Cut(string(text), "\n")
	return strconv.Atoi(first)
}

// postgres is the postmaster with its children.
func (n *node) postgres() ([]int, error) {
	top, err := n.postmaster()
	if err != nil {
		return nil, err
	}
	all := []int{top}
	stats, err := filepath.Glob("/proc/[0-9]*/stat")
	if err != nil {
		return nil, err
	}
	for _, path := range stats {
		text, err := os.ReadFile(path)
		if err != nil {
			continue // it has ended
		}
		s := string(text)
		fields := strings.Fields(s[strings.LastIndexByte(s, ')')+1:])
		if len(fields) > 1 && fields[1] == strconv.Itoa(top) {
			pid, _ := strconv.Atoi(filepath.Base(filepath.Dir(path)))
			all = append(all, pid)
		}
	}
	return all, nil
}

// signal sends a signal to the node's PostgreSQL, children and all.
func (n *node) signal(s syscall.Signal) error {
	pids, err := n.postgres()
	if err != nil {
		return err
	}
	for _, pid := range pids {
		_ = syscall.Kill(pid, s)
	}
	return nil
}

// die ends the whole node at once.
func (n *node) die() error {
	_ = n.patroni.Process.Kill()
	pid, err := n.postmaster()
	if err == nil {
		err = syscall.Kill(pid, syscall.SIGKILL)
	}
	_ = n.etcd.Process.Kill()
	_ = n.patroni.Wait()
	_ = n.etcd.Wait()
	return err
}

// revive starts a dead node again.
func (n *node) revive() error {
	if err := n.startEtcd(); err != nil {
		return err
	}
	return n.startPatroni()
}

// A member is what Patroni says of a node.
type member struct{ Name, Role, State string }

// members asks any node that answers.
func (c *cluster) members() ([]member, error) {
	client := http.Client{Timeout: 2 * time.Second}
	err := fmt.Errorf("no node answers")
	for _, n := range c.nodes {
		var answer *http.Response
		if answer, err = client.Get(fmt.Sprintf("http://127.0.0.1:%d/cluster", n.rest)); err != nil {
			continue
		}
		var out struct{ Members []member }
		err = json.NewDecoder(io.LimitReader(answer.Body, 1<<20)).Decode(&out)
		answer.Body.Close()
		if err == nil {
			return out.Members, nil
		}
	}
	return nil, err
}

// owner is who PostgreSQL runs as: it refuses to be root.
func owner() (*syscall.Credential, error) {
	if os.Getuid() != 0 {
		return nil, nil
	}
	u, err := user.Lookup("postgres")
	if err != nil {
		return nil, err
	}
	uid, err := strconv.ParseUint(u.Uid, 10, 32)
	if err != nil {
		return nil, err
	}
	gid, err := strconv.ParseUint(u.Gid, 10, 32)
	return &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}, err
}

// receivers sends a signal to the processes that take the leader's log in.
func (n *node) receivers(s syscall.Signal) error {
	pids, err := n.postgres()
	if err != nil {
		return err
	}
	for _, pid := range pids {
		title, err := os.ReadFile(fmt.Sprintf("/proc/%d/cmdline", pid))
		if err == nil && strings.Contains(string(title), "walreceiver") {
			if err := syscall.Kill(pid, s); err != nil {
				return err
			}
		}
	}
	return nil
}
