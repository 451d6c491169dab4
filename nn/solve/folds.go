package solve

import (
	"math/rand/v2"

	"wafer/nn/order"
)

// Folds spreads samples over `folds` parts for cross-validation: samples of one group stay together, and every
// class is spread evenly. group[i] names the group of sample i, any numbers; nil: every sample is its own. The
// order in which groups are dealt out is drawn from r. It returns the part of every sample; parts may be empty
// where groups are few.
func Folds(y, group []int, classes, folds int, r *rand.Rand) []int {
	members := groups(y, group)
	r.Shuffle(len(members), func(i, j int) { members[i], members[j] = members[j], members[i] })
	order.Stable(members, func(a, b []int) int { // large groups first, then class by class
		if (len(a) > 1 || len(b) > 1) && len(a) != len(b) {
			return len(b) - len(a)
		}
		return y[a[0]] - y[b[0]]
	})
	part := make([]int, len(y))
	ofClass, all := make([][]int, classes), make([]int, folds)
	for c := range ofClass {
		ofClass[c] = make([]int, folds)
	}
	for _, m := range members {
		c, best := y[m[0]], 0
		for f := range folds {
			if a, b := ofClass[c][f], ofClass[c][best]; a < b || a == b && all[f] < all[best] {
				best = f
			}
		}
		for _, i := range m {
			part[i] = best
			ofClass[y[i]][best]++
			all[best]++
		}
	}
	return part
}

// groups lists the samples of every group, in order of their first.
func groups(y, group []int) [][]int {
	at := map[int]int{}
	var members [][]int
	for i := range y {
		if group == nil {
			members = append(members, []int{i})
			continue
		}
		k, known := at[group[i]]
		if !known {
			k = len(members)
			at[group[i]] = k
			members = append(members, nil)
		}
		members[k] = append(members[k], i)
	}
	return members
}

// Groups is how many different groups there are.
func Groups(y, group []int) int { return len(groups(y, group)) }
