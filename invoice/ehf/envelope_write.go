package ehf

import (
	"bytes"
	"io"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/google/uuid"
	"github.com/timebok/timebok"
)

// WrapEnvelope writes the document in an envelope. Equal arguments give equal
// bytes. Nothing is written if AppendEnvelope refuses.
func WrapEnvelope(w io.Writer, e Envelope, doc []byte, opts *Options) error {
	b, err := AppendEnvelope(nil, e, doc, opts)
	if err != nil {
		return err
	}
	_, err = w.Write(b)
	return err
}

// AppendEnvelope appends what WrapEnvelope writes to dst, and returns dst as it
// was if it refuses. The document stands in the envelope byte for byte, without
// what may stand before and after its root element: the XML declaration, comments.
//
// The document may be an invoice, a credit note, or any other UBL document with
// a CustomizationID. It is not validated. The options may be nil; their Limits are
// heeded. The error is a *ReadError if the document can't be read, else an
// *timebok.InvalidError with all that the envelope lacks or has wrong.
func AppendEnvelope(dst []byte, e Envelope, doc []byte, opts *Options) ([]byte, error) {
	t, part, err := readPayload(doc, opts)
	if err != nil {
		return dst, err
	}
	var wrong timebok.Reasons
	e = e.filled(payloadEnvelope(t), &wrong)
	e.check(t, &wrong)
	if len(wrong) > 0 {
		return dst, wrong.Invalid()
	}
	w := envelopeWriter{slices.Grow(dst, len(part)+2048)}
	w.header(&e)
	b := append(w.b, part...)
	return append(b, "\n</sh:StandardBusinessDocument>\n"...), nil
}

// EnvelopeFor is the envelope that WrapEnvelope would make of the document, without
// Instance and Created. Sender and Receiver are the electronic addresses of the
// parties, Country is that of the seller. What the document does not have is
// empty. The error is a *ReadError.
func EnvelopeFor(doc []byte, opts *Options) (Envelope, error) {
	t, _, err := readPayload(doc, opts)
	if err != nil {
		return Envelope{}, err
	}
	return payloadEnvelope(t), nil
}

// readPayload reads a document and finds its root element in the source.
func readPayload(doc []byte, opts *Options) (*tree, []byte, error) {
	if opts == nil {
		opts = &Options{}
	}
	t := &tree{}
	if err := parse(t, doc, opts.Limits); err != nil {
		return nil, nil, err
	}
	part, ok := t.markupOf(root)
	if !ok || !strings.HasPrefix(t.spaceURI(root), ublSpace) {
		return nil, nil, t.fail(NotUBL, 0)
	}
	return t, part, nil
}

// NotUBL is the Kind of the ReadError of a document that can't be put into an
// envelope.
const NotUBL ReadErrorKind = "no UBL 2 document"

// payloadEnvelope is what a document says of its envelope.
func payloadEnvelope(t *tree) Envelope {
	e := Envelope{Standard: t.spaceURI(root), Type: string(t.tag(root)), TypeVersion: ublVersion}
	if c := t.leaf(t.kid(root, cbcSpace, "CustomizationID")); c != "" {
		e.DocumentType = ID{documentTypes, e.Standard + "::" + e.Type + "##" + c + "::" + e.TypeVersion}
	}
	if p := t.leaf(t.kid(root, cbcSpace, "ProfileID")); p != "" {
		e.Process = ID{processes, p}
	}
	from, to := t.kid(root, cacSpace, "SenderParty"), t.kid(root, cacSpace, "ReceiverParty")
	if k := t.kid(root, cacSpace, "AccountingSupplierParty"); k != none {
		from, to = t.kid(k, cacSpace, "Party"), t.kid(t.kid(root, cacSpace, "AccountingCustomerParty"), cacSpace, "Party")
	}
	e.Sender, e.Receiver = t.participant(from), t.participant(to)
	e.Country = t.leaf(t.kid(t.kid(t.kid(from, cacSpace, "PostalAddress"), cacSpace, "Country"), cbcSpace, "IdentificationCode"))
	return e
}

// participant is the electronic address of a party. The scheme 9908, which is
// deleted, was what 0192 is.
func (t *tree) participant(party node) Identifier {
	k := t.kid(party, cbcSpace, "EndpointID")
	id := Identifier{Scheme: t.attributeText(k, "schemeID"), Value: t.leaf(k)}
	if id.Scheme == "9908" {
		id.Scheme = timebok.OrgNumberScheme
	}
	return id
}

