// Scale tries Timebok on a PostgreSQL that has outgrown one machine: three nodes
// under Patroni and etcd, with a synchronous standby. Instances of the library
// work on it while PostgreSQL dies, a node dies, the leader freezes and hands over;
// afterwards everything is counted. A negative control without the synchronous
// standby must lose something, or the counting proves nothing.
//
// Run it by scripts/scale-test, which sees to the programs that it needs.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/timebok/timebok/storage/postgres"
)

func main() {
	if len(os.Args) == 5 && os.Args[1] == "work" {
		if err := work(context.Background(), os.Args[2], os.Args[3], os.Args[4]); err != nil {
			fmt.Fprintln(os.Stderr, "instance:", err)
			os.Exit(1)
		}
		return
	}
	var o options
	flag.IntVar(&o.instances, "instances", 3, "library instances")
	flag.DurationVar(&o.calm, "calm", 5*time.Second, "work before and after each fault")
	flag.StringVar(&o.faults, "faults", "postgres,node,freeze,pause,switchover,etcd", "what happens, in this order")
	flag.BoolVar(&o.control, "control", true, "run the negative control")
	flag.BoolVar(&o.only, "only-control", false, "run nothing else")
	flag.IntVar(&o.etcd, "etcd", 0, "version of the protocol that Patroni speaks to etcd, 2 or 3; 0: the one that is safe")
	flag.StringVar(&o.keep, "keep", "", "folder for the diaries and logs")
	flag.Parse()
	if err := run(context.Background(), o); err != nil {
		fmt.Fprintln(os.Stderr, "scale-test:", err)
		os.Exit(1)
	}
}

type options struct {
	instances     int
	calm          time.Duration
	faults        string
	control, only bool
	etcd          int
	keep          string
}

func run(ctx context.Context, o options) (err error) {
	dir, err := os.MkdirTemp("", "timebok-scale-")
	if err != nil {
		return err
	}
	if err := os.Chmod(dir, 0o755); err != nil { // the nodes run as another user
		return err
	}
	defer os.RemoveAll(dir)
	if o.etcd == 0 {
		o.etcd = safeEtcd()
	}
	faults, err := chosen(o.faults)
	if err != nil {
		return err
	}
	begin := time.Now()
	c, err := newCluster(dir, o.etcd)
	if c != nil {
		defer func() {
			c.stop()
			if o.keep != "" {
				err = errors.Join(err, c.keep(o.keep))
			}
		}()
	}
	if err != nil {
		return err
	}
	fmt.Printf("%-36s %6.1f s after the start\n", "three nodes, one in step", time.Since(begin).Seconds())
	if !o.only {
		if err := survive(ctx, c, faults, o); err != nil {
			return err
		}
	}
	if !o.control && !o.only {
		return nil
	}
	return lose(ctx, c, o)
}

// survive works through every fault. Nothing may be lost or doubled.
func survive(ctx context.Context, c *cluster, faults []fault, o options) error {
	l, err := begin(ctx, c, "faults", o.instances)
	if err != nil {
		return err
	}
	defer l.stop()
	for _, f := range faults {
		time.Sleep(o.calm)
		if _, err := l.probe.outage(); err != nil {
			return err
		}
		outage, err := c.suffer(f, l.probe)
		if err != nil {
			return fmt.Errorf("%s: %w", f.name, err)
		}
		fmt.Printf("%-36s %6.1f s without a write\n", f.name, outage.Seconds())
	}
	time.Sleep(o.calm)
	l.stop()
	c.note("all is quiet")
	t, err := l.count(ctx)
	if err != nil {
		return err
	}
	fmt.Println(t)
	c.note("%v", t)
	for i, p := range t.Problems {
		if i < 20 {
			fmt.Println("  " + p)
		}
		c.note("  %s", p)
	}
	if len(t.Problems) > 0 {
		return fmt.Errorf("%d problems", len(t.Problems))
	}
	return nil
}

// suffer lets a fault happen, waits until somebody can write and until it is
// mended, and returns for how long nobody could.
func (c *cluster) suffer(f fault, p *probe) (time.Duration, error) {
	c.note("%s", f.name)
	mend, err := f.hit(c)
	if err != nil {
		return 0, err
	}
	outage, err := p.outage()
	if err != nil {
		return 0, err
	}
	c.note("written to again")
	if err := mend(); err != nil {
		return 0, err
	}
	c.note("mended")
	return outage, c.whole()
}

// lose is the negative control: without a synchronous standby, acknowledged work
// is lost with its node, and the count says so.
func lose(ctx context.Context, c *cluster, o options) error {
	if err := c.loosen(); err != nil {
		return err
	}
	for try := range 5 {
		if err := c.whole(); err != nil {
			return err
		}
		l, err := begin(ctx, c, fmt.Sprint("control", try), o.instances)
		if err != nil {
			return err
		}
		time.Sleep(o.calm)
		mend, err := c.loseTail()
		if err != nil {
			l.stop()
			return err
		}
		_, err = l.probe.outage()
		l.stop()
		if err != nil {
			return err
		}
		t, err := l.count(ctx)
		if err != nil {
			return err
		}
		fmt.Printf("negative control: %v\n", t)
		if err := mend(); err != nil {
			return err
		}
		if len(t.Problems) > 0 {
			fmt.Printf("  as it should be: %s\n", t.Problems[0])
			return nil
		}
	}
	return fmt.Errorf("the negative control lost nothing in five tries: the count proves nothing")
}

// begin makes a database and lets instances work on it.
func begin(ctx context.Context, c *cluster, database string, instances int) (*load, error) {
	conn, err := pgx.Connect(ctx, c.dsnOne("postgres"))
	if err != nil {
		return nil, err
	}
	_, err = conn.Exec(ctx, "CREATE DATABASE "+database)
	conn.Close(ctx)
	if err != nil {
		return nil, err
	}
	if err := c.everywhere(ctx, database); err != nil {
		return nil, err
	}
	return newLoad(ctx, c.dsn(database), filepath.Join(c.dir, database), instances)
}

// everywhere waits until every node has a database. A standby that lags does not,
// and a driver that asks it first takes that for the answer.
func (c *cluster) everywhere(ctx context.Context, database string) error {
	for _, n := range c.nodes {
		err := wait("database on "+n.name(), time.Minute, func() bool {
			conn, err := pgx.Connect(ctx, fmt.Sprintf("postgres://postgres@127.0.0.1:%d/%s?sslmode=disable", n.pg, database))
			if err != nil {
				return false
			}
			_ = conn.Close(ctx)
			return true
		})
		if err != nil {
			return err
		}
	}
	return nil
}

func migrate(ctx context.Context, dsn string) error {
	pool, err := pgxpool.New(ctx, dsn)
	if err != nil {
		return err
	}
	defer pool.Close()
	return postgres.Migrate(ctx, pool, nil)
}
