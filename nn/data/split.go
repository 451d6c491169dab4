package data

import (
	"slices"
	"strings"

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

func cut(samples []Sample, share float64, seed uint64, purpose string) (rest, part []Sample) {
	labels := make([]int, len(samples))
	for i, s := range samples {
		labels[i] = s.Label
	}
	a, b := Stratified(labels, share, seed, purpose)
	return pick(samples, a), pick(samples, b)
}

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
	order := Rand(seed, "limit", part, 0).Perm(len(samples))[:n]
	slices.Sort(order)
	return pick(samples, order)
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

// Stratified holds back a share of every class, drawn from Rand(seed, purpose, 0, 0): of n
// samples share·n to the nearest whole number, but at least one of two, and never all. It returns the numbers of
// the samples that stay and of those held back, ascending.
func Stratified(labels []int, share float64, seed uint64, purpose string) (rest, held []int) {
	r := Rand(seed, purpose, 0, 0)
	members, classes := map[int][]int{}, []int{}
	for i, l := range labels {
		if members[l] == nil {
			classes = append(classes, l)
		}
		members[l] = append(members[l], i)
	}
	slices.Sort(classes)
	for _, c := range classes {
		m := members[c]
		r.Shuffle(len(m), func(i, j int) { m[i], m[j] = m[j], m[i] })
		n := int(float64(share*float64(len(m))) + 0.5)
		if share > 0 {
			n = min(max(n, 1), len(m)-1)
		}
		held, rest = append(held, m[:n]...), append(rest, m[n:]...)
	}
	slices.Sort(rest)
	slices.Sort(held)
	return rest, held
}

// Shuffle puts the numbers of an epoch's samples into a random order, drawn from Rand(seed, "shuffle", epoch, 0).
func Shuffle(order []int, seed uint64, epoch int) {
	Rand(seed, "shuffle", epoch, 0).Shuffle(len(order), func(i, j int) { order[i], order[j] = order[j], order[i] })
}
