package ehf

import (
	"bytes"
	"unicode/utf8"
)

// characters reads character data up to the next markup.
func (s *scanner) characters() error {
	b, i := s.src, s.i
	r := &s.text
	if len(s.open) == 0 { // only white space may stand outside the root
		if !s.space() {
			return s.fail(Malformed, i)
		}
		return nil
	}
	if i < len(b) && b[i] == '\n' { // an indented line, in most documents
		i = spacesEnd(b, i+1)
		if i < len(b) && b[i] == '<' && !r.cooked {
			s.i = i
			return nil
		}
	}
	returned := false
	for i < len(b) && classes[b[i]]&white != 0 {
		returned = returned || b[i] == '\r'
		i++
	}
	if i < len(b) && b[i] == '<' && !r.cooked && (!returned || s.outline(i)) {
		s.i = i
		return nil
	}
	if returned {
		return s.cook(s.i)
	}
	if i < len(b) && classes[b[i]]&special == 0 {
		r.ink = true
		i = plainEnd(b, i)
		if i < len(b) && b[i] == '<' && !r.cooked {
			s.i = i
			return nil
		}
	}
	return s.cook(i)
}

// outline reports whether white space before the markup at i only lays out the
// child elements of an element, so that nobody will ask for its value.
func (s *scanner) outline(i int) bool {
	if s.t.elems[s.open[len(s.open)-1]].flags&hasChild != 0 {
		return true
	}
	return i+1 < len(s.src) && classes[s.src[i+1]]&atStart != 0
}

// cook goes on with character data whose value differs from the source: it
// has references or carriage returns in it, or comes in several pieces.
// The bytes from s.i to i are plain.
func (s *scanner) cook(i int) error {
	b := s.src
	r := &s.text
	if !r.cooked {
		s.startCooking(int(r.start), s.i)
	}
	t := s.t
	for from := s.i; ; from = i {
		for i < len(b) && classes[b[i]]&special == 0 {
			i++
		}
		s.piece(i > from)
		t.side = append(t.side, b[from:i]...)
		r.ink = r.ink || len(bytes.Trim(b[from:i], " \t\n")) > 0
		if i >= len(b) || b[i] == '<' {
			s.i = i
			if i >= len(b) {
				return s.fail(Malformed, i)
			}
			return nil
		}
		s.piece(true)
		switch b[i] {
		case '&':
			s.i = i
			if err := s.reference(); err != nil {
				return err
			}
			r.ink = r.ink || classes[t.side[len(t.side)-1]]&white == 0
			i = s.i
			continue
		case '\r':
			if i+1 >= len(b) || b[i+1] != '\n' {
				t.side = append(t.side, '\n')
			}
		case ']':
			if bytes.HasPrefix(b[i:], []byte("]]>")) {
				return s.fail(Malformed, i)
			}
			t.side = append(t.side, ']')
			r.ink = true
		case 0xEF:
			if nonCharacter(b[i:]) {
				return s.fail(Character, i)
			}
			t.side = append(t.side, b[i])
			r.ink = true
		default:
			return s.fail(Character, i)
		}
		i++
	}
}

// startCooking moves what is read of the run so far to the side buffer.
func (s *scanner) startCooking(from, to int) {
	r := &s.text
	r.cooked, r.side = true, uint32(len(s.t.side))
	if e := &s.t.elems[s.open[len(s.open)-1]]; e.flags&hasChild != 0 {
		return // its value is read off the source when somebody asks
	}
	s.piece(to > from)
	s.t.side = append(s.t.side, s.src[from:to]...)
}

// piece counts text nodes: one begins with the first character after a tag, a
// comment or a processing instruction.
func (s *scanner) piece(any bool) {
	if r := &s.text; any && (!r.parts || r.fresh) {
		r.parted = r.parts
		r.parts, r.fresh = true, false
	}
}

// reference reads a character reference or one of the five entities that XML
// itself defines. Every other entity is refused, as no document type
// declaration is read that could define it.
func (s *scanner) reference() error {
	b, at := s.src[s.i:], s.i
	end := bytes.IndexByte(b[:min(len(b), 16)], ';')
	if end < 2 {
		return s.fail(Entity, at)
	}
	s.i += end + 1
	var c rune
	switch ref := string(b[1:end]); ref {
	case "lt":
		c = '<'
	case "gt":
		c = '>'
	case "amp":
		c = '&'
	case "apos":
		c = '\''
	case "quot":
		c = '"'
	default:
		if ref[0] != '#' {
			return s.fail(Entity, at)
		}
		var ok bool
		if c, ok = charRef(ref[1:]); !ok {
			return s.fail(Character, at)
		}
	}
	s.t.side = utf8.AppendRune(s.t.side, c)
	return nil
}

