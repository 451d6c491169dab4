package fit

import "wafer/nn/data"

// groups are which training samples belong together.
type groups struct {
	of, narrow []int    // see groupsOf
	copies     [][2]int // see copies
}

// grouped finds them once.
func (f *fitter) grouped() *groups {
	if f.groups == nil {
		pairs := f.o.Cache.alike(f.data.Train)
		f.groups = &groups{copies: copies(f.data.Train, pairs)}
		f.groups.of, f.groups.narrow = groupsOf(f.data.Train, len(f.data.Labels), pairs)
	}
	return f.groups
}

// narrowParts is how many parts the one group of a class is cut into.
const narrowParts = 4

// groupsOf number samples so that samples that must not be on two sides of a division have the same number: those of
// one group, and the pairs that are alike. A class whose
// samples are all one group could never be held out: narrow lists it, and its samples are cut in their order into a few
// parts, which tells less of new inputs.
func groupsOf(samples []data.Sample, classes int, alike [][2]int) (group, narrow []int) {
	group = joined(samples, alike)
	members := make([][]int, classes)
	alone := make([]bool, classes) // the class has one group
	for i, s := range samples {
		alone[s.Label] = len(members[s.Label]) == 0 || alone[s.Label] && group[i] == group[members[s.Label][0]]
		members[s.Label] = append(members[s.Label], i)
	}
	for c, list := range members {
		if !alone[c] || len(list) < 2 {
			continue
		}
		narrow = append(narrow, c)
		size := (len(list) + narrowParts - 1) / narrowParts
		for k, i := range list {
			group[i] = list[k/size*size]
		}
	}
	return group, narrow
}

// joined are the numbers before classes of one group are cut: that of the first sample.
func joined(samples []data.Sample, alike [][2]int) []int {
	first := map[string]int{} // the first sample of a group
	group := make([]int, len(samples))
	root := func(i int) int {
		for group[i] != i {
			i = group[i]
		}
		return i
	}
	for i, s := range samples {
		group[i] = i
		if s.Input.Group == "" {
			continue
		}
		if other, known := first[s.Input.Group]; known {
			group[i] = root(other)
		} else {
			first[s.Input.Group] = i
		}
	}
	for _, pair := range alike {
		a, b := root(pair[0]), root(pair[1])
		group[max(a, b)] = min(a, b)
	}
	for i := range group {
		group[i] = root(i)
	}
	return group
}
