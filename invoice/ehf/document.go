package ehf

import (
	civil "github.com/rickb777/date"
	"github.com/timebok/timebok"
)

// A Document is an EHF Billing 3.0 invoice or credit note with everything that
// a clinic's may carry. It is what Encode writes and Decode reads, and its JSON
// form is the same model for other programs.
//
// Nothing in it can be worked out from the rest: sums, tax and line amounts are
// computed by Totals and never accepted. A field that is zero is not written. BT
// and BG numbers are those of EN 16931.
type Document struct {
	Type      TypeCode    `json:"type"`                // BT-3
	Number    string      `json:"number"`              // BT-1
	IssueDate *civil.Date `json:"issueDate,omitempty"` // BT-2
	DueDate   *civil.Date `json:"dueDate,omitempty"`   // BT-9, betalingsforfall
	TaxPoint  *civil.Date `json:"taxPoint,omitempty"`  // BT-7
	Currency  string      `json:"currency,omitempty"`  // BT-5, ISO 4217; "" is NOK, which Decode reads as ""
	Note      string      `json:"note,omitempty"`      // BT-22; Peppol allows one
	Period    *Period     `json:"period,omitempty"`    // BG-14, covers the periods of all lines

	BuyerReference string      `json:"buyerReference,omitempty"` // BT-10, "Deres ref"
	AccountingCost string      `json:"accountingCost,omitempty"` // BT-19
	Order          string      `json:"order,omitempty"`          // BT-13; the sakID of a case
	SalesOrder     string      `json:"salesOrder,omitempty"`     // BT-14
	Contract       string      `json:"contract,omitempty"`       // BT-12
	Project        string      `json:"project,omitempty"`        // BT-11
	Object         Identifier  `json:"object,omitzero"`          // BT-18, what is invoiced
	Preceding      []Preceding `json:"preceding,omitempty"`      // BG-3, what a credit note takes back

	Seller   Party     `json:"seller"`             // BG-4
	Buyer    Party     `json:"buyer"`              // BG-7
	Payee    *Payee    `json:"payee,omitempty"`    // BG-10, only if not the seller
	Delivery *Delivery `json:"delivery,omitempty"` // BG-13

	Payment *Payment    `json:"payment,omitempty"` // BG-16
	Terms   string      `json:"terms,omitempty"`   // BT-20
	Exempt  []Exemption `json:"exempt,omitempty"`  // why no tax is due, once for each category that has none
	// Allowances and charges on the whole document (BG-20, BG-21).
	Adjustments []Adjustment  `json:"adjustments,omitempty"`
	Prepaid     timebok.Money `json:"prepaid,omitzero"`  // BT-113, paid already
	Rounding    timebok.Money `json:"rounding,omitzero"` // BT-114, added to what is to pay

	Lines       []Line       `json:"lines"`
	Attachments []Attachment `json:"attachments,omitempty"` // BG-24
}

// A TypeCode says what kind of document it is, by a code of UNTDID 1001.
type TypeCode string

// The codes that a clinic uses. Peppol's other codes are read and written too;
// there is none for a corrected invoice in Norway (rule P0112): a correction is
// a credit note and a new invoice.
const (
	TypeInvoice    TypeCode = "380" // faktura
	TypeCreditNote TypeCode = "381" // kreditnota
)

// IsCreditNote reports whether the code is one of a UBL CreditNote (rule P0101).
func (t TypeCode) IsCreditNote() bool {
	return t == TypeCreditNote || t != TypeInvoice && peppolCreditCodes.has([]byte(t))
}

// isInvoice reports whether the code is one of a UBL Invoice (rule P0100) that
// may be used outside Germany (rule P0112).
func (t TypeCode) isInvoice() bool {
	return t == TypeInvoice || t != "326" && t != "384" && peppolInvoiceCodes.has([]byte(t))
}

// A Period is a range of days, both included. Either may be missing.
type Period struct {
	From *civil.Date `json:"from,omitempty"`
	To   *civil.Date `json:"to,omitempty"`
}

// An Identifier is a value with the scheme that gives it meaning, such as 0192
// for a Norwegian organisation number.
type Identifier struct {
	Scheme string `json:"scheme,omitempty"`
	Value  string `json:"value"`
}

// IsZero reports whether there is no identifier.
func (i Identifier) IsZero() bool { return i == Identifier{} }

// A Preceding names an earlier invoice, as a credit note must.
type Preceding struct {
	Number    string      `json:"number"`              // BT-25
	IssueDate *civil.Date `json:"issueDate,omitempty"` // BT-26
}

// An Attachment is a document that belongs to the invoice: in it as Content, or
// elsewhere at URI. It goes to the payer as it is: nothing of a journal belongs in it.
type Attachment struct {
	ID          string `json:"id"`                    // BT-122
	Description string `json:"description,omitempty"` // BT-123
	URI         string `json:"uri,omitempty"`         // BT-124
	MIME        string `json:"mime,omitempty"`        // of Content: one of the six types that Peppol allows
	Filename    string `json:"filename,omitempty"`    // of Content
	Content     []byte `json:"content,omitempty"`     // BT-125
}
