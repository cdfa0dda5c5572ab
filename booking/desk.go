package booking

import (
	"context"
	"time"

	"github.com/timebok/timebok"
)

// A Desk carries out what happens at the desk of a clinic. The zero Desk works.
// It holds no state: one Desk serves every clinic, from any number of goroutines.
//
// Every use-case has one shape: load a View, decide, save. It returns what the
// decision returns: an *timebok.InvalidError, a *timebok.Refusal with every
// reason, a *timebok.StaleError if the booking has changed since Version, or a
// *timebok.NotFoundError. Then nothing is saved.
type Desk struct {
	timebok.Source
	CaseMaxAge time.Duration // older knowledge of a case is a notice; 0: never

	// Channels are the host's ways to tell clients, the one to be used first in
	// front: each message goes by the first on which its client has an address and
	// has not opted out. None: by e-mail.
	Channels []timebok.Channel
	// Reminder is how long before a session its client, if invited, is reminded,
	// counted on the clock on the wall; 0: 48 hours, less than 0: never. A session
	// that is booked or moved so late that the reminder would come within an hour
	// of being told so has none.
	Reminder time.Duration
}

// Book makes a booking.
func (d *Desk) Book(ctx context.Context, tx Tx, by timebok.Actor, r Request) (Booking, error) {
	if err := r.missing(); err != nil {
		return Booking{}, err
	}
	v, err := tx.LoadBooking(ctx, r.Needs())
	if err != nil {
		return Booking{}, err
	}
	c, err := d.DecideBook(v, r, by)
	if err != nil {
		return Booking{}, err
	}
	return c.Save(tx), nil
}

// Check says what Book would say, without booking: every reason against, what to
// look at, who would get the bill, and the nearest free times if the time is
// refused. Only a failing store is an error.
func (d *Desk) Check(ctx context.Context, tx Tx, by timebok.Actor, r Request) (Verdict, error) {
	n := r.Needs()
	n.Within, n.Start = n.Calendar(nil).Widen(searched, searched), time.Time{}
	v, err := tx.LoadBooking(ctx, n)
	if err != nil {
		return Verdict{}, err
	}
	return d.DecideCheck(v, r, by)
}

// Move moves a booking to another time or practitioner.
func (d *Desk) Move(ctx context.Context, tx Tx, by timebok.Actor, m MoveRequest) (Booking, error) {
	return d.change(ctx, tx, m.Booking, m.Version,
		func(n *Needs, b Booking) { *n = m.Needs(b) },
		func(v View) (Changes, error) { return d.DecideMove(v, m, by) })
}

// Cancel calls a booking off.
func (d *Desk) Cancel(ctx context.Context, tx Tx, by timebok.Actor, id ID, version int64, why Reason) (Booking, error) {
	return d.change(ctx, tx, id, version, nil,
		func(v View) (Changes, error) { return d.DecideCancel(v, version, why, by) })
}

// Confirm turns a proposal into a booking.
func (d *Desk) Confirm(ctx context.Context, tx Tx, by timebok.Actor, id ID, version int64) (Booking, error) {
	return d.step(ctx, tx, by, id, version, Booked)
}

// Arrive records that the client is here.
func (d *Desk) Arrive(ctx context.Context, tx Tx, by timebok.Actor, id ID, version int64) (Booking, error) {
	return d.step(ctx, tx, by, id, version, Arrived)
}

// Complete records that the session took place, and freezes who pays what.
func (d *Desk) Complete(ctx context.Context, tx Tx, by timebok.Actor, id ID, version int64) (Booking, error) {
	return d.step(ctx, tx, by, id, version, Completed)
}

// NoShow records that the client did not come.
func (d *Desk) NoShow(ctx context.Context, tx Tx, by timebok.Actor, id ID, version int64) (Booking, error) {
	return d.step(ctx, tx, by, id, version, NoShow)
}

// Void marks a booking as entered in error.
func (d *Desk) Void(ctx context.Context, tx Tx, by timebok.Actor, id ID, version int64) (Booking, error) {
	return d.step(ctx, tx, by, id, version, EnteredInError)
}

// Attach puts a booking into a series afterwards, out of one, or bills it otherwise.
func (d *Desk) Attach(ctx context.Context, tx Tx, by timebok.Actor, a AttachRequest) (Booking, error) {
	return d.change(ctx, tx, a.Booking, a.Version,
		func(n *Needs, _ Booking) { n.Series = a.Series },
		func(v View) (Changes, error) { return d.DecideAttach(v, a, by) })
}

// Invite invites the client to a booking, or once more (Inviter klient). From then
// on the client is told when it is moved, confirmed or called off, and reminded.
func (d *Desk) Invite(ctx context.Context, tx Tx, by timebok.Actor, id ID, version int64) (Booking, error) {
	return d.change(ctx, tx, id, version, nil,
		func(v View) (Changes, error) { return d.DecideInvite(v, version, by) })
}

func (d *Desk) step(ctx context.Context, tx Tx, by timebok.Actor, id ID, version int64, next State) (Booking, error) {
	return d.change(ctx, tx, id, version, nil,
		func(v View) (Changes, error) { return d.DecideStep(v, version, next, by) })
}

// change loads what a booking hangs on, decides and saves. The booking is read
// once before the locks, to know what to lock; its version tells if that changed.
func (d *Desk) change(ctx context.Context, tx Tx, id ID, version int64, more func(*Needs, Booking), decide func(View) (Changes, error)) (Booking, error) {
	b, err := tx.Booking(ctx, id)
	if err != nil {
		return Booking{}, err
	}
	if b.Version != version {
		ref := b.Ref()
		ref.Version = version
		return Booking{}, &timebok.StaleError{Ref: ref, Stored: b.Version}
	}
	n := b.needs()
	if more != nil {
		more(&n, b)
	}
	return apply(ctx, tx, n, b, decide)
}

// apply decides on a booking that was read without its locks, and saves.
func apply(ctx context.Context, tx Tx, n Needs, b Booking, decide func(View) (Changes, error)) (Booking, error) {
	v, err := tx.LoadBooking(ctx, n)
	if err != nil {
		return Booking{}, err
	}
	if v.Booking == nil {
		return Booking{}, &timebok.NotFoundError{Ref: b.Ref()}
	}
	c, err := decide(v)
	if err != nil {
		return Booking{}, err
	}
	return c.Save(tx), nil
}

func (d *Desk) audit(by timebok.Actor, action string, b Booking, codes []string) timebok.AuditEntry {
	return timebok.Audit(d.Source, by, action, b, b.Client, codes...)
}
