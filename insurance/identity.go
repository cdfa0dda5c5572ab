package insurance

import (
	"slices"
	"strings"

	"github.com/rickb777/date"
	"github.com/timebok/timebok"
)

// Identity is a gate: an event is tied to a client only if the birth date is the
// case's. Whose case it is, is known once it has a series; before that a client we
// have is found by birth number, or by birth date and name together. An e-mail
// address or telephone number alone ties nobody to anything; with the same birth
// date and another name it makes the event ambiguous.

// identify returns the client that an event is about - one we have, or a new one
// with Version 1 - or why it can't be told.
func identify(v IntakeView, e Event) (timebok.Client, timebok.Reasons) {
	var no timebok.Reasons
	p, born := e.Booking.Client, bornOf(e)
	if p.BirthDate != nil && !p.BirthDate.Equal(*born) {
		no.Add(IdentityMismatch, "Booking.Client")
		return timebok.Client{}, no
	}
	if born == nil {
		no.Add(IdentityUnknown, "Booking.Client")
		return timebok.Client{}, no
	}
	if v.Owner != nil { // the case has a series, so it has a client
		if v.Owner.BirthDate == nil || !v.Owner.BirthDate.Equal(*born) {
			no.Add(IdentityMismatch, "Booking.Client")
		}
		if differ(p.BirthNumber, v.Owner.BirthNumber) {
			no.Add(CaseTaken, "Booking.CaseNumber")
		}
		return *v.Owner, no
	}
	sure, maybe := candidates(v.Candidates, p)
	switch {
	case len(sure) == 1 && len(maybe) == 0:
		if sure[0].BirthDate != nil && !sure[0].BirthDate.Equal(*born) {
			no.Add(IdentityMismatch, "Booking.Client")
		}
		return sure[0], no
	case len(sure)+len(maybe) > 0:
		no.Add(IdentityAmbiguous, "Booking.Client", timebok.P("clients", len(sure)+len(maybe)))
		return timebok.Client{}, no
	}
	return newClient(e), no
}

// candidates sorts the clients who may be p: surely by birth number, or by birth
// date and name; maybe by birth date and e-mail address or telephone number.
func candidates(have []timebok.Client, p Person) (sure, maybe []timebok.Client) {
	for _, c := range have {
		sameNumber := !p.BirthNumber.IsZero() && p.BirthNumber == c.BirthNumber
		otherNumber := differ(p.BirthNumber, c.BirthNumber)
		sameContact := !p.Email.IsZero() && strings.EqualFold(p.Email.Reveal(), c.Email.Reveal()) ||
			!p.Phone.IsZero() && p.Phone == c.Phone
		switch {
		case sameNumber, !otherNumber && sameName(c.Name, p.Name):
			sure = append(sure, c)
		case !otherNumber && sameContact:
			maybe = append(maybe, c)
		}
	}
	return sure, maybe
}

// differ reports whether two birth numbers are known and not the same.
func differ(a, b timebok.BirthNumber) bool { return !a.IsZero() && !b.IsZero() && a != b }

// contradicts reports whether a client was born on another day than the event's
// case or person.
func contradicts(c timebok.Client, e Event) bool {
	other := func(born *date.Date) bool {
		return born != nil && c.BirthDate != nil && !born.Equal(*c.BirthDate)
	}
	return other(bornOf(e)) || other(e.Booking.Client.BirthDate)
}

// sameName compares names by their words, in any order and case.
func sameName(a, b timebok.Private) bool {
	words := func(p timebok.Private) []string {
		w := strings.Fields(strings.ToLower(p.Reveal()))
		slices.Sort(w)
		return w
	}
	return slices.Equal(words(a), words(b))
}

// newClient is the client that an event tells of. The ID follows from the
// network's booking, so that the event makes the same client each time.
func newClient(e Event) timebok.Client {
	p := e.Booking.Client
	c := timebok.Client{
		ID:      timebok.DeriveID[timebok.Client]("client", string(e.Network), e.Booking.ID),
		Version: 1, Origin: timebok.FromNetwork,
		Name: p.Name, BirthDate: p.BirthDate, BirthNumber: p.BirthNumber,
		Email: p.Email, Phone: p.Phone, Address: p.Address, Lang: p.Lang,
	}
	if c.BirthDate == nil {
		c.BirthDate = bornOf(e)
	}
	return c
}

// bornOf is the birth date that the event's client must have: the case's, else
// the one that the client gave; nil if neither is known.
func bornOf(e Event) *date.Date {
	if c := e.Booking.Case; c != nil && c.BirthDate != nil {
		return c.BirthDate
	}
	return e.Booking.Client.BirthDate
}
