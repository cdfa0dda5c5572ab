package ehf

import (
	"bytes"
	"slices"
)

// declared is the document with the namespaces of the envelope that it relies on.
func (r *envelopeReader) declared(n node, part []byte) []byte {
	outer := declarations(r.src[r.elems[root].raw.to:])
	own := declarations(r.src[r.elems[n].raw.to:])
	outer = slices.DeleteFunc(outer, func(d declared) bool {
		return slices.ContainsFunc(own, func(o declared) bool { return bytes.Equal(o.prefix, d.prefix) })
	})
	if !slices.ContainsFunc(outer, func(d declared) bool { return r.relies(n, d) }) {
		return part
	}
	name := 1 + int(r.elems[n].raw.to-r.elems[n].raw.from)
	out := slices.Clone(part[:name])
	for _, d := range outer {
		if r.relies(n, d) {
			out = append(append(out, ' '), d.source...)
		}
	}
	return append(out, part[name:]...)
}

// relies reports whether something in n may mean a namespace by a declaration
// outside of it. It may say so of one that only looks like it.
func (r *envelopeReader) relies(n node, d declared) bool {
	for i := n; int(i) < len(r.elems); i++ {
		e := &r.elems[i]
		if prefixOf(r.src, e.raw, e.local) == string(d.prefix) {
			return true
		}
		for _, a := range r.attrs[e.attrs:e.attrsEnd] {
			if a.local != a.raw.from && prefixOf(r.src, a.raw, a.local) == string(d.prefix) ||
				a.space == xsiSpace && bytes.HasPrefix(r.bytes(a.value, a.side), append(slices.Clone(d.prefix), ':')) {
				return true
			}
		}
	}
	return false
}

// prefixOf is the prefix of a name as written, or "".
func prefixOf(src []byte, raw span, local uint32) string {
	if local == raw.from {
		return ""
	}
	return string(src[raw.from : local-1])
}

// declared is the declaration of a namespace.
type declared struct{ prefix, source []byte }

// declarations are those of a start tag, given what follows its name. The tag is
// known to be well-formed.
func declarations(b []byte) (all []declared) {
	for {
		b = bytes.TrimLeft(b, " \t\r\n")
		if b[0] == '>' || b[0] == '/' {
			return all
		}
		name := bytes.TrimRight(b[:bytes.IndexByte(b, '=')], " \t\r\n")
		open := bytes.IndexAny(b, `"'`)
		end := open + 1 + bytes.IndexByte(b[open+1:], b[open])
		if rest, ok := bytes.CutPrefix(name, []byte("xmlns")); ok && (len(rest) == 0 || rest[0] == ':') {
			all = append(all, declared{bytes.TrimPrefix(rest, []byte(":")), b[:end+1]})
		}
		b = b[end+1:]
	}
}
