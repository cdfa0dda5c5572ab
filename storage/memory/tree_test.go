package memory

import (
	"cmp"
	"maps"
	"math/rand/v2"
	"slices"
	"testing"
)

// The tree agrees with a map under random changes, and every snapshot of it stays
// as it was.
func TestTreeAgainstMap(t *testing.T) {
	for seed := range uint64(12) {
		rnd := rand.New(rand.NewPCG(seed, 0))
		type pair struct{ key, value int }
		tr := newTree(func(a, b pair) int { return cmp.Compare(a.key, b.key) })
		want := map[int]int{}
		type version struct {
			tree tree[pair]
			want map[int]int
		}
		var old []version
		by := new(owner)
		span := []int{10, 200, 5000}[seed%3]
		growing := true
		for step := range 3000 {
			if step%750 == 0 {
				growing = !growing || step == 0
			}
			key := rnd.IntN(span)
			if seed%4 == 3 && growing {
				key = step // in order, as what happens now is
			}
			if growing == (rnd.IntN(4) > 0) {
				tr.set(by, pair{key, step})
				want[key] = step
			} else {
				tr.remove(by, pair{key: key})
				delete(want, key)
			}
			value, there := want[key]
			if got, ok := tr.get(pair{key: key}); ok != there || got.value != value {
				t.Fatalf("seed %d, step %d: get(%d) = %v, %v, want %d", seed, step, key, got, ok, value)
			}
			if rnd.IntN(250) == 0 {
				old = append(old, version{tr, maps.Clone(want)})
				by = new(owner)
			}
		}
		old = append(old, version{tr, want})
		for i, v := range old {
			for _, from := range []int{-1, 0, span / 3, span - 1, span, 10000} {
				var keys []int
				for p := range v.tree.from(pair{key: from}) {
					if v.want[p.key] != p.value {
						t.Fatalf("seed %d, version %d: %d is %d, want %d", seed, i, p.key, p.value, v.want[p.key])
					}
					keys = append(keys, p.key)
				}
				all := slices.DeleteFunc(slices.Sorted(maps.Keys(v.want)), func(k int) bool { return k < from })
				if !slices.Equal(keys, all) {
					t.Fatalf("seed %d, version %d, from %d: %d keys, want %d", seed, i, from, len(keys), len(all))
				}
			}
		}
	}
}
