package fit

import (
	"bytes"
	"slices"
	"testing"

	"wafer/nn/model"
	"wafer/nn/native"
	"wafer/nn/recipe"
)

// Fine-tuning the last block leaves the layers before it as they were, and gives the same file with one thread and two.
func TestTheLastBlockIsTuned(t *testing.T) {
	l := stripedBy(t, "photos", 2)
	l.Solve, l.Whole, l.LastBlock, l.Epochs = false, true, true, 1
	base, err := model.Open(l.base, model.Options{})
	if err != nil {
		t.Fatal(err)
	}
	m, _ := l.taught(t, Options{})
	for name, tuned := range map[string]bool{"conv2d_20/kernel": false, "conv2d_44/kernel": true} {
		if slices.Equal(m.State()[name].F(), base.State()[name].F()) == tuned {
			t.Errorf("%s has changed: %v, expected %v", name, !tuned, tuned)
		}
	}
	if again, _ := l.taught(t, Options{Runner: native.Runner(2)}); !bytes.Equal(m.Bytes(), again.Bytes()) {
		t.Error("two threads give another file")
	}
}

// The parts of a base that a stage trains have their own rates, the layers behind it the last one.
func TestPartsOfTheBaseHaveRates(t *testing.T) {
	l := stripedBy(t, "photos", 2)
	l.Whole = true
	r := l.recipe(t)
	f := newFitter(r, l.data().Split(r), Options{})
	if err := f.build(); err != nil {
		t.Fatal(err)
	}
	p, err := f.part(1)
	if err != nil {
		t.Fatal(err)
	}
	for layer, want := range map[string]float64{"conv2d": 0.1, "conv2d_44": 1, "depthwise_conv2d_3": 0.3,
		recipe.HeadDense: 1} {
		if got := p.factor(layer); got != want {
			t.Errorf("%s learns at %v of the rate, expected %v", layer, got, want)
		}
	}
	still, err := f.network.frozenIn(recipe.LastBlock)
	if err != nil || !still("conv2d_20") || still("conv2d_44") || still(recipe.HeadDense) {
		t.Errorf("the last block of photos leaves conv2d_20 %v, conv2d_44 %v, the head %v as they are (%v)",
			still("conv2d_20"), still("conv2d_44"), still(recipe.HeadDense), err)
	}
	if p.fixed != nil {
		t.Error("the frozen part of a stage that changes its pictures is computed once")
	}
}
