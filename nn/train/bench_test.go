package train

import (
	"fmt"
	"math/rand/v2"
	"runtime"
	"testing"

	"wafer/nn/graph"
	"wafer/nn/native"
	"wafer/nn/recipe"
	"wafer/nn/tensor"
	"wafer/nn/zoo"
)

// stepCase is one training step on random samples, of the batch size that the shipped
// recipe has.
type stepCase struct {
	zoo   string
	batch int
	words int // of the vocabulary, 0 for pictures
}

// warmUp is how many steps go before those that count: V8 starts with quickly made code
// and replaces it, while it runs, by better.
const warmUp = 3

var stepCases = []stepCase{{"digits_cnn", 64, 0}, {"fashion_cnn", 128, 0}, {"land_cnn", 32, 0}, {"text_lstm", 32,
	10000}, {"text_ngram", 64, 16384}}

// BenchmarkStep prints the samples per second of whole training steps with Adam, on
// one thread and two; a browser has one. Reading and augmenting samples is not in it.
func BenchmarkStep(b *testing.B) {
	most := 2
	if runtime.GOOS == "js" {
		most = 1
	}
	for _, c := range stepCases {
		for threads := 1; threads <= most; threads++ {
			b.Run(fmt.Sprintf("%s/batch=%d/threads=%d", c.zoo, c.batch, threads),
				func(b *testing.B) { c.run(b, native.Runner(threads)) })
		}
	}
}

func (c stepCase) run(b *testing.B, runner graph.Runner) {
	m, err := zoo.New(c.zoo, zoo.Options{})
	if err != nil {
		b.Fatal(err)
	}
	opt := recipe.Optimizer{Name: "adam", LearningRate: 1e-3, Beta1: 0.9, Beta2: 0.999, Epsilon: 1e-7}
	loss := recipe.Loss{Name: "sparse_categorical_crossentropy"}
	if m.OutputShape().Last() == 1 {
		loss.Name = "binary_crossentropy"
	}
	g := StepGraph(m, loss, opt, c.batch, false, Part{})
	state := m.InitState(1)
	for _, p := range g.Leaves(graph.Param) {
		if state[p.Name] == nil {
			state[p.Name] = tensor.New(tensor.Float32, p.Shape...)
		}
	}
	p, err := runner(g, state)
	if err != nil {
		b.Fatal(err)
	}
	in := c.inputs(g, opt)
	for range warmUp {
		if _, err := p.Run(in); err != nil {
			b.Fatal(err)
		}
	}
	for b.Loop() {
		if _, err := p.Run(in); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(c.batch*b.N)/b.Elapsed().Seconds(), "samples/s")
}

func (c stepCase) inputs(g *graph.Graph, opt recipe.Optimizer) map[string]*tensor.Tensor {
	r := rand.New(rand.NewPCG(1, 2))
	in := map[string]*tensor.Tensor{}
	for name, v := range (Optimizer{opt}).Scalars(1, opt.LearningRate) {
		in[name] = tensor.Scalar(float32(v))
	}
	for _, n := range g.Leaves(graph.Input) {
		if in[n.Name] != nil {
			continue
		}
		t := tensor.New(n.DType, n.Shape...)
		switch {
		case n.DType == tensor.Float32:
			for i := range t.F() {
				t.F()[i] = r.Float32()
			}
		case n.Name == inX:
			for i := range t.I() {
				t.I()[i] = int32(r.IntN(c.words))
			}
		case n.Name == inY:
			for i := range t.I() {
				t.I()[i] = int32(r.IntN(2))
			}
		}
		in[n.Name] = t
	}
	return in
}
