package storagetest

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"time"

	"github.com/anishathalye/porcupine"
	"github.com/timebok/timebok"
	"github.com/timebok/timebok/booking"
	"github.com/timebok/timebok/series"
	"github.com/timebok/timebok/storage"
)

// linearizable lets many callers book, cancel and read at a few times and in two
// series at once, and asks porcupine whether there is one order in which all that
// they were told is true: each answer as if its call had happened at one moment
// between its beginning and its end.
func linearizable(e *env) {
	h := newHistory(e, rand.Uint64())
	h.run(8, 60)
	if h.Failed() {
		return
	}
	switch got := h.judge(); got {
	case porcupine.Ok:
	case porcupine.Unknown:
		e.Errorf("seed %d: no answer in time about %d operations", h.seed, len(h.done))
	default:
		e.Errorf("seed %d: %d operations have no order in which their answers are true: %s", h.seed, len(h.done), h.broken())
	}
}

const (
	slots    = 3 // times that are booked; each is a key
	sessions = 3 // cap of each of the two series; each is a key
)

// An opKind is what a caller does.
type opKind string

const (
	bookSlot   opKind = "book"   // at a time that others want
	cancelSlot opKind = "cancel" // what the same caller booked there
	readSlot   opKind = "read"
	useSession opKind = "use" // of a series, at a time that nobody else wants
	giveBack   opKind = "give back"
	countUse   opKind = "count"
)

// An op is one call, about one key.
type op struct {
	kind opKind
	key  int        // slots, and the series after them
	id   booking.ID // that is booked or cancelled
}

// An answer is what a call told: whether it worked, and what was read.
type answer struct {
	worked bool
	id     booking.ID // that stands at the time; zero: none
	used   int
}

// A history is what callers did and were told.
type history struct {
	*env
	seed  uint64
	began time.Time
	cases [2]series.Series

	mu   sync.Mutex
	done []porcupine.Operation
}

func newHistory(e *env, seed uint64) *history {
	h := &history{env: e, seed: seed, began: time.Now()}
	terms := e.Case.Approvals[0].Terms
	terms.Caps = []series.Cap{series.Sessions(sessions)}
	records := e.Records()
	for i := range h.cases {
		s := e.Case
		s.Case.Number = fmt.Sprint("L", i)
		h.cases[i] = e.series(fmt.Sprint("capped ", i), s, terms)
		records = append(records, h.cases[i])
	}
	e.save(records...)
	return h
}

// run lets callers do so many operations each, and reads every key at the end: a
// booking that was lost could stay unseen otherwise.
func (h *history) run(callers, each int) {
	parallel(callers, func(c int) {
		rnd := rand.New(rand.NewPCG(h.seed, uint64(c)))
		var mine []op // what worked
		for n := range each {
			o := h.choose(rnd, c*each+n, mine)
			if told, ok := h.do(c, o); ok && told.worked {
				mine = append(mine, o)
			}
			if i := len(mine) - 1; i >= 0 && (o.kind == cancelSlot || o.kind == giveBack) {
				mine = slices.DeleteFunc(mine, func(x op) bool { return x.id == o.id })
			}
		}
	})
	for key := range slots + len(h.cases) {
		kind := readSlot
		if key >= slots {
			kind = countUse
		}
		h.do(callers, op{kind: kind, key: key})
	}
}

// choose returns the next operation, the nth of all.
func (h *history) choose(rnd *rand.Rand, n int, mine []op) op {
	o := op{key: rnd.IntN(slots + len(h.cases)), id: idOf[booking.Booking](h.ids, fmt.Sprint("op ", n))}
	capped := o.key >= slots
	kinds := []opKind{bookSlot, bookSlot, cancelSlot, readSlot}
	if capped {
		kinds = []opKind{useSession, useSession, giveBack, countUse}
	}
	o.kind = kinds[rnd.IntN(len(kinds))]
	if o.kind == cancelSlot || o.kind == giveBack {
		i := slices.IndexFunc(mine, func(x op) bool { return x.key == o.key })
		if i < 0 {
			o.kind = kinds[3]
			return o
		}
		o.id = mine[i].id
	}
	return o
}

