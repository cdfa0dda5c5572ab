package ehf_test

import (
	"bytes"
	"fmt"
	"os"
	"time"

	"github.com/timebok/timebok"
	"github.com/timebok/timebok/invoice"
	"github.com/timebok/timebok/invoice/ehf"
)

func ExampleDecodeResponse() {
	doc, _ := os.ReadFile("testdata/response/query.xml")
	r, err := ehf.DecodeResponse(doc, nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println("invoice", r.Number+":", r.Code.Text(timebok.English))
	for _, why := range r.Reasons {
		fmt.Println("because:", why.Text(timebok.English))
	}
	for _, ask := range r.Actions {
		fmt.Println("please:", ask.Text(timebok.English))
	}
	for _, note := range r.Notes {
		fmt.Println("on", note.Term+":", note.Text, "=", note.Text.Reveal())
	}
	// Output:
	// invoice 10042: under query
	// because: reference is wrong
	// please: provide information
	// on BT-13: [private] = 6QPTX
}

// A response that changes the state of the invoice is ready for Biller.Mark.
func ExampleResponse_Mark() {
	doc, _ := os.ReadFile("testdata/response/rejected.xml")
	r, _ := ehf.DecodeResponse(doc, nil)
	if m, ok := r.Mark(invoice.ID{}, 4); ok {
		fmt.Println(m.State, m.Reasons)
	}
	// Output:
	// rejected [UNR CNF]
}

func ExampleFoldResponses() {
	var history []ehf.Response
	for _, code := range []ehf.ResponseCode{"AB", "UQ", "AP", "UQ"} {
		history = append(history, ehf.Response{Number: "10042", Type: "380", Code: code})
	}
	now, ignored := ehf.FoldResponses(history)
	fmt.Println(now.Code, len(ignored))
	// Output:
	// AP 1
}

func ExampleDecodeStatus() {
	doc, _ := os.ReadFile("testdata/status/rejected.xml")
	s, err := ehf.DecodeStatus(doc, nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	next, _ := s.Next()
	fmt.Println(s.Envelope, next)
	for _, i := range s.Issues {
		fmt.Println(i.Code, i.Location.Reveal())
	}
	// Output:
	// 0b2b4b54-6a1b-4f5e-8a3e-3a8f3a9b7f11 rejected
	// BV /Invoice/cac:LegalMonetaryTotal/cbc:TaxExclusiveAmount
	// FD NA
}

func ExampleWrapEnvelope() {
	doc, _ := os.ReadFile("testdata/company-zero.xml")
	var out bytes.Buffer
	err := ehf.WrapEnvelope(&out, ehf.Envelope{
		Instance: "0b2b4b54-6a1b-4f5e-8a3e-3a8f3a9b7f11", // uuid.NewString()
		Created:  time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC),
	}, doc, nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	e, _, err := ehf.OpenEnvelope(out.Bytes(), nil)
	fmt.Println(err)
	fmt.Println(e.Sender.Value, "to", e.Receiver.Value, "in", e.Country)
	fmt.Println(e.DocumentType.Value)
	// Output:
	// <nil>
	// 987654325 to 123456785 in NO
	// urn:oasis:names:specification:ubl:schema:xsd:Invoice-2::Invoice##urn:cen.eu:en16931:2017#compliant#urn:fdc:peppol.eu:2017:poacc:billing:3.0::2.1
}
