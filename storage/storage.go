package storage

import (
	"context"
	"iter"
	"time"

	"github.com/timebok/timebok"
	"github.com/timebok/timebok/booking"
	"github.com/timebok/timebok/insurance"
	"github.com/timebok/timebok/invoice"
	"github.com/timebok/timebok/series"
)

// A Tx is a transaction in one clinic: all that the use-cases need, and the finer
// reads that hosts want. Methods may be added without a new major version.
//
// Reading one record that does not exist is a *timebok.NotFoundError.
type Tx interface {
	booking.Tx
	insurance.Tx
	invoice.Tx

	Clinic(ctx context.Context) (timebok.Clinic, error)
	BillingParty(ctx context.Context, id timebok.BillingPartyID) (timebok.BillingParty, error)
	Practitioner(ctx context.Context, id timebok.PractitionerID) (timebok.Practitioner, error)
	Client(ctx context.Context, id timebok.ClientID) (timebok.Client, error)
	Payer(ctx context.Context, id timebok.PayerID) (timebok.Payer, error)
	Series(ctx context.Context, id series.ID) (series.Series, error)
	// Schedule reads the working hours of a practitioner.
	Schedule(ctx context.Context, of timebok.PractitionerID) (booking.Schedule, error)

	// The lists of master data are by ID.
	BillingParties(ctx context.Context) iter.Seq2[timebok.BillingParty, error]
	Practitioners(ctx context.Context) iter.Seq2[timebok.Practitioner, error]
	Services(ctx context.Context) iter.Seq2[timebok.Service, error]
	Payers(ctx context.Context) iter.Seq2[timebok.Payer, error]
	PriceAgreements(ctx context.Context) iter.Seq2[timebok.PriceAgreement, error]
	// Clients lists clients by ID, those after a given one.
	Clients(ctx context.Context, after timebok.ClientID, limit int) iter.Seq2[timebok.Client, error]
	// Absences lists the absences of a practitioner that overlap a period, by
	// start, then ID.
	Absences(ctx context.Context, of timebok.PractitionerID, within timebok.Period) iter.Seq2[booking.Absence, error]

	// Audit lists audit entries by time, then ID.
	Audit(ctx context.Context, f AuditFilter) iter.Seq2[timebok.AuditEntry, error]
	// Messages lists the messages of the clinic that are not done, by due time,
	// then ID.
	Messages(ctx context.Context, f MessageFilter) iter.Seq2[Queued, error]
	// Requeue makes a buried message due again, with no attempts made.
	Requeue(ctx context.Context, id timebok.MessageID, due time.Time) error
}

// An AuditFilter chooses audit entries. Zero fields choose all.
type AuditFilter struct {
	Client timebok.ClientID
	On     timebok.Ref // the record, at any version
	After  *timebok.AuditEntry
	Limit  int
}

// A MessageFilter chooses messages. Zero fields choose all.
type MessageFilter struct {
	Kind   timebok.MessageKind
	Client timebok.ClientID
	Buried *bool // only buried ones, or only those that are not
	Limit  int
}

// A Queued is a message with its standing in the outbox.
type Queued struct {
	timebok.Message
	Clinic   timebok.ClinicID
	Attempts int    // made so far
	Buried   bool   // given up; Requeue tries again
	Error    string // of the last attempt
}

// A Driver is what a backend implements. New makes a Store of it.
type Driver interface {
	// Begin starts a transaction in a clinic. In a read-only one nothing is locked.
	Begin(ctx context.Context, clinic timebok.ClinicID, readOnly bool) (DriverTx, error)
	Outbox
	// Close releases what the driver opened itself.
	Close() error
}

// A DriverTx is a Tx that can be ended. Commit or Rollback is called once, and
// nothing after it. A failed Commit has stored nothing, unless its error is an
// UnknownOutcome.
//
// Rollback returns nil, or why what the transaction read is not to be relied upon:
// a backend that lets it read what others have not committed yet returns only when
// that is decided, and a LostRace if it came to nothing. The Store then returns
// that error in place of the function's.
type DriverTx interface {
	Tx
	Commit(ctx context.Context) error
	Rollback() error
}

// Outbox is the relay's side of the messages, across all clinics of a store.
type Outbox interface {
	// Lease takes up to limit messages that are due at now and not leased, the
	// longest due first, until a time, and counts the attempt.
	Lease(ctx context.Context, l LeaseRequest) ([]Queued, error)
	// Done forgets a message. It reports false if the lease was lost.
	Done(ctx context.Context, k LeaseKey) (bool, error)
	// Retry makes a message due again later, and keeps the error's text.
	Retry(ctx context.Context, k LeaseKey, due time.Time, reason string) (bool, error)
	// Bury gives a message up. It stays listed.
	Bury(ctx context.Context, k LeaseKey, reason string) (bool, error)
}

// A LeaseRequest asks for messages to work on.
type LeaseRequest struct {
	Token string // of the worker's round, unique
	Now   time.Time
	Until time.Time
	Limit int
	Kinds []timebok.MessageKind // only these; none: all
}

// A LeaseKey names a leased message.
type LeaseKey struct {
	Token  string
	Clinic timebok.ClinicID
	ID     timebok.MessageID
}
