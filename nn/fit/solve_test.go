package fit

import (
	"bytes"
	"context"
	"slices"
	"strings"
	"testing"

	"wafer/nn/native"
	"wafer/nn/recipe"
	"wafer/nn/task"
)

func TestASolvedHeadKnowsItsClasses(t *testing.T) {
	base := imageBase(t)
	for _, each := range []int{2, 3, 12} {
		l := halves(base, each)
		l.Solve = true
		m, rep := l.taught(t, Options{})
		e := rep.Estimate
		if rep.Training.Accuracy < 0.95 || rep.Train != 2*each || rep.Validation != 0 || rep.Epochs != 0 {
			t.Errorf("%d each: %+v, expected all samples learnt, none held out and no epoch", each, rep)
		}
		if e == nil || e.Samples != 2*each || !(e.Low <= e.Accuracy && e.Accuracy <= e.High) {
			t.Fatalf("%d each: the estimate is %+v, expected %d held-out samples and an interval", each, e, 2*each)
		}
		if each == 12 && e.Accuracy < 0.9 {
			t.Errorf("the estimate is %+v, expected 0.9 or more of classes that are easy to tell apart", e)
		}
		if m.Info().Accuracy != e.Accuracy || m.Info().Measure != task.Estimated {
			t.Errorf("%d each: the model says %v, measured by %q; expected the estimate", each, m.Info().Accuracy,
				m.Info().Measure)
		}
		for c, want := range []string{"up", "down"} {
			if res := m.Classify(square(3*c, 77)); res.Error != "" || res.Scores[0].Label != want {
				t.Errorf("%d each: class %d is %+v, want %s", each, c, res, want)
			}
		}
		if same, _ := l.taught(t, Options{Runner: native.Runner(2)}); !bytes.Equal(same.Bytes(), m.Bytes()) {
			t.Errorf("%d each: solving again gave another file", each)
		}
	}
}

func TestDuplicatesAreHeldOutTogether(t *testing.T) {
	l := halves(imageBase(t), 4)
	l.Solve = true
	l.in, l.labels, l.Counts = append(l.in, l.in[0], l.in[0]), append(l.labels, 0, 0), []int{6, 4}
	_, rep := l.taught(t, Options{})
	if rep.Estimate == nil || rep.Estimate.Parts != 8 {
		t.Errorf("of 10 pictures, three of them the same, the estimate has %+v, expected 8 parts", rep.Estimate)
	}
}

func TestAFineTunedNetworkIsKeptOnlyIfBetter(t *testing.T) {
	l := halves(imageBase(t), 12)
	l.Solve, l.Whole = true, true
	m, rep := l.taught(t, Options{})
	// the solved head makes no mistake, or the tuned one is better
	if rep.Note != recipe.NotBetter && rep.OnHeld.Accuracy < 1 {
		t.Errorf("%+v: neither is the fine-tuned network better nor the solved head kept", rep)
	}
	ruined := l
	ruined.LearningRate = 10 // nothing survives this
	kept, rep := ruined.taught(t, Options{})
	if rep.Note != recipe.NotBetter || rep.Train != 24 || rep.Estimate == nil || rep.Estimate.Samples != 24 {
		t.Errorf("after a ruinous rate: %+v, expected the head solved on all 24 samples and its estimate", rep)
	}
	alone := l // the head without fine-tuning, of the samples in that order
	alone.Whole, alone.in, alone.labels = false, nil, nil
	d := l.data().Split(ruined.recipe(t))
	for _, s := range slices.Concat(d.Train, d.Validation) {
		alone.in, alone.labels = append(alone.in, s.Input), append(alone.labels, s.Label)
	}
	solved, _ := alone.taught(t, Options{})
	for _, name := range []string{"head/kernel", "head/bias", "head_norm/moving_mean"} {
		if !slices.Equal(kept.State()[name].F(), solved.State()[name].F()) {
			t.Errorf("%s of the head that was kept is %v, expected %v", name, kept.State()[name], solved.State()[name])
		}
	}
	var file []byte
	asked := false
	_, _, err := l.run(t, context.Background(), Options{Wanted: func() bool {
		asked = !asked && file == nil
		return asked
	},
		Checkpoint: func(b []byte) error { file = b; return ErrStopped }})
	if err != ErrStopped || file == nil {
		t.Fatalf("a checkpoint in the second stage: %v, %d bytes", err, len(file))
	}
	if again, _ := l.taught(t, Options{Resume: file}); !bytes.Equal(again.Bytes(), m.Bytes()) {
		t.Error("a run that was resumed while it fine-tuned gave another file")
	}
}

func TestASolverNeedsItsLayer(t *testing.T) {
	l := halves(imageBase(t), 3)
	l.Solve = true
	r := l.recipe(t)
	r.Define.Layers = []byte(strings.Replace(string(r.Define.Layers), `"softmax"`, `"softmax","use_bias":false`, 1))
	if _, _, err := Run(context.Background(), r, l.data(), Options{}); err == nil ||
		!strings.Contains(err.Error(), "solver") {
		t.Errorf("a head without bias: %v, expected an error about the solver", err)
	}
	for doc, want := range map[string]string{
		`{"name":"a","trains":"head","solver":"magic"}`:                "must be logistic_regression",
		`{"name":"a","trains":"whole","solver":"logistic_regression"}`: "is for a stage that trains the head",
	} {
		_, err := recipe.Parse([]byte(strings.Replace(string(l.recipe(t).Bytes()),
			`{"name":"head","trains":"head","solver":"logistic_regression"}`, doc, 1)))
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, expected an error with %q", doc, err, want)
		}
	}
}
