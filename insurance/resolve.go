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
	if err := by.Check(tx.ClinicID()); err != nil {
		return Received{}, err
	}
	entry, err := tx.Received(ctx, id)
	if err != nil {
		return Received{}, err
	}
	if entry.Result != Quarantined {
		return Received{}, timebok.Reasons{NotQuarantined.At("")}.Refused()
	}
	e, err := eventFrom(entry.Content)
	if err != nil {
		return Received{}, err
	}
	e.Unread = nil // somebody has looked at it
	if r.Case != nil {
		e.Booking.Case = r.Case
	}
	n := needsOf(e)
	n.Client = r.Link
	v, err := tx.LoadIntake(ctx, n)
	if err != nil {
		return Received{}, err
	}
	if v.Received == nil || v.Received.Version != entry.Version {
		return Received{}, &timebok.StaleError{Ref: entry.Ref()}
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
