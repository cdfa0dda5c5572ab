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
	instances := flag.Int("instances", 3, "library instances")
	calm := flag.Duration("calm", 5*time.Second, "work before and after each fault")
	control := flag.Bool("control", true, "run the negative control")
	only := flag.Bool("only-control", false, "run nothing else")
	flag.Parse()
	if err := run(context.Background(), *instances, *calm, !*only, *control || *only); err != nil {
		fmt.Fprintln(os.Stderr, "scale-test:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, instances int, calm time.Duration, suffer, control bool) error {
	dir, err := os.MkdirTemp("", "timebok-scale-")
	if err != nil {
		return err
	}
	if err := os.Chmod(dir, 0o755); err != nil { // the nodes run as another user
		return err
	}
	defer os.RemoveAll(dir)
	begin := time.Now()
	c, err := newCluster(dir)
	if c != nil {
		defer c.stop()
	}
	if err != nil {
		return err
	}
	fmt.Printf("%-32s %6.1f s after the start\n", "three nodes, one in step", time.Since(begin).Seconds())
	if suffer {
		if err := survive(ctx, c, instances, calm); err != nil {
			return err
		}
	}
	if !control {
		return nil
	}
	return lose(ctx, c, instances, calm)
}

// survive works through every fault. Nothing may be lost or doubled.
func survive(ctx context.Context, c *cluster, instances int, calm time.Duration) error {
	l, err := begin(ctx, c, "faults", instances)
	if err != nil {
		return err
	}
	defer l.stop()
	for _, f := range faults {
		time.Sleep(calm)
		if _, err := l.probe.outage(); err != nil {
			return err
		}
		mend, err := f.hit(c)
		if err != nil {
			return fmt.Errorf("%s: %w", f.name, err)
		}
		time.Sleep(500 * time.Millisecond)
		outage, err := l.probe.outage()
		if err != nil {
			return fmt.Errorf("%s: %w", f.name, err)
		}
		if err := mend(); err != nil {
			return fmt.Errorf("%s: %w", f.name, err)
		}
		if err := c.whole(); err != nil {
			return fmt.Errorf("%s: %w", f.name, err)
		}
		fmt.Printf("%-32s %6.1f s without a write\n", f.name, outage.Seconds())
	}
	time.Sleep(calm)
	l.stop()
	t, err := l.count(ctx)
	if err != nil {
		return err
	}
	fmt.Println(t)
	for i, p := range t.Problems {
		if i < 20 {
			fmt.Println("  " + p)
		}
	}
	if len(t.Problems) > 0 {
		return fmt.Errorf("%d problems", len(t.Problems))
	}
	return nil
}

// lose is the negative control: without a synchronous standby, acknowledged work
// is lost with its node, and the count says so.
func lose(ctx context.Context, c *cluster, instances int, calm time.Duration) error {
	if err := c.loosen(); err != nil {
		return err
	}
	for try := range 5 {
		if err := c.whole(); err != nil {
			return err
		}
		l, err := begin(ctx, c, fmt.Sprint("control", try), instances)
		if err != nil {
			return err
		}
		time.Sleep(calm)
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
