package ehf_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"
	"github.com/timebok/timebok"
	"github.com/timebok/timebok/invoice"
	"github.com/timebok/timebok/invoice/ehf"
)

const instance = "0b2b4b54-6a1b-4f5e-8a3e-3a8f3a9b7f11"

func TestDecodeStatus(t *testing.T) {
	head := func(id, clock string) ehf.MessageHead {
		return ehf.MessageHead{
			ID: id, IssueDate: day("2027-04-01"), IssueTime: clock,
			Sender: ehf.Identifier{Scheme: "0242", Value: "000124"}, Receiver: ehf.Identifier{Scheme: "0242", Value: "000123"},
		}
	}
	invalidText := timebok.Hide("Dokumentet er ikke gyldig")
	tests := map[string]struct {
		want    ehf.Status
		next    invoice.State
		reasons []string
	}{
		"accepted": {ehf.Status{MessageHead: head("S-1", "12:00:00Z"), Envelope: instance, Code: ehf.StatusAccepted}, invoice.Delivered, nil},
		"blind": {
			ehf.Status{
				MessageHead: head("S-2", "12:00:01.5Z"), Envelope: instance, Code: ehf.StatusBlind,
				Issues: []ehf.StatusIssue{{
					Code: ehf.RuleWarning, Location: timebok.Hide("/Invoice/cac:AccountingSupplierParty/cac:Party"), Text: timebok.Hide("NO-R-002"),
				}},
			}, invoice.Delivered, []string{"BW"},
		},
		"rejected": {
			ehf.Status{
				MessageHead: head("S-3", "14:00:02+02:00"), Envelope: instance, Code: ehf.StatusRejected, Text: invalidText,
				Issues: []ehf.StatusIssue{
					{Code: ehf.RuleViolation, Location: timebok.Hide("/Invoice/cac:LegalMonetaryTotal/cbc:TaxExclusiveAmount"), Text: timebok.Hide("BR-CO-13")},
					{Code: ehf.DeliveryFailure, Location: timebok.Hide("NA"), Text: timebok.Hide("Mottakeren svarer ikke")},
				},
			}, invoice.Refused, []string{"BV", "FD"},
		},
		"old-rejected": {
			ehf.Status{
				MessageHead: head("S-4", "12:00:00"), Old: true, Envelope: instance, Code: ehf.StatusRejected, Text: invalidText,
				Issues: []ehf.StatusIssue{{Code: ehf.SyntaxViolation, Location: timebok.Hide("/Invoice"), Text: timebok.Hide("Mangler cbc:ID")}},
			}, invoice.Refused, []string{"SV"},
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			got, err := ehf.DecodeStatus(file("status/"+name+".xml"), nil)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Error(diff)
			}
			id := invoice.ID(uuid.Max)
			mark, ok := got.Mark(id, 3)
			if diff := cmp.Diff(invoice.Mark{Invoice: id, Version: 3, State: tt.next, Reasons: tt.reasons}, mark); diff != "" || !ok {
				t.Error(ok, diff)
			}
			if !invoice.Submitted.CanBecome(mark.State) {
				t.Errorf("a submitted invoice can't become %s", mark.State)
			}
		})
	}
	if got, want := must(ehf.DecodeStatus(file("status/blind.xml"), nil)).Issued(nil), time.Date(2027, 4, 1, 12, 0, 1, 5e8, time.UTC); !got.Equal(want) {
		t.Errorf("issued %s, want %s", got, want)
	}
}

