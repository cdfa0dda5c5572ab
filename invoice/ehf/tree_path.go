package ehf

import "strconv"

// path is the location of n as an XPath expression, with the prefixes that
// UBL's own documents use and a position wherever a sibling has the same name.
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

// attributePath is the location of an attribute of n.
func (t *tree) attributePath(n node, attribute name) string {
	return t.path(n) + "/" + attribute.String()
}

func (t *tree) step(out []byte, n node) []byte {
	e := &t.elems[n]
	switch {
	case e.name != unknown:
		out = append(out, words().names[e.name]...)
	default:
		out = append(out, t.src[e.raw.from:e.raw.to]...)
	}
	position, more := 1, false
	for k := e.prev; k != none; k = t.elems[k].prev {
		if t.same(n, k) {
			position++
		}
	}
	for k := e.next; k != none && position == 1 && !more; k = t.elems[k].next {
		more = t.same(n, k)
	}
	if position > 1 || more {
		out = append(out, '[')
		out = strconv.AppendInt(out, int64(position), 10)
		out = append(out, ']')
	}
	return out
}

// same reports whether two elements have one name.
func (t *tree) same(a, b node) bool {
	x, y := &t.elems[a], &t.elems[b]
	return x.name == y.name && (x.name != unknown || string(t.src[x.raw.from:x.raw.to]) == string(t.src[y.raw.from:y.raw.to]))
}
