package storage_test

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/timebok/timebok"
	"github.com/timebok/timebok/booking"
	"github.com/timebok/timebok/internal/pgtest"
	"github.com/timebok/timebok/storage"
	"github.com/timebok/timebok/storage/memory"
	"github.com/timebok/timebok/storage/outbox"
	"github.com/timebok/timebok/storage/postgres"
	"github.com/timebok/timebok/storage/sqlite"
	"github.com/timebok/timebok/storage/storagetest"
)

func TestMain(m *testing.M) { os.Exit(pgtest.Run(m)) }

func TestPlaces(t *testing.T) {
	storagetest.RunDirectory(t, func(*testing.T) storage.Directory { return &storage.Places{} })
}

// A spread is a clinic in one of two stores, with a directory.
type spread struct {
	*storagetest.Clinic
	dir     storage.Directory
	drivers map[string]storage.Bulk
	desk    booking.Desk
	next    atomic.Int64
}

// newSpread puts a clinic in the store "memory"; the other is "sqlite".
func newSpread(t *testing.T) *spread {
	t.Helper()
	empty, err := migrated()
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "timebok.db")
	if err := os.WriteFile(path, empty, 0o600); err != nil {
		t.Fatal(err)
	}
	file, err := sqlite.Open(path, nil)
	if err != nil {
		t.Fatal(err)
	}
	s := &spread{
		Clinic: storagetest.NewClinic("A"), dir: &storage.Places{},
		drivers: map[string]storage.Bulk{"memory": memory.New(), "sqlite": file},
		desk:    booking.Desk{Source: timebok.Source{Now: func() time.Time { return storagetest.Monday }}},
	}
	t.Cleanup(func() {
		for name, d := range s.drivers {
			if err := d.Close(); err != nil {
				t.Errorf("%s: %v", name, err)
			}
		}
	})
	r := s.router(nil)
	if err := r.Put(t.Context(), s.Clinic.ID, "memory"); err != nil {
		t.Fatal(err)
	}
	if err := r.Update(t.Context(), s.Clinic.ID, func(_ context.Context, tx storage.Tx) error {
		tx.Save(s.Records()...)
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	return s
}

// addPostgres adds the store "postgres".
func (s *spread) addPostgres(t *testing.T) {
	t.Helper()
	if os.Getenv(pgtest.SwitchVar) == "off" {
		t.Logf("without PostgreSQL, by %s=off", pgtest.SwitchVar)
		s.drivers["postgres"] = memory.New()
		return
	}
	dsn := pgtest.Database(t)
	pool, err := pgxpool.New(t.Context(), dsn)
	if err != nil {
		t.Fatal(err)
	}
	defer pool.Close()
	if err := postgres.Migrate(t.Context(), pool, nil); err != nil {
		t.Fatal(err)
	}
	d, err := postgres.Open(t.Context(), dsn, nil)
	if err != nil {
		t.Fatal(err)
	}
	s.drivers["postgres"] = d
}

// migrated is a new database. Making one costs more than a test.
var migrated = sync.OnceValues(func() ([]byte, error) {
	dir, err := os.MkdirTemp("", "timebok")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	path := filepath.Join(dir, "timebok.db")
	if err := sqlite.Migrate(context.Background(), path, nil); err != nil {
		return nil, err
	}
	return os.ReadFile(path)
})

// router is a router of a process of its own: it remembers nothing.
func (s *spread) router(wrap func(name string, b storage.Bulk) storage.Bulk) *storage.Router {
	stores := map[string]*storage.Store{}
	for name, d := range s.drivers {
		if wrap != nil {
			d = wrap(name, d)
		}
		stores[name] = storage.New(d, nil)
	}
	return storage.NewRouter(s.dir, stores, &storage.RouterOptions{Remember: 10 * time.Millisecond})
}

// book books the next free time, with a message to the practitioner.
func (s *spread) book(ctx context.Context, r *storage.Router) (booking.ID, error) {
	i := int(s.next.Add(1)) - 1
	q := s.Request(storagetest.Monday.Add(time.Hour).AddDate(0, 0, i/11).Add(time.Duration(i%11) * time.Hour))
	q.ID = timebok.New[booking.Booking](timebok.Source{})
	return q.ID, r.Update(ctx, s.Clinic.ID, func(ctx context.Context, tx storage.Tx) error {
		made, err := s.desk.Book(ctx, tx, s.Actor(), q)
		if err == nil {
			tx.Save(booking.NewNotice(timebok.MessageID(made.ID), s.desk.Source, made, booking.MailPractitioner, booking.NewBooking))
		}
		return err
	})
}

// want fails unless exactly these bookings are stored, once, in one store.
func (s *spread) want(t *testing.T, told []booking.ID) {
	t.Helper()
	at, err := s.dir.Find(t.Context(), s.Clinic.ID)
	if err != nil || at.Mover != "" {
		t.Fatalf("%+v, %v", at, err)
	}
	for name, d := range s.drivers {
		var got []booking.ID
		n := 0
		for r, err := range d.Export(t.Context(), s.Clinic.ID) {
			if err != nil {
				t.Fatal(err)
			}
			n++
			if b, ok := r.(booking.Booking); ok {
				got = append(got, b.ID)
			}
		}
		if name != at.Store {
			if n > 0 {
				t.Errorf("%s still has %d records", name, n)
			}
			continue
		}
		slices.SortFunc(told, booking.ID.Compare)
		if !slices.Equal(got, told) {
			t.Errorf("%d bookings are stored, %d were acknowledged", len(got), len(told))
		}
	}
}

// A clinic goes back and forth while two processes book and read: every booking
// that was acknowledged is there once, and readers see what they wrote.
func TestMoveUnderLoad(t *testing.T) {
	s := newSpread(t)
	s.addPostgres(t)
	ctx, stop := context.WithCancel(t.Context())
	var (
		wg   sync.WaitGroup
		mu   sync.Mutex
		told []booking.ID
	)
	for range 2 {
		r := s.router(nil)
		for range 3 {
			wg.Go(func() {
				for ctx.Err() == nil {
					id, err := s.book(t.Context(), r)
					if err != nil {
						t.Errorf("booking: %v", err)
						return
					}
					mu.Lock()
					told = append(told, id)
					mu.Unlock()
					if err := r.View(t.Context(), s.Clinic.ID, func(ctx context.Context, tx storage.Tx) error {
						_, err := tx.Booking(ctx, id)
						return err
					}); err != nil {
						t.Errorf("reading what was booked: %v", err)
						return
					}
					time.Sleep(5 * time.Millisecond) // each move copies all of it
				}
			})
		}
	}
	mover := s.router(nil)
	for i := range 6 {
		to := []string{"sqlite", "postgres", "memory"}[i%3]
		for before := s.next.Load(); s.next.Load() < before+20 && !t.Failed(); {
			time.Sleep(time.Millisecond)
		}
		report, err := mover.Move(t.Context(), s.Clinic.ID, to, &storage.MoveOptions{Batch: 50})
		if err != nil || report.Records[timebok.KindClinic] != 1 {
			t.Errorf("to %s: %+v, %v", to, report, err)
		}
	}
	stop()
	wg.Wait()
	s.want(t, told)
	t.Logf("%d bookings", len(told))
}

// errCut is how a process ends in the middle of a move.
var errCut = errors.New("cut off")

// A cutter counts the steps of a move, and cuts it off before or after one.
type cutter struct {
	storage.Bulk
	storage.Directory
	step func(done func() error) error
}

func (c cutter) Fence(ctx context.Context, id timebok.ClinicID) error {
	return c.step(func() error { return c.Bulk.Fence(ctx, id) })
}

func (c cutter) Unfence(ctx context.Context, id timebok.ClinicID) error {
	return c.step(func() error { return c.Bulk.Unfence(ctx, id) })
}

func (c cutter) Erase(ctx context.Context, id timebok.ClinicID) error {
	return c.step(func() error { return c.Bulk.Erase(ctx, id) })
}

func (c cutter) Import(ctx context.Context, id timebok.ClinicID, records iter.Seq2[timebok.Record, error], o *storage.ImportOptions) (report storage.ImportReport, err error) {
	half := func(yield func(timebok.Record, error) bool) {
		n := 0
		for r, err := range records {
			if n++; n == 7 {
				if err := c.step(func() error { return nil }); err != nil {
					yield(nil, err)
					return
				}
			}
			if !yield(r, err) {
				return
			}
		}
	}
	err = c.step(func() error {
		var failed error
		report, failed = c.Bulk.Import(ctx, id, half, o)
		return failed
	})
	return report, err
}

func (c cutter) Swap(ctx context.Context, id timebok.ClinicID, old, now storage.Place) error {
	return c.step(func() error { return c.Directory.Swap(ctx, id, old, now) })
}

// cut moves the clinic and cuts that off at a step: with an error, or as when the
// process dies. It reports whether there was such a step.
func (s *spread) cut(t *testing.T, at int, after, dies bool) (reached bool) {
	t.Helper()
	n := 0
	step := func(do func() error) error {
		n++
		reached = n == at || reached
		switch {
		case n != at:
			return do()
		case after:
			if err := do(); err != nil {
				t.Error(err)
			}
		}
		if dies {
			panic(errCut)
		}
		return errCut
	}
	dir := s.dir
	s.dir = cutter{Directory: dir, step: step}
	r := s.router(func(_ string, b storage.Bulk) storage.Bulk { return cutter{Bulk: b, step: step} })
	s.dir = dir
	func() {
		defer func() {
			if p := recover(); p != nil && p != errCut {
				panic(p)
			}
		}()
		_, err := r.Move(t.Context(), s.Clinic.ID, "sqlite", &storage.MoveOptions{Batch: 5})
		if reached != errors.Is(err, errCut) {
			t.Errorf("step %d: %v", at, err)
		}
	}()
	return reached
}

// Whichever step a move is cut off at, the clinic is whole where the directory
// says, and the move can be ended.
func TestMoveCutOff(t *testing.T) {
	for _, after := range []bool{false, true} {
		for _, dies := range []bool{false, true} {
			t.Run(fmt.Sprintf("after=%v,dies=%v", after, dies), func(t *testing.T) {
				steps := 0
				for at := 1; ; at++ {
					s := newSpread(t)
					id, err := s.book(t.Context(), s.router(nil))
					if err != nil {
						t.Fatal(err)
					}
					told := []booking.ID{id}
					if !s.cut(t, at, after, dies) {
						s.want(t, told)
						break
					}
					steps++
					r := s.router(nil)
					if err := r.View(t.Context(), s.Clinic.ID, func(ctx context.Context, tx storage.Tx) error {
						_, err := tx.Booking(ctx, id)
						return err
					}); err != nil {
						t.Errorf("step %d: reading after it: %v", at, err)
					}
					if _, err := r.Move(t.Context(), s.Clinic.ID, "sqlite", &storage.MoveOptions{Resume: true}); err != nil {
						t.Fatalf("step %d: ending it: %v", at, err)
					}
					if id, err = s.book(t.Context(), r); err != nil {
						t.Fatal(err)
					}
					s.want(t, append(told, id))
				}
				if steps < 9 {
					t.Errorf("only %d steps", steps)
				}
			})
		}
	}
}

// A move that fails is taken back: the clinic is open where it was.
func TestMoveTakenBack(t *testing.T) {
	s := newSpread(t)
	r := s.router(func(name string, b storage.Bulk) storage.Bulk {
		if name == "memory" {
			return b
		}
		return cutter{Bulk: b, step: func(func() error) error { return errCut }}
	})
	if _, err := r.Move(t.Context(), s.Clinic.ID, "sqlite", nil); !errors.Is(err, errCut) {
		t.Fatal(err)
	}
	id, err := s.book(t.Context(), r)
	if err != nil {
		t.Fatal(err)
	}
	s.want(t, []booking.ID{id})
}

// A copy that lacks something, or has something else, is not switched to.
func TestMoveComparesTheCopy(t *testing.T) {
	for name, spoil := range map[string]func(records iter.Seq2[timebok.Record, error]) iter.Seq2[timebok.Record, error]{
		"one is lost": func(records iter.Seq2[timebok.Record, error]) iter.Seq2[timebok.Record, error] {
			return func(yield func(timebok.Record, error) bool) {
				for r, err := range records {
					if r.Ref().Kind != timebok.KindPayer && !yield(r, err) {
						return
					}
				}
			}
		},
		"one too many": func(records iter.Seq2[timebok.Record, error]) iter.Seq2[timebok.Record, error] {
			return func(yield func(timebok.Record, error) bool) {
				if !yield(storagetest.NewClinic("B").Ola, nil) {
					return
				}
				for r, err := range records {
					if !yield(r, err) {
						return
					}
				}
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			s := newSpread(t)
			r := s.router(func(_ string, b storage.Bulk) storage.Bulk { return spoiling{b, spoil} })
			if _, err := r.Move(t.Context(), s.Clinic.ID, "sqlite", nil); !errors.Is(err, timebok.ErrUnavailable) {
				t.Errorf("moved: %v", err)
			}
			at, err := s.dir.Find(t.Context(), s.Clinic.ID)
			if err != nil || at.Store != "memory" || at.Mover != "" {
				t.Errorf("%+v, %v", at, err)
			}
			if _, err := s.book(t.Context(), r); err != nil {
				t.Error(err)
			}
		})
	}
}

type spoiling struct {
	storage.Bulk
	spoil func(iter.Seq2[timebok.Record, error]) iter.Seq2[timebok.Record, error]
}

func (b spoiling) Import(ctx context.Context, id timebok.ClinicID, records iter.Seq2[timebok.Record, error], o *storage.ImportOptions) (storage.ImportReport, error) {
	return b.Bulk.Import(ctx, id, b.spoil(records), o)
}

// Only one process moves a clinic; another may end the move or call it off.
func TestMoveRefused(t *testing.T) {
	s := newSpread(t)
	if !s.cut(t, 3, true, true) {
		t.Fatal("not cut off")
	}
	r := s.router(nil)
	for to, o := range map[string]*storage.MoveOptions{"sqlite": nil, "memory": nil, "elsewhere": {Resume: true}} {
		if _, err := r.Move(t.Context(), s.Clinic.ID, to, o); !errors.Is(err, storage.Moving) {
			t.Errorf("to %s: %v", to, err)
		}
	}
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if _, err := s.book(ctx, r); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("booking in a clinic that is being moved: %v", err)
	}
	impatient := storage.NewRouter(s.dir, map[string]*storage.Store{"memory": storage.New(s.drivers["memory"], nil)},
		&storage.RouterOptions{Patience: time.Millisecond})
	if _, err := s.book(t.Context(), impatient); !errors.Is(err, storage.ErrFenced) || !errors.Is(err, timebok.ErrUnavailable) {
		t.Errorf("without patience: %v", err)
	}
	if _, err := r.Move(t.Context(), s.Clinic.ID, "memory", &storage.MoveOptions{Resume: true}); err != nil {
		t.Errorf("calling it off: %v", err)
	}
	id, err := s.book(t.Context(), r)
	if err != nil {
		t.Fatal(err)
	}
	s.want(t, []booking.ID{id})
	if _, err := r.Move(t.Context(), storagetest.NewClinic("B").Clinic.ID, "sqlite", nil); !errors.Is(err, timebok.ErrNotFound) {
		t.Errorf("moving a clinic without a place: %v", err)
	}
	if _, err := r.Move(t.Context(), s.Clinic.ID, "elsewhere", nil); !errors.Is(err, timebok.ErrUnavailable) {
		t.Errorf("moving to no store: %v", err)
	}
	if _, err := s.book(t.Context(), r); err != nil {
		t.Errorf("after that: %v", err)
	}
}

