package main

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// keep copies what tells how a run went, once everything has ended: what was done,
// the diaries, the nodes' logs, and where the timelines of each part.
func (c *cluster) keep(to string) error {
	for _, pattern := range []string{"run.log", "*/*.diary", "node*/*.log", "node*/patroni.yml", "node*/data/pg_wal/*.history"} {
		paths, err := filepath.Glob(filepath.Join(c.dir, pattern))
		if err != nil {
			return err
		}
		for _, path := range paths {
			text, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			if err := put(to, strings.TrimPrefix(path, c.dir), text); err != nil {
				return err
			}
		}
	}
	var all error
	for _, n := range c.nodes {
		out, err := exec.Command(filepath.Join(c.bin, "pg_controldata"), filepath.Join(n.dir, "data")).Output()
		all = errors.Join(all, err, put(to, filepath.Join(filepath.Base(n.dir), "pg_controldata"), out))
	}
	return all
}

func put(dir, name string, text []byte) error {
	path := filepath.Join(dir, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	return os.WriteFile(path, text, 0o644)
}