// charRef is the character of a reference without its "&#" and ";".
func charRef(ref string) (rune, bool) {
	base := rune(10)
	if len(ref) > 0 && ref[0] == 'x' {
		base, ref = 16, ref[1:]
	}
	if ref == "" {
		return 0, false
	}
	var c rune
	for _, d := range []byte(ref) {
		var v rune
		switch {
		case d >= '0' && d <= '9':
			v = rune(d - '0')
		case base == 16 && d >= 'a' && d <= 'f':
			v = rune(d-'a') + 10
		case base == 16 && d >= 'A' && d <= 'F':
			v = rune(d-'A') + 10
		default:
			return 0, false
		}
		if c = c*base + v; c > utf8.MaxRune {
			return 0, false
		}
	}
	return c, isChar(c)
}

// isChar reports whether c may stand in a document: production 2 of XML 1.0.
func isChar(c rune) bool {
	return c == '\t' || c == '\n' || c == '\r' || c >= 0x20 && c <= 0xD7FF ||
		c >= 0xE000 && c <= 0xFFFD || c >= 0x10000 && c <= utf8.MaxRune
}

// nonCharacter reports whether b begins with U+FFFE or U+FFFF.
func nonCharacter(b []byte) bool {
	return len(b) >= 3 && b[0] == 0xEF && b[1] == 0xBF && b[2] >= 0xBE
}

// markup reads a comment or a CDATA section, and refuses declarations.
func (s *scanner) markup() error {
	b, at := s.src[s.i:], s.i
	switch {
	case bytes.HasPrefix(b, []byte("<!--")):
		end := bytes.Index(b[4:], []byte("--"))
		if end < 0 || len(b) <= 4+end+2 || b[4+end+2] != '>' {
			return s.fail(Malformed, at)
		}
		return s.skip(4 + end + 3)
	case bytes.HasPrefix(b, []byte("<![CDATA[")):
		end := bytes.Index(b, []byte("]]>"))
		if end < 0 || len(s.open) == 0 {
			return s.fail(Malformed, at)
		}
		r := &s.text
		if !r.cooked {
			s.startCooking(int(r.start), at)
		}
		return s.cdata(b[9:end], end+3)
	case bytes.HasPrefix(b, []byte("<!DOCTYPE")):
		return s.fail(DocumentType, at)
	}
	return s.fail(Malformed, at)
}

// cdata takes the content of a CDATA section as text.
func (s *scanner) cdata(b []byte, size int) error {
	r := &s.text
	s.piece(len(b) > 0)
	for i, c := range b {
		switch {
		case c < ' ' && classes[c]&white == 0, c == 0xEF && nonCharacter(b[i:]):
			return s.fail(Character, s.i+9+i)
		case c == '\r':
			if i+1 < len(b) && b[i+1] == '\n' {
				continue
			}
			c = '\n'
		case classes[c]&white == 0:
			r.ink = true
		}
		s.t.side = append(s.t.side, c)
	}
	s.i += size
	return nil
}

// instruction passes a processing instruction.
func (s *scanner) instruction() error {
	at := s.i
	s.i += 2
	from, colon, err := s.name()
	if err != nil {
		return err
	}
	target := s.src[from:s.i]
	end := bytes.Index(s.src[s.i:], []byte("?>"))
	if end < 0 || colon > 0 || bytes.EqualFold(target, []byte("xml")) || end > 0 && classes[s.src[s.i]]&white == 0 {
		return s.fail(Malformed, at)
	}
	size := s.i + end + 2 - at
	s.i = at
	return s.skip(size)
}

// skip passes a comment or an instruction of the given size: its characters
// are checked, and the text around it falls into two text nodes.
func (s *scanner) skip(size int) error {
	for i, c := range s.src[s.i : s.i+size] {
		if c < ' ' && classes[c]&white == 0 || c == 0xEF && nonCharacter(s.src[s.i+i:]) {
			return s.fail(Character, s.i+i)
		}
	}
	if len(s.open) > 0 {
		if !s.text.cooked {
			s.startCooking(int(s.text.start), s.i)
		}
		s.text.fresh = true
	}
	s.i += size
	return nil
}

// nameRunes reports whether a name with bytes beyond ASCII is one: productions
// 4 and 4a of XML 1.0, fifth edition.
func nameRunes(b []byte) bool {
	start := true
	for _, c := range string(b) {
		if c >= 0x80 && !nameStart(c) && (start || c != 0xB7 && (c < 0x300 || c > 0x36F) && c != 0x203F && c != 0x2040) {
			return false
		}
		start = c == ':'
	}
	return true
}

func nameStart(c rune) bool {
	for _, r := range [...][2]rune{
		{0xC0, 0xD6}, {0xD8, 0xF6}, {0xF8, 0x2FF}, {0x370, 0x37D}, {0x37F, 0x1FFF}, {0x200C, 0x200D},
		{0x2070, 0x218F}, {0x2C00, 0x2FEF}, {0x3001, 0xD7FF}, {0xF900, 0xFDCF}, {0xFDF0, 0xFFFD}, {0x10000, 0xEFFFF},
	} {
		if c >= r[0] && c <= r[1] {
			return true
		}
	}
	return false
}
