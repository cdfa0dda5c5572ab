package booking_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/rickb777/date"
	"pgregory.net/rapid"

	"github.com/timebok/timebok"
	"github.com/timebok/timebok/booking"
	"github.com/timebok/timebok/series"
	"github.com/timebok/timebok/storage"
	"github.com/timebok/timebok/storage/storagetest"
)

// Random commands at the desk of a clinic, each compared with what a naive model
// says of it: refused for exactly these reasons, or carried out with exactly this
// effect.
func TestDeskAgainstModel(t *testing.T) {
	for _, b := range backends {
		t.Run(b.name, func(t *testing.T) {
			t.Parallel()
			store, most, clinic := storage.New(b.open(t), nil), 24, 0
			if b.name == "sqlite" {
				most = 8 // each of its commits reaches the disk
			}
			rapid.Check(t, func(rt *rapid.T) {
				clinic++
				m := newModel(t, rt, store, fmt.Sprint(clinic))
				for range rapid.IntRange(1, most).Draw(rt, "commands") {
					m.command()
					m.invariants()
				}
				m.audited()
			})
		})
	}
}

// A model is what should be in the store, told in the plainest way.
type model struct {
	*rapid.T
	o        *office
	bookings []*session
	cases    []*fund
	services map[timebok.ServiceID]timebok.Service
	commands []string // the action of each that was carried out
}

// A session is a booking in the model.
type session struct {
	b      booking.Booking // as the store should have it, in the fields below
	late   bool
	waived map[string]bool
}

// A fund is a series in the model.
type fund struct {
	id                     series.ID
	version                int64
	client                 timebok.ClientID
	caps                   map[string]int // by treatment type, "" for all; nil: none
	last                   *date.Date
	closed                 bool
	adjusted               int
	noShow, lateOff, shrun bool // shrun: the cap was lowered, so it may be over
}

func newModel(t *testing.T, rt *rapid.T, store *storage.Store, clinic string) *model {
	o := newOffice(t, store, clinic)
	last := day("2026-03-05")
	o.Case.Approvals[0].Terms.Caps = []series.Cap{series.Sessions(3)}
	o.Case.Approvals[0].Terms.ValidTo = &last
	both := o.Case
	both.ID, both.Client, both.Case.Number = timebok.DeriveID[series.Series](clinic, "both"), o.Åse.ID, "OTHER"
	both.Approvals = []series.Approval{{Source: series.ByHand, Terms: o.Case.Terms()}}
	both.Approvals[0].Terms.Caps = []series.Cap{series.Sessions(3), {Treatment: "PSY45", Unit: series.CapSessions, Sessions: 2}}
	both.Approvals[0].Terms.ValidTo = nil
	both.Policy = series.Policy{NoShowCounts: true, LateCancelCounts: true, Notice: 24 * time.Hour}
	o.Save(t, o.store)
	if err := o.update(func(_ context.Context, tx storage.Tx) error { tx.Save(both); return nil }); err != nil {
		t.Fatal(err)
	}
	return &model{
		T: rt, o: o,
		cases: []*fund{
			{id: o.Case.ID, version: 1, client: o.Ola.ID, caps: map[string]int{"": 3}, last: &last},
			{id: o.Paid.ID, version: 1, client: o.Ola.ID},
			{id: both.ID, version: 1, client: o.Åse.ID, caps: map[string]int{"": 3, "PSY45": 2}, noShow: true, lateOff: true},
		},
		services: map[timebok.ServiceID]timebok.Service{o.Talk.ID: o.Talk, o.Physio.ID: o.Physio},
	}
}

// fund returns the series with an ID, or nil.
func (m *model) fund(id series.ID) *fund {
	for _, f := range m.cases {
		if f.id == id {
			return f
		}
	}
	return nil
}

// counts reports whether a session uses the caps of a fund.
func (f *fund) counts(x *session) bool {
	switch x.b.State {
	case booking.NoShow:
		return f.noShow
	case booking.Cancelled:
		return f.lateOff && x.late
	case booking.EnteredInError:
		return false
	}
	return true
}

