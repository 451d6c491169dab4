package layers

import (
	"math/rand/v2"
	"testing"

	"wafer/nn/eval"
	"wafer/nn/graph"
	"wafer/nn/tensor"
)

// A model that went through its graph has its layers again, and gives the same bits as the graph.
func TestRaise(t *testing.T) {
	b := NewFunctional("m", Spec{Shape: tensor.Shape{12, 12, 3}})
	x := b.Add(Conv2D(6, 3, "same", "relu").Stride(2), InputName) // padded at one end only
	x = b.Add(Conv2D(6, 3, "same", "").NoBias(), x)
	x = b.Add(BatchNormalization(), x)
	x = b.Add(Activation("relu6"), x)
	x = b.Add(DepthwiseConv2D(3, 1, "same", ""), x)
	x = b.Add(GlobalAveragePooling2D(), x)
	b.Add(Dense(4, "softmax"), x)
	m := b.Model()
	state := m.InitState(7)
	build := func(batch int) *graph.Graph {
		g := graph.New()
		g.Output("y", m.Build(g, m.Declare(g, batch), Options{})[0])
		return g
	}
	low, values, err := FromGraph("low", build)
	if err != nil {
		t.Fatal(err)
	}
	for name, v := range state {
		values[name+"/value"] = v
	}
	high, weights := Raise(low, values)
	classes := map[string]int{}
	for _, e := range high.Entries {
		classes[e.Layer.Class()]++
	}
	for class, n := range map[string]int{"Conv2D": 2, "DepthwiseConv2D": 1, "BatchNormalization": 1, "Dense": 1,
		"Activation": 3, "Parameter": 0} {
		if classes[class] != n {
			t.Errorf("has %d layers %s, expected %d: %v", classes[class], class, n, classes)
		}
	}
	r := rand.New(rand.NewPCG(1, 2))
	in := tensor.New(tensor.Float32, 2, 12, 12, 3)
	for i := range in.F() {
		in.F()[i] = float32(r.NormFloat64())
	}
	if d := output(t, high, weights, in).Diff(output(t, low, values, in)); d != "" {
		t.Errorf("the layers differ from the graph: %s", d)
	}
}

func output(t *testing.T, m *Model, state graph.State, in *tensor.Tensor) *tensor.Tensor {
	t.Helper()
	g := graph.New()
	g.Output("y", m.Build(g, m.Declare(g, in.Shape()[0]), Options{})[0])
	p, err := eval.Runner(g, state)
	if err != nil {
		t.Fatal(err)
	}
	out, err := p.Run(map[string]*tensor.Tensor{g.Leaves(graph.Input)[0].Name: in})
	if err != nil {
		t.Fatal(err)
	}
	return out["y"]
}
