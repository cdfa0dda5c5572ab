package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
)

// write writes the configuration of Patroni. The cluster fails over at once when
// PostgreSQL dies, and promotes only a standby that has everything.
func (n *node) write() error {
	var hosts []string
	for _, m := range n.nodes {
		hosts = append(hosts, fmt.Sprintf("\"127.0.0.1:%d\"", m.client))
	}
	protocol := "etcd3"
	if n.cluster.etcd == 2 {
		protocol = "etcd"
	}
	text := fmt.Sprintf(`
scope: timebok
name: %s
restapi: {listen: "127.0.0.1:%d", connect_address: "127.0.0.1:%[2]d"}
%s: {hosts: [%s]}
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
  connect_address: "127.0.0.1:%[5]d"
  data_dir: %q
  bin_dir: %q
  pgpass: %q
  authentication:
    superuser: {username: postgres, password: x}
    replication: {username: replicator, password: x}
    rewind: {username: postgres, password: x}
  parameters: {unix_socket_directories: %q}
`, n.name(), n.rest, protocol, strings.Join(hosts, ", "), n.pg, filepath.Join(n.dir, "data"), n.bin, filepath.Join(n.dir, "pgpass"), n.dir)
	return os.WriteFile(filepath.Join(n.dir, "patroni.yml"), []byte(text), 0o644)
}

// safeEtcd is the version of etcd's protocol that the Patroni here is safe with.
// Before 3.0.3 a leader that wakes takes its lock back by version 3, whoever has it
// by now.
func safeEtcd() int {
	out, err := exec.Command("patroni", "--version").Output()
	v := make([]int, 3)
	_, unread := fmt.Sscanf(string(out), "patroni %d.%d.%d", &v[0], &v[1], &v[2])
	if err == nil && unread == nil && slices.Compare(v, []int{3, 0, 3}) < 0 {
		return 2
	}
	return 3
}
