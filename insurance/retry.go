package insurance

import (
	"context"
	"slices"

	"github.com/timebok/timebok"
)

// Retry tries the events of a network that wait once more, the oldest first, each in
// a transaction of its own: one whose time has become free, or whose practitioner
// has got a key, is carried out and told to the network. The others wait on, with
// the reasons as they are now. A host calls it when something was mended, and now
// and then. What somebody must look at is left to Resolve.
//
// As with Poll, an event whose case can't be looked up now holds up no other, and the
// error is returned in the end.
func (in *Intake) Retry(ctx context.Context, clinic timebok.ClinicID, n Network) (Tally, error) {
	var waiting []ReceivedID
	err := in.Update(ctx, clinic, func(ctx context.Context, tx Tx) error {
		waiting = nil
		for r, err := range tx.Quarantine(ctx) {
			if err != nil {
				return err
			}
			if r.Network == n.Name() {
				waiting = append(waiting, r.ID())
			}
		}
		return nil
	})
	if err != nil {
		return Tally{}, err
	}
	tally := Tally{}
	var out outage
	for _, id := range waiting {
		var e Event
		got, err := in.withCase(ctx, clinic, n, &e, func(ctx context.Context, tx Tx, noCase timebok.Reasons) (Received, error) {
			return in.retry(ctx, tx, id, &e, noCase)
		})
		if !out.passes(ctx, err) {
			return tally, err
		}
		if err == nil {
			tally[got.Result]++
		}
	}
	return tally, out.first
}

// retry decides once more on one event, which it reads into e unless it is there.
func (in *Intake) retry(ctx context.Context, tx Tx, id ReceivedID, e *Event, noCase timebok.Reasons) (Received, error) {
	entry, err := tx.Received(ctx, id)
	if err != nil || entry.Result != Quarantined { // somebody was faster
		return entry, err
	}
	if noCase == nil && e.Booking.Case == nil {
		if *e, err = eventFrom(entry.Content); err != nil {
			return Received{}, err
		}
		if slices.Contains(entry.Codes, CaseIsClosed.Code()) {
			e.Booking.Case = nil // it may be open again
		}
	}
	v, err := tx.LoadIntake(ctx, needsOf(*e))
	if err != nil {
		return Received{}, err
	}
	if v.Received == nil || v.Received.Version != entry.Version {
		return Received{}, &timebok.StaleError{Ref: entry.Ref()}
	}
	o, err := in.apply(ctx, tx, v, *e, Resolution{}, in.actor(v, e.Network))
	if err != nil {
		return Received{}, err
	}
	if o.no.Has(NoCase) {
		o.no = append(o.no, noCase...)
	}
	if len(o.no) > 0 && slices.Equal(distinct(o.no.Codes()), entry.Codes) {
		return entry, nil
	}
	x := external(v, *e)
	entry.Version++
	return in.settle(tx, v, x, entry, *e, o)
}
