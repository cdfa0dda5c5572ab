package ehf

import "slices"

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
	what := s.guess()
	same := len(t.elems) == 0 && s.sameRoot()
	if same {
		what = &s.root.what
	} else if what == nil {
		var key nameKey
		key.read(s.src[from:])
		what = s.recall(&key)
	}
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
	bare, empty := to < len(s.src) && s.src[to] == '>', false
	switch {
	case same:
		s.enterRoot(from)
	case bare:
		s.i++
	case !s.sameTail():
		var err error
		if empty, err = s.attributes(firstAttr); err != nil {
			return err
		}
		s.keepTail(to, firstAttr)
	}
	if what == nil || what.scope != s.scopes {
		what = s.resolved(from, local, to)
	}
	if !what.known {
		return s.fail(Prefix, from)
	}
	s.follow(what)
	n := node(len(t.elems))
	if what.space == foreign {
		_, uri, _ := s.resolve(s.src[from:max(from, local-1)], true)
		t.strangers = append(t.strangers, stranger{n, uri})
	}
	if len(t.elems) == cap(t.elems) {
		t.elems = slices.Grow(t.elems, 1)
	}
	t.elems = t.elems[:n+1]
	e := &t.elems[n]
	*e = elem{} // and field by field, which is quicker than a literal that is copied
	e.raw, e.local = span{uint32(from), uint32(to)}, uint32(local)
	e.name, e.space = what.name, what.space
	e.parent, e.next, e.twin = none, none, unlinked
	e.attrs, e.attrsEnd = uint32(firstAttr), uint32(len(t.attrs))
	if n == root {
		e.flags = linked
		if !same && !empty {
			s.keepRoot(from, what)
		}
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
		t.enter(&t.tops[e.name], t.topsOwner, n)
	}
	if empty {
		e.flags |= blank
		e.text = span{uint32(s.i), uint32(s.i)}
		s.close(n)
		return nil
	}
	if s.leaf(e, what) {
		if !bare { // it may have declarations
			s.close(n)
		}
		s.text.begin(s.text.start) // of the parent, as before
		return nil
	}
	s.text.begin(uint32(s.i))
	s.open = append(s.open, n)
	return nil
}

// leaf completes an element that has nothing but plain text in it, as most have,
// and reports whether it did.
func (s *scanner) leaf(e *elem, what *seen) bool {
	b, from := s.src, s.i
	if from >= len(b) || classes[b[from]]&(white|special) != 0 {
		return false
	}
	to := plainEnd(b, from)
	end := to + 2 + int(e.raw.to-e.raw.from)
	if end >= len(b) || b[to] != '<' || b[to+1] != '/' || b[end] != '>' {
		return false
	}
	if !what.begins(b[to+2:]) && string(b[to+2:end]) != string(b[e.raw.from:e.raw.to]) {
		return false
	}
	e.text = span{uint32(from), uint32(to)}
	s.i = end + 1
	return true
}

// close drops the declarations of n and hands the text back to its parent.
func (s *scanner) close(n node) {
	depth := len(s.open)
	for k := len(s.scope); k > 0 && s.scope[k-1].depth >= depth; k-- {
		s.scopes = s.scope[k-1].before
		s.scope = s.scope[:k-1]
	}
	if p := s.t.elems[n].parent; p != none {
		s.text.begin(s.t.elems[p].text.from)
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
