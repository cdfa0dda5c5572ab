package postgres_test

import (
	"context"
	"errors"
	"io"
	"net"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/timebok/timebok"
	"github.com/timebok/timebok/storage"
	"github.com/timebok/timebok/storage/postgres"
)

// A wire stands between the backend and the server, and is cut when told: before
// the next trip reaches the server, or before its answer comes back.
type wire struct {
	listener net.Listener
	network  string
	server   string // its address

	mu  sync.Mutex
	cut cutting
}

type cutting int

const (
	whole cutting = iota
	beforeServer
	beforeAnswer
	down // no new connection is taken on
)

func (w *wire) set(c cutting) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.cut = c
}

func (w *wire) state() cutting {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.cut
}

// newWire is a wire to the server that a pool connects to.
func newWire(t *testing.T, to *pgxpool.Config) *wire {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	w := &wire{listener: l}
	w.network, w.server = pgconn.NetworkAddress(to.ConnConfig.Host, to.ConnConfig.Port)
	t.Cleanup(func() { l.Close() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go w.serve(c)
		}
	}()
	return w
}

func (w *wire) serve(client net.Conn) {
	defer client.Close()
	if w.state() == down {
		return
	}
	server, err := net.Dial(w.network, w.server)
	if err != nil {
		return
	}
	defer server.Close()
	answers := make(chan struct{})
	go func() { // what the server answers, until the wire is cut
		defer close(answers)
		buf := make([]byte, 1<<16)
		for {
			n, err := server.Read(buf)
			if w.state() == beforeAnswer {
				client.Close() // the server has begun to answer: it got all
				w.set(whole)
				_, _ = io.Copy(io.Discard, server)
				return
			}
			if n > 0 {
				if _, err := client.Write(buf[:n]); err != nil {
					return
				}
			}
			if err != nil {
				client.Close()
				return
			}
		}
	}()
	buf := make([]byte, 1<<16)
	for {
		n, err := client.Read(buf)
		if w.state() == beforeServer {
			w.set(whole)
			return
		}
		if n > 0 {
			if _, err := server.Write(buf[:n]); err != nil {
				return
			}
		}
		if err != nil {
			time.Sleep(50 * time.Millisecond) // what the server got it carries out
			return
		}
	}
}

// A commit of which no answer came is looked up: one that was carried out is a
// success, any other an unknown outcome.
func TestCutAtCommit(t *testing.T) {
	d := newDesk(t, nil)
	w := newWire(t, d.pool.Config())
	through := newPool(t, d.dsn, func(c *pgxpool.Config) {
		c.ConnConfig.Host, c.ConnConfig.Port = "127.0.0.1", uint16(w.listener.Addr().(*net.TCPAddr).Port)
	})
	driver, err := postgres.New(t.Context(), through, nil)
	if err != nil {
		t.Fatal(err)
	}
	store := storage.New(driver, nil)
	save := func(name string, cut cutting) error {
		return store.Update(t.Context(), d.Clinic.Clinic.ID, func(ctx context.Context, tx storage.Tx) error {
			if _, err := tx.Client(ctx, d.Ola.ID); err != nil {
				return err
			}
			e := timebok.Audit(d.Source, d.Actor(), name, d.Ola, d.Ola.ID)
			tx.Save(e)
			w.set(cut)
			return nil
		})
	}
	for _, name := range []string{"first", "again"} { // so that the statements are prepared
		if err := save(name, whole); err != nil {
			t.Fatal(err)
		}
	}
	if err := save("landed", beforeAnswer); err != nil {
		t.Errorf("a commit that was carried out: %v, want success", err)
	}
	lost := save("lost", beforeServer)
	var unknown *timebok.UnavailableError
	if !errors.As(lost, &unknown) || unknown.What == "storage" {
		t.Errorf("a commit that did not reach the server: %v, want an unknown outcome", lost)
	}
	hours := d.Schedule(timebok.PractitionerID{9})
	err = store.Update(t.Context(), d.Clinic.Clinic.ID, func(ctx context.Context, tx storage.Tx) error {
		if _, err := tx.Client(ctx, d.Ola.ID); err != nil {
			return err
		}
		tx.Save(hours)
		d.update(t, func(_ context.Context, tx storage.Tx) error { // another one's
			tx.Save(hours)
			return nil
		})
		w.set(beforeServer)
		return nil
	})
	if !errors.As(err, &unknown) || unknown.What == "storage" {
		t.Errorf("a commit of a record that another one stored: %v, want an unknown outcome", err)
	}
	if got := raw(t, d.dsn, "SELECT string_agg(action, ' ' ORDER BY id) FROM audit"); got != "first again landed" {
		t.Errorf("stored: %q", got)
	}
	if err := save("after", whole); err != nil {
		t.Errorf("after that: %v", err)
	}
}

// What is cut before the commit is not stored, and is no unknown outcome.
func TestCutBefore(t *testing.T) {
	d := newDesk(t, nil)
	for _, kill := range []string{"pg_terminate_backend(pid)"} {
		err := d.Update(t.Context(), d.Clinic.Clinic.ID, func(ctx context.Context, tx storage.Tx) error {
			tx.Save(d.Booking("x", 0))
			if _, err := tx.Client(ctx, d.Ola.ID); err != nil {
				return err
			}
			raw(t, d.dsn, "SELECT "+kill+" FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()")
			_, err := tx.Client(ctx, d.Ola.ID)
			return err
		})
		var gone *timebok.UnavailableError
		if !errors.As(err, &gone) || gone.What != "storage" {
			t.Errorf("%s: %v, want that the storage is unavailable", kill, err)
		}
	}
	if n := d.stored(t); n != 0 {
		t.Errorf("%d bookings are stored, want none", n)
	}
}
