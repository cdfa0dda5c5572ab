package ehf

import "slices"

// structure checks the document against the schema and enters the problems in
// the report. It also sets where the path of every element stands in the path
// automaton, which follows the same places.
func (c *check) structure() {
	s := c.schema
	for n := range c.elems {
		e := &c.elems[n]
		t := s.types[s.typeOf[e.name]]
		switch {
		case e.flags&skipped != 0:
			c.loose(node(n))
		case t.data == aggregate && s.typeOf[e.name] != 0:
			c.sequence(node(n), t)
		case t.data == anything:
			c.extension(node(n))
		default:
			c.leaf(node(n), t.data)
		}
	}
}

// sequence checks the child elements of n against the sequence of its type.
func (c *check) sequence(n node, t complexType) {
	s := c.schema
	e := &c.elems[n]
	if e.attrs != e.attrsEnd {
		c.plainAttributes(n, 0)
	}
	if e.flags&mixed != 0 || e.flags&(hasChild|blank) == 0 {
		c.problem(n, problemText, unknown)
	}
	row := c.paths.row(e.path)
	filled := -1 // the place that was filled last
	for k := c.first(n); k != none; k = c.elems[k].next {
		kid := &c.elems[k]
		place, ok := s.place(t, kid.name)
		if !ok || place < filled {
			c.misplaced(k, t)
			kid.path = c.paths.step(e.path, kid.name)
			continue
		}
		kid.path = row.at(place)
		if place == filled {
			if s.often[int(t.from)+place]&repeated == 0 {
				c.problem(k, problemTwice, kid.name)
			}
			continue
		}
		if must := s.required(t, filled+1); must < place {
			c.problem(k, problemMissing, s.child[int(t.from)+must])
		}
		filled = place
	}
	if must := s.required(t, filled+1); must < int(t.to-t.from) {
		c.problem(n, problemMissing, s.child[int(t.from)+must])
	}
}

// misplaced says what is wrong with a child that the rest of its parent's
// sequence does not have.
func (c *check) misplaced(k node, t complexType) {
	e := &c.elems[k]
	if e.name != unknown && slices.Contains(c.schema.child[t.from:t.to], e.name) {
		c.problem(k, problemOrder, e.name)
		return
	}
	c.problem(k, problemUnknown, e.name)
	if !c.typed(k) {
		c.skip(k)
	}
}

// typed reports whether the schema says anything about k. A document of the
// other kind inside this one is not of its schema.
func (c *check) typed(k node) bool {
	n := c.elems[k].name
	return c.schema.typeOf[n] != 0 && (n != invInvoice && n != cnCreditNote || n == c.elems[root].name)
}

// skip marks an element as one that no type says anything about.
func (c *check) skip(n node) { c.elems[n].flags |= skipped }

// loose passes an element without a type: its children are checked if they are
// known, as XML Schema's lax processing has it.
func (c *check) loose(n node) {
	row := c.elems[n].path
	for k := c.first(n); k != none; k = c.elems[k].next {
		c.elems[k].path = c.paths.step(row, c.elems[k].name)
		if !c.typed(k) {
			c.skip(k)
		}
	}
}

// extension checks ext:ExtensionContent: exactly one element, of any namespace
// but the extension's own. What is in ds:Signature is not checked.
func (c *check) extension(n node) {
	e := &c.elems[n]
	if e.name != extExtensionContent {
		for k := c.first(n); k != none; k = c.elems[k].next {
			c.skip(k)
		}
		return
	}
	c.plainAttributes(n, 0)
	if e.flags&mixed != 0 || e.flags&(hasChild|blank) == 0 {
		c.problem(n, problemText, unknown)
	}
	k := c.first(n)
	switch {
	case k == none:
		c.problem(n, problemContent, unknown)
		return
	case c.elems[k].next != none:
		c.problem(c.elems[k].next, problemTwice, unknown)
	case c.elems[k].space == extSpace || c.elems[k].space == noSpace:
		c.problem(k, problemUnknown, c.elems[k].name)
	}
	c.loose(n)
}

// leaf checks an element with a data type: its value and attributes.
func (c *check) leaf(n node, d dataType) {
	e := &c.elems[n]
	if e.flags&hasChild != 0 {
		for k := c.first(n); k != none; k = c.elems[k].next {
			c.problem(k, problemUnknown, c.elems[k].name)
			c.elems[k].path = c.paths.step(e.path, c.elems[k].name)
			if !c.typed(k) {
				c.skip(k)
			}
		}
		return
	}
	if d >= firstChecked && !d.valid(c.bytes(e.text, e.flags&cooked != 0)) {
		c.problem(n, problemValue, unknown)
	}
	if e.attrs != e.attrsEnd {
		c.plainAttributes(n, d)
	}
	if must := d.required(); must != unknown {
		if _, ok := c.attribute(n, must); !ok {
			c.problem(n, problemAttribute, must)
		}
	}
}

// plainAttributes checks the attributes of n against those of its data type.
func (c *check) plainAttributes(n node, d dataType) {
	e := &c.elems[n]
	for i := e.attrs; i < e.attrsEnd; i++ {
		a := &c.attrs[i]
		switch {
		case a.space == xsiSpace:
			c.instance(n, string(c.src[a.local:a.raw.to]), c.bytes(a.value, a.side))
		case a.space != noSpace || !d.allows(a.name):
			c.problem(n, problemForeignAttribute, a.name)
		case !validAttribute(a.name, c.bytes(a.value, a.side)):
			c.problem(n, problemAttributeValue, a.name)
		}
	}
}

// instance checks an attribute of XML Schema itself, which any element may have.
func (c *check) instance(n node, local string, value []byte) {
	good := false
	switch local {
	case "schemaLocation": // where schemas are, which are not read
		good = validURIs(value)
	case "noNamespaceSchemaLocation":
		good = validURI(trim(value))
	default: // xsi:type and xsi:nil promise what UBL has no use for
		c.problem(n, problemForeignAttribute, unknown)
		return
	}
	if !good {
		c.problem(n, problemAttributeValue, unknown)
	}
}