// filled is the envelope with what it has not from the document. What it has must
// agree with it.
func (e Envelope) filled(of Envelope, wrong *timebok.Reasons) Envelope {
	text := func(field string, have *string, want string) {
		switch {
		case *have == "":
			*have = want
		case *have != want:
			wrong.Add(OtherDocument, field)
		}
	}
	text("Standard", &e.Standard, of.Standard)
	text("Type", &e.Type, of.Type)
	text("TypeVersion", &e.TypeVersion, of.TypeVersion)
	switch {
	case e.DocumentType.IsZero():
		e.DocumentType = of.DocumentType
	case e.DocumentType != of.DocumentType:
		wrong.Add(OtherDocument, "DocumentType")
	}
	switch {
	case e.Process.IsZero():
		e.Process = of.Process
	case e.Process != of.Process:
		wrong.Add(OtherDocument, "Process")
	}
	if e.Sender.IsZero() {
		e.Sender = of.Sender
	}
	if e.Receiver.IsZero() {
		e.Receiver = of.Receiver
	}
	if e.Country == "" {
		e.Country = of.Country
	}
	return e
}

// check adds what can't be written.
func (e *Envelope) check(payload *tree, wrong *timebok.Reasons) {
	participant(wrong, "Sender", e.Sender)
	participant(wrong, "Receiver", e.Receiver)
	number := payload.leaf(payload.kid(root, cbcSpace, "ID"))
	if id, err := uuid.Parse(e.Instance); err != nil || id == uuid.Nil || len(e.Instance) != 36 || e.Instance == number {
		wrong.Add(BadInstance, "Instance")
	}
	if y := e.Created.Year(); e.Created.IsZero() || y < 1 || y > 9999 || !wholeMinutes(e.Created) {
		wrong.Add(BadCreated, "Created")
	}
	if !isSenderCountry(e.Country) {
		wrong.Add(BadCountry, "Country")
	}
	if !e.MLSTo.IsZero() && !isProvider(e.MLSTo) {
		wrong.Add(BadMLS, "MLSTo")
	}
	if e.MLSType != "" && e.MLSType != FailureOnly && e.MLSType != AlwaysSend {
		wrong.Add(BadMLS, "MLSType")
	}
	for _, id := range []struct {
		field string
		id    ID
	}{{"DocumentType", e.DocumentType}, {"Process", e.Process}} {
		if id.id.Scheme == "" || id.id.Value == "" {
			wrong.Add(timebok.Missing, id.field)
		}
	}
	for i, s := range e.More {
		switch {
		case s.Type == "":
			wrong.Add(timebok.Missing, at("More", i, "Type"))
		case slices.ContainsFunc(e.More[:i], func(before Scope) bool { return before.Type == s.Type }):
			wrong.Add(BadScope, at("More", i, "Type"))
		case isReserved(s.Type), s.Type != string(normal([]byte(s.Type))), s.Instance != string(normal([]byte(s.Instance))),
			s.Identifier != string(normal([]byte(s.Identifier))), !isXML(s.Type + s.Instance + s.Identifier):
			wrong.Add(timebok.BadValue, at("More", i, "Type"))
		}
	}
}

// participant adds what is wrong with the address of a sender or receiver.
func participant(wrong *timebok.Reasons, field string, id Identifier) {
	switch {
	case id.IsZero():
		wrong.Add(timebok.Missing, field)
	case !isAddress(id), id.Scheme == "9908", id.Scheme == timebok.OrgNumberScheme && !isOrgNumber([]byte(id.Value)):
		wrong.Add(BadParticipant, field)
	}
}

// isAddress reports whether an identifier has a scheme of four digits and a value
// of the printable ASCII that the policy for identifiers allows.
func isAddress(id Identifier) bool {
	if len(id.Scheme) != 4 || id.Value == "" || len(id.Value) > 130 {
		return false
	}
	for _, c := range []byte(id.Scheme) {
		if c < '0' || c > '9' {
			return false
		}
	}
	return !strings.ContainsFunc(id.Value, func(r rune) bool { return r <= ' ' || r > '~' })
}

// provider is a service provider's number by the policy for identifiers: six digits, and
// perhaps what it adds to tell its services apart.
var provider = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`^[0-9]{6}(-[0-9A-Za-z_]{3,12}(\.[0-9A-Za-z\-._~]{3,24})?)?$`)
})

// isProvider reports whether an identifier is one of a service provider.
func isProvider(id Identifier) bool {
	return id.Scheme == providerScheme && provider().MatchString(id.Value)
}

// isSenderCountry reports whether a code is one of COUNTRY_C1, which knows Kosovo and
// international organisations besides.
func isSenderCountry(code string) bool { return isCountry(code) || code == "XK" || code == "1A" }

