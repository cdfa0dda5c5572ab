package insurance

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strings"

	"github.com/timebok/timebok"
	"github.com/timebok/timebok/booking"
	"github.com/timebok/timebok/series"
)

// An Intake takes booking events of networks in. Desk decides on the bookings, so
// the network's go the same way as the therapist's.
type Intake struct {
	timebok.Source
	Desk *booking.Desk // nil: a Desk with this Source
	// Update runs a transaction of a clinic; of a storage.Store it is
	// storage.In[insurance.Tx](store.Update). Take, Poll and Offer need it.
	Update func(ctx context.Context, clinic timebok.ClinicID, fn func(ctx context.Context, tx Tx) error) error
}

// AckNetwork is the kind of the message that tells the network what became of an
// event. Reporter handles it.
const AckNetwork timebok.MessageKind = "network.ack"

// Receive takes one event in: the client is found or created, the series found or
// opened by the sakID, the booking made, moved or called off, and the practitioner
// told, all in this transaction. It returns the inbox entry with the Result.
//
// An event that can't be carried out changes nothing but the inbox: it is
// Quarantined with the codes of all reasons. An event seen before is Identical,
// one older than what was seen is Stale. A case whose terms are neither in the
// event nor known is quarantined with NoCase: look it up first, as Take does.
func (in *Intake) Receive(ctx context.Context, tx Tx, e Event) (Received, error) {
	return in.receive(ctx, tx, e, nil)
}

// receive is Receive, where looking the case up has failed for some reasons.
func (in *Intake) receive(ctx context.Context, tx Tx, e Event, noCase timebok.Reasons) (Received, error) {
	if e.ID == "" || e.Network == "" {
		return Received{}, e.Validate()
	}
	e.Booking.CaseNumber = strings.TrimSpace(e.Booking.CaseNumber)
	v, err := tx.LoadIntake(ctx, needsOf(e))
	if err != nil {
		return Received{}, err
	}
	if err := connected(v, e.Network); err != nil {
		return Received{}, err
	}
	if v.Received != nil {
		seen := *v.Received
		if seen.Result != Quarantined {
			seen.Result = Identical
		}
		return seen, nil
	}
	entry := Received{
		Version: 1, Network: e.Network, Event: e.ID,
		External: e.Booking.ID, Source: e.Booking.Version, At: in.Time(),
	}
	x := external(v, e)
	entry.Booking = x.Booking
	switch {
	case e.Booking.Version < x.Seen:
		entry.Result = Stale
	case e.Booking.Version == x.Seen && x.Version > 0:
		entry.Result = Identical
	}
	if entry.Result != "" {
		tx.Save(entry, in.ack(entry))
		return entry, nil
	}
	o, err := in.apply(ctx, tx, v, e, Resolution{}, in.actor(v, e.Network))
	if err != nil {
		return Received{}, err
	}
	if o.no.Has(NoCase) {
		o.no = append(o.no, noCase...)
	}
	return in.settle(tx, v, x, entry, e, o)
}

// An outcome is what an event comes to: the records of its effects, or why not.
type outcome struct {
	booking booking.Booking
	result  Result
	records []timebok.Record
	no      timebok.Reasons
}

// settle saves what an event came to, with its inbox entry and acknowledgement.
func (in *Intake) settle(tx Tx, v IntakeView, x External, entry Received, e Event, o outcome) (Received, error) {
	x.Version++
	x.Seen = max(x.Seen, entry.Source)
	waiting := x.Waiting
	entry.Content, entry.Codes = nil, nil
	if len(o.no) > 0 {
		content, err := e.reveal()
		if err != nil {
			return Received{}, err
		}
		entry.Result, entry.Content, entry.Codes = Quarantined, content, distinct(o.no.Codes())
		x.Waiting = entry.ID()
	} else {
		entry.Result, entry.Booking = o.result, o.booking.ID
		x.Applied, x.Booking, x.Waiting = entry.Source, o.booking.ID, ReceivedID{}
		tx.Save(o.records...)
		if o.result != Identical {
			tx.Save(in.mail(e, o.booking))
		}
	}
	if old := v.Waiting; old != nil && waiting != entry.ID() {
		next := *old // a newer event holds instead of the one that waited
		next.Version++
		next.Result, next.Content, next.Codes = Stale, nil, []string{Superseded.Code()}
		tx.Save(next, in.ack(next))
	}
	if x.ID != "" { // else the event is too broken to say what it is about
		tx.Save(x)
	}
	tx.Save(entry, in.ack(entry), timebok.Audit(in.Source, in.actor(v, e.Network), "event."+string(entry.Result), entry, o.booking.Client, entry.Codes...))
	return entry, nil
}

