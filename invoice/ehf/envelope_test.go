package ehf_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"
	"github.com/timebok/timebok"
	"github.com/timebok/timebok/invoice/ehf"
	"pgregory.net/rapid"
)

// created is in a zone of its own, so that the zone is seen to be written.
var created = time.Date(2026, 11, 23, 10, 0, 0, 0, time.FixedZone("", 3600))

const (
	invoiceType = "urn:oasis:names:specification:ubl:schema:xsd:Invoice-2::Invoice##" +
		"urn:cen.eu:en16931:2017#compliant#urn:fdc:peppol.eu:2017:poacc:billing:3.0::2.1"
	creditType = "urn:oasis:names:specification:ubl:schema:xsd:CreditNote-2::CreditNote##" +
		"urn:cen.eu:en16931:2017#compliant#urn:fdc:peppol.eu:2017:poacc:billing:3.0::2.1"
	responseType = "urn:oasis:names:specification:ubl:schema:xsd:ApplicationResponse-2::ApplicationResponse##" +
		"urn:fdc:peppol.eu:poacc:trns:invoice_response:3::2.1"
	statusType = "urn:oasis:names:specification:ubl:schema:xsd:ApplicationResponse-2::ApplicationResponse##urn:peppol:edec:mls:1.0::2.1"
)

// wrapped is an envelope of a file and the file's root element.
func wrapped(e ehf.Envelope, name string) []byte {
	return must(ehf.AppendEnvelope(nil, e, file(name), nil))
}

func minimal() ehf.Envelope { return ehf.Envelope{Instance: instance, Created: created} }

// rootOf is a document without what stands before its root element.
func rootOf(doc []byte) []byte {
	return bytes.TrimSpace(doc[bytes.Index(doc, []byte("?>"))+2:])
}

func TestEnvelopeGolden(t *testing.T) {
	full := minimal()
	full.MLSTo, full.MLSType = ehf.Identifier{Scheme: "0242", Value: "000123"}, ehf.AlwaysSend
	full.More = []ehf.Scope{{Type: "CLINIC_REF", Instance: "a < b", Identifier: "x"}}
	for name, e := range map[string]ehf.Envelope{"company-zero": minimal(), "credit-full": full} {
		got, golden := wrapped(e, name+".xml"), "testdata/envelope/"+name+".xml"
		if *update {
			if err := os.WriteFile(golden, got, 0o644); err != nil {
				t.Fatal(err)
			}
		}
		if diff := cmp.Diff(string(must(os.ReadFile(golden))), string(got)); diff != "" {
			t.Errorf("%s: %s", golden, diff)
		}
		if again := wrapped(e, name+".xml"); !bytes.Equal(got, again) {
			t.Error("the same envelope was written in another way")
		}
		opened, doc, err := ehf.OpenEnvelope(got, nil)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(doc, rootOf(file(name+".xml"))) {
			t.Error("the document has other bytes")
		}
		if got := must(ehf.AppendEnvelope(nil, opened, doc, nil)); !bytes.Equal(got, wrapped(e, name+".xml")) {
			t.Error("the envelope that was opened is written in another way")
		}
	}
}

func TestEnvelopeOfDocument(t *testing.T) {
	billing := ehf.ID{Scheme: "cenbii-procid-ubl", Value: "urn:fdc:peppol.eu:2017:poacc:billing:01:1.0"}
	tests := []struct {
		file, kind, country string
		process             ehf.ID
		from, to            ehf.Identifier
	}{
		{"company-zero.xml", invoiceType, "NO", billing, clinic, payer},
		{"credit-full.xml", creditType, "NO", billing, clinic, payer},
		{"response/query.xml", responseType, "", ehf.ID{Scheme: "cenbii-procid-ubl", Value: "urn:fdc:peppol.eu:poacc:bis:invoice_response:3"}, payer, clinic},
		{
			"status/rejected.xml", statusType, "", ehf.ID{Scheme: "cenbii-procid-ubl", Value: "urn:peppol:edec:mls"},
			ehf.Identifier{Scheme: "0242", Value: "000124"}, ehf.Identifier{Scheme: "0242", Value: "000123"},
		},
	}
	for _, tt := range tests {
		standard, rest, _ := strings.Cut(tt.kind, "::")
		kind, _, _ := strings.Cut(rest, "##")
		want := ehf.Envelope{
			Sender: tt.from, Receiver: tt.to, Standard: standard, Type: kind, TypeVersion: "2.1", Country: tt.country,
			DocumentType: ehf.ID{Scheme: "busdox-docid-qns", Value: tt.kind}, Process: tt.process,
		}
		if diff := cmp.Diff(want, must(ehf.EnvelopeFor(file(tt.file), nil))); diff != "" {
			t.Errorf("%s: %s", tt.file, diff)
		}
		want.Instance, want.Created, want.Country = instance, created, "NO"
		got, _, err := ehf.OpenEnvelope(wrapped(ehf.Envelope{Instance: instance, Created: created, Country: "NO"}, tt.file), nil)
		if diff := cmp.Diff(want, got); diff != "" || err != nil {
			t.Error(err, diff)
		}
	}
}

