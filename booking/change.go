package booking

import (
	"slices"
	"time"

	"github.com/timebok/timebok"
	"github.com/timebok/timebok/series"
)

// The decisions about a booking that exists. Each returns the changes, or a
// *timebok.Refusal with every reason. The View's Booking is the one to change.

// A MoveRequest moves a booking to another time or practitioner.
type MoveRequest struct {
	Booking  ID
	Version  int64 // the version that the wish is based on
	Start    time.Time
	Duration time.Duration          // 0: as before
	With     timebok.PractitionerID // zero: as before
	Override Waiver
	Revive   bool // book it again if it was cancelled
}

// Needs says what must be loaded to decide on moving b.
func (m MoveRequest) Needs(b Booking) Needs {
	n := b.needs()
	n.Within = around(timebok.Lasting(m.Start, max(m.Duration, b.Time.Duration())))
	if !m.With.IsZero() {
		n.Practitioner = m.With
	}
	return n
}

// needs is what a decision about a booking hangs on.
func (b Booking) needs() Needs {
	return Needs{
		Booking: b.ID, Practitioner: b.Practitioner, Client: b.Client,
		Service: b.Service, Series: b.Series, Within: around(b.Time),
	}
}

// DecideMove moves the View's booking. Its client is told if invited before.
func (d *Desk) DecideMove(v View, m MoveRequest, by timebok.Actor) (Changes, error) {
	var wrong timebok.Reasons
	if m.Start.IsZero() {
		wrong.Add(timebok.Missing, "Start")
	}
	if m.Duration < 0 || m.Duration > longest || m.Duration%time.Minute != 0 {
		wrong.Add(timebok.BadValue, "Duration")
	}
	m.Override.check(&wrong)
	if err := wrong.Invalid(); err != nil {
		return Changes{}, err
	}
	b, err := v.current(m.Version, by)
	if err != nil {
		return Changes{}, err
	}
	was := b
	if err := v.usable(m.Needs(b)); err != nil {
		return Changes{}, err
	}
	var no timebok.Reasons
	if m.Revive && b.State == Cancelled {
		b.State, b.Cancelled = Booked, nil
	}
	if !b.State.IsPlanned() {
		no.Add(WrongState, "State", timebok.P("state", b.State), timebok.P("next", moved))
	}
	length := m.Duration
	if length == 0 {
		length = b.Time.Duration()
	}
	b.Version++
	b.Sequence++
	b.Reply = Reply{}
	b.Time = timebok.Lasting(m.Start, length)
	if !m.With.IsZero() {
		b.Practitioner = m.With
	}
	verdict, b, err := d.judge(v, b)
	if err != nil {
		return Changes{}, err
	}
	verdict, b, used := d.waive(v, verdict, b, m.Override, false, by)
	if no = append(no, verdict.Refusals...); len(no) > 0 {
		return Changes{}, no.Refused()
	}
	c := Changes{Booking: b, Notices: verdict.Notices}
	c.Records = append(c.Records, b, d.audit(by, "booking.move", b, used))
	c.Records = append(c.Records, d.tell(v, b, Moved, by)...)
	c.Records = append(c.Records, d.HandOver(was, b, by)...)
	return d.reminding(v, c)
}

// DecideCancel calls the View's booking off.
func (d *Desk) DecideCancel(v View, version int64, why Reason, by timebok.Actor) (Changes, error) {
	switch why {
	case ByClient, ByClinic, ByNetwork:
	default:
		return Changes{}, timebok.Reasons{timebok.BadValue.At("Reason")}.Invalid()
	}
	b, err := v.current(version, by)
	if err != nil {
		return Changes{}, err
	}
	b, no := b.become(Cancelled, d.Time())
	if len(no) > 0 {
		return Changes{}, no.Refused()
	}
	b.Cancelled = &Cancellation{At: d.Time(), By: by.Role, Reason: why}
	if why == ByClient && v.Series != nil {
		loc, err := timebok.LoadZone(b.Zone)
		if err != nil {
			return Changes{}, err
		}
		b.Cancelled.Late = Late(v.Series.Policy, b.Time.Start, d.Time(), loc)
	}
	b.Sequence++
	c := Changes{Booking: b, Records: []timebok.Record{b, d.audit(by, "booking.cancel", b, []string{string(why)})}}
	c.Records = append(c.Records, d.tell(v, b, CalledOff, by)...)
	return c, nil
}