// apply decides what an event does, and saves nothing. The resolution is empty
// for an event that comes by itself.
func (in *Intake) apply(ctx context.Context, tx Tx, v IntakeView, e Event, r Resolution, by timebok.Actor) (outcome, error) {
	var no timebok.Reasons
	if err := no.Join("", e.Validate()); err != nil {
		return outcome{}, err
	}
	if len(no) > 0 {
		return outcome{no: no}, nil
	}
	if v.Practitioner == nil {
		no.Add(UnknownPractitioner, "Booking.Practitioner")
	}
	if v.Service == nil {
		no.Add(UnknownService, "Booking.Treatment", timebok.P("code", e.Booking.Treatment))
	}
	if v.Booking != nil {
		return in.change(ctx, tx, v, e, r, by, no)
	}
	return in.make(ctx, tx, v, e, r, by, no)
}

// make decides on an event about a booking that we don't have.
func (in *Intake) make(ctx context.Context, tx Tx, v IntakeView, e Event, r Resolution, by timebok.Actor, no timebok.Reasons) (outcome, error) {
	client, who := r.client(v, e)
	no = append(no, who...)
	var o outcome
	s, opened, err := in.series(v, client, e, r, by)
	if err := no.Join("Booking", err); err != nil {
		return outcome{}, err
	}
	if len(no) > 0 {
		return outcome{no: no}, nil
	}
	if client.Version == 1 && !has(v, client.ID) {
		o.records = append(o.records, client, timebok.Audit(in.Source, by, "client.create", client, client.ID))
	}
	o.records = append(o.records, opened...)
	request := booking.Request{
		ID:     BookingID(e.Network, e.Booking.ID),
		Client: client.ID, With: v.Practitioner.ID, Service: v.Service.ID, Series: s.ID,
		Start: e.Booking.Start, Duration: e.Booking.Duration, Override: r.Override,
		Origin: timebok.FromNetwork, External: booking.External{Network: e.Network, ID: e.Booking.ID},
	}
	bv, err := tx.LoadBooking(ctx, request.Needs())
	if err != nil {
		return outcome{}, err
	}
	if bv.Client == nil { // it is new, and saved together with the booking
		bv.Client = &client
	}
	if bv.Series == nil {
		bv.Series = &s
	}
	var c booking.Changes
	if e.IsCancelled() {
		c, err = in.desk().DecideCancelled(bv, request, booking.ByNetwork, by)
	} else {
		c, err = in.desk().DecideBook(bv, request, by)
	}
	if err := o.no.Join("Booking", err); err != nil {
		return outcome{}, err
	}
	if len(o.no) > 0 {
		return outcome{no: o.no}, nil
	}
	o.booking, o.result = c.Booking, New
	o.records = append(o.records, c.Records...)
	return o, nil
}

// series returns the series of an event's case, opened if it is new, and brought
// up to date by the terms of a resolution, with the records to save.
func (in *Intake) series(v IntakeView, client timebok.Client, e Event, r Resolution, by timebok.Actor) (series.Series, []timebok.Record, error) {
	cases := Cases{Source: in.Source}
	found := e.Booking.Case
	switch {
	case v.Series == nil && found == nil:
		return series.Series{}, nil, timebok.Reasons{NoCase.At("CaseNumber")}.Refused()
	case v.Series != nil && r.Case == nil:
		return *v.Series, nil, nil
	}
	c := *found
	c.Case = series.Case{Network: e.Network, Number: e.Booking.CaseNumber}
	if err := c.validate(); err != nil {
		return series.Series{}, nil, err
	}
	if no := c.usable(); len(no) > 0 {
		return series.Series{}, nil, no.Refused()
	}
	if client.ID.IsZero() { // whose it is can't be told, which is refused already
		return series.Series{}, nil, nil
	}
	return cases.open(v, client.ID, c, by)
}

