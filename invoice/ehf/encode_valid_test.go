package ehf_test

import (
	"os"
	"path/filepath"
	"strconv"
	"testing"

	"github.com/timebok/timebok/invoice/ehf"
	"pgregory.net/rapid"
)

// findings are the rules that a document breaks, fatal or not.
func findings(v *ehf.Validator, doc []byte) (rules []string, err error) {
	report, err := v.Validate(doc)
	if err != nil {
		return nil, err
	}
	for _, p := range report.Problems {
		rules = append(rules, "schema "+p.Path)
	}
	for _, f := range report.Findings {
		rules = append(rules, f.Rule+" "+f.Path)
	}
	return rules, nil
}

// unregistered are the golden files of a sole proprietor that is not in
// Foretaksregisteret, of which rule NO-R-002 always warns.
var unregistered = map[string]bool{"soletrader-exempt": true, "soletrader-outside": true}

func TestGoldenIsValid(t *testing.T) {
	v := ehf.NewValidator(nil)
	files, err := filepath.Glob(filepath.Join("testdata", "*.xml"))
	if err != nil || len(files) == 0 {
		t.Fatalf("%d golden files, %v", len(files), err)
	}
	for _, file := range files {
		doc, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		broken, err := findings(v, doc)
		if err != nil {
			t.Fatal(err)
		}
		name := filepath.Base(file)
		if unregistered[name[:len(name)-len(".xml")]] {
			if len(broken) != 1 || broken[0] != "NO-R-002 /Invoice/cac:AccountingSupplierParty/cac:Party" {
				t.Errorf("%s: %v, want the warning of NO-R-002", name, broken)
			}
			continue
		}
		if len(broken) > 0 {
			t.Errorf("%s: %v", name, broken)
		}
	}
}

// No document that Encode writes breaks a rule, however odd its amounts.
//
// With EHF_SAMPLES naming a folder the documents are kept there, to be shown to
// the official rules as well.
func TestEncodedIsValid(t *testing.T) {
	v := ehf.NewValidator(nil)
	folder, kept := os.Getenv("EHF_SAMPLES"), 0
	rapid.Check(t, func(t *rapid.T) {
		doc, err := ehf.Append(nil, anyDocument().Draw(t, "document"))
		if err != nil {
			t.Fatal(err)
		}
		broken, err := findings(v, doc)
		if err != nil {
			t.Fatal(err)
		}
		if len(broken) > 0 {
			t.Fatalf("%v:\n%s", broken, doc)
		}
		if folder != "" {
			kept++
			if err := os.WriteFile(filepath.Join(folder, strconv.Itoa(kept)+".xml"), doc, 0o644); err != nil {
				t.Fatal(err)
			}
		}
	})
}
