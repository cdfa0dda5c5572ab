package insurance

import (
	"cmp"
	"context"
	"errors"
	"time"

	"github.com/timebok/timebok"
	"github.com/timebok/timebok/booking"
	"github.com/timebok/timebok/series"
)

// A Reconciliation is what a clinic and a network see differently (drift report).
type Reconciliation struct {
	Cases    []CaseDrift
	Bookings []Discrepancy
	Looked   struct{ Cases, Bookings int } // how many were compared
	// Skipped names what could not be compared, since the network can't do it:
	// "Lookup", "Standing".
	Skipped []string
}

// A CaseDrift is a case that the network sees otherwise than before.
type CaseDrift struct {
	Drift
	Number string
	// Gone says that the network knows no such case any more, or that what it says
	// of it can't be used; the series stays as it is.
	Gone bool
}

// A Discrepancy is a booking that the two sides see differently.
type Discrepancy struct {
	Kind        DiscrepancyKind
	External    string     // the network's ID
	Booking     booking.ID // ours; zero: there is none
	Here, There string     // what is not the same: times in UTC, states, or the practitioner's ID and key
	Codes       []string   // of a Waiting one: why
	// Event is how a MissingHere one stands there. Intake.Take takes it in, unless it
	// was heard of before, and turned down.
	Event Event
}

// A DiscrepancyKind says what is not the same.
type DiscrepancyKind string

const (
	MissingHere       DiscrepancyKind = "missing-here"  // booked there, unknown here
	MissingThere      DiscrepancyKind = "missing-there" // booked here, unknown there
	Waiting           DiscrepancyKind = "waiting"       // its event is quarantined
	OtherState        DiscrepancyKind = "state"         // called off on one side
	OtherTime         DiscrepancyKind = "time"
	OtherPractitioner DiscrepancyKind = "practitioner"
)

// Reconcile compares a network's view with the clinic's: the terms of each open case
// and the bookings that begin at a time or later. Cases are brought up to date as by
// Cases.Refresh. Of bookings nothing is changed, made or deleted on either side:
// that is for whoever reads the report. Hosts run it each night.
//
// What is told to the network by messages that are still in the outbox shows as a
// discrepancy, so one that is there two nights in a row is worth a look.
//
// A case that the network does not answer for now holds up nothing else: it is left
// out, and the error comes with the report of all the rest.
func (in *Intake) Reconcile(ctx context.Context, clinic timebok.ClinicID, n Network, from time.Time) (Reconciliation, error) {
	r := &reconciling{in: in, clinic: clinic, network: n, from: from}
	err := in.Update(ctx, clinic, func(ctx context.Context, tx Tx) (err error) {
		r.conn, err = connection(ctx, tx, n.Name())
		return err
	})
	for _, part := range []struct {
		name string
		can  bool
		do   func(context.Context) error
	}{{"Lookup", n.Can().Lookup, r.cases}, {"Standing", n.Can().Standing, r.bookings}} {
		switch {
		case err != nil:
		case part.can:
			err = part.do(ctx)
		default:
			r.report.Skipped = append(r.report.Skipped, part.name)
		}
	}
	return r.report, cmp.Or(err, r.out.first)
}

// reconciling is one run.
type reconciling struct {
	in      *Intake
	clinic  timebok.ClinicID
	network Network
	from    time.Time
	conn    Connection
	report  Reconciliation
	out     outage
}

// chunk is how many records are read in one transaction.
const chunk = 200

// cases looks every open case up, outside of any transaction, and refreshes it.
func (r *reconciling) cases(ctx context.Context) error {
	cases := Cases{Source: r.in.Source}
	by := timebok.Actor{User: "network:" + string(r.network.Name()), Role: timebok.System, Clinic: r.clinic}
	last := timebok.ClientID{}
	for more := true; more; {
		var open []series.Series
		var next timebok.ClientID
		err := r.in.Update(ctx, r.clinic, func(ctx context.Context, tx Tx) (err error) {
			open, next, more, err = r.openCases(ctx, tx, last)
			return err
		})
		if err != nil {
			return err
		}
		last = next
		for _, s := range open {
			drift, err := r.refresh(ctx, cases, by, s)
			gone := errors.Is(err, UnknownCase) || errors.Is(err, timebok.ErrInvalid)
			if gone {
				err = nil
			}
			if !r.out.passes(ctx, err) {
				return err
			}
			if err != nil {
				continue
			}
			r.report.Looked.Cases++
			switch {
			case gone:
				r.report.Cases = append(r.report.Cases, CaseDrift{Drift{Series: s.ID}, s.Case.Number, true})
			case len(drift.Changes) > 0 || drift.Over:
				r.report.Cases = append(r.report.Cases, CaseDrift{drift, s.Case.Number, false})
			}
		}
	}
	return nil
}

