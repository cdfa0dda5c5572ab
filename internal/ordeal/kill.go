package ordeal

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"time"
)

// Kill keeps two processes at work, and n times kills one of them with SIGKILL, at
// a random moment once it has been told something, and starts another in its
// place. The function makes the command of a process that writes a diary of a name
// in the folder. In the end both are killed.
func Kill(dir string, n int, process func(name string) *exec.Cmd) error {
	var alive [2]*exec.Cmd
	var names [2]string
	start := func(i int) error {
		names[i] = fmt.Sprint("process-", time.Now().UnixNano())
		alive[i] = process(names[i])
		alive[i].Stderr = os.Stderr
		return alive[i].Start()
	}
	end := func(i int) {
		_ = alive[i].Process.Kill()
		_ = alive[i].Wait()
	}
	defer end(0)
	defer end(1)
	for i := range alive {
		if err := start(i); err != nil {
			return err
		}
	}
	if err := billed(dir); err != nil {
		return err
	}
	for round := range n {
		i := round % 2
		if err := wrote(filepath.Join(dir, names[i]+".diary")); err != nil {
			return err
		}
		time.Sleep(rand.N(120 * time.Millisecond))
		end(i)
		if err := start(i); err != nil {
			return err
		}
	}
	return nil
}

// Strike keeps two processes at work and n times strikes what they work on, at a
// random moment; they must go on by themselves before the next time.
func Strike(dir string, n int, process func(name string) *exec.Cmd, strike func() error) error {
	for i := range 2 {
		cmd := process(fmt.Sprint("struck-", i))
		cmd.Stderr = os.Stderr
		if err := cmd.Start(); err != nil {
			return err
		}
		defer func() {
			_ = cmd.Process.Kill()
			_ = cmd.Wait()
		}()
	}
	if err := billed(dir); err != nil {
		return err
	}
	for range n {
		for i := range 2 {
			if err := goesOn(filepath.Join(dir, fmt.Sprint("struck-", i, ".diary"))); err != nil {
				return err
			}
		}
		time.Sleep(rand.N(200 * time.Millisecond))
		if err := strike(); err != nil {
			return err
		}
	}
	return nil
}

// billed waits until an invoice was issued: on a slow machine few kills may be over
// before that, and have tested little.
func billed(dir string) error {
	return until(dir, func() bool {
		issued := false
		err := read(dir, func(e entry) { issued = issued || e.outcome == done && e.command == "issue" })
		return err == nil && issued
	})
}

// wrote waits until there is something in a diary.
func wrote(path string) error {
	return until(path, func() bool {
		info, err := os.Stat(path)
		return err == nil && info.Size() > 0
	})
}

// goesOn waits until a process is told of something done.
func goesOn(path string) error {
	text, err := os.ReadFile(path)
	if err != nil && !os.IsNotExist(err) {
		return err
	}
	before := bytes.Count(text, []byte("\ndone"))
	return until(path, func() bool {
		text, err := os.ReadFile(path)
		return err == nil && bytes.Count(text, []byte("\ndone")) > before
	})
}

func until(path string, ok func() bool) error {
	for begin := time.Now(); time.Since(begin) < 2*time.Minute; time.Sleep(5 * time.Millisecond) {
		if ok() {
			return nil
		}
	}
	return fmt.Errorf("ordeal: nothing new in %s for two minutes", filepath.Base(path))
}
