package sqlrow

import (
	"time"

	"github.com/rickb777/date"
	"github.com/timebok/timebok"
)

// Services are what is booked. A side table finds them by network_keys.
var Services = table("service", []column[timebok.Service]{
	key(func(s *timebok.Service) *timebok.ServiceID { return &s.ID }),
	version(func(s *timebok.Service) *int64 { return &s.Version }),
	text("name", func(s *timebok.Service) *string { return &s.Name }),
	micros("duration", func(s *timebok.Service) *time.Duration { return &s.Duration }),
	micros("buffer_before", func(s *timebok.Service) *time.Duration { return &s.Before }),
	micros("buffer_after", func(s *timebok.Service) *time.Duration { return &s.After }),
	money("price_ore", func(s *timebok.Service) *timebok.Money { return &s.Price }),
	text("vat_category", func(s *timebok.Service) *timebok.VATCategory { return &s.VAT.Category }),
	number("vat_rate_bp", func(s *timebok.Service) *timebok.BasisPoints { return &s.VAT.Rate }),
	text("vat_reason", func(s *timebok.Service) *string { return &s.VAT.Reason }),
	list("network_keys", func(s *timebok.Service) *[]timebok.NetworkKey { return &s.Keys }),
	flag("inactive", func(s *timebok.Service) *bool { return &s.Inactive }),
})

// Payers are the organisations that pay.
var Payers = table("payer", []column[timebok.Payer]{
	key(func(p *timebok.Payer) *timebok.PayerID { return &p.ID }),
	version(func(p *timebok.Payer) *int64 { return &p.Version }),
	text("name", func(p *timebok.Payer) *string { return &p.Name }),
	parsed("org", func(p *timebok.Payer) *timebok.OrgNumber { return &p.Org }),
	revealed("email", func(p *timebok.Payer) *timebok.EmailAddress { return &p.Email }, timebok.ParseEmailAddress),
	flag("ehf", func(p *timebok.Payer) *bool { return &p.EHF }),
	number("due_days", func(p *timebok.Payer) *int { return &p.DueDays }),
	number("claim_days", func(p *timebok.Payer) *int { return &p.ClaimDays }),
	text("reference", func(p *timebok.Payer) *string { return &p.Reference }),
	list("disclose", func(p *timebok.Payer) *[]timebok.Disclosure { return &p.Disclose }),
}, under(address, func(p *timebok.Payer) *timebok.Address { return &p.Address }))

// PriceAgreements are the prices of services between payers and parties.
var PriceAgreements = table("price_agreement", []column[timebok.PriceAgreement]{
	key(func(a *timebok.PriceAgreement) *timebok.PriceAgreementID { return &a.ID }),
	version(func(a *timebok.PriceAgreement) *int64 { return &a.Version }),
	ref("payer_id", func(a *timebok.PriceAgreement) *timebok.PayerID { return &a.Payer }),
	ref("party_id", func(a *timebok.PriceAgreement) *timebok.BillingPartyID { return &a.Party }),
	ref("service_id", func(a *timebok.PriceAgreement) *timebok.ServiceID { return &a.Service }),
	money("price_ore", func(a *timebok.PriceAgreement) *timebok.Money { return &a.Price }),
	day("valid_from", func(a *timebok.PriceAgreement) *date.Date { return &a.From }),
	optionalDay("valid_to", func(a *timebok.PriceAgreement) **date.Date { return &a.To }),
})
