package storagetest

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"time"

	"github.com/timebok/timebok"
	"github.com/timebok/timebok/booking"
	"github.com/timebok/timebok/series"
	"github.com/timebok/timebok/storage"
)

// A model is what a test believes of a clinic: the bookings and the one series
// that its commands made, and the rules of the desk in their plainest form,
// counted anew for each command.
type model struct {
	*env
	rnd      *rand.Rand
	now      time.Time
	bookings map[booking.ID]booking.Booking
	s        series.Series
	cap      int
	done     map[string]int // commands that worked, and that were refused
}

// randomScripts runs random commands of the desk. Each must work or be refused for
// the reasons that the model finds, and after each the store must hold what the
// model holds.
func randomScripts(e *env) {
	for i, seed := range []uint64{1, 2, 3, rand.Uint64()} {
		m := newModel(e.in(NewClinic(fmt.Sprint("model ", i))), seed)
		for n := range 120 {
			if m.step(); e.Failed() {
				e.Fatalf("with seed %d, at command %d of %v", seed, n+1, m.done)
			}
		}
		e.Logf("seed %d: %v", seed, m.done)
		if m.done["worked"] < 10 || m.done["refused"] < 5 {
			e.Errorf("seed %d: %v: the script did too little", seed, m.done)
		}
	}
}

func newModel(e *env, seed uint64) *model {
	m := &model{
		env: e, rnd: rand.New(rand.NewPCG(seed, 0)), now: Monday, cap: 3,
		bookings: map[booking.ID]booking.Booking{}, done: map[string]int{},
	}
	e.desk = &booking.Desk{Source: timebok.Source{Now: func() time.Time { return m.now }}}
	m.s = e.Case
	m.s.Policy = series.Policy{NoShowCounts: true, LateCancelCounts: true, Notice: 24 * time.Hour}
	m.s.Approvals = []series.Approval{e.Case.Approvals[0]}
	m.s.Approvals[0].Terms.Caps = []series.Cap{series.Sessions(m.cap)}
	e.Case = m.s
	e.save(e.Records()...)
	return m
}

// step runs one command and checks the store against the model.
func (m *model) step() {
	m.now = m.now.Add(time.Duration(m.rnd.IntN(60)) * time.Minute)
	commands := []func() string{
		m.book, m.book, m.book, m.move, m.move, m.cancel, m.next, m.next, m.next, m.attach, m.attach, m.change,
	}
	m.done[commands[m.rnd.IntN(len(commands))]()]++
	m.check()
}

// do runs a command of which the model says what must be refused. A nil booking is
// that of a command on the series.
func (m *model) do(what string, expected []*timebok.Rule, run func(ctx context.Context, tx storage.Tx) (booking.Booking, error)) string {
	var made booking.Booking
	err := m.update(func(ctx context.Context, tx storage.Tx) (err error) {
		made, err = run(ctx, tx)
		return err
	})
	var refusal *timebok.Refusal
	if err != nil && !errors.As(err, &refusal) {
		m.Errorf("%s: %v (%T)", what, err, err)
		return "failed"
	}
	got := map[string]bool{}
	if refusal != nil {
		for _, code := range refusal.Reasons.Codes() {
			got[code] = true
		}
	}
	want := map[string]bool{}
	for _, rule := range expected {
		want[rule.Code()] = true
	}
	if !maps.Equal(got, want) {
		m.Errorf("%s: refused for %v, the model says %v", what, got, want)
	}
	if err != nil {
		return "refused"
	}
	if !made.ID.IsZero() {
		m.bookings[made.ID] = made
	}
	return "worked"
}

// pick returns one of the bookings, false if there are none.
func (m *model) pick() (booking.Booking, bool) {
	ids := slices.SortedFunc(maps.Keys(m.bookings), booking.ID.Compare)
	if len(ids) == 0 {
		return booking.Booking{}, false
	}
	return m.bookings[ids[m.rnd.IntN(len(ids))]], true
}

func (m *model) time() time.Time {
	return Monday.Add(time.Hour+time.Duration(m.rnd.IntN(34))*20*time.Minute).AddDate(0, 0, m.rnd.IntN(2))
}

func (m *model) with() timebok.PractitionerID {
	return []timebok.PractitionerID{m.Anne.ID, m.Kari.ID}[m.rnd.IntN(2)]
}

