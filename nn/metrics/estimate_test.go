package metrics

import (
	"math"
	"slices"
	"testing"

	"wafer/nn/task"
)

func TestIntervalIsJeffreys(t *testing.T) {
	// Beta(9.5, 1.5) and Beta(0.5, 20.5), quantiles from R's qbeta.
	for _, c := range []struct {
		accuracy  float64
		n         int
		low, high float64
	}{{0.9, 10, 0.6187, 0.9889}, {0, 20, 0, 0.1168}, {1, 0, 0, 1}} {
		low, high := Interval(c.accuracy, c.n)
		if math.Abs(low-c.low) > 2e-3 || math.Abs(high-c.high) > 2e-3 {
			t.Errorf("interval of %v of %d: %.4f to %.4f, expected %.4f to %.4f", c.accuracy, c.n, low, high, c.low,
				c.high)
		}
	}
}

// answers are held-out answers with a sureness each.
func answers(labels, said []int, classes int, sure float32) Held {
	h := Held{Labels: labels, Classes: classes, Probabilities: [][]float32{nil},
		Parts: [][]int{make([]int, len(labels))}}
	for _, s := range said {
		row := make([]float32, classes)
		for j := range row {
			row[j] = (1 - sure) / float32(classes-1)
		}
		row[s] = sure
		h.Probabilities[0] = append(h.Probabilities[0], row...)
	}
	return h
}

func TestEstimateListsWhatWasWrong(t *testing.T) {
	h := answers([]int{0, 0, 1, 1}, []int{0, 1, 1, 1}, 2, 0.8)
	h.Parts[0] = []int{0, 1, -1, 1}
	h.Accuracy = 0.7
	e := Estimate(h)
	if e.Samples != 3 || e.Parts != 2 || e.Accuracy != 0.7 || !(e.Low < 0.7 && e.High > 0.7) {
		t.Errorf("estimate %+v, expected 3 samples in 2 parts and an interval around 0.7", e)
	}
	if len(e.Wrong) != 1 || e.Wrong[0].Sample != 1 || e.Wrong[0].Said != 1 ||
		math.Abs(e.Wrong[0].Probability-0.8) > 1e-6 {
		t.Errorf("wrong samples %+v, expected sample 1 with answer 1 at 0.8", e.Wrong)
	}
	if want := [][]int{{1, 1}, {0, 1}}; !slices.EqualFunc(e.Confusion, want, slices.Equal) {
		t.Errorf("confusion %v, expected %v", e.Confusion, want)
	}
}

func TestAdvice(t *testing.T) {
	many := func(n, v int) (list []int) {
		for range n {
			list = append(list, v)
		}
		return list
	}
	labels := slices.Concat(many(20, 0), many(20, 1), many(20, 2))
	for name, c := range map[string]struct {
		said []int
		sure float32
		want task.Advice
	}{
		"swapped": {slices.Concat(many(18, 0), many(2, 2), many(20, 1), many(20, 2)), 0.95,
			task.Advice{Kind: task.SwappedLabel, Class: 0, Other: 2, Samples: []int{18, 19}}},
		"alike": {slices.Concat(many(14, 0), many(6, 1), many(14, 1), many(6, 0), many(20, 2)), 0.6,
			task.Advice{Kind: task.LookAlike, Class: 0, Other: 1}},
		"more": {slices.Concat(many(10, 0), many(5, 1), many(5, 2), many(20, 1), many(20, 2)), 0.6,
			task.Advice{Kind: task.MoreSamples, Class: 0, Other: -1}},
	} {
		e := Estimate(answers(labels, c.said, 3, c.sure))
		found := slices.ContainsFunc(e.Advice, func(a task.Advice) bool {
			return a.Kind == c.want.Kind && a.Class == c.want.Class && a.Other == c.want.Other &&
				slices.Equal(a.Samples, c.want.Samples)
		})
		if name == "alike" && len(e.Advice) > 1 {
			t.Errorf("beside two classes that look alike the advice is %+v, expected no more about them", e.Advice)
		}
		if !found || len(e.Advice) > 3 {
			t.Errorf("%s: advice %+v, expected %+v among three at most", name, e.Advice, c.want)
		}
	}
	if a := Estimate(answers(labels, labels, 3, 0.9)).Advice; len(a) != 0 {
		t.Errorf("advice %+v where all was right, expected none", a)
	}
}