// Whatever an envelope says comes back, and so does the document byte for byte.
func TestEnvelopeRoundTrip(t *testing.T) {
	docs := []string{"company-zero.xml", "credit-full.xml", "full-invoice.xml", "escaped.xml", "response/rejected.xml", "status/blind.xml"}
	text := rapid.StringMatching(`[A-Za-z0-9<>&"'øÅ\]]{1,20}( [a-z&]{1,5})?`)
	rapid.Check(t, func(t *rapid.T) {
		var id uuid.UUID
		copy(id[:], rapid.SliceOfN(rapid.Byte(), 16, 16).Draw(t, "instance"))
		id[0] |= 1
		zone := time.FixedZone("", 60*rapid.IntRange(-14*60, 14*60).Draw(t, "zone"))
		e := ehf.Envelope{
			Sender: clinic, Receiver: ehf.Identifier{Scheme: "9999", Value: rapid.StringMatching(`[!-~]{1,40}`).Draw(t, "receiver")},
			Instance: id.String(),
			Created:  time.Unix(rapid.Int64Range(0, 1<<35).Draw(t, "second"), rapid.Int64Range(0, 999_999_999).Draw(t, "nano")).In(zone),
			Country:  rapid.SampledFrom([]string{"NO", "SE", "XK", "1A"}).Draw(t, "country"),
			MLSType:  rapid.SampledFrom([]ehf.MLSType{"", ehf.FailureOnly, ehf.AlwaysSend}).Draw(t, "type"),
		}
		if rapid.Bool().Draw(t, "to") {
			e.MLSTo = ehf.Identifier{Scheme: "0242", Value: rapid.StringMatching(`[0-9]{6}(-[0-9A-Za-z_]{3,12}(\.[A-Z~.\-_0-9]{3,24})?)?`).Draw(t, "provider")}
		}
		for range rapid.IntRange(0, 3).Draw(t, "scopes") {
			more := ehf.Scope{Type: text.Draw(t, "scope"), Identifier: text.Draw(t, "id")}
			if rapid.Bool().Draw(t, "valued") {
				more.Instance = text.Draw(t, "value")
			}
			if !slices.ContainsFunc(e.More, func(s ehf.Scope) bool { return s.Type == more.Type }) {
				e.More = append(e.More, more)
			}
		}
		doc := rapid.SampledFrom(docs).Draw(t, "doc")
		var out bytes.Buffer
		if err := ehf.WrapEnvelope(&out, e, file(doc), nil); err != nil {
			t.Fatal(err)
		}
		got, part, err := ehf.OpenEnvelope(out.Bytes(), nil)
		if err != nil {
			t.Fatal(err)
		}
		of := must(ehf.EnvelopeFor(file(doc), nil))
		e.Standard, e.Type, e.TypeVersion, e.DocumentType, e.Process = of.Standard, of.Type, of.TypeVersion, of.DocumentType, of.Process
		if diff := cmp.Diff(e, got); diff != "" {
			t.Fatal(diff)
		}
		if !bytes.Equal(part, rootOf(file(doc))) {
			t.Fatal("the document has other bytes")
		}
	})
}

