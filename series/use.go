package series

import (
	"time"

	"github.com/timebok/timebok"
)

// A Session is what a series needs to know of one of its bookings.
type Session struct {
	Stage     Stage
	Start     time.Time
	Treatment string
	// Amount is the payer's part of a session that was delivered, and of any other
	// the price that the series' Share divides.
	Amount timebok.Money
}

// A Stage is how far a session has come, in the series' own terms.
type Stage int

const (
	Void      Stage = iota // uses nothing: cancelled in time, entered in error
	Held                   // proposed, not yet confirmed
	Booked                 // will take place
	Delivered              // took place
	Invoiced               // took place, and an invoice for it is issued
	NoShow                 // the client did not come
	LateOff                // cancelled too late
)

// Use is how much of a series is used. The four stages are disjoint but for
// Invoiced, which is the part of Delivered that is invoiced.
type Use struct {
	Held, Booked, Delivered, Invoiced int
	Missed                            int // no-shows and late cancellations that count
	Adjusted                          int // by opening balance and adjustments
	Lines                             []LineUse
}

// LineUse is the use of one cap.
type LineUse struct {
	Cap        Cap
	Used       int           // sessions that count, of a CapSessions
	Amount     timebok.Money // amount that counts, of a CapAmount
	Remaining  int           // sessions left; 0 when over
	Left       timebok.Money // amount left; nothing when over
	Over       int           // sessions beyond the cap
	OverAmount timebok.Money // amount beyond the cap
}

// Exhausted reports whether nothing is left.
func (l LineUse) Exhausted() bool {
	if l.Cap.Unit == CapAmount {
		return l.Left.IsZero()
	}
	return l.Remaining == 0
}

// IsOver reports whether more is used than the cap.
func (l LineUse) IsOver() bool { return l.Over > 0 || l.OverAmount.Sign() > 0 }

// Use derives the use from all sessions of the series.
func (s Series) Use(sessions []Session) Use { return s.use(sessions) }

// use is Use of these sessions and more.
func (s Series) use(sessions []Session, more ...Session) Use {
	var u Use
	terms := s.terms()
	for _, c := range terms.Caps {
		u.Lines = append(u.Lines, LineUse{Cap: c})
	}
	for _, a := range s.Adjustments {
		u.Adjusted += a.Sessions
		u.count(a.Treatment, a.Sessions, a.Amount)
	}
	for _, list := range [][]Session{sessions, more} {
		for _, x := range list {
			u.take(x, s.counts(x), terms.Share)
		}
	}
	for i := range u.Lines {
		u.Lines[i].settle()
	}
	return u
}

// take adds a session, which counts or not.
func (u *Use) take(x Session, counts bool, share Share) {
	switch x.Stage {
	case Held:
		u.Held++
	case Booked:
		u.Booked++
	case Delivered:
		u.Delivered++
	case Invoiced:
		u.Delivered++
		u.Invoiced++
	case NoShow, LateOff:
		if counts {
			u.Missed++
		}
	}
	if counts {
		u.count(x.Treatment, 1, x.payers(share))
	}
}

// counts reports whether a session uses the caps, by the series' policy.
func (s Series) counts(x Session) bool {
	switch x.Stage {
	case Held, Booked, Delivered, Invoiced:
		return true
	case NoShow:
		return s.Policy.NoShowCounts
	case LateOff:
		return s.Policy.LateCancelCounts
	}
	return false
}

// payers returns the payer's part of a session. It is what the charges say once
// they are made, and what they will say before.
func (x Session) payers(share Share) timebok.Money {
	if x.Stage == Delivered || x.Stage == Invoiced {
		return x.Amount
	}
	_, payer := share.Split(x.Amount)
	return payer
}

func (u *Use) count(treatment string, sessions int, amount timebok.Money) {
	for i := range u.Lines {
		l := &u.Lines[i]
		switch {
		case !l.Cap.covers(treatment):
		case l.Cap.Unit == CapAmount:
			l.Amount = l.Amount.Add(amount)
		default:
			l.Used += sessions
		}
	}
}

func (l *LineUse) settle() {
	if l.Cap.Unit == CapAmount {
		left := l.Cap.Amount.Sub(l.Amount)
		if left.Sign() >= 0 {
			l.Left = left
		} else {
			l.OverAmount = left.Neg()
		}
		return
	}
	left := l.Cap.Sessions - l.Used
	if left >= 0 {
		l.Remaining = left
	} else {
		l.Over = -left
	}
}

// Remaining returns how many more sessions of a treatment type the caps allow,
// and false if no cap counts its sessions.
func (u Use) Remaining(treatment string) (int, bool) {
	left, capped := 0, false
	for _, l := range u.Lines {
		if l.Cap.Unit != CapSessions || !l.Cap.covers(treatment) {
			continue
		}
		if !capped || l.Remaining < left {
			left, capped = l.Remaining, true
		}
	}
	return left, capped
}

// IsOver reports whether a cap is exceeded.
func (u Use) IsOver() bool {
	for _, l := range u.Lines {
		if l.IsOver() {
			return true
		}
	}
	return false
}

// Least returns the fewest sessions that any cap leaves, of whatever treatment
// type, and false if no cap counts sessions.
func (u Use) Least() (int, bool) {
	left, capped := 0, false
	for _, l := range u.Lines {
		if l.Cap.Unit == CapSessions && (!capped || l.Remaining < left) {
			left, capped = l.Remaining, true
		}
	}
	return left, capped
}
