package ehf

import (
	"bytes"
	"hash/maphash"
	"slices"
	"unicode/utf8"
)

// Limits bound what a document may cost to read. A zero field means the
// default that stands beside it; they hold for attacks, not for invoices.
type Limits struct {
	Bytes      int // size of the document; 100 MiB, the most that Peppol carries
	Depth      int // elements inside one another; 64
	Elements   int // elements in all; 2,000,000
	Attributes int // attributes of one element, namespace declarations included; 64
}

func (l Limits) orDefault() Limits {
	or := func(v *int, d int) {
		if *v <= 0 {
			*v = d
		}
	}
	or(&l.Bytes, 100<<20)
	or(&l.Depth, 64)
	or(&l.Elements, 2_000_000)
	or(&l.Attributes, 64)
	l.Bytes = min(l.Bytes, 1<<30) // positions are 32 bits wide
	return l
}

// A scanner reads a document into a tree in one pass. It is the part of XML
// 1.0 and Namespaces in XML 1.0 that a business document needs: UTF-8 only, no
// document type declaration and so no entities of the document's own. All else
// that the two demand of a well-formed document is checked.
type scanner struct {
	t      *tree
	src    []byte
	i      int
	limits Limits
	words  *vocabulary
	open   []node    // the elements that are open, outermost first
	scope  []binding // the namespace declarations in force, innermost last
	scopes uint64    // stands for the declarations in force
	seed   maphash.Seed
	seen   [256]seen
	other  seen // the last name that was too long for them
	text   run  // the text of the innermost open element so far
}

// A binding is one namespace declaration.
type binding struct {
	prefix uint64 // up to eight bytes of the prefix, 0 for the default namespace
	long   []byte // the whole prefix if it is longer
	space  space
	uri    []byte
	depth  int    // how many elements were open when it was made
	before uint64 // scanner.scopes without it
}

// A run gathers the character data of an element without child elements.
type run struct {
	start  uint32 // where the content begins
	side   uint32 // where in tree.side it begins, if it is cooked
	cooked bool   // the value differs from the source and is in tree.side
	parts  bool   // there is a text node
	parted bool   // there are several
	fresh  bool   // the next character begins a text node of its own
	ink    bool   // something other than white space was seen
}

// classes of bytes, so that the loops over text and names test one table
const (
	inName  = 1 << iota // may stand in a name; bytes from 0x80 on are looked at again
	atStart             // may begin a name
	white               // space, tab, line feed, carriage return
	special             // ends a run of plain text
)

var classes = func() (c [256]uint8) {
	for b := range c {
		switch {
		case b >= 'a' && b <= 'z', b >= 'A' && b <= 'Z', b == '_', b >= 0x80:
			c[b] = inName | atStart
		case b >= '0' && b <= '9', b == '-', b == '.', b == ':':
			c[b] = inName
		case b == ' ', b == '\t', b == '\n':
			c[b] = white
		case b == '\r':
			c[b] = white | special
		case b < 0x20, b == '<', b == '&', b == ']':
			c[b] = special
		}
	}
	c[0xEF] |= special // U+FFFE and U+FFFF begin with it
	return c
}()

// parse reads src into t, whose earlier content it replaces and whose buffers
// it reuses. The tree refers to src, which must not change while t is in use.
// It fails with a *ReadError.
func parse(t *tree, src []byte, limits Limits) error {
	t.reset(src)
	s := &t.scanner
	s.t, s.src, s.i, s.limits, s.words = t, src, 0, limits.orDefault(), words()
	s.open, s.scope = s.open[:0], s.scope[:0]
	s.scopes = 0
	if s.seed == (maphash.Seed{}) {
		s.seed = maphash.MakeSeed()
	}
	if cap(t.elems) == 0 { // a guess that a usual document fits into
		t.elems = make([]elem, 0, min(len(src)/40, s.limits.Elements)+8)
		t.attrs = make([]attr, 0, cap(t.elems)/2)
	}
	if len(src) > s.limits.Bytes {
		return s.fail(TooLarge, s.limits.Bytes)
	}
	if err := s.prolog(); err != nil {
		return err
	}
	if err := s.document(); err != nil {
		return err
	}
	t.steps = budget*len(t.elems) + 1<<20
	return nil
}

// prolog passes the byte order mark and the XML declaration.
func (s *scanner) prolog() error {
	b := s.src
	switch {
	case bytes.HasPrefix(b, []byte("\xFE\xFF")), bytes.HasPrefix(b, []byte("\xFF\xFE")),
		bytes.HasPrefix(b, []byte("\x00<")), bytes.HasPrefix(b, []byte("<\x00")):
		return s.fail(Encoding, 0)
	case bytes.HasPrefix(b, []byte("\xEF\xBB\xBF")):
		s.i = 3
	}
	if !bytes.HasPrefix(b[s.i:], []byte("<?xml")) || len(b) > s.i+5 && classes[b[s.i+5]]&inName != 0 {
		if !utf8.Valid(b) {
			return s.fail(Encoding, 0)
		}
		return nil
	}
	end := bytes.Index(b[s.i:], []byte("?>"))
	if end < 0 {
		return s.fail(Malformed, s.i)
	}
	if kind := declaration(b[s.i+5 : s.i+end]); kind != "" {
		return s.fail(kind, s.i)
	}
	s.i += end + 2
	if !utf8.Valid(b) {
		return s.fail(Encoding, 0)
	}
	return nil
}

