package ehf

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// peppolDir is where the official verdicts are, which are other people's data
// and no part of the project.
func peppolDir(t testing.TB) string {
	dir := os.Getenv("TIMEBOK_PEPPOL")
	if dir == "" {
		dir = filepath.Join("..", "..", "..", "shared", "peppol")
	}
	if _, err := os.Stat(filepath.Join(dir, "corpus.zip")); err != nil {
		t.Skipf("SKIPPED: the official verdicts are not at %s; set TIMEBOK_PEPPOL to the folder that has corpus.zip", dir)
	}
	return dir
}

// The release must have just the rules that are officially in scope, each with
// its flag and with both texts.
func TestReleaseHasAllRules(t *testing.T) {
	data, err := os.ReadFile(filepath.Join(peppolDir(t), "rules.tsv"))
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]string{}
	for line := range strings.Lines(string(data)) {
		id, flag, _ := strings.Cut(strings.TrimSpace(line), "\t")
		want[id] = flag
	}
	for r := range Newest().Rules() {
		if flag, ok := want[r.ID]; !ok || flag != r.Flag.String() {
			t.Errorf("%s is %v here, officially %q", r.ID, r.Flag, flag)
		}
		delete(want, r.ID)
	}
	for id := range want {
		t.Errorf("%s is missing", id)
	}
}

func TestRulesAreWhole(t *testing.T) {
	seen := map[string]bool{}
	for _, r := range Newest().program().all {
		if seen[r.id] {
			t.Errorf("%s is there twice", r.id)
		}
		seen[r.id] = true
		if len(r.en) < 10 || len(r.nb) < 10 || r.en == r.nb || strings.Contains(r.en+r.nb, "%!") {
			t.Errorf("%s has no texts: %q, %q", r.id, r.en, r.nb)
		}
	}
	if len(seen) != 1045 {
		t.Errorf("%d rules, want 1045", len(seen))
	}
}

func TestInForce(t *testing.T) {
	for _, day := range []time.Time{{}, time.Date(2026, time.November, 23, 0, 0, 0, 0, time.UTC)} {
		if r := InForce(day); r.ID != "2026.5" {
			t.Errorf("InForce(%v) = %s", day, r.ID)
		}
	}
}

// A release leaves out the rules that came after it.
func TestOlderReleaseHasFewerRules(t *testing.T) {
	older := compile("2025.11", patterns())
	have := map[string]bool{}
	for _, r := range older.all {
		have[r.id] = true
	}
	for _, id := range []string{"UBL-SR-56", "PEPPOL-COMMON-R054", "PEPPOL-COMMON-R055", "PEPPOL-COMMON-R056-1", "PEPPOL-COMMON-R056-2", "PEPPOL-COMMON-R057"} {
		if have[id] {
			t.Errorf("%s holds before it was made", id)
		}
	}
	if len(have) != 1045-6 {
		t.Errorf("%d rules in 2025.11", len(have))
	}
}

func TestRuleHoldsFromSinceToUntil(t *testing.T) {
	r := rule{since: "2025.11", until: "2026.11"}
	for release, want := range map[string]bool{"2025.5": false, "2025.11": true, "2026.5": true, "2026.11": false, "2027.5": false} {
		if r.in(release) != want {
			t.Errorf("in %s: %v", release, !want)
		}
	}
}
