package ehf

// any reports whether a path of child steps from n leads to an element.
func (c *check) any(n node, path ...name) bool {
	for k := c.child(n, path[0]); k != none; k = c.again(k) {
		if len(path) == 1 || c.any(k, path[1:]...) {
			return true
		}
	}
	return false
}

// count is to how many elements a path of child steps from n leads.
func (c *check) count(n node, path ...name) int {
	total := 0
	for k := c.child(n, path[0]); k != none; k = c.again(k) {
		if len(path) == 1 {
			total++
		} else {
			total += c.count(k, path[1:]...)
		}
	}
	return total
}

// find is the first element that a path of child steps from n leads to.
func (c *check) find(n node, path ...name) node {
	for k := c.child(n, path[0]); k != none; k = c.again(k) {
		if len(path) == 1 {
			return k
		}
		if found := c.find(k, path[1:]...); found != none {
			return found
		}
	}
	return none
}

// only is the one element that a path of child steps from n leads to, or none.
// Where the official rules ask for the one element and there are more, they
// stop without a verdict; that is noted and the first is given.
func (c *check) only(n node, path ...name) node {
	for ; len(path) > 0; path = path[1:] { // the usual case: one at every step
		k := c.child(n, path[0])
		if k == none {
			return none
		}
		if c.again(k) != none {
			break
		}
		n = k
	}
	if len(path) == 0 {
		return n
	}
	first, more := c.atMostOne(n, none, path)
	if more != none {
		c.undecided(more)
	}
	return first
}

func (c *check) atMostOne(n, first node, path []name) (node, node) {
	for k := c.child(n, path[0]); k != none; k = c.again(k) {
		if len(path) == 1 {
			if first != none {
				return first, k
			}
			first = k
			continue
		}
		var more node
		if first, more = c.atMostOne(k, first, path[1:]); more != none {
			return first, more
		}
	}
	return first, none
}

// normalOf is the value of n with its white space normalised.
func (c *check) normalOf(n node) []byte {
	if n == none {
		return nil
	}
	return normal(c.value(n))
}

// normalText is the same of the one text node of n, as the rules have it that
// say text().
func (c *check) normalText(n node) []byte {
	v, _ := c.onlyText(n)
	return normal(v)
}

// onlyText is the one text node of n. It is not ok if there are more.
func (c *check) onlyText(n node) (value []byte, ok bool) {
	if n == none {
		return nil, true
	}
	v, nodes := c.text(n)
	if nodes > 1 {
		c.undecided(n)
	}
	return v, nodes <= 1
}

// anyEquals reports whether one of the children of a name has exactly a value.
func (c *check) anyEquals(n node, of name, value string) bool {
	for k := c.child(n, of); k != none; k = c.again(k) {
		if string(c.value(k)) == value {
			return true
		}
	}
	return false
}

// number is the value of n as an xs:decimal: none if n is, or if it is no
// number, where the official rules stop.
func (c *check) number(n node) decimal {
	if n == none {
		return decimal{}
	}
	d, ok := parseDecimal(c.value(n))
	if !ok {
		c.undecided(n)
	}
	return d
}

// amount is the number of the one child of a name.
func (c *check) amount(n node, of name) decimal { return c.number(c.only(n, of)) }

// truth reports whether a child of a name is true, or false, as an xs:boolean.
func (c *check) truth(n node, of name, want bool) bool {
	for k := c.child(n, of); k != none; k = c.again(k) {
		switch v := string(trim(c.value(k))); v {
		case "true", "1":
			if want {
				return true
			}
		case "false", "0":
			if !want {
				return true
			}
		default:
			c.undecided(k)
		}
	}
	return false
}
