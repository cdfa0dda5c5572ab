package ordeal

import (
	"context"
	"errors"
	"math/rand/v2"
	"strings"
	"sync"
	"time"

	"github.com/timebok/timebok"
	"github.com/timebok/timebok/booking"
	"github.com/timebok/timebok/insurance"
	"github.com/timebok/timebok/invoice"
	"github.com/timebok/timebok/invoice/ehf"
	"github.com/timebok/timebok/series"
	"github.com/timebok/timebok/storage"
	"github.com/timebok/timebok/storage/outbox"
)

// Options tune the work of a process.
type Options struct {
	Desks   int           // callers at once; 0: 4
	Pause   time.Duration // between the commands of a caller
	Timeout time.Duration // of a command; 0: 10 s
}

// Work lets callers book, move, cancel, deliver and bill by hand, take the
// network's events in, and relay messages, until the context ends.
func Work(ctx context.Context, s *storage.Store, d *Diary, o Options) {
	if o.Desks <= 0 {
		o.Desks = 4
	}
	if o.Timeout <= 0 {
		o.Timeout = 10 * time.Second
	}
	all := theClinics()
	var wg sync.WaitGroup
	for range o.Desks {
		wg.Go(func() {
			for ctx.Err() == nil {
				w := worker{clinic: all[rand.IntN(len(all))], store: s, diary: d, desk: booking.Desk{Source: source}}
				one, cancel := context.WithTimeout(context.WithValue(ctx, answered{}, new(string)), o.Timeout)
				w.command(one)
				cancel()
				if o.Pause > 0 {
					time.Sleep(o.Pause)
				}
			}
		})
	}
	relay := newRelay(s, d)
	wg.Go(func() {
		for ctx.Err() == nil {
			one, cancel := context.WithTimeout(ctx, o.Timeout)
			_, err := relay.RunOnce(one)
			cancel()
			if err != nil {
				d.note(one, err, "relay")
			}
			time.Sleep(o.Pause + time.Millisecond)
		}
	})
	wg.Wait()
}

// newRelay carries effects out by writing them down. Its clock runs, so that leases
// run out, and is ahead of every session's.
func newRelay(s *storage.Store, d *Diary) *outbox.Relay {
	write := timebok.HandlerFunc(func(ctx context.Context, m timebok.Delivery) error {
		d.write(ctx, effect, string(m.Kind), m.ID, m.Clinic, m.About.ID, m.About.Version)
		return nil
	})
	return &outbox.Relay{
		Store: s, Source: timebok.Source{Now: func() time.Time { return time.Now().AddDate(20, 0, 0) }},
		Lease: 2 * time.Second, Backoff: func(int) time.Duration { return 10 * time.Millisecond },
		Handlers: map[timebok.MessageKind]timebok.Handler{
			booking.MailPractitioner: write, booking.MailClient: write, booking.ReportNetwork: write,
			insurance.AckNetwork: write, invoice.SubmitInvoice: write, invoice.MailInvoice: write,
		},
	}
}

// note writes down what an error means, and reports whether there is none.
func (d *Diary) note(ctx context.Context, err error, command string, words ...any) bool {
	o := odd
	switch {
	case err == nil:
		o = done
	case errors.Is(err, timebok.ErrRefused), errors.Is(err, timebok.ErrConflict), errors.Is(err, timebok.ErrExists), errors.Is(err, timebok.ErrNotFound):
		o = refused
	case errors.Is(err, timebok.ErrUnavailable), errors.Is(err, context.DeadlineExceeded), errors.Is(err, context.Canceled):
		o = unknown
	}
	if o == odd {
		words = append(words, strings.ReplaceAll(err.Error(), "\n", " "))
	}
	d.write(ctx, o, command, words...)
	return err == nil
}

// A worker carries one command out.
type worker struct {
	*clinic
	store *storage.Store
	diary *Diary
	desk  booking.Desk
}

func (w worker) update(ctx context.Context, fn func(ctx context.Context, tx storage.Tx) error) error {
	return w.store.Update(ctx, w.id(), fn)
}

func (w worker) command(ctx context.Context) {
	switch n := rand.IntN(100); {
	case n < 40:
		w.book(ctx)
	case n < 52:
		w.change(ctx, "cancel", func(ctx context.Context, tx storage.Tx, b booking.Booking) (booking.Booking, error) {
			return w.desk.Cancel(ctx, tx, w.Actor(), b.ID, b.Version, booking.ByClient)
		})
	case n < 60:
		w.change(ctx, "move", func(ctx context.Context, tx storage.Tx, b booking.Booking) (booking.Booking, error) {
			return w.desk.Move(ctx, tx, w.Actor(), booking.MoveRequest{Booking: b.ID, Version: b.Version, Start: at(rand.IntN(days * perDay))})
		})
	case n < 74:
		w.change(ctx, "complete", func(ctx context.Context, tx storage.Tx, b booking.Booking) (booking.Booking, error) {
			return w.desk.Complete(ctx, tx, w.Actor(), b.ID, b.Version)
		})
	case n < 88:
		w.bill(ctx)
	case n < 90:
		w.extend(ctx)
	default:
		w.receive(ctx)
	}
}

