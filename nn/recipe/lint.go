package recipe

import (
	"fmt"
	"slices"
)

// Facts are what Lint needs to know of the network that Define describes.
type Facts struct {
	Input      []int  // shape of one sample
	IntInput   bool   // takes int32 indices
	Output     []int  // shape of one sample's result
	Activation string // of the output: "softmax", "sigmoid", or "" for logits
	Anything   bool   // the output may be any numbers, not shares of the labels
	Classes    int    // number of labels, 0 when not known yet
}

// Lint says in sentences where the recipe does not fit its network.
func (r *Recipe) Lint(f Facts) []string {
	p := problems{}
	p.lintInput(r.Preprocess, f)
	p.lintLoss(r.Loss, f)
	return p
}

func (p *problems) lintInput(s Preprocess, f Facts) {
	var want []int
	switch {
	case s.Image != nil:
		want = []int{s.Image.Height, s.Image.Width, s.Image.Channels}
	case s.Text != nil:
		want = []int{s.Text.Length()}
	}
	p.require(slices.Equal(want, f.Input), "preprocess", "makes samples of shape %v, but the network takes %v", want,
		f.Input)
	p.require((s.Text != nil) == f.IntInput, "define", "the network must take %s",
		map[bool]string{true: "indices (i32) for a text", false: "numbers (f32) for a picture"}[s.Text != nil])
}

func (p *problems) lintLoss(l Loss, f Facts) {
	if len(f.Output) != 1 {
		p.add("define", "the last layer gives shape %v for a sample, a classifier must give one number per label",
			f.Output)
		return
	}
	units := f.Output[0]
	one := l.Name == "binary_crossentropy" || l.Name == "mean_squared_error" && units == 1
	if one {
		p.require(units == 1, "loss", "binary_crossentropy needs a last layer of 1 unit, found %d; use "+
			"categorical_crossentropy for several labels", units)
		p.require(f.Classes == 0 || f.Classes == 2, "loss", "one output unit tells two labels apart, found %d labels",
			f.Classes)
	} else {
		p.require(units > 1, "loss", "%s needs one unit per label in the last layer, found 1; "+
			"use binary_crossentropy for two labels", l.Name)
		p.require(f.Classes == 0 || units == 1 || f.Classes == units, "define",
			"the last layer has %d units for %d labels", units, f.Classes)
	}
	reason := misfit(l, f.Activation)
	if reason == "" && f.Anything && !l.FromLogits {
		reason = l.Name + " needs softmax or sigmoid in the last layer: without them answers are no shares of the " +
			"labels"
	}
	if reason != "" {
		p.add("loss", "%s", reason)
	}
}

// misfit says why a loss does not fit the activation of the last layer.
func misfit(l Loss, activation string) string {
	want := map[string]string{
		"binary_crossentropy": "sigmoid", "categorical_crossentropy": "softmax",
		"sparse_categorical_crossentropy": "softmax",
	}[l.Name]
	shown := activation
	if shown == "" {
		shown = "linear"
	}
	switch {
	case want == "":
		return ""
	case l.FromLogits && activation != "":
		return fmt.Sprintf("%s with from_logits needs a linear last layer, found %s", l.Name, shown)
	case l.FromLogits || activation == want:
		return ""
	case activation == "":
		return fmt.Sprintf("%s needs %s in the last layer, found linear; add %s or set from_logits", l.Name, want, want)
	}
	return fmt.Sprintf("%s needs %s in the last layer, found %s", l.Name, want, shown)
}
