package ehf

import (
	"strings"

	"github.com/timebok/timebok"
)

// OpenEnvelope reads an envelope and the document in it. The document is a part
// of the source, byte for byte, without an XML declaration, so that it is UTF-8.
// Only if it relies on namespaces that the envelope declares it is a copy, with
// those declarations added to its root element.
//
// It checks the envelope against the specification and against the document's
// root element. An MLSTo that is no service provider, or an MLSType of another
// value, counts as none, as the specification has it. The options may be nil; their
// Limits are heeded.
//
// The error is a *ReadError if the source is no envelope that can be read, and
// else an *timebok.InvalidError with all that is wrong. What could be read is
// returned all the same, for a person to look at.
func OpenEnvelope(src []byte, opts *Options) (Envelope, []byte, error) {
	if opts == nil {
		opts = &Options{}
	}
	r := envelopeReader{}
	if err := parse(&r.tree, src, opts.Limits); err != nil {
		return Envelope{}, nil, err
	}
	header := r.first(root)
	if !r.named(root, "StandardBusinessDocument") || !r.named(header, "StandardBusinessDocumentHeader") {
		return Envelope{}, nil, r.fail(NotEnvelope, 0)
	}
	r.header(header)
	doc := r.payload(r.elems[header].next)
	return r.e, doc, r.wrong.Invalid()
}

type envelopeReader struct {
	tree
	e     Envelope
	wrong timebok.Reasons
}

// named reports whether n is an element of the envelope with that name.
func (r *envelopeReader) named(n node, local string) bool {
	return n != none && r.called(n, foreign, local) && string(r.uri(n)) == envelopeURI
}

// one is the text of the one child of n with a name. It adds what is wrong if
// there is none or another one.
func (r *envelopeReader) one(n node, local, field string) string {
	k := r.only(n, local, field)
	if k == none {
		return ""
	}
	text := r.leaf(k)
	if text == "" {
		r.wrong.Add(timebok.Missing, field)
	}
	return text
}

// only is the one child of n with a name, or none.
func (r *envelopeReader) only(n node, local, field string) node {
	found := none
	for k := r.first(n); k != none; k = r.elems[k].next {
		switch {
		case !r.named(k, local):
		case found != none:
			r.wrong.Add(BadScope, field)
			return found
		default:
			found = k
		}
	}
	if found == none {
		r.wrong.Add(timebok.Missing, field)
	}
	return found
}

func (r *envelopeReader) header(n node) {
	if v := r.one(n, "HeaderVersion", "HeaderVersion"); v != "" && v != headerVersion {
		r.wrong.Add(timebok.BadValue, "HeaderVersion")
	}
	r.e.Sender = r.partner(n, "Sender")
	r.e.Receiver = r.partner(n, "Receiver")
	if k := r.only(n, "DocumentIdentification", "DocumentIdentification"); k != none {
		r.e.Standard = r.one(k, "Standard", "Standard")
		r.e.TypeVersion = r.one(k, "TypeVersion", "TypeVersion")
		r.e.Instance = r.one(k, "InstanceIdentifier", "Instance")
		r.e.Type = r.one(k, "Type", "Type")
		if text := r.one(k, "CreationDateAndTime", "Created"); text != "" {
			created, ok := parseInstant(text)
			if !ok {
				r.wrong.Add(BadCreated, "Created")
			}
			r.e.Created = created
		}
	}
	if k := r.only(n, "BusinessScope", "BusinessScope"); k != none {
		r.scopes(k)
	}
}

func (r *envelopeReader) partner(header node, field string) Identifier {
	partner := r.only(header, field, field)
	if partner == none {
		return Identifier{}
	}
	k := r.only(partner, "Identifier", field)
	if k == none {
		return Identifier{}
	}
	id, ok := participantOf(r.attributeText(k, "Authority"), r.leaf(k))
	if !ok {
		r.wrong.Add(BadParticipant, field)
	}
	return id
}