// DecideCancelled records a booking of the network that was called off before it
// got here. It takes no time, so neither calendar nor series is asked.
func (d *Desk) DecideCancelled(v View, r Request, why Reason, by timebok.Actor) (Changes, error) {
	if err := r.missing(); err != nil {
		return Changes{}, err
	}
	if err := by.Check(v.Clinic.ID); err != nil {
		return Changes{}, err
	}
	b, _, err := d.draft(v, r)
	if err != nil {
		return Changes{}, err
	}
	b.State = Cancelled
	b.Cancelled = &Cancellation{At: d.Time(), By: by.Role, Reason: why}
	return Changes{Booking: b, Records: []timebok.Record{b, d.audit(by, "booking.cancel", b, []string{string(why)})}}, nil
}

// DecideStep takes the View's booking to its next state: Booked (confirms a
// proposal), Arrived, Completed, NoShow or EnteredInError. Completing freezes
// who pays what; a no-show that does not fit in its cap any more is refused, until
// it is taken out of the series.
func (d *Desk) DecideStep(v View, version int64, next State, by timebok.Actor) (Changes, error) {
	switch next {
	case Booked, Arrived, Completed, NoShow, EnteredInError:
	default:
		return Changes{}, timebok.Reasons{timebok.BadValue.At("State")}.Invalid()
	}
	b, err := v.current(version, by)
	if err != nil {
		return Changes{}, err
	}
	was := b.State
	b, no := b.become(next, d.Time())
	if was == NoShow && next == Completed {
		more, err := v.full(b)
		if err != nil {
			return Changes{}, err
		}
		no = append(no, more...)
	}
	if len(no) > 0 {
		return Changes{}, no.Refused()
	}
	switch next {
	case Completed:
		b.Charges = v.charges(b)
	case EnteredInError:
		if was.IsActive() { // else it is still true that it was called off
			b.Sequence++
		}
		b.Charges = nil
	}
	c := Changes{Booking: b, Records: []timebok.Record{b, d.audit(by, "booking."+string(next), b, nil)}}
	what := Happening("")
	switch {
	case next == Booked:
		what = Confirmed
	case next == EnteredInError && was.IsActive() && d.Time().Before(b.Time.Start):
		what = CalledOff
	}
	c.Records = append(c.Records, d.tell(v, b, what, by)...)
	return c, nil
}

// full returns the caps that a missed session does not fit in now that it counts
// as delivered: what it left may have been given to another.
func (v View) full(b Booking) (timebok.Reasons, error) {
	waived := slices.ContainsFunc(b.Overrides, func(o Override) bool { return slices.Contains(o.Codes, series.Exhausted.Code()) })
	if v.Series == nil || v.Series.Policy.NoShowCounts || waived {
		return nil, nil
	}
	loc, err := timebok.LoadZone(b.Zone)
	if err != nil {
		return nil, err
	}
	b.Charges = v.charges(b)
	no := v.Series.Admit(v.others(b.ID), b.Session(), timebok.DayOf(b.Time.Start, loc))
	return slices.DeleteFunc(no, func(r timebok.Reason) bool { return r.Rule != series.Exhausted }), nil
}

// An AttachRequest puts a booking into a series, or out of one, or bills it
// otherwise; before the session or after it.
type AttachRequest struct {
	Booking    ID
	Version    int64
	Series     series.ID        // zero: in no series
	Billing    *timebok.Billing // nil: as the series says
	BillingWhy string
	Override   Waiver
}

