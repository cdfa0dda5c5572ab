package main

import (
	"fmt"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
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
	args := []string{"--name", n.name(), "--data-dir", filepath.Join(n.dir, "etcd"),
		"--listen-client-urls", at(n.client), "--advertise-client-urls", at(n.client),
		"--listen-peer-urls", at(n.peer), "--initial-advertise-peer-urls", at(n.peer),
		"--initial-cluster", strings.Join(members, ","), "--initial-cluster-state", state, "--logger", "zap", "--log-level", "error"}
	if n.cluster.etcd == 2 {
		args = append(args, "--enable-v2") // which etcd 3.6 doesn't know any more
	}
	n.etcd = exec.Command("etcd", args...)
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

// freeze stops the node's Patroni and PostgreSQL, the postmaster before its children
// so that no more come, and its etcd if the whole machine is to stand still.
func (n *node) freeze(etcd bool) (wake func(), err error) {
	top, err := n.postmaster()
	if err != nil {
		return nil, err
	}
	_ = syscall.Kill(top, syscall.SIGSTOP)
	frozen, err := n.postgres()
	if err != nil {
		return nil, err
	}
	frozen = append(frozen, n.patroni.Process.Pid)
	if etcd {
		frozen = append(frozen, n.etcd.Process.Pid)
	}
	send := func(s syscall.Signal) {
		for _, pid := range frozen {
			_ = syscall.Kill(pid, s) // it may have ended
		}
	}
	send(syscall.SIGSTOP)
	return func() { send(syscall.SIGCONT) }, nil
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