func has(v IntakeView, id timebok.ClientID) bool {
	return v.Owner != nil && v.Owner.ID == id || v.Client != nil && v.Client.ID == id ||
		slices.ContainsFunc(v.Candidates, func(c timebok.Client) bool { return c.ID == id })
}

// BookingID is the ID of the booking that a network's booking becomes.
func BookingID(n timebok.Network, external string) booking.ID {
	return timebok.DeriveID[booking.Booking]("booking", string(n), external)
}

func needsOf(e Event) IntakeNeeds {
	b := e.Booking
	n := IntakeNeeds{
		Network: e.Network, Event: e.ID, External: b.ID,
		Case:         series.Case{Network: e.Network, Number: b.CaseNumber},
		Practitioner: b.Practitioner, Treatment: b.Treatment,
		BirthDate: b.Client.BirthDate, BirthNumber: b.Client.BirthNumber,
	}
	if b.CaseNumber == "" {
		n.Case = series.Case{}
	}
	if b.Case != nil {
		n.PayerOrg = b.Case.Payer.Org
		if n.BirthDate == nil {
			n.BirthDate = b.Case.BirthDate
		}
	}
	return n
}

func connected(v IntakeView, n timebok.Network) error {
	if v.Connection == nil {
		return Connection{Network: n}.Check()
	}
	return v.Connection.Check()
}

func external(v IntakeView, e Event) External {
	if v.External != nil {
		return *v.External
	}
	return External{Network: e.Network, ID: e.Booking.ID}
}

func (in *Intake) desk() *booking.Desk {
	if in.Desk != nil {
		return in.Desk
	}
	return &booking.Desk{Source: in.Source}
}

func (in *Intake) actor(v IntakeView, n timebok.Network) timebok.Actor {
	return timebok.Actor{User: "network:" + string(n), Role: timebok.System, Clinic: v.Clinic.ID}
}

// mail is the message to the practitioner. Its ID follows from the network's
// version, and its kind from the event, so that the same history leaves the same
// messages that still hold, in whatever order it comes. A change that changes
// nothing here sends none.
func (in *Intake) mail(e Event, b booking.Booking) timebok.Message {
	what := booking.NewBooking
	switch e.Kind {
	case BookingChanged:
		what = booking.Moved
	case BookingCancelled:
		what = booking.CalledOff
	}
	id := timebok.DeriveID[timebok.Message]("mail", string(e.Network), e.Booking.ID, itoa(e.Booking.Version))
	return booking.NewNotice(id, in.Source, b, booking.MailPractitioner, what)
}

// ack is the message to the network. Each version of an inbox entry has its own.
func (in *Intake) ack(r Received) timebok.Message {
	data, _ := json.Marshal(ackData{r.Network, r.Event, r.Version, r.Result, r.Codes}) // texts always marshal
	return timebok.Message{
		ID:   timebok.DeriveID[timebok.Message]("ack", string(r.Network), r.Event, itoa(r.Version)),
		Kind: AckNetwork, About: r.Ref(), Due: in.Time(), Data: data,
	}
}

type ackData struct {
	Network timebok.Network `json:"network"`
	Event   string          `json:"event"`
	Version int64           `json:"version"`
	Result  Result          `json:"result"`
	Codes   []string        `json:"codes,omitempty"`
}

func distinct(codes []string) []string {
	var out []string
	for _, c := range codes {
		if !slices.Contains(out, c) {
			out = append(out, c)
		}
	}
	return out
}

var errNeedsCase = errors.New("timebok: insurance: the case must be looked up first")
