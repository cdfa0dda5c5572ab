package ordeal

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"
)

// A Diary is the file in which one process writes what it was told. A line is
// written whole or not at all, and stays when the process is killed.
type Diary struct {
	mu sync.Mutex
	f  *os.File
}

// OpenDiary opens the diary of a process in a folder.
func OpenDiary(dir, name string) (*Diary, error) {
	f, err := os.OpenFile(filepath.Join(dir, name+".diary"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o644)
	if err != nil {
		return nil, err
	}
	return &Diary{f: f}, nil
}

// An outcome is what a process was told of a command.
type outcome string

const (
	done    outcome = "done"
	refused outcome = "refused"
	unknown outcome = "unknown" // no answer
	odd     outcome = "odd"     // an error that no caller should get
	effect  outcome = "effect"  // carried out by the relay
)

// An entry is a line of a diary. What the words mean depends on the command.
type entry struct {
	outcome
	command string
	words   []string
	told    string // when, and by which server
}

// write writes a line. Behind a # it has when, and which server answered if that is
// known.
func (d *Diary) write(ctx context.Context, o outcome, command string, words ...any) {
	server := "-"
	if s, ok := ctx.Value(answered{}).(*string); ok && *s != "" {
		server = *s
	}
	line := fmt.Sprintln(append(append([]any{o, command}, words...), "#", time.Now().Format("15:04:05.000"), server)...)
	d.mu.Lock()
	defer d.mu.Unlock()
	if _, err := d.f.WriteString(line); err != nil {
		panic(err) // a diary with holes proves nothing
	}
}

// answered is the key of a context of a command, and its value where to write which
// server answered.
type answered struct{}

// Answered notes which server answered a command. The context is the one that the
// store's driver got: so whoever looks over its shoulder can tell.
func Answered(ctx context.Context, server string) {
	if s, ok := ctx.Value(answered{}).(*string); ok {
		*s = server
	}
}

// read reads all diaries of a folder. A last line without an end is left out.
func read(dir string, each func(entry)) error {
	names, err := filepath.Glob(filepath.Join(dir, "*.diary"))
	if err != nil {
		return err
	}
	for _, name := range names {
		f, err := os.Open(name)
		if err != nil {
			return err
		}
		for r := bufio.NewReader(f); ; {
			line, err := r.ReadString('\n')
			if err != nil {
				break
			}
			line, told, _ := strings.Cut(line, " # ")
			if w := strings.Fields(line); len(w) >= 2 {
				each(entry{outcome(w[0]), w[1], w[2:], strings.TrimSpace(told)})
			}
		}
		if err := f.Close(); err != nil {
			return err
		}
	}
	return nil
}
