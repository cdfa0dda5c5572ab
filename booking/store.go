package booking

import (
	"context"
	"iter"
	"time"

	"github.com/timebok/timebok"
	"github.com/timebok/timebok/series"
)

// Tx is what the use-cases of this package need of a transaction. The clinic is
// bound to it. storage.Tx satisfies it; package storage holds the whole contract.
type Tx interface {
	// ClinicID is the clinic that the transaction is bound to.
	ClinicID() timebok.ClinicID
	// LoadBooking locks what the needs name, practitioner first, then series,
	// then client, and reads the View. What does not exist is nil in the View, and of
	// the calendar there may be more than Needs.Calendar of a known service.
	// In a read-only transaction nothing is locked.
	LoadBooking(ctx context.Context, n Needs) (View, error)
	// LoadCalendars reads the calendars of practitioners for a period, in the
	// order given, in a number of steps that does not grow with them. Of one who
	// has left (Inactive) the Schedule is nil, so that no slots are offered.
	LoadCalendars(ctx context.Context, of []timebok.PractitionerID, within timebok.Period) ([]Calendar, error)
	// Booking reads one booking, or fails with a *timebok.NotFoundError.
	Booking(ctx context.Context, id ID) (Booking, error)
	// Bookings lists bookings in the order of start, then ID.
	Bookings(ctx context.Context, f Filter) iter.Seq2[Booking, error]
	// Service reads one service, or fails with a *timebok.NotFoundError.
	Service(ctx context.Context, id timebok.ServiceID) (timebok.Service, error)
	// SeriesOf lists a client's series, the one opened last first, then by ID.
	SeriesOf(ctx context.Context, client timebok.ClientID) iter.Seq2[series.Series, error]
	// Save writes records at commit; later reads of the transaction see them. A
	// record that can't be written makes the commit fail, with the error that the
	// record deserves. A read-only transaction saves audit entries, nothing else.
	Save(records ...timebok.Record)
}

// Needs says what a decision about bookings must know. Zero fields are not read.
type Needs struct {
	Booking      ID // one to change, or the ID of a new one
	Practitioner timebok.PractitionerID
	Client       timebok.ClientID
	Service      timebok.ServiceID
	Series       series.ID
	Within       timebok.Period // the practitioner's calendar in this time
	Start        time.Time      // or as much of it as matters to a session that starts then
	Length       time.Duration  // and lasts so long; 0: as long as the Service
}

// Calendar is the part of the practitioner's calendar that is needed, or the zero
// Period. To a session with its Start matters less if its service is known: a backend
// that has read it passes it, any other nil.
func (n Needs) Calendar(s *timebok.Service) timebok.Period {
	if n.Start.IsZero() {
		return n.Within
	}
	length, before, after := n.Length, timebok.MaxBuffer, timebok.MaxBuffer
	if s != nil {
		before, after = s.Before, s.After
		if length == 0 {
			length = s.Duration
		}
	}
	if length == 0 {
		length = longest
	}
	return timebok.Lasting(n.Start, length).Widen(before, after)
}

// A View is what a decision knows. It is a snapshot under the locks.
type View struct {
	Clinic       timebok.Clinic
	Booking      *Booking
	Practitioner *timebok.Practitioner
	Client       *timebok.Client
	Service      *timebok.Service
	Series       *series.Series
	InSeries     []Counted                // every booking of the series, by start and ID
	Agreements   []timebok.PriceAgreement // about the service
	Calendar     Calendar                 // of the practitioner, in Needs.Calendar
}

// A Filter chooses bookings. Zero fields choose all.
type Filter struct {
	Practitioners []timebok.PractitionerID
	Client        timebok.ClientID
	Series        series.ID
	Within        timebok.Period // sessions that overlap it
	States        []State
	After         *Booking // those after this one in the order of the list
	Limit         int      // at most so many; 0: all
}
