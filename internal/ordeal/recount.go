package ordeal

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"
	"github.com/timebok/timebok"
	"github.com/timebok/timebok/booking"
	"github.com/timebok/timebok/insurance"
	"github.com/timebok/timebok/invoice"
	"github.com/timebok/timebok/series"
	"github.com/timebok/timebok/storage"
)

// A Tally is what a Recount found.
type Tally struct {
	Bookings, Invoices, Events, Effects int // stored, issued, taken in, carried out
	Done, Refused, Unknown              int // commands, as the processes were told
	Landed                              int // bookings without an answer that are stored
	Problems                            []string
}

func (t Tally) String() string {
	return fmt.Sprintf("%d bookings, %d invoices, %d events, %d effects; %d commands done, %d refused, %d unknown (%d bookings landed unseen); %d problems",
		t.Bookings, t.Invoices, t.Events, t.Effects, t.Done, t.Refused, t.Unknown, t.Landed, len(t.Problems))
}

func (t *Tally) problem(format string, args ...any) {
	t.Problems = append(t.Problems, fmt.Sprintf(format, args...))
}

// Finish takes in what the network has told, and relays until nothing is left, as
// a process does that goes on after the others died.
func Finish(ctx context.Context, s *storage.Store, d *Diary) error {
	for _, c := range theClinics() {
		in := c.intake(s)
		for _, e := range c.events {
			err := s.Update(ctx, c.id(), func(ctx context.Context, tx storage.Tx) error {
				_, err := in.Receive(ctx, tx, e)
				return err
			})
			if !d.note(ctx, err, "event", c.id(), e.ID) {
				return err
			}
		}
	}
	relay := newRelay(s, d)
	for left := -1; left != 0; {
		if _, err := relay.RunOnce(ctx); err != nil {
			return err
		}
		left = 0
		for _, c := range theClinics() {
			err := s.View(ctx, c.id(), func(ctx context.Context, tx storage.Tx) error {
				for _, err := range tx.Messages(ctx, storage.MessageFilter{Limit: 1}) {
					if err != nil {
						return err
					}
					left++
				}
				return nil
			})
			if err != nil {
				return err
			}
		}
		if left > 0 {
			time.Sleep(5 * time.Millisecond) // a dead process's lease has to run out
		}
	}
	return nil
}

// Recount compares the store with itself and with the diaries in a folder. Call it
// when no process works any more; with Finish before it, effects are counted too.
func Recount(ctx context.Context, s *storage.Store, dir string, finished bool) (Tally, error) {
	var t Tally
	told, err := readDiaries(dir, &t)
	if err != nil {
		return t, err
	}
	for _, c := range theClinics() {
		err := s.View(ctx, c.id(), func(ctx context.Context, tx storage.Tx) error {
			r := recount{clinic: c, Tally: &t, told: told, finished: finished}
			return r.run(ctx, tx)
		})
		if err != nil {
			return t, err
		}
	}
	told.lost(&t)
	return t, nil
}

// A recount is that of one clinic.
type recount struct {
	*clinic
	*Tally
	told     *told
	finished bool

	bookings  []booking.Booking
	visits    map[string]booking.Booking // by the network's ID
	versions  map[timebok.Ref]int        // of everything with a trail, as audited
	perSeries map[series.ID][]series.Session
	billings  map[booking.ID]int // versions that drafting, issuing and crediting made
}

func (r *recount) run(ctx context.Context, tx storage.Tx) error {
	r.visits, r.versions, r.perSeries = map[string]booking.Booking{}, map[timebok.Ref]int{}, map[series.ID][]series.Session{}
	r.billings = map[booking.ID]int{}
	for _, step := range []func(context.Context, storage.Tx) error{
		r.audited, r.calendar, r.caps, r.billing, r.feed, r.guests, r.trail, r.outbox,
	} {
		if err := step(ctx, tx); err != nil {
			return err
		}
	}
	return nil
}

