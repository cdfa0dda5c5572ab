package ehf

import "strconv"

// places holds the position of each element among its siblings of the same name,
// 0 if it is the only one. A hostile document leaves a million parts over, so
// that positions must not be counted anew for each: this is made once.
type places []int32

func (r *reader) findPlaces() places {
	p := make(places, len(r.elems))
	for n := range r.elems {
		first := r.first(node(n))
		if first == none || r.elems[first].next == none {
			continue
		}
		last := map[string]node{}
		for k := first; k != none; k = r.elems[k].next {
			name := string(r.label(k))
			before, again := last[name]
			if again {
				p[before] = max(p[before], 1)
				p[k] = p[before] + 1
			}
			last[name] = k
		}
	}
	return p
}

// label is the name of an element as paths show it.
func (r *reader) label(n node) []byte {
	e := &r.elems[n]
	if e.name != unknown {
		return []byte(words().names[e.name])
	}
	return r.src[e.raw.from:e.raw.to]
}

// leave notes that an element is left over, with all that is in it.
func (r *reader) leave(n node, kind LeftoverKind) {
	r.note(n, "", kind)
	r.marks[n] = told
}

// leavePart notes what is behind an element in its path.
func (r *reader) leavePart(n node, behind string) { r.note(n, behind, Unmodelled) }

func (r *reader) note(n node, behind string, kind LeftoverKind) {
	if r.places == nil {
		r.places = r.findPlaces()
	}
	r.left = append(r.left, Leftover{string(r.pathTo(nil, n)) + behind, kind})
}

func (r *reader) pathTo(b []byte, n node) []byte {
	if parent := r.elems[n].parent; parent != none {
		b = r.pathTo(b, parent)
	}
	b = append(append(b, '/'), r.label(n)...)
	if at := r.places[n]; at > 0 {
		b = append(strconv.AppendInt(append(b, '['), int64(at), 10), ']')
	}
	return b
}
