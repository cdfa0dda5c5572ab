package storagetest

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"time"

	"github.com/timebok/timebok"
	"github.com/timebok/timebok/booking"
	"github.com/timebok/timebok/series"
	"github.com/timebok/timebok/storage"
)

var useCases = group{"Use cases", []clause{{"", []check{
	{"one winner for a slot", oneWinnerForASlot},
	{"one winner for each of the times that overlap", oneWinnerAmongUnequal},
	{"one winner for the last session", oneWinnerForTheLastSession},
	{"one winner for a move", oneWinnerForAMove},
	{"repeating a request has one effect", repeatedRequest},
	{"every use-case bears being run twice", flowTwice},
	{"a fault at any step leaves nothing", faultAtEachStep},
	{"random scripts agree with a naive recount", randomScripts},
	{"what many are told at once has one order", linearizable},
}}}}

var durability = group{"Durability", []clause{{"", []check{
	{"what is committed is there after reopening", reopened},
}}}}

// compete runs a booking command from n callers at once and returns how many it
// worked for. All others must get a refusal that names the rule.
func (e *env) compete(n int, rule *timebok.Rule, command func(ctx context.Context, tx storage.Tx, i int) error) int {
	e.Helper()
	var won atomic.Int32
	start := make(chan struct{})
	var wg sync.WaitGroup
	for i := range n {
		wg.Go(func() {
			<-start
			err := e.update(func(ctx context.Context, tx storage.Tx) error { return command(ctx, tx, i) })
			switch {
			case err == nil:
				won.Add(1)
			case !errors.Is(err, rule) || !errors.Is(err, timebok.ErrRefused):
				e.Errorf("a loser got %v (%T), want a refusal of %s", err, err, rule.Code())
			}
		})
	}
	close(start)
	wg.Wait()
	return int(won.Load())
}

func (e *env) book(r booking.Request) func(ctx context.Context, tx storage.Tx) error {
	return func(ctx context.Context, tx storage.Tx) error {
		return only(e.desk.Book(ctx, tx, e.Actor(), r))
	}
}

// bookings lists all bookings of the clinic.
func (e *env) bookings() (all []booking.Booking) {
	e.Helper()
	e.view(func(ctx context.Context, tx storage.Tx) (err error) {
		all, err = collect(tx.Bookings(ctx, booking.Filter{}))
		return err
	})
	return all
}

// contenders is how many callers want the same at once.
const contenders = 20

func oneWinnerForASlot(e *env) {
	e.save(e.Records()...)
	won := e.compete(contenders, booking.SlotTaken, func(ctx context.Context, tx storage.Tx, _ int) error {
		return e.book(e.Request(Monday.Add(4*time.Hour)))(ctx, tx)
	})
	if got := e.bookings(); won != 1 || len(got) != 1 {
		e.Errorf("%d won, and %d bookings are stored; want 1", won, len(got))
	}
}

// Starts that differ overlap all the same: where two could stand side by side,
// more than one may win, but none beside another.
func oneWinnerAmongUnequal(e *env) {
	e.save(e.Records()...)
	won := e.compete(contenders, booking.SlotTaken, func(ctx context.Context, tx storage.Tx, i int) error {
		r := e.Request(Monday.Add(4*time.Hour + time.Duration(i)*7*time.Minute))
		r.With, r.Service = e.Kari.ID, e.Physio.ID
		return e.book(r)(ctx, tx)
	})
	got := e.bookings()
	if won < 1 || len(got) != won {
		e.Errorf("%d won, and %d bookings are stored", won, len(got))
	}
	e.wantNoOverlap(got)
}

func (e *env) wantNoOverlap(all []booking.Booking) {
	e.Helper()
	for i, a := range all {
		for _, b := range all[i+1:] {
			if a.Practitioner == b.Practitioner && a.State.IsActive() && b.State.IsActive() &&
				!a.Overlapping() && !b.Overlapping() && a.Occupied().Overlaps(b.Occupied()) {
				e.Errorf("bookings overlap: %v and %v", a.Occupied(), b.Occupied())
			}
		}
	}
}

