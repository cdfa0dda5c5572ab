package ehf_test

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/timebok/timebok"
	"github.com/timebok/timebok/invoice/ehf"
)

// envelope is an envelope around a document, with declarations on its root and
// the header in the default namespace.
func envelope(declarations, document string) []byte {
	header := string(file("envelope/company-zero.xml"))
	header = header[strings.Index(header, "<sh:StandardBusinessDocumentHeader>"):strings.Index(header, "<Invoice")]
	return fmt.Appendf(nil, "<StandardBusinessDocument %s xmlns=%q>%s%s</StandardBusinessDocument>", declarations,
		"http://www.unece.org/cefact/namespaces/StandardBusinessDocumentHeader", strings.ReplaceAll(header, "sh:", ""), document)
}

const (
	inv = "urn:oasis:names:specification:ubl:schema:xsd:Invoice-2"
	cbc = "urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2"
)

// A document that needs a namespace of the envelope takes its declaration along;
// any other comes out byte for byte.
func TestOpenEnvelopeNamespaces(t *testing.T) {
	tests := []struct {
		name, declarations, document, want string // want "": as it is
	}{
		{"its own", `xmlns:i="x" xmlns:c="y"`, `<i:Invoice xmlns:i="` + inv + `" xmlns:c = '` + cbc + `' ><c:ID>1</c:ID></i:Invoice >`, ""},
		{"its own default", ``, `<Invoice xmlns="` + inv + `"><ID>1</ID></Invoice>`, ""},
		{"an element's prefix", `xmlns:c='` + cbc + `' xmlns:z="z"`, `<Invoice xmlns="` + inv + `"><c:ID>1</c:ID></Invoice>`,
			`<Invoice xmlns:c='` + cbc + `' xmlns="` + inv + `"><c:ID>1</c:ID></Invoice>`},
		{"the root's prefix", `xmlns:i="` + inv + `"`, `<i:Invoice><i:ID/></i:Invoice>`, `<i:Invoice xmlns:i="` + inv + `"><i:ID/></i:Invoice>`},
		{"an attribute's prefix", `xmlns:q="urn:q&amp;q"`, `<Invoice xmlns="` + inv + `"><ID q:a="1"/></Invoice>`,
			`<Invoice xmlns:q="urn:q&amp;q" xmlns="` + inv + `"><ID q:a="1"/></Invoice>`},
		{"a type's prefix", `xmlns:q="urn:q"`, `<Invoice xmlns="` + inv + `" xmlns:s="http://www.w3.org/2001/XMLSchema-instance"><ID s:type="q:T"/></Invoice>`,
			`<Invoice xmlns:q="urn:q" xmlns="` + inv + `" xmlns:s="http://www.w3.org/2001/XMLSchema-instance"><ID s:type="q:T"/></Invoice>`},
		{"the envelope's default", ``, `<i:Invoice xmlns:i="` + inv + `"><ID/></i:Invoice>`,
			`<i:Invoice xmlns="http://www.unece.org/cefact/namespaces/StandardBusinessDocumentHeader" xmlns:i="` + inv + `"><ID/></i:Invoice>`},
		{"two of the root", `xmlns:i="` + inv + `" xmlns:c="` + cbc + `"`, `<i:Invoice><c:ID/></i:Invoice>`,
			`<i:Invoice xmlns:i="` + inv + `" xmlns:c="` + cbc + `"><c:ID/></i:Invoice>`},
		{"comments around", ``, `<!-- > --><Invoice xmlns="` + inv + `"><ID>1</ID></Invoice><!-- </Invoice> --><?a b?>`, `<Invoice xmlns="` + inv + `"><ID>1</ID></Invoice>`},
		{"carriage returns and references", ``, "<Invoice xmlns='" + inv + "'>\r\n<ID>&#xE6;<![CDATA[<]]>\r</ID>\n\n</Invoice\n>", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if tt.want == "" {
				tt.want = tt.document
			}
			_, doc, err := ehf.OpenEnvelope(envelope(tt.declarations, tt.document), nil)
			if err != nil || string(doc) != tt.want {
				t.Errorf("%v\ngot  %s\nwant %s", err, doc, tt.want)
			}
			if _, err := ehf.EnvelopeFor(doc, nil); err != nil {
				t.Error("it can't be read by itself:", err)
			}
		})
	}
}

