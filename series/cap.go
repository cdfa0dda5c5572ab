package series

import (
	"strconv"

	"github.com/shopspring/decimal"
	"github.com/timebok/timebok"
)

// A Cap is one line of what a series may use at most: a number of sessions, or an
// amount; in total, or of one treatment type.
type Cap struct {
	Treatment string // treatment type, by its code at the case's network; "" for all together
	Unit      Unit
	Sessions  int           // of CapSessions
	Amount    timebok.Money // of CapAmount: what the payer pays at most
}

// A Unit says what a cap counts.
type Unit string

const (
	CapSessions Unit = "sessions"
	CapAmount   Unit = "amount"
)

// Sessions returns the cap of n sessions in total.
func Sessions(n int) Cap { return Cap{Unit: CapSessions, Sessions: n} }

func (c Cap) valid() bool {
	switch c.Unit {
	case CapSessions:
		return c.Sessions >= 0 && c.Amount.IsZero()
	case CapAmount:
		return c.Amount.Sign() >= 0 && c.Sessions == 0
	}
	return false
}

func (c Cap) key() string { return string(c.Unit) + " " + c.Treatment }

func (c Cap) covers(treatment string) bool {
	return c.Treatment == "" || c.Treatment == treatment
}

func fieldAt(name string, i int) string { return name + "[" + strconv.Itoa(i) + "]" }

// A Share is what the client pays of each session (egenandel); the payer pays
// the rest. The zero Share is nothing. Fixed and Percent exclude each other.
type Share struct {
	Fixed   timebok.Money
	Percent timebok.BasisPoints
}

// Validate returns an *timebok.InvalidError with all that is wrong.
func (s Share) Validate() error {
	var wrong timebok.Reasons
	if s.Fixed.Sign() < 0 || !s.Fixed.IsZero() && s.Percent != 0 {
		wrong.Add(timebok.BadValue, "Fixed")
	}
	if s.Percent < 0 || s.Percent > 10000 {
		wrong.Add(timebok.BadValue, "Percent")
	}
	return wrong.Invalid()
}

// Split divides a price into the client's and the payer's part, which sum to it.
func (s Share) Split(price timebok.Money) (client, payer timebok.Money) {
	switch {
	case s.Percent != 0:
		part, err := price.Percent(decimal.New(int64(s.Percent), -2))
		if err == nil {
			client = part
		}
	case s.Fixed.Compare(price) > 0:
		client = price
	default:
		client = s.Fixed
	}
	return client, price.Sub(client)
}