// calendar: no two active bookings of a practitioner overlap, and what was done
// is there and what was refused is not.
func (r *recount) calendar(ctx context.Context, tx storage.Tx) error {
	last := map[timebok.PractitionerID]booking.Booking{}
	for b, err := range tx.Bookings(ctx, booking.Filter{}) {
		if err != nil {
			return err
		}
		r.Bookings++
		r.bookings = append(r.bookings, b)
		r.told.stored(r.Tally, b)
		r.told.unchanged(r.Tally, b)
		r.perSeries[b.Series] = append(r.perSeries[b.Series], b.Session())
		if b.External.ID != "" {
			if before, twice := r.visits[b.External.ID]; twice {
				r.problem("%v and %v are one booking of the network", b.Ref(), before.Ref())
			}
			r.visits[b.External.ID] = b
		}
		if !b.State.IsActive() {
			continue
		}
		if before, ok := last[b.Practitioner]; ok && before.Occupied().Overlaps(b.Occupied()) {
			r.problem("%v overlaps %v", b.Ref(), before.Ref())
		}
		last[b.Practitioner] = b
	}
	return nil
}

// effects is how many different effects of a kind about a record were carried out.
func (r *recount) effects(kind timebok.MessageKind, about uuid.UUID) int {
	return len(r.told.effects[effectOf{string(kind), r.id().String(), about.String()}])
}

func (r *recount) effectOn(kind timebok.MessageKind, on timebok.Ref) effectOn {
	return effectOn{effectOf{string(kind), r.id().String(), on.ID.String()}, fmt.Sprint(on.Version)}
}

// audited counts the audit entries of each version.
func (r *recount) audited(ctx context.Context, tx storage.Tx) error {
	for e, err := range tx.Audit(ctx, storage.AuditFilter{}) {
		if err != nil {
			return err
		}
		r.versions[e.On]++
	}
	return nil
}

// wantTrail: each version of a record, from one on, has one audit entry.
func (r *recount) wantTrail(of timebok.Ref, from int64) {
	for on := of; on.Version >= from; on.Version-- {
		if n := r.versions[on]; n != 1 {
			r.problem("%v, version %d, has %d audit entries", on, on.Version, n)
		}
	}
}

// caps: no series has more sessions than were approved.
func (r *recount) caps(ctx context.Context, tx storage.Tx) error {
	for id, sessions := range r.perSeries {
		if id.IsZero() {
			continue
		}
		s, err := tx.Series(ctx, id)
		if err != nil {
			return err
		}
		if s.Use(sessions).IsOver() {
			r.problem("%v has %d sessions, and is over its cap", s.Ref(), len(sessions))
		}
		if slices.ContainsFunc(r.series, func(own series.Series) bool { return own.ID == id }) {
			r.wantTrail(s.Ref(), 2) // it was there from the beginning
		} else {
			r.wantTrail(s.Ref(), 1)
		}
	}
	return nil
}

// billing: the numbers of a party have no gap, and no session stands on two
// invoices at a time.
func (r *recount) billing(ctx context.Context, tx storage.Tx) error {
	next := map[timebok.BillingPartyID]int64{}
	billed := map[booking.ID]int{}
	for x, err := range tx.Invoices(ctx, invoice.Filter{}) {
		if err != nil {
			return err
		}
		for _, l := range x.Lines {
			if r.billings[l.Booking]++; x.Kind == invoice.Bill && !x.IsDraft() {
				r.billings[l.Booking]++ // it was drafted before
			}
		}
		if x.IsDraft() {
			continue
		}
		r.Invoices++
		r.told.issued(x)
		r.wantTrail(x.Ref(), 1)
		next[x.Party]++
		if x.Number != next[x.Party] {
			r.problem("%v has number %d where %d belongs", x.Ref(), x.Number, next[x.Party])
		}
		if _, err := tx.Document(ctx, x.ID); err != nil {
			r.problem("%v has no file: %v", x.Ref(), err)
		}
		if r.finished && r.effects(invoice.SubmitInvoice, x.ID.UUID()) == 0 {
			r.problem("%v was never submitted", x.Ref())
		}
		for _, l := range x.Lines {
			if x.Kind == invoice.Bill && !x.TakenBack(l.Booking) {
				billed[l.Booking]++
			}
		}
	}
	for party, last := range next {
		v, err := tx.LoadInvoicing(ctx, invoice.Needs{Party: party})
		if err != nil {
			return err
		}
		if v.Numbering == nil || v.Numbering.Next != last+1 {
			r.problem("the next number of %v is not %d: %+v", party, last+1, v.Numbering)
		}
	}
	for id, n := range billed {
		if n > 1 {
			r.problem("booking %v stands on %d invoices", id, n)
		}
	}
	for _, b := range r.bookings {
		for _, c := range b.Charges {
			if c.Issued != (billed[b.ID] == 1) {
				r.problem("%v says issued %v, and stands on %d invoices", b.Ref(), c.Issued, billed[b.ID])
			}
		}
	}
	return nil
}

