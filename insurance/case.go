package insurance

import (
	"time"

	"github.com/rickb777/date"
	"github.com/timebok/timebok"
	"github.com/timebok/timebok/series"
)

// A Case is what a network says of an insurance case at one time. It is a
// snapshot: later changes are not pushed, and the number of sessions may be wrong
// if the client was reimbursed without the sakID.
type Case struct {
	series.Case // network and number (sakID)

	Status    CaseStatus
	Payer     PayerInfo
	BirthDate *date.Date `json:"-"` // of the client, to compare; nil: the network does not say
	ValidFrom *date.Date
	ValidTo   *date.Date // the last day, included
	Caps      []series.Cap
	Used      int // sessions used before, elsewhere
	Share     series.Share
	FetchedAt time.Time
}

// String names the case, and leaves the birth date out.
func (c Case) String() string { return string(c.Network) + " " + c.Number }

// A CaseStatus says whether a case can be used.
type CaseStatus string

const (
	CaseOpen   CaseStatus = "open" // as is one of which the network says nothing
	CaseClosed CaseStatus = "closed"
)

// PayerInfo is who pays, as the network says it.
type PayerInfo struct {
	Name      string
	Org       timebok.OrgNumber
	Address   timebok.Address
	DueDays   int
	ClaimDays int
}

// payer returns the payer that the case speaks of, as a new record.
func (p PayerInfo) payer() timebok.Payer {
	return timebok.Payer{
		ID: timebok.DeriveID[timebok.Payer]("payer", p.Org.String()), Version: 1,
		Name: p.Name, Org: p.Org, Address: p.Address, EHF: true,
		DueDays: p.DueDays, ClaimDays: p.ClaimDays,
	}
}

// terms is what the case binds a series to.
func (c Case) terms(payer timebok.PayerID) series.Terms {
	return series.Terms{
		ValidFrom: c.ValidFrom, ValidTo: c.ValidTo, Caps: c.Caps, Share: c.Share,
		Billing: timebok.Billing{To: timebok.Recipient{Payer: payer}, By: timebok.EHF},
	}
}

// usable lists why a series can't be opened from the case.
func (c Case) usable() timebok.Reasons {
	var no timebok.Reasons
	if c.Status == CaseClosed {
		no.Add(CaseIsClosed, "Case")
	}
	return no
}

// validate returns an *timebok.InvalidError with what a network left out, or says
// that no series or payer can be made of.
func (c Case) validate() error {
	var wrong timebok.Reasons
	if c.Number == "" {
		wrong.Add(timebok.Missing, "Case.Number")
	}
	switch c.Status {
	case "", CaseOpen, CaseClosed:
	default: // whatever it means, it is not open
		wrong.Add(timebok.BadValue, "Case.Status")
	}
	payer := c.Payer.payer()
	_ = wrong.Join("Case.Payer", payer.Validate()) // an InvalidError or nil, as below
	_ = wrong.Join("Case", c.terms(payer.ID).Validate())
	return wrong.Invalid()
}
