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

// A limit cuts a report off. The report says so, keeps its order, and can't lose that
// the document is refused.
func TestFindingsAreCutOff(t *testing.T) {
	unwanted := []edit{set("cbc:CopyIndicator", "false"), set("cbc:UUID", "1"), set("cbc:IssueTime", "10:00:00"), set("cbc:LineCountNumeric", "2")}
	lastOfAll := set("line[2]/cac:Item/cbc:Name", "")
	refused := sample("Invoice")
	lastOfAll(t, refused)
	for _, c := range []struct {
		name          string
		edits         []edit
		schema, valid bool
	}{
		{"nothing", nil, true, true},
		{"warnings", unwanted, true, true},
		{"a fatal finding after warnings", append(slices.Clone(unwanted), lastOfAll), true, false},
		{"no verdict after warnings", append(slices.Clone(unwanted), twice("cac:InvoicePeriod")), true, false},
		{"elements that UBL does not have", slices.Repeat([]edit{add("", x("cbc:Nonsense", "x"))}, 3), false, false},
		{"wrong structure and findings", append(slices.Clone(unwanted), lastOfAll, set("cbc:IssueDate", "2. november"), set("cbc:DueDate", "3. november"), set("cbc:TaxPointDate", "x")), false, false},
	} {
		doc := sample("Invoice")
		for _, e := range c.edits {
			e(t, doc)
		}
		whole := validated(t, doc)
		all := len(whole.Problems) + len(whole.Findings)
		if whole.Schema != c.schema || whole.Valid() != c.valid || whole.More || all < len(c.edits) {
			t.Fatalf("%s: %s", c.name, described(whole))
		}
		for limit := 1; limit <= all+1; limit++ {
			v := NewValidator(&Options{Limits: Limits{Findings: limit}})
			if r, err := v.Validate(refused.bytes()); err != nil || r.Valid() {
				t.Fatal(err, described(r))
			}
			r, err := v.Validate(doc.bytes())
			if err != nil {
				t.Fatal(err)
			}
			kept := len(r.Problems) + len(r.Findings)
			if kept < min(limit, all) || kept > limit+1 || r.More != (kept < all) {
				t.Errorf("%s, at most %d of %d: %d kept, more %v", c.name, limit, all, kept, r.More)
			}
			if r.Schema != c.schema || r.Valid() != c.valid || len(r.refusals()) > 0 == c.valid {
				t.Errorf("%s, at most %d: schema %v, valid %v, refused for %v", c.name, limit, r.Schema, r.Valid(), r.refusals().Codes())
			}
			rest := whole.Findings
			for _, f := range r.Findings {
				i := slices.Index(rest, f)
				if i < 0 {
					t.Fatalf("%s, at most %d: %s %s out of order", c.name, limit, f.Rule, f.Path)
				}
				rest = rest[i+1:]
			}
		}
	}
}

// Of a long name a path has no more than UBL's could have, and whole characters.
func TestPathsOfLongNames(t *testing.T) {
	for name, want := range map[string]string{
		strings.Repeat("a", 100): strings.Repeat("a", 100), strings.Repeat("a", 101): strings.Repeat("a", 100) + "…",
		"a" + strings.Repeat("æ", 50): "a" + strings.Repeat("æ", 49) + "…",
	} {
		doc := sample("Invoice")
		add("", x(name, "x"))(t, doc)
		if r := validated(t, doc); len(r.Problems) != 1 || r.Problems[0].Path != "/Invoice/"+want {
			t.Errorf("%s: %s", name, described(r))
		}
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
