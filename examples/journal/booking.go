package main

import (
	"context"
	"errors"
	"net/url"
	"slices"
	"strconv"
	"time"

	"github.com/timebok/timebok"
	"github.com/timebok/timebok/booking"
	"github.com/timebok/timebok/insurance"
	"github.com/timebok/timebok/series"
	"github.com/timebok/timebok/storage"
)

// A bookingPage is one booking in the panel, with what can be done about it.
type bookingPage struct {
	booking.Booking
	Client  timebok.Client
	Service timebok.Service
	With    string
	Payer   string
	Series  *series.Series
	Steps   []string // of bookingSteps, that the state allows
	Day     string   // where it stands, for the form that moves it
	Clock   string
	Refused []string // why the last command on it was refused
}

// openBooking reads a booking for the panel. Opening it is written to the audit trail.
func (v *visit) openBooking(ctx context.Context, tx storage.Tx, id booking.ID) (*bookingPage, error) {
	b, err := tx.Booking(ctx, id)
	if err != nil {
		return nil, err
	}
	if err := v.mustSee(ctx, tx, b.Client); err != nil {
		return nil, err
	}
	p := &bookingPage{Booking: b, Refused: v.Why(v.refused)}
	if p.Client, err = tx.Client(ctx, b.Client); err != nil {
		return nil, err
	}
	if p.Service, err = tx.Service(ctx, b.Service); err != nil {
		return nil, err
	}
	with, err := tx.Practitioner(ctx, b.Practitioner)
	if err != nil {
		return nil, err
	}
	p.With = with.Name
	if p.Payer, err = v.payerName(ctx, tx, b.Billing.To); err != nil {
		return nil, err
	}
	if !b.Series.IsZero() {
		s, err := tx.Series(ctx, b.Series)
		if err != nil && !errors.Is(err, timebok.ErrNotFound) {
			return nil, err
		}
		if err == nil {
			p.Series = &s
		}
	}
	start := b.Time.Start.In(v.zone)
	p.Day, p.Clock = start.Format(time.DateOnly), start.Format("15:04")
	for _, s := range bookingSteps {
		held := s.next == booking.Completed || s.next == booking.NoShow
		if b.State.CanBecome(s.next) && !(held && v.now().Before(b.Time.Start)) && !(s.next == booking.EnteredInError && b.Locked()) {
			p.Steps = append(p.Steps, s.name)
		}
	}
	tx.Save(timebok.Audit(v.desk.Source, v.actor(), "booking.read", b, b.Client))
	return p, nil
}

// CanMove reports whether the session is still to come.
func (p *bookingPage) CanMove() bool { return p.State.IsPlanned() }

// bookingSteps are the buttons of a booking: what they are called in the form, and
// where they lead.
var bookingSteps = []struct {
	name string
	next booking.State
}{
	{"bekreft", booking.Booked},
	{"ankommet", booking.Arrived},
	{"gjennomfort", booking.Completed},
	{"ikkemott", booking.NoShow},
	{"avbestilt", booking.Cancelled},
	{"avlyst", booking.Cancelled},
	{"feilfort", booking.EnteredInError},
}