// declaration checks what stands between <?xml and ?>: the version, then an
// encoding and a standalone declaration that may each be absent.
func declaration(b []byte) ReadErrorKind {
	for step := 0; ; step++ {
		rest := bytes.TrimLeft(b, " \t\r\n")
		if len(rest) == 0 {
			if step == 0 {
				return Malformed
			}
			return ""
		}
		if len(rest) == len(b) {
			return Malformed
		}
		name, after, ok := bytes.Cut(rest, []byte("="))
		after = bytes.TrimLeft(after, " \t\r\n")
		if !ok || len(after) < 2 || after[0] != '"' && after[0] != '\'' {
			return Malformed
		}
		end := bytes.IndexByte(after[1:], after[0])
		if end < 0 {
			return Malformed
		}
		value := after[1 : 1+end]
		b = after[end+2:]
		switch name := string(bytes.TrimRight(name, " \t\r\n")); {
		case name == "version" && step == 0:
			if string(value) != "1.0" {
				return Encoding
			}
		case name == "encoding" && step == 1:
			if !bytes.EqualFold(value, []byte("UTF-8")) && !bytes.EqualFold(value, []byte("US-ASCII")) {
				return Encoding
			}
		case name == "standalone" && (step == 1 || step == 2):
			if v := string(value); v != "yes" && v != "no" {
				return Malformed
			}
			step = 2
		default:
			return Malformed
		}
	}
}

// document reads everything after the XML declaration.
func (s *scanner) document() error {
	for s.i < len(s.src) {
		if s.src[s.i] != '<' {
			if err := s.characters(); err != nil {
				return err
			}
			continue
		}
		if s.i+1 >= len(s.src) {
			return s.fail(Malformed, s.i)
		}
		var err error
		switch s.src[s.i+1] {
		case '/':
			err = s.endTag()
		case '!':
			err = s.markup()
		case '?':
			err = s.instruction()
		default:
			err = s.startTag()
		}
		if err != nil {
			return err
		}
	}
	if len(s.open) > 0 || len(s.t.elems) == 0 {
		return s.fail(Malformed, s.i)
	}
	return nil
}

// startTag reads a start tag or an empty-element tag.
func (s *scanner) startTag() error {
	t, at := s.t, s.i
	if len(s.open) == 0 && len(t.elems) > 0 {
		return s.fail(Malformed, at) // a second root
	}
	if len(s.open) >= s.limits.Depth {
		return s.fail(TooDeep, at)
	}
	if len(t.elems) >= s.limits.Elements {
		return s.fail(TooMany, at)
	}
	s.i++
	from, local := s.i, s.i
	what := s.recall()
	if what != nil {
		s.i += int(what.size)
		local += int(what.local)
	} else {
		_, colon, err := s.name()
		if err != nil {
			return err
		}
		local = max(local, colon+1)
	}
	to := s.i
	firstAttr := len(t.attrs)
	empty := false
	if to < len(s.src) && s.src[to] == '>' {
		s.i++
	} else {
		var err error
		if empty, err = s.attributes(firstAttr); err != nil {
			return err
		}
	}
	if what == nil || what.scope != s.scopes {
		what = s.resolved(from, local, to)
	}
	if !what.known {
		return s.fail(Prefix, from)
	}
	n := node(len(t.elems))
	if len(t.elems) == cap(t.elems) {
		t.elems = slices.Grow(t.elems, 1)
	}
	t.elems = t.elems[:n+1]
	e := &t.elems[n]
	*e = elem{
		raw: span{uint32(from), uint32(to)}, local: uint32(local), space: what.space,
		name: what.name, parent: none, next: none, twin: none,
		attrs: uint32(firstAttr), attrsEnd: uint32(len(t.attrs)),
	}
	if n == root {
		e.flags = linked
	}
	if depth := len(s.open); depth > 0 {
		p := s.open[depth-1]
		e.parent = p
		parent := &t.elems[p]
		if s.text.ink {
			parent.flags |= mixed
		}
		if parent.flags&hasChild == 0 {
			parent.flags |= hasChild
		} else {
			t.elems[parent.last].next = n
		}
		parent.last = n
		parent.text = span{s.text.start, 0}
	}
	if e.parent == root && e.name != unknown {
		t.enter(&t.tops[e.name], t.owner(root), n)
	}
	s.text = run{start: uint32(s.i)}
	if empty {
		e.flags |= blank
		e.text = span{uint32(s.i), uint32(s.i)}
		s.close(n)
		return nil
	}
	s.open = append(s.open, n)
	return nil
}

