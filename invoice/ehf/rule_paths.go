package ehf

// A state is how far the path of an element from the root has come towards
// the paths that some rule forbids; dead means towards none of them.
type state uint16

const dead state = 0

// paths is a finite automaton over element paths. In a document that follows
// the schema a step costs one look into next, at the place in the sequence
// that the structural check has found anyway. So hundreds of rules that forbid
// paths cost nothing.
type paths struct {
	base  []uint32         // by state: where its row of next begins
	next  []state          // rows by place; the first row leads nowhere
	edges map[edge]state   // the same by name, for what is out of place
	rules map[state][]rule // what is broken where a path arrives
	start map[name]state   // by root element
}

type edge struct {
	from state
	name name
}

// A pathRow is the row of a state.
type pathRow []state

func (p *paths) row(s state) pathRow { return p.next[p.base[s]:] }

func (r pathRow) at(place int) state { return r[place] }

func (p *paths) step(s state, n name) state {
	if s == dead || n == unknown {
		return dead
	}
	return p.edges[edge{s, n}]
}

// newPaths makes the automaton of the given paths, each the names from below
// the root on.
func newPaths(s *schema, forbidden func(yield func(path []name, r rule) bool)) *paths {
	p := &paths{
		base: []uint32{0}, next: make([]state, 256),
		edges: map[edge]state{}, rules: map[state][]rule{}, start: map[name]state{},
	}
	last := []name{unknown} // by state: the name that led to it
	add := func(n name) state {
		p.base, last = append(p.base, 0), append(last, n)
		return state(len(p.base) - 1)
	}
	for _, n := range []name{invInvoice, cnCreditNote} {
		p.start[n] = add(n)
	}
	for path, r := range forbidden {
		for _, at := range p.start {
			for _, n := range path {
				to, ok := p.edges[edge{at, n}]
				if !ok {
					to = add(n)
					p.edges[edge{at, n}] = to
				}
				at = to
			}
			p.rules[at] = append(p.rules[at], r)
		}
	}
	for st, n := range last {
		t := s.types[s.typeOf[n]]
		if t.from == t.to {
			continue
		}
		p.base[st] = uint32(len(p.next))
		for _, child := range s.child[t.from:t.to] {
			p.next = append(p.next, p.edges[edge{state(st), child}])
		}
	}
	return p
}
