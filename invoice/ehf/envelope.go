package ehf

import (
	"strings"
	"time"
)

// An Envelope is the header of a Standard Business Document as the Peppol Business
// Message Envelope 2.0.1 uses it: who sends what to whom. Access points write it
// themselves as a rule; some want it from the sender.
//
// WrapEnvelope fills what is empty and can be learnt from the document: all but Instance
// and Created.
type Envelope struct {
	Sender   Identifier `json:"sender"`   // participant: the scheme 0192 and the organisation number
	Receiver Identifier `json:"receiver"` // likewise
	// Instance is the envelope's own name in the whole world, a UUID and never
	// the invoice's number. A Message Level Status answers to it: store it.
	Instance string    `json:"instance"`
	Created  time.Time `json:"created"` // written with its zone

	Standard    string `json:"standard"`    // namespace of the document's root element
	Type        string `json:"type"`        // name of the root element, such as Invoice
	TypeVersion string `json:"typeVersion"` // "2.1"

	DocumentType ID     `json:"documentType"` // DOCUMENTID
	Process      ID     `json:"process"`      // PROCESSID
	Country      string `json:"country"`      // COUNTRY_C1: of the sender, ISO 3166-1 alpha-2, XK or 1A

	MLSTo   Identifier `json:"mlsTo,omitzero"`    // where the status shall go, with the scheme 0242; none: where the network says
	MLSType MLSType    `json:"mlsType,omitempty"` // which statuses are wanted; "" is FailureOnly
	More    []Scope    `json:"more,omitempty"`    // scopes that Peppol does not define
}

// An ID is an identifier of a document type or process with its scheme. Both are
// case-sensitive.
type ID struct {
	Scheme string `json:"scheme"`
	Value  string `json:"value"`
}

// IsZero reports whether there is none.
func (id ID) IsZero() bool { return id == ID{} }

// String is the identifier as one text, as in service metadata.
func (id ID) String() string {
	if id.IsZero() {
		return ""
	}
	return id.Scheme + "::" + id.Value
}

// MarshalText returns String.
func (id ID) MarshalText() ([]byte, error) { return []byte(id.String()), nil }

// UnmarshalText reads what String writes.
func (id *ID) UnmarshalText(text []byte) error {
	scheme, value, _ := strings.Cut(string(text), "::")
	*id = ID{scheme, value}
	return nil
}

// A Scope is an entry of the header. No two of an envelope have the same type.
type Scope struct {
	Type       string `json:"type"`
	Instance   string `json:"instance"` // may be empty
	Identifier string `json:"identifier,omitempty"`
}

// An MLSType says which Message Level Statuses the sender wants.
type MLSType string

// The values, case-sensitive. Any other that is read counts as FailureOnly.
const (
	FailureOnly MLSType = "FAILURE_ONLY"
	AlwaysSend  MLSType = "ALWAYS_SEND"
)

// Schemes and names of the envelope specification.
const (
	envelopeURI     = "http://www.unece.org/cefact/namespaces/StandardBusinessDocumentHeader"
	participants    = "iso6523-actorid-upis"
	documentTypes   = "busdox-docid-qns"
	processes       = "cenbii-procid-ubl"
	providerScheme  = "0242" // of MLS_TO
	scopeDocument   = "DOCUMENTID"
	scopeProcess    = "PROCESSID"
	scopeCountry    = "COUNTRY_C1"
	scopeMLSTo      = "MLS_TO"
	scopeMLSType    = "MLS_TYPE"
	headerVersion   = "1.0"
	ublVersion      = "2.1" // of every document that EHF Billing and its answers use
	envelopeTimeFmt = "2006-01-02T15:04:05.999999999Z07:00"
)