// used counts the sessions of a treatment type ("" for all) but one.
func (m *model) used(f *fund, treatment string, but *session) int {
	n := 0
	if treatment == "" {
		n = f.adjusted
	}
	for _, x := range m.bookings {
		if x != but && x.b.Series == f.id && f.counts(x) && (treatment == "" || x.b.Treatment == treatment) {
			n++
		}
	}
	return n
}

// full reports whether one more session than the others is too much for a cap.
func (m *model) full(f *fund, x *session) bool {
	for treatment, most := range f.caps {
		if (treatment == "" || treatment == m.treatment(x)) && m.used(f, treatment, x)+1 > most {
			return true
		}
	}
	return false
}

func (m *model) treatment(x *session) string {
	return m.services[x.b.Service].KeyAt(timebok.Behandlernettverk)
}

// against lists what speaks against x where it stands: its calendar, if asked,
// and its series.
// What the series has already may stay in it, though it is closed or over its cap.
func (m *model) against(was, x *session, calendar bool) map[string]bool {
	no := map[string]bool{}
	start, end := x.b.Time.Start.In(oslo), x.b.Time.End.In(oslo)
	if calendar {
		for _, y := range m.bookings {
			if y != x && y.b.Practitioner == x.b.Practitioner && y.b.State != booking.Cancelled && y.b.State != booking.EnteredInError &&
				y.b.Occupied().Start.Before(x.b.Occupied().End) && x.b.Occupied().Start.Before(y.b.Occupied().End) {
				no["slot.taken"] = true
			}
		}
		if start.Hour() < 8 || end.Hour() >= 20 && end.Format("15:04") != "20:00" {
			no["hours.outside"] = true
		}
	}
	if f := m.fund(x.b.Series); f != nil {
		if f.client != x.b.Client {
			no["series.client"] = true
		}
		stays := was != nil && was.b.Series == x.b.Series && was.b.State.IsActive()
		if f.closed && !stays {
			no["series.closed"] = true
		}
		if f.last != nil && start.Format("2006-01-02") > f.last.String() {
			no["case.expired"] = true
		}
		if !stays && f.counts(x) && m.full(f, x) {
			no["cap.exhausted"] = true
		}
	}
	return no
}

// waiver draws what a command sets aside, and takes it out of what speaks against it.
func (m *model) waiver(x *session, no map[string]bool) booking.Waiver {
	var w booking.Waiver
	if rapid.IntRange(0, 3).Draw(m.T, "override") == 0 {
		w = booking.Waive("model", booking.SlotTaken, series.Exhausted, series.Expired)
	}
	for _, code := range w.Codes {
		if no[code] {
			x.waived[code] = true
			delete(no, code)
		}
	}
	return w
}

// drawTime draws a start in the first week: few enough that sessions meet.
func (m *model) drawTime() time.Time {
	days, quarters := rapid.IntRange(0, 4).Draw(m.T, "day"), rapid.IntRange(0, 8).Draw(m.T, "quarter")
	return storagetest.Monday.AddDate(0, 0, days).Add(45*time.Minute + time.Duration(quarters)*15*time.Minute) // from 07:45
}

func (m *model) drawStaff() timebok.PractitionerID {
	return rapid.SampledFrom([]timebok.PractitionerID{m.o.Anne.ID, m.o.Kari.ID}).Draw(m.T, "with")
}

func (m *model) drawSeries() series.ID {
	return rapid.SampledFrom([]series.ID{m.cases[0].id, m.cases[1].id, m.cases[2].id, {}}).Draw(m.T, "series")
}

func (m *model) command() {
	o := m.o
	if rapid.IntRange(0, 5).Draw(m.T, "wait") == 0 {
		o.now = o.now.Add(time.Duration(rapid.IntRange(1, 30).Draw(m.T, "hours")) * time.Hour)
	}
	kinds := []string{"book", "series"}
	if len(m.bookings) > 0 {
		kinds = append(kinds, "book", "move", "attach", "cancel", "step", "step", "stale")
	}
	kind := rapid.SampledFrom(kinds).Draw(m.T, "command")
	if kind == "book" {
		m.book()
		return
	}
	if kind == "series" {
		m.change()
		return
	}
	x := rapid.SampledFrom(m.bookings).Draw(m.T, "booking")
	next := &session{b: x.b, late: x.late, waived: map[string]bool{}}
	m.swap(x, next) // so that what is counted "but one" counts this one out
	defer m.swap(next, x)
	switch kind {
	case "move":
		m.move(x, next)
	case "attach":
		m.attach(x, next)
	case "cancel":
		m.cancel(x, next)
	case "step":
		m.step(x, next)
	case "stale":
		stale := x.b
		stale.Version--
		if _, err := o.tryStep(o.desk.Arrive, stale); !errors.Is(err, timebok.ErrConflict) {
			m.Fatalf("at an old version: %v", err)
		}
	}
}

