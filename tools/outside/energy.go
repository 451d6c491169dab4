package main

import (
	"fmt"
	"os"
	"slices"
	"strings"

	"wafer/nn/layers"
	"wafer/nn/model"
	"wafer/nn/native"
	"wafer/nn/outside"
)

// general are networks of a thousand kinds, of which nothing may be fitted on their own data: ImageNet's licence
// forbids it. Their rule is the energy of their own head over features that are cut off (ReAct, Sun et al. 2021), for
// which no foreign picture is needed; cut-off and threshold come from photographs of other sources.
var general = []string{"photos", "photos-light"}

const (
	photographs = "trashnet"      // things on a white ground
	samples     = "sample-photos" // every one of which passes
	cutOff      = 0.93            // of the photographs' features lie below
	below10     = 0.1             // of the photographs that may be rejected, being plainer than people's own
)

// things show what the networks have names of, nothing does not. None but photographs and samples is fitted on.
var (
	things  = []string{"imagenet", photographs, "cifar", "fashion/test"}
	nothing = []string{"eurosat/test", "mnist/test", "writing", "doodles", "blank", "noise", "clouds", "stripes"}
)

// mostOfGeneral bounds the pictures of a set of things, mostOfNothing those of a set without.
const mostOfGeneral, mostOfNothing = 500, 200

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
	if err := t.replace(file, content, about, 0, nil); err != nil || !measure {
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

// energy finds cut-off and threshold.
func (t *tool) energy() (*outside.Rule, *model.Outside, error) {
	own, err := t.some(photographs, mostOfGeneral)
	if err != nil {
		return nil, nil, err
	}
	sorted := slices.Sorted(slices.Values(own))
	head := headOn(t.net.Document().Layers, t.net.FeatureEntry())
	state, width := t.net.State(), t.net.FeatureSize()
	r := &outside.Rule{Width: width, Head: &outside.Head{Kernel: state[head+"/kernel"].F(),
		Bias: state[head+"/bias"].F(), Clip: sorted[int(cutOff*float64(len(sorted)))]}}
	scores := slices.Sorted(slices.Values(scoresOf(r, own)))
	shown, err := t.some(samples, mostOfGeneral)
	if err != nil {
		return nil, nil, err
	}
	r.Threshold = min(scores[int(below10*float64(len(scores)))], slices.Min(scoresOf(r, shown)))
	return r, &model.Outside{Features: t.net.FeatureEntry(), Head: head, Clip: r.Head.Clip, Threshold: r.Threshold,
		Samples: len(scores)}, r.Check()
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

func scoresOf(r *outside.Rule, rows []float32) (scores []float32) {
	for row := range slices.Chunk(rows, r.Width) {
		scores = append(scores, r.Score(row))
	}
	return scores
}

// measured prints a line of the table.
func (t *tool) measured(file string, r *outside.Rule) error {
	var cells [2]strings.Builder
	for i, list := range [][]string{things, nothing} {
		for _, set := range list {
			rows, err := t.some(set, []int{mostOfGeneral, mostOfNothing}[i])
			if err != nil {
				return err
			}
			share := below(scoresOf(r, rows), r.Threshold)
			if i == 0 {
				share = 1 - share
			}
			fmt.Fprintf(&cells[i], "%s %.3f; ", set, share)
		}
	}
	fmt.Printf("| %s, cut off at %.3f | %s | %s |\n", file, r.Head.Clip, &cells[0], &cells[1])
	return nil
}