// refresh looks one case up and takes over what the network says.
func (r *reconciling) refresh(ctx context.Context, cases Cases, by timebok.Actor, s series.Series) (drift Drift, err error) {
	found, err := cases.Search(ctx, r.network, r.conn, s.Case.Number)
	if err != nil {
		return Drift{}, err
	}
	found.Case = s.Case // the same but for capitals
	err = r.in.Update(ctx, r.clinic, func(ctx context.Context, tx Tx) (err error) {
		_, drift, err = cases.Refresh(ctx, tx, by, s.ID, found)
		return err
	})
	return drift, err
}

// openCases reads the open series of the network's cases of some clients.
func (r *reconciling) openCases(ctx context.Context, tx Tx, after timebok.ClientID) (open []series.Series, last timebok.ClientID, more bool, err error) {
	n := 0
	for c, err := range tx.Clients(ctx, after, chunk) {
		if err != nil {
			return nil, last, false, err
		}
		n++
		last = c.ID
		for s, err := range tx.SeriesOf(ctx, c.ID) {
			if err != nil {
				return nil, last, false, err
			}
			if s.Case.Network == r.network.Name() && s.IsOpen() {
				open = append(open, s)
			}
		}
	}
	return open, last, n == chunk, nil
}

// bookings reads how all bookings stand there, and compares them with ours.
func (r *reconciling) bookings(ctx context.Context) error {
	there := map[string]bool{}
	been := visits{}
	cursor := ""
	for more := true; more; {
		page, err := r.network.Standing(ctx, r.conn, r.from, cursor)
		if err != nil {
			return err
		}
		var found []Discrepancy
		err = r.in.Update(ctx, r.clinic, func(ctx context.Context, tx Tx) error {
			found = nil
			for _, e := range page.Events {
				e.Network = r.network.Name()
				d, err := r.compare(ctx, tx, e)
				if err != nil {
					return err
				}
				found = append(found, d...)
			}
			return nil
		})
		if err != nil {
			return err
		}
		r.report.Bookings = append(r.report.Bookings, found...)
		for _, e := range page.Events {
			there[e.Booking.ID] = true
		}
		if been.stuck(cursor, page) {
			return &timebok.UnavailableError{What: "network", Cause: errStuck}
		}
		cursor, more = page.Next, page.More
	}
	r.report.Looked.Bookings = len(there)
	return r.missingThere(ctx, there)
}

// compare lists how a booking stands differently here.
func (r *reconciling) compare(ctx context.Context, tx Tx, e Event) ([]Discrepancy, error) {
	d := Discrepancy{External: e.Booking.ID}
	v, err := tx.LoadIntake(ctx, IntakeNeeds{Network: e.Network, External: e.Booking.ID, Practitioner: e.Booking.Practitioner})
	if err != nil {
		return nil, err
	}
	if v.Waiting != nil {
		d.Kind, d.Codes = Waiting, v.Waiting.Codes
		return []Discrepancy{d}, nil
	}
	if v.Booking == nil {
		if e.IsCancelled() { // and never heard of here: nobody misses it
			return nil, nil
		}
		d.Kind, d.Event = MissingHere, e
		return []Discrepancy{d}, nil
	}
	b := v.Booking
	d.Booking = b.ID
	if gone := b.State == booking.Cancelled || b.State == booking.EnteredInError; gone || e.IsCancelled() {
		if gone == e.IsCancelled() {
			return nil, nil
		}
		d.Kind, d.Here, d.There = OtherState, string(b.State), string(e.Kind)
		return []Discrepancy{d}, nil
	}
	var out []Discrepancy
	if !b.Time.Start.Equal(e.Booking.Start) {
		other := d
		other.Kind, other.Here, other.There = OtherTime, instantText(b.Time.Start), instantText(e.Booking.Start)
		out = append(out, other)
	}
	if v.Practitioner == nil || v.Practitioner.ID != b.Practitioner {
		d.Kind, d.Here, d.There = OtherPractitioner, b.Practitioner.String(), e.Booking.Practitioner
		out = append(out, d)
	}
	return out, nil
}

// missingThere adds our bookings that the network does not know.
func (r *reconciling) missingThere(ctx context.Context, there map[string]bool) error {
	filter := booking.Filter{
		Within: timebok.Period{Start: r.from, End: r.from.AddDate(100, 0, 0)}, Limit: chunk,
		States: []booking.State{booking.Proposed, booking.Booked, booking.Arrived},
	}
	for {
		var ours []booking.Booking
		err := r.in.Update(ctx, r.clinic, func(ctx context.Context, tx Tx) error {
			ours = nil
			for b, err := range tx.Bookings(ctx, filter) {
				if err != nil {
					return err
				}
				ours = append(ours, b)
			}
			return nil
		})
		if err != nil {
			return err
		}
		for _, b := range ours {
			if b.External.Network == r.network.Name() && !there[b.External.ID] && !b.Time.Start.Before(r.from) {
				r.report.Bookings = append(r.report.Bookings, Discrepancy{
					Kind: MissingThere, External: b.External.ID, Booking: b.ID, Here: instantText(b.Time.Start),
				})
			}
		}
		if len(ours) < chunk {
			return nil
		}
		filter.After = &ours[len(ours)-1]
	}
}

func instantText(t time.Time) string { return t.UTC().Format(time.RFC3339) }
