package ehf

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"testing"
	"time"
)

func seeds(f *testing.F) {
	f.Add(sample("Invoice").bytes())
	f.Add(sample("CreditNote").bytes())
	f.Add(plain(2).bytes())
	for _, s := range []string{
		"", "<a/>", openInvoice + closeInvoice, openInvoice + "<cbc:ID>a<!-- b -->c&#65;<![CDATA[d]]>\r\n</cbc:ID>" + closeInvoice,
		openInvoice + "<cac:TaxTotal><cbc:TaxAmount currencyID=''>1<cbc:DocumentCurrencyCode/></cbc:TaxAmount></cac:TaxTotal>" + closeInvoice,
		openInvoice + "<ext:UBLExtensions xmlns:ext='urn:oasis:names:specification:ubl:schema:xsd:CommonExtensionComponents-2'><ext:UBLExtension><ext:ExtensionContent><x/></ext:ExtensionContent></ext:UBLExtension></ext:UBLExtensions>" + closeInvoice,
	} {
		f.Add([]byte(s))
	}
}

// FuzzScan: the scanner never panics, and what it takes is well-formed in the
// eyes of encoding/xml too, with the same elements.
func FuzzScan(f *testing.F) {
	seeds(f)
	f.Fuzz(func(t *testing.T, doc []byte) {
		var d tree
		if err := parse(&d, doc, Limits{}); err != nil {
			var read *ReadError
			if !errors.As(err, &read) || read.Offset < 0 || read.Offset > len(doc) {
				t.Fatal(err)
			}
			return
		}
		if len(d.side) > 2*len(doc) || len(d.elems) > len(doc) {
			t.Fatal("more memory than the document is worth")
		}
		starts := 0
		dec := xml.NewDecoder(bytes.NewReader(doc))
		for {
			tok, err := dec.Token()
			if err == io.EOF {
				break
			}
			if err != nil {
				return // encoding/xml refuses some names that XML allows
			}
			if s, ok := tok.(xml.StartElement); ok {
				if starts < len(d.elems) && s.Name.Local != string(d.tag(node(starts))) {
					t.Fatalf("element %d is %s", starts, s.Name.Local)
				}
				starts++
			}
		}
		if starts != len(d.elems) {
			t.Fatalf("%d elements, encoding/xml has %d", len(d.elems), starts)
		}
	})
}

// FuzzValidate: validation never panics, takes a bounded time, and gives the
// same report the second time.
func FuzzValidate(f *testing.F) {
	seeds(f)
	v := NewValidator(nil)
	f.Fuzz(func(t *testing.T, doc []byte) {
		start := time.Now()
		r, err := v.Validate(doc)
		if d := time.Since(start); d > 5*time.Second {
			t.Fatal("took ", d)
		}
		again, err2 := v.Validate(doc)
		if (err == nil) != (err2 == nil) || described(r) != described(again) {
			t.Fatalf("%v %s\n%v %s", err, described(r), err2, described(again))
		}
		if r.Schema != (len(r.Problems) == 0) && err == nil {
			t.Fatal("schema verdict without a problem, or a problem without the verdict")
		}
	})
}
