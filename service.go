package timebok

import "time"

// A Service (tjeneste) is what is booked: its time in the calendar, its price
// and how it is taxed and named on invoices.
type Service struct {
	ID      ServiceID
	Version int64

	Name     string        // as clients see it; also the item name on invoices
	Duration time.Duration // of the session
	Before   time.Duration // buffer that also occupies the practitioner
	After    time.Duration
	Price    Money        // where no price agreement holds; without VAT
	VAT      VAT          // how it is taxed
	Keys     []NetworkKey // treatment code (TreatmentId) at each network
	Inactive bool         // is no longer offered
}

// A ServiceID names a service.
type ServiceID = ID[Service]

// MaxBuffer is the longest buffer before or after a session.
const MaxBuffer = 4 * time.Hour

// KeyAt returns the treatment code at a network, "" if there is none.
func (s Service) KeyAt(n Network) string { return keyAt(s.Keys, n) }

// Ref names this version of the service.
func (s Service) Ref() Ref { return Ref{KindService, s.ID.UUID(), s.Version} }

// Validate returns an *InvalidError with all that is wrong.
func (s Service) Validate() error {
	var wrong Reasons
	require(&wrong, "ID", !s.ID.IsZero())
	require(&wrong, "Name", s.Name != "")
	if s.Duration <= 0 || s.Duration > 24*time.Hour || s.Duration%time.Minute != 0 {
		wrong.Add(BadValue, "Duration")
	}
	for _, buffer := range []struct {
		field string
		time  time.Duration
	}{{"Before", s.Before}, {"After", s.After}} {
		if buffer.time < 0 || buffer.time > MaxBuffer || buffer.time%time.Minute != 0 {
			wrong.Add(BadValue, buffer.field)
		}
	}
	if s.Price.Sign() < 0 {
		wrong.Add(BadMoney, "Price")
	}
	if err := wrong.Join("VAT", s.VAT.Validate()); err != nil {
		return err
	}
	checkKeys(&wrong, s.Keys)
	return wrong.Invalid()
}

// VAT (merverdiavgift) says how an amount is taxed.
type VAT struct {
	Category VATCategory
	Rate     BasisPoints // 0 but for Standard
	Reason   string      // why no tax is due; "" for the category's own words
}

// A VATCategory is a code of UNCL 5305, as the Norwegian EHF guide uses it.
type VATCategory string

const (
	Exempt       VATCategory = "E" // unntatt: merverdiavgiftsloven §§ 3-2 to 3-20, such as health services
	Standard     VATCategory = "S" // avgiftspliktig, at 25, 15, 12 or 11.11 per cent
	ZeroRated    VATCategory = "Z" // fritatt: chapter 6
	OutsideScope VATCategory = "O" // outside the Act
)

// BasisPoints is a rate in hundredths of a per cent: 2500 is 25 %.
type BasisPoints int

// HealthService is the VAT of a health service (helsetjeneste), exempt by
// merverdiavgiftsloven § 3-2 whoever pays for it.
var HealthService = VAT{Category: Exempt, Reason: "Unntatt merverdiavgift, jf. merverdiavgiftsloven § 3-2"}

// Validate returns an *InvalidError if rate and category do not agree.
func (v VAT) Validate() error {
	var wrong Reasons
	switch v.Category {
	case Exempt, ZeroRated, OutsideScope:
		if v.Rate != 0 {
			wrong.Add(BadValue, "Rate")
		}
	case Standard:
		if v.Rate <= 0 || v.Rate > 10000 {
			wrong.Add(BadValue, "Rate")
		}
	default:
		wrong.Add(BadValue, "Category")
	}
	return wrong.Invalid()
}
