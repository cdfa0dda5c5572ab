package ehf

import (
	"bytes"
	"encoding/binary"
	"slices"
)

// Documents, and the lines within one, are much alike. So the scanner keeps what it
// read before and looks whether the same bytes come again. What it keeps decides how
// quick it is, never what it reads.

// A seen name is one that was resolved before, perhaps in another document. It
// holds where the same declarations are in force, which a keyed hash of them
// tells: no document can be made that spoils the names of the next.
type seen struct {
	key   nameKey
	scope uint64
	name  name
	space space
	known bool   // the prefix is declared
	local uint8  // where the local name begins
	size  uint8  // of the whole name, 0 if it is too long for a key
	slot  uint16 // its place in scanner.seen
}

// begins reports whether b begins with the bytes of the name. It is false of long
// names, and at the end of a document where there are not enough bytes to look at.
func (k *seen) begins(b []byte) bool { return k.key.begins(b, k.size) }

// guess gives the name that followed when the same few names had come before, if it
// is the one that stands here too, else nil. Documents and their lines are much alike.
func (s *scanner) guess() *seen {
	k := &s.seen[s.after[s.past]%uint16(len(s.seen))]
	b := s.src[s.i:]
	if !k.begins(b) || k.scope != s.scopes || !k.known {
		return nil
	}
	if c := b[k.size%32]; c != '>' && c != ' ' { // the name goes on, perhaps
		return nil
	}
	return k
}

// follow notes that a name followed those before it.
func (s *scanner) follow(what *seen) {
	s.after[s.past] = what.slot
	s.past = (s.past<<3 ^ what.slot) % uint16(len(s.after))
}

// recall gives the seen name with a key, or nil. A name that was seen needs no
// look at its characters.
func (s *scanner) recall(key *nameKey) *seen {
	h := key.hash() % uint32(len(s.seen))
	k := &s.seen[h]
	if k.key != *key {
		k = &s.seen[h^1]
	}
	if k.key != *key || k.scope != s.scopes || !k.known {
		return nil
	}
	return k
}

// resolved resolves the name of an element and remembers it.
func (s *scanner) resolved(from, local, to int) *seen {
	k, slot := &s.other, uint16(0)
	var key nameKey
	size := key.read(s.src[from:])
	if size == to-from {
		h := key.hash() % uint32(len(s.seen))
		if k = &s.seen[h]; k.known && k.scope == s.scopes && k.key != key {
			h ^= 1
			k = &s.seen[h]
		}
		slot = uint16(h)
	} else {
		size = 0
	}
	*k = seen{key: key, scope: s.scopes, local: uint8(min(local-from, 255)), size: uint8(size), slot: slot}
	k.space, _, k.known = s.resolve(s.src[from:max(from, local-1)], true)
	k.name = s.words.find(k.space, s.src[local:to])
	return k
}

// A tail is the rest of a start tag behind the name, with one plain attribute in it.
type tail struct {
	key  nameKey
	size uint8
	attr attr // its places counted from the beginning of the tail
}

// tailOf is where a tail is kept: by its first eight bytes, which hold most of the
// attribute's name and none of its value.
func (s *scanner) tailOf(b []byte) *tail {
	const odd = 0x9E3779B97F4A7C15
	return &s.tails[binary.LittleEndian.Uint64(b)*odd>>59]
}

// sameTail takes the attribute of a start tag whose rest was read before.
func (s *scanner) sameTail() bool {
	b := s.src[s.i:]
	if len(b) < 32 {
		return false
	}
	k := s.tailOf(b)
	if !k.key.begins(b, k.size) {
		return false
	}
	s.t.attrs = append(s.t.attrs, k.attr)
	s.t.attrs[len(s.t.attrs)-1].shift(uint32(s.i))
	s.i += int(k.size)
	return true
}

// keepTail keeps the rest of a start tag that was read from there up to s.i.
func (s *scanner) keepTail(from, firstAttr int) {
	b, size := s.src[from:], s.i-from
	if len(s.t.attrs) != firstAttr+1 || size >= 32 || len(b) < 32 || b[size-2] == '/' {
		return
	}
	a := s.t.attrs[firstAttr]
	if a.side || a.local != a.raw.from || bytes.Contains(b[:size], []byte("xmlns")) {
		return
	}
	a.shift(-uint32(from))
	k := s.tailOf(b)
	*k = tail{size: uint8(size), attr: a}
	for i := range k.key {
		k.key[i] = binary.LittleEndian.Uint64(b[8*i:]) & nameMasks[size][i]
	}
}

// shift moves the places of an attribute that stands in the source.
func (a *attr) shift(by uint32) {
	a.raw.from += by
	a.raw.to += by
	a.local += by
	a.value.from += by
	a.value.to += by
}

// An opening is the start tag of the last root that had namespace declarations of
// known namespaces and nothing else.
type opening struct {
	text   []byte // from the name on
	what   seen
	scope  []binding
	scopes uint64
}

// sameRoot reports whether the root's start tag is the one that was kept.
func (s *scanner) sameRoot() bool {
	return len(s.root.scope) > 0 && len(s.root.scope) <= min(s.limits.Attributes, s.limits.Namespaces) && bytes.HasPrefix(s.src[s.i:], s.root.text)
}

// enterRoot goes on behind that start tag, which began at from.
func (s *scanner) enterRoot(from int) {
	s.i = from + len(s.root.text)
	s.scope, s.scopes = append(s.scope, s.root.scope...), s.root.scopes
}

// keepRoot keeps the root's start tag, read up to s.i, if it is of that kind.
func (s *scanner) keepRoot(from int, what *seen) {
	foreigner := func(d binding) bool { return d.space == foreign || d.long != nil }
	if len(s.t.attrs) > 0 || what.size == 0 || what.space == foreign || slices.ContainsFunc(s.scope, foreigner) {
		return
	}
	r := &s.root
	r.text, r.what = append(r.text[:0], s.src[from:s.i]...), *what
	r.scope, r.scopes = append(r.scope[:0], s.scope...), s.scopes
	for i := range r.scope {
		r.scope[i].uri = nil // no part of this document is held
	}
}
