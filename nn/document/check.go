package document

import (
	"slices"

	"wafer/nn/graph"
	"wafer/nn/layers"
	"wafer/nn/names"
	"wafer/nn/recipe"
	"wafer/nn/say"
	"wafer/nn/task"
	"wafer/nn/tensor"
)

// A temperature outside of these makes numbers of scores that are none; see metrics.FitTemperature.
const minTemperature, maxTemperature = 0.05, 100.0

// Check compares what the header says with itself.
func (d Document) Check() error {
	if err := CheckInfo(d.Info); err != nil {
		return err
	}
	for _, l := range []string{d.Base, d.RecipeHash, d.DataHash} {
		if err := names.Line.Check(l); err != nil {
			return say.Errorf("has a title or name that %w", err)
		}
	}
	if d.Layers == nil {
		return say.New("its header describes no network")
	}
	if t := d.Temperature; t != 0 && (t < minTemperature || t > maxTemperature) {
		return say.Errorf("has temperature %g, must be from %g to %g", t, minTemperature, maxTemperature)
	}
	if !(d.Sure >= 0 && d.Sure < 1) {
		return say.Errorf("has %g as the least probability of an answer, must be 0 to below 1", d.Sure)
	}
	if string(d.Info.Kind) != d.Preprocess.Kind {
		return say.Errorf("is for %s, but prepares %q", d.Info.Kind, d.Preprocess.Kind)
	}
	if n := len(d.Layers.Inputs); n != 1 {
		return say.Errorf("has a network of %d inputs, a model takes one picture or text", n)
	}
	return d.checkOutput()
}

// checkOutput compares what the network gives with the labels.
func (d Document) checkOutput() error {
	if out := d.Layers.OutputShape(); d.Info.Encoder() {
		if len(out) != 1 {
			return say.Errorf("has an output of shape %v, an encoder gives a row of numbers", out)
		}
		return nil
	}
	units := len(d.Info.Labels)
	if d.Info.Binary {
		units = 1
	}
	if out := d.Layers.OutputShape(); !out.Equal(tensor.Shape{units}) {
		return say.Errorf("has an output of shape %v for %d labels", out, len(d.Info.Labels))
	}
	return d.checkShares()
}

// checkShares sees that the network can give shares of the labels at all.
func (d Document) checkShares() (err error) {
	defer func() {
		if e := recover(); e != nil {
			err = say.Errorf("has a network that does not take %v: %v", d.Layers.Batch(1), e)
		}
	}()
	g := graph.New()
	if !GivesShares(g, d.Layers.Build(g, d.Layers.Declare(g, 1), layers.Options{})[0]) {
		return say.New("has a network whose scores can be any numbers, not shares of its labels: it must end with " +
			"softmax or sigmoid")
	}
	return nil
}

// CheckInfo compares what a description says with itself.
func CheckInfo(info task.Model) error {
	switch {
	case info.Kind != task.Image && info.Kind != task.Text:
		return say.Errorf("is for inputs of kind %q, this program knows image and text", info.Kind)
	case info.Needs != "" && !recipe.IsDigest(info.Needs):
		return say.Errorf("needs a model by the SHA-256 of its file in 64 hexadecimal digits, found %q", info.Needs)
	case info.Encoder():
		if len(info.LabelsZH) > 0 || info.Binary || info.Rejects {
			return say.New("has no labels, but says more about them")
		}
	case len(info.Labels) > names.MaxLabels:
		return say.Errorf("has %d labels, at most %d are read", len(info.Labels), names.MaxLabels)
	case len(info.Labels) < 2:
		return say.Errorf("has %d labels, needs two or more", len(info.Labels))
	case info.Binary && len(info.Labels) != 2:
		return say.Errorf("has one output for %d labels, needs two", len(info.Labels))
	case slices.Contains(info.Labels, ""):
		return say.New("has an empty label")
	case info.LabelsZH != nil && len(info.LabelsZH) != len(info.Labels):
		return say.Errorf("has %d labels, but %d in Chinese", len(info.Labels), len(info.LabelsZH))
	}
	return checkTexts(info)
}

// checkTexts holds what people are shown of a model to the rule of package names.
func checkTexts(info task.Model) error {
	lines := []string{info.ID, info.Title, info.TitleZH, info.Base, info.BaseZH, info.TestSet,
		info.WeightsHash, info.SHA256, string(info.Measure)}
	passages := append([]string{info.About, info.AboutZH, info.Credit}, info.Examples...)
	all := 0
	for _, l := range slices.Concat(info.Labels, info.LabelsZH) {
		if err := names.Line.Check(l); err != nil {
			return say.Errorf("has a label that %w", err)
		}
		all += len(l)
	}
	for _, l := range lines {
		if err := names.Line.Check(l); err != nil {
			return say.Errorf("has a title or name that %w", err)
		}
		all += len(l)
	}
	for _, p := range passages {
		if err := names.Passage.Check(p); err != nil {
			return say.Errorf("has a description that %w", err)
		}
		all += len(p)
	}
	if all > names.MaxAll {
		return say.Errorf("has %d bytes of labels and descriptions, at most %d are read", all, names.MaxAll)
	}
	return nil
}
