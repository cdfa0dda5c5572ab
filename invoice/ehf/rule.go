package ehf

// A rule is one assertion of the official rules. One that changes with a release,
// or whose code list does, is two of one id: the old one until it, the new one
// since it.
type rule struct {
	id    string
	flag  Flag
	since string // the release that brought it, "" for the first one we know
	until string // the release that dropped it, "" if none has
	en    string // what is wrong when it is broken
	nb    string
	ok    func(c *check, n node) bool // whether n satisfies it
}

// A context says on which elements its rules are tested.
type context struct {
	on    []name                      // elements of these names; nil for all
	in    name                        // whose parent has this name, if it is given
	with  name                        // and that have this attribute, if it is given
	value string                      // with this value of less than eight bytes, if it is given
	mark  category                    // and that gather gave this category, if it is given
	where func(c *check, n node) bool // and that satisfy this, if it is given
	rules []rule
}

// A pattern is a list of contexts. As in Schematron, an element is tested by
// the first context of a pattern that fits it and by no later one.
type pattern []context

// The constructors below are the forms that many rules share. Their paths are
// child steps from the element that is tested.

// has: there is such an element.
func has(path ...name) func(*check, node) bool {
	return func(c *check, n node) bool { return c.any(n, path...) }
}

// hasEither: there is a child of the one name or of the other.
func hasEither(a, b name) func(*check, node) bool {
	return func(c *check, n node) bool { return c.child(n, a) != none || c.child(n, b) != none }
}

// filled: there is such an element and it is not blank.
func filled(path ...name) func(*check, node) bool {
	return func(c *check, n node) bool { return len(trim(c.value(c.only(n, path...)))) > 0 }
}

// atMost: there are no more than so many, which is one at least.
func atMost(most int, path ...name) func(*check, node) bool {
	return func(c *check, n node) bool {
		for i, step := range path { // the usual case: none, or one at every step
			k := c.child(n, step)
			if k == none {
				return true
			}
			if c.again(k) != none {
				return c.count(n, path[i:]...) <= most
			}
			n = k
		}
		return true
	}
}

// twoDecimals: the amount has no more than two digits after its point.
func twoDecimals(of name) func(*check, node) bool {
	return func(c *check, n node) bool { return decimalsOf(c.value(c.only(n, of))) <= 2 }
}

// hasAttribute: the element bears it.
func hasAttribute(a name) func(*check, node) bool {
	return func(c *check, n node) bool {
		_, ok := c.attribute(n, a)
		return ok
	}
}

// always is a rule that its authors left without a test.
func always(*check, node) bool { return true }

// never is broken wherever its context fits.
func never(*check, node) bool { return false }

// inside: the element stands in these, nearest first.
func inside(names ...name) func(*check, node) bool {
	return func(c *check, n node) bool { return c.under(n, names...) }
}

func either(a, b func(*check, node) bool) func(*check, node) bool {
	return func(c *check, n node) bool { return a(c, n) || b(c, n) }
}

// atRoot: the element is a child of the document's root.
func atRoot(c *check, n node) bool { return c.parent(n) == root }

const root node = 0

// decimalsOf counts the characters after the first point.
func decimalsOf(b []byte) int {
	for i, ch := range b {
		if ch == '.' {
			return characters(b[i+1:])
		}
	}
	return 0
}

// characters is fn:string-length.
func characters(b []byte) int {
	n := 0
	for _, ch := range b {
		if ch&0xC0 != 0x80 {
			n++
		}
	}
	return n
}
