package ehf

import (
	"bytes"
	"encoding/xml"
	"io"
	"testing"
)

// benchmarks are documents of the sizes in question: base has as many elements
// and bytes as Peppol's base example, rich is the whole sample.
func benchmarks(t testing.TB) []struct {
	name string
	doc  []byte
} {
	base := sample("Invoice")
	for _, path := range []string{
		"cac:AdditionalDocumentReference", "cac:BillingReference", "cac:ContractDocumentReference", "cac:Delivery/cac:DeliveryParty",
		seller + "/cac:PartyIdentification", buyer + "/cac:PartyIdentification", "line[1]/cac:InvoicePeriod", "line[1]/cac:DocumentReference",
		"line[1]/cac:OrderLineReference", item + "/cac:AdditionalItemProperty", item + "/cac:CommodityClassification",
		item + "/cac:OriginCountry", item + "/cac:SellersItemIdentification", price + "/cac:AllowanceCharge", "cac:PaymentTerms",
	} {
		remove(path)(t, base)
	}
	return []struct {
		name string
		doc  []byte
	}{
		{"1line", plain(1).bytes()}, {"base", base.bytes()}, {"20lines", plain(20).bytes()}, {"200lines", plain(200).bytes()},
		{"rich", sample("Invoice").bytes()}, {"2000lines", plain(2000).bytes()},
	}
}

// BenchmarkValidate is the structure and all rules, by a reused Validator.
func BenchmarkValidate(b *testing.B) {
	for _, d := range benchmarks(b) {
		b.Run(d.name, func(b *testing.B) {
			v := NewValidator(nil)
			b.ReportAllocs()
			b.SetBytes(int64(len(d.doc)))
			for b.Loop() {
				if r, err := v.Validate(d.doc); err != nil || !r.Valid() {
					b.Fatal(err, r)
				}
			}
		})
	}
}

// BenchmarkValidateFresh is the same by a Validator of its own for each.
func BenchmarkValidateFresh(b *testing.B) {
	for _, d := range benchmarks(b) {
		b.Run(d.name, func(b *testing.B) {
			b.ReportAllocs()
			b.SetBytes(int64(len(d.doc)))
			for b.Loop() {
				if _, err := Validate(d.doc, nil); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// BenchmarkEncodingXML merely reads the documents with the standard library;
// it is the yardstick that survives a noisy machine.
func BenchmarkEncodingXML(b *testing.B) {
	for _, d := range benchmarks(b) {
		b.Run(d.name, func(b *testing.B) {
			b.ReportAllocs()
			b.SetBytes(int64(len(d.doc)))
			for b.Loop() {
				dec := xml.NewDecoder(bytes.NewReader(d.doc))
				for {
					if _, err := dec.Token(); err == io.EOF {
						break
					} else if err != nil {
						b.Fatal(err)
					}
				}
			}
		})
	}
}

// A clean document costs a reused Validator no more than two allocations.
func TestAllocations(t *testing.T) {
	for _, d := range benchmarks(t)[:5] {
		v := NewValidator(nil)
		validate := func() {
			if r, err := v.Validate(d.doc); err != nil || len(r.Findings) > 0 {
				t.Fatal(err, described(r))
			}
		}
		validate()
		if n := testing.AllocsPerRun(20, validate); n > 2 {
			t.Errorf("%s: %v allocations", d.name, n)
		}
	}
}

// The work grows with the lines and no faster: for each further line as many
// siblings are passed in search of names, and as many elements are read.
func TestLinearInLines(t *testing.T) {
	v := NewValidator(nil)
	work := func(lines int) (passed, elements int) {
		if r, err := v.Validate(plain(lines).bytes()); err != nil || !r.Valid() {
			t.Fatal(err, described(r))
		}
		elements = len(v.check.elems)
		return budget*elements + 1<<20 - v.check.steps, elements
	}
	passed1, elements1 := work(1)
	passed2, elements2 := work(2)
	for _, lines := range []int{20, 200, 2000} {
		passed, elements := work(lines)
		if want := passed1 + (lines-1)*(passed2-passed1); passed != want {
			t.Errorf("%d lines: %d siblings passed, want %d", lines, passed, want)
		}
		if want := elements1 + (lines-1)*(elements2-elements1); elements != want {
			t.Errorf("%d lines: %d elements, want %d", lines, elements, want)
		}
	}
}
