package ehf

import "slices"

// Options steer a validation. Nil and the zero value mean the defaults.
type Options struct {
	Release Release // the rules to hold the document to; the newest if it is zero
	Limits  Limits  // what the document may cost
}

// Validate holds a document to the structure of UBL 2.1 and to every rule of
// EHF Billing: the European standard's, Peppol's common ones and Norway's.
// It never stops at the first finding, and keeps as many as the limits allow.
//
// A document that can't be read at all is a *ReadError: one that is not
// well-formed, is no Invoice or CreditNote, or passes a limit.
func Validate(doc []byte, opts *Options) (Report, error) {
	return NewValidator(opts).Validate(doc)
}

// A Validator validates one document after the other and reuses its memory, so
// that it holds what the largest of them took. It must not be used by two
// goroutines at once; make one for each.
type Validator struct {
	limits Limits
	check  check
}

// NewValidator makes a Validator. The options may be nil.
func NewValidator(opts *Options) *Validator {
	if opts == nil {
		opts = &Options{}
	}
	v := &Validator{limits: opts.Limits}
	v.check.program = opts.Release.program()
	return v
}

// Validate is as the function of that name. The report stays valid when the
// Validator goes on to the next document.
func (v *Validator) Validate(doc []byte) (Report, error) {
	c := &v.check
	c.report, c.fatal = Report{Release: c.release, Schema: true}, false
	if err := parse(&c.tree, doc, v.limits); err != nil {
		return Report{}, err
	}
	start, ok := c.paths.start[c.elems[root].name]
	if !ok {
		return Report{}, c.fail(NotEHF, 0)
	}
	c.elems[root].path = start
	for i := range c.recent {
		c.recent[i].parent = none
	}
	c.report.Root = c.elems[root].name.String()
	c.structure()
	c.gather()
	c.apply()
	c.conclude()
	if c.steps <= 0 {
		return Report{}, c.fail(TooMany, 0)
	}
	r := c.report
	c.report = Report{}
	return r, nil
}

// A check is one document in the course of its validation.
type check struct {
	tree
	*program
	facts
	report Report
	fatal  bool   // there is a fatal finding in it
	stops  []node // elements at which the official rules give up
	recent [16]recent
}

// apply tests every rule on every element that a context of it fits.
func (c *check) apply() {
	for i := range c.elems {
		n := node(i)
		e := &c.elems[i]
		if e.flags&blank != 0 {
			c.hold(n, &c.empty)
		}
		parent := unknown
		if e.parent != none {
			parent = c.elems[e.parent].name
		}
		if list := c.tests[e.name].under(parent); len(list) > 0 {
			if e.flags&hasChild != 0 {
				c.index(n)
			}
			c.run(n, e, list)
		}
		if e.path != dead && c.forbids[e.path] {
			c.forbidden(n)
		}
		if e.attrs != e.attrsEnd {
			c.attributesOf(n)
		}
	}
}

// run tests n in the first context of each pattern that fits it.
func (c *check) run(n node, e *elem, list []test) {
	done, asked := noPattern, unknown
	var value uint64 // of the attribute that was asked for last, packed
	var has bool
	for k := range list {
		t := &list[k]
		if t.pattern == done || t.mark != 0 && t.mark != e.mark {
			continue
		}
		if t.with != unknown {
			if t.with != asked {
				asked = t.with
				var v []byte
				v, has = c.attribute(n, asked)
				value = pack(v)
			}
			if !has || t.value != 0 && t.value != value {
				continue
			}
		}
		if t.where == nil || t.where(c, n) {
			done = t.pattern
			c.hold(n, &t.rules)
		}
	}
}

// hold holds n to rules.
func (c *check) hold(n node, r *rules) {
	for i, ok := range r.oks {
		if !ok(c, n) {
			c.broken(&r.list[i], n)
		}
	}
}

// broken enters a finding. The first fatal one is entered whatever the limit, so
// that warnings can't hide that a document is refused.
func (c *check) broken(r *rule, n node) {
	first := r.flag == Fatal && !c.fatal
	if c.full() && !first {
		c.report.More = true
		return
	}
	c.fatal = c.fatal || first
	c.report.Findings = append(c.report.Findings, Finding{Rule: r.id, Flag: r.flag, Path: c.path(n), en: r.en, nb: r.nb, at: n})
}

// full reports whether the report has as much as it may keep.
func (c *check) full() bool {
	return len(c.report.Findings)+len(c.report.Problems) >= c.limits.Findings
}

// undecided notes that the official rules stop at n with an error.
func (c *check) undecided(n node) {
	if e := &c.elems[n]; e.flags&stopped == 0 {
		e.flags |= stopped
		c.stops = append(c.stops, n)
	}
}

// conclude says what the official rules could not, adds the notices and puts
// the findings into document order.
func (c *check) conclude() {
	if c.report.Schema { // a document of wrong structure is refused anyway
		for _, n := range c.stops {
			c.broken(&undecidedRule, n)
		}
	}
	if len(c.stops) > 0 { // all others are in order
		slices.SortStableFunc(c.report.Findings, func(a, b Finding) int { return int(a.at - b.at) })
	}
	c.stops = c.stops[:0]
	c.notices()
}

// undecidedRule stands for the run-time error with which the official rules
// end where a document has several values for what they take to be one. Such a
// document has no verdict, and nobody can rely on its being accepted.
var undecidedRule = rule{
	id: Undecided, flag: Fatal,
	en: "The official rules can't be applied: they expect a single plain value here.",
	nb: "De offisielle reglene lar seg ikke bruke: de venter én enkelt verdi her.",
}
