package order

import (
	"cmp"
	"maps"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

// All sorts of lengths, with many equal elements, as package slices sorts them.
func TestAsSlices(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	type pair struct{ key, place int }
	byKey := func(a, b pair) int { return cmp.Compare(a.key, b.key) }
	for n := range 200 {
		numbers, pairs, set := make([]float32, n), make([]pair, n), map[int]bool{}
		for i := range n {
			k := r.IntN(n/3 + 1)
			numbers[i], pairs[i], set[k] = float32(k), pair{k, i}, true
		}
		if n > 0 {
			numbers[0] = float32(math.NaN())
		}
		wantNumbers, wantPairs := slices.Clone(numbers), slices.Clone(pairs)
		slices.Sort(wantNumbers)
		slices.SortStableFunc(wantPairs, byKey)
		Sort(numbers)
		Stable(pairs, byKey)
		if slices.CompareFunc(numbers, wantNumbers, cmp.Compare[float32]) != 0 {
			t.Fatalf("Sort of %d: expected %v, got %v", n, wantNumbers, numbers)
		}
		if !slices.Equal(pairs, wantPairs) {
			t.Fatalf("Stable of %d: expected %v, got %v", n, wantPairs, pairs)
		}
		if got, want := Keys(set), slices.Sorted(maps.Keys(set)); !slices.Equal(got, want) {
			t.Fatalf("Keys of %d: expected %v, got %v", n, want, got)
		}
	}
}

func TestUint32sAsSlices(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	for _, n := range []int{0, 1, 2, 50, 3000} {
		list := make([]uint32, n)
		for i := range list {
			if list[i] = r.Uint32(); i%3 == 0 {
				list[i] %= 512
			}
		}
		want := slices.Clone(list)
		slices.Sort(want)
		if Uint32s(list); !slices.Equal(list, want) {
			t.Errorf("%d numbers: expected %v, got %v", n, want, list)
		}
	}
}
