package insurance

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"

	"github.com/timebok/timebok"
	"github.com/timebok/timebok/booking"
	"github.com/timebok/timebok/series"
)

// Cases looks insurance cases up and opens their series. The zero Cases works.
type Cases struct {
	timebok.Source
}

// Search asks a network what it says of a case (sakID, «Søk»). It is called
// outside any transaction. A clinic without a working connection is refused with
// NotConnected, a number that nobody knows with UnknownCase.
func (c *Cases) Search(ctx context.Context, n Network, conn Connection, number string) (Case, error) {
	number = strings.TrimSpace(number)
	if number == "" {
		return Case{}, timebok.Reasons{timebok.Missing.At("Number")}.Invalid()
	}
	if err := conn.Check(); err != nil {
		return Case{}, err
	}
	now := c.Time()
	found, err := n.Lookup(ctx, conn, number, now)
	if err != nil {
		return Case{}, err
	}
	if found.Number != "" && !strings.EqualFold(found.Number, number) { // the answer to another question
		return Case{}, timebok.Reasons{UnknownCase.At("Number")}.Refused()
	}
	found.Network = n.Name()
	if found.FetchedAt.IsZero() {
		found.FetchedAt = now
	}
	return found, found.validate()
}

// Open opens the series of a case for a client («Opprett»): payer, EHF, caps,
// validity and the client's share are all set from the case. If the client has
// the series already, it is brought up to date and returned.
//
// It is refused with IdentityMismatch if the birth date is not the case's, with
// CaseTaken if the case belongs to another client, with CaseIsClosed if it ended.
func (c *Cases) Open(ctx context.Context, tx Tx, by timebok.Actor, client timebok.ClientID, found Case) (series.Series, error) {
	if err := by.Check(tx.ClinicID()); err != nil {
		return series.Series{}, err
	}
	if err := found.validate(); err != nil {
		return series.Series{}, err
	}
	v, err := tx.LoadIntake(ctx, IntakeNeeds{
		Network: found.Network, Case: found.Case, PayerOrg: found.Payer.Org, Client: client,
	})
	if err != nil {
		return series.Series{}, err
	}
	if v.Client == nil {
		return series.Series{}, timebok.Reasons{booking.Unknown.At("Client")}.Invalid()
	}
	no := found.usable()
	no = append(no, matches(found, *v.Client)...)
	if v.Series != nil && v.Series.Client != client {
		no.Add(CaseTaken, "Case")
	}
	if len(no) > 0 {
		return series.Series{}, no.Refused()
	}
	s, records, err := c.open(v, client, found, by)
	if err != nil {
		return series.Series{}, err
	}
	tx.Save(records...)
	return s, nil
}

// matches lists why the case can't be the client's.
func matches(found Case, client timebok.Client) timebok.Reasons {
	var no timebok.Reasons
	switch {
	case found.BirthDate == nil:
	case client.BirthDate == nil:
		no.Add(IdentityUnknown, "Client")
	case !client.BirthDate.Equal(*found.BirthDate):
		no.Add(IdentityMismatch, "Client")
	}
	return no
}

// open returns the series of a case, new or brought up to date, with the records
// to save.
func (c *Cases) open(v IntakeView, client timebok.ClientID, found Case, by timebok.Actor) (series.Series, []timebok.Record, error) {
	if v.Series != nil {
		next, _, err := c.refresh(*v.Series, found, by)
		if err != nil {
			return series.Series{}, nil, err
		}
		return next, []timebok.Record{next, timebok.Audit(c.Source, by, "series.refresh", next, client)}, nil
	}
	var records []timebok.Record
	payer := found.Payer.payer()
	if v.Payer != nil {
		payer = *v.Payer
	} else {
		records = append(records, payer, timebok.Audit(c.Source, by, "payer.create", payer, timebok.ClientID{}))
	}
	now := c.Time()
	s := series.Series{
		ID:     timebok.DeriveID[series.Series]("case", string(found.Network), found.Number),
		Client: client, Kind: series.InsuranceCase, Case: found.Case,
		Name: "Forsikringssak " + found.Number,
	}
	if found.Used > 0 {
		s.Adjustments = []series.Adjustment{{At: now, By: by, Opening: true, Sessions: found.Used}}
	}
	s, err := series.Open(s, c.approval(found, payer.ID, by), now)
	if err != nil {
		return series.Series{}, nil, err
	}
	return s, append(records, s, timebok.Audit(c.Source, by, "series.open", s, client)), nil
}

