package series

import (
	"slices"
	"time"

	"github.com/rickb777/date"
	"github.com/timebok/timebok"
)

// A Series groups a client's bookings, says who is billed, and caps the sessions.
type Series struct {
	ID      ID
	Version int64

	Client timebok.ClientID
	Kind   Kind
	Name   string                 // what staff see it as, such as "Forsikringssak 6QPTR"
	Case   Case                   // of an InsuranceCase
	Party  timebok.BillingPartyID // who bills; zero: the practitioner's or the clinic's
	Policy Policy

	Approvals   []Approval   // oldest first; at least one
	Overrides   []Override   // oldest first
	Adjustments []Adjustment // oldest first, the opening balance among them
	FetchedAt   time.Time    // when the network was last asked; zero: never

	OpenedAt time.Time
	ClosedAt time.Time // zero: open
}

// An ID names a series.
type ID = timebok.ID[Series]

// A Kind says what a series is for.
type Kind string

const (
	InsuranceCase Kind = "insurance" // forsikringssak: an insurer pays by a case
	OtherPayer    Kind = "payer"     // another organisation pays, such as an employer
	SelfPaying    Kind = "self"      // the client pays
)

// A Case is what an insurer's or network's case is known by (sakID). There is
// one series at most for each in a clinic.
type Case struct {
	Network timebok.Network // "" for a case entered by hand
	Number  string          // opaque, kept as the network writes it
}

// IsZero reports whether there is no case.
func (c Case) IsZero() bool { return c == Case{} }

// Ref names this version of the series.
func (s Series) Ref() timebok.Ref {
	return timebok.Ref{Kind: timebok.KindSeries, ID: s.ID.UUID(), Version: s.Version}
}

// Open makes a series with its first approval. The error is an
// *timebok.InvalidError with all that is wrong.
func Open(s Series, first Approval, now time.Time) (Series, error) {
	s.Version, s.OpenedAt, s.ClosedAt = 1, now, time.Time{}
	first.Terms = first.Terms.clone()
	s.Approvals = []Approval{first}
	if first.Source == FromNetwork {
		s.FetchedAt = first.At
	}
	return s, s.Validate()
}

// Validate returns an *timebok.InvalidError with all that is wrong.
func (s Series) Validate() error {
	var wrong timebok.Reasons
	if s.ID.IsZero() {
		wrong.Add(timebok.Missing, "ID")
	}
	if s.Client.IsZero() {
		wrong.Add(timebok.Missing, "Client")
	}
	if len(s.Approvals) == 0 {
		wrong.Add(timebok.Missing, "Approvals")
		return wrong.Invalid()
	}
	if s.Policy.Notice < 0 || s.Policy.Notice > 30*24*time.Hour {
		wrong.Add(timebok.BadValue, "Policy.Notice")
	}
	if s.Policy.NoticeDays < 0 || s.Policy.NoticeDays > 30 {
		wrong.Add(timebok.BadValue, "Policy.NoticeDays")
	}
	terms := s.terms()
	if err := wrong.Join("Terms", terms.Validate()); err != nil {
		return err
	}
	for i, c := range terms.Caps {
		if c.Treatment != "" && s.Case.Network == "" {
			wrong.Add(UncountedCap, "Terms."+fieldAt("Caps", i))
		}
	}
	switch s.Kind {
	case InsuranceCase:
		if s.Case.Number == "" {
			wrong.Add(timebok.Missing, "Case.Number")
		}
		if terms.Billing.To.IsClient() {
			wrong.Add(NeedsPayer, "Terms.Billing.To")
		}
	case OtherPayer:
		if terms.Billing.To.IsClient() {
			wrong.Add(NeedsPayer, "Terms.Billing.To")
		}
	case SelfPaying:
		if !terms.Billing.To.IsClient() {
			wrong.Add(timebok.BadValue, "Terms.Billing.To")
		}
	default:
		wrong.Add(timebok.BadValue, "Kind")
	}
	return wrong.Invalid()
}

// IsOpen reports whether the series takes bookings, as far as its state goes.
func (s Series) IsOpen() bool { return s.ClosedAt.IsZero() }

// Extend adds an approval, such as more sessions or a later end. The one before
// stays in the history.
func (s Series) Extend(a Approval) (Series, error) {
	a.Terms = a.Terms.clone()
	s.Approvals = append(slices.Clone(s.Approvals), a)
	if a.Source == FromNetwork {
		s.FetchedAt = a.At
	}
	s.Version++
	return s, s.Validate()
}

// Correct adds a local override of the approved terms.
func (s Series) Correct(o Override) (Series, error) {
	if o.Why == "" {
		return s, timebok.Reasons{timebok.Missing.At("Override.Why")}.Invalid()
	}
	o.Caps = slices.Clone(o.Caps)
	s.Overrides = append(slices.Clone(s.Overrides), o)
	s.Version++
	return s, s.Validate()
}

