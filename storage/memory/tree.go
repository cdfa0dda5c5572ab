package memory

import (
	"iter"
	"slices"
)

// A tree is a sorted set of items, a B+ tree whose versions share what they have
// in common. Copying a tree is copying the struct. A version may change the nodes
// that carry its owner in place; all others it copies first. So a snapshot costs
// nothing, and nobody who reads one is disturbed.
//
// Nodes are not joined when items go: an empty node is dropped, a thin one stays.
// What goes here are messages that are done and index entries of what moved.
type tree[T any] struct {
	root    *node[T]
	compare func(a, b T) int
}

// An owner is a transaction that may change the nodes it made in place.
type owner struct{ _ byte }

type node[T any] struct {
	by    *owner
	items []T        // of a leaf: the items; else, for each kid, what no item in it is less than
	kids  []*node[T] // nil in a leaf
}

// width is the most items in a node.
const width = 32

func newTree[T any](compare func(a, b T) int) tree[T] { return tree[T]{compare: compare} }

// get returns the item that compares equal to key.
func (t *tree[T]) get(key T) (item T, ok bool) {
	for n := t.root; n != nil; n = n.kids[n.kid(key, t.compare)] {
		if n.kids != nil {
			continue
		}
		if i, found := slices.BinarySearchFunc(n.items, key, t.compare); found {
			return n.items[i], true
		}
		break
	}
	return item, false
}

// kid returns the place of the kid that holds key if any does.
func (n *node[T]) kid(key T, compare func(a, b T) int) int {
	i, found := slices.BinarySearchFunc(n.items, key, compare)
	if !found && i > 0 {
		i--
	}
	return i
}

// set puts an item in, in place of one that compares equal.
func (t *tree[T]) set(by *owner, item T) {
	if t.root == nil {
		t.root = &node[T]{by: by, items: append(make([]T, 0, width), item)}
		return
	}
	root := t.root.owned(by)
	if right := root.set(by, item, t.compare); right != nil {
		root = &node[T]{
			by:    by,
			items: append(make([]T, 0, width), root.items[0], right.items[0]),
			kids:  append(make([]*node[T], 0, width), root, right),
		}
	}
	t.root = root
}

// owned returns the node itself if by may change it, else a copy.
func (n *node[T]) owned(by *owner) *node[T] {
	if n.by == by {
		return n
	}
	fresh := &node[T]{by: by, items: append(make([]T, 0, width), n.items...)}
	if n.kids != nil {
		fresh.kids = append(make([]*node[T], 0, width), n.kids...)
	}
	return fresh
}

// set returns the new right neighbour if the node had to be split.
func (n *node[T]) set(by *owner, item T, compare func(a, b T) int) (right *node[T]) {
	if n.kids == nil {
		i, found := slices.BinarySearchFunc(n.items, item, compare)
		if found {
			n.items[i] = item
			return nil
		}
		if len(n.items) == width {
			right = n.split(by, i)
			if i > len(n.items) {
				right.items = slices.Insert(right.items, i-len(n.items), item)
				return right
			}
		}
		n.items = slices.Insert(n.items, i, item)
		return right
	}
	i := n.kid(item, compare)
	kid := n.kids[i].owned(by)
	n.kids[i] = kid
	beside := kid.set(by, item, compare)
	n.items[i] = kid.items[0]
	if beside == nil {
		return nil
	}
	i++
	if len(n.items) == width {
		right = n.split(by, i)
		if i > len(n.items) {
			i -= len(n.items)
			right.items = slices.Insert(right.items, i, beside.items[0])
			right.kids = slices.Insert(right.kids, i, beside)
			return right
		}
	}
	n.items = slices.Insert(n.items, i, beside.items[0])
	n.kids = slices.Insert(n.kids, i, beside)
	return right
}

// split moves the right part of a full node into a new one: half of it, or little
// where the next insertion is at the end, as it is with what comes in order.
func (n *node[T]) split(by *owner, at int) *node[T] {
	half := width / 2
	if at == width {
		half = width - 1
	}
	right := &node[T]{by: by, items: append(make([]T, 0, width), n.items[half:]...)}
	clear(n.items[half:])
	n.items = n.items[:half]
	if n.kids != nil {
		right.kids = append(make([]*node[T], 0, width), n.kids[half:]...)
		clear(n.kids[half:])
		n.kids = n.kids[:half]
	}
	return right
}

// remove takes the item out that compares equal to key, if there is one.
func (t *tree[T]) remove(by *owner, key T) {
	if _, ok := t.get(key); !ok {
		return
	}
	t.root = t.root.owned(by)
	t.root.remove(by, key, t.compare)
	for len(t.root.kids) == 1 {
		t.root = t.root.kids[0]
	}
	if len(t.root.items) == 0 {
		t.root = nil
	}
}

func (n *node[T]) remove(by *owner, key T, compare func(a, b T) int) {
	if n.kids == nil {
		if i, found := slices.BinarySearchFunc(n.items, key, compare); found {
			n.items = slices.Delete(n.items, i, i+1)
		}
		return
	}
	i := n.kid(key, compare)
	kid := n.kids[i].owned(by)
	n.kids[i] = kid
	kid.remove(by, key, compare)
	if len(kid.items) == 0 {
		n.items = slices.Delete(n.items, i, i+1)
		n.kids = slices.Delete(n.kids, i, i+1)
	}
}

// from lists the items in order that are not less than key. The tree may be
// changed meanwhile by anyone but the owner of its nodes.
func (t tree[T]) from(key T) iter.Seq[T] {
	return func(yield func(T) bool) {
		if t.root != nil {
			t.root.from(key, t.compare, yield)
		}
	}
}

func (n *node[T]) from(key T, compare func(a, b T) int, yield func(T) bool) bool {
	i, _ := slices.BinarySearchFunc(n.items, key, compare)
	if n.kids == nil {
		for _, item := range n.items[i:] {
			if !yield(item) {
				return false
			}
		}
		return true
	}
	if i > 0 { // the key may lie within the kid before
		if !n.kids[i-1].from(key, compare, yield) {
			return false
		}
	}
	for _, kid := range n.kids[i:] {
		if !kid.all(yield) {
			return false
		}
	}
	return true
}

func (n *node[T]) all(yield func(T) bool) bool {
	for _, item := range n.items {
		if n.kids == nil && !yield(item) {
			return false
		}
	}
	for _, kid := range n.kids {
		if !kid.all(yield) {
			return false
		}
	}
	return true
}
