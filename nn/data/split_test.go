package data

import (
	"fmt"
	"slices"
	"testing"

	"wafer/nn/recipe"
	"wafer/nn/task"
)

func TestStratifiedSplitKeepsShares(t *testing.T) {
	labels := []int{}
	for class, n := range []int{100, 37, 10, 2, 1} {
		labels = append(labels, slices.Repeat([]int{class}, n)...)
	}
	rest, held := Stratified(labels, nil, 0.1, 1, "test")
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
	_, again := Stratified(labels, nil, 0.1, 1, "test")
	_, other := Stratified(labels, nil, 0.1, 2, "test")
	if !slices.Equal(held, again) || slices.Equal(held, other) {
		t.Error("the same seed must give the same split and another seed another one")
	}
	if rest, held := Stratified(labels, nil, 0, 1, "test"); len(held) != 0 || len(rest) != 150 {
		t.Errorf("a share of 0 holds back %d", len(held))
	}
}

func TestStratifiedKeepsGroupsTogether(t *testing.T) {
	var labels []int
	var groups []string
	for i := range 60 { // two bursts of 10 and ten single samples a class
		labels = append(labels, i%2)
		groups = append(groups, []string{"", "a", "b"}[i/20])
	}
	for seed := range uint64(20) {
		rest, held := Stratified(labels, groups, 0.2, seed, "test")
		if len(rest)+len(held) != 60 || len(held) != 12 {
			t.Fatalf("seed %d: %d stay and %d are held back, expected 48 and 12", seed, len(rest), len(held))
		}
		side := map[string]bool{}
		for _, i := range held {
			side[fmt.Sprint(labels[i], groups[i])] = groups[i] != ""
		}
		for _, i := range rest {
			if side[fmt.Sprint(labels[i], groups[i])] {
				t.Fatalf("seed %d: group %s of class %d is on both sides", seed, groups[i], labels[i])
			}
		}
	}
	one := slices.Repeat([]string{"a"}, 8)
	if rest, held := Stratified(make([]int, 8), one, 0.2, 1, "test"); len(held) != 0 || len(rest) != 8 {
		t.Errorf("of a class that is one burst %d are held back, expected none", len(held))
	}
	two := append(slices.Repeat([]string{"a"}, 5), slices.Repeat([]string{"b"}, 3)...)
	if _, held := Stratified(make([]int, 8), two, 0.1, 1, "test"); !slices.Equal(held, []int{5, 6, 7}) {
		t.Errorf("of bursts of 5 and 3 the samples %v are held back, expected the smaller burst", held)
	}
}

func TestHashKnowsWhichSamplesShareAGroupAndNotItsName(t *testing.T) {
	of := func(groups ...string) string {
		d := Dataset{Labels: []string{"a", "b"}}
		for i, g := range groups {
			d.Train = append(d.Train, Sample{Input: task.Input{Text: fmt.Sprint(i), Group: g}, Label: i % 2})
		}
		return d.Hash()
	}
	if a, b := of("x", "", "y", "x"), of("1", "", "2", "1"); a != b {
		t.Errorf("other names of groups give another hash: %s and %s", a, b)
	}
	if of("x", "", "y", "x") == of("x", "", "y", "y") || of("x", "x") == of("", "") {
		t.Error("other groups give the same hash")
	}
}

// texts are samples "0", "1", … of two classes in turn.
func texts(n int) (list []Sample) {
	for i := range n {
		list = append(list, Sample{Input: task.Input{Text: fmt.Sprint(i)}, Label: i % 2})
	}
	return list
}

func said(list []Sample) (out []string) {
	for _, s := range list {
		out = append(out, s.Input.Text)
	}
	return out
}

func TestSplitCutsOnlyWhatIsMissing(t *testing.T) {
	r := recipe.Default()
	r.Preprocess.Kind, r.Test.Split, r.Validate.Split = "text", 0.25, 0.5
	d := Dataset{Labels: []string{"a", "b"}, Train: texts(16)}.Split(r)
	if len(d.Train) != 6 || len(d.Validation) != 6 || len(d.Test) != 4 {
		t.Errorf("parts of %d, %d and %d, expected 6, 6 and 4 of 16", len(d.Train), len(d.Validation), len(d.Test))
	}
	all := slices.Sorted(slices.Values(slices.Concat(said(d.Train), said(d.Validation), said(d.Test))))
	if len(slices.Compact(all)) != 16 {
		t.Errorf("the parts hold %v, expected every sample once", all)
	}
	own := Dataset{Labels: []string{"a", "b"}, Train: texts(16),
		Test: []Sample{{Input: task.Input{Text: " 3 "}, Label: 1}}}.Split(r)
	if len(own.Test) != 1 || slices.Contains(said(slices.Concat(own.Train, own.Validation)), "3") {
		t.Errorf("test part %q, training %q: expected the given test part, and its text nowhere else", said(own.Test),
			said(own.Train))
	}
	r.Preprocess.Data.Limit = 3
	few, again := (Dataset{Train: texts(16)}).Split(r), (Dataset{Train: texts(16)}).Split(r)
	if len(few.Train) != 3 || len(few.Validation) != 3 || len(few.Test) != 3 ||
		!slices.Equal(said(few.Train), said(again.Train)) {
		t.Errorf("with a limit of 3 the parts are %q %q %q and then %q", said(few.Train), said(few.Validation),
			said(few.Test), said(again.Train))
	}
}

func TestShuffleIsAPermutationOfItsEpoch(t *testing.T) {
	order := func(epoch int) []int {
		list := []int{}
		for i := range 100 {
			list = append(list, i)
		}
		Shuffle(list, 1, epoch)
		return list
	}
	a, b := order(0), order(1)
	if slices.Equal(a, b) || !slices.Equal(a, order(0)) {
		t.Error("epochs must have their own orders, the same every time")
	}
	if slices.Sort(a); a[0] != 0 || a[99] != 99 || len(slices.Compact(a)) != 100 {
		t.Errorf("not a permutation: %v", a)
	}
}
