package ehf

import civil "github.com/rickb777/date"

// A Party is the seller (BG-4) or the buyer (BG-7).
type Party struct {
	Endpoint    Identifier   `json:"endpoint"`              // BT-34, BT-49: where EHF reaches it, 0192 and its number
	IDs         []Identifier `json:"ids,omitempty"`         // BT-29; a buyer has one at most (BT-46)
	Name        string       `json:"name"`                  // BT-27, BT-44: registered name
	TradingName string       `json:"tradingName,omitempty"` // BT-28, BT-45
	Org         Identifier   `json:"org,omitzero"`          // BT-30, BT-47: 0192 and the organisation number
	LegalForm   string       `json:"legalForm,omitempty"`   // BT-33, of a seller; free text
	VATNumber   string       `json:"vatNumber,omitempty"`   // BT-31, BT-48: NO988077917MVA
	// TaxNumber (BT-32, of a seller) is Foretaksregisteret for those registered
	// there (rule NO-R-002). A seller of exempt services that is in no register
	// states its organisation number, since rule BR-E-02 demands something.
	TaxNumber string  `json:"taxNumber,omitempty"`
	Address   Address `json:"address"`
	Contact   Contact `json:"contact,omitzero"`
}

// Foretaksregisteret is the TaxNumber of a company that is registered there
// (foretaksregisterloven § 10-2).
const Foretaksregisteret = "Foretaksregisteret"

// An Address is a postal address. Nothing but the country is demanded.
type Address struct {
	Street      string `json:"street,omitempty"`
	Additional  string `json:"additional,omitempty"`
	Line        string `json:"line,omitempty"`
	City        string `json:"city,omitempty"`
	PostalCode  string `json:"postalCode,omitempty"`
	Subdivision string `json:"subdivision,omitempty"`
	Country     string `json:"country"` // ISO 3166-1 alpha-2
}

// A Contact is where a party answers questions.
type Contact struct {
	Name  string `json:"name,omitempty"`
	Phone string `json:"phone,omitempty"`
	Email string `json:"email,omitempty"`
}

// IsZero reports whether there is no contact.
func (c Contact) IsZero() bool { return c.Name == "" && c.Phone == "" && c.Email == "" }

// A Payee is who is paid, if not the seller: a factoring company.
type Payee struct {
	ID   Identifier `json:"id,omitzero"`  // BT-60
	Name string     `json:"name"`         // BT-59
	Org  Identifier `json:"org,omitzero"` // BT-61
}

// A Delivery says when and where the services were given (bokføringsforskriften
// § 5-1-1).
type Delivery struct {
	Date     *civil.Date `json:"date,omitempty"`    // BT-72, if all on one day
	Location Identifier  `json:"location,omitzero"` // BT-71
	Address  *Address    `json:"address,omitempty"` // BG-15
	Name     string      `json:"name,omitempty"`    // BT-70, of the party or place
}

// A Payment says how to pay (BG-16).
type Payment struct {
	Code     string    `json:"code"`               // BT-81, a code of UNCL 4461; see CreditTransfer
	Name     string    `json:"name,omitempty"`     // BT-82
	ID       string    `json:"id,omitempty"`       // BT-83: KID, or what else the payer shall state
	Accounts []Account `json:"accounts,omitempty"` // BG-17
}

// Payment codes. CreditTransfer is right for a Norwegian account number and for
// an IBAN; SEPATransfer is for an IBAN only.
const (
	CreditTransfer = "30"
	SEPATransfer   = "58"
)

// An Account is where to pay to. BIC may only stand beside an IBAN.
type Account struct {
	ID   string `json:"id"`             // BT-84: a Norwegian account number, or an IBAN
	Name string `json:"name,omitempty"` // BT-85
	BIC  string `json:"bic,omitempty"`  // BT-86
}
