// Run starts a throw-away PostgreSQL, runs a command that finds it in
// TIMEBOK_POSTGRES, and stops the server whatever comes:
//
//	go run ./internal/pgtest/run -- go test ./...
//
// It exits with the command's code.
package main

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"syscall"

	"github.com/timebok/timebok/internal/pgtest"
)

func main() {
	code, err := run(os.Args[1:])
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
	}
	os.Exit(code)
}

func run(args []string) (code int, err error) {
	if len(args) > 0 && args[0] == "--" {
		args = args[1:]
	}
	if len(args) == 0 {
		return 2, errors.New("usage: run -- command [argument ...]")
	}
	// The command gets the signals too, being of the same group; it decides.
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	server, err := pgtest.Launch()
	if err != nil {
		return 1, err
	}
	defer func() {
		if stopped := server.Stop(); stopped != nil {
			code, err = max(code, 1), errors.Join(err, stopped)
		}
	}()
	c := exec.Command(args[0], args[1:]...)
	c.Stdin, c.Stdout, c.Stderr = os.Stdin, os.Stdout, os.Stderr
	c.Env = append(os.Environ(), pgtest.ServerVar+"="+server.DSN("postgres"))
	if err := c.Start(); err != nil {
		return 1, err
	}
	go func() {
		for s := range signals {
			_ = c.Process.Signal(s) // it may have ended
		}
	}()
	err = c.Wait()
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		return max(exit.ExitCode(), 1), nil
	}
	return 0, err
}
