package nn

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"

	"wafer/nn/data"
	"wafer/nn/task"
)

// Sample is one input with its label.
type Sample struct {
	Input task.Input
	Label int // index into Dataset.Labels
}

// Dataset is the data of a recipe, read. Parts that are empty are cut from Train as the recipe says.
type Dataset struct {
	Labels                         []string
	Train, Validation, Test        []Sample
	OutsideValidation, OutsideTest []task.Input // belong to no label
	Weights                        []byte       // the file that WeightsFile names, nil: none
}

// Hash identifies the data set: the SHA-256 of its labels, of every sample in order and of
// the weights to begin with, hex.
func (d Dataset) Hash() string {
	h := sha256.New()
	write := func(s string) {
		h.Write(binary.LittleEndian.AppendUint64(nil, uint64(len(s))))
		h.Write([]byte(s))
	}
	add := func(in task.Input) {
		write(in.Text)
		write(string(in.File))
		if in.Pixels != nil {
			write(fmt.Sprint(in.Pixels.Width, in.Pixels.Height))
			h.Write(in.Pixels.RGBA)
		}
	}
	for _, l := range d.Labels {
		write(l)
	}
	for i, part := range [][]Sample{d.Train, d.Validation, d.Test} {
		write(fmt.Sprint("part ", i))
		for _, s := range part {
			add(s.Input)
			write(d.Labels[s.Label])
		}
	}
	for i, part := range [][]task.Input{d.OutsideValidation, d.OutsideTest} {
		write(fmt.Sprint("outside ", i))
		for _, in := range part {
			add(in)
		}
	}
	if d.Weights != nil {
		write("weights")
		write(string(d.Weights))
	}
	return hex.EncodeToString(h.Sum(nil))
}

// split cuts the parts that the data lacks from the training samples, stratified, and
// takes training texts that also stand in the test part out.
func (f *fitter) split() {
	d, r := &f.data, f.r
	if r.Test.Split > 0 && len(d.Test) == 0 {
		d.Train, d.Test = cutPart(d.Train, r.Test.Split, r.Seed, "test split")
	}
	if r.Preprocess.Kind == string(task.Text) {
		d.Train = without(d.Train, d.Test)
	}
	if r.Validate.Split > 0 && len(d.Validation) == 0 {
		d.Train, d.Validation = cutPart(d.Train, r.Validate.Split, r.Seed, "validation split")
	}
	if n := r.Preprocess.Data.Limit; n > 0 {
		for i, part := range []*[]Sample{&d.Train, &d.Validation, &d.Test} {
			*part = limited(*part, n, data.Rand(r.Seed, "limit", i, 0))
		}
	}
}

func cutPart(samples []Sample, share float64, seed uint64, purpose string) (rest, part []Sample) {
	labels := make([]int, len(samples))
	for i, s := range samples {
		labels[i] = s.Label
	}
	a, b := data.Stratified(labels, share, seed, purpose)
	return pick(samples, a), pick(samples, b)
}

func pick(samples []Sample, index []int) []Sample {
	out := make([]Sample, len(index))
	for i, k := range index {
		out[i] = samples[k]
	}
	return out
}

func limited(samples []Sample, n int, random *rand.Rand) []Sample {
	if len(samples) <= n {
		return samples
	}
	order := random.Perm(len(samples))[:n]
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