func (m *model) swap(a, b *session) { m.bookings[slices.Index(m.bookings, a)] = b }

// compare fails unless a command ended as the model says. If it was carried out,
// x becomes what next is.
func (m *model) compare(action string, x, next *session, got booking.Booking, err error, no map[string]bool) {
	m.Helper()
	var refusal *timebok.Refusal
	if err != nil && !errors.As(err, &refusal) {
		m.Fatalf("%s: %v", action, err)
	}
	codes := map[string]bool{}
	if refusal != nil {
		for _, c := range refusal.Reasons.Codes() {
			codes[c] = true
		}
	}
	if diff := cmp.Diff(no, codes); diff != "" {
		m.Fatalf("%s of %+v refused by (-model +desk):\n%s", action, next.b, diff)
	}
	if err != nil {
		return
	}
	m.commands = append(m.commands, action)
	if x != nil {
		next.b.Version++
		for code := range x.waived {
			next.waived[code] = true
		}
		*x = *next
	}
	if got.Version != next.b.Version || got.Sequence != next.b.Sequence || got.State != next.b.State || got.Time != next.b.Time ||
		got.Practitioner != next.b.Practitioner || got.Series != next.b.Series || (got.Cancelled != nil && got.Cancelled.Late) != next.late {
		m.Fatalf("%s: the desk says\n%+v, the model\n%+v", action, got, next.b)
	}
	for code := range next.waived {
		if !slices.ContainsFunc(got.Overrides, func(o booking.Override) bool { return slices.Contains(o.Codes, code) }) {
			m.Fatalf("%s: %s was set aside, and the booking does not say so: %+v", action, code, got.Overrides)
		}
	}
	next.b = got
	if x != nil {
		x.b = got
	}
}

func (m *model) book() {
	o, s := m.o, m.services[rapid.SampledFrom([]timebok.ServiceID{m.o.Talk.ID, m.o.Physio.ID}).Draw(m.T, "service")]
	r := booking.Request{
		ID:     timebok.DeriveID[booking.Booking](o.Clinic.ID.String(), fmt.Sprint(len(m.bookings))),
		Client: rapid.SampledFrom([]timebok.ClientID{o.Ola.ID, o.Åse.ID}).Draw(m.T, "client"),
		With:   m.drawStaff(), Service: s.ID, Series: m.drawSeries(), Start: m.drawTime(), Tentative: rapid.Bool().Draw(m.T, "tentative"),
	}
	x := &session{waived: map[string]bool{}, b: booking.Booking{
		ID: r.ID, Version: 1, Sequence: 1, Client: r.Client, Practitioner: r.With, Service: s.ID, Series: r.Series,
		Time: timebok.Lasting(r.Start, s.Duration), Before: s.Before, After: s.After, State: booking.Booked,
	}}
	if r.Tentative {
		x.b.State = booking.Proposed
	}
	no := m.against(nil, x, true)
	r.Override = m.waiver(x, no)
	got, err := o.tryBook(r)
	m.compare("booking.book", nil, x, got, err, no)
	if err == nil {
		m.bookings = append(m.bookings, x)
		if again, err := o.tryBook(r); err != nil || cmp.Diff(got, again) != "" {
			m.Fatalf("booked again with the same ID: %+v, %v", again, err)
		}
	}
}

