package ehf

import (
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// nextReleases are today's release and a made-up one after it, both of the same
// tables: since and until are all that tells them apart. The next one has a rule
// of its own, lacks PEPPOL-EN16931-R003, and has the country XN in place of SJ.
func nextReleases(t *testing.T) []Release {
	const next = "2027.5"
	tables := patterns()
	for i := range tables {
		tables[i] = slices.Clone(tables[i])
		for k := range tables[i] {
			tables[i][k].rules = slices.Clone(tables[i][k].rules)
		}
	}
	changed := 0
	change := func(id string, by ...rule) { // by are the rules that take its place
		for _, p := range tables {
			for k := range p {
				for j := range p[k].rules {
					if r := &p[k].rules[j]; r.id == id {
						r.until = next
						p[k].rules = append(p[k].rules, by...)
						changed++
						break
					}
				}
			}
		}
	}
	change("PEPPOL-EN16931-R003")
	renamed := coded("BR-CL-14", "countries", "land", codes(strings.Replace(countries.text, "SJ", "XN", 1)))
	renamed[0].since = next
	change("BR-CL-14", renamed...)
	if changed != 2 {
		t.Fatalf("%d rules changed", changed)
	}
	tables = append(tables, pattern{{on: []name{invInvoice}, rules: []rule{
		{id: "NO-R-099", flag: Fatal, since: next, ok: has(cbcNote), en: "A made-up rule.", nb: "En oppdiktet regel."},
	}}})
	release := func(id string, from time.Time) Release {
		return Release{ID: id, From: from, compiled: sync.OnceValue(func() *program { return compile(id, tables) })}
	}
	return []Release{release(may2026.ID, may2026.From), release(next, time.Date(2027, time.August, 16, 0, 0, 0, 0, time.UTC))}
}

// A new release stands beside the one before it: the day tells which of them a
// document is held to.
func TestNextRelease(t *testing.T) {
	all := nextReleases(t)
	before, after := time.Date(2027, time.August, 15, 0, 0, 0, 0, time.UTC), time.Date(2027, time.August, 16, 0, 0, 0, 0, time.UTC)
	country := func(code string) edit {
		return set("cac:AccountingCustomerParty/cac:Party/cac:PostalAddress/cac:Country/cbc:IdentificationCode", code)
	}
	tests := []struct {
		name          string
		edits         []edit
		before, after string // the rules broken
	}{
		{"a clean document", nil, "", ""},
		{"a rule that goes", []edit{remove("cac:OrderReference"), remove("cbc:BuyerReference")}, "PEPPOL-EN16931-R003", ""},
		{"a rule that comes", []edit{remove("cbc:Note")}, "", "NO-R-099"},
		{"a code that goes", []edit{country("SJ")}, "", "BR-CL-14"},
		{"a code that comes", []edit{country("XN")}, "BR-CL-14", ""},
	}
	for _, c := range tests {
		doc := sample("Invoice")
		for _, e := range c.edits {
			e(t, doc)
		}
		for day, want := range map[time.Time]string{before: c.before, after: c.after} {
			release := inForce(all, day)
			r, err := Validate(doc.bytes(), &Options{Release: release})
			if err != nil {
				t.Fatal(err)
			}
			var broken []string
			for _, f := range r.Findings {
				broken = append(broken, f.Rule)
			}
			if got := strings.Join(broken, " "); got != want || r.Release != release.ID {
				t.Errorf("%s on %s: %q broken in %s, want %q", c.name, day.Format(time.DateOnly), got, r.Release, want)
			}
		}
	}
}

// Each release has its own rules, and the made-up one leaves today's as it is.
func TestNextReleaseRules(t *testing.T) {
	rules := func(r Release) map[string]bool {
		ids := map[string]bool{}
		for x := range r.Rules() {
			if ids[x.ID] {
				t.Errorf("%s is twice in %s", x.ID, r.ID)
			}
			ids[x.ID] = true
		}
		return ids
	}
	all := nextReleases(t)
	today, next := rules(all[0]), rules(all[1])
	if !maps.Equal(today, rules(may2026)) {
		t.Error("today's release has changed")
	}
	today["NO-R-099"] = true
	delete(today, "PEPPOL-EN16931-R003")
	if !maps.Equal(today, next) {
		t.Error("the next release differs in more than it should")
	}
}

// A context that a release does not have hides none of its later ones.
func TestContextOfLaterRelease(t *testing.T) {
	never := func(*check, node) bool { return false }
	tables := []pattern{{
		{on: []name{invInvoice}, rules: []rule{{id: "later", since: "2027.5", ok: never}}},
		{on: []name{invInvoice}, rules: []rule{{id: "always", ok: never}}},
	}}
	for id, want := range map[string]string{"2026.5": "always", "2027.5": "later"} {
		r, err := Validate(sample("Invoice").bytes(), &Options{Release: Release{ID: id, compiled: func() *program { return compile(id, tables) }}})
		if err != nil || len(r.Findings) != 1 || r.Findings[0].Rule != want {
			t.Errorf("in %s: %v %s, want %s alone", id, err, described(r), want)
		}
	}
}