// waiver sets the two rules of slot and cap aside now and then.
func (m *model) waiver() booking.Waiver {
	if m.rnd.IntN(6) > 0 {
		return booking.Waiver{}
	}
	return booking.Waive("test", booking.SlotTaken, series.Exhausted)
}

// against lists why a booking can't stand where it does, by counting.
// What the series has already may stay in it.
func (m *model) against(was, b booking.Booking, calendar bool, w booking.Waiver) (no []*timebok.Rule) {
	for _, x := range m.bookings {
		if calendar && len(w.Codes) == 0 && x.ID != b.ID && x.Practitioner == b.Practitioner &&
			x.State != booking.Cancelled && x.State != booking.EnteredInError &&
			x.Time.Start.Before(b.Time.End) && b.Time.Start.Before(x.Time.End) {
			no = append(no, booking.SlotTaken)
		}
	}
	if b.Series != m.s.ID || was.Series == m.s.ID && was.State.IsActive() {
		return no
	}
	if !m.s.ClosedAt.IsZero() {
		no = append(no, series.Closed)
	}
	if len(w.Codes) == 0 && m.used(b.ID)+1 > m.cap {
		no = append(no, series.Exhausted)
	}
	return no
}

// used counts the sessions of the series but one.
func (m *model) used(but booking.ID) (n int) {
	for _, x := range m.bookings {
		uses := x.State != booking.EnteredInError && (x.State != booking.Cancelled || x.Cancelled.Late)
		if x.Series == m.s.ID && x.ID != but && uses {
			n++
		}
	}
	return n
}

func (m *model) book() string {
	r := m.Request(m.time())
	r.ID, r.With, r.Override, r.Tentative = timebok.New[booking.Booking](timebok.Source{}), m.with(), m.waiver(), m.rnd.IntN(4) == 0
	if m.rnd.IntN(3) > 0 {
		r.Series = m.s.ID
	}
	b := booking.Booking{ID: r.ID, Practitioner: r.With, Series: r.Series, Time: timebok.Lasting(r.Start, m.Talk.Duration)}
	return m.do("book", m.against(booking.Booking{}, b, true, r.Override), func(ctx context.Context, tx storage.Tx) (booking.Booking, error) {
		return m.desk.Book(ctx, tx, m.Actor(), r)
	})
}

func (m *model) move() string {
	b, ok := m.pick()
	if !ok {
		return "nothing"
	}
	r := booking.MoveRequest{Booking: b.ID, Version: b.Version, Start: m.time(), With: m.with(), Override: m.waiver()}
	var no []*timebok.Rule
	if b.State != booking.Booked && b.State != booking.Proposed {
		no = append(no, booking.WrongState)
	}
	there := b
	there.Practitioner, there.Time = r.With, timebok.Lasting(r.Start, b.Time.Duration())
	if uncounted := b.State == booking.EnteredInError || b.State == booking.Cancelled && !b.Cancelled.Late; uncounted {
		r.Override = booking.Waive("test", booking.SlotTaken, series.Exhausted) // refused for its state alone
	}
	return m.do("move", append(no, m.against(b, there, true, r.Override)...), func(ctx context.Context, tx storage.Tx) (booking.Booking, error) {
		return m.desk.Move(ctx, tx, m.Actor(), r)
	})
}

func (m *model) cancel() string {
	b, ok := m.pick()
	if !ok {
		return "nothing"
	}
	var no []*timebok.Rule
	if b.State != booking.Booked && b.State != booking.Proposed && b.State != booking.Arrived {
		no = append(no, booking.WrongState)
	}
	return m.do("cancel", no, func(ctx context.Context, tx storage.Tx) (booking.Booking, error) {
		made, err := m.desk.Cancel(ctx, tx, m.Actor(), b.ID, b.Version, booking.ByClient)
		late := !b.Series.IsZero() && m.now.After(b.Time.Start.Add(-24*time.Hour))
		if err == nil && made.Cancelled.Late != late {
			m.Errorf("a cancellation at %v of a session at %v is late: %v", m.now, b.Time.Start, made.Cancelled.Late)
		}
		return made, err
	})
}

