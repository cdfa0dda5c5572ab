package ehf

import (
	exact "github.com/shopspring/decimal"
	"github.com/timebok/timebok"
)

// A Line is one line: in a clinic, one session.
type Line struct {
	ID        string        `json:"id"`                  // BT-126
	Note      string        `json:"note,omitempty"`      // BT-127
	Quantity  exact.Decimal `json:"quantity"`            // BT-129; negative to take back
	Unit      string        `json:"unit"`                // BT-130, a code of UN/ECE Rec. 20
	Price     exact.Decimal `json:"price"`               // BT-146, without tax, for Per units
	Per       exact.Decimal `json:"per,omitzero"`        // BT-149; zero: one
	VAT       VAT           `json:"vat"`                 // BG-30
	Period    *Period       `json:"period,omitempty"`    // BG-26, inside that of the document
	OrderLine string        `json:"orderLine,omitempty"` // BT-132
	Cost      string        `json:"cost,omitempty"`      // BT-133, accounting cost

	Name        string       `json:"name"`                  // BT-153
	Description string       `json:"description,omitempty"` // BT-154
	SellersID   string       `json:"sellersId,omitempty"`   // BT-155
	BuyersID    string       `json:"buyersId,omitempty"`    // BT-156
	StandardID  Identifier   `json:"standardId,omitzero"`   // BT-157
	Properties  []Property   `json:"properties,omitempty"`  // BG-32
	Adjustments []Adjustment `json:"adjustments,omitempty"` // BG-27, BG-28; without VAT of their own
}

// UnitOne is the unit of a line that bills one session. A session is no hour
// (HUR), whatever it lasted, and no service unit (E48), by which Rec. 20 means
// time or supply that is metered. STK is no piece, but a cigarette.
const UnitOne = "C62"

// A Property says more of what is invoiced, by name (BG-32).
type Property struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

// VAT (merverdiavgift) is the category of an amount and its rate. A clinic uses
// E, S, O and Z; the rate is zero but for S.
type VAT struct {
	Category timebok.VATCategory `json:"category"`
	Rate     timebok.BasisPoints `json:"rate,omitempty"` // hundredths of a per cent: 2500 is 25 %
}

// An Exemption says why a category bears no tax. E and O must have one.
type Exemption struct {
	Category timebok.VATCategory `json:"category"`
	Code     string              `json:"code,omitempty"`   // BT-121, a code of VATEX
	Reason   string              `json:"reason,omitempty"` // BT-120
}

// An Adjustment is an allowance, which is taken off, or a charge, which is
// added. Amount is what counts; Percent of Base only says where it came from.
type Adjustment struct {
	Charge  bool          `json:"charge,omitempty"`
	Code    string        `json:"code,omitempty"`   // UNTDID 5189 of an allowance, 7161 of a charge
	Reason  string        `json:"reason,omitempty"` // one of Code and Reason must be given
	Amount  timebok.Money `json:"amount"`
	Percent exact.Decimal `json:"percent,omitzero"`
	Base    timebok.Money `json:"base,omitzero"`
	VAT     *VAT          `json:"vat,omitempty"` // of one on the whole document
}
