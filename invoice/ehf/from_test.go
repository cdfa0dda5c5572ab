package ehf_test

import (
	"bytes"
	"encoding/xml"
	"flag"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/timebok/timebok"
	"github.com/timebok/timebok/invoice"
	"github.com/timebok/timebok/invoice/ehf"
)

var update = flag.Bool("update", false, "write the golden files anew; then ask the official rules about them")

func TestFormatGolden(t *testing.T) {
	for name, v := range invoices() {
		t.Run(name, func(t *testing.T) {
			got, err := ehf.Format{}.Encode(v)
			if err != nil {
				t.Fatal(err)
			}
			golden(t, name, got)
		})
	}
}

func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	file := filepath.Join("testdata", name+".xml")
	if *update {
		if err := os.WriteFile(file, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("%s (-want +got):\n%s", file, cmp.Diff(string(want), string(got)))
	}
}

// A golden file that nothing makes any more is no specification.
func TestGoldenFilesAreUsed(t *testing.T) {
	files, err := filepath.Glob(filepath.Join("testdata", "*.xml"))
	if err != nil {
		t.Fatal(err)
	}
	made := slices.Concat(slices.Collect(maps.Keys(invoices())), slices.Collect(maps.Keys(documents())))
	for _, f := range files {
		if name := filepath.Base(f); !slices.Contains(made, name[:len(name)-len(".xml")]) {
			t.Errorf("%s is made by no test", f)
		}
	}
}

// written is what Format writes of an invoice, as elements.
func written(t *testing.T, v invoice.Invoice) element {
	t.Helper()
	doc, err := ehf.Format{}.Encode(v)
	if err != nil {
		t.Fatal(err)
	}
	var root element
	if err := xml.Unmarshal(doc, &root); err != nil {
		t.Fatal(err)
	}
	return root
}

// properties are the additional properties of each line.
func properties(root element) (out [][]string) {
	for _, l := range append(root.all("InvoiceLine"), root.all("CreditNoteLine")...) {
		var of []string
		for _, p := range l.find("Item").all("AdditionalItemProperty") {
			of = append(of, p.find("Name").Text+"="+p.find("Value").Text)
		}
		out = append(out, of)
	}
	return out
}