func (m *model) move(x, next *session) {
	next.b.Practitioner = m.drawStaff()
	next.b.Time = timebok.Lasting(m.drawTime(), x.b.Time.Duration())
	next.b.Sequence++
	no := m.against(x, next, true)
	w := m.waiver(next, no)
	if x.b.State != booking.Proposed && x.b.State != booking.Booked {
		no["state.illegal"] = true
	}
	got, err := tryRun(m.o, func(ctx context.Context, tx storage.Tx) (booking.Booking, error) {
		return m.o.desk.Move(ctx, tx, m.o.by, booking.MoveRequest{
			Booking: x.b.ID, Version: x.b.Version, Start: next.b.Time.Start, With: next.b.Practitioner, Override: w,
		})
	})
	m.compare("booking.move", x, next, got, err, no)
}

func (m *model) attach(x, next *session) {
	next.b.Series = m.drawSeries()
	no := m.against(x, next, false)
	w := m.waiver(next, no)
	if x.b.State == booking.Cancelled || x.b.State == booking.EnteredInError {
		no["state.illegal"] = true
	}
	got, err := tryRun(m.o, func(ctx context.Context, tx storage.Tx) (booking.Booking, error) {
		return m.o.desk.Attach(ctx, tx, m.o.by, booking.AttachRequest{Booking: x.b.ID, Version: x.b.Version, Series: next.b.Series, Override: w})
	})
	m.compare("booking.attach", x, next, got, err, no)
}

func (m *model) cancel(x, next *session) {
	why := rapid.SampledFrom([]booking.Reason{booking.ByClient, booking.ByClinic}).Draw(m.T, "why")
	next.b.State = booking.Cancelled
	next.b.Sequence++
	f := m.fund(x.b.Series)
	next.late = f != nil && f.lateOff && why == booking.ByClient && m.o.now.After(x.b.Time.Start.Add(-24*time.Hour))
	got, err := m.o.tryStep(m.o.cancel(why), x.b)
	m.compare("booking.cancel", x, next, got, err, m.illegal(x, booking.Cancelled))
}

// illegal is what the states say against a step.
func (m *model) illegal(x *session, to booking.State) map[string]bool {
	no := map[string]bool{}
	if legal[x.b.State][2*slices.Index(states, to)] != 'x' {
		no["state.illegal"] = true
	}
	return no
}

func (m *model) step(x, next *session) {
	d := m.o.desk
	to := rapid.SampledFrom([]booking.State{booking.Booked, booking.Arrived, booking.Completed, booking.NoShow, booking.EnteredInError}).Draw(m.T, "to")
	do := map[booking.State]step{
		booking.Booked: d.Confirm, booking.Arrived: d.Arrive, booking.Completed: d.Complete, booking.NoShow: d.NoShow, booking.EnteredInError: d.Void,
	}[to]
	no := m.illegal(x, to)
	if (to == booking.Completed || to == booking.NoShow) && m.o.now.Before(x.b.Time.Start) {
		no["state.early"] = true
	}
	next.b.State = to
	if to == booking.EnteredInError {
		if x.b.State != booking.Cancelled {
			next.b.Sequence++
		}
		next.late = x.late // it stays on record who called it off
	}
	f := m.fund(x.b.Series)
	if x.b.State == booking.NoShow && to == booking.Completed && f != nil && !f.noShow && !x.waived["cap.exhausted"] && m.full(f, next) {
		no["cap.exhausted"] = true
	}
	got, err := m.o.tryStep(do, x.b)
	m.compare("booking."+string(to), x, next, got, err, no)
}

