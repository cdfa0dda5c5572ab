package timebok

import (
	"fmt"

	"github.com/rickb777/date"
)

// A Client (klient, pasient) receives care. What identifies a person is masked
// wherever it is printed.
type Client struct {
	ID      ClientID
	Version int64

	Name        Private
	BirthDate   *date.Date  // nil: unknown; the zero Date is a real day, 1970-01-01
	BirthNumber BirthNumber // only where the law allows it (personopplysningsloven § 12)
	Email       EmailAddress
	Phone       PhoneNumber
	Address     Private
	Lang        Lang
	Origin      Origin
	Consents    []Consent `json:",omitzero"` // what the client has said of being told, oldest first
}

// A ClientID names a client.
type ClientID = ID[Client]

// An Origin says how a record came to be.
type Origin string

const (
	Manual      Origin = "manual"  // by a person at the clinic
	FromNetwork Origin = "network" // by an event from a provider network
	Imported    Origin = "import"  // from an earlier journal system
)

// Ref names this version of the client.
func (c Client) Ref() Ref { return Ref{KindClient, c.ID.UUID(), c.Version} }

// Validate returns an *InvalidError with all that is wrong. A birth date that
// differs from the birth number's is not wrong: the number's date may be that of
// a registration, and from 2032 the century can't be told.
func (c Client) Validate() error {
	var wrong Reasons
	require(&wrong, "ID", !c.ID.IsZero())
	require(&wrong, "Name", !c.Name.IsZero())
	switch c.Origin {
	case Manual, FromNetwork, Imported:
	default:
		wrong.Add(BadValue, "Origin")
	}
	for i, k := range c.Consents {
		if err := wrong.Join(fmt.Sprintf("Consents[%d]", i), k.Validate()); err != nil {
			return err
		}
	}
	return wrong.Invalid()
}
