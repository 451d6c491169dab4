package worker

import (
	"math"
	"strings"
	"testing"

	"wafer/app/bridge"
	"wafer/nn/sharedtest"
)

// Model files that were found odd give in the tab what they give elsewhere: an answer in shares, or a sentence when
// they are opened.
func TestModelsOfTheCases(t *testing.T) {
	for path, says := range map[string]string{
		"dilation-larger-than-the-picture/dilation": "",
		"dilation-larger-than-the-picture/slow":     "",
		"batch-of-small-pictures/large-input":       "",
		"cells-that-are-formulas/label":             "",
		"damaged-header-of-a-model/good":            "",
		"damaged-header-of-a-model/activation":      "unknown field",
		"scores-that-are-no-numbers/nan":            "values that are no numbers",
		"scores-that-are-no-numbers/linear":         "must end with softmax or sigmoid",
		"scores-that-are-no-numbers/temperature":    "has temperature 1e-300",
	} {
		w := New(NN{})
		a := ask(t, w, bridge.Load, bridge.LoadRequest{Model: "m"}, sharedtest.Read(t, "cases/"+path+".wafer"))
		if (a.why == "") != (says == "") || !strings.Contains(a.why, says) {
			t.Errorf("%s: opening gave %q, expected %q", path, a.why, says)
		}
		if a.why != "" {
			continue
		}
		inputs, buffers := []bridge.Input{{Text: "what a lovely day", Buffer: -1}}, [][]byte(nil)
		if !strings.HasPrefix(path, "damaged") {
			inputs, buffers = []bridge.Input{{Buffer: 0, Width: 1, Height: 1}}, [][]byte{{10, 20, 30, 255}}
		}
		c := ask(t, w, bridge.Classify, bridge.ClassifyRequest{Model: "m", Inputs: inputs}, buffers...)
		if c.why != "" || len(c.news) != 1 || c.news[0].Result.Error != "" {
			t.Errorf("%s: got %+v, expected one answer", path, c)
			continue
		}
		sum := 0.0
		for _, s := range c.news[0].Result.Scores {
			sum += float64(s.Probability)
		}
		if !(math.Abs(sum-1) < 1e-3) {
			t.Errorf("%s: the shares sum to %v: %+v", path, sum, c.news[0].Result.Scores)
		}
	}
}