func TestOpenEnvelopeRefuses(t *testing.T) {
	const name = "envelope/company-zero.xml"
	scope := func(kind, value, scheme string) string {
		if scheme != "" {
			scheme = "<sh:Identifier>" + scheme + "</sh:Identifier>"
		}
		return "<sh:Scope><sh:Type>" + kind + "</sh:Type><sh:InstanceIdentifier>" + value + "</sh:InstanceIdentifier>" + scheme + "</sh:Scope>"
	}
	country := scope("COUNTRY_C1", "NO", "")
	sender := `<sh:Sender><sh:Identifier Authority="iso6523-actorid-upis">0192:987654325</sh:Identifier></sh:Sender>`
	tests := []struct {
		name string
		src  []byte
		want string
	}{
		{"another version of the header", altered(t, name, "HeaderVersion>1.0", "HeaderVersion>1.3"), "HeaderVersion field.invalid"},
		{"no version", altered(t, name, "<sh:HeaderVersion>1.0</sh:HeaderVersion>", ""), "HeaderVersion field.missing"},
		{"another authority", altered(t, name, `Authority="iso6523-actorid-upis">0192:987654325`, `Authority="GLN">0192:987654325`), "Sender ehf.envelope.participant"},
		{"no scheme", altered(t, name, "0192:123456785", "123456785"), "Receiver ehf.envelope.participant"},
		{"two senders", altered(t, name, sender, sender+sender), "Sender ehf.envelope.scope"},
		{"no sender", altered(t, name, sender, ""), "Sender field.missing"},
		{"a sender without a name", altered(t, name, sender, "<sh:Sender/>"), "Sender field.missing"},
		{"no zone", altered(t, name, "10:00:00+01:00", "10:00:00"), "Created ehf.envelope.created"},
		{"no instance", altered(t, name, instance, ""), "Instance field.missing"},
		{"no country", altered(t, name, country, ""), "Country field.missing"},
		{"two countries", altered(t, name, country, country+country), "Country ehf.envelope.scope"},
		{"a bad country", altered(t, name, country, scope("COUNTRY_C1", "Norge", "")), "Country ehf.country"},
		{"no document type", altered(t, name, "DOCUMENTID", "OTHER"), "DocumentType field.missing"},
		{"an empty document type", altered(t, name, invoiceType, ""), "DocumentType field.missing"},
		{"no process", altered(t, name, "PROCESSID", "OTHER"), "Process field.missing"},
		{"two of each", altered(t, name, country, country+scope("DOCUMENTID", invoiceType, "")+scope("PROCESSID", "x", "")+
			strings.Repeat(scope("MLS_TO", "0242:000123", "iso6523-actorid-upis")+scope("MLS_TYPE", "ALWAYS_SEND", ""), 2)),
			"DocumentType ehf.envelope.scope, Process ehf.envelope.scope, MLSTo ehf.envelope.scope, MLSType ehf.envelope.scope"},
		{"another type", altered(t, name, "sh:Type>Invoice<", "sh:Type>CreditNote<"), "Type ehf.envelope.other"},
		{"another standard", altered(t, name, "Standard>urn:oasis:names:specification:ubl:schema:xsd:Invoice-2<", "Standard>urn:x<"),
			"Standard ehf.envelope.other"},
		{"a document type of another element", altered(t, name, invoiceType, strings.Replace(invoiceType, "::Invoice##", "::CreditNote##", 1)), "DocumentType ehf.envelope.other"},
		{"another version of UBL", altered(t, name, "TypeVersion>2.1", "TypeVersion>2.2"), "TypeVersion ehf.envelope.other"},
		{"no document", envelope("", ""), "Document ehf.envelope.scope"},
		{"two documents", envelope("", strings.Repeat(`<Invoice xmlns="`+inv+`"><ID/></Invoice>`, 2)), "Document ehf.envelope.scope"},
		{"a document without content", envelope("", `<Invoice xmlns="`+inv+`">1</Invoice>`), "Document ehf.envelope.payload"},
		{"text beside the document", envelope("", `text<Invoice xmlns="`+inv+`"><ID/></Invoice>`), "Document ehf.envelope.scope"},
		{"a scope without a type", altered(t, name, country, country+scope("", "x", "")), "BusinessScope.Scope.Type field.missing"},
		{"one more scope twice", altered(t, name, country, country+scope("a", "x", "")+scope("a", "y", "")), "More[1].Type ehf.envelope.scope"},
		{"a time with a comma", altered(t, name, "10:00:00+01:00", "10:00:00,5+01:00"), "Created ehf.envelope.created"},
		{"an hour of one digit", altered(t, name, "T10:00:00+01:00", "T1:00:00+01:00"), "Created ehf.envelope.created"},
		{"a zone too far", altered(t, name, "10:00:00+01:00", "10:00:00+24:00"), "Created ehf.envelope.created"},
		{"a document in no namespace", envelope("", `<Invoice xmlns=""><ID/></Invoice>`), "Document ehf.envelope.scope"},
		{"a document in the envelope's namespace", envelope("", `<Invoice><ID/></Invoice>`), "Document ehf.envelope.scope"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, _, err := ehf.OpenEnvelope(tt.src, nil)
			var invalid *timebok.InvalidError
			if !errors.As(err, &invalid) {
				t.Fatal(err)
			}
			var got []string
			for _, r := range invalid.Reasons {
				got = append(got, r.Field+" "+r.Code())
			}
			if strings.Join(got, ", ") != tt.want {
				t.Errorf("got  %s\nwant %s", strings.Join(got, ", "), tt.want)
			}
		})
	}
}

