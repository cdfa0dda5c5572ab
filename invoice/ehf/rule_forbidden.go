package ehf

import (
	_ "embed"
	"fmt"
	"strings"
)

// forbiddenText lists what UBL has and EHF has no use for: the number of a
// UBL-CR rule and the path below the root that it forbids. "line" is an
// invoice line or a credit note line.
//
//go:embed rule_forbidden.txt
var forbiddenText string

// forbiddenPaths yields the paths with their rules. All are warnings.
func forbiddenPaths(yield func(path []name, r rule) bool) {
	w := words()
	for entry := range strings.Lines(forbiddenText) {
		number, path, _ := strings.Cut(strings.TrimSpace(entry), " ")
		r := rule{
			id: "UBL-CR-" + number, flag: Warning,
			en: fmt.Sprintf("EHF has no use for %s; leave it out.", path),
			nb: fmt.Sprintf("EHF bruker ikke %s; utelat det.", path),
		}
		variants := []string{path}
		if rest, ok := strings.CutPrefix(path, "line/"); ok {
			r.en = fmt.Sprintf("EHF has no use for %s on a line; leave it out.", rest)
			r.nb = fmt.Sprintf("EHF bruker ikke %s på en linje; utelat det.", rest)
			variants = []string{"cac:InvoiceLine/" + rest, "cac:CreditNoteLine/" + rest}
		}
		for _, v := range variants {
			var names []name
			for step := range strings.SplitSeq(v, "/") {
				names = append(names, w.find(prefixes[step[:4]], []byte(step[4:])))
			}
			if !yield(names, r) {
				return
			}
		}
	}
}

// forbidden enters the rules whose path ends in n. As the official rules look
// at the document as a whole, each is broken once at most.
func (c *check) forbidden(n node) {
	for i := range c.paths.rules[c.elems[n].path] {
		r := &c.paths.rules[c.elems[n].path][i]
		// A credit note has its due date where an invoice must not have one.
		if r.id == "UBL-CR-412" && c.elems[root].name == cnCreditNote {
			continue
		}
		c.once(r, n)
	}
}

// once enters a finding unless its rule has one already.
func (c *check) once(r *rule, n node) {
	if !c.reported[r.id] {
		if c.reported == nil {
			c.reported = map[string]bool{}
		}
		c.reported[r.id] = true
		c.broken(r, n)
	}
}