// DecideAttach attaches the View's booking to the View's series. A session that
// stands on a draft or invoice is locked until that is discarded or credited.
func (d *Desk) DecideAttach(v View, a AttachRequest, by timebok.Actor) (Changes, error) {
	var wrong timebok.Reasons
	if a.Billing != nil && a.BillingWhy == "" {
		wrong.Add(timebok.Missing, "BillingWhy")
	}
	if a.Billing != nil {
		if err := wrong.Join("Billing", a.Billing.Validate()); err != nil {
			return Changes{}, err
		}
	}
	a.Override.check(&wrong)
	if !a.Series.IsZero() && v.Series == nil {
		wrong.Add(Unknown, "Series")
	}
	if v.Service == nil {
		wrong.Add(Unknown, "Service")
	}
	if err := v.sound(wrong); err != nil {
		return Changes{}, err
	}
	b, err := v.current(a.Version, by)
	if err != nil {
		return Changes{}, err
	}
	var no timebok.Reasons
	if b.Locked() {
		no.Add(BillingLocked, "Booking")
	}
	if !b.State.IsActive() {
		no.Add(WrongState, "State", timebok.P("state", b.State), timebok.P("next", attached))
	}
	b.Series = a.Series
	b.Billing, b.BillingWhy = v.billing(), ""
	if a.Billing != nil && *a.Billing != b.Billing {
		b.Billing, b.BillingWhy = *a.Billing, a.BillingWhy
	}
	b.Charges = nil
	b, verdict, err := d.judgeSeries(v, b)
	if err != nil {
		return Changes{}, err
	}
	verdict, b, used := d.waive(v, verdict, b, a.Override, a.Billing != nil, by)
	if no = append(no, verdict.Refusals...); len(no) > 0 {
		return Changes{}, no.Refused()
	}
	if b.State == Completed {
		b.Charges = v.charges(b)
	}
	b.Version++
	return Changes{
		Booking: b, Notices: verdict.Notices,
		Records: []timebok.Record{b, d.audit(by, "booking.attach", b, used)},
	}, nil
}

// DecideInvite invites the View's client to the View's booking.
func (d *Desk) DecideInvite(v View, version int64, by timebok.Actor) (Changes, error) {
	b, err := v.current(version, by)
	if err != nil {
		return Changes{}, err
	}
	if v.Client == nil {
		return Changes{}, timebok.Reasons{Unknown.At("Client")}.Invalid()
	}
	if no := d.uninvitable(v, b); len(no) > 0 {
		return Changes{}, no.Refused()
	}
	first := b.InvitedAt.IsZero()
	b.Version++
	b.InvitedAt = d.Time()
	c := Changes{
		Booking: b,
		Records: []timebok.Record{b, d.audit(by, "booking.invite", b, nil), d.notify(b, d.kindFor(v.Client), Invited)},
	}
	if !first { // its reminder is on the way
		return c, nil
	}
	return d.reminding(v, c)
}

// uninvitable lists why the View's client can't be invited to a booking.
func (d *Desk) uninvitable(v View, b Booking) timebok.Reasons {
	var no timebok.Reasons
	if !b.State.IsPlanned() {
		no.Add(WrongState, "State", timebok.P("state", b.State), timebok.P("next", invited))
	}
	if _, ok := d.channelTo(*v.Client); !ok {
		no.Add(CantInvite, "Client")
	}
	if !d.Time().Before(b.Time.Start) {
		no.Add(AlreadyBegun, "Start")
	}
	return no
}

// current returns the View's booking if it still is the version that the command
// is based on, and the actor may act here.
func (v View) current(version int64, by timebok.Actor) (Booking, error) {
	if err := by.Check(v.Clinic.ID); err != nil {
		return Booking{}, err
	}
	b := *v.Booking
	if b.Version != version {
		ref := b.Ref()
		ref.Version = version
		return Booking{}, &timebok.StaleError{Ref: ref, Stored: b.Version}
	}
	return b, nil
}
