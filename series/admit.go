package series

import (
	"time"

	"github.com/rickb777/date"
	"github.com/timebok/timebok"
)

// Admit returns every reason why the series can't take one more session on a
// day, given the sessions that it has (without the new one). Booking,
// attaching and the network's feed all ask it; for a change of what the series
// has already there is Readmit.
func (s Series) Admit(have []Session, add Session, day date.Date) timebok.Reasons {
	var no timebok.Reasons
	if !s.IsOpen() {
		no.Add(Closed, "Series")
	}
	no = append(no, s.valid(day)...)
	if !s.counts(add) {
		return no
	}
	before := s.Use(have)
	for i, after := range s.use(have, add).Lines {
		if !after.IsOver() {
			continue
		}
		if grown := after.Used > before.Lines[i].Used || after.Amount.Compare(before.Lines[i].Amount) > 0; !grown {
			continue // over already, and not by this treatment type or a free session
		}
		no.Add(Exhausted, "Series", capParams(after)...)
	}
	return no
}

// Readmit returns every reason why the series can't keep one of its sessions when
// it changes from was to is, such as its day. What is in a series stays in it when
// the series is closed, or has come over its cap; it may only not use more.
func (s Series) Readmit(others []Session, was, is Session, day date.Date) timebok.Reasons {
	no := s.valid(day)
	with := func(x Session) []LineUse { return s.use(others, x).Lines }
	before := with(was)
	for i, after := range with(is) {
		if after.Over > before[i].Over || after.OverAmount.Compare(before[i].OverAmount) > 0 {
			no.Add(Exhausted, "Series", capParams(after)...)
		}
	}
	return no
}

// valid returns the reasons why the series doesn't hold on a day.
func (s Series) valid(day date.Date) timebok.Reasons {
	var no timebok.Reasons
	t := s.terms()
	if t.ValidFrom != nil && day.Before(*t.ValidFrom) {
		no.Add(NotYetValid, "Series", timebok.P("from", *t.ValidFrom))
	}
	if t.ValidTo != nil && day.After(*t.ValidTo) {
		no.Add(Expired, "Series", timebok.P("to", *t.ValidTo))
	}
	return no
}

// Covers reports whether a day lies in the validity of the series.
func (s Series) Covers(day date.Date) bool { return len(s.valid(day)) == 0 }

// IsStale reports whether the network was asked longer than maxAge ago. Changes
// of a case are not pushed, so old terms may be wrong.
func (s Series) IsStale(now time.Time, maxAge time.Duration) bool {
	return maxAge > 0 && !s.FetchedAt.IsZero() && now.Sub(s.FetchedAt) > maxAge
}

func capParams(l LineUse) []timebok.Param {
	if l.Cap.Unit == CapAmount {
		return []timebok.Param{timebok.P("cap", l.Cap.Amount), timebok.P("used", l.Amount)}
	}
	return []timebok.Param{timebok.P("cap", l.Cap.Sessions), timebok.P("used", l.Used)}
}
