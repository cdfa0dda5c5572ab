package ehf

import (
	"bytes"
	"encoding/binary"
	"hash/maphash"
)

// attributes reads the rest of a start tag, namespace declarations included,
// and reports whether it ended in "/>".
func (s *scanner) attributes(first int) (empty bool, err error) {
	t := s.t
	count := 0
	prefixed := false
	for {
		spaced := s.space()
		if s.i >= len(s.src) {
			return false, s.fail(Malformed, s.i)
		}
		switch s.src[s.i] {
		case '>':
			s.i++
			return false, s.checkAttributes(first, prefixed)
		case '/':
			if s.i+1 >= len(s.src) || s.src[s.i+1] != '>' {
				return false, s.fail(Malformed, s.i)
			}
			s.i += 2
			return true, s.checkAttributes(first, prefixed)
		}
		if !spaced {
			return false, s.fail(Malformed, s.i)
		}
		if count++; count > s.limits.Attributes {
			return false, s.fail(TooMany, s.i)
		}
		from, colon := s.i, 0
		var key nameKey
		size := key.read(s.src[from:])
		known := s.words.attribute(&key)
		if known != unknown {
			s.i += size
		} else if _, colon, err = s.name(); err != nil {
			return false, err
		}
		to := s.i
		value, side, err := s.attributeValue()
		if err != nil {
			return false, err
		}
		if name := s.src[from:to]; known == unknown && len(name) >= 5 && string(name[:5]) == "xmlns" && (len(name) == 5 || colon == from+5) {
			if err := s.declare(from, name[min(len(name), 6):], t.bytes(value, side)); err != nil {
				return false, err
			}
			continue
		}
		a := attr{name: known, raw: span{uint32(from), uint32(to)}, local: uint32(from), value: value, side: side}
		if colon > 0 {
			prefixed = true
			a.local = uint32(colon + 1)
		} else if known == unknown {
			a.name = s.words.find(noSpace, s.src[from:to])
		}
		t.attrs = append(t.attrs, a)
	}
}

// checkAttributes resolves the prefixes of an element's attributes, now that
// all its declarations are read, and refuses two of one name.
func (s *scanner) checkAttributes(first int, prefixed bool) error {
	attrs := s.t.attrs[first:]
	if prefixed {
		s.uris = append(s.uris[:0], make([][]byte, len(attrs))...)
		for i := range attrs {
			a := &attrs[i]
			if a.local == a.raw.from {
				continue
			}
			var ok bool
			if a.space, s.uris[i], ok = s.resolve(s.prefix(a), false); !ok {
				return s.fail(Prefix, int(a.raw.from))
			}
			a.name = s.words.find(a.space, s.src[a.local:a.raw.to])
		}
	}
	for i := range attrs {
		for k := range attrs[:i] {
			if s.sameName(attrs, i, k) {
				return s.fail(Duplicate, int(attrs[i].raw.from))
			}
		}
	}
	// The same prefix can't be declared twice on one element either.
	depth := len(s.open)
	for i := len(s.scope) - 1; i > 0 && s.scope[i].depth == depth; i-- {
		for k := i - 1; k >= 0 && s.scope[k].depth == depth; k-- {
			if s.scope[i].prefix == s.scope[k].prefix && bytes.Equal(s.scope[i].long, s.scope[k].long) {
				return s.fail(Duplicate, s.i)
			}
		}
	}
	return nil
}

func (s *scanner) prefix(a *attr) []byte {
	return s.src[a.raw.from:max(a.raw.from, a.local-1)]
}

// sameName reports whether two attributes of one element have the same local
// name in the same namespace.
func (s *scanner) sameName(attrs []attr, i, k int) bool {
	a, b := &attrs[i], &attrs[k]
	if a.name != b.name || a.space != b.space || string(s.src[a.local:a.raw.to]) != string(s.src[b.local:b.raw.to]) {
		return false
	}
	return a.space != foreign || bytes.Equal(s.uris[i], s.uris[k])
}

