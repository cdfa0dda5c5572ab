package ehf_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"
	"github.com/timebok/timebok"
	"github.com/timebok/timebok/invoice"
	"github.com/timebok/timebok/invoice/ehf"
)

// file is a file of testdata.
func file(name string) []byte { return must(os.ReadFile("testdata/" + name)) }

// altered is a file with some texts replaced, each of which it must have.
func altered(t *testing.T, name string, pairs ...string) []byte {
	t.Helper()
	text := string(file(name))
	for i := 0; i < len(pairs); i += 2 {
		if !strings.Contains(text, pairs[i]) {
			t.Fatalf("%s has no %q", name, pairs[i])
		}
		text = strings.ReplaceAll(text, pairs[i], pairs[i+1])
	}
	return []byte(text)
}

var (
	clinic = ehf.Identifier{Scheme: "0192", Value: "987654325"}
	payer  = ehf.Identifier{Scheme: "0192", Value: "123456785"}
)

func TestDecodeResponse(t *testing.T) {
	head := func(id, clock string) ehf.MessageHead {
		return ehf.MessageHead{ID: id, IssueDate: day("2026-11-05"), IssueTime: clock, Sender: payer, Receiver: clinic}
	}
	tests := map[string]ehf.Response{
		"acknowledged": {MessageHead: head("R-1", ""), Number: "10042", Type: "380", Code: ehf.ResponseAcknowledged},
		"query": {
			MessageHead: head("R-2", "14:30:00"), Number: "10042", Type: "380", Code: ehf.ResponseUnderQuery,
			Effective: day("2026-11-06"), Reasons: []ehf.ReasonCode{"REF"}, Actions: []ehf.ActionCode{ehf.ActionInform},
			Notes: []ehf.ResponseNote{{Code: "REF", Term: "BT-13", Text: timebok.Hide("6QPTX")}},
		},
		"rejected": {
			MessageHead: head("R-3", "09:15:00+01:00"), Number: "10042", Type: "380", InvoiceDate: day("2026-11-02"),
			Code: ehf.ResponseRejected, Effective: day("2026-11-05"),
			Reasons: []ehf.ReasonCode{"UNR"}, Actions: []ehf.ActionCode{ehf.ActionCreditFully},
			Notes: []ehf.ResponseNote{
				{Text: timebok.Hide("Ola Nordmann er ikke forsikret hos oss.")},
				{Code: "UNR", Text: timebok.Hide("Ingen sak på Ola Nordmann & familie")},
				{Text: timebok.Hide("Se avtalen punkt 4")},
			},
			Contact: ehf.ResponseContact{
				Name: timebok.Hide("Kari Saksbehandler"), Phone: timebok.Hide("22 00 00 00"), Email: timebok.Hide("kari@trygghet.example"),
			},
		},
		"partly-paid": {
			MessageHead: head("R-4", ""), Number: "10042", Type: "380", Code: ehf.ResponsePaid,
			Effective: day("2026-11-30"), Reasons: []ehf.ReasonCode{ehf.ReasonPartlyPaid},
			Notes: []ehf.ResponseNote{{Code: "PPD", Text: timebok.Hide("NOK 1000.00")}},
		},
	}
	for name, want := range tests {
		want.From.Name = "Trygghet Forsikring ASA"
		t.Run(name, func(t *testing.T) {
			got, err := ehf.DecodeResponse(file("response/"+name+".xml"), nil)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// The table of BIS 63, with the state of ours that each code leads to.
func TestResponseCodes(t *testing.T) {
	tests := []struct {
		code                    ehf.ResponseCode
		final, clarified, waits bool
		next                    invoice.State
	}{
		{"AB", false, false, false, ""},
		{"IP", false, false, false, ""},
		{"UQ", false, true, true, ""},
		{"CA", false, true, false, ""},
		{"RE", true, true, true, invoice.Refused},
		{"AP", false, false, false, invoice.Accepted},
		{"PD", true, false, false, invoice.Paid},
	}
	for _, tt := range tests {
		t.Run(string(tt.code), func(t *testing.T) {
			r, err := ehf.DecodeResponse(altered(t, "response/acknowledged.xml", ">AB<", ">"+string(tt.code)+"<"), nil)
			if err != nil {
				t.Fatal(err)
			}
			next, ok := r.Next()
			if next != tt.next || ok != (tt.next != "") {
				t.Errorf("Next() = %q, %v, want %q", next, ok, tt.next)
			}
			if r.Final() != tt.final || r.Code.NeedsClarification() != tt.clarified || r.Code.AwaitsSeller() != tt.waits || !r.Code.Known() {
				t.Errorf("final %v, clarified %v, waits %v", r.Final(), r.Code.NeedsClarification(), r.Code.AwaitsSeller())
			}
			if tt.next != "" && !invoice.Submitted.CanBecome(tt.next) {
				t.Errorf("a submitted invoice can't become %s", tt.next)
			}
			for _, l := range []timebok.Lang{timebok.Bokmaal, timebok.Nynorsk, timebok.English} {
				if text := r.Code.Text(l); text == "" || text == string(r.Code) {
					t.Errorf("no text in %s", l)
				}
			}
		})
	}
}

func TestResponseCodeLists(t *testing.T) {
	for _, c := range strings.Fields("NON REF LEG REC QUA DEL PRI QTY ITM PAY UNR FIN PPD OTH") {
		if r := ehf.ReasonCode(c); !r.Known() || r.Text(timebok.English) == c {
			t.Errorf("reason %s is not known", c)
		}
	}
	for _, c := range strings.Fields("NOA PIN NIN CNF CNP CNA OTH") {
		if a := ehf.ActionCode(c); !a.Known() || a.Text(timebok.Nynorsk) == c {
			t.Errorf("action %s is not known", c)
		}
	}
	if ehf.ReasonCode("NIN").Known() || ehf.ActionCode("REF").Known() || ehf.ResponseCode("XX").Known() || ehf.ResponseCode("XX").Final() {
		t.Error("a code of no list is known")
	}
	if ehf.ReasonCode("XYZ").Text("nb") != "XYZ" || ehf.ActionCode("XYZ").Text("nb") != "XYZ" || ehf.ResponseCode("XX").Text("nb") != "XX" {
		t.Error("an unknown code has another text than itself")
	}
}

func TestPartialPaymentChangesNothing(t *testing.T) {
	r := must(ehf.DecodeResponse(file("response/partly-paid.xml"), nil))
	if _, ok := r.Next(); ok || r.Final() || !r.Partial() {
		t.Errorf("Next %v, Final %v, Partial %v", ok, r.Final(), r.Partial())
	}
	if _, ok := r.Mark(invoice.ID{}, 1); ok {
		t.Error("it can be marked")
	}
}

// A payment whose reason is not understood is none: it may say that not all is paid.
func TestDoubtfulPayment(t *testing.T) {
	for code, want := range map[string]struct{ partial, paid bool }{
		"PPD": {true, false}, "ppd": {true, false}, "PRT": {false, false}, "betalt i del": {false, false}, "NON": {false, true}, "OTH": {false, true}, "": {false, true},
	} {
		for _, list := range []string{"OPStatusReason", "OPStatusAction"} {
			r, err := ehf.DecodeResponse(altered(t, "response/partly-paid.xml", ">PPD<", ">"+code+"<", "OPStatusReason", list), nil)
			if err != nil {
				t.Error(err)
			}
			next, _ := r.Next()
			if code == "PRT" && list == "OPStatusAction" {
				want.paid = true // an action that is asked for, when all is paid
			}
			if r.Partial() != want.partial || (next == invoice.Paid) != want.paid || r.Final() != want.paid {
				t.Errorf("%q of %s: partial %v, next %q, final %v", code, list, r.Partial(), next, r.Final())
			}
		}
	}
}

// Of two reasons in the place of one neither counts, and so the payment is in doubt.
func TestTwoReasonsInOnePlace(t *testing.T) {
	r, err := ehf.DecodeResponse(altered(t, "response/partly-paid.xml", "</cbc:StatusReasonCode>", "</cbc:StatusReasonCode><cbc:StatusReasonCode>NON</cbc:StatusReasonCode>"), nil)
	if next, ok := r.Next(); !errors.Is(err, ehf.SeveralResponses) || ok || r.Final() {
		t.Errorf("%v, next %q, final %v", err, next, r.Final())
	}
}

// The parties of use case 8: an agent answers for the buyer.
func TestResponseParties(t *testing.T) {
	r := must(ehf.DecodeResponse(altered(t, "response/acknowledged.xml", "</cac:DocumentReference>", `</cac:DocumentReference>
		<cac:IssuerParty><cac:PartyName><cbc:Name>Fjord Psykologi AS</cbc:Name></cac:PartyName></cac:IssuerParty>
		<cac:RecipientParty><cac:PartyIdentification><cbc:ID schemeID="0088">7300010000001</cbc:ID></cac:PartyIdentification>
			<cac:PartyName><cbc:Name>Trygghet Liv AS</cbc:Name></cac:PartyName></cac:RecipientParty>`), nil))
	want := ehf.MessageParty{ID: ehf.Identifier{Scheme: "0088", Value: "7300010000001"}, Name: "Trygghet Liv AS"}
	if r.Buyer != want || r.Seller != (ehf.MessageParty{Name: "Fjord Psykologi AS"}) {
		t.Errorf("buyer %v, seller %v", r.Buyer, r.Seller)
	}
}

func TestResponseMark(t *testing.T) {
	id := invoice.ID(uuid.MustParse("0b2b4b54-6a1b-4f5e-8a3e-3a8f3a9b7f11"))
	doc := altered(t, "response/rejected.xml", ">UNR<", ">ABC<", "<cac:Status>\n        <cbc:StatusReason>Se",
		"<cac:Status>\n        <cbc:StatusReasonCode listID=\"OPStatusReason\">LEG</cbc:StatusReasonCode><cbc:StatusReason>Se")
	r := must(ehf.DecodeResponse(doc, nil))
	got, ok := r.Mark(id, 7)
	want := invoice.Mark{Invoice: id, Version: 7, State: invoice.Refused, Reasons: []string{"LEG", "CNF"}} // ABC is of no list
	if diff := cmp.Diff(want, got); diff != "" || !ok {
		t.Error(ok, diff)
	}
	if !slices.Contains(r.Reasons, "ABC") {
		t.Error("the unknown reason was lost")
	}
}

// A code without a list, or of another case, is a reason unless it can only be
// an action; text in the place of a code is text.
func TestClarificationsOutOfList(t *testing.T) {
	status := `<cac:Status><cbc:StatusReasonCode%s>%s</cbc:StatusReasonCode></cac:Status>`
	tests := []struct {
		list, code string
		reason     []ehf.ReasonCode
		action     []ehf.ActionCode
		note       string
	}{
		{"", "REF", []ehf.ReasonCode{"REF"}, nil, ""},
		{"", "NIN", nil, []ehf.ActionCode{"NIN"}, ""},
		{"", "OTH", []ehf.ReasonCode{"OTH"}, nil, ""},
		{` listID="OPStatusAction"`, "OTH", nil, []ehf.ActionCode{"OTH"}, ""},
		{` listID="OPStatusAction"`, "REF", []ehf.ReasonCode{"REF"}, nil, ""},
		{` listID="OPStatusAction"`, "ZZZ", nil, []ehf.ActionCode{"ZZZ"}, ""},
		{` listID="OPStatusReason"`, "nin", nil, []ehf.ActionCode{"NIN"}, ""},
		{` listID="opstatusreason"`, "ZZZ", []ehf.ReasonCode{"ZZZ"}, nil, ""},
		{` listID="OPStatusReason"`, "Ola Nordmann", []ehf.ReasonCode{""}, nil, "Ola Nordmann"},
		{` listID="OPStatusReason"`, "", nil, nil, ""},
	}
	for _, tt := range tests {
		code := "<cbc:ResponseCode>AB</cbc:ResponseCode>"
		r, err := ehf.DecodeResponse(altered(t, "response/acknowledged.xml", code, code+fmt.Sprintf(status, tt.list, tt.code)), nil)
		if err != nil {
			t.Error(err)
		}
		note := ""
		if len(r.Notes) > 0 {
			note = r.Notes[0].Text.Reveal()
		}
		if !slices.Equal(r.Reasons, tt.reason) || !slices.Equal(r.Actions, tt.action) || note != tt.note {
			t.Errorf("%s %s: %v, %v, %q", tt.list, tt.code, r.Reasons, r.Actions, note)
		}
	}
}

func TestDecodeResponseRefuses(t *testing.T) {
	const name = "response/acknowledged.xml"
	reference := "<cac:DocumentReference>\n      <cbc:ID>10042</cbc:ID>\n      <cbc:DocumentTypeCode>380</cbc:DocumentTypeCode>\n    </cac:DocumentReference>"
	answer := "<cac:Response>\n      <cbc:ResponseCode>AB</cbc:ResponseCode>\n    </cac:Response>"
	tests := []struct {
		name   string
		doc    []byte
		fields []string
		rule   *timebok.Rule
	}{
		{"a status that does not exist", altered(t, name, ">AB<", ">XX<"), []string{"ResponseCode"}, ehf.UnknownResponse},
		{"text for a status", altered(t, name, ">AB<", ">avvist<"), []string{"ResponseCode"}, ehf.UnknownResponse},
		{"no status", altered(t, name, ">AB<", "><"), []string{"ResponseCode"}, timebok.Missing},
		{"no number", altered(t, name, ">10042<", "> <"), []string{"DocumentReference.ID"}, timebok.Missing},
		{"two documents", altered(t, name, reference, reference+reference), []string{"DocumentReference"}, ehf.SeveralResponses},
		{"no document", altered(t, name, reference, ""), []string{"DocumentReference"}, timebok.Missing},
		{"two statuses", altered(t, name, answer, answer+answer), []string{"Response"}, ehf.SeveralResponses},
		{"two answers", altered(t, name, "</cac:DocumentResponse>", "</cac:DocumentResponse><cac:DocumentResponse>"+answer+reference+"</cac:DocumentResponse>"),
			[]string{"DocumentResponse"}, ehf.SeveralResponses},
		{"two codes", altered(t, name, "</cbc:ResponseCode>", "</cbc:ResponseCode><cbc:ResponseCode>RE</cbc:ResponseCode>"), []string{"ResponseCode"}, ehf.SeveralResponses},
		{"two numbers", altered(t, name, "<cbc:ID>10042</cbc:ID>", "<cbc:ID>10042</cbc:ID><cbc:ID>10043</cbc:ID>"), []string{"ID"}, ehf.SeveralResponses},
		{"another process", altered(t, name, "bis:invoice_response:3<", "bis:billing:3<"), []string{"ProfileID"}, timebok.BadValue},
		{"nobody who answers", altered(t, name, `<cbc:EndpointID schemeID="0192">123456785</cbc:EndpointID>`, ""), []string{"SenderParty.EndpointID"}, timebok.Missing},
		{"all at once", altered(t, name, ">AB<", ">XX<", ">2026-11-05<", ">2026-11-5<", ">10042<", "><"),
			[]string{"IssueDate", "DocumentReference.ID", "ResponseCode"}, ehf.UnknownResponse},
		{"a time that does not exist", altered(t, "response/query.xml", ">14:30:00<", ">14:61:00<", ">2026-11-06<", ">snart<"),
			[]string{"IssueTime", "EffectiveDate"}, timebok.BadValue},
		{"a time with a comma", altered(t, "response/query.xml", ">14:30:00<", ">14:30:00,5<"), []string{"IssueTime"}, timebok.BadValue},
		{"an hour of one digit", altered(t, "response/query.xml", ">14:30:00<", ">4:30:00<"), []string{"IssueTime"}, timebok.BadValue},
		{"a zone too far", altered(t, "response/query.xml", ">14:30:00<", ">14:30:00+14:30<"), []string{"IssueTime"}, timebok.BadValue},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r, err := ehf.DecodeResponse(tt.doc, nil)
			var invalid *timebok.InvalidError
			if !errors.As(err, &invalid) || !errors.Is(err, tt.rule) {
				t.Fatal(err)
			}
			var fields []string
			for _, reason := range invalid.Reasons {
				fields = append(fields, reason.Field)
			}
			if !slices.Equal(fields, tt.fields) {
				t.Errorf("fields %q, want %q", fields, tt.fields)
			}
			if _, ok := r.Next(); ok {
				t.Error("it changes the state")
			}
			if r.ID != "R-1" && r.ID != "R-2" {
				t.Error("what can be read was not")
			}
		})
	}
}

func TestDecodeResponseReadErrors(t *testing.T) {
	tests := []struct {
		name string
		doc  []byte
		opts *ehf.Options
		want ehf.ReadErrorKind
	}{
		{"an invoice", file("company-zero.xml"), nil, ehf.NotAnswer},
		{"a status", file("status/accepted.xml"), nil, ehf.OtherMessage},
		{"no customization", altered(t, "response/query.xml", "CustomizationID>", "UBLVersionID>"), nil, ehf.OtherMessage},
		{"an entity", []byte("<!DOCTYPE a [<!ENTITY x 'y'>]><a/>"), nil, ehf.DocumentType},
		{"too deep", []byte(strings.Repeat("<a>", 100)), nil, ehf.TooDeep},
		{"too large", file("response/query.xml"), &ehf.Options{Limits: ehf.Limits{Bytes: 100}}, ehf.TooLarge},
		{"nothing", nil, nil, ehf.Malformed},
		{"another namespace", altered(t, "response/query.xml", "ApplicationResponse-2", "ApplicationResponse-3"), nil, ehf.NotAnswer},
	}
	for _, tt := range tests {
		_, err := ehf.DecodeResponse(tt.doc, tt.opts)
		var read *ehf.ReadError
		if !errors.As(err, &read) || read.Kind != tt.want {
			t.Errorf("%s: %v, want %s", tt.name, err, tt.want)
		}
	}
}

// What people wrote comes out by Reveal and in no other way.
func TestResponseKeepsTextPrivate(t *testing.T) {
	r := must(ehf.DecodeResponse(file("response/rejected.xml"), nil))
	id := invoice.ID(uuid.Max)
	mark, _ := r.Mark(id, 1)
	shown := fmt.Sprintf("%v %+v %#v %v", r, r, r, mark) + string(must(json.Marshal(r)))
	for _, secret := range []string{"Nordmann", "Kari", "22 00", "kari@", "avtalen"} {
		if strings.Contains(shown, secret) {
			t.Errorf("%q is shown", secret)
		}
	}
}

func TestMessageIssued(t *testing.T) {
	oslo := must(time.LoadLocation("Europe/Oslo"))
	tests := []struct {
		clock, want string
	}{
		{"14:30:00", "2026-11-05T14:30:00+01:00"},
		{"14:30:00.25", "2026-11-05T14:30:00.25+01:00"},
		{"14:30:00Z", "2026-11-05T14:30:00Z"},
		{"14:30:00-05:00", "2026-11-05T14:30:00-05:00"},
		{"24:00:00", "2026-11-06T00:00:00+01:00"},
		{"24:00:00Z", "2026-11-06T00:00:00Z"},
		{"00:00:00.123456789012+14:00", "2026-11-05T00:00:00.123456789+14:00"},
		{"", "2026-11-05T00:00:00+01:00"},
	}
	for _, tt := range tests {
		h := ehf.MessageHead{IssueDate: day("2026-11-05"), IssueTime: tt.clock}
		if got := h.Issued(oslo); !got.Equal(must(time.Parse(time.RFC3339Nano, tt.want))) {
			t.Errorf("%q: %s, want %s", tt.clock, got, tt.want)
		}
	}
	if got := (ehf.MessageHead{IssueTime: "14:30:00"}).Issued(oslo); !got.IsZero() {
		t.Errorf("without a date: %s", got)
	}
}

func TestFoldResponses(t *testing.T) {
	tests := []struct {
		name, history string // P is PD with PPD
		want          string
		ignored       string
	}{
		{"none", "", "", ""},
		{"the whole way", "AB IP UQ CA AP P PD", "PD", ""},
		{"any may be first", "PD", "PD", ""},
		{"a query is repeated", "UQ UQ UQ", "UQ", ""},
		{"accepted after a query", "AB UQ AP", "AP", ""},
		{"nothing follows a rejection", "AB RE AP PD RE", "RE", "AP PD RE"},
		{"nothing follows a payment", "PD RE PD P", "PD", "RE PD P"},
		{"part after part, then all", "AP P P PD", "PD", ""},
		{"only payment follows acceptance", "AP RE UQ AP PD", "PD", "RE UQ AP"},
		{"never back", "CA UQ IP AB AP", "AP", "UQ IP AB"},
		{"a part that was paid is not queried", "P UQ RE", "P", "UQ RE"},
		{"an unknown code", "XX AB XX", "AB", "XX XX"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var history []ehf.Response
			for _, c := range strings.Fields(tt.history) {
				r := ehf.Response{Number: "1", Type: "380", Code: ehf.ResponseCode(c)}
				if c == "P" {
					r.Code, r.Reasons = "PD", []ehf.ReasonCode{"REF", "PPD"}
				}
				history = append(history, r)
			}
			name := func(r ehf.Response) string {
				if r.Partial() {
					return "P"
				}
				return string(r.Code)
			}
			got, ignored := ehf.FoldResponses(history)
			var names []string
			for _, r := range ignored {
				names = append(names, name(r))
			}
			if name(got) != tt.want || strings.Join(names, " ") != tt.ignored {
				t.Errorf("%s, ignored %v; want %s, ignored %s", name(got), names, tt.want, tt.ignored)
			}
		})
	}
	other := ehf.Response{Number: "2", Type: "380", Code: "PD"}
	if other.Supersedes(ehf.Response{Number: "1", Type: "380", Code: "AB"}) {
		t.Error("the response to another invoice counts")
	}
}

func FuzzDecodeResponse(f *testing.F) {
	for _, name := range []string{"acknowledged", "query", "rejected", "partly-paid"} {
		f.Add(file("response/" + name + ".xml"))
	}
	f.Fuzz(func(t *testing.T, doc []byte) {
		src := bytes.Clone(doc)
		r, err := ehf.DecodeResponse(doc, nil)
		var invalid *timebok.InvalidError
		var read *ehf.ReadError
		if err != nil && !errors.As(err, &invalid) && !errors.As(err, &read) {
			t.Fatalf("an error of another type: %v", err)
		}
		if err == nil && (!r.Code.Known() || r.Number == "" || r.IssueTime != "" && r.IssueDate != nil && r.Issued(time.UTC).IsZero()) {
			t.Fatalf("accepted: %+v", r)
		}
		if len(r.Notes)+len(r.Reasons)+len(r.Actions) > len(doc) {
			t.Fatal("more than the document has")
		}
		if !bytes.Equal(src, doc) {
			t.Fatal("the source was changed")
		}
	})
}
