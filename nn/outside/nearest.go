package outside

import (
	"slices"

	"wafer/nn/tensor"
)

const (
	nearest  = 3   // samples that are looked at
	mostRows = 384 // samples that a file keeps: half a megabyte of 1,280 features
)

// Nearest keeps samples of every class, the same number of each and at most 384 in all, as rows in 8 bits. The
// threshold comes from held rows, which took no part in making the features; nil: from the kept samples, each scored by
// those of other groups, where its class has some. found tells of how many; of none there is no rule.
func Nearest(f Features, group []int, held []float32) (r *Rule, found int) {
	kept := f.kept()
	r = &Rule{Width: f.Width, Nearest: nearest, Rows: make([]float32, len(kept)*f.Width)}
	for k, i := range kept {
		addUnit(r.Rows[k*f.Width:(k+1)*f.Width], f.row(i))
	}
	tensor.ToInt8(r.Rows, len(kept), f.Width).Widen(r.Rows)
	scores := r.apart(f, kept, group)
	if held != nil {
		scores = scores[:0]
		for row := range slices.Chunk(held, f.Width) {
			scores = append(scores, r.Score(row))
		}
	}
	r.Threshold = min(max(quantile(scores), -1), 1) // of cosines, which rounding may bring beyond 1
	return r, len(scores)
}

// kept are the numbers of samples that a file keeps, evenly spread over those of their class in their order.
func (f Features) kept() (kept []int) {
	count, seen := make([]int, f.Classes), make([]int, f.Classes)
	for _, y := range f.Y {
		count[y]++
	}
	each := quota(count)
	for i, y := range f.Y {
		if n := seen[y]; (n+1)*min(each, count[y])/count[y] > n*min(each, count[y])/count[y] {
			kept = append(kept, i)
		}
		seen[y]++
	}
	return kept
}

// quota is the greatest number of samples of each class that makes at most mostRows in all, 1 at least.
func quota(count []int) int {
	for each := mostRows; each > 1; each-- {
		sum := 0
		for _, n := range count {
			sum += min(n, each)
		}
		if sum <= mostRows {
			return each
		}
	}
	return 1
}

// apart are the scores of kept samples by those of other groups.
func (r *Rule) apart(f Features, kept, group []int) (scores []float32) {
	n := len(kept)
	near := make([]float32, n*n) // of every two
	for i := range n {
		row := r.Rows[i*r.Width : (i+1)*r.Width]
		products(row, r.Rows[:(i+1)*r.Width], near[i*n:i*n+i+1])
		for j := range i {
			near[j*n+i] = near[i*n+j]
		}
	}
	others := make([]float32, 0, n)
	for i, a := range kept {
		others = others[:0]
		has := false // others of its class
		for j, b := range kept {
			if group[a] != group[b] {
				others, has = append(others, near[i*n+j]), has || f.Y[a] == f.Y[b]
			}
		}
		if has {
			scores = append(scores, greatest(others, nearest))
		}
	}
	return scores
}
