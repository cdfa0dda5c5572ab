package timebok

// A Practitioner (behandler) owns one calendar.
type Practitioner struct {
	ID      PractitionerID
	Version int64

	Name       string // as clients and colleagues know it
	HPR        HPRNumber
	Profession string // as the networks name it, such as "Psykolog"
	Email      EmailAddress
	Lang       Lang
	Party      BillingPartyID // zero: the clinic's
	Keys       []NetworkKey   // who the practitioner is at each network
	Inactive   bool           // has left: keeps history, takes no bookings
}

// A PractitionerID names a practitioner.
type PractitionerID = ID[Practitioner]

// A Network is the name of a provider network, such as Behandlernettverk.
type Network string

// Behandlernettverk is the network of DigiCare AS.
const Behandlernettverk Network = "behandlernettverk"

// A NetworkKey is what a network calls something of ours: a practitioner, or a
// service by its treatment code.
type NetworkKey struct {
	Network Network
	Key     string
}

// keyAt returns the first key at the network.
func keyAt(keys []NetworkKey, n Network) string {
	for _, k := range keys {
		if k.Network == n {
			return k.Key
		}
	}
	return ""
}

// KeyAt returns the practitioner's key at a network, "" if there is none.
func (p Practitioner) KeyAt(n Network) string { return keyAt(p.Keys, n) }

// Ref names this version of the practitioner.
func (p Practitioner) Ref() Ref { return Ref{KindPractitioner, p.ID.UUID(), p.Version} }

// Validate returns an *InvalidError with all that is wrong.
func (p Practitioner) Validate() error {
	var wrong Reasons
	require(&wrong, "ID", !p.ID.IsZero())
	require(&wrong, "Name", p.Name != "")
	checkKeys(&wrong, p.Keys)
	return wrong.Invalid()
}

func checkKeys(wrong *Reasons, keys []NetworkKey) {
	for _, k := range keys {
		if k.Network == "" || k.Key == "" {
			wrong.Add(BadValue, "Keys")
			return
		}
	}
}