func TestAppendEnvelopeRefuses(t *testing.T) {
	set := func(change func(*ehf.Envelope)) ehf.Envelope {
		e := minimal()
		change(&e)
		return e
	}
	tests := []struct {
		name string
		e    ehf.Envelope
		doc  []byte
		want string // fields and codes
	}{
		{"nothing given", ehf.Envelope{}, nil, "Instance ehf.envelope.instance, Created ehf.envelope.created"},
		{"the invoice's number", set(func(e *ehf.Envelope) { e.Instance = "10042" }), nil, "Instance ehf.envelope.instance"},
		{"the nil UUID", set(func(e *ehf.Envelope) { e.Instance = uuid.Nil.String() }), nil, "Instance ehf.envelope.instance"},
		{"a UUID in braces", set(func(e *ehf.Envelope) { e.Instance = "{" + instance + "}" }), nil, "Instance ehf.envelope.instance"},
		{"a UUID that is the invoice's number", minimal(), altered(t, "company-zero.xml", "<cbc:ID>10042<", "<cbc:ID>"+instance+"<"), "Instance ehf.envelope.instance"},
		{"a wrong organisation number", set(func(e *ehf.Envelope) { e.Sender = ehf.Identifier{Scheme: "0192", Value: "987654321"} }), nil, "Sender ehf.envelope.participant"},
		{"an organisation number with spaces", set(func(e *ehf.Envelope) { e.Sender = ehf.Identifier{Scheme: "0192", Value: "987 654 325"} }), nil, "Sender ehf.envelope.participant"},
		{"the deleted scheme", set(func(e *ehf.Envelope) { e.Receiver = ehf.Identifier{Scheme: "9908", Value: "123456785"} }), nil, "Receiver ehf.envelope.participant"},
		{"a scheme in words", set(func(e *ehf.Envelope) { e.Receiver = ehf.Identifier{Scheme: "NO:ORG", Value: "123456785"} }), nil, "Receiver ehf.envelope.participant"},
		{"a country that does not exist", set(func(e *ehf.Envelope) { e.Country = "XX" }), nil, "Country ehf.country"},
		{"a country in small letters", set(func(e *ehf.Envelope) { e.Country = "no" }), nil, "Country ehf.country"},
		{"a year that xs:dateTime can't have", set(func(e *ehf.Envelope) { e.Created = created.AddDate(9000, 0, 0) }), nil, "Created ehf.envelope.created"},
		{"a zone of seconds", set(func(e *ehf.Envelope) { e.Created = created.In(time.FixedZone("", 2578)) }), nil, "Created ehf.envelope.created"},
		{"another kind of document", set(func(e *ehf.Envelope) {
			e.Type, e.Standard, e.TypeVersion, e.DocumentType.Value, e.Process.Value = "CreditNote", "urn:x", "2.2", creditType, "x"
		}), nil, "Standard ehf.envelope.other, Type ehf.envelope.other, TypeVersion ehf.envelope.other, DocumentType ehf.envelope.other, Process ehf.envelope.other, " +
			"DocumentType field.missing, Process field.missing"},
		{"status to no provider", set(func(e *ehf.Envelope) { e.MLSTo, e.MLSType = clinic, "always" }), nil, "MLSTo ehf.envelope.mls, MLSType ehf.envelope.mls"},
		{"status to a provider with a short addition", set(func(e *ehf.Envelope) { e.MLSTo = ehf.Identifier{Scheme: "0242", Value: "123456-ab"} }), nil, "MLSTo ehf.envelope.mls"},
		{"status to a provider with odd letters", set(func(e *ehf.Envelope) { e.MLSTo = ehf.Identifier{Scheme: "0242", Value: "123456-A!B"} }), nil, "MLSTo ehf.envelope.mls"},
		{"a scope of Peppol's", set(func(e *ehf.Envelope) {
			e.More = []ehf.Scope{{Type: "PROCESSID", Instance: "x"}, {Type: "a"}, {Type: "\x01", Instance: " b"}, {Type: "COUNTRY_C4"}, {Instance: "x"}, {Type: "a", Instance: "x"}}
		}), nil,
			"More[0].Type field.invalid, More[2].Type field.invalid, More[3].Type field.invalid, More[4].Type field.missing, More[5].Type ehf.envelope.scope"},
		{"a document without addresses", minimal(), []byte(`<a:Order xmlns:a="urn:oasis:names:specification:ubl:schema:xsd:Order-2"><a:B/></a:Order>`),
			"Sender field.missing, Receiver field.missing, Country ehf.country, DocumentType field.missing, Process field.missing"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if tt.doc == nil {
				tt.doc = file("company-zero.xml")
			}
			dst := []byte("before")
			b, err := ehf.AppendEnvelope(dst, tt.e, tt.doc, nil)
			var invalid *timebok.InvalidError
			if !errors.As(err, &invalid) || string(b) != "before" {
				t.Fatal(err)
			}
			var got []string
			for _, r := range invalid.Reasons {
				got = append(got, r.Field+" "+r.Code())
			}
			if strings.Join(got, ", ") != tt.want {
				t.Errorf("got  %s\nwant %s", strings.Join(got, ", "), tt.want)
			}
			if err := ehf.WrapEnvelope(refusing{}, tt.e, tt.doc, nil); !errors.As(err, &invalid) {
				t.Error("something was written:", err)
			}
		})
	}
}

// refusing is a writer that takes nothing.
type refusing struct{}

func (refusing) Write([]byte) (int, error) { return 0, io.ErrClosedPipe }

