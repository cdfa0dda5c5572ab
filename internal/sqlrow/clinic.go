package sqlrow

import (
	"github.com/rickb777/date"
	"github.com/timebok/timebok"
)

// Clinics holds one row: the clinic itself.
var Clinics = table("clinic", []column[timebok.Clinic]{
	key(func(c *timebok.Clinic) *timebok.ClinicID { return &c.ID }),
	version(func(c *timebok.Clinic) *int64 { return &c.Version }),
	text("name", func(c *timebok.Clinic) *string { return &c.Name }),
	text("zone", func(c *timebok.Clinic) *string { return &c.Zone }),
	text("lang", func(c *timebok.Clinic) *timebok.Lang { return &c.Lang }),
	ref("party_id", func(c *timebok.Clinic) *timebok.BillingPartyID { return &c.Party }),
}, under(address, func(c *timebok.Clinic) *timebok.Address { return &c.Address }))

var address = []column[timebok.Address]{
	text("street", func(a *timebok.Address) *string { return &a.Street }),
	text("postal_code", func(a *timebok.Address) *string { return &a.PostalCode }),
	text("city", func(a *timebok.Address) *string { return &a.City }),
	text("country", func(a *timebok.Address) *string { return &a.Country }),
}

// BillingParties are the firms that bill.
var BillingParties = table("billing_party", []column[timebok.BillingParty]{
	key(func(p *timebok.BillingParty) *timebok.BillingPartyID { return &p.ID }),
	version(func(p *timebok.BillingParty) *int64 { return &p.Version }),
	text("name", func(p *timebok.BillingParty) *string { return &p.Name }),
	parsed("org", func(p *timebok.BillingParty) *timebok.OrgNumber { return &p.Org }),
	text("form", func(p *timebok.BillingParty) *timebok.LegalForm { return &p.Form }),
	flag("vat_registered", func(p *timebok.BillingParty) *bool { return &p.VATRegistered }),
	flag("foretaksregisteret", func(p *timebok.BillingParty) *bool { return &p.Foretaksregisteret }),
	parsed("account", func(p *timebok.BillingParty) *timebok.BankAccount { return &p.Account }),
	parsed("iban", func(p *timebok.BillingParty) *timebok.IBAN { return &p.IBAN }),
	text("kid_scheme", func(p *timebok.BillingParty) *timebok.KIDScheme { return &p.KID }),
	revealed("email", func(p *timebok.BillingParty) *timebok.EmailAddress { return &p.Email }, timebok.ParseEmailAddress),
}, under(address, func(p *timebok.BillingParty) *timebok.Address { return &p.Address }))

// Practitioners own the calendars. A side table finds them by network_keys.
var Practitioners = table("practitioner", []column[timebok.Practitioner]{
	key(func(p *timebok.Practitioner) *timebok.PractitionerID { return &p.ID }),
	version(func(p *timebok.Practitioner) *int64 { return &p.Version }),
	text("name", func(p *timebok.Practitioner) *string { return &p.Name }),
	parsed("hpr", func(p *timebok.Practitioner) *timebok.HPRNumber { return &p.HPR }),
	text("profession", func(p *timebok.Practitioner) *string { return &p.Profession }),
	revealed("email", func(p *timebok.Practitioner) *timebok.EmailAddress { return &p.Email }, timebok.ParseEmailAddress),
	text("lang", func(p *timebok.Practitioner) *timebok.Lang { return &p.Lang }),
	ref("party_id", func(p *timebok.Practitioner) *timebok.BillingPartyID { return &p.Party }),
	list("network_keys", func(p *timebok.Practitioner) *[]timebok.NetworkKey { return &p.Keys }),
	flag("inactive", func(p *timebok.Practitioner) *bool { return &p.Inactive }),
})

// Clients hold persons' data in clear text.
var Clients = table("client", []column[timebok.Client]{
	key(func(c *timebok.Client) *timebok.ClientID { return &c.ID }),
	version(func(c *timebok.Client) *int64 { return &c.Version }),
	private("name", func(c *timebok.Client) *timebok.Private { return &c.Name }),
	optionalDay("birth_date", func(c *timebok.Client) **date.Date { return &c.BirthDate }),
	revealed("birth_number", func(c *timebok.Client) *timebok.BirthNumber { return &c.BirthNumber }, timebok.ParseBirthNumber),
	revealed("email", func(c *timebok.Client) *timebok.EmailAddress { return &c.Email }, timebok.ParseEmailAddress),
	revealed("phone", func(c *timebok.Client) *timebok.PhoneNumber { return &c.Phone }, timebok.ParsePhoneNumber),
	private("address", func(c *timebok.Client) *timebok.Private { return &c.Address }),
	text("lang", func(c *timebok.Client) *timebok.Lang { return &c.Lang }),
	text("origin", func(c *timebok.Client) *timebok.Origin { return &c.Origin }),
	list("consents", func(c *timebok.Client) *[]timebok.Consent { return &c.Consents }),
})
