package ehf

import (
	"bytes"
	"encoding/binary"
)

// value is the string value of n: its text, and that of all elements in it.
// It is empty for none. The result may be part of the source.
func (t *tree) value(n node) []byte {
	if n != none {
		if e := &t.elems[n]; e.flags&(hasChild|cooked) == 0 {
			return t.src[e.text.from:e.text.to]
		}
	}
	return t.cookedValue(n)
}

// cookedValue is the value where that is not a part of the source. UBL has no
// element with child elements whose value a rule asks for, so that it may be slow.
func (t *tree) cookedValue(n node) []byte {
	if n == none {
		return nil
	}
	if e := &t.elems[n]; e.flags&hasChild == 0 {
		return t.bytes(e.text, true)
	}
	all, _, _ := t.walk(n)
	return all
}

// text is the value of the text node of n, and how many n has. The official
// rules that say text() stop where there are several.
func (t *tree) text(n node) (value []byte, nodes int) {
	switch e := &t.elems[n]; {
	case e.flags&hasChild != 0:
		_, value, nodes = t.walk(n)
		return value, nodes
	case e.flags&parted != 0:
		return t.value(n), 2 // or more
	case e.text.to == e.text.from:
		return nil, 0
	}
	return t.value(n), 1
}

// walk goes through the source of an element with child elements. It gives its
// string value, and the first and the number of its own text nodes.
func (t *tree) walk(n node) (all, first []byte, nodes int) {
	var out tree
	e := t.elems[n]
	s := scanner{t: &out, src: t.src[:e.text.to], i: int(e.text.from)}
	depth, fresh := 0, true
	for s.i < len(s.src) {
		rest, from := s.src[s.i:], len(out.side)
		switch {
		case rest[0] == '&':
			if s.reference() != nil {
				return out.side, first, nodes
			}
		case bytes.HasPrefix(rest, []byte("<![CDATA[")):
			end := bytes.Index(rest, []byte("]]>"))
			out.side = append(out.side, rest[9:end]...)
			s.i += end + 3
		case rest[0] == '<':
			size := markupSize(rest)
			switch {
			case rest[1] == '/':
				depth--
			case rest[1] != '!' && rest[1] != '?' && rest[size-2] != '/':
				depth++
			}
			fresh = true
			s.i += size
		case bytes.HasPrefix(rest, []byte("\r\n")):
			s.i++
		default:
			out.side = append(out.side, rest[0])
			s.i++
		}
		if depth == 0 && len(out.side) > from {
			if fresh {
				nodes++
			}
			if nodes == 1 {
				first = append(first, out.side[from:]...)
			}
			fresh = false
		}
	}
	return out.side, first, nodes
}

// markupSize is the size of the comment, instruction or tag that b begins with.
func markupSize(b []byte) int {
	switch {
	case bytes.HasPrefix(b, []byte("<!--")):
		return 4 + bytes.Index(b[4:], []byte("-->")) + 3
	case b[1] == '?':
		return bytes.Index(b, []byte("?>")) + 2
	}
	quote := byte(0)
	for i, c := range b {
		switch {
		case c == quote:
			quote = 0
		case quote != 0:
		case c == '>':
			return i + 1
		case c == '"', c == '\'':
			quote = c
		}
	}
	return len(b)
}

// normal is fn:normalize-space: no white space at the ends and single spaces
// within. It copies only what is not so already.
func normal(b []byte) []byte {
	if !hasSpace(b) {
		return b
	}
	clean := classes[b[0]]&white == 0 && classes[b[len(b)-1]]&white == 0
	for i := 0; clean && i < len(b); i++ {
		clean = classes[b[i]]&white == 0 || b[i] == ' ' && b[i+1] != ' '
	}
	if clean {
		return b
	}
	return bytes.Join(bytes.FieldsFunc(b, func(r rune) bool { return r == ' ' || r == '\t' || r == '\n' || r == '\r' }), []byte(" "))
}

// hasSpace reports whether there is white space in b; control characters, which no
// value has, pass for it.
func hasSpace(b []byte) bool {
	for len(b) >= 8 {
		if below(binary.LittleEndian.Uint64(b), '!')&highs != 0 {
			return true
		}
		b = b[8:]
	}
	for _, c := range b {
		if c <= ' ' {
			return true
		}
	}
	return false
}