func (c *Cases) approval(found Case, payer timebok.PayerID, by timebok.Actor) series.Approval {
	at := found.FetchedAt
	if at.IsZero() {
		at = c.Time()
	}
	return series.Approval{At: at, Source: series.FromNetwork, By: by, Terms: found.terms(payer)}
}

// A Drift is what a network now says of a case that differs from before. What is
// new holds from now on; it is a new approval in the series' history, and nothing
// that is booked is touched: a lowered cap shows as sessions over it.
//
// Two differences are only told, for somebody to look at: "Payer", since another
// payer is another case, and "Used", the sessions used elsewhere that the network
// knows of, beside those that the series has as its adjustments.
type Drift struct {
	Series  series.ID
	Changes []Difference
	Over    bool // more is booked, or used elsewhere, than the case now allows
}

// A Difference is one field that changed.
type Difference struct{ Field, Was, Is string }

// Refresh compares what a network says of a series' case with what is known,
// takes it over as a new approval, and reports the drift.
func (c *Cases) Refresh(ctx context.Context, tx Tx, by timebok.Actor, id series.ID, found Case) (series.Series, Drift, error) {
	if err := by.Check(tx.ClinicID()); err != nil {
		return series.Series{}, Drift{}, err
	}
	b, err := tx.LoadBooking(ctx, booking.Needs{Series: id})
	if err != nil {
		return series.Series{}, Drift{}, err
	}
	if b.Series == nil {
		ref := timebok.Ref{Kind: timebok.KindSeries, ID: id.UUID()}
		return series.Series{}, Drift{}, &timebok.NotFoundError{Ref: ref}
	}
	if b.Series.Case != found.Case {
		return series.Series{}, Drift{}, timebok.Reasons{UnknownCase.At("Case")}.Refused()
	}
	if err := found.validate(); err != nil {
		return series.Series{}, Drift{}, err
	}
	next, drift, err := c.refresh(*b.Series, found, by)
	if err != nil {
		return series.Series{}, Drift{}, err
	}
	payer, err := tx.Payer(ctx, next.Terms().Billing.To.Payer)
	if err != nil {
		return series.Series{}, Drift{}, err
	}
	told := next // with what the network says of use elsewhere
	if payer.Org != found.Payer.Org {
		drift.Changes = append(drift.Changes, Difference{"Payer", payer.Org.String(), found.Payer.Org.String()})
	}
	if known := next.Use(nil).Adjusted; found.Used != 0 && found.Used != known {
		drift.Changes = append(drift.Changes, Difference{"Used", strconv.Itoa(known), strconv.Itoa(found.Used)})
		told.Adjustments = append(slices.Clip(told.Adjustments), series.Adjustment{Sessions: max(0, found.Used-known)})
	}
	drift.Over = told.Use(booking.Sessions(b.InSeries)).IsOver()
	tx.Save(next, timebok.Audit(c.Source, by, "series.refresh", next, next.Client))
	return next, drift, nil
}

