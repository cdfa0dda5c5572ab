package sqlite_test

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/timebok/timebok"
	"github.com/timebok/timebok/booking"
	"github.com/timebok/timebok/storage"
	"github.com/timebok/timebok/storage/storagetest"
)

// crashFile names the database of a worker in its environment.
const crashFile = "TIMEBOK_CRASH_TEST"

// A process that is killed while it books keeps every booking that it told of,
// whole: with its audit entry, and without overlaps.
func TestKilled(t *testing.T) {
	if path := os.Getenv(crashFile); path != "" {
		bookUntilKilled(t, path)
		return
	}
	path := newFile(t)
	c := storagetest.NewClinic("crash")
	func() {
		d := open(t, path, nil)
		defer d.Close()
		c.Save(t, storage.New(d, nil))
	}()
	told := map[string]bool{}
	for round := range 6 {
		killWorker(t, path, round, told)
		checkSurvivors(t, path, c, told)
	}
	if len(told) == 0 {
		t.Error("no booking was told of: nothing was tested")
	}
	t.Logf("%d bookings told of", len(told))
}

// killWorker lets a worker book for a while and kills it. It notes the bookings
// that the worker told of.
func killWorker(t *testing.T, path string, round int, told map[string]bool) {
	t.Helper()
	cmd := exec.Command(os.Args[0], "-test.run=^TestKilled$")
	cmd.Env = append(os.Environ(), crashFile+"="+path, fmt.Sprintf("%s_ROUND=%d", crashFile, round))
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(out)
	var kill *time.Timer
	for lines.Scan() {
		if id, ok := strings.CutPrefix(lines.Text(), "booked "); ok {
			told[id] = true
			if kill == nil {
				kill = time.AfterFunc(time.Duration(30+17*round)*time.Millisecond, func() { _ = cmd.Process.Kill() })
			}
		}
	}
	if kill == nil {
		t.Error("the worker booked nothing")
	}
	_ = cmd.Wait()
}

func bookUntilKilled(t *testing.T, path string) {
	d := open(t, path, nil)
	store := storage.New(d, nil)
	c := storagetest.NewClinic("crash")
	desk := &booking.Desk{Source: timebok.Source{Now: func() time.Time { return storagetest.Monday }}}
	var round int64
	_, _ = fmt.Sscan(os.Getenv(crashFile+"_ROUND"), &round)
	var out sync.Mutex
	var wg sync.WaitGroup
	for w := range int64(4) {
		wg.Go(func() {
			for i := range int64(2000) {
				r := c.Request(slot(round*10_000 + i*4 + w))
				r.ID = timebok.New[booking.Booking](desk.Source)
				if err := book(context.Background(), store, desk, c, r); err != nil {
					fmt.Println("failed", err)
					return
				}
				out.Lock()
				fmt.Println("booked", r.ID)
				out.Unlock()
			}
		})
	}
	wg.Wait()
	time.Sleep(time.Minute) // to be killed
}

// checkSurvivors opens the file as the next process would, and looks at all of it.
func checkSurvivors(t *testing.T, path string, c *storagetest.Clinic, told map[string]bool) {
	t.Helper()
	d := open(t, path, nil)
	defer d.Close()
	stored, audited := map[string]bool{}, map[string]bool{}
	err := storage.New(d, nil).View(t.Context(), c.Clinic.ID, func(ctx context.Context, tx storage.Tx) error {
		var last booking.Booking
		for b, err := range tx.Bookings(ctx, booking.Filter{}) {
			if err != nil {
				return err
			}
			if last.Occupied().Overlaps(b.Occupied()) {
				t.Errorf("%v overlaps %v", b.Ref(), last.Ref())
			}
			stored[b.ID.String()], last = true, b
		}
		for e, err := range tx.Audit(ctx, storage.AuditFilter{}) {
			if err != nil {
				return err
			}
			audited[e.On.ID.String()] = true
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for id := range told {
		if !stored[id] {
			t.Errorf("booking %s was told of and is lost", id)
		}
	}
	for id := range stored {
		if !audited[id] {
			t.Errorf("booking %s has no audit entry", id)
		}
	}
	if len(stored) != len(audited) {
		t.Errorf("%d bookings and %d audit entries", len(stored), len(audited))
	}
	if got := rawText(t, path, "PRAGMA integrity_check"); got != "ok" {
		t.Errorf("integrity_check: %s", got)
	}
}