func TestFromSaysWhatTheNetworkNeeds(t *testing.T) {
	for _, name := range []string{"company-exempt", "credit-full"} {
		root := written(t, invoices()[name])
		if got := root.find("OrderReference", "ID").Text; got != "6QPTR" {
			t.Errorf("%s: order reference %q, want the sakID", name, got)
		}
		want := [][]string{{"TreatmentId=B1010", "TreatmentDateTime=2026-10-20 09:00:00"}}
		if diff := cmp.Diff(want, properties(root)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

func TestFromDisclosesOnlyWhatThePayerAsksFor(t *testing.T) {
	all := map[timebok.Disclosure]string{
		timebok.DiscloseDuration: "00:45:00", timebok.DiscloseTherapistHPR: "9999999",
		timebok.DiscloseTherapistName: "Ola Nord", timebok.DiscloseProfession: "Psykolog",
		timebok.DisclosePatientID: plain().Client.String(),
	}
	for d, value := range all {
		v := plain()
		v.Payer.Disclose = []timebok.Disclosure{d}
		got := properties(written(t, v))[0]
		if want := string(d) + "=" + value; len(got) != 3 || got[2] != want {
			t.Errorf("properties %q, want the two that must be and %q", got, want)
		}
	}
}

// The clock shows 02:15 twice that night; the description says which it was.
func TestFromInTheHourThatComesTwice(t *testing.T) {
	v := plain()
	summer := session("2026-10-25 01:15", timebok.Kroner(1450), timebok.HealthService)
	standard := summer
	summer.Time = timebok.Lasting(summer.Time.Start.Add(time.Hour), summer.Time.Duration())
	standard.Time = timebok.Lasting(summer.Time.Start.Add(time.Hour), summer.Time.Duration())
	v.Lines = []invoice.Line{summer, standard}
	root := written(t, v)
	lines := root.all("InvoiceLine")
	for i, want := range []string{"25.10.2026 kl. 02.15 (sommertid)–02.00 (normaltid), Storgata 1, 0155 Oslo", "25.10.2026 kl. 02.15 (normaltid)–03.00, Storgata 1, 0155 Oslo"} {
		if got := lines[i].find("Item", "Description").Text; got != want {
			t.Errorf("line %d is described as %q, want %q", i, got, want)
		}
		if got := properties(root)[i][1]; got != "TreatmentDateTime=2026-10-25 02:15:00" {
			t.Errorf("line %d has %s", i, got)
		}
	}
}

func TestFromKeepsTheClientOut(t *testing.T) {
	v := plain()
	v.Payer.Disclose = []timebok.Disclosure{timebok.DiscloseDuration, timebok.DiscloseTherapistHPR, timebok.DiscloseTherapistName, timebok.DiscloseProfession}
	v.Debtor = &timebok.Client{Name: timebok.Hide("Kari Nordmann"), Address: timebok.Hide("Hjemveien 4"), BirthNumber: must(timebok.ParseBirthNumber(birthNumber))}
	doc := string(must(ehf.Format{}.Encode(v)))
	for _, secret := range []string{"Kari", "Nordmann", "Hjemveien", birthNumber, v.Client.String(), "Diagnose"} {
		if strings.Contains(doc, secret) {
			t.Errorf("the invoice has %q in it", secret)
		}
	}
}

const birthNumber = "17912099997" // of the synthetic series

// What was sent can be taken back, also if it would be refused today.
func TestCreditNoteFollowsWhatWasSent(t *testing.T) {
	v := plain()
	v.Kind, v.Credits = invoice.CreditNote, &invoice.Reference{Number: 17, IssueDate: *v.IssueDate}
	v.Lines[0].Item, v.Seller.Address.Country = "Time for "+birthNumber, "DK"
	if _, err := (ehf.Format{}).Encode(v); err != nil {
		t.Error(err)
	}
}

func TestFromRefuses(t *testing.T) {
	tests := []struct {
		name   string
		rules  []*timebok.Rule
		change func(v *invoice.Invoice)
	}{
		{"an invoice that the client pays", []*timebok.Rule{timebok.EHFNeedsPayer}, func(v *invoice.Invoice) { v.Payer, v.Debtor = nil, &timebok.Client{} }},
		{"a draft", []*timebok.Rule{timebok.Missing}, func(v *invoice.Invoice) { v.Number, v.IssueDate = 0, nil }},
		{"a draft with a number", []*timebok.Rule{timebok.BadValue}, func(v *invoice.Invoice) { v.State = invoice.Draft }},
		{"a seller in a country with rules of its own", []*timebok.Rule{ehf.OtherCountry}, func(v *invoice.Invoice) { v.Seller.Address.Country = "DK" }},
		{"a credit note of an invoice without number", []*timebok.Rule{timebok.Missing}, func(v *invoice.Invoice) {
			v.Kind, v.Credits = invoice.CreditNote, &invoice.Reference{IssueDate: *v.IssueDate}
		}},
		{"a birth number as the payer's reference", []*timebok.Rule{invoice.PersonalData}, func(v *invoice.Invoice) { v.Payer.Reference = birthNumber }},
		{"a birth number as a therapist", []*timebok.Rule{invoice.PersonalData}, func(v *invoice.Invoice) { v.Lines[0].Therapist.Name = birthNumber }},
		{"neither invoice nor credit note", []*timebok.Rule{timebok.BadValue}, func(v *invoice.Invoice) { v.Kind = "reminder" }},
		{"a network's case without treatment code", []*timebok.Rule{invoice.NoTreatment}, func(v *invoice.Invoice) { v.Lines[0].Treatment = "" }},
		{"no place", []*timebok.Rule{invoice.NoPlace}, func(v *invoice.Invoice) { v.Place = timebok.Address{} }},
		{"an unknown zone", []*timebok.Rule{timebok.BadZone}, func(v *invoice.Invoice) { v.Lines[0].Zone = "Local" }},
		{"no time", []*timebok.Rule{timebok.BadPeriod}, func(v *invoice.Invoice) { v.Lines[0].Time = timebok.Period{} }},
		{"a birth number", []*timebok.Rule{invoice.PersonalData}, func(v *invoice.Invoice) { v.Lines[0].Item = "Time for " + birthNumber }},
		{"a birth number as people write it", []*timebok.Rule{invoice.PersonalData}, func(v *invoice.Invoice) { v.Lines[0].Item = "nr 1 179120 99997." }},
		{"a credit note of nothing", []*timebok.Rule{ehf.NoPreceding}, func(v *invoice.Invoice) { v.Kind = invoice.CreditNote }},
		{"no reference", []*timebok.Rule{ehf.NoReference}, func(v *invoice.Invoice) { v.Case.Number = "" }},
		{"no due date", []*timebok.Rule{ehf.NoDueDate}, func(v *invoice.Invoice) { v.DueDate = nil }},
		{"no account", []*timebok.Rule{ehf.NoAccount}, func(v *invoice.Invoice) { v.Seller.Account = timebok.BankAccount{} }},
		{"no lines", []*timebok.Rule{timebok.Missing}, func(v *invoice.Invoice) { v.Lines = nil }},
		{"VAT of a seller who is not registered", []*timebok.Rule{ehf.NotRegistered}, func(v *invoice.Invoice) { v.Lines[0].VAT = vat25 }},
		{"exempt and outside", []*timebok.Rule{ehf.MixedOutside}, func(v *invoice.Invoice) {
			v.Lines = append(v.Lines, session("2026-10-21 09:00", timebok.Kroner(1), timebok.VAT{Category: timebok.OutsideScope}))
		}},
		{"several things", []*timebok.Rule{timebok.Missing, invoice.NoTreatment, invoice.NoPlace}, func(v *invoice.Invoice) {
			v.Number, v.Lines[0].Treatment, v.Place = 0, "", timebok.Address{}
		}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			v := plain()
			tt.change(&v)
			out, err := ehf.Format{}.Encode(v)
			if out != nil {
				t.Errorf("Encode returned %d bytes", len(out))
			}
			wantReasons(t, err, tt.rules...)
		})
	}
}
