package booking

import (
	"slices"
	"strings"
	"time"

	"github.com/timebok/timebok"
	"github.com/timebok/timebok/series"
)

// A Booking is one session of a client with a practitioner, from the first plan
// to the invoice. Its ID is for life, through every move.
type Booking struct {
	ID       ID
	Version  int64
	Sequence int64 // +1 whenever what was told of it is no longer true: moved, cancelled; first 1

	Client       timebok.ClientID
	Practitioner timebok.PractitionerID
	Service      timebok.ServiceID
	Series       series.ID // zero: in no series

	Time          timebok.Period // the session
	Before, After time.Duration  // buffers that also occupy the practitioner
	Zone          string         // IANA zone of its wall time

	Treatment  string        // treatment code (TreatmentId) at the series' network
	Price      timebok.Money // of the session, without VAT
	Billing    timebok.Billing
	BillingWhy string // why the billing is not the series'; "" if it is

	Origin    timebok.Origin
	External  External // the booking at the network it came from
	State     State
	Cancelled *Cancellation // of a cancelled booking
	Overrides []Override    // rules set aside, oldest first
	InvitedAt time.Time     // when the client was last invited; zero: never
	Reply     Reply         // the client's answer to the invitation; zero: none
	Charges   []Charge      // who pays what of a delivered session
}

// An ID names a booking.
type ID = timebok.ID[Booking]

// External is what a network calls a booking.
type External struct {
	Network timebok.Network
	ID      string
}

// A Cancellation says who called a session off, and how.
type Cancellation struct {
	At     time.Time
	By     timebok.Role
	Reason Reason
	Late   bool // later than the series' policy allows
}

// A Reason is the class of a cancellation. There is no free text: a reason in
// words belongs in the journal.
type Reason string

const (
	ByClient  Reason = "client"  // the client can't come
	ByClinic  Reason = "clinic"  // the practitioner can't
	ByNetwork Reason = "network" // the network or the insurer called it off
)

// An Override records that a rule was set aside for this booking.
type Override struct {
	At    time.Time
	By    timebok.Actor
	Codes []string
	Why   string
	// Sequence is the booking's at that time: a place in the calendar that was
	// allowed by an override is allowed until the booking is moved.
	Sequence int64
}

// A Charge is one payer's part of a delivered session. The parts sum to the price.
type Charge struct {
	Billing timebok.Billing
	Amount  timebok.Money
	Invoice timebok.InvoiceID // the draft or invoice that it stands on; zero: none
	Issued  bool              // that invoice is issued
}

// Ref names this version of the booking.
func (b Booking) Ref() timebok.Ref {
	return timebok.Ref{Kind: timebok.KindBooking, ID: b.ID.UUID(), Version: b.Version}
}

// UID is the booking's name in calendars, the same through every move.
func (b Booking) UID() string { return b.ID.String() + uidSuffix }

// ParseUID returns the ID of the booking with that UID. The error is an
// *timebok.InvalidError.
func ParseUID(uid string) (ID, error) {
	text, ok := strings.CutSuffix(uid, uidSuffix)
	if !ok {
		return ID{}, timebok.Reasons{timebok.BadID.At("UID")}.Invalid()
	}
	return timebok.ParseID[Booking](text)
}

const uidSuffix = "@timebok"

// Occupied is the time in which the practitioner can take nothing else: the
// session with its buffers.
func (b Booking) Occupied() timebok.Period { return b.Time.Widen(b.Before, b.After) }

// Overlapping reports whether the booking was allowed to overlap others where it
// stands.
func (b Booking) Overlapping() bool {
	return slices.ContainsFunc(b.Overrides, func(o Override) bool {
		return o.Sequence == b.Sequence && slices.Contains(o.Codes, SlotTaken.Code())
	})
}

// Locked reports whether recipient and series are frozen, because a part of the
// session stands on an invoice or a draft.
func (b Booking) Locked() bool {
	return slices.ContainsFunc(b.Charges, func(c Charge) bool { return !c.Invoice.IsZero() })
}

// Session is the booking as its series counts it. What the client pays in full,
// or nobody, takes nothing of an amount.
func (b Booking) Session() series.Session {
	s := series.Session{Start: b.Time.Start, Treatment: b.Treatment}
	switch {
	case b.Billing.To.IsClient() || b.Billing.By == timebok.Unbilled:
	case b.State != Completed:
		s.Amount = b.Price
	default:
		for _, c := range b.Charges {
			if !c.Billing.To.IsClient() {
				s.Amount = s.Amount.Add(c.Amount)
			}
		}
	}
	switch b.State {
	case Proposed:
		s.Stage = series.Held
	case Booked, Arrived:
		s.Stage = series.Booked
	case Completed:
		s.Stage = series.Delivered
		if slices.ContainsFunc(b.Charges, func(c Charge) bool { return c.Issued && !c.Billing.To.IsClient() }) {
			s.Stage = series.Invoiced
		}
	case NoShow:
		s.Stage = series.NoShow
	case Cancelled:
		if b.Cancelled != nil && b.Cancelled.Late {
			s.Stage = series.LateOff
		}
	}
	return s
}

// A Counted is what of a booking its series must know.
type Counted struct {
	ID ID
	As series.Session
}

// Session is the booking as its series counts it.
func (c Counted) Session() series.Session { return c.As }

// Counted is what of the booking its series must know.
func (b Booking) Counted() Counted { return Counted{b.ID, b.Session()} }

// CountedOf maps bookings to what of them their series must know.
func CountedOf(bookings []Booking) []Counted {
	var out []Counted
	for _, b := range bookings {
		out = append(out, b.Counted())
	}
	return out
}

// Sessions maps bookings, or what is Counted of them, to what their series counts.
func Sessions[B interface{ Session() series.Session }](bookings []B) []series.Session {
	out := make([]series.Session, len(bookings))
	for i, b := range bookings {
		out[i] = b.Session()
	}
	return out
}