// A seen name is one that was resolved before, perhaps in another document. It
// holds where the same declarations are in force, which a keyed hash of them
// tells: no document can be made that spoils the names of the next.
type seen struct {
	scope uint64
	name  name
	space space
	known bool  // the prefix is declared
	local uint8 // where the local name begins
	size  uint8
	raw   [32]byte // UBL has no longer name that is of use
}

// recall gives the seen name that the tag at s.i begins with, or nil. A name
// that was seen needs no look at its characters.
func (s *scanner) recall() *seen {
	b := s.src[s.i:min(s.i+64, len(s.src))]
	end := bytes.IndexByte(b, '>')
	if end < 0 {
		end = len(b)
	}
	b = b[:end]
	if k := s.place(b); k != nil {
		return k
	}
	if end = bytes.IndexByte(b, ' '); end < 0 {
		return nil
	}
	return s.place(b[:end])
}

func (s *scanner) place(raw []byte) *seen {
	k := &s.seen[hash(noSpace, raw)%uint32(len(s.seen))]
	if !k.known || k.scope != s.scopes || int(k.size) != len(raw) || string(k.raw[:k.size]) != string(raw) {
		return nil
	}
	return k
}

// resolved resolves the name of an element and remembers it.
func (s *scanner) resolved(from, local, to int) *seen {
	raw := s.src[from:to]
	k := &s.other
	if len(raw) <= len(k.raw) {
		k = &s.seen[hash(noSpace, raw)%uint32(len(s.seen))]
	}
	*k = seen{scope: s.scopes, local: uint8(min(local-from, 255))}
	k.space, _, k.known = s.resolve(s.src[from:max(from, local-1)], true)
	k.name = s.words.find(k.space, s.src[local:to])
	k.size = uint8(copy(k.raw[:], raw))
	return k
}

// close drops the declarations of n and hands the text back to its parent.
func (s *scanner) close(n node) {
	depth := len(s.open)
	for k := len(s.scope); k > 0 && s.scope[k-1].depth >= depth; k-- {
		s.scopes = s.scope[k-1].before
		s.scope = s.scope[:k-1]
	}
	if p := s.t.elems[n].parent; p != none {
		s.text = run{start: s.t.elems[p].text.from}
	}
}

// endTag reads an end tag and completes its element.
func (s *scanner) endTag() error {
	at := s.i
	if len(s.open) == 0 {
		return s.fail(Malformed, at)
	}
	n := s.open[len(s.open)-1]
	e := &s.t.elems[n]
	want := s.src[e.raw.from:e.raw.to]
	s.i += 2
	if len(s.src) <= s.i+len(want) || string(s.src[s.i:s.i+len(want)]) != string(want) {
		return s.fail(Malformed, at)
	}
	s.i += len(want)
	s.space()
	if s.i >= len(s.src) || s.src[s.i] != '>' {
		return s.fail(Malformed, at)
	}
	s.i++
	r := &s.text
	switch {
	case e.flags&hasChild != 0:
		e.text.to = uint32(at)
		if r.ink {
			e.flags |= mixed
		}
	case r.cooked:
		e.flags |= cooked
		e.text = span{r.side, uint32(len(s.t.side))}
	default:
		e.text = span{r.start, uint32(at)}
	}
	if e.flags&hasChild == 0 {
		if !r.ink {
			e.flags |= blank
		}
		if r.parted {
			e.flags |= parted
		}
	}
	s.open = s.open[:len(s.open)-1]
	s.close(n)
	return nil
}

// name reads a qualified name and says where it begins and where its colon is,
// 0 if it has none.
func (s *scanner) name() (from, colon int, err error) {
	b, i := s.src, s.i
	from = i
	if i >= len(b) || classes[b[i]]&atStart == 0 {
		return 0, 0, s.fail(Malformed, i)
	}
	ascii := byte(0)
	for i < len(b) && classes[b[i]]&inName != 0 {
		if b[i] == ':' {
			if colon > 0 || i+1 >= len(b) || classes[b[i+1]]&atStart == 0 {
				return 0, 0, s.fail(Malformed, from)
			}
			colon = i
		}
		ascii |= b[i]
		i++
	}
	if ascii >= 0x80 && !nameRunes(b[from:i]) {
		return 0, 0, s.fail(Malformed, from)
	}
	s.i = i
	return from, colon, nil
}

// space passes white space and reports whether there was any.
func (s *scanner) space() bool {
	from := s.i
	for s.i < len(s.src) && classes[s.src[s.i]]&white != 0 {
		s.i++
	}
	return s.i > from
}
