package data

import (
	"slices"
	"testing"

	"wafer/nn/task"
	"wafer/nn/vision"
)

func TestStratifiedSplitKeepsShares(t *testing.T) {
	labels := []int{}
	for class, n := range []int{100, 37, 10, 2, 1} {
		labels = append(labels, slices.Repeat([]int{class}, n)...)
	}
	rest, held := Stratified(labels, 0.1, 1, "test")
	got := make([]int, 5)
	for _, i := range held {
		got[labels[i]]++
	}
	if want := []int{10, 4, 1, 1, 0}; !slices.Equal(got, want) {
		t.Errorf("held back per class %v, expected %v", got, want)
	}
	all := slices.Sorted(slices.Values(append(slices.Clone(rest), held...)))
	if len(all) != 150 || all[0] != 0 || all[149] != 149 || len(slices.Compact(all)) != 150 {
		t.Errorf("the halves have %d samples, expected every one of 150 once", len(all))
	}
	if !slices.IsSorted(rest) || !slices.IsSorted(held) {
		t.Error("the halves are not in the order of the set")
	}
	_, again := Stratified(labels, 0.1, 1, "test")
	_, other := Stratified(labels, 0.1, 2, "test")
	if !slices.Equal(held, again) || slices.Equal(held, other) {
		t.Error("the same seed must give the same split and another seed another one")
	}
	if rest, held := Stratified(labels, 0, 1, "test"); len(held) != 0 || len(rest) != 150 {
		t.Errorf("a share of 0 holds back %d", len(held))
	}
}

func TestSplitAndSubsetCarryTheSamples(t *testing.T) {
	s := &Set{Kind: task.Text, Classes: []string{"a", "b"}, Labels: []int{0, 1, 0, 1}, Texts: []string{"0", "1", "2", "3"}}
	if sub := s.Subset([]int{3, 0}); !slices.Equal(sub.Texts, []string{"3", "0"}) || !slices.Equal(sub.Labels, []int{1, 0}) {
		t.Errorf("subset %+v, expected texts 3 and 0", sub)
	}
	rest, held := s.Split(0.5, 1, "x")
	if rest.Len() != 2 || held.Len() != 2 || !slices.Equal(held.Counts(), []int{1, 1}) {
		t.Errorf("halves %v and %v, expected one of each class in both", rest.Counts(), held.Counts())
	}
}

func TestHashSeesEveryChange(t *testing.T) {
	base := func() *Set {
		return &Set{Kind: task.Image, Classes: []string{"a", "b"}, Labels: []int{0, 1}, Notes: []string{"x"},
			Pictures: []Picture{{Name: "1", File: []byte{1, 2}}, {Name: "2", Pixels: &vision.Image{Width: 2, Height: 1, Channels: 1, Pix: []byte{3, 4}}}}}
	}
	want := base().Hash()
	for name, change := range map[string]func(*Set){
		"class":   func(s *Set) { s.Classes = []string{"ab", ""} },
		"label":   func(s *Set) { s.Labels[0] = 1 },
		"file":    func(s *Set) { s.Pictures[0].File[0] = 9 },
		"shorter": func(s *Set) { s.Pictures[0].File = s.Pictures[0].File[:1] },
		"pixel":   func(s *Set) { s.Pictures[1].Pixels.Pix[0] = 9 },
		"shape":   func(s *Set) { s.Pictures[1].Pixels.Width, s.Pictures[1].Pixels.Height = 1, 2 },
		"order":   func(s *Set) { slices.Reverse(s.Pictures) },
	} {
		s := base()
		change(s)
		if s.Hash() == want {
			t.Errorf("a changed %s leaves the hash as it was", name)
		}
	}
	s := base()
	s.Notes, s.Pictures[0].Name = nil, "other"
	if s.Hash() != want {
		t.Error("notes and file names changed the hash")
	}
}

func TestOrderIsAPermutationOfItsEpoch(t *testing.T) {
	a, b := Order(100, 1, 0), Order(100, 1, 1)
	if slices.Equal(a, b) || !slices.Equal(a, Order(100, 1, 0)) {
		t.Error("epochs must have their own orders, the same every time")
	}
	if slices.Sort(a); a[0] != 0 || a[99] != 99 || len(slices.Compact(a)) != 100 {
		t.Errorf("not a permutation: %v", a)
	}
}
