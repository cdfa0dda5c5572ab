package timebok

import (
	"fmt"

	"github.com/google/uuid"
)

// A Kind names a kind of record, as audit entries, messages and errors say it.
type Kind string

const (
	KindClinic       Kind = "clinic"
	KindBillingParty Kind = "billing-party"
	KindPractitioner Kind = "practitioner"
	KindClient       Kind = "client"
	KindService      Kind = "service"
	KindPayer        Kind = "payer"
	KindAgreement    Kind = "price-agreement"
	KindSeries       Kind = "series"
	KindBooking      Kind = "booking"
	KindSchedule     Kind = "schedule"
	KindAbsence      Kind = "absence"
	KindConnection   Kind = "connection"
	KindEvent        Kind = "network-event"
	KindExternal     Kind = "network-booking"
	KindInvoice      Kind = "invoice"
	KindNumbering    Kind = "numbering"
	KindDocument     Kind = "document"
	KindMessage      Kind = "message"
	KindAudit        Kind = "audit"
)

// A Ref points at one version of a record, without saying anything of it.
type Ref struct {
	Kind    Kind      `json:"kind"`
	ID      uuid.UUID `json:"id"`
	Version int64     `json:"version,omitempty"`
}

// String returns kind and ID.
func (r Ref) String() string { return fmt.Sprintf("%s %s", r.Kind, r.ID) }

// A Record is what a transaction saves as a whole. Its Ref carries the version
// that it has once it is saved: 1 for a new record, else one more than the
// version it was read at. Storing anything else is a *StaleError.
type Record interface{ Ref() Ref }

// A Deletion takes a record away, if it still is the version that Of names.
type Deletion struct{ Of Ref }

// Ref names the record that goes, with the version that it would have next.
func (d Deletion) Ref() Ref { return Ref{d.Of.Kind, d.Of.ID, d.Of.Version + 1} }

// An InvoiceID names an invoice. It stands here because bookings point at the
// invoices made of them, and invoices at bookings.
type InvoiceID = ID[invoice]

type invoice struct{}

// NewInvoiceID returns the ID of a new invoice.
func NewInvoiceID(s Source) InvoiceID { return New[invoice](s) }

// ParseInvoiceID reads the form of the ID's String, as ParseID does.
func ParseInvoiceID(text string) (InvoiceID, error) { return ParseID[invoice](text) }