// feed: each booking of the network is there once, and once all is told, as the
// ordered history leaves it; the practitioner was told of each change, and the
// network that each event was taken in.
func (r *recount) feed(ctx context.Context, tx storage.Tx) error {
	final := map[string]insurance.Event{}
	for _, e := range r.events {
		final[e.Booking.ID] = e
	}
	for id, b := range r.visits {
		e, ok := final[id]
		switch {
		case !ok:
			r.problem("%v is of an unknown booking of the network", b.Ref())
		case !r.finished:
		case e.IsCancelled() != (b.State == booking.Cancelled), !b.Time.Start.Equal(e.Booking.Start) && !e.IsCancelled():
			r.problem("%v is %s at %v, and %s at %v at the network", b.Ref(), b.State, b.Time.Start, e.Kind, e.Booking.Start)
		case len(r.told.versions[r.effectOn(booking.MailPractitioner, b.Ref())]) == 0:
			r.problem("nobody was told of %v as it is now", b.Ref())
		}
	}
	if r.finished && len(r.visits) != len(final) {
		r.problem("%d of %d bookings of the network are there", len(r.visits), len(final))
	}
	applied := map[booking.ID]int{}
	for _, e := range r.events {
		key := insurance.ReceivedKey(e.Network, e.ID)
		entry, err := tx.Received(ctx, key)
		switch {
		case errors.Is(err, timebok.ErrNotFound):
			if r.finished || r.told.done["event"][r.id().String()+" "+e.ID] {
				r.problem("event %s was taken in and is not in the inbox", e.ID)
			}
			continue
		case err != nil:
			return err
		}
		r.Events++
		if entry.Result == insurance.Quarantined {
			r.problem("event %s is in quarantine: %v", e.ID, entry.Codes)
		}
		if entry.Result == insurance.New || entry.Result == insurance.Changed {
			applied[entry.Booking]++
			r.wantTrail(entry.Ref(), 1)
		}
		if r.finished && r.effects(insurance.AckNetwork, key.UUID()) == 0 {
			r.problem("event %s was never acknowledged", e.ID)
		}
	}
	for id, n := range applied {
		// A mail that a later change overtook is not sent.
		if mails := r.effects(booking.MailPractitioner, id.UUID()); mails > n {
			r.problem("the practitioner was told %d times of %d changes of %v", mails, n, id)
		}
	}
	return nil
}

// guests: each guest of the network became one client.
func (r *recount) guests(ctx context.Context, tx storage.Tx) error {
	var came int
	for c, err := range tx.Clients(ctx, timebok.ClientID{}, 0) {
		if err != nil {
			return err
		}
		if c.Origin == timebok.FromNetwork && c.ID != r.Åse.ID {
			came++
			r.wantTrail(c.Ref(), 1)
		}
	}
	if came > guests || r.finished && came != guests {
		r.problem("%d clients came from the network, of %d guests", came, guests)
	}
	return nil
}

// trail: a booking has one audit entry for each version but those that billing made,
// which are audited on the invoice, and each is of a booking that is there.
func (r *recount) trail(context.Context, storage.Tx) error {
	for _, b := range r.bookings {
		silent := 0
		for v := int64(1); v <= b.Version; v++ {
			on := b.Ref()
			on.Version = v
			n := r.versions[on]
			if n == 0 && v > 1 {
				silent++
			} else if n != 1 {
				r.problem("%v, version %d, has %d audit entries", on, v, n)
			}
			delete(r.versions, on)
		}
		if silent != r.billings[b.ID] {
			r.problem("%v has 0 audit entries of %d versions, of which billing made %d", b.Ref(), silent, r.billings[b.ID])
		}
	}
	for on, n := range r.versions {
		if on.Kind == timebok.KindBooking {
			r.problem("%d audit entries of %v, version %d, which is not stored", n, on, on.Version)
		}
	}
	return nil
}

// outbox: nothing is buried, and once finished nothing is left.
func (r *recount) outbox(ctx context.Context, tx storage.Tx) error {
	for q, err := range tx.Messages(ctx, storage.MessageFilter{}) {
		if err != nil {
			return err
		}
		if q.Buried || r.finished {
			r.problem("message %s %v is left: buried %v, %d attempts, %s", q.Kind, q.ID, q.Buried, q.Attempts, q.Error)
		}
	}
	return nil
}
