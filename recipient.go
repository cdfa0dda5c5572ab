package timebok

// A Recipient (fakturamottaker) is who gets the bill: a payer, or the client.
// The zero Recipient is the client.
type Recipient struct{ Payer PayerID }

// IsClient reports whether the client gets the bill.
func (r Recipient) IsClient() bool { return r.Payer.IsZero() }

// A BillingMethod (fakturering) says how the bill reaches the recipient.
type BillingMethod string

const (
	EHF      BillingMethod = "ehf"      // electronic invoice over Peppol
	ByEmail  BillingMethod = "email"    // by e-mail to the recipient
	External BillingMethod = "external" // billed outside the host
	Unbilled BillingMethod = "none"     // not billed
)

// Billing is who gets the bill, and how.
type Billing struct {
	To Recipient
	By BillingMethod
}

// BillClient is the billing of a session that the client pays.
var BillClient = Billing{By: ByEmail}

// Validate returns an *InvalidError if the method is unknown or can't reach the
// recipient.
func (b Billing) Validate() error {
	var wrong Reasons
	switch b.By {
	case EHF:
		if b.To.IsClient() {
			wrong.Add(EHFNeedsPayer, "By")
		}
	case ByEmail, External, Unbilled:
	default:
		wrong.Add(BadValue, "By")
	}
	return wrong.Invalid()
}

// EHFNeedsPayer: private persons have no address in Peppol.
var EHFNeedsPayer = NewRule("billing.ehf.client",
	"EHF kan bare sendes til en virksomhet, ikke til klienten",
	"EHF kan berre sendast til ei verksemd, ikkje til klienten",
	"EHF can only be sent to an organisation, not to the client")
