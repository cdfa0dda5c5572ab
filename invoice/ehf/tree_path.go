package ehf

import (
	"bytes"
	"strconv"
)

// path is the location of n as an XPath expression, with the prefixes that
// UBL's own documents use and a position wherever a sibling has the same name. The
// names of others are cut off at longName, so that what a finding takes is bounded.
func (t *tree) path(n node) string {
	if n == none {
		return "/"
	}
	var steps [64]node
	chain := steps[:0]
	for k := n; k != none; k = t.elems[k].parent {
		chain = append(chain, k)
	}
	var out []byte
	for i := len(chain) - 1; i >= 0; i-- {
		out = t.step(append(out, '/'), chain[i])
	}
	return string(out)
}

// longName is how many bytes of a name a path has; UBL has none so long.
const longName = 100

func (t *tree) step(out []byte, n node) []byte {
	e := &t.elems[n]
	switch {
	case e.name != unknown:
		out = append(out, words().names[e.name]...)
	default:
		name := t.src[e.raw.from:min(e.raw.to, e.raw.from+longName)]
		if e.raw.to-e.raw.from > longName {
			name = append(bytes.ToValidUTF8(name, nil), "…"...)
		}
		out = append(out, name...)
	}
	if e.position == 0 {
		t.number(e.parent)
	}
	if e.flags&several != 0 {
		out = append(out, '[')
		out = strconv.AppendInt(out, int64(e.position), 10)
		out = append(out, ']')
	}
	return out
}

// number gives the child elements of n their positions among those of the same
// name. All are done at once, so that a thousand findings in a thousand
// siblings stay cheap.
func (t *tree) number(n node) {
	if n == none {
		t.elems[root].position = 1
		return
	}
	type sibling struct {
		name name
		raw  string
	}
	count := map[sibling]int32{}
	key := func(k node) sibling {
		e := &t.elems[k]
		if e.name != unknown {
			return sibling{name: e.name}
		}
		return sibling{raw: string(t.src[e.raw.from:e.raw.to])}
	}
	for k := t.first(n); k != none; k = t.elems[k].next {
		s := key(k)
		count[s]++
		t.elems[k].position = count[s]
	}
	for k := t.first(n); k != none; k = t.elems[k].next {
		if count[key(k)] > 1 {
			t.elems[k].flags |= several
		}
	}
}
