package data

import "testing"

// The first draws are part of the format of a recipe: a change would change every
// shipped weight. They were printed by this very function when it was written.
func TestRandIsFixedForEver(t *testing.T) {
	r := Rand(1, "shuffle", 2, 3)
	got := [3]uint64{r.Uint64(), r.Uint64(), r.Uint64()}
	want := [3]uint64{0x1de9c14b0bd392c3, 0x3839b2f461d12bea, 0x3c023375f066386b}
	if got != want {
		t.Errorf("Rand(1, shuffle, 2, 3) draws %#x, expected %#x", got, want)
	}
}

func TestRandSeparatesItsArguments(t *testing.T) {
	seen := map[uint64]string{}
	add := func(name string, v uint64) {
		if other, ok := seen[v]; ok {
			t.Errorf("%s and %s start with the same number %#x", name, other, v)
		}
		seen[v] = name
	}
	add("base", Rand(1, "shuffle", 2, 3).Uint64())
	add("seed", Rand(2, "shuffle", 2, 3).Uint64())
	add("purpose", Rand(1, "dropout", 2, 3).Uint64())
	add("epoch", Rand(1, "shuffle", 3, 3).Uint64())
	add("step", Rand(1, "shuffle", 2, 4).Uint64())
	add("exchanged", Rand(1, "shuffle", 3, 2).Uint64())
	add("negative", Rand(1, "shuffle", -1, 3).Uint64())
}
