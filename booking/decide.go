package booking

import (
	"slices"
	"strconv"
	"time"

	"github.com/rickb777/date"
	"github.com/timebok/timebok"
	"github.com/timebok/timebok/series"
)

// DecideBook turns a request into the changes that make the booking. It is pure
// but for the Desk's clock and IDs. The error is an *timebok.InvalidError that
// lists what is missing or unknown, or a *timebok.Refusal with every reason.
// A request that was carried out before changes nothing and returns its booking.
func (d *Desk) DecideBook(v View, r Request, by timebok.Actor) (Changes, error) {
	if err := r.missing(); err != nil {
		return Changes{}, err
	}
	if err := by.Check(v.Clinic.ID); err != nil {
		return Changes{}, err
	}
	if v.Booking != nil {
		if r.repeats(*v.Booking) {
			return Changes{Booking: *v.Booking}, nil
		}
		return Changes{}, &timebok.ExistsError{Ref: v.Booking.Ref()}
	}
	b, verdict, err := d.draft(v, r)
	if err != nil {
		return Changes{}, err
	}
	verdict, b, used := d.waive(v, verdict, b, r.Override, r.Billing != nil, by)
	if len(verdict.Refusals) > 0 {
		return Changes{}, verdict.Refusals.Refused()
	}
	if b.ID.IsZero() {
		b.ID = timebok.New[Booking](d.Source)
	}
	if r.Invite {
		b.InvitedAt = d.Time()
	}
	c := Changes{
		Booking: b, Notices: verdict.Notices,
		Records: []timebok.Record{b, d.audit(by, "booking.book", b, used)},
	}
	if r.Invite {
		c.Records = append(c.Records, d.notify(b, d.kindFor(v.Client), Invited))
	}
	return d.reminding(v, c)
}

// draft returns the booking that a request would make, with what speaks against
// it and for a second look.
func (d *Desk) draft(v View, r Request) (Booking, Verdict, error) {
	if err := v.usable(r.Needs()); err != nil {
		return Booking{}, Verdict{}, err
	}
	return d.sketch(v, r)
}

// sketch is draft of a request whose practitioner and service are known, and whose
// client may not be.
func (d *Desk) sketch(v View, r Request) (Booking, Verdict, error) {
	length := r.Duration
	if length == 0 {
		length = v.Service.Duration
	}
	b := Booking{
		ID: r.ID, Version: 1, Sequence: 1,
		Client: r.Client, Practitioner: r.With, Service: r.Service, Series: r.Series,
		Time: timebok.Lasting(r.Start, length), Before: v.Service.Before, After: v.Service.After,
		Zone: v.Clinic.Zone, Origin: r.Origin, External: r.External, State: Booked,
	}
	if b.Origin == "" {
		b.Origin = timebok.Manual
	}
	if r.Tentative {
		b.State = Proposed
	}
	b.Billing, b.BillingWhy = v.billing(), ""
	if r.Billing != nil && *r.Billing != b.Billing {
		b.Billing, b.BillingWhy = *r.Billing, r.BillingWhy
	}
	verdict, b, err := d.judge(v, b)
	if r.Invite && v.Client != nil {
		verdict.Refusals = append(verdict.Refusals, d.uninvitable(v, b)...)
	}
	return b, verdict, err
}

// usable returns an *timebok.InvalidError naming what the needs name and the clinic
// doesn't have, and what the host has stored that is wrong in itself: a service
// without a duration must not become a booking without one.
func (v View) usable(n Needs) error {
	var wrong timebok.Reasons
	for _, f := range []struct {
		name string
		ok   bool
	}{
		{"Client", n.Client.IsZero() || v.Client != nil},
		{"With", n.Practitioner.IsZero() || v.Practitioner != nil},
		{"Service", n.Service.IsZero() || v.Service != nil},
		{"Series", n.Series.IsZero() || v.Series != nil},
	} {
		if !f.ok {
			wrong.Add(Unknown, f.name)
		}
	}
	return v.sound(wrong)
}

// sound returns an *timebok.InvalidError of what is wrong already and of what is
// wrong with the records that price and cap a session.
func (v View) sound(wrong timebok.Reasons) error {
	if v.Service != nil {
		_ = wrong.Join("Service", v.Service.Validate()) // an InvalidError or nil, as below
	}
	if v.Series != nil {
		_ = wrong.Join("Series", v.Series.Validate())
	}
	for i, a := range v.Agreements {
		_ = wrong.Join("Agreements["+strconv.Itoa(i)+"]", a.Validate())
	}
	return wrong.Invalid()
}

// billing is who gets the bill when nobody says otherwise.
func (v View) billing() timebok.Billing {
	if v.Series == nil {
		return timebok.BillClient
	}
	return v.Series.Terms().Billing
}

// PartyOf is who bills a session: the series' party, else the practitioner's, else
// the clinic's. Series and practitioner may be nil. Prices are agreed with it, and
// invoices come from it.
func PartyOf(s *series.Series, p *timebok.Practitioner, c timebok.Clinic) timebok.BillingPartyID {
	switch {
	case s != nil && !s.Party.IsZero():
		return s.Party
	case p != nil && !p.Party.IsZero():
		return p.Party
	}
	return c.Party
}

