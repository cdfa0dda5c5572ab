package pgtest

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

// settings make a server small, and as careful with commits as a real one.
var settings = []string{
	"fsync=on", "synchronous_commit=on", "full_page_writes=on",
	"max_connections=200", "shared_buffers=64MB",
	"listen_addresses=", "log_min_messages=warning", "log_min_error_statement=panic",
}

// patience is how long a server may take to start.
const patience = 2 * time.Minute

// A Server is a cluster in a temporary folder, reached by a socket in it.
type Server struct {
	dir  string
	bin  string // the folder of the server programs
	who  owner
	more []string // settings
	proc *os.Process
	gone chan error // receives once the process has ended
}

// ErrMissing says that this machine has no PostgreSQL server.
var ErrMissing = errors.New("pgtest: no PostgreSQL server programs on this machine: " +
	"install them (Debian: apt-get install postgresql), or set TIMEBOK_TEST_POSTGRES=off to run without the tests that need them")

// Start starts a server for one test, and stops it when the test ends. Settings such
// as "shared_buffers=1GB" come on top of the usual ones.
func Start(tb testing.TB, settings ...string) *Server {
	tb.Helper()
	skipIfOff(tb)
	s, err := Launch(settings...)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		if err := s.Stop(); err != nil {
			tb.Error(err)
		}
	})
	return s
}

// Launch makes a cluster and starts its server. Stop ends it.
func Launch(settings ...string) (*Server, error) {
	bin, err := programs()
	if err != nil {
		return nil, err
	}
	who, err := serverOwner()
	if err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp("", "timebok-postgres-")
	if err != nil {
		return nil, err
	}
	s := &Server{dir: dir, bin: bin, who: who, more: settings}
	if err := s.create(); err != nil {
		return nil, errors.Join(err, os.RemoveAll(dir))
	}
	if err := s.start(); err != nil {
		return nil, errors.Join(err, os.RemoveAll(dir))
	}
	return s, nil
}

// programs finds the folder of initdb and postgres, the newest of several.
func programs() (string, error) {
	found, _ := filepath.Glob("/usr/lib/postgresql/*/bin/initdb") // the pattern is well formed
	slices.SortFunc(found, func(a, b string) int {
		if len(a) != len(b) {
			return len(a) - len(b) // 9 before 15
		}
		return strings.Compare(a, b)
	})
	if len(found) > 0 {
		return filepath.Dir(found[len(found)-1]), nil
	}
	if path, err := exec.LookPath("initdb"); err == nil {
		return filepath.Dir(path), nil
	}
	return "", ErrMissing
}

func (s *Server) create() error {
	if err := s.who.give(s.dir); err != nil {
		return err
	}
	c := exec.Command(filepath.Join(s.bin, "initdb"), "--pgdata", s.data(), "--username", "postgres",
		"--auth", "trust", "--encoding", "UTF8", "--no-locale", "--no-sync")
	c.Dir, c.SysProcAttr = s.dir, s.who.attr()
	if out, err := c.CombinedOutput(); err != nil {
		return fmt.Errorf("pgtest: initdb: %w\n%s", err, out)
	}
	return nil
}

func (s *Server) data() string { return filepath.Join(s.dir, "data") }

// start starts the server process and waits until it answers. What is left of a
// killed one may hold the folder for a moment: then it is tried again.
func (s *Server) start() error {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	for {
		if err := s.spawn(); err != nil {
			return err
		}
		err := s.await(ctx)
		if err == nil || ctx.Err() != nil {
			return err
		}
		time.Sleep(50 * time.Millisecond)
	}
}

func (s *Server) spawn() error {
	args := []string{"-D", s.data(), "-k", s.dir}
	for _, setting := range append(slices.Clone(settings), s.more...) {
		args = append(args, "-c", setting)
	}
	log, err := os.OpenFile(filepath.Join(s.dir, "log"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	defer log.Close()
	c := exec.Command(filepath.Join(s.bin, "postgres"), args...)
	c.Dir, c.Stdout, c.Stderr, c.SysProcAttr = s.dir, log, log, s.who.attr()
	started := make(chan error)
	gone := make(chan error, 1)
	go func() {
		// The server goes down with the thread that started it, so this one stays.
		runtime.LockOSThread()
		err := c.Start()
		started <- err
		if err == nil {
			gone <- c.Wait()
		}
	}()
	if err := <-started; err != nil {
		return fmt.Errorf("pgtest: postgres: %w", err)
	}
	s.proc, s.gone = c.Process, gone
	return nil
}

// await waits until the server answers. It fails when the server ends.
func (s *Server) await(ctx context.Context) error {
	for {
		conn, err := pgx.Connect(ctx, s.DSN("postgres"))
		if err == nil {
			return conn.Close(ctx)
		}
		select {
		case ended := <-s.gone:
			s.gone <- ended
			return fmt.Errorf("pgtest: the server ended: %w\n%s", ended, s.log())
		case <-ctx.Done():
			return fmt.Errorf("pgtest: the server does not answer: %w\n%s", err, s.log())
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// log returns the end of the server's log.
func (s *Server) log() string {
	text, _ := os.ReadFile(filepath.Join(s.dir, "log"))
	return string(text[max(0, len(text)-2000):])
}

// DSN names a database of the server.
func (s *Server) DSN(database string) string {
	return fmt.Sprintf("host=%s port=5432 user=postgres dbname=%s sslmode=disable", s.dir, database)
}

// Socket is the path of the socket that the server listens on.
func (s *Server) Socket() string { return filepath.Join(s.dir, ".s.PGSQL.5432") }

// Kill ends the server at once and without notice (SIGKILL), as a failing machine
// would, but for what the operating system already holds.
func (s *Server) Kill() error { return s.end(syscall.SIGKILL) }

// Restart starts a server that was killed again, and waits until it answers.
func (s *Server) Restart() error { return s.start() }

// Stop ends the server and removes its folder.
func (s *Server) Stop() error {
	return errors.Join(s.end(syscall.SIGQUIT), os.RemoveAll(s.dir))
}

func (s *Server) end(sig os.Signal) error {
	if err := s.proc.Signal(sig); err != nil && !errors.Is(err, os.ErrProcessDone) {
		return err
	}
	ended := <-s.gone
	s.gone <- ended // how it ended says nothing: it was told to
	return nil
}
