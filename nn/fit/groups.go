package fit

import (
	"strings"

	"wafer/nn/data"
	"wafer/nn/digest"
	"wafer/nn/task"
)

// narrowParts is how many parts the one group of a class is cut into.
const narrowParts = 4

// groupsOf number samples so that samples that must not be on two sides of a division have the same number: those of
// one group, and those of the same content (texts up to white space and case, pictures pixel for pixel). A class whose
// samples are all one group could never be held out: narrow lists it, and its samples are cut in their order into a few
// parts, which tells less of new inputs.
func groupsOf(samples []data.Sample, classes int) (group, narrow []int) {
	group = joined(samples)
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
func joined(samples []data.Sample) []int {
	first := map[string]int{} // the first sample with a key
	group := make([]int, len(samples))
	root := func(i int) int {
		for group[i] != i {
			i = group[i]
		}
		return i
	}
	for i, s := range samples {
		group[i] = i
		keys := []string{contentKey(s.Input)}
		if s.Input.Group != "" {
			keys = append(keys, "group "+s.Input.Group)
		}
		for _, key := range keys {
			if other, known := first[key]; known {
				group[root(i)] = root(other)
			} else {
				first[key] = i
			}
		}
	}
	for i := range group {
		group[i] = root(i)
	}
	return group
}

func contentKey(in task.Input) string {
	h := digest.New()
	switch {
	case in.File != nil:
		h.Write(in.File)
	case in.Pixels != nil && in.Pixels.Grey != nil:
		h.Write(in.Pixels.Grey)
	case in.Pixels != nil:
		h.Write(in.Pixels.RGBA)
	default:
		h.Write([]byte(strings.Join(strings.Fields(strings.ToLower(in.Text)), " ")))
	}
	return string(h.Sum(nil))
}