// next takes a booking to another state.
func (m *model) next() string {
	b, ok := m.pick()
	if !ok {
		return "nothing"
	}
	type move = func(context.Context, booking.Tx, timebok.Actor, booking.ID, int64) (booking.Booking, error)
	steps := []struct {
		run   move
		begun bool // only after the start
		from  []booking.State
	}{
		{m.desk.Confirm, false, []booking.State{booking.Proposed}},
		{m.desk.Arrive, false, []booking.State{booking.Booked}},
		{m.desk.Complete, true, []booking.State{booking.Booked, booking.Arrived, booking.NoShow}},
		{m.desk.NoShow, true, []booking.State{booking.Booked}},
		{m.desk.Void, false, []booking.State{booking.Proposed, booking.Booked, booking.Arrived, booking.Completed, booking.NoShow, booking.Cancelled}},
	}
	s := steps[m.rnd.IntN(len(steps))]
	if s.begun && m.rnd.IntN(2) == 0 && m.now.Before(b.Time.Start) {
		m.now = b.Time.Start
	}
	var no []*timebok.Rule
	if !slices.Contains(s.from, b.State) {
		no = append(no, booking.WrongState)
	}
	if s.begun && m.now.Before(b.Time.Start) {
		no = append(no, booking.TooEarly)
	}
	return m.do("next state", no, func(ctx context.Context, tx storage.Tx) (booking.Booking, error) {
		return s.run(ctx, tx, m.Actor(), b.ID, b.Version)
	})
}

func (m *model) attach() string {
	b, ok := m.pick()
	if !ok {
		return "nothing"
	}
	r := booking.AttachRequest{Booking: b.ID, Version: b.Version, Override: m.waiver()}
	if b.Series.IsZero() {
		r.Series = m.s.ID
	}
	var no []*timebok.Rule
	if b.State == booking.Cancelled || b.State == booking.EnteredInError {
		no = append(no, booking.WrongState)
		if b.State == booking.EnteredInError || !b.Cancelled.Late {
			r.Override = booking.Waive("test", booking.SlotTaken, series.Exhausted) // it would use nothing
		}
	}
	there := b
	there.Series = r.Series
	return m.do("attach", append(no, m.against(b, there, false, r.Override)...), func(ctx context.Context, tx storage.Tx) (booking.Booking, error) {
		return m.desk.Attach(ctx, tx, m.Actor(), r)
	})
}

// change extends, closes or reopens the series.
func (m *model) change() string {
	var no []*timebok.Rule
	closed := !m.s.ClosedAt.IsZero()
	action := m.rnd.IntN(3)
	switch {
	case action == 1 && closed:
		no = append(no, series.Closed)
	case action == 2 && !closed:
		no = append(no, series.NotClosed)
	}
	return m.do("change the series", no, func(ctx context.Context, tx storage.Tx) (booking.Booking, error) {
		s, err := m.desk.ChangeSeries(ctx, tx, m.Actor(), m.s.ID, m.s.Version, "series.change", func(s series.Series, u series.Use) (series.Series, error) {
			if u.Lines[0].Used != m.used(booking.ID{}) {
				m.Errorf("the series says that %d sessions are used, a recount %d", u.Lines[0].Used, m.used(booking.ID{}))
			}
			switch action {
			case 1:
				return s.Close(m.now)
			case 2:
				return s.Reopen()
			}
			terms := s.Terms()
			terms.Caps = []series.Cap{series.Sessions(m.cap + 1)}
			return s.Extend(series.Approval{At: m.now, Source: series.ByHand, By: m.Actor(), Terms: terms})
		})
		if err == nil {
			m.s, m.cap = s, s.Terms().Caps[0].Sessions
		}
		return booking.Booking{}, err
	})
}

// check compares the store with the model, and counts what must never be.
func (m *model) check() {
	want := slices.SortedFunc(maps.Values(m.bookings), byStart)
	got := m.env.bookings()
	if diff := same(got, want); diff != "" {
		m.Errorf("stored bookings (-model +store):\n%s", diff)
	}
	m.wantStored(m.s)
	m.wantNoOverlap(got)
	over := 0
	for _, b := range got {
		if b.Series == m.s.ID && slices.ContainsFunc(b.Overrides, func(o booking.Override) bool {
			return slices.Contains(o.Codes, series.Exhausted.Code())
		}) {
			over++
		}
	}
	if used := m.used(booking.ID{}); used-over > m.cap {
		m.Errorf("%d sessions are used of a cap of %d, and only %d were allowed beyond it", used, m.cap, over)
	}
}