// changeBooking does what a button of the booking says. The form carries the
// version that the user saw: if somebody was faster, nothing is done.
func (v *visit) changeBooking() error {
	id, err := timebok.ParseID[booking.Booking](v.r.PathValue("id"))
	if err != nil {
		return err
	}
	version, _ := strconv.ParseInt(v.r.FormValue("versjon"), 10, 64)
	what := v.r.FormValue("gjor")
	var b booking.Booking
	err = v.update(v.r.Context(), func(ctx context.Context, tx storage.Tx) error {
		old, err := tx.Booking(ctx, id)
		if err != nil {
			return err
		}
		if err := v.mustSee(ctx, tx, old.Client); err != nil {
			return err
		}
		by := v.actor()
		switch what {
		case "flytt":
			b, err = v.desk.Move(ctx, tx, by, booking.MoveRequest{
				Booking: id, Version: version, Start: v.startOf(v.r.FormValue("dato"), v.r.FormValue("tid")),
			})
		case "inviter":
			b, err = v.desk.Invite(ctx, tx, by, id, version)
		case "bekreft":
			b, err = v.desk.Confirm(ctx, tx, by, id, version)
		case "ankommet":
			b, err = v.desk.Arrive(ctx, tx, by, id, version)
		case "gjennomfort":
			b, err = v.desk.Complete(ctx, tx, by, id, version)
		case "ikkemott":
			b, err = v.desk.NoShow(ctx, tx, by, id, version)
		case "avbestilt":
			b, err = v.desk.Cancel(ctx, tx, by, id, version, booking.ByClient)
		case "avlyst":
			b, err = v.desk.Cancel(ctx, tx, by, id, version, booking.ByClinic)
		case "feilfort":
			b, err = v.desk.Void(ctx, tx, by, id, version)
		default:
			err = timebok.Reasons{timebok.BadValue.At("gjor")}.Invalid()
		}
		return err
	})
	q := url.Values{"vis": {v.r.FormValue("vis")}, "hos": {v.r.FormValue("hos")}, "dag": {v.r.FormValue("dag")}}
	if errors.Is(err, timebok.ErrRefused) || errors.Is(err, timebok.ErrInvalid) {
		if err := v.refused.Join("", err); err != nil {
			return err
		}
		q.Set("booking", id.String())
		return v.renderCalendar(q, nil)
	}
	if err != nil {
		return err
	}
	if err := v.deliver(v.r.Context()); err != nil {
		return err
	}
	v.live.tell("calendar")
	v.say("gjort:" + what)
	q.Set("dag", b.Time.Start.In(v.zone).Format(time.DateOnly))
	if b.State != booking.EnteredInError {
		q.Set("booking", b.ID.String())
	}
	return v.redirect("/kalender?" + q.Encode())
}

// payerName is who gets a bill, in words.
func (v *visit) payerName(ctx context.Context, tx storage.Tx, to timebok.Recipient) (string, error) {
	if to.IsClient() {
		return v.T("Klienten"), nil
	}
	p, err := tx.Payer(ctx, to.Payer)
	return p.Name, err
}

// refreshSeries asks the network once more what it says of the series' case.
func (v *visit) refreshSeries() error {
	id, err := timebok.ParseID[series.Series](v.r.PathValue("id"))
	if err != nil {
		return err
	}
	var s series.Series
	err = v.view(v.r.Context(), func(ctx context.Context, tx storage.Tx) (err error) {
		if s, err = tx.Series(ctx, id); err == nil {
			err = v.mustSee(ctx, tx, s.Client)
		}
		return err
	})
	if err != nil {
		return err
	}
	changed, err := v.refresh(s)
	if err != nil {
		return err
	}
	if v.say("Saken er som før."); changed {
		v.say("Saken er endret. Det nye gjelder fra nå.")
	}
	return v.redirect("/klienter/" + s.Client.String() + "?fane=bookinger")
}

// A drift is a case that the network has changed.
type drift struct {
	At     time.Time
	Series series.Series
	insurance.Drift
}

// refresh takes over what the network now says of a series' case, and remembers
// the drift for the inbox.
func (v *visit) refresh(s series.Series) (changed bool, err error) {
	found, err := v.search(s.Case.Number)
	if err != nil {
		return false, err
	}
	var d insurance.Drift
	err = v.update(v.r.Context(), func(ctx context.Context, tx storage.Tx) (err error) {
		s, d, err = v.cases.Refresh(ctx, tx, v.actor(), s.ID, found)
		return err
	})
	if err != nil || len(d.Changes) == 0 {
		return false, err
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	v.drifts = slices.Insert(v.drifts, 0, drift{v.now(), s, d})
	return true, nil
}
