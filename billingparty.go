package timebok

// A BillingParty is the firm that bills (fakturerende firma): the clinic's, or a
// practitioner's own where several firms share a clinic.
type BillingParty struct {
	ID      BillingPartyID
	Version int64

	Name               string // registered name
	Org                OrgNumber
	Form               LegalForm
	VATRegistered      bool // registered in Merverdiavgiftsregisteret, bills with an MVA number
	Foretaksregisteret bool // registered there; the duty of AS, ASA and NUF, a choice of others
	Account            BankAccount
	IBAN               IBAN      // paid to this instead of Account, if given
	KID                KIDScheme // how its invoices get a payment reference
	Address            Address   // head office
	Email              EmailAddress
}

// A BillingPartyID names a billing party.
type BillingPartyID = ID[BillingParty]

// A LegalForm is the form of organisation (organisasjonsform), by the code of
// Enhetsregisteret.
type LegalForm string

const (
	SoleTrader     LegalForm = "ENK" // enkeltpersonforetak
	LimitedCompany LegalForm = "AS"  // aksjeselskap
	PublicCompany  LegalForm = "ASA" // allmennaksjeselskap
	ForeignBranch  LegalForm = "NUF" // norskregistrert utenlandsk foretak
	Partnership    LegalForm = "ANS" // ansvarlig selskap, also DA
	Association    LegalForm = "FLI" // forening, lag, innretning
)

// MustSayForetaksregisteret reports whether the law demands the word on its
// invoices (foretaksregisterloven § 10-2, bokføringsforskriften § 5-1-2).
func (f LegalForm) MustSayForetaksregisteret() bool {
	return f == LimitedCompany || f == PublicCompany || f == ForeignBranch
}

// A KIDScheme says how invoice numbers become payment references.
type KIDScheme string

const (
	NoKID KIDScheme = ""      // no payment reference; the payer states the invoice number
	KID10 KIDScheme = "mod10" // invoice number with a MOD10 check digit
	KID11 KIDScheme = "mod11" // invoice number with a MOD11 check digit
)

// Ref names this version of the billing party.
func (p BillingParty) Ref() Ref { return Ref{KindBillingParty, p.ID.UUID(), p.Version} }

// Validate returns an *InvalidError with all that is wrong.
func (p BillingParty) Validate() error {
	var wrong Reasons
	require(&wrong, "ID", !p.ID.IsZero())
	require(&wrong, "Name", p.Name != "")
	require(&wrong, "Org", !p.Org.IsZero())
	require(&wrong, "Account", !p.Account.IsZero() || !p.IBAN.IsZero())
	require(&wrong, "Address.City", p.Address.City != "")
	switch p.Form {
	case SoleTrader, LimitedCompany, PublicCompany, ForeignBranch, Partnership, Association:
	default:
		wrong.Add(BadValue, "Form")
	}
	if p.Form.MustSayForetaksregisteret() && !p.Foretaksregisteret {
		wrong.Add(NotInForetaksregisteret, "Foretaksregisteret")
	}
	switch p.KID {
	case NoKID, KID10, KID11:
	default:
		wrong.Add(BadValue, "KID")
	}
	return wrong.Invalid()
}

// NotInForetaksregisteret: an AS, ASA or NUF is always registered there.
var NotInForetaksregisteret = NewRule("party.foretaksregisteret",
	"AS, ASA og NUF er alltid registrert i Foretaksregisteret",
	"AS, ASA og NUF er alltid registrerte i Føretaksregisteret",
	"an AS, ASA or NUF is always registered in Foretaksregisteret")
