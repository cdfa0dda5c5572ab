package timebok

// A Clinic is one tenant: nothing in it is seen from, or shared with, another.
type Clinic struct {
	ID      ClinicID
	Version int64

	Name    string         // the name that clients know
	Zone    string         // IANA name of the zone of its calendar, usually OsloZone
	Lang    Lang           // language of texts to its staff
	Party   BillingPartyID // who bills when the practitioner has no billing party of their own
	Address Address        // where sessions take place
}

// A ClinicID names a clinic.
type ClinicID = ID[Clinic]

// Ref names this version of the clinic.
func (c Clinic) Ref() Ref { return Ref{KindClinic, c.ID.UUID(), c.Version} }

// Validate returns an *InvalidError with all that is wrong.
func (c Clinic) Validate() error {
	var wrong Reasons
	require(&wrong, "ID", !c.ID.IsZero())
	require(&wrong, "Name", c.Name != "")
	require(&wrong, "Party", !c.Party.IsZero())
	if _, err := LoadZone(c.Zone); err != nil {
		wrong.Add(BadZone, "Zone")
	}
	return wrong.Invalid()
}

// An Address is a postal address.
type Address struct {
	Street     string
	PostalCode string
	City       string
	Country    string // ISO 3166-1 alpha-2; "" means "NO"
}

// CountryCode returns the country, NO where none is given.
func (a Address) CountryCode() string {
	if a.Country == "" {
		return "NO"
	}
	return a.Country
}

// Line returns the address on one line, for the place of delivery.
func (a Address) Line() string {
	line := a.Street
	if town := joinNonEmpty(" ", a.PostalCode, a.City); town != "" {
		line = joinNonEmpty(", ", line, town)
	}
	return line
}

func joinNonEmpty(sep string, parts ...string) string {
	var out string
	for _, p := range parts {
		if out != "" && p != "" {
			out += sep
		}
		out += p
	}
	return out
}

func require(wrong *Reasons, field string, ok bool) {
	if !ok {
		wrong.Add(Missing, field)
	}
}
