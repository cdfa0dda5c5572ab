package insurance

import (
	"context"

	"github.com/timebok/timebok"
	"github.com/timebok/timebok/booking"
)

// A Resolution is what somebody decides about a quarantined event.
type Resolution struct {
	Decline  bool             // turn it down; the network is told
	Link     timebok.ClientID // it is about this client
	Create   bool             // it is about a new client, though others look alike
	Case     *Case            // the terms of its case, looked up now
	Override booking.Waiver   // rules set aside for the booking

	bySomebody bool // not by the event itself
}

// client is whom an event is about, with the resolution's word.
func (r Resolution) client(v IntakeView, e Event) (timebok.Client, timebok.Reasons) {
	var no timebok.Reasons
	switch {
	case !r.Link.IsZero():
		if v.Client == nil {
			no.Add(booking.Unknown, "Link")
			return timebok.Client{}, no
		}
		if v.Owner != nil && v.Owner.ID != v.Client.ID {
			no.Add(CaseTaken, "Link")
		}
		if contradicts(*v.Client, e) {
			no.Add(IdentityMismatch, "Link")
		}
		return *v.Client, no
	case r.Create && v.Owner == nil:
		v.Candidates = nil
	}
	return identify(v, e)
}

// Resolve carries out what somebody decides about a quarantined event. If it
// still can't be carried out the error is a *timebok.Refusal with every reason,
// and the event waits on. Nobody can link it to a client with another birth date.
func (in *Intake) Resolve(ctx context.Context, tx Tx, by timebok.Actor, id ReceivedID, r Resolution) (Received, error) {
	entry, e, v, err := in.waiting(ctx, tx, by, id, r)
	if err != nil {
		return Received{}, err
	}
	x := external(v, e)
	entry.Version++
	r.bySomebody = true
	if r.Decline {
		return in.decline(tx, by, x, entry), nil
	}
	o, err := in.apply(ctx, tx, v, e, r, by)
	if err != nil {
		return Received{}, err
	}
	if len(o.no) > 0 {
		return Received{}, o.no.Refused()
	}
	tx.Save(timebok.Audit(in.Source, by, "event.resolve", entry, o.booking.Client, r.Override.Codes...))
	return in.settle(tx, v, x, entry, e, o)
}

// Check says why Resolve would be refused now, with the field and the words of every
// reason, where the entry keeps codes; with none, Resolve would do. It changes nothing.
// What came of looking the case up, such as UnknownCase, is in the entry alone.
func (in *Intake) Check(ctx context.Context, tx Tx, by timebok.Actor, id ReceivedID, r Resolution) (timebok.Reasons, error) {
	_, e, v, err := in.waiting(ctx, tx, by, id, r)
	if err != nil || r.Decline {
		return nil, err
	}
	r.bySomebody = true
	o, err := in.apply(ctx, tx, v, e, r, by)
	return o.no, err
}

// waiting reads a quarantined entry with its event, as the resolution has it, and
// what a decision about it must know.
func (in *Intake) waiting(ctx context.Context, tx Tx, by timebok.Actor, id ReceivedID, r Resolution) (entry Received, e Event, v IntakeView, err error) {
	if err = by.Check(tx.ClinicID()); err != nil {
		return entry, e, v, err
	}
	if entry, err = tx.Received(ctx, id); err != nil {
		return entry, e, v, err
	}
	if entry.Result != Quarantined {
		return entry, e, v, timebok.Reasons{NotQuarantined.At("")}.Refused()
	}
	if e, err = eventFrom(entry.Content); err != nil {
		return entry, e, v, err
	}
	e.Unread = nil // somebody has looked at it
	if r.Case != nil {
		e.Booking.Case = r.Case
	}
	n := needsOf(e)
	n.Client = r.Link
	if v, err = tx.LoadIntake(ctx, n); err != nil {
		return entry, e, v, err
	}
	if v.Received == nil || v.Received.Version != entry.Version {
		return entry, e, v, &timebok.StaleError{Ref: entry.Ref()}
	}
	return entry, e, v, nil
}

func (in *Intake) decline(tx Tx, by timebok.Actor, x External, entry Received) Received {
	x.Version++
	x.Waiting = ReceivedID{}
	entry.Result, entry.Content = Declined, nil
	if x.ID != "" { // else the event is too broken to say what it is about
		tx.Save(x)
	}
	tx.Save(entry, in.ack(entry), timebok.Audit(in.Source, by, "event.decline", entry, timebok.ClientID{}, entry.Codes...))
	return entry
}

// Waiting returns the event of a quarantined entry, to show to whoever resolves
// it. The reading should be audited by the host.
func (r Received) Waiting() (Event, error) {
	if r.Result != Quarantined {
		return Event{}, timebok.Reasons{NotQuarantined.At("")}.Refused()
	}
	return eventFrom(r.Content)
}