// isRead reports whether a scope has a field of its own.
func isRead(scope string) bool {
	switch scope {
	case scopeDocument, scopeProcess, scopeCountry, scopeMLSTo, scopeMLSType:
		return true
	}
	return false
}

// isReserved reports whether a scope is Peppol's to define.
func isReserved(scope string) bool {
	switch scope {
	case "COUNTRY_C4", "TECHNICAL_VALIDATION_URL", "TECHNICAL_VALIDATION_REQUIRED":
		return true
	}
	return isRead(scope)
}

// wholeMinutes reports whether the zone of t can be written: xs:dateTime has no
// seconds in an offset, and none beyond 14 hours.
func wholeMinutes(t time.Time) bool {
	_, offset := t.Zone()
	return offset%60 == 0 && offset >= -14*3600 && offset <= 14*3600
}

// An envelopeWriter appends the header. It is apart from the writer of invoices,
// where each nanosecond counts.
type envelopeWriter struct{ b []byte }

// header writes the envelope up to the document. Its namespace has a prefix, so
// that the document keeps its own default namespace, or none.
func (w *envelopeWriter) header(e *Envelope) {
	w.line(`<?xml version="1.0" encoding="UTF-8"?>`)
	w.line(`<sh:StandardBusinessDocument xmlns:sh="` + envelopeURI + `">`)
	w.line("<sh:StandardBusinessDocumentHeader>")
	w.line(headerElement("HeaderVersion", headerVersion))
	w.partner("Sender", e.Sender)
	w.partner("Receiver", e.Receiver)
	w.line("<sh:DocumentIdentification>")
	w.line(headerElement("Standard", e.Standard))
	w.line(headerElement("TypeVersion", e.TypeVersion))
	w.line(headerElement("InstanceIdentifier", e.Instance))
	w.line(headerElement("Type", e.Type))
	w.line(headerElement("CreationDateAndTime", e.Created.Format(envelopeTimeFmt)))
	w.line("</sh:DocumentIdentification>")
	w.line("<sh:BusinessScope>")
	w.scope(Scope{scopeDocument, e.DocumentType.Value, e.DocumentType.Scheme})
	w.scope(Scope{scopeProcess, e.Process.Value, e.Process.Scheme})
	w.scope(Scope{scopeCountry, e.Country, ""})
	if !e.MLSTo.IsZero() {
		w.scope(Scope{scopeMLSTo, e.MLSTo.Scheme + ":" + e.MLSTo.Value, participants})
	}
	if e.MLSType != "" {
		w.scope(Scope{scopeMLSType, string(e.MLSType), ""})
	}
	for _, s := range e.More {
		w.scope(s)
	}
	w.line("</sh:BusinessScope>")
	w.line("</sh:StandardBusinessDocumentHeader>")
}

func (w *envelopeWriter) line(text string) { w.b = append(append(w.b, text...), '\n') }

func (w *envelopeWriter) partner(name string, id Identifier) {
	w.line("<sh:" + name + `><sh:Identifier Authority="` + participants + `">` +
		textEscapes.Replace(id.Scheme+":"+id.Value) + "</sh:Identifier></sh:" + name + ">")
}

func (w *envelopeWriter) scope(s Scope) {
	text := "<sh:Scope>" + headerElement("Type", s.Type) + headerElement("InstanceIdentifier", s.Instance)
	if s.Identifier != "" {
		text += headerElement("Identifier", s.Identifier)
	}
	w.line(text + "</sh:Scope>")
}

func headerElement(name, text string) string {
	return "<sh:" + name + ">" + textEscapes.Replace(text) + "</sh:" + name + ">"
}

// textEscapes is for texts without white space but single spaces.
var textEscapes = strings.NewReplacer("<", "&lt;", ">", "&gt;", "&", "&amp;")

// markupOf is the source of an element from its start tag to its end tag. It is
// found for elements with child elements only, which every document is.
func (t *tree) markupOf(n node) ([]byte, bool) {
	e := &t.elems[n]
	if e.flags&hasChild == 0 {
		return nil, false
	}
	end := bytes.IndexByte(t.src[e.text.to:], '>')
	return t.src[e.raw.from-1 : int(e.text.to)+end+1], true
}

// spaceURI is the namespace of an element that a document may begin with.
func (t *tree) spaceURI(n node) string {
	switch t.elems[n].space {
	case invSpace:
		return ublSpace + "Invoice-2"
	case cnSpace:
		return ublSpace + "CreditNote-2"
	}
	return string(t.uri(n))
}
