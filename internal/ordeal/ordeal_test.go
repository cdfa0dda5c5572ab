package ordeal_test

import (
	"context"
	"regexp"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/timebok/timebok"
	"github.com/timebok/timebok/internal/ordeal"
	"github.com/timebok/timebok/storage"
	"github.com/timebok/timebok/storage/memory"
)

// workOn works for a moment on a driver, in this process, and counts.
func workOn(t *testing.T, d storage.Driver) ordeal.Tally {
	t.Helper()
	tally := recount(t, d, worked(t, d))
	t.Log(tally)
	return tally
}

// worked works for a moment, finishes, and returns the folder of the diaries.
func worked(t *testing.T, d storage.Driver) string {
	t.Helper()
	s := storage.New(d, nil)
	if err := ordeal.SetUp(t.Context(), s); err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	diary, err := ordeal.OpenDiary(dir, "one")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 500*time.Millisecond)
	defer cancel()
	ordeal.Work(ctx, s, diary, ordeal.Options{})
	if err := ordeal.Finish(t.Context(), s, diary); err != nil {
		t.Fatal(err)
	}
	return dir
}

func recount(t *testing.T, d storage.Driver, dir string) ordeal.Tally {
	t.Helper()
	tally, err := ordeal.Recount(t.Context(), storage.New(d, nil), dir, true)
	if err != nil {
		t.Fatal(err)
	}
	return tally
}

// A good store has nothing to be blamed for.
func TestMemory(t *testing.T) {
	for _, p := range workOn(t, memory.New()).Problems {
		t.Error(p)
	}
}

// A store that now and then forgets what it has promised is found out, and the
// server that promised it is named.
func TestLiar(t *testing.T) {
	problems := strings.Join(workOn(t, &liar{Driver: memory.New()}).Problems, "\n")
	if !regexp.MustCompile(`was done and is lost: \S+ the-liar`).MatchString(problems) {
		t.Errorf("nobody noticed: %v", problems)
	}
}

// A liar drops every fortieth transaction and says that it is stored.
type liar struct {
	storage.Driver
	told atomic.Int64
}

func (l *liar) Begin(ctx context.Context, clinic timebok.ClinicID, readOnly bool) (storage.DriverTx, error) {
	tx, err := l.Driver.Begin(ctx, clinic, readOnly)
	if err != nil || readOnly {
		return tx, err
	}
	return lie{tx, l}, nil
}

type lie struct {
	storage.DriverTx
	*liar
}

func (l lie) Commit(ctx context.Context) error {
	if l.told.Add(1)%40 == 0 {
		l.Rollback()
		ordeal.Answered(ctx, "the-liar")
		return nil
	}
	return l.DriverTx.Commit(ctx)
}
