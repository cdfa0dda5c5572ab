package house

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// folders are the folders that may stand at the root.
var folders = []string{"booking", "docs", "examples", "insurance", "internal", "invoice", "scripts", "series", "storage", "testdata"}

func TestFolders(t *testing.T) {
	entries, err := os.ReadDir(root)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, e := range entries {
		if e.IsDir() {
			names = append(names, e.Name())
		}
	}
	for _, name := range unknownFolders(names) {
		t.Errorf("%s/ is no folder of the house: a new one needs its reason in ARCHITECTURE.md and a line here", name)
	}
}

// unknownFolders leaves hidden folders alone, and /bin/, which git ignores.
func unknownFolders(names []string) []string {
	return slices.DeleteFunc(slices.Clone(names), func(name string) bool {
		return strings.HasPrefix(name, ".") || name == "bin" || slices.Contains(folders, name)
	})
}

func TestFoldersReports(t *testing.T) {
	got := unknownFolders([]string{".git", "booking", "util", "bin"})
	if !slices.Equal(got, []string{"util"}) {
		t.Errorf("unknownFolders = %q, want util", got)
	}
}

// A requirement is what go.mod says about a module.
type requirement struct {
	Path, Version string
	Indirect      bool
}

func TestDependencies(t *testing.T) {
	doc, err := os.ReadFile(filepath.Join(root, "DEPENDENCIES.md"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.ReadFile(filepath.Join(root, "go.mod")); err != nil { // go test caches by it
		t.Fatal(err)
	}
	cmd := exec.Command("go", "mod", "edit", "-json")
	cmd.Dir, cmd.Stderr = root, os.Stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	var mod struct{ Require []requirement }
	if err := json.Unmarshal(out, &mod); err != nil {
		t.Fatal(err)
	}
	for _, problem := range judgeDependencies(mod.Require, string(doc)) {
		t.Error(problem)
	}
}

// judgeDependencies compares what go.mod requires directly with the rows of
// DEPENDENCIES.md, which are: | `path` | version | used in | why | instead of |.
// A row whose module go.mod does not require (yet) is let be.
func judgeDependencies(require []requirement, doc string) (bad []string) {
	rows := map[string][]string{}
	for line := range strings.Lines(doc) {
		cells := strings.Split(strings.Trim(strings.TrimSpace(line), "|"), "|")
		for i := range cells {
			cells[i] = strings.Trim(cells[i], " `")
		}
		if strings.HasPrefix(line, "| `") {
			rows[cells[0]] = cells[1:]
		}
	}
	for _, r := range require {
		row, ok := rows[r.Path]
		switch {
		case !ok && r.Indirect:
		case !ok:
			bad = append(bad, fmt.Sprintf("%s is required by go.mod and has no row in DEPENDENCIES.md", r.Path))
		case len(row) != 4 || slices.Contains(row, ""):
			bad = append(bad, fmt.Sprintf("%s: its row in DEPENDENCIES.md has an empty cell or not five of them", r.Path))
		case row[0] != r.Version:
			bad = append(bad, fmt.Sprintf("%s is %s in go.mod and %s in DEPENDENCIES.md", r.Path, r.Version, row[0]))
		}
	}
	return bad
}

func TestDependenciesReports(t *testing.T) {
	const doc = "| Module | Version |\n| --- | --- |\n| `a.org/a` | v1.0.0 | all | because | b |\n"
	tests := []struct {
		name, doc string
		require   requirement
		want      string
	}{
		{"sound", doc, requirement{Path: "a.org/a", Version: "v1.0.0"}, ""},
		{"indirect", doc, requirement{Path: "a.org/b", Version: "v1.0.0", Indirect: true}, ""},
		{"no row", doc, requirement{Path: "a.org/b", Version: "v1.0.0"}, "no row"},
		{"no reason", strings.ReplaceAll(doc, "because", " "), requirement{Path: "a.org/a", Version: "v1.0.0"}, "empty cell"},
		{"other version", doc, requirement{Path: "a.org/a", Version: "v1.0.1"}, "v1.0.1 in go.mod and v1.0.0"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := strings.Join(judgeDependencies([]requirement{tt.require}, tt.doc), "\n")
			if (got == "") != (tt.want == "") || !strings.Contains(got, tt.want) {
				t.Errorf("judgeDependencies = %q, want %q", got, tt.want)
			}
		})
	}
}
