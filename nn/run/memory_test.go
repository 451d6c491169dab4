//go:build !js

package run

import (
	"testing"

	"wafer/nn/compile"
	"wafer/nn/graph"
	"wafer/nn/layers"
	"wafer/nn/nntest"
	"wafer/nn/plan"
	"wafer/nn/tensor"
	"wafer/nn/zoo"
)

// The linear memory of a module after a run, which is its peak since memories never shrink, is no more than the plan
// states with the weights, a tenth, and a page.
func TestPeakOfLinearMemory(t *testing.T) {
	models := nntest.Odd()
	for _, name := range []string{"digits_cnn", "text_lstm", "land_cnn", "mobilenet_v2"} {
		m, err := zoo.New(name, zoo.Options{})
		if err != nil {
			t.Fatal(err)
		}
		if models[name] = m; testing.Short() && name == "mobilenet_v2" {
			delete(models, name)
		}
	}
	for name, m := range models {
		for _, batch := range []int{1, 3} {
			stated, peak := peakOf(t, m, batch)
			t.Logf("%s, %d samples: %d bytes of %d stated", name, batch, peak, stated)
			if peak > stated+stated/10+compile.PageSize {
				t.Errorf("%s for %d samples takes %d bytes, the plan states %d", name, batch, peak, stated)
			}
		}
	}
}

func peakOf(t *testing.T, m *layers.Model, batch int) (stated, peak int64) {
	t.Helper()
	g, inputs := graph.New(), map[string]*tensor.Tensor{}
	g.Output("y", m.Build(g, m.Declare(g, batch), layers.Options{})[0])
	for _, in := range g.Leaves(graph.Input) {
		inputs[in.Name] = tensor.New(in.DType, in.Shape...)
	}
	pl := plan.Build(g)
	p, err := New(pl, m.InitState(1), Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	if _, err := p.Run(inputs); err != nil {
		t.Fatal(err)
	}
	stated = pl.Bytes(1)
	for _, list := range [][]plan.Leaf{pl.Params, pl.Consts} {
		for _, l := range list {
			stated += 4 * int64(l.Shape.Size())
		}
	}
	return stated, int64(p.machine.(*instance).memory.Size())
}