// Adjust adds sessions or an amount used elsewhere, or gives some back.
func (s Series) Adjust(a Adjustment) (Series, error) {
	if a.Sessions == 0 && a.Amount.IsZero() {
		return s, timebok.Reasons{timebok.Missing.At("Adjustment.Sessions")}.Invalid()
	}
	if !a.Opening && a.Why == "" {
		return s, timebok.Reasons{timebok.Missing.At("Adjustment.Why")}.Invalid()
	}
	s.Adjustments = append(slices.Clone(s.Adjustments), a)
	s.Version++
	return s, nil
}

// Close ends the series: it takes no more bookings. Those it has stay in it.
func (s Series) Close(now time.Time) (Series, error) {
	if !s.IsOpen() {
		return s, timebok.Reasons{Closed.At("")}.Refused()
	}
	s.ClosedAt = now
	s.Version++
	return s, nil
}

// Reopen lets a closed series take bookings again.
func (s Series) Reopen() (Series, error) {
	if s.IsOpen() {
		return s, timebok.Reasons{NotClosed.At("")}.Refused()
	}
	s.ClosedAt = time.Time{}
	s.Version++
	return s, nil
}

// Deletable returns a *timebok.Refusal if something hangs on the series: with
// it would go what the EHF of a session not yet invoiced needs.
// A no-show is in the way too, since it can turn out to have been delivered.
func (s Series) Deletable(sessions []Session) error {
	n := 0
	for _, x := range sessions {
		if x.Stage != Void && (x.Stage != LateOff || s.counts(x)) {
			n++
		}
	}
	if n > 0 {
		return timebok.Reasons{InUse.At("", timebok.P("bookings", n))}.Refused()
	}
	return nil
}

// A Policy says what a missed or lately cancelled session means in a series, and
// what is late. The zero Policy counts neither, and any cancellation is in time.
type Policy struct {
	NoShowCounts     bool          // a no-show uses a session
	LateCancelCounts bool          // a late cancellation by the client uses a session
	Notice           time.Duration // wall time before the start; a change exactly then is in time
	NoticeDays       int           // or: working days before the day of the start
}

// Terms are what a series is bound by.
type Terms struct {
	ValidFrom *date.Date // nil: no limit
	ValidTo   *date.Date // the last day, included; nil: no limit
	Caps      []Cap      // all hold at once; none: no limit
	Billing   timebok.Billing
	Share     Share // what the client pays of a session (egenandel)
}

// Validate returns an *timebok.InvalidError with all that is wrong.
func (t Terms) Validate() error {
	var wrong timebok.Reasons
	if t.ValidFrom != nil && t.ValidTo != nil && t.ValidTo.Before(*t.ValidFrom) {
		wrong.Add(timebok.BadPeriod, "ValidTo")
	}
	seen := map[string]bool{}
	for i, c := range t.Caps {
		if !c.valid() || seen[c.key()] {
			wrong.Add(BadCap, fieldAt("Caps", i))
		}
		seen[c.key()] = true
	}
	if err := wrong.Join("Billing", t.Billing.Validate()); err != nil {
		return err
	}
	if err := wrong.Join("Share", t.Share.Validate()); err != nil {
		return err
	}
	return wrong.Invalid()
}

// Equal reports whether two terms say the same.
func (t Terms) Equal(u Terms) bool {
	return sameDay(t.ValidFrom, u.ValidFrom) && sameDay(t.ValidTo, u.ValidTo) &&
		slices.Equal(t.Caps, u.Caps) && t.Billing == u.Billing && t.Share == u.Share
}

func sameDay(a, b *date.Date) bool {
	if a == nil || b == nil {
		return a == b
	}
	return a.Equal(*b)
}

// clone returns terms that share nothing with t, so that changing one leaves the
// other, and with it the history, as it was.
func (t Terms) clone() Terms {
	t.Caps = slices.Clone(t.Caps)
	t.ValidFrom, t.ValidTo = cloneDay(t.ValidFrom), cloneDay(t.ValidTo)
	return t
}

func cloneDay(d *date.Date) *date.Date {
	if d == nil {
		return nil
	}
	return new(*d)
}

// Terms returns what holds now: the last approval, with the overrides on top.
// The caller may change them, such as to make the next approval.
func (s Series) Terms() Terms { return s.terms().clone() }

// terms are the Terms, not to be changed.
func (s Series) terms() Terms {
	if len(s.Approvals) == 0 {
		return Terms{}
	}
	t := s.Approvals[len(s.Approvals)-1].Terms
	for _, o := range s.Overrides {
		if o.ValidFrom != nil {
			t.ValidFrom = o.ValidFrom
		}
		if o.ValidTo != nil {
			t.ValidTo = o.ValidTo
		}
		if o.Caps != nil {
			t.Caps = o.Caps
		}
		if o.Billing != nil {
			t.Billing = *o.Billing
		}
		if o.Share != nil {
			t.Share = *o.Share
		}
	}
	return t
}
