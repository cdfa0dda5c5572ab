package ehf

import (
	"bytes"
	"hash/maphash"
	"unicode/utf8"
)

// Limits bound what a document may cost to read. A zero field means the
// default that stands beside it; they hold for attacks, not for invoices.
type Limits struct {
	Bytes      int // size of the document; 100 MiB, the most that Peppol carries
	Depth      int // elements inside one another; 64
	Elements   int // elements in all; 2,000,000
	Attributes int // attributes of one element, namespace declarations included; 64
	Namespaces int // namespace declarations in force at one place; 256
	Findings   int // problems and findings that a Report keeps, together; 10,000
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
	or(&l.Namespaces, 256)
	or(&l.Findings, 10_000)
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
	uris   [][]byte  // the namespaces of an element's attributes, of those that are foreign
	seed   maphash.Seed
	seen   [512]seen
	other  seen        // the last name that was too long for them
	after  [512]uint16 // by the names that came before: the place in seen of the one that followed
	past   uint16      // stands for the last three names
	tails  [32]tail
	root   opening
	text   run // the text of the innermost open element so far
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

// begin makes r the run of content that begins at start.
func (r *run) begin(start uint32) {
	*r = run{}
	r.start = start
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
	s.scopes, s.past = 0, 0
	if s.seed == (maphash.Seed{}) {
		s.seed = maphash.MakeSeed()
	}
	if len(src) > s.limits.Bytes {
		return s.fail(TooLarge, s.limits.Bytes)
	}
	if cap(t.elems) == 0 { // a guess that a usual document fits into
		t.elems = make([]elem, 0, min(len(src)/40, s.limits.Elements)+8)
		t.attrs = make([]attr, 0, cap(t.elems)/2)
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
	if bytes.HasPrefix(b[s.i:], []byte(usual)) {
		s.i += len(usual)
	} else {
		end := bytes.Index(b[s.i:], []byte("?>"))
		if end < 0 {
			return s.fail(Malformed, s.i)
		}
		ascii, kind := declaration(b[s.i+5 : s.i+end])
		if kind != "" {
			return s.fail(kind, s.i)
		}
		s.i += end + 2
		if ascii && bytes.ContainsFunc(b[s.i:], func(r rune) bool { return r >= utf8.RuneSelf }) {
			return s.fail(Encoding, 0)
		}
	}
	if !utf8.Valid(b) {
		return s.fail(Encoding, 0)
	}
	return nil
}

// usual is the declaration of most documents.
const usual = `<?xml version="1.0" encoding="UTF-8"?>`

// declaration checks what stands between <?xml and ?>: the version, then an
// encoding and a standalone declaration that may each be absent. It reports
// whether the encoding is US-ASCII, and what is wrong if something is.
func declaration(b []byte) (ascii bool, kind ReadErrorKind) {
	for step := 0; ; step++ {
		rest := bytes.TrimLeft(b, " \t\r\n")
		if len(rest) == 0 {
			if step == 0 {
				return false, Malformed
			}
			return ascii, ""
		}
		if len(rest) == len(b) {
			return false, Malformed
		}
		name, after, ok := bytes.Cut(rest, []byte("="))
		after = bytes.TrimLeft(after, " \t\r\n")
		if !ok || len(after) < 2 || after[0] != '"' && after[0] != '\'' {
			return false, Malformed
		}
		end := bytes.IndexByte(after[1:], after[0])
		if end < 0 {
			return false, Malformed
		}
		value := after[1 : 1+end]
		b = after[end+2:]
		switch name := string(bytes.TrimRight(name, " \t\r\n")); {
		case name == "version" && step == 0:
			if string(value) != "1.0" {
				return false, Encoding
			}
		case name == "encoding" && step == 1:
			ascii = bytes.EqualFold(value, []byte("US-ASCII"))
			if !ascii && !bytes.EqualFold(value, []byte("UTF-8")) {
				return false, Encoding
			}
		case name == "standalone" && (step == 1 || step == 2):
			if v := string(value); v != "yes" && v != "no" {
				return false, Malformed
			}
			step = 2
		default:
			return false, Malformed
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
