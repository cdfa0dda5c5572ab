package storagetest

import (
	"go/parser"
	"go/token"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// The suite has a test for each sentence of the contract, and the contract each
// sentence that the suite tests.
func TestContractIsWhole(t *testing.T) {
	file, err := parser.ParseFile(token.NewFileSet(), "../doc.go", nil, parser.ParseComments|parser.PackageClauseOnly)
	if err != nil {
		t.Fatal(err)
	}
	_, text, ok := strings.Cut(file.Doc.Text(), "# The contract\n")
	if !ok {
		t.Fatal("storage/doc.go has no heading “The contract”")
	}
	text, _, _ = strings.Cut(text, "\n# ")
	want := bullets(text)
	if len(want) < 20 {
		t.Fatalf("found only %d sentences in storage/doc.go", len(want))
	}
	var got []string
	for _, g := range contract {
		for _, c := range g.clauses {
			got = append(got, g.name+": "+c.sentence)
			if len(c.tests) == 0 {
				t.Errorf("no test of %q", c.sentence)
			}
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("the sentences in storage/doc.go and those tested (-doc +suite):\n%s", diff)
	}
}

// bullets returns the list items of a doc comment, each after its heading.
func bullets(text string) []string {
	var out []string
	heading, open := "", false
	for line := range strings.Lines(text) {
		trimmed := strings.TrimSpace(line)
		switch {
		case trimmed == "":
			open = false
		case strings.HasPrefix(trimmed, "- "):
			out, open = append(out, heading+": "+strings.TrimPrefix(trimmed, "- ")), true
		case open:
			out[len(out)-1] += " " + trimmed
		case strings.HasSuffix(trimmed, ":"):
			heading = strings.TrimSuffix(trimmed, ":")
		}
	}
	return out
}

// Names of subtests are told apart, and none is empty.
func TestNamesAreUnique(t *testing.T) {
	for _, g := range append(contract[:len(contract):len(contract)], onTop...) {
		seen := map[string]bool{}
		for _, c := range g.clauses {
			for _, check := range c.tests {
				if check.name == "" || seen[check.name] {
					t.Errorf("%s: a test without a name of its own: %q", g.name, check.name)
				}
				seen[check.name] = true
			}
		}
	}
}

func TestClinicIsValid(t *testing.T) {
	c := NewClinic("A")
	for _, r := range c.Records() {
		if v, ok := r.(interface{ Validate() error }); ok {
			if err := v.Validate(); err != nil {
				t.Errorf("%v: %v", r.Ref(), err)
			}
		}
		if r.Ref().Version != 1 {
			t.Errorf("%v is at version %d, want 1", r.Ref(), r.Ref().Version)
		}
	}
}