// attributeValue reads an equals sign and a quoted value. Line ends and tabs
// in it become spaces, as XML 1.0 section 3.3.3 has it.
func (s *scanner) attributeValue() (span, bool, error) {
	s.space()
	b := s.src
	if s.i >= len(b) || b[s.i] != '=' {
		return span{}, false, s.fail(Malformed, s.i)
	}
	s.i++
	s.space()
	if s.i >= len(b) || b[s.i] != '"' && b[s.i] != '\'' {
		return span{}, false, s.fail(Malformed, s.i)
	}
	quote := b[s.i]
	s.i++
	from := s.i
	i := from
	for rest := b[i:]; len(rest) >= 8; rest = rest[8:] {
		x := binary.LittleEndian.Uint64(rest)
		n := firstOf(specials(x) | equal(x, quote))
		if i += n; n < 8 {
			break
		}
	}
	for i < len(b) && b[i] != quote && b[i] >= ' ' && classes[b[i]]&special == 0 {
		i++
	}
	if i < len(b) && b[i] == quote {
		s.i = i + 1
		return span{uint32(from), uint32(i)}, false, nil
	}
	side := len(s.t.side)
	s.t.side = append(s.t.side, b[from:i]...)
	for i < len(b) && b[i] != quote {
		switch c := b[i]; {
		case c == '<' || c < ' ' && classes[c]&white == 0:
			return span{}, false, s.fail(Malformed, i)
		case c == '&':
			s.i = i
			if err := s.reference(); err != nil {
				return span{}, false, err
			}
			i = s.i
			continue
		case c == '\r' && i+1 < len(b) && b[i+1] == '\n':
		case classes[c]&white != 0:
			s.t.side = append(s.t.side, ' ')
		case c == 0xEF && nonCharacter(b[i:]):
			return span{}, false, s.fail(Character, i)
		default:
			s.t.side = append(s.t.side, c)
		}
		i++
	}
	if i >= len(b) {
		return span{}, false, s.fail(Malformed, from)
	}
	s.i = i + 1
	return span{uint32(side), uint32(len(s.t.side))}, true, nil
}

// declare records the declaration of a prefix, or of the default namespace if
// prefix is empty.
func (s *scanner) declare(at int, prefix, uri []byte) error {
	const xml, xmlns = "http://www.w3.org/XML/1998/namespace", "http://www.w3.org/2000/xmlns/"
	switch p := string(prefix); {
	case p == "xmlns", string(uri) == xmlns, p != "" && len(uri) == 0, (p == "xml") != (string(uri) == xml):
		return s.fail(Prefix, at)
	}
	if len(s.scope) >= s.limits.Namespaces {
		return s.fail(TooMany, at)
	}
	d := binding{space: spaceOf(uri), uri: uri, depth: len(s.open)}
	d.prefix = pack(prefix)
	if len(prefix) > 8 {
		d.long = prefix
	}
	d.before = s.scopes
	s.scope = append(s.scope, d)
	s.scopes = maphash.Comparable(s.seed, declared{s.scopes, d.prefix, string(d.long), d.space})
	return nil
}

// declared is what a declaration adds to those in force.
type declared struct {
	before, prefix uint64
	long           string
	space          space
}

// resolve finds the namespace of a prefix. Names without one are in the
// default namespace if they are elements, in none if they are attributes.
func (s *scanner) resolve(prefix []byte, element bool) (space, []byte, bool) {
	if len(prefix) == 0 && !element {
		return noSpace, nil, true
	}
	key := pack(prefix)
	for k := len(s.scope) - 1; k >= 0; k-- {
		d := &s.scope[k]
		if d.prefix == key && (len(prefix) <= 8 || bytes.Equal(d.long, prefix)) {
			if d.space == foreign {
				return foreign, d.uri, true
			}
			return d.space, nil, true
		}
	}
	if string(prefix) == "xml" {
		return xmlSpace, nil, true
	}
	return noSpace, nil, len(prefix) == 0
}

// pack puts the first eight bytes of a prefix into a word. No prefix has a
// zero byte, so that prefixes of up to eight bytes are told apart by it.
func pack(p []byte) uint64 {
	switch {
	case len(p) == 3:
		return uint64(p[0]) | uint64(p[1])<<8 | uint64(p[2])<<16
	case len(p) >= 8:
		return binary.LittleEndian.Uint64(p)
	}
	var w uint64
	for i, c := range p {
		w |= uint64(c) << (8 * i)
	}
	return w
}