// judge prices a booking and says all that speaks against it where it stands.
// Every way to place a booking in a calendar or series comes through here.
func (d *Desk) judge(v View, b Booking) (Verdict, Booking, error) {
	verdict := Verdict{Billing: b.Billing}
	if v.Service.Inactive {
		verdict.Refusals.Add(NotOffered, "Service")
	}
	if v.Practitioner.Inactive {
		verdict.Refusals.Add(HasLeft, "With")
	}
	taken, err := v.Calendar.Check(b.Time, b.Before, b.After, b.ID)
	if err != nil {
		return verdict, b, err
	}
	verdict.Refusals = append(verdict.Refusals, taken...)
	b, cover, err := d.judgeSeries(v, b)
	verdict.Refusals = append(verdict.Refusals, cover.Refusals...)
	verdict.Notices = append(verdict.Notices, cover.Notices...)
	return verdict, b, err
}

// judgeSeries fits a booking into the View's series: treatment code, price, and
// what the series says of one more session. It does not ask the calendar.
func (d *Desk) judgeSeries(v View, b Booking) (Booking, Verdict, error) {
	var verdict Verdict
	loc, err := timebok.LoadZone(b.Zone)
	if err != nil {
		return b, verdict, err
	}
	day := timebok.DayOf(b.Time.Start, loc)
	b.Treatment = ""
	if v.Series != nil {
		b.Treatment = v.Service.KeyAt(v.Series.Case.Network)
	}
	b.Price = v.price(b, day)
	if b.State == Completed {
		b.Charges = v.charges(b)
	}
	if v.Series == nil {
		return b, verdict, nil
	}
	s := *v.Series
	if s.Client != b.Client {
		verdict.Refusals.Add(OtherClient, "Series")
	}
	if s.Case.Network != "" && b.Treatment == "" {
		verdict.Refusals.Add(NoTreatmentCode, "Service", timebok.P("network", s.Case.Network))
	}
	others := v.others(b.ID)
	verdict.Refusals = append(verdict.Refusals, v.admit(s, others, b, day)...)
	if b.Billing != s.Terms().Billing {
		verdict.Notices.Add(BillingDiffers, "Billing")
	}
	if s.IsStale(d.Time(), d.CaseMaxAge) {
		verdict.Notices.Add(series.Stale, "Series", timebok.P("fetched", s.FetchedAt.In(loc)))
	}
	if left, capped := s.Use(append(others, b.Session())).Remaining(b.Treatment); capped && left == 0 && !verdict.Refusals.Has(series.Exhausted) {
		verdict.Notices.Add(LastSession, "Series")
	}
	return b, verdict, nil
}

// admit asks the series, which may have the booking already.
func (v View) admit(s series.Series, others []series.Session, b Booking, day date.Date) timebok.Reasons {
	if was := v.Booking; was != nil && was.Series == b.Series && was.State.IsActive() {
		return s.Readmit(others, was.Session(), b.Session(), day)
	}
	return s.Admit(others, b.Session(), day)
}

// price is what a booking costs on a day: what its recipient has agreed to, and
// of a client what clients pay.
func (v View) price(b Booking, day date.Date) timebok.Money {
	return timebok.PriceOn(day, *v.Service, b.Billing.To.Payer, PartyOf(v.Series, v.Practitioner, v.Clinic), v.Agreements)
}

// others are the sessions of the series without the one with that ID.
func (v View) others(id ID) []series.Session {
	out := make([]series.Session, 0, len(v.InSeries)+1)
	for _, b := range v.InSeries {
		if b.ID != id {
			out = append(out, b.Session())
		}
	}
	return out
}

// waive sets the rules aside that w names, as far as they are broken, records it
// on the booking, and returns their codes. A cap or validity that is set aside is
// not the payer's to pay for: the client gets the bill, unless somebody chose the
// billing.
func (d *Desk) waive(v View, verdict Verdict, b Booking, w Waiver, chosen bool, by timebok.Actor) (Verdict, Booking, []string) {
	standing, used := setAside(verdict.Refusals, w.Codes)
	verdict.Refusals = standing
	if len(used) == 0 {
		return verdict, b, nil
	}
	chosen = chosen || b.BillingWhy != "" || slices.ContainsFunc(b.Overrides, func(o Override) bool { return waivesCover(o.Codes) })
	if waivesCover(used) && !chosen && !b.Billing.To.IsClient() {
		b.Billing, b.BillingWhy = timebok.BillClient, w.Why
		b.Price = v.price(b, date.Date{}) // no agreement is with the client, so the day is all the same
		if !verdict.Notices.Has(BillingDiffers) {
			verdict.Notices.Add(BillingDiffers, "Billing")
		}
	}
	b.Overrides = append(b.Overrides[:len(b.Overrides):len(b.Overrides)],
		Override{At: d.Time(), By: by, Codes: used, Why: w.Why, Sequence: b.Sequence})
	return verdict, b, used
}