func TestDecodeStatusRefuses(t *testing.T) {
	const name = "status/rejected.xml"
	reference := "<cac:DocumentReference><cbc:ID>" + instance + "</cbc:ID></cac:DocumentReference>"
	tests := []struct {
		name string
		doc  []byte
		rule *timebok.Rule
		next bool // the code is plain all the same
	}{
		{"a good status with a failure", altered(t, name, ">RE<", ">AP<"), ehf.ContradictoryStatus, false},
		{"a blind status with a failure", altered(t, name, ">RE<", ">AB<"), ehf.ContradictoryStatus, false},
		{"a code of invoice responses", altered(t, name, ">RE<", ">PD<"), ehf.UnknownResponse, false},
		{"a code in words", altered(t, name, ">RE<", ">rejected<"), ehf.UnknownResponse, false},
		{"no code", altered(t, name, ">RE<", "><"), timebok.Missing, false},
		{"no envelope", altered(t, name, instance, ""), timebok.Missing, true},
		{"two envelopes", altered(t, name, reference, reference+reference), ehf.SeveralResponses, true},
		{"no time of day", altered(t, name, "14:00:02+02:00", "klokka to"), timebok.BadValue, true},
		{"no time", altered(t, name, "<cbc:IssueTime>14:00:02+02:00</cbc:IssueTime>", ""), timebok.Missing, true},
		{"a time without a zone", altered(t, name, "14:00:02+02:00", "14:00:02"), timebok.BadValue, true},
		{"a good status with an issue of no list", altered(t, name, ">RE<", ">AP<", ">BV<", ">BW<", ">FD<", ">XX<"), ehf.UnknownResponse, false},
		{"a good status with an issue in words", altered(t, name, ">RE<", ">AP<", ">BV<", ">BW<", ">FD<", ">B V<"), ehf.UnknownResponse, false},
		{"a good status with an issue without a code", altered(t, name, ">RE<", ">AP<", ">BV<", ">BW<", "<cac:Status><cbc:StatusReasonCode>FD</cbc:StatusReasonCode></cac:Status>", ""), ehf.UnknownResponse, false},
		{"a good status with a warning and a failure", altered(t, name, ">RE<", ">AP<", "<cac:Status><cbc:StatusReasonCode>FD</cbc:StatusReasonCode></cac:Status>", "",
			"<cbc:StatusReasonCode>BV<", "<cbc:StatusReasonCode>BW</cbc:StatusReasonCode></cac:Status><cac:Status><cbc:StatusReasonCode>BV<"), ehf.ContradictoryStatus, false},
		{"two codes", altered(t, name, "<cbc:ResponseCode>RE</cbc:ResponseCode>", "<cbc:ResponseCode>AP</cbc:ResponseCode><cbc:ResponseCode>RE</cbc:ResponseCode>"), ehf.SeveralResponses, false},
		{"no number", altered(t, name, "<cbc:ID>S-3</cbc:ID>", "<cbc:ID/>"), timebok.Missing, true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s, err := ehf.DecodeStatus(tt.doc, nil)
			if !errors.Is(err, tt.rule) || !errors.Is(err, timebok.ErrInvalid) {
				t.Fatal(err)
			}
			if _, ok := s.Next(); ok != tt.next {
				t.Errorf("Next: %v", ok)
			}
			if _, ok := s.Mark(invoice.ID{}, 1); ok != tt.next {
				t.Errorf("Mark: %v", ok)
			}
		})
	}
	var read *ehf.ReadError
	for _, doc := range [][]byte{file("response/query.xml"), altered(t, name, "mls:1.0<", "mls:1.01<"), altered(t, name, "mls:1.0<", "mls:1.0a<")} {
		if _, err := ehf.DecodeStatus(doc, nil); !errors.As(err, &read) || read.Kind != ehf.OtherMessage {
			t.Error(err)
		}
	}
}

// Texts of a status may quote the document, and so may what stands for codes.
func TestStatusKeepsTextPrivate(t *testing.T) {
	s, err := ehf.DecodeStatus(altered(t, "status/rejected.xml", "BR-CO-13", "Ola Nordmann", ">FD<", ">Kari Nordmann<"), nil)
	if !errors.Is(err, ehf.UnknownResponse) || strings.Contains(err.Error(), "Nordmann") {
		t.Error(err)
	}
	if shown := fmt.Sprintf("%+v %#v", s, s) + string(must(json.Marshal(s))); strings.Contains(shown, "Nordmann") {
		t.Error(shown)
	}
	if s.Issues[0].Text.Reveal() != "Ola Nordmann" || s.Issues[1].Code != "" {
		t.Errorf("%+v", s.Issues)
	}
}

func FuzzDecodeStatus(f *testing.F) {
	for _, name := range []string{"accepted", "blind", "rejected", "old-rejected"} {
		f.Add(file("status/" + name + ".xml"))
	}
	f.Fuzz(func(t *testing.T, doc []byte) {
		s, err := ehf.DecodeStatus(doc, nil)
		var invalid *timebok.InvalidError
		var read *ehf.ReadError
		if err != nil && !errors.As(err, &invalid) && !errors.As(err, &read) {
			t.Fatalf("an error of another type: %v", err)
		}
		if err == nil && (!s.Code.Known() || s.Envelope == "") {
			t.Fatalf("accepted: %+v", s)
		}
		if len(s.Issues) > len(doc) {
			t.Fatal("more than the document has")
		}
	})
}
