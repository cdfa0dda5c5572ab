package main

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/timebok/timebok"
	"github.com/timebok/timebok/booking"
)

// Every line of the table has its four cells, each key once, and the same holes to
// fill in all languages.
func TestTable(t *testing.T) {
	holes := regexp.MustCompile(`%[a-z]`)
	seen := map[string]bool{}
	for line := range strings.Lines(table) {
		cells := strings.Split(strings.TrimSuffix(line, "\n"), "\t")
		if len(cells) != 4 || slices.Contains(cells, "") {
			t.Errorf("%q has not four cells", line)
			continue
		}
		if seen[cells[0]] {
			t.Errorf("%q stands twice", cells[0])
		}
		seen[cells[0]] = true
		w := texts[cells[0]]
		want := holes.FindAllString(w.nb, -1)
		for _, other := range []string{w.nn, w.en} {
			if got := holes.FindAllString(other, -1); !slices.Equal(got, want) {
				t.Errorf("%q takes %v, %q takes %v", w.nb, want, other, got)
			}
		}
	}
}

// Every text that a page asks for is in the table, and every text there is asked for.
func TestEveryTextIsThere(t *testing.T) {
	asked := map[string]bool{}
	var prefixes []string
	ask := regexp.MustCompile(`(?:\.T|\bsay|show\("\w+",|http\.Status\w+,)[ (]*"([^"]+)"`)
	codes := regexp.MustCompile(`"(\pL+:)(?:%s)?"`)
	for _, source := range sources(t) {
		for _, m := range ask.FindAllStringSubmatch(source, -1) {
			asked[m[1]] = true
		}
		for _, m := range codes.FindAllStringSubmatch(source, -1) {
			prefixes = append(prefixes, m[1])
		}
	}
	for _, s := range scenarios {
		asked[s.Text] = true
	}
	for key := range asked {
		if _, ok := texts[key]; !ok && !strings.HasSuffix(key, ":") {
			t.Errorf("%q is not in the table", key)
		}
	}
	for key := range texts {
		coded := slices.ContainsFunc(prefixes, func(p string) bool { return strings.HasPrefix(key, p) })
		if !asked[key] && !coded {
			t.Errorf("no page asks for %q", key)
		}
	}
	for _, rule := range booking.Overridable {
		for _, prefix := range []string{"sett:", "hjelp:", "regel:"} {
			if _, ok := texts[prefix+rule.Code()]; !ok && !(prefix == "regel:" && rule == booking.NoTreatmentCode) {
				t.Errorf("%s%s is not in the table", prefix, rule.Code())
			}
		}
	}
	for _, s := range bookingSteps {
		for _, prefix := range []string{"gjør:", "gjort:"} {
			if _, ok := texts[prefix+s.name]; !ok {
				t.Errorf("%s%s is not in the table", prefix, s.name)
			}
		}
	}
}

// sources are the templates and the program, without its tests.
func sources(t *testing.T) []string {
	t.Helper()
	paths, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	paths = slices.DeleteFunc(paths, func(p string) bool { return strings.HasSuffix(p, "_test.go") })
	templates, err := fs.Glob(files, "templates/*.html")
	if err != nil || len(templates) < 10 {
		t.Fatal(templates, err)
	}
	var out []string
	for _, p := range append(paths, templates...) {
		text, err := os.ReadFile(p)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, string(text))
	}
	return out
}

// Amounts stand as they do in Norway.
func TestKroner(t *testing.T) {
	for ore, want := range map[int64]string{
		0: "0,00 kr", 5: "0,05 kr", 99_999: "999,99 kr", 125_000: "1 250,00 kr", 123_456_789: "1 234 567,89 kr", -125_000: "−1 250,00 kr",
	} {
		if got := strings.ReplaceAll(kroner(timebok.Ore(ore)), "\u00a0", " "); got != want {
			t.Errorf("%d øre is %q, want %q", ore, got, want)
		}
	}
}
