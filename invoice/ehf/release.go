package ehf

import (
	"iter"
	"slices"
	"strings"
	"sync"
	"time"
)

// A Release is one edition of the rules. OpenPeppol brings out two a year.
type Release struct {
	ID     string    // such as "2026.5", which sorts by age
	From   time.Time // the day from which the network holds documents to it
	Peppol string    // edition of Peppol BIS Billing
	CEN    string    // the European standard's validation artefacts

	compiled func() *program
}

// may2026 is Peppol BIS Billing 3.0.21 with the validation artefacts 1.3.16 of
// EN 16931, published on 2026-05-18 and mandatory from 2026-08-17.
var may2026 = Release{
	ID: "2026.5", From: time.Date(2026, time.August, 17, 0, 0, 0, 0, time.UTC), Peppol: "3.0.21", CEN: "1.3.16",
	compiled: sync.OnceValue(func() *program { return compile("2026.5", patterns()) }),
}

// Releases are all that the package knows, oldest first.
func Releases() []Release { return []Release{may2026} }

// Newest is the newest Release.
func Newest() Release {
	all := Releases()
	return all[len(all)-1]
}

// InForce is the release that a document of the given day is held to: the
// newest that is in force, or the oldest if none is yet.
func InForce(day time.Time) Release { return inForce(Releases(), day) }

func inForce(all []Release, day time.Time) Release {
	for _, r := range slices.Backward(all) {
		if !day.Before(r.From) {
			return r
		}
	}
	return all[0]
}

// program is the rules, compiled when they are first asked for. The zero
// Release has those of the newest.
func (r Release) program() *program {
	if r.compiled == nil {
		return Newest().compiled()
	}
	return r.compiled()
}

// A Rule is what is known of a rule without a document.
type Rule struct {
	ID    string
	Flag  Flag
	Since string // the release that brought it; "" if it is older than the oldest here
}

// Rules yields the rules of the release.
func (r Release) Rules() iter.Seq[Rule] {
	return func(yield func(Rule) bool) {
		for _, x := range r.program().all {
			if !yield(Rule{ID: x.id, Flag: x.flag, Since: x.since}) {
				return
			}
		}
	}
}

// A program is the rules of a release, made ready to run.
type program struct {
	release string
	schema  *schema
	tests   []tests // by the name of the element
	empty   rules   // on every element that is empty
	paths   *paths
	forbids []bool // by state of paths: whether some rule is broken there
	all     []rule

	suspects [][]suspect // by name of an attribute: the rules that may forbid it
}

// A suspect is a rule that forbids an attribute on some elements.
type suspect struct {
	on    name
	where func(c *check, n node) bool
	rule  rule
}

// tests are the contexts that may fit the elements of one name: those for any
// parent, and for some parents those of their own among them.
type tests struct {
	any     []test
	parents []parentTests
}

type parentTests struct {
	parent name
	tests  []test
}

// under are the tests for an element with this parent.
func (t *tests) under(parent name) []test {
	for i := range t.parents {
		if t.parents[i].parent == parent {
			return t.parents[i].tests
		}
	}
	return t.any
}

// add appends a test, for any parent or for one.
func (t *tests) add(parent name, x test) {
	if parent == unknown {
		t.any = append(t.any, x)
		for i := range t.parents {
			t.parents[i].tests = append(t.parents[i].tests, x)
		}
		return
	}
	i := slices.IndexFunc(t.parents, func(p parentTests) bool { return p.parent == parent })
	if i < 0 {
		i = len(t.parents)
		t.parents = append(t.parents, parentTests{parent, slices.Clone(t.any)})
	}
	t.parents[i].tests = append(t.parents[i].tests, x)
}

// A test is one context, prepared.
type test struct {
	pattern patternID
	mark    uint8
	with    name
	value   uint64 // packed, 0 for any
	where   func(c *check, n node) bool
	rules
}

// rules are held together, their tests apart: those of a clean document are all
// that is looked at.
type rules struct {
	list []rule
	oks  []func(c *check, n node) bool // beside list
}

func held(list []rule) rules {
	r := rules{list: list}
	for i := range list {
		r.oks = append(r.oks, list[i].ok)
	}
	return r
}

type patternID int8

const noPattern patternID = -1

// compile takes the rules of the patterns, and those that forbid, that hold in a
// release.
func compile(release string, patterns []pattern) *program {
	w := words()
	p := &program{release: release, schema: ubl21(), tests: make([]tests, len(w.names))}
	of := func(rules []rule) []rule {
		rules = slices.Clone(rules)
		return slices.DeleteFunc(rules, func(r rule) bool { return !r.in(release) })
	}
	for id, pattern := range patterns {
		for _, ctx := range pattern {
			rules := of(ctx.rules)
			if len(rules) == 0 && len(ctx.rules) > 0 { // the release does not have the context
				continue
			}
			if len(p.all) == 0 || len(rules) == 0 || p.all[len(p.all)-1].id != rules[len(rules)-1].id { // one context may be two
				p.all = append(p.all, rules...)
			}
			on := ctx.on
			if on == nil {
				for n := range w.names {
					on = append(on, name(n))
				}
			}
			for _, n := range on {
				p.tests[n].add(ctx.in, test{patternID(id), uint8(ctx.mark), ctx.with, pack([]byte(ctx.value)), ctx.where, held(rules)})
			}
		}
	}
	p.empty = held(of(emptyRules))
	p.all = append(p.all, p.empty.list...)
	p.paths = newPaths(p.schema, forbiddenPaths)
	p.forbids = make([]bool, len(p.paths.base))
	for s, rules := range p.paths.rules {
		rules = of(rules)
		p.paths.rules[s] = rules
		p.forbids[s] = len(rules) > 0
	}
	for _, r := range forbiddenPaths {
		if last := p.all[len(p.all)-1]; last.id != r.id { // lines have two paths
			p.all = append(p.all, of([]rule{r})...)
		}
	}
	p.suspects = make([][]suspect, len(w.names))
	for _, a := range slices.Concat(anywhere, onSome) {
		for _, r := range of([]rule{a.rule()}) {
			p.all = append(p.all, r)
			p.suspects[a.attribute] = append(p.suspects[a.attribute], suspect{a.on, a.where, r})
		}
	}
	return p
}

// in reports whether a rule holds in a release.
func (r rule) in(release string) bool {
	return !newer(r.since, release) && (r.until == "" || newer(r.until, release))
}

// newer reports whether a rule that came with since is not yet in release.
func newer(since, release string) bool {
	if since == "" {
		return false
	}
	y1, n1, _ := strings.Cut(since, ".")
	y2, n2, _ := strings.Cut(release, ".")
	return y1 > y2 || y1 == y2 && (len(n1) > len(n2) || len(n1) == len(n2) && n1 > n2)
}