// The specification has it that a wrong MLS_TO or MLS_TYPE counts as none, and
// that early envelopes have no schemes.
func TestOpenEnvelopeIsLenient(t *testing.T) {
	e, _, err := ehf.OpenEnvelope(altered(t, "envelope/credit-full.xml", "0242:000123", "0192:987654325", "ALWAYS_SEND", "always_send",
		"<sh:Identifier>busdox-docid-qns</sh:Identifier>", "", "<sh:Identifier>cenbii-procid-ubl</sh:Identifier>", "",
		"10:00:00+01:00", "10:00:00.123Z", instance, "ENV-1"), nil)
	if err != nil {
		t.Fatal(err)
	}
	if !e.MLSTo.IsZero() || e.MLSType != "" || e.DocumentType.Scheme != "busdox-docid-qns" || e.Process.Scheme != "cenbii-procid-ubl" || e.Instance != "ENV-1" {
		t.Errorf("%+v", e)
	}
}

// What is wrong with the header does not hide the document from a person.
func TestOpenEnvelopeReturnsWhatItCan(t *testing.T) {
	e, doc, err := ehf.OpenEnvelope(altered(t, "envelope/company-zero.xml", "10:00:00+01:00", "10:00:00"), nil)
	if err == nil || e.Instance != instance || !bytes.Equal(doc, rootOf(file("company-zero.xml"))) {
		t.Error(err, e)
	}
}

// An envelope as others write it, with the namespaces declared outside: what was
// in it can be decoded.
func TestOpenEnvelopeThenDecode(t *testing.T) {
	e, doc, err := ehf.OpenEnvelope(file("envelope/default-namespace.xml"), nil)
	if err != nil || e.DocumentType.Value != responseType {
		t.Fatal(e, err)
	}
	r, err := ehf.DecodeResponse(doc, nil)
	if err != nil || r.Code != ehf.ResponseAccepted || r.Number != "10042" {
		t.Error(r, err)
	}
}
