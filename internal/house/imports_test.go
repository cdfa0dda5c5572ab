package house

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

const module = "github.com/timebok/timebok"

// subjects stand in the order of the import rule. A package imports what stands
// to its left; a sub-package stands just right of its subject; programs (tops)
// stand rightmost; packages below internal/ stand nowhere and are judged as
// part of each package that imports them.
var subjects = []string{".", "series", "booking", "insurance", "invoice", "storage"}

// tops are the folders whose programs may import everything.
var tops = []string{"examples", "scripts", "docs"}

// valueLibs are the packages that every package may import.
var valueLibs = []string{
	"github.com/google/uuid",
	"github.com/shopspring/decimal",
	"github.com/rickb777/date",
	"github.com/rickb777/date/clock",
}

// linked are the only outside modules that a host gets with the domain packages.
var linked = []string{
	"github.com/google/uuid",
	"github.com/shopspring/decimal",
	"github.com/rickb777/date",
	"github.com/rickb777/plural", // by way of rickb777/date
}

// An adapter is a sub-package that may touch the outside world.
type adapter struct {
	path string
	libs []string // modules it may import besides valueLibs
	kit  bool     // a test kit: may import testing, and only tests and programs import it
}

// Every other package is domain code. A package below an adapter belongs to it.
var adapters = []adapter{
	{path: "booking/notice/noticetest", kit: true},
	{path: "booking/notice/smtp", libs: []string{"github.com/wneessen/go-mail"}},
	{path: "insurance/networktest", libs: testLibs, kit: true},
	{path: "invoice/invoicetest", libs: testLibs, kit: true},
	{path: "insurance/rest", libs: []string{"golang.org/x/time", "github.com/sony/gobreaker"}},
	{path: "invoice/spool"},
	{path: "storage/memory"},
	{path: "storage/outbox"},
	{path: "storage/postgres", libs: []string{"github.com/jackc/pgx"}},
	{path: "storage/sqlite", libs: []string{"modernc.org/sqlite"}},
	{path: "storage/storagetest", libs: testLibs, kit: true},
}

var testLibs = []string{"github.com/anishathalye/porcupine", "github.com/google/go-cmp", "pgregory.net/rapid"}

// outside is the standard library that domain code may not import itself, with
// the packages below, except database/sql/driver.
var outside = []string{"C", "database/sql", "log", "net/http", "net/rpc", "net/smtp", "os", "syscall", "testing", "unsafe"}

// unlinked is the standard library that a host may not get with domain code.
var unlinked = []string{"database/sql", "net/http", "testing"}

// A place is where a package stands in the house.
type place struct {
	rank   int
	domain bool
	inner  bool // below internal/
	top    bool
	adapter
}

// placeOf finds the place of the package in the folder rel of the module.
func placeOf(rel string) (place, bool) {
	first, _, sub := strings.Cut(rel, "/")
	if slices.Contains(tops, first) {
		return place{rank: 2 * len(subjects), top: true}, true
	}
	if slices.Contains(strings.Split(rel, "/"), "internal") {
		return place{inner: true}, true
	}
	i := slices.Index(subjects, first)
	if i < 0 {
		return place{}, false
	}
	p := place{rank: 2 * i, domain: true}
	if sub {
		p.rank++
	}
	for _, a := range adapters {
		if within(rel, a.path) {
			p.adapter, p.domain = a, false
		}
	}
	return p, true
}

// A graph is the imports of every package, by import path, without tests.
type graph map[string][]string

// judge returns what breaks the import rule, sorted.
func (g graph) judge() []string {
	var bad []string
	for path := range g {
		rel, ours := relative(path)
		if !ours {
			continue
		}
		p, ok := placeOf(rel)
		switch {
		case !ok:
			bad = append(bad, fmt.Sprintf("%s has no place in the import rule", rel))
		case !p.inner && !p.top:
			bad = append(bad, g.judgeDirect(rel, p)...)
			bad = append(bad, g.judgeLinked(rel, p)...)
		}
	}
	slices.Sort(bad)
	return bad
}