// do carries an operation out and notes it. A lost race did nothing, and is not
// noted.
func (h *history) do(caller int, o op) (answer, bool) {
	call := time.Since(h.began)
	told, err := h.carryOut(o)
	end := time.Since(h.began)
	switch {
	case errors.Is(err, timebok.ErrConflict):
		return told, false
	case err != nil:
		h.Errorf("%s: %v", o.kind, err)
		return told, false
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	h.done = append(h.done, porcupine.Operation{ClientId: caller, Input: o, Call: int64(call), Output: told, Return: int64(end)})
	return told, true
}

func (h *history) carryOut(o op) (told answer, err error) {
	switch o.kind {
	case bookSlot, useSession:
		r := h.Request(h.slotTime(o.key))
		rule := booking.SlotTaken
		if o.kind == useSession {
			r.Series, rule = h.cases[o.key-slots].ID, series.Exhausted
			r.Start, r.With = h.ownTime(o.id)
		}
		r.ID = o.id
		err = h.update(h.book(r))
		told.worked = err == nil
		if errors.Is(err, rule) {
			err = nil
		}
	case cancelSlot, giveBack:
		err = h.update(func(ctx context.Context, tx storage.Tx) error {
			return only(h.desk.Cancel(ctx, tx, h.Actor(), o.id, 1, booking.ByClinic))
		})
		told.worked = err == nil
	default:
		h.view(func(ctx context.Context, tx storage.Tx) (err error) {
			told, err = h.readKey(ctx, tx, o.key)
			return err
		})
	}
	return told, err
}

func (h *history) readKey(ctx context.Context, tx storage.Tx, key int) (answer, error) {
	if key >= slots {
		v, err := tx.LoadBooking(ctx, booking.Needs{Series: h.cases[key-slots].ID})
		if err != nil {
			return answer{}, err
		}
		return answer{used: v.Series.Use(booking.Sessions(v.InSeries)).Lines[0].Used}, nil
	}
	at := h.slotTime(key)
	list, err := collect(tx.Bookings(ctx, booking.Filter{
		Practitioners: []timebok.PractitionerID{h.Anne.ID}, Within: timebok.Lasting(at, time.Minute),
	}))
	for _, b := range list {
		if b.State.IsActive() {
			return answer{id: b.ID}, err
		}
	}
	return answer{}, err
}

// slotTime is when a key's session would be: two days on, so that a cancellation
// is in time.
func (h *history) slotTime(key int) time.Time {
	return Monday.Add(48*time.Hour + time.Duration(1+key)*time.Hour)
}

// ownTime is a time of Kari that only one booking asks for.
func (h *history) ownTime(id booking.ID) (time.Time, timebok.PractitionerID) {
	n := 0
	for i := range 480 { // 8 callers, 60 each
		if idOf[booking.Booking](h.ids, fmt.Sprint("op ", i)) == id {
			n = i
		}
	}
	return Monday.AddDate(0, 0, 3+n/10).Add(time.Duration(1+n%10) * time.Hour), h.Kari.ID
}

// slotModel says what may be told about one time: its state is the ID that stands
// there.
var slotModel = porcupine.Model{
	Init: func() any { return booking.ID{} },
	Step: func(state, input, output any) (bool, any) {
		at, o, told := state.(booking.ID), input.(op), output.(answer)
		switch o.kind {
		case bookSlot:
			if !told.worked {
				return !at.IsZero(), at
			}
			return at.IsZero(), o.id
		case cancelSlot:
			return told.worked && at == o.id, booking.ID{}
		}
		return told.id == at, at
	},
}

// capModel says what may be told about one series: its state is how many of its
// sessions are used.
var capModel = porcupine.Model{
	Init: func() any { return 0 },
	Step: func(state, input, output any) (bool, any) {
		used, o, told := state.(int), input.(op), output.(answer)
		switch o.kind {
		case useSession:
			if !told.worked {
				return used == sessions, used
			}
			return used < sessions, used + 1
		case giveBack:
			return told.worked && used > 0, used - 1
		}
		return told.used == used, used
	},
}

// judge asks porcupine, key by key.
func (h *history) judge() porcupine.CheckResult {
	for key := range slots + len(h.cases) {
		if got := h.judgeKey(key); got != porcupine.Ok {
			return got
		}
	}
	return porcupine.Ok
}

func (h *history) judgeKey(key int) porcupine.CheckResult {
	model := slotModel
	if key >= slots {
		model = capModel
	}
	var of []porcupine.Operation
	for _, x := range h.done {
		if x.Input.(op).key == key {
			of = append(of, x)
		}
	}
	return porcupine.CheckOperationsTimeout(model, of, patience)
}

// broken names the keys that have no order.
func (h *history) broken() string {
	for key := range slots + len(h.cases) {
		if h.judgeKey(key) == porcupine.Illegal {
			if key >= slots {
				return "those on a series with a cap"
			}
			return "those at one time of a practitioner"
		}
	}
	return "none"
}
