package data

import (
	"slices"
	"strings"

	"wafer/nn/order"
	"wafer/nn/recipe"
	"wafer/nn/task"
)

// Split is the data set with the parts that it lacks cut from the training samples, stratified, as a recipe
// says: the test part first, then the validation part. Training texts that also stand in the test part are taken
// out. The recipe's limit then reduces each of the three parts at random.
func (d Dataset) Split(r *recipe.Recipe) Dataset {
	if r.Test.Split > 0 && len(d.Test) == 0 {
		d.Train, d.Test = cut(d.Train, r.Test.Split, r.Seed, "test split")
	}
	if r.Preprocess.Kind == string(task.Text) {
		d.Train = without(d.Train, d.Test)
	}
	if r.Validate.Split > 0 && len(d.Validation) == 0 {
		d.Train, d.Validation = cut(d.Train, r.Validate.Split, r.Seed, "validation split")
	}
	if n := r.Preprocess.Data.Limit; n > 0 {
		for i, part := range []*[]Sample{&d.Train, &d.Validation, &d.Test} {
			*part = reduced(*part, n, r.Seed, i)
		}
	}
	return d
}

// cut takes a share of the samples away for a purpose, which is a part of the seed's stream: the same samples, seed and
// purpose give the same cut. Each class gives its share, and samples of a class that share a group stay together
// (Stratified).
func cut(samples []Sample, share float64, seed uint64, purpose string) (rest, part []Sample) {
	labels, groups := make([]int, len(samples)), make([]string, len(samples))
	for i, s := range samples {
		labels[i], groups[i] = s.Label, s.Input.Group
	}
	a, b := Stratified(labels, groups, share, seed, purpose)
	return pick(samples, a), pick(samples, b)
}

// pick are the samples at the places, in their order.
func pick(samples []Sample, index []int) []Sample {
	out := make([]Sample, len(index))
	for i, k := range index {
		out[i] = samples[k]
	}
	return out
}

// reduced draws n samples from the stream (seed, "limit", part) and keeps their order.
func reduced(samples []Sample, n int, seed uint64, part int) []Sample {
	if len(samples) <= n {
		return samples
	}
	drawn := Rand(seed, "limit", part, 0).Perm(len(samples))[:n]
	order.Sort(drawn)
	return pick(samples, drawn)
}

// without drops the samples whose text also stands in other.
func without(samples, other []Sample) []Sample {
	key := func(s Sample) string { return strings.ToLower(strings.Join(strings.Fields(s.Input.Text), " ")) }
	seen := map[string]bool{}
	for _, s := range other {
		seen[key(s)] = true
	}
	return slices.DeleteFunc(slices.Clone(samples), func(s Sample) bool { return seen[key(s)] })
}

// Stratified holds back a share of every class, drawn from Rand(seed, purpose, 0, 0): of n samples share·n to the
// nearest whole number, but at least one of two, and never all. Samples of a class that share a group go together: less
// is held back where groups are large, but a whole one of two or more. groups may be nil, and "" is no group. It
// returns the numbers of the samples that stay and of those held back, ascending.
func Stratified(labels []int, groups []string, share float64, seed uint64, purpose string) (rest, held []int) {
	r := Rand(seed, purpose, 0, 0)
	units := unitsOf(labels, groups)
	for _, class := range order.Keys(units) {
		u, size := units[class], 0
		for _, unit := range u {
			size += len(unit)
		}
		r.Shuffle(len(u), func(i, j int) { u[i], u[j] = u[j], u[i] })
		n := int(float64(share*float64(size)) + 0.5)
		if share > 0 {
			n = min(max(n, 1), size-1)
		}
		a, b := fill(u, n)
		rest, held = append(rest, a...), append(held, b...)
	}
	order.Sort(rest)
	order.Sort(held)
	return rest, held
}

// unitsOf are the samples of every class that go together.
func unitsOf(labels []int, groups []string) map[int][][]int {
	type group struct {
		class int
		name  string
	}
	units, place := map[int][][]int{}, map[group]int{}
	for i, l := range labels {
		if groups != nil && groups[i] != "" {
			g := group{l, groups[i]}
			if at, known := place[g]; known {
				units[l][at] = append(units[l][at], i)
				continue
			}
			place[g] = len(units[l])
		}
		units[l] = append(units[l], []int{i})
	}
	return units
}

// fill holds back the first units that fit into n samples; where none does, the smallest one of several.
func fill(units [][]int, n int) (rest, held []int) {
	var left [][]int
	for _, u := range units {
		if len(held)+len(u) <= n {
			held = append(held, u...)
		} else {
			left = append(left, u)
		}
	}
	if n > 0 && len(held) == 0 && len(left) > 1 {
		least := 0
		for i, u := range left {
			if len(u) < len(left[least]) {
				least = i
			}
		}
		held = left[least]
		left = slices.Delete(left, least, least+1)
	}
	return slices.Concat(left...), held
}

// Shuffle puts the numbers of an epoch's samples into a random order, drawn from Rand(seed, "shuffle", epoch, 0).
func Shuffle(order []int, seed uint64, epoch int) {
	Rand(seed, "shuffle", epoch, 0).Shuffle(len(order), func(i, j int) { order[i], order[j] = order[j], order[i] })
}
