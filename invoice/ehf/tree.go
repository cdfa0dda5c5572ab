package ehf

import "slices"

// A tree is a document in document order, one elem per element. Its slices are
// reused from document to document, so that reading costs no allocation once
// they have grown.
type tree struct {
	src       []byte
	side      []byte // values that differ from the source: references, CDATA, line ends
	elems     []elem
	attrs     []attr
	strangers []stranger // in document order
	tops      []slot     // the children of the root by name
	topsOwner uint64     // stands for the document, so that tops need no clearing
	slots     []slot     // those of the element that was indexed last
	focus     node       // which that is
	owner     uint64     // stands for it, as topsOwner does; they never come again
	steps     int        // siblings passed in search of names, up to budget
	scanner
}

// A slot is the first child of an element with a name, if the slot belongs to
// that element of the present document. The root has hundreds of rules and, with
// every line, more children; a line has dozens of rules.
type slot struct {
	owner       uint64
	first, last node
}

// enter puts a child into the slot of its name.
func (t *tree) enter(s *slot, owner uint64, child node) {
	t.elems[child].twin = none
	if s.owner != owner {
		s.owner, s.first = owner, child
	} else {
		t.elems[s.last].twin = child
	}
	s.last = child
}

// budget is how many siblings may be passed in search of names for each
// element of a document. No invoice comes near it; a document made to have
// every element look at every other is given up.
const budget = 256

// A node is the place of an element in tree.elems; the root is node 0.
type node int32

const (
	none     node = -1
	unlinked node = -2
)

// An elem is one element.
type elem struct {
	name               name // what it is if the vocabulary has it, unknown otherwise
	space              space
	flags              flags
	path               state // where the path from the root stands in the path automaton
	mark               uint8 // what gather found it to be: a category, or an allowance and a charge
	parent, next, last node  // last is the last child
	twin               node  // the next sibling with the same name, unlinked if it is not known
	position           int32 // among the siblings of the same name, once asked for
	raw                span  // its name as written
	local              uint32
	text               span // the value, or everything between the tags if there are child elements
	attrs, attrsEnd    uint32
}

// A stranger is an element whose namespace is none of UBL's.
type stranger struct {
	at  node
	uri []byte
}

// uri is the namespace of an element that is foreign, else nil.
func (t *tree) uri(n node) []byte {
	i, ok := slices.BinarySearchFunc(t.strangers, n, func(s stranger, n node) int { return int(s.at - n) })
	if !ok {
		return nil
	}
	return t.strangers[i].uri
}

// An attr is one attribute that is no namespace declaration.
type attr struct {
	name  name // as in elem; attributes without a prefix only
	space space
	side  bool // value is a span of tree.side
	raw   span
	local uint32
	value span
}

// A span is a half-open range of bytes.
type span struct{ from, to uint32 }

type flags uint16

const (
	hasChild flags = 1 << iota // it has child elements
	blank                      // it has no child elements and nothing but white space in it
	mixed                      // it has child elements and other text than white space
	cooked                     // its text is a span of tree.side
	parted                     // its text is more than one text node
	skipped                    // no type says anything about it
	several                    // a sibling has the same name; set with position
	stopped                    // the official rules give up at it
	linked                     // the twins of its children are known
)

func (t *tree) reset(src []byte) {
	t.src = src
	t.side, t.elems, t.attrs, t.strangers = t.side[:0], t.elems[:0], t.attrs[:0], t.strangers[:0]
	if t.tops == nil {
		t.tops = make([]slot, len(words().names))
		t.slots = make([]slot, len(words().names))
	}
	t.focus = none
	t.owner++
	t.topsOwner = t.owner
}

func (t *tree) bytes(s span, side bool) []byte {
	if side {
		return t.side[s.from:s.to]
	}
	return t.src[s.from:s.to]
}

// first is the first child element of n, or none.
func (t *tree) first(n node) node {
	if t.elems[n].flags&hasChild == 0 {
		return none
	}
	return n + 1 // document order
}

// child is the first child of n with a name, or none. It takes none for n.
func (t *tree) child(n node, want name) node {
	switch n {
	case none:
		return none
	case root:
		if s := &t.tops[want]; s.owner == t.topsOwner {
			return s.first
		}
		return none
	case t.focus:
		if s := &t.slots[want]; s.owner == t.owner {
			return s.first
		}
		return none
	}
	if t.elems[n].flags&hasChild == 0 {
		return none
	}
	return t.seek(n+1, want)
}

// index makes the children of n quick to find, until another is indexed.
func (t *tree) index(n node) {
	if t.elems[n].flags&linked != 0 {
		return
	}
	t.elems[n].flags |= linked
	t.focus = n
	t.owner++
	for k := t.first(n); k != none; k = t.elems[k].next {
		if known := t.elems[k].name; known != unknown {
			t.enter(&t.slots[known], t.owner, k)
		}
	}
}

// seek is the first of n and the siblings after it to bear a name, or none.
func (t *tree) seek(n node, want name) node {
	steps := t.steps
	for n != none && t.elems[n].name != want && steps > 0 {
		n = t.elems[n].next
		steps--
	}
	t.steps = steps
	if steps <= 0 {
		return none
	}
	return n
}

// again is the next sibling of n that bears its name, or none.
func (t *tree) again(n node) node {
	if t.steps--; t.steps <= 0 {
		return none
	}
	e := &t.elems[n]
	if e.twin != unlinked {
		return e.twin
	}
	return t.seek(e.next, e.name)
}

// is reports whether n is an element of the given name.
func (t *tree) is(n node, want name) bool { return n != none && t.elems[n].name == want }

// parent is the parent of n, or none.
func (t *tree) parent(n node) node { return t.elems[n].parent }

// under reports whether the ancestors of n are named as given, nearest first.
func (t *tree) under(n node, names ...name) bool {
	for _, want := range names {
		if n = t.elems[n].parent; n == none || t.elems[n].name != want {
			return false
		}
	}
	return true
}

// attribute is the attribute of n that the vocabulary knows by a name.
func (t *tree) attribute(n node, want name) (value []byte, ok bool) {
	if n == none {
		return nil, false
	}
	e := &t.elems[n]
	for i := e.attrs; i < e.attrsEnd; i++ {
		if a := &t.attrs[i]; a.name == want {
			return t.bytes(a.value, a.side), true
		}
	}
	return nil, false
}

// tag is the name of n as written, without its prefix.
func (t *tree) tag(n node) []byte {
	e := &t.elems[n]
	return t.src[e.local:e.raw.to]
}
