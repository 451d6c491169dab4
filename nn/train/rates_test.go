package train

import (
	"math"
	"testing"

	"wafer/nn/eval"
	"wafer/nn/graph"
	"wafer/nn/layers"
	"wafer/nn/native"
	"wafer/nn/recipe"
	"wafer/nn/tensor"
)

// moves is how far every weight of a small network goes in one step of SGD.
func moves(t *testing.T, runner graph.Runner, part Part) map[string][]float32 {
	t.Helper()
	m := layers.Sequential("m", layers.Spec{Shape: tensor.Shape{3}}, layers.Dense(4, "tanh"),
		layers.Dense(2, "softmax"))
	o := recipe.DefaultOptimizer("sgd")
	o.LearningRate = 0.25
	state := m.InitState(1)
	before := clone(state, nil)
	g := StepGraph(m, recipe.Loss{Name: "sparse_categorical_crossentropy"}, o, 2, false, part)
	run, err := runner(g, state)
	if err != nil {
		t.Fatal(err)
	}
	in := map[string]*tensor.Tensor{inX: tensor.Floats([]float32{1, -2, 0.5, 0.3, 1, 2}, 2, 3),
		inY:   tensor.Ints([]int32{0, 1}, 2),
		inKey: tensor.Ints([]int32{0, 0}, 2)}
	for name, v := range (Optimizer{o}).Scalars(1, o.LearningRate) {
		in[name] = tensor.Scalar(float32(v))
	}
	if _, err := run.Run(in); err != nil {
		t.Fatal(err)
	}
	graph.Close(run)
	far := map[string][]float32{}
	for name, v := range before {
		for i, was := range v.F() {
			far[name] = append(far[name], state[name].F()[i]-was)
		}
	}
	return far
}

// The first step of SGD takes a layer whose rate has a factor that many times as far, and the others as without; the
// bits are those of the interpreter.
func TestRatesOfLayers(t *testing.T) {
	const factor = 0.125
	part := Part{Factor: func(layer string) float64 {
		if layer == "dense" {
			return factor
		}
		return 1
	}}
	plain, own, fast := moves(t, eval.Runner, Part{}), moves(t, eval.Runner, part), moves(t, native.Runner(1), part)
	for name, list := range plain {
		want := 1.0
		if name == "dense/kernel" || name == "dense/bias" {
			want = factor
		}
		for i, v := range list {
			if got := own[name][i]; v == 0 || math.Abs(float64(got)/float64(v)-want) > 1e-4 {
				t.Errorf("%s[%d] goes %v, expected %v times %v", name, i, got, want, v)
			}
			if own[name][i] != fast[name][i] {
				t.Errorf("%s[%d] goes %v natively, %v in the interpreter", name, i, fast[name][i], own[name][i])
			}
		}
	}
}