func TestRouterPut(t *testing.T) {
	s := newSpread(t)
	r := s.router(nil)
	if err := r.Put(t.Context(), s.Clinic.ID, "memory"); err != nil {
		t.Errorf("again: %v", err)
	}
	if err := r.Put(t.Context(), s.Clinic.ID, "sqlite"); !errors.Is(err, timebok.ErrConflict) {
		t.Errorf("elsewhere: %v", err)
	}
	if err := r.Put(t.Context(), s.Clinic.ID, "x"); !errors.Is(err, timebok.ErrUnavailable) {
		t.Errorf("in no store: %v", err)
	}
	other := storagetest.NewClinic("B").Clinic.ID
	for _, call := range []func(context.Context, timebok.ClinicID, func(context.Context, storage.Tx) error) error{r.Update, r.View} {
		if err := call(t.Context(), other, nothing); !errors.Is(err, timebok.ErrNotFound) {
			t.Errorf("a clinic without a place: %v", err)
		}
		if err := call(t.Context(), timebok.ClinicID{}, nothing); !errors.Is(err, timebok.Missing) {
			t.Errorf("no clinic: %v", err)
		}
		err := r.Update(t.Context(), s.Clinic.ID, func(ctx context.Context, _ storage.Tx) error {
			return call(ctx, s.Clinic.ID, nothing)
		})
		if !errors.Is(err, storage.Nested) {
			t.Errorf("nested: %v", err)
		}
	}
}