func TestWrapEnvelopeReturnsTheWritersError(t *testing.T) {
	if err := ehf.WrapEnvelope(refusing{}, minimal(), file("company-zero.xml"), nil); !errors.Is(err, io.ErrClosedPipe) {
		t.Error(err)
	}
}

// The scheme 9908 was deleted; documents with it go by 0192.
func TestEnvelopeNormalisesTheDeletedScheme(t *testing.T) {
	doc := altered(t, "company-zero.xml", `EndpointID schemeID="0192"`, `EndpointID schemeID="9908"`)
	if e := must(ehf.EnvelopeFor(doc, nil)); e.Sender != clinic || e.Receiver != payer {
		t.Errorf("%v to %v", e.Sender, e.Receiver)
	}
}

func TestEnvelopeReadErrors(t *testing.T) {
	tests := []struct {
		name string
		call func([]byte, *ehf.Options) error
		doc  string
		opts *ehf.Options
		want ehf.ReadErrorKind
	}{
		{"an invoice", open, string(file("company-zero.xml")), nil, ehf.NotEnvelope},
		{"no header", open, `<a:StandardBusinessDocument xmlns:a="http://www.unece.org/cefact/namespaces/StandardBusinessDocumentHeader"/>`, nil, ehf.NotEnvelope},
		{"an entity", open, `<!DOCTYPE a><a/>`, nil, ehf.DocumentType},
		{"a limit", open, string(file("envelope/company-zero.xml")), &ehf.Options{Limits: ehf.Limits{Elements: 20}}, ehf.TooMany},
		{"cut off", open, string(file("envelope/company-zero.xml")[:2000]), nil, ehf.Malformed},
		{"wrapping text", wrap, "hei", nil, ehf.Malformed},
		{"wrapping another language", wrap, "<html><p/></html>", nil, ehf.NotUBL},
		{"wrapping an empty document", wrap, `<a:Invoice xmlns:a="urn:oasis:names:specification:ubl:schema:xsd:Invoice-2"/>`, nil, ehf.NotUBL},
		{"wrapping an envelope", wrap, string(file("envelope/company-zero.xml")), nil, ehf.NotUBL},
		{"wrapping above a limit", wrap, string(file("company-zero.xml")), &ehf.Options{Limits: ehf.Limits{Depth: 3}}, ehf.TooDeep},
	}
	for _, tt := range tests {
		var read *ehf.ReadError
		if err := tt.call([]byte(tt.doc), tt.opts); !errors.As(err, &read) || read.Kind != tt.want {
			t.Errorf("%s: %v, want %s", tt.name, err, tt.want)
		}
	}
}

func open(b []byte, opts *ehf.Options) error {
	_, _, err := ehf.OpenEnvelope(b, opts)
	return err
}

func wrap(b []byte, opts *ehf.Options) error {
	_, err := ehf.AppendEnvelope(nil, minimal(), b, opts)
	return err
}

func TestIDText(t *testing.T) {
	id := ehf.ID{Scheme: "busdox-docid-qns", Value: invoiceType}
	if id.String() != "busdox-docid-qns::"+invoiceType || (ehf.ID{}).String() != "" || !(ehf.ID{}).IsZero() {
		t.Error(id)
	}
	var back ehf.ID
	if err := json.Unmarshal(must(json.Marshal(id)), &back); err != nil || back != id {
		t.Error(back, err)
	}
}

func FuzzOpenEnvelope(f *testing.F) {
	for _, name := range []string{"company-zero", "credit-full", "default-namespace"} {
		f.Add(file("envelope/" + name + ".xml"))
	}
	f.Fuzz(func(t *testing.T, src []byte) {
		before := bytes.Clone(src)
		e, doc, err := ehf.OpenEnvelope(src, nil)
		var invalid *timebok.InvalidError
		var read *ehf.ReadError
		if err != nil && !errors.As(err, &invalid) && !errors.As(err, &read) {
			t.Fatalf("an error of another type: %v", err)
		}
		if len(doc) > 2*len(src) || !bytes.Equal(before, src) {
			t.Fatal("more than there was, or the source was changed")
		}
		if err != nil {
			return
		}
		// What opens can be read by itself, and is what the envelope says.
		again, err := ehf.EnvelopeFor(doc, nil)
		if errors.As(err, &read) && read.Kind == ehf.NotUBL {
			return
		}
		if err != nil || again.Standard != e.Standard || again.Type != e.Type {
			t.Fatalf("%v: %+v, %+v", err, again, e)
		}
		if slices.Contains([]string{e.Instance, e.Country, e.DocumentType.Value}, "") {
			t.Fatalf("accepted: %+v", e)
		}
	})
}
