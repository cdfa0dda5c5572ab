package ehf

import (
	"slices"
	"strings"
	"testing"
)

// Sellers from countries with rules of their own get a notice, whether the
// VAT number or the address says so; others, Norwegian ones too, get none.
func TestNotices(t *testing.T) {
	vat := seller + "/cac:PartyTaxScheme[1]/cbc:CompanyID"
	postal := seller + "/cac:PostalAddress/cac:Country/cbc:IdentificationCode"
	for _, c := range []struct {
		vat, address string
		want         []string
	}{
		{"NO991825827MVA", "NO", nil}, {"DK12345678", "DK", []string{"DK"}}, {"SE556732170701", "NO", []string{"SE"}},
		{"NO991825827MVA", "IS", []string{"IS"}}, {"EL123456789", "GR", []string{"EL", "GR"}}, {"FI12345678", "FI", nil},
	} {
		doc := sample("Invoice")
		set(vat, c.vat)(t, doc)
		set(postal, c.address)(t, doc)
		var got []string
		for _, n := range validated(t, doc).Notices {
			got = append(got, n.Country)
			if !strings.Contains(n.Text("en"), n.Country) || !strings.Contains(n.Text("nb"), n.Country) || n.Text("en") == n.Text("nb") {
				t.Error(n.Text("en"), n.Text("nb"))
			}
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%s, %s: notices for %v, want %v", c.vat, c.address, got, c.want)
		}
	}
}

// Where the official rules stop with an error the document is refused, though
// its structure is right.
func TestUndecided(t *testing.T) {
	for name, e := range map[string]edit{
		"two registered names": twice(seller + "/cac:PartyLegalEntity"),
		"two registers":        add(seller, x("cac:PartyTaxScheme", x("cbc:CompanyID", "1"), x("cac:TaxScheme", x("cbc:ID", "TAX")))),
		"two invoice periods":  twice("cac:InvoicePeriod"),
	} {
		doc := sample("Invoice")
		e(t, doc)
		r := validated(t, doc)
		if !r.Schema || r.Valid() || !slices.ContainsFunc(r.Findings, func(f Finding) bool { return f.Rule == Undecided && f.Flag == Fatal }) {
			t.Errorf("%s: %s", name, described(r))
		}
	}
	split := strings.Replace(string(sample("Invoice").bytes()), "2026-11-02<", "2026<!-- -->-11-02<", 1)
	if r, err := Validate([]byte(split), nil); err != nil || r.Valid() || !r.Schema {
		t.Errorf("a date in two pieces: %v %s", err, described(r))
	}
}

// Findings and problems say where, with positions only where they are needed.
func TestPaths(t *testing.T) {
	doc := sample("Invoice")
	for _, e := range []edit{
		set("line[2]/cac:Item/cbc:Name", ""), set("cbc:IssueDate", "2. november"),
		attribute("line[1]/cbc:LineExtensionAmount", "currencyID", "EUR"),
	} {
		e(t, doc)
	}
	r := validated(t, doc)
	var got []string
	for _, f := range r.Findings {
		got = append(got, f.Rule+" "+f.Path)
	}
	want := []string{
		"PEPPOL-EN16931-F001 /Invoice/cbc:IssueDate",
		"PEPPOL-EN16931-R051 /Invoice/cac:InvoiceLine[1]/cbc:LineExtensionAmount",
		"BR-25 /Invoice/cac:InvoiceLine[2]",
		"PEPPOL-EN16931-R008 /Invoice/cac:InvoiceLine[2]/cac:Item/cbc:Name",
	}
	if !slices.Equal(got, want) {
		t.Errorf("findings %q, want %q", got, want)
	}
	if len(r.Problems) != 1 || r.Problems[0].Path != "/Invoice/cbc:IssueDate" || r.Problems[0].Text("nb") == r.Problems[0].Text("en") {
		t.Errorf("problems %v", r.Problems)
	}
}

// A Validator forgets one document before the next.
func TestValidatorIsReused(t *testing.T) {
	good, bad := sample("Invoice").bytes(), sample("CreditNote")
	remove("cac:TaxTotal")(t, bad)
	v := NewValidator(nil)
	first, _ := v.Validate(bad.bytes())
	was := described(first)
	for range 3 {
		if r, err := v.Validate(good); err != nil || len(r.Findings) > 0 || !r.Schema {
			t.Fatal(err, described(r))
		}
		if _, err := v.Validate([]byte("<a")); err == nil {
			t.Fatal("read")
		}
		if r, err := v.Validate(bad.bytes()); err != nil || described(r) != was {
			t.Fatal(err, described(r))
		}
	}
	if described(first) != was {
		t.Error("an old report has changed")
	}
}