// Each store has its relay; every message is performed although its clinic moves,
// and the handlers find what the message speaks of.
func TestRelaysOfARouter(t *testing.T) {
	s := newSpread(t)
	r := s.router(nil)
	ctx, stop := context.WithCancel(t.Context())
	var mu sync.Mutex
	performed := map[timebok.MessageID]int{}
	var wg sync.WaitGroup
	for _, d := range s.drivers {
		relay := outbox.Relay{
			Store: storage.New(d, nil), Poll: time.Millisecond,
			Source: timebok.Source{Now: func() time.Time { return storagetest.Monday.Add(time.Hour) }},
			Handlers: map[timebok.MessageKind]timebok.Handler{
				booking.MailPractitioner: timebok.HandlerFunc(func(ctx context.Context, d timebok.Delivery) error {
					err := r.View(ctx, d.Clinic, func(ctx context.Context, tx storage.Tx) error {
						_, err := tx.Booking(ctx, booking.ID(d.About.ID))
						return err
					})
					mu.Lock()
					defer mu.Unlock()
					performed[d.ID]++
					return err
				}),
			},
			OnError: func(err error) { t.Error(err) },
		}
		wg.Go(func() {
			if err := relay.Run(ctx); err != nil {
				t.Error(err)
			}
		})
	}
	var told []booking.ID
	for i := range 4 {
		for range 15 {
			id, err := s.book(t.Context(), r)
			if err != nil {
				t.Fatal(err)
			}
			told = append(told, id)
		}
		if _, err := r.Move(t.Context(), s.Clinic.ID, []string{"sqlite", "memory"}[i%2], nil); err != nil {
			t.Fatal(err)
		}
	}
	missing := func() (n int) {
		mu.Lock()
		defer mu.Unlock()
		for _, id := range told {
			if performed[timebok.MessageID(id)] == 0 {
				n++
			}
		}
		return n
	}
	for range 20_000 {
		if missing() == 0 {
			break
		}
		time.Sleep(time.Millisecond)
	}
	if n := missing(); n > 0 {
		t.Errorf("%d of %d messages were never performed", n, len(told))
	}
	stop()
	wg.Wait()
	s.want(t, told)
}
