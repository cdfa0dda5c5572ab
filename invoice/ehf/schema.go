package ehf

import (
	_ "embed"
	"iter"
	"strings"
	"sync"
)

// schemaText is the part of the UBL 2.1 schema that an Invoice or a CreditNote
// can reach: data types and their elements, then each complex type as the
// elements that have it, a colon and its sequence. Names without a prefix are
// basic components (cbc), a slash stands for cac; ?, * and + say how often.
// schema_gen.go writes it. As text it is a tenth of the tables that are made
// of it, and can be read beside the standard.
//
//go:embed schema_ubl21.txt
var schemaText string

// A schema says of every element what may stand in it.
type schema struct {
	typeOf []typeID // by name; 0 is no type
	types  []complexType
	child  []name  // the sequences of all types, one after the other
	often  []often // beside child
	must   []uint8 // beside child: the next place from here on that must be filled
	places []uint8 // a hash table of each type's children by name: the place plus one
}

type typeID uint16

// A complexType is either a sequence of child elements or a data type.
type complexType struct {
	data     dataType // aggregate for a sequence
	mask     uint8    // one less than the size of its part of schema.places
	from, to uint16   // of schema.child
	places   uint16   // where that part begins
}

type often uint8

const (
	optional often = 1 << iota // it may be absent
	repeated                   // it may come more than once
)

// ubl21 is the schema, compiled when it is first asked for.
var ubl21 = sync.OnceValue(func() *schema {
	w := words()
	s := &schema{typeOf: make([]typeID, len(w.names)), types: []complexType{{}}}
	for line := range strings.Lines(schemaText) {
		head, sequence, aggregateLine := strings.Cut(strings.TrimSpace(line), " :")
		heads := strings.Fields(head)
		t := complexType{from: uint16(len(s.child))}
		if !aggregateLine {
			t.data = dataTypeOf(heads[0])
			heads = heads[1:]
		}
		for c := range strings.FieldsSeq(sequence) {
			bare := strings.TrimRight(c, "?*+")
			o := map[string]often{"": 0, "?": optional, "*": optional | repeated, "+": repeated}[c[len(bare):]]
			s.child = append(s.child, w.add(expand(bare)))
			s.often = append(s.often, o)
		}
		t.to = uint16(len(s.child))
		s.must = append(s.must, make([]uint8, t.to-t.from)...)
		next := uint8(t.to - t.from)
		for i := int(t.to) - 1; i >= int(t.from); i-- {
			if s.often[i]&optional == 0 {
				next = uint8(i - int(t.from))
			}
			s.must[i] = next
		}
		s.enter(&t)
		for _, h := range heads {
			s.typeOf[w.add(expand(h))] = typeID(len(s.types))
		}
		s.types = append(s.types, t)
	}
	return s
})

// schemaNames yields every element name of the schema.
func schemaNames() iter.Seq[string] {
	return func(yield func(string) bool) {
		for line := range strings.Lines(schemaText) {
			head, _, aggregate := strings.Cut(strings.TrimSpace(line), " :")
			for i, h := range strings.Fields(head) {
				if (aggregate || i > 0) && !yield(expand(h)) {
					return
				}
			}
		}
	}
}

// expand gives a name of schemaText its prefix.
func expand(short string) string {
	switch {
	case short[0] == '/':
		return "cac:" + short[1:]
	case strings.Contains(short, ":"):
		return short
	}
	return "cbc:" + short
}

// enter makes the part of places that is of a type, at most a third full.
func (s *schema) enter(t *complexType) {
	size := 1
	for size < 3*int(t.to-t.from) {
		size *= 2
	}
	t.places, t.mask = uint16(len(s.places)), uint8(size-1)
	s.places = append(s.places, make([]uint8, size)...)
	for i, child := range s.child[t.from:t.to] {
		h := uint8(child) & t.mask
		for s.places[int(t.places)+int(h)] != 0 {
			h = (h + 1) & t.mask
		}
		s.places[int(t.places)+int(h)] = uint8(i + 1)
	}
}

// place finds the place of a child in the sequence of a type, which has each name
// once at most.
func (s *schema) place(t complexType, child name) (int, bool) {
	for h := uint8(child) & t.mask; ; h = (h + 1) & t.mask {
		at := int(s.places[int(t.places)+int(h)])
		if at == 0 {
			return 0, false
		}
		if s.child[int(t.from)+at-1] == child {
			return at - 1, true
		}
	}
}

// required is the first place from here on that must be filled, or the size of
// the sequence.
func (s *schema) required(t complexType, from int) int {
	if i := int(t.from) + from; i < int(t.to) {
		return int(s.must[i])
	}
	return int(t.to - t.from)
}
