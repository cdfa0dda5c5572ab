package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/timebok/timebok"
	"github.com/timebok/timebok/internal/ordeal"
	"github.com/timebok/timebok/storage"
	"github.com/timebok/timebok/storage/postgres"
	"github.com/timebok/timebok/storage/storagetest"
)

// work is a library instance: a process that works on the store until it is
// killed, and writes a diary.
func work(ctx context.Context, dsn, dir, name string) error {
	config, err := pgxpool.ParseConfig(dsn)
	if err != nil {
		return err
	}
	config.ConnConfig.Tracer = witness{}
	pool, err := pgxpool.NewWithConfig(ctx, config)
	if err != nil {
		return err
	}
	defer pool.Close()
	d, err := postgres.New(ctx, pool, nil)
	if err != nil {
		return err
	}
	diary, err := ordeal.OpenDiary(dir, name)
	if err != nil {
		return err
	}
	ordeal.Work(ctx, storage.New(d, nil), diary, ordeal.Options{Pause: 2 * time.Millisecond, Timeout: 5 * time.Second})
	return nil
}

// A witness tells the diary which server answered a COMMIT, or a question what
// became of one.
type witness struct{}

func (witness) TraceBatchStart(ctx context.Context, _ *pgx.Conn, _ pgx.TraceBatchStartData) context.Context {
	return ctx
}

func (witness) TraceBatchQuery(ctx context.Context, c *pgx.Conn, q pgx.TraceBatchQueryData) {
	if q.SQL == "COMMIT" && q.Err == nil {
		ordeal.Answered(ctx, "commit:"+portOf(c))
	}
}

func (witness) TraceBatchEnd(context.Context, *pgx.Conn, pgx.TraceBatchEndData) {}

func (witness) TraceQueryStart(ctx context.Context, _ *pgx.Conn, _ pgx.TraceQueryStartData) context.Context {
	return ctx
}

func (witness) TraceQueryEnd(ctx context.Context, c *pgx.Conn, q pgx.TraceQueryEndData) {
	if q.Err == nil && q.CommandTag.RowsAffected() > 0 {
		ordeal.Answered(ctx, "found:"+portOf(c))
	}
}

func portOf(c *pgx.Conn) string {
	_, port, _ := net.SplitHostPort(c.PgConn().Conn().RemoteAddr().String())
	return port
}

// A load is a database with instances at work on it.
type load struct {
	dsn, dir  string
	instances []*exec.Cmd
	probe     *probe
}

func newLoad(ctx context.Context, dsn, dir string, instances int) (*load, error) {
	l := &load{dsn: dsn, dir: dir}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, err
	}
	var d *postgres.Driver
	var err error
	if waited := wait("database", time.Minute, func() bool { // its nodes may be changing places
		d, err = setUp(ctx, dsn)
		return err == nil
	}); waited != nil {
		return nil, errors.Join(waited, err)
	}
	for i := range instances {
		cmd := exec.Command(os.Args[0], "work", dsn, dir, fmt.Sprint("instance-", i))
		cmd.Stderr = os.Stderr
		if err := cmd.Start(); err != nil {
			return nil, err
		}
		l.instances = append(l.instances, cmd)
	}
	l.probe = newProbe(storage.New(d, nil))
	return l, nil
}

// setUp makes the tables and the clinics, unless they are there.
func setUp(ctx context.Context, dsn string) (*postgres.Driver, error) {
	if err := migrate(ctx, dsn); err != nil {
		return nil, err
	}
	d, err := postgres.Open(ctx, dsn, nil)
	if err != nil {
		return nil, err
	}
	if err := ordeal.SetUp(ctx, storage.New(d, nil)); err != nil {
		return nil, errors.Join(err, d.Close())
	}
	return d, nil
}

// stop kills the instances.
func (l *load) stop() {
	for _, cmd := range l.instances {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	}
	l.instances = nil
	if l.probe != nil {
		l.probe.stop()
		l.probe = nil
	}
}

// count finishes what was begun and counts.
func (l *load) count(ctx context.Context) (ordeal.Tally, error) {
	d, err := postgres.Open(ctx, l.dsn, nil)
	if err != nil {
		return ordeal.Tally{}, err
	}
	defer d.Close()
	s := storage.New(d, nil)
	diary, err := ordeal.OpenDiary(l.dir, "finish")
	if err != nil {
		return ordeal.Tally{}, err
	}
	if err := ordeal.Finish(ctx, s, diary); err != nil {
		return ordeal.Tally{}, err
	}
	return ordeal.Recount(ctx, s, l.dir, true)
}

// A probe writes all the time, and knows for how long nobody could.
type probe struct {
	mu     sync.Mutex
	last   time.Time
	worst  time.Duration
	cancel context.CancelFunc
	done   chan struct{}
}

// newProbe writes to a clinic of its own, which nobody counts.
func newProbe(s *storage.Store) *probe {
	ctx, cancel := context.WithCancel(context.Background())
	p := &probe{last: time.Now(), cancel: cancel, done: make(chan struct{})}
	c := storagetest.NewClinic("probe")
	go func() {
		defer close(p.done)
		defer s.Close()
		for ; ctx.Err() == nil; time.Sleep(20 * time.Millisecond) {
			one, cancel := context.WithTimeout(ctx, 2*time.Second)
			err := s.Update(one, c.Clinic.ID, func(_ context.Context, tx storage.Tx) error {
				tx.Save(timebok.AuditEntry{ID: timebok.New[timebok.AuditEntry](timebok.Source{}), At: time.Now(), By: c.Actor(), Action: "probe"})
				return nil
			})
			cancel()
			if err == nil {
				p.wrote()
			}
		}
	}()
	return p
}

func (p *probe) wrote() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.worst = max(p.worst, time.Since(p.last))
	p.last = time.Now()
}

// outage is the longest time without a write since it was asked last. It waits
// for a write first, and before that for half a second: what serves a connection
// outlives a server that is killed for a moment.
func (p *probe) outage() (time.Duration, error) {
	time.Sleep(500 * time.Millisecond)
	begin := time.Now()
	err := wait("write", 3*time.Minute, func() bool {
		p.mu.Lock()
		defer p.mu.Unlock()
		return p.last.After(begin)
	})
	p.mu.Lock()
	defer p.mu.Unlock()
	worst := p.worst
	p.worst = 0
	return worst, err
}

func (p *probe) stop() { p.cancel(); <-p.done }