// waivesCover reports whether a rule of what the payer covers is among the codes.
func waivesCover(codes []string) bool {
	return slices.ContainsFunc(codes, func(code string) bool {
		return code == series.Exhausted.Code() || code == series.Expired.Code() || code == series.NotYetValid.Code()
	})
}

// charges divides the price of a delivered session between payer and client.
func (v View) charges(b Booking) []Charge {
	var share series.Share
	if v.Series != nil {
		share = v.Series.Terms().Share
	}
	switch {
	case b.Billing.By == timebok.Unbilled:
		return nil
	case b.Billing.To.IsClient():
		return []Charge{{Billing: b.Billing, Amount: b.Price}}
	}
	client, payer := share.Split(b.Price)
	var out []Charge
	if payer.Sign() > 0 || client.IsZero() {
		out = append(out, Charge{Billing: b.Billing, Amount: payer})
	}
	if client.Sign() > 0 {
		out = append(out, Charge{Billing: timebok.BillClient, Amount: client})
	}
	return out
}

// DecideCheck is DecideBook as a dry run: it says everything, and changes
// nothing. A form that is half filled in is told what is missing, and what speaks
// against the rest of it, as far as practitioner, service and start are there. An
// *timebok.ExistsError is the same error here.
func (d *Desk) DecideCheck(v View, r Request, by timebok.Actor) (Verdict, error) {
	var wrong timebok.Reasons
	elsewhere := by.Check(v.Clinic.ID)
	for _, err := range []error{r.missing(), elsewhere, v.usable(r.Needs())} {
		if err := wrong.Join("", err); err != nil {
			return Verdict{}, err
		}
	}
	if len(wrong) == 0 && v.Booking != nil {
		if !r.repeats(*v.Booking) {
			return Verdict{}, &timebok.ExistsError{Ref: v.Booking.Ref()}
		}
		return Verdict{Billing: v.Booking.Billing}, nil
	}
	if elsewhere != nil || !r.judgeable(v) {
		return Verdict{Refusals: wrong}, nil
	}
	if r.Client.IsZero() && v.Series != nil {
		r.Client = v.Series.Client // that no client is chosen is said; another is not meant
	}
	b, verdict, err := d.sketch(v, r)
	if err != nil {
		return Verdict{Refusals: wrong}, err
	}
	verdict, b, _ = d.waive(v, verdict, b, r.Override, r.Billing != nil, by)
	verdict.Billing = b.Billing
	if timeRefused(verdict.Refusals) {
		verdict.Alternatives, err = d.nearest(v, b)
	}
	verdict.Refusals = append(wrong, verdict.Refusals...)
	return verdict, err
}

// judgeable reports whether the View and the request hold what a session needs to be
// held to calendar and series.
func (r Request) judgeable(v View) bool {
	return v.Practitioner != nil && v.Service != nil && !r.Start.IsZero() && r.lengthIsValid() && v.sound(nil) == nil
}

func timeRefused(reasons timebok.Reasons) bool {
	for _, rule := range []*timebok.Rule{SlotTaken, OutsideHours, Holiday, Absent} {
		if reasons.Has(rule) {
			return true
		}
	}
	return false
}

// alternatives is how many free times a Verdict proposes, and searched is how
// far around the wish they are looked for.
const (
	alternatives = 3
	searched     = 14 * 24 * time.Hour
)

// nearest returns the free times closest to the booking's, the earlier of equals
// first. They lie in the validity of its series, and not in the past unless the
// booking does.
func (d *Desk) nearest(v View, b Booking) ([]Slot, error) {
	loc, err := timebok.LoadZone(b.Zone)
	if err != nil {
		return nil, err
	}
	shape := Shape{Duration: b.Time.Duration(), Before: b.Before, After: b.After, Step: 15 * time.Minute}
	within := b.Time.Widen(searched, searched)
	if now := d.Time(); !b.Time.Start.Before(now) && within.Start.Before(now) {
		within.Start = now
	}
	free, err := v.Calendar.Free(nil, within, shape, 0)
	if err != nil {
		return nil, err
	}
	if v.Series != nil {
		free = slices.DeleteFunc(free, func(s Slot) bool { return !v.Series.Covers(timebok.DayOf(s.Time.Start, loc)) })
	}
	distance := func(s Slot) time.Duration { return s.Time.Start.Sub(b.Time.Start).Abs() }
	var out []Slot
	for range alternatives {
		best := -1
		for i, s := range free {
			if best < 0 || distance(s) < distance(free[best]) {
				best = i
			}
		}
		if best < 0 {
			break
		}
		out = append(out, free[best])
		// Proposals that overlap each other say the same thing twice.
		kept := free[:0]
		for _, s := range free {
			if !s.Time.Overlaps(out[len(out)-1].Time) {
				kept = append(kept, s)
			}
		}
		free = kept
	}
	return out, nil
}
