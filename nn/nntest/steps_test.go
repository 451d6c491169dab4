package nntest_test

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"
	"math"
	"math/rand/v2"
	"runtime"
	"slices"
	"testing"

	"wafer/nn/eval"
	"wafer/nn/graph"
	"wafer/nn/layers"
	"wafer/nn/native"
	"wafer/nn/recipe"
	"wafer/nn/run"
	"wafer/nn/tensor"
	"wafer/nn/train"
	"wafer/nn/zoo"
)

// fifty are models to train for fifty steps on made-up data. The hash is of the
// losses and of all parameters afterwards, the optimizer's included.
var fifty = []struct {
	name  string
	model *layers.Model
	loss  string
	batch int
	hash  string
}{
	{"small CNN", zoo.DigitsCNN(zoo.Options{Height: 14, Width: 14}), "sparse_categorical_crossentropy", 8,
		"0f656f49c71fc635"},
	{"seed program 1", zoo.TextLSTM(zoo.Options{}), "binary_crossentropy", 4, "8b294e1eacc3a0db"},
}

// Whole training steps give the same bits on every platform and executor: the
// hash is the same file everywhere, and eval, too slow for every run, gives it too.
func TestFiftyStepsGiveTheSameBits(t *testing.T) {
	runners := map[string]graph.Runner{"native, 1 thread": native.Runner(1), "native, 2 threads": native.Runner(2),
		"compiled": run.Runner(run.Options{Threads: 1})}
	if !testing.Short() && runtime.GOARCH != "wasm" {
		runners["eval"] = eval.Runner
	}
	for _, c := range fifty {
		for _, name := range slices.Sorted(maps.Keys(runners)) {
			t.Run(c.name+"/"+name, func(t *testing.T) {
				hash, first, last := trainFifty(t, c.model, c.loss, c.batch, runners[name])
				t.Logf("loss %v after the first step, %v after the last", first, last)
				if hash != c.hash {
					t.Errorf("losses and parameters hash to %s, want %s", hash, c.hash)
				}
				if !(last < first) {
					t.Errorf("the loss went from %v to %v, want it to fall", first, last)
				}
			})
		}
	}
}

func trainFifty(t *testing.T, m *layers.Model, loss string, batch int, runner graph.Runner) (hash string, first,
	last float32) {
	r := recipe.Default()
	o := train.Optimizer{Optimizer: r.Optimizer}
	g := train.StepGraph(m, recipe.Loss{Name: loss}, r.Optimizer, batch, false, train.Part{})
	state := m.InitState(1)
	for _, p := range g.Leaves(graph.Param) {
		if state[p.Name] == nil {
			state[p.Name] = tensor.New(tensor.Float32, p.Shape...)
		}
	}
	p, err := runner(g, state)
	if err != nil {
		t.Fatal(err)
	}
	h := sha256.New()
	for step := range 50 {
		inputs := madeUp(g, rand.New(rand.NewPCG(uint64(step%4), 9)))
		for name, v := range o.Scalars(step+1, r.Optimizer.LearningRate) {
			inputs[name] = tensor.Scalar(float32(v))
		}
		out, err := p.Run(inputs)
		if err != nil {
			t.Fatal(err)
		}
		if last = out["loss"].F()[0]; step == 0 {
			first = last
		}
		add(h.Write, "loss", out["loss"])
	}
	for _, name := range slices.Sorted(maps.Keys(state)) {
		add(h.Write, name, state[name])
	}
	return hex.EncodeToString(h.Sum(nil)[:8]), first, last
}

// madeUp gives random values for the inputs: one of a few batches, again and
// again, so that the loss can fall.
func madeUp(g *graph.Graph, rng *rand.Rand) map[string]*tensor.Tensor {
	inputs := map[string]*tensor.Tensor{}
	for _, n := range g.Leaves(graph.Input) {
		v := tensor.New(n.DType, n.Shape...)
		for i := range v.Size() {
			switch {
			case n.DType == tensor.Float32:
				v.F()[i] = rng.Float32()
			case n.Name == "x":
				v.I()[i] = int32(rng.IntN(10000))
			default:
				v.I()[i] = int32(rng.IntN(2))
			}
		}
		inputs[n.Name] = v
	}
	return inputs
}

func add(write func([]byte) (int, error), name string, v *tensor.Tensor) {
	write([]byte(fmt.Sprintf("%s %v\n", name, v)))
	for _, x := range v.F() {
		b := math.Float32bits(x)
		write([]byte{byte(b), byte(b >> 8), byte(b >> 16), byte(b >> 24)})
	}
}