func oneWinnerForTheLastSession(e *env) {
	s := e.caseSeries("capped", e.Case.Case)
	s.Approvals = []series.Approval{s.Approvals[0]}
	s.Approvals[0].Terms.Caps = []series.Cap{series.Sessions(3)}
	e.Case = s
	e.save(e.Records()...)
	request := func(i int) booking.Request { // each at a time and with a practitioner of its own
		r := e.Request(Monday.Add(time.Duration(3+i%8)*time.Hour).AddDate(0, 0, i/8))
		r.Series = s.ID
		if i%2 == 1 {
			r.With, r.Service = e.Kari.ID, e.Physio.ID
		}
		return r
	}
	for i := range 2 {
		if err := e.update(e.book(request(i))); err != nil {
			e.Fatal(err)
		}
	}
	won := e.compete(contenders, series.Exhausted, func(ctx context.Context, tx storage.Tx, i int) error {
		return e.book(request(2+i))(ctx, tx)
	})
	if got := e.bookings(); won != 1 || len(got) != 3 {
		e.Errorf("%d won, and %d bookings are stored for a cap of 3", won, len(got))
	}
}

func oneWinnerForAMove(e *env) {
	e.save(e.Records()...)
	var made []booking.Booking
	for i := range contenders {
		b := e.Booking("move", 0)
		b.ID = timebok.New[booking.Booking](timebok.Source{})
		b.Time = timebok.Lasting(Monday.Add(time.Duration(3+i%9)*time.Hour).AddDate(0, 0, i/9), 45*time.Minute)
		made = append(made, b)
		e.save(b)
	}
	target := Monday.Add(4*time.Hour).AddDate(0, 0, 20)
	won := e.compete(contenders, booking.SlotTaken, func(ctx context.Context, tx storage.Tx, i int) error {
		return only(e.desk.Move(ctx, tx, e.Actor(), booking.MoveRequest{Booking: made[i].ID, Version: 1, Start: target}))
	})
	if won != 1 {
		e.Errorf("%d of %d moves to one time won, want 1", won, contenders)
	}
	e.wantNoOverlap(e.bookings())
}

func repeatedRequest(e *env) {
	e.save(e.Records()...)
	r := e.Request(Monday.Add(4 * time.Hour))
	r.ID = idOf[booking.Booking](e.ids, "repeated")
	parallel(contenders, func(int) {
		if err := e.update(e.book(r)); err != nil {
			e.Errorf("repeating a request: %v", err)
		}
	})
	if got := e.bookings(); len(got) != 1 || got[0].Version != 1 {
		e.Errorf("%d bookings are stored, want 1 at version 1", len(got))
	}
	if n := len(e.trail()); n != 1 {
		e.Errorf("%d audit entries are stored, want 1", n)
	}
}

// trail lists all audit entries of the clinic.
func (e *env) trail() (all []timebok.AuditEntry) {
	e.Helper()
	e.view(func(ctx context.Context, tx storage.Tx) (err error) {
		all, err = collect(tx.Audit(ctx, storage.AuditFilter{}))
		return err
	})
	return all
}

func reopened(e *env) {
	if e.reopen == nil {
		e.Fatal("Options has no Reopen to test durability by; a backend that keeps nothing says Volatile")
	}
	e.save(append(e.everything(), e.Clinic.Clinic)...)
	e.lease("before", Monday, 10)
	e.reopen()
	e.wantStored(append(e.everything(), e.Clinic.Clinic)...)
	if got := e.lease("after", Monday, 10); len(got) > 0 {
		e.Error("a lease did not outlive reopening")
	}
	if got := e.lease("later", Monday.Add(time.Hour), 10); len(got) != 1 || got[0].Attempts != 2 {
		e.Errorf("leased %+v after reopening, want the message at its second attempt", got)
	}
	changed := e.Ola
	changed.Version, changed.Name = 2, timebok.Hide("Etterpå")
	e.save(changed)
	e.reopen()
	e.wantStored(changed)
	wantError[*timebok.ExistsError](e, "a case that is taken, after reopening", e.trySave(e.caseSeries("again", e.Case.Case)))
}