// refresh takes over what a network now says. The payer stays: another payer is
// another case. A case that is closed closes the series, and an answer older than
// the last one changes nothing.
func (c *Cases) refresh(s series.Series, found Case, by timebok.Actor) (series.Series, Drift, error) {
	drift := Drift{Series: s.ID}
	next := s
	was := s.Approvals[len(s.Approvals)-1].Terms
	a := c.approval(found, was.Billing.To.Payer, by)
	if !a.At.Before(s.FetchedAt) {
		next.FetchedAt = a.At
		drift.Changes = differences(was, a.Terms)
		var err error
		if len(drift.Changes) > 0 {
			if next, err = s.Extend(a); err != nil {
				return s, drift, err
			}
		}
		if found.Status == CaseClosed && s.IsOpen() {
			drift.Changes = append(drift.Changes, Difference{"Status", string(CaseOpen), string(CaseClosed)})
			if next, err = next.Close(c.Time()); err != nil {
				return s, drift, err
			}
		}
	}
	next.Version = s.Version + 1 // one change, however many fields
	return next, drift, nil
}

func differences(was, is series.Terms) []Difference {
	var out []Difference
	for _, f := range []struct {
		name    string
		was, is string
	}{
		{"ValidFrom", dayText(was.ValidFrom), dayText(is.ValidFrom)},
		{"ValidTo", dayText(was.ValidTo), dayText(is.ValidTo)},
		{"Caps", capsText(was.Caps), capsText(is.Caps)},
		{"Share", shareText(was.Share), shareText(is.Share)},
		{"Billing", string(was.Billing.By), string(is.Billing.By)},
	} {
		if f.was != f.is {
			out = append(out, Difference{f.name, f.was, f.is})
		}
	}
	return out
}

// A PaperCase is an insurance case that is entered by hand, from a letter. Cases of
// no network share one space of numbers: of two insurers with the same number, the
// second case is refused with a *timebok.ExistsError, and needs the insurer's name
// in its number.
type PaperCase struct {
	Client  timebok.ClientID
	Payer   timebok.PayerID
	Network timebok.Network // whose rules and treatment codes hold; "" for none
	Number  string          // sakID or the insurer's own case number
	Terms   series.Terms    // validity, caps and share; who pays is Payer by EHF
	Used    int             // sessions used before, elsewhere
	Note    string          // reference of the letter; no personal data
}

// OpenByHand opens the series of a case without asking a network.
func (c *Cases) OpenByHand(ctx context.Context, tx Tx, by timebok.Actor, p PaperCase) (series.Series, error) {
	if err := by.Check(tx.ClinicID()); err != nil {
		return series.Series{}, err
	}
	ref := series.Case{Network: p.Network, Number: strings.TrimSpace(p.Number)}
	v, err := tx.LoadIntake(ctx, IntakeNeeds{Network: p.Network, Case: ref, Client: p.Client})
	if err != nil {
		return series.Series{}, err
	}
	if v.Client == nil {
		return series.Series{}, timebok.Reasons{booking.Unknown.At("Client")}.Invalid()
	}
	if v.Series != nil {
		return series.Series{}, &timebok.ExistsError{Ref: v.Series.Ref()}
	}
	if _, err := tx.Payer(ctx, p.Payer); errors.Is(err, timebok.ErrNotFound) {
		return series.Series{}, timebok.Reasons{booking.Unknown.At("Payer")}.Invalid()
	} else if err != nil {
		return series.Series{}, err
	}
	now := c.Time()
	p.Terms.Billing = timebok.Billing{To: timebok.Recipient{Payer: p.Payer}, By: timebok.EHF}
	s := series.Series{
		ID:     timebok.DeriveID[series.Series]("case", string(ref.Network), ref.Number),
		Client: p.Client, Kind: series.InsuranceCase, Case: ref, Name: "Forsikringssak " + ref.Number,
	}
	if p.Used > 0 {
		s.Adjustments = []series.Adjustment{{At: now, By: by, Opening: true, Sessions: p.Used}}
	}
	s, err = series.Open(s, series.Approval{At: now, Source: series.ByHand, By: by, Note: p.Note, Terms: p.Terms}, now)
	if err != nil {
		return series.Series{}, err
	}
	tx.Save(s, timebok.Audit(c.Source, by, "series.open", s, p.Client))
	return s, nil
}