// judgeDirect judges what a package imports itself or by way of internal ones.
func (g graph) judgeDirect(rel string, p place) (bad []string) {
	for q, way := range g.reach(absolute(rel), isInner) {
		problem := ""
		if qrel, ours := relative(q); ours {
			at, ok := placeOf(qrel)
			switch {
			case !ok || at.inner: // reported by itself; looked through
			case at.kit && !p.kit:
				problem = "a test kit, which only tests and programs may import"
			case at.rank > p.rank:
				problem = "which stands to its right"
			case at.rank == p.rank && !sameSubject(rel, qrel):
				problem = "which stands beside it"
			}
		} else if standard(q) {
			switch {
			case q == "testing" && !p.kit, p.domain && q != "database/sql/driver" && withinAny(q, outside):
				problem = "which only adapters (or test kits) may do"
			}
		} else if !slices.Contains(valueLibs, q) && !withinAny(q, p.libs) {
			problem = "a library that is not allowed here"
		}
		if problem != "" {
			bad = append(bad, fmt.Sprintf("%s imports %s, %s", rel, way, problem))
		}
	}
	return bad
}

// judgeLinked judges what a host gets with a package besides our own packages,
// which are judged by themselves.
func (g graph) judgeLinked(rel string, p place) (bad []string) {
	through := func(path string) bool {
		_, ours := relative(path)
		return !ours || isInner(path)
	}
	for q, way := range g.reach(absolute(rel), through) {
		_, ours := relative(q)
		switch {
		case ours:
		case p.domain && (slices.Contains(unlinked, q) || !standard(q) && !withinAny(q, linked)),
			!p.domain && !p.kit && (q == "testing" || withinAny(q, testLibs)):
			bad = append(bad, fmt.Sprintf("%s links %s", rel, way))
		}
	}
	return bad
}

// reach returns the imports of from, and of those again where through says so,
// each with the way to it: "internal/x -> net/http".
func (g graph) reach(from string, through func(path string) bool) map[string]string {
	ways := map[string]string{}
	queue := []string{from}
	for len(queue) > 0 {
		at := queue[0]
		queue = queue[1:]
		for _, q := range g[at] {
			if _, seen := ways[q]; seen || q == from {
				continue
			}
			name, _ := relative(q)
			if at != from {
				name = ways[at] + " -> " + name
			}
			ways[q] = name
			if through(q) {
				queue = append(queue, q)
			}
		}
	}
	return ways
}

func isInner(path string) bool {
	rel, ours := relative(path)
	p, ok := placeOf(rel)
	return ours && ok && p.inner
}

// relative returns the folder of a package of ours, else path itself and false.
func relative(path string) (string, bool) {
	if path == module {
		return ".", true
	}
	return strings.CutPrefix(path, module+"/")
}

func absolute(rel string) string {
	if rel == "." {
		return module
	}
	return module + "/" + rel
}

// standard reports whether path is of the standard library: no dot in its first
// element.
func standard(path string) bool {
	first, _, _ := strings.Cut(path, "/")
	return !strings.Contains(first, ".")
}

// within reports whether path is parent or lies below it.
func within(path, parent string) bool {
	return path == parent || strings.HasPrefix(path, parent+"/")
}

func withinAny(path string, parents []string) bool {
	return slices.ContainsFunc(parents, func(parent string) bool { return within(path, parent) })
}

func sameSubject(a, b string) bool {
	a, _, _ = strings.Cut(a, "/")
	b, _, _ = strings.Cut(b, "/")
	return a == b
}

func TestImportRule(t *testing.T) {
	g := load(t).imports
	for _, problem := range g.judge() {
		t.Error(problem)
	}
	if _, ok := g[module]; !ok {
		t.Error("the root package was not found: the test looked at nothing")
	}
}

