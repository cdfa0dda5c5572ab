package ehf

import (
	"bytes"
	"slices"
)

// declared is the document with the namespaces of the envelope that it relies on.
func (r *envelopeReader) declared(n node, part []byte) []byte {
	own := declarations(r.src[r.elems[n].raw.to:])
	outer := slices.DeleteFunc(declarations(r.src[r.elems[root].raw.to:]), func(d prefixing) bool {
		return slices.ContainsFunc(own, func(o prefixing) bool { return bytes.Equal(o.prefix, d.prefix) })
	})
	if len(outer) == 0 {
		return part
	}
	used := r.prefixes(n)
	outer = slices.DeleteFunc(outer, func(d prefixing) bool { return !used[string(d.prefix)] })
	if len(outer) == 0 {
		return part
	}
	name := 1 + int(r.elems[n].raw.to-r.elems[n].raw.from)
	out := slices.Clone(part[:name])
	for _, d := range outer {
		out = append(append(out, ' '), d.source...)
	}
	return append(out, part[name:]...)
}

// prefixes are those that stand in the document n, which is the last element of
// the root: in names, and in the types that its elements say to be of. Some may
// be declaration further in.
func (r *envelopeReader) prefixes(n node) map[string]bool {
	used := map[string]bool{}
	use := func(prefix []byte) {
		if !used[string(prefix)] {
			used[string(prefix)] = true
		}
	}
	for i := range r.elems[n:] {
		e := &r.elems[int(n)+i]
		use(prefixOf(r.src, e.raw, e.local))
		for _, a := range r.attrs[e.attrs:e.attrsEnd] {
			if a.local != a.raw.from {
				use(prefixOf(r.src, a.raw, a.local))
			}
			if prefix, _, ok := bytes.Cut(r.bytes(a.value, a.side), []byte(":")); ok && a.space == xsiSpace {
				use(prefix)
			}
		}
	}
	return used
}

// prefixOf is the prefix of a name as written, or nothing.
func prefixOf(src []byte, raw span, local uint32) []byte {
	if local == raw.from {
		return nil
	}
	return src[raw.from : local-1]
}

// A prefixing is the declaration of a namespace.
type prefixing struct{ prefix, source []byte }

// declarations are those of a start tag, given what follows its name. The tag is
// known to be well-formed.
func declarations(b []byte) (all []prefixing) {
	for {
		b = bytes.TrimLeft(b, " \t\r\n")
		if b[0] == '>' || b[0] == '/' {
			return all
		}
		name := bytes.TrimRight(b[:bytes.IndexByte(b, '=')], " \t\r\n")
		open := bytes.IndexAny(b, `"'`)
		end := open + 1 + bytes.IndexByte(b[open+1:], b[open])
		if rest, ok := bytes.CutPrefix(name, []byte("xmlns")); ok && (len(rest) == 0 || rest[0] == ':') {
			all = append(all, prefixing{bytes.TrimPrefix(rest, []byte(":")), b[:end+1]})
		}
		b = b[end+1:]
	}
}
