package fit

import (
	"slices"
	"testing"

	"wafer/nn/data"
	"wafer/nn/task"
)

func TestSamplesThatBelongTogetherHaveOneNumber(t *testing.T) {
	sample := func(label int, text, group string) data.Sample {
		return data.Sample{Input: task.Input{Text: text, Group: group}, Label: label}
	}
	for name, c := range map[string]struct {
		samples       []data.Sample
		group, narrow []int
	}{
		"alone": {[]data.Sample{sample(0, "a", ""), sample(0, "b", ""), sample(1, "c", ""), sample(1, "d", "")},
			[]int{0, 1, 2, 3}, nil},
		"copies, up to case and spaces": {[]data.Sample{sample(0, "A  b", ""), sample(0, "x", ""),
			sample(1, "a B ", ""), sample(1, "y", "")}, []int{0, 1, 0, 3}, nil},
		"copies, up to marks and width": {[]data.Sample{sample(0, "很好！", ""), sample(0, "很好", ""), sample(0, "好 👍", ""),
			sample(0, "好 👎", ""), sample(1, "ＡＢ１", ""), sample(1, "a-b 1", ""),
			sample(1, "!", ""), sample(1, "?", "")}, []int{0, 0, 2, 3, 4, 4, 6, 7}, nil},
		"bursts": {[]data.Sample{sample(0, "a", "1"), sample(0, "b", "1"), sample(0, "c", ""), sample(1, "d", "2"),
			sample(1, "e", "3")}, []int{0, 0, 2, 3, 4}, nil},
		"a copy joins two bursts": {[]data.Sample{sample(0, "a", "1"), sample(0, "b", "1"), sample(0, "b", "2"),
			sample(0, "c", "2"),
			sample(0, "d", ""), sample(1, "e", ""), sample(1, "f", "")}, []int{0, 0, 0, 0, 4, 5, 6}, nil},
		"a class of one burst is cut": {[]data.Sample{sample(0, "a", "1"), sample(0, "b", "1"), sample(0, "c", "1"),
			sample(0, "d", "1"),
			sample(0, "e", "1"), sample(1, "f", ""), sample(1, "g", "")}, []int{0, 0, 2, 2, 4, 5, 6}, []int{0}},
	} {
		group, narrow := groupsOf(c.samples, 2, (*Cache)(nil).alike(c.samples))
		if !slices.Equal(group, c.group) || !slices.Equal(narrow, c.narrow) {
			t.Errorf("%s: groups %v, narrow %v, expected %v, %v", name, group, narrow, c.group, c.narrow)
		}
	}
}
