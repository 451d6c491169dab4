package text

import (
	"slices"
	"testing"
)

func TestTokenizerOrdersByCountThenFirstAppearance(t *testing.T) {
	k := NewTokenizer(DefaultOptions())
	k.Fit([]string{"The cat sat; the dog sat!", "A dog, the end."})
	want := []string{"the", "sat", "dog", "cat", "a", "end"}
	if !slices.Equal(k.index.keys, want) {
		t.Errorf("words by frequency: %q, expected %q", k.index.keys, want)
	}
	got := k.Sequence("the END of the dog")
	if want := []int32{1, 6, 1, 3}; !slices.Equal(got, want) {
		t.Errorf("sequence %v, expected %v (unknown words dropped)", got, want)
	}
}