// change extends, corrects, adjusts, closes or reopens a series.
func (m *model) change() {
	f := rapid.SampledFrom(m.cases).Draw(m.T, "of")
	action := rapid.SampledFrom([]string{"series.extend", "series.correct", "series.adjust", "series.toggle"}).Draw(m.T, "change")
	by := rapid.IntRange(-1, 2).Draw(m.T, "by")
	ok := true
	var seen series.Use
	got, err := tryRun(m.o, func(ctx context.Context, tx storage.Tx) (series.Series, error) {
		return m.o.desk.ChangeSeries(ctx, tx, m.o.by, f.id, f.version, action, func(s series.Series, use series.Use) (series.Series, error) {
			seen = use
			terms := s.Terms()
			for i := range terms.Caps {
				terms.Caps[i].Sessions = max(0, terms.Caps[i].Sessions+by)
			}
			switch {
			case action == "series.extend" && len(s.Overrides) == 0:
				return s.Extend(series.Approval{Source: series.ByHand, Terms: terms})
			case action == "series.adjust":
				return s.Adjust(series.Adjustment{Why: "model", Sessions: by})
			case action == "series.toggle" && s.IsOpen():
				return s.Close(m.o.now)
			case action == "series.toggle":
				return s.Reopen()
			}
			return s.Correct(series.Override{Why: "model", Caps: terms.Caps})
		})
	})
	switch action {
	case "series.toggle":
		f.closed = !f.closed
	case "series.adjust":
		if ok = by != 0; ok {
			f.adjusted += by
			f.shrun = f.shrun || by > 0
		}
	default:
		for treatment := range f.caps {
			f.caps[treatment] = max(0, f.caps[treatment]+by)
		}
		f.shrun = f.shrun || by < 0
	}
	if (err == nil) != ok {
		m.Fatalf("%s by %d: %v", action, by, err)
	}
	n := 0
	for _, x := range m.bookings {
		if x.b.Series == f.id && (x.b.State == booking.Booked || x.b.State == booking.Arrived) {
			n++
		}
	}
	if seen.Booked != n {
		m.Fatalf("%s sees %d booked, the model %d", action, seen.Booked, n)
	}
	if ok {
		f.version++
		m.commands = append(m.commands, action)
		if got.Version != f.version {
			m.Fatalf("%s made version %d, the model %d", action, got.Version, f.version)
		}
	}
}

// invariants are what holds whatever was done, judged from what is stored.
func (m *model) invariants() {
	m.Helper()
	stored := m.o.bookings(booking.Filter{})
	if len(stored) != len(m.bookings) {
		m.Fatalf("%d bookings stored, the model has %d", len(stored), len(m.bookings))
	}
	for i, a := range stored {
		x := m.bookings[slices.IndexFunc(m.bookings, func(x *session) bool { return x.b.ID == a.ID })]
		if diff := cmp.Diff(x.b, a); diff != "" {
			m.Fatalf("stored is another than was returned (-returned +stored):\n%s", diff)
		}
		for _, b := range stored[:i] {
			if a.Practitioner == b.Practitioner && a.State.IsActive() && b.State.IsActive() && a.Occupied().Overlaps(b.Occupied()) &&
				!a.Overlapping() && !b.Overlapping() {
				m.Fatalf("two sessions at a time:\n%+v\n%+v", a, b)
			}
		}
	}
	for _, f := range m.cases {
		waived := f.shrun
		for _, b := range stored {
			waived = waived || slices.ContainsFunc(b.Overrides, func(o booking.Override) bool { return slices.Contains(o.Codes, series.Exhausted.Code()) })
		}
		for treatment, most := range f.caps {
			if used := m.used(f, treatment, nil); used > most && !waived {
				m.Fatalf("%d sessions of %q in a cap of %d, and nobody set it aside", used, treatment, most)
			}
		}
	}
	for _, client := range []timebok.ClientID{m.o.Ola.ID, m.o.Åse.ID} {
		m.o.view(func(ctx context.Context, tx storage.Tx) error {
			for s, err := range tx.SeriesOf(ctx, client) {
				if err != nil {
					return err
				}
				f := m.fund(s.ID)
				use := s.Use(booking.Sessions(slices.DeleteFunc(slices.Clone(stored), func(b booking.Booking) bool { return b.Series != s.ID })))
				for _, l := range use.Lines {
					if used := m.used(f, l.Cap.Treatment, nil); l.Used != used || l.Cap.Sessions != f.caps[l.Cap.Treatment] {
						m.Fatalf("%+v, the model counts %d of %d", l, used, f.caps[l.Cap.Treatment])
					}
				}
			}
			return nil
		})
	}
}

// audited fails unless each command that was carried out has one audit entry.
func (m *model) audited() {
	m.Helper()
	got := m.o.actions(storage.AuditFilter{})
	for i := range got {
		got[i] = actionOf(got[i])
	}
	want := slices.Sorted(slices.Values(m.commands))
	if diff := cmp.Diff(want, slices.Sorted(slices.Values(got))); diff != "" {
		m.Fatalf("audit (-carried out +recorded):\n%s", diff)
	}
}

func actionOf(entry string) string {
	for i, c := range entry {
		if c == ' ' {
			return entry[:i]
		}
	}
	return entry
}
