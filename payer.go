package timebok

import "github.com/rickb777/date"

// A Payer is an organisation that pays for clients: an insurer, an employer.
type Payer struct {
	ID      PayerID
	Version int64

	Name      string
	Org       OrgNumber
	Address   Address
	Email     EmailAddress
	EHF       bool   // receives EHF invoices at Endpoint 0192:Org
	Reference string // whom it wants named on invoices without a case («Deres ref»)
	DueDays   int    // days from issue to due date (betalingsforfall); insurers ask for 30
	ClaimDays int    // invoices with older sessions are rejected; 0: no such deadline
	Disclose  []Disclosure
}

// A PayerID names a payer.
type PayerID = ID[Payer]

// A Disclosure is an optional property of the network's EHF extension. Those
// that say more than the case demands are off unless the payer's list has them.
type Disclosure string

const (
	DiscloseDuration      Disclosure = "TreatmentDuration"
	DiscloseTherapistHPR  Disclosure = "TherapistHpr"
	DiscloseTherapistName Disclosure = "TherapistName"
	DiscloseProfession    Disclosure = "Profession"
	DisclosePatientID     Disclosure = "PatientId" // the host's own number; personal
)

// Discloses reports whether invoices to the payer carry the property.
func (p Payer) Discloses(d Disclosure) bool {
	for _, have := range p.Disclose {
		if have == d {
			return true
		}
	}
	return false
}

// Ref names this version of the payer.
func (p Payer) Ref() Ref { return Ref{KindPayer, p.ID.UUID(), p.Version} }

// Validate returns an *InvalidError with all that is wrong.
func (p Payer) Validate() error {
	var wrong Reasons
	require(&wrong, "ID", !p.ID.IsZero())
	require(&wrong, "Name", p.Name != "")
	require(&wrong, "Org", !p.Org.IsZero())
	if p.DueDays < 0 || p.DueDays > 365 {
		wrong.Add(BadValue, "DueDays")
	}
	if p.ClaimDays < 0 {
		wrong.Add(BadValue, "ClaimDays")
	}
	for _, d := range p.Disclose {
		switch d {
		case DiscloseDuration, DiscloseTherapistHPR, DiscloseTherapistName, DiscloseProfession, DisclosePatientID:
		default:
			wrong.Add(BadValue, "Disclose")
		}
	}
	return wrong.Invalid()
}

// A PriceAgreement (prisavtale) is the price of a service between a payer and a
// billing party, from a day on.
type PriceAgreement struct {
	ID      PriceAgreementID
	Version int64

	Payer   PayerID
	Party   BillingPartyID
	Service ServiceID
	Price   Money
	From    date.Date
	To      *date.Date // the last day; nil: until further notice
}

// A PriceAgreementID names a price agreement.
type PriceAgreementID = ID[PriceAgreement]

// Ref names this version of the agreement.
func (a PriceAgreement) Ref() Ref { return Ref{KindAgreement, a.ID.UUID(), a.Version} }

// Validate returns an *InvalidError with all that is wrong.
func (a PriceAgreement) Validate() error {
	var wrong Reasons
	require(&wrong, "ID", !a.ID.IsZero())
	require(&wrong, "Payer", !a.Payer.IsZero())
	require(&wrong, "Party", !a.Party.IsZero())
	require(&wrong, "Service", !a.Service.IsZero())
	if a.Price.Sign() < 0 {
		wrong.Add(BadMoney, "Price")
	}
	if a.To != nil && a.To.Before(a.From) {
		wrong.Add(BadPeriod, "To")
	}
	return wrong.Invalid()
}

// Holds reports whether the agreement is in force on a day.
func (a PriceAgreement) Holds(day date.Date) bool {
	return !day.Before(a.From) && (a.To == nil || !day.After(*a.To))
}

// PriceOn returns what a service costs on a day: the price of the agreement
// between payer and billing party that began last, else the service's own.
func PriceOn(day date.Date, s Service, payer PayerID, party BillingPartyID, agreements []PriceAgreement) Money {
	price, from := s.Price, date.Date{}
	found := false
	for _, a := range agreements {
		if a.Payer != payer || a.Party != party || a.Service != s.ID || !a.Holds(day) {
			continue
		}
		if !found || a.From.After(from) {
			price, from, found = a.Price, a.From, true
		}
	}
	return price
}
