package main

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
)

// axe-core (npm, MPL-2.0) judges accessibility. It is no part of this repository: the
// test fetches this version once with npm, into the user's cache folder.
const (
	axeVersion = "4.14.1"
	axeSum     = "e6b0ce02b84d892e2e33e403485e7f3d6c29e2be6df65daf44d89ba564139745"
)

// axeScript returns axe.min.js.
func axeScript(t testing.TB) string {
	t.Helper()
	cache, err := os.UserCacheDir()
	if err != nil {
		t.Fatal(err)
	}
	name := "axe-core-" + axeVersion + ".tgz"
	dir := filepath.Join(cache, "timebok")
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	packed, err := os.ReadFile(filepath.Join(dir, name))
	if err != nil {
		fetch := t.TempDir()
		npm := exec.Command("npm", "pack", "--silent", "--pack-destination", fetch, "axe-core@"+axeVersion)
		npm.Dir = fetch
		if out, err := npm.CombinedOutput(); err != nil {
			t.Fatalf("axe-core %s is not in %s, and npm can't fetch it (%s=off switches this test off): %v\n%s", axeVersion, dir, browserOff, err, out)
		}
		if packed, err = os.ReadFile(filepath.Join(fetch, name)); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, name), packed, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if sum := sha256.Sum256(packed); hex.EncodeToString(sum[:]) != axeSum {
		t.Fatalf("%s is not the axe-core that was looked at: its sum is %x", filepath.Join(dir, name), sum)
	}
	unzipped, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		t.Fatal(err)
	}
	for files := tar.NewReader(unzipped); ; {
		h, err := files.Next()
		if err != nil {
			t.Fatalf("axe.min.js is not in %s: %v", name, err)
		}
		if h.Name == "package/axe.min.js" {
			script, err := io.ReadAll(files)
			if err != nil {
				t.Fatal(err)
			}
			return string(script)
		}
	}
}

// An axeFinding is a rule that a page breaks, with where.
type axeFinding struct {
	ID    string   `json:"id"`
	Help  string   `json:"help"`
	Where []string `json:"where"`
}

// axe returns the rules of WCAG 2.1 A and AA that the page breaks. The page must hold
// the axeScript.
func (s *screen) axe() []axeFinding {
	s.t.Helper()
	return do(s, chromedp.Evaluate[[]axeFinding](`axe.run(document, { runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"] })
		.then((r) => r.violations.map((v) => ({ id: v.id, help: v.help, where: v.nodes.map((n) => n.html + " " + n.failureSummary) })))`,
		chromedp.EvalAwaitPromise))
}

// accessible fails the test for each rule that the page breaks.
func (s *screen) accessible(page string) {
	s.t.Helper()
	for _, f := range s.axe() {
		s.t.Errorf("%s: %s (%s)\n%s", page, f.ID, f.Help, strings.Join(f.Where, "\n"))
	}
}

// axe does see what is wrong with a page of ours.
func TestAxeSees(t *testing.T) {
	s := newClinic(t).screen(t)
	do(s, chromedp.Evaluate[chromedp.Void](axeScript(t)))
	do(s, chromedp.Evaluate[chromedp.Void](`
		document.querySelector("h1").insertAdjacentHTML("afterend", "<input><img src='/static/icon.svg'>");
		document.documentElement.lang = ""`))
	var ids []string
	for _, f := range s.axe() {
		ids = append(ids, f.ID)
	}
	slices.Sort(ids)
	if want := []string{"html-has-lang", "image-alt", "label"}; !slices.Equal(ids, want) {
		t.Errorf("axe finds %v, want %v", ids, want)
	}
}

// fits fails the test if the page is wider than the window: nobody should have to
// scroll in two directions (WCAG 1.4.10).
func (s *screen) fits(page string) {
	s.t.Helper()
	over := do(s, chromedp.Evaluate[int](`document.documentElement.scrollWidth - document.documentElement.clientWidth`))
	if over > 0 {
		s.t.Errorf("%s: the page is %d pixels wider than the window", page, over)
	}
}