// participantOf reads a participant such as 0192:123456785.
func participantOf(authority, text string) (Identifier, bool) {
	scheme, value, _ := strings.Cut(text, ":")
	id := Identifier{scheme, value}
	return id, authority == participants && isAddress(id)
}

func (r *envelopeReader) scopes(n node) {
	seen := map[string]int{}
	for k := r.first(n); k != none; k = r.elems[k].next {
		if !r.named(k, "Scope") {
			continue
		}
		s := Scope{}
		for f := r.first(k); f != none; f = r.elems[f].next {
			switch {
			case r.named(f, "Type"):
				s.Type = r.leaf(f)
			case r.named(f, "InstanceIdentifier"):
				s.Instance = r.leaf(f)
			case r.named(f, "Identifier"):
				s.Identifier = r.leaf(f)
			}
		}
		if seen[s.Type]++; s.Type != "" && seen[s.Type] > 1 && !isRead(s.Type) {
			r.wrong.Add(BadScope, at("More", len(r.e.More), "Type"))
		}
		r.scope(s)
	}
	for _, f := range []struct{ scope, field string }{
		{scopeDocument, "DocumentType"}, {scopeProcess, "Process"}, {scopeCountry, "Country"},
	} {
		switch seen[f.scope] {
		case 0:
			r.wrong.Add(timebok.Missing, f.field)
		case 1:
		default:
			r.wrong.Add(BadScope, f.field)
		}
	}
	if seen[scopeMLSTo] > 1 {
		r.wrong.Add(BadScope, "MLSTo")
	}
	if seen[scopeMLSType] > 1 {
		r.wrong.Add(BadScope, "MLSType")
	}
}

func (r *envelopeReader) scope(s Scope) {
	or := func(text, other string) string {
		if text == "" {
			return other
		}
		return text
	}
	switch s.Type {
	case scopeDocument: // envelopes before version 1.1 have no scheme
		r.e.DocumentType = ID{or(s.Identifier, documentTypes), s.Instance}
		r.given(s.Instance, "DocumentType")
	case scopeProcess:
		r.e.Process = ID{or(s.Identifier, processes), s.Instance}
		r.given(s.Instance, "Process")
	case scopeCountry:
		if r.e.Country = s.Instance; !isSenderCountry(s.Instance) {
			r.wrong.Add(BadCountry, "Country")
		}
	case scopeMLSTo:
		if id, ok := participantOf(s.Identifier, s.Instance); ok && isProvider(id) {
			r.e.MLSTo = id
		}
	case scopeMLSType:
		if t := MLSType(s.Instance); t == FailureOnly || t == AlwaysSend {
			r.e.MLSType = t
		}
	case "":
		r.given("", "BusinessScope.Scope.Type")
	default:
		r.e.More = append(r.e.More, s)
	}
}

func (r *envelopeReader) given(text, field string) {
	if text == "" {
		r.wrong.Add(timebok.Missing, field)
	}
}

// payload finds the document, which is all that may follow the header, and holds
// the header to it.
func (r *envelopeReader) payload(n node) []byte {
	if n == none || r.elems[n].next != none || r.elems[n].space == noSpace || string(r.uri(n)) == envelopeURI || r.elems[root].flags&mixed != 0 {
		r.wrong.Add(BadScope, "Document")
		return nil
	}
	part, ok := r.markupOf(n)
	if !ok {
		r.wrong.Add(BadPayload, "Document")
		return nil
	}
	uri, local := r.spaceURI(n), string(r.tag(n))
	if r.e.Standard != "" && r.e.Standard != uri {
		r.wrong.Add(OtherDocument, "Standard")
	}
	if r.e.Type != "" && r.e.Type != local {
		r.wrong.Add(OtherDocument, "Type")
	}
	if id := r.e.DocumentType.Value; id != "" {
		if !strings.HasPrefix(id, uri+"::"+local+"##") {
			r.wrong.Add(OtherDocument, "DocumentType")
		}
		if r.e.TypeVersion != "" && !strings.HasSuffix(id, "::"+r.e.TypeVersion) {
			r.wrong.Add(OtherDocument, "TypeVersion")
		}
	}
	return r.declared(n, part)
}
