package main

import (
	"errors"
	"fmt"
	"math"
	"os"
	"slices"
	"strings"

	"wafer/nn/layers"
	"wafer/nn/model"
	"wafer/nn/native"
	"wafer/nn/outside"
	"wafer/nn/solve"
	"wafer/nn/tensor"
)

// general are networks of a thousand kinds, of which nothing may be fitted on their own data: ImageNet's licence
// forbids it. Their rule is the energy of their own head over features that are cut off (ReAct, Sun et al. 2021), and
// beside it the way from pictures of no thing to photographs of other sources, which also give cut-off and threshold.
var general = []string{"photos", "photos-light"}

const (
	photographs = "trashnet"      // things on a white ground
	samples     = "sample-photos" // every one of which passes
	cutOff      = 0.90            // of the photographs' features lie below
	temperature = 0.8             // of the energy
	wayStrength = 5               // of regularisation of the way
	freely      = 100             // how much larger the energy stands beside the features, lest it be regularised
	mayTurnAway = 0.03            // share of the photographs that took no part in the way
	perFit      = 100             // pictures of no thing that a kind is fitted on; the others are measured
)

// things show what the networks have names of, nothing does not. None but photographs and samples is fitted on.
var (
	things  = []string{"imagenet", photographs, "cifar", "fashion/test"}
	nothing = []string{"eurosat/test", "mnist/test", "writing", "doodles", "blank", "noise", "clouds", "stripes"}
	plain   = append([]string{"eurosat/train", "mnist/train"}, nothing[2:]...) // to fit on
)

// mostOfGeneral bounds the pictures of a set of things, mostOfNothing those of a set without.
const mostOfGeneral, mostOfNothing = 500, 100

// byEnergy writes the rule of a network, and measures it if asked to.
func (t *tool) byEnergy(file string, measure bool) error {
	content, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	if t.net, err = model.Open(content, model.Options{Runner: native.Runner(0)}); err != nil {
		return err
	}
	defer t.net.Close()
	t.kept = map[string][]float32{}
	r, about, err := t.energy()
	if err != nil {
		return err
	}
	way := tensor.Floats(r.Head.Way, 1, len(r.Head.Way))
	if err := t.replace(file, content, about, 0, way); err != nil || !measure {
		return err
	}
	return t.measured(file, r)
}

// some are the features of at most so many pictures of a set.
func (t *tool) some(set string, most int) ([]float32, error) {
	list, err := t.read(set)
	if err != nil {
		return nil, err
	}
	t.sets[set] = list[:min(len(list), most)]
	return t.features(set)
}

// energy finds cut-off, way and threshold.
func (t *tool) energy() (*outside.Rule, *model.Outside, error) {
	own, err := t.some(photographs, mostOfGeneral)
	if err != nil {
		return nil, nil, err
	}
	sorted := slices.Sorted(slices.Values(own))
	head := headOn(t.net.Document().Layers, t.net.FeatureEntry())
	state, width := t.net.State(), t.net.FeatureSize()
	r := &outside.Rule{Width: width, Head: &outside.Head{Kernel: state[head+"/kernel"].F(),
		Bias: state[head+"/bias"].F(), Clip: sorted[int(cutOff*float64(len(sorted)))], Temperature: temperature}}
	half := len(own) / width / 2 * width
	if r.Head.Way, err = t.way(r, own[:half]); err != nil {
		return nil, nil, err
	}
	scores := slices.Sorted(slices.Values(scoresOf(r, own[half:])))
	shown, err := t.some(samples, mostOfGeneral)
	if err != nil {
		return nil, nil, err
	}
	r.Threshold = min(scores[int(mayTurnAway*float64(len(scores)))], slices.Min(scoresOf(r, shown)))
	return r, &model.Outside{Features: t.net.FeatureEntry(), Head: head, Clip: r.Head.Clip, Threshold: r.Threshold,
		Temperature: temperature, Way: true, Samples: len(scores)}, r.Check()
}

// way solves for what is to be added to the energy of features that are cut off: from pictures of no thing to own ones.
func (t *tool) way(r *outside.Rule, own []float32) ([]float32, error) {
	x, y := solve.Features{Width: r.Width + 1}, []int{}
	add := func(rows []float32, class int) {
		for row := range slices.Chunk(rows, r.Width) {
			for _, v := range row {
				x.Dense = append(x.Dense, min(v, r.Head.Clip))
			}
			x.Dense, y, x.Rows = append(x.Dense, freely*r.Score(row)), append(y, class), x.Rows+1
		}
	}
	add(own, 1)
	for _, set := range plain {
		if slices.Contains(t.without, set) {
			continue
		}
		rows, err := t.some(set, 2*perFit)
		if err != nil {
			return nil, err
		}
		add(rows[max(0, len(rows)-perFit*r.Width):], 0)
	}
	factor, mean := spread(x)
	for i := range x.Dense {
		x.Dense[i] = (x.Dense[i] - mean[i%x.Width]) * factor
	}
	h, err := solve.Solve(solve.Problem{X: x, Y: y, Classes: 2, Weight: solve.Balanced(y, 2, 1),
		Runner: native.Runner(0)}, wayStrength)
	if err != nil {
		return nil, err
	}
	way, last := make([]float32, r.Width), freely*(h.Dense[2*r.Width+1]-h.Dense[2*r.Width])
	if !(last > 0) {
		return nil, errors.New("pictures of no thing have more energy than photographs")
	}
	for j := range way {
		way[j] = (h.Dense[2*j+1] - h.Dense[2*j]) / last
	}
	return way, nil
}

// spread is what makes a typical row without its last column 1 long, and the means of columns.
func spread(x solve.Features) (factor float32, mean []float32) {
	mean = make([]float32, x.Width)
	for i, v := range x.Dense {
		mean[i%x.Width] += v / float32(x.Rows)
	}
	sum := 0.0
	for i, v := range x.Dense {
		if j := i % x.Width; j < x.Width-1 {
			d := float64(v - mean[j])
			sum += d * d
		}
	}
	return float32(math.Sqrt(float64(x.Rows) / sum)), mean
}

// headOn is the name of the Dense layer that takes an entry.
func headOn(m *layers.Model, entry string) string {
	for _, e := range m.Entries {
		if _, ok := e.Layer.(*layers.DenseLayer); ok && len(e.Inputs) == 1 && e.Inputs[0] == entry {
			return e.Name
		}
	}
	return ""
}

// scoresOf are the scores of rows of features, one after the other.
func scoresOf(r *outside.Rule, rows []float32) (scores []float32) {
	for row := range slices.Chunk(rows, r.Width) {
		scores = append(scores, r.Score(row))
	}
	return scores
}

// measured prints a line of the table.
func (t *tool) measured(file string, r *outside.Rule) error {
	var cells [2]strings.Builder
	for i, list := range [][]string{things, nothing} { // of those drawn the first half, which the way has not seen
		for _, set := range list {
			rows, err := t.some(set, []int{mostOfGeneral, mostOfNothing}[i])
			if err != nil {
				return err
			}
			most := []int{mostOfGeneral, mostOfNothing}[i] * r.Width
			share := below(scoresOf(r, rows[:min(len(rows), most)]), r.Threshold)
			if i == 0 {
				share = 1 - share
			}
			fmt.Fprintf(&cells[i], "%s %.3f; ", set, share)
		}
	}
	fmt.Printf("| %s, cut off at %.3f | %s | %s |\n", file, r.Head.Clip, &cells[0], &cells[1])
	return nil
}