func (w worker) book(ctx context.Context) {
	s := w.series[rand.IntN(len(w.series))]
	r := booking.Request{
		ID: timebok.New[booking.Booking](timebok.Source{}), Client: s.Client, Series: s.ID,
		With: w.rooms[rand.IntN(len(w.rooms))], Service: w.Talk.ID, Start: at(rand.IntN(days * perDay)),
	}
	err := w.update(ctx, func(ctx context.Context, tx storage.Tx) error {
		_, err := w.desk.Book(ctx, tx, w.Actor(), r)
		return err
	})
	w.diary.note(ctx, err, "book", r.ID)
}

// change does something to a booking in a state that it may be in, and notes how it
// leaves it.
func (w worker) change(ctx context.Context, command string, do func(ctx context.Context, tx storage.Tx, b booking.Booking) (booking.Booking, error)) {
	var of booking.ID
	var left booking.Booking
	err := w.update(ctx, func(ctx context.Context, tx storage.Tx) error {
		of = booking.ID{}
		from := at(rand.IntN(days * perDay))
		f := booking.Filter{
			Practitioners: w.rooms, States: []booking.State{booking.Booked}, Limit: 1,
			Within: timebok.Period{Start: from, End: from.AddDate(0, 0, days)},
		}
		for b, err := range tx.Bookings(ctx, f) {
			if err != nil {
				return err
			}
			of = b.ID
			left, err = do(ctx, tx, b)
			return err
		}
		return nil
	})
	if err != nil || !of.IsZero() {
		w.diary.note(ctx, err, command, of, left.Version, left.Time.Start.Unix())
	}
}

// bill drafts and issues what a series has to be billed, and at times takes an
// invoice back.
func (w worker) bill(ctx context.Context) {
	s := w.series[rand.IntN(len(w.series))]
	b := invoice.Biller{Source: source, Format: ehf.Format{}}
	var issued []invoice.ID
	err := w.update(ctx, func(ctx context.Context, tx storage.Tx) error {
		issued = nil
		if rand.IntN(8) == 0 {
			for x, err := range tx.Invoices(ctx, invoice.Filter{Series: s.ID, States: []invoice.State{invoice.Issued}, Limit: 1}) {
				if err != nil || x.Kind != invoice.Bill {
					return err
				}
				note, _, err := b.Credit(ctx, tx, w.Actor(), invoice.CreditRequest{Invoice: x.ID, Version: x.Version, NoDraft: true})
				issued = append(issued, note.ID)
				return err
			}
		}
		drafts, err := b.DraftFor(ctx, tx, w.Actor(), s.ID, s.Client)
		if err != nil {
			return err
		}
		for _, draft := range drafts {
			x, err := b.Issue(ctx, tx, w.Actor(), draft.ID, draft.Version)
			if err != nil {
				return err
			}
			issued = append(issued, x.ID)
		}
		return nil
	})
	for _, id := range issued {
		w.diary.note(ctx, err, "issue", id)
	}
	if len(issued) == 0 {
		w.diary.note(ctx, err, "draft")
	}
}

// extend gives a series that is used up two sessions more.
func (w worker) extend(ctx context.Context) {
	s := w.series[rand.IntN(len(w.series))]
	err := w.update(ctx, func(ctx context.Context, tx storage.Tx) error {
		now, err := tx.Series(ctx, s.ID)
		if err != nil {
			return err
		}
		_, err = w.desk.ChangeSeries(ctx, tx, w.Actor(), s.ID, now.Version, "series.extend", func(s series.Series, u series.Use) (series.Series, error) {
			terms := s.Terms()
			terms.Caps = []series.Cap{series.Sessions(u.Booked + u.Delivered + 2)}
			return s.Extend(series.Approval{At: source.Time(), Source: series.ByHand, By: w.Actor(), Terms: terms})
		})
		return err
	})
	w.diary.note(ctx, err, "extend", s.ID)
}

func (w worker) receive(ctx context.Context) {
	e := w.events[rand.IntN(len(w.events))]
	in := w.intake(w.store)
	err := w.update(ctx, func(ctx context.Context, tx storage.Tx) error {
		_, err := in.Receive(ctx, tx, e)
		return err
	})
	w.diary.note(ctx, err, "event", w.id(), e.ID)
}