// The rule itself: the sound graph has no fault, and with one import more it
// has the fault that want names.
func TestImportRuleReports(t *testing.T) {
	sound := graph{
		"":                      {"time", "github.com/google/uuid", "github.com/rickb777/date/clock"},
		"series":                {"", "internal/tally"},
		"booking":               {"", "series"},
		"booking/notice":        {"booking", "booking/ical"},
		"booking/ical":          {"booking"},
		"insurance":             {"", "booking/notice", "series"},
		"insurance/networktest": {"insurance", "testing", "github.com/google/go-cmp/cmp"},
		"insurance/rest":        {"insurance", "net/http"},
		"invoice/ehf":           {"invoice", "encoding/xml"},
		"invoice":               {"insurance"},
		"storage":               {"invoice", "database/sql/driver"},
		"storage/sqlite":        {"storage", "database/sql", "modernc.org/sqlite", "storage/sqlite/internal/ddl"},
		"storage/storagetest":   {"storage", "testing", "pgregory.net/rapid"},
		"examples/quickstart":   {"", "storage/sqlite", "insurance/networktest", "os"},
		"internal/tally":        {""},

		"github.com/google/uuid":          {"database/sql/driver", "os", "net"},
		"github.com/rickb777/date/clock":  {"github.com/rickb777/plural", "os"},
		"storage/sqlite/internal/ddl":     {"os"},
		"pgregory.net/rapid":              {"testing", "flag"},
		"github.com/shopspring/decimal/x": {"net/http"},
		"net/http/httputil":               {"net/http"},
		"net/http":                        {"net"},
	}
	tests := []struct {
		name, from, imports, want string
	}{
		{"sound", "series", "errors", ""},
		{"subject to its right", "series", "booking", "series imports booking, which stands to its right"},
		{"root to its right", "", "series", ". imports series, which stands to its right"},
		{"sub-package to its right", "booking/ical", "insurance", "booking/ical imports insurance, which stands to its right"},
		{"subject to its own sub-package", "invoice", "invoice/ehf", "invoice imports invoice/ehf, which stands to its right"},
		{"port to a backend", "storage", "storage/memory", "storage imports storage/memory, which stands to its right"},
		{"through an internal package", "internal/tally", "booking", "series imports internal/tally -> booking, which stands to its right"},
		{"a program", "storage/sqlite", "examples/quickstart", "storage/sqlite imports examples/quickstart, which stands to its right"},
		{"the operating system", "series", "os", "series imports os, which only adapters (or test kits) may do"},
		{"below it", "series", "os/exec", "series imports os/exec, which only adapters (or test kits) may do"},
		{"logging", "booking/notice", "log/slog", "booking/notice imports log/slog, which only adapters (or test kits) may do"},
		{"a new adapter that is not listed", "insurance/soap", "os", "insurance/soap imports os, which only adapters (or test kits) may do"},
		{"a new folder", "calendar", "", "calendar has no place in the import rule"},
		{"a library", "booking", "github.com/arran4/golang-ical", "booking imports github.com/arran4/golang-ical, a library that is not allowed here"},
		{"a package of a value library", "series", "github.com/rickb777/date/view", "series imports github.com/rickb777/date/view, a library that is not allowed here"},
		{"another backend's driver", "storage/sqlite", "github.com/jackc/pgx/v5", "storage/sqlite imports github.com/jackc/pgx/v5, a library that is not allowed here"},
		{"a driver through a value library", "github.com/google/uuid", "modernc.org/sqlite", ". links github.com/google/uuid -> modernc.org/sqlite"},
		{"net/http through the standard library", "invoice", "net/http/httputil", "invoice links net/http/httputil -> net/http"},
		{"database/sql", "storage", "database/sql", "storage links database/sql"},
		{"testing in a backend", "storage/sqlite", "testing", "storage/sqlite imports testing, which only adapters (or test kits) may do"},
		{"testing through an internal package", "storage/sqlite/internal/ddl", "pgregory.net/rapid", "storage/sqlite links storage/sqlite/internal/ddl -> pgregory.net/rapid -> testing"},
		{"a test kit in a backend", "storage/sqlite", "storage/storagetest", "storage/sqlite imports storage/storagetest, a test kit, which only tests and programs may import"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			g := graph{}
			for from, imports := range sound {
				g[full(from)] = each(imports, full)
			}
			g[full(tt.from)] = append(g[full(tt.from)], full(tt.imports))
			got := g.judge()
			if tt.want == "" && len(got) > 0 || tt.want != "" && !slices.Contains(got, tt.want) {
				t.Errorf("judge = %q\nwant %q", got, tt.want)
			}
		})
	}
}

// full makes an import path of a folder of ours; other paths stay.
func full(path string) string {
	first, _, _ := strings.Cut(path, "/")
	ours := slices.Concat(subjects, tops, []string{"internal", "calendar"})
	switch {
	case path == "":
		return module
	case slices.Contains(ours, first):
		return module + "/" + path
	}
	return path
}

func each(paths []string, f func(string) string) []string {
	return slices.Collect(func(yield func(string) bool) {
		for _, path := range paths {
			if !yield(f(path)) {
				return
			}
		}
	})
}

// Every listed adapter stands in a subject, once.
func TestAdaptersHaveAPlace(t *testing.T) {
	seen := map[string]bool{}
	for _, a := range adapters {
		if p, ok := placeOf(a.path); !ok || p.domain || seen[a.path] {
			t.Errorf("%s: listed twice, or in no subject", a.path)
		}
		seen[a.path] = true
	}
}
